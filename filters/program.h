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

/* A filter to be looked at, if its guard is there. */
struct posting {
	uint32_t filter;
	uint32_t guard; /* an atom; or GUARD_LIST and a place in `guards` */
};

#define GUARD_LIST UINT32_C(0x80000000)
#define GUARD_NONE UINT32_MAX

/* By atom or filter. */
struct postings {
	uint32_t *first; /* one more than there are keys: places in `v` */
	struct posting *v;
};

/* What finds the filters that an item may concern. */
struct anchors {
	struct postings atoms; /* filters that need it */
	struct postings filters; /* those that need it to match */
	uint32_t *guards; /* lists: a count and so many atoms, of which one must
			     be there besides */
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
