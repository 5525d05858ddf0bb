/* tests/fake/fake_http.c: a scripted HTTP server on loopback. */
#include "tests/fake/fake_http.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEEN_BYTES MiB(16)

struct route {
	char *path;
	char *reply;
	size_t len;
	enum fake_end end;
	LIST_ENTRY(route) link;
};

struct connection {
	struct fake_http *server; /* borrowed */
	int fd;
	struct loop_io *io;
	struct str in;
	const struct route *route; /* being answered; borrowed */
	size_t sent;
	LIST_ENTRY(connection) link;
};

struct fake_http {
	struct loop *loop; /* borrowed */
	int fd, port;
	struct loop_io *io;
	struct route *absent;
	LIST_HEAD(, route) routes;
	LIST_HEAD(, connection) connections;
	size_t made, open, peak;
	struct str seen;
};

static void on_writable(void *arg);

static void
connection_free(struct connection *c)
{
	c->server->open--;
	LIST_REMOVE(c, link);
	loop_io_free(c->io);
	(void)close(c->fd);
	str_done(&c->in);
	free(c);
}

static const struct route *
find_route(struct fake_http *s, struct sv path)
{
	struct route *r;

	LIST_FOREACH (r, &s->routes, link)
		if (sv_is(path, r->path))
			return r;
	return s->absent;
}

/* The length of the first request in `in`, 0 while it is not complete. */
static size_t
request_len(struct sv in)
{
	size_t end = sv_find(in, SV("\r\n\r\n")), at;
	uint64_t body = 0;

	if (end == in.len)
		return 0;
	at = sv_find(in, SV("Content-Length: "));
	if (at < end) {
		struct sv rest = sv_from(in, at + 16);

		(void)sv_to_u64(sv_sub(rest, 0, sv_chr(rest, '\r')), &body);
	}
	return in.len >= end + 4 + body ? end + 4 + (size_t)body : 0;
}

static void
watch(struct connection *c, bool rd, loop_fn *fn)
{
	loop_io_free(c->io);
	c->io = loop_io_new(c->server->loop, c->fd, rd, !rd, fn, c);
}

static void
begin_reply(struct connection *c, size_t len)
{
	struct sv request = sv_sub(str_sv(&c->in), 0, len);
	struct sv path = sv_from(request, sv_chr(request, ' ') + 1);

	(void)str_add(&c->server->seen, request);
	c->route = find_route(c->server, sv_sub(path, 0, sv_chr(path, ' ')));
	c->sent = 0;
	str_clear(&c->in);
	watch(c, false, on_writable);
}

static void
on_readable(void *arg)
{
	struct connection *c = arg;
	char buf[4096];
	ssize_t n = recv(c->fd, buf, sizeof(buf), 0);
	size_t len;

	if (n <= 0) {
		connection_free(c);
		return;
	}
	(void)str_add(&c->in, (struct sv) { buf, (size_t)n });
	if (c->route == NULL && (len = request_len(str_sv(&c->in))) != 0)
		begin_reply(c, len);
}

static void
end_reply(struct connection *c)
{
	enum fake_end end = c->route->end;

	if (end == FAKE_REPEAT && c->route->len >= FAKE_REPEAT_BYTES) {
		c->sent -= FAKE_REPEAT_BYTES;
		return;
	}
	if (end == FAKE_CLOSE) {
		connection_free(c);
		return;
	}
	if (end == FAKE_KEEP)
		c->route = NULL;
	watch(c, true, on_readable);
}

static void
on_writable(void *arg)
{
	struct connection *c = arg;
	ssize_t n = send(c->fd, c->route->reply + c->sent,
	    c->route->len - c->sent, MSG_NOSIGNAL);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0) {
		connection_free(c);
		return;
	}
	c->sent += (size_t)n;
	if (c->sent == c->route->len)
		end_reply(c);
}

static void
on_connection(void *arg)
{
	struct fake_http *s = arg;
	struct connection *c;
	int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	c = mem_calloc(1, sizeof(*c));
	c->server = s;
	c->fd = fd;
	str_init(&c->in, MiB(4));
	LIST_INSERT_HEAD(&s->connections, c, link);
	s->made++;
	s->open++;
	s->peak = s->open > s->peak ? s->open : s->peak;
	watch(c, true, on_readable);
}

static struct route *
route_new(const char *path, struct sv reply, enum fake_end end)
{
	struct route *r = mem_calloc(1, sizeof(*r));

	r->path = mem_strdup(path);
	r->reply = mem_svdup(reply);
	r->len = reply.len;
	r->end = end;
	return r;
}

static void
route_free(struct route *r)
{
	free(r->path);
	free(r->reply);
	free(r);
}

struct fake_http *
fake_http_new(struct loop *l)
{
	struct fake_http *s = mem_calloc(1, sizeof(*s));
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);

	s->loop = l;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&sa, len) != 0 ||
	    listen(s->fd, 512) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&sa, &len) != 0)
		BUG("no listening socket");
	s->port = ntohs(sa.sin_port);
	s->io = loop_io_new(l, s->fd, true, false, on_connection, s);
	s->absent = route_new("",
	    SV("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
	       "Connection: close\r\n\r\n"),
	    FAKE_CLOSE);
	LIST_INIT(&s->routes);
	LIST_INIT(&s->connections);
	str_init(&s->seen, SEEN_BYTES);
	return s;
}

void
fake_http_free(struct fake_http *s)
{
	struct connection *c;
	struct route *r;

	while ((c = LIST_FIRST(&s->connections)) != NULL)
		connection_free(c);
	while ((r = LIST_FIRST(&s->routes)) != NULL) {
		LIST_REMOVE(r, link);
		route_free(r);
	}
	route_free(s->absent);
	loop_io_free(s->io);
	(void)close(s->fd);
	str_done(&s->seen);
	free(s);
}

int
fake_http_port(const struct fake_http *s)
{
	return s->port;
}

void
fake_http_route(
    struct fake_http *s, const char *path, struct sv reply, enum fake_end end)
{
	struct route *r = route_new(path, reply, end);

	LIST_INSERT_HEAD(&s->routes, r, link);
}

struct sv
fake_http_seen(const struct fake_http *s)
{
	return str_sv(&s->seen);
}

size_t
fake_http_connections(const struct fake_http *s)
{
	return s->made;
}

size_t
fake_http_peak(const struct fake_http *s)
{
	return s->peak;
}
