/* filters/near.h: what stands near what. */
#ifndef FILTERS_NEAR_H
#define FILTERS_NEAR_H

#include "filters/span.h"
#include "filters/text.h"

struct near {
	unsigned distance; /* in tokens */
	bool ordered; /* the left one comes first */
	bool all; /* every pair, not only those of the closest */
};

/* The list of pairs of a span of `left` and one of `right` that do not overlap
 * and are near one another, each pair as one span.  The closest pairs have all
 * beginnings and all ends that any pair has.  Both lists are used up. */
uint32_t near_join(struct spans *s, const struct text *t, uint32_t left,
    uint32_t right, const struct near *near);

/* The list of the spans of `left` that have none of `right` at most `distance`
 * tokens away in the same part; one that overlaps is near, the very same place
 * is not.  Both lists are used up. */
uint32_t near_without(struct spans *s, const struct text *t, uint32_t left,
    uint32_t right, unsigned distance);

/* How far apart the closest pair that do not overlap stands; 0: no part holds
 * both.  Both lists are used up. */
unsigned near_distance(struct spans *s, const struct text *t, uint32_t left,
    uint32_t right, bool ordered);

#endif
