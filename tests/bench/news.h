/* tests/bench/news.h: news items in memory, and phrases and queries made of
 * their words. */
#ifndef BENCH_NEWS_H
#define BENCH_NEWS_H

#include "base/map.h"
#include "base/str.h"
#include "feeds/item.h"

/* A folded word and the number of items it stands in. */
struct news_word {
	struct sv text;
	uint32_t items;
	uint32_t last; /* item + 1 that was counted last */
};

struct news {
	struct item *items; /* title and content */
	size_t nitems, capitems, bytes;
	struct news_word **tokens; /* of all items, in their order */
	size_t ntokens, captokens;
	struct news_word **words; /* each once */
	size_t nwords, capwords;
	struct sv *names; /* runs of capitalised words, folded, each once */
	size_t nnames, capnames;
	struct map known, known_names;
	struct arena arena;
	uint64_t random;
	uint32_t most; /* items that a word of a query or name may stand in */
};

/* Reads JSON lines with "title" and "text" from files of a folder; false: there
 * are none. */
bool news_load(struct news *n, const char *dir);
void news_done(struct news *n);

uint32_t news_random(struct news *n, size_t below);

/* Appends a query of random shape. */
void news_add_query(struct news *n, struct str *out);

/* Appends a name of 1 to 4 words with blanks between: from the news or, in 7 of
 * 10 cases, invented. */
void news_add_name(struct news *n, struct str *out);

#endif
