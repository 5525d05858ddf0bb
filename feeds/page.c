/* feeds/page.c: a web page as blocks of text in a tree of elements. */
#include "feeds/page.h"

#include "base/limits.h"
#include "feeds/html_scan.h"

#include <stdlib.h>
#include <string.h>

#define HINT_WORD_BYTES 24

/* clang-format off */
/* How words in class, id and role begin; a '$' stands for the word's end. */
static const struct hint_word {
	const char *text;
	unsigned hint;
} hint_words[] = {
	{ "ad$", HINT_BAD }, { "ads$", HINT_BAD }, { "advert", HINT_BAD },
	{ "aside$", HINT_BAD }, { "author$", HINT_BAD },
	{ "banner", HINT_BAD }, { "bio$", HINT_BAD },
	{ "breadcrumb", HINT_BAD }, { "byline", HINT_BAD },
	{ "caption", HINT_BAD }, { "comment", HINT_CHROME },
	{ "consent", HINT_BAD }, { "contentinfo", HINT_CHROME },
	{ "cookie", HINT_BAD }, { "copyright", HINT_BAD },
	{ "credit", HINT_BAD }, { "dateline$", HINT_BAD },
	{ "disqus", HINT_CHROME }, { "footer", HINT_BAD },
	{ "gdpr", HINT_BAD }, { "login", HINT_BAD }, { "menu", HINT_BAD },
	{ "meta$", HINT_BAD }, { "metadata", HINT_BAD },
	{ "modal", HINT_BAD }, { "nav$", HINT_BAD },
	{ "navbar", HINT_BAD }, { "navigation", HINT_CHROME },
	{ "newsletter", HINT_BAD }, { "outbrain", HINT_BAD },
	{ "pagination", HINT_BAD }, { "popular", HINT_BAD },
	{ "popup", HINT_BAD }, { "promo", HINT_BAD },
	{ "rating", HINT_BAD }, { "recirc", HINT_BAD },
	{ "recommend", HINT_BAD }, { "related", HINT_BAD },
	{ "share", HINT_BAD }, { "sharing", HINT_BAD },
	{ "sidebar", HINT_BAD }, { "signup", HINT_BAD },
	{ "social", HINT_BAD }, { "sponsor", HINT_BAD },
	{ "subscri", HINT_BAD }, { "taboola", HINT_BAD },
	{ "tags$", HINT_BAD }, { "toolbar", HINT_BAD },
	{ "trending", HINT_BAD }, { "widget", HINT_BAD },
	{ "articlebody", HINT_GOOD }, { "entrycontent", HINT_GOOD },
	{ "storybody", HINT_GOOD }, { "articlecontent", HINT_GOOD },
	{ "storycontent", HINT_GOOD }, { "postcontent", HINT_GOOD },
	{ "postbody", HINT_GOOD }, { "articletext", HINT_GOOD },
	{ "bodycopy", HINT_GOOD }, { "storytext", HINT_GOOD },
};
/* clang-format on */

/* An element that is open. */
struct open {
	enum html_tag tag;
	uint32_t node; /* its own, or its parent's for an inline element */
	bool hidden, block;
};

struct reader {
	struct page *page;
	struct html_sink sink;
	struct open stack[ARTICLE_DEPTH];
	size_t depth, too_deep;
	unsigned link_words;
	size_t link_start; /* in the text; where the link here began */
	bool in_link, after_br;
};

static bool
word_fits(const char *pattern, struct sv word)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] == '$')
		return word.len == n - 1 && memcmp(pattern, word.p, n - 1) == 0;
	return sv_starts(word, (struct sv) { pattern, n });
}

static unsigned
word_hint(struct sv word)
{
	for (size_t i = 0; i < COUNTOF(hint_words); i++)
		if (word_fits(hint_words[i].text, word))
			return hint_words[i].hint;
	return 0;
}

/* Words end at what is no letter and before a capital behind a small letter:
 * "relatedLinks" and "related-links" are two words.  Each pair is looked at as
 * one word too: "article-body" is "articlebody". */
static unsigned
name_hints(struct sv v)
{
	char pair[2 * HINT_WORD_BYTES];
	size_t former = 0, len = 0;
	unsigned hints = 0;

	for (size_t i = 0; i <= v.len; i++) {
		char c = i < v.len ? v.p[i] : ' ';
		bool capital = ascii_lower(c) != c;
		bool ends = !ascii_is_alpha(c) ||
		    (capital && i != 0 &&
			ascii_lower(v.p[i - 1]) == v.p[i - 1]);

		if (ends && len != 0) {
			hints |= word_hint((struct sv) { pair + former, len });
			hints |= word_hint((struct sv) { pair, former + len });
			memmove(pair, pair + former, len);
			former = ascii_is_space(c) ? 0 : len;
			len = 0;
		}
		if (ascii_is_alpha(c) && len < HINT_WORD_BYTES)
			pair[former + len++] = ascii_lower(c);
	}
	return hints;
}

