/* feeds/charset.h: bytes of a document in any charset become UTF-8, piece by
 * piece.  The only user of ICU. */
#ifndef FEEDS_CHARSET_H
#define FEEDS_CHARSET_H

#include "base/str.h"

struct charset;

/* The charset is that of the byte order mark, else of the parameter in
 * `content_type` (as in a response; may be empty), else the one that the first
 * CHARSET_SNIFF_BYTES declare (XML declaration, <meta charset>), else UTF-8,
 * given up at the first byte that is not for what the CHARSET_DETECT_BYTES from
 * there on look like, or for windows-1252. */
struct charset *charset_new(struct sv content_type);
void charset_free(struct charset *c); /* NULL is fine */

/* Appends whole characters of well-formed UTF-8; what cannot be decoded becomes
 * U+FFFD.  Nothing comes out before CHARSET_SNIFF_BYTES went in or the end is
 * reached.  `out` must have room for 4 times the bytes, and as much again as
 * was kept back. */
void charset_push(struct charset *c, struct sv bytes, struct str *out);
void charset_finish(struct charset *c, struct str *out);

#endif
