/* tests/unit/test_base.c: strings, code points, maps, encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cidr.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/utf8.h"

static void
test_numbers(void **state)
{
	uint64_t u = 7;
	int64_t i = 7;

	(void)state;
	assert_true(sv_to_u64(SV("18446744073709551615"), &u));
	assert_true(u == UINT64_MAX);
	assert_false(sv_to_u64(SV("18446744073709551616"), &u));
	assert_false(sv_to_u64(SV(""), &u));
	assert_false(sv_to_u64(SV("1x"), &u));
	assert_true(u == UINT64_MAX); /* untouched */
	assert_true(sv_to_i64(SV("-12"), &i));
	assert_int_equal(i, -12);
	assert_false(sv_to_i64(SV("-"), &i));
}

static void
test_split(void **state)
{
	struct sv rest = SV("a,,b"), head;

	(void)state;
	assert_true(sv_split(&rest, ',', &head) && sv_is(head, "a"));
	assert_true(sv_split(&rest, ',', &head) && sv_is(head, ""));
	assert_true(sv_split(&rest, ',', &head) && sv_is(head, "b"));
	assert_false(sv_split(&rest, ',', &head));
}

static const struct {
	const char *bytes;
	uint32_t cp;
	size_t len;
} utf8_rows[] = {
	{ "a", 'a', 1 },
	{ "\xC3\xA9", 0xE9, 2 },
	{ "\xE2\x82\xAC", 0x20AC, 3 },
	{ "\xF0\x9F\x94\x94", 0x1F514, 4 },
	{ "\xC0\xAF", UTF8_REPLACEMENT, 1 }, /* overlong */
	{ "\xE0\x80\xAF", UTF8_REPLACEMENT, 1 }, /* overlong */
	{ "\xED\xA0\x80", UTF8_REPLACEMENT, 1 }, /* surrogate */
	{ "\xF4\x90\x80\x80", UTF8_REPLACEMENT, 1 }, /* beyond U+10FFFF */
	{ "\xE2\x82", UTF8_REPLACEMENT, 2 }, /* cut */
	{ "\xE2\x82x", UTF8_REPLACEMENT, 2 },
	{ "\x80", UTF8_REPLACEMENT, 1 },
	{ "\xFF", UTF8_REPLACEMENT, 1 },
};

static void
test_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(utf8_rows); i++) {
		uint32_t cp;

		assert_int_equal(utf8_decode(sv_of(utf8_rows[i].bytes), &cp),
		    utf8_rows[i].len);
		assert_int_equal(cp, utf8_rows[i].cp);
		assert_int_equal(utf8_valid(sv_of(utf8_rows[i].bytes)),
		    cp != UTF8_REPLACEMENT);
	}
	assert_true(utf8_valid(SV("\xEF\xBF\xBD")));
}

static void
test_printable(void **state)
{
	char out[64];

	(void)state;
	utf8_printable(
	    SV("a\x1B[31m\tb\xC2\x9B\xE2\x80\xAEz\xFF"), out, sizeof(out));
	assert_string_equal(out, "a?[31m b??z?");
	utf8_printable(SV("\xE2\x82\xAC\xE2\x82\xAC"), out, 6);
	assert_string_equal(out, "\xE2\x82\xAC"); /* cut between code points */
	assert_int_equal(utf8_prefix(SV("\xE2\x82\xAC\xE2\x82\xAC"), 5).len, 3);
	assert_int_equal(utf8_prefix(SV("abc"), 2).len, 2);
}

static void
test_str_is_all_or_nothing(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, 4);
	assert_true(str_adds(&s, "abc"));
	assert_false(str_adds(&s, "de"));
	assert_true(s.full);
	assert_string_equal(str_c(&s), "abc");
	assert_true(str_addc(&s, 'd'));
	str_clear(&s);
	assert_false(s.full);
	assert_string_equal(str_c(&s), "");
	str_done(&s);
}

static void
test_str_add_words(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, 64);
	str_add_words(&s, SV(" \t\n"));
	assert_int_equal(s.len, 0);
	str_add_words(&s, SV("\r\na  b c\t\td \n"));
	assert_string_equal(str_c(&s), "a b c d");
	str_add_words(&s, SV(" e"));
	assert_string_equal(str_c(&s), "a b c d e");
	str_done(&s);
}

static void
test_map(void **state)
{
	struct map m;
	char key[32];
	size_t n = 0;
	int values[1000];

	(void)state;
	map_init(&m);
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(key, sizeof(key), "key %d", i);
		assert_null(map_put(&m, sv_of(key), &values[i]));
	}
	for (int i = 0; i < 1000; i += 2) {
		(void)snprintf(key, sizeof(key), "key %d", i);
		assert_ptr_equal(map_del(&m, sv_of(key)), &values[i]);
	}
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(key, sizeof(key), "key %d", i);
		assert_ptr_equal(
		    map_get(&m, sv_of(key)), i % 2 != 0 ? &values[i] : NULL);
	}
	assert_ptr_equal(map_put(&m, SV("key 1"), &values[0]), &values[1]);
	assert_null(map_put(&m, SV("key 0"), &values[0]));
	for (size_t i = 0; map_next(&m, &i) != NULL;)
		n++;
	assert_int_equal(n, 501);
	map_done(&m);
}

