/* feeds/clean.c: what calls itself XML becomes well-formed XML, piece by
 * piece. */
#include "feeds/clean.h"

#include "base/limits.h"
#include "feeds/dtd.h"
#include "feeds/html.h"

#include <stdlib.h>
#include <string.h>

enum state {
	TEXT,
	CDATA,
	SKIPPING, /* a comment or the like, up to `until` */
	DOCTYPE
};

struct clean {
	enum state state;
	bool started, closed, last;
	struct str *out; /* of this push; borrowed */
	struct str in; /* a token whose end has not come yet */
	size_t scanned; /* of the tag at the front of `in` */
	char quote, before; /* there: the open quote; the last byte */
	struct sv until;
	size_t skipped;
	struct str names; /* of the open elements, one behind the other */
	size_t starts[FEED_DEPTH], depth;
	struct str text; /* of one reference */
	struct dtd dtd;
	bool failed;
	struct err *err; /* of this push; borrowed */
};

struct clean *
clean_new(void)
{
	struct clean *c = mem_calloc(1, sizeof(*c));

	str_init(&c->in, MiB(1));
	str_init(&c->names, FEED_TAG_BYTES);
	str_init(&c->text, DTD_VALUE_BYTES * 4);
	dtd_init(&c->dtd);
	return c;
}

void
clean_free(struct clean *c)
{
	if (c == NULL)
		return;
	str_done(&c->in);
	str_done(&c->names);
	str_done(&c->text);
	dtd_done(&c->dtd);
	free(c);
}

bool
clean_root_closed(const struct clean *c)
{
	return c->closed;
}

/* Every function named take_x looks at the front of `v` and returns the bytes
 * it has dealt with; 0: the token's end has not come, or the document failed.
 */
static size_t
fail(struct clean *c, const char *what, size_t most)
{
	c->failed = true;
	(void)err_set(c->err, "%s is more than %zu", what, most);
	return 0;
}

/* What ends a run of plain bytes. */
#define IN_TEXT 1
#define IN_CDATA 2
#define IN_VALUE 4
#define EVERYWHERE (IN_TEXT | IN_CDATA | IN_VALUE)
static const unsigned char stops[256] = {
	[0 ... 8] = EVERYWHERE,
	['\v'] = EVERYWHERE,
	['\f'] = EVERYWHERE,
	['\r'] = EVERYWHERE,
	[14 ... 31] = EVERYWHERE,
	['<'] = IN_TEXT | IN_VALUE,
	['&'] = IN_TEXT | IN_VALUE,
	['"'] = IN_VALUE,
	[']'] = IN_CDATA,
	[0xEF] = EVERYWHERE, /* may begin U+FFFE or U+FFFF */
};

/* Bytes that XML forbids are dropped, and a line may end in CR LF as nothing
 * counts the white space.  Only whole characters come here. */
static size_t
put_odd(struct str *out, struct sv v)
{
	if (v.p[0] == '\r')
		(void)str_addc(out, '\n');
	if (v.p[0] != '\xEF')
		return 1;
	if (!sv_starts(v, SV("\xEF\xBF\xBE")) &&
	    !sv_starts(v, SV("\xEF\xBF\xBF")))
		(void)str_add(out, sv_sub(v, 0, 3));
	return 3;
}

static size_t
run(struct sv v, unsigned char where)
{
	size_t n = 0;

	while (n < v.len && !(stops[(unsigned char)v.p[n]] & where))
		n++;
	return n;
}

/* Decoded text that must not be read as markup. */
static void
put_literal(struct str *out, struct sv v)
{
	while (v.len != 0) {
		size_t n = run(v, IN_VALUE);

		(void)str_add(out, sv_sub(v, 0, n));
		v = sv_from(v, n);
		if (v.len == 0)
			return;
		n = 1;
		if (v.p[0] == '<')
			(void)str_add(out, SV("&#60;"));
		else if (v.p[0] == '&')
			(void)str_add(out, SV("&#38;"));
		else if (v.p[0] == '"')
			(void)str_add(out, SV("&#34;"));
		else
			n = put_odd(out, v);
		v = sv_from(v, n);
	}
}

