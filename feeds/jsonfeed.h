/* feeds/jsonfeed.h: JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/). */
#ifndef FEEDS_JSONFEED_H
#define FEEDS_JSONFEED_H

#include "feeds/format.h"

/* A document counts that names the version or has `items` that look like those
 * of a feed.  Members of the wrong type are skipped; of a member that comes
 * twice the first counts.  Relative URLs are resolved against the address of
 * the document, else feed_url, else home_page_url.  An item takes from the feed
 * what the feed has said before it. */
extern const struct feed_format jsonfeed;

#endif
