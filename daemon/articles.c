/* daemon/articles.c: fetches the pages behind items that wait for them. */
#include "daemon/articles.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/metrics.h"
#include "base/url.h"
#include "daemon/item_json.h"
#include "feeds/article.h"
#include "feeds/feed.h"
#include "net/httptime.h"

#include <stdlib.h>
#include <string.h>

#define ACCEPT_PAGE "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
/* The wait after the first failure; it triples with each. */
#define RETRY_FIRST_MS MIN_MS
#define RELOAD_MS (30 * SEC_MS)
#define HOSTS_AT_ONCE 64 /* looked at in one turn */

/* A waiting item in memory: queued, being fetched, or being committed. */
struct waiting {
	struct articles *a; /* borrowed */
	TAILQ_ENTRY(waiting) next; /* in a->queue, until it begins */
	struct arena arena;
	struct sv feed, host, json;
	unsigned char key[ITEM_KEY_BYTES];
	unsigned attempts;
	int64_t due_ms; /* monotonic: the wall clock may jump */
	struct item item; /* once read back */
	struct judged judged;
	struct gate_pass pass;
	struct http_call *call;
	struct str page;
	struct sv content_type, url;
	struct batch *batch;
};

/* What one host has of the room in memory. */
struct share {
	size_t loaded;
};

/* The room goes round: a walk visits the hosts of all waiting items in order,
 * and stands still while the room is full.  Without a walk under way, what a
 * host gives up it may fill again. */
struct articles {
	const struct articles_env *env; /* borrowed */
	struct config *conf;
	struct map loaded; /* name -> struct waiting, all of them */
	struct map shares; /* host -> struct share, of the loaded */
	size_t bytes; /* of the loaded */
	TAILQ_HEAD(waiting_queue, waiting) queue; /* by due_ms */
	struct timer *timer;
	struct budget budget;
	bool walking, again; /* another walk has to follow */
	struct str visited; /* the last host on the walk */
	int64_t walk_ms; /* when it began, monotonic */
	bool later; /* some on disk are not due for a while */
	size_t fetching; /* pages */
};

static void on_timer(void *arg);

int64_t
budget_take(struct budget *b, int64_t now_ms)
{
	double rate = (double)b->per_minute / (double)MIN_MS;

	b->left += (double)(now_ms - b->since_ms) * rate;
	if (b->left > (double)b->per_minute)
		b->left = (double)b->per_minute;
	b->since_ms = now_ms;
	if (b->left >= 1) {
		b->left -= 1;
		return 0;
	}
	return (int64_t)((1 - b->left) / rate) + 1;
}

struct articles *
articles_new(const struct articles_env *env, struct config *conf)
{
	struct articles *a = mem_calloc(1, sizeof(*a));

	a->env = env;
	a->conf = config_ref(conf);
	map_init(&a->loaded);
	map_init(&a->shares);
	str_init(&a->visited, URL_BYTES);
	TAILQ_INIT(&a->queue);
	a->timer = timer_new(env->loop, on_timer, a);
	a->budget.per_minute = conf->network.articles_per_minute;
	a->budget.left = (double)a->budget.per_minute;
	a->budget.since_ms = loop_now_ms(env->loop);
	return a;
}

/* What names a waiting item in a->loaded. */
static void
add_name(struct str *name, struct sv feed, const unsigned char *key)
{
	str_init(name, URL_BYTES);
	(void)str_add(name, (struct sv) { (const char *)key, ITEM_KEY_BYTES });
	(void)str_add(name, feed);
}

static size_t
loaded_of(const struct articles *a, struct sv host)
{
	const struct share *s = map_get(&a->shares, host);

	return s != NULL ? s->loaded : 0;
}

static void
remember(struct waiting *w, struct sv name)
{
	struct articles *a = w->a;
	struct share *s = map_get(&a->shares, w->host);

	if (s == NULL) {
		s = mem_calloc(1, sizeof(*s));
		(void)map_put(&a->shares, w->host, s);
	}
	s->loaded++;
	a->bytes += w->json.len;
	(void)map_put(&a->loaded, name, w);
}

static void
forget(struct waiting *w)
{
	struct articles *a = w->a;
	struct share *s = map_get(&a->shares, w->host);
	struct str name;

	if (--s->loaded == 0) {
		(void)map_del(&a->shares, w->host);
		free(s);
	}
	a->bytes -= w->json.len;
	add_name(&name, w->feed, w->key);
	(void)map_del(&a->loaded, str_sv(&name));
	str_done(&name);
}

