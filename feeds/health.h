/* feeds/health.h: whether the silence of a feed means something: it fails, it
 * is back, it has gone quiet, it may have lost items.  Pure: what each poll
 * says, and what of that people are owed.
 *
 * Durations are of the monotonic clock and grow while the daemon runs, so that
 * setting the wall clock raises nothing.  Times are the wall clock's and only
 * shown, 0: never. */
#ifndef FEEDS_HEALTH_H
#define FEEDS_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FEED_FAILURES_LEAST 3 /* in a row, before a feed is said to fail */

enum feed_trouble {
	FEED_FAILING,
	FEED_RECOVERED,
	FEED_SILENT,
	FEED_GAP,
	FEED_TROUBLES
};
#define FEED_BIT(trouble) (1u << (trouble))

/* All of it is kept. */
struct feed_health {
	int64_t good_ms; /* when a poll was good last */
	int64_t failed_ms; /* when the first of those since failed */
	int64_t new_ms; /* when new items came last; at first: a good poll */
	int64_t out_ms; /* duration without a good poll */
	int64_t quiet_ms; /* duration of good polls without a new item */
	int64_t longest_ms; /* the longest such duration that ended, */
	unsigned pauses; /* of so many */
	int64_t watched_ms; /* duration since the first poll */
	size_t items; /* of the last good document */
	int64_t gap_ms; /* of the last gap: the good poll before it, */
	size_t gap_items; /* and the items behind it */
	bool missed; /* the first good document held none from before */
	unsigned owed; /* FEED_BIT of what is to be told */
	unsigned told; /* of what was told and has not ended; of FEED_GAP: no
			* documents have overlapped since */
};

/* A poll that ended. */
struct feed_poll {
	int64_t wall_ms;
	int64_t passed_ms; /* monotonic, since the one before; 0: the first */
	bool good;
	bool gone; /* 410 */
	unsigned failures; /* in a row, this one included */
	bool document; /* a good one came; else nothing has changed */
	size_t known_items, new_items; /* that came */
};

struct feed_patience {
	int64_t failing_ms;
	int64_t silent_ms; /* -1: by the feed's own pauses; 0: for ever */
};

/* FEED_FAILING is owed once after FEED_FAILURES_LEAST failures in a row and
 * failing_ms without a good poll, or when the feed is gone; FEED_RECOVERED at
 * the first good poll after that was told; FEED_SILENT once in a silence, at a
 * good poll; FEED_GAP when a document and the good one before it hold two items
 * or more and have none in common, and then not before documents have
 * overlapped: some feeds are replaced as a whole again and again. */
void feed_health_note(struct feed_health *h, const struct feed_poll *p,
    const struct feed_patience *patience);

/* After how much quiet a feed is silent; 0: never.  Its own pauses count once 5
 * of them ended: then it is three times the longest, and at least a day; at
 * least two weeks if it was not watched for a week, which has a weekend, before
 * this one began. */
int64_t
feed_health_silent_after(const struct feed_health *h, int64_t silent_ms);

/* What was owed is told. */
void feed_health_tell(struct feed_health *h, enum feed_trouble t);

/* What is left of it when the feed has got another URL: that it fails, if that
 * was told, so that its recovery is, too. */
void feed_health_move(struct feed_health *h);

#endif
