/* feeds/gate.c: lets one exchange at a time through to each host, spaced. */
#include "feeds/gate.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"
#include "base/url.h"

#include <assert.h>
#include <stdlib.h>

/* Lives while somebody waits or is through, and until its spacing has passed.
 */
struct gate_host {
	struct gate *gate;
	TAILQ_HEAD(, gate_pass) waiting;
	struct gate_pass *through;
	int64_t free_ms; /* next start, monotonic */
	struct timer *timer;
	char *name;
};

struct gate {
	struct loop *loop; /* borrowed */
	struct map hosts;
	int64_t gap_ms;
};

struct gate *
gate_new(struct loop *l, int64_t gap_ms)
{
	struct gate *g = mem_calloc(1, sizeof(*g));

	*g = (struct gate) { .loop = l, .gap_ms = gap_ms };
	map_init(&g->hosts);
	return g;
}

void
gate_set_gap(struct gate *g, int64_t gap_ms)
{
	g->gap_ms = gap_ms;
}

static void
free_host(struct gate_host *h)
{
	assert(TAILQ_EMPTY(&h->waiting) && h->through == NULL);
	timer_free(h->timer);
	(void)map_del(&h->gate->hosts, sv_of(h->name));
	free(h->name);
	free(h);
}

void
gate_free(struct gate *g)
{
	struct map_slot *slot;

	if (g == NULL)
		return;
	for (size_t i = 0; (slot = map_next(&g->hosts, &i)) != NULL;)
		free_host(slot->value);
	map_done(&g->hosts);
	free(g);
}

static void
arm(struct gate_host *h)
{
	if (h->through == NULL)
		timer_set(h->timer, h->free_ms - loop_now_ms(h->gate->loop));
}

/* The host is free: the first in line starts, or nobody needs it any more. */
static void
on_free(void *arg)
{
	struct gate_host *h = arg;
	struct gate_pass *p = TAILQ_FIRST(&h->waiting);
	int64_t now = loop_now_ms(h->gate->loop);

	if (now < h->free_ms) {
		arm(h);
		return;
	}
	if (p == NULL) {
		free_host(h);
		return;
	}
	TAILQ_REMOVE(&h->waiting, p, next);
	p->through = true;
	h->through = p;
	h->free_ms = now + h->gate->gap_ms;
	p->fn(p->arg);
}

static struct gate_host *
host_of(struct gate *g, struct sv url)
{
	struct str key;
	struct gate_host *h;

	str_init(&key, URL_BYTES);
	url_origin(&key, url);
	h = map_get(&g->hosts, str_sv(&key));
	if (h == NULL) {
		h = mem_calloc(1, sizeof(*h));
		h->gate = g;
		h->name = mem_strdup(str_c(&key));
		h->free_ms = loop_now_ms(g->loop);
		h->timer = timer_new(g->loop, on_free, h);
		TAILQ_INIT(&h->waiting);
		(void)map_put(&g->hosts, sv_of(h->name), h);
	}
	str_done(&key);
	return h;
}

void
gate_enter(
    struct gate *g, struct gate_pass *p, struct sv url, loop_fn *fn, void *arg)
{
	struct gate_host *h = host_of(g, url);

	assert(p->host == NULL);
	*p = (struct gate_pass) { .host = h, .fn = fn, .arg = arg };
	TAILQ_INSERT_TAIL(&h->waiting, p, next);
	arm(h);
}

void
gate_leave(struct gate_pass *p)
{
	struct gate_host *h = p->host;

	if (h == NULL)
		return;
	if (p->through)
		h->through = NULL;
	else
		TAILQ_REMOVE(&h->waiting, p, next);
	p->host = NULL;
	p->through = false;
	arm(h);
}

void
gate_hold(struct gate *g, struct sv url, int64_t ms)
{
	struct gate_host *h = host_of(g, url);
	int64_t until = loop_now_ms(g->loop) + ms;

	if (until > h->free_ms)
		h->free_ms = until;
	arm(h);
}
