/* daemon/commit.c: what one turn of the loop changes, in one transaction. */
#include "daemon/commit.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

#include <stdlib.h>
#include <string.h>

/* One transaction: measured to take some 10 ms at most, so that the loop does
 * not stall. */
#define COMMIT_CHANGES 200
#define COMMIT_MS 10

#define COMMIT_SOON_MS 10

#define RETRY_MIN_MS (1 * SEC_MS)
#define RETRY_MAX_MS (30 * SEC_MS)

struct change {
	commit_apply_fn *apply;
	commit_done_fn *done, *drop;
	void *arg; /* owned until done or dropped */
};

struct committer {
	struct store *store; /* borrowed */
	struct loop_idle *idle;
	struct timer *soon;
	struct timer *retry; /* set while commits fail */
	int64_t wait_ms; /* of the next retry; 0: not stuck */
	struct change *waiting;
	size_t n, cap;
	void (*on_stuck)(bool stuck, void *arg);
	void *stuck_arg;
};

/* Applies as many changes as one transaction should hold. */
static bool
apply(struct committer *c, size_t *applied, struct err *e)
{
	int64_t began_ms = clock_mono_ms();
	size_t n = 0;

	if (!store_begin(c->store, e))
		return false;
	while (n < c->n && n < COMMIT_CHANGES &&
	    (n == 0 || clock_mono_ms() - began_ms < COMMIT_MS)) {
		if (!c->waiting[n].apply(c->store, c->waiting[n].arg, e)) {
			store_rollback(c->store);
			return false;
		}
		n++;
	}
	*applied = n;
	return store_commit(c->store, e);
}

/* The changes leave the queue before their callbacks, which may add others. */
static void
finish(struct committer *c, size_t n)
{
	struct change *done = mem_alloc(n * sizeof(*done));

	memcpy(done, c->waiting, n * sizeof(*done));
	c->n -= n;
	memmove(c->waiting, c->waiting + n, c->n * sizeof(*done));
	for (size_t i = 0; i < n; i++)
		done[i].done(done[i].arg);
	free(done);
}

static void
get_stuck(struct committer *c, const struct err *e)
{
	bool first = c->wait_ms == 0;

	metrics.commit_failures++;
	c->wait_ms = first ? RETRY_MIN_MS : c->wait_ms * 2;
	if (c->wait_ms > RETRY_MAX_MS)
		c->wait_ms = RETRY_MAX_MS;
	timer_set(c->retry, c->wait_ms);
	if (!first)
		return;
	log_error("cannot store; trying again until it works",
	    KV("error", e->msg), KV_INT("waiting", c->n));
	if (c->on_stuck != NULL)
		c->on_stuck(true, c->stuck_arg);
}

static void
get_unstuck(struct committer *c)
{
	if (c->wait_ms == 0)
		return;
	c->wait_ms = 0;
	log_info("storing works again", KV_INT("waiting", c->n));
	if (c->on_stuck != NULL)
		c->on_stuck(false, c->stuck_arg);
}

/* False: nothing was committed. */
static bool
commit_some(struct committer *c, struct err *e)
{
	size_t n = 0;

	if (!apply(c, &n, e))
		return false;
	metrics.commits++;
	finish(c, n);
	return true;
}

static void
on_turn_end(void *arg)
{
	struct committer *c = arg;
	struct err e;

	if (c->n == 0 || timer_is_set(c->retry))
		return;
	if (!commit_some(c, &e)) {
		get_stuck(c, &e);
		return;
	}
	get_unstuck(c);
	timer_stop(c->soon);
	if (c->n != 0)
		loop_idle_ask(c->idle);
}

struct committer *
committer_new(struct loop *l, struct store *s)
{
	struct committer *c = mem_calloc(1, sizeof(*c));

	c->store = s;
	c->idle = loop_idle_new(l, on_turn_end, c);
	c->soon = timer_new(l, on_turn_end, c);
	c->retry = timer_new(l, on_turn_end, c);
	return c;
}

void
committer_free(struct committer *c)
{
	struct err e;

	if (c == NULL)
		return;
	while (c->n != 0 && commit_some(c, &e))
		continue;
	for (size_t i = 0; i < c->n; i++)
		c->waiting[i].drop(c->waiting[i].arg);
	timer_free(c->soon);
	timer_free(c->retry);
	loop_idle_free(c->idle);
	free(c->waiting);
	free(c);
}

static void
put(struct committer *c, struct change change)
{
	c->waiting = mem_grow(
	    c->waiting, &c->cap, c->n + 1, sizeof(*c->waiting));
	c->waiting[c->n++] = change;
}

void
committer_add(struct committer *c, commit_apply_fn *fn, commit_done_fn *done,
    commit_done_fn *drop, void *arg)
{
	put(c, (struct change) { fn, done, drop, arg });
	loop_idle_ask(c->idle);
}

void
committer_add_soon(struct committer *c, commit_apply_fn *fn,
    commit_done_fn *done, commit_done_fn *drop, void *arg)
{
	put(c, (struct change) { fn, done, drop, arg });
	if (c->n >= COMMIT_CHANGES)
		loop_idle_ask(c->idle);
	else if (!timer_is_set(c->soon))
		timer_set(c->soon, COMMIT_SOON_MS);
}

bool
committer_is_stuck(const struct committer *c)
{
	return c->wait_ms != 0;
}

void
committer_on_stuck(
    struct committer *c, void (*fn)(bool stuck, void *arg), void *arg)
{
	c->on_stuck = fn;
	c->stuck_arg = arg;
}
