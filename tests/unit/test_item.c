/* tests/unit/test_item.c: the key and the length of an item. */
#include "feeds/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name;
	struct item a, b;
	bool same;
} keys[] = {
	{ "the id alone names an item that has one",
	    { .id = SV("7"), .title = SV("Truce"), .link = SV("http://a/") },
	    { .id = SV("7"), .title = SV("Truce over"), .content = SV("x") },
	    true },
	{ "another id is another item", { .id = SV("7"), .title = SV("Truce") },
	    { .id = SV("8"), .title = SV("Truce") }, false },
	{ "without an id it is the link",
	    { .link = SV("http://a/1"), .title = SV("Truce") },
	    { .link = SV("http://a/1"), .title = SV("Truce over") }, true },
	{ "without both it is title and text",
	    { .title = SV("Truce"), .summary = SV("s") },
	    { .title = SV("Truce"), .summary = SV("t") }, false },
	{ "dates, authors and categories do not count",
	    { .title = SV("Truce"), .published = 1, .author = SV("Jane") },
	    { .title = SV("Truce"), .published = 2 }, true },
	{ "an id is not taken for a link of the same text",
	    { .id = SV("http://a/1") }, { .link = SV("http://a/1") }, false },
	{ "what trackers add to a link does not count",
	    { .link = SV("http://www.a/1?utm_source=rss&x=1#xtor=RSS-1") },
	    { .link = SV("https://a/1/?x=1&fbclid=7") }, true },
	{ "nor to an id that is a link",
	    { .id = SV("https://a/1?utm_medium=rss") },
	    { .id = SV("https://a/1?utm_medium=feed") }, true },
	{ "nor does the revision in an id that is the link",
	    { .id = SV("https://a/1#0"),
		.link = SV("https://a/1?at_medium=RSS") },
	    { .id = SV("https://a/1#1"), .link = SV("https://a/1") }, true },
	{ "but an anchor does",
	    { .id = SV("https://a/log#1"), .link = SV("https://a/log#1") },
	    { .id = SV("https://a/log#2"), .link = SV("https://a/log#2") },
	    false },
	{ "a front page names no item",
	    { .link = SV("https://a/"), .title = SV("Truce") },
	    { .link = SV("https://a/"), .title = SV("Truce over") }, false },
	{ "nor does the page of the feed",
	    { .link = SV("http://site/news/"), .title = SV("Truce") },
	    { .link = SV("http://site/news/"), .title = SV("Truce over") },
	    false },
	{ "be it for an id",
	    { .id = SV("https://a/"), .link = SV("https://a/1") },
	    { .id = SV("https://a/"), .link = SV("https://a/2") }, false },
	{ "text that moves from title to summary makes another item",
	    { .title = SV("ab"), .summary = SV("c") },
	    { .title = SV("a"), .summary = SV("bc") }, false },
};

static void
test_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(keys); i++) {
		unsigned char a[ITEM_KEY_BYTES], b[ITEM_KEY_BYTES];

		item_key(&keys[i].a, SV("https://site/news"), a);
		item_key(&keys[i].b, SV("https://site/news"), b);
		if ((memcmp(a, b, sizeof(a)) == 0) != keys[i].same)
			fail_msg("%s", keys[i].name);
	}
}

