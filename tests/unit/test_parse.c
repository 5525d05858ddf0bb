/* tests/unit/test_parse.c: feed documents in, items out. */
#include "feeds/parse.h"

#include "base/file.h"
#include "base/utf8.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RSS(items) "<rss version='2.0'><channel>" items "</channel></rss>"
#define ATOM(items) "<feed xmlns='http://www.w3.org/2005/Atom'>" items "</feed>"
#define DC "xmlns:dc='http://purl.org/dc/elements/1.1/'"
#define NO_HEADERS NULL, NULL
#define RDF_BEGIN \
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "

static void
add_text(struct str *out, const char *key, struct sv v)
{
	if (v.len == 0)
		return;
	(void)str_addf(out, " %s=", key);
	(void)str_add(out, v);
}

static void
add_time(struct str *out, const char *key, int64_t t)
{
	if (t != NO_TIME)
		(void)str_addf(out, " %s=%lld", key, (long long)t);
}

/* "[ id=... title=... ]", what is absent left out. */
static void
on_item(const struct item *it, void *arg)
{
	struct str *out = arg;

	(void)str_adds(out, "[");
	add_text(out, "id", it->id);
	add_text(out, "title", it->title);
	add_text(out, "link", it->link);
	add_text(out, "author", it->author);
	add_text(out, "lang", it->lang);
	add_time(out, "published", it->published);
	add_time(out, "updated", it->updated);
	add_text(out, "source", it->source_title);
	add_text(out, "source-link", it->source_link);
	add_text(out, "source-id", it->source_id);
	add_text(out, "summary", it->summary);
	add_text(out, "content", it->content);
	for (size_t i = 0; i < it->ncategories; i++)
		add_text(out, "category", it->categories[i]);
	for (size_t i = 0; i < it->nenclosures; i++) {
		add_text(out, "file", it->enclosures[i].url);
		add_text(out, "type", it->enclosures[i].type);
		if (it->enclosures[i].length >= 0)
			(void)str_addf(out, " length=%lld",
			    (long long)it->enclosures[i].length);
	}
	(void)str_adds(out, " ]");
}

/* Feeds the document in pieces of `step` bytes; what came out goes to `out`,
 * with the error, if any, at the end. */
static void
run(struct sv doc, struct sv content_type, struct sv base, size_t step,
    struct str *out)
{
	struct feed_parser_options o = { .content_type = content_type,
		.base_url = base };
	struct feed_parser *p = feed_parser_new(&o, on_item, out);
	struct err e;
	bool ok = true;

	for (; doc.len != 0 && ok; doc = sv_from(doc, step))
		ok = feed_parser_push(p, sv_sub(doc, 0, step), &e);
	if (ok)
		ok = feed_parser_finish(p, &e);
	if (!ok) {
		(void)str_addf(out, "!%s", e.msg);
		assert_false(feed_parser_finish(p, &e));
	}
	feed_parser_free(p);
}

struct row {
	const char *name;
	struct sv document;
	const char *expect;
	const char *content_type, *base;
};

static void
check(const struct row *r, size_t step)
{
	struct str out;

	str_init(&out, MiB(16));
	run(r->document, sv_of(r->content_type), sv_of(r->base), step, &out);
	if (strcmp(str_c(&out), r->expect) != 0)
		fail_msg("%s (pieces of %zu)\n  want %s\n  got  %s", r->name,
		    step, r->expect, str_c(&out));
	str_done(&out);
}

/* So far behind CHARSET_SNIFF_BYTES that all but a declaration comes in pieces
 * when the charset has been chosen. */
static void
check_late(const struct row *row)
{
	struct row r = *row;
	struct str doc;

	str_init(&doc, MiB(1));
	(void)str_addf(&doc, "%*s",
	    sv_starts(row->document, SV("<?xml")) ? 964 : 1020, "");
	(void)str_add(&doc, row->document);
	r.document = str_sv(&doc);
	check(&r, 1);
	check(&r, 7);
	str_done(&doc);
}

/* Each row is read whole, byte by byte, and in pieces that fall anywhere. */
static void
check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check(&rows[i], rows[i].document.len + 1);
		check(&rows[i], 1);
		check(&rows[i], 7);
		if (rows[i].document.len > 1 &&
		    (rows[i].document.p[0] == '<' ||
			rows[i].document.p[0] == '{' ||
			rows[i].document.p[0] == '/') &&
		    rows[i].document.p[1] != 0)
			check_late(&rows[i]);
	}
}

