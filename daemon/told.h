/* daemon/told.h: what the readers of each filter were last told of an item, and
 * when they may be told of what its publisher changed. */
#ifndef DAEMON_TOLD_H
#define DAEMON_TOLD_H

#include "base/clock.h"
#include "daemon/batch.h"
#include "filters/change.h"

/* Between what readers are told of an item or a story and the next update of
 * it, and the most updates of an item in a day: a feed may change its titles at
 * every poll. */
#define UPDATE_GAP_MS (10 * MIN_MS)
#define UPDATES_PER_DAY 24

/* For how long the gap goes on; 0: it is over.  A clock that was set back
 * before `since_ms` ends it, too. */
int64_t update_gap_ms(int64_t since_ms, int64_t now_ms);

struct told_row {
	struct store_told t; /* in the arena of the list */
	bool done; /* for the caller */
};

/* What is kept of one item. */
struct told {
	struct told_row *v; /* in order of the filters' names */
	size_t n, cap;
	struct arena arena;
};

void told_init(struct told *l);
void told_done(struct told *l);

/* Into an empty list. */
bool told_read(struct told *l, struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], struct err *e) MUST_CHECK;

struct told_row *told_find(const struct told *l, const char *filter);

/* For how long an update of the item has to wait; 0: not at all. */
int64_t told_wait_ms(const struct store_told *t, int64_t now_ms);

/* The row after an update of it. */
void told_count_update(struct store_told *t, int64_t now_ms);

#endif
