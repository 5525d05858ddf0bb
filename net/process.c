/* net/process.c: programs, run by posix_spawn(3) and awaited by a descriptor
 * (pidfd_open(2)), so that no wait blocks and no process id is mistaken. */
#include "net/process.h"

#include "base/clock.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES KiB(4)
#define DRAIN_READS 16 /* of what was said before the end */
#define CANCEL_MS 20 /* for each of SIGTERM and SIGKILL: the loop waits */

struct process {
	struct loop *loop; /* borrowed */
	const struct process_events *events; /* borrowed */
	void *arg;
	pid_t pid; /* of its group, too */
	int pidfd, in, err; /* -1: closed */
	struct loop_io *ending, *feeding, *listening;
	struct timer *patience;
	int64_t grace_ms;
	bool late; /* told to end */
	int64_t warned_ms; /* monotonic; 0: it was not */
	struct sv input; /* what is left of it */
	struct str line; /* begun */
	size_t lines;
};

static void
close_end(struct loop_io **io, int *fd)
{
	loop_io_free(*io);
	*io = NULL;
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void
process_free(struct process *p)
{
	close_end(&p->ending, &p->pidfd);
	close_end(&p->feeding, &p->in);
	close_end(&p->listening, &p->err);
	timer_free(p->patience);
	str_done(&p->line);
	free(p);
}

static void
tell_line(struct process *p)
{
	if (p->line.len != 0 && p->lines++ < PROCESS_LINES)
		p->events->on_line(str_sv(&p->line), p->arg);
	str_clear(&p->line);
}

static void
take_output(struct process *p, struct sv bytes)
{
	struct sv part;
	size_t room;

	while (bytes.len != 0) {
		size_t n = sv_chr(bytes, '\n');

		part = sv_sub(bytes, 0, n);
		room = p->line.max - p->line.len;
		(void)str_add(&p->line, sv_sub(part, 0, room));
		if (n < bytes.len)
			tell_line(p);
		bytes = sv_from(bytes, n + 1);
	}
}

/* False: nothing is there now, or nothing will ever come. */
static bool
listen_once(struct process *p)
{
	char buffer[READ_BYTES];
	ssize_t n;

	if (p->err < 0)
		return false;
	n = read(p->err, buffer, sizeof(buffer));
	if (n > 0)
		take_output(p, (struct sv) { buffer, (size_t)n });
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_end(&p->listening, &p->err);
	return n > 0;
}

static void
on_output(void *arg)
{
	(void)listen_once(arg);
}

/* A program that does not want its input is none of our business. */
static void
on_room(void *arg)
{
	struct process *p = arg;
	ssize_t n = write(p->in, p->input.p, p->input.len);

	if (n > 0)
		p->input = sv_from(p->input, (size_t)n);
	else if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || p->input.len == 0)
		close_end(&p->feeding, &p->in);
}

static void
signal_group(const struct process *p, int signo)
{
	(void)kill(-p->pid, signo);
}

static void
on_patience(void *arg)
{
	struct process *p = arg;

	signal_group(p, p->late ? SIGKILL : SIGTERM);
	if (!p->late)
		timer_set(p->patience, p->grace_ms);
	p->late = true;
}

/* False: it runs. */
static bool
reap(struct process *p, struct process_end *e)
{
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, (id_t)p->pidfd, &info, WEXITED | WNOHANG) != 0) {
		*e = (struct process_end) { PROCESS_LOST, 0 };
		return errno != EINTR;
	}
	*e = (struct process_end) {
		.kind = info.si_code == CLD_EXITED ? PROCESS_EXITED
						   : PROCESS_KILLED,
		.code = info.si_status,
	};
	return info.si_pid != 0;
}

/* Its number is its group's as long as nobody has waited for it. */
static void
on_ending(void *arg)
{
	struct process *p = arg;
	struct process_end end;

	if (p->late)
		signal_group(p, SIGKILL);
	if (!reap(p, &end))
		return;
	for (size_t i = 0; i < DRAIN_READS && listen_once(p); i++)
		continue;
	tell_line(p);
	if (p->late)
		end = (struct process_end) { PROCESS_TIMEOUT, 0 };
	p->events->on_end(&end, p->arg);
	process_free(p);
}

/* Descriptors of the child's; -1: not open. */
struct ends {
	int in, out, err;
};

