/* feeds/poller.h: polls one feed for ever: waits, asks, parses, hands items on
 * as they come, waits for them to be on disk, waits again. */
#ifndef FEEDS_POLLER_H
#define FEEDS_POLLER_H

#include "config/config.h"
#include "feeds/feed.h"
#include "feeds/gate.h"
#include "feeds/item.h"
#include "net/http.h"

struct poller;

struct poller_events {
	/* An item of the document that is coming in; valid during the call.
	 * True: it was new. */
	bool (*on_item)(struct poller *p, const struct item *it, void *arg);
	/* The poll is over and poller_feed() ready to be kept.  The next poll
	 * is not scheduled before poller_committed(). */
	void (*on_end)(struct poller *p, enum feed_verdict v, void *arg);
};

/* What all pollers share; borrowed for their life. */
struct poller_env {
	struct loop *loop;
	struct http *http;
	struct gate *gate;
	const struct poller_events *events;
};

/* `c` is borrowed from the configuration `conf`, which is kept alive; `arg` is
 * handed to the events.  Nothing happens before poller_run(). */
struct poller *poller_new(const struct poller_env *env, struct config *conf,
    const struct config_feed *c, void *arg);
void poller_free(struct poller *p); /* cancels what is under way, silently */

/* Starts the schedule from poller_feed()'s due time. */
void poller_run(struct poller *p);

/* The changes of the poll that ended are on disk. */
void poller_committed(struct poller *p);

/* While paused no poll begins; one that is under way goes on. */
void poller_pause(struct poller *p, bool pause);

/* Polls now, if it is not under way anyway.  False: its server has asked to be
 * left alone, or nothing can be kept now. */
bool poller_poll(struct poller *p, struct err *e);

/* The same feed, at the same URL, under a new configuration: schedule,
 * validators and what is under way are kept. */
void poller_reload(
    struct poller *p, struct config *conf, const struct config_feed *c);

const struct config_feed *poller_config(const struct poller *p);
struct feed *poller_feed(struct poller *p);
const struct feed_meta *poller_meta(const struct poller *p); /* in on_item */
const struct evidence *poller_evidence(const struct poller *p); /* so too */

/* Why the last poll failed; "" when it did not. */
const char *poller_error(const struct poller *p);

#endif
