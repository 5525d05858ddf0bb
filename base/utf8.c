/* base/utf8.c: code points in and out of bytes that may be broken. */
#include "base/utf8.h"

#include <string.h>

/* What a lead byte promises: length, and the range of the second byte that
 * excludes overlong forms, surrogates and what lies beyond U+10FFFF. */
static size_t
lead(unsigned char b, uint32_t *bits, unsigned char *lo, unsigned char *hi)
{
	*lo = 0x80;
	*hi = 0xBF;
	if (b >= 0xC2 && b <= 0xDF) {
		*bits = b & 0x1Fu;
		return 2;
	}
	if (b >= 0xE0 && b <= 0xEF) {
		*bits = b & 0x0Fu;
		*lo = b == 0xE0 ? 0xA0 : 0x80;
		*hi = b == 0xED ? 0x9F : 0xBF;
		return 3;
	}
	if (b >= 0xF0 && b <= 0xF4) {
		*bits = b & 0x07u;
		*lo = b == 0xF0 ? 0x90 : 0x80;
		*hi = b == 0xF4 ? 0x8F : 0xBF;
		return 4;
	}
	return 0;
}

size_t
utf8_decode(struct sv v, uint32_t *cp)
{
	const unsigned char *s = (const unsigned char *)v.p;
	unsigned char lo, hi;
	uint32_t bits;
	size_t n;

	*cp = UTF8_REPLACEMENT;
	if (v.len == 0)
		return 0;
	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	n = lead(s[0], &bits, &lo, &hi);
	if (n == 0)
		return 1;
	for (size_t i = 1; i < n; i++) {
		if (i >= v.len || s[i] < lo || s[i] > hi)
			return i;
		bits = bits << 6 | (s[i] & 0x3Fu);
		lo = 0x80;
		hi = 0xBF;
	}
	*cp = bits;
	return n;
}

size_t
utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = UTF8_REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

static bool
is_replacement(struct sv v)
{
	return sv_starts(v, SV("\xEF\xBF\xBD"));
}

bool
utf8_valid(struct sv v)
{
	uint32_t cp;

	while (v.len != 0) {
		size_t n = utf8_decode(v, &cp);

		if (cp == UTF8_REPLACEMENT && !is_replacement(v))
			return false;
		v = sv_from(v, n);
	}
	return true;
}

struct sv
utf8_prefix(struct sv v, size_t max)
{
	size_t back = 0;

	if (v.len <= max)
		return v;
	while (back < 3 && back < max &&
	    ((unsigned char)v.p[max - back] & 0xC0) == 0x80)
		back++;
	if (((unsigned char)v.p[max - back] & 0xC0) == 0x80)
		back = 0;
	return sv_sub(v, 0, max - back);
}

bool
utf8_is_printable(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
		return false;
	if (cp == 0x061C || cp == 0x200E || cp == 0x200F)
		return false;
	if (cp >= 0x2028 && cp <= 0x202E)
		return false;
	return cp < 0x2066 || cp > 0x2069;
}

void
utf8_printable(struct sv v, char *out, size_t size)
{
	size_t used = 0, n;
	uint32_t cp;

	for (; v.len != 0; v = sv_from(v, n)) {
		char bytes[4];
		size_t len;

		n = utf8_decode(v, &cp);
		if (cp < 0x80 && ascii_is_space((char)cp))
			cp = ' ';
		else if (!utf8_is_printable(cp) ||
		    (cp == UTF8_REPLACEMENT && !is_replacement(v)))
			cp = '?';
		len = utf8_encode(cp, bytes);
		if (used + len >= size)
			break;
		memcpy(out + used, bytes, len);
		used += len;
	}
	out[used] = '\0';
}
