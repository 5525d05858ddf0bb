/* filters/matcher.h: what is known of the item at hand, and which nodes of a
 * filter hold. */
#ifndef FILTERS_MATCHER_H
#define FILTERS_MATCHER_H

#include "filters/program.h"
#include "filters/span.h"

/* Spans of an atom or entity; of this item only when `epoch` is the matcher's.
 */
struct found {
	uint32_t epoch;
	uint32_t head, tail; /* of a list of spans */
};

/* What an evaluation says of a node. */
struct verdict {
	bool holds;
	bool counts; /* it and all above it hold: it is a reason to match */
	uint32_t near; /* in NEAR: the list of its spans */
};

struct matcher {
	const struct ruleset *rules;
	const struct item *item;
	struct sv lang; /* primary language of the item */
	struct text text;
	uint32_t epoch; /* the number of the item */

	struct spans spans;
	struct found *atoms;
	struct found *entities; /* two each: without and with `shout` */
	uint64_t *candidates; /* a bit by filter */
	struct verdict *verdicts; /* by node of one program */
	size_t capatoms, capentities, capcandidates, capverdicts;
	struct hit hits[HITS_PER_MATCH];
	size_t nhits;
};

/* Reads the item: its tokens, its atoms, the filters it may concern. */
void
matcher_read(struct matcher *m, const struct ruleset *r, const struct item *it);

bool matcher_in_scope(const struct matcher *m, const struct filter *f);

/* Finds the entities of a program: their spans outlast an evaluation. */
void matcher_find_entities(
    struct matcher *m, const struct filter *f, const struct program *p);

/* Evaluates a program; what it says of each node stays in m->verdicts. */
bool matcher_eval(
    struct matcher *m, const struct filter *f, const struct program *p);

/* After matcher_eval() said yes: fills m->hits. */
void matcher_collect(
    struct matcher *m, const struct filter *f, const struct program *p);

/* Does a name of an entity count in this item, wherever it stands? */
enum name_weight {
	NAME_COUNTS,
	NAME_OTHER_LANGUAGE,
	NAME_NEEDS, /* something that is not there */
	NAME_WITHOUT /* something that is there */
};
enum name_weight
matcher_weigh_name(const struct matcher *m, const struct entity_name *n);

/* Does the item match, whatever its scope?  If so, fills m->hits. */
bool matcher_judge(struct matcher *m, const struct filter *f);

/* The first span of the list that the leaf takes; go on with its `next`. */
uint32_t matcher_accept(const struct matcher *m, const struct filter *f,
    const struct node *n, uint32_t list);

/* All spans of a leaf's atom or entity. */
uint32_t
matcher_spans(struct matcher *m, const struct filter *f, const struct node *n);

#endif
