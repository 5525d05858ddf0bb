/* daemon/known.h: which item of a feed it is, and whether it was there before,
 * although publishers re-use ids, change them and leave them out. */
#ifndef DAEMON_KNOWN_H
#define DAEMON_KNOWN_H

#include "base/map.h"
#include "filters/text.h"
#include "store/store.h"

/* The items of one document so far. */
struct known {
	struct map keys, pages; /* values: traits, keys */
	struct arena arena;
	struct text scratch;
};

void known_init(struct known *k);
void known_done(struct known *k);
void known_clear(struct known *k); /* another document begins */
bool known_is_empty(const struct known *k);

enum known_as {
	KNOWN_NOT,
	KNOWN_HERE, /* earlier in this document */
	KNOWN_BEFORE, /* from an earlier poll */
};

struct identity {
	unsigned char key[ITEM_KEY_BYTES]; /* by which it is kept */
	struct item_traits traits;
	struct store_seen before; /* of one from before: what was kept of it, */
	bool changed; /* whether its traits are others now, */
	bool rewritten; /* and whether its title or lead are */
	bool shares; /* its id is that of another item of the document: */
	unsigned char other_key[ITEM_KEY_BYTES];
};

/* An id may be re-used (item_is_another_*), and an item with a new id is an old
 * one when its link, title and date (without a date: its text) are the same.  A
 * store that cannot be read knows nothing: that is logged, and what is alerted
 * on twice has the same id. */
enum known_as known_look(struct known *k, struct store *s, struct sv feed,
    const struct item *it, struct sv feed_link, struct identity *out);

#endif
