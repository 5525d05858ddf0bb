/* daemon/subscription.c: one configured feed on its way to the disk. */
#include "daemon/subscription.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "daemon/known.h"

#include <stdlib.h>
#include <string.h>

/* How often it is noted that old items are still in the document, and for how
 * long an item that has left it is remembered: publishers bring items back. */
#define TOUCH_EVERY_MS DAY_MS
#define FORGET_AFTER_MS (90 * DAY_MS)
/* It is noted sooner when so many new ones have come. */
#define TOUCH_AFTER_ITEMS (FEED_REMEMBERED / 2)

struct subscription {
	const struct subscription_env *env; /* borrowed */
	struct poller *poller;
	struct batch *batch; /* of the poll under way; NULL: none yet */
	struct loop_idle *idle; /* hands its alerts over */
	struct known known; /* items of this document */
	int64_t touched_ms; /* monotonic; 0: not since the start */
	size_t added; /* new items since then */
	bool touching; /* this document's known items are noted */
	int64_t unfinished_ms; /* when something of it has to be told, */
	int64_t later_ms; /* the same for earlier ones; monotonic; 0: no more */
	int64_t noted_ms; /* the earliest of their times, wall clock */
	int64_t first_poll_ms; /* wall clock; 0: none yet */
	struct feed_health health;
	int64_t polled_ms; /* monotonic; 0: not since the start */
	size_t known_items, new_items; /* of this document */
	struct handover *last; /* the poll's last commit is under way */
};

/* A batch on its way to the disk; outlives its subscription if need be. */
struct handover {
	struct subscription *s; /* NULL: gone, or not the poll's last batch */
	const struct subscription_env *env;
	struct batch *batch;
	char *feed;
	bool alerts, pending; /* the batch held some */
	bool prunes, more; /* with `prune`; it has not ended yet */
	struct store_prune prune;
};

static const struct poller_events poller_events;
static void on_turn_end(void *arg);

void
subscription_env_init(struct subscription_env *env)
{
	env->poller.events = &poller_events;
}

struct subscription *
subscription_new(const struct subscription_env *env, struct config *conf,
    const struct config_feed *c)
{
	struct subscription *s = mem_calloc(1, sizeof(*s));

	s->env = env;
	known_init(&s->known);
	s->idle = loop_idle_new(env->poller.loop, on_turn_end, s);
	s->poller = poller_new(&env->poller, conf, c, s);
	return s;
}

static bool
apply(struct store *st, void *arg, struct err *e)
{
	struct handover *h = arg;

	return (h->batch == NULL || batch_apply(st, h->batch, e)) &&
	    (!h->prunes ||
		store_prune_items(st, sv_of(h->feed), &h->prune, &h->more, e));
}

static void
free_handover(void *arg)
{
	struct handover *h = arg;

	batch_free(h->batch);
	free(h->feed);
	free(h);
}

/* The next document would not be the one whose items were noted, so all that is
 * to be forgotten is forgotten before it is asked for. */
static void
on_committed(void *arg)
{
	struct handover *h = arg;
	struct subscription *s = h->s;
	const struct subscription_env *env = h->env;
	bool alerts = h->alerts, pending = h->pending;

	if (h->more) {
		batch_free(h->batch);
		h->batch = NULL;
		committer_add(
		    env->committer, apply, on_committed, free_handover, h);
		return;
	}
	free_handover(h);
	if (s != NULL) {
		s->last = NULL;
		poller_committed(s->poller);
	}
	env->on_committed(alerts, pending, env->arg);
}

static struct batch *
batch_of(struct subscription *s)
{
	if (s->batch == NULL)
		s->batch = batch_new();
	return s->batch;
}

static void
hand_over(struct subscription *s, bool last)
{
	struct handover *h = mem_calloc(1, sizeof(*h));

	h->env = s->env;
	h->batch = batch_of(s);
	h->feed = mem_strdup(poller_config(s->poller)->name);
	h->alerts = batch_has_alerts(h->batch);
	h->pending = batch_has_pending(h->batch);
	s->batch = NULL;
	if (last) {
		h->s = s;
		s->last = h;
		h->prunes = s->touching;
		h->prune = (struct store_prune) { s->noted_ms - FORGET_AFTER_MS,
			s->noted_ms, FEED_REMEMBERED, FORGET_AT_ONCE };
	}
	committer_add(s->env->committer, apply, on_committed, free_handover, h);
}

