/* daemon/dead.c: lets dead letters go that are too old or too many. */
#include "daemon/dead.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"

#include <stdlib.h>

#define EVERY_MS HOUR_MS
#define SOON_MS MIN_MS

struct dead_letters {
	struct loop *loop; /* borrowed */
	struct store *store; /* borrowed */
	struct timer *timer;
	bool soon; /* their number is looked at before that */
	int64_t aged_ms; /* when their age is looked at next, monotonic */
	int64_t clocks_ms; /* wall less monotonic, when it was last */

	/* Of the look under way, which goes from destination to destination. */
	bool looking;
	int64_t before_ms;
	struct str destination;
	size_t dropped; /* of this one */
};

static int64_t
clocks_ms(const struct dead_letters *d)
{
	return loop_wall_ms(d->loop) - loop_now_ms(d->loop);
}

/* A clock that was set an hour ago or less says nothing of anybody's age, nor
 * may one that is wrong since the start. */
static void
begin(struct dead_letters *d)
{
	bool jumped = clock_jumped(d->clocks_ms, clocks_ms(d));
	bool of_age = loop_now_ms(d->loop) >= d->aged_ms;

	d->looking = true;
	d->before_ms = of_age && !jumped ? loop_wall_ms(d->loop) - DEAD_KEPT_MS
					 : INT64_MIN;
	if (of_age) {
		d->clocks_ms = clocks_ms(d);
		d->aged_ms = loop_now_ms(d->loop) + EVERY_MS;
	}
	d->dropped = 0;
	str_clear(&d->destination);
}

static void
end(struct dead_letters *d)
{
	d->looking = d->soon = false;
	timer_set(d->timer, d->aged_ms - loop_now_ms(d->loop));
}

static bool
note_error(const struct err *e)
{
	log_error("store", KV("error", e->msg));
	return false;
}

static bool
prune(struct dead_letters *d, size_t *n)
{
	const struct store_dead_prune p = {
		.destination = str_sv(&d->destination),
		.before_ms = d->before_ms,
		.keep = DEAD_KEPT_ROWS,
		.keep_bytes = DEAD_KEPT_BYTES,
		.limit = DEAD_DROPPED_AT_ONCE,
	};
	struct err e;
	bool ok;

	if (!store_begin(d->store, &e))
		return note_error(&e);
	ok = store_prune_dead(d->store, &p, n, &e);
	if (!ok)
		store_rollback(d->store);
	return (ok && store_commit(d->store, &e)) || note_error(&e);
}

static void
tell(struct dead_letters *d)
{
	if (d->dropped != 0)
		log_warn("dead letters dropped: too old or too many",
		    KV("destination", str_c(&d->destination)),
		    KV_INT("alerts", (int64_t)d->dropped));
	d->dropped = 0;
}

/* False: there is none. */
static bool
go_to_next(struct dead_letters *d)
{
	struct str next;
	struct err e;
	bool ok;

	str_init(&next, d->destination.max);
	ok = store_next_dead(d->store, str_sv(&d->destination), &next, &e) ||
	    note_error(&e);
	ok = ok && next.len != 0;
	str_done(&d->destination);
	d->destination = next;
	return ok;
}

/* What cannot be done now is done at the next look. */
static void
on_timer(void *arg)
{
	struct dead_letters *d = arg;
	bool goes_on = d->looking;
	size_t n = 0;

	if (!goes_on)
		begin(d);
	if ((!goes_on && !go_to_next(d)) || !prune(d, &n)) {
		tell(d);
		end(d);
		return;
	}
	metrics.dead_letters_dropped += (int64_t)n;
	d->dropped += n;
	if (n < DEAD_DROPPED_AT_ONCE) {
		tell(d);
		if (!go_to_next(d)) {
			end(d);
			return;
		}
	}
	timer_set(d->timer, 0);
}

struct dead_letters *
dead_letters_new(struct loop *l, struct store *s)
{
	struct dead_letters *d = mem_calloc(1, sizeof(*d));

	d->loop = l;
	d->store = s;
	str_init(&d->destination, CONFIG_BYTES);
	d->timer = timer_new(l, on_timer, d);
	d->clocks_ms = clocks_ms(d);
	d->aged_ms = loop_now_ms(l) + EVERY_MS;
	timer_set(d->timer, EVERY_MS);
	return d;
}

void
dead_letters_free(struct dead_letters *d)
{
	if (d == NULL)
		return;
	timer_free(d->timer);
	str_done(&d->destination);
	free(d);
}

void
dead_letters_note(struct dead_letters *d)
{
	if (d->looking || d->soon ||
	    d->aged_ms - loop_now_ms(d->loop) <= SOON_MS)
		return;
	d->soon = true;
	timer_set(d->timer, SOON_MS);
}