static void
close_ends(struct ends *c)
{
	const int fds[] = { c->in, c->out, c->err };

	for (size_t i = 0; i < COUNTOF(fds); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	*c = (struct ends) { -1, -1, -1 };
}

/* Only our side does not block. */
static bool
open_ends(struct process *p, struct ends *c)
{
	int in[2], err[2];

	if (pipe2(in, O_CLOEXEC) != 0)
		return false;
	c->in = in[0];
	p->in = in[1];
	if (pipe2(err, O_CLOEXEC) != 0)
		return false;
	c->err = err[1];
	p->err = err[0];
	c->out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return c->out >= 0 && fcntl(p->in, F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(p->err, F_SETFL, O_NONBLOCK) == 0;
}

static int
spawn(struct process *p, const struct process_request *r, const struct ends *c)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int rc;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	if (posix_spawn_file_actions_init(&files) != 0 ||
	    posix_spawnattr_init(&how) != 0)
		BUG("out of memory");
	(void)posix_spawnattr_setflags(&how,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawnattr_setpgroup(&how, 0);
	(void)posix_spawnattr_setsigmask(&how, &none);
	(void)posix_spawnattr_setsigdefault(&how, &all);
	if (posix_spawn_file_actions_adddup2(&files, c->in, 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&files, c->out, 1) != 0 ||
	    posix_spawn_file_actions_adddup2(&files, c->err, 2) != 0 ||
	    posix_spawn_file_actions_addclosefrom_np(&files, 3) != 0)
		BUG("out of memory");
	rc = posix_spawn(&p->pid, r->path, &files, &how, r->argv, r->env);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&how);
	return rc;
}

/* With a descriptor that waits for it: what its own ends occupied is free by
 * then, so that the limit of descriptors cannot
 * hinder it. */
static bool
spawn_watched(
    struct process *p, const struct process_request *r, struct ends *c)
{
	int rc = spawn(p, r, c);

	close_ends(c);
	errno = rc;
	if (rc != 0)
		return false;
	p->pidfd = pidfd_open(p->pid, 0);
	if (p->pidfd >= 0)
		return true;
	rc = errno;
	signal_group(p, SIGKILL);
	(void)waitid(P_PID, (id_t)p->pid, NULL, WEXITED | WNOHANG);
	errno = rc;
	return false;
}

static void
watch(struct process *p)
{
	p->ending = loop_io_new(p->loop, p->pidfd, true, false, on_ending, p);
	p->listening = loop_io_new(p->loop, p->err, true, false, on_output, p);
	if (p->input.len != 0)
		p->feeding = loop_io_new(
		    p->loop, p->in, false, true, on_room, p);
	else
		close_end(&p->feeding, &p->in);
}

struct process *
process_start(struct loop *l, const struct process_request *r,
    const struct process_events *ev, void *arg, struct err *e)
{
	struct process *p = mem_calloc(1, sizeof(*p));
	struct ends child = { -1, -1, -1 };
	bool ok;

	*p = (struct process) { .loop = l,
		.events = ev,
		.arg = arg,
		.pidfd = -1,
		.in = -1,
		.err = -1,
		.input = r->input,
		.grace_ms = r->grace_ms };
	str_init(&p->line, PROCESS_LINE_BYTES);
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, children vanish unseen */
	ok = open_ends(p, &child) && spawn_watched(p, r, &child);
	if (!ok) {
		(void)err_errno(e, "%s", r->path);
		close_ends(&child);
		process_free(p);
		return NULL;
	}
	p->patience = timer_new(l, on_patience, p);
	timer_set(p->patience, r->timeout_ms);
	watch(p);
	return p;
}

void
process_warn(struct process *p)
{
	if (p == NULL || p->warned_ms != 0)
		return;
	signal_group(p, SIGTERM);
	p->warned_ms = clock_mono_ms();
}

static bool
is_gone_within(const struct process *p, int64_t ms)
{
	struct pollfd ended = { p->pidfd, POLLIN, 0 };

	return poll(&ended, 1, ms > 0 ? (int)ms : 0) == 1;
}

void
process_cancel(struct process *p)
{
	struct process_end end;
	bool gone;

	if (p == NULL)
		return;
	process_warn(p);
	gone = is_gone_within(p, p->warned_ms + CANCEL_MS - clock_mono_ms());
	signal_group(p, SIGKILL);
	if (!gone)
		(void)is_gone_within(p, CANCEL_MS);
	(void)reap(p, &end);
	process_free(p);
}
