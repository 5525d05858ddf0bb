/* net/http.c: bounded HTTP exchanges: the queue, the hops, the answer. */
#include "net/http.h"

#include "base/limits.h"
#include "base/url.h"
#include "net/dns.h"
#include "net/guard.h"
#include "net/handle.h"
#include "net/head.h"
#include "net/multi.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#define STARVED_MS 1000 /* until descriptors are tried for again */

enum call_state {
	CALL_WAITING, /* in http.waiting or http.urgent, for its turn */
	CALL_NAMING, /* in http.active, for the name's addresses */
	CALL_RUNNING, /* in http.active, with libcurl */
	CALL_OVER, /* in http.over, for the end of the turn */
};

TAILQ_HEAD(call_list, http_call);

struct http {
	struct loop *loop; /* borrowed */
	struct dns *dns;
	struct multi *multi;
	struct loop_idle *idle;
	struct timer *starved; /* set while descriptors are lacking */
	struct handle *idle_handles;
	size_t nidle, nactive, in_flight;
	char *user_agent, *ca_file;
	int64_t connect_ms;
	const struct cidr *allow; /* borrowed */
	size_t nallow;
	struct call_list waiting, urgent, active, over;
};

struct http_call {
	struct http *http; /* borrowed */
	enum call_state state;
	bool cancelled;
	TAILQ_ENTRY(http_call) link;

	const struct http_events *events; /* borrowed */
	void *arg;
	struct http_request req; /* its views point into `memory` */
	struct arena memory;

	struct target first, later;
	const struct target *now; /* one of them */
	unsigned hops;
	bool only_permanent; /* so far */
	char *permanent;
	struct timer *patience; /* with the name's lookup */
	struct dns_query *query;
	struct handle *handle; /* while it is under way */
	struct curl_slist *headers;
	int64_t ends_ms;

	/* Of this hop. */
	int64_t began_ms;
	struct head head;
	bool head_ended, connecting, starved;
	size_t line_bytes, body_bytes;

	int status;
	enum http_failure failure;
	struct err error;
};

static void start_hop(struct http_call *c);

static void
fill_response(struct http_call *c, struct http_response *r)
{
	*r = (struct http_response) {
		.failure = c->failure,
		.status = c->status,
		.error = c->failure == HTTP_ANSWERED ? "" : c->error.msg,
		.url = sv_of(c->now->url != NULL ? c->now->url : c->req.url),
		.permanent = sv_of(c->permanent),
		.call = c,
	};
}

struct sv
http_header(const struct http_response *r, const char *name)
{
	return head_get(&r->call->head, name);
}

static struct call_list *
list_of(struct http_call *c)
{
	switch (c->state) {
	case CALL_WAITING:
		return c->req.urgent ? &c->http->urgent : &c->http->waiting;
	case CALL_NAMING:
	case CALL_RUNNING:
		return &c->http->active;
	case CALL_OVER:
		return &c->http->over;
	}
	BUG("no such state");
}

static void
set_state(struct http_call *c, enum call_state to)
{
	assert(c->state != CALL_OVER);
	TAILQ_REMOVE(list_of(c), c, link);
	c->state = to;
	TAILQ_INSERT_TAIL(list_of(c), c, link);
}

static void
drop_lookup(struct http_call *c)
{
	timer_stop(c->patience);
	dns_cancel(c->query);
	c->query = NULL;
}

/* Its lookup must not end in the same turn and wake it up again. */
static void
end_call(struct http_call *c, enum http_failure why)
{
	c->failure = why;
	drop_lookup(c);
	set_state(c, CALL_OVER);
	loop_idle_ask(c->http->idle);
}

static struct handle *
take_handle(struct http *h)
{
	struct handle *one = h->idle_handles;

	if (one == NULL)
		return NULL;
	h->idle_handles = one->next;
	h->nidle--;
	return one;
}

static void
give_handle(struct http *h, struct handle *one)
{
	if (one == NULL)
		return;
	if (h->nidle >= HTTP_KEPT_HANDLES) {
		handle_free(one);
		return;
	}
	one->next = h->idle_handles;
	h->idle_handles = one;
	h->nidle++;
}

