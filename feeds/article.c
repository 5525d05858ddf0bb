/* feeds/article.c: the main text of a news page.  Each block of text gets a
 * value, negative when it looks like navigation; the element with the largest
 * sum holds the article. */
#include "feeds/article.h"

#include "base/limits.h"
#include "base/url.h"
#include "feeds/article_walls.h"
#include "feeds/charset.h"
#include "feeds/date.h"
#include "feeds/page.h"
#include "feeds/page_meta.h"

#include <stdlib.h>
#include <string.h>

#define ARTICLE_WORDS_LEAST 25
#define LIST_WORDS 40 /* lines without a full stop are text, too */
#define HEADLINE_BYTES 512 /* a longer heading is none */
#define TITLE_WORDS 3 /* that say which heading is the headline */
#define NEARLY_ALL 0.9 /* of an element's value, in a part of it */
#define WALL_WORDS_MOST 150 /* a longer page is no wall */
#define STUB_WORDS 100 /* as many are no stub of an article for subscribers */
#define STUB_PAGE_WORDS 1500 /* a longer page is not searched for a paywall */

#define PHRASE(text) text,
static const char *const walls[] = { ARTICLE_WALLS(PHRASE) };
static const char *const guards[] = { ARTICLE_GUARDS(PHRASE) };
static const char *const paywalls[] = { ARTICLE_PAYWALLS(PHRASE) };

struct chooser {
	const struct page *page;
	bool *dropped; /* by node: it or an element around it is no article */
	bool *prose; /* by node: a block of it is prose */
	double *raw; /* by node: value of its blocks, and of all below */
	double *sum; /* the same, more for what is named like an article */
	size_t best;
	size_t headline; /* a block */
};

static double
link_share(unsigned link_words, unsigned words)
{
	return words != 0 ? (double)link_words / words : 0;
}

static bool
is_heading(enum html_tag tag)
{
	return tag >= HTML_h1 && tag <= HTML_h6;
}

static bool
is_prose(enum html_tag tag)
{
	return tag == HTML_p || tag == HTML_blockquote || tag == HTML_pre;
}

/* Does the text hold a mark that ends a sentence, in any script? */
static bool
has_sentence(struct sv text)
{
	static const char *const marks[] = { ".", "!", "?", "\u3002", "\u061F",
		"\u06D4", "\u0964", "\u2026" };

	for (size_t i = 0; i < COUNTOF(marks); i++)
		if (sv_find(text, sv_of(marks[i])) != text.len)
			return true;
	return false;
}

/* A bare URL. */
static bool
is_address(struct sv text)
{
	return sv_starts(text, SV("http")) && sv_chr(text, ' ') == text.len;
}

static double
block_value(const struct page *p, const struct page_block *b)
{
	enum html_tag tag = p->nodes[b->node].tag;
	double links = link_share(b->link_words, b->words);

	bool sentence = has_sentence(page_block_text(p, b));

	if (links > 0.5)
		return sentence && b->words >= 15 ? 0 : -(double)b->words;
	if (is_heading(tag))
		return 0;
	if (is_address(page_block_text(p, b)))
		return -(double)b->words;
	if (!sentence && is_prose(tag) && b->words >= LIST_WORDS)
		return 0.5 * b->words * (1 - links);
	if (!sentence)
		return is_prose(tag) || tag == HTML_li ? 0 : -0.5 * b->words;
	if (is_prose(tag))
		return b->words * (1 - links);
	return b->words < 12 ? 0 : 0.8 * b->words * (1 - links);
}

/* Names of classes are not believed about an element that holds most of the
 * page. */
static bool
is_bad(const struct page *p, const struct page_node *n)
{
	if (n->tag == HTML_article || n->tag == HTML_main)
		return false;
	if ((n->hints & HINT_CHROME) != 0)
		return true;
	return (n->hints & HINT_BAD) != 0 && n->words < p->nodes[0].words / 2;
}

static void
mark_dropped(struct chooser *c, bool strict)
{
	const struct page *p = c->page;

	for (size_t i = 1; i < p->nnodes; i++)
		c->dropped[i] = c->dropped[p->nodes[i].parent] ||
		    (strict && is_bad(p, &p->nodes[i]));
}

static void
sum_values(struct chooser *c)
{
	const struct page *p = c->page;

	for (size_t i = 0; i < p->nblocks; i++) {
		uint32_t node = p->blocks[i].node;
		double value = block_value(p, &p->blocks[i]);

		c->prose[node] = c->prose[node] || value > 0;
		c->raw[node] += c->dropped[node] ? 0 : value;
		c->sum[node] = c->raw[node];
	}
	for (size_t i = p->nnodes; --i > 0;) {
		if ((p->nodes[i].hints & HINT_GOOD) != 0 && c->sum[i] > 0)
			c->sum[i] *= 1.5;
		c->sum[p->nodes[i].parent] += c->sum[i];
		c->raw[p->nodes[i].parent] += c->raw[i];
	}
}

