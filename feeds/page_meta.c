/* feeds/page_meta.c: what a web page says of itself, in <meta>, JSON-LD and a
 * few elements. */
#include "feeds/page_meta.h"

#include "base/limits.h"
#include "feeds/date.h"
#include "feeds/html.h"
#include "feeds/html_scan.h"

#include <jansson.h>
#include <string.h>

#define LD_DEPTH 6 /* of objects looked into */

static const struct meta_row {
	const char *key;
	enum page_field field;
	unsigned rank;
} rows[] = {
#define META_ROW(key, field, rank) { key, PAGE_##field, rank },
	PAGE_META(META_ROW)
#undef META_ROW
};

struct meta_reader {
	struct page_meta *meta;
	struct arena *arena;
	struct html_scan scan;
	size_t open_at; /* content of the last title or h1; 0: it is closed */
};

static bool
is_useful(enum page_field field, struct sv text)
{
	int64_t when;

	if (text.len == 0)
		return false;
	if (field == PAGE_PUBLISHED)
		return date_parse(text, &when);
	/* Profiles are named by their URL. */
	return field != PAGE_AUTHOR || !sv_istarts(text, SV("http"));
}

/* Keeps the text, which may hold markup, if nothing better is there. */
static void
offer(struct meta_reader *r, const struct meta_row *row, struct sv html)
{
	struct page_meta *m = r->meta;
	struct str text;

	if (m->rank[row->field] != 0 && m->rank[row->field] <= row->rank)
		return;
	str_init(&text, ARTICLE_META_BYTES);
	html_to_text(&text, html);
	if (is_useful(row->field, str_sv(&text)) &&
	    !(row->field == PAGE_LINK && text.full)) {
		m->text[row->field] = arena_sv(r->arena, str_sv(&text));
		m->rank[row->field] = row->rank;
	}
	str_done(&text);
}

static void
offer_key(struct meta_reader *r, struct sv key, struct sv html)
{
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (sv_iis(key, rows[i].key))
			offer(r, &rows[i], html);
}

static struct sv
json_sv(const json_t *v)
{
	return (struct sv) { json_string_value(v), json_string_length(v) };
}

/* Names of a person, an organisation, or a list of them, joined by ", ". */
static void
add_names(struct str *out, const json_t *v, int depth)
{
	struct sv name = json_sv(v);
	const json_t *one;
	size_t i;

	if (depth > LD_DEPTH)
		return;
	json_array_foreach (v, i, one)
		add_names(out, one, depth + 1);
	if (json_is_object(v))
		name = json_sv(json_object_get(v, "name"));
	if (name.len == 0)
		return;
	if (out->len != 0)
		(void)str_adds(out, ", ");
	(void)str_add(out, name);
}

static void
offer_names(struct meta_reader *r, const char *key, const json_t *v)
{
	struct str names;

	str_init(&names, ARTICLE_META_BYTES);
	add_names(&names, v, 0);
	offer_key(r, sv_of(key), str_sv(&names));
	str_done(&names);
}

static bool
type_is_article(const json_t *type)
{
	struct sv name = json_sv(type);
	const json_t *one;
	size_t i;

	json_array_foreach (type, i, one)
		if (json_is_string(one) && type_is_article(one))
			return true;
	return sv_ends(name, SV("Article")) || sv_ends(name, SV("Posting")) ||
	    sv_is(name, "Report") || sv_is(name, "WebPage");
}

static bool
is_false(const json_t *v)
{
	return json_is_false(v) || sv_iis(json_sv(v), "false");
}

