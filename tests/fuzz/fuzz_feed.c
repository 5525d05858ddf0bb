/* tests/fuzz/fuzz_feed.c: any bytes, in any pieces, give clean bounded items.
 */
#include "feeds/parse.h"

#include "base/limits.h"
#include "base/str.h"
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
	(void)str_add(arg, item_sha256(it));
}

/* Appends the hashes of the items. */
static void
parse(struct sv in, size_t step, struct str *hashes)
{
	struct feed_parser_options o = { .base_url = SV("http://a/b/"),
		.deleted = true };
	struct feed_parser *p = feed_parser_new(&o, on_item, hashes);
	struct err e;
	bool ok = true;

	for (; in.len != 0 && ok; in = sv_from(in, step))
		ok = feed_parser_push(p, sv_sub(in, 0, step), &e);
	(void)!feed_parser_finish(p, &e);
	check(feed_parser_meta(p)->title);
	feed_parser_free(p);
}

/* What stands before a declaration is dropped if it came with it. */
static bool
may_begin_late(struct sv in)
{
	return sv_find(sv_from(in, 1), SV("<?xml ")) + 1 < in.len;
}

/* The first byte says how long the pieces are: it does not matter. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = { (const char *)data, size };
	size_t step = size != 0 ? (size_t)data[0] + 1 : 1;
	struct str hashes, whole;

	str_init(&hashes, MiB(4));
	str_init(&whole, MiB(4));
	in = sv_from(in, 1);
	parse(in, step, &hashes);
	parse(in, in.len + 1, &whole);
	assert(may_begin_late(in) || sv_eq(str_sv(&hashes), str_sv(&whole)));
	str_done(&hashes);
	str_done(&whole);
	return 0;
}
