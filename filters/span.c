/* filters/span.c: lists of places in an item, in one pool. */
#include "filters/span.h"

#include "base/limits.h"

#define SORT_BINS 32 /* lists of 1, 2, 4 ... spans */

uint32_t
span_new(struct spans *s, uint32_t first, uint32_t last, uint32_t next)
{
	if (s->n == ITEM_SPANS || s->made == ITEM_SPANS_MADE) {
		s->cut = true;
		return 0;
	}
	s->made++;
	s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = (struct span) { first, last, next };
	return (uint32_t)s->n;
}

size_t
span_count(const struct spans *s, uint32_t list)
{
	size_t n = 0;

	for (; list != 0; list = s->v[list - 1].next)
		n++;
	return n;
}

static bool
comes_first(const struct span *a, const struct span *b, bool by_last)
{
	if (by_last)
		return a->last <= b->last;
	return a->first < b->first ||
	    (a->first == b->first && a->last >= b->last);
}

static uint32_t
merge(struct spans *s, uint32_t a, uint32_t b, bool by_last)
{
	uint32_t head = 0, *tail = &head;

	while (a != 0 && b != 0) {
		bool first = comes_first(&s->v[a - 1], &s->v[b - 1], by_last);

		*tail = first ? a : b;
		tail = &s->v[*tail - 1].next;
		if (first)
			a = *tail;
		else
			b = *tail;
	}
	*tail = a != 0 ? a : b;
	return head;
}

uint32_t
span_merge(struct spans *s, uint32_t a, uint32_t b)
{
	return merge(s, a, b, false);
}

uint32_t
span_sort(struct spans *s, uint32_t list, bool by_last)
{
	uint32_t bins[SORT_BINS] = { 0 }, sorted = 0;

	while (list != 0) {
		uint32_t one = list;
		size_t i = 0;

		list = s->v[one - 1].next;
		s->v[one - 1].next = 0;
		for (; bins[i] != 0; i++) {
			one = merge(s, bins[i], one, by_last);
			bins[i] = 0;
		}
		bins[i] = one;
	}
	for (size_t i = 0; i < SORT_BINS; i++)
		sorted = merge(s, bins[i], sorted, by_last);
	return sorted;
}

uint32_t
span_drop_same(struct spans *s, uint32_t list)
{
	for (uint32_t at = list; at != 0; at = s->v[at - 1].next) {
		struct span *span = &s->v[at - 1];

		while (span->next != 0 &&
		    s->v[span->next - 1].first == span->first &&
		    s->v[span->next - 1].last == span->last)
			span->next = s->v[span->next - 1].next;
	}
	return list;
}

uint32_t
span_keep_longest(struct spans *s, uint32_t list)
{
	uint32_t *link = &list, end = 0; /* one after what is covered */

	while (*link != 0) {
		struct span *span = &s->v[*link - 1];

		if (span->last < end) {
			*link = span->next;
			continue;
		}
		end = span->last + 1;
		link = &span->next;
	}
	return list;
}

uint32_t
span_drop_inside(struct spans *s, uint32_t list, uint32_t cover)
{
	struct cover c = { cover, 0 };
	uint32_t *link = &list;

	while (*link != 0) {
		struct span *span = &s->v[*link - 1];

		if (cover_has(s, &c, span))
			*link = span->next;
		else
			link = &span->next;
	}
	return list;
}

bool
cover_has(const struct spans *s, struct cover *c, const struct span *span)
{
	for (; c->list != 0 && s->v[c->list - 1].first <= span->first;
	     c->list = s->v[c->list - 1].next)
		if (s->v[c->list - 1].last >= c->end)
			c->end = s->v[c->list - 1].last + 1;
	return span->last < c->end;
}
