/* net/lines.c: requests of one line and their answers over a unix socket. */
#include "net/lines.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128
#define ACCEPT_AT_ONCE 16
#define ACCEPT_AGAIN_MS SEC_MS /* when there is no descriptor left */
#define READ_BYTES KiB(4)

enum client_state {
	CLIENT_ASKS, /* its request is coming in */
	CLIENT_WAITS, /* for our answer */
	CLIENT_HEARS, /* our answer is going out */
};

struct client {
	struct lines *server; /* borrowed */
	enum client_state state;
	int fd;
	struct loop_io *io;
	struct timer *deadline;
	struct str in, out;
	size_t sent;
	struct lines_call *call; /* owned by whoever answers */
	TAILQ_ENTRY(client) link;
};

struct lines_call {
	struct client *client; /* NULL: gone */
};

TAILQ_HEAD(clients, client);

struct lines {
	struct loop *loop; /* borrowed */
	char *path;
	int fd;
	struct loop_io *io; /* NULL: no descriptor was left */
	struct timer *again;
	lines_fn *fn;
	void *arg;
	struct clients clients; /* the oldest first */
	size_t n;
};

static void on_client(void *arg);

static void
client_free(struct client *c)
{
	struct lines *s = c->server;

	if (c->call != NULL)
		c->call->client = NULL;
	TAILQ_REMOVE(&s->clients, c, link);
	s->n--;
	loop_io_free(c->io);
	timer_free(c->deadline);
	(void)close(c->fd);
	str_done(&c->in);
	str_done(&c->out);
	free(c);
}

static void
on_deadline(void *arg)
{
	client_free(arg);
}

static void
client_new(struct lines *s, int fd)
{
	struct client *c = mem_calloc(1, sizeof(*c));

	*c = (struct client) { .server = s, .fd = fd };
	str_init(&c->in, LINES_REQUEST_BYTES);
	str_init(&c->out, LINES_ANSWER_BYTES);
	c->io = loop_io_new(s->loop, fd, true, false, on_client, c);
	c->deadline = timer_new(s->loop, on_deadline, c);
	timer_set(c->deadline, LINES_WAIT_MS);
	TAILQ_INSERT_TAIL(&s->clients, c, link);
	s->n++;
}

/* Frees the client when all is out, or cannot be. */
static void
send_more(struct client *c)
{
	ssize_t n = send(c->fd, c->out.p + c->sent, c->out.len - c->sent,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->sent += (size_t)n;
	if (n < 0 || c->sent == c->out.len)
		client_free(c);
}

static void
start_answer(struct client *c, struct sv line)
{
	static const struct sv too_long = SV(
	    "{\"error\":\"the answer is too long\"}");

	c->state = CLIENT_HEARS;
	if (!str_add(&c->out, line) || !str_addc(&c->out, '\n')) {
		str_clear(&c->out);
		(void)(str_add(&c->out, too_long) && str_addc(&c->out, '\n'));
	}
	loop_io_free(c->io);
	c->io = loop_io_new(c->server->loop, c->fd, false, true, on_client, c);
	timer_set(c->deadline, LINES_WAIT_MS);
	send_more(c);
}

void
lines_reply(struct lines_call *call, struct sv line)
{
	struct client *c = call->client;

	free(call);
	if (c == NULL)
		return;
	c->call = NULL;
	start_answer(c, line);
}

/* The handler may answer at once, which may free the client. */
static void
take_request(struct client *c, struct sv line)
{
	struct lines *s = c->server;

	c->state = CLIENT_WAITS;
	timer_stop(c->deadline);
	c->call = mem_calloc(1, sizeof(*c->call));
	c->call->client = c;
	s->fn(c->call, line, s->arg);
}

static void
take_bytes(struct client *c, struct sv bytes)
{
	size_t end = sv_chr(bytes, '\n');

	if (!str_add(&c->in, sv_sub(bytes, 0, end)))
		start_answer(c, SV("{\"error\":\"the request is too long\"}"));
	else if (end != bytes.len)
		take_request(c, str_sv(&c->in));
}

/* One who says more than a line is not one of ours. */
static void
read_more(struct client *c)
{
	char buf[READ_BYTES];
	ssize_t n = recv(c->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || c->state != CLIENT_ASKS)
		client_free(c);
	else
		take_bytes(c, (struct sv) { buf, (size_t)n });
}

static void
on_client(void *arg)
{
	struct client *c = arg;

	if (c->state == CLIENT_HEARS)
		send_more(c);
	else
		read_more(c);
}

/* False: all others wait for us. */
static bool
make_room(struct lines *s)
{
	struct client *c;

	if (s->n < LINES_CLIENTS)
		return true;
	TAILQ_FOREACH (c, &s->clients, link) {
		if (c->state != CLIENT_WAITS) {
			client_free(c);
			return true;
		}
	}
	return false;
}

static void on_connection(void *arg);

static void
listen_on(void *arg)
{
	struct lines *s = arg;

	s->io = loop_io_new(s->loop, s->fd, true, false, on_connection, s);
}

static void
on_connection(void *arg)
{
	struct lines *s = arg;

	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		int fd = accept4(
		    s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0 && make_room(s)) {
			client_new(s, fd);
		} else if (fd >= 0) {
			(void)close(fd);
		} else if (errno == EMFILE || errno == ENFILE) {
			loop_io_free(s->io);
			s->io = NULL;
			timer_set(s->again, ACCEPT_AGAIN_MS);
			return;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			return;
		}
	}
}

