/* tests/unit/reference_text.h: the words of a text, read slowly and obviously,
 * with ICU as the authority on characters.  Shares no code with filters/.
 *
 * Characters.  Ill-formed bytes separate.  What is invisible (joiners, soft
 * hyphens, bidi controls, variation selectors, tatweel, skin tones) is taken
 * out first.  Then width forms become ordinary, then all is in form NFC.
 *
 * Words are runs of letters, marks and digits; but each character of a script
 * without blanks (Han, kana, Thai, Lao, Burmese, Khmer) is a word, with kana
 * voicing marks behind it.  Emoji that are joined are a word, two regional
 * letters are.  Addresses (http://, https://, www.) are not words.
 *
 * Inside a word may stand: a comma or dot between digits (the comma is not part
 * of the word), & after one or two letters, a quote between Hebrew letters (not
 * part of it).  Letters with a dot after each, two at least, are one word
 * without dots.
 *
 * Words with one hyphen or apostrophe between them are a run.  An s behind an
 * apostrophe is no word.  A run of words with hyphens can also be read joined,
 * and so can two words with an apostrophe when the first is one letter; but
 * none with such an s inside.
 *
 * # and @ before a word that no word stands before begin a hashtag: a run that
 * is cut where lower case becomes upper, before the last of several capitals
 * that lower case follows, between letters and digits, and at _.
 *
 * Folding: compatibility, case, marks go (but those of Indic and South-East
 * Asian scripts stay, without the Devanagari nukta, and kana voicing), й ў ї
 * stay; some letters become others (see the table); digits become ASCII. */
#ifndef TESTS_REFERENCE_TEXT_H
#define TESTS_REFERENCE_TEXT_H

#include "base/mem.h"

#include <unicode/utypes.h>

/* In a query: letters that stand for wildcards. */
#define REFERENCE_ANY 0xF8F0 /* any characters, or none */
#define REFERENCE_ONE 0xF8F1 /* one character */

struct chars {
	UChar32 *v;
	size_t n;
};

/* One way to read a token. */
struct reading {
	struct chars folded, exact;
	size_t span; /* tokens it takes; 0: there is no such reading */
};

struct reference_token {
	struct reading word, joined;
	bool glued; /* nothing between it and the token before */
	bool sequence, katakana; /* of a script without blanks; of katakana */
	bool needs_next, needs_before; /* half of a Thai or Lao syllable */
};

struct reference_text {
	struct reference_token *v;
	size_t n;
	size_t lead; /* tokens that the first 60 words take; a character of a
			script without blanks is half a word */
	bool shouted; /* four words and ten capitals at least, no lower case */
};

enum reading_of {
	READ_PROSE,
	READ_ADDRESS, /* addresses are words */
	READ_QUERY /* and * and ? are wildcards */
};

/* Everything is allocated from `a`. */
struct reference_text
reference_read(struct arena *a, struct sv v, enum reading_of what);

struct chars reference_fold(struct arena *a, struct chars s);

static inline bool
chars_equal(struct chars a, struct chars b)
{
	return a.n == b.n &&
	    (a.n == 0 || memcmp(a.v, b.v, a.n * sizeof(*a.v)) == 0);
}

/* The script of the first character that has one of its own. */
enum reference_script {
	REFERENCE_OTHER,
	REFERENCE_ARABIC,
	REFERENCE_HEBREW,
	REFERENCE_KOREAN
};
enum reference_script reference_script(UChar32 c);

#endif