void
subscription_free(struct subscription *s)
{
	if (s == NULL)
		return;
	if (s->last != NULL)
		s->last->s = NULL;
	/* What was judged has been told to the stories: it stays. */
	if (s->batch != NULL)
		hand_over(s, false);
	loop_idle_free(s->idle);
	poller_free(s->poller);
	known_done(&s->known);
	free(s);
}

/* An alert does not wait for the end of a document that comes slowly: copies
 * from other feeds are held back meanwhile. */
static void
on_turn_end(void *arg)
{
	struct subscription *s = arg;

	if (s->batch != NULL && batch_has_alerts(s->batch))
		hand_over(s, false);
}

static void
hand_over_if_full(struct subscription *s)
{
	if (s->batch != NULL && batch_size(s->batch) >= BATCH_CHANGES)
		hand_over(s, false);
}

static void
note_known(struct subscription *s, const struct identity *id)
{
	struct store_item i = { .feed = sv_of(poller_config(s->poller)->name),
		.seen_ms = loop_wall_ms(s->env->poller.loop) };

	if (id->changed)
		batch_set_traits(batch_of(s), i.feed, id->key, &id->traits);
	if (s->touching) {
		memcpy(i.key, id->key, ITEM_KEY_BYTES);
		batch_touch_item(batch_of(s), &i);
	}
	hand_over_if_full(s);
}

/* Since when the feed is followed; never later than now. */
static int64_t
polled_since(struct subscription *s)
{
	int64_t now = loop_wall_ms(s->env->poller.loop);

	if (s->first_poll_ms == 0 || s->first_poll_ms > now)
		s->first_poll_ms = now;
	return s->first_poll_ms;
}

/* Of one document all known items are noted or none is. */
static void
note_time(struct subscription *s)
{
	int64_t now = loop_now_ms(s->env->poller.loop);
	int64_t wall = loop_wall_ms(s->env->poller.loop);

	if (known_is_empty(&s->known)) {
		s->touching = s->touched_ms == 0 ||
		    now - s->touched_ms >= TOUCH_EVERY_MS ||
		    s->added >= TOUCH_AFTER_ITEMS;
		s->noted_ms = wall;
	}
	if (wall < s->noted_ms) /* the clock was set back */
		s->noted_ms = wall;
}

/* So that the next poll tells them apart, whichever comes first. */
static void
note_shared(struct subscription *s, const struct identity *id)
{
	if (id->shares)
		batch_set_shared(batch_of(s),
		    sv_of(poller_config(s->poller)->name), id->other_key);
}

static struct item
with_origin(struct subscription *s, const struct item *it)
{
	struct item full = *it;

	full.feed_title = poller_meta(s->poller)->title;
	full.from = *poller_evidence(s->poller);
	full.from.fetched_ms = loop_wall_ms(s->env->poller.loop);
	return full;
}

/* 0: never. */
static int64_t
earlier(int64_t a, int64_t b)
{
	return a != 0 && (b == 0 || a < b) ? a : b;
}

static void
take_again(struct subscription *s, const struct item *it, struct identity *id)
{
	const struct origin o = { poller_config(s->poller), false,
		polled_since(s) };
	struct item full = with_origin(s, it);
	int64_t wait_ms = pipeline_take_again(
	    s->env->pipeline, batch_of(s), &o, &full, id);

	if (wait_ms != 0) {
		id->traits.text = id->before.traits.text;
		id->traits.wording = id->before.traits.wording;
		s->unfinished_ms = earlier(s->unfinished_ms,
		    loop_now_ms(s->env->poller.loop) + wait_ms);
	}
	if (batch_has_alerts(s->batch))
		loop_idle_ask(s->idle);
	note_known(s, id);
}

