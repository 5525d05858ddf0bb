/* feeds/collect.c: the elements of a feed document go in, items come out. */
#include "feeds/collect.h"

#include "base/digest.h"
#include "base/url.h"
#include "base/utf8.h"
#include "feeds/date.h"
#include "feeds/html.h"
#include "feeds/record.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum kind {
	PLAIN,
	SAID_PLAIN, /* many say so of markup */
	GUESSED,
	HTML,
	XHTML_TEXT /* what looks like markup in its text is none */
};

/* One open element. */
struct frame {
	const struct element *element; /* NULL: of no meaning */
	enum scope scope; /* of its children */
	bool reads; /* its text is wanted */
	bool marked_up; /* elements stand in its text */
	bool is_link; /* its text is a link of the item */
	bool any_link; /* even if it does not begin with http */
	bool is_base64;
	enum kind kind;
	size_t mark; /* where its text begins in `text` */
	char *lang, *base; /* declared here, else NULL; owned */
};

struct collect {
	feed_item_fn *on_item;
	void *arg;
	struct raw *raw; /* borrowed */
	char *base_url;
	struct elements elements;
	struct frame frames[FEED_DEPTH + 1];
	size_t depth;
	struct str text; /* of the open elements that read */
	struct str plain; /* the same as it is handed on */
	struct str url;
	struct arena feed_arena, item_arena;
	struct record feed, item, source, person;
	bool in_item;
	bool deleted; /* it is one no more */
	size_t nitems;
	struct feed_meta meta;
};

struct collect *
collect_new(
    struct sv base_url, struct raw *raw, feed_item_fn *on_item, void *arg)
{
	struct collect *c = mem_calloc(1, sizeof(*c));

	c->on_item = on_item;
	c->arg = arg;
	c->raw = raw;
	c->base_url = mem_svdup(base_url);
	str_init(&c->text, ITEM_TEXT_BYTES);
	str_init(&c->plain, ITEM_TEXT_BYTES * 2);
	str_init(&c->url, URL_BYTES);
	arena_init(&c->feed_arena);
	arena_init(&c->item_arena);
	record_clear(&c->feed);
	c->meta = (struct feed_meta) { .format = "", .updated = NO_TIME };
	return c;
}

static void
pop(struct collect *c)
{
	struct frame *f = &c->frames[--c->depth];

	free(f->lang);
	free(f->base);
}

void
collect_free(struct collect *c)
{
	if (c == NULL)
		return;
	while (c->depth != 0)
		pop(c);
	str_done(&c->text);
	str_done(&c->plain);
	str_done(&c->url);
	arena_done(&c->feed_arena);
	arena_done(&c->item_arena);
	free(c->base_url);
	free(c);
}

static struct sv
xml_base(const struct collect *c)
{
	for (size_t i = c->depth; i > 0; i--)
		if (c->frames[i - 1].base != NULL)
			return sv_of(c->frames[i - 1].base);
	return SV_NONE;
}

/* RSS does not say what relative URLs are relative to.  Feeds are often served
 * from another place than the pages they link to, so the site's address, as the
 * channel states it, goes before the document's, and that before what the
 * document says it is. */
static struct sv
base(const struct collect *c)
{
	struct sv v = xml_base(c), site = c->feed.text[FIELD_LINK];
	bool rss = c->elements.own != ATOM;

	if (v.len == 0 && rss && url_is_http(site))
		v = site;
	if (v.len == 0)
		v = sv_of(c->base_url);
	return v.len == 0 && rss ? c->feed.text[FIELD_SELF] : v;
}

static struct sv
lang(const struct collect *c)
{
	for (size_t i = c->depth; i > 0; i--)
		if (c->frames[i - 1].lang != NULL)
			return sv_of(c->frames[i - 1].lang);
	return c->feed.text[FIELD_LANG];
}

/* Without an address from outside, what is absolute stays as it is written.
 * What is too long for an address is none, and its beginning another one. */
static struct sv
absolute(struct collect *c, struct sv ref)
{
	struct sv around = base(c);

	ref = sv_trim(ref);
	if (ref.len == 0 || around.len == 0 ||
	    (c->base_url[0] == '\0' && url_is_http(ref)))
		return ref;
	str_clear(&c->url);
	url_resolve(&c->url, around, ref);
	return c->url.full ? SV_NONE : str_sv(&c->url);
}

