/* feeds/poller.c: polls one feed for ever. */
#include "feeds/poller.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/url.h"
#include "feeds/local.h"
#include "feeds/parse.h"
#include "net/httptime.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ACCEPT \
	"application/atom+xml, application/rss+xml, application/rdf+xml, " \
	"application/xml;q=0.9, application/feed+json;q=0.9, " \
	"text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

struct poller {
	const struct poller_env *env; /* borrowed */
	void *arg; /* of the events */
	struct config *conf; /* one reference */
	const struct config_feed *c; /* in conf */
	struct feed feed;
	struct timer *timer;
	struct gate_pass pass;
	struct http_call *call; /* of an http feed under way */
	struct local *local; /* of a file feed under way */
	struct feed_parser *parser;
	struct evidence evidence; /* of the document that comes in */
	struct arena head; /* its texts */
	struct feed_answer answer; /* of the poll that ended */
	bool paused;
	bool committing; /* the last poll is not on disk yet */
	bool failing; /* the last poll failed */
	char *etag, *last_modified, *permanent; /* what `answer` points to */
	char *discovered; /* so too */
	struct err error;
};

static const struct http_events http_events;
static const struct local_events local_events;
static void on_due(void *arg);
static void on_turn(void *arg);

struct poller *
poller_new(const struct poller_env *env, struct config *conf,
    const struct config_feed *c, void *arg)
{
	struct poller *p = mem_calloc(1, sizeof(*p));

	p->env = env;
	p->arg = arg;
	p->conf = config_ref(conf);
	p->c = c;
	p->timer = timer_new(env->loop, on_due, p);
	arena_init(&p->head);
	feed_init(&p->feed, loop_now_ms(env->loop));
	return p;
}

static void
drop_exchange(struct poller *p)
{
	http_cancel(p->call);
	p->call = NULL;
	local_free(p->local);
	p->local = NULL;
	feed_parser_free(p->parser);
	p->parser = NULL;
	p->evidence = (struct evidence) { 0 };
	arena_done(&p->head); /* feeds are many: nothing is kept of a poll */
	gate_leave(&p->pass);
}

static void
drop_answer(struct poller *p)
{
	free(p->etag);
	free(p->last_modified);
	free(p->permanent);
	free(p->discovered);
	p->etag = p->last_modified = p->permanent = p->discovered = NULL;
}

void
poller_free(struct poller *p)
{
	if (p == NULL)
		return;
	drop_exchange(p);
	drop_answer(p);
	timer_free(p->timer);
	feed_done(&p->feed);
	config_unref(p->conf);
	free(p);
}

static void
schedule(struct poller *p)
{
	if (p->feed.state == FEED_WAITING && p->pass.host == NULL && !p->paused)
		timer_set(p->timer, p->feed.due_ms - loop_now_ms(p->env->loop));
}

void
poller_run(struct poller *p)
{
	schedule(p);
}

void
poller_pause(struct poller *p, bool pause)
{
	p->paused = pause;
	if (pause) {
		timer_stop(p->timer);
		if (p->feed.state == FEED_WAITING)
			gate_leave(&p->pass); /* it was not its turn yet */
	} else if (!p->committing) {
		schedule(p);
	}
}

bool
poller_poll(struct poller *p, struct err *e)
{
	int64_t now_ms = loop_now_ms(p->env->loop);

	if (p->feed.state == FEED_GONE)
		return err_set(e,
		    "%s: its server says that it is gone for good", p->c->name);
	if (p->paused)
		return err_set(e,
		    "%s: nothing is polled while nothing can be "
		    "stored",
		    p->c->name);
	if (p->feed.state == FEED_POLLING || p->committing)
		return true;
	if (p->feed.hold_ms > now_ms)
		return err_set(e, "%s: its server asks to wait for %lld s more",
		    p->c->name,
		    (long long)((p->feed.hold_ms - now_ms + SEC_MS - 1) /
			SEC_MS));
	p->feed.due_ms = now_ms;
	schedule(p);
	return true;
}

static const char *
url_now(const struct poller *p)
{
	return feed_poll_url(&p->feed, p->c->url, loop_wall_ms(p->env->loop));
}

static bool
is_local(const struct poller *p)
{
	return sv_istarts(sv_of(p->c->url), SV("file:"));
}

static void
on_due(void *arg)
{
	struct poller *p = arg;

	if (is_local(p))
		on_turn(p);
	else
		gate_enter(
		    p->env->gate, &p->pass, sv_of(url_now(p)), on_turn, p);
}

static void
on_parsed(const struct item *it, void *arg)
{
	struct poller *p = arg;

	p->answer.new_items += p->env->events->on_item(p, it, p->arg);
}

static struct sv
validator(struct poller *p, const struct http_response *r, const char *name)
{
	struct sv v = http_header(r, name);

	return v.len <= HTTP_VALIDATOR_BYTES ? arena_sv(&p->head, v) : SV_NONE;
}

