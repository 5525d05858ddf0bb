/* feeds/unpack.h: a body that is gzip or zlib data although nobody said so is
 * unpacked; any other goes through as it is.  RFC 1950, RFC 1952. */
#ifndef FEEDS_UNPACK_H
#define FEEDS_UNPACK_H

#include "base/err.h"
#include "base/sv.h"

struct unpack;

/* The bytes live until this returns; false ends it. */
typedef bool unpack_fn(struct sv bytes, void *arg, struct err *e);

/* At most `max_bytes` come out of what is packed. */
struct unpack *unpack_new(size_t max_bytes, unpack_fn *out, void *arg);
void unpack_free(struct unpack *u); /* NULL is fine */

/* False when the data are damaged, too large, or `out` said so. */
bool unpack_push(struct unpack *u, struct sv bytes, struct err *e) MUST_CHECK;

/* At the end.  False when packed data are cut short. */
bool unpack_finish(struct unpack *u, struct err *e) MUST_CHECK;

#endif
