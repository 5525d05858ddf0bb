/* feeds/page.h: a web page as blocks of text in a tree of elements. */
#ifndef FEEDS_PAGE_H
#define FEEDS_PAGE_H

#include "base/str.h"
#include "feeds/html_tags.h"

/* What an element's name, class, id and role say of its content. */
enum page_hint {
	HINT_GOOD = 1, /* the body of an article */
	HINT_BAD = 2, /* navigation, comments, advertising ... */
	HINT_HIDDEN = 4,
	HINT_CHROME = 8, /* a nav or footer: never article */
};

/* An element that separates text.  Node 0 is the page.  Parents come before
 * their children. */
struct page_node {
	uint32_t parent;
	enum html_tag tag;
	unsigned hints; /* own ones */
	unsigned words, link_words; /* with those of all elements below */
};

/* A run of text with nothing but inline elements in it. */
struct page_block {
	uint32_t node;
	size_t start, len; /* in `text` */
	unsigned words, link_words;
};

struct page {
	struct str text;
	struct page_node *nodes;
	struct page_block *blocks;
	size_t nnodes, capnodes, nblocks, capblocks;
};

/* Reads UTF-8; stops at ARTICLE_NODES. */
void page_read(struct page *p, struct sv html);
void page_done(struct page *p);

struct sv page_block_text(const struct page *p, const struct page_block *b);

/* Words of a text: runs between blanks; in scripts without blanks two
 * characters are one. */
unsigned page_count_words(struct sv text);

#endif
