/* base/utf8.h: code points in and out of bytes that may be broken. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/sv.h"

#define UTF8_REPLACEMENT 0xFFFDu

/* Decodes the code point at `v.p` into `*cp` and returns its length in bytes
 * (0 only for the empty view).  Ill-formed bytes (overlong forms, surrogates
 * and cut sequences included) give UTF8_REPLACEMENT and the length of the
 * maximal subpart (Unicode 15, section 3.9), at least 1. */
size_t utf8_decode(struct sv v, uint32_t *cp);

/* Writes 1 to 4 bytes; what is no scalar value becomes UTF8_REPLACEMENT. */
size_t utf8_encode(uint32_t cp, char out[4]);

bool utf8_valid(struct sv v);

/* The longest prefix of at most `max` bytes that ends between code points. */
struct sv utf8_prefix(struct sv v, size_t max);

/* May `cp` be shown on a terminal or in a log line?  Not: controls (C0, DEL,
 * C1), bidi controls, line and paragraph separators. */
bool utf8_is_printable(uint32_t cp);

/* Copies `v` into `out` (`size` bytes with the NUL, at least 1), cut between
 * code points; white-space controls become blanks, other unprintable or
 * ill-formed things '?'. */
void utf8_printable(struct sv v, char *out, size_t size);

#endif
