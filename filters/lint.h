/* filters/lint.h: what is allowed in filters and entities, but hardly meant. */
#ifndef FILTERS_LINT_H
#define FILTERS_LINT_H

#include "config/config.h"

/* Warns, each at its place and with the name of the lint in brackets.  `c` must
 * compile without errors.  Entities of built-in packs are not looked at. */
void lint_config(const struct config *c, struct diags *diags);

#endif
