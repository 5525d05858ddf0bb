/* daemon/delivery.h: drives the outbox: per destination the oldest alert first,
 * one at a time, results recorded in the store. */
#ifndef DAEMON_DELIVERY_H
#define DAEMON_DELIVERY_H

#include "alerts/destination.h"
#include "daemon/commit.h"

struct deliveries;

/* Borrows all; opens a runner per destination of `c`.  NULL and `e` when one of
 * them can never work. */
struct deliveries *
deliveries_new(const struct destination_env *env, struct store *s,
    struct committer *cm, const struct config *c, struct err *e);
void deliveries_free(struct deliveries *d); /* cancels what is under way */

/* New rows of `destination` were committed. */
void deliveries_wake(struct deliveries *d, const char *destination);

/* Takes over a new configuration: what did not change goes on undisturbed;
 * rows of a destination that is gone stay in the store.  False: nothing has
 * changed. */
bool
deliveries_reload(struct deliveries *d, const struct config *c, struct err *e);

#endif
