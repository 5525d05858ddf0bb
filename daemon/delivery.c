/* daemon/delivery.c: a runner per destination takes alerts out of the store, in
 * order, and records what came of each. */
#include "daemon/delivery.h"

#include "alerts/format.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/metrics.h"
#include "daemon/dead.h"
#include "net/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define READ_RETRY_MS (5 * SEC_MS)
#define OPTIONS_BYTES MiB(1)
#define JUMP_MS MIN_MS /* of the wall clock; slewing is far slower */

/* An alert that waits in memory. */
struct queued {
	int64_t row;
	char *id, *body; /* owned */
	size_t body_len;
	int64_t created_ms; /* wall clock */
	unsigned attempts;
};

struct runner {
	struct deliveries *all; /* borrowed */
	char *name;
	unsigned char options[SHA256_BYTES]; /* what `self` was opened with */
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

struct deliveries {
	struct destination_env env;
	struct store *store; /* borrowed */
	struct committer *committer; /* borrowed */
	struct dead_letters *dead;
	struct runner **runners;
	size_t n;
	struct map paused; /* names, also of those not configured now */
	deliveries_attempt_fn *on_attempt;
	void *attempt_arg;
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
	struct committer *c = r->all->committer;

	*kept = m;
	kept->now_ms = loop_wall_ms(r->all->env.loop);
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
	dead_letters_note(r->all->dead);
}

/* It works, or is to be tried as if it did; true: that is news. */
static bool
end_outage(struct runner *r)
{
	bool was = r->outage.failures != 0;

	r->outage = (struct outbox_outage) { .failures = 0 };
	r->due_ms = loop_now_ms(r->all->env.loop);
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
	int64_t now_ms = loop_now_ms(r->all->env.loop);
	int64_t clocks_ms = loop_wall_ms(r->all->env.loop) - now_ms;

	if (r->failing_since_ms < 0 ||
	    llabs(clocks_ms - r->clocks_ms) > JUMP_MS)
		r->failing_since_ms = now_ms;
	r->clocks_ms = clocks_ms;
	return now_ms - r->failing_since_ms;
}

static void
note_failure(
    struct runner *r, struct queued *q, const struct outbox_result *res)
{
	int64_t wall_ms = loop_wall_ms(r->all->env.loop);
	int64_t since_ms = q->created_ms > r->resumed_ms ? q->created_ms
							 : r->resumed_ms;
	bool over = outbox_is_over(
	    &r->policy, since_ms, wall_ms, failing_ms(r));

	metrics.deliveries_failed++;
	outbox_failed(
	    &r->outage, &r->policy, res, over, wall_ms, random_fraction());
	r->due_ms = loop_now_ms(r->all->env.loop) +
	    (r->outage.next_ms - wall_ms);
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
	r->error_ms = loop_wall_ms(r->all->env.loop);
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
	if (r->all->on_attempt != NULL)
		r->all->on_attempt(
		    r->name, res->kind == DELIVERY_DONE, r->all->attempt_arg);
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
	const struct loop *l = r->all->env.loop;
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
	struct store *s = r->all->store;
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
	outbox_spend(&r->pace, &r->spent_ms, loop_now_ms(r->all->env.loop));
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
	now_ms = loop_now_ms(r->all->env.loop);
	wait_ms = outbox_pace_next(&r->pace, r->spent_ms, now_ms) - now_ms;
	if (r->due_ms - now_ms > wait_ms)
		wait_ms = r->due_ms - now_ms;
	if (wait_ms > 0)
		timer_set(r->timer, wait_ms);
	else
		attempt(r, first(r));
}

static struct runner *
runner_new(struct deliveries *d, const char *name)
{
	struct runner *r = mem_calloc(1, sizeof(*r));

	r->all = d;
	r->name = mem_strdup(name);
	r->timer = timer_new(d->env.loop, on_timer, r);
	r->more = true;
	r->failing_since_ms = -1;
	r->paused = map_get(&d->paused, sv_of(name)) != NULL;
	return r;
}

/* Before it is closed together with others. */
static void
runner_warn(struct runner *r)
{
	if (r->self != NULL && r->type->warn != NULL)
		r->type->warn(r->self);
}

static void
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
static void
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

static struct runner *
find(const struct deliveries *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->runners[i]->name, name) == 0)
			return d->runners[i];
	return NULL;
}

static void
add_TEXT(struct str *out, const char *v)
{
	(void)str_addf(out, "%zd:%s;", v != NULL ? (ssize_t)strlen(v) : -1,
	    v != NULL ? v : "");
}

