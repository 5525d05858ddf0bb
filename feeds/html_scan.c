/* feeds/html_scan.c: HTML as a sequence of texts and tags. */
#include "feeds/html_scan.h"

#include "base/mem.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#define TAG_NAME_BYTES 10 /* of the longest known */

struct tag_row {
	char name[15]; /* padded with NULs */
	unsigned char flags;
};

#define TAG_ROW(name, flags) { #name, (flags) },
static const struct tag_row tags[] = { HTML_TAGS(TAG_ROW) };
_Static_assert(COUNTOF(tags) == HTML_UNKNOWN, "one row for each tag");

unsigned
html_tag_flags(enum html_tag tag)
{
	return tag != HTML_UNKNOWN ? tags[tag].flags : 0;
}

/* The first 8 bytes of a padded name as a number that sorts alike. */
static uint64_t
row_key(const struct tag_row *row)
{
	uint64_t key;

	memcpy(&key, row->name, sizeof(key));
	return be64toh(key);
}

/* Letters and digits are what counts; | 0x20 makes letters lower case. */
static uint64_t
name_key(struct sv name)
{
	size_t n = name.len < sizeof(uint64_t) ? name.len : sizeof(uint64_t);
	uint64_t key = 0;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		key = key << 8 | (unsigned char)name.p[i] | 0x20;
	return key << 8 * (sizeof(key) - n);
}

static bool
is_rest(struct sv name, const char *row)
{
	return sv_iis(sv_from(name, sizeof(uint64_t)), row + sizeof(uint64_t));
}

enum html_tag
html_tag_of(struct sv name)
{
	const struct tag_row *row = tags;
	uint64_t key;

	if (name.len == 0 || name.len > TAG_NAME_BYTES)
		return HTML_UNKNOWN;
	key = name_key(name);
	for (size_t n = COUNTOF(tags), half; n > 1; n -= half) {
		half = n / 2;
		row += key >= row_key(row + half) ? half : 0;
	}
	if (row_key(row) != key || !is_rest(name, row->name))
		return HTML_UNKNOWN;
	return (enum html_tag)(row - tags);
}

void
html_scan_init(struct html_scan *s, struct sv html)
{
	*s = (struct html_scan) { .in = html, .raw = HTML_UNKNOWN };
}

/* Where an attribute's value that begins with `quote` at `from` ends: behind
 * the closing quote; at `from` when there is none, for then it is no quote. */
static size_t
quoted_end(struct sv v, size_t from)
{
	struct sv rest = sv_from(v, from + 1);
	size_t len = sv_chr(rest, v.p[from]);

	return len < rest.len ? from + 1 + len + 1 : from;
}

static size_t
skip_space(struct sv v, size_t i)
{
	while (i < v.len && ascii_is_space(v.p[i]))
		i++;
	return i;
}

static bool
is_quote(struct sv v, size_t i)
{
	return i < v.len && (v.p[i] == '"' || v.p[i] == '\'');
}

/* Offset of the '>' that ends the tag, or v.len. */
static size_t
tag_end(struct sv v, size_t i)
{
	while (i < v.len && v.p[i] != '>') {
		if (v.p[i++] != '=')
			continue;
		i = skip_space(v, i);
		if (is_quote(v, i))
			i = quoted_end(v, i);
	}
	return i;
}

static bool
ends_name(char c)
{
	return ascii_is_space(c) || c == '/' || c == '>';
}

static size_t
name_end(struct sv v, size_t i)
{
	while (i < v.len && !ends_name(v.p[i]))
		i++;
	return i;
}

/* Nothing, or `name=` and anything. */
static bool
are_attributes(struct sv v)
{
	size_t from = skip_space(v, 0), i = from;

	while (i < v.len && (ascii_is_alnum(v.p[i]) || v.p[i] == '-'))
		i++;
	return v.len == 0 || (i > from && i < v.len && v.p[i] == '=');
}

/* The document ends inside a tag.  What looks like a tag that was cut off is
 * dropped, anything else is text.  Neither is looked at again. */
static bool
cut_tag(struct html_scan *s, struct sv tail, size_t name_from, size_t name_len)
{
	struct sv name = sv_sub(tail, name_from, name_len);

	s->broken = true;
	if (html_tag_of(name) == HTML_UNKNOWN)
		return false;
	if (!are_attributes(sv_from(tail, name_from + name_len)))
		return false;
	s->pos = s->in.len;
	return true;
}

/* At '<' and a letter, or "</" and a letter.  False when it is no tag. */
static bool
scan_tag(struct html_scan *s, struct html_token *t)
{
	struct sv v = sv_from(s->in, s->pos);
	size_t from = v.p[1] == '/' ? 2 : 1, name = name_end(v, from);
	size_t end = tag_end(v, name);

	t->kind = HTML_TEXT;
	t->text = SV_NONE;
	if (end == v.len)
		return cut_tag(s, v, from, name - from);
	t->kind = from == 1 ? HTML_START : HTML_END;
	t->tag = html_tag_of(sv_sub(v, from, name - from));
	t->text = sv_sub(v, name, end - name);
	t->closed = sv_ends(t->text, SV("/"));
	s->pos += end + 1;
	if (t->kind == HTML_START && !t->closed &&
	    (html_tag_flags(t->tag) & TAG_RAW) != 0)
		s->raw = t->tag;
	return true;
}

