/* tests/unit/test_unpack.c: packed bytes in, the document out. */
#include "feeds/unpack.h"

#include "base/limits.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#define GZIP (MAX_WBITS + 16)
#define ZLIB MAX_WBITS
#define MAX_OUT KiB(4)

static void
pack(struct str *out, struct sv v, int window)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)v.p,
		.avail_in = (uInt)v.len };
	char buf[KiB(64)];

	z.next_out = (Bytef *)buf;
	z.avail_out = sizeof(buf);
	assert_int_equal(deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED,
			     window, 8, Z_DEFAULT_STRATEGY),
	    Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	(void)str_add(out, (struct sv) { buf, sizeof(buf) - z.avail_out });
	(void)deflateEnd(&z);
}

static bool
on_bytes(struct sv bytes, void *arg, struct err *e)
{
	(void)e;
	return str_add(arg, bytes);
}

/* What comes out of `v` in pieces of `step`, and behind it "!" and the error.
 */
static void
run(struct sv v, size_t step, struct str *out)
{
	struct unpack *u = unpack_new(MAX_OUT, on_bytes, out);
	struct err e;
	bool ok = true;

	for (; ok && v.len != 0; v = sv_from(v, step))
		ok = unpack_push(u, sv_sub(v, 0, step), &e);
	if (!ok || !unpack_finish(u, &e))
		(void)str_addf(out, "!%s", e.msg);
	unpack_free(u);
}

static void
expect(struct sv v, const char *want)
{
	static const size_t steps[] = { 1, 2, 7, MiB(1) };

	for (size_t i = 0; i < COUNTOF(steps); i++) {
		struct str out;

		str_init(&out, MiB(1));
		run(v, steps[i], &out);
		assert_string_equal(str_c(&out), want);
		str_done(&out);
	}
}

static void
test_plain(void **state)
{
	(void)state;
	expect(SV_NONE, "");
	expect(SV("x"), "x");
	expect(SV("\x1F"), "\x1F");
	expect(SV("<rss/>"), "<rss/>");
	expect(SV("x is no header of zlib"), "x is no header of zlib");
}

static void
test_packed(void **state)
{
	struct str gzip, zlib;

	(void)state;
	str_init(&gzip, MiB(1));
	str_init(&zlib, MiB(1));
	pack(&gzip, SV("<rss/>"), GZIP);
	expect(str_sv(&gzip), "<rss/>");
	(void)str_adds(&gzip, "padding");
	expect(str_sv(&gzip), "<rss/>");
	pack(&zlib, SV("<rss/>"), ZLIB);
	expect(str_sv(&zlib), "<rss/>");
	str_done(&gzip);
	str_done(&zlib);
}

static void
test_members_follow_each_other(void **state)
{
	struct str v;

	(void)state;
	str_init(&v, MiB(1));
	pack(&v, SV("<rss>"), GZIP);
	pack(&v, SV_NONE, GZIP);
	pack(&v, SV("</rss>"), GZIP);
	expect(str_sv(&v), "<rss></rss>");
	str_done(&v);
}

static void
test_bad(void **state)
{
	struct str v;

	(void)state;
	str_init(&v, MiB(1));
	pack(&v, SV("<rss/>"), GZIP);
	expect(sv_sub(str_sv(&v), 0, 9), "!its compressed data are cut short");
	v.p[3] = '\xFF'; /* flags that do not exist */
	expect(str_sv(&v), "!its compressed data are damaged");
	str_done(&v);
}

static void
test_bomb(void **state)
{
	struct str plain, v;

	(void)state;
	str_init(&plain, MiB(1));
	str_init(&v, MiB(1));
	while (plain.len < MAX_OUT)
		(void)str_addc(&plain, 'A');
	pack(&v, str_sv(&plain), GZIP);
	expect(str_sv(&v), str_c(&plain));
	str_clear(&v);
	(void)str_addc(&plain, 'A');
	pack(&v, str_sv(&plain), GZIP);
	str_clear(&plain);
	run(str_sv(&v), v.len, &plain);
	assert_non_null(
	    strstr(str_c(&plain), "!it unpacks to more than 4096 bytes"));
	str_done(&plain);
	str_done(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_members_follow_each_other),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
