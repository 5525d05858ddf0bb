/* filters/span.h: lists of places in an item, in one pool. */
#ifndef FILTERS_SPAN_H
#define FILTERS_SPAN_H

#include "base/mem.h"

/* From one token to another.  A list is known by its head: the number of its
 * first span + 1, or 0.  Lists are in the order of `first`, of equal ones the
 * longest comes first. */
struct span {
	uint32_t first, last;
	uint32_t next; /* span + 1; 0: none */
};

struct spans {
	struct span *v;
	size_t n, cap;
	size_t made; /* also of those that have gone */
	bool cut; /* some that were wanted are not there */
};

/* Adds a span that is in no list yet; returns its number + 1, or 0 when there
 * are ITEM_SPANS already or ITEM_SPANS_MADE were made, which also sets `cut`.
 */
uint32_t
span_new(struct spans *s, uint32_t first, uint32_t last, uint32_t next);

size_t span_count(const struct spans *s, uint32_t list);

/* Merges two lists into one; both are used up. */
uint32_t span_merge(struct spans *s, uint32_t a, uint32_t b);

/* Sorts a list; `by_last` orders by the end instead. */
uint32_t span_sort(struct spans *s, uint32_t list, bool by_last);

/* Drops spans that are in the list already. */
uint32_t span_drop_same(struct spans *s, uint32_t list);

/* Drops spans that lie inside others of the list. */
uint32_t span_keep_longest(struct spans *s, uint32_t list);

/* Drops spans that lie inside a span of `cover`. */
uint32_t span_drop_inside(struct spans *s, uint32_t list, uint32_t cover);

/* What a list covers, asked span by span in the order of `first`. */
struct cover {
	uint32_t list; /* what is left of it; at first all */
	uint32_t end; /* one after what is covered; at first 0 */
};

/* Does a span of the list cover this one? */
bool cover_has(const struct spans *s, struct cover *c, const struct span *span);

#endif