/* "&name;" or "&#123;" with its ends; 1 when it is none; 0: not all there. */
static size_t
reference_len(struct sv v, bool last)
{
	size_t i = v.len > 1 && v.p[1] == '#' ? 2 : 1, first = i;

	while (i < v.len && i < DTD_NAME_BYTES &&
	    (ascii_is_alnum(v.p[i]) || strchr("._-", v.p[i]) != NULL))
		i++;
	if (i == v.len && !last)
		return 0;
	return i > first && i < v.len && v.p[i] == ';' ? i + 1 : 1;
}

static size_t
take_reference(struct clean *c, struct sv v, bool last)
{
	size_t n = reference_len(v, last);
	struct sv ref = sv_sub(v, 0, n), value;

	if (n == 0)
		return 0;
	if (sv_is(ref, "&lt;")) {
		(void)str_add(c->out, SV("&#60;"));
		return n;
	}
	if (sv_is(ref, "&amp;") || n == 1) {
		(void)str_add(c->out, SV("&#38;"));
		return n;
	}
	if (dtd_entity(&c->dtd, sv_sub(ref, 1, n - 2), &value)) {
		put_literal(c->out, value);
		return n;
	}
	str_clear(&c->text);
	if (html_entity(ref, &c->text) == n)
		put_literal(c->out, str_sv(&c->text));
	else
		put_literal(c->out, ref);
	return n;
}

static size_t
take_cdata(struct clean *c, struct sv v)
{
	size_t n = run(v, IN_CDATA);

	if (n != 0) {
		if (c->depth != 0)
			(void)str_add(c->out, sv_sub(v, 0, n));
		return n;
	}
	if (v.p[0] != ']')
		return put_odd(c->depth != 0 ? c->out : &c->text, v);
	if (v.len < 3 && !c->last)
		return 0;
	if (sv_starts(v, SV("]]>"))) {
		c->state = TEXT;
		n = 3;
	} else {
		n = 1;
	}
	if (c->depth != 0)
		(void)str_add(c->out, sv_sub(v, 0, n));
	return n;
}

static size_t
skip_until(struct clean *c, struct sv end, size_t n)
{
	c->state = SKIPPING;
	c->until = end;
	c->skipped = 0;
	return n;
}

static size_t
take_skipped(struct clean *c, struct sv v)
{
	size_t n = sv_find(v, c->until);

	if (n < v.len || c->last) {
		c->state = TEXT;
		n += n < v.len ? c->until.len : 0;
	} else {
		n = v.len < c->until.len ? 0 : v.len - (c->until.len - 1);
	}
	c->skipped += n;
	if (c->skipped > FEED_COMMENT_BYTES)
		return fail(c, "one comment", FEED_COMMENT_BYTES);
	return n;
}

static size_t
take_doctype(struct clean *c, struct sv v)
{
	size_t n = dtd_push(&c->dtd, v);

	if (n < v.len)
		c->state = TEXT;
	c->skipped += n;
	if (c->skipped > FEED_COMMENT_BYTES)
		return fail(c, "the document type", FEED_COMMENT_BYTES);
	return n < v.len ? n + 1 : n;
}

/* "<!" and what follows. */
static size_t
take_declaration(struct clean *c, struct sv v)
{
	if (sv_starts(v, SV("<!--")))
		return skip_until(c, SV("-->"), 4);
	if (sv_starts(v, SV("<![CDATA["))) {
		c->state = CDATA;
		if (c->depth != 0)
			(void)str_add(c->out, SV("<![CDATA["));
		return 9;
	}
	if (v.len < 9 && !c->last)
		return 0;
	if (c->depth == 0 && sv_istarts(v, SV("<!doctype"))) {
		c->state = DOCTYPE;
		c->skipped = 0;
		return 9;
	}
	return skip_until(c, SV(">"), 2);
}

static bool
is_name_start(char c)
{
	return ascii_is_alpha(c) || c == '_';
}

static size_t
name_len(struct sv v)
{
	size_t n = 0;

	while (n < v.len &&
	    (ascii_is_alnum(v.p[n]) ||
		(v.p[n] != '\0' && strchr("_-.:", v.p[n]) != NULL)))
		n++;
	return n;
}

/* A name as libxml2 takes it: no colon at an end, and at most one. */
static struct sv
clean_name(struct sv v)
{
	struct sv name = sv_sub(v, 0, name_len(v));
	size_t colon = sv_chr(name, ':'), second;

	if (colon + 1 >= name.len || !is_name_start(name.p[colon + 1]))
		return sv_sub(name, 0, colon);
	second = sv_chr(sv_from(name, colon + 1), ':');
	return sv_sub(name, 0, colon + 1 + second);
}