/* Skips a comment, a declaration or the start of a CDATA section; false when
 * there is none here. */
static bool
skip_declaration(struct html_scan *s)
{
	struct sv v = sv_from(s->in, s->pos);
	size_t end;

	if (sv_starts(v, SV("<![CDATA["))) {
		s->cdata = true;
		s->pos += SV("<![CDATA[").len;
		return true;
	}
	if (sv_starts(v, SV("<!-->")) || sv_starts(v, SV("<!--->"))) {
		s->pos += sv_chr(v, '>') + 1;
		return true;
	}
	if (sv_starts(v, SV("<!--"))) {
		end = sv_find(sv_from(v, 4), SV("-->"));
		s->pos += 4 + end + 3;
		return true;
	}
	end = sv_chr(v, '>');
	if (end == v.len) {
		s->broken = true;
		return false;
	}
	s->pos += end + 1;
	return true;
}

/* The content of script or style; its end tag comes next. */
static void
scan_raw(struct html_scan *s, struct html_token *t)
{
	const char *name = tags[s->raw].name;
	struct sv v = sv_from(s->in, s->pos);
	size_t i = 0;

	for (i = sv_chr(v, '<'); i < v.len;
	     i += 1 + sv_chr(sv_from(v, i + 1), '<')) {
		struct sv tag = sv_from(v, i + 2);

		if (i + 1 < v.len && v.p[i + 1] == '/' &&
		    sv_istarts(tag, sv_of(name)) &&
		    (tag.len <= strlen(name) || ends_name(tag.p[strlen(name)])))
			break;
	}
	*t = (struct html_token) { HTML_RAW, s->raw, sv_sub(v, 0, i), false };
	s->pos += i;
	s->raw = HTML_UNKNOWN;
}

/* Takes text up to the next '<'; the byte here is text in any case. */
static void
scan_text(struct html_scan *s, struct html_token *t)
{
	struct sv v = sv_from(s->in, s->pos);
	size_t n = s->broken ? v.len : 1 + sv_chr(sv_from(v, 1), '<');
	size_t end;

	t->kind = HTML_TEXT;
	t->tag = HTML_UNKNOWN;
	t->text = sv_sub(v, 0, n);
	s->pos += n;
	if (!s->cdata)
		return;
	end = sv_find(t->text, SV("]]>"));
	if (end == t->text.len)
		return;
	s->pos -= n - end - 3;
	t->text.len = end;
	s->cdata = false;
}

/* At '<'.  True when something was taken, which may be no token (kind TEXT,
 * no text). */
static bool
scan_markup(struct html_scan *s, struct html_token *t)
{
	struct sv v = sv_from(s->in, s->pos);
	char c = v.len > 1 ? v.p[1] : '\0', d = v.len > 2 ? v.p[2] : '\0';

	t->kind = HTML_TEXT;
	t->text = SV_NONE;
	if (s->broken)
		return false;
	if (ascii_is_alpha(c) || (c == '/' && ascii_is_alpha(d)))
		return scan_tag(s, t);
	if (c == '!' || c == '?' || (c == '/' && d != '\0'))
		return skip_declaration(s);
	return false;
}

bool
html_scan_next(struct html_scan *s, struct html_token *t)
{
	while (s->pos < s->in.len) {
		if (s->raw != HTML_UNKNOWN)
			scan_raw(s, t);
		else if (s->in.p[s->pos] != '<' || !scan_markup(s, t))
			scan_text(s, t);
		if (t->kind == HTML_START || t->kind == HTML_END ||
		    t->text.len != 0)
			return true;
	}
	return false;
}

bool
html_attribute(struct sv *attributes, struct sv *name, struct sv *value)
{
	struct sv v = *attributes;
	size_t i = 0, from, end;

	while (i < v.len && (ascii_is_space(v.p[i]) || v.p[i] == '/'))
		i++;
	if (i == v.len)
		return false;
	for (from = i++; i < v.len && !ends_name(v.p[i]) && v.p[i] != '=';)
		i++;
	*name = sv_sub(v, from, i - from);
	*value = SV_NONE;
	from = skip_space(v, i);
	if (from < v.len && v.p[from] == '=') {
		from = i = skip_space(v, from + 1);
		end = is_quote(v, from) ? quoted_end(v, from) : from;
		if (end > from) {
			*value = sv_sub(v, from + 1, end - from - 2);
			i = end;
		} else {
			while (i < v.len && !ascii_is_space(v.p[i]))
				i++;
			*value = sv_sub(v, from, i - from);
		}
	}
	*attributes = sv_from(v, i);
	return true;
}
