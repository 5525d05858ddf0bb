/* tests/unit/test_troubles.c: how often trouble with feeds may ring. */
#include "daemon/troubles.h"

#include "base/clock.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
the_first_ring_one_by_one_and_the_rest_together(void **state)
{
	struct troubles_pace p = { 0 };
	int64_t now = 5 * HOUR_MS;

	(void)state;
	for (int i = 0; i < TROUBLES_ONE_BY_ONE; i++, now += SEC_MS) {
		assert_int_equal(troubles_pace_wait(&p, now), 0);
		assert_true(troubles_pace_take(&p, 1, now));
	}
	assert_int_equal(
	    troubles_pace_wait(&p, now), TROUBLES_GATHER_MS - SEC_MS);
	now += TROUBLES_GATHER_MS;
	assert_int_equal(troubles_pace_wait(&p, now), 0);
	assert_false(troubles_pace_take(&p, 2, now));
	assert_int_equal(troubles_pace_wait(&p, now), TROUBLES_GATHER_MS);
	now += TROUBLES_GATHER_MS;
	assert_true(troubles_pace_take(&p, 1, now)); /* there is but one */
	now += HOUR_MS; /* a new hour */
	assert_int_equal(troubles_pace_wait(&p, now), 0);
	assert_true(troubles_pace_take(&p, TROUBLES_ONE_BY_ONE, now));
}

static void
many_at_once_ring_once(void **state)
{
	struct troubles_pace p = { 0 };

	(void)state;
	assert_int_equal(troubles_pace_wait(&p, 0), 0);
	assert_false(troubles_pace_take(&p, TROUBLES_ONE_BY_ONE + 1, 0));
	assert_int_equal(troubles_pace_wait(&p, 1), TROUBLES_GATHER_MS - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_first_ring_one_by_one_and_the_rest_together),
		cmocka_unit_test(many_at_once_ring_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
