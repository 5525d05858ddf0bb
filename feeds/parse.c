/* feeds/parse.c: a feed document goes in as bytes, items come out. */
#include "feeds/parse.h"

#include "base/utf8.h"
#include "feeds/charset.h"
#include "feeds/clean.h"
#include "feeds/collect.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

struct feed_parser {
	struct charset *charset;
	struct clean *clean;
	struct collect *collect;
	xmlParserCtxtPtr xml;
	struct str utf8, clean_xml; /* between the stages */
	bool sniffed, failed;
	struct err err; /* why it failed */
	struct xml_attribute attributes[FEED_ATTRIBUTES];
	struct arena values; /* of those that had to be decoded */
	const char *namespaces[FEED_ATTRIBUTES + 1];
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
	{ "\x1F\u2039", "it is gzip data, not a feed" },
};

static bool
fail(struct feed_parser *p, const struct err *e)
{
	if (!p->failed)
		p->err = *e;
	p->failed = true;
	xmlStopParser(p->xml);
	return false;
}

static bool
refuse(struct feed_parser *p, const char *what)
{
	struct err e;

	(void)err_set(&e, "%s", what);
	return fail(p, &e);
}

static struct xml_name
name_of(const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	return (struct xml_name) { (const char *)local, (const char *)prefix,
		(const char *)uri };
}

/* Attributes come with "&#38;" for '&', entities not being replaced. */
static struct sv
decoded(struct feed_parser *p, struct sv value)
{
	struct str out;

	if (sv_chr(value, '&') == value.len)
		return value;
	str_init(&out, value.len);
	while (value.len != 0) {
		size_t n = sv_chr(value, '&');

		(void)str_add(&out, sv_sub(value, 0, n + 1));
		n += sv_starts(sv_from(value, n), SV("&#38;")) ? 5 : 1;
		value = sv_from(value, n);
	}
	value = arena_sv(&p->values, str_sv(&out));
	str_done(&out);
	return value;
}

/* `from` holds local name, prefix, URI, start and end of the value of each. */
static void
copy_attributes(struct feed_parser *p, const xmlChar **from, size_t n)
{
	arena_clear(&p->values);
	for (size_t i = 0; i < n; i++, from += 5) {
		const char *value = (const char *)from[3];

		p->attributes[i] = (struct xml_attribute) {
			name_of(from[0], from[1], from[2]),
			decoded(p,
			    (struct sv) { value,
				(size_t)((const char *)from[4] - value) }),
		};
	}
}

static void
on_start(void *arg, const xmlChar *local, const xmlChar *prefix,
    const xmlChar *uri, int nns, const xmlChar **ns, int nattributes,
    int ndefaulted, const xmlChar **attributes)
{
	struct feed_parser *p = arg;
	struct xml_element el = {
		.name = name_of(local, prefix, uri),
		.namespaces = p->namespaces,
		.attributes = p->attributes,
		.nattributes = (size_t)nattributes,
	};
	struct err e;

	(void)ndefaulted;
	if (p->failed)
		return;
	for (int i = 0; i < nns; i++)
		p->namespaces[i] = (const char *)ns[2 * i + 1];
	p->namespaces[nns] = NULL;
	copy_attributes(p, attributes, el.nattributes);
	if (!collect_start(p->collect, &el, &e))
		(void)fail(p, &e);
}

static void
on_end(
    void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct feed_parser *p = arg;

	if (!p->failed)
		collect_end(p->collect, name_of(local, prefix, uri));
}

static void
on_text(void *arg, const xmlChar *text, int len)
{
	struct feed_parser *p = arg;

	if (!p->failed)
		collect_text(p->collect,
		    (struct sv) { (const char *)text, (size_t)len });
}

/* The cleaning stage lets none through; should it ever err, nothing of it is
 * looked at. */
static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	(void)refuse(arg, "it declares a document type in a wrong place");
}

static xmlParserInputPtr
load_nothing(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	(void)url;
	(void)id;
	(void)ctxt;
	return NULL;
}

void
feed_parser_global_init(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(load_nothing);
}

static xmlParserCtxtPtr
new_context(struct feed_parser *p)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
	};
	xmlParserCtxtPtr xml = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);

	if (xml == NULL)
		BUG("out of memory");
	(void)xmlCtxtUseOptions(xml,
	    XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
		XML_PARSE_NOWARNING);
	return xml;
}

struct feed_parser *
feed_parser_new(
    const struct feed_parser_options *o, feed_item_fn *on_item, void *arg)
{
	struct feed_parser *p = mem_calloc(1, sizeof(*p));

	arena_init(&p->values);
	p->charset = charset_new(o->content_type);
	p->clean = clean_new();
	p->collect = collect_new(o->base_url, on_item, arg);
	p->xml = new_context(p);
	str_init(&p->utf8, MiB(1));
	str_init(&p->clean_xml, MiB(16));
	return p;
}

void
feed_parser_free(struct feed_parser *p)
{
	if (p == NULL)
		return;
	charset_free(p->charset);
	clean_free(p->clean);
	collect_free(p->collect);
	xmlFreeParserCtxt(p->xml);
	arena_done(&p->values);
	str_done(&p->utf8);
	str_done(&p->clean_xml);
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

static bool
parse_xml(struct feed_parser *p)
{
	struct sv v = str_sv(&p->clean_xml);

	while (v.len != 0 && !p->failed) {
		struct sv chunk = utf8_prefix(v, FEED_CHUNK_BYTES);

		(void)xmlParseChunk(p->xml, chunk.p, (int)chunk.len, 0);
		if (p->xml->disableSAX && !p->failed)
			(void)refuse(p, "it is XML that cannot be read");
		v = sv_from(v, chunk.len);
	}
	str_clear(&p->clean_xml);
	return !p->failed;
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
	if (!clean_push(p->clean, v, &p->clean_xml, &e))
		return fail(p, &e);
	str_clear(&p->utf8);
	return parse_xml(p);
}

static bool
report(const struct feed_parser *p, struct err *e)
{
	return p->failed ? err_set(e, "%s", p->err.msg) : true;
}

bool
feed_parser_push(struct feed_parser *p, struct sv bytes, struct err *e)
{
	while (bytes.len != 0 && !p->failed && !clean_root_closed(p->clean)) {
		struct sv chunk = sv_sub(bytes, 0, FEED_CHUNK_BYTES);

		charset_push(p->charset, chunk, &p->utf8);
		(void)pass_on(p);
		bytes = sv_from(bytes, chunk.len);
	}
	return report(p, e);
}

static bool
finish(struct feed_parser *p)
{
	struct err e;

	charset_finish(p->charset, &p->utf8);
	if (!pass_on(p))
		return false;
	if (!clean_finish(p->clean, &p->clean_xml, &e))
		return fail(p, &e);
	if (!parse_xml(p))
		return false;
	if (clean_root_closed(p->clean))
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
