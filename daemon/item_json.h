/* daemon/item_json.h: an item as JSON, for the time that it waits on disk. */
#ifndef DAEMON_ITEM_JSON_H
#define DAEMON_ITEM_JSON_H

#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

/* What was decided before an item began to wait: it is not decided again. */
struct judged {
	enum disposition so_far;
	struct sv *filters; /* that matched, by name */
	size_t n;
};

/* Appends the item as the feed brought it (not: article, feed, tags). */
void
item_to_json(const struct item *it, const struct judged *by, struct str *out);

/* Appends what later alerts show of an item, at most ITEM_MEMBER_BYTES:
 * {"title":...,"link":...,"feed":...} without what is empty or too long. */
void
item_member(struct str *out, struct sv title, struct sv link, struct sv feed);

/* What item_member() needs, from an alert's document. */
bool item_of_alert(struct sv json, struct arena *a, struct sv *title,
    struct sv *link, struct sv *feed) MUST_CHECK;

/* Reads both back; all views point into the arena. */
bool item_from_json(struct sv json, struct arena *a, struct item *it,
    struct judged *by, struct err *e);

#endif
