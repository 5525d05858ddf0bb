/* daemon/runner.c: takes a destination's alerts out of the store, in order, and
 * records what came of each. */
#include "daemon/runner.h"

#include "alerts/format.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define READ_RETRY_MS (5 * SEC_MS)

/* An alert that waits in memory. */
struct queued {
	int64_t row;
	char *id, *body; /* owned */
	size_t body_len;
	int64_t created_ms; /* wall clock */
	unsigned attempts;
};

struct runner {
	const struct runner_env *env; /* borrowed */
	char *name;
	const struct destination_type *type;
	void *self;
	struct outbox_policy policy;
	struct outbox_pace pace;
	int64_t spent_ms; /* see outbox_pace_next() */
	struct timer *timer; /* the next step */

	/* The oldest undelivered alerts; those after `last_row` are still in
	 * the store only, if there are `more`. */
	struct queued queue[OUTBOX_LOAD];
	size_t head, n;
	int64_t last_row;
	bool more;

	struct delivery delivery; /* of the attempt under way */
	bool sending;
	bool closed; /* the destination wants no more */
	bool paused; /* somebody said so */
	bool told; /* that it fails */
	bool known; /* how it was doing when the process ended */
	struct outbox_outage outage;
	int64_t due_ms; /* of the next attempt, monotonic */
	int64_t failing_since_ms; /* monotonic; -1: not since the start */
	int64_t clocks_ms; /* wall less monotonic, at the last failure */
	struct err error; /* of the last attempt */
	int64_t error_ms; /* wall clock */
	int64_t resumed_ms; /* wall clock; patience begins anew then */
};

/* What came of an attempt, on its way into the store: of the alert, and whether
 * the destination is in an outage. */
struct mark {
	enum {
		MARK_NONE,
		MARK_DONE,
		MARK_RETRY,
		MARK_DEAD
	} kind;
	int64_t row;
	int64_t now_ms; /* wall clock */
	unsigned attempts;
	bool outage_changed;
	struct outbox_outage outage;
	char *destination; /* owned */
	char why[ERR_BYTES];
};

static bool
apply_outage(struct store *s, const struct mark *m, struct err *e)
{
	const struct outbox_outage *o = &m->outage;

	if (!m->outage_changed)
		return true;
	if (o->failures == 0)
		return store_del_outage(s, sv_of(m->destination), e);
	return store_put_outage(s,
	    &(struct store_outage) { sv_of(m->destination), o->failures,
		o->since_ms, o->tried_ms, o->next_ms, sv_of(m->why) },
	    e);
}

static bool
apply_mark(struct store *s, void *arg, struct err *e)
{
	const struct mark *m = arg;

	if (!apply_outage(s, m, e))
		return false;
	switch (m->kind) {
	case MARK_NONE:
		return true;
	case MARK_DONE:
		return store_outbox_done(s, m->row, e);
	case MARK_RETRY:
		return store_outbox_retry(s, m->row, m->attempts, e);
	case MARK_DEAD:
		return store_outbox_dead(
		    s, m->row, sv_of(m->why), m->now_ms, e);
	}
	BUG("no such mark");
}

static void
mark_free(void *arg)
{
	struct mark *m = arg;

	free(m->destination);
	free(m);
}

static void
record(struct runner *r, struct mark m, const struct err *why)
{
	struct mark *kept = mem_alloc(sizeof(*kept));
	struct committer *c = r->env->committer;

	*kept = m;
	kept->now_ms = loop_wall_ms(r->env->loop);
	kept->outage = r->outage;
	kept->destination = mem_strdup(r->name);
	memcpy(kept->why, why->msg, sizeof(kept->why));
	/* A delivery that is not recorded when the process is killed comes
	 * again, with the same id. */
	if (m.kind == MARK_DONE)
		committer_add_soon(c, apply_mark, mark_free, mark_free, kept);
	else
		committer_add(c, apply_mark, mark_free, mark_free, kept);
}

static struct queued *
first(struct runner *r)
{
	return r->n != 0 ? &r->queue[r->head] : NULL;
}

static void
drop_first(struct runner *r)
{
	struct queued *q = first(r);

	free(q->id);
	free(q->body);
	r->head = (r->head + 1) % OUTBOX_LOAD;
	r->n--;
}

/* The next step comes with the loop's next turn, so that a long queue neither
 * nests calls nor stalls the loop. */
static void
go_on(struct runner *r)
{
	if (!r->sending && !r->closed && !r->paused && !timer_is_set(r->timer))
		timer_set(r->timer, 0);
}

static double
random_fraction(void)
{
	uint32_t bits = 0;

	if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return 0;
	return (double)bits / 4294967296.0;
}

static void
try_later(struct runner *r, struct queued *q, const struct outbox_result *res)
{
	record(r,
	    (struct mark) { .kind = MARK_RETRY,
		.row = q->row,
		.attempts = q->attempts,
		.outage_changed = true },
	    &res->why);
	if (!r->told)
		log_warn("delivery failed; it is tried again",
		    KV("destination", r->name), KV("error", res->why.msg),
		    KV_INT("attempts", q->attempts));
	r->told = true;
}