static struct sv
open_name(const struct clean *c, size_t i)
{
	size_t end = i + 1 < c->depth ? c->starts[i + 1] : c->names.len;

	return sv_sub(str_sv(&c->names), c->starts[i], end - c->starts[i]);
}

static void
close_innermost(struct clean *c)
{
	(void)str_add(c->out, SV("</"));
	(void)str_add(c->out, open_name(c, c->depth - 1));
	(void)str_addc(c->out, '>');
	c->names.len = c->starts[--c->depth];
	c->closed = c->depth == 0;
}

/* Closes what was left open inside; an end tag of nothing is dropped. */
static void
end_tag(struct clean *c, struct sv name)
{
	size_t i = c->depth;

	while (i > 0 && !sv_ieq(open_name(c, i - 1), name))
		i--;
	if (i == 0)
		return;
	while (c->depth >= i)
		close_innermost(c);
}

static void
put_value(struct clean *c, struct sv v)
{
	while (v.len != 0) {
		size_t n = run(v, IN_VALUE);

		if (n != 0)
			(void)str_add(c->out, sv_sub(v, 0, n));
		else if (v.p[0] == '&')
			n = take_reference(c, v, true);
		else
			put_literal(
			    c->out, sv_sub(v, 0, n = v.p[0] == '\xEF' ? 3 : 1));
		v = sv_from(v, n);
	}
}

static struct sv
skip_space(struct sv v)
{
	while (v.len != 0 && ascii_is_space(v.p[0]))
		v = sv_from(v, 1);
	return v;
}

/* The value behind "=" at the front of `*v`, which is cut off there. */
static struct sv
value_of(struct sv *v)
{
	struct sv rest = skip_space(*v);
	size_t n = 0;

	if (rest.len == 0 || rest.p[0] != '=')
		return SV_NONE;
	rest = skip_space(sv_from(rest, 1));
	if (rest.len != 0 && (rest.p[0] == '"' || rest.p[0] == '\'')) {
		n = sv_chr(sv_from(rest, 1), rest.p[0]);
		*v = sv_from(rest, n + 2);
		return sv_sub(rest, 1, n);
	}
	while (n < rest.len && !ascii_is_space(rest.p[n]))
		n++;
	*v = sv_from(rest, n);
	return sv_sub(rest, 0, n);
}

static bool
put_attributes(struct clean *c, struct sv v)
{
	size_t n = 0;

	for (v = skip_space(v); v.len != 0; v = skip_space(v)) {
		struct sv name = clean_name(v);

		if (name.len == 0 || !is_name_start(v.p[0])) {
			v = sv_from(v, 1);
			continue;
		}
		if (++n > FEED_ATTRIBUTES)
			return fail(c, "attributes of one element",
				   FEED_ATTRIBUTES) != 0;
		v = sv_from(v, name_len(v));
		(void)str_addc(c->out, ' ');
		(void)str_add(c->out, name);
		(void)str_add(c->out, SV("=\""));
		put_value(c, value_of(&v));
		(void)str_addc(c->out, '"');
	}
	return true;
}

/* `v` is what stands between < and >. */
static void
start_tag(struct clean *c, struct sv v)
{
	struct sv name = clean_name(v);
	bool empty = v.p[v.len - 1] == '/';

	if (c->depth == FEED_DEPTH) {
		(void)fail(c, "depth of the elements", FEED_DEPTH);
		return;
	}
	c->starts[c->depth++] = c->names.len;
	if (!str_add(&c->names, name)) {
		(void)fail(c, "the length of open names", FEED_TAG_BYTES);
		return;
	}
	(void)str_addc(c->out, '<');
	(void)str_add(c->out, name);
	v = sv_from(v, name_len(v));
	if (!put_attributes(c, sv_sub(v, 0, v.len - (empty && v.len != 0))))
		return;
	(void)str_addc(c->out, '>');
	if (empty)
		close_innermost(c);
}

/* Length with both ends of the tag at the front; 0: its end has not come.
 * Goes on where it stopped at the last call. */
