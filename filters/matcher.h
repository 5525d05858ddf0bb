/* filters/matcher.h: what is known of the item at hand, and which nodes of a
 * filter hold. */
#ifndef FILTERS_MATCHER_H
#define FILTERS_MATCHER_H

#include "filters/nfc.h"
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
	uint32_t near; /* where spans are needed: the list of them */
};

/* Does a filter match this item?  Known when `epoch` is the matcher's. */
struct outcome {
	uint32_t epoch;
	bool matches;
	uint32_t collected; /* the last collection that it was part of */
};

/* What a regular expression found in this item. */
struct search {
	uint32_t epoch;
	uint32_t first, n; /* in `finds` */
	bool gave_up; /* a limit was reached: there may be more */
	bool cut; /* not all of a field was looked at */
};

struct find {
	uint32_t part;
	uint32_t start, length; /* in its text */
};

/* The text of a part as regular expressions see it. */
struct normal {
	uint32_t epoch;
	bool cut; /* at REGEX_TEXT_BYTES */
	struct nfc nfc;
};

/* How far an evaluation goes.  What is not looked at yet is taken to speak for
 * the filter. */
enum stage {
	STAGE_WORDS,
	STAGE_FILTERS, /* and other filters */
	STAGE_ALL /* and regular expressions */
};

/* Of an atom, from one token to another. */
struct occurrence {
	uint32_t atom, first, last;
};

#define OCCURRENCES 128

struct matcher {
	const struct ruleset *rules;
	const struct item *item;
	struct langs *langs; /* at the item: the one place to ask for its own */
	struct text text;
	uint32_t epoch; /* the number of the item */
	uint64_t rules_seed; /* of the rules that is known of: */
	uint32_t items; /* read with them */
	uint32_t learn_at; /* so many items the anchors are chosen anew */
	const struct anchors *anchors; /* the rules' or these: */
	struct anchors learned;
	struct chooser *choosing; /* others, a step with each item; or NULL */

	struct spans spans;
	struct found *atoms;
	struct found *entities; /* two each: without and with `shout` */
	uint64_t *seen; /* a bit by atom */
	uint64_t guards[GUARDS / 64]; /* a bit by guard */
	uint32_t *times; /* items that each atom was in, with these rules */
	uint32_t *present; /* the atoms of this one */
	size_t npresent;
	struct occurrence waiting[OCCURRENCES]; /* not among the spans yet */
	size_t nwaiting;
	uint64_t *candidates; /* a bit by filter */
	uint64_t *crowds; /* a bit by word of `candidates` that is not 0 */
	size_t ncrowds; /* words */
	uint32_t *needed; /* candidates that others need to match */
	size_t nneeded;
	struct verdict *verdicts; /* by node of one program */
	struct outcome *outcomes; /* by filter */
	struct search *searches; /* by regular expression */
	struct normal *normals; /* by part */
	struct find *finds;
	size_t nfinds, capfinds;
	size_t capatoms, capentities, capseen, captimes, cappresent,
	    capcandidates, capneeded, capcrowds, capverdicts, capoutcomes,
	    capsearches, capnormals;
	struct regex_search *regex; /* NULL until one is needed */
	uint64_t regex_steps; /* left for this item */
	uint64_t gave_up; /* regular expressions, since matcher_new() */
	uint64_t cut; /* items, since matcher_new() */
	enum stage stage;
	bool unscoped; /* filters look at every item */

	struct hit hits[HITS_PER_MATCH];
	size_t nhits;
	uint32_t collection; /* the number of the one at hand */
	uint32_t *queue; /* filters whose hits it still wants */
	size_t nqueue, capqueue;
};

/* Reads the item: its tokens, its atoms, the filters it may concern. */
void
matcher_read(struct matcher *m, const struct ruleset *r, const struct item *it);

/* Takes the next filter that the item may concern, in the order of their
 * numbers; false: there are no more. */
bool matcher_next_candidate(struct matcher *m, size_t *filter);

bool matcher_in_scope(const struct matcher *m, const struct filter *f);

/* Does the filter match: its scope, its match, its veto?  Known after the first
 * call.  Leaves no verdicts. */
bool matcher_outcome(struct matcher *m, uint32_t filter);

/* What must come before matcher_eval(): finds the entities of a filter and the
 * outcomes of those that it refers to.  Leaves no verdicts. */
void matcher_prepare(struct matcher *m, const struct filter *f);

/* Evaluates a program; what it says of each node stays in m->verdicts. */
bool matcher_eval(
    struct matcher *m, const struct filter *f, const struct program *p);

/* Evaluates once more what is below a node: the lists of spans of its children,
 * which its own evaluation used up, are there again. */
void matcher_renew_kids(struct matcher *m, const struct filter *f,
    const struct program *p, size_t node);

/* After matcher_outcome() said yes: fills m->hits, also with those of filters
 * that it refers to. */
void matcher_collect(struct matcher *m, uint32_t filter);

/* Does a name of an entity count in this item, wherever it stands? */
enum name_weight {
	NAME_COUNTS,
	NAME_OTHER_LANGUAGE,
	NAME_NEEDS, /* something that is not there */
	NAME_WITHOUT /* something that is there */
};
enum name_weight
matcher_weigh_name(const struct matcher *m, const struct entity_name *n);

/* The first span of the list that the leaf takes; go on with its `next`. */
uint32_t matcher_accept(const struct matcher *m, const struct filter *f,
    const struct node *n, uint32_t list);

/* All spans of a leaf's atom or entity. */
uint32_t
matcher_spans(struct matcher *m, const struct filter *f, const struct node *n);

/* Runs a regular expression over the fields that it looks at, once an item. */
const struct search *matcher_search(struct matcher *m, const struct node *n);
struct sv matcher_find_text(const struct matcher *m, const struct find *f);

/* Does a leaf look at this field (of lead: at the beginning of it)? */
bool matcher_looks_at(const struct node *n, enum field f);

#endif
