/* tests/unit/test_url.c: URLs: resolved, normalised, hidden. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/url.h"

/* RFC 3986 section 5.4, base "http://a/b/c/d;p?q". */
static const char *const rfc_rows[][2] = {
	{ "g:h", "g:h" },
	{ "g", "http://a/b/c/g" },
	{ "./g", "http://a/b/c/g" },
	{ "g/", "http://a/b/c/g/" },
	{ "/g", "http://a/g" },
	{ "//g", "http://g" },
	{ "?y", "http://a/b/c/d;p?y" },
	{ "g?y", "http://a/b/c/g?y" },
	{ "#s", "http://a/b/c/d;p?q#s" },
	{ "g#s", "http://a/b/c/g#s" },
	{ "g?y#s", "http://a/b/c/g?y#s" },
	{ ";x", "http://a/b/c/;x" },
	{ "", "http://a/b/c/d;p?q" },
	{ ".", "http://a/b/c/" },
	{ "./", "http://a/b/c/" },
	{ "..", "http://a/b/" },
	{ "../", "http://a/b/" },
	{ "../g", "http://a/b/g" },
	{ "../..", "http://a/" },
	{ "../../g", "http://a/g" },
	{ "../../../g", "http://a/g" },
	{ "/./g", "http://a/g" },
	{ "/../g", "http://a/g" },
	{ "g.", "http://a/b/c/g." },
	{ "..g", "http://a/b/c/..g" },
	{ "./../g", "http://a/b/g" },
	{ "./g/.", "http://a/b/c/g/" },
	{ "g/./h", "http://a/b/c/g/h" },
	{ "g/../h", "http://a/b/c/h" },
	{ "g;x=1/../y", "http://a/b/c/y" },
	{ "g?y/../x", "http://a/b/c/g?y/../x" },
	{ "http:g", "http:g" },
	/* What people write. */
	{ "  g h\n", "http://a/b/c/g%20h" },
	{ "http://u:p@X.example:80/%7e?a=b",
	    "http://u:p@X.example:80/%7e?a=b" },
};

/* The beginning of an address is another address. */
static void
test_what_is_too_long_is_said_to_be_cut(void **state)
{
	static const char *const bases[] = { "http://a/b/c", "http://a", "" };
	struct str ref, out;

	(void)state;
	str_init(&ref, URL_BYTES * 2);
	(void)str_adds(&ref, "http://a/");
	while (ref.len <= URL_BYTES)
		(void)str_addc(&ref, 'x');
	str_init(&out, URL_BYTES);
	for (size_t i = 0; i < COUNTOF(bases); i++) {
		str_clear(&out);
		url_resolve(&out, sv_of(bases[i]), str_sv(&ref));
		assert_true(out.full);
		str_clear(&out);
		url_resolve(&out, sv_of(bases[i]), SV("http://a/x"));
		assert_false(out.full);
	}
	str_done(&ref);
	str_done(&out);
}

static void
test_resolve(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rfc_rows); i++) {
		struct str s;

		str_init(&s, URL_BYTES);
		url_resolve(
		    &s, SV("http://a/b/c/d;p?q"), sv_of(rfc_rows[i][0]));
		assert_string_equal(str_c(&s), rfc_rows[i][1]);
		str_done(&s);
	}
}

static void
check(void (*fn)(struct str *, struct sv), const char *in, const char *out)
{
	struct str s;

	str_init(&s, URL_BYTES);
	fn(&s, sv_of(in));
	assert_string_equal(str_c(&s), out);
	str_done(&s);
}

static void
test_origin(void **state)
{
	(void)state;
	check(url_origin, "https://u@EXAMPLE.org:443/x", "https://example.org");
	check(url_origin, "http://[::1]:8080/x", "http://[::1]:8080");
}

static void
redact_secret(struct str *s, struct sv v)
{
	url_redact(s, v, true);
}

static void
redact_open(struct str *s, struct sv v)
{
	url_redact(s, v, false);
}

static void
test_redact(void **state)
{
	(void)state;
	check(redact_secret, "https://u:pw@hooks.example/T0K3N?k=s",
	    "https://hooks.example/...");
	check(redact_open, "https://u:pw@feeds.example/a?b=c",
	    "https://feeds.example/a?b=c");
}

static void
test_is_http(void **state)
{
	(void)state;
	assert_true(url_is_http(SV("HTTP://x")));
	assert_true(url_is_http(SV("https://x/y")));
	assert_false(url_is_http(SV("http:///y")));
	assert_false(url_is_http(SV("file:///etc/passwd")));
	assert_false(url_is_http(SV("x")));
	assert_false(url_is_http(SV("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_what_is_too_long_is_said_to_be_cut),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_redact),
		cmocka_unit_test(test_is_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
