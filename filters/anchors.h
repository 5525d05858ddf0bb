/* filters/anchors.h: which filters an atom may concern. */
#ifndef FILTERS_ANCHORS_H
#define FILTERS_ANCHORS_H

#include "filters/program.h"

/* Files each filter under atoms of which one must stand in whatever it
 * matches, the rarest that will do. */
void anchors_choose(struct ruleset *r);

#endif
