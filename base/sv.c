/* base/sv.c: a view of bytes that somebody else owns. */
#include "base/sv.h"

#include <string.h>

int
sv_cmp(struct sv a, struct sv b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n != 0 ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

bool
sv_istarts(struct sv v, struct sv prefix)
{
	if (v.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (ascii_lower(v.p[i]) != ascii_lower(prefix.p[i]))
			return false;
	return true;
}

bool
sv_ends(struct sv v, struct sv suffix)
{
	return v.len >= suffix.len &&
	    sv_eq(sv_from(v, v.len - suffix.len), suffix);
}

size_t
sv_find(struct sv v, struct sv needle)
{
	const char *hit;

	if (needle.len == 0)
		return 0;
	if (v.len == 0)
		return v.len;
	hit = memmem(v.p, v.len, needle.p, needle.len);
	return hit != NULL ? (size_t)(hit - v.p) : v.len;
}

struct sv
sv_trim(struct sv v)
{
	while (v.len != 0 && ascii_is_space(v.p[0])) {
		v.p++;
		v.len--;
	}
	while (v.len != 0 && ascii_is_space(v.p[v.len - 1]))
		v.len--;
	return v;
}

bool
sv_split(struct sv *rest, char sep, struct sv *head)
{
	size_t at;

	if (rest->len == 0)
		return false;
	at = sv_chr(*rest, sep);
	*head = sv_sub(*rest, 0, at);
	*rest = sv_from(*rest, at + 1);
	return true;
}

bool
sv_to_u64(struct sv v, uint64_t *out)
{
	uint64_t n = 0;

	if (v.len == 0)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		if (!ascii_is_digit(v.p[i]) ||
		    __builtin_mul_overflow(n, 10u, &n) ||
		    __builtin_add_overflow(n, (unsigned)(v.p[i] - '0'), &n))
			return false;
	}
	*out = n;
	return true;
}

bool
sv_to_i64(struct sv v, int64_t *out)
{
	bool minus = v.len != 0 && v.p[0] == '-';
	uint64_t n;

	if (!sv_to_u64(sv_from(v, minus), &n) || n > INT64_MAX)
		return false;
	*out = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

uint64_t
sv_hash(struct sv v)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < v.len; i++)
		h = (h ^ (unsigned char)v.p[i]) * 0x100000001b3u;
	return h;
}
