/* feeds/charset.c: bytes of a document in any charset become UTF-8, piece by
 * piece. */
#include "feeds/charset.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#define DETECTED_CONFIDENCE 30 /* of 100 */

/* Labels under which the web means more than their standards say, as in the
 * WHATWG Encoding Standard, and those that ICU lacks. */
static const struct alias {
	const char *label, *means;
} aliases[] = {
	{ "us-ascii", "windows-1252" },
	{ "ascii", "windows-1252" },
	{ "iso-8859-1", "windows-1252" },
	{ "iso8859-1", "windows-1252" },
	{ "latin1", "windows-1252" },
	{ "iso-8859-9", "windows-1254" },
	{ "iso-8859-11", "windows-874" },
	{ "tis-620", "windows-874" },
	{ "gb2312", "gb18030" },
	{ "gbk", "gb18030" },
	{ "big5", "big5-hkscs" },
	{ "euc-kr", "windows-949" },
	{ "ks_c_5601-1987", "windows-949" },
	{ "shift_jis", "windows-31j" },
	{ "x-sjis", "windows-31j" },
	{ "windows-874", "ibm-9066" },
	{ "maclatin2", "x-mac-centraleurope" },
	{ "macturkish", "x-mac-turkish" },
	{ "utf8", "utf-8" },
};

enum mode {
	SNIFFING,
	UTF8, /* declared */
	UTF8_ASSUMED,
	DETECTING, /* it is not: until CHARSET_DETECT_BYTES have come */
	CONVERTING /* through ICU */
};

struct charset {
	enum mode mode;
	char http[64]; /* label of the response; "" */
	struct str kept; /* to be looked at, or the start of a character */
	UConverter *from, *to; /* CONVERTING */
	UChar pivot[1024], *pivot_source, *pivot_target;
};

/* The value behind `name` in `v`, up to a delimiter, without quotes. */
static struct sv
parameter(struct sv v, struct sv name)
{
	size_t n = 0;

	while (v.len > name.len && !sv_istarts(v, name))
		v = sv_from(v, 1);
	v = sv_trim(sv_from(v, name.len));
	if (v.len == 0 || v.p[0] != '=')
		return SV_NONE;
	v = sv_trim(sv_from(v, 1));
	if (v.len != 0 && (v.p[0] == '"' || v.p[0] == '\''))
		v = sv_from(v, 1);
	while (n < v.len && !ascii_is_space(v.p[n]) &&
	    strchr("\"';,?>/", v.p[n]) == NULL)
		n++;
	return sv_sub(v, 0, n);
}

struct charset *
charset_new(struct sv content_type)
{
	struct charset *c = mem_calloc(1, sizeof(*c));
	struct sv label = parameter(content_type, SV("charset"));

	str_init(&c->kept, CHARSET_SNIFF_BYTES + FEED_CHUNK_BYTES);
	if (label.len < sizeof(c->http) && label.len != 0)
		memcpy(c->http, label.p, label.len);
	return c;
}

static void
close_converter(struct charset *c)
{
	ucnv_close(c->from); /* NULL is fine */
	ucnv_close(c->to);
	c->from = c->to = NULL;
	c->mode = SNIFFING;
}

void
charset_free(struct charset *c)
{
	if (c == NULL)
		return;
	close_converter(c);
	str_done(&c->kept);
	free(c);
}

static bool
open_converter(struct charset *c, const char *name)
{
	UErrorCode status = U_ZERO_ERROR;

	c->from = ucnv_open(name, &status);
	c->to = ucnv_open("utf-8", &status);
	if (U_FAILURE(status)) {
		close_converter(c);
		return false;
	}
	c->pivot_source = c->pivot_target = c->pivot;
	c->mode = CONVERTING;
	return true;
}

static bool
reads_ascii(struct charset *c)
{
	static const char begin[] = "<?xml";
	UErrorCode status = U_ZERO_ERROR;
	UChar out[16];
	int32_t n = ucnv_toUChars(
	    c->from, out, COUNTOF(out), begin, sizeof(begin) - 1, &status);

	ucnv_reset(c->from);
	return U_SUCCESS(status) && n == sizeof(begin) - 1 && out[0] == '<' &&
	    out[1] == '?' && out[4] == 'l';
}

/* Bytes that read as ASCII (`narrow`) cannot mean UTF-16 or EBCDIC, whatever is
 * declared; and UTF-7 is nothing but a way around filters. */
