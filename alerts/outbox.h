/* alerts/outbox.h: per destination, one alert at a time, oldest first, until it
 * is delivered, refused for good or given up.  What to do next is decided by
 * pure functions. */
#ifndef ALERTS_OUTBOX_H
#define ALERTS_OUTBOX_H

#include "base/clock.h"
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
	struct err
	    why; /* of DELIVERY_DONE: what was wrong all the same, or "" */
};

#define OUTBOX_FIRST_MS (10 * SEC_MS)

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

/* A destination from its first failed attempt until one works: a circuit that
 * is open.  The oldest alert is tried, one attempt at a time; whatever else
 * comes waits, and hastens nothing.  Wall clock; outlives the process. */
struct outbox_outage {
	unsigned failures; /* in a row; 0: there is no outage */
	int64_t since_ms; /* of the first of them */
	int64_t tried_ms,
	    next_ms; /* the last attempt (0: not known), the next */
};

enum outbox_circuit {
	OUTBOX_CLOSED, /* alerts go out */
	OUTBOX_OPEN, /* until the next attempt is due */
	OUTBOX_PROBING, /* that is under way */
};

enum outbox_circuit outbox_circuit(const struct outbox_outage *o, bool sending);

/* An attempt has failed.  `given_up`: the alert with it, so the next one is
 * tried for the first time: then the wait is at most OUTBOX_FIRST_MS, and each
 * gets its attempt without a volley of all that are overdue. */
void outbox_failed(struct outbox_outage *o, const struct outbox_policy *p,
    const struct outbox_result *r, bool given_up, int64_t now_ms,
    double jitter);

/* When to go on in an outage that lasted when the process ended: as stored,
 * so that a Retry-After outlives a restart.  A last attempt that is still to
 * come tells that the wall clock was set back: then the wait begins now.  One
 * that nobody asked for is retry_max. */
int64_t outbox_resume(const struct outbox_outage *o,
    const struct outbox_policy *p, int64_t now_ms);

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
