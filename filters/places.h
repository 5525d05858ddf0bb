/* filters/places.h: where the leaves of a query stand, for explanations. */
#ifndef FILTERS_PLACES_H
#define FILTERS_PLACES_H

#include "filters/matcher.h"

#define PLACES_SHOWN 5 /* of one leaf */

struct places {
	struct find v[PLACES_SHOWN];
	size_t n, total;
	bool gave_up; /* there may be more: a regular expression was stopped */
};

/* After matcher_eval(), of a leaf that holds.  Of the operands of NEAR only
 * what is near, if anything is. */
struct places
places_find(struct matcher *m, const struct filter *f, const struct node *n);

#endif