static bool
choose(struct charset *c, struct sv label, bool narrow)
{
	char name[64];

	if (label.len == 0 || label.len >= sizeof(name) ||
	    sv_istarts(label, SV("utf-7")))
		return false;
	memcpy(name, label.p, label.len);
	name[label.len] = '\0';
	for (size_t i = 0; i < COUNTOF(aliases); i++)
		if (sv_iis(sv_of(name), aliases[i].label))
			memcpy(name, aliases[i].means,
			    strlen(aliases[i].means) + 1);
	if (sv_iis(sv_of(name), "utf-8")) {
		c->mode = UTF8;
		return true;
	}
	if (!open_converter(c, name))
		return false;
	if (narrow && !reads_ascii(c)) {
		close_converter(c);
		return false;
	}
	return true;
}

/* How '<' and the next character, or a byte order mark, look in charsets whose
 * declaration cannot be read as ASCII.  Longer ones stand first. */
static const struct mark {
	const char bytes[5];
	size_t len, skip;
	const char *charset;
} marks[] = {
	{ "\xEF\xBB\xBF", 3, 3, "utf-8" },
	{ "\xFF\xFE\0\0", 4, 4, "utf-32le" },
	{ "\0\0\xFE\xFF", 4, 4, "utf-32be" },
	{ "<\0\0\0", 4, 0, "utf-32le" },
	{ "\0\0\0<", 4, 0, "utf-32be" },
	{ "\xFF\xFE", 2, 2, "utf-16le" },
	{ "\xFE\xFF", 2, 2, "utf-16be" },
	{ "<\0", 2, 0, "utf-16le" },
	{ "\0<", 2, 0, "utf-16be" },
	{ "\x4C\x6F\xA7\x94", 4, 0, "ibm-1047" },
};

static bool
choose_by_mark(struct charset *c, struct sv *start)
{
	for (size_t i = 0; i < COUNTOF(marks); i++) {
		const struct mark *m = &marks[i];

		if (sv_starts(*start, (struct sv) { m->bytes, m->len })) {
			*start = sv_from(*start, m->skip);
			return choose(c, sv_of(m->charset), false);
		}
	}
	return false;
}

/* JSON declares nothing; what stands there is quoted. */
static struct sv
declared(struct sv start)
{
	size_t xml = sv_find(start, SV("<?xml")), meta;
	struct sv decl = sv_from(start, xml);

	if (sv_starts(sv_trim(start), SV("{")))
		return SV_NONE;
	if (decl.len != 0)
		return parameter(
		    sv_sub(decl, 0, sv_chr(decl, '>')), SV("encoding"));
	for (meta = sv_find(start, SV("<meta")); meta < start.len;) {
		start = sv_from(start, meta + 1);
		decl = parameter(
		    sv_sub(start, 0, sv_chr(start, '>')), SV("charset"));
		if (decl.len != 0)
			return decl;
		meta = sv_find(start, SV("<meta"));
	}
	return SV_NONE;
}

static void
decide(struct charset *c, struct sv *start)
{
	bool narrow = sv_chr(*start, '\0') == start->len;

	if (!choose_by_mark(c, start) && !choose(c, sv_of(c->http), narrow) &&
	    !choose(c, declared(*start), true))
		c->mode = UTF8_ASSUMED;
}

/* Bytes of whole well-formed characters at the front of `v`. */
static size_t
well_formed(struct sv v)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	size_t i = 0, n;
	uint64_t eight;
	uint32_t cp;

	while (i < v.len) {
		while (v.len - i >= 8 &&
		    (memcpy(&eight, v.p + i, 8), (eight & high) == 0))
			i += 8;
		n = utf8_decode(sv_from(v, i), &cp);
		if (cp == UTF8_REPLACEMENT &&
		    !sv_starts(sv_from(v, i), SV("\xEF\xBF\xBD")))
			break;
		i += n;
	}
	return i;
}

/* Could more bytes make a character of this? */
static bool
is_cut(struct sv v)
{
	unsigned char lead = v.len != 0 ? (unsigned char)v.p[0] : 0;
	uint32_t cp;
	size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

	return lead >= 0xC2 && lead <= 0xF4 && v.len < need &&
	    utf8_decode(v, &cp) == v.len;
}

static void detect(struct charset *, struct sv, struct str *, bool);
static void decode(struct charset *, struct sv, struct str *, bool);

static void
copy_utf8(struct charset *c, struct sv v, struct str *out, bool last)
{
	uint32_t cp;

	for (;;) {
		size_t n = well_formed(v);

		(void)str_add(out, sv_sub(v, 0, n));
		v = sv_from(v, n);
		if (v.len == 0)
			return;
		if (!last && is_cut(v)) {
			(void)str_add(&c->kept, v);
			return;
		}
		if (c->mode == UTF8_ASSUMED) {
			c->mode = DETECTING;
			detect(c, v, out, last);
			return;
		}
		(void)str_addcp(out, UTF8_REPLACEMENT);
		v = sv_from(v, utf8_decode(v, &cp));
	}
}