static struct sv
attribute(const struct xml_element *el, const char *local)
{
	for (size_t i = 0; i < el->nattributes; i++)
		if (el->attributes[i].prefix.len == 0 &&
		    sv_iis(el->attributes[i].local, local))
			return el->attributes[i].value;
	return SV_NONE;
}

static struct sv
attribute_of(
    const struct xml_element *el, const char *prefix, const char *local)
{
	for (size_t i = 0; i < el->nattributes; i++)
		if (sv_is(el->attributes[i].prefix, prefix) &&
		    sv_is(el->attributes[i].local, local))
			return el->attributes[i].value;
	return SV_NONE;
}

/* xml:base may itself be relative to the one around it. */
static void
push(struct collect *c, const struct xml_element *el)
{
	struct frame f = { .scope = IN_NOTHING, .mark = c->text.len };
	struct sv b = attribute_of(el, "xml", "base");
	struct sv l = attribute_of(el, "xml", "lang");

	if (b.len != 0)
		f.base = mem_svdup(absolute(c, b));
	if (l.len != 0)
		f.lang = mem_svdup(l);
	assert(c->depth < COUNTOF(c->frames));
	c->frames[c->depth++] = f;
}

static struct frame *
top(struct collect *c)
{
	return &c->frames[c->depth - 1];
}

/* Long texts are cut, not refused: their beginning still says what they are. */
static void
append(struct collect *c, struct sv v)
{
	size_t room = c->text.max - c->text.len;

	(void)str_add(&c->text, utf8_prefix(v, room));
}

static void
append_tag(struct collect *c, const char *open, struct sv local)
{
	append(c, sv_of(open));
	append(c, local);
	append(c, SV(">"));
}

static void
append_escaped(struct collect *c, struct sv v)
{
	while (v.len != 0) {
		size_t n = 0;

		while (n < v.len && v.p[n] != '<' && v.p[n] != '&')
			n++;
		append(c, sv_sub(v, 0, n));
		if (n < v.len)
			append(c, v.p[n] == '<' ? SV("&lt;") : SV("&amp;"));
		v = sv_from(v, n + 1);
	}
}

static void
on_text(struct sv v, void *arg)
{
	struct collect *c = arg;

	if (c->depth == 0 || !top(c)->reads)
		return;
	if (top(c)->kind == XHTML_TEXT)
		append_escaped(c, v);
	else
		append(c, v);
}

static const struct rss_version {
	const char *version, *format;
} rss_versions[] = {
	{ "0.90", "rss0.90" },
	{ "0.91", "rss0.91" },
	{ "0.92", "rss0.92" },
	{ "0.93", "rss0.93" },
	{ "0.94", "rss0.94" },
	{ "1.0", "rss1.0" },
};

static const char *
rss_format(const struct xml_element *el)
{
	struct sv version = sv_trim(attribute(el, "version"));

	for (size_t i = 0; i < COUNTOF(rss_versions); i++)
		if (sv_is(version, rss_versions[i].version))
			return rss_versions[i].format;
	return "rss2.0";
}

static const char *
rdf_format(const struct xml_element *el)
{
	for (size_t i = 0; i < el->nattributes; i++) {
		struct sv uri = el->attributes[i].value;

		if (sv_find(uri, SV("/rdf/simple/0.9")) < uri.len)
			return "rss0.90";
	}
	return "rss1.0";
}

static const char *
atom_format(const struct xml_element *el)
{
	struct sv uri = el->name.uri;

	return sv_find(uri, SV("purl.org/atom/ns")) < uri.len ||
		sv_is(attribute(el, "version"), "0.3")
	    ? "atom0.3"
	    : "atom1.0";
}

static struct arena *
arena(struct collect *c)
{
	return c->in_item ? &c->item_arena : &c->feed_arena;
}

/* Channel Definition Format: HREF and LASTMOD of channels and items. */
static void
put_cdf_attributes(
    struct collect *c, const struct xml_element *el, struct record *r)
{
	int64_t time;

