/* filters/near.c: what stands near what. */
#include "filters/near.h"

#include "base/limits.h"

#include <stdlib.h>

struct joiner {
	struct spans *spans;
	const struct text *text;
	const struct near *near;
	uint32_t result;
	unsigned closest; /* 0: no pair was seen */
};

static void
add_pair(struct joiner *j, uint32_t before, uint32_t after)
{
	const struct span a = j->spans->v[before - 1];
	const struct span b = j->spans->v[after - 1];
	unsigned distance = b.first - a.last;
	uint32_t pair;

	if (j->text->tokens[a.last].part != j->text->tokens[b.first].part)
		return;
	if (j->closest == 0 || distance < j->closest)
		j->closest = distance;
	if (distance > j->near->distance)
		return;
	pair = span_new(j->spans, a.first, b.last, j->result);
	j->result = pair != 0 ? pair : j->result;
}

/* For each span of `after`, the one of `before` that ends last before it; for
 * each of `before`, the one of `after` that begins first after it. */
static void
join_closest(struct joiner *j, uint32_t before, uint32_t after)
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

/* Where what is close enough to a span begins: in its part. */
static uint32_t
reach_of(const struct joiner *j, const struct span *s)
{
	uint32_t part = j->text->parts[j->text->tokens[s->first].part].first;

	return s->first - part > j->near->distance
	    ? s->first - j->near->distance
	    : part;
}

/* For each span of `after` all of `before` that end close enough before it.
 * False when there are too many. */
static bool
join_all(struct joiner *j, uint32_t before, uint32_t after)
{
	size_t left = NEAR_PAIRS;

	for (uint32_t b = after; b != 0; b = j->spans->v[b - 1].next) {
		uint32_t begin = j->spans->v[b - 1].first;
		uint32_t reach = reach_of(j, &j->spans->v[b - 1]);
		const struct span *v;

		for (v = j->spans->v; before != 0 && v[before - 1].last < reach;
		     before = v[before - 1].next)
			;
		for (uint32_t a = before;
		     a != 0 && j->spans->v[a - 1].last < begin;
		     a = j->spans->v[a - 1].next) {
			if (left-- == 0)
				return false;
			add_pair(j, a, b);
		}
	}
	return true;
}

/* `before` is sorted by its ends.  The closest pairs must do where there are
 * too many: where words are so dense some of them will fit. */
static void
join(struct joiner *j, uint32_t before, uint32_t after)
{
	const uint32_t result = j->result;

	if (j->near->all && join_all(j, before, after))
		return;
	j->spans->cut = j->spans->cut || j->near->all;
	j->result = result;
	join_closest(j, before, after);
}

static void
join_both_ways(struct joiner *j, uint32_t left, uint32_t right)
{
	left = span_sort(j->spans, left, true);
	join(j, left, right);
	if (!j->near->ordered) {
		left = span_sort(j->spans, left, false);
		right = span_sort(j->spans, right, true);
		join(j, right, left);
	}
}

uint32_t
near_join(struct spans *s, const struct text *t, uint32_t left, uint32_t right,
    const struct near *near)
{
	struct joiner j = { s, t, near, 0, 0 };

	join_both_ways(&j, left, right);
	return span_drop_same(s, span_sort(s, j.result, false));
}

unsigned
near_distance(struct spans *s, const struct text *t, uint32_t left,
    uint32_t right, bool ordered)
{
	const struct near near = { .ordered = ordered };
	struct joiner j = { s, t, &near, 0, 0 };

	join_both_ways(&j, left, right);
	return j.closest;
}

/* Spans by where they begin, and again by where they end. */
struct places {
	uint64_t *whole; /* first, then last */
	uint32_t *lasts;
	size_t n;
};

static int
compare_whole(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int
compare_lasts(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
places_init(struct places *p, const struct spans *s, uint32_t list)
{
	size_t n = 0;

	for (uint32_t at = list; at != 0; at = s->v[at - 1].next)
		n++;
	*p = (struct places) { mem_calloc(n + 1, sizeof(*p->whole)),
		mem_calloc(n + 1, sizeof(*p->lasts)), 0 };
	for (uint32_t at = list; at != 0; at = s->v[at - 1].next) {
		const struct span *span = &s->v[at - 1];

		p->whole[p->n] = (uint64_t)span->first << 32 | span->last;
		p->lasts[p->n++] = span->last;
	}
	qsort(p->whole, n, sizeof(*p->whole), compare_whole);
	qsort(p->lasts, n, sizeof(*p->lasts), compare_lasts);
}

/* How many begin before `first`, or there and end before `last`. */
static size_t
count_before(const struct places *p, uint64_t first, uint64_t last)
{
	uint64_t limit = first << 32 | last;
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->whole[mid] < limit)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t
count_ended(const struct places *p, uint32_t before)
{
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->lasts[mid] < before)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* What begins before the reach of a span ends and ends after that begins,
 * touches it. */
static bool
has_near(const struct places *p, const struct text *t, const struct span *s,
    unsigned distance)
{
	const struct part *part = &t->parts[t->tokens[s->first].part];
	uint32_t from = s->first - part->first > distance ? s->first - distance
							  : part->first;
	uint32_t to = part->end - 1 - s->last > distance ? s->last + distance
							 : part->end - 1;
	size_t touching = count_before(p, (uint64_t)to + 1, 0) -
	    count_ended(p, from);
	size_t same = count_before(p, s->first, (uint64_t)s->last + 1) -
	    count_before(p, s->first, s->last);

	return touching > same;
}

uint32_t
near_without(struct spans *s, const struct text *t, uint32_t left,
    uint32_t right, unsigned distance)
{
	uint32_t *link = &left;
	struct places p;

	if (left == 0 || right == 0)
		return left;
	places_init(&p, s, right);
	while (*link != 0) {
		struct span *span = &s->v[*link - 1];

		if (has_near(&p, t, span, distance))
			*link = span->next;
		else
			link = &span->next;
	}
	free(p.whole);
	free(p.lasts);
	return left;
}
