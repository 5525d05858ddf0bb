/* daemon/departed.h: forgets feeds that left the configuration long ago, some
 * items in each transaction. */
#ifndef DAEMON_DEPARTED_H
#define DAEMON_DEPARTED_H

#include "config/config.h"
#include "daemon/commit.h"

struct departed;

/* Borrows all; `*conf` is the configuration of the moment. */
struct departed *
departed_new(struct loop *l, struct committer *c, struct config *const *conf);
void departed_free(struct departed *d); /* after the committer; NULL is fine */

/* A feed of which something is kept.  It is forgotten when it is not configured
 * and was not polled for FEED_KEPT_MS, both an hour later, too. */
void departed_note(struct departed *d, const struct store_feed *f);

#endif
