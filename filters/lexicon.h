/* filters/lexicon.h: the words of all filters, found in one pass. */
#ifndef FILTERS_LEXICON_H
#define FILTERS_LEXICON_H

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "filters/text.h"

/* A word or phrase that filters ask for is an atom, known by its number.
 * Different spellings of one (cease-fire, ceasefire) are sequences of it. */
struct atom {
	bool exact;
	uint32_t weight; /* how rare it seems: letters */
};

#define WORD_SHORT 16 /* bytes that need no memory of their own */

struct word {
	uint64_t hash;
	uint16_t folded_len, exact_len;
	uint16_t literal; /* bytes before the first wildcard */
	bool wild;
	bool exact; /* case must not differ */
	union {
		char folded[WORD_SHORT]; /* when it fits and is not exact */
		const char *bytes; /* folded, and exact behind it */
	} at;
};

struct sequence {
	uint32_t atom;
	uint32_t words, nwords;
	uint32_t next; /* sequence + 1 that ends at the same node; 0: none */
	bool katakana; /* all of it: never part of a longer run */
	bool open; /* * at the end: may go on */
	bool phrase; /* long enough that short stems count */
};

#define NODE_BYTES 37

/* Sequences that begin alike share nodes; node 0 is where all of them begin.
 * All that most look-ups need is in one line of the cache. */
struct lexicon_node {
	uint32_t word; /* that leads here */
	uint32_t before; /* word + 1 that must come before it: first two words
			    are one step; 0: none */
	uint32_t next; /* node of the same key; 0: none */
	uint32_t ends; /* sequence + 1 */
	uint32_t atom; /* of the one sequence that ends here, if it is: */
	bool lone; /* the only one, and no katakana */
	bool goes_on, goes_on_wild; /* with a word, with a wildcard */
	bool plain; /* no wildcards, case may differ, and it fits in here: */
	uint8_t before_len, word_len; /* folded */
	char bytes[NODE_BYTES]; /* of the word before, and of the word */
};

/* What the place of a slot does not tell of a key, its tag does, but for few
 * bits: short, as slots are many and the cache is small. */
struct lexicon_slot {
	uint32_t tag;
	uint32_t head; /* node; 0: free */
};

/* A Bloom filter. */
struct lexicon_bloom {
	uint64_t *words;
	uint64_t mask; /* one less than there are words */
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
	struct lexicon_node *nodes;
	size_t nnodes, capnodes;
	struct lexicon_slot *slots;
	size_t nslots;
	struct lexicon_bloom bloom; /* keys that lead on from node 0 */
	struct lexicon_bloom firsts; /* first words, but for those with
					wildcards */
	bool prefixes[LEXICON_PREFIXES]; /* which lengths are in use */
	/* Until it is sealed: */
	struct map known; /* spelling -> atom number + 1 */
	struct text scratch;
	struct arena scratch_words;
	struct str marked, spelling;
};

void lexicon_init(struct lexicon *l, uint64_t seed);
void lexicon_done(struct lexicon *l);

/* Adds the words of a query or a name (may hold wildcards); the same again is
 * the same atom.  False when they cannot be searched for. */
bool lexicon_add(struct lexicon *l, struct sv words, bool exact, uint32_t *atom,
    struct err *e);

static inline bool
word_is_short(const struct word *w)
{
	return !w->exact && w->folded_len <= WORD_SHORT;
}

static inline struct sv
word_folded(const struct word *w)
{
	return (struct sv) { word_is_short(w) ? w->at.folded : w->at.bytes,
		w->folded_len };
}

/* Of an exact word. */
static inline struct sv
word_exact(const struct word *w)
{
	return (struct sv) { w->at.bytes + w->folded_len, w->exact_len };
}

/* To be called once, after the last lexicon_add(). */
void lexicon_seal(struct lexicon *l);

typedef void lexicon_fn(uint32_t atom, size_t first, size_t last, void *arg);

/* Calls `fn` for each occurrence, in the order of the tokens they begin with;
 * of those of one sequence at one token, for the shortest.  The work at a token
 * does not grow with the number of sequences, but for words whose wildcards
 * follow the same letters. */
void lexicon_find(
    const struct lexicon *l, const struct text *t, lexicon_fn *fn, void *arg);

#endif
