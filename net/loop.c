/* net/loop.c: the event loop, over libevent. */
#include "net/loop.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <time.h>

TAILQ_HEAD(idle_list, loop_idle);

struct loop {
	struct event_base *base;
	struct idle_list asked;
	uint64_t round; /* of idle work */
	bool stopped;
	/* Of this turn, which begins with its first callback: waiting for
	 * events is no work.  -1: not begun. */
	int64_t now_ms, wall_ms;
	int64_t grain_ms; /* how much too early libevent's clock may be */
};

struct loop_idle {
	struct loop *loop; /* borrowed */
	loop_fn *fn;
	void *arg;
	bool asked;
	uint64_t round; /* in which it was asked */
	TAILQ_ENTRY(loop_idle) link;
};

struct timer {
	struct loop *loop; /* borrowed */
	struct event *ev;
	loop_fn *fn;
	void *arg;
};

struct loop_signal {
	struct loop *loop; /* borrowed */
	struct event *ev;
	loop_fn *fn;
	void *arg;
};

struct loop_io {
	struct loop *loop; /* borrowed */
	struct event *ev;
	loop_fn *fn;
	void *arg;
};

/* libevent counts with the cheap clock, which lags behind the real one by up to
 * its resolution. */
static int64_t
clock_grain_ms(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_nsec / 1000000 + 1;
}

struct loop *
loop_new(void)
{
	struct loop *l = mem_calloc(1, sizeof(*l));
	struct event_config *conf = event_config_new();

	/* A peer that is gone is an error of write(), not a death. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (conf != NULL) {
		(void)event_config_set_flag(conf, EVENT_BASE_FLAG_NOLOCK);
		l->base = event_base_new_with_config(conf);
		event_config_free(conf);
	}
	if (l->base == NULL)
		BUG("no event loop: out of memory or descriptors");
	TAILQ_INIT(&l->asked);
	l->now_ms = -1;
	l->grain_ms = clock_grain_ms();
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	assert(TAILQ_EMPTY(&l->asked));
	event_base_free(l->base);
	free(l);
}

/* What is asked for while this runs waits for the next turn. */
static void
run_idle(struct loop *l)
{
	struct loop_idle *i;

	l->round++;
	while ((i = TAILQ_FIRST(&l->asked)) != NULL && i->round != l->round) {
		loop_enter(l);
		TAILQ_REMOVE(&l->asked, i, link);
		i->asked = false;
		i->fn(i->arg);
	}
}

static void
run_turn(struct loop *l)
{
	int flags = EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY;
	int64_t spent;

	if (!TAILQ_EMPTY(&l->asked))
		flags |= EVLOOP_NONBLOCK;
	if (event_base_loop(l->base, flags) == -1)
		BUG("the event loop failed");
	run_idle(l);
	spent = l->now_ms < 0 ? 0 : clock_mono_ms() - l->now_ms;
	if (spent > metrics.loop_longest_ms)
		metrics.loop_longest_ms = spent;
	l->now_ms = -1;
}

void
loop_run(struct loop *l)
{
	while (!l->stopped)
		run_turn(l);
	l->stopped = false;
}

void
loop_stop(struct loop *l)
{
	l->stopped = true;
}

void
loop_enter(struct loop *l)
{
	if (l->now_ms >= 0)
		return;
	l->now_ms = clock_mono_ms();
	l->wall_ms = clock_wall_ms();
}

int64_t
loop_now_ms(const struct loop *l)
{
	return l->now_ms >= 0 ? l->now_ms : clock_mono_ms();
}

int64_t
loop_wall_ms(const struct loop *l)
{
	return l->now_ms >= 0 ? l->wall_ms : clock_wall_ms();
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct timer *t = arg;

	(void)fd;
	(void)what;
	loop_enter(t->loop);
	t->fn(t->arg);
}

struct timer *
timer_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct timer *t = mem_calloc(1, sizeof(*t));

	*t = (struct timer) { .loop = l, .fn = fn, .arg = arg };
	t->ev = evtimer_new(l->base, on_timer, t);
	return t;
}

void
timer_set(struct timer *t, int64_t delay_ms)
{
	struct timeval tv = { 0, 0 };

	if (delay_ms > 0) {
		delay_ms += t->loop->grain_ms;
		tv.tv_sec = (time_t)(delay_ms / 1000);
		tv.tv_usec = (suseconds_t)(delay_ms % 1000 * 1000);
	}
	if (evtimer_add(t->ev, &tv) != 0)
		BUG("a timer cannot be set");
}

void
timer_stop(struct timer *t)
{
	(void)evtimer_del(t->ev);
}

bool
timer_is_set(const struct timer *t)
{
	return evtimer_pending(t->ev, NULL) != 0;
}

void
timer_free(struct timer *t)
{
	if (t == NULL)
		return;
	event_free(t->ev);
	free(t);
}

static void
on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)signo;
	(void)what;
	loop_enter(s->loop);
	s->fn(s->arg);
}

struct loop_signal *
loop_on_signal(struct loop *l, int signo, loop_fn *fn, void *arg)
{
	struct loop_signal *s = mem_calloc(1, sizeof(*s));

	*s = (struct loop_signal) { .loop = l, .fn = fn, .arg = arg };
	s->ev = evsignal_new(l->base, signo, on_signal, s);
	if (s->ev == NULL || evsignal_add(s->ev, NULL) != 0)
		BUG("a signal cannot be caught");
	return s;
}

void
loop_signal_free(struct loop_signal *s)
{
	if (s == NULL)
		return;
	event_free(s->ev);
	free(s);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_io *io = arg;

	(void)fd;
	(void)what;
	loop_enter(io->loop);
	io->fn(io->arg);
}

struct loop_io *
loop_io_new(struct loop *l, int fd, bool rd, bool wr, loop_fn *fn, void *arg)
{
	struct loop_io *io = mem_calloc(1, sizeof(*io));
	short what = EV_PERSIST;

	what |= rd ? EV_READ : 0;
	what |= wr ? EV_WRITE : 0;
	*io = (struct loop_io) { .loop = l, .fn = fn, .arg = arg };
	io->ev = event_new(l->base, fd, what, on_ready, io);
	if (io->ev == NULL || event_add(io->ev, NULL) != 0)
		BUG("a descriptor cannot be watched");
	return io;
}

void
loop_io_free(struct loop_io *io)
{
	if (io == NULL)
		return;
	event_free(io->ev);
	free(io);
}

struct loop_idle *
loop_idle_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct loop_idle *i = mem_calloc(1, sizeof(*i));

	*i = (struct loop_idle) { .loop = l, .fn = fn, .arg = arg };
	return i;
}

void
loop_idle_ask(struct loop_idle *i)
{
	if (i->asked)
		return;
	i->asked = true;
	i->round = i->loop->round;
	TAILQ_INSERT_TAIL(&i->loop->asked, i, link);
}

void
loop_idle_free(struct loop_idle *i)
{
	if (i == NULL)
		return;
	if (i->asked)
		TAILQ_REMOVE(&i->loop->asked, i, link);
	free(i);
}

struct event_base *
loop_base(struct loop *l)
{
	return l->base;
}
