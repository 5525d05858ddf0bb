/* tests/sim/fake_loop.c: net/loop.h with simulated time. */
#include "tests/sim/sim.h"

#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>

struct timer {
	struct loop *loop;
	TAILQ_ENTRY(timer) next;
	loop_fn *fn;
	void *arg;
	bool set;
	int64_t at_ms;
	uint64_t order; /* first set, first run */
};

struct loop_idle {
	struct timer *timer;
};

struct loop {
	TAILQ_HEAD(, timer) timers;
	int64_t now_ms;
	uint64_t order;
	bool stopped;
};

struct loop *
loop_new(void)
{
	struct loop *l = mem_calloc(1, sizeof(*l));

	TAILQ_INIT(&l->timers);
	l->now_ms = 1000;
	return l;
}

void
loop_free(struct loop *l)
{
	if (l != NULL && !TAILQ_EMPTY(&l->timers))
		BUG("a timer outlives its loop");
	free(l);
}

static struct timer *
first_until(struct loop *l, int64_t until_ms)
{
	struct timer *t, *first = NULL;

	TAILQ_FOREACH (t, &l->timers, next)
		if (t->set && t->at_ms <= until_ms &&
		    (first == NULL || t->at_ms < first->at_ms ||
			(t->at_ms == first->at_ms && t->order < first->order)))
			first = t;
	return first;
}

static int64_t run_for_ms = INT64_MAX / 2;
static int64_t wall_ms = SIM_EPOCH_MS; /* goes on from loop to loop */

void
sim_for(int64_t ms)
{
	run_for_ms = ms;
}

int64_t
sim_wall_ms(void)
{
	return wall_ms;
}

static void
pass_until(struct loop *l, int64_t at_ms)
{
	if (at_ms <= l->now_ms)
		return;
	wall_ms += at_ms - l->now_ms;
	l->now_ms = at_ms;
}

static struct appointment {
	int64_t after_ms;
	loop_fn *fn;
	void *arg;
	struct timer *timer;
} appointments[4];
static size_t nappointments;

static struct loop_signal {
	loop_fn *fn;
	void *arg;
} signals[NSIG];

void
sim_at(int64_t after_ms, loop_fn *fn, void *arg)
{
	if (nappointments == COUNTOF(appointments))
		BUG("too many appointments");
	appointments[nappointments++] = (struct appointment) { after_ms, fn,
		arg, NULL };
}

void
sim_begin(int64_t at_ms)
{
	wall_ms = at_ms;
	nappointments = 0;
}

void
sim_set_wall(int64_t to_ms)
{
	wall_ms = to_ms;
}

void
sim_raise(int signo)
{
	if (signals[signo].fn != NULL)
		signals[signo].fn(signals[signo].arg);
}

static void
keep_appointments(struct loop *l)
{
	for (size_t i = 0; i < nappointments; i++) {
		struct appointment *a = &appointments[i];

		a->timer = timer_new(l, a->fn, a->arg);
		timer_set(a->timer, a->after_ms);
	}
}

static void
drop_appointments(void)
{
	while (nappointments != 0)
		timer_free(appointments[--nappointments].timer);
}

void
loop_run(struct loop *l)
{
	int64_t until = l->now_ms + run_for_ms;
	struct timer *t;

	l->stopped = false;
	keep_appointments(l);
	while (!l->stopped && (t = first_until(l, until)) != NULL) {
		pass_until(l, t->at_ms);
		t->set = false;
		t->fn(t->arg);
	}
	if (!l->stopped)
		pass_until(l, until);
	drop_appointments();
}

void
loop_stop(struct loop *l)
{
	l->stopped = true;
}

int64_t
loop_now_ms(const struct loop *l)
{
	return l->now_ms;
}

int64_t
loop_wall_ms(const struct loop *l)
{
	(void)l;
	return wall_ms;
}

struct timer *
timer_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct timer *t = mem_calloc(1, sizeof(*t));

	t->loop = l;
	t->fn = fn;
	t->arg = arg;
	TAILQ_INSERT_TAIL(&l->timers, t, next);
	return t;
}

void
timer_set(struct timer *t, int64_t delay_ms)
{
	t->set = true;
	t->at_ms = t->loop->now_ms + (delay_ms > 0 ? delay_ms : 0);
	t->order = t->loop->order++;
}

void
timer_stop(struct timer *t)
{
	t->set = false;
}

bool
timer_is_set(const struct timer *t)
{
	return t->set;
}

void
timer_free(struct timer *t)
{
	if (t == NULL)
		return;
	TAILQ_REMOVE(&t->loop->timers, t, next);
	free(t);
}

struct loop_signal *
loop_on_signal(struct loop *l, int signo, loop_fn *fn, void *arg)
{
	(void)l;
	signals[signo] = (struct loop_signal) { fn, arg };
	return &signals[signo];
}

void
loop_signal_free(struct loop_signal *s)
{
	if (s != NULL)
		s->fn = NULL;
}

struct loop_io *
loop_io_new(
    struct loop *l, int fd, bool read, bool write, loop_fn *fn, void *arg)
{
	(void)l;
	(void)fd;
	(void)read;
	(void)write;
	(void)fn;
	(void)arg;
	return NULL;
}

void
loop_io_free(struct loop_io *io)
{
	(void)io;
}

/* The end of the turn: after all that is due now. */
struct loop_idle *
loop_idle_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct loop_idle *i = mem_calloc(1, sizeof(*i));

	i->timer = timer_new(l, fn, arg);
	return i;
}

void
loop_idle_ask(struct loop_idle *i)
{
	if (!timer_is_set(i->timer))
		timer_set(i->timer, 0);
}

void
loop_idle_free(struct loop_idle *i)
{
	if (i == NULL)
		return;
	timer_free(i->timer);
	free(i);
}
