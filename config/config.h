/* config/config.h: one immutable, reference-counted configuration. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/cidr.h"
#include "base/err.h"
#include "base/map.h"
#include "base/zone.h"
#include "config/diag.h"
#include "config/options.h"

struct config_texts {
	struct config_text *v;
	size_t n;
};

/* A name of an entity. `lang` is "" for any language. */
struct config_name {
	struct config_text text; /* as written: may begin with = and hold * */
	const char *lang;
	bool weak;
	struct config_texts needs, without, never; /* of a weak name */
};

struct config_names {
	struct config_name *v;
	size_t n;
};

struct config_auth {
	const char *user, *password; /* NULL when there is none */
};

struct config_nets {
	struct cidr *v;
	size_t n;
};

struct config_expect {
	struct config_texts match, no;
};

/* Hours of a clock: minutes of a day, 1440 is its end; `to_min` is less than
 * `from_min` when midnight lies between them.  See config/mute.h. */
struct config_mute {
	unsigned days; /* on which they begin; bit 0: Monday */
	int from_min, to_min;
	const struct zone *zone;
};

struct config_mutes {
	struct config_mute *v;
	size_t n;
};

/* So many in a span of time. */
struct config_rate {
	int64_t n; /* 0: unset */
	int64_t per_ms;
};

#define WORD_ENUM(enumerator, word) enumerator,
enum config_loglevel {
	LOGLEVEL_WORDS(WORD_ENUM)
};
enum config_article {
	ARTICLE_WORDS(WORD_ENUM)
};
enum config_severity {
	SEVERITY_WORDS(WORD_ENUM)
};
enum config_group {
	GROUP_WORDS(WORD_ENUM)
};
enum config_else {
	ELSE_WORDS(WORD_ENUM)
};
enum config_trouble {
	TROUBLE_WORDS(WORD_ENUM)
};
enum config_desttype {
	DESTTYPE_WORDS(WORD_ENUM)
};
enum config_format {
	FORMAT_WORDS(WORD_ENUM)
};
#undef WORD_ENUM

/* The C type of each option type.  DURATION is milliseconds and -1 when unset,
 * SIZE bytes, TEXT, PATH and URL NULL when unset.  A PATH of the file is
 * relative to the directory of the file it stands in, the path of a file: URL
 * too; here it is absolute or relative to the working directory.  A FORMAT that
 * is unset is FORMAT_JSON. */
typedef const char *opt_TEXT;
typedef const char *opt_PATH;
typedef const char *opt_URL;
typedef const char *opt_LANG; /* "" for any */
typedef int64_t opt_DURATION;
typedef size_t opt_SIZE;
typedef int64_t opt_INT;
typedef bool opt_BOOL;
typedef struct config_texts opt_LIST;
typedef const char *opt_SECRET; /* resolved */
typedef struct config_texts opt_SECRETS; /* resolved */
typedef struct config_text opt_QUERY; /* text.p NULL when unset */
typedef struct config_nets opt_NETS;
typedef struct config_auth opt_AUTH;
typedef struct config_names opt_NAMES;
typedef struct config_names opt_WEAK;
typedef struct config_expect opt_EXPECT;
typedef struct config_mutes opt_MUTES;
typedef struct config_rate opt_RATE;
typedef enum config_else opt_ELSE;
typedef struct config_sources opt_SOURCES; /* at_least 0 when unset */
typedef enum config_loglevel opt_LOGLEVEL;
typedef enum config_article opt_ARTICLE;
typedef enum config_severity opt_SEVERITY;
typedef enum config_group opt_GROUP;
typedef enum config_trouble opt_TROUBLE;
typedef enum config_desttype opt_DESTTYPE;
typedef enum config_format opt_FORMAT;

#define OPTION_FIELD(field, key, type, ...) opt_##type field;
struct config_sources {
	SOURCES_OPTIONS(OPTION_FIELD)
};
struct config_daemon {
	DAEMON_OPTIONS(OPTION_FIELD)
};
struct config_network {
	NETWORK_OPTIONS(OPTION_FIELD)
};
struct config_feed {
	const char *name;
	struct config_text where; /* the name as it stands in the file */
	FEED_OPTIONS(OPTION_FIELD)
};
struct config_entity {
	const char *name;
	struct config_text where;
	ENTITY_OPTIONS(OPTION_FIELD)
};
struct config_filter {
	const char *name;
	struct config_text where;
	FILTER_OPTIONS(OPTION_FIELD)
};
struct config_destination {
	const char *name;
	struct config_text where;
	DESTINATION_OPTIONS(OPTION_FIELD)
};
#undef OPTION_FIELD

struct config {
	struct config_daemon daemon;
	struct config_network network;
	struct config_feed *feeds;
	struct config_entity *entities;
	struct config_filter *filters;
	struct config_destination *destinations;
	size_t nfeeds, nentities, nfilters, ndestinations;

	/* To the elements above. */
	struct map feed_names, filter_names, destination_names;
	struct arena arena; /* everything else above lives here */
	struct diags *diags; /* owned: the sources, for later diagnostics */
	bool broken; /* it had errors: only good for finding more */
	unsigned refs;
};

/* Reads `path` and what it includes.  Problems go to `diags`, all of them; the
 * result is NULL when there was an error (warnings are none).  Queries are not
 * compiled here: see filters/compile.h.  The caller owns one reference.
 * `diags` is borrowed for the call, but the sources it holds stay reachable
 * through the configuration as long as that lives (diags are ref-counted). */
struct config *config_load(const char *path, struct diags *diags);

/* What a configuration is read for. */
enum config_use {
	CONFIG_TO_RUN,
	/* Credentials are warned about where there cannot be any: the unit has
	 * them, not the shell.  They are "" then. */
	CONFIG_TO_CHECK,
	/* Its queries are tried: without secrets, which are "" when they
	 * cannot be had, and without expectations, whose failure may be just
	 * what is looked into. */
	CONFIG_TO_TRY
};

/* The same, but what had errors comes back, too, as `broken`, unless names may
 * be missing: then what uses them would be blamed. */
struct config *
config_load_broken(const char *path, enum config_use use, struct diags *diags);

/* The same, whatever is missing: never NULL, and good for single options. */
struct config *config_load_remains(const char *path, struct diags *diags);

/* tocsin.yaml of the working directory if there is one, else the system's. */
const char *config_default_path(void);

/* The same for text in memory; `name` stands for the file in messages and
 * relative paths are left as they are. */
struct config *
config_parse(const char *name, struct sv text, struct diags *diags);

/* Only an `entities:` map is allowed: the form of `tocsin match --entities`. */
struct config *config_load_entities(const char *path, struct diags *diags);

struct config *config_ref(struct config *c);
void config_unref(struct config *c); /* NULL is fine */

/* NULL when there is none of that name. */
const struct config_feed *
config_find_feed(const struct config *c, const char *name);
const struct config_filter *
config_find_filter(const struct config *c, struct sv name);
const struct config_destination *
config_find_destination(const struct config *c, const char *name);

/* "high" for SEVERITY_HIGH. */
const char *config_severity_word(enum config_severity s);

#endif
