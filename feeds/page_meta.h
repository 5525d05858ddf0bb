/* feeds/page_meta.h: what a web page says of itself: title, author, date. */
#ifndef FEEDS_PAGE_META_H
#define FEEDS_PAGE_META_H

#include "base/mem.h"

/* clang-format off */
/*      where it stands               field      rank: the lowest wins */
#define PAGE_META(X) \
	X("ld:headline",                  TITLE,     1) \
	X("og:title",                     TITLE,     2) \
	X("twitter:title",                TITLE,     3) \
	X("dc.title",                     TITLE,     4) \
	X("h1",                           TITLE,     5) \
	X("title",                        TITLE,     6) \
	X("ld:author",                    AUTHOR,    1) \
	X("author",                       AUTHOR,    2) \
	X("article:author",               AUTHOR,    3) \
	X("parsely-author",               AUTHOR,    4) \
	X("sailthru.author",              AUTHOR,    5) \
	X("dc.creator",                   AUTHOR,    6) \
	X("byl",                          AUTHOR,    7) \
	X("ld:datePublished",             PUBLISHED, 1) \
	X("article:published_time",       PUBLISHED, 2) \
	X("og:published_time",            PUBLISHED, 3) \
	X("datepublished",                PUBLISHED, 4) \
	X("parsely-pub-date",             PUBLISHED, 5) \
	X("sailthru.date",                PUBLISHED, 6) \
	X("dc.date.issued",               PUBLISHED, 7) \
	X("dcterms.created",              PUBLISHED, 8) \
	X("dc.date",                      PUBLISHED, 9) \
	X("pubdate",                      PUBLISHED, 10) \
	X("publish-date",                 PUBLISHED, 11) \
	X("publishdate",                  PUBLISHED, 12) \
	X("date",                         PUBLISHED, 13) \
	X("time",                         PUBLISHED, 14) \
	X("ld:inLanguage",                LANG,      3) \
	X("html:lang",                    LANG,      1) \
	X("content-language",             LANG,      2) \
	X("og:locale",                    LANG,      4) \
	X("og:site_name",                 SITE,      1) \
	X("ld:publisher",                 SITE,      2) \
	X("application-name",             SITE,      3) \
	X("twitter:site",                 SITE,      4) \
	X("link:canonical",               LINK,      1) \
	X("og:url",                       LINK,      2)
/* clang-format on */

enum page_field {
	PAGE_TITLE,
	PAGE_AUTHOR,
	PAGE_PUBLISHED,
	PAGE_LANG,
	PAGE_SITE,
	PAGE_LINK,
	PAGE_FIELDS
};

struct page_meta {
	struct sv text[PAGE_FIELDS]; /* plain; in the arena */
	unsigned rank[PAGE_FIELDS]; /* 0: not found */
	bool locked; /* isAccessibleForFree is false: for subscribers */
};

/* Reads UTF-8. */
void page_meta_read(struct page_meta *m, struct sv html, struct arena *a);

#endif
