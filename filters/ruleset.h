/* filters/ruleset.h: all filters, compiled; one pass over an item's tokens
 * finds the hits of all of them.  Pure: no clock, file or network. */
#ifndef FILTERS_RULESET_H
#define FILTERS_RULESET_H

#include "base/err.h"
#include "feeds/item.h"

struct ruleset; /* immutable once compiled; safe to share */
struct matcher; /* scratch memory of one user of rulesets; reused item by item
		 */

/* The fields of an item that a query can name. FIELD_TAG: categories and tags.
 */
#define FIELDS(X) \
	X(FIELD_TITLE, "title") \
	X(FIELD_SUMMARY, "summary") \
	X(FIELD_CONTENT, "content") \
	X(FIELD_ARTICLE, "article") \
	X(FIELD_URL, "url") \
	X(FIELD_AUTHOR, "author") \
	X(FIELD_TAG, "tag")
#define FIELD_ENUM(enumerator, name) enumerator,
enum field {
	FIELDS(FIELD_ENUM) FIELD_COUNT
};
#undef FIELD_ENUM

const char *field_name(enum field f);

/* Where a filter's words stand. */
struct hit {
	enum field field;
	struct sv text; /* as it stands in the item; a view into it */
	size_t start, length; /* in bytes of that field's text */
	const char *entity; /* its key in the configuration, or NULL */
	const char *label; /* its display name, or NULL */
	const char *wikidata; /* or NULL */
};

/* Valid during the callback.  Hits are ordered by field and start, without
 * overlaps of equal text; at most HITS_PER_MATCH. */
struct match {
	const char *filter; /* its name */
	size_t index; /* its place in the configuration */
	const struct hit *hits;
	size_t nhits;
};

typedef void match_fn(const struct match *m, void *arg);

void ruleset_free(struct ruleset *r); /* NULL is fine */
size_t ruleset_filters(const struct ruleset *r);

/* Hex digest over the filter's queries and the entities it uses: changes when
 * its meaning may have changed. */
const char *ruleset_revision(const struct ruleset *r, size_t filter);

struct matcher *matcher_new(void);
void matcher_free(struct matcher *m);

/* How often a regular expression reached one of its limits in an item; what it
 * had not found by then counts as not there. */
uint64_t matcher_gave_up(const struct matcher *m);

/* How many items had more words, or more occurrences of the words of filters,
 * than are looked at: what stands in the rest of them was not found. */
uint64_t matcher_cut(const struct matcher *m);

/* Calls `fn` for each filter that matches, in the order of the configuration.
 * Cost: one pass over the item's texts for all filters.  Texts that are longer
 * than ITEM_TOKENS tokens are matched up to there. */
void ruleset_match(const struct ruleset *r, struct matcher *m,
    const struct item *it, match_fn *fn, void *arg);

#endif
