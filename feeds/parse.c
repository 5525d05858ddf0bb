/* feeds/parse.c: a feed document goes in as bytes, items come out. */
#include "feeds/parse.h"

#include "feeds/charset.h"
#include "feeds/discover.h"
#include "feeds/jsonfeed.h"
#include "feeds/unpack.h"
#include "feeds/webpage.h"
#include "feeds/xmlfeed.h"

#include <stdlib.h>

/* As many bytes tell what a document is. */
#define MAGIC_BYTES 16

/* Each stage hands on to the next. */
struct feed_parser {
	struct unpack *outer, *inner; /* some servers pack twice */
	struct charset *charset;
	struct str utf8; /* not passed on yet */
	char *base_url;
	feed_item_fn *on_item;
	bool deleted;
	void *arg;
	const struct feed_format *format; /* NULL: not known yet */
	void *feed; /* of the format */
	bool failed;
	struct err err; /* why it failed */
};

/* What documents that are no feeds begin with, seen through the charset stage:
 * bytes that are not UTF-8 have been read as windows-1252. */
static const struct magic {
	const char *begins, *what;
} magics[] = {
	{ "%PDF", "it is a PDF document, not a feed" },
	{ "\u2030PNG", "it is a PNG image, not a feed" },
	{ "GIF8", "it is a GIF image, not a feed" },
	{ "\u00FF\u00D8", "it is a JPEG image, not a feed" },
	{ "PK\x03\x04", "it is a ZIP archive, not a feed" },
	{ "\x1F\u2039", "it is gzip data in gzip data in gzip data" },
};

static bool
fail(struct feed_parser *p, const struct err *e)
{
	if (!p->failed)
		p->err = *e;
	p->failed = true;
	return false;
}

static bool
refuse(struct feed_parser *p, const char *what)
{
	struct err e;

	(void)err_set(&e, "%s", what);
	return fail(p, &e);
}

static bool on_unpacked(struct sv, void *, struct err *);
static bool on_bytes(struct sv, void *, struct err *);

struct feed_parser *
feed_parser_new(
    const struct feed_parser_options *o, feed_item_fn *on_item, void *arg)
{
	struct feed_parser *p = mem_calloc(1, sizeof(*p));
	size_t max = o->max_bytes != 0 ? o->max_bytes : FEED_DOCUMENT_BYTES;

	p->outer = unpack_new(max, on_unpacked, p);
	p->inner = unpack_new(max, on_bytes, p);
	p->charset = charset_new(o->content_type);
	p->base_url = mem_svdup(o->base_url);
	p->on_item = on_item;
	p->deleted = o->deleted;
	p->arg = arg;
	str_init(&p->utf8, MiB(1));
	return p;
}

void
feed_parser_free(struct feed_parser *p)
{
	if (p == NULL)
		return;
	unpack_free(p->outer);
	unpack_free(p->inner);
	charset_free(p->charset);
	if (p->format != NULL)
		p->format->free(p->feed);
	free(p->base_url);
	str_done(&p->utf8);
	free(p);
}

/* Where the first thing stands that is neither white space nor a comment as in
 * C; v.len: it has not come. */
static size_t
skip_blank(struct sv v)
{
	size_t at = 0;

	for (;;) {
		struct sv rest, end;

		while (at < v.len && ascii_is_space(v.p[at]))
			at++;
		rest = sv_from(v, at);
		if (sv_starts(rest, SV("//")))
			end = SV("\n");
		else if (sv_starts(rest, SV("/*")))
			end = SV("*/");
		else
			return at;
		at += 2 + sv_find(sv_from(rest, 2), end) + end.len;
		if (at >= v.len)
			return v.len;
	}
}

static const struct feed_format *
format_of(struct sv v)
{
	if (sv_starts(v, SV("{")) || sv_starts(v, SV("[")))
		return &jsonfeed;
	return discover_is_page(v) ? &webpage : &xmlfeed;
}

