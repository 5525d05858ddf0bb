/* filters/refs.h: which filters refer to which (filter:NAME). */
#ifndef FILTERS_REFS_H
#define FILTERS_REFS_H

#include "config/diag.h"
#include "filters/program.h"

struct ref {
	uint32_t from, to;
	const struct config_text *at; /* borrowed; and its place there */
	size_t offset, length;
};

/* The references of one filter stand together. */
struct refs {
	struct ref *v;
	size_t n, cap;
	uint32_t from; /* the filter at hand */
	size_t first; /* its first one */
};

void refs_done(struct refs *r);

/* Adds those of one filter: begin, add, end.  The end gives the numbers of the
 * filters that it refers to, each once. */
void refs_begin(struct refs *r, uint32_t from);
void refs_add(struct refs *r, uint32_t to, const struct config_text *at,
    size_t offset, size_t length);
uint32_t *refs_end(struct refs *r, struct arena *a, size_t *n);

/* Sets the ruleset's order.  False, with a problem at its place, when filters
 * refer to one another in a circle or more than FILTER_DEPTH in a row. */
bool
refs_order(const struct refs *r, struct ruleset *rules, struct diags *diags);

#endif