/* Back goes what an admitted call holds of others; not inside libcurl. */
static void
leave_slot(struct http_call *c)
{
	struct http *h = c->http;

	drop_lookup(c);
	if (c->handle == NULL)
		return;
	multi_remove(h->multi, c->handle->easy); /* fine if it is not there */
	give_handle(h, c->handle);
	c->handle = NULL;
	h->nactive -= !c->req.urgent;
}

/* The guard: a private address ends the attempt before anything is sent. */
static bool
may_contact(struct http_call *c, const struct sockaddr *sa)
{
	return guard_allows(sa, c->http->allow, c->http->nallow) ||
	    guard_allows(sa, c->req.allow_private, c->req.nallow_private);
}

static void
forbid(struct http_call *c, const char *address)
{
	c->failure = HTTP_FORBIDDEN;
	if (c->now->named)
		(void)err_set(&c->error,
		    "%s leads to %s, which is not a public address and not in "
		    "allow-private",
		    c->now->host, address);
	else
		(void)err_set(&c->error,
		    "%s is not a public address and not in allow-private",
		    address);
}

static void
print_address(const struct sockaddr *sa, char *out, socklen_t size)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	out[0] = '\0';
	if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof(v6));
		(void)inet_ntop(AF_INET6, &v6.sin6_addr, out, size);
	} else if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		(void)inet_ntop(AF_INET, &v4.sin_addr, out, size);
	}
}

/* Called for every address that libcurl is about to connect to. */
static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct http_call *c = arg;
	char text[INET6_ADDRSTRLEN];
	int fd;

	(void)purpose;
	if (!may_contact(c, &a->addr)) {
		print_address(&a->addr, text, sizeof(text));
		if (!c->connecting)
			forbid(c, text);
		return CURL_SOCKET_BAD;
	}
	fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (fd < 0) {
		c->starved = errno == EMFILE || errno == ENFILE;
		return CURL_SOCKET_BAD;
	}
	c->connecting = true;
	c->failure = HTTP_ANSWERED;
	return fd;
}

static bool
parse_address(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(out, &v4, sizeof(v4));
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6.sin6_addr) != 1)
		return false;
	memcpy(out, &v6, sizeof(v6));
	return true;
}

/* Called before each request, on a connection that was kept as well. */
static int
on_request(void *arg, char *address, char *local, int port, int local_port)
{
	struct sockaddr_storage ss = { 0 };
	struct http_call *c = arg;

	(void)local;
	(void)port;
	(void)local_port;
	if (parse_address(address, &ss) &&
	    may_contact(c, (struct sockaddr *)&ss))
		return CURL_PREREQFUNC_OK;
	forbid(c, address);
	return CURL_PREREQFUNC_ABORT;
}

/* A POST is repeated only where the answer asks for the same again; turned into
 * a GET its success would be a lie. */
static bool
is_followed(const struct http_call *c)
{
	if (c->req.max_redirects == 0)
		return false;
	if (c->status == 307 || c->status == 308)
		return true;
	return !c->req.post &&
	    (c->status == 301 || c->status == 302 || c->status == 303);
}

static bool
refuse_size(struct http_call *c)
{
	c->failure = HTTP_TOO_LARGE;
	return err_set(
	    &c->error, "the answer is larger than %zu bytes", c->req.max_bytes);
}

/* A 304 says how large the document is that it does not bring. */
static bool
announces_too_much(struct http_call *c)
{
	uint64_t bytes;

	return c->status != 304 &&
	    sv_to_u64(head_get(&c->head, "Content-Length"), &bytes) &&
	    bytes > c->req.max_bytes;
}