	record_put(
	    r, arena(c), FIELD_LINK, 1, absolute(c, attribute(el, "href")));
	if (date_parse(attribute(el, "lastmod"), &time))
		record_put_time(r, FIELD_UPDATED, 1, time);
}

static void open_item(struct collect *, const struct xml_element *);

static bool
start_root(struct collect *c, const struct xml_element *el, struct err *e)
{
	struct sv local = el->name.local;
	struct frame *f = top(c);

	f->scope = IN_ROOT;
	if (sv_iis(local, "rss")) {
		c->meta.format = rss_format(el);
	} else if (sv_iis(local, "RDF")) {
		c->meta.format = rdf_format(el);
	} else if (sv_iis(local, "feed") || sv_iis(local, "entry")) {
		c->meta.format = atom_format(el);
		c->elements.own = ATOM;
		f->scope = IN_FEED;
		record_put(&c->feed, &c->feed_arena, FIELD_LANG, 5, lang(c));
	} else if (sv_iis(local, "channel")) {
		c->meta.format = "cdf";
		f->scope = IN_FEED;
		put_cdf_attributes(c, el, &c->feed);
	} else if (sv_iis(local, "urlset")) {
		c->meta.format = "sitemap";
		c->elements.own = SITEMAP;
	} else if (sv_iis(local, "sitemapindex")) {
		return err_set(e,
		    "it is a list of sitemaps, not a sitemap: "
		    "name one of them instead");
	} else if (sv_iis(local, "html")) {
		return err_set(e, "it is an HTML page, not a feed");
	} else {
		return err_set(e,
		    "it is XML, but not a feed: its root element is <%.*s>",
		    SV_ARG(utf8_prefix(local, 40)));
	}
	if (sv_iis(local, "entry")) {
		f->element = elements_find(&c->elements, el->name, IN_ROOT);
		open_item(c, el);
	}
	return true;
}

static struct record *
record(struct collect *c, enum scope scope)
{
	switch (scope) {
	case IN_FEED:
		return &c->feed;
	case IN_SOURCE:
		return &c->source;
	case IN_PERSON:
		return &c->person;
	case IN_ITEM:
	case IN_ROOT:
	case IN_NOTHING:
	case IN_MARKUP:
		return &c->item;
	}
	BUG("no such scope");
}

static void
open_item(struct collect *c, const struct xml_element *el)
{
	raw_begin(c->raw);
	record_clear(&c->item);
	record_clear(&c->source);
	c->in_item = true;
	c->deleted = top(c)->element != NULL &&
	    top(c)->element->vocabulary == TOMBSTONE;
	top(c)->scope = c->deleted ? IN_NOTHING : IN_ITEM;
	record_put(&c->item, &c->item_arena, FIELD_LANG, 1, lang(c));
	record_put(&c->item, &c->item_arena, FIELD_ID, 1,
	    attribute_of(el, "rdf", "about"));
	if (c->deleted)
		record_put(&c->item, &c->item_arena, FIELD_ID, 1,
		    attribute(el, "ref"));
	if (sv_is(sv_of(c->meta.format), "cdf"))
		put_cdf_attributes(c, el, &c->item);
}

static bool
is_text_type(struct sv type)
{
	return sv_chr(type, '/') == type.len || sv_istarts(type, SV("text/")) ||
	    sv_ends(type, SV("/xml")) || sv_ends(type, SV("+xml"));
}

/* Only Atom 0.3 knows it. */
static struct sv
mode_of(const struct xml_element *el)
{
	return sv_ends(el->name.uri, SV("2005/Atom")) ? SV_NONE
						      : attribute(el, "mode");
}

/* Atom 1.0 has text, html, xhtml or a media type; Atom 0.3 a media type, and in
 * `mode` whether markup is escaped in it. */
static enum kind
atom_kind(const struct xml_element *el)
{
	struct sv type = sv_trim(attribute(el, "type"));
	struct sv mode = mode_of(el);

	if (sv_iis(type, "xhtml") || sv_iis(type, "application/xhtml+xml") ||
	    (sv_is(mode, "xml") && !sv_iis(type, "text/plain")))
		return XHTML_TEXT;
	if (sv_iis(type, "html") || sv_iis(type, "text/html"))
		return HTML;
	if (!is_text_type(type))
		return GUESSED;
	return type.len == 0 && mode.len == 0 ? GUESSED : SAID_PLAIN;
}