static const struct row rss[] = {
	{ "an item has the fields of RSS 2.0",
	    SV(RSS("<item><title>T</title><link>http://a/1</link>"
		   "<description>D</description><author>j@a.b (Jane)</author>"
		   "<category>x</category><category>y</category>"
		   "<guid isPermaLink='false'>g1</guid>"
		   "<pubDate>Thu, 01 Jan 1970 00:01:00 GMT</pubDate>"
		   "<enclosure url='http://a/f' type='audio/mpeg' length='9'/>"
		   "<source url='http://b/rss'>B</source></item>")),
	    "[ id=g1 title=T link=http://a/1 author=Jane published=60 source=B "
	    "source-link=http://b/rss summary=D category=x category=y "
	    "file=http://a/f type=audio/mpeg length=9 ]",
	    NO_HEADERS },
	{ "content:encoded is the content, whatever the prefix",
	    SV(RSS("<item><description>s</description><c:encoded xmlns:c="
		   "'http://purl.org/rss/1.0/modules/content/'>"
		   "&lt;p>one&lt;/p>&lt;p>two&lt;/p></c:encoded></item>")),
	    "[ summary=s content=one two ]", NO_HEADERS },
	{ "Dublin Core fills what RSS leaves open",
	    SV(RSS("<item " DC "><dc:creator>Jane</dc:creator>"
		   "<dc:subject>s</dc:subject><dc:date>1970-01-01T00:01:00Z"
		   "</dc:date><dc:language>fr</dc:language></item>")),
	    "[ author=Jane lang=fr published=60 category=s ]", NO_HEADERS },
	{ "the upper row of the table wins, wherever it stands",
	    SV(RSS("<item " DC "><dc:creator>C</dc:creator><author>A</author>"
		   "</item><item " DC "><author>A</author>"
		   "<dc:creator>C</dc:creator></item>")),
	    "[ author=A ][ author=A ]", NO_HEADERS },
	{ "within a row what comes first wins",
	    SV(RSS("<item><title>1</title><title>2</title></item>")),
	    "[ title=1 ]", NO_HEADERS },
	{ "an Atom link beside an RSS link does not replace it",
	    SV(RSS("<item xmlns:atom='http://www.w3.org/2005/Atom'>"
		   "<atom:link rel='alternate' href='http://a/atom'/>"
		   "<link>http://a/rss</link></item>")),
	    "[ link=http://a/rss ]", NO_HEADERS },
	{ "a guid is the link of an item without one",
	    SV(RSS("<item><guid>http://a/1</guid></item>"
		   "<item><guid isPermaLink='false'>http://a/2</guid></item>"
		   "<item><guid>7</guid></item>")),
	    "[ id=http://a/1 link=http://a/1 ][ id=http://a/2 ][ id=7 ]",
	    NO_HEADERS },
	{ "an image's or text input's title is not the channel's or an item's",
	    SV(RSS("<item><title>T</title><image><title>I</title></image>"
		   "</item><image><title>I</title><link>i</link></image>")),
	    "[ title=T ]", NO_HEADERS },
	{ "RSS 1.0 has its items beside the channel",
	    SV(RDF_BEGIN "xmlns='http://purl.org/rss/1.0/'><channel>"
			 "<title>F</title></channel><item rdf:about='urn:1'>"
			 "<title>T</title></item></rdf:RDF>"),
	    "[ id=urn:1 title=T ]", NO_HEADERS },
	{ "elements are known in any case",
	    SV("<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>T</TITLE></ITEM>"
	       "</CHANNEL></RSS>"),
	    "[ title=T ]", NO_HEADERS },
	{ "an item takes the language of its channel",
	    SV(RSS("<language>de</language><item><title>T</title></item>")),
	    "[ title=T lang=de ]", NO_HEADERS },
	{ "an impossible date is none",
	    SV(RSS("<item><title>T</title><pubDate>soon</pubDate></item>")),
	    "[ title=T ]", NO_HEADERS },
	{ "relative links are resolved",
	    SV(RSS("<item><link> /x/../1 </link></item>")),
	    "[ link=http://a/1 ]", NULL, "http://a/b/rss" },
	{ "without a base they stay as they are",
	    SV(RSS("<item><link>/1</link></item>")), "[ link=/1 ]",
	    NO_HEADERS },
	{ "RSS: the site's address goes before the document's",
	    SV(RSS("<link>http://site/blog/</link><item><link>1</link>"
		   "<enclosure url='/f'/></item>")),
	    "[ link=http://site/blog/1 file=http://site/f ]", NULL,
	    "http://feeds/x" },
	{ "and before both xml:base",
	    SV(RSS("<link>http://site/</link>"
		   "<item xml:base='http://b/c/'><link>1</link></item>")),
	    "[ link=http://b/c/1 ]", NULL, "http://feeds/x" },
	{ "Atom: the document's is what counts",
	    SV(ATOM("<link href='http://site/'/>"
		    "<entry><link href='1'/></entry>")),
	    "[ link=http://feeds/1 ]", NULL, "http://feeds/x" },
	{ "when nobody knows it, RSS may state it itself",
	    SV(RSS("<atom:link xmlns:atom='http://www.w3.org/2005/Atom' "
		   "rel='self' href='http://a/rss/'/>"
		   "<item><link>1</link></item>"
		   "<item><link>http://b/x y</link></item>")),
	    "[ link=http://a/rss/1 ][ link=http://b/x y ]", NO_HEADERS },
	{ "keywords are categories each",
	    SV(RSS("<item xmlns:media='http://search.yahoo.com/mrss/'>"
		   "<media:group><media:keywords>Gaza, aid ,</media:keywords>"
		   "</media:group></item>")),
	    "[ category=Gaza category=aid ]", NO_HEADERS },
	{ "a warning of CAP has its properties as categories",
	    SV(RSS("<item xmlns:cap='urn:oasis:names:tc:emergency:cap:1.2'>"
		   "<title>T</title><cap:severity>Extreme</cap:severity>"
		   "<cap:urgency>Immediate</cap:urgency><cap:expires>"
		   "2026-01-01T00:00:00Z</cap:expires><cap:area>"
		   "<cap:areaDesc>Gaza City</cap:areaDesc></cap:area></item>")),
	    "[ title=T category=severity: Extreme category=urgency: Immediate "
	    "category=expires: 2026-01-01T00:00:00Z "
	    "category=areaDesc: Gaza City ]",
	    NO_HEADERS },
	{ "and so has one of GDACS",
	    SV(RSS("<item xmlns:gdacs='http://www.gdacs.org'>"
		   "<gdacs:alertlevel>Red</gdacs:alertlevel>"
		   "<gdacs:severity unit='M' value='7'>Magnitude 7M"
		   "</gdacs:severity><gdacs:country/></item>")),
	    "[ category=alertlevel: Red category=severity: Magnitude 7M ]",
	    NO_HEADERS },
	{ "FeedBurner hides where a file lies",
	    SV(RSS("<item xmlns:feedburner='http://rssnamespace.org/feedburner/"
		   "ext/1.0'><enclosure url='http://f/1' type='audio/mpeg'/>"
		   "<feedburner:origEnclosureLink>http://a/1"
		   "</feedburner:origEnclosureLink></item>")),
	    "[ file=http://a/1 type=audio/mpeg ]", NO_HEADERS },
	{ "the same prefix may mean something else later",
	    SV(RSS("<item xmlns:a='http://purl.org/dc/elements/1.1/'>"
		   "<a:title>T</a:title></item>"
		   "<item xmlns:a='urn:none'><a:title>T</a:title></item>")),
	    "[ title=T ][ ]", NO_HEADERS },
	{ "an unknown element hides what is below it",
	    SV(RSS("<item><x:y xmlns:x='urn:x'><title>no</title></x:y>"
		   "<title>yes</title></item>")),
	    "[ title=yes ]", NO_HEADERS },
};

static const struct row sitemaps[] = {
	{ "a news sitemap",
	    SV("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
	       "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
	       "<url><loc>http://a/1</loc><news:news><news:publication>"
	       "<news:name>Paper</news:name><news:language>en</news:language>"
	       "</news:publication><news:publication_date>1970-01-01T00:01Z"
	       "</news:publication_date><news:title>T</news:title>"
	       "<news:keywords>a, b</news:keywords></news:news></url>"
	       "<url><loc>http://a/2</loc><lastmod>1970-01-01</lastmod></url>"
	       "</urlset>"),
	    "[ title=T link=http://a/1 lang=en published=60 source=Paper "
	    "category=a category=b ][ link=http://a/2 updated=0 ]",
	    NO_HEADERS },
	{ "a list of sitemaps is no feed",
	    SV("<sitemapindex><sitemap><loc>http://a/1</loc></sitemap>"
	       "</sitemapindex>"),
	    "!it is a list of sitemaps, not a sitemap: name one of them "
	    "instead",
	    NO_HEADERS },
	{ "Channel Definition Format",
	    SV("<CHANNEL HREF='http://a/'><TITLE>F</TITLE><ITEM HREF='/1' "
	       "LASTMOD='1970-01-01T00:01'><TITLE>T</TITLE><ABSTRACT>S"
	       "</ABSTRACT></ITEM></CHANNEL>"),
	    "[ title=T link=http://a/1 updated=60 summary=S ]", NULL,
	    "http://a/cdf" },
};