static bool
end_head(struct http_call *c)
{
	struct http_response r;
	long status = 0;

	curl_easy_getinfo(c->handle->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return true; /* 1xx: the answer is still to come */
	c->head_ended = true;
	c->status = (int)status;
	if (is_followed(c))
		return false; /* its body is of no use */
	if (announces_too_much(c))
		return refuse_size(c);
	if (c->events->on_head == NULL)
		return true;
	fill_response(c, &r);
	if (c->events->on_head(&r, c->arg))
		return true;
	c->failure = HTTP_STOPPED;
	return err_set(&c->error, "stopped at the head of the answer");
}

/* One line of a head; interim answers come before the one that counts. */
static bool
take_line(struct http_call *c, struct sv line)
{
	if (sv_istarts(line, SV("HTTP/"))) {
		head_clear(&c->head);
		return true;
	}
	if (sv_trim(line).len == 0)
		return end_head(c);
	if (head_add(&c->head, line))
		return true;
	c->failure = HTTP_TOO_LARGE;
	return err_set(&c->error, "the answer's head is larger than %zu bytes",
	    HTTP_HEADER_BYTES);
}

/* libcurl itself remembers each line, of trailers too. */
static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct sv line = { p, size * n };
	struct http_call *c = arg;

	if (c->state == CALL_OVER)
		return 0;
	c->line_bytes += line.len;
	if (c->line_bytes > HTTP_LINES_BYTES) {
		c->failure = HTTP_TOO_LARGE;
		(void)err_set(&c->error,
		    "the answer's heads and trailers are larger than %zu bytes",
		    HTTP_LINES_BYTES);
		return 0;
	}
	return c->head_ended || take_line(c, line) ? line.len : 0;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct sv bytes = { p, size * n };
	struct http_call *c = arg;

	if (c->state == CALL_OVER)
		return 0;
	if (bytes.len > c->req.max_bytes - c->body_bytes) {
		(void)refuse_size(c);
		return 0;
	}
	c->body_bytes += bytes.len;
	if (c->events->on_body(bytes, c->arg))
		return bytes.len;
	c->failure = HTTP_STOPPED;
	(void)err_set(&c->error, "stopped inside the answer");
	return 0;
}

/* Fields that may go to another origin than the one the request was made for:
 * none that can carry a secret. */