static void
read_ld(struct meta_reader *r, const json_t *v, int depth)
{
	const json_t *one;
	const char *key;
	size_t i;

	if (depth > LD_DEPTH)
		return;
	json_array_foreach (v, i, one)
		read_ld(r, one, depth + 1);
	if (!json_is_object(v))
		return;
	read_ld(r, json_object_get(v, "@graph"), depth + 1);
	read_ld(r, json_object_get(v, "mainEntity"), depth + 1);
	if (!type_is_article(json_object_get(v, "@type")))
		return;
	r->meta->locked = r->meta->locked ||
	    is_false(json_object_get(v, "isAccessibleForFree"));
	offer_names(r, "ld:author", json_object_get(v, "author"));
	offer_names(r, "ld:publisher", json_object_get(v, "publisher"));
	for (i = 0; i < COUNTOF(rows); i++) {
		key = rows[i].key;
		if (strncmp(key, "ld:", 3) == 0)
			offer(
			    r, &rows[i], json_sv(json_object_get(v, key + 3)));
	}
}

/* Line breaks inside texts are common, though JSON forbids them; so is what
 * stands around the value. */
static void
on_ld_script(struct meta_reader *r, struct sv script)
{
	size_t from = 0;
	char *copy;
	json_t *v;

	while (
	    from < script.len && script.p[from] != '{' && script.p[from] != '[')
		from++;
	script = sv_from(script, from);
	if (script.len == 0 || script.len > ARTICLE_LD_BYTES)
		return;
	copy = arena_alloc(r->arena, script.len);
	for (size_t i = 0; i < script.len; i++)
		copy[i] = (unsigned char)script.p[i] < ' ' ? ' ' : script.p[i];
	v = json_loadb(copy, script.len, JSON_DISABLE_EOF_CHECK, NULL);
	read_ld(r, v, 0);
	json_decref(v);
}

static struct sv
attribute(struct sv attributes, const char *wanted)
{
	struct sv name, value;

	while (html_attribute(&attributes, &name, &value))
		if (sv_iis(name, wanted))
			return value;
	return SV_NONE;
}

static void
on_meta(struct meta_reader *r, struct sv attributes)
{
	static const char *const keys[] = { "property", "name", "itemprop",
		"http-equiv" };
	struct sv content = attribute(attributes, "content");

	for (size_t i = 0; content.len != 0 && i < COUNTOF(keys); i++)
		offer_key(r, attribute(attributes, keys[i]), content);
}

static void
on_start(struct meta_reader *r, const struct html_token *t, bool *ld)
{
	if (t->tag == HTML_meta)
		on_meta(r, t->text);
	else if (t->tag == HTML_link &&
	    sv_iis(attribute(t->text, "rel"), "canonical"))
		offer_key(r, SV("link:canonical"), attribute(t->text, "href"));
	else if (t->tag == HTML_html)
		offer_key(r, SV("html:lang"), attribute(t->text, "lang"));
	else if (t->tag == HTML_time)
		offer_key(r, SV("time"), attribute(t->text, "datetime"));
	else if (t->tag == HTML_title || t->tag == HTML_h1)
		r->open_at = r->scan.pos;
	else if (t->tag == HTML_script)
		*ld = sv_iis(attribute(t->text, "type"), "application/ld+json");
}

/* `end` is where the tag begins. */
static void
on_end(struct meta_reader *r, enum html_tag tag, size_t end)
{
	struct sv content = sv_sub(r->scan.in, r->open_at, end - r->open_at);

	if ((tag != HTML_title && tag != HTML_h1) || r->open_at == 0)
		return;
	if (content.len <= ARTICLE_META_BYTES)
		offer_key(r, tag == HTML_h1 ? SV("h1") : SV("title"), content);
	r->open_at = 0;
}

void
page_meta_read(struct page_meta *m, struct sv html, struct arena *a)
{
	struct meta_reader r = { .meta = m, .arena = a };
	struct html_token t;
	bool ld = false;
	size_t at;

	*m = (struct page_meta) { 0 };
	html_scan_init(&r.scan, html);
	for (at = 0; html_scan_next(&r.scan, &t); at = r.scan.pos) {
		if (t.kind == HTML_START)
			on_start(&r, &t, &ld);
		else if (t.kind == HTML_END)
			on_end(&r, t.tag, at);
		else if (t.kind == HTML_RAW && t.tag == HTML_script && ld)
			on_ld_script(&r, t.text);
	}
}
