/* feeds/item.h: one entry of a feed: what flows downstream. */
#ifndef FEEDS_ITEM_H
#define FEEDS_ITEM_H

#include "base/mem.h"

#define NO_TIME INT64_MIN

struct enclosure {
	struct sv url, type;
	int64_t length; /* bytes; -1: not stated */
};

struct raw;

/* What shows later where an item came from. */
struct evidence {
	struct sv url; /* of the document after redirects, without a password */
	struct sv etag, last_modified; /* of the document, as its server said */
	struct sv sha256; /* of the item where it is not being read any more */
	int64_t fetched_ms; /* when its last byte was there, wall clock */
	struct sv article_url; /* as `url`, of the article's page */
	struct sv page; /* that page, as it came */
};

/* Texts are plain UTF-8: markup is gone, block borders are blanks or line
 * feeds.  URLs are absolute where a base was known.  What the feed does not say
 * is the empty view, NO_TIME or 0. */
struct item {
	struct sv id; /* guid, atom:id, rdf:about; as in the feed */
	struct sv title;
	struct sv link;
	struct sv author;
	struct sv lang; /* declared, as in the feed */
	struct sv summary, content;
	int64_t published, updated; /* epoch seconds, UTC */
	struct sv source_title, source_link, source_id;
	bool deleted; /* taken back: it has an id and no text (RFC 6721) */
	struct sv *categories;
	size_t ncategories;
	struct enclosure *enclosures;
	size_t nenclosures;
	struct raw *raw; /* while it is being read: its bytes */

	/* Filled downstream of the parser. */
	struct sv article; /* text of the page behind the link */
	struct sv feed; /* name of the feed in the configuration */
	struct sv feed_title; /* the document's */
	struct sv *tags; /* the feed's */
	size_t ntags;
	struct evidence from;
};

/* Hash of the item in the document, in lower-case hex: of the text from the
 * first byte of its start tag (JSON: of its brace) to the last of its end tag,
 * as it stands in the document once that is unpacked and in UTF-8; where the
 * end tag is missing, to the tag that ends it.  Empty: not known. */
struct sv item_sha256(const struct item *it);

/* What the document says of itself. */
struct feed_meta {
	const char *format; /* "rss2.0", "atom1.0", ...; "" while unknown */
	struct sv title, subtitle, link, id, lang;
	int64_t updated;
	int ttl_minutes; /* RSS ttl; 0: none */
	bool cut_short; /* XML that ended before its root did, or before it */
	const struct sv *feeds; /* URLs that a web page names instead */
	size_t nfeeds;
};

/* 128 bits that name an item within its feed: hash of its id, else its link,
 * else its title and text.  The same item has the same key at every poll: links
 * and ids that are links count without what trackers add, and an id that is the
 * link with the number of a revision behind # is that link.  A front page and
 * `feed_link`, the feed's own, name no item, be they link or id. */
#define ITEM_KEY_BYTES 16
void item_key(const struct item *it, struct sv feed_link,
    unsigned char key[ITEM_KEY_BYTES]);

/* What else tells items apart, as hashes; 0: nothing is stated.  A link that
 * names no item counts as none. */
struct item_traits {
	int64_t link, title;
	int64_t date; /* published, epoch seconds */
	int64_t page; /* link, title and date (without one: the texts) */
	bool shared; /* several items of one document had its id */
	int64_t wording, text; /* filters/change.h; item_traits() leaves 0 */
};
void item_traits(
    const struct item *it, struct sv feed_link, struct item_traits *out);

/* Do two items under one key, in one document or at two polls, show by link and
 * title to be two, because their publisher re-uses ids?  Titles are enough
 * where the key is but a link, without titles the links are: lists, and the
 * messages on one page, are such.  At two polls only an id that was shared or
 * is a small number (a place in the document) is not believed: editors give an
 * article another title, address and date. */
bool item_is_another_here(const struct item *it,
    const struct item_traits *before, const struct item_traits *now);
bool item_is_another_now(const struct item *it,
    const struct item_traits *before, const struct item_traits *now);

/* The key of an item whose own is taken by `before`. */
void item_key_of_another(const struct item_traits *before,
    const struct item_traits *now, unsigned char key[ITEM_KEY_BYTES]);

/* Words in summary and content together, at most `stop_at`: runs between white
 * space, and each Han, kana or Thai character half a word. */
size_t item_words(const struct item *it, size_t stop_at);

#endif
