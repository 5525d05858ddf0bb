/* feeds/article.h: the main text of a news page. */
#ifndef FEEDS_ARTICLE_H
#define FEEDS_ARTICLE_H

#include "base/err.h"
#include "feeds/item.h"

/* Views into the arena given to article_extract(). */
struct article {
	struct sv title, author, lang, site;
	struct sv link; /* that the page calls its own: absolute, or empty */
	struct sv text; /* paragraphs separated by a line feed */
	int64_t published; /* NO_TIME: not stated */
};

/* Reads a whole page (at most ARTICLE_BYTES).  `content_type` as in the
 * response, for its charset; `base_url`: where it came from.  False when no
 * article is there: too little text, or a page that asks for consent, a
 * subscription or a proof of being human. */
bool article_extract(struct sv page, struct sv content_type, struct sv base_url,
    struct arena *a, struct article *out, struct err *e);

#endif
