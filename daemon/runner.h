/* daemon/runner.h: one destination's queue in the outbox: the oldest alert
 * first, one at a time, and what came of each recorded in the store. */
#ifndef DAEMON_RUNNER_H
#define DAEMON_RUNNER_H

#include "daemon/dead.h"
#include "daemon/delivery.h"

struct runner;

/* What all runners share; all borrowed. */
struct runner_env {
	struct loop *loop;
	struct store *store;
	struct committer *committer;
	struct dead_letters *dead;
	deliveries_attempt_fn *on_attempt; /* or NULL */
	void *arg; /* of on_attempt */
};

/* Borrows `env`, copies the name.  Nothing is sent before runner_switch(). */
struct runner *
runner_new(const struct runner_env *env, const char *name, bool paused);
void runner_free(struct runner *r); /* cancels what is under way */

/* It will be freed or switched in this turn, as others may be. */
void runner_warn(struct runner *r);

const char *runner_name(const struct runner *r);

/* Takes `self`, which was opened with `c`, in place of what there was: an
 * outage of that is over.  The queue stays. */
void
runner_switch(struct runner *r, const struct config_destination *c, void *self);

/* The configuration was read again: one that wanted no more is asked anew. */
void runner_reopen(struct runner *r);

/* New rows were committed. */
void runner_wake(struct runner *r);

/* Sends nothing more, or goes on at once: see deliveries_pause(). */
void runner_pause(struct runner *r, bool pause);

/* Views live as long as the runner, until its next attempt. */
void runner_state(const struct runner *r, struct delivery_state *out);

#endif
