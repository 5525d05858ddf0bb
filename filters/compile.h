/* filters/compile.h: from a configuration to a ruleset. */
#ifndef FILTERS_COMPILE_H
#define FILTERS_COMPILE_H

#include "config/config.h"
#include "filters/ruleset.h"

/* Parses all queries, resolves entities and runs every `expect`.  All problems
 * go to `diags` with their place; NULL when there was an error, or `c` is
 * broken.  The ruleset keeps what it needs and does not refer to `c`
 * afterwards. */
struct ruleset *ruleset_compile(const struct config *c, struct diags *diags);

/* Reads a configuration and compiles it, so that problems of options, names and
 * queries go to `diags` in one run.  NULL when the configuration had errors;
 * `*rules` is NULL when that or the filters had any. */
struct config *ruleset_load(const char *path, enum config_use use,
    struct ruleset **rules, struct diags *diags);

/* One query without a configuration, as a filter named "query"; `entities` may
 * be NULL.  Warned of is what lint_config() warns of in filters. */
struct ruleset *ruleset_compile_query(
    struct sv query, const struct config *entities, struct diags *diags);

#endif
