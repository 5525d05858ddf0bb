/* filters/change.h: whether what a publisher has changed in an item is news to
 * those who know it as it was.  Pure.
 *
 * Compared are the title and the lead, the first words of the summary or,
 * without one, of the content, in the normal form of text.h: case, white space,
 * punctuation, accents and markup make no difference.  Nor do clock times,
 * counters ("12 comments", "5 minutes") and marks such as LIVE or UPDATE 2-
 * (change_words.h). */
#ifndef FILTERS_CHANGE_H
#define FILTERS_CHANGE_H

#include "feeds/item.h"
#include "filters/text.h"

#define CHANGE_TITLE_BYTES 512
#define CHANGE_LEAD_BYTES 800
#define CHANGE_LEAD_WORDS 50

#define CHANGES(X) \
	X(CHANGE_NONE, "") /* or too little of one */ \
	X(CHANGE_LEAD, "lead") \
	X(CHANGE_TITLE, "title") \
	X(CHANGE_NUMBERS, "numbers") /* in another item of the story */ \
	X(CHANGE_CORRECTION, "correction") /* it says so itself: */ \
	X(CHANGE_WITHDRAWN, "withdrawn") /* change_notice() */
#define CHANGE_ENUM(enumerator, word) enumerator,
enum change {
	CHANGES(CHANGE_ENUM) CHANGE_COUNT
};
#undef CHANGE_ENUM

const char *change_word(enum change c);

/* What of an item is compared, as it stands there, cut. */
struct wording {
	struct sv title, lead; /* borrowed from the item */
};
struct wording change_wording(const struct item *it);

/* The same as long as the wording is, byte by byte: cheap. */
int64_t change_hash(const struct wording *w);

/* The same as long as the wording is, apart from what makes no difference.
 * Both are never 0, and the same in every process.  `scratch` is overwritten.
 */
int64_t change_digest(struct text *scratch, const struct wording *w);

/* Does a title or lead begin by saying that it corrects or withdraws?  Else
 * CHANGE_NONE. */
enum change change_notice(struct text *scratch, const struct wording *w);

/* A notice that was not there before; else another title, beyond one letter
 * that was put right in a word; else another lead: other numbers, or at least
 * one word in ten. */
enum change change_between(struct text *scratch, const struct wording *before,
    const struct wording *now);

#endif