static void
end_fetch(struct waiting *w)
{
	w->a->fetching -= w->call != NULL;
	http_cancel(w->call);
	w->call = NULL;
}

static void
free_waiting(struct waiting *w)
{
	forget(w);
	end_fetch(w);
	gate_leave(&w->pass);
	batch_free(w->batch);
	str_done(&w->page);
	arena_done(&w->arena);
	free(w);
}

void
articles_free(struct articles *a)
{
	struct map_slot *slot;

	if (a == NULL)
		return;
	for (size_t i = 0; (slot = map_next(&a->loaded, &i)) != NULL;)
		free_waiting(slot->value);
	map_done(&a->loaded);
	map_done(&a->shares);
	str_done(&a->visited);
	timer_free(a->timer);
	config_unref(a->conf);
	free(a);
}

/* Our own wait after so many failures. */
static int64_t
wait_after(unsigned attempts)
{
	int64_t wait = attempts != 0 ? RETRY_FIRST_MS : 0;

	while (attempts-- > 1)
		wait *= 3;
	return wait;
}

static struct waiting *
new_waiting(struct articles *a, const struct store_pending *p, int64_t wait_ms)
{
	struct waiting *w = mem_calloc(1, sizeof(*w));

	w->a = a;
	arena_init(&w->arena);
	str_init(&w->page, ARTICLE_BYTES);
	w->feed = arena_sv(&w->arena, p->feed);
	w->host = arena_sv(&w->arena, p->host);
	w->json = arena_sv(&w->arena, p->item);
	memcpy(w->key, p->key, ITEM_KEY_BYTES);
	w->attempts = p->attempts;
	w->due_ms = loop_now_ms(a->env->loop) + wait_ms;
	return w;
}

static void
enqueue(struct articles *a, struct waiting *w)
{
	struct waiting *before = TAILQ_LAST(&a->queue, waiting_queue);

	while (before != NULL && before->due_ms > w->due_ms)
		before = TAILQ_PREV(before, waiting_queue, next);
	if (before != NULL)
		TAILQ_INSERT_AFTER(&a->queue, before, w, next);
	else
		TAILQ_INSERT_HEAD(&a->queue, w, next);
}

static bool
is_full(const struct articles *a)
{
	return a->loaded.live >= ARTICLES_LOADED ||
	    a->bytes >= ARTICLES_LOADED_BYTES;
}

static void
load(const struct store_pending *p, void *arg)
{
	struct articles *a = arg;
	int64_t wait = p->next_ms - loop_wall_ms(a->env->loop);
	struct waiting *w;
	struct str name;

	if (is_full(a) || loaded_of(a, p->host) >= ARTICLES_OF_HOST)
		return;
	/* Longer than a server can ask for: the clock was set back. */
	if (p->attempts == 0 || wait > HTTP_WAIT_MAX_MS)
		wait = wait_after(p->attempts);
	add_name(&name, p->feed, p->key);
	if (map_get(&a->loaded, str_sv(&name)) == NULL) {
		w = new_waiting(a, p, wait);
		remember(w, str_sv(&name));
		enqueue(a, w);
	}
	str_done(&name);
}

/* The room is for those that are due. */
static bool
load_from(struct articles *a, struct sv host, struct err *e)
{
	int64_t wall = loop_wall_ms(a->env->loop);
	const struct store_due due = { host, wall + RELOAD_MS,
		wall + HTTP_WAIT_MAX_MS, ARTICLES_OF_HOST };

	return loaded_of(a, host) >= ARTICLES_OF_HOST ||
	    store_each_pending(a->env->store, &due, load, a, e);
}

static void
begin_walk(struct articles *a)
{
	a->walking = true;
	a->again = a->later = false;
	a->walk_ms = loop_now_ms(a->env->loop);
	str_clear(&a->visited);
}

static bool
visit_next(struct articles *a, struct err *e)
{
	struct str host;
	bool ok;

	str_init(&host, URL_BYTES);
	ok = store_next_host(a->env->store, str_sv(&a->visited), &host, e);
	if (ok && host.len != 0) {
		a->later = true;
		str_clear(&a->visited);
		(void)str_add(&a->visited, str_sv(&host));
		ok = load_from(a, str_sv(&host), e);
	} else if (ok) {
		a->walking = false;
		if (a->again)
			begin_walk(a);
	}
	str_done(&host);
	return ok;
}

static void
give_up_walk(struct articles *a, const struct err *e)
{
	log_error("store", KV("error", e->msg));
	a->walking = false;
	a->later = true; /* who knows */
}