static bool
hides(struct sv name, struct sv value)
{
	if (sv_iis(name, "hidden"))
		return true;
	if (sv_iis(name, "aria-hidden"))
		return sv_iis(value, "true");
	return sv_iis(name, "style") &&
	    (sv_find(value, SV("display:none")) != value.len ||
		sv_find(value, SV("display: none")) != value.len);
}

static unsigned
tag_hints(enum html_tag tag)
{
	unsigned flags = html_tag_flags(tag);

	if ((flags & TAG_HIDDEN) != 0 || tag == HTML_svg ||
	    tag == HTML_textarea || tag == HTML_select || tag == HTML_object ||
	    tag == HTML_button || tag == HTML_noscript || tag == HTML_iframe ||
	    tag == HTML_video || tag == HTML_audio || tag == HTML_canvas ||
	    tag == HTML_title)
		return HINT_HIDDEN;
	if (tag == HTML_nav || tag == HTML_menu || tag == HTML_footer)
		return HINT_CHROME;
	if (tag == HTML_aside || tag == HTML_form || tag == HTML_figcaption ||
	    tag == HTML_dialog || tag == HTML_fieldset)
		return HINT_BAD;
	return 0;
}

static unsigned
element_hints(enum html_tag tag, struct sv attributes)
{
	unsigned hints = tag_hints(tag);
	struct sv name, value;

	if (tag == HTML_html || tag == HTML_body)
		return 0;
	while (html_attribute(&attributes, &name, &value)) {
		if (sv_iis(name, "class") || sv_iis(name, "id") ||
		    sv_iis(name, "role") || sv_iis(name, "itemprop"))
			hints |= name_hints(sv_sub(value, 0, 512));
		if (hides(name, value))
			hints |= HINT_HIDDEN;
	}
	return hints;
}

/* A character of a script without blanks?  Kana, Han and Thai. */
static bool
is_half_word(struct sv v)
{
	const unsigned char *s = (const unsigned char *)v.p;

	if (s[0] == 0xE0 && v.len > 1)
		return s[1] == 0xB8 || s[1] == 0xB9;
	return s[0] >= 0xE3 && s[0] <= 0xE9;
}

unsigned
page_count_words(struct sv text)
{
	unsigned words = 0, halves = 0;
	bool in_word = false;

	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.p[i] >= 0xE0 &&
		    is_half_word(sv_from(text, i))) {
			halves++;
			i += 2;
			in_word = false;
			continue;
		}
		words += !in_word && !ascii_is_space(text.p[i]);
		in_word = !ascii_is_space(text.p[i]);
	}
	return words + halves / 2;
}

static struct open *
top(struct reader *r)
{
	return &r->stack[r->depth - 1];
}

static void
end_link(struct reader *r)
{
	struct str *text = &r->page->text;

	if (r->in_link && text->len > r->link_start)
		r->link_words += page_count_words(
		    sv_from(str_sv(text), r->link_start));
	r->in_link = false;
}

static void
begin_link(struct reader *r)
{
	end_link(r);
	r->in_link = true;
	r->link_start = r->page->text.len;
}

/* The text since the last call becomes a block of the element that is open. */
static void
end_block(struct reader *r)
{
	struct page *p = r->page;
	size_t start = r->sink.start;
	bool in_link = r->in_link;
	struct page_block b;

	end_link(r);
	b = (struct page_block) { top(r)->node, start, p->text.len - start, 0,
		r->link_words };
	r->sink.start = p->text.len;
	r->sink.blank = r->after_br = false;
	r->link_words = 0;
	if (in_link)
		begin_link(r);
	if (b.len == 0)
		return;
	b.words = page_count_words(page_block_text(p, &b));
	p->blocks = mem_grow(
	    p->blocks, &p->capblocks, p->nblocks + 1, sizeof(*p->blocks));
	p->blocks[p->nblocks++] = b;
}

static uint32_t
add_node(struct page *p, uint32_t parent, enum html_tag tag, unsigned hints)
{
	p->nodes = mem_grow(
	    p->nodes, &p->capnodes, p->nnodes + 1, sizeof(*p->nodes));
	p->nodes[p->nnodes] = (struct page_node) { parent, tag, hints, 0, 0 };
	return (uint32_t)p->nnodes++;
}

/* Is the element one whose end another start tag of `tag` implies? */
static bool
implies_end(enum html_tag open, enum html_tag tag)
{
	if (open == HTML_p)
		return (html_tag_flags(tag) & TAG_BLOCK) != 0;
	if (open == HTML_dt || open == HTML_dd)
		return tag == HTML_dt || tag == HTML_dd;
	return open == tag &&
	    (tag == HTML_li || tag == HTML_option || tag == HTML_tr ||
		tag == HTML_td || tag == HTML_th);
}

