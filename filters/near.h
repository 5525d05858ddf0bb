/* filters/near.h: what stands near what. */
#ifndef FILTERS_NEAR_H
#define FILTERS_NEAR_H

#include "filters/span.h"
#include "filters/text.h"

/* The list of the closest pairs of a span of `left` and one of `right` that do
 * not overlap and are at most `distance` tokens apart, each pair as one span;
 * `ordered`: the left one first.  Both lists are used up. */
uint32_t near_join(struct spans *s, const struct text *t, uint32_t left,
    uint32_t right, unsigned distance, bool ordered);

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