static void
give_up(struct runner *r, struct queued *q, const struct outbox_result *res,
    bool outage_changed)
{
	metrics.dead_letters++;
	log_error("alert given up", KV("destination", r->name),
	    KV("alert", q->id), KV("error", res->why.msg),
	    KV_INT("attempts", q->attempts));
	record(r,
	    (struct mark) { .kind = MARK_DEAD,
		.row = q->row,
		.outage_changed = outage_changed },
	    &res->why);
	drop_first(r);
	dead_letters_note(r->env->dead);
}

/* It works, or is to be tried as if it did; true: that is news. */
static bool
end_outage(struct runner *r)
{
	bool was = r->outage.failures != 0;

	r->outage = (struct outbox_outage) { .failures = 0 };
	r->due_ms = loop_now_ms(r->env->loop);
	r->failing_since_ms = -1;
	r->told = false;
	r->known = true;
	return was;
}

/* At once, whatever was going to be waited for.  Also when it is not known yet
 * whether anything was. */
static void
forget_outage(struct runner *r)
{
	(void)end_outage(r);
	record(r, (struct mark) { .kind = MARK_NONE, .outage_changed = true },
	    &(struct err) { "" });
}

static void
note_success(struct runner *r, struct queued *q)
{
	bool was_told = r->told;

	metrics.deliveries++;
	record(r,
	    (struct mark) { .kind = MARK_DONE,
		.row = q->row,
		.outage_changed = end_outage(r) },
	    &(struct err) { "" });
	if (was_told)
		log_info("delivery works again", KV("destination", r->name),
		    KV_INT("attempts", q->attempts));
	drop_first(r);
}

/* For how long it has failed at a stretch.  When the wall clock jumps, or the
 * machine has slept, that begins anew, because what is old by the wall clock
 * may not have been tried for long. */
static int64_t
failing_ms(struct runner *r)
{
	int64_t now_ms = loop_now_ms(r->env->loop);
	int64_t clocks_ms = loop_wall_ms(r->env->loop) - now_ms;

	if (r->failing_since_ms < 0 || clock_jumped(r->clocks_ms, clocks_ms))
		r->failing_since_ms = now_ms;
	r->clocks_ms = clocks_ms;
	return now_ms - r->failing_since_ms;
}

static void
note_failure(
    struct runner *r, struct queued *q, const struct outbox_result *res)
{
	int64_t wall_ms = loop_wall_ms(r->env->loop);
	int64_t since_ms = q->created_ms > r->resumed_ms ? q->created_ms
							 : r->resumed_ms;
	bool over = outbox_is_over(
	    &r->policy, since_ms, wall_ms, failing_ms(r));

	metrics.deliveries_failed++;
	outbox_failed(
	    &r->outage, &r->policy, res, over, wall_ms, random_fraction());
	r->due_ms = loop_now_ms(r->env->loop) + (r->outage.next_ms - wall_ms);
	if (over)
		give_up(r, q, res, true);
	else
		try_later(r, q, res);
}

static void
close_destination(struct runner *r, const struct outbox_result *res)
{
	metrics.deliveries_failed++;
	r->closed = true;
	log_error("destination stopped until a reload or tocsin resume; its "
		  "alerts are kept",
	    KV("destination", r->name), KV("error", res->why.msg));
}

static void
on_result(const struct outbox_result *res, void *arg)
{
	struct runner *r = arg;
	struct queued *q = first(r);

	assert(r->sending);
	r->sending = false;
	q->attempts++;
	if (res->kind == DELIVERY_DONE && res->why.msg[0] != '\0' &&
	    strcmp(res->why.msg, r->error.msg) != 0)
		log_warn("delivered, but not to all",
		    KV("destination", r->name), KV("error", res->why.msg));
	r->error = res->why;
	r->error_ms = loop_wall_ms(r->env->loop);
	switch (res->kind) {
	case DELIVERY_DONE:
		note_success(r, q);
		break;
	case DELIVERY_RETRY:
		note_failure(r, q, res);
		break;
	case DELIVERY_REFUSED:
		metrics.deliveries_failed++;
		give_up(r, q, res, false);
		break;
	case DELIVERY_CLOSED:
		close_destination(r, res);
		break;
	}
	if (r->env->on_attempt != NULL)
		r->env->on_attempt(
		    r->name, res->kind == DELIVERY_DONE, r->env->arg);
	go_on(r);
}

static void
on_row(const struct store_outbox *o, void *arg)
{
	struct runner *r = arg;
	struct queued *q = &r->queue[(r->head + r->n++) % OUTBOX_LOAD];

	*q = (struct queued) { .row = o->row,
		.id = mem_svdup(o->id),
		.body = mem_svdup(o->body),
		.body_len = o->body.len,
		.created_ms = o->created_ms,
		.attempts = o->attempts };
	r->last_row = o->row;
}

