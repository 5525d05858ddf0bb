/* daemon/delivery.h: the destinations of the configuration, each with its queue
 * in the outbox (runner.h), through reloads. */
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

/* Tells after each attempt whether it worked. */
typedef void
deliveries_attempt_fn(const char *destination, bool worked, void *arg);
void deliveries_on_attempt(
    struct deliveries *d, deliveries_attempt_fn *fn, void *arg);

/* New rows of `destination` were committed. */
void deliveries_wake(struct deliveries *d, const char *destination);
void deliveries_wake_all(struct deliveries *d); /* of any of them */

/* Sends nothing more to `destination`, or goes on at once: also when it has
 * failed or wanted no more.  False: there is none of this name.  The caller
 * keeps it (HOLD_DESTINATION), and deliveries_new() finds it again. */
bool
deliveries_pause(struct deliveries *d, const char *destination, bool pause);

/* How one destination is doing, as far as the store does not know.  Views live
 * until its next attempt, or a reload. */
struct delivery_state {
	const char *name;
	bool paused;
	bool closed; /* it wanted no more */
	enum outbox_circuit circuit;
	struct outbox_outage outage;
	const char *error; /* of the last attempt; "" when all was well */
	int64_t error_ms; /* wall clock; 0: before the start */
};

/* In the order of the configuration; false: there are no more. */
bool deliveries_state(
    const struct deliveries *d, size_t i, struct delivery_state *out);

/* The same by name; false: there is none of it. */
bool deliveries_find(
    const struct deliveries *d, struct sv name, struct delivery_state *out);

/* Puts into `name` the next destination, by name, for which alerts wait though
 * no configuration has it any more; "": there are no more. */
bool deliveries_next_gone(
    const struct deliveries *d, struct str *name, struct err *e) MUST_CHECK;

/* Takes over a new configuration: what did not change goes on undisturbed;
 * rows of a destination that is gone stay in the store.  False: nothing has
 * changed. */
bool
deliveries_reload(struct deliveries *d, const struct config *c, struct err *e);

#endif
