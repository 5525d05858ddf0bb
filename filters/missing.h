/* filters/missing.h: why a query does not hold, in a few words. */
#ifndef FILTERS_MISSING_H
#define FILTERS_MISSING_H

#include "filters/matcher.h"

/* After matcher_outcome() said no: appends what was missing or in the way. */
void missing_list(struct matcher *m, const struct filter *f, struct str *out);

/* Appends why a leaf that does not hold finds nothing: it stands nowhere, or
 * in other fields, or does not count. */
void missing_leaf(struct matcher *m, const struct filter *f,
    const struct node *n, struct str *out);

/* Appends how far a group that does not hold was from holding, if that can be
 * said: ": the nearest are 7 words apart".  Leaves no verdicts of the spans
 * below it. */
void missing_group(struct matcher *m, const struct filter *f,
    const struct program *p, size_t node, struct str *out);

#endif
