/* tests/unit/reference.h: does a query hold for an item?  Slow and obvious: all
 * places of every word are listed, and compared one with the other.  Words are
 * those of reference_text.h; only the tree of the query is filters/query.h's.
 *
 * Places.  A word or phrase stands where its words follow one another in one
 * text (a field, or one tag), whatever signs are between them.  A hyphenated
 * word of the query can be read as its parts or joined, so can one of the text;
 * of several ends of a place the nearest counts.
 *
 * Equal are folded words.  An exact word (=) equals what is the same in form
 * NFC, and never in a shouted text, unless the filter says `shout`.  * and ?
 * stand for any characters and one.
 *
 * Particles.  A word of the text also equals a word of three letters or more
 * that is left when Arabic [wf][bkl][al] or ll (for l + al), or Hebrew
 * w (ksh|lksh|msh|sh) [bklm] h is cut off before it; in a phrase of three
 * letters or more two are enough.  A word of two characters or more is left
 * when one of the Korean particles is cut off behind it.  Neither holds for
 * exact words and wildcards.
 *
 * Scripts without blanks.  A place does not begin behind a Thai vowel that
 * needs the next character, nor end before one that belongs to the last.  Words
 * of katakana alone do not stand inside a longer run of it; a * at the end lets
 * the run go on.
 *
 * NEAR/n: places of both that do not overlap, in one text, with at most n words
 * from the end of the first to the beginning of the second; that whole stretch
 * is the place of the NEAR.  PRE/n: and the left one comes first.
 *
 * x NOT NEAR/n y: the places of x with none of y that overlaps them or is at
 * most n words away in the same text; the very same place does not count.
 * ATLEAST/n(x): n places of x, without those inside others; of pairs that are
 * near, only those of which one is the closest to the other.  n OF: n of them
 * hold.  Other filters: with their veto, and the languages they look at.
 * Regular expressions: as ICU understands them, in form NFC.
 *
 * Entities.  All places of all names but: names of another language than the
 * item's, when they are exact or weak; weak names when none of their `needs` is
 * in the title or texts, or one of `without` is; what lies inside a place of
 * `never` or inside another place of the entity. */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include "filters/query.h"

#include "config/config.h"

struct reference; /* the filters of a configuration; lives in an arena */
struct reference_item;

/* The configuration is borrowed, and one that compiles. */
struct reference *reference_new(struct arena *a, const struct config *c);

/* Borrows the item.  `lang` is its primary language, as filters/lang.h says. */
struct reference_item *
reference_item(struct arena *a, const struct item *it, struct sv lang);

bool reference_holds(
    const struct reference *r, size_t filter, const struct reference_item *it);

#endif
