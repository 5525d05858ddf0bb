/* filters/sketch.h: what is kept of an item's text, in a few hundred bytes, to
 * tell whether another item is a copy of it.  Pure. */
#ifndef FILTERS_SKETCH_H
#define FILTERS_SKETCH_H

#include "base/err.h"
#include "feeds/item.h"
#include "filters/text.h"

/* A sample is the smallest hashes of a set, ascending: of two sets their
 * samples tell how much of the smaller one the larger one contains. */
#define SKETCH_BODY 24
#define SKETCH_LEAD 8
#define SKETCH_NUMBERS 12
#define SKETCH_SUBJECT 8
#define SKETCH_WORDS 16 /* 64 bits each */

/* The hashes have the same seed in every process, so that sketches outlive it;
 * where these or the folding of words change, SKETCH_VERSION must. */
#define SKETCH_VERSION 3

struct sketch {
	uint32_t body[SKETCH_BODY]; /* of each three words in a row */
	uint32_t lead[SKETCH_LEAD]; /* the same of the first 50 words */
	uint32_t numbers[SKETCH_NUMBERS]; /* those of two digits and more */
	uint32_t subject[SKETCH_SUBJECT]; /* words of the title that the body
					   * has, too, or of a short one all */
	uint64_t words[SKETCH_WORDS]; /* a Bloom filter of all words, which
				       * says little of a long text */
	uint8_t nbody, nlead, nnumbers, nsubject;
	uint8_t title_words; /* 255: that many or more */
	uint64_t title; /* of its words; 0: there is none */
	uint64_t text; /* of all words of the body; 0: there are too few */
	uint64_t link; /* of its canonical form; 0: it names no page */
};

/* The body of an item: its article or, without one, the longer of content and
 * summary. */
struct sv sketch_body_of(const struct item *it);

/* Sketches an item; `scratch` is the caller's, overwritten, and may be used
 * again.  Where the body has under 10 words the title counts as part of it.  In
 * scripts without blanks two characters count as a word.  `feed_link` is the
 * feed's own link, which names no item. */
void sketch_item(struct text *scratch, const struct item *it,
    struct sv feed_link, struct sketch *out);

struct overlap {
	unsigned shared;
	double contained; /* of the smaller set in the larger one; 0 to 1 */
};

/* Compares samples of at most `max` hashes.  Bit i of `ignored`: hash i of `a`
 * counts on neither side. */
struct overlap sample_overlap(const uint32_t *a, size_t na, const uint32_t *b,
    size_t nb, size_t max, uint32_t ignored);

struct likeness {
	struct overlap body, lead, numbers;
	bool same_link, same_text, same_title;
	/* Each has a word of its subject that the other lacks altogether. */
	bool other_subject;
};

/* `body_ignored` and `lead_ignored` as above, of the samples of `a`. */
void sketch_compare(const struct sketch *a, const struct sketch *b,
    uint32_t body_ignored, uint32_t lead_ignored, struct likeness *out);

/* What makes two items the same story, the strongest first. */
#define LIKENESSES(X) \
	X(LIKE_NOT, "not") \
	X(LIKE_LEAD, "lead") /* one begins as the other does */ \
	X(LIKE_BODY, "body") /* one has much of the other's text */ \
	X(LIKE_TITLE, \
	    "title") /* a long title, word by word, and a few words */ \
	X(LIKE_TEXT, "text") /* the body, word by word */ \
	X(LIKE_LINK, "link") /* the page behind them */
#define LIKENESS_ENUM(enumerator, name) enumerator,
enum likeness_kind {
	LIKENESSES(LIKENESS_ENUM) LIKE_COUNT
};
#undef LIKENESS_ENUM

const char *likeness_name(enum likeness_kind k);

/* The thresholds are measured: docs/STORIES.md. */
#define LIKE_BODY_SHARED 4
#define LIKE_BODY_CONTAINED 0.5
#define LIKE_SHORT_SHARED 5 /* where one has under SKETCH_BODY in all */
#define LIKE_LEAD_SHARED 4
#define LIKE_LEAD_CONTAINED 0.75
#define LIKE_NUMBERS_CONTAINED 0.5 /* or it is a template filled anew */
#define LIKE_TITLE_WORDS 6

/* One source has the same lines above or below many texts: its own items must
 * have that much in common both as a whole and at the beginning. */
#define LIKE_SAME_SOURCE_CONTAINED 0.75

/* Of the two sketches that `l` compares. */
enum likeness_kind likeness_kind_of(const struct likeness *l,
    const struct sketch *a, const struct sketch *b, bool same_source);

/* Has `a` numbers that `b` lacks, as far as the samples tell? */
bool sketch_has_new_numbers(const struct sketch *a, const struct sketch *b);

/* The share of the smaller text that the larger one has, as far as the samples
 * tell: 1 for the same text. */
double likeness_contained(const struct likeness *l);

/* A sketch as bytes, the same on every machine. */
#define SKETCH_BYTES \
	(5 + 8 * (3 + SKETCH_WORDS) + \
	    4 * (SKETCH_BODY + SKETCH_LEAD + SKETCH_NUMBERS + SKETCH_SUBJECT))
void sketch_encode(const struct sketch *s, unsigned char out[SKETCH_BYTES]);

/* False, with `out` untouched: no sketch has these bytes. */
bool sketch_decode(
    const unsigned char in[SKETCH_BYTES], struct sketch *out) MUST_CHECK;

#endif
