/* feeds/discover.c: finds the feeds that a web page names. */
#include "feeds/discover.h"

#include "base/url.h"
#include "feeds/html.h"
#include "feeds/html_scan.h"

static const char *const feed_types[] = { "application/rss+xml",
	"application/atom+xml", "application/feed+json", "application/rdf+xml",
	"application/xml", "text/xml" };

struct link {
	struct sv rel, type, href;
};

size_t
discover_prolog(struct sv v)
{
	struct sv rest = sv_trim(v);

	while (rest.len != 0) {
		if (sv_starts(rest, SV("<!--")))
			rest = sv_from(rest, sv_find(rest, SV("-->")) + 3);
		else if (sv_starts(rest, SV("<?")))
			rest = sv_from(rest, sv_find(rest, SV("?>")) + 2);
		else
			return (size_t)(rest.p - v.p);
		rest = sv_trim(rest);
	}
	return v.len;
}

static const char *const feed_roots[] = { "rss", "feed", "rdf", "channel",
	"urlset" };

static bool
is_feed_name(struct sv v)
{
	for (size_t i = 0; i < COUNTOF(feed_roots); i++)
		if (sv_istarts(v, sv_of(feed_roots[i])))
			return true;
	return false;
}

static bool
is_feed_root(struct sv v)
{
	v = sv_from(v, discover_prolog(v));
	return sv_starts(v, SV("<")) && is_feed_name(sv_from(v, 1));
}

bool
discover_is_page(struct sv v)
{
	v = sv_from(v, discover_prolog(v));
	if (sv_istarts(v, SV("<!doctype html")))
		/* It may be before a feed. */
		return !is_feed_root(sv_from(v, sv_chr(v, '>') + 1));
	return sv_istarts(v, SV("<html")) &&
	    (v.len <= 5 || !ascii_is_alnum(v.p[5]));
}

/* Does a feed begin with the XML declaration here?  Drawings do so too.  Where
 * nothing else has come, it does. */
static bool
declares_feed(struct sv v)
{
	v = sv_from(v, discover_prolog(v));
	if (sv_istarts(v, SV("<!doctype ")))
		return is_feed_name(sv_from(v, SV("<!doctype ").len));
	return v.len == 0 || is_feed_root(v);
}

/* Where the first root of a feed with an attribute is; page.len: nowhere. */
static size_t
find_root(struct sv page)
{
	for (size_t i = sv_chr(page, '<'); i < page.len;
	     i += 1 + sv_chr(sv_from(page, i + 1), '<')) {
		struct sv v = sv_from(page, i);

		if (sv_starts(v, SV("<feed xmlns=")) ||
		    sv_starts(v, SV("<rdf:RDF xmlns")) ||
		    sv_starts(v, SV("<rss version=")))
			return i;
	}
	return page.len;
}

/* A page that is no XML may quote the root of a feed in a script. */
size_t
discover_inner_feed(struct sv page)
{
	size_t at = page.len != 0 ? 1 : 0;

	for (;; at++) {
		at += sv_find(sv_from(page, at), SV("<?xml "));
		if (at == page.len)
			break;
		if (declares_feed(sv_from(page, at)))
			return at;
	}
	return sv_starts(sv_trim(page), SV("<?xml ")) ? find_root(page) : at;
}

static struct link
read_link(struct sv attributes)
{
	struct link l = { .rel = SV_NONE };
	struct sv name, value;

	while (html_attribute(&attributes, &name, &value)) {
		if (sv_iis(name, "rel"))
			l.rel = value;
		else if (sv_iis(name, "type"))
			l.type = sv_trim(sv_sub(value, 0, sv_chr(value, ';')));
		else if (sv_iis(name, "href"))
			l.href = value;
	}
	return l;
}

static bool
has_word(struct sv words, const char *wanted)
{
	struct sv word;

	while (sv_split(&words, ' ', &word))
		if (sv_iis(sv_trim(word), wanted))
			return true;
	return false;
}

static bool
is_feed(const struct link *l)
{
	if (has_word(l->rel, "feed"))
		return true;
	if (!has_word(l->rel, "alternate"))
		return false;
	for (size_t i = 0; i < COUNTOF(feed_types); i++)
		if (sv_iis(l->type, feed_types[i]))
			return true;
	return false;
}

static struct sv
resolve(struct sv href, struct sv base, struct arena *a)
{
	struct str text, url;
	struct sv v;

	str_init(&text, URL_BYTES);
	str_init(&url, URL_BYTES);
	html_to_text(&text, href); /* decodes references */
	url_resolve(&url, base, str_sv(&text));
	v = url_is_http(str_sv(&url)) && !url.full && !text.full
	    ? arena_sv(a, str_sv(&url))
	    : SV_NONE;
	str_done(&text);
	str_done(&url);
	return v;
}

static void
add(struct discovered *d, struct sv url)
{
	for (size_t i = 0; i < d->n; i++)
		if (sv_eq(url, d->urls[i]))
			return;
	if (url.len != 0 && d->n < COUNTOF(d->urls))
		d->urls[d->n++] = url;
}

void
discover_feeds(
    struct discovered *d, struct sv html, struct sv base, struct arena *a)
{
	struct html_scan scan;
	struct html_token t;
	struct link l;

	d->n = 0;
	html_scan_init(&scan, html);
	while (html_scan_next(&scan, &t)) {
		if (t.kind != HTML_START)
			continue;
		if (t.tag == HTML_base) {
			l = read_link(t.text);
			base = l.href.len != 0 ? resolve(l.href, base, a)
					       : base;
		} else if (t.tag == HTML_link) {
			l = read_link(t.text);
			if (is_feed(&l))
				add(d, resolve(l.href, base, a));
		}
	}
}
