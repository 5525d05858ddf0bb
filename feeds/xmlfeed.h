/* feeds/xmlfeed.h: feeds that are XML: RSS, RDF, Atom and their kin. */
#ifndef FEEDS_XMLFEED_H
#define FEEDS_XMLFEED_H

#include "feeds/format.h"

extern const struct feed_format xmlfeed;

#endif