static const struct row atom[] = {
	{ "an entry has the fields of Atom 1.0",
	    SV(ATOM("<entry><id>urn:1</id><title>T</title>"
		    "<link rel='self' href='http://a/self'/>"
		    "<link rel='enclosure' href='http://a/f' length='9'/>"
		    "<link href='http://a/1'/><author><name>Jane</name>"
		    "<email>j@a.b</email></author><category term='x'/>"
		    "<published>1970-01-01T00:01:00Z</published>"
		    "<updated>1970-01-01T00:02:00Z</updated>"
		    "<summary>S</summary><content>C</content></entry>")),
	    "[ id=urn:1 title=T link=http://a/1 author=Jane published=60 "
	    "updated=120 summary=S content=C category=x file=http://a/f "
	    "length=9 ]",
	    NO_HEADERS },
	{ "type=text means what it says, type=html is markup",
	    SV(ATOM(
		"<entry><title type='text'>&lt;b>x&lt;/b></title></entry>"
		"<entry><title type='html'>&lt;b>x&lt;/b></title></entry>")),
	    "[ title=<b>x</b> ][ title=x ]", NO_HEADERS },
	{ "type=xhtml without elements is escaped markup",
	    SV(ATOM("<entry><title type='xhtml'>&lt;p>a &lt;b>b&lt;/b>&lt;/p>"
		    "</title></entry>")),
	    "[ title=a b ]", NO_HEADERS },
	{ "base64 is decoded, what it says about markup stays",
	    SV("<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry>"
	       "<title mode='base64'>RXhhbXBsZSA8Yj5BdG9tPC9iPg==</title>"
	       "<content type='text/html' mode='base64'>"
	       "RXhhbXBsZSA8Yj5BdG9tPC9iPg==</content></entry></feed>"),
	    "[ title=Example <b>Atom</b> content=Example Atom ]", NO_HEADERS },
	{ "type=xhtml is elements; escaped markup in it is text",
	    SV(ATOM("<entry><content type='xhtml'><div xmlns="
		    "'http://www.w3.org/1999/xhtml'><p>one</p><p>t<i>w</i>o "
		    "&lt;b></p></div></content></entry>")),
	    "[ content=one two <b> ]", NO_HEADERS },
	{ "base64 of a text is decoded, of anything else dropped",
	    SV(ATOM("<entry><content type='application/x'>aGkg\nZm9v</content>"
		    "</entry><entry><content type='image/png'>iVBORw=="
		    "</content><title>T</title></entry>")),
	    "[ content=hi foo ][ title=T ]", NO_HEADERS },
	{ "a page is a better link than something else",
	    SV(ATOM("<entry><link type='application/pdf' href='http://a/pdf'/>"
		    "<link type='text/html' href='http://a/html'/></entry>")),
	    "[ link=http://a/html ]", NO_HEADERS },
	{ "without an author an entry has its source's, else the feed's",
	    SV(ATOM("<author><name>F</name></author><entry><title>1</title>"
		    "</entry><entry><title>2</title><source><title>S</title>"
		    "<id>urn:s</id><author><name>A</name></author></source>"
		    "</entry>")),
	    "[ title=1 author=F ][ title=2 author=A source=S source-id=urn:s "
	    "]",
	    NO_HEADERS },
	{ "xml:base and xml:lang hold for what is below",
	    SV(ATOM("<entry xml:base='http://b/x/' xml:lang='fr'>"
		    "<link xml:base='y/' href='1'/><title xml:lang='de'>T"
		    "</title></entry><entry><link href='2'/></entry>")),
	    "[ title=T link=http://b/x/y/1 lang=de ][ link=http://a/2 ]", NULL,
	    "http://a/" },
	{ "Atom 0.3 has issued, modified and modes",
	    SV("<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry>"
	       "<title mode='escaped' type='text/html'>&lt;b>x&lt;/b></title>"
	       "<issued>1970-01-01T00:01:00Z</issued><modified>"
	       "1970-01-01T00:02:00Z</modified></entry></feed>"),
	    "[ title=x published=60 updated=120 ]", NO_HEADERS },
	{ "an entry was not published later than it was changed",
	    SV(ATOM("<entry><updated>1970-01-01T00:01:00Z</updated></entry>")),
	    "[ published=60 updated=60 ]", NO_HEADERS },
	{ "what is said to be text is",
	    SV(ATOM("<entry><title type='text'>&lt;b>x&lt;/b> &lt;a "
		    "href='b'> &amp;amp;</title></entry>")),
	    "[ title=<b>x</b> <a href='b'> &amp; ]", NO_HEADERS },
	{ "unless a whole element with an attribute stands in it",
	    SV(ATOM("<entry><title type='text'>I read &lt;a href='b'>c d&lt;/a>"
		    "!</title></entry>")),
	    "[ title=I read c d! ]", NO_HEADERS },
	{ "an entry may stand alone",
	    SV("<entry xmlns='http://www.w3.org/2005/Atom'><title>T</title>"
	       "</entry>"),
	    "[ title=T ]", NO_HEADERS },
};

static const struct row texts[] = {
	{ "markup in RSS is markup, escaped, in CDATA or as elements",
	    SV(RSS("<item><title>a &lt;b>b&lt;/b></title></item>"
		   "<item><title><![CDATA[a <b>b</b>]]></title></item>"
		   "<item><title>a <b>b</b></title></item>")),
	    "[ title=a b ][ title=a b ][ title=a b ]", NO_HEADERS },
	{ "what only looks a little like markup is text",
	    SV(RSS("<item><title>1 &lt; 2 &amp; 3 > 2</title></item>")),
	    "[ title=1 < 2 & 3 > 2 ]", NO_HEADERS },
	{ "white space collapses and line ends do not matter, CDATA or not",
	    SV(RSS("<item><title> a\r\n b </title></item>"
		   "<item><title><![CDATA[a\r\nb\rc]]></title></item>")),
	    "[ title=a b ][ title=a b c ]", NO_HEADERS },
	{ "HTML's names are known without a DTD",
	    SV(RSS("<item><title>&eacute;t&eacute;&nbsp;&amp; &#8212; "
		   "&#x2014;</title></item>")),
	    "[ title=été\u00A0& — — ]", NO_HEADERS },
	{ "comments and processing instructions part nothing",
	    SV(RSS("<item><title>a<!-- <b> -->b<?x > ?>c</title></item>")),
	    "[ title=abc ]", NO_HEADERS },
};

