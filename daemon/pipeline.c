/* daemon/pipeline.c: from an item to its disposition and its alerts. */
#include "daemon/pipeline.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/url.h"
#include "config/mute.h"
#include "daemon/item_alert.h"
#include "daemon/told.h"

#include <stdlib.h>
#include <string.h>

/* How often it is looked whether something has come due. */
#define LATE_LOOK_MS (1 * SEC_MS)

static void on_late(void *arg);

struct pipeline {
	struct pipeline_env env;
	struct loop *loop; /* borrowed */
	struct timer *late; /* set while something waits for its time */
	const struct silences *silences; /* borrowed; NULL: none */
	struct config *conf;
	struct ruleset *rules;
	struct matcher *matcher;
	struct str body; /* of the alert being encoded */
	struct text scratch;
};

/* One item on its way through the filters. */
struct judging {
	struct pipeline *p;
	struct batch *batch;
	const struct origin *origin;
	const struct item *item;
	const unsigned char *key;
	const struct judged *before; /* NULL: it has not waited */
	const struct identity *again; /* NULL: it is not known and changed */
	int64_t wait_ms; /* of that: readers are to be told then; 0: no more */
	struct told told; /* what they were told of it so far */
	bool placed; /* in its story */
	enum disposition so_far;
	struct sv *matched; /* names of filters */
	size_t nmatched, capmatched;
};

/* When its filters differ, the last of these counts. */
static const enum disposition ranks[] = { ITEM_NO_MATCH, ITEM_ATTACHED,
	ITEM_MUTED, ITEM_HELD, ITEM_LIMITED, ITEM_ALERTED, ITEM_ERROR };

static size_t
rank_of(enum disposition d)
{
	size_t i = 0;

	while (i < COUNTOF(ranks) && ranks[i] != d)
		i++;
	return i;
}

static void
decide(struct judging *j, enum disposition d)
{
	if (rank_of(d) > rank_of(j->so_far))
		j->so_far = d;
}

struct pipeline *
pipeline_new(const struct pipeline_env *env)
{
	struct pipeline *p = mem_calloc(1, sizeof(*p));

	p->env = *env;
	p->loop = env->loop;
	p->late = timer_new(p->loop, on_late, p);
	p->matcher = matcher_new();
	str_init(&p->body, ALERT_BYTES);
	text_init(&p->scratch);
	return p;
}

void
pipeline_free(struct pipeline *p)
{
	if (p == NULL)
		return;
	timer_free(p->late);
	matcher_free(p->matcher);
	ruleset_free(p->rules);
	config_unref(p->conf);
	str_done(&p->body);
	text_done(&p->scratch);
	free(p);
}

void
pipeline_set_rules(
    struct pipeline *p, struct config *conf, struct ruleset *rules)
{
	struct config *old = p->conf;

	p->conf = config_ref(conf);
	config_unref(old);
	ruleset_free(p->rules);
	mem_give_back();
	p->rules = rules;
	timer_set(p->late, 0);
}

void
pipeline_set_silences(struct pipeline *p, const struct silences *s)
{
	p->silences = s;
}

static void
put_alert(struct pipeline *p, struct batch *b, const char *id,
    const char *destination)
{
	batch_put_alert(b,
	    &(struct store_alert) {
		.id = sv_of(id),
		.destination = sv_of(destination),
		.body = str_sv(&p->body),
		.created_ms = loop_wall_ms(p->loop),
	    });
}

/* To the destinations of the filter, or to all that are not for trouble only.
 */
static void
address(struct pipeline *p, struct batch *b, const struct config_filter *f,
    const char *id)
{
	const struct config *c = p->conf;

	for (size_t i = 0; i < f->notify.n; i++)
		put_alert(p, b, id, f->notify.v[i].text.p);
	for (size_t i = 0; f->notify.n == 0 && i < c->ndestinations; i++)
		if (c->destinations[i].trouble != TROUBLE_ONLY)
			put_alert(p, b, id, c->destinations[i].name);
	metrics.alerts++;
}

/* A digest on its way. */
struct telling {
	struct pipeline *p;
	struct batch *batch;
};

/* nfilters when there is none of that name. */
static size_t
find_filter(const struct config *c, struct sv name)
{
	const struct config_filter *f = config_find_filter(c, name);

	return f != NULL ? (size_t)(f - c->filters) : c->nfilters;
}

