/* filters/regex.h: regular expressions (PCRE2), within bounds. */
#ifndef FILTERS_REGEX_H
#define FILTERS_REGEX_H

#include "base/err.h"

struct regex;

/* Compiles a pattern that is valid UTF-8 in NFC.  On failure NULL, the message
 * of PCRE2 and the byte of the pattern where it stands. */
struct regex *regex_compile(
    struct sv pattern, bool caseless, size_t *error_at, struct err *e);
void regex_free(struct regex *r); /* NULL is fine */
size_t regex_bytes(const struct regex *r); /* of memory */

/* Scratch memory of searches. */
struct regex_search;
struct regex_search *regex_search_new(void);
void regex_search_free(struct regex_search *s); /* NULL is fine */

enum regex_result {
	REGEX_FOUND,
	REGEX_NONE,
	REGEX_GAVE_UP /* a limit was reached */
};

/* Finds the first match of at least one character at or after `from` in a
 * text that is valid UTF-8; `partial`: its end is not the end of the field.
 * `*steps` is what it may still cost, and is counted down. */
enum regex_result
regex_find(struct regex_search *s, const struct regex *r, struct sv text,
    size_t from, bool partial, uint64_t *steps, size_t *start, size_t *end);

#endif
