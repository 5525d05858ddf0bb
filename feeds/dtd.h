/* feeds/dtd.h: reads over a document type declaration, keeping only its short
 * literal entities.  Nothing else of it is looked at, and nothing is loaded. */
#ifndef FEEDS_DTD_H
#define FEEDS_DTD_H

#include "base/limits.h"
#include "base/str.h"

struct dtd {
	bool in_subset, in_declaration;
	char quote; /* open; 0: none */
	struct str text; /* the start of the declaration being read */
	char last[2]; /* its last two bytes */
	struct arena arena;
	struct {
		struct sv name, value;
	} entities[DTD_ENTITIES];
	size_t nentities;
};

void dtd_init(struct dtd *d);
void dtd_done(struct dtd *d);

/* Takes bytes from behind "<!DOCTYPE" on.  Returns how many belong to the
 * declaration without its final '>'; v.len when that has not come. */
size_t dtd_push(struct dtd *d, struct sv v);

/* The text of an entity that the document declared. */
bool dtd_entity(const struct dtd *d, struct sv name, struct sv *value);

#endif