static bool
is_harmless(const char *name)
{
	static const char *const names[] = { "Accept", "Accept-Language",
		"A-IM", "If-None-Match", "If-Modified-Since", "Content-Type" };

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static void
set_headers(struct http_call *c, bool same_origin)
{
	struct str line;

	curl_slist_free_all(c->headers);
	c->headers = NULL;
	str_init(&line, HTTP_HEADER_BYTES);
	for (size_t i = 0; i < c->req.nheaders; i++) {
		const struct http_header *h = &c->req.headers[i];

		if (!same_origin && !is_harmless(h->name))
			continue;
		str_clear(&line);
		/* libcurl's way to say that a field is empty, not absent. */
		if (h->value[0] == '\0')
			(void)str_addf(&line, "%s;", h->name);
		else
			(void)str_addf(&line, "%s: %s", h->name, h->value);
		c->headers = curl_slist_append(c->headers, str_c(&line));
	}
	str_done(&line);
	if (!c->req.keep_alive) /* the server need not wait for more */
		c->headers = curl_slist_append(c->headers, "Connection: close");
	if (c->req.post) /* asking first would cost a round trip */
		c->headers = curl_slist_append(c->headers, "Expect:");
}

static int64_t
at_least_1(int64_t ms)
{
	return ms < 1 ? 1 : ms;
}

static void
run_hop(struct http_call *c, const char *addresses)
{
	bool same = target_same_origin(&c->first, c->now);
	int64_t now = loop_now_ms(c->http->loop);

	set_headers(c, same);
	handle_aim(c->handle,
	    &(struct aim) {
		.target = c->now,
		.addresses = addresses,
		.headers = c->headers,
		.user = same ? c->req.user : NULL,
		.password = same ? c->req.password : NULL,
		.post = c->req.post,
		.keep_alive = c->req.keep_alive,
		.body = c->req.body,
		.timeout_ms = at_least_1(c->ends_ms - now),
		.connect_ms = at_least_1(
		    c->began_ms + c->http->connect_ms - now),
	    },
	    c);
	set_state(c, CALL_RUNNING);
	multi_add(c->http->multi, c->handle->easy);
}

static void
on_name(const struct dns_answer *a, void *arg)
{
	struct http_call *c = arg;

	c->query = NULL;
	timer_stop(c->patience);
	if (a->result == DNS_FOUND) {
		run_hop(c, a->addresses);
		return;
	}
	(void)err_set(
	    &c->error, "cannot look up %s: %s", c->now->host, a->error);
	end_call(
	    c, a->result == DNS_NO_SUCH_NAME ? HTTP_NAME : HTTP_NAME_LATER);
}

static void
on_patience(void *arg)
{
	struct http_call *c = arg;

	(void)err_set(
	    &c->error, "cannot look up %s: no answer in time", c->now->host);
	end_call(c, HTTP_NAME_LATER);
}

static void
start_hop(struct http_call *c)
{
	struct http *h = c->http;
	int64_t left;

	c->began_ms = loop_now_ms(h->loop);
	head_clear(&c->head);
	c->head_ended = c->connecting = c->starved = false;
	c->line_bytes = c->body_bytes = 0;
	c->failure = HTTP_ANSWERED;
	if (!c->now->named) {
		run_hop(c, NULL);
		return;
	}
	left = c->ends_ms - c->began_ms;
	timer_set(c->patience, left < h->connect_ms ? left : h->connect_ms);
	set_state(c, CALL_NAMING);
	c->query = dns_ask(h->dns, c->now->host, on_name, c);
}

/* Puts before the error where the redirect leads, without a password. */
static void
refuse_hop(struct http_call *c, const char *text)
{
	struct str shown;

	str_init(&shown, URL_BYTES);
	url_redact(&shown, sv_of(text), false);
	(void)err_wrap(&c->error, "redirect to \"%.200s\"", str_c(&shown));
	str_done(&shown);
}

/* False: the hop leads nowhere we may go, and `c` is over. */
static bool
judge_hop(struct http_call *c, const struct target *to, const char *text)
{
	if (to->url == NULL) {
		refuse_hop(c, text);
		end_call(c,
		    url_is_http(sv_of(text)) ? HTTP_BAD_URL : HTTP_FORBIDDEN);
		return false;
	}
	if (target_is_tls(c->now) && !target_is_tls(to)) {
		(void)err_set(
		    &c->error, "that would give up the protection of TLS");
		refuse_hop(c, to->url);
		end_call(c, HTTP_FORBIDDEN);
		return false;
	}
	return true;
}

static void
go_to(struct http_call *c, const char *url)
{
	bool permanent = c->status == 301 || c->status == 308;
	struct target to;

	(void)target_parse(&to, url, &c->error);
	if (!judge_hop(c, &to, url)) {
		target_done(&to);
		return;
	}
	c->only_permanent = c->only_permanent && permanent;
	if (c->only_permanent) {
		free(c->permanent);
		c->permanent = mem_strdup(to.url);
	}
	target_done(&c->later);
	c->later = to;
	c->now = &c->later;
	start_hop(c);
}

static void
follow(struct http_call *c)
{
	struct sv location = head_get(&c->head, "Location");
	struct str url;

	if (location.len == 0) {
		(void)err_set(&c->error, "redirect without a target");
		end_call(c, HTTP_TOO_MANY_HOPS);
		return;
	}
	if (c->hops++ == c->req.max_redirects) {
		(void)err_set(
		    &c->error, "more than %u redirects", c->req.max_redirects);
		end_call(c, HTTP_TOO_MANY_HOPS);
		return;
	}
	str_init(&url, 4 * URL_BYTES);
	url_resolve(&url, sv_of(c->now->url), location);
	go_to(c, str_c(&url));
	str_done(&url);
}

static enum http_failure
failure_of(CURLcode rc)
{
	static const struct {
		CURLcode rc;
		enum http_failure failure;
	} known[] = {
		{ CURLE_URL_MALFORMAT, HTTP_BAD_URL },
		{ CURLE_COULDNT_RESOLVE_HOST, HTTP_NAME },
		{ CURLE_COULDNT_CONNECT, HTTP_CONNECT },
		{ CURLE_SSL_CONNECT_ERROR, HTTP_TLS },
		{ CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS },
		{ CURLE_SSL_CERTPROBLEM, HTTP_TLS },
		{ CURLE_SSL_CIPHER, HTTP_TLS },
		{ CURLE_SSL_CACERT_BADFILE, HTTP_TLS },
		{ CURLE_SSL_ISSUER_ERROR, HTTP_TLS },
		{ CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT },
		/* one header line over libcurl's own ceiling */
		{ CURLE_OUT_OF_MEMORY, HTTP_TOO_LARGE },
	};

	for (size_t i = 0; i < COUNTOF(known); i++)
		if (known[i].rc == rc)
			return known[i].failure;
	return HTTP_BROKEN;
}

/* Too few descriptors is our trouble, not the server's: once more, later. */
static void
wait_for_descriptors(struct http_call *c)
{
	timer_set(c->http->starved, STARVED_MS);
	leave_slot(c);
	set_state(c, CALL_WAITING);
}

/* libcurl has ended a hop. */
static void
on_end(CURL *easy, CURLcode rc)
{
	struct http_call *c;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&c);
	if (c->state == CALL_OVER)
		return;
	if (c->head_ended && is_followed(c)) {
		follow(c);
	} else if (rc == CURLE_OK && c->head_ended) {
		end_call(c, HTTP_ANSWERED);
	} else if (rc == CURLE_OK) { /* so says libcurl of a head cut short */
		(void)err_set(&c->error, "the answer ends inside its head");
		end_call(c, HTTP_BROKEN);
	} else if (c->failure != HTTP_ANSWERED) {
		end_call(c, c->failure); /* a callback of ours knew better */
	} else if (c->starved) {
		wait_for_descriptors(c);
	} else {
		(void)err_set(&c->error, "%s",
		    c->handle->error[0] != '\0' ? c->handle->error
						: curl_easy_strerror(rc));
		end_call(c, failure_of(rc));
	}
}