static bool
is_mute(const struct pipeline *p, const struct config_filter *f)
{
	int64_t now_ms = loop_wall_ms(p->loop);

	return mute_is_active(&f->mute, now_ms) ||
	    silences_has(p->silences, f->name, now_ms);
}

static bool
on_digest(const struct quota_digest *d, void *arg)
{
	const struct telling *t = arg;
	struct pipeline *p = t->p;
	size_t i = find_filter(p->conf, sv_of(d->filter));
	char id[ALERT_ID_BYTES];

	if (i == p->conf->nfilters) {
		log_info("digest dropped: its filter is gone",
		    KV("filter", d->filter), KV_INT("items", d->count));
		return true;
	}
	if (is_mute(p, &p->conf->filters[i]))
		return false;
	item_alert_name_digest(d, id);
	if (!item_alert_encode_digest(&p->conf->filters[i],
		ruleset_revision(p->rules, i), d, id, loop_wall_ms(p->loop),
		&p->body))
		BUG("a digest is too large");
	address(p, t->batch, &p->conf->filters[i], id);
	log_info("alert", KV("alert", id), KV("type", "digest"),
	    KV("filter", d->filter), KV_INT("items", d->count));
	return true;
}

static void
look_again(struct pipeline *p)
{
	if (!timer_is_set(p->late))
		timer_set(p->late, LATE_LOOK_MS);
}

/* False: it is beyond the filter's limit, and collected. */
static bool
is_within_limit(struct pipeline *p, struct batch *b,
    const struct config_filter *f, const struct quota_item *item)
{
	if (f->limit.n == 0 ||
	    quota_take(p->env.quota, b, f, item, loop_wall_ms(p->loop)))
		return true;
	look_again(p);
	log_info("beyond the limit", KV("filter", f->name),
	    KV_SV("feed", item->feed));
	return false;
}

static void
send_unconfirmed(struct pipeline *p, struct batch *b,
    const struct config_filter *f, const struct story_waited *w)
{
	struct quota_item item;
	struct arena scratch;
	char *id = mem_svdup(w->id);

	arena_init(&scratch);
	if (item_of_alert(
		w->body, &scratch, &item.title, &item.link, &item.feed) &&
	    is_within_limit(p, b, f, &item)) {
		str_clear(&p->body);
		(void)str_add(&p->body, w->body);
		alert_redate(&p->body, loop_wall_ms(p->loop));
		address(p, b, f, id);
		log_info("alert", KV("alert", id), KV("type", "alert.new"),
		    KV("filter", f->name), KV_SV("feed", item.feed));
	}
	arena_done(&scratch);
	free(id);
}

static enum story_end
on_waited(const struct story_waited *w, void *arg)
{
	const struct telling *t = arg;
	struct pipeline *p = t->p;
	size_t i = find_filter(p->conf, w->filter);
	const struct config_filter *f = &p->conf->filters[i];
	bool is_gone = i == p->conf->nfilters;

	if (is_gone || f->sources.otherwise == ELSE_HOLD || w->body.len == 0) {
		log_info("story dropped: too few publishers have it",
		    KV_SV("filter", w->filter), KV_SV("alert", w->id));
		return STORY_END_DROPPED;
	}
	if (is_mute(p, f))
		return STORY_END_LATER;
	send_unconfirmed(p, t->batch, f, w);
	return STORY_END_SENT;
}

/* Puts what has come due into the batch. */
static void
end_waits(struct pipeline *p, struct batch *b)
{
	int64_t now = loop_wall_ms(p->loop);
	struct telling t = { p, b };

	quota_end(p->env.quota, b, now, on_digest, &t);
	stories_end(p->env.stories, b, now, on_waited, &t);
}

/* The wall clock may be set, so it is looked at now and then. */
static void
on_late(void *arg)
{
	struct pipeline *p = arg;
	struct batch *b = batch_new();

	end_waits(p, b);
	batch_hand_over(b, p->env.committer, p->env.on_alerts, p->env.arg);
	if (quota_is_waiting(p->env.quota) ||
	    stories_is_waiting(p->env.stories))
		timer_set(p->late, LATE_LOOK_MS);
}

static void
put_told(struct judging *j, const struct config_filter *f, struct store_told *t)
{
	t->feed = sv_of(j->origin->feed->name);
	memcpy(t->key, j->key, ITEM_KEY_BYTES);
	t->filter = sv_of(f->name);
	batch_put_told(j->batch, t);
}

