/* filters/program.h: the inside of a ruleset: queries as flat lists of nodes,
 * and what finds the filters that an item may concern. */
#ifndef FILTERS_PROGRAM_H
#define FILTERS_PROGRAM_H

#include "filters/entity.h"
#include "filters/lexicon.h"
#include "filters/query.h"

/* Children stand before their parent, the root stands last.  Links are the
 * number of a node + 1, 0 for none. */
struct node {
	enum query_kind kind;
	uint32_t kid, sibling; /* first child; next child of its parent */
	uint32_t near; /* the outermost NEAR that it is an operand in */
	uint32_t id; /* of a leaf: its atom or entity */
	unsigned fields; /* of a leaf: where it looks */
	unsigned distance; /* of NEAR and PRE */
	bool ordered; /* of NEAR: it is PRE */
	struct sv langs; /* of a language leaf: commas between */
	struct sv source; /* as written */
};

struct program {
	struct node *nodes;
	size_t n; /* 0: there is no such query */
};

struct names {
	struct sv *v;
	size_t n;
};

struct filter {
	const char *name;
	struct program match, veto;
	bool shout;
	struct names feeds, tags, langs; /* scope; empty: any */
	char revision[REVISION_CHARS + 1];
};

struct postings {
	uint32_t *first; /* natoms + 1 places in `filters` */
	uint32_t *filters;
};

struct ruleset {
	struct arena arena; /* what is below, but for the lexicon */
	struct lexicon lexicon;
	struct entity *entities;
	size_t nentities;
	struct filter *filters;
	size_t nfilters;
	size_t longest; /* nodes of the longest program */
	struct postings postings; /* by atom: filters that need it */
	uint32_t *always; /* filters without such an atom */
	size_t nalways;
};

/* "en" of "en-US"; empty when unknown. */
struct sv lang_primary(struct sv lang);

#endif
