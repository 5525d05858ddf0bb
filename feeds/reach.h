/* feeds/reach.h: URLs that lead to addresses which are not contacted. */
#ifndef FEEDS_REACH_H
#define FEEDS_REACH_H

#include "config/config.h"

/* Warns of URLs with an address of a private network, or localhost, that no
 * allow-private opens.  Names are not looked up. */
void reach_check(const struct config *c, struct diags *d);

#endif