/* The largest sum; of equal ones the innermost. */
static void
choose(struct chooser *c)
{
	c->best = 0;
	for (size_t i = 1; i < c->page->nnodes; i++)
		if (!c->dropped[i] && c->sum[i] >= c->sum[c->best])
			c->best = i;
}

/* An element inside that holds nearly all of it is the better choice: what else
 * there is are teasers. */
static void
narrow(struct chooser *c)
{
	const struct page_node *nodes = c->page->nodes;

	for (size_t i = c->best + 1; i < c->page->nnodes; i++)
		if (!c->dropped[i] && nodes[i].parent == c->best &&
		    c->raw[i] >= NEARLY_ALL * c->raw[c->best])
			c->best = i;
}

static struct sv
fold(struct sv v, char out[HEADLINE_BYTES])
{
	size_t n = v.len < HEADLINE_BYTES ? v.len : 0;

	for (size_t i = 0; i < n; i++)
		out[i] = ascii_lower(v.p[i]);
	return (struct sv) { out, n };
}

/* Does one of the two hold the other? */
static bool
is_title(struct sv heading, struct sv title)
{
	char a[HEADLINE_BYTES], b[HEADLINE_BYTES];
	struct sv in = fold(heading, a), part = fold(title, b), swap = in;

	if (in.len < part.len) {
		in = part;
		part = swap;
	}
	return page_count_words(part) >= TITLE_WORDS &&
	    sv_find(in, part) < in.len;
}

/* The heading that says what the page is called, else the only h1; nblocks:
 * there is none. */
static size_t
find_headline(const struct chooser *c, struct sv title)
{
	const struct page *p = c->page;
	size_t only = p->nblocks, n = 0;

	for (size_t i = 0; i < p->nblocks; i++) {
		const struct page_block *b = &p->blocks[i];
		enum html_tag tag = p->nodes[b->node].tag;

		if (!is_heading(tag) || c->dropped[b->node] ||
		    b->link_words == b->words)
			continue;
		if (is_title(page_block_text(p, b), title))
			return i;
		only = tag == HTML_h1 ? i : only;
		n += tag == HTML_h1;
	}
	return n == 1 ? only : p->nblocks;
}

/* The element around it that holds a text beneath it, too. */
static size_t
around(const struct chooser *c, size_t block)
{
	uint32_t node = c->page->blocks[block].node;

	while (node != 0 && c->raw[node] < ARTICLE_WORDS_LEAST)
		node = c->page->nodes[node].parent;
	return node;
}

/* What stands below the headline goes before a longer text elsewhere, unless it
 * is so short that it may be no more than a lead. */
static void
prefer_headline(struct chooser *c)
{
	size_t node = c->headline < c->page->nblocks ? around(c, c->headline)
						     : 0;
	bool marked = c->page->nodes[node].tag == HTML_article ||
	    (c->page->nodes[node].hints & HINT_GOOD) != 0;

	if (node != 0 && c->raw[node] >= (marked ? 0.1 : 0.5) * c->raw[c->best])
		c->best = node;
}

static bool
is_below(const struct page *p, size_t node, size_t ancestor)
{
	while (node > ancestor)
		node = p->nodes[node].parent;
	return node == ancestor;
}

static bool
is_wanted(const struct chooser *c, const struct page_block *b)
{
	if (c->dropped[b->node] || !is_below(c->page, b->node, c->best))
		return false;
	if (c->prose[b->node] && b->link_words == 0)
		return true; /* parted by <br> from what is prose */
	return c->page->nodes[b->node].tag != HTML_h1 &&
	    block_value(c->page, b) >= 0;
}

/* Appends the blocks of the chosen element.  Headings wait for a text that
 * they stand above. */
static void
add_text(const struct chooser *c, struct str *out)
{
	const struct page *p = c->page;
	size_t heading = p->nblocks;

	for (size_t i = 0; i < p->nblocks; i++) {
		const struct page_block *b = &p->blocks[i];

		if (!is_wanted(c, b))
			continue;
		if (is_heading(p->nodes[b->node].tag)) {
			heading = i;
			continue;
		}
		if (heading < p->nblocks && out->len != 0) {
			(void)str_addc(out, '\n');
			(void)str_add(
			    out, page_block_text(p, &p->blocks[heading]));
		}
		heading = p->nblocks;
		if (out->len != 0)
			(void)str_addc(out, '\n');
		(void)str_add(out, page_block_text(p, b));
	}
}

