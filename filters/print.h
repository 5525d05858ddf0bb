/* filters/print.h: queries in their one canonical form. */
#ifndef FILTERS_PRINT_H
#define FILTERS_PRINT_H

#include "filters/query.h"

#define QUERY_COLUMNS 80

/* Makes trees alike that say the same: AND within AND and OR within OR become
 * one level, neighbours that look in one field become a group, and what
 * separates words is one blank.  Afterwards `fields` of an inner node is where
 * all of its leaves look, or 0 when they differ. */
void query_normalize(struct query *q, struct arena *a);

/* Appends a normalized tree as text that query_parse() reads as the same tree:
 * as few parentheses and quotes as that allows; on one line when it fits
 * QUERY_COLUMNS, else with operators at the beginning of lines.  False when
 * `out` is full. */
bool query_print(const struct query *q, struct str *out);

#endif