static void
test_arena_keeps_what_it_gave(void **state)
{
	struct arena a;
	struct sv first, copy;

	(void)state;
	arena_init(&a);
	first = arena_sv(&a, SV("first"));
	for (int i = 0; i < 10000; i++)
		(void)arena_sv(&a, SV("another text to fill the blocks with"));
	assert_string_equal(first.p, "first");
	assert_int_equal((uintptr_t)arena_alloc(&a, 1) % 16, 0);
	arena_clear(&a);
	assert_int_equal(a.used_bytes, 0);
	copy = arena_sv(&a, SV("again"));
	assert_string_equal(copy.p, "again");
	arena_done(&a);
}

static void
test_json(void **state)
{
	struct str s;
	struct json j;

	(void)state;
	str_init(&s, 1000);
	json_init(&j, &s);
	json_open(&j, NULL);
	json_text(&j, "t", SV("a\"\\\n\x01\x7F\xE2\x80\xA8\xFFz"));
	json_text_if(&j, "none", SV_NONE);
	json_open_array(&j, "l");
	json_int(&j, NULL, -5);
	json_bool(&j, NULL, true);
	json_close_array(&j);
	json_raw(&j, "r", SV("{}"));
	json_close(&j);
	assert_string_equal(str_c(&s),
	    "{\"t\":\"a\\\"\\\\\\n\\u0001\\u007f\\u2028\xEF\xBF\xBDz\","
	    "\"l\":[-5,true],\"r\":{}}");
	str_done(&s);
}

static void
test_digests(void **state)
{
	static const char *const rfc4648[][3] = {
		{ "", "", "" },
		{ "f", "Zg==", "my" },
		{ "fo", "Zm8=", "mzxq" },
		{ "foo", "Zm9v", "mzxw6" },
		{ "foob", "Zm9vYg==", "mzxw6yq" },
		{ "fooba", "Zm9vYmE=", "mzxw6ytb" },
		{ "foobar", "Zm9vYmFy", "mzxw6ytboi" },
	};
	unsigned char ab[SHA256_BYTES], a_b[SHA256_BYTES];
	struct str s;

	(void)state;
	str_init(&s, 100);
	for (size_t i = 0; i < COUNTOF(rfc4648); i++) {
		str_clear(&s);
		base64_encode(&s, sv_of(rfc4648[i][0]));
		assert_string_equal(str_c(&s), rfc4648[i][1]);
		str_clear(&s);
		base32_encode(&s, sv_of(rfc4648[i][0]));
		assert_string_equal(str_c(&s), rfc4648[i][2]);
		str_clear(&s);
		assert_true(base64_decode(&s, sv_of(rfc4648[i][1])));
		assert_string_equal(str_c(&s), rfc4648[i][0]);
	}
	assert_false(base64_decode(&s, SV("Zg=x")));
	assert_false(base64_decode(&s, SV("Z")));
	str_done(&s);
	sha256_parts((struct sv[]) { SV("ab"), SV("c") }, 2, ab);
	sha256_parts((struct sv[]) { SV("a"), SV("bc") }, 2, a_b);
	assert_memory_not_equal(ab, a_b, SHA256_BYTES);
}

static void
test_cidr(void **state)
{
	struct cidr net, host;

	(void)state;
	assert_true(cidr_parse(SV("10.0.0.0/8"), &net));
	assert_true(cidr_parse(SV("10.255.1.2"), &host));
	assert_true(cidr_contains(&net, host.addr));
	assert_true(cidr_parse(SV("::ffff:11.0.0.1"), &host));
	assert_false(cidr_contains(&net, host.addr));
	assert_true(cidr_parse(SV("::ffff:10.0.0.1"), &host));
	assert_true(cidr_contains(&net, host.addr));
	assert_true(cidr_parse(SV("fc00::/7"), &net));
	assert_true(cidr_parse(SV("fd12::1"), &host));
	assert_true(cidr_contains(&net, host.addr));
	assert_true(cidr_parse(SV("0.0.0.0/0"), &net));
	assert_false(cidr_contains(&net, host.addr));
	assert_false(cidr_parse(SV("10.0.0.1/8"), &net)); /* host bits */
	assert_false(cidr_parse(SV("10.0.0.0/33"), &net));
	assert_false(cidr_parse(SV("10.0.0.0/"), &net));
	assert_false(cidr_parse(SV("10.0.0"), &net));
	assert_false(cidr_parse(SV(""), &net));
}

static void
test_errors_are_clean(void **state)
{
	struct err e;

	(void)state;
	assert_false(err_set(&e, "title '%s'", "x\x1B[2J\n"));
	assert_string_equal(e.msg, "title 'x?[2J '");
	assert_false(err_wrap(&e, "feed %d", 3));
	assert_string_equal(e.msg, "feed 3: title 'x?[2J '");
}

static void
test_iso(void **state)
{
	char out[CLOCK_ISO_BYTES];

	(void)state;
	clock_iso(INT64_C(1711429929123), out, sizeof(out));
	assert_string_equal(out, "2024-03-26T05:12:09.123Z");
	clock_iso(-1, out, sizeof(out));
	assert_string_equal(out, "1969-12-31T23:59:59.999Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_str_is_all_or_nothing),
		cmocka_unit_test(test_str_add_words),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_arena_keeps_what_it_gave),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_cidr),
		cmocka_unit_test(test_errors_are_clean),
		cmocka_unit_test(test_iso),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
