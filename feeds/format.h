/* feeds/format.h: what every family of feed formats can do. */
#ifndef FEEDS_FORMAT_H
#define FEEDS_FORMAT_H

#include "feeds/parse.h"

/* `feed` is what create() returned. */
struct feed_format {
	void *(*create)(struct sv base_url, feed_item_fn *on_item, void *arg);
	void (*free)(void *feed);

	/* As those of the parser; the bytes are whole characters of UTF-8. */
	bool (*push)(void *feed, struct sv utf8, struct err *e);
	bool (*finish)(void *feed, struct err *e);

	bool (*ended)(const void *feed); /* what follows is not looked at */
	const struct feed_meta *(*meta)(void *feed);
};

#endif
