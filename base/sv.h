/* base/sv.h: a view of bytes that somebody else owns. */
#ifndef BASE_SV_H
#define BASE_SV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Not NUL-terminated.  {NULL, 0} and a view of no bytes are the same thing. */
struct sv {
	const char *p;
	size_t len;
};

#define SV(literal) ((struct sv) { "" literal, sizeof(literal) - 1 })
#define SV_NONE ((struct sv) { NULL, 0 })

/* For printf: "%.*s", SV_ARG(v). */
#define SV_ARG(v) (int)(v).len, (v).p ? (v).p : ""

/* Borrows `s`; NULL gives the empty view. */
static inline struct sv
sv_of(const char *s)
{
	return (struct sv) { s, s != NULL ? strlen(s) : 0 };
}

/* The part from `from` on, and the first `len` bytes of it; both are cut at the
 * end of `v`. */
static inline struct sv
sv_from(struct sv v, size_t from)
{
	if (from >= v.len)
		return SV_NONE;
	return (struct sv) { v.p + from, v.len - from };
}

static inline struct sv
sv_sub(struct sv v, size_t from, size_t len)
{
	struct sv rest = sv_from(v, from);

	if (rest.len > len)
		rest.len = len;
	return rest;
}

static inline bool
sv_eq(struct sv a, struct sv b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool
sv_is(struct sv a, const char *s)
{
	return sv_eq(a, sv_of(s));
}

static inline bool
sv_starts(struct sv v, struct sv prefix)
{
	return v.len >= prefix.len && sv_eq(sv_sub(v, 0, prefix.len), prefix);
}

bool sv_ends(struct sv v, struct sv suffix);

/* Equality that folds ASCII letters only. */
bool sv_istarts(struct sv v, struct sv prefix);

static inline bool
sv_ieq(struct sv a, struct sv b)
{
	return a.len == b.len && sv_istarts(a, b);
}

static inline bool
sv_iis(struct sv a, const char *s)
{
	return sv_ieq(a, sv_of(s));
}

/* Order by bytes, shorter first: <0, 0, >0. */
int sv_cmp(struct sv a, struct sv b);

/* Offset of the first byte or needle; v.len when there is none. */
static inline size_t
sv_chr(struct sv v, char c)
{
	const char *hit = v.len != 0 ? (const char *)memchr(v.p, c, v.len)
				     : NULL;

	return hit != NULL ? (size_t)(hit - v.p) : v.len;
}

size_t sv_find(struct sv v, struct sv needle);

/* Without ASCII white space (blank, tab, CR, LF, FF, VT) at both ends. */
struct sv sv_trim(struct sv v);

/* Cuts the part before the first `sep` off the front of `*rest` into `*head`.
 * False when `*rest` is empty. */
bool sv_split(struct sv *rest, char sep, struct sv *head);

/* Whole-view decimal number; false on anything else and on overflow. */
bool sv_to_u64(struct sv v, uint64_t *out);
bool sv_to_i64(struct sv v, int64_t *out);

/* FNV-1a, for tables whose keys no enemy chooses; see map.h for the others. */
uint64_t sv_hash(struct sv v);

static inline bool
ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline bool
ascii_is_alpha(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static inline bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

#endif
