/* daemon/articles.c: fetches the pages behind items that wait for them. */
#include "daemon/articles.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/metrics.h"
#include "daemon/item_json.h"
#include "feeds/article.h"
#include "net/httptime.h"

#include <stdlib.h>
#include <string.h>

#define ACCEPT_PAGE "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
/* The wait after the first failure; it triples with each. */
#define RETRY_FIRST_MS MIN_MS
#define RELOAD_MS (30 * SEC_MS)

/* A waiting item in memory: queued, being fetched, or being committed. */
struct waiting {
	struct articles *a; /* borrowed */
	TAILQ_ENTRY(waiting) next; /* in a->queue, until it begins */
	struct arena arena;
	struct sv feed, json;
	unsigned char key[ITEM_KEY_BYTES];
	unsigned attempts;
	int64_t due_ms; /* monotonic: the wall clock may jump */
	struct item item; /* once read back */
	struct gate_pass pass;
	struct http_call *call;
	struct str page;
	struct sv content_type, url;
	struct batch *batch;
};

struct articles {
	const struct articles_env *env; /* borrowed */
	struct config *conf;
	struct map loaded; /* name -> struct waiting, all of them */
	TAILQ_HEAD(waiting_queue, waiting) queue; /* by due_ms */
	struct timer *timer;
	struct budget budget;
	bool later; /* some on disk are not due for a while */
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
	if (b->per_minute == 0)
		return MIN_MS;
	return (int64_t)((1 - b->left) / rate) + 1;
}

struct articles *
articles_new(const struct articles_env *env, struct config *conf)
{
	struct articles *a = mem_calloc(1, sizeof(*a));

	a->env = env;
	a->conf = config_ref(conf);
	map_init(&a->loaded);
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

static void
forget(struct waiting *w)
{
	struct str name;

	add_name(&name, w->feed, w->key);
	(void)map_del(&w->a->loaded, str_sv(&name));
	str_done(&name);
}

static void
free_waiting(struct waiting *w)
{
	forget(w);
	http_cancel(w->call);
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

static void
load(const struct store_pending *p, void *arg)
{
	struct articles *a = arg;
	int64_t wait = p->next_ms - loop_wall_ms(a->env->loop);
	struct waiting *w;
	struct str name;

	/* Longer than a server can ask for: the clock was set back. */
	if (p->attempts == 0 || wait > HTTP_WAIT_MAX_MS) {
		wait = wait_after(p->attempts);
	} else if (wait > RELOAD_MS) {
		a->later = true; /* the room is for those that are due */
		return;
	}
	add_name(&name, p->feed, p->key);
	if (map_get(&a->loaded, str_sv(&name)) == NULL) {
		w = new_waiting(a, p, wait);
		(void)map_put(&a->loaded, str_sv(&name), w);
		enqueue(a, w);
	}
	str_done(&name);
}

/* The batch is in the committer's hands until it is on disk. */
static void
on_committed(void *arg)
{
	struct waiting *w = arg;
	struct articles *a = w->a;
	bool alerts = batch_has_alerts(w->batch);

	free_waiting(w);
	if (alerts)
		a->env->on_alerts(a->env->arg);
	articles_wake(a);
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
		    &(struct origin) { .feed = f }, &w->item, w->key);
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
	struct store_pending p = {
		.feed = w->feed, .item = w->json, .attempts = w->attempts + 1
	};
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
	settle(w);
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct waiting *w = arg;
	int64_t wall = loop_wall_ms(w->a->env->loop);
	struct err e;

	w->call = NULL;
	if (r->failure == HTTP_ANSWERED && r->status == 200) {
		on_page(w);
	} else if (is_passing(r) && w->attempts + 1 < ARTICLE_ATTEMPTS) {
		try_later(w,
		    http_retry_after_ms(http_header(r, "retry-after"),
			http_header(r, "date"), wall));
	} else {
		(void)err_set(&e, "the server answered %d", r->status);
		give_up(w, r->failure == HTTP_ANSWERED ? e.msg : r->error);
	}
}

static const struct http_events page_events = { on_head, on_body, on_done };

static void
on_turn(void *arg)
{
	struct waiting *w = arg;
	const struct http_header headers[] = { { "Accept", ACCEPT_PAGE } };

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
	if (!item_from_json(w->json, &w->arena, &w->item, &e)) {
		log_error("waiting item dropped", KV_SV("feed", w->feed),
		    KV("error", e.msg));
		w->batch = batch_new();
		pipeline_drop(w->a->env->pipeline, w->batch, w->feed, w->key);
		commit(w);
		return;
	}
	if (config_find_feed(w->a->conf, w->feed.p) == NULL)
		settle(w);
	else
		gate_enter(w->a->env->gate, &w->pass, w->item.link, on_turn, w);
}

static void
refill(struct articles *a)
{
	struct err e;

	a->later = false;
	if (a->loaded.live >= ARTICLES_LOADED)
		return;
	if (!store_each_pending(a->env->store, ARTICLES_LOADED, load, a, &e)) {
		log_error("store", KV("error", e.msg));
		a->later = true; /* who knows */
	}
}

/* Returns how long to wait for the next one, at most RELOAD_MS. */
static int64_t
begin_due(struct articles *a)
{
	struct waiting *w;

	while ((w = TAILQ_FIRST(&a->queue)) != NULL) {
		int64_t wait = w->due_ms - loop_now_ms(a->env->loop);

		if (wait <= 0)
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
	int64_t wait;

	refill(a);
	wait = begin_due(a);
	if (!TAILQ_EMPTY(&a->queue) || a->later)
		timer_set(a->timer, wait);
}

void
articles_wake(struct articles *a)
{
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