static void
note_mute(struct judging *j, const struct config_filter *f)
{
	put_told(j, f, &(struct store_told) { .how = TOLD_MUTE });
}

/* Its readers know of the item now, or will when it has waited.  What it leaves
 * out they know still. */
static void
note_told(struct judging *j, const struct item_alert *a, enum told_how how)
{
	const struct wording w = change_wording(j->item);
	int64_t now_ms = loop_wall_ms(j->p->loop);
	struct store_told t = { .told_ms = now_ms, .since_ms = now_ms };

	if (a->before != NULL) {
		t = *a->before;
		told_count_update(&t, now_ms);
	}
	if (w.title.len != 0 || j->item->deleted)
		t.title = w.title;
	if (w.lead.len != 0 || j->item->deleted)
		t.lead = w.lead;
	t.how = how;
	t.story = a->story != NULL ? a->story->story : 0;
	put_told(j, a->filter, &t);
}

/* Of the item, for those who follow a filter that it matches. */
static struct item_alert
alert_for(const struct judging *j, const struct match *m, enum story_role role)
{
	return (struct item_alert) {
		.type = story_role_type(role),
		.filter = &j->p->conf->filters[m->index],
		.revision = ruleset_revision(j->p->rules, m->index),
		.feed = j->origin->feed,
		.item = j->item,
		.key = j->key,
		.hits = m->hits,
		.nhits = m->nhits,
	};
}

static bool
encode(struct pipeline *p, struct item_alert *a)
{
	item_alert_name(a, &p->scratch);
	/* Finer than the loop's: the lag is measured by it. */
	return item_alert_encode(a, clock_wall_ms(), &p->body);
}

static void
ring(struct judging *j, struct item_alert *a)
{
	const struct config_filter *f = a->filter;
	const struct quota_item item = { j->item->title, j->item->link,
		sv_of(a->feed->name) };

	if (!is_within_limit(j->p, j->batch, f, &item)) {
		decide(j, ITEM_LIMITED);
		note_told(j, a, TOLD_SENT);
		return;
	}
	if (!encode(j->p, a)) {
		decide(j, ITEM_ERROR);
		log_error("alert too large", KV("alert", a->id),
		    KV("filter", f->name));
		return;
	}
	decide(j, ITEM_ALERTED);
	address(j->p, j->batch, f, a->id);
	note_told(j, a, TOLD_SENT);
	log_info("alert", KV("alert", a->id), KV("type", a->type),
	    KV("filter", f->name), KV("feed", a->feed->name));
}

/* Until another publisher has its story. */
static void
hold(struct judging *j, struct item_alert *a)
{
	struct sv none = SV_NONE;
	bool ok = encode(j->p, a);

	stories_hold(j->p->env.stories, j->batch, ok ? sv_of(a->id) : none,
	    ok ? str_sv(&j->p->body) : none);
	decide(j, ok ? ITEM_HELD : ITEM_ERROR);
	note_told(j, a, TOLD_HELD);
	look_again(j->p);
	log_info("waits for another publisher", KV("story", a->story->id),
	    KV("filter", a->filter->name), KV("feed", a->feed->name));
}

static void
place(struct judging *j)
{
	if (!j->placed)
		stories_place(j->p->env.stories, j->batch, j->origin->feed,
		    j->item, j->key, loop_wall_ms(j->p->loop));
	j->placed = true;
}

static void
tell(struct judging *j, const struct match *m)
{
	const struct config_filter *f = &j->p->conf->filters[m->index];
	struct story_told story;
	struct item_alert a;
	enum story_role role;

	place(j);
	role = stories_tell(j->p->env.stories, j->batch, f, &story);
	a = alert_for(j, m, role);
	a.story = &story;
	if (role == STORY_UPDATES)
		a.change = story.change;
	if (role == STORY_WAITS)
		hold(j, &a);
	else if (a.type != NULL)
		ring(j, &a);
	else
		log_info("attached to its story", KV("story", story.id),
		    KV("filter", f->name), KV("feed", a.feed->name));
}

static void
wait_for(struct judging *j, int64_t ms)
{
	if (j->wait_ms == 0 || ms < j->wait_ms)
		j->wait_ms = ms > 0 ? ms : 1;
}

