/* daemon/troubles.c: tells people of the daemon's own trouble.
 *
 * What is owed of feeds is kept with them, what was told of destinations in a
 * table: an alert and the fact that it was told are one transaction. */
#include "daemon/troubles.h"

#include "alerts/alert.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "daemon/batch.h"
#include "daemon/subscription.h"

#include <stdlib.h>
#include <string.h>

/* A destination that has not worked since. */
struct failing {
	int64_t since_ms, last_ms; /* monotonic; the first attempt, the last */
	int64_t began_ms; /* wall clock */
	int64_t outage_ms; /* when the outage began that is known */
	bool told;
};

struct troubles {
	struct troubles_env env;
	struct timer *timer;
	struct troubles_pace paces[FEED_TROUBLES];
	struct map failing; /* destination -> struct failing, owned */
	struct str body; /* of the alert being encoded */
};

#define SAME(trouble) \
	_Static_assert((int)FEED_##trouble == (int)TROUBLE_FEED_##trouble, "")
SAME(FAILING);
SAME(RECOVERED);
SAME(SILENT);
SAME(GAP);

int64_t
troubles_pace_wait(const struct troubles_pace *p, int64_t now_ms)
{
	int64_t next_ms = p->last_ms + TROUBLES_GATHER_MS;

	if (p->told < TROUBLES_ONE_BY_ONE || now_ms - p->hour_ms >= HOUR_MS ||
	    now_ms >= next_ms)
		return 0;
	return next_ms - now_ms;
}

bool
troubles_pace_take(struct troubles_pace *p, size_t n, int64_t now_ms)
{
	bool singly;

	if (p->told == 0 || now_ms - p->hour_ms >= HOUR_MS)
		*p = (struct troubles_pace) { .hour_ms = now_ms };
	singly = n <= 1 || p->told + n <= TROUBLES_ONE_BY_ONE;
	p->told += n;
	p->last_ms = now_ms;
	return singly;
}

/* To all that want it; false: there are none. */
static bool
address(struct troubles *t, struct batch *b, const struct trouble *what,
    const char *id)
{
	const struct config *c = *t->env.conf;
	bool any = false;

	for (size_t i = 0; i < c->ndestinations; i++) {
		const struct config_destination *to = &c->destinations[i];

		if (to->trouble == TROUBLE_NO ||
		    sv_is(what->destination, to->name))
			continue;
		batch_put_alert(b,
		    &(struct store_alert) {
			.id = sv_of(id),
			.destination = sv_of(to->name),
			.body = str_sv(&t->body),
			.created_ms = loop_wall_ms(t->env.loop),
		    });
		any = true;
	}
	return any;
}

/* False: there is nobody to be told. */
static bool
tell(struct troubles *t, struct batch *b, const struct trouble *what,
    int64_t began_ms)
{
	char id[ALERT_ID_BYTES];
	struct alert a = {
		.type = trouble_type(what->kind),
		.now_ms = loop_wall_ms(t->env.loop),
		.severity = trouble_severity(what->kind),
		.trouble = what,
	};
	struct str title;

	trouble_id(what, began_ms, id);
	a.id = sv_of(id);
	str_clear(&t->body);
	if (!alert_encode(&a, &t->body))
		BUG("trouble is too large");
	if (!address(t, b, what, id))
		return false;
	metrics.alerts++;
	str_init(&title, ALERT_TEXT_BYTES);
	trouble_title(what, &title);
	log_info("alert", KV("alert", id), KV("type", a.type),
	    KV("about", str_c(&title)));
	str_done(&title);
	return true;
}

static int64_t
began_ms(const struct feed_health *h, enum feed_trouble kind)
{
	switch (kind) {
	case FEED_FAILING:
	case FEED_RECOVERED:
		return h->failed_ms;
	case FEED_SILENT:
		return h->new_ms;
	case FEED_GAP:
		return h->gap_ms;
	case FEED_TROUBLES:
		break;
	}
	BUG("no such trouble");
}

static void
tell_of_one(struct troubles *t, struct batch *b, const struct subscription *s,
    enum feed_trouble kind)
{
	const struct config_feed *c = subscription_config(s);
	const struct feed_health *h = subscription_health(s);
	bool fails = kind == FEED_FAILING;
	unsigned failures;
	const char *error = subscription_error(s, &failures);
	const struct trouble what = {
		.kind = (enum trouble_kind)kind,
		.feed = sv_of(c->name),
		.url = sv_of(c->url),
		.since_ms = began_ms(h, kind),
		.until_ms = fails ? NO_TIME : h->good_ms,
		.failures = fails ? failures : 0,
		.error = sv_of(fails ? error : NULL),
		.stopped = fails && subscription_is_gone(s),
		.items = kind == FEED_GAP ? h->gap_items : 0,
		.incomplete = kind == FEED_GAP ||
		    (kind == FEED_RECOVERED && h->missed),
	};

	(void)tell(t, b, &what, what.since_ms);
}

static void
tell_of_several(struct troubles *t, struct batch *b,
    struct subscription *const *v, size_t n, enum feed_trouble kind)
{
	struct sv names[TROUBLES_NAMES];
	size_t nnames = n < TROUBLES_NAMES ? n : TROUBLES_NAMES;

	for (size_t i = 0; i < nnames; i++)
		names[i] = sv_of(subscription_config(v[i])->name);
	(void)tell(t, b,
	    &(struct trouble) {
		.kind = (enum trouble_kind)kind,
		.since_ms = NO_TIME,
		.until_ms = NO_TIME,
		.incomplete = kind == FEED_GAP,
		.count = n,
		.feeds = names,
		.nfeeds = nnames,
	    },
	    began_ms(subscription_health(v[0]), kind));
}

/* Returns owned. */
static struct subscription **
owing(const struct troubles *t, enum feed_trouble kind, size_t *n)
{
	const struct map *all = t->env.subscriptions;
	struct subscription **v = mem_alloc((all->live + 1) * sizeof(*v));
	struct map_slot *slot;

	*n = 0;
	for (size_t i = 0;
	     *n < TROUBLES_AT_ONCE && (slot = map_next(all, &i)) != NULL;)
		if ((subscription_owes(slot->value) & FEED_BIT(kind)) != 0)
			v[(*n)++] = slot->value;
	return v;
}

static void
tell_of_feeds(struct troubles *t, struct subscription *const *v, size_t n,
    enum feed_trouble kind)
{
	struct batch *b = batch_new();
	int64_t now_ms = loop_now_ms(t->env.loop);

	if (!troubles_pace_take(&t->paces[kind], n, now_ms))
		tell_of_several(t, b, v, n, kind);
	else
		for (size_t i = 0; i < n; i++)
			tell_of_one(t, b, v[i], kind);
	for (size_t i = 0; i < n; i++) {
		batch_tell_feed(b, subscription_config(v[i])->name, kind);
		subscription_tell(v[i], kind);
	}
	batch_hand_over(b, t->env.committer, t->env.on_alerts, t->env.arg);
}

/* When to look again; -1: nothing waits. */
static int64_t
look_at_feeds(struct troubles *t, enum feed_trouble kind)
{
	int64_t wait_ms = -1;
	size_t n;
	struct subscription **v = owing(t, kind, &n);

	if (n != 0)
		wait_ms = troubles_pace_wait(
		    &t->paces[kind], loop_now_ms(t->env.loop));
	if (wait_ms == 0) {
		tell_of_feeds(t, v, n, kind);
		wait_ms = n == TROUBLES_AT_ONCE ? TROUBLES_GATHER_MS : -1;
	}
	free(v);
	return wait_ms;
}

static void
tell_of_destination(struct troubles *t, const struct delivery_state *d,
    const struct failing *f, struct batch *b)
{
	struct store_queue queue = { 0 };
	/* The outage may be older than this process. */
	int64_t since_ms = d->outage.failures != 0 ? d->outage.since_ms
						   : f->began_ms;
	struct trouble what = {
		.kind = TROUBLE_DESTINATION_FAILING,
		.destination = sv_of(d->name),
		.since_ms = since_ms,
		.until_ms = NO_TIME,
		.failures = d->outage.failures,
		.error = sv_of(d->error),
		.stopped = d->closed,
	};
	struct err e;

	if (!store_read_queue(t->env.store, sv_of(d->name), &queue, &e))
		log_error("store", KV("error", e.msg));
	what.waiting = queue.waiting;
	if (!tell(t, b, &what, since_ms))
		log_error("destination fails, and there is no other to tell of "
			  "it",
		    KV("destination", d->name), KV("error", d->error));
	batch_set_failing(b, sv_of(d->name), true);
}

/* What comes after an outage that was ended by hand is another one. */
static void
note_outage(struct failing *f, const struct delivery_state *d, int64_t now_ms)
{
	if (d->outage.failures == 0 || d->outage.since_ms == f->outage_ms)
		return;
	f->outage_ms = d->outage.since_ms;
	f->since_ms = now_ms;
}

/* For how long it has.  One alert refused says nothing of the next. */
static int64_t
failing_ms(
    const struct failing *f, const struct delivery_state *d, int64_t now_ms)
{
	return (d->outage.failures != 0 ? now_ms : f->last_ms) - f->since_ms;
}

/* When to look again; -1: there is nothing to wait for. */
static int64_t
look_at_destination(
    struct troubles *t, struct sv name, struct failing *f, struct batch *b)
{
	int64_t now_ms = loop_now_ms(t->env.loop), left_ms;
	struct delivery_state d;

	if (!deliveries_find(t->env.deliveries, name, &d)) {
		/* Another one of its name is not in the same outage. */
		batch_set_failing(b, name, false);
		batch_del_outage(b, name);
		free(map_del(&t->failing, name));
		return -1;
	}
	note_outage(f, &d, now_ms);
	if (f->told || d.paused)
		return -1;
	left_ms = TROUBLES_PATIENCE_MS - failing_ms(f, &d, now_ms);
	if (left_ms > 0 && !d.closed)
		return d.outage.failures != 0 ? left_ms : -1;
	tell_of_destination(t, &d, f, b);
	f->told = true;
	return -1;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static void
on_timer(void *arg)
{
	struct troubles *t = arg;
	struct batch *b = batch_new();
	struct map_slot *slot;
	int64_t wait_ms = -1;

	for (size_t i = 0; (slot = map_next(&t->failing, &i)) != NULL;)
		wait_ms = sooner(
		    wait_ms, look_at_destination(t, slot->key, slot->value, b));
	batch_hand_over(b, t->env.committer, t->env.on_alerts, t->env.arg);
	for (int k = 0; k < FEED_TROUBLES; k++)
		wait_ms = sooner(
		    wait_ms, look_at_feeds(t, (enum feed_trouble)k));
	if (wait_ms >= 0)
		timer_set(t->timer, wait_ms);
}

void
troubles_look(struct troubles *t)
{
	timer_set(t->timer, 0);
}

static struct failing *
add_failing(struct troubles *t, struct sv destination, bool told)
{
	struct failing *f = mem_alloc(sizeof(*f));
	int64_t now_ms = loop_now_ms(t->env.loop);

	*f = (struct failing) { .since_ms = now_ms,
		.last_ms = now_ms,
		.began_ms = loop_wall_ms(t->env.loop),
		.told = told };
	free(map_put(&t->failing, destination, f));
	return f;
}

static void
forget_failing(struct troubles *t, struct sv destination)
{
	struct failing *f = map_del(&t->failing, destination);
	struct batch *b = batch_new();

	if (f != NULL && f->told)
		batch_set_failing(b, destination, false);
	batch_hand_over(b, t->env.committer, t->env.on_alerts, t->env.arg);
	free(f);
}

static void
on_attempt(const char *destination, bool worked, void *arg)
{
	struct troubles *t = arg;
	struct sv name = sv_of(destination);
	struct failing *f = map_get(&t->failing, name);

	if (worked && f != NULL)
		forget_failing(t, name);
	if (worked)
		return;
	if (f == NULL)
		f = add_failing(t, name, false);
	f->last_ms = loop_now_ms(t->env.loop);
	if (!f->told)
		troubles_look(t);
}

static void
on_told(struct sv destination, void *arg)
{
	(void)add_failing(arg, destination, true);
}

/* One that has lasted since before the start. */
static void
on_outage(const struct store_outage *o, void *arg)
{
	struct troubles *t = arg;

	if (map_get(&t->failing, o->destination) == NULL)
		(void)add_failing(t, o->destination, false);
}

static bool
restore(struct troubles *t, struct err *e)
{
	const struct config *c = *t->env.conf;

	if (!store_each_failing(t->env.store, on_told, t, e))
		return false;
	for (size_t i = 0; i < c->ndestinations; i++)
		if (!store_read_outage(t->env.store,
			sv_of(c->destinations[i].name), on_outage, t, e))
			return false;
	return true;
}

struct troubles *
troubles_new(const struct troubles_env *env, struct err *e)
{
	struct troubles *t = mem_calloc(1, sizeof(*t));

	t->env = *env;
	t->timer = timer_new(env->loop, on_timer, t);
	map_init(&t->failing);
	str_init(&t->body, ALERT_BYTES);
	if (!restore(t, e)) {
		troubles_free(t);
		return NULL;
	}
	deliveries_on_attempt(env->deliveries, on_attempt, t);
	return t;
}

void
troubles_free(struct troubles *t)
{
	struct map_slot *slot;

	if (t == NULL)
		return;
	for (size_t i = 0; (slot = map_next(&t->failing, &i)) != NULL;)
		free(slot->value);
	map_done(&t->failing);
	timer_free(t->timer);
	str_done(&t->body);
	free(t);
}
