/* alerts/trouble.h: what a document says of the daemon's own trouble. */
#ifndef ALERTS_TROUBLE_H
#define ALERTS_TROUBLE_H

#include "base/str.h"

/* Kinds: enumerator, type of the document, what people are told of the type,
 * severity. */
#define TROUBLE_KIND_ROWS(X) \
	X(TROUBLE_FEED_FAILING, "feed.failing", "feed failing", "high") \
	X(TROUBLE_FEED_RECOVERED, "feed.recovered", "feed recovered", "low") \
	X(TROUBLE_FEED_SILENT, "feed.silent", "feed silent", "medium") \
	X(TROUBLE_FEED_GAP, "feed.gap", "feed gap", "high") \
	X(TROUBLE_DESTINATION_FAILING, "destination.failing", \
	    "destination failing", "high")

#define TROUBLE_ENUM(kind, ...) kind,
enum trouble_kind {
	TROUBLE_KIND_ROWS(TROUBLE_ENUM) TROUBLE_KINDS
};
#undef TROUBLE_ENUM

/* Views are borrowed.  One feed, one destination, or several feeds, of which
 * only `count` and `feeds` are told. */
struct trouble {
	enum trouble_kind kind;
	struct sv feed, url;
	struct sv destination;
	int64_t since_ms, until_ms; /* NO_TIME: does not apply */
	unsigned failures; /* in a row */
	struct sv error;
	bool stopped; /* not asked any more */
	size_t items; /* of a gap: behind it */
	bool incomplete; /* items may have come and gone unseen */
	int64_t waiting; /* alerts */
	size_t count; /* of feeds; 0: it is one */
	const struct sv *feeds; /* the first of them */
	size_t nfeeds;
};

const char *trouble_type(enum trouble_kind k);
const char *trouble_severity(enum trouble_kind k);

/* For people, appended: one line, and what else there is to know. */
void trouble_title(const struct trouble *t, struct str *out);
void trouble_text(const struct trouble *t, struct str *out);

#endif
