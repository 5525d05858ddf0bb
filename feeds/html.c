/* feeds/html.c: HTML to plain text, in one pass. */
#include "feeds/html.h"

#include "base/utf8.h"
#include "feeds/html_entities.h"
#include "feeds/html_scan.h"

#include <endian.h>
#include <string.h>

#define ENTITY_TEXT_BYTES 8 /* longest text of a reference, and its NUL */

static const struct entity *
find_entity(struct sv name)
{
	size_t lo = 0, hi = COUNTOF(entities);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct entity *row = &entities[mid];
		int c = sv_cmp(
		    name, (struct sv) { entity_text + row->at, row->len });

		if (c == 0)
			return row;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static const char *
text_of(const struct entity *row)
{
	return entity_text + row->at + row->len + 1;
}

const char *
html_entity_by_name(struct sv name)
{
	const struct entity *row = find_entity(name);

	return row != NULL ? text_of(row) : NULL;
}

/* "&name;", or the longest of the old names that "&name..." begins with. */
static size_t
named_reference(struct sv v, struct sv *text)
{
	const struct entity *row;
	size_t n = 1;

	while (n < v.len && n <= ENTITY_NAME_BYTES && ascii_is_alnum(v.p[n]))
		n++;
	if (n < v.len && v.p[n] == ';' &&
	    (row = find_entity(sv_sub(v, 1, n - 1))) != NULL) {
		*text = sv_of(text_of(row));
		return n + 1;
	}
	if (n > ENTITY_LEGACY_BYTES + 1)
		n = ENTITY_LEGACY_BYTES + 1;
	for (; n > 2; n--) {
		row = find_entity(sv_sub(v, 1, n - 1));
		if (row != NULL && row->legacy) {
			*text = sv_of(text_of(row));
			return n;
		}
	}
	return 0;
}

/* Numbers 0x80 to 0x9F mean windows-1252; 0 marks the ones it lacks. */
static const uint16_t windows_1252[32] = { 0x20AC, 0, 0x201A, 0x0192, 0x201E,
	0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
	0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178 };

static uint32_t
number_meaning(uint32_t cp)
{
	if (cp >= 0x80 && cp <= 0x9F && windows_1252[cp - 0x80] != 0)
		return windows_1252[cp - 0x80];
	return cp != 0 ? cp : UTF8_REPLACEMENT;
}

static int
digit_value(char c, bool hex)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "&#123;" and "&#x7B;"; the semicolon may lack. */
static size_t
numeric_reference(struct sv v, uint32_t *cp)
{
	bool hex = v.len > 2 && ascii_lower(v.p[2]) == 'x';
	size_t from = hex ? 3 : 2, i = from;
	uint32_t n = 0;
	int digit;

	for (; i < v.len && (digit = digit_value(v.p[i], hex)) >= 0; i++)
		if (n <= 0x10FFFF)
			n = n * (hex ? 16 : 10) + (uint32_t)digit;
	if (i == from)
		return 0;
	*cp = number_meaning(n);
	return i < v.len && v.p[i] == ';' ? i + 1 : i;
}

/* `buf` keeps the text of a numeric one. */
static size_t
reference(struct sv v, char buf[4], struct sv *text)
{
	uint32_t cp;
	size_t n;

	if (v.len < 3 || v.p[1] != '#')
		return named_reference(v, text);
	n = numeric_reference(v, &cp);
	if (n != 0)
		*text = (struct sv) { buf, utf8_encode(cp, buf) };
	return n;
}

size_t
html_entity(struct sv v, struct str *out)
{
	char buf[4];
	struct sv text;
	size_t n = reference(v, buf, &text);

	if (n != 0)
		(void)str_add(out, text);
	return n;
}

/* Adds what fits. */
static void
put(struct html_sink *k, struct sv text)
{
	struct str *out = k->out;

	if (k->blank && out->len != k->start)
		(void)str_addc(out, ' ');
	k->blank = false;
	if (text.len > out->max - out->len) {
		(void)str_add(out, utf8_prefix(text, out->max - out->len));
		out->full = true;
		return;
	}
	(void)str_add(out, text);
}

static bool
is_white(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 ||
	    cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 ||
	    cp == 0x2029 || cp == 0x202F || cp == 0x3000;
}

#define BYTES8(b) (UINT64_C(0x0101010101010101) * (b))

/* A set top bit marks the bytes of `x` that end a run: a byte beyond ASCII, a
 * control, '&', a blank behind a blank (`*carry`: the byte before was one). The
 * first of them is exact. */
static inline uint64_t
run_ends(uint64_t x, uint64_t *carry)
{
	uint64_t b = x ^ BYTES8(' '), a = x ^ BYTES8('&');
	uint64_t blanks = ~(((b & BYTES8(0x7F)) + BYTES8(0x7F)) | b);
	uint64_t ends = x | ((x - BYTES8(' ')) & ~x) | ((a - BYTES8(1)) & ~a);

	blanks &= BYTES8(0x80);
	ends |= blanks & (blanks << 8 | *carry);
	*carry = blanks >> 56;
	return ends & BYTES8(0x80);
}

/* Up to 8 bytes from `i` on, then NULs; the first is the lowest. */
static inline uint64_t
load8(struct sv v, size_t i)
{
	size_t n = v.len - i;
	uint64_t x = 0;

	if (n >= 8) {
		memcpy(&x, v.p + i, 8);
		return le64toh(x);
	}
	if (v.len >= 8) {
		memcpy(&x, v.p + v.len - 8, 8);
		return le64toh(x) >> 8 * (8 - n);
	}
	memcpy(&x, v.p + i, n);
	return le64toh(x);
}

/* Length of the ASCII at `v` that can be copied as it stands: words with single
 * blanks between them, perhaps one at the end, none in front. */
static size_t
ascii_run(struct sv v)
{
	uint64_t carry = 0x80, ends;

	for (size_t i = 0; i < v.len; i += 8) {
		ends = run_ends(load8(v, i), &carry);
		if (ends != 0)
			return i + (size_t)__builtin_ctzll(ends) / 8;
	}
	return v.len;
}

static inline bool
is_continuation(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* Length of the character beyond ASCII at `v` if it is text as it stands:
 * well-formed and no white space; else 0.  The usual ones are seen without a
 * call. */
static size_t
wide_char(struct sv v)
{
	const unsigned char *s = (const unsigned char *)v.p;
	uint32_t cp;
	size_t n;

	if (v.len < 3 || !is_continuation(s[1]))
		return 0;
	if (s[0] > 0xC2 && s[0] < 0xE0)
		return 2;
	if (s[0] > 0xE3 && s[0] < 0xED && is_continuation(s[2]))
		return 3;
	n = utf8_decode(v, &cp);
	if (is_white(cp) ||
	    (cp == UTF8_REPLACEMENT && !sv_starts(v, SV("\xEF\xBF\xBD"))))
		return 0;
	return n;
}

/* Length of the text at `v` that can be copied as it stands. */
static size_t
plain_run(struct sv v)
{
	size_t i = 0, n;

	do {
		i += ascii_run((struct sv) { v.p + i, v.len - i });
		n = 0;
		while (i < v.len && (unsigned char)v.p[i] >= 0x80 &&
		    (n = wide_char((struct sv) { v.p + i, v.len - i })) != 0)
			i += n;
		if (n != 0 && i + 1 < v.len && v.p[i] == ' ' &&
		    (unsigned char)v.p[i + 1] > ' ')
			i++;
	} while (n != 0 && i < v.len);
	return i != 0 && v.p[i - 1] == ' ' ? i - 1 : i;
}

/* One character that is not plain.  Returns the bytes consumed. */
static size_t
put_special(struct html_sink *k, struct sv v)
{
	char buf[4];
	struct sv text = SV("&");
	uint32_t cp;
	size_t n;

	if (v.p[0] == '&') {
		n = reference(v, buf, &text);
		(void)utf8_decode(text, &cp);
		n = n != 0 ? n : 1;
	} else {
		n = utf8_decode(v, &cp);
		text = (struct sv) { buf, utf8_encode(cp, buf) };
	}
	if (is_white(cp))
		k->blank = true;
	else
		put(k, text);
	return n;
}

/* Bytes of ASCII white space at the front of `v`. */
static size_t
white_run(struct sv v)
{
	const uint64_t blanks = BYTES8(' ');
	size_t n = 0;

	while (
	    n < v.len && (v.p[n] == ' ' || (v.p[n] >= '\t' && v.p[n] <= '\r')))
		n += v.len - n >= 8 && memcmp(v.p + n, &blanks, 8) == 0 ? 8 : 1;
	return n;
}

void
html_sink_add(struct html_sink *k, struct sv v)
{
	while (v.len != 0 && !k->out->full) {
		size_t n = white_run(v);

		if (n != 0)
			k->blank = true;
		else if ((n = plain_run(v)) != 0)
			put(k, sv_sub(v, 0, n));
		else
			n = put_special(k, v);
		v = sv_from(v, n);
	}
}

/* Depth in head and template elements, whose text is dropped. */
static size_t
hidden_depth(size_t depth, const struct html_token *t)
{
	unsigned flags = html_tag_flags(t->tag);

	if (t->tag == HTML_body)
		return 0;
	if ((flags & TAG_HIDDEN) == 0 || (flags & TAG_RAW) != 0)
		return depth;
	if (t->kind == HTML_START)
		return t->closed ? depth : depth + 1;
	return depth != 0 ? depth - 1 : 0;
}

void
html_to_text(struct str *out, struct sv html)
{
	struct html_sink k = { out, out->len, false };
	struct html_scan s;
	struct html_token t;
	size_t hidden = 0;

	html_scan_init(&s, html);
	while (!out->full && html_scan_next(&s, &t)) {
		if (t.kind == HTML_RAW)
			continue;
		if (t.kind == HTML_TEXT) {
			if (hidden == 0)
				html_sink_add(&k, t.text);
			continue;
		}
		if ((html_tag_flags(t.tag) & TAG_BLOCK) != 0)
			k.blank = true;
		hidden = hidden_depth(hidden, &t);
	}
}

/* A known tag or a comment at '<' of `v`? */
static bool
is_tag(struct sv v)
{
	size_t from = v.len > 1 && v.p[1] == '/' ? 2 : 1, i = from;

	if (sv_starts(v, SV("<!--")) || sv_starts(v, SV("<![CDATA[")))
		return true;
	while (i < v.len && ascii_is_alnum(v.p[i]))
		i++;
	return i < v.len && sv_chr(SV(" \t\r\n/>"), v.p[i]) < 6 &&
	    html_tag_of(sv_sub(v, from, i - from)) != HTML_UNKNOWN;
}

/* Does the reference at '&' of `v` end in a semicolon? */
static bool
is_reference(struct sv v)
{
	char buf[4];
	struct sv text;
	size_t n = reference(v, buf, &text);

	return n != 0 && v.p[n - 1] == ';';
}

/* Where the first `c` is, from `i` on; v.len: nowhere. */
static size_t
next(struct sv v, size_t i, char c)
{
	return i < v.len ? i + sv_chr(sv_from(v, i), c) : v.len;
}

/* Without the end of a tag behind it, or the sign of an attribute of one that
 * was cut off, '<' begins none. */
static bool
has_tag(struct sv v)
{
	const char *end = v.len != 0 ? memrchr(v.p, '>', v.len) : NULL;
	const char *sign = v.len != 0 ? memrchr(v.p, '=', v.len) : NULL;
	const char *last = end > sign ? end : sign;

	if (last == NULL)
		return false;
	v.len = (size_t)(last - v.p) + 1;
	for (size_t i = next(v, 0, '<'); i < v.len; i = next(v, i + 1, '<'))
		if (is_tag(sv_from(v, i)))
			return true;
	return false;
}

bool
html_is_markup(struct sv v)
{
	for (size_t i = next(v, 0, '&'); i < v.len; i = next(v, i + 1, '&'))
		if (is_reference(sv_from(v, i)))
			return true;
	return has_tag(v);
}

bool
html_has_element(struct sv v)
{
	enum html_tag open = HTML_UNKNOWN;
	struct html_scan scan;
	struct html_token t;
	struct sv name, value;

	if (!has_tag(v))
		return false;
	html_scan_init(&scan, v);
	while (html_scan_next(&scan, &t)) {
		if (t.kind == HTML_START && open == HTML_UNKNOWN &&
		    html_attribute(&t.text, &name, &value) && value.len != 0)
			open = t.tag;
		else if (t.kind == HTML_END && open != HTML_UNKNOWN &&
		    t.tag == open)
			return true;
	}
	return false;
}
