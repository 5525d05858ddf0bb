/* filters/anchors.h: which filters an atom may concern. */
#ifndef FILTERS_ANCHORS_H
#define FILTERS_ANCHORS_H

#include "filters/program.h"

/* Files each filter under atoms of which one must stand in whatever it
 * matches, the rarest that will do; long words are taken to be rarer. */
struct anchors anchors_choose(const struct ruleset *r);

/* The same step by step, as it takes long, and by what was seen.  `seen` tells
 * in how many items each atom was; it is taken over. */
struct chooser *anchors_begin(const struct ruleset *r, uint32_t *seen);

/* Goes on until about so many nodes of filters were looked at.  True: that was
 * all, and anchors_end() may come. */
bool anchors_go_on(struct chooser *c, size_t nodes);
struct anchors anchors_end(struct chooser *c);

void anchors_give_up(struct chooser *c); /* instead of it; NULL is fine */
void anchors_done(struct anchors *a);

#endif
