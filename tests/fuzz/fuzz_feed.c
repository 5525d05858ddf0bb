/* tests/fuzz/fuzz_feed.c: any bytes, in any pieces, give clean bounded items.
 */
#include "feeds/parse.h"

#include "base/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct sv v)
{
	assert(v.len <= ITEM_TEXT_BYTES * 2);
	assert(utf8_valid(v));
}

static void
on_item(const struct item *it, void *arg)
{
	unsigned char key[ITEM_KEY_BYTES];

	(void)arg;
	check(it->id);
	check(it->title);
	check(it->link);
	check(it->author);
	check(it->summary);
	check(it->content);
	for (size_t i = 0; i < it->ncategories; i++)
		check(it->categories[i]);
	item_key(it, SV_NONE, key);
	(void)item_words(it, 200);
}

/* The first byte says how long the pieces are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_parser_options o = { .base_url = SV("http://a/b/") };
	struct sv in = { (const char *)data, size };
	size_t step = size != 0 ? (size_t)data[0] + 1 : 1;
	struct feed_parser *p = feed_parser_new(&o, on_item, NULL);
	struct err e;
	bool ok = true;

	for (in = sv_from(in, 1); in.len != 0 && ok; in = sv_from(in, step))
		ok = feed_parser_push(p, sv_sub(in, 0, step), &e);
	(void)!feed_parser_finish(p, &e);
	check(feed_parser_meta(p)->title);
	feed_parser_free(p);
	return 0;
}