/* RFC 4287 section 4.1.3.3: what is neither text nor XML is base64. */
static bool
is_base64(const struct element *row, const struct xml_element *el)
{
	return row->reading == AS_TYPED &&
	    (sv_is(mode_of(el), "base64") ||
		!is_text_type(sv_trim(attribute(el, "type"))));
}

static enum kind
kind_of(enum reading reading, const struct xml_element *el)
{
	switch (reading) {
	case AS_HTML:
		return HTML;
	case AS_XHTML:
		return XHTML_TEXT;
	case AS_TYPED:
		return atom_kind(el);
	case AS_GUESSED:
	case AS_CATEGORY:
	case AS_KEYWORDS:
	case AS_PROPERTY:
	case AS_SOURCE:
	case AS_PERSON:
		return GUESSED;
	case OPENS_FEED:
	case OPENS_ITEM:
	case OPENS_SOURCE:
	case OPENS_GROUP:
	case AS_PLAIN:
	case AS_DATE:
	case AS_LINK:
	case AS_GUID:
	case AS_ENCLOSURE:
	case AS_ENCLOSURE_URL:
		return PLAIN;
	}
	BUG("no such reading");
}

static bool
is_relation(struct sv rel, const char *name)
{
	static const char iana[] = "http://www.iana.org/assignments/relation/";

	if (sv_starts(rel, SV("http")))
		rel = sv_from(rel, sizeof(iana) - 1);
	return sv_iis(rel, name);
}

/* The target stands in href=; an empty one is the document itself.  Only where
 * there is none it is the text.  A page is worth more than something else. */
static void
take_link(struct collect *c, const struct xml_element *el, struct record *r)
{
	struct frame *f = top(c);
	struct sv rel = sv_trim(attribute(el, "rel"));
	struct sv type = sv_trim(attribute(el, "type"));
	struct sv href = attribute(el, "href"), url;
	bool page = type.len == 0 || sv_istarts(type, SV("text/html")) ||
	    sv_iis(type, "application/xhtml+xml");
	bool alternate = rel.len == 0 || is_relation(rel, "alternate");

	url = href.p != NULL && href.len == 0 ? base(c) : absolute(c, href);
	if (alternate)
		record_put(r, arena(c), FIELD_LINK,
		    elements_worth(f->element) + (page ? 1 : 0), url);
	else if (is_relation(rel, "enclosure") && c->in_item)
		record_add_enclosure(
		    r, arena(c), url, type, attribute(el, "length"));
	else if (is_relation(rel, "self") && r == &c->feed && url_is_http(url))
		record_put(r, arena(c), FIELD_SELF, 1, url);
	f->is_link = alternate;
}

/* Atom has term=, iTunes text=. */
static void
take_category(struct collect *c, const struct xml_element *el, struct record *r)
{
	record_add_category(r, arena(c), sv_trim(attribute(el, "term")));
	record_add_category(r, arena(c), sv_trim(attribute(el, "text")));
}

/* Without isPermaLink a guid is a link if it looks like one. */
static void
take_guid(struct frame *f, const struct xml_element *el)
{
	struct sv permalink = sv_trim(attribute(el, "isPermaLink"));

	f->is_link = !sv_iis(permalink, "false");
	f->any_link = sv_iis(permalink, "true");
}

/* What the attributes of an element bring. */
static void
take_attributes(
    struct collect *c, const struct xml_element *el, struct record *r)
{
	struct frame *f = top(c);

	if (f->element->reading == AS_LINK)
		take_link(c, el, r);
	else if (f->element->reading == AS_ENCLOSURE)
		record_add_enclosure(r, arena(c),
		    absolute(c, attribute(el, "url")), attribute(el, "type"),
		    attribute(el, "length"));
	else if (f->element->reading == AS_CATEGORY)
		take_category(c, el, r);
	else if (f->element->reading == AS_SOURCE)
		record_put(&c->source, arena(c), FIELD_LINK, 1,
		    absolute(c, attribute(el, "url")));
	else if (f->element->reading == AS_GUID)
		take_guid(f, el);
}

