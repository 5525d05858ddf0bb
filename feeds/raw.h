/* feeds/raw.h: the bytes of the item that is being read, kept until it is known
 * whether somebody wants their hash. */
#ifndef FEEDS_RAW_H
#define FEEDS_RAW_H

#include "base/sv.h"

struct raw;

struct raw *raw_new(void);
void raw_free(struct raw *r); /* NULL is fine */

/* For the scanner: it looks at `piece` now, which goes on right behind what it
 * has dealt with; of that, it has dealt with all but the last `left` bytes, and
 * it may be moved. */
void raw_go_on(struct raw *r, struct sv piece);
void raw_pause(struct raw *r, size_t left);

/* For the scanner: the token that it tells of stands there. */
void raw_token(struct raw *r, const char *begin, const char *end);

/* For the reader of its events: an item begins with the token, ends before it,
 * ends with it.  An item that has begun before is forgotten. */
void raw_begin(struct raw *r);
void raw_end_before(struct raw *r);
void raw_end_with(struct raw *r);

/* Of the item that has ended, in lower-case hex; valid until another begins. */
struct sv raw_sha256(struct raw *r);

#endif
