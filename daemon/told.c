/* daemon/told.c: what the readers of each filter were told of an item. */
#include "daemon/told.h"

#include <stdlib.h>

/* Of a span of time. */
static int64_t
left_of(int64_t span_ms, int64_t since_ms, int64_t now_ms)
{
	if (now_ms < since_ms || now_ms - since_ms >= span_ms)
		return 0;
	return since_ms + span_ms - now_ms;
}

int64_t
update_gap_ms(int64_t since_ms, int64_t now_ms)
{
	return left_of(UPDATE_GAP_MS, since_ms, now_ms);
}

void
told_init(struct told *l)
{
	*l = (struct told) { 0 };
	arena_init(&l->arena);
}

void
told_done(struct told *l)
{
	free(l->v);
	arena_done(&l->arena);
}

static void
on_row(const struct store_told *t, void *arg)
{
	struct told *l = arg;
	struct store_told *to;

	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(*l->v));
	l->v[l->n].done = false;
	to = &l->v[l->n++].t;
	*to = *t;
	to->feed = arena_sv(&l->arena, t->feed);
	to->filter = arena_sv(&l->arena, t->filter);
	to->title = arena_sv(&l->arena, t->title);
	to->lead = arena_sv(&l->arena, t->lead);
}

bool
told_read(struct told *l, struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], struct err *e)
{
	return store_each_told(s, feed, key, on_row, l, e);
}

struct told_row *
told_find(const struct told *l, const char *filter)
{
	size_t first = 0, end = l->n;

	while (first < end) {
		size_t middle = first + (end - first) / 2;
		int order = sv_cmp(l->v[middle].t.filter, sv_of(filter));

		if (order == 0)
			return &l->v[middle];
		if (order < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

int64_t
told_wait_ms(const struct store_told *t, int64_t now_ms)
{
	int64_t gap = update_gap_ms(t->told_ms, now_ms), day = 0;

	if (t->updates >= UPDATES_PER_DAY)
		day = left_of(DAY_MS, t->since_ms, now_ms);
	return gap > day ? gap : day;
}

void
told_count_update(struct store_told *t, int64_t now_ms)
{
	if (left_of(DAY_MS, t->since_ms, now_ms) == 0) {
		t->since_ms = now_ms;
		t->updates = 0;
	}
	t->updates++;
	t->told_ms = now_ms;
}
