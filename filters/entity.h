/* filters/entity.h: things with names in many languages. */
#ifndef FILTERS_ENTITY_H
#define FILTERS_ENTITY_H

#include "config/config.h"
#include "filters/lexicon.h"

#define REVISION_CHARS 32

/* A list of atoms. */
struct atoms {
	uint32_t *v;
	size_t n;
};

struct entity_name {
	uint32_t atom;
	struct sv lang; /* only in items of this language, or of none */
	bool weak;
	struct atoms needs, without, never; /* of a weak name */
};

/* As filters use it.  Lives in the arena of the ruleset. */
struct entity {
	const char *key, *label, *wikidata; /* the last may be NULL */
	struct entity_name *names;
	size_t nnames;
	struct atoms never;
	char revision[REVISION_CHARS + 1];
};

/* Adds an entity's names to the lexicon; problems go to `diags`. */
void entity_compile(struct entity *e, const struct config_entity *c,
    struct lexicon *l, struct arena *a, struct diags *diags);

/* By what queries may call entities: key, name, aka or Wikidata id, in any
 * case.  Values are entities of `c`. */
void entity_index(struct map *index, const struct config *c);
const struct config_entity *
entity_find(const struct map *index, struct sv name);

#endif
