/* filters/lexicon.h: the words of all filters, found in one pass. */
#ifndef FILTERS_LEXICON_H
#define FILTERS_LEXICON_H

#include "base/err.h"
#include "base/map.h"
#include "filters/text.h"

/* A word or phrase that filters ask for is an atom, known by its number.
 * Different spellings of one (cease-fire, ceasefire) are sequences of it. */
struct atom {
	bool exact;
	uint32_t weight; /* how rare it seems: letters */
};

struct word {
	uint64_t hash;
	struct sv folded, exact; /* exact.p is NULL when case may differ */
	uint32_t literal; /* bytes before the first wildcard */
	bool wild;
};

struct sequence {
	uint32_t atom;
	uint32_t words, nwords;
	uint32_t next; /* sequence + 1 of the same key; 0: none */
	bool katakana; /* all of it: never part of a longer run */
	bool open; /* * at the end: may go on */
	bool phrase; /* long enough that short stems count */
};

struct lexicon_slot {
	uint64_t key;
	uint32_t head; /* sequence + 1; 0: free */
};

#define LEXICON_PREFIXES 8

struct lexicon {
	uint64_t seed;
	struct arena arena; /* the bytes of the words */
	struct atom *atoms;
	size_t natoms, capatoms;
	struct word *words;
	size_t nwords, capwords;
	struct sequence *sequences;
	size_t nsequences, capsequences;
	struct lexicon_slot *slots;
	size_t nslots;
	bool prefixes[LEXICON_PREFIXES]; /* which lengths are in use */
	struct map known; /* spelling -> atom number + 1 */
	struct text scratch;
};

void lexicon_init(struct lexicon *l, uint64_t seed);
void lexicon_done(struct lexicon *l);

/* Adds the words of a query or a name (may hold wildcards); the same again is
 * the same atom.  False when they cannot be searched for. */
bool lexicon_add(struct lexicon *l, struct sv words, bool exact, uint32_t *atom,
    struct err *e);

/* To be called once, after the last lexicon_add(). */
void lexicon_seal(struct lexicon *l);

typedef void lexicon_fn(uint32_t atom, size_t first, size_t last, void *arg);

/* Calls `fn` for each occurrence, in the order of the tokens they begin with;
 * of those of one sequence at one token, for the shortest. */
void lexicon_find(
    const struct lexicon *l, const struct text *t, lexicon_fn *fn, void *arg);

#endif
