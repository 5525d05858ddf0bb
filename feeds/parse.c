/* feeds/parse.c: a feed document goes in as bytes, items come out. */
#include "feeds/parse.h"

#include "base/utf8.h"
#include "feeds/charset.h"
#include "feeds/collect.h"
#include "feeds/unpack.h"

#include <stdlib.h>

/* Each stage hands on to the next. */
struct feed_parser {
	struct unpack *outer, *inner; /* some servers pack twice */
	struct charset *charset;
	struct collect *collect;
	struct xml *xml;
	struct str utf8; /* between the stages */
	bool sniffed, failed;
	struct err err; /* why it failed */
};

/* What documents that are no feeds begin with, seen through the charset stage:
 * bytes that are not UTF-8 have been read as windows-1252. */
static const struct magic {
	const char *begins, *what;
} magics[] = {
	{ "{", "it is a JSON document, not an XML feed" },
	{ "[", "it is a JSON document, not an XML feed" },
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
	p->collect = collect_new(o->base_url, on_item, arg);
	p->xml = xml_new(&collect_events, p->collect);
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
	xml_free(p->xml);
	collect_free(p->collect);
	str_done(&p->utf8);
	free(p);
}

/* The root element says it in the end; this is for what has none. */
static bool
sniff(struct feed_parser *p, struct sv start)
{
	p->sniffed = true;
	start = sv_trim(start);
	for (size_t i = 0; i < COUNTOF(magics); i++)
		if (sv_starts(start, sv_of(magics[i].begins)))
			return refuse(p, magics[i].what);
	return true;
}

/* Moves what the charset stage brought through the others. */
static bool
pass_on(struct feed_parser *p)
{
	struct sv v = str_sv(&p->utf8);
	struct err e;

	if (v.len == 0)
		return true;
	if (!p->sniffed && !sniff(p, v))
		return false;
	if (!xml_push(p->xml, v, &e))
		return fail(p, &e);
	str_clear(&p->utf8);
	return true;
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

	while (bytes.len != 0 && !p->failed && !xml_root_closed(p->xml)) {
		struct sv chunk = sv_sub(bytes, 0, FEED_CHUNK_BYTES);

		charset_push(p->charset, chunk, &p->utf8);
		(void)pass_on(p);
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

	if (!p->failed && !xml_root_closed(p->xml) &&
	    !unpack_push(p->outer, bytes, &why))
		(void)fail(p, &why);
	return report(p, e);
}

static bool
finish(struct feed_parser *p)
{
	struct err e;

	if (xml_root_closed(p->xml))
		return true;
	if (!unpack_finish(p->outer, &e) || !unpack_finish(p->inner, &e))
		return fail(p, &e);
	charset_finish(p->charset, &p->utf8);
	if (!pass_on(p))
		return false;
	if (!xml_finish(p->xml, &e))
		return fail(p, &e);
	if (xml_root_closed(p->xml))
		return true;
	if (collect_meta(p->collect)->format[0] != '\0')
		return refuse(p, "the document is cut short");
	return refuse(p,
	    p->sniffed ? "it has no elements and is not a feed"
		       : "the document is empty");
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
	return collect_meta(p->collect);
}