/* `r` is NULL for a file. */
static void
note_evidence(struct poller *p, const struct http_response *r, struct sv url)
{
	struct str shown;

	str_init(&shown, URL_BYTES);
	url_redact(&shown, url, false);
	p->evidence.url = arena_sv(&p->head, str_sv(&shown));
	str_done(&shown);
	if (r == NULL)
		return;
	p->evidence.etag = validator(p, r, "etag");
	p->evidence.last_modified = validator(p, r, "last-modified");
}

static void
begin_document(struct poller *p, struct sv content_type, struct sv url)
{
	struct feed_parser_options o = { .content_type = content_type,
		.base_url = url,
		.deleted = true,
		.max_bytes = p->c->max_size };

	feed_parser_free(p->parser);
	p->parser = feed_parser_new(&o, on_parsed, p);
}

static void
ask_server(struct poller *p)
{
	struct http_header headers[3] = { { "Accept", ACCEPT } };
	const char *url = url_now(p);
	bool ours = feed_is_same_server(p->c->url, url);
	size_t n = 1;

	if (p->feed.etag != NULL)
		headers[n++] = (struct http_header) { "If-None-Match",
			p->feed.etag };
	if (p->feed.last_modified != NULL)
		headers[n++] = (struct http_header) { "If-Modified-Since",
			p->feed.last_modified };
	p->answer = (struct feed_answer) { .conditional = n > 1,
		.moved_polled = url != p->c->url,
		.retry_after_ms = -1 };
	p->call = http_start(p->env->http,
	    &(struct http_request) {
		.url = url,
		.headers = headers,
		.nheaders = n,
		.user = ours ? p->c->auth.user : NULL,
		.password = ours ? p->c->auth.password : NULL,
		.timeout_ms = p->conf->network.timeout_ms,
		.max_bytes = p->c->max_size,
		.max_redirects = HTTP_REDIRECTS,
	    },
	    &http_events, p);
}

/* Our turn with the host has come. */
static void
on_turn(void *arg)
{
	struct poller *p = arg;

	feed_start(&p->feed);
	p->error.msg[0] = '\0';
	if (!is_local(p)) {
		ask_server(p);
		return;
	}
	p->answer = (struct feed_answer) { .conditional = p->feed.etag != NULL,
		.retry_after_ms = -1 };
	p->local = local_open(p->env->loop, p->c->url, p->feed.etag,
	    p->c->max_size, &local_events, p);
}

static bool
on_head(const struct http_response *r, void *arg)
{
	struct poller *p = arg;

	if (r->status == 200 || r->status == 206) {
		begin_document(p, http_header(r, "content-type"), r->url);
		note_evidence(p, r, r->url);
	}
	return true;
}

static bool
on_body(struct sv bytes, void *arg)
{
	struct poller *p = arg;

	/* The body of an error page is of no use. */
	return p->parser == NULL ||
	    feed_parser_push(p->parser, bytes, &p->error);
}

static void
count(enum feed_verdict v)
{
	metrics.polls++;
	if (v == FEED_UNCHANGED)
		metrics.polls_not_modified++;
	else if (v != FEED_NEW_DOCUMENT && v != FEED_DISCOVERED)
		metrics.polls_failed++;
}

/* One line when trouble begins and one when it ends, not one for each poll. */
static void
report(struct poller *p, enum feed_verdict v)
{
	int64_t wait = p->feed.due_ms - loop_now_ms(p->env->loop);
	bool failed = v == FEED_FAILED;

	if (v == FEED_STOPPED)
		log_warn("feed is gone and will not be polled again",
		    KV("feed", p->c->name));
	else if (v == FEED_DISCOVERED)
		log_info("feed discovered", KV("feed", p->c->name),
		    KV("url", p->discovered));
	else if (failed && !p->failing)
		log_warn("feed failed", KV("feed", p->c->name),
		    KV("error", p->error.msg), KV_INT("next_s", wait / 1000));
	else if (failed)
		log_debug("feed still fails", KV("feed", p->c->name),
		    KV("error", p->error.msg), KV_INT("next_s", wait / 1000));
	else if (p->failing)
		log_info("feed recovered", KV("feed", p->c->name));
	p->failing = failed;
}

static struct feed_policy
policy_of(const struct poller *p)
{
	return (struct feed_policy) { p->c->every_ms, p->conf->daemon.floor_ms,
		p->conf->daemon.cap_ms };
}

static void
keep_discovered(struct poller *p, const struct feed_meta *m)
{
	free(p->discovered);
	p->discovered = m->nfeeds != 0 ? mem_svdup(m->feeds[0]) : NULL;
	p->answer.discovered = sv_of(p->discovered);
}