/* `strict`: what is named like navigation, comments ... is left out. */
static unsigned
find_text(const struct page *p, struct sv title, bool strict, struct str *out)
{
	struct chooser c = { .page = p };

	c.dropped = mem_calloc(p->nnodes, sizeof(*c.dropped));
	c.prose = mem_calloc(p->nnodes, sizeof(*c.prose));
	c.raw = mem_calloc(p->nnodes, sizeof(*c.raw));
	c.sum = mem_calloc(p->nnodes, sizeof(*c.sum));
	mark_dropped(&c, strict);
	sum_values(&c);
	choose(&c);
	c.headline = find_headline(&c, title);
	prefer_headline(&c);
	narrow(&c);
	str_clear(out);
	add_text(&c, out);
	free(c.dropped);
	free(c.prose);
	free(c.raw);
	free(c.sum);
	return page_count_words(str_sv(out));
}

/* The page's text in lower case, or none if there is much of it. */
static struct sv
folded_text(const struct page *p, struct arena *a)
{
	char *text;

	if (p->nodes[0].words > STUB_PAGE_WORDS || p->text.len == 0)
		return SV_NONE;
	text = arena_alloc(a, p->text.len);
	for (size_t i = 0; i < p->text.len; i++)
		text[i] = ascii_lower(p->text.p[i]);
	return (struct sv) { text, p->text.len };
}

static bool
holds(struct sv text, const char *const *phrases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sv_find(text, sv_of(phrases[i])) < text.len)
			return true;
	return false;
}

#define HOLDS(text, phrases) holds((text), (phrases), COUNTOF(phrases))

static bool
is_wall(const struct page *p, struct sv html, struct sv folded)
{
	return p->nodes[0].words <= WALL_WORDS_MOST &&
	    (HOLDS(folded, walls) || HOLDS(html, guards));
}

static bool
find_article(const struct page *p, const struct page_meta *m, struct sv html,
    struct sv folded, struct str *text, struct err *e)
{
	unsigned words;

	if (is_wall(p, html, folded))
		return err_set(
		    e, "the page asks for consent or a proof of being human");
	words = find_text(p, m->text[PAGE_TITLE], true, text);
	if (words < 2 * ARTICLE_WORDS_LEAST)
		words = find_text(p, m->text[PAGE_TITLE], false, text);
	if (words < STUB_WORDS && (m->locked || HOLDS(folded, paywalls)))
		return err_set(e, "the article is for subscribers");
	if (words < ARTICLE_WORDS_LEAST)
		return err_set(e, "no article: %u words of text", words);
	return true;
}

/* Appends the page as UTF-8. */
static void
decode(struct sv page, struct sv content_type, struct str *out)
{
	struct charset *c = charset_new(content_type);

	charset_push(c, page, out);
	charset_finish(c, out);
	charset_free(c);
}

static struct sv
own_link(struct sv link, struct sv base_url, struct arena *a)
{
	struct str url;
	struct sv v = SV_NONE;

	str_init(&url, URL_BYTES);
	if (link.len != 0)
		url_resolve(&url, base_url, link);
	if (url_is_http(str_sv(&url)) && !url.full)
		v = arena_sv(a, str_sv(&url));
	str_done(&url);
	return v;
}

static void
fill(struct article *out, const struct page_meta *m)
{
	out->title = m->text[PAGE_TITLE];
	out->author = m->text[PAGE_AUTHOR];
	out->lang = m->text[PAGE_LANG];
	out->site = m->text[PAGE_SITE];
	out->published = NO_TIME;
	(void)date_parse(m->text[PAGE_PUBLISHED], &out->published);
}

static bool
extract(struct sv html, struct sv base_url, struct arena *a,
    struct article *out, struct err *e)
{
	struct page_meta meta;
	struct page page;
	struct str text;
	bool ok;

	str_init(&text, ARTICLE_TEXT_BYTES);
	page_read(&page, html);
	page_meta_read(&meta, html, a);
	ok = find_article(&page, &meta, html, folded_text(&page, a), &text, e);
	if (ok) {
		fill(out, &meta);
		out->link = own_link(meta.text[PAGE_LINK], base_url, a);
		out->text = arena_sv(a, str_sv(&text));
	}
	page_done(&page);
	str_done(&text);
	return ok;
}

bool
article_extract(struct sv page, struct sv content_type, struct sv base_url,
    struct arena *a, struct article *out, struct err *e)
{
	struct str html;
	bool ok;

	if (page.len > ARTICLE_BYTES)
		return err_set(
		    e, "the page has more than %zu bytes", ARTICLE_BYTES);
	str_init(&html, 4 * ARTICLE_BYTES + 4 * CHARSET_SNIFF_BYTES);
	decode(page, content_type, &html);
	ok = extract(str_sv(&html), base_url, a, out, e);
	str_done(&html);
	return ok;
}
