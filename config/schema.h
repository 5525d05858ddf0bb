/* config/schema.h: the table of options.h as data. */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include "config/config.h"

/* Every type, and what such a value is, for messages. */
/* clang-format off */
#define OPTION_TYPES(X) \
	X(TEXT,     "a text") \
	X(PATH,     "a path") \
	X(URL,      "a URL such as https://example.org/feed.xml") \
	X(LANG,     "a language such as en or zh-Hant, or *") \
	X(DURATION, "a duration such as 30s, 10m, 1h30m or 7d") \
	X(SIZE,     "a size such as 512KiB or 8MiB") \
	X(INT,      "a whole number") \
	X(BOOL,     "yes or no") \
	X(LOGLEVEL, "a log level") \
	X(ARTICLE,  "an article mode") \
	X(SEVERITY, "a severity") \
	X(GROUP,    "a grouping") \
	X(DESTTYPE, "a destination type") \
	X(FORMAT,   "a format") \
	X(LIST,     "a list of texts") \
	X(NETS,     "a list of networks") \
	X(QUERY,    "a query") \
	X(SECRET,   "a secret: {env: NAME}, {file: PATH} or {credential: NAME}") \
	X(SECRETS,  "a secret, or a list of secrets") \
	X(AUTH,     "a map: {user: NAME, password: SECRET}") \
	X(NAMES,    "a list of names, or a map from language to such lists") \
	X(WEAK,     "a list of maps: {name: TEXT, lang: LANG, needs: [TEXT...]}") \
	X(EXPECT,   "a map: {match: [TEXT...], no: [TEXT...]}") \
	X(MUTES,    "hours or a list of hours such as 23:00-06:00 Europe/Paris") \
	X(ELSE,     "what to do else") \
	X(TROUBLE,  "a choice") \
	X(SOURCES,  "a map: {at-least: N, within: DURATION, else: WORD}") \
	X(RATE,     "a rate such as 20/h: 1 to 10000, per s, m, h or d")
/* clang-format on */

#define TYPE_ENUM(type, noun) TYPE_##type,
enum option_type {
	OPTION_TYPES(TYPE_ENUM) TYPE_COUNT
};
#undef TYPE_ENUM

struct option {
	const char *key;
	enum option_type type;
	const char *def; /* NULL: unset; REQUIRED */
	const char *min, *max;
	const char *help;
	size_t offset; /* of its field */
};

/* The options of one map. */
struct option_set {
	const char *noun; /* "a feed", for messages */
	const struct option *v;
	size_t n;
};

struct section {
	const char *key;
	const char *item; /* "feed"; NULL: the section is one map of options */
	struct option_set options;
	size_t size; /* of its struct */
	size_t name_at, where_at; /* offsets, of an item's struct */
	const char *help;
};

#define SECTION_ENUM(name, ...) SECTION_##name,
enum section_id {
	CONFIG_SECTIONS(SECTION_ENUM) SECTION_COUNT
};
#undef SECTION_ENUM

extern const struct section schema_sections[SECTION_COUNT];
extern const struct option_set schema_auth, schema_weak, schema_expect,
    schema_sources;

struct words {
	const char *const *v;
	size_t n;
};

const char *schema_noun(enum option_type type);

/* The words of an enumerated type in the order of its enumerators; none for
 * other types. */
struct words schema_words(enum option_type type);

/* NULL when the set has no such key. */
const struct option *schema_find(const struct option_set *set, struct sv key);

bool schema_is_required(const struct option *o);

#endif