/* A store that cannot be read: they may have. */
static bool
has_alert(struct judging *j, struct item_alert *a)
{
	bool has = true;
	struct err e;

	item_alert_name(a, &j->p->scratch);
	if (!store_has_alert(j->p->env.store, sv_of(a->id), &has, &e)) {
		log_error("store", KV("error", e.msg));
		wait_for(j, 0);
	}
	return has;
}

/* What of the item is news to those who were told of it; if nothing was kept of
 * that, what its hashes say. */
static enum change
change_since(const struct judging *j, const struct store_told *t)
{
	const struct wording before = { t->title, t->lead };
	const struct wording now = change_wording(j->item);
	enum change c;

	if (j->item->deleted)
		return CHANGE_WITHDRAWN;
	if (t->title.len != 0 || t->lead.len != 0)
		return change_between(&j->p->scratch, &before, &now);
	c = change_notice(&j->p->scratch, &now);
	if (c != CHANGE_NONE)
		return c;
	return j->again->before.traits.title != j->again->traits.title
	    ? CHANGE_TITLE
	    : CHANGE_LEAD;
}

/* A text that they know already is told no more: some publishers show two
 * titles in turn. */
static void
tell_again(struct judging *j, const struct match *m, const struct store_told *t)
{
	struct item_alert a = alert_for(j, m, STORY_UPDATES);
	const struct config_filter *f = a.filter;
	int64_t now_ms = loop_wall_ms(j->p->loop), item_ms, story_ms;
	struct stories *s = j->p->env.stories;
	struct story_told story;

	a.before = t;
	if (t->how == TOLD_MUTE || !f->updates || is_mute(j->p, f) ||
	    (a.change = change_since(j, t)) == CHANGE_NONE || has_alert(j, &a))
		return;
	item_ms = told_wait_ms(t, now_ms);
	story_ms = stories_update_wait_ms(s, t->story, f->name, now_ms);
	if (item_ms != 0 || story_ms != 0) {
		wait_for(j, item_ms > story_ms ? item_ms : story_ms);
		return;
	}
	if (f->limit.n != 0)
		end_waits(j->p, j->batch);
	if (f->group == GROUP_STORY && !j->item->deleted) {
		place(j);
		stories_update(s, j->batch, f, &story);
		a.story = &story;
	}
	ring(j, &a);
}

/* What is not known otherwise is known by its id: an alert of an older
 * database, or one that was held and may have been sent. */
static bool
rang_before(struct judging *j, const struct match *m)
{
	struct item_alert new, confirmed;

	if (j->again == NULL)
		return false;
	new = alert_for(j, m, STORY_RINGS);
	confirmed = alert_for(j, m, STORY_CONFIRMS);
	return has_alert(j, &new) || has_alert(j, &confirmed);
}

static bool
has_matched_before(const struct judging *j, const char *filter)
{
	for (size_t i = 0; j->before != NULL && i < j->before->n; i++)
		if (sv_is(j->before->filters[i], filter))
			return true;
	return false;
}

/* A filter that has not rung for the item. */
static void
ring_first(struct judging *j, const struct match *m)
{
	const struct config_filter *f = &j->p->conf->filters[m->index];
	struct item_alert a;

	j->matched = mem_grow(
	    j->matched, &j->capmatched, j->nmatched + 1, sizeof(*j->matched));
	j->matched[j->nmatched++] = sv_of(f->name);
	if (is_mute(j->p, f)) {
		note_mute(j, f);
		decide(j, ITEM_MUTED);
		return;
	}
	decide(j, ITEM_ATTACHED);
	if (f->limit.n != 0 || f->sources.at_least != 0)
		end_waits(j->p, j->batch);
	if (f->group == GROUP_STORY) {
		tell(j, m);
		return;
	}
	a = alert_for(j, m, STORY_RINGS);
	ring(j, &a);
}

/* Its alert may wait still, and be sent as it is although the item does not
 * match any more: then there is more to tell. */
static void
tell_of_held(
    struct judging *j, const struct match *m, const struct store_told *t)
{
	const struct config_filter *f = &j->p->conf->filters[m->index];
	int64_t until_ms;

	if (rang_before(j, m)) {
		tell_again(j, m, t);
		return;
	}
	until_ms = stories_held_until_ms(j->p->env.stories, t->story, f->name,
	    sv_of(j->origin->feed->name), j->key);
	if (until_ms != 0)
		wait_for(j, until_ms - loop_wall_ms(j->p->loop));
}

