/* tests/unit/random_filters.h: queries, entities and items made of the same few
 * words, from a seed: the same on every machine. */
#ifndef TESTS_RANDOM_FILTERS_H
#define TESTS_RANDOM_FILTERS_H

#include "base/str.h"
#include "feeds/item.h"

#define RANDOM_THEME 9 /* words that queries and items share */
#define RANDOM_TEXTS 8

struct random {
	uint64_t state;
	size_t theme[RANDOM_THEME];
	unsigned entities; /* that queries may name: e0, e1 ... */
	unsigned filter; /* that the next query is for: f0, f1 ... */
};

/* A number below n. */
unsigned random_pick(struct random *r, unsigned n);

/* True once in n times. */
bool random_is(struct random *r, unsigned n);

/* Chooses other words. */
void random_theme(struct random *r);

/* random_write.c: one word of the theme, or of all; as it may stand in a text,
 * or undecorated. */
void random_write(struct random *r, struct str *out);
void random_word(struct random *r, struct str *out);

/* Several words with all kinds of signs between. */
void random_text(struct random *r, struct str *out, unsigned words);

/* A query, and a map of entities in YAML. */
void random_query(struct random *r, struct str *out);
void random_entities(struct random *r, struct str *out);

/* Appends a YAML scalar. */
void random_quote(struct str *out, struct sv v);

struct random_item {
	struct item item;
	struct str texts[RANDOM_TEXTS];
	struct sv tag;
};

void random_item_init(struct random_item *it);
void random_item_done(struct random_item *it);
void random_item_fill(struct random *r, struct random_item *it);

#endif
