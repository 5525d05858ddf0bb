/* net/multi.h: libcurl's transfers driven by our loop. */
#ifndef NET_MULTI_H
#define NET_MULTI_H

#include "net/loop.h"

#include <curl/curl.h>

struct multi;

/* The transfer has ended and was removed.  Runs outside libcurl. */
typedef void multi_fn(CURL *easy, CURLcode rc);

struct multi *multi_new(struct loop *l, multi_fn *on_end);
/* From now on transfers stay when they have ended: those that only connect are
 * used then. */
void multi_keep_ended(struct multi *m);
void multi_free(struct multi *m); /* all transfers must be removed */

/* Neither may be called from inside a callback of libcurl.  Removing a transfer
 * that is not there is fine. */
void multi_add(struct multi *m, CURL *easy);
void multi_remove(struct multi *m, CURL *easy);

#endif