static void
add_NUMBER(struct str *out, int64_t v)
{
	(void)str_addf(out, "%lld;", (long long)v);
}

static void
add_SECRETS(struct str *out, struct config_texts v)
{
	add_NUMBER(out, (int64_t)v.n);
	for (size_t i = 0; i < v.n; i++) {
		add_NUMBER(out, (int64_t)v.v[i].text.len);
		(void)str_add(out, v.v[i].text);
	}
}

static void
add_AUTH(struct str *out, struct config_auth v)
{
	add_TEXT(out, v.user);
	add_TEXT(out, v.password);
}

static void
add_NETS(struct str *out, struct config_nets v)
{
	add_NUMBER(out, (int64_t)v.n);
	for (size_t i = 0; i < v.n; i++) {
		add_NUMBER(out, v.v[i].bits);
		(void)str_add(out,
		    (struct sv) {
			(const char *)v.v[i].addr, sizeof(v.v[i].addr) });
	}
}

#define add_BOOL add_NUMBER
#define add_INT add_NUMBER
#define add_SIZE(out, v) add_NUMBER(out, (int64_t)(v))
#define add_LIST add_SECRETS
#define add_PATH add_TEXT
#define add_URL add_TEXT
#define add_DURATION add_NUMBER
#define add_DESTTYPE add_NUMBER
#define add_TROUBLE add_NUMBER
#define add_FORMAT add_NUMBER

/* A template that was written anew is another one. */
static void
add_template(struct str *all, const char *path)
{
	unsigned char digest[SHA256_BYTES];
	struct str text;
	struct err e;

	str_init(&text, TEMPLATE_BYTES);
	if (path != NULL && file_read(path, &text, &e)) {
		sha256(str_sv(&text), digest);
		(void)str_add(
		    all, (struct sv) { (const char *)digest, sizeof(digest) });
	}
	str_done(&text);
}

/* All options in one hash, which keeps no secret. */
static void
hash_options(
    const struct config_destination *c, unsigned char out[SHA256_BYTES])
{
	struct str all;

#define ADD_OPTION(field, key, type, ...) add_##type(&all, c->field);
	str_init(&all, OPTIONS_BYTES);
	DESTINATION_OPTIONS(ADD_OPTION)
	add_template(&all, c->template);
	sha256(str_sv(&all), out);
	if (all.p != NULL)
		explicit_bzero(all.p, all.cap);
	str_done(&all);
#undef ADD_OPTION
}

/* What a reload has opened and not yet put to use. */
struct opening {
	void *self; /* NULL: the runner that there is goes on */
	unsigned char options[SHA256_BYTES];
};

static bool
open_one(struct deliveries *d, const struct config_destination *c,
    struct opening *o, struct err *e)
{
	const struct runner *r = find(d, c->name);

	hash_options(c, o->options);
	if (r != NULL && memcmp(r->options, o->options, SHA256_BYTES) == 0)
		return true;
	o->self = destination_type(c->type)->open(c, &d->env, e);
	return o->self != NULL || err_wrap(e, "destination %s", c->name);
}

/* All or nothing. */
static bool
open_all(struct deliveries *d, const struct config *c, struct opening *o,
    struct err *e)
{
	for (size_t i = 0; i < c->ndestinations; i++) {
		if (open_one(d, &c->destinations[i], &o[i], e))
			continue;
		while (i-- > 0)
			if (o[i].self != NULL)
				destination_type(c->destinations[i].type)
				    ->close(o[i].self);
		return false;
	}
	return true;
}

/* Puts an opened destination to use and moves its runner into `next`. */
static void
take_over(struct deliveries *d, const struct config_destination *c,
    const struct opening *o, struct runner **next)
{
	struct runner *r = find(d, c->name);

	for (size_t i = 0; i < d->n; i++)
		if (d->runners[i] == r)
			d->runners[i] = d->runners[--d->n];
	if (r == NULL)
		r = runner_new(d, c->name);
	memcpy(r->options, o->options, sizeof(r->options));
	r->closed = false;
	if (o->self != NULL)
		runner_switch(r, c, o->self);
	else
		go_on(r);
	*next = r;
}

bool
deliveries_next_gone(
    const struct deliveries *d, struct str *name, struct err *e)
{
	struct str after;
	bool ok;

	str_init(&after, name->max);
	do {
		str_clear(&after);
		(void)str_add(&after, str_sv(name));
		str_clear(name);
		ok = store_next_queue(d->store, str_sv(&after), name, e);
	} while (ok && name->len != 0 && find(d, str_c(name)) != NULL);
	str_done(&after);
	return ok;
}