static const struct {
	const char *name;
	struct item a, b;
	bool here, before; /* another one: in one document, at two polls */
} others[] = {
	{ "a title that is corrected is the same item",
	    { .link = SV("http://a/1"), .title = SV("Truce") },
	    { .link = SV("http://a/1"), .title = SV("Truce over") }, false,
	    false },
	{ "so is an article that moves",
	    { .link = SV("http://a/1"), .title = SV("Truce") },
	    { .link = SV("http://a/2"), .title = SV("Truce") }, false, false },
	{ "another title at another link is another item",
	    { .link = SV("http://a/1"), .title = SV("Truce") },
	    { .link = SV("http://a/2"), .title = SV("Flood") }, true, true },
	{ "at a later poll only if it is not of the same second",
	    { .link = SV("http://a/1"), .title = SV("Truce"), .published = 5 },
	    { .link = SV("http://a/2"), .title = SV("Flood"), .published = 5 },
	    true, false },
	{ "another date tells them apart",
	    { .link = SV("http://a/1"), .title = SV("Truce"), .published = 5 },
	    { .link = SV("http://a/2"), .title = SV("Flood"), .published = 6 },
	    true, true },
	{ "an id that is more than a place is believed",
	    { .link = SV("http://a/1"), .title = SV("Truce") },
	    { .link = SV("http://a/2"),
		.title = SV("Flood"),
		.id = SV("3d6d5bea") },
	    true, false },
	{ "what trackers add to a link does not",
	    { .link = SV("http://a/1?utm_source=a"), .title = SV("Truce") },
	    { .link = SV("http://a/1"), .title = SV("Flood") }, false, false },
	{ "without links, titles tell only what stands side by side apart",
	    { .title = SV("Truce") }, { .title = SV("Flood") }, true, false },
	{ "the page of the feed is no link of an item",
	    { .link = SV("https://site/news"), .title = SV("Truce") },
	    { .link = SV("http://a/1"), .title = SV("Flood") }, true, false },
	{ "without titles, links tell what stands side by side apart",
	    { .link = SV("http://a/1") }, { .link = SV("http://a/2") }, true,
	    false },
	{ "without a title what moved is not another item",
	    { .link = SV("http://a/1"), .title = SV("Truce") },
	    { .link = SV("http://a/2") }, false, false },
};

static void
test_re_used_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(others); i++) {
		struct item a = others[i].a, b = others[i].b;
		struct item_traits ta, tb;

		if (b.id.len == 0)
			b.id = SV("3");
		if (a.published == 0)
			a.published = b.published = NO_TIME;
		item_traits(&a, SV("https://site/news"), &ta);
		item_traits(&b, SV("https://site/news"), &tb);
		if (item_is_another_here(&b, &ta, &tb) != others[i].here ||
		    item_is_another_now(&b, &ta, &tb) != others[i].before)
			fail_msg("%s", others[i].name);
	}
}

/* Keys are on disk: a change of the function would alert on everything anew. */
static void
test_key_is_stable(void **state)
{
	struct item it = { .id = SV("tag:example.org,2024:1") };
	static const unsigned char expect[] = { 0xE3, 0x55, 0xFC, 0x86, 0x0E,
		0xF8, 0xBD, 0xE3, 0xC9, 0x60, 0x0B, 0x31, 0x82, 0x94, 0xD9,
		0x81 };
	unsigned char key[ITEM_KEY_BYTES];

	(void)state;
	item_key(&it, SV_NONE, key);
	assert_memory_equal(key, expect, sizeof(key));
}

static const struct {
	const char *name;
	struct item item;
	size_t stop_at, words;
} lengths[] = {
	{ "nothing has no words", { .summary = SV("") }, 10, 0 },
	{ "white space of any kind parts words",
	    { .summary = SV("one  two\nthree\xC2\xA0"
			    "four") },
	    10, 4 },
	{ "summary and content add up",
	    { .summary = SV("one two"), .content = SV("three") }, 10, 3 },
	{ "the title does not count", { .title = SV("one two three") }, 10, 0 },
	{ "counting ends at the given number",
	    { .summary = SV("a b c d e f g h") }, 5, 5 },
	{ "it ends there across both texts too",
	    { .summary = SV("a b c"), .content = SV("d e f g") }, 5, 5 },
	{ "a Han character is half a word", { .summary = SV("停火协议") }, 10,
	    2 },
	{ "so are kana and Thai characters",
	    { .summary = SV("ガザ"), .content = SV("หยุ") }, 10, 2 },
	{ "Hangul is written with blanks", { .summary = SV("가자 휴전") }, 10,
	    2 },
	{ "a word beside Han characters is a word of its own",
	    { .summary = SV("UN安理") }, 10, 2 },
};

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(lengths); i++) {
		size_t n = item_words(&lengths[i].item, lengths[i].stop_at);

		if (n != lengths[i].words)
			fail_msg("%s: %zu words", lengths[i].name, n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_re_used_ids),
		cmocka_unit_test(test_key_is_stable),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
