/* filters/anchors.h: which filters an atom may concern. */
#ifndef FILTERS_ANCHORS_H
#define FILTERS_ANCHORS_H

#include "filters/program.h"

/* Files each filter under atoms of which one must stand in whatever it
 * matches, the rarest that will do.  `seen` tells in how many items each atom
 * was seen; NULL: nothing is known, and long words are taken to be rarer. */
struct anchors anchors_choose(const struct ruleset *r, const uint32_t *seen);

void anchors_done(struct anchors *a);

#endif
