/* filters/fold.h: characters in the one form in which texts and queries are
 * compared. */
#ifndef FILTERS_FOLD_H
#define FILTERS_FOLD_H

#include "base/limits.h"
#include "base/str.h"
#include "filters/charinfo.h"

/* The generated entry of a code point; see charinfo.h. */
uint32_t char_entry(uint32_t cp);

/* The entry of the character at `at` and its length; 0 and 0 at the end. */
uint32_t char_entry_at(struct sv v, size_t at, size_t *len);

/* The canonical combining class; 0: it is no mark that moves. */
uint32_t char_combining_class(uint32_t cp);

/* The canonical decomposition, marks as they come; returns its length.  Hangul
 * syllables stay whole. */
#define CHAR_DECOMPOSED_MAX 5
size_t char_decompose(uint32_t cp, uint32_t out[CHAR_DECOMPOSED_MAX]);

static inline enum char_class
char_class(uint32_t cp)
{
	return CHAR_CLASS(char_entry(cp));
}

/* One code point per token, in scripts without blanks. */
static inline bool
char_is_sequence(enum char_class c)
{
	return c >= CHAR_SEQUENCE && c <= CHAR_VOICING;
}

static inline bool
char_is_word(enum char_class c)
{
	return c >= CHAR_LETTER && c <= CHAR_MARK;
}

#define FOLDED_MAX TOKEN_BYTES /* code points of one word */

/* A word as code points. */
struct folded {
	uint32_t v[FOLDED_MAX];
	size_t n;
	bool cut; /* it was longer than fits */
};

/* Appends the folded form of a code point: case, compatibility, width, most
 * diacritics and look-alike letters of one script are gone. */
void folded_add(struct folded *f, uint32_t cp);

/* Appends the canonical form, in ordinary width: equal for canonically
 * equivalent words only. */
void folded_add_exact(struct folded *f, uint32_t cp);

/* Folds a word of a text (or keeps its exact form): characters that do not
 * belong to words are skipped, but for & and for dots after digits. */
void folded_word(struct folded *f, struct sv word, bool exact);

/* The word as UTF-8, written into `out`. */
struct sv folded_bytes(const struct folded *f, char out[FOLDED_MAX * 4]);

/* Appends the folded form of a whole name, with single blanks between words:
 * for looking names up. */
void fold_name(struct str *out, struct sv name);

#endif
