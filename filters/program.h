/* filters/program.h: the inside of a ruleset: queries as flat lists of nodes,
 * and what finds the filters that an item may concern. */
#ifndef FILTERS_PROGRAM_H
#define FILTERS_PROGRAM_H

#include "filters/entity.h"
#include "filters/lang.h"
#include "filters/lexicon.h"
#include "filters/query.h"
#include "filters/regex.h"

/* Children stand before their parent, the root stands last.  Links are the
 * number of a node + 1, 0 for none. */
struct node {
	enum query_kind kind : 8;
	bool ordered; /* of NEAR: it is PRE */
	bool negated; /* that it holds speaks against the filter */
	uint8_t depth; /* in how many NEARs it is an operand; see matcher.c */
	unsigned fields; /* of a leaf: where it looks */
	uint32_t kid, sibling; /* first child; next child of its parent */
	uint32_t near; /* the outermost one that needs its spans: NEAR, ... */
	uint32_t id; /* of a leaf: its atom, entity, filter or regex */
	unsigned distance; /* of NEAR, PRE and NOT NEAR */
	unsigned count; /* of ATLEAST and OF */
	const char *langs; /* of a language leaf: commas between */
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
	uint32_t *refs; /* filters that it refers to, each once */
	size_t nrefs;
	bool searches; /* has regular expressions */
	char revision[REVISION_CHARS + 1];
};

/* Filters to be looked at, by atom or filter.  A posting is the number of the
 * filter, how many guards it has, and the guards: it counts when one of them is
 * there, or when there are none.  All of it stands in a row, as memory answers
 * fast only where it is read in a row. */
struct postings {
	uint32_t *first; /* one more than there are keys: places in `v` */
	uint16_t *v;
};

#define POSTING_GUARDS 3 /* where they begin */

static inline uint32_t
posting_filter(const uint16_t *posting)
{
	return posting[0] | (uint32_t)posting[1] << 16;
}

static inline size_t
posting_guards(const uint16_t *posting)
{
	return posting[2];
}

/* A guard is what 16 bits hold of an atom's number: one that is taken for
 * another costs a look at a filter. */
#define GUARDS 65536

/* What finds the filters that an item may concern. */
struct anchors {
	struct postings atoms; /* filters that need it */
	struct postings filters; /* those that need it to match */
	uint32_t *always; /* filters without such an atom */
	size_t nalways;
};

struct ruleset {
	struct arena arena; /* what is below, but for the lexicon */
	struct lexicon lexicon;
	struct entity *entities;
	size_t nentities;
	struct filter *filters;
	size_t nfilters;
	uint32_t *order; /* all filters, those that others refer to first */
	struct regex **regexes; /* owned */
	size_t nregexes, capregexes;
	size_t longest; /* nodes of the longest program */
	struct anchors anchors; /* to begin with */
};

#endif
