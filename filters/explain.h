/* filters/explain.h: why a filter matches an item, or does not. */
#ifndef FILTERS_EXPLAIN_H
#define FILTERS_EXPLAIN_H

#include "base/str.h"
#include "filters/ruleset.h"

/* Appends, per clause, what matched and where, what was missing, what vetoed;
 * returns whether the filter matches (always what ruleset_match() says). */
bool ruleset_explain(const struct ruleset *r, size_t filter, struct matcher *m,
    const struct item *it, bool colour, struct str *out);

/* The same as one JSON object:
 * {"filter","matches","in_scope","vetoed","match":CLAUSE,"not":CLAUSE}.
 * A clause is {"kind","holds"} and, where there are any, "query" (but for and,
 * or, not), "places" (field, text, start, length; the first few of "count"),
 * "gave_up", "why" it does not hold, "of" (clauses), and "filter" (another
 * filter, the first time). */
bool ruleset_explain_json(const struct ruleset *r, size_t filter,
    struct matcher *m, const struct item *it, struct str *out);

#endif
