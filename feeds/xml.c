/* feeds/xml.c: what calls itself XML goes in piece by piece; elements and text
 * come out. */
#include "feeds/xml.h"

#include "base/limits.h"
#include "base/str.h"
#include "feeds/dtd.h"
#include "feeds/html.h"
#include "feeds/xmlns.h"

#include <stdlib.h>
#include <string.h>

enum state {
	TEXT,
	CDATA,
	SKIPPING, /* a comment or the like, up to `until` */
	DOCTYPE
};

struct xml {
	const struct xml_events *events;
	struct raw *raw; /* borrowed */
	void *arg;
	enum state state;
	bool started, closed, last, failed;
	bool stray; /* text outside the root */
	struct err err; /* why it failed */
	struct str in; /* a token whose end has not come yet */
	size_t scanned; /* of the tag at the front of `in` */
	char quote, before; /* there: the open quote; the last byte */
	struct sv until;
	size_t skipped;
	struct str names; /* of the open elements, one behind the other */
	size_t starts[FEED_DEPTH], depth;
	struct xmlns xmlns;
	struct dtd dtd;
	size_t growth; /* of the text, by the entities of the document */
	struct str text; /* of one reference */
	char pieces[512]; /* short ones, not handed on yet */
	size_t npieces;
	struct xml_attribute attributes[FEED_ATTRIBUTES];
	size_t nattributes;
	struct str value;
	struct arena values; /* those that had to be decoded */
};

struct xml *
xml_new(const struct xml_events *events, struct raw *raw, void *arg)
{
	struct xml *x = mem_calloc(1, sizeof(*x));

	x->events = events;
	x->raw = raw;
	x->arg = arg;
	str_init(&x->in, MiB(1));
	str_init(&x->names, FEED_TAG_BYTES);
	str_init(&x->text, DTD_VALUE_BYTES * 4);
	str_init(&x->value, FEED_TAG_BYTES * DTD_VALUE_BYTES);
	arena_init(&x->values);
	xmlns_init(&x->xmlns);
	dtd_init(&x->dtd);
	return x;
}

void
xml_free(struct xml *x)
{
	if (x == NULL)
		return;
	str_done(&x->in);
	str_done(&x->names);
	str_done(&x->text);
	str_done(&x->value);
	arena_done(&x->values);
	xmlns_done(&x->xmlns);
	dtd_done(&x->dtd);
	free(x);
}

bool
xml_root_closed(const struct xml *x)
{
	return x->closed;
}

bool
xml_has_stray_text(const struct xml *x)
{
	return x->stray;
}

/* Every function named take_x looks at the front of `v` and returns the bytes
 * it has dealt with; 0: the token's end has not come, or the document failed.
 */
static size_t
fail(struct xml *x, const char *what, size_t most)
{
	x->failed = true;
	(void)err_set(&x->err, "%s is more than %zu", what, most);
	return 0;
}

static void
flush(struct xml *x)
{
	if (x->npieces != 0)
		x->events->text((struct sv) { x->pieces, x->npieces }, x->arg);
	x->npieces = 0;
}

static void
put(struct xml *x, struct sv text)
{
	if (x->depth == 0 || text.len == 0)
		return;
	if (text.len > sizeof(x->pieces) - x->npieces)
		flush(x);
	if (text.len > sizeof(x->pieces) / 4) {
		flush(x);
		x->events->text(text, x->arg);
		return;
	}
	memcpy(x->pieces + x->npieces, text.p, text.len);
	x->npieces += text.len;
}

/* Bytes that XML forbids, with white space among them left in place. */
static bool
is_control(char c)
{
	return (unsigned char)c < ' ' && !ascii_is_space(c);
}

/* Length of the text before the first `a`, `b` or control. */
static size_t
run(struct sv v, char a, char b)
{
	typedef unsigned char bytes __attribute__((vector_size(16)));
	typedef uint64_t words __attribute__((vector_size(16)));
	size_t n = 0;
	bytes x;
	words hits;

	for (; v.len - n >= sizeof(x); n += sizeof(x)) {
		memcpy(&x, v.p + n, sizeof(x));
		hits = (words)((x == (unsigned char)a) |
		    (x == (unsigned char)b) | (x < '\t') |
		    ((x > '\r') & (x < ' ')));
		if ((hits[0] | hits[1]) != 0)
			break;
	}
	while (n < v.len && v.p[n] != a && v.p[n] != b && !is_control(v.p[n]))
		n++;
	return n;
}