static size_t
tag_len(struct clean *c, struct sv v)
{
	for (; c->scanned < v.len; c->scanned++) {
		char b = v.p[c->scanned];

		if (c->quote != '\0') {
			if (b == c->quote)
				c->quote = '\0';
		} else if (b == '>') {
			return c->scanned + 1;
		} else if ((b == '"' || b == '\'') && c->before == '=') {
			c->quote = b;
		}
		if (!ascii_is_space(b))
			c->before = b;
	}
	return 0;
}

static size_t
take_tag(struct clean *c, struct sv v)
{
	size_t n = tag_len(c, v);

	if (c->scanned > FEED_TAG_BYTES)
		return fail(c, "one tag", FEED_TAG_BYTES);
	if (n == 0)
		return c->last ? v.len : 0;
	c->scanned = 0;
	c->quote = c->before = '\0';
	if (v.p[1] == '/')
		end_tag(c, clean_name(sv_from(v, 2)));
	else
		start_tag(c, sv_sub(v, 1, n - 2));
	return n;
}

static size_t
take_markup(struct clean *c, struct sv v)
{
	if (v.len < 6 && !c->last)
		return 0;
	if (sv_starts(v, SV("<?")))
		return skip_until(
		    c, sv_starts(v, SV("<?xml ")) ? SV(">") : SV("?>"), 2);
	if (sv_starts(v, SV("<!")))
		return take_declaration(c, v);
	if (v.len > 2 &&
	    (is_name_start(v.p[1]) || (v.p[1] == '/' && is_name_start(v.p[2]))))
		return take_tag(c, v);
	if (c->depth != 0)
		(void)str_add(c->out, SV("&#60;"));
	return 1;
}

static size_t
take_text(struct clean *c, struct sv v)
{
	size_t n = c->depth != 0 ? run(v, IN_TEXT) : sv_chr(v, '<');

	if (n != 0) {
		if (c->depth != 0)
			(void)str_add(c->out, sv_sub(v, 0, n));
		return n;
	}
	if (v.p[0] == '<')
		return take_markup(c, v);
	if (v.p[0] == '&')
		return take_reference(c, v, c->last);
	return put_odd(c->out, v);
}

static size_t
take(struct clean *c, struct sv v)
{
	switch (c->state) {
	case TEXT:
		return take_text(c, v);
	case CDATA:
		return take_cdata(c, v);
	case SKIPPING:
		return take_skipped(c, v);
	case DOCTYPE:
		return take_doctype(c, v);
	}
	BUG("no such state");
}

/* What a server's script printed before the document.  A feed that quotes an
 * XML declaration keeps what is before it. */
static struct sv
skip_junk(struct sv v)
{
	static const char *const roots[] = { "<rss", "<feed", "<rdf:" };
	size_t n = sv_find(v, SV("<?xml "));

	if (n == v.len)
		return v;
	for (size_t i = 0; i < COUNTOF(roots); i++)
		if (sv_find(sv_sub(v, 0, n), sv_of(roots[i])) < n)
			return v;
	return sv_from(v, n);
}

/* Keeps what is left of `v`, which may lie in `in` itself. */
static void
keep(struct clean *c, struct sv v)
{
	if (v.len == 0 || c->closed) {
		str_clear(&c->in);
	} else if (c->in.len == 0) {
		(void)str_add(&c->in, v);
	} else if (v.p != c->in.p) {
		memmove(c->in.p, v.p, v.len);
		c->in.len = v.len;
	}
}

static bool
clean_all(struct clean *c, struct sv v)
{
	size_t n = 1;

	while (v.len != 0 && n != 0 && !c->closed && !c->failed) {
		n = take(c, v);
		v = sv_from(v, n);
	}
	keep(c, v);
	return !c->failed;
}

bool
clean_push(struct clean *c, struct sv v, struct str *out, struct err *e)
{
	c->out = out;
	c->err = e;
	if (c->closed || v.len == 0)
		return true;
	if (!c->started)
		v = skip_junk(v);
	c->started = true;
	if (c->in.len == 0)
		return clean_all(c, v);
	if (!str_add(&c->in, v))
		return fail(c, "one token", c->in.max) != 0;
	return clean_all(c, str_sv(&c->in));
}

bool
clean_finish(struct clean *c, struct str *out, struct err *e)
{
	c->last = true;
	c->out = out;
	c->err = e;
	return clean_all(c, str_sv(&c->in));
}