static void
on_match(const struct match *m, void *arg)
{
	struct judging *j = arg;
	const struct config_filter *f = &j->p->conf->filters[m->index];
	struct told_row *known = told_find(&j->told, f->name);
	bool held = known != NULL && known->t.how == TOLD_HELD;
	static const struct store_told nothing;

	if (has_matched_before(j, f->name) ||
	    (known != NULL && j->again == NULL))
		return;
	if ((known != NULL && !held) || rang_before(j, m))
		tell_again(j, m, known != NULL ? &known->t : &nothing);
	else if (!held || !is_mute(j->p, f))
		ring_first(j, m);
	else
		return; /* as if it did not match now */
	if (known != NULL)
		known->done = true;
}

/* Who was told of the item hears of its change, too, when it does not match any
 * more, or did in its article only. */
static void
tell_the_others(struct judging *j)
{
	const struct config *c = j->p->conf;

	for (size_t i = 0; i < j->told.n; i++) {
		const struct told_row *row = &j->told.v[i];
		const struct match m = { .index = find_filter(
					     c, row->t.filter) };

		if (row->done || m.index == c->nfilters)
			continue;
		if (row->t.how == TOLD_HELD)
			tell_of_held(j, &m, &row->t);
		else
			tell_again(j, &m, &row->t);
	}
}

static void
judge(struct judging *j)
{
	struct pipeline *p = j->p;

	j->so_far = ITEM_NO_MATCH;
	if (j->before != NULL)
		j->so_far = j->before->so_far;
	else if (j->again != NULL &&
	    j->again->before.disposition != ITEM_BACKLOG)
		j->so_far = j->again->before.disposition;
	ruleset_match(p->rules, p->matcher, j->item, on_match, j);
	metrics.regex_given_up = (int64_t)matcher_gave_up(p->matcher);
	metrics.cut_items = (int64_t)matcher_cut(p->matcher);
}

static void
put_item(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], enum disposition d)
{
	struct store_item i = {
		.feed = feed, .disposition = d, .seen_ms = loop_wall_ms(p->loop)
	};

	memcpy(i.key, key, ITEM_KEY_BYTES);
	batch_put_item(b, &i);
}

/* For the first time: counts it. */
static void
dispose(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], enum disposition d)
{
	put_item(p, b, feed, key, d);
	switch (d) {
	case ITEM_NO_MATCH:
		metrics.items_no_match++;
		break;
	case ITEM_ALERTED:
		metrics.items_alerted++;
		break;
	case ITEM_BACKLOG:
		metrics.items_backlog++;
		break;
	case ITEM_PENDING:
		metrics.items_pending++;
		break;
	case ITEM_ATTACHED:
		metrics.items_attached++;
		break;
	case ITEM_MUTED:
		metrics.items_muted++;
		break;
	case ITEM_HELD:
		metrics.items_held++;
		break;
	case ITEM_LIMITED:
		metrics.items_limited++;
		break;
	case ITEM_ERROR:
		metrics.items_error++;
		break;
	case ITEM_DISPOSITIONS:
		BUG("no such disposition");
	}
}

/* An item without a date may be new, so it is judged.  What came after polling
 * began is news, however long it took until the feed could be read. */
static bool
is_old(const struct pipeline *p, const struct origin *o, const struct item *it)
{
	int64_t backlog = o->feed->backlog_ms >= 0 ? o->feed->backlog_ms
						   : p->conf->daemon.backlog_ms;
	int64_t date = it->updated > it->published ? it->updated
						   : it->published;

	return date != NO_TIME && date * SEC_MS < o->since_ms - backlog;
}

static bool
wants_article(const struct pipeline *p, const struct config_feed *f,
    const struct item *it, enum disposition so_far)
{
	if (p->conf->network.articles_per_minute == 0 || !url_is_http(it->link))
		return false;
	switch (f->article) {
	case ARTICLE_NEVER:
		return false;
	case ARTICLE_ALWAYS:
		return true;
	case ARTICLE_AUTO:
		return so_far == ITEM_NO_MATCH &&
		    item_words(it, ARTICLE_TEASER_WORDS) < ARTICLE_TEASER_WORDS;
	}
	BUG("no such policy");
}