static void
start_known(struct collect *c, const struct xml_element *el, enum scope around)
{
	struct frame *f = top(c);
	enum reading reading = f->element->reading;

	switch (reading) {
	case OPENS_FEED:
		f->scope = IN_FEED;
		record_put(&c->feed, &c->feed_arena, FIELD_LANG, 5, lang(c));
		record_put(&c->feed, &c->feed_arena, FIELD_ID, 1,
		    attribute_of(el, "rdf", "about"));
		return;
	case OPENS_ITEM:
		open_item(c, el);
		return;
	case OPENS_SOURCE:
		f->scope = IN_SOURCE;
		return;
	case OPENS_GROUP:
		f->scope = around;
		return;
	case AS_PERSON:
		f->scope = IN_PERSON;
		record_clear(&c->person);
		break;
	case AS_HTML:
	case AS_XHTML:
	case AS_GUESSED:
	case AS_TYPED:
	case AS_CATEGORY:
	case AS_KEYWORDS:
	case AS_PROPERTY:
		f->scope = IN_MARKUP;
		break;
	case AS_PLAIN:
	case AS_DATE:
	case AS_LINK:
	case AS_GUID:
	case AS_SOURCE:
	case AS_ENCLOSURE:
	case AS_ENCLOSURE_URL:
		break;
	}
	f->reads = reading != AS_ENCLOSURE;
	f->kind = kind_of(reading, el);
	f->is_base64 = is_base64(f->element, el);
	take_attributes(c, el, record(c, around));
}

/* An element inside a text becomes a part of it. */
static void
start_markup(struct collect *c, const struct xml_element *el)
{
	struct frame *f = top(c);

	f[-1].marked_up = true;
	f->reads = true;
	f->scope = IN_MARKUP;
	f->kind = f[-1].kind;
	append_tag(c, "<", el->name.local);
}

static void end_item(struct collect *);

/* An item within an item: the end tag of the outer one is missing.  What comes
 * is no longer in it, unless there is nothing in it. */
static bool
leaves_item(struct collect *c, const struct xml_element *el)
{
	struct frame *f = top(c);
	const struct element *outer;

	if (el->empty || c->depth < 3 || f[-1].scope != IN_ITEM)
		return false;
	outer = f[-1].element;
	return outer != NULL && outer->reading == OPENS_ITEM &&
	    sv_ieq(el->name.local, outer->name) &&
	    elements_find(&c->elements, el->name, f[-2].scope) == outer;
}

static void
leave_item(struct collect *c)
{
	struct frame *f = top(c) - 1;

	raw_end_before(c->raw);
	end_item(c);
	f->element = NULL;
	f->scope = f[-1].scope;
}

static bool
on_start(const struct xml_element *el, void *arg, struct err *e)
{
	struct collect *c = arg;
	enum scope around = c->depth != 0 ? top(c)->scope : IN_ROOT;

	push(c, el);
	if (c->depth == 1)
		return start_root(c, el, e);
	if (leaves_item(c, el)) {
		leave_item(c);
		around = top(c)[-1].scope;
	}
	if (around == IN_MARKUP) {
		start_markup(c, el);
		return true;
	}
	if (around == IN_NOTHING)
		return true;
	top(c)->element = elements_find(&c->elements, el->name, around);
	if (top(c)->element == NULL)
		return true;
	start_known(c, el, around);
	if (top(c)->element->reading == OPENS_ITEM && c->nitems == FEED_ITEMS)
		return err_set(
		    e, "the feed has more than %d items", FEED_ITEMS);
	return true;
}

/* Replaces the text of `f`.  Where what is encoded is no text, content becomes
 * nothing; anything else was not encoded. */
static void
decode_base64(struct collect *c, const struct frame *f)
{
	struct str packed, out;
	struct sv v = sv_from(str_sv(&c->text), f->mark);
	bool good;

	str_init(&packed, v.len);
	str_init(&out, v.len);
	for (size_t i = 0; i < v.len; i++)
		if (!ascii_is_space(v.p[i]))
			(void)str_addc(&packed, v.p[i]);
	good = base64_decode(&out, str_sv(&packed)) && utf8_valid(str_sv(&out));
	if (good || f->element->field == FIELD_CONTENT)
		c->text.len = f->mark;
	if (good)
		append(c, str_sv(&out));
	str_done(&packed);
	str_done(&out);
}

