/* tests/sim/fake_http.c: net/http.h over a function of the test. */
#include "tests/sim/sim.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct http_call {
	struct http *http;
	TAILQ_ENTRY(http_call) next;
	const struct http_events *ev;
	void *arg;
	char *url;
	struct sim_reply reply;
	bool stopped; /* the daemon wants no more of it */
	struct timer *timer;
	struct str value; /* what http_header() gave last */
};

struct http {
	struct loop *loop;
	TAILQ_HEAD(, http_call) calls;
};

static sim_server_fn *server;
static void *server_arg;

struct http *
http_new(struct loop *l, const struct http_options *o)
{
	struct http *h = mem_calloc(1, sizeof(*h));

	(void)o;
	h->loop = l;
	TAILQ_INIT(&h->calls);
	return h;
}

void
http_free(struct http *h)
{
	struct http_call *c;

	if (h == NULL)
		return;
	while ((c = TAILQ_FIRST(&h->calls)) != NULL)
		http_cancel(c);
	free(h);
}

void
http_set_allow(struct http *h, const struct cidr *nets, size_t n)
{
	(void)h;
	(void)nets;
	(void)n;
}

void
sim_serve(sim_server_fn *fn, void *arg)
{
	server = fn;
	server_arg = arg;
}

const char *
sim_header(const struct http_request *req, const char *name)
{
	for (size_t i = 0; i < req->nheaders; i++)
		if (strcasecmp(req->headers[i].name, name) == 0)
			return req->headers[i].value;
	return NULL;
}

void
http_cancel(struct http_call *c)
{
	if (c == NULL)
		return;
	TAILQ_REMOVE(&c->http->calls, c, next);
	timer_free(c->timer);
	free(c->url);
	free(c);
}

/* The value of the line that begins with the name. */
struct sv
http_header(const struct http_response *r, const char *name)
{
	struct sv lines = sv_of(r->call->reply.headers), line;

	while (sv_split(&lines, '\n', &line)) {
		size_t colon = sv_chr(line, ':');

		if (sv_iis(sv_sub(line, 0, colon), name))
			return sv_trim(sv_from(line, colon + 1));
	}
	return SV_NONE;
}

/* In pieces, as a network brings them. */
static bool
send_body(struct http_call *c)
{
	struct sv rest = c->reply.body;

	while (rest.len != 0) {
		struct sv piece = sv_sub(rest, 0, 777);

		if (c->ev->on_body != NULL && !c->ev->on_body(piece, c->arg))
			return false;
		rest = sv_from(rest, piece.len);
	}
	return true;
}

static struct http_response
response_of(struct http_call *c)
{
	return (struct http_response) { .failure = HTTP_ANSWERED,
		.status = c->reply.status,
		.error = "",
		.url = sv_of(c->url),
		.permanent = sv_of(c->reply.permanent),
		.call = c };
}

static void
on_end(void *arg)
{
	struct http_call *c = arg;
	struct http_response r = response_of(c);

	if (c->reply.status == 0) {
		r.failure = HTTP_CONNECT;
		r.error = c->reply.error != NULL ? c->reply.error : "refused";
	} else if (c->stopped) {
		r.failure = HTTP_STOPPED;
	} else if (c->reply.cut) {
		r.failure = HTTP_BROKEN;
		r.error = "cut short";
	}
	c->ev->on_done(&r, c->arg);
	http_cancel(c);
}

static void
on_answer(void *arg)
{
	struct http_call *c = arg;
	struct http_response r = response_of(c);

	if (c->reply.status != 0)
		c->stopped = (c->ev->on_head != NULL &&
				 !c->ev->on_head(&r, c->arg)) ||
		    !send_body(c);
	if (c->stopped || c->reply.stalls_ms == 0) {
		on_end(c);
		return;
	}
	timer_free(c->timer);
	c->timer = timer_new(c->http->loop, on_end, c);
	timer_set(c->timer, c->reply.stalls_ms);
}

struct http_call *
http_start(struct http *h, const struct http_request *req,
    const struct http_events *ev, void *arg)
{
	struct http_call *c = mem_calloc(1, sizeof(*c));

	c->http = h;
	c->ev = ev;
	c->arg = arg;
	c->url = mem_strdup(req->url);
	c->timer = timer_new(h->loop, on_answer, c);
	TAILQ_INSERT_TAIL(&h->calls, c, next);
	server(req, &c->reply, server_arg);
	timer_set(c->timer, c->reply.takes_ms);
	return c;
}