static void
on_outage(const struct store_outage *o, void *arg)
{
	struct runner *r = arg;
	const struct loop *l = r->env->loop;
	int64_t wall_ms = loop_wall_ms(l);

	r->outage = (struct outbox_outage) { o->failures, o->since_ms,
		o->tried_ms, o->next_ms };
	(void)err_set(&r->error, "%.*s", SV_ARG(o->why));
	r->due_ms = loop_now_ms(l) - wall_ms +
	    outbox_resume(&r->outage, &r->policy, wall_ms);
}

static bool
read_rows(struct runner *r, struct err *e)
{
	struct store *s = r->env->store;
	struct sv name = sv_of(r->name);

	if (!r->known && !store_read_outage(s, name, on_outage, r, e))
		return false;
	r->known = true;
	return store_each_outbox(
	    s, name, r->last_row, OUTBOX_LOAD, on_row, r, e);
}

/* Fills the empty queue from the store; false: there is nothing to do now. */
static bool
load(struct runner *r)
{
	struct err e;

	if (!r->more)
		return false;
	assert(r->n == 0);
	if (!read_rows(r, &e)) {
		if (!r->told)
			log_error("cannot read the outbox",
			    KV("destination", r->name), KV("error", e.msg));
		r->told = true;
		timer_set(r->timer, READ_RETRY_MS);
		return r->n != 0;
	}
	r->more = r->n == OUTBOX_LOAD;
	return r->n != 0;
}

/* What comes of it may be told before this returns. */
static void
attempt(struct runner *r, const struct queued *q)
{
	r->delivery = (struct delivery) { .id = sv_of(q->id),
		.body = { q->body, q->body_len },
		.created_ms = q->created_ms };
	outbox_spend(&r->pace, &r->spent_ms, loop_now_ms(r->env->loop));
	r->sending = true;
	r->type->send(r->self, &r->delivery, on_result, r);
}

static void
on_timer(void *arg)
{
	struct runner *r = arg;
	int64_t now_ms, wait_ms;

	if (r->sending || r->closed || r->paused || (r->n == 0 && !load(r)))
		return;
	now_ms = loop_now_ms(r->env->loop);
	wait_ms = outbox_pace_next(&r->pace, r->spent_ms, now_ms) - now_ms;
	if (r->due_ms - now_ms > wait_ms)
		wait_ms = r->due_ms - now_ms;
	if (wait_ms > 0)
		timer_set(r->timer, wait_ms);
	else
		attempt(r, first(r));
}

struct runner *
runner_new(const struct runner_env *env, const char *name, bool paused)
{
	struct runner *r = mem_calloc(1, sizeof(*r));

	r->env = env;
	r->name = mem_strdup(name);
	r->timer = timer_new(env->loop, on_timer, r);
	r->more = true;
	r->failing_since_ms = -1;
	r->paused = paused;
	return r;
}

void
runner_warn(struct runner *r)
{
	if (r->self != NULL && r->type->warn != NULL)
		r->type->warn(r->self);
}

void
runner_free(struct runner *r)
{
	if (r->self != NULL)
		r->type->close(r->self);
	while (r->n != 0)
		drop_first(r);
	timer_free(r->timer);
	free(r->name);
	free(r);
}

/* The queue stays: what it delivered may not be recorded yet. */
void
runner_switch(struct runner *r, const struct config_destination *c, void *self)
{
	if (r->self != NULL) {
		r->type->close(r->self);
		forget_outage(r);
	}
	r->type = destination_type(c->type);
	r->self = self;
	r->policy = (struct outbox_policy) { c->retry_min_ms, c->retry_max_ms,
		r->type->gives_up ? c->give_up_ms : -1 };
	r->pace = c->gap_ms >= 0 ? (struct outbox_pace) { c->gap_ms, 1 }
				 : format_pace(c->format);
	r->spent_ms = 0;
	r->sending = r->told = false;
	timer_set(r->timer, 0);
}

const char *
runner_name(const struct runner *r)
{
	return r->name;
}

void
runner_reopen(struct runner *r)
{
	r->closed = false;
	go_on(r);
}

void
runner_wake(struct runner *r)
{
	r->more = true;
	go_on(r);
}

/* What waits is due now. */
static void
resume(struct runner *r)
{
	r->closed = false;
	forget_outage(r);
	r->resumed_ms = loop_wall_ms(r->env->loop);
	r->more = true;
	if (!r->sending)
		timer_set(r->timer, 0);
}

void
runner_pause(struct runner *r, bool pause)
{
	r->paused = pause;
	if (pause)
		timer_stop(r->timer);
	else
		resume(r);
}

void
runner_state(const struct runner *r, struct delivery_state *out)
{
	*out = (struct delivery_state) {
		.name = r->name,
		.paused = r->paused,
		.closed = r->closed,
		.circuit = outbox_circuit(&r->outage, r->sending),
		.outage = r->outage,
		.error = r->error.msg,
		.error_ms = r->error_ms,
	};
}
