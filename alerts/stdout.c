/* alerts/stdout.c: alerts on standard output, for people or as JSON lines.
 *
 * The descriptor may be shared with other processes, so it is not made
 * non-blocking: what fits into a pipe is written when poll(2) says that there
 * is room, and what does not fit waits.  A terminal promises no such room, so
 * it is opened anew, for us alone. */
#include "alerts/alert.h"
#include "alerts/destination.h"
#include "base/file.h"
#include "net/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGAIN_MS 100 /* when there is no room although poll(2) says so */

struct out {
	const struct destination_env *env; /* borrowed */
	int fd; /* standard output, or a terminal of our own */
	bool text, colour;
	struct loop_io *reader; /* tells when a pipe's reader has gone */

	/* The attempt under way; after a failure the next one, which is for
	 * the same alert, goes on where it ended. */
	struct str doc;
	size_t sent; /* bytes of it */
	struct loop_io *room; /* while it waits for some */
	struct timer *again;
	delivery_fn *done;
	void *arg;
};

static short
poll_now(const struct out *o, short what)
{
	struct pollfd p = { o->fd, what, 0 };

	return poll(&p, 1, 0) == 1 ? p.revents : 0;
}

static void
stop_waiting(struct loop_io **io)
{
	loop_io_free(*io);
	*io = NULL;
}

static void
finish(struct out *o, const struct outbox_result *r)
{
	stop_waiting(&o->room);
	str_clear(&o->doc);
	o->sent = 0;
	o->done(r, o->arg); /* last: may begin the next */
}

/* Nobody will read any more: the end of the program, if it was for them. */
static void
fail(struct out *o, int code)
{
	struct outbox_result r = { .kind = DELIVERY_RETRY,
		.retry_after_ms = -1 };

	if (code == EPIPE && o->env->on_gone != NULL) {
		stop_waiting(&o->room);
		o->env->on_gone(o->env->arg);
		return;
	}
	errno = code;
	(void)err_errno(&r.why, "standard output");
	stop_waiting(&o->room);
	o->done(&r, o->arg);
}

static void push(void *arg);

static void
wait_for_room(struct out *o)
{
	if (o->room == NULL)
		o->room = loop_io_new(
		    o->env->loop, o->fd, false, true, push, o);
}

/* -1 and EAGAIN when there is no room. */
static ssize_t
write_some(struct out *o)
{
	struct sv rest = sv_sub(str_sv(&o->doc), o->sent, PIPE_BUF);
	ssize_t n;

	if (poll_now(o, POLLOUT) == 0) {
		wait_for_room(o);
		errno = EAGAIN;
		return -1;
	}
	n = write(o->fd, rest.p, rest.len);
	if (n == 0 || (n < 0 && errno == EAGAIN)) {
		stop_waiting(&o->room);
		timer_set(o->again, AGAIN_MS);
		errno = EAGAIN;
	}
	return n;
}

static void
push(void *arg)
{
	struct out *o = arg;
	const struct outbox_result delivered = { .kind = DELIVERY_DONE,
		.retry_after_ms = -1 };

	while (o->sent < o->doc.len) {
		ssize_t n = write_some(o);

		if (n > 0) {
			o->sent += (size_t)n;
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			fail(o, errno);
			return;
		}
	}
	finish(o, &delivered);
}

static void
on_hangup(void *arg)
{
	struct out *o = arg;

	stop_waiting(&o->reader);
	if ((poll_now(o, 0) & POLLERR) != 0)
		o->env->on_gone(o->env->arg);
}

static bool
is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int
open_terminal(void)
{
	return open(
	    "/proc/self/fd/1", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

static void *
stdout_open(const struct config_destination *c,
    const struct destination_env *env, struct err *e)
{
	struct out *o = mem_calloc(1, sizeof(*o));

	(void)e;
	o->env = env;
	o->text = c->format == FORMAT_TEXT;
	o->fd = isatty(STDOUT_FILENO) == 1 ? open_terminal() : -1;
	o->colour = file_wants_colour(STDOUT_FILENO);
	if (o->fd < 0)
		o->fd = STDOUT_FILENO;
	o->again = timer_new(env->loop, push, o);
	str_init(&o->doc, 8 * ALERT_BYTES);
	if (env->on_gone != NULL && is_pipe(STDOUT_FILENO))
		o->reader = loop_io_new(
		    env->loop, STDOUT_FILENO, true, false, on_hangup, o);
	return o;
}

static void
stdout_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct out *o = self;
	struct outbox_result r = { .kind = DELIVERY_REFUSED,
		.retry_after_ms = -1 };

	o->done = done;
	o->arg = arg;
	if (o->sent != 0) {
		push(o);
		return;
	}
	str_clear(&o->doc);
	if (!o->text) {
		(void)str_add(&o->doc, d->body);
		(void)str_addc(&o->doc, '\n');
	} else if (!alert_format_text(d->body, o->colour, &o->doc)) {
		(void)err_set(&r.why, "it is no alert document");
		finish(o, &r);
		return;
	}
	push(o);
}

static void
stdout_close(void *self)
{
	struct out *o = self;

	loop_io_free(o->reader);
	loop_io_free(o->room);
	timer_free(o->again);
	if (o->fd != STDOUT_FILENO)
		(void)close(o->fd);
	str_done(&o->doc);
	free(o);
}

const struct destination_type destination_stdout = {
	.type = DEST_STDOUT,
	.open = stdout_open,
	.send = stdout_send,
	.close = stdout_close,
};
