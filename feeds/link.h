/* feeds/link.h: the page a link means, whatever way it leads there. */
#ifndef FEEDS_LINK_H
#define FEEDS_LINK_H

#include "base/str.h"

/* Appends a form for comparing only, never for fetching: without scheme,
 * "www.", default port and final slash, without the parameters that trackers
 * add, and with redirectors that name their target followed.  What is no http
 * URL is appended as it is. */
void link_canonical(struct str *out, struct sv link);

/* A front page or nothing at all: many items may share it. */
bool link_is_front_page(struct sv link);

#endif
