/* alerts/format_type.h: a row of the formats, and what they share. */
#ifndef ALERTS_FORMAT_TYPE_H
#define ALERTS_FORMAT_TYPE_H

#include "alerts/alert.h"
#include "alerts/format.h"
#include "base/json.h"

#include <jansson.h>

/* What messages for people show of an alert; views into the document. */
struct note {
	const json_t *root; /* the document */
	const json_t *data; /* its data */
	struct sv id, type, time;
	struct sv severity, filter, feed; /* of trouble: no filter, */
	struct sv destination; /* and a feed, this or neither */
	struct sv title, excerpt; /* for people; some of the title shows */
	struct sv link; /* http or https, or empty */
	bool unconfirmed;
	char kind[ALERT_KIND_BYTES]; /* alert_kind() */
	struct str headline, text; /* what title and excerpt are made of */
};

/* False: the document is no alert.  The title begins with what people must not
 * miss, "[update: withdrawn] Council adopts ceasefire", and of a changed title
 * the excerpt with the one before.  Borrows from `root` until
 * format_note_done(), which is due in either case. */
bool format_read_note(const json_t *root, struct note *n);
void format_note_done(struct note *n);

/* An opened template is `self`; other formats keep nothing. */
struct format_type {
	enum config_format format;
	const char *content_type; /* NULL: the template's option */
	struct outbox_pace pace; /* see format_pace() */
	bool (*render)(
	    const void *self, const struct note *n, struct formatted *out);
	void (*url)(struct sv url, struct str *out); /* NULL: as it is */
	void *(*open)(const struct config_destination *c, struct err *e);
	void (*close)(void *self);
};

extern const struct format_type format_cloudevents, format_cloudevents_binary,
    format_slack, format_discord, format_teams, format_mattermost, format_ntfy,
    format_template;

/* What would make a text on one line more than text in Markdown. */
#define FORMAT_MARKDOWN "\\`*_~|<>#[]-"

/* How a text is taken over. */
struct clip {
	size_t most; /* units, the ellipsis included */
	bool bytes; /* units are bytes, not UTF-16 code units */
	const char *escaped; /* ASCII that gets a backslash; NULL: none */
};

/* Appends the text on one line, without what is not printable. */
void format_add(struct str *out, struct sv text, const struct clip *c);

/* As a member of JSON. */
void format_member(
    struct json *j, const char *key, struct sv text, const struct clip *c);

/* "HIGH · confirmed · gaza-ceasefire · un-news" or "HIGH · feed failing ·
 * un-news", into a member. */
void format_member_source(
    struct json *j, const char *key, const struct note *n, const char *escaped);

/* The link with `unsafe` characters percent-encoded; `out` is made here and the
 * caller's.  False: there is none, or it is longer than `most` bytes then. */
bool format_link(
    const struct note *n, const char *unsafe, size_t most, struct str *out);

/* As a member of JSON, or nothing. */
void format_member_link(
    struct json *j, const char *key, const struct note *n, size_t most);

struct severity_look {
	const char *word; /* NULL: all others */
	const char *label; /* "HIGH" */
	uint32_t rgb;
	int priority; /* 1 to 5, as ntfy counts */
};
const struct severity_look *format_severity(struct sv severity);

#endif