/* Of a document that was cut off, too, the items count that came. */
static void
end_document(struct poller *p, bool whole)
{
	bool good;

	if (p->parser == NULL)
		return;
	good = feed_parser_finish(p->parser, whole ? &p->error : NULL);
	p->answer.complete = whole && good;
	if (p->c->discover)
		keep_discovered(p, feed_parser_meta(p->parser));
	p->answer.ttl_minutes = feed_parser_meta(p->parser)->ttl_minutes;
}

/* The exchange is over; `whole`: nothing of its answer is missing. */
static void
end_poll(struct poller *p, bool whole)
{
	struct loop *l = p->env->loop;
	const struct feed_policy policy = policy_of(p);
	enum feed_verdict v;

	end_document(p, whole);
	v = feed_finish(&p->feed, &p->answer, &policy, loop_now_ms(l),
	    loop_wall_ms(l), drand48());
	count(v);
	report(p, v);
	drop_exchange(p);
	p->committing = true;
	p->env->events->on_end(p, v, p->arg); /* last: may free p */
}

static struct sv
keep(char **to, struct sv value)
{
	*to = value.len != 0 ? mem_svdup(value) : NULL;
	return sv_of(*to);
}

static void
read_answer(struct poller *p, const struct http_response *r)
{
	int64_t wall = loop_wall_ms(p->env->loop);
	struct feed_answer *a = &p->answer;

	drop_answer(p);
	a->status = r->status;
	a->etag = keep(&p->etag, http_header(r, "etag"));
	a->last_modified = keep(
	    &p->last_modified, http_header(r, "last-modified"));
	a->permanent = keep(&p->permanent, r->permanent);
	a->fresh_ms = http_fresh_ms(
	    &(struct http_freshness) { http_header(r, "cache-control"),
		http_header(r, "expires"), http_header(r, "date"),
		http_header(r, "age") },
	    wall);
	a->retry_after_ms = http_retry_after_ms(
	    http_header(r, "retry-after"), http_header(r, "date"), wall);
}

/* A server that has had enough of one feed has had enough of us: its other
 * feeds wait too. */
static void
hold_host(struct poller *p)
{
	int64_t ms = p->answer.retry_after_ms;

	if (p->answer.status == 429)
		gate_hold(p->env->gate, sv_of(url_now(p)),
		    ms >= 0 ? ms : FEED_REFUSED_WAIT_MS);
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct poller *p = arg;
	bool whole = r->failure == HTTP_ANSWERED;

	p->call = NULL;
	read_answer(p, r);
	if (p->error.msg[0] != '\0')
		; /* the parser stopped it and said why */
	else if (!whole)
		(void)err_set(&p->error, "%s", r->error);
	else if (p->parser == NULL)
		(void)err_set(&p->error, "the server answered %d", r->status);
	hold_host(p);
	end_poll(p, whole);
}

static const struct http_events http_events = { on_head, on_body, on_done };

static bool
on_data(struct sv bytes, void *arg)
{
	struct poller *p = arg;

	if (p->parser == NULL) {
		begin_document(p, SV_NONE, sv_of(p->c->url));
		note_evidence(p, NULL, sv_of(p->c->url));
	}
	return on_body(bytes, p);
}

static void
on_file_end(
    enum local_outcome o, struct sv validator, const char *error, void *arg)
{
	struct poller *p = arg;

	drop_answer(p);
	if (o != LOCAL_FAILED)
		p->answer.status = o == LOCAL_READ ? 200 : 304;
	p->answer.etag = keep(&p->etag, validator);
	if (p->error.msg[0] == '\0')
		(void)err_set(&p->error, "%s",
		    o == LOCAL_READ && p->parser == NULL ? "the file is empty"
							 : error);
	end_poll(p, o == LOCAL_READ);
}

static const struct local_events local_events = { on_data, on_file_end };

void
poller_committed(struct poller *p)
{
	p->committing = false;
	schedule(p);
}

void
poller_reload(
    struct poller *p, struct config *conf, const struct config_feed *c)
{
	struct config *old = p->conf;
	struct feed_policy policy;

	assert(strcmp(p->c->url, c->url) == 0);
	p->conf = config_ref(conf);
	p->c = c;
	config_unref(old);
	policy = policy_of(p);
	feed_repolicy(&p->feed, &policy, loop_now_ms(p->env->loop));
	if (!p->committing)
		schedule(p);
}

const struct config_feed *
poller_config(const struct poller *p)
{
	return p->c;
}

struct feed *
poller_feed(struct poller *p)
{
	return &p->feed;
}

const struct feed_meta *
poller_meta(const struct poller *p)
{
	return feed_parser_meta(p->parser);
}

const struct evidence *
poller_evidence(const struct poller *p)
{
	return &p->evidence;
}

const char *
poller_error(const struct poller *p)
{
	return p->error.msg;
}
