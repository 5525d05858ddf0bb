/* filters/revision.h: digests that change when a meaning may have changed. */
#ifndef FILTERS_REVISION_H
#define FILTERS_REVISION_H

#include "filters/program.h"

/* Over the names of an entity and how it is shown. */
void
revision_of_entity(char out[REVISION_CHARS + 1], const struct config_entity *e);

/* Sets that of a filter: over its queries and scope, the entities it uses and
 * the filters it refers to, whose own are set already. */
void revision_of_filter(
    struct ruleset *r, uint32_t filter, const struct config_filter *f);

#endif
