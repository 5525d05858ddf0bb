/* feeds/parse.h: a feed document goes in as bytes in pieces of any size; items
 * come out as soon as each is complete.  Gzip and zlib data are unpacked. Pure:
 * no clock, file or network. */
#ifndef FEEDS_PARSE_H
#define FEEDS_PARSE_H

#include "base/err.h"
#include "feeds/item.h"

struct feed_parser;

struct feed_parser_options {
	struct sv content_type; /* of the response, with parameters; or empty */
	struct sv base_url; /* where the document came from; or empty */
	bool deleted; /* items that are taken back are handed on, too */
	size_t max_bytes; /* of a packed one, unpacked; 0: 16 MiB */
};

/* `it` and all it points to live until this returns. */
typedef void feed_item_fn(const struct item *it, void *arg);

/* Copies the options. */
struct feed_parser *feed_parser_new(
    const struct feed_parser_options *o, feed_item_fn *on_item, void *arg);
void feed_parser_free(struct feed_parser *p); /* NULL is fine */

/* False, once and for ever, when the document is no feed, breaks a ceiling of
 * limits.h or holds a declaration that is not allowed; `e` says what. */
bool feed_parser_push(
    struct feed_parser *p, struct sv bytes, struct err *e) MUST_CHECK;

/* At the end of the document.  False when it is no feed or was cut short (the
 * items before the cut have been handed on; the poll must not count). */
bool feed_parser_finish(struct feed_parser *p, struct err *e) MUST_CHECK;

/* What is known so far; valid until the parser goes. */
const struct feed_meta *feed_parser_meta(const struct feed_parser *p);

#endif
