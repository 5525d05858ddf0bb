/* daemon/quota.h: how many alerts of each filter may leave in a span of time,
 * and what is told of the others when it ends. */
#ifndef DAEMON_QUOTA_H
#define DAEMON_QUOTA_H

#include "config/config.h"
#include "daemon/batch.h"

struct quota;

struct quota *quota_new(void);
void quota_free(struct quota *q); /* NULL is fine */

bool
quota_restore(struct quota *q, struct store *store, struct err *e) MUST_CHECK;

struct quota_item {
	struct sv title, link, feed;
};

/* May one more alert of the filter leave?  If not, the item is collected.  What
 * is to be kept goes into `b`.  Spans are those of the clock: hours of UTC
 * begin at their minute 0; one that is over but not told of goes on.  Those of
 * filters that are gone are forgotten after QUOTA_KEPT_MS, so that one that
 * comes back is within its limit. */
bool quota_take(struct quota *q, struct batch *b, const struct config_filter *f,
    const struct quota_item *item, int64_t wall_ms) MUST_CHECK;

/* A span that is over, with items that were collected. */
struct quota_digest {
	const char *filter;
	unsigned char key[ITEM_KEY_BYTES]; /* names the span */
	int64_t since_ms, until_ms;
	unsigned count;
	struct sv items; /* the first of them: members of a JSON array */
	struct sv titles; /* in a row */
};
/* False: not now; it is asked again. */
typedef bool quota_digest_fn(const struct quota_digest *d, void *arg);

/* Calls `fn` for spans that are over, so many that the loop does not stall, and
 * notes in `b` that they are told of. */
void quota_end(struct quota *q, struct batch *b, int64_t wall_ms,
    quota_digest_fn *fn, void *arg);

/* Does some span hold items? */
bool quota_is_waiting(const struct quota *q);

#endif
