/* feeds/feed.h: one feed's state and what each answer of its server means for
 * it.  Pure: the time is handed in, nothing is read or sent. */
#ifndef FEEDS_FEED_H
#define FEEDS_FEED_H

#include "base/clock.h"
#include "base/mem.h"

/* Refusals (401, 403, 407, 429) are not tried again sooner than this. */
#define FEED_REFUSED_WAIT_MS (10 * MIN_MS)

enum feed_state {
	FEED_WAITING,
	FEED_POLLING,
	FEED_GONE, /* 410: not polled again */
};

struct feed_policy {
	int64_t every_ms; /* fixed interval; -1: adaptive */
	int64_t floor_ms, cap_ms;
};

/* Times are of the monotonic clock, in ms. */
struct feed {
	enum feed_state state;
	int64_t due_ms;
	int64_t hold_ms; /* not before: what the server asked for */
	int64_t interval_ms; /* adaptive; 0: not yet known */
	unsigned failures; /* in a row */
	bool seen_before; /* a good first poll has been */
	char *etag, *last_modified; /* NULL: none */
	char *moved_to; /* where permanent redirects lead, or NULL */
	int64_t moved_since_ms; /* wall clock */
};

/* What an exchange brought.  Views are header values, empty when absent. */
struct feed_answer {
	int status; /* 0: none came */
	bool complete; /* of a 200: the document was a whole, good feed */
	bool conditional; /* the request carried a validator */
	bool moved_polled; /* the request went to moved_to */
	size_t new_items;
	int ttl_minutes; /* of the document; 0: none */
	struct sv etag, last_modified, permanent;
	struct sv discovered; /* the feed that a web page names, to be polled */
	int64_t fresh_ms; /* http_fresh_ms() */
	int64_t retry_after_ms; /* http_retry_after_ms(); -1: none */
};

enum feed_verdict {
	FEED_NEW_DOCUMENT,
	FEED_UNCHANGED,
	FEED_FAILED,
	FEED_DISCOVERED, /* a web page: the feed that it names is due */
	FEED_STOPPED, /* 410 */
};

void feed_init(struct feed *f, int64_t due_ms);
void feed_done(struct feed *f);

void feed_start(struct feed *f); /* WAITING -> POLLING */

/* POLLING -> WAITING or GONE: keeps or replaces the validators, sets due_ms.
 * The wait is the adaptive or configured interval, lengthened (up to the cap)
 * by max-age, Expires and ttl, beyond the cap by Retry-After; failures double
 * it.  `jitter` in [0,1) only ever adds, at most a tenth and 30 minutes.
 * `wall_ms` dates a permanent redirect. */
enum feed_verdict feed_finish(struct feed *f, const struct feed_answer *a,
    const struct feed_policy *p, int64_t now_ms, int64_t wall_ms,
    double jitter);

/* The configured interval has changed: a shorter one takes effect now, but
 * never before hold_ms. */
void feed_repolicy(struct feed *f, const struct feed_policy *p, int64_t now_ms);

/* Which URL to poll: `url` of the configuration, or where it has moved for
 * good: permanently for 7 days, or at once from http to https of one host. */
const char *
feed_poll_url(const struct feed *f, const char *url, int64_t wall_ms);

/* Is `url` on the host and port of the configured one, and no less protected?
 * A password may go there. */
bool feed_is_same_server(const char *configured, const char *url);

#endif
