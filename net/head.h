/* net/head.h: the header fields of one answer, bounded. */
#ifndef NET_HEAD_H
#define NET_HEAD_H

#include "base/str.h"

struct head {
	struct str fields; /* "name:value\n" each */
	struct arena joined; /* for fields that come several times */
};

void head_init(struct head *h);
void head_done(struct head *h);
void head_clear(struct head *h);

/* Takes one line as it came, or the continuation of the one before (RFC 9112
 * section 5.2).  What is no field is left out.  False: HTTP_HEADER_BYTES are
 * full. */
bool head_add(struct head *h, struct sv line);

/* Case-insensitive; several fields are joined by ", ".  Empty when absent.
 * Valid until head_clear(). */
struct sv head_get(struct head *h, const char *name);

#endif