/* XHTML without a single element (RFC 4287 section 3.1.1.3 wants a div) was
 * escaped instead. */
static void
unwrap(struct collect *c, const struct frame *f)
{
	c->text.len = f->mark;
	append(c, str_sv(&c->plain));
	str_clear(&c->plain);
	html_to_text(&c->plain, sv_from(str_sv(&c->text), f->mark));
}

/* The text of an element that ends, as it is handed on. */
static struct sv
plain_text(struct collect *c, const struct frame *f)
{
	struct sv raw;

	if (f->is_base64)
		decode_base64(c, f);
	raw = sv_from(str_sv(&c->text), f->mark);
	str_clear(&c->plain);
	if (f->kind == HTML || f->kind == XHTML_TEXT || f->marked_up ||
	    (f->kind == GUESSED && html_is_markup(raw)) ||
	    (f->kind == SAID_PLAIN && html_has_element(raw)))
		html_to_text(&c->plain, raw);
	else
		str_add_words(&c->plain, raw);
	if (f->kind == XHTML_TEXT && !f->marked_up &&
	    html_is_markup(str_sv(&c->plain)))
		unwrap(c, f);
	return str_sv(&c->plain);
}

/* The language of an item is that of its text.  A feed's own comes first. */
static void
put_text(struct collect *c, struct record *r, const struct element *el,
    struct sv text)
{
	unsigned worth = el->field == FIELD_CONTENT ? 4
	    : el->field == FIELD_SUMMARY	    ? 3
	    : el->field == FIELD_TITLE		    ? 2
						    : 0;

	record_put(r, arena(c), el->field, elements_worth(el), text);
	if (worth != 0 && text.len != 0 && (r == &c->item || r == &c->feed))
		record_put(r, arena(c), FIELD_LANG, worth, lang(c));
}

static void
put_date(struct record *r, const struct element *el, struct sv text)
{
	int64_t time;

	if (date_parse(text, &time))
		record_put_time(r, el->field, elements_worth(el), time);
}

static void
put_guid(struct collect *c, const struct frame *f, struct sv text)
{
	record_put(
	    &c->item, arena(c), FIELD_ID, elements_worth(f->element), text);
	if (f->any_link || (f->is_link && url_is_http(text)))
		record_put(
		    &c->item, arena(c), FIELD_LINK, 1, absolute(c, text));
}

static void
put_person(struct collect *c, struct record *r, const struct element *el,
    struct sv text)
{
	struct sv name = c->person.text[FIELD_AUTHOR];

	if (name.len == 0)
		name = record_person_name(text);
	if (name.len == 0)
		name = c->person.text[FIELD_EMAIL];
	record_put(r, arena(c), el->field, elements_worth(el), name);
}

static void
put_keywords(struct collect *c, struct record *r, struct sv text)
{
	struct sv word;

	while (sv_split(&text, ',', &word))
		record_add_category(r, arena(c), sv_trim(word));
}

/* For filters: tag:"severity extreme". */
static void
put_property(struct collect *c, struct record *r, const struct element *el,
    struct sv text)
{
	struct str tag;

	str_init(&tag, ITEM_TEXT_BYTES);
	(void)str_add(&tag, el->name);
	(void)str_add(&tag, SV(": "));
	if (text.len != 0 && str_add(&tag, text))
		record_add_category(r, arena(c), str_sv(&tag));
	str_done(&tag);
}

