/* alerts/outbox.h: per destination, one alert at a time, oldest first, until it
 * is delivered, refused for good or given up.  What to do next is decided by
 * pure functions over struct outbox_state. */
#ifndef ALERTS_OUTBOX_H
#define ALERTS_OUTBOX_H

#include "base/err.h"
#include "base/sv.h"

/* What came of one attempt. */
struct outbox_result {
	enum {
		DELIVERY_DONE,
		DELIVERY_RETRY,
		DELIVERY_REFUSED,
		DELIVERY_CLOSED
	} kind;
	int64_t retry_after_ms; /* -1: none asked for */
	int64_t retry_within_ms; /* likely to work by then; 0: nobody knows */
	struct err why;
};

struct outbox_policy {
	int64_t retry_min_ms, retry_max_ms, give_up_ms; /* give_up < 0: never */
};

/* Of a webhook: the answer's status (0: none) and Retry-After (in ms, -1 none).
 * 2xx DONE; 410 CLOSED (the destination wants no more); all else RETRY. */
void outbox_judge_status(
    int status, int64_t retry_after_ms, struct outbox_result *out);

/* When to try again, wall clock: doubling from retry_min to retry_max, or to
 * what `r` says is enough, `jitter` in [0,1) adds up to a fifth, Retry-After
 * (at most 7 days) is never cut short. */
int64_t outbox_next_try(const struct outbox_policy *p, unsigned attempts,
    int64_t now_ms, const struct outbox_result *r, double jitter);

/* When to go on with an alert that waited when the process ended: as stored,
 * so that a Retry-After outlives a restart.  A last attempt (`tried_ms`; 0:
 * none, or not known) that is still to come tells that the wall clock was set
 * back: then the wait begins now.  One that nobody asked for is retry_max. */
int64_t outbox_resume(const struct outbox_policy *p, int64_t tried_ms,
    int64_t next_ms, int64_t now_ms);

/* How many alerts a receiver takes: one in `gap_ms` (0: any number), of which
 * `burst` may come at once. */
struct outbox_pace {
	int64_t gap_ms;
	unsigned burst; /* at least 1 */
};

/* When the next one may go, in the clock of `now_ms`: not before now.
 * `*spent_ms` is what the receiver's patience is used up to (GCRA, ITU-T I.371;
 * 0 at first); outbox_spend() notes that one went. */
int64_t
outbox_pace_next(const struct outbox_pace *p, int64_t spent_ms, int64_t now_ms);
void
outbox_spend(const struct outbox_pace *p, int64_t *spent_ms, int64_t now_ms);

/* Give up now?  Not on the word of the wall clock alone, which may jump, nor
 * right after a start: the destination must have failed for an hour, or for
 * give_up when that is shorter. `failing_ms`: for how long it has, at a stretch
 * and since the process started or the clock jumped. */
bool outbox_is_over(const struct outbox_policy *p, int64_t created_ms,
    int64_t now_ms, int64_t failing_ms);

#endif