static const struct row broken[] = {
	{ "a bare & is one, and later references still work",
	    SV(RSS("<item><title>AT&T and R&D</title><link>http://a/?b=1&c=2"
		   "&copy=3</link><description>&lt;p>x&amp;y&lt;/p>"
		   "</description></item>")),
	    "[ title=AT&T and R&D link=http://a/?b=1&c=2&copy=3 summary=x&y ]",
	    NO_HEADERS },
	{ "a reference that nobody declared stays",
	    SV(RSS("<item><title>a &nosuch; b &lt;i>c&lt;/i></title></item>")),
	    "[ title=a &nosuch; b c ]", NO_HEADERS },
	{ "a < that begins no tag is one",
	    SV(RSS("<item><title>1 < 2</title></item>")), "[ title=1 < 2 ]",
	    NO_HEADERS },
	{ "end tags may be missing, strange or in the wrong case",
	    SV(RSS("<item><title>a<br>b</title><description>c</i></description>"
		   "</item><Item><title>d</TITLE></item>")),
	    "[ title=a b summary=c ][ title=d ]", NO_HEADERS },
	{ "attributes may lack quotes, values or blanks",
	    SV(RSS("<item a b = c><enclosure url=http://a/f "
		   "type='x'length='1'/></item>")),
	    "[ file=http://a/f type=x length=1 ]", NO_HEADERS },
	{ "& and < in an attribute are text",
	    SV(RSS("<item><enclosure url='http://a/?b&amp;c&d<'/></item>")),
	    "[ file=http://a/?b&c&d< ]", NO_HEADERS },
	{ "controls are dropped",
	    SV(RSS("<item><title>a\x01\x1F"
		   "b&#1;<![CDATA[c\x02]]></title></item>")),
	    "[ title=abc ]", NO_HEADERS },
	{ "NUL too", SV(RSS("<item><title>a\0b</title></item>")),
	    "[ title=ab ]", NO_HEADERS },
	{ "a prefix that nobody declared means what it usually does",
	    SV(RSS("<item><dc:creator>Jane</dc:creator></item>")),
	    "[ author=Jane ]", NO_HEADERS },
	{ "white space and a server's warning before the document are skipped",
	    SV(" \n<br /><b>Warning</b>: x in <b>y</b>\n<?xml version='1.0'?>"
	       "\n" RSS("<item><title>T</title></item>")),
	    "[ title=T ]", NO_HEADERS },
	{ "an XML declaration that a feed quotes is text",
	    SV(RSS("<item><title>T</title><description><![CDATA[<?xml ?>x]]>"
		   "</description></item>")),
	    "[ title=T summary=<?xml ?>x ]", NO_HEADERS },
	{ "what follows the document is not read",
	    SV(RSS("<item><title>T</title></item>") "junk & <rss>"),
	    "[ title=T ]", NO_HEADERS },
	{ "a document cut short hands on what was complete",
	    SV("<rss version='2.0'><channel><item><title>1</title></item>"
	       "<item><title>2</title>"),
	    "[ title=1 ]!the document is cut short", NO_HEADERS },
	{ "one cut before its root was XML for all that is known",
	    SV("<?xml version=\"1.0\" encoding=\"ut"),
	    "!the document is cut short", NO_HEADERS },
	{ "or in its document type", SV("<!DOCTYPE rss [<!ELEMENT x ANY>"),
	    "!the document is cut short", NO_HEADERS },
	{ "but a text was never a feed", SV("aaaa"),
	    "!it has no elements and is not a feed", NO_HEADERS },
	{ "nor was an error message behind a declaration",
	    SV("<?xml version='1.0'?>\nFatal error: no database"),
	    "!it has no elements and is not a feed", NO_HEADERS },
	{ "a feed that is packed into a page",
	    SV("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html "
	       "xmlns='http://www.w3.org/1999/xhtml'><body>"
	       "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>T"
	       "</title></entry></feed></body></html>"),
	    "[ title=T ]", NO_HEADERS },
	{ "of whatever format",
	    SV("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html><body>" RSS(
		"<item><title>T</title></item>") "</body></html>"),
	    "[ title=T ]", NO_HEADERS },
	{ "an item whose end is missing ends where the next one begins",
	    SV(RSS("<item><title>1</title><item><title>2</title></item>"
		   "<item><title>3</title><x><item/></x></item>"
		   "<item><title>4</title>")),
	    "[ title=1 ][ title=2 ][ title=3 ][ title=4 ]", NO_HEADERS },
	{ "but nothing begins with an empty one",
	    SV(RSS("<item><title>1</title><item /><link>http://a/</link></item>"
		   "<item><title>2</title></item>")),
	    "[ title=1 link=http://a/ ][ title=2 ]", NO_HEADERS },
	{ "so do entries",
	    SV(ATOM("<entry><title>1</title><entry><title>2</title>")),
	    "[ title=1 ][ title=2 ]", NO_HEADERS },
	{ "so does one cut in a tag",
	    SV("<rss version='2.0'><channel><item><title>1</title></item>"
	       "<item><tit"),
	    "[ title=1 ]!the document is cut short", NO_HEADERS },
};

#define NO_JSON_FEED \
	"!it is JSON, but not a JSON Feed: " \
	"it has no version and no items that can be read"

static const struct row no_feeds[] = {
	{ "nothing", SV(""), "!the document is empty", NO_HEADERS },
	{ "blanks", SV(" \n "), "!it has no elements and is not a feed",
	    NO_HEADERS },
	{ "text", SV("hello"), "!it has no elements and is not a feed",
	    NO_HEADERS },
	{ "HTML", SV("<!DOCTYPE html>\n<html><body>x</body></html>"),
	    "!it is an HTML page, not a feed", NO_HEADERS },
	{ "the error names the feeds that a page names",
	    SV("<!-- x --><!doctype html><title>T</title><link rel=alternate "
	       "type=application/rss+xml href=/1><link rel=alternate "
	       "type=application/atom+xml href=/2><p>x"),
	    "!it is an HTML page, not a feed; it names http://a/1 and "
	    "http://a/2",
	    NULL, "http://a/news/" },
	{ "a page in front of a feed is not read",
	    SV("<html><p>Warning</p></html>\n<?xml version='1.0'?>" RSS(
		"<item><title>T</title></item>")),
	    "[ title=T ]", NO_HEADERS },
	{ "a page with a drawing in it is a page",
	    SV("<!doctype html><link rel=alternate href=/1 "
	       "type=application/rss+xml><body><?xml version='1.0'?>"
	       "<!DOCTYPE svg PUBLIC 'x'><svg/><?xml version='1.0'?><svg/>"),
	    "!it is an HTML page, not a feed; it names http://a/1", NULL,
	    "http://a/" },
	{ "and may stand before a feed",
	    SV("<!doctype html><body><?xml version='1.0'?><svg/></body>"
	       "<?xml version='1.0'?><!-- x --><!DOCTYPE rss>" RSS(
		   "<item><title>T</title></item>")),
	    "[ title=T ]", NO_HEADERS },
	{ "other XML", SV("<?xml version='1.0'?><svg/>"),
	    "!it is XML, but not a feed: its root element is <svg>",
	    NO_HEADERS },
	{ "JSON of another kind", SV(" {\"items\":[{\"id\":1},[2],3]}"),
	    NO_JSON_FEED, NO_HEADERS },
	{ "JSON with a version alone", SV("{\"version\":\"1.1\"}"),
	    NO_JSON_FEED, NO_HEADERS },
	{ "a JSON array", SV("[{\"title\":\"T\"}]"),
	    "!it is a JSON array, not a JSON Feed", NO_HEADERS },
	{ "JSON cut short", SV("{\"version\":1"), "!the document is cut short",
	    NO_HEADERS },
	{ "a picture", SV("\x89PNG\r\n\x1A\n\0\0<rss>"),
	    "!it is a PNG image, not a feed", NO_HEADERS },
};

#define CYRILLIC_1251 "\xC3\xE0\xE7\xE0"
#define ITEM_1251 RSS("<item><title>" CYRILLIC_1251 "</title></item>")