static void
take_new(
    struct subscription *s, const struct item *it, const struct identity *id)
{
	const struct origin o = { poller_config(s->poller),
		!poller_feed(s->poller)->seen_before, polled_since(s) };
	struct item full = with_origin(s, it);

	pipeline_take(s->env->pipeline, batch_of(s), &o, &full, id->key);
	batch_set_traits(
	    batch_of(s), sv_of(o.feed->name), id->key, &id->traits);
	s->added++;
	s->new_items++;
	if (batch_has_alerts(s->batch))
		loop_idle_ask(s->idle);
	hand_over_if_full(s);
}

static bool
on_item(struct poller *p, const struct item *it, void *arg)
{
	struct subscription *s = arg;
	enum known_as known;
	struct identity id;

	note_time(s);
	known = known_look(&s->known, s->env->store,
	    sv_of(poller_config(p)->name), it, poller_meta(p)->link, &id);
	if (it->deleted && known != KNOWN_BEFORE)
		return false; /* nobody knows of it */
	metrics.items++;
	note_shared(s, &id);
	switch (known) {
	case KNOWN_HERE:
		metrics.items_duplicate++;
		return false;
	case KNOWN_BEFORE:
		s->known_items++;
		if (id.rewritten) {
			take_again(s, it, &id);
			return false;
		}
		metrics.items_known++;
		note_known(s, &id);
		return false;
	case KNOWN_NOT:
		take_new(s, it, &id);
		return true;
	}
	BUG("no such case");
}

/* When something is to be told at the next poll, that is to bring it again. */
static void
ask_anew(struct subscription *s, enum feed_verdict v)
{
	struct feed *f = poller_feed(s->poller);

	s->later_ms = earlier(
	    s->unfinished_ms, v == FEED_NEW_DOCUMENT ? 0 : s->later_ms);
	s->unfinished_ms = 0;
	if (s->later_ms == 0 || f->due_ms < s->later_ms)
		return;
	free(f->etag);
	free(f->last_modified);
	f->etag = f->last_modified = NULL;
}

static void
keep_state(struct subscription *s)
{
	const struct config_feed *c = poller_config(s->poller);
	const struct feed *f = poller_feed(s->poller);
	struct loop *l = s->env->poller.loop;
	int64_t wall = loop_wall_ms(l), offset = wall - loop_now_ms(l);
	bool anew = s->later_ms != 0; /* the next start knows nothing of it */

	batch_set_feed(batch_of(s),
	    &(struct store_feed) {
		.name = sv_of(c->name),
		.url = sv_of(c->url),
		.etag = anew ? SV_NONE : sv_of(f->etag),
		.last_modified = anew ? SV_NONE : sv_of(f->last_modified),
		.moved_to = sv_of(f->moved_to),
		.moved_since_ms = f->moved_since_ms,
		.next_due_ms = f->due_ms + offset,
		.hold_until_ms = f->hold_ms + offset,
		.last_poll_ms = wall,
		.interval_ms = f->interval_ms,
		.failures = f->failures,
		.gone = f->state == FEED_GONE,
		.seen_before = f->seen_before,
		.first_poll_ms = polled_since(s),
		.health = s->health,
	    });
}

/* What a web page was asked for, a feed is asked for next. */
static void
note_health(struct subscription *s, enum feed_verdict v)
{
	const struct config_feed *c = poller_config(s->poller);
	const struct loop *l = s->env->poller.loop;
	int64_t now = loop_now_ms(l);
	unsigned owed = subscription_owes(s);

	if (v == FEED_DISCOVERED)
		return;
	feed_health_note(&s->health,
	    &(struct feed_poll) {
		.wall_ms = loop_wall_ms(l),
		.passed_ms = s->polled_ms != 0 ? now - s->polled_ms : 0,
		.good = v == FEED_NEW_DOCUMENT || v == FEED_UNCHANGED,
		.gone = v == FEED_STOPPED,
		.failures = poller_feed(s->poller)->failures,
		.document = v == FEED_NEW_DOCUMENT,
		.known_items = s->known_items,
		.new_items = s->new_items,
	    },
	    &(struct feed_patience) {
		c->failing_after_ms, c->silent_after_ms });
	s->polled_ms = now;
	s->known_items = s->new_items = 0;
	if ((subscription_owes(s) & ~owed) != 0)
		s->env->on_trouble(s->env->arg);
}