/* False: it cannot be kept, and is judged on what the feed brought. */
static bool
put_pending(struct judging *j, const struct item *it)
{
	struct store_pending w = { .feed = sv_of(j->origin->feed->name),
		.next_ms = loop_wall_ms(j->p->loop) };
	const struct judged by = { j->so_far, j->matched, j->nmatched };
	struct str json, host;
	bool kept;

	str_init(&json, PENDING_BYTES);
	str_init(&host, URL_BYTES);
	item_to_json(it, &by, &json);
	url_origin(&host, it->link);
	kept = !json.full && host.len != 0;
	w.item = str_sv(&json);
	w.host = str_sv(&host);
	memcpy(w.key, j->key, ITEM_KEY_BYTES);
	if (kept)
		batch_put_pending(j->batch, &w);
	str_done(&json);
	str_done(&host);
	return kept;
}

/* The item as the filters see it: with what the configuration says of its
 * feed.  The tags live in `tags`. */
static struct item
complete(const struct config_feed *f, const struct item *it, struct arena *tags)
{
	struct item full = *it;

	full.feed = sv_of(f->name);
	if (full.lang.len == 0)
		full.lang = sv_of(f->lang);
	full.ntags = f->tags.n;
	full.tags = arena_alloc(tags, f->tags.n * sizeof(*full.tags));
	for (size_t i = 0; i < f->tags.n; i++)
		full.tags[i] = f->tags.v[i].text;
	return full;
}

void
pipeline_take(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES])
{
	struct judging j = { .p = p, .batch = b, .origin = o, .key = key };
	struct arena scratch;
	struct item full;

	if (o->first_poll && is_old(p, o, it)) {
		dispose(p, b, sv_of(o->feed->name), key, ITEM_BACKLOG);
		return;
	}
	arena_init(&scratch);
	full = complete(o->feed, it, &scratch);
	j.item = &full;
	judge(&j);
	if (wants_article(p, o->feed, it, j.so_far) && put_pending(&j, it))
		j.so_far = ITEM_PENDING;
	dispose(p, b, full.feed, key, j.so_far);
	free(j.matched);
	arena_done(&scratch);
}

/* False: the store cannot be read. */
static bool
read_told(struct judging *j)
{
	struct err e;

	told_init(&j->told);
	if (told_read(&j->told, j->p->env.store, sv_of(j->origin->feed->name),
		j->key, &e))
		return true;
	log_error("store", KV("error", e.msg));
	return false;
}

static void
judge_again(struct judging *j)
{
	enum disposition before = j->again->before.disposition;

	j->so_far = before;
	if (!j->item->deleted)
		judge(j);
	tell_the_others(j);
	if (before == ITEM_PENDING)
		wait_for(j, 0); /* what waits is what it was before */
	else if (j->so_far != before)
		put_item(j->p, j->batch, j->item->feed, j->key, j->so_far);
}

int64_t
pipeline_take_again(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const struct identity *id)
{
	struct judging j = {
		.p = p, .batch = b, .origin = o, .key = id->key, .again = id
	};
	struct arena scratch;
	struct item full;

	if (id->before.disposition == ITEM_BACKLOG && is_old(p, o, it)) {
		metrics.items_known++;
		return 0;
	}
	metrics.items_updated++;
	arena_init(&scratch);
	full = complete(o->feed, it, &scratch);
	j.item = &full;
	if (read_told(&j))
		judge_again(&j);
	else
		wait_for(&j, 0);
	told_done(&j.told);
	free(j.matched);
	arena_done(&scratch);
	return j.wait_ms;
}

static void
end_wait(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], enum disposition d)
{
	metrics.items_pending--;
	batch_del_pending(b, feed, key);
	dispose(p, b, feed, key, d);
}

void
pipeline_settle(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const struct judged *before,
    const unsigned char key[ITEM_KEY_BYTES])
{
	struct arena scratch;
	struct item full;
	struct judging j = { .p = p,
		.batch = b,
		.origin = o,
		.item = &full,
		.before = before,
		.key = key };

	arena_init(&scratch);
	full = complete(o->feed, it, &scratch);
	(void)read_told(&j); /* without it the ids of alerts are enough */
	judge(&j);
	told_done(&j.told);
	end_wait(p, b, full.feed, key, j.so_far);
	free(j.matched);
	arena_done(&scratch);
}

void
pipeline_drop(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES])
{
	end_wait(p, b, feed, key, ITEM_ERROR);
}
