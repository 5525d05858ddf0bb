/* daemon/subscription.h: one configured feed: its poller, and what its polls
 * bring on the way through the pipeline to the disk. */
#ifndef DAEMON_SUBSCRIPTION_H
#define DAEMON_SUBSCRIPTION_H

#include "daemon/commit.h"
#include "daemon/pipeline.h"
#include "feeds/poller.h"

struct subscription;

/* What all subscriptions share; borrowed for their life. */
struct subscription_env {
	struct poller_env
	    poller; /* its events are set by subscription_env_init() */
	struct store *store;
	struct committer *committer;
	struct pipeline *pipeline;
	/* After a commit: alerts or waiting items may be new on disk. */
	void (*on_committed)(bool alerts, bool pending, void *arg);
	loop_fn *on_trouble; /* there is more to tell of a feed */
	void *arg;
};

void subscription_env_init(struct subscription_env *env);

/* `c` is borrowed from `conf`, which is kept alive. */
struct subscription *subscription_new(const struct subscription_env *env,
    struct config *conf, const struct config_feed *c);
/* What is waiting for a commit stays with the committer. */
void subscription_free(struct subscription *s);

/* Goes on from what the store kept; the validators only if they belong to this
 * URL.  Before subscription_run(). */
void subscription_restore(struct subscription *s, const struct store_feed *f);

/* The first poll comes when it is due, but not for the next `delay_ms`. */
void subscription_run(struct subscription *s, int64_t delay_ms);
void subscription_pause(struct subscription *s, bool pause);

bool subscription_poll(struct subscription *s, struct err *e); /* poller.h */

/* Why the last poll failed, "" when it did not, and how many have in a row. */
const char *
subscription_error(const struct subscription *s, unsigned *failures);

/* When it is polled next, by the loop's clock. */
int64_t subscription_due_ms(const struct subscription *s);

/* The same name and URL under a new configuration. */
void subscription_reload(
    struct subscription *s, struct config *conf, const struct config_feed *c);

/* What its polls say of its health. */
const struct feed_health *subscription_health(const struct subscription *s);
/* FEED_BIT of what is to be told now.  Of what was owed before the start only
 * what cannot be over; the rest once a poll has shown that it lasts. */
unsigned subscription_owes(const struct subscription *s);
/* It is told: the caller has it put into the store (batch_tell_feed()). */
void subscription_tell(struct subscription *s, enum feed_trouble t);
bool subscription_is_gone(const struct subscription *s); /* 410 */

const struct config_feed *subscription_config(const struct subscription *s);

#endif