static void
on_end(struct poller *p, enum feed_verdict v, void *arg)
{
	struct subscription *s = arg;

	(void)p;
	known_clear(&s->known);
	ask_anew(s, v);
	note_health(s, v);
	keep_state(s);
	if (v != FEED_NEW_DOCUMENT)
		s->touching = false;
	if (s->touching) {
		s->touched_ms = loop_now_ms(s->env->poller.loop);
		s->added = 0;
	}
	hand_over(s, true);
	s->touching = false;
}

static const struct poller_events poller_events = { on_item, on_end };

static void
keep(char **to, struct sv v)
{
	free(*to);
	*to = v.len != 0 ? mem_svdup(v) : NULL;
}

/* The wall clock may have been set meanwhile: what is left of a wait is never
 * more than the wait was. */
static int64_t
remaining(int64_t since_ms, int64_t until_ms, int64_t wall)
{
	int64_t left = until_ms - wall, most = until_ms - since_ms;

	if (left < 0)
		return 0;
	return left < most ? left : most;
}

void
subscription_restore(struct subscription *s, const struct store_feed *kept)
{
	struct loop *l = s->env->poller.loop;
	const struct config_feed *c = poller_config(s->poller);
	struct feed *f = poller_feed(s->poller);
	int64_t wall = loop_wall_ms(l), now = loop_now_ms(l);
	int64_t since = kept->last_poll_ms;

	f->seen_before = kept->seen_before;
	s->first_poll_ms = kept->first_poll_ms;
	s->health = kept->health;
	if (!sv_is(kept->url, c->url)) {
		feed_health_move(&s->health);
		return;
	}
	keep(&f->etag, kept->etag);
	keep(&f->last_modified, kept->last_modified);
	keep(&f->moved_to, kept->moved_to);
	f->moved_since_ms = kept->moved_since_ms;
	f->interval_ms = kept->interval_ms;
	f->failures = kept->failures;
	f->due_ms = now + remaining(since, kept->next_due_ms, wall);
	f->hold_ms = now + remaining(since, kept->hold_until_ms, wall);
	if (kept->gone)
		f->state = FEED_GONE;
}

void
subscription_run(struct subscription *s, int64_t delay_ms)
{
	int64_t earliest = loop_now_ms(s->env->poller.loop) + delay_ms;
	struct feed *f = poller_feed(s->poller);

	if (f->due_ms < earliest)
		f->due_ms = earliest;
	poller_run(s->poller);
}

void
subscription_pause(struct subscription *s, bool pause)
{
	poller_pause(s->poller, pause);
}

bool
subscription_poll(struct subscription *s, struct err *e)
{
	return poller_poll(s->poller, e);
}

const char *
subscription_error(const struct subscription *s, unsigned *failures)
{
	*failures = poller_feed(s->poller)->failures;
	return poller_error(s->poller);
}

int64_t
subscription_due_ms(const struct subscription *s)
{
	return poller_feed(s->poller)->due_ms;
}

void
subscription_reload(
    struct subscription *s, struct config *conf, const struct config_feed *c)
{
	poller_reload(s->poller, conf, c);
}

const struct config_feed *
subscription_config(const struct subscription *s)
{
	return poller_config(s->poller);
}

const struct feed_health *
subscription_health(const struct subscription *s)
{
	return &s->health;
}

unsigned
subscription_owes(const struct subscription *s)
{
	bool is_news = s->polled_ms != 0 || subscription_is_gone(s);

	return is_news ? s->health.owed : s->health.owed & FEED_BIT(FEED_GAP);
}

void
subscription_tell(struct subscription *s, enum feed_trouble t)
{
	feed_health_tell(&s->health, t);
}

bool
subscription_is_gone(const struct subscription *s)
{
	return poller_feed(s->poller)->state == FEED_GONE;
}