/* Has the text that a block may end begun?  Then an element that nobody knows
 * is a part of it. */
static bool
in_sentence(const struct reader *r)
{
	return r->page->text.len != r->sink.start;
}

static void
push(struct reader *r, enum html_tag tag, struct sv attributes)
{
	unsigned hints = element_hints(tag, attributes);
	bool known_block = (html_tag_flags(tag) & TAG_BLOCK) != 0;
	bool block = known_block ||
	    (!in_sentence(r) &&
		(tag == HTML_UNKNOWN || (hints & HINT_HIDDEN) != 0));
	struct open o = { tag, top(r)->node,
		top(r)->hidden || (hints & HINT_HIDDEN) != 0, block };

	if (block) {
		if (tag != HTML_UNKNOWN)
			end_block(r);
		o.node = add_node(r->page, top(r)->node, tag, hints);
	}
	r->stack[r->depth++] = o;
}

static void
pop(struct reader *r)
{
	if (top(r)->block)
		end_block(r);
	r->depth--;
}

static void
on_start(struct reader *r, const struct html_token *t)
{
	unsigned flags = html_tag_flags(t->tag);

	if (t->tag == HTML_br) {
		if (r->after_br)
			end_block(r);
		r->after_br = true;
		r->sink.blank = true;
		return;
	}
	if (t->tag == HTML_a)
		begin_link(r);
	if (t->tag == HTML_body)
		while (r->depth > 1)
			pop(r);
	if (r->depth > 1 && implies_end(top(r)->tag, t->tag))
		pop(r);
	if (t->tag == HTML_hr)
		end_block(r);
	if ((flags & (TAG_VOID | TAG_RAW)) != 0 || t->tag == HTML_a)
		return;
	if (t->closed && t->tag == HTML_UNKNOWN)
		return;
	if (r->depth == ARTICLE_DEPTH)
		r->too_deep++;
	else
		push(r, t->tag, t->text);
}

/* The end of an inline element does not reach beyond the block it is in. */
static void
on_end(struct reader *r, const struct html_token *t)
{
	bool block = (html_tag_flags(t->tag) & TAG_BLOCK) != 0;
	size_t i = r->depth - 1;

	if (t->tag == HTML_a)
		end_link(r);
	if (r->too_deep != 0) {
		r->too_deep--;
		return;
	}
	while (i > 0 && r->stack[i].tag != t->tag) {
		if (!block && r->stack[i].block &&
		    r->stack[i].tag != HTML_UNKNOWN)
			return;
		i--;
	}
	while (i > 0 && r->depth > i)
		pop(r);
}

static void
on_text(struct reader *r, struct sv text)
{
	if (top(r)->hidden)
		return;
	if (sv_trim(text).len != 0)
		r->after_br = false;
	html_sink_add(&r->sink, text);
}

/* Children come behind their parents, so one pass from the end sums up. */
static void
sum_words(struct page *p)
{
	for (size_t i = 0; i < p->nblocks; i++) {
		struct page_node *n = &p->nodes[p->blocks[i].node];

		n->words += p->blocks[i].words;
		n->link_words += p->blocks[i].link_words;
	}
	for (size_t i = p->nnodes; --i > 0;) {
		struct page_node *parent = &p->nodes[p->nodes[i].parent];

		parent->words += p->nodes[i].words;
		parent->link_words += p->nodes[i].link_words;
	}
}

void
page_read(struct page *p, struct sv html)
{
	struct reader *r = mem_calloc(1, sizeof(*r));
	struct html_scan s;
	struct html_token t;

	*p = (struct page) { 0 };
	str_init(&p->text, ARTICLE_BYTES);
	r->page = p;
	r->sink.out = &p->text;
	r->stack[r->depth++] = (struct open) { HTML_UNKNOWN,
		add_node(p, 0, HTML_UNKNOWN, 0), false, true };
	html_scan_init(&s, html);
	while (p->nnodes < ARTICLE_NODES && !p->text.full &&
	    html_scan_next(&s, &t)) {
		if (t.kind == HTML_TEXT)
			on_text(r, t.text);
		else if (t.kind == HTML_START)
			on_start(r, &t);
		else if (t.kind == HTML_END)
			on_end(r, &t);
	}
	while (r->depth > 1)
		pop(r);
	end_block(r);
	sum_words(p);
	free(r);
}

void
page_done(struct page *p)
{
	str_done(&p->text);
	free(p->nodes);
	free(p->blocks);
}

struct sv
page_block_text(const struct page *p, const struct page_block *b)
{
	return sv_sub(str_sv(&p->text), b->start, b->len);
}