static void
walk(struct articles *a)
{
	struct err e;

	for (int i = 0; a->walking && i < HOSTS_AT_ONCE && !is_full(a); i++)
		if (!visit_next(a, &e))
			give_up_walk(a, &e);
}

/* An item of this host has left its place. */
static void
refill(struct articles *a, struct sv host)
{
	struct err e;

	if (a->walking)
		a->again = true;
	else if (!load_from(a, host, &e))
		give_up_walk(a, &e);
	timer_set(a->timer, 0);
}

/* The batch is in the committer's hands until it is on disk. */
static void
on_committed(void *arg)
{
	struct waiting *w = arg;
	struct articles *a = w->a;
	bool alerts = batch_has_alerts(w->batch);
	struct str host;

	str_init(&host, URL_BYTES);
	(void)str_add(&host, w->host);
	free_waiting(w);
	if (alerts)
		a->env->on_alerts(a->env->arg);
	refill(a, str_sv(&host));
	str_done(&host);
}

static void
on_dropped(void *arg)
{
	free_waiting(arg);
}

static bool
apply(struct store *s, void *arg, struct err *e)
{
	return batch_apply(s, ((struct waiting *)arg)->batch, e);
}

static void
commit(struct waiting *w)
{
	gate_leave(&w->pass);
	str_done(&w->page); /* it may take long */
	committer_add(w->a->env->committer, apply, on_committed, on_dropped, w);
}

/* The last word on the item, with its article or without. */
static void
settle(struct waiting *w)
{
	const struct config_feed *f = config_find_feed(w->a->conf, w->feed.p);

	w->batch = batch_new();
	if (f != NULL)
		pipeline_settle(w->a->env->pipeline, w->batch,
		    &(struct origin) { .feed = f }, &w->item, &w->judged,
		    w->key);
	else
		pipeline_drop(w->a->env->pipeline, w->batch, w->feed, w->key);
	commit(w);
}

static void
give_up(struct waiting *w, const char *why)
{
	metrics.articles_failed++;
	log_info("no article", KV_SV("feed", w->feed),
	    KV_SV("link", w->item.link), KV("error", why));
	settle(w);
}

static void
try_later(struct waiting *w, int64_t retry_after_ms)
{
	struct store_pending p = { .feed = w->feed,
		.host = w->host,
		.item = w->json,
		.attempts = w->attempts + 1 };
	int64_t wait = wait_after(p.attempts);

	if (retry_after_ms > wait)
		wait = retry_after_ms;
	memcpy(p.key, w->key, ITEM_KEY_BYTES);
	p.next_ms = loop_wall_ms(w->a->env->loop) + wait;
	w->batch = batch_new();
	batch_put_pending(w->batch, &p);
	commit(w);
}

/* May another attempt bring the page? */
static bool
is_passing(const struct http_response *r)
{
	switch (r->failure) {
	case HTTP_ANSWERED:
		return r->status >= 500 || r->status == 429 || r->status == 408;
	case HTTP_NAME: /* a resolver cut off from the world says so too */
	case HTTP_NAME_LATER:
	case HTTP_CONNECT:
	case HTTP_TIMEOUT:
	case HTTP_BROKEN:
		return true;
	case HTTP_BAD_URL:
	case HTTP_TLS:
	case HTTP_FORBIDDEN:
	case HTTP_TOO_LARGE:
	case HTTP_TOO_MANY_HOPS:
	case HTTP_STOPPED:
		return false;
	}
	BUG("no such failure");
}

static bool
on_head(const struct http_response *r, void *arg)
{
	struct waiting *w = arg;

	w->content_type = arena_sv(&w->arena, http_header(r, "content-type"));
	w->url = arena_sv(&w->arena, r->url);
	return true;
}

static bool
on_body(struct sv bytes, void *arg)
{
	struct waiting *w = arg;

	return str_add(&w->page, bytes);
}

static void
note_evidence(struct waiting *w)
{
	struct str shown;

	str_init(&shown, URL_BYTES);
	url_redact(&shown, w->url, false);
	w->item.from.article_url = arena_sv(&w->arena, str_sv(&shown));
	w->item.from.page = str_sv(&w->page);
	str_done(&shown);
}

static void
on_page(struct waiting *w)
{
	struct article found;
	struct err e;

	if (!article_extract(str_sv(&w->page), w->content_type, w->url,
		&w->arena, &found, &e)) {
		give_up(w, e.msg);
		return;
	}
	metrics.articles++;
	w->item.article = found.text;
	note_evidence(w);
	settle(w);
}

