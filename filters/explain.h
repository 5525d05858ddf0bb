/* filters/explain.h: why a filter matches an item, or does not. */
#ifndef FILTERS_EXPLAIN_H
#define FILTERS_EXPLAIN_H

#include "base/str.h"
#include "filters/ruleset.h"

/* Appends, per clause, what matched and where, what was missing, what vetoed;
 * returns whether the filter matches (always what ruleset_match() says). */
bool ruleset_explain(const struct ruleset *r, size_t filter, struct matcher *m,
    const struct item *it, bool colour, struct str *out);

#endif