static void
on_format_item(const struct item *it, void *arg)
{
	struct feed_parser *p = arg;

	if (p->deleted || !it->deleted)
		p->on_item(it, p->arg);
}

/* Stays undecided until enough has come.  Cuts off `*in` what stands before a
 * feed. */
static bool
choose_format(struct feed_parser *p, bool last, struct sv *in)
{
	struct sv v = sv_sub(*in, 0, FEED_CHUNK_BYTES);
	size_t at = skip_blank(v);
	size_t root = at + discover_prolog(sv_from(v, at));

	if ((v.len < root + MAGIC_BYTES || discover_is_page(v)) &&
	    v.len < FEED_CHUNK_BYTES && !last)
		return true;
	v = sv_from(v, at);
	for (size_t i = 0; i < COUNTOF(magics); i++)
		if (sv_starts(v, sv_of(magics[i].begins)))
			return refuse(p, magics[i].what);
	at = discover_is_page(v) ? discover_inner_feed(v) : v.len;
	if (at < v.len) {
		v = sv_from(v, at);
		*in = sv_from(*in, (size_t)(v.p - in->p));
	}
	p->format = format_of(v);
	p->feed = p->format->create(sv_of(p->base_url), on_format_item, p);
	return true;
}

/* Moves what the charset stage brought to the format. */
static bool
pass_on(struct feed_parser *p, bool last)
{
	struct sv v = str_sv(&p->utf8);
	struct err e;

	if (v.len == 0)
		return true;
	if (p->format == NULL && !choose_format(p, last, &v))
		return false;
	if (p->format == NULL)
		return true;
	if (!p->format->push(p->feed, v, &e))
		return fail(p, &e);
	str_clear(&p->utf8);
	return true;
}

static bool
has_ended(const struct feed_parser *p)
{
	return p->format != NULL && p->format->ended(p->feed);
}

static bool
report(const struct feed_parser *p, struct err *e)
{
	return p->failed ? err_set(e, "%s", p->err.msg) : true;
}

static bool
on_bytes(struct sv bytes, void *arg, struct err *e)
{
	struct feed_parser *p = arg;

	while (bytes.len != 0 && !p->failed && !has_ended(p)) {
		struct sv chunk = sv_sub(bytes, 0, FEED_CHUNK_BYTES);

		charset_push(p->charset, chunk, &p->utf8);
		(void)pass_on(p, false);
		bytes = sv_from(bytes, chunk.len);
	}
	return report(p, e);
}

static bool
on_unpacked(struct sv bytes, void *arg, struct err *e)
{
	struct feed_parser *p = arg;

	return unpack_push(p->inner, bytes, e);
}

bool
feed_parser_push(struct feed_parser *p, struct sv bytes, struct err *e)
{
	struct err why;

	if (!p->failed && !has_ended(p) && !unpack_push(p->outer, bytes, &why))
		(void)fail(p, &why);
	return report(p, e);
}

/* The stages before the format. */
static bool
finish_bytes(struct feed_parser *p)
{
	struct err e;

	if (!unpack_finish(p->outer, &e) || !unpack_finish(p->inner, &e))
		return fail(p, &e);
	charset_finish(p->charset, &p->utf8);
	return pass_on(p, true);
}

static bool
finish(struct feed_parser *p)
{
	struct err e;

	if (!has_ended(p) && !finish_bytes(p))
		return false;
	if (p->format == NULL)
		return refuse(p, "the document is empty");
	return p->format->finish(p->feed, &e) || fail(p, &e);
}

bool
feed_parser_finish(struct feed_parser *p, struct err *e)
{
	if (!p->failed)
		(void)finish(p);
	return report(p, e);
}

const struct feed_meta *
feed_parser_meta(const struct feed_parser *p)
{
	static const struct feed_meta nothing = { .format = "",
		.updated = NO_TIME };

	return p->format != NULL ? p->format->meta(p->feed) : &nothing;
}