static bool
has_no_break(const char *s)
{
	return s[strcspn(s, "\r\n")] == '\0';
}

static void
copy_headers(struct http_call *c, const struct http_request *req)
{
	struct http_header *to = arena_alloc(
	    &c->memory, (req->nheaders + 1) * sizeof(*to));

	for (size_t i = 0; i < req->nheaders; i++) {
		const struct http_header *h = &req->headers[i];

		assert(has_no_break(h->name) && has_no_break(h->value));
		to[i].name = arena_sv(&c->memory, sv_of(h->name)).p;
		to[i].value = arena_sv(&c->memory, sv_of(h->value)).p;
	}
	c->req.headers = to;
}

static const char *
copy_text(struct http_call *c, const char *text)
{
	return text == NULL ? NULL : arena_sv(&c->memory, sv_of(text)).p;
}

static void
copy_nets(struct http_call *c, const struct http_request *req)
{
	size_t bytes = req->nallow_private * sizeof(*req->allow_private);
	struct cidr *to = arena_alloc(&c->memory, bytes + 1);

	if (bytes != 0)
		memcpy(to, req->allow_private, bytes);
	c->req.allow_private = to;
}

/* Credentials of the request win over those in the URL. */
static void
copy_request(struct http_call *c, const struct http_request *req)
{
	bool own = req->user != NULL || req->password != NULL;

	c->req = *req;
	copy_headers(c, req);
	c->req.url = copy_text(c, req->url);
	c->req.body = arena_sv(&c->memory, req->body);
	copy_nets(c, req);
	c->req.user = copy_text(c, own ? req->user : c->first.user);
	c->req.password = copy_text(c, own ? req->password : c->first.password);
}

struct http_call *
http_start(struct http *h, const struct http_request *req,
    const struct http_events *ev, void *arg)
{
	struct http_call *c = mem_calloc(1, sizeof(*c));
	bool ok;

	*c = (struct http_call) { .http = h, .events = ev, .arg = arg };
	arena_init(&c->memory);
	head_init(&c->head);
	c->only_permanent = true;
	c->patience = timer_new(h->loop, on_patience, c);
	ok = target_parse(&c->first, req->url, &c->error);
	c->now = &c->first;
	copy_request(c, req);
	TAILQ_INSERT_TAIL(list_of(c), c, link);
	if (!ok)
		end_call(c, HTTP_BAD_URL);
	loop_idle_ask(h->idle);
	return c;
}