/* "&name;" or "&#123;" with its ends; 1 when it is none; 0: not all there. */
static size_t
reference_len(struct sv v, bool last)
{
	size_t i = v.len > 1 && v.p[1] == '#' ? 2 : 1, first = i;

	while (i < v.len && i < DTD_NAME_BYTES &&
	    (ascii_is_alnum(v.p[i]) || v.p[i] == '.' || v.p[i] == '_' ||
		v.p[i] == '-'))
		i++;
	if (i == v.len && !last)
		return 0;
	return i > first && i < v.len && v.p[i] == ';' ? i + 1 : 1;
}

/* The text of an entity of the document; `ref` itself when they have brought
 * too much. */
static struct sv
grow(struct xml *x, struct sv ref, struct sv value)
{
	x->growth += value.len > ref.len ? value.len - ref.len : 0;
	if (x->growth <= DTD_GROWTH_BYTES)
		return value;
	(void)fail(x, "what entities add to the document", DTD_GROWTH_BYTES);
	return ref;
}

/* The text of a whole reference, at least 3 bytes long. */
static struct sv
decode(struct xml *x, struct sv ref)
{
	struct sv name = sv_sub(ref, 1, ref.len - 2), value;

	if (sv_is(name, "lt"))
		return SV("<");
	if (sv_is(name, "gt"))
		return SV(">");
	if (sv_is(name, "amp"))
		return SV("&");
	if (sv_is(name, "quot"))
		return SV("\"");
	if (dtd_entity(&x->dtd, name, &value))
		return grow(x, ref, value);
	str_clear(&x->text);
	return html_entity(ref, &x->text) == ref.len ? str_sv(&x->text) : ref;
}

/* Of U+0000 and its like by number nothing is left. */
static struct sv
decode_clean(struct xml *x, struct sv ref)
{
	struct sv v = decode(x, ref);

	return v.len == 1 && is_control(v.p[0]) ? SV_NONE : v;
}

static size_t
take_reference(struct xml *x, struct sv v)
{
	size_t n = reference_len(v, x->last);

	if (n == 1)
		put(x, SV("&"));
	else if (n != 0)
		put(x, decode_clean(x, sv_sub(v, 0, n)));
	return n;
}

static size_t
take_cdata(struct xml *x, struct sv v)
{
	size_t n = run(v, ']', ']');

	put(x, sv_sub(v, 0, n));
	if (n != 0 || v.p[0] != ']')
		return n != 0 ? n : 1;
	if (v.len < 3 && !x->last)
		return 0;
	if (!sv_starts(v, SV("]]>"))) {
		put(x, SV("]"));
		return 1;
	}
	x->state = TEXT;
	return 3;
}

static size_t
skip_until(struct xml *x, struct sv end, size_t n)
{
	x->state = SKIPPING;
	x->until = end;
	x->skipped = 0;
	return n;
}

static size_t
take_skipped(struct xml *x, struct sv v)
{
	size_t n = sv_find(v, x->until);

	if (n < v.len || x->last) {
		x->state = TEXT;
		n += n < v.len ? x->until.len : 0;
	} else {
		n = v.len < x->until.len ? 0 : v.len - (x->until.len - 1);
	}
	x->skipped += n;
	if (x->skipped > FEED_COMMENT_BYTES)
		return fail(x, "one comment", FEED_COMMENT_BYTES);
	return n;
}

static size_t
take_doctype(struct xml *x, struct sv v)
{
	size_t n = dtd_push(&x->dtd, v);

	if (n < v.len)
		x->state = TEXT;
	x->skipped += n;
	if (x->skipped > FEED_COMMENT_BYTES)
		return fail(x, "the document type", FEED_COMMENT_BYTES);
	return n < v.len ? n + 1 : n;
}

/* "<!" and what follows. */
static size_t
take_declaration(struct xml *x, struct sv v)
{
	if (sv_starts(v, SV("<!--")))
		return skip_until(x, SV("-->"), 4);
	if (sv_starts(v, SV("<![CDATA["))) {
		x->state = CDATA;
		return 9;
	}
	if (v.len < 9 && !x->last)
		return 0;
	if (x->depth == 0 && sv_istarts(v, SV("<!doctype"))) {
		x->state = DOCTYPE;
		x->skipped = 0;
		return 9;
	}
	return skip_until(x, SV(">"), 2);
}

#define NAME_START 1
#define NAME_INNER 2
static const unsigned char name_bytes[256] = {
	['a' ... 'z'] = NAME_START | NAME_INNER,
	['A' ... 'Z'] = NAME_START | NAME_INNER,
	['_'] = NAME_START | NAME_INNER,
	[0x80 ... 0xFF] = NAME_START | NAME_INNER,
	['0' ... '9'] = NAME_INNER,
	[':'] = NAME_INNER,
	['-'] = NAME_INNER,
	['.'] = NAME_INNER,
};