static void
convert(struct charset *c, struct sv v, struct str *out, bool last)
{
	const char *p = v.p != NULL ? v.p : "", *end = p + v.len;
	UErrorCode status;
	char buf[2048];

	do {
		char *to = buf;

		status = U_ZERO_ERROR;
		ucnv_convertEx(c->to, c->from, &to, buf + sizeof(buf), &p, end,
		    c->pivot, &c->pivot_source, &c->pivot_target,
		    c->pivot + COUNTOF(c->pivot), false, last, &status);
		(void)str_add(out, (struct sv) { buf, (size_t)(to - buf) });
	} while (status == U_BUFFER_OVERFLOW_ERROR);
}

/* The charsets of EBCDIC are none that a text in ASCII goes on in. */
static bool
is_likely(const UCharsetMatch *m, char name[64])
{
	UErrorCode status = U_ZERO_ERROR;
	const char *found = ucsdet_getName(m, &status);

	if (U_FAILURE(status) ||
	    ucsdet_getConfidence(m, &status) < DETECTED_CONFIDENCE ||
	    strncmp(found, "IBM", 3) == 0)
		return false;
	(void)snprintf(name, 64, "%s", found);
	return true;
}

/* What ICU takes the text for, which may hold markup. */
static bool
guess(struct sv text, char name[64])
{
	UErrorCode status = U_ZERO_ERROR;
	UCharsetDetector *d = ucsdet_open(&status);
	const UCharsetMatch *m = NULL;
	bool likely;

	if (U_FAILURE(status))
		return false;
	(void)ucsdet_enableInputFilter(d, true);
	ucsdet_setText(d, text.p, (int32_t)text.len, &status);
	m = ucsdet_detect(d, &status);
	likely = U_SUCCESS(status) && m != NULL && is_likely(m, name);
	ucsdet_close(d);
	return likely;
}

/* Are most characters beyond ASCII well-formed? */
static bool
is_mostly_utf8(struct sv v)
{
	size_t good = 0, bad = 0, n;
	uint32_t cp;

	for (; v.len != 0; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		if (cp == UTF8_REPLACEMENT)
			bad++;
		else if (n > 1)
			good++;
	}
	return good > 2 * bad;
}

/* At the first byte that is not UTF-8, which may be a slip in what is. */
static void
detect(struct charset *c, struct sv v, struct str *out, bool last)
{
	struct sv part = sv_sub(v, 0, CHARSET_DETECT_BYTES - c->kept.len);
	struct str begin;
	char name[64];

	(void)str_add(&c->kept, part);
	if (c->kept.len < CHARSET_DETECT_BYTES && !last)
		return;
	begin = c->kept;
	str_init(&c->kept, begin.max);
	if (is_mostly_utf8(str_sv(&begin)))
		c->mode = UTF8;
	else if (!guess(str_sv(&begin), name) || !choose(c, sv_of(name), true))
		(void)open_converter(c, "windows-1252");
	v = sv_from(v, part.len);
	decode(c, str_sv(&begin), out, last && v.len == 0);
	if (v.len != 0)
		decode(c, v, out, last);
	str_done(&begin);
}

static void
decode(struct charset *c, struct sv v, struct str *out, bool last)
{
	struct str joined;

	if (c->mode == CONVERTING) {
		convert(c, v, out, last);
		return;
	}
	if (c->mode == DETECTING) {
		detect(c, v, out, last);
		return;
	}
	if (c->kept.len == 0) {
		copy_utf8(c, v, out, last);
		return;
	}
	joined = c->kept;
	str_init(&c->kept, joined.max);
	joined.max = v.len + joined.len;
	(void)str_add(&joined, v);
	copy_utf8(c, str_sv(&joined), out, last);
	str_done(&joined);
}

static void
start(struct charset *c, struct str *out, bool last)
{
	struct str begin = c->kept;
	struct sv v = str_sv(&begin);
	struct sv head = sv_sub(v, 0, CHARSET_SNIFF_BYTES);
	size_t len = head.len;

	str_init(&c->kept, begin.max);
	decide(c, &head);
	decode(c, sv_from(v, len - head.len), out, last);
	str_done(&begin);
}

void
charset_push(struct charset *c, struct sv bytes, struct str *out)
{
	if (c->mode == SNIFFING) {
		struct sv head = sv_sub(bytes, 0, FEED_CHUNK_BYTES);

		(void)str_add(&c->kept, head);
		bytes = sv_from(bytes, head.len);
		if (c->kept.len < CHARSET_SNIFF_BYTES)
			return;
		start(c, out, false);
	}
	if (bytes.len != 0)
		decode(c, bytes, out, false);
}

void
charset_finish(struct charset *c, struct str *out)
{
	if (c->mode == SNIFFING)
		start(c, out, true);
	else
		decode(c, SV_NONE, out, true);
}
