/* filters/lang.h: the language of an item: as declared, else as its texts show.
 */
#ifndef FILTERS_LANG_H
#define FILTERS_LANG_H

#include "feeds/item.h"

/* "en" of "en-US"; "no" of "nb" and "nn"; empty when unknown. */
struct sv lang_primary(struct sv lang);

struct langs; /* what is known of languages; one user at a time */

struct langs *langs_new(void);
void langs_free(struct langs *l); /* NULL is fine */

/* The primary language that the first LANG_DETECT_BYTES of the texts are
 * written in, such as "en", or the empty view: rather none than a wrong one.  A
 * script that one language has decides alone; else frequent words and letters
 * do.  Chinese is "zh" in either script; what may be Croatian as well as
 * Bosnian, or Serbian in Latin letters, is neither.  The view lives as long as
 * the program. */
struct sv lang_detect(const struct langs *l, const struct sv *texts, size_t n);

/* A language of which this is one of the most frequent words, in any case; the
 * empty view when there is none. */
struct sv lang_of_word(const struct langs *l, struct sv word);

/* Begins an item, which is borrowed until the next one. */
void langs_begin(struct langs *l, const struct item *it);

/* The item's primary language: declared or, found out once when first asked
 * for, detected; empty when unknown. */
struct sv langs_of_item(struct langs *l);

#endif
