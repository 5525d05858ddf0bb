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

void
sim_begin(void)
{
	wall_ms = SIM_EPOCH_MS;
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

/* One of each is enough. */
static struct {
	int64_t after_ms;
	loop_fn *fn;
	void *arg;
} appointment;

static struct loop_signal {
	loop_fn *fn;
	void *arg;
} signals[NSIG];

void
sim_at(int64_t after_ms, loop_fn *fn, void *arg)
{
	appointment.after_ms = after_ms;
	appointment.fn = fn;
	appointment.arg = arg;
}

void
sim_raise(int signo)
{
	if (signals[signo].fn != NULL)
		signals[signo].fn(signals[signo].arg);
}

static struct timer *
make_appointment(struct loop *l)
{
	struct timer *t;

	if (appointment.fn == NULL)
		return NULL;
	t = timer_new(l, appointment.fn, appointment.arg);
	timer_set(t, appointment.after_ms);
	appointment.fn = NULL;
	return t;
}

void
loop_run(struct loop *l)
{
	int64_t until = l->now_ms + run_for_ms;
	struct timer *t, *kept = make_appointment(l);

	l->stopped = false;
	while (!l->stopped && (t = first_until(l, until)) != NULL) {
		pass_until(l, t->at_ms);
		t->set = false;
		t->fn(t->arg);
	}
	if (!l->stopped)
		pass_until(l, until);
	timer_free(kept);
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
