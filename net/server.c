/* net/server.c: a small HTTP listener over evhttp. */
#include "net/server.h"

#include "base/url.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define IDLE_S 60 /* until a silent connection is closed */

struct server {
	struct loop *loop; /* borrowed */
	struct evhttp *http;
	int port;
	server_fn *fn;
	void *arg;
};

static const char *
method_name(const struct evhttp_request *ev)
{
	static const struct {
		enum evhttp_cmd_type type;
		const char *name;
	} names[] = { { EVHTTP_REQ_GET, "GET" }, { EVHTTP_REQ_HEAD, "HEAD" },
		{ EVHTTP_REQ_POST, "POST" }, { EVHTTP_REQ_PUT, "PUT" },
		{ EVHTTP_REQ_DELETE, "DELETE" } };

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (evhttp_request_get_command(ev) == names[i].type)
			return names[i].name;
	BUG("a method that was not allowed");
}

static struct sv
body_of(struct evhttp_request *ev)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(ev);
	size_t len = evbuffer_get_length(in);

	if (len == 0)
		return SV_NONE;
	return (struct sv) { (const char *)evbuffer_pullup(in, -1), len };
}

static void
on_request(struct evhttp_request *ev, void *arg)
{
	struct server *s = arg;
	struct server_request req = { .method = method_name(ev), .ev = ev };
	struct url url;

	loop_enter(s->loop);
	url_split(sv_of(evhttp_request_get_uri(ev)), &url);
	req.path = url.path;
	req.query = url.query;
	req.body = body_of(ev);
	s->fn(&req, s->arg);
	if (!req.replied)
		server_reply(&req, 500, NULL, 0, SV("no answer\n"));
}

static int
port_of(struct evhttp_bound_socket *bound)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (getsockname(evhttp_bound_socket_get_fd(bound),
		(struct sockaddr *)&ss, &len) != 0)
		return 0;
	memcpy(&v4, &ss, sizeof(v4));
	memcpy(&v6, &ss, sizeof(v6));
	return ntohs(ss.ss_family == AF_INET6 ? v6.sin6_port : v4.sin_port);
}

struct server *
server_new(struct loop *l, const char *addr, int port, server_fn *fn, void *arg,
    struct err *e)
{
	struct server *s = mem_calloc(1, sizeof(*s));
	struct evhttp_bound_socket *bound;

	*s = (struct server) { .loop = l, .fn = fn, .arg = arg };
	if ((s->http = evhttp_new(loop_base(l))) == NULL)
		BUG("out of memory");
	evhttp_set_max_headers_size(s->http, SERVER_HEADER_BYTES);
	evhttp_set_max_body_size(s->http, SERVER_BODY_BYTES);
	evhttp_set_timeout(s->http, IDLE_S);
	evhttp_set_default_content_type(s->http, NULL);
	evhttp_set_gencb(s->http, on_request, s);
	bound = evhttp_bind_socket_with_handle(s->http, addr, (uint16_t)port);
	if (bound == NULL) {
		(void)err_errno(e, "cannot listen on %s port %d", addr, port);
		server_free(s);
		return NULL;
	}
	s->port = port_of(bound);
	return s;
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	evhttp_free(s->http);
	free(s);
}

int
server_port(const struct server *s)
{
	return s->port;
}

struct sv
server_header(const struct server_request *req, const char *name)
{
	return sv_of(evhttp_find_header(
	    evhttp_request_get_input_headers(req->ev), name));
}

void
server_reply(struct server_request *req, int status,
    const struct server_header *headers, size_t nheaders, struct sv body)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(req->ev);
	struct evbuffer *buf = evhttp_request_get_output_buffer(req->ev);

	assert(!req->replied);
	req->replied = true;
	for (size_t i = 0; i < nheaders; i++) {
		assert(headers[i].value[strcspn(headers[i].value, "\r\n")] ==
		    '\0');
		if (evhttp_add_header(out, headers[i].name, headers[i].value) !=
		    0)
			BUG("a header that is none");
	}
	if (body.len != 0 && evbuffer_add(buf, body.p, body.len) != 0)
		BUG("out of memory");
	evhttp_send_reply(req->ev, status, NULL, NULL);
}
