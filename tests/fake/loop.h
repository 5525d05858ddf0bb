/* tests/fake/loop.h: a loop whose time passes when the test says so.  To be
 * included by one file of a program: it takes the place of net/loop.c. */
#ifndef TESTS_FAKE_LOOP_H
#define TESTS_FAKE_LOOP_H

#include "base/mem.h"
#include "net/loop.h"

#include <signal.h>
#include <stdlib.h>

#define FAKE_TIMERS 64
#define FAKE_TURNS 100000 /* of one stretch of time: more is a busy loop */

struct timer {
	struct loop *loop;
	loop_fn *fn;
	void *arg;
	int64_t due_ms; /* -1: not set */
	uint64_t order; /* of equals, the one that was set first */
};

struct loop_idle {
	struct loop *loop;
	loop_fn *fn;
	void *arg;
	bool asked;
};

struct loop {
	int64_t now_ms, wall_ms;
	uint64_t order;
	/* Callbacks until the process is killed, as by kill -9; 0: never. */
	unsigned kill_after;
	struct timer *timers[FAKE_TIMERS];
	struct loop_idle *idles[FAKE_TIMERS];
};

struct loop *
loop_new(void)
{
	struct loop *l = mem_calloc(1, sizeof(*l));

	l->now_ms = 5000;
	l->wall_ms = 1711429929123; /* 2024-03-26T05:12:09.123Z */
	return l;
}

void
loop_free(struct loop *l)
{
	for (size_t i = 0; i < FAKE_TIMERS; i++)
		if (l->timers[i] != NULL || l->idles[i] != NULL)
			BUG("a timer outlives the loop");
	free(l);
}

int64_t
loop_now_ms(const struct loop *l)
{
	return l->now_ms;
}

int64_t
loop_wall_ms(const struct loop *l)
{
	return l->wall_ms;
}

struct timer *
timer_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct timer *t = mem_calloc(1, sizeof(*t));
	size_t i = 0;

	*t = (struct timer) { l, fn, arg, -1, 0 };
	while (i < FAKE_TIMERS - 1 && l->timers[i] != NULL)
		i++;
	l->timers[i] = t;
	return t;
}

void
timer_set(struct timer *t, int64_t delay_ms)
{
	t->due_ms = t->loop->now_ms + (delay_ms > 0 ? delay_ms : 0);
	t->order = ++t->loop->order;
}

void
timer_stop(struct timer *t)
{
	t->due_ms = -1;
}

bool
timer_is_set(const struct timer *t)
{
	return t->due_ms >= 0;
}

void
timer_free(struct timer *t)
{
	for (size_t i = 0; t != NULL && i < FAKE_TIMERS; i++)
		if (t->loop->timers[i] == t)
			t->loop->timers[i] = NULL;
	free(t);
}

struct loop_idle *
loop_idle_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct loop_idle *w = mem_calloc(1, sizeof(*w));
	size_t i = 0;

	*w = (struct loop_idle) { l, fn, arg, false };
	while (i < FAKE_TIMERS - 1 && l->idles[i] != NULL)
		i++;
	l->idles[i] = w;
	return w;
}

void
loop_idle_ask(struct loop_idle *w)
{
	w->asked = true;
}

void
loop_idle_free(struct loop_idle *w)
{
	for (size_t i = 0; w != NULL && i < FAKE_TIMERS; i++)
		if (w->loop->idles[i] == w)
			w->loop->idles[i] = NULL;
	free(w);
}

/* There are no descriptors here. */
struct loop_io *
loop_io_new(
    struct loop *l, int fd, bool read, bool write, loop_fn *fn, void *arg)
{
	(void)l, (void)fd, (void)read, (void)write, (void)fn, (void)arg;
	BUG("a descriptor on a loop without any");
}

void
loop_io_free(struct loop_io *io)
{
	(void)io;
}

static void
fake_call(struct loop *l, loop_fn *fn, void *arg)
{
	if (l->kill_after != 0 && --l->kill_after == 0)
		(void)raise(SIGKILL);
	fn(arg);
}

static bool
fake_run_idle(struct loop *l)
{
	bool any = false;

	for (size_t i = 0; i < FAKE_TIMERS; i++) {
		struct loop_idle *w = l->idles[i];

		if (w == NULL || !w->asked)
			continue;
		w->asked = false;
		any = true;
		fake_call(l, w->fn, w->arg);
	}
	return any;
}

/* The timer that is due first, not after `until_ms`; NULL: none. */
static struct timer *
fake_next_timer(struct loop *l, int64_t until_ms)
{
	struct timer *next = NULL;

	for (size_t i = 0; i < FAKE_TIMERS; i++) {
		struct timer *t = l->timers[i];

		if (t != NULL && t->due_ms >= 0 && t->due_ms <= until_ms &&
		    (next == NULL || t->due_ms < next->due_ms ||
			(t->due_ms == next->due_ms && t->order < next->order)))
			next = t;
	}
	return next;
}

/* Lets time pass on both clocks, and happen what happens in it. */
static void
fake_pass(struct loop *l, int64_t ms)
{
	int64_t until_ms = l->now_ms + ms;
	struct timer *t;

	for (size_t turns = 0; turns < FAKE_TURNS; turns++) {
		if (fake_run_idle(l))
			continue;
		t = fake_next_timer(l, until_ms);
		if (t == NULL) {
			l->wall_ms += until_ms - l->now_ms;
			l->now_ms = until_ms;
			return;
		}
		l->wall_ms += t->due_ms - l->now_ms;
		l->now_ms = t->due_ms;
		t->due_ms = -1;
		fake_call(l, t->fn, t->arg);
	}
	BUG("the loop never rests");
}

#endif
