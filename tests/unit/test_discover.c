/* tests/unit/test_discover.c: a web page in, the feeds it names out. */
#include "feeds/discover.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BASE "https://a.org/news/"
#define RSS "<link rel=alternate type=application/rss+xml "

static const struct {
	const char *name, *html, *urls;
} pages[] = {
	{ "in their order, each once",
	    RSS "href=/1>" RSS "href='2' /><link rel='alternate' "
		"type='application/atom+xml' href='https://a.org/1'>",
	    "https://a.org/1 https://a.org/news/2 " },
	{ "in any case, with parameters and further words",
	    "<LINK REL='Home Alternate' TYPE='Application/RSS+XML; "
	    "charset=x' HREF='?feed=1&amp;b=2'>",
	    "https://a.org/news/?feed=1&b=2 " },
	{ "JSON Feed",
	    "<link rel=alternate type=application/feed+json href=/f.json>",
	    "https://a.org/f.json " },
	{ "rel=feed needs no type", "<link rel=feed href=/f>",
	    "https://a.org/f " },
	{ "the page's own base", "<base href='/x/'>" RSS "href=1>",
	    "https://a.org/x/1 " },
	{ "other alternates are none",
	    "<link rel=alternate hreflang=de href=/de>"
	    "<link rel=alternate type=application/json href=/wp-json>"
	    "<link rel=stylesheet type=application/rss+xml href=/x>"
	    "<a rel=alternate type=application/rss+xml href=/y>",
	    "" },
	{ "only http", RSS "href='javascript:1'>" RSS "href='file:///x'>", "" },
	{ "not in comments and scripts",
	    "<!--" RSS "href=/1>--><script>" RSS "href=/1></script>", "" },
};

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(pages); i++) {
		struct discovered d;
		struct arena a;
		struct str out;

		arena_init(&a);
		str_init(&out, KiB(8));
		discover_feeds(&d, sv_of(pages[i].html), SV(BASE), &a);
		for (size_t k = 0; k < d.n; k++) {
			(void)str_add(&out, d.urls[k]);
			(void)str_addc(&out, ' ');
		}
		if (strcmp(str_c(&out), pages[i].urls) != 0)
			fail_msg("%s: %s", pages[i].name, str_c(&out));
		str_done(&out);
		arena_done(&a);
	}
}

static void
test_ceiling(void **state)
{
	struct discovered d;
	struct arena a;
	struct str html;

	(void)state;
	arena_init(&a);
	str_init(&html, MiB(1));
	for (int i = 0; i < 2 * DISCOVERED_FEEDS; i++)
		(void)str_addf(&html, RSS "href=/%d>", i);
	discover_feeds(&d, str_sv(&html), SV(BASE), &a);
	assert_int_equal(d.n, DISCOVERED_FEEDS);
	str_clear(&html);
	(void)str_adds(&html, RSS "href=/");
	for (size_t i = 0; i < URL_BYTES; i++)
		(void)str_addc(&html, 'x');
	(void)str_adds(&html, ">");
	discover_feeds(&d, str_sv(&html), SV(BASE), &a);
	assert_int_equal(d.n, 0);
	str_done(&html);
	arena_done(&a);
}

static void
test_is_page(void **state)
{
	(void)state;
	assert_true(discover_is_page(SV(" <!DOCTYPE HTML><title>")));
	assert_true(discover_is_page(SV("<html lang=de>")));
	assert_true(discover_is_page(SV("<?xml version='1.0'?><!-- x --><!"
					"DOCTYPE html PUBLIC 'x'><html>")));
	assert_false(discover_is_page(SV("<rss>")));
	assert_false(discover_is_page(SV("<!DOCTYPE html> <rss>")));
	assert_false(discover_is_page(SV("<htmlish>")));
	assert_false(discover_is_page(SV("<!-- <html> --><rss>")));
	assert_false(discover_is_page(SV("<?xml <html>")));
	assert_false(discover_is_page(SV("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_is_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
