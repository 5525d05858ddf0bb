/* filters/harvest.h: the names that others have gathered of a thing, cleaned
 * and written as an entity of a configuration. */
#ifndef FILTERS_HARVEST_H
#define FILTERS_HARVEST_H

#include "base/str.h"

/* What the source says besides names; empty where it says nothing. */
struct harvest_about {
	struct sv id; /* Q43 */
	struct sv key; /* of the entity in the configuration */
	struct sv type; /* person, place, ... */
	struct sv description;
};

struct harvest;

/* `langs`: commas between; only these are kept; empty: all.  `all`: keeps other
 * names that are unlike the label, too. */
struct harvest *harvest_new(struct sv langs, bool all);
void harvest_free(struct harvest *h); /* NULL is fine */

/* Begins another thing. */
void harvest_clear(struct harvest *h);

/* A name in a language ("mul" and "*" are any): the label, which comes before
 * other names of its language.  Copies.  Of more than HARVEST_NAMES the rest is
 * dropped. */
void harvest_add(struct harvest *h, struct sv lang, struct sv name, bool label);

/* A code of the thing, such as TR: no name. */
void harvest_add_code(struct harvest *h, struct sv code);

/* The label in English, else in any language; empty when there is none. */
struct sv harvest_label(const struct harvest *h);

/* Appends the entity to an entities: map in YAML.  What is left out stands in a
 * comment with the reason: codes, digits, brackets, frequent words, what is
 * unlike the label.  Names that are words or only capitals become exact.
 * False, and nothing is appended, when no name remains. */
bool harvest_write(
    struct harvest *h, const struct harvest_about *about, struct str *out);

#endif
