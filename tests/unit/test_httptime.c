/* tests/unit/test_httptime.c: Retry-After, max-age and Expires. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "net/httptime.h"

/* Tue, 26 Mar 2024 05:12:09 GMT */
#define NOW INT64_C(1711429929000)

static const struct {
	const char *value, *date;
	int64_t wait_ms;
} retry_rows[] = {
	{ "120", "", 120 * SEC_MS },
	{ " 120 ", "", 120 * SEC_MS },
	{ "0", "", 0 },
	{ "Tue, 26 Mar 2024 05:13:09 GMT", "", MIN_MS },
	{ "Tuesday, 26-Mar-24 05:13:09 GMT", "", MIN_MS },
	{ "Tue Mar 26 05:13:09 2024", "", MIN_MS },
	/* By the server's own clock, which is an hour ahead. */
	{ "Tue, 26 Mar 2024 06:13:09 GMT", "Tue, 26 Mar 2024 06:12:09 GMT",
	    MIN_MS },
	{ "999999999999999999999", "", HTTP_WAIT_MAX_MS },
	{ "Tue, 26 Mar 2030 05:13:09 GMT", "", HTTP_WAIT_MAX_MS },
	{ "-5", "", -1 },
	{ "soon", "", -1 },
	{ "1.5", "", -1 },
	{ "", "", -1 },
	{ "Mon, 25 Mar 2024 05:13:09 GMT", "", -1 },
};

static void
test_retry_after(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(retry_rows); i++) {
		int64_t ms = http_retry_after_ms(
		    sv_of(retry_rows[i].value), sv_of(retry_rows[i].date), NOW);

		if (ms != retry_rows[i].wait_ms)
			fail_msg(
			    "%s: %lld", retry_rows[i].value, (long long)ms);
	}
}

static const struct {
	const char *cache_control, *expires, *date, *age;
	int64_t fresh_ms;
} fresh_rows[] = {
	{ "max-age=600", "", "", "", 600 * SEC_MS },
	{ "public, Max-Age=600", "", "", "", 600 * SEC_MS },
	{ "max-age=\"600\"", "", "", "", 600 * SEC_MS },
	{ "max-age=600", "", "", "200", 400 * SEC_MS },
	{ "max-age=600", "", "", "900", 0 },
	/* max-age beats Expires. */
	{ "max-age=60", "Tue, 26 Mar 2024 08:12:09 GMT", "", "", MIN_MS },
	{ "max-age=60, max-age=600", "", "", "", MIN_MS },
	{ "max-age=abc", "Tue, 26 Mar 2024 08:12:09 GMT", "", "", 0 },
	{ "max-age=99999999999999999999", "", "", "", HTTP_WAIT_MAX_MS },
	{ "no-cache, max-age=600", "", "", "", 0 },
	{ "no-store", "", "", "", 0 },
	/* Expires is measured by the server's Date. */
	{ "", "Tue, 26 Mar 2024 08:12:09 GMT", "Tue, 26 Mar 2024 07:12:09 GMT",
	    "", HOUR_MS },
	{ "", "Tue, 26 Mar 2024 06:12:09 GMT", "", "", HOUR_MS },
	{ "", "0", "", "", 0 },
	{ "", "-1", "", "", 0 },
	{ "", "Mon, 01 Jan 1990 00:00:00 GMT", "", "", 0 },
	{ "", "", "", "", 0 },
};

static void
test_freshness(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(fresh_rows); i++) {
		const struct http_freshness f = {
			sv_of(fresh_rows[i].cache_control),
			sv_of(fresh_rows[i].expires), sv_of(fresh_rows[i].date),
			sv_of(fresh_rows[i].age)
		};
		int64_t ms = http_fresh_ms(&f, NOW);

		if (ms != fresh_rows[i].fresh_ms)
			fail_msg("row %zu: %lld", i, (long long)ms);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_freshness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
