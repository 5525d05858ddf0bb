/* feeds/discover.h: the feeds that a web page names (RSS Advisory Board, RSS
 * Autodiscovery; HTML, rel=alternate). */
#ifndef FEEDS_DISCOVER_H
#define FEEDS_DISCOVER_H

#include "base/limits.h"
#include "base/mem.h"

struct discovered {
	struct sv urls[DISCOVERED_FEEDS]; /* absolute http URLs; in the arena */
	size_t n;
};

/* Length of the white space, comments and processing instructions that stand
 * first; v.len: they may go on. */
size_t discover_prolog(struct sv v);

/* Does the document look like a web page?  What stands behind the prolog says
 * so. */
bool discover_is_page(struct sv v);

/* Where a feed begins that a server has put behind or into a page; v.len:
 * nowhere. */
size_t discover_inner_feed(struct sv page);

/* Reads UTF-8.  `base`: where the page came from. */
void discover_feeds(
    struct discovered *d, struct sv html, struct sv base, struct arena *a);

#endif
