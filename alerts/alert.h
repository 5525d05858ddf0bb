/* alerts/alert.h: the alert document (schema: the table in fields.h). */
#ifndef ALERTS_ALERT_H
#define ALERTS_ALERT_H

#include "alerts/trouble.h"
#include "base/limits.h"
#include "base/str.h"
#include "feeds/item.h"

struct alert_hit {
	const char *field;
	struct sv text;
	size_t start, length;
	const char *entity, *wikidata; /* or NULL */
};

/* What the encoder needs; views are borrowed for the call. */
struct alert {
	const char *type; /* "alert.new", ... */
	struct sv id;
	int64_t now_ms;
	const char *severity, *filter, *revision;
	const struct item *item;
	unsigned char item_key[ITEM_KEY_BYTES];
	struct sv feed_name, feed_url, feed_title, publisher;
	const struct alert_hit *hits;
	size_t nhits;
	struct sv (*field_text)(const struct item *it, const char *field);
	const char *story_id; /* NULL: it is in no story */
	int64_t story_since_ms;
	unsigned story_publishers;
	bool unconfirmed; /* too few publishers have it */
	struct sv story_also; /* members of a JSON array */
	const char *update_reason; /* NULL: it is none */
	struct sv update_previous_title;
	unsigned digest_count; /* 0: it is no digest; else `item` has a title
				* and a summary only */
	int64_t digest_since_ms, digest_until_ms;
	struct sv digest_items; /* members of a JSON array */
	int64_t fetched_ms; /* when the item's last byte came, or NO_TIME */
	const struct trouble *trouble; /* then nothing between `severity` and
					* here counts; NULL: an item's */
};

#define ALERT_ID_BYTES sizeof("alr_0123456789012345678901234567")

/* The id is a function of feed, item, filter and type. */
void alert_id(struct sv feed, const unsigned char key[ITEM_KEY_BYTES],
    const char *filter, const char *type, char out[ALERT_ID_BYTES]);

/* The same of trouble: of its type, whose it is and when it began. */
void
trouble_id(const struct trouble *t, int64_t began_ms, char out[ALERT_ID_BYTES]);

/* Appends the document as one line of JSON. False: larger than out->max. */
bool alert_encode(const struct alert *a, struct str *out);

/* What people are told of a document's type and data.update.reason:
 * "confirmed", "update: correction", "feed failing", ..., or "" for a new item.
 */
#define ALERT_KIND_BYTES sizeof("update: 0123456789abcdef")
void alert_kind(struct sv type, struct sv reason, char out[ALERT_KIND_BYTES]);

/* Dates an encoded document anew: one that has waited is sent now. */
void alert_redate(struct str *json, int64_t now_ms);

/* The excerpt around the hits, at most EXCERPT_BYTES, cut at words, "…" where
 * it was cut.  Part of the document; here for its tests. */
void alert_excerpt(const struct alert *a, struct str *out);

/* People's form of an encoded document: severity, filter, title, link, excerpt
 * with its hits highlighted when `colour`.  Control characters neutralised.
 * False when `json` is no alert document. */
bool alert_format_text(struct sv json, bool colour, struct str *out);

#endif