static const struct row charsets[] = {
	{ "the declaration counts",
	    SV("<?xml version='1.0' encoding='windows-1251'?>" ITEM_1251),
	    "[ title=Газа ]", NO_HEADERS },
	{ "the response counts more",
	    SV("<?xml version='1.0' encoding='koi8-r'?>" ITEM_1251),
	    "[ title=Газа ]", "text/xml; charset=\"windows-1251\"", NULL },
	{ "a byte order mark counts most",
	    SV("\xEF\xBB\xBF<?xml version='1.0' encoding='koi8-r'?>" RSS(
		"<item><title>Газа</title></item>")),
	    "[ title=Газа ]", "text/xml; charset=windows-1251", NULL },
	{ "without a word it is UTF-8",
	    SV(RSS("<item><title>Газа</title></item>")), "[ title=Газа ]",
	    NO_HEADERS },
	{ "and windows-1252 if it is not that",
	    SV(RSS("<item><title>caf\xE9 \x96</title></item>")),
	    "[ title=café – ]", NO_HEADERS },
	{ "UTF-8 that was promised is mended",
	    SV("<?xml version='1.0' encoding='utf-8'?>" RSS(
		"<item><title>a\xFF\xC3(é</title></item>")),
	    "[ title=a\uFFFD\uFFFD(é ]", NO_HEADERS },
	{ "an unknown name is as none",
	    SV("<?xml version='1.0' encoding='x-nosuch'?>" RSS(
		"<item><title>é</title></item>")),
	    "[ title=é ]", NO_HEADERS },
	{ "a document read as ASCII is not UTF-16, whatever it says",
	    SV("<?xml version='1.0' encoding='utf-16'?>" RSS(
		"<item><title>é</title></item>")),
	    "[ title=é ]", "text/xml; charset=utf-16", NULL },
	{ "one that nobody declared is detected",
	    SV(RSS("<item><title>"
		   "\xD1\xEE\xE2\xE5\xF2 "
		   "\xC1\xE5\xE7\xEE\xEF\xE0\xF1\xED\xEE\xF1\xF2\xE8 "
		   "\xCE\xCE\xCD "
		   "\xF1\xEE\xE1\xF0\xE0\xEB\xF1\xFF "
		   "\xE2 "
		   "\xEF\xEE\xED\xE5\xE4\xE5\xEB\xFC\xED\xE8\xEA"
		   "</title></item>")),
	    "[ title=Совет Безопасности ООН собрался в понедельник ]",
	    NO_HEADERS },
	{ "a slip in UTF-8 leaves it UTF-8",
	    SV(RSS("<item><title>Совет\xD1 Безопасности собрался в "
		   "понедельник</title></item>")),
	    "[ title=Совет\uFFFD Безопасности собрался в понедельник ]",
	    NO_HEADERS },
	{ "nor EBCDIC",
	    SV("<?xml version='1.0' encoding='ebcdic-cp-us'?>" RSS(
		"<item><title>T</title></item>")),
	    "[ title=T ]", NO_HEADERS },
};

static const struct row hostile[] = {
	{ "a plain document type does no harm",
	    SV("<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' "
	       "'http://127.0.0.1:1/rss.dtd'>" RSS(
		   "<item><title>T</title></item>")),
	    "[ title=T ]", NO_HEADERS },
	{ "short literal entities are replaced, all others stay as they are",
	    SV("<!DOCTYPE rss [<!-- it's > --><!ENTITY a 'x&#62;'>"
	       "<!ENTITY b '&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>"
	       "<!ENTITY % d 'y'><!ENTITY e '<i>'><!ATTLIST item e CDATA 'z'>]>" RSS(
		   "<item><title>&a;|&b;|&c;|%d;|&e;</title></item>")),
	    "[ title=x>|&b;|&c;|%d;|&e; ]", NO_HEADERS },
	{ "a declaration inside the document is nothing",
	    SV(RSS("<item><!ENTITY a 'x'><!DOCTYPE b [<!ENTITY c 'y'>]>"
		   "<title>&a;&c;</title></item>")),
	    "[ title=&a;&c; ]", NO_HEADERS },
};

#define JSON(items) \
	"{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[" items \
	"]}"