/* A socket's address is short: a longer path is reached through its directory,
 * whose descriptor is in `*dir` (-1: was not needed). */
static bool
address(const char *path, struct sockaddr_un *out, int *dir, struct err *e)
{
	const char *slash = strrchr(path, '/');
	size_t len = strlen(path);
	char *parent;
	int n;

	*out = (struct sockaddr_un) { .sun_family = AF_UNIX };
	*dir = -1;
	if (len < sizeof(out->sun_path)) {
		memcpy(out->sun_path, path, len);
		return true;
	}
	if (slash == NULL || slash == path)
		return err_set(e, "%s: the name is too long", path);
	parent = mem_svdup((struct sv) { path, (size_t)(slash - path) });
	*dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	if (*dir < 0)
		return err_errno(e, "%s", path);
	n = snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d%s",
	    *dir, slash);
	if (n > 0 && (size_t)n < sizeof(out->sun_path))
		return true;
	(void)close(*dir);
	*dir = -1;
	return err_set(e, "%s: the name is too long", path);
}

static bool
remove_stale(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT || err_errno(e, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(
		    e, "%s: is no socket and in the way of ours", path);
	return unlink(path) == 0 || err_errno(e, "%s", path);
}

/* Nobody can connect before its mode is the right one. */
static bool
bind_and_listen(int fd, const char *path, struct err *e)
{
	struct sockaddr_un sa;
	bool ok;
	int dir;

	if (!remove_stale(path, e) || !address(path, &sa, &dir, e))
		return false;
	ok = fchmod(fd, 0600) == 0 &&
	    bind(fd, (const struct sockaddr *)&sa, sizeof(sa)) == 0 &&
	    chmod(path, 0660) == 0 && listen(fd, BACKLOG) == 0;
	if (!ok)
		(void)err_errno(e, "%s", path);
	if (dir >= 0)
		(void)close(dir);
	return ok;
}

struct lines *
lines_new(
    struct loop *l, const char *path, lines_fn *fn, void *arg, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct lines *s;

	if (fd < 0) {
		(void)err_errno(e, "%s", path);
		return NULL;
	}
	if (!bind_and_listen(fd, path, e)) {
		(void)close(fd);
		return NULL;
	}
	s = mem_calloc(1, sizeof(*s));
	*s = (struct lines) { .loop = l, .fd = fd, .fn = fn, .arg = arg };
	s->path = mem_strdup(path);
	s->again = timer_new(l, listen_on, s);
	TAILQ_INIT(&s->clients);
	listen_on(s);
	return s;
}

void
lines_free(struct lines *s)
{
	struct client *c;

	if (s == NULL)
		return;
	while ((c = TAILQ_FIRST(&s->clients)) != NULL)
		client_free(c);
	loop_io_free(s->io);
	timer_free(s->again);
	(void)close(s->fd);
	(void)unlink(s->path);
	free(s->path);
	free(s);
}

static bool
read_answer(int fd, struct str *answer, struct err *e)
{
	char buf[READ_BYTES];

	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);
		struct sv v = { buf, n > 0 ? (size_t)n : 0 };
		size_t end = sv_chr(v, '\n');

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return err_set(e, "no answer in time");
		if (n <= 0)
			return err_set(e, "the connection was closed");
		if (!str_add(answer, sv_sub(v, 0, end)))
			return err_set(e, "the answer is too long");
		if (end != v.len)
			return true;
	}
}

static bool
send_all(int fd, struct sv v)
{
	while (v.len != 0) {
		ssize_t n = send(fd, v.p, v.len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		v = sv_from(v, n > 0 ? (size_t)n : 0);
	}
	return true;
}

static bool
connect_to(int fd, const char *path, int64_t timeout_ms, struct err *e)
{
	const struct timeval wait = { .tv_sec = timeout_ms / SEC_MS,
		.tv_usec = timeout_ms % SEC_MS * 1000 };
	struct sockaddr_un sa;
	bool ok;
	int dir;

	if (!address(path, &sa, &dir, e))
		return false;
	ok = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ==
		0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0 &&
	    connect(fd, (const struct sockaddr *)&sa, sizeof(sa)) == 0;
	if (!ok)
		(void)err_errno(e, "%s", path);
	if (dir >= 0)
		(void)close(dir);
	return ok;
}

/* A daemon that refuses the request before its end has answered, too. */
bool
lines_ask(const char *path, struct sv line, int64_t timeout_ms,
    struct str *answer, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok;

	if (fd < 0)
		return err_errno(e, "%s", path);
	ok = connect_to(fd, path, timeout_ms, e);
	if (ok) {
		if (send_all(fd, line))
			(void)send_all(fd, SV("\n"));
		ok = read_answer(fd, answer, e) || err_wrap(e, "%s", path);
	}
	(void)close(fd);
	return ok;
}
