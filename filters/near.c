/* filters/near.c: what stands near what. */
#include "filters/near.h"

struct joiner {
	struct spans *spans;
	const struct text *text;
	unsigned distance;
	uint32_t result;
};

static void
add_pair(struct joiner *j, uint32_t before, uint32_t after)
{
	const struct span a = j->spans->v[before - 1];
	const struct span b = j->spans->v[after - 1];
	uint32_t pair;

	if (b.first - a.last > j->distance ||
	    j->text->tokens[a.last].part != j->text->tokens[b.first].part)
		return;
	pair = span_new(j->spans, a.first, b.last, j->result);
	j->result = pair != 0 ? pair : j->result;
}

/* For each span of `after`, the one of `before` that ends last before it; for
 * each of `before`, the one of `after` that begins first after it.  `before` is
 * sorted by its ends. */
static void
join(struct joiner *j, uint32_t before, uint32_t after)
{
	struct span *v;
	uint32_t a = before, b = after, closest = 0;

	for (; b != 0; b = j->spans->v[b - 1].next) {
		for (v = j->spans->v; a != 0 && v[a - 1].last < v[b - 1].first;
		     a = v[a - 1].next)
			closest = a;
		if (closest != 0)
			add_pair(j, closest, b);
	}
	for (a = before, b = after; a != 0; a = j->spans->v[a - 1].next) {
		for (v = j->spans->v; b != 0 && v[b - 1].first <= v[a - 1].last;
		     b = v[b - 1].next)
			;
		if (b != 0)
			add_pair(j, a, b);
	}
}

uint32_t
near_join(struct spans *s, const struct text *t, uint32_t left, uint32_t right,
    unsigned distance, bool ordered)
{
	struct joiner j = { s, t, distance, 0 };

	left = span_sort(s, left, true);
	join(&j, left, right);
	if (!ordered) {
		left = span_sort(s, left, false);
		right = span_sort(s, right, true);
		join(&j, right, left);
	}
	return span_sort(s, j.result, false);
}