/* A server that has had enough of one request has had enough of us. */
static void
hold_host(struct waiting *w, const struct http_response *r, int64_t asked_ms)
{
	if (r->failure == HTTP_ANSWERED && r->status == 429)
		gate_hold(w->a->env->gate, r->url,
		    asked_ms >= 0 ? asked_ms : FEED_REFUSED_WAIT_MS);
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct waiting *w = arg;
	int64_t asked = http_retry_after_ms(http_header(r, "retry-after"),
	    http_header(r, "date"), loop_wall_ms(w->a->env->loop));
	struct err e;

	hold_host(w, r, asked);
	w->call = NULL;
	w->a->fetching--;
	timer_set(w->a->timer, 0); /* there is room for another */
	if (r->failure == HTTP_ANSWERED && r->status == 200) {
		on_page(w);
	} else if (is_passing(r) && w->attempts + 1 < ARTICLE_ATTEMPTS) {
		try_later(w, asked);
	} else {
		(void)err_set(&e, "the server answered %d", r->status);
		give_up(w, r->failure == HTTP_ANSWERED ? e.msg : r->error);
	}
}

static const struct http_events page_events = { on_head, on_body, on_done };

/* What cannot be stored is not fetched, and servers that take their time must
 * leave room for feeds and alerts. */
static bool
may_fetch(const struct articles *a)
{
	size_t most = (size_t)(a->conf->network.in_flight + 1) / 2;

	return !committer_is_stuck(a->env->committer) && a->fetching < most;
}

static void
on_turn(void *arg)
{
	struct waiting *w = arg;
	const struct http_header headers[] = { { "Accept", ACCEPT_PAGE } };

	if (!may_fetch(w->a)) {
		gate_leave(&w->pass);
		enqueue(w->a, w);
		return;
	}
	w->a->fetching++;
	w->call = http_start(w->a->env->http,
	    &(struct http_request) {
		.url = w->item.link.p,
		.headers = headers,
		.nheaders = COUNTOF(headers),
		.timeout_ms = w->a->conf->network.timeout_ms,
		.max_bytes = ARTICLE_BYTES,
		.max_redirects = HTTP_REDIRECTS,
	    },
	    &page_events, w);
}

static void
begin(struct waiting *w)
{
	struct err e;

	TAILQ_REMOVE(&w->a->queue, w, next);
	if (w->item.link.len == 0 &&
	    !item_from_json(w->json, &w->arena, &w->item, &w->judged, &e)) {
		log_error("waiting item dropped", KV_SV("feed", w->feed),
		    KV("error", e.msg));
		w->batch = batch_new();
		pipeline_drop(w->a->env->pipeline, w->batch, w->feed, w->key);
		commit(w);
		return;
	}
	if (w->a->budget.per_minute == 0 ||
	    config_find_feed(w->a->conf, w->feed.p) == NULL)
		settle(w);
	else
		gate_enter(w->a->env->gate, &w->pass, w->item.link, on_turn, w);
}

/* Returns how long to wait for the next one, at most RELOAD_MS. */
static int64_t
begin_due(struct articles *a)
{
	struct waiting *w;

	while (may_fetch(a) && (w = TAILQ_FIRST(&a->queue)) != NULL) {
		int64_t wait = w->due_ms - loop_now_ms(a->env->loop);

		if (wait <= 0 && a->budget.per_minute != 0)
			wait = budget_take(
			    &a->budget, loop_now_ms(a->env->loop));
		if (wait > 0)
			return wait < RELOAD_MS ? wait : RELOAD_MS;
		begin(w);
	}
	return RELOAD_MS;
}

static void
on_timer(void *arg)
{
	struct articles *a = arg;
	int64_t wait, now = loop_now_ms(a->env->loop);

	if (committer_is_stuck(a->env->committer))
		return; /* it wakes us */
	if (!a->walking && a->later && now - a->walk_ms >= RELOAD_MS)
		begin_walk(a);
	walk(a);
	wait = begin_due(a);
	if (a->walking && !is_full(a))
		wait = 0;
	else if (!a->walking && a->later && wait > a->walk_ms + RELOAD_MS - now)
		wait = a->walk_ms + RELOAD_MS - now;
	if (!TAILQ_EMPTY(&a->queue) || a->later || a->walking)
		timer_set(a->timer, wait);
}

void
articles_wake(struct articles *a)
{
	if (a->walking)
		a->again = true;
	else
		begin_walk(a);
	timer_set(a->timer, 0);
}

void
articles_reload(struct articles *a, struct config *conf)
{
	struct config *old = a->conf;

	a->conf = config_ref(conf);
	config_unref(old);
	a->budget.per_minute = conf->network.articles_per_minute;
	articles_wake(a);
}