static bool
is_name_start(char c)
{
	return (name_bytes[(unsigned char)c] & NAME_START) != 0;
}

static size_t
name_len(struct sv v)
{
	size_t n = 0;

	while (n < v.len && name_bytes[(unsigned char)v.p[n]] != 0)
		n++;
	return n;
}

/* Cuts a name at its first colon; one at an end of it counts for nothing. */
static struct sv
split_name(struct sv name, struct sv *prefix)
{
	size_t colon = sv_chr(name, ':');

	*prefix = SV_NONE;
	if (colon + 1 >= name.len)
		return sv_sub(name, 0, colon);
	*prefix = sv_sub(name, 0, colon);
	return sv_from(name, colon + 1);
}

static struct sv
open_name(const struct xml *x, size_t i)
{
	size_t end = i + 1 < x->depth ? x->starts[i + 1] : x->names.len;

	return sv_sub(str_sv(&x->names), x->starts[i], end - x->starts[i]);
}

static void
close_innermost(struct xml *x)
{
	struct sv prefix, name = open_name(x, x->depth - 1);

	flush(x);
	x->events->end(split_name(name, &prefix), x->arg);
	xmlns_leave(&x->xmlns, x->depth);
	x->names.len = x->starts[--x->depth];
	x->closed = x->depth == 0;
}

