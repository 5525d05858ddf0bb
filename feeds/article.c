/* feeds/article.c: the main text of a news page.  Each block of text gets a
 * value, negative when it looks like navigation; the element with the largest
 * sum holds the article. */
#include "feeds/article.h"

#include "feeds/charset.h"
#include "feeds/date.h"
#include "feeds/page.h"
#include "feeds/page_meta.h"

#include <stdlib.h>
#include <string.h>

#define ARTICLE_WORDS_LEAST 25
#define LIST_WORDS 40 /* lines without a full stop are text, too */
#define TITLE_WORDS 3 /* that say which heading is the headline */
#define NEARLY_ALL 0.9 /* of an element's value, in a part of it */
#define WALL_WORDS_MOST 150 /* a longer page is no wall */

/* What pages say that stand in front of an article. */
static const char *const walls[] = { "enable javascript and cookies",
	"verify you are human", "verify you are a human", "not a robot",
	"checking your browser", "unusual traffic", "captcha", "access denied",
	"access to this page has been denied", "pardon our interruption",
	"security check to access", "before you continue",
	"we value your privacy", "manage your consent" };

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

/* Does one of the two hold the other? */
static bool
is_title(struct sv heading, struct sv title)
{
	struct sv in = heading.len < title.len ? title : heading;
	struct sv part = heading.len < title.len ? heading : title;

	if (page_count_words(part) < TITLE_WORDS)
		return false;
	for (size_t i = 0; i + part.len <= in.len; i++)
		if (sv_ieq(sv_sub(in, i, part.len), part))
			return true;
	return false;
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

static bool
contains_folded(struct sv text, const char *lower)
{
	size_t n = strlen(lower);

	for (size_t i = 0; i + n <= text.len; i++)
		if (ascii_lower(text.p[i]) == lower[0] &&
		    sv_istarts(sv_from(text, i), (struct sv) { lower, n }))
			return true;
	return false;
}

static bool
is_wall(const struct page *p)
{
	if (p->nodes[0].words > WALL_WORDS_MOST)
		return false;
	for (size_t i = 0; i < COUNTOF(walls); i++)
		if (contains_folded(str_sv(&p->text), walls[i]))
			return true;
	return false;
}

static bool
find_article(
    const struct page *p, struct sv title, struct str *text, struct err *e)
{
	unsigned words;

	if (is_wall(p))
		return err_set(
		    e, "the page asks for consent or a proof of being human");
	words = find_text(p, title, true, text);
	if (words < 2 * ARTICLE_WORDS_LEAST)
		words = find_text(p, title, false, text);
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
extract(struct sv html, struct arena *a, struct article *out, struct err *e)
{
	struct page_meta meta;
	struct page page;
	struct str text;
	bool ok;

	str_init(&text, ARTICLE_TEXT_BYTES);
	page_read(&page, html);
	page_meta_read(&meta, html, a);
	ok = find_article(&page, meta.text[PAGE_TITLE], &text, e);
	if (ok) {
		fill(out, &meta);
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

	(void)base_url;
	if (page.len > ARTICLE_BYTES)
		return err_set(
		    e, "the page has more than %zu bytes", ARTICLE_BYTES);
	str_init(&html, 4 * ARTICLE_BYTES + 4 * CHARSET_SNIFF_BYTES);
	decode(page, content_type, &html);
	ok = extract(str_sv(&html), a, out, e);
	str_done(&html);
	return ok;
}