void
http_cancel(struct http_call *c)
{
	if (c == NULL)
		return;
	c->cancelled = true;
	if (c->state != CALL_OVER) /* libcurl may be in the middle of it */
		end_call(c, HTTP_STOPPED);
}

static void
call_free(struct http_call *c)
{
	leave_slot(c);
	timer_free(c->patience);
	TAILQ_REMOVE(list_of(c), c, link);
	curl_slist_free_all(c->headers);
	target_done(&c->first);
	target_done(&c->later);
	free(c->permanent);
	head_done(&c->head);
	arena_done(&c->memory);
	free(c);
}

static void
deliver(struct http_call *c)
{
	struct http_response r;

	leave_slot(c);
	if (!c->cancelled) {
		fill_response(c, &r);
		c->events->on_done(&r, c->arg);
	}
	call_free(c);
}

static void
admit(struct http_call *c)
{
	struct http *h = c->http;

	if ((c->handle = take_handle(h)) == NULL)
		c->handle = handle_new(&(struct handle_options) {
		    .user_agent = h->user_agent,
		    .ca_file = h->ca_file,
		    .on = { on_header, on_body, on_socket, on_request },
		});
	h->nactive += !c->req.urgent;
	c->ends_ms = loop_now_ms(h->loop) + c->req.timeout_ms;
	start_hop(c);
}

static struct http_call *
next_call(const struct http *h)
{
	struct http_call *c = TAILQ_FIRST(&h->urgent);

	if (c == NULL && h->nactive < h->in_flight)
		c = TAILQ_FIRST(&h->waiting);
	return c;
}

/* At the end of a turn: tells what is over and starts what waits. */
static void
on_idle(void *arg)
{
	struct http *h = arg;
	struct http_call *c;

	while ((c = TAILQ_FIRST(&h->over)) != NULL)
		deliver(c);
	while (!timer_is_set(h->starved) && (c = next_call(h)) != NULL)
		admit(c);
}

static void
on_starved(void *arg)
{
	struct http *h = arg;

	loop_idle_ask(h->idle);
}

struct http *
http_new(struct loop *l, const struct http_options *o)
{
	struct http *h = mem_calloc(1, sizeof(*h));
	struct dns_options dns = { .servers = o->dns_servers };

	assert(has_no_break(o->user_agent));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		BUG("libcurl cannot start");
	h->loop = l;
	h->dns = dns_new(l, &dns);
	h->multi = multi_new(l, on_end);
	h->idle = loop_idle_new(l, on_idle, h);
	h->starved = timer_new(l, on_starved, h);
	h->in_flight = o->in_flight;
	h->user_agent = mem_strdup(o->user_agent);
	h->ca_file = mem_strdup(o->ca_file);
	h->connect_ms = o->connect_ms;
	http_set_allow(h, o->allow_private, o->nallow_private);
	TAILQ_INIT(&h->waiting);
	TAILQ_INIT(&h->urgent);
	TAILQ_INIT(&h->active);
	TAILQ_INIT(&h->over);
	return h;
}

void
http_set_allow(struct http *h, const struct cidr *nets, size_t n)
{
	h->allow = nets;
	h->nallow = n;
}

void
http_share(const struct http *h, struct http_shared *out)
{
	*out = (struct http_shared) {
		.dns = h->dns,
		.ca_file = h->ca_file,
		.allow = h->allow,
		.nallow = h->nallow,
	};
}

static void
free_list(struct call_list *list)
{
	struct http_call *c;

	while ((c = TAILQ_FIRST(list)) != NULL)
		call_free(c);
}

void
http_free(struct http *h)
{
	struct handle *one;

	if (h == NULL)
		return;
	free_list(&h->waiting);
	free_list(&h->urgent);
	free_list(&h->active);
	free_list(&h->over);
	while ((one = take_handle(h)) != NULL)
		handle_free(one);
	multi_free(h->multi);
	dns_free(h->dns);
	loop_idle_free(h->idle);
	timer_free(h->starved);
	free(h->user_agent);
	free(h->ca_file);
	free(h);
	curl_global_cleanup();
}