/* Nobody else would hear of what waits for them. */
static void
tell_gone(const struct deliveries *d)
{
	struct store_queue q;
	struct str name;
	struct err e;

	str_init(&name, CONFIG_BYTES);
	while (deliveries_next_gone(d, &name, &e) && name.len != 0 &&
	    store_read_queue(d->store, str_sv(&name), &q, &e))
		log_warn("alerts wait for a destination that is gone; they "
			 "leave when there is one of its name again",
		    KV("destination", str_c(&name)),
		    KV_INT("waiting", q.waiting));
	str_done(&name);
}

/* Those that will be closed: what has changed, and what is no more. */
static void
warn_closing(
    struct deliveries *d, const struct config *c, const struct opening *o)
{
	for (size_t k = 0; k < d->n; k++) {
		struct runner *r = d->runners[k];
		size_t i = 0;

		while (i < c->ndestinations &&
		    strcmp(c->destinations[i].name, r->name) != 0)
			i++;
		if (i == c->ndestinations || o[i].self != NULL)
			runner_warn(r);
	}
}

bool
deliveries_reload(struct deliveries *d, const struct config *c, struct err *e)
{
	struct opening *o = mem_calloc(c->ndestinations, sizeof(*o));
	struct runner **next;

	if (!open_all(d, c, o, e)) {
		free(o);
		return false;
	}
	warn_closing(d, c, o);
	next = mem_calloc(c->ndestinations, sizeof(struct runner *));
	for (size_t i = 0; i < c->ndestinations; i++)
		take_over(d, &c->destinations[i], &o[i], &next[i]);
	while (d->n > 0)
		runner_free(d->runners[--d->n]);
	free(d->runners);
	free(o);
	d->runners = next;
	d->n = c->ndestinations;
	tell_gone(d);
	return true;
}

static void
on_hold(const struct store_hold *h, void *arg)
{
	struct deliveries *d = arg;

	(void)map_put(&d->paused, h->name, d);
}

struct deliveries *
deliveries_new(const struct destination_env *env, struct store *s,
    struct committer *cm, const struct config *c, struct err *e)
{
	struct deliveries *d = mem_calloc(1, sizeof(*d));

	d->env = *env;
	d->store = s;
	d->committer = cm;
	d->dead = dead_letters_new(env->loop, s);
	map_init(&d->paused);
	if (!store_each_hold(s, HOLD_DESTINATION, on_hold, d, e) ||
	    !deliveries_reload(d, c, e)) {
		deliveries_free(d);
		return NULL;
	}
	return d;
}

void
deliveries_free(struct deliveries *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n; i++)
		runner_warn(d->runners[i]);
	while (d->n > 0)
		runner_free(d->runners[--d->n]);
	free(d->runners);
	dead_letters_free(d->dead);
	map_done(&d->paused);
	free(d);
}

void
deliveries_on_attempt(
    struct deliveries *d, deliveries_attempt_fn *fn, void *arg)
{
	d->on_attempt = fn;
	d->attempt_arg = arg;
}

void
deliveries_wake(struct deliveries *d, const char *destination)
{
	struct runner *r = find(d, destination);

	if (r == NULL)
		return;
	r->more = true;
	go_on(r);
}

/* What waits is due now. */
static void
resume(struct runner *r)
{
	r->closed = false;
	forget_outage(r);
	r->resumed_ms = loop_wall_ms(r->all->env.loop);
	r->more = true;
	if (!r->sending)
		timer_set(r->timer, 0);
}

bool
deliveries_pause(struct deliveries *d, const char *destination, bool pause)
{
	struct runner *r = find(d, destination);

	if (pause && r != NULL)
		(void)map_put(&d->paused, sv_of(destination), d);
	else
		(void)map_del(&d->paused, sv_of(destination));
	if (r == NULL)
		return false;
	r->paused = pause;
	if (pause)
		timer_stop(r->timer);
	else
		resume(r);
	return true;
}

bool
deliveries_state(
    const struct deliveries *d, size_t i, struct delivery_state *out)
{
	const struct runner *r;

	if (i >= d->n)
		return false;
	r = d->runners[i];
	*out = (struct delivery_state) {
		.name = r->name,
		.paused = r->paused,
		.closed = r->closed,
		.circuit = outbox_circuit(&r->outage, r->sending),
		.outage = r->outage,
		.error = r->error.msg,
		.error_ms = r->error_ms,
	};
	return true;
}
