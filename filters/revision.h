/* filters/revision.h: digests that change when a meaning may have changed. */
#ifndef FILTERS_REVISION_H
#define FILTERS_REVISION_H

#include "filters/program.h"

/* Over the names of an entity and how it is shown. */
void
revision_of_entity(char out[REVISION_CHARS + 1], const struct config_entity *e);

/* Over the queries and the scope of a filter, and the entities it uses. */
void
revision_of_filter(char out[REVISION_CHARS + 1], const struct config_filter *f,
    const struct filter *compiled, const struct entity *entities);

#endif
