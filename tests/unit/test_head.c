/* tests/unit/test_head.c: the header fields of one answer. */
#include "net/head.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

static long
peak_kib(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss;
}

static void
fields_are_found_by_their_names(void **state)
{
	struct head h;

	(void)state;
	head_init(&h);
	assert_true(head_add(&h, SV("ETag:  a\r\n")));
	assert_true(head_add(&h, SV("no field\r\n")));
	assert_true(head_add(&h, SV("Age: 1\r\n")));
	assert_true(head_add(&h, SV("  2\r\n")));
	assert_true(head_add(&h, SV("etag:\r\n")));
	assert_true(head_add(&h, SV("EtaG: c\r\n")));
	assert_true(sv_is(head_get(&h, "etag"), "a, , c"));
	assert_true(sv_is(head_get(&h, "AGE"), "1 2"));
	assert_int_equal(head_get(&h, "eta").len, 0);
	head_clear(&h);
	assert_int_equal(head_get(&h, "etag").len, 0);
	head_done(&h);
}

/* Joined one by one they would be copied again and again. */
static void
a_field_that_comes_ten_thousand_times_costs_little(void **state)
{
	long before = peak_kib();
	struct head h;
	size_t n = 0;

	(void)state;
	head_init(&h);
	while (head_add(&h, SV("A:x\r\n")))
		n++;
	assert_in_range(n, 10000, HTTP_HEADER_BYTES);
	for (int i = 0; i < 10; i++)
		assert_int_equal(head_get(&h, "a").len, 3 * n - 2);
	head_done(&h);
	assert_in_range(peak_kib() - before, 0, 32000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_found_by_their_names),
		cmocka_unit_test(
		    a_field_that_comes_ten_thousand_times_costs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
