/* feeds/webpage.h: a web page where a feed should be: no feed, but it may name
 * some. */
#ifndef FEEDS_WEBPAGE_H
#define FEEDS_WEBPAGE_H

#include "feeds/format.h"

extern const struct feed_format webpage;

#endif