static const struct row json[] = {
	{ "an item has the fields of JSON Feed 1.1",
	    SV(JSON("{\"id\":\"i\",\"url\":\"http://a/1\",\"external_url\":"
		    "\"http://b/\",\"title\":\"T\",\"content_html\":"
		    "\"<p>C<br>D &amp; E\",\"summary\":\"S\",\"language\":"
		    "\"de\",\"date_published\":\"1970-01-01T00:01:00Z\","
		    "\"date_modified\":\"1970-01-01T01:00:00+00:00\","
		    "\"authors\":[{\"url\":\"http://c/\"},{\"name\":\"Jane\"},"
		    "{\"name\":\"Joe\"}],\"tags\":[\"x\",\"y z\"],"
		    "\"attachments\":[{\"url\":\"http://a/f\",\"mime_type\":"
		    "\"audio/mpeg\",\"size_in_bytes\":9,\"duration\":1}]}")),
	    "[ id=i title=T link=http://a/1 author=Jane lang=de published=60 "
	    "updated=3600 summary=S content=C D & E category=x category=y z "
	    "file=http://a/f type=audio/mpeg length=9 ]",
	    NO_HEADERS },
	{ "and of 1.0",
	    SV("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":["
	       "{\"content_text\":\"a  <b>\\n&amp;\",\"author\":{\"name\":"
	       "\"Jane\",\"url\":\"http://c/\"}}]}"),
	    "[ author=Jane content=a <b> &amp; ]", NO_HEADERS },
	{ "authors go before the author of 1.0, HTML before text, url before "
	  "external_url, wherever they stand",
	    SV(JSON("{\"author\":{\"name\":\"a\"},\"authors\":[{\"name\":"
		    "\"b\"}],\"content_text\":\"c\",\"content_html\":\"d\","
		    "\"external_url\":\"http://e\",\"url\":\"http://f\"},"
		    "{\"authors\":[{\"name\":\"b\"}],\"author\":{\"name\":"
		    "\"a\"},\"content_html\":\"d\",\"content_text\":\"c\","
		    "\"url\":\"http://f\",\"external_url\":\"http://e\"}")),
	    "[ link=http://f author=b content=d ]"
	    "[ link=http://f author=b content=d ]",
	    NO_HEADERS },
	{ "what is empty gives way",
	    SV(JSON("{\"content_html\":\" \",\"content_text\":\"c\","
		    "\"url\":\"\",\"external_url\":\"http://e\","
		    "\"authors\":[],\"author\":{\"name\":\"a\"}}")),
	    "[ link=http://e author=a content=c ]", NO_HEADERS },
	{ "a feed's authors and language are those of its items",
	    SV("{\"version\":\"https://jsonfeed.org/version/1\",\"language\":"
	       "\"fr\",\"authors\":[{\"name\":\"F\"}],\"items\":[{\"title\":"
	       "\"1\"},{\"title\":\"2\",\"language\":\"en\",\"author\":"
	       "{\"name\":\"G\"}}]}"),
	    "[ title=1 author=F lang=fr ][ title=2 author=G lang=en ]",
	    NO_HEADERS },
	{ "an id that is no string is the text of it",
	    SV(JSON("{\"id\":7},{\"id\":0.50},{\"id\":true},{\"id\":null},"
		    "{\"id\":\" a \\u0000b\"},{\"id\":[1]}")),
	    "[ id=7 ][ id=0.50 ][ id=true ][ ][ id=a b ][ ]", NO_HEADERS },
	{ "values of the wrong type are skipped, a number is as good as a text",
	    SV(JSON("{\"title\":1984,\"url\":1,\"summary\":true,"
		    "\"content_html\":{\"title\":\"x\"},\"content_text\":"
		    "[\"x\",{\"id\":\"x\"}],\"date_published\":\"soon\","
		    "\"date_modified\":{},\"authors\":[1,[],{\"name\":[\"x\"],"
		    "\"_x\":{\"name\":\"x\"}}],\"tags\":[[\"x\"],{\"name\":"
		    "\"x\"},\"\",null,\"y\"],\"attachments\":[\"x\",{\"url\":"
		    "\"\"},{\"mime_type\":\"x\"},{\"url\":\"http://a/\","
		    "\"mime_type\":[],\"size_in_bytes\":1.5}]}")),
	    "[ title=1984 author=1 category=y file=http://a/ ]", NO_HEADERS },
	{ "names alone, one object for a list and one tag are understood",
	    SV(JSON("{\"author\":\"a\",\"tags\":\"x\"},{\"authors\":"
		    "[\"b\"]},{\"authors\":{\"name\":\"c\"}}")),
	    "[ author=a category=x ][ author=b ][ author=c ]", NO_HEADERS },
	{ "items that are no objects are skipped",
	    SV(JSON("1,\"a\",null,[{\"id\":\"b\"}],{\"id\":\"c\"}")),
	    "[ id=c ]", NO_HEADERS },
	{ "items that are no list are none",
	    SV("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":"
	       "{\"id\":\"1\"}}"),
	    "", NO_HEADERS },
	{ "extensions do not count",
	    SV(JSON("{\"_a\":{\"title\":\"x\",\"items\":[{\"title\":\"x\"}]},"
		    "\"title\":\"T\",\"TITLE\":\"x\"}")),
	    "[ title=T ]", NO_HEADERS },
	{ "of a member that comes twice the first counts, and all items",
	    SV("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":"
	       "[{\"id\":1,\"id\":2}],\"items\":[{\"id\":3}]}"),
	    "[ id=1 ][ id=3 ]", NO_HEADERS },
	{ "nothing goes over to the next item or attachment",
	    SV(JSON("{\"title\":\"1\",\"author\":\"a\",\"tags\":[\"x\"],"
		    "\"attachments\":[{\"url\":\"http://a/\",\"mime_type\":"
		    "\"t/u\",\"size_in_bytes\":1},{\"url\":\"http://b/\"}]},"
		    "{\"title\":\"2\"}")),
	    "[ title=1 author=a category=x file=http://a/ type=t/u length=1 "
	    "file=http://b/ ][ title=2 ]",
	    NO_HEADERS },
	{ "markup in a title is taken out",
	    SV(JSON("{\"title\":\"A &#8216;b&#8217; <em>c</em>\",\"summary\":"
		    "\"d &amp; e\"},{\"title\":\"a < b & </c>\"}")),
	    "[ title=A \u2018b\u2019 c summary=d & e ]"
	    "[ title=a < b & </c> ]",
	    NO_HEADERS },
	{ "URLs are resolved against where the document came from",
	    SV("{\"version\":\"https://jsonfeed.org/version/1\",\"feed_url\":"
	       "\"http://b/\",\"items\":[{\"url\":\" c d \",\"attachments\":"
	       "[{\"url\":\"/e\"}]}]}"),
	    "[ link=http://a/x/c%20d file=http://a/e ]", NULL, "http://a/x/y" },
	{ "else against where it says that it lies",
	    SV("{\"version\":\"https://jsonfeed.org/version/1\",\"feed_url\":"
	       "\"http://b/c/d\",\"home_page_url\":\"http://e/\",\"items\":"
	       "[{\"url\":\"f\"}]}"),
	    "[ link=http://b/c/f ]", NO_HEADERS },
	{ "else against its home page",
	    SV("{\"version\":\"https://jsonfeed.org/version/1\",\"feed_url\":"
	       "\"feed.json\",\"home_page_url\":\"http://e/\",\"items\":"
	       "[{\"url\":\"f\"}]}"),
	    "[ link=http://e/f ]", NO_HEADERS },
	{ "items with something to read need no version",
	    SV("{\"items\":[{\"id\":1},{\"title\":\"T\"},{\"id\":2}]}"),
	    "[ title=T ][ id=2 ]", NO_HEADERS },
	{ "the version may come last",
	    SV("{\"items\":[{\"title\":\"T\"}],\"version\":"
	       "\"http://www.jsonfeed.org/version/1\"}"),
	    "[ title=T ]", NO_HEADERS },
	{ "any version will do for a list of items",
	    SV("{\"items\":[],\"version\":1}"), "", NO_HEADERS },
	{ "comments before the document, and what they quote",
	    SV("/* a/{<rss>} */ // [\n" JSON("{\"id\":1}")), "[ id=1 ]",
	    NO_HEADERS },
	{ "before XML as well",
	    SV("/* a/{ */ // [\n" RSS("<item><title>T</title></item>")),
	    "[ title=T ]", NO_HEADERS },
	{ "a byte order mark", SV("\xEF\xBB\xBF" JSON("{\"title\":\"é\"}")),
	    "[ title=é ]", NO_HEADERS },
	{ "the charset of the response", SV(JSON("{\"title\":\"\xE9\"}")),
	    "[ title=й ]", "application/json; charset=windows-1251", NULL },
	{ "a charset in a text is none of the document's",
	    SV(JSON("{\"title\":\"é <meta charset=windows-1251>"
		    "<?xml encoding='koi8-r'?>\"}")),
	    "[ title=é ]", NO_HEADERS },
	{ "what follows the document is not read either",
	    SV(JSON("{\"id\":1}") "} junk"), "[ id=1 ]", NO_HEADERS },
	{ "JSON cut short hands on what was complete",
	    SV("{\"items\":[{\"title\":\"1\"},{\"title\":\"2\""),
	    "[ title=1 ]!the document is cut short", NO_HEADERS },
	{ "so does broken JSON",
	    SV("\n{\"items\":[{\"title\":\"1\"},{\"title\":\"2\":}]}"),
	    "[ title=1 ]!the JSON is broken at line 2, byte 37: "
	    "a key or \"}\" should stand there",
	    NO_HEADERS },
};

#define ROWS(table) check_rows((table), COUNTOF(table))

static void
test_tables(void **state)
{
	(void)state;
	ROWS(rss);
	ROWS(atom);
	ROWS(texts);
	ROWS(broken);
	ROWS(no_feeds);
	ROWS(charsets);
	ROWS(sitemaps);
	ROWS(hostile);
	ROWS(json);
}

/* The same document in every charset that no declaration can be read in. */
static void
test_wide(void **state)
{
	static const char text[] = RSS("<item><title>wide</title></item>");
	static const struct {
		size_t width, at;
		const char *mark;
	} wides[] = { { 2, 0, "\xFF\xFE" }, { 2, 1, "\xFE\xFF" },
		{ 4, 0, "\xFF\xFE\0\0" }, { 4, 3, "\0\0\xFE\xFF" } };

	(void)state;
	for (size_t i = 0; i < 2 * COUNTOF(wides); i++) {
		size_t w = wides[i / 2].width, at = wides[i / 2].at;
		struct row r = { "UTF-16 and UTF-32, with a mark or without",
			SV_NONE, "[ title=wide ]", NULL, NULL };
		struct str doc;

		str_init(&doc, MiB(1));
		if (i % 2 == 0)
			(void)str_add(
			    &doc, (struct sv) { wides[i / 2].mark, w });
		for (size_t k = 0; k + 1 < sizeof(text); k++)
			for (size_t b = 0; b < w; b++)
				(void)str_addc(&doc, b == at ? text[k] : '\0');
		r.document = str_sv(&doc);
		check_rows(&r, 1);
		str_done(&doc);
	}
}

/* However many bytes came with them. */
static void
test_first_bytes_choose_the_charset(void **state)
{
	struct row r = { "NUL behind the bytes that are sniffed", SV_NONE,
		"[ title=é ]", "text/xml; charset=utf-16", NULL };
	struct str doc;

	(void)state;
	str_init(&doc, MiB(1));
	(void)str_adds(&doc, "<rss><channel><item><title>é</title>");
	while (doc.len < CHARSET_SNIFF_BYTES)
		(void)str_addc(&doc, ' ');
	(void)str_add(&doc, SV("\0</item></channel></rss>"));
	r.document = str_sv(&doc);
	check_rows(&r, 1);
	str_done(&doc);
}

static const struct {
	const char *name, *document, *format, *title, *link, *lang;
	int64_t updated;
	int ttl;
} metas[] = {
	{ "RSS 2.0",
	    RSS("<title>T</title><link>http://a/</link><language>de</language>"
		"<ttl> 60 </ttl><lastBuildDate>Thu, 01 Jan 1970 00:01:00 GMT"
		"</lastBuildDate>"),
	    "rss2.0", "T", "http://a/", "de", 60, 60 },
	{ "RSS 0.91", "<rss version='0.91'><channel/></rss>", "rss0.91", "", "",
	    "", NO_TIME, 0 },
	{ "RSS 0.90",
	    RDF_BEGIN "xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
		      "<channel><title>T</title></channel></rdf:RDF>",
	    "rss0.90", "T", "", "", NO_TIME, 0 },
	{ "updates in a period",
	    "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/"
	    "syndication/'><channel><sy:updatePeriod>daily</sy:updatePeriod>"
	    "<sy:updateFrequency>4</sy:updateFrequency></channel></rss>",
	    "rss2.0", "", "", "", NO_TIME, 360 },
	{ "RSS 1.0",
	    RDF_BEGIN "xmlns='http://purl.org/rss/1.0/'><channel>"
		      "<title>T</title></channel></rdf:RDF>",
	    "rss1.0", "T", "", "", NO_TIME, 0 },
	{ "Atom 0.3",
	    "<feed xmlns='http://purl.org/atom/ns#'><modified>1970-01-01"
	    "T00:01:00Z</modified></feed>",
	    "atom0.3", "", "", "", 60, 0 },
	{ "Atom 1.0",
	    "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='fr'>"
	    "<title>T</title><link href='http://a/'/></feed>",
	    "atom1.0", "T", "http://a/", "fr", NO_TIME, 0 },
	{ "JSON Feed",
	    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\","
	    "\"home_page_url\":\"http://a/\",\"language\":\"de\",\"items\":["
	    "{\"date_modified\":\"1970-01-01T00:01:00Z\"},"
	    "{\"date_published\":\"1970-01-01T00:00:01Z\"}]}",
	    "jsonfeed", "T", "http://a/", "de", 60, 0 },
	{ "JSON Feed, its items first",
	    "{\"items\":[{\"title\":\"1\"}],\"title\":\"T\"}", "jsonfeed", "T",
	    "", "", NO_TIME, 0 },
};

static void
test_meta(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(metas); i++) {
		struct feed_parser_options o = { .base_url = SV_NONE };
		struct str out;
		struct err e;
		struct feed_parser *p;
		const struct feed_meta *m;

		str_init(&out, MiB(1));
		p = feed_parser_new(&o, on_item, &out);
		assert_true(feed_parser_push(p, sv_of(metas[i].document), &e));
		assert_true(feed_parser_finish(p, &e));
		m = feed_parser_meta(p);
		if (strcmp(m->format, metas[i].format) != 0 ||
		    !sv_is(m->title, metas[i].title) ||
		    !sv_is(m->link, metas[i].link) ||
		    !sv_is(m->lang, metas[i].lang) ||
		    m->updated != metas[i].updated ||
		    m->ttl_minutes != metas[i].ttl)
			fail_msg("%s", metas[i].name);
		feed_parser_free(p);
		str_done(&out);
	}
}