static void
end_known(struct collect *c, const struct frame *f, struct record *r)
{
	const struct element *el = f->element;
	struct sv text = plain_text(c, f);

	switch (el->reading) {
	case AS_PLAIN:
	case AS_HTML:
	case AS_XHTML:
	case AS_GUESSED:
	case AS_TYPED:
		put_text(c, r, el, text);
		break;
	case AS_PERSON:
		put_person(c, r, el, text);
		break;
	case AS_DATE:
		put_date(r, el, text);
		break;
	case AS_LINK:
		if (f->is_link)
			record_put(r, arena(c), FIELD_LINK,
			    elements_worth(el) + 2, absolute(c, text));
		break;
	case AS_GUID:
		put_guid(c, f, text);
		break;
	case AS_SOURCE:
		record_put(&c->source, arena(c), FIELD_TITLE, 1, text);
		break;
	case AS_CATEGORY:
		record_add_category(r, arena(c), text);
		break;
	case AS_KEYWORDS:
		put_keywords(c, r, text);
		break;
	case AS_PROPERTY:
		put_property(c, r, el, text);
		break;
	case AS_ENCLOSURE_URL:
		record_set_enclosure_url(r, arena(c), absolute(c, text));
		break;
	case OPENS_FEED:
	case OPENS_ITEM:
	case OPENS_SOURCE:
	case OPENS_GROUP:
	case AS_ENCLOSURE:
		break;
	}
}

/* RFC 4287 section 4.2.1: an entry without an author has that of its source or
 * of its feed. */
static struct sv
author(const struct collect *c)
{
	struct sv a = c->item.text[FIELD_AUTHOR];

	if (a.len == 0)
		a = c->source.text[FIELD_AUTHOR];
	if (a.len == 0 && c->elements.own == ATOM)
		a = c->feed.text[FIELD_AUTHOR];
	return a;
}

static void
end_item(struct collect *c)
{
	struct item it;

	record_to_item(&c->item, &it);
	it.author = author(c);
	if (it.published == NO_TIME && c->elements.own == ATOM)
		it.published = it.updated;
	if (it.lang.len == 0)
		it.lang = c->source.text[FIELD_LANG];
	if (it.lang.len == 0)
		it.lang = c->feed.text[FIELD_LANG];
	it.source_title = c->source.text[FIELD_TITLE];
	it.source_link = c->source.text[FIELD_LINK];
	it.source_id = c->source.text[FIELD_ID];
	it.raw = c->raw;
	it.deleted = c->deleted;
	c->nitems++;
	c->in_item = false;
	c->on_item(&it, c->arg);
	arena_clear(&c->item_arena);
}

static void
end_field(struct collect *c)
{
	struct frame *f = top(c);
	enum scope around = c->depth > 1 ? f[-1].scope : IN_ROOT;

	if (f->reads) {
		end_known(c, f, record(c, around));
	} else if (f->element->reading == OPENS_ITEM) {
		raw_end_with(c->raw);
		end_item(c);
	}
	c->text.len = f->mark;
}

static void
on_end(struct sv local, void *arg)
{
	struct collect *c = arg;

	assert(c->depth != 0);
	if (top(c)->element != NULL)
		end_field(c);
	else if (top(c)->scope == IN_MARKUP)
		append_tag(c, "</", local);
	pop(c);
}

const struct xml_events collect_events = { on_start, on_end, on_text };

/* RDF Site Summary 1.0, module Syndication: so many updates in a period. */
static uint64_t
minutes_between_updates(const struct record *r)
{
	static const struct {
		const char *name;
		uint64_t minutes;
	} periods[] = { { "hourly", 60 }, { "daily", 1440 },
		{ "weekly", 10080 }, { "monthly", 43200 },
		{ "yearly", 525600 } };
	uint64_t frequency;

	if (!sv_to_u64(r->text[FIELD_FREQUENCY], &frequency) || frequency == 0)
		frequency = 1;
	for (size_t i = 0; i < COUNTOF(periods); i++)
		if (sv_iis(r->text[FIELD_PERIOD], periods[i].name))
			return periods[i].minutes / frequency;
	return 0;
}

const struct feed_meta *
collect_meta(struct collect *c)
{
	const struct record *r = &c->feed;
	uint64_t ttl;

	c->meta.title = r->text[FIELD_TITLE];
	c->meta.subtitle = r->text[FIELD_SUMMARY];
	c->meta.link = r->text[FIELD_LINK];
	c->meta.id = r->text[FIELD_ID];
	c->meta.lang = r->text[FIELD_LANG];
	c->meta.updated = r->time[FIELD_UPDATED];
	if (!sv_to_u64(r->text[FIELD_TTL], &ttl))
		ttl = minutes_between_updates(r);
	if (ttl <= INT_MAX)
		c->meta.ttl_minutes = (int)ttl;
	return &c->meta;
}
