/* net/reach.h: feeds, webhooks and mail servers whose URL names an address that
 * will not be contacted. */
#ifndef NET_REACH_H
#define NET_REACH_H

#include "config/config.h"

/* Warns of URLs with an address of a private network, or localhost, that no
 * allow-private opens.  Names are not looked up. */
void reach_check(const struct config *c, struct diags *d);

#endif