static void
note_deleted(const struct item *it, void *arg)
{
	(void)str_addf(arg, "%.*s%s%.*s%.*s ", SV_ARG(it->id),
	    it->deleted ? " gone" : "", SV_ARG(it->title), SV_ARG(it->summary));
}

/* RFC 6721: only who asks for it hears of what is no item any more; and
 * whatever stands in it is no text of an item. */
static void
test_deleted(void **state)
{
	static const char feed[] =
	    "<feed xmlns='http://www.w3.org/2005/Atom'"
	    " xmlns:x='http://purl.org/atompub/tombstones/1.0'>"
	    "<x:deleted-entry ref='tag:1' when='2024-03-26T05:12:09Z'/>"
	    "<entry><id>tag:2</id></entry>"
	    "<x:deleted-entry ref='tag:3'><x:comment>c</x:comment>"
	    "<id>tag:4</id><title>t</title><entry><id>tag:5</id></entry>"
	    "<summary>s</summary>"
	    "</x:deleted-entry></feed>";
	static const char *const want[] = { "tag:2 ",
		"tag:1 gone tag:2 tag:3 gone " };

	(void)state;
	for (size_t i = 0; i < COUNTOF(want); i++) {
		struct feed_parser_options o = { .deleted = i == 1 };
		struct feed_parser *p;
		struct str out;
		struct err e;

		str_init(&out, KiB(1));
		p = feed_parser_new(&o, note_deleted, &out);
		assert_true(feed_parser_push(p, sv_of(feed), &e));
		assert_true(feed_parser_finish(p, &e));
		assert_string_equal(str_c(&out), want[i]);
		feed_parser_free(p);
		str_done(&out);
	}
}

static void
test_streams(void **state)
{
	struct feed_parser_options o = { .base_url = SV_NONE };
	struct str out, pad;
	struct err e;
	struct feed_parser *p;

	(void)state;
	str_init(&out, MiB(1));
	str_init(&pad, KiB(2));
	while (pad.len < KiB(2))
		(void)str_addc(&pad, ' ');
	p = feed_parser_new(&o, on_item, &out);
	assert_true(
	    feed_parser_push(p, SV("<rss version='2.0'><channel>"), &e));
	assert_true(feed_parser_push(p, str_sv(&pad), &e));
	assert_true(
	    feed_parser_push(p, SV("<item><title>1</title></item>"), &e));
	assert_string_equal(str_c(&out), "[ title=1 ]");
	feed_parser_free(p);
	str_done(&pad);
	str_done(&out);
}