/* `v` is the whole tag. */
static void
end_tag(struct xml *x, struct sv v)
{
	struct sv name = sv_sub(v, 2, name_len(sv_from(v, 2)));
	size_t i = x->depth;

	while (i > 0 && !sv_ieq(open_name(x, i - 1), name))
		i--;
	if (i == 0)
		return;
	raw_token(x->raw, v.p, v.p);
	while (x->depth > i)
		close_innermost(x);
	raw_token(x->raw, v.p, v.p + v.len);
	close_innermost(x);
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

/* References decoded, forbidden characters dropped. */
static struct sv
clean_value(struct xml *x, struct sv v)
{
	size_t n = run(v, '&', '&');

	if (n == v.len)
		return v;
	str_clear(&x->value);
	for (; v.len != 0; n = run(v, '&', '&')) {
		(void)str_add(&x->value, sv_sub(v, 0, n));
		v = sv_from(v, n);
		n = v.len != 0 && v.p[0] == '&' ? reference_len(v, true) : 0;
		if (n == 1)
			(void)str_addc(&x->value, '&');
		else if (n != 0)
			(void)str_add(
			    &x->value, decode_clean(x, sv_sub(v, 0, n)));
		v = sv_from(v, n != 0 ? n : 1);
	}
	return arena_sv(&x->values, str_sv(&x->value));
}

static void
add_attribute(struct xml *x, struct sv name, struct sv value)
{
	struct xml_attribute *a = &x->attributes[x->nattributes++];

	a->local = split_name(name, &a->prefix);
	a->value = clean_value(x, value);
	if (sv_is(a->prefix, "xmlns"))
		xmlns_declare(&x->xmlns, x->depth, a->local, a->value);
	else if (a->prefix.len == 0 && sv_is(a->local, "xmlns"))
		xmlns_declare(&x->xmlns, x->depth, SV_NONE, a->value);
}

static bool
read_attributes(struct xml *x, struct sv v)
{
	x->nattributes = 0;
	arena_clear(&x->values);
	for (v = skip_space(v); v.len != 0; v = skip_space(v)) {
		struct sv name = sv_sub(v, 0, name_len(v));

		if (!is_name_start(v.p[0])) {
			v = sv_from(v, 1);
			continue;
		}
		if (x->nattributes == FEED_ATTRIBUTES)
			return fail(x, "attributes of one element",
				   FEED_ATTRIBUTES) != 0;
		v = sv_from(v, name.len);
		add_attribute(x, name, value_of(&v));
	}
	return true;
}

static bool
open_element(struct xml *x, struct sv name)
{
	if (x->depth == FEED_DEPTH)
		return fail(x, "depth of the elements", FEED_DEPTH) != 0;
	x->starts[x->depth++] = x->names.len;
	return str_add(&x->names, name) ||
	    fail(x, "the length of open names", FEED_TAG_BYTES) != 0;
}

/* `v` is what stands between < and >. */
static void
start_tag(struct xml *x, struct sv v)
{
	struct sv name = sv_sub(v, 0, name_len(v));
	bool empty = v.p[v.len - 1] == '/';
	struct xml_element el;

	v = sv_sub(v, 0, v.len - empty);
	if (!open_element(x, name) || !read_attributes(x, sv_from(v, name.len)))
		return;
	el.name.local = split_name(name, &el.name.prefix);
	el.name.uri = xmlns_find(&x->xmlns, el.name.prefix);
	el.attributes = x->attributes;
	el.nattributes = x->nattributes;
	el.empty = empty;
	flush(x);
	if (!x->events->start(&el, x->arg, &x->err))
		x->failed = true;
	else if (empty)
		close_innermost(x);
}

/* Length with both ends of the tag at the front; 0: its end has not come.
 * Goes on where it stopped at the last call. */
static size_t
tag_len(struct xml *x, struct sv v)
{
	size_t plain = sv_chr(v, '>');

	if (x->scanned == 0 && plain < v.len &&
	    sv_chr(sv_sub(v, 0, plain), '=') == plain)
		return plain + 1;
	for (; x->scanned < v.len; x->scanned++) {
		char b = v.p[x->scanned];

		if (x->quote != '\0') {
			x->scanned += sv_chr(sv_from(v, x->scanned), x->quote);
			if (x->scanned == v.len)
				break;
			x->quote = '\0';
		} else if (b == '>') {
			return x->scanned + 1;
		} else if ((b == '"' || b == '\'') && x->before == '=') {
			x->quote = b;
		}
		if (!ascii_is_space(b))
			x->before = b;
	}
	return 0;
}

static size_t
take_tag(struct xml *x, struct sv v)
{
	size_t n = tag_len(x, v);

	if (x->scanned > FEED_TAG_BYTES)
		return fail(x, "one tag", FEED_TAG_BYTES);
	if (n == 0 && !x->last)
		return 0;
	if (n == 0) /* cut off within it */
		n = v.len + 1;
	x->scanned = 0;
	x->quote = x->before = '\0';
	if (v.p[1] == '/') {
		end_tag(x, sv_sub(v, 0, n));
	} else {
		raw_token(x->raw, v.p, v.p + sv_sub(v, 0, n).len);
		start_tag(x, sv_sub(v, 1, n - 2));
	}
	return n;
}

static size_t
take_markup(struct xml *x, struct sv v)
{
	if (v.len < 6 && !x->last)
		return 0;
	if (sv_starts(v, SV("<?")))
		return skip_until(
		    x, sv_starts(v, SV("<?xml ")) ? SV(">") : SV("?>"), 2);
	if (sv_starts(v, SV("<!")))
		return take_declaration(x, v);
	if (v.len > 2 &&
	    (is_name_start(v.p[1]) || (v.p[1] == '/' && is_name_start(v.p[2]))))
		return take_tag(x, v);
	put(x, SV("<"));
	return 1;
}

static size_t
take_text(struct xml *x, struct sv v)
{
	size_t n = x->depth != 0 ? run(v, '<', '&') : sv_chr(v, '<');

	put(x, sv_sub(v, 0, n));
	x->stray = x->stray ||
	    (x->depth == 0 && sv_trim(sv_sub(v, 0, n)).len != 0);
	if (n != 0)
		return n;
	if (v.p[0] == '<')
		return take_markup(x, v);
	return v.p[0] == '&' ? take_reference(x, v) : 1;
}

static size_t
take(struct xml *x, struct sv v)
{
	switch (x->state) {
	case TEXT:
		return take_text(x, v);
	case CDATA:
		return take_cdata(x, v);
	case SKIPPING:
		return take_skipped(x, v);
	case DOCTYPE:
		return take_doctype(x, v);
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
keep(struct xml *x, struct sv v)
{
	if (v.len == 0 || x->closed) {
		str_clear(&x->in);
	} else if (x->in.len == 0) {
		(void)str_add(&x->in, v);
	} else if (v.p != x->in.p) {
		memmove(x->in.p, v.p, v.len);
		x->in.len = v.len;
	}
}

static bool
take_all(struct xml *x, struct sv v, struct err *e)
{
	size_t n = 1;

	raw_go_on(x->raw, v);
	while (v.len != 0 && n != 0 && !x->closed && !x->failed) {
		n = take(x, v);
		v = sv_from(v, n);
	}
	raw_pause(x->raw, v.len);
	if (x->failed)
		return err_set(e, "%s", x->err.msg);
	flush(x);
	keep(x, v);
	return true;
}

bool
xml_push(struct xml *x, struct sv v, struct err *e)
{
	if (x->closed || v.len == 0)
		return true;
	if (!x->started)
		v = skip_junk(v);
	x->started = true;
	if (x->in.len == 0)
		return take_all(x, v, e);
	if (!str_add(&x->in, v))
		(void)fail(x, "one token", x->in.max);
	return take_all(x, str_sv(&x->in), e);
}

bool
xml_finish(struct xml *x, struct err *e)
{
	x->last = true;
	return take_all(x, str_sv(&x->in), e);
}
