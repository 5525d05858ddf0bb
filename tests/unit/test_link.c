/* tests/unit/test_link.c: links in a form that can be compared. */
#include "feeds/link.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *link, *canonical;
} rows[] = {
	{ "https://www.Example.org:443/A/", "example.org/A" },
	{ "http://example.org", "example.org" },
	{ "http://example.org:8080/a?b=1&c=2", "example.org:8080/a?b=1&c=2" },
	{ "http://a/?UTM_Source=x&id=7&utm_medium=y&cmpid=z", "a?id=7" },
	{ "http://a/1?at_medium=RSS&at_campaign=K", "a/1" },
	{ "http://a/1?at=5&cmpids=6", "a/1?at=5&cmpids=6" },
	{ "http://a/1?&", "a/1" },
	{ "http://a/1#xtor=RSS-3208", "a/1" },
	{ "http://a/1#:~:text=x", "a/1" },
	{ "http://a/1#part", "a/1#part" },
	{ "http://a/1#", "a/1" },
	{ "https://www.google.com/url?rct=j&url=https://b.org/x%3Fy%3D1&ct=ga",
	    "b.org/x?y=1" },
	{ "https://r/l.php?u=https%3A%2F%2Fs%2Fgo%3Fto%3Dhttp%253A%252F%252Ft",
	    "t" },
	{ "https://a/search?q=https://b/", "a/search?q=https://b/" },
	{ "https://a/go?to=page", "a/go?to=page" },
	{ "https://a/url?url=%zz", "a/url?url=%zz" },
	{ "tag:example.org,2026:1", "tag:example.org,2026:1" },
	{ "/relative?utm_source=x", "/relative?utm_source=x" },
	{ "", "" },
};

static void
test_canonical(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct str out;

		str_init(&out, KiB(8));
		link_canonical(&out, sv_of(rows[i].link));
		if (strcmp(str_c(&out), rows[i].canonical) != 0)
			fail_msg("%s\n  want %s\n  got  %s", rows[i].link,
			    rows[i].canonical, str_c(&out));
		str_done(&out);
	}
}

static void
test_front_page(void **state)
{
	(void)state;
	assert_true(link_is_front_page(SV("")));
	assert_true(link_is_front_page(SV("https://a.org")));
	assert_true(link_is_front_page(SV("https://a.org/")));
	assert_false(link_is_front_page(SV("https://a.org/?p=1")));
	assert_false(link_is_front_page(SV("https://a.org/#!1")));
	assert_false(link_is_front_page(SV("https://a.org/1")));
	assert_false(link_is_front_page(SV("1")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_front_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