/* `times` copies of `part` behind `head`. */
static void
repeat(struct str *out, const char *head, const char *part, size_t times)
{
	str_init(out, MiB(64));
	(void)str_adds(out, head);
	for (size_t i = 0; i < times; i++)
		(void)str_adds(out, part);
}

#define ITEM_BEGIN "<rss version='2.0'><channel><item>"
/* 64 bytes long */
#define ENTITY_A \
	"<!DOCTYPE a [<!ENTITY a " \
	"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'" \
	">]>"

static const struct {
	const char *name, *head, *part;
	size_t times;
	const char *error;
} ceilings[] = {
	{ "depth", ITEM_BEGIN, "<a>", FEED_DEPTH, "depth of the elements" },
	{ "attributes", ITEM_BEGIN "<a", " b='c'", FEED_ATTRIBUTES + 1,
	    "attributes of one element" },
	{ "a tag", ITEM_BEGIN "<a b='", "cccccccccccccccc", FEED_TAG_BYTES / 16,
	    "one tag" },
	{ "a comment", ITEM_BEGIN "<!--", "cccccccccccccccc",
	    FEED_COMMENT_BYTES / 16 + KiB(2), "one comment" },
	{ "a document type", "<!DOCTYPE a [", "<!ELEMENT a ANY>",
	    FEED_COMMENT_BYTES / 16 + KiB(2), "the document type" },
	{ "entities in texts", ENTITY_A ITEM_BEGIN "<title>", "&a;",
	    DTD_GROWTH_BYTES / 61 + 1, "what entities add" },
	{ "entities in attributes", ENTITY_A ITEM_BEGIN,
	    "<a xml:lang='&a;&a;&a;&a;&a;&a;&a;&a;'/>",
	    DTD_GROWTH_BYTES / 61 / 8 + 1, "what entities add" },
	{ "items", "<rss version='2.0'><channel>", "<item></item>",
	    FEED_ITEMS + 1, "the feed has more than" },
	{ "what is deleted",
	    "<feed xmlns='http://www.w3.org/2005/Atom'"
	    " xmlns:a='http://purl.org/atompub/tombstones/1.0'>",
	    "<a:deleted-entry ref='1'/>", FEED_ITEMS + 1,
	    "the feed has more than" },
	{ "items of JSON", "{\"items\":[", "{\"title\":1}", FEED_ITEMS + 1,
	    "the feed has more than" },
};

static void
test_ceilings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(ceilings); i++) {
		struct str doc, out;
		char *error;

		repeat(&doc, ceilings[i].head, ceilings[i].part,
		    ceilings[i].times);
		if (i == 1)
			(void)str_adds(&doc, ">");
		str_init(&out, MiB(1));
		run(str_sv(&doc), SV_NONE, SV_NONE, KiB(16), &out);
		error = strchr(str_c(&out), '!');
		if (error == NULL || strstr(error, ceilings[i].error) == NULL)
			fail_msg("%s: %s", ceilings[i].name,
			    error != NULL ? error : "no error");
		str_done(&out);
		str_done(&doc);
	}
}

static void
check_long_link(const char *head, const char *tail, const char *want)
{
	struct str doc, out;

	repeat(&doc, head, "xxxxxxxx", URL_BYTES / 8);
	(void)str_adds(&doc, tail);
	str_init(&out, KiB(16));
	run(str_sv(&doc), SV_NONE, SV("http://a/"), KiB(16), &out);
	assert_string_equal(str_c(&out), want);
	str_done(&out);
	str_done(&doc);
}

/* It is dropped, not cut: the beginning of a link leads elsewhere. */
static void
test_too_long_links_are_none(void **state)
{
	(void)state;
	check_long_link(ITEM_BEGIN "<link>http://a/",
	    "</link><title>T</title></item></channel></rss>", "[ title=T ]");
	check_long_link("{\"items\":[{\"title\":\"T\",\"url\":\"http://a/",
	    "\",\"external_url\":\"/b\"}]}", "[ title=T link=http://a/b ]");
}

static void
on_long_item(const struct item *it, void *arg)
{
	size_t *len = arg;

	*len = it->summary.len;
	assert_true(utf8_valid(it->summary));
}

static void
test_long_text_is_cut(void **state)
{
	struct feed_parser_options o = { .base_url = SV_NONE };
	struct str doc;
	struct err e;
	size_t len = 0;
	struct feed_parser *p = feed_parser_new(&o, on_long_item, &len);

	(void)state;
	repeat(&doc, ITEM_BEGIN "<description>", "\u4E00\u4E01\u4E02 ",
	    ITEM_TEXT_BYTES / 8);
	(void)str_adds(&doc, "</description></item></channel></rss>");
	assert_true(feed_parser_push(p, str_sv(&doc), &e));
	assert_true(feed_parser_finish(p, &e));
	assert_in_range(len, ITEM_TEXT_BYTES - 16, ITEM_TEXT_BYTES);
	feed_parser_free(p);
	str_done(&doc);
}

static void
compare_pieces(const char *path)
{
	struct str doc, whole, pieces;
	struct err e;

	str_init(&doc, MiB(32));
	str_init(&whole, MiB(64));
	str_init(&pieces, MiB(64));
	if (!file_read(path, &doc, &e))
		fail_msg("%s", e.msg);
	run(str_sv(&doc), SV_NONE, SV_NONE, doc.len + 1, &whole);
	run(str_sv(&doc), SV_NONE, SV_NONE, 997, &pieces);
	if (strcmp(str_c(&whole), str_c(&pieces)) != 0)
		fail_msg("%s differs when it comes in pieces", path);
	assert_true(utf8_valid(str_sv(&whole)));
	str_done(&doc);
	str_done(&whole);
	str_done(&pieces);
}

/* Real and hostile documents give the same whole and in pieces. */
static void
test_data(void **state)
{
	static const char *const dirs[] = { "realworld/feeds",
		"given/inputs/hostile", "given/inputs/selfmade/encodings" };
	const char *data = getenv("TOCSIN_DATA");

	(void)state;
	if (data == NULL) {
		print_message("skipped, no data\n");
		skip();
	}
	for (size_t i = 0; i < COUNTOF(dirs); i++) {
		struct str path;
		struct dirent *entry;
		DIR *d;

		str_init(&path, KiB(4));
		(void)str_addf(&path, "%s/feeds/%s", data, dirs[i]);
		d = opendir(str_c(&path));
		assert_non_null(d);
		while ((entry = readdir(d)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			str_clear(&path);
			(void)str_addf(&path, "%s/feeds/%s/%s", data, dirs[i],
			    entry->d_name);
			compare_pieces(str_c(&path));
		}
		(void)closedir(d);
		str_done(&path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_first_bytes_choose_the_charset),
		cmocka_unit_test(test_meta),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_too_long_links_are_none),
		cmocka_unit_test(test_long_text_is_cut),
		cmocka_unit_test(test_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
