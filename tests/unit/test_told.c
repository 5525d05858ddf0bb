/* tests/unit/test_told.c: how often readers are told of what changes. */
#include "daemon/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#define NOW_MS INT64_C(1711429929000)

static void
an_update_has_to_wait_ten_minutes(void **state)
{
	const struct store_told t = { .told_ms = NOW_MS, .since_ms = NOW_MS };

	(void)state;
	assert_int_equal(told_wait_ms(&t, NOW_MS), 10 * MIN_MS);
	assert_int_equal(told_wait_ms(&t, NOW_MS + 10 * MIN_MS - 1), 1);
	assert_int_equal(told_wait_ms(&t, NOW_MS + 10 * MIN_MS), 0);
}

/* Nobody waits for a time that was never. */
static void
a_clock_that_was_set_back_ends_the_wait(void **state)
{
	const struct store_told t = { .told_ms = NOW_MS,
		.since_ms = NOW_MS,
		.updates = UPDATES_PER_DAY };

	(void)state;
	assert_int_equal(told_wait_ms(&t, NOW_MS - 1), 0);
}

static void
a_day_has_so_many_updates(void **state)
{
	struct store_told t = { .told_ms = NOW_MS, .since_ms = NOW_MS };
	int64_t now = NOW_MS;
	unsigned n = 0;

	(void)state;
	for (; now < NOW_MS + 3 * DAY_MS; now += MIN_MS)
		if (told_wait_ms(&t, now) == 0) {
			told_count_update(&t, now);
			n++;
		}
	assert_int_equal(n, 3 * UPDATES_PER_DAY);
	t = (struct store_told) { .told_ms = NOW_MS - HOUR_MS,
		.since_ms = NOW_MS - 2 * HOUR_MS,
		.updates = UPDATES_PER_DAY };
	assert_int_equal(told_wait_ms(&t, NOW_MS), 22 * HOUR_MS);
}

static void
the_first_update_of_what_is_known_by_its_id_is_due(void **state)
{
	struct store_told t = { 0 };

	(void)state;
	assert_int_equal(told_wait_ms(&t, NOW_MS), 0);
	told_count_update(&t, NOW_MS);
	assert_int_equal(t.updates, 1);
	assert_int_equal(t.since_ms, NOW_MS);
}

#define FILTERS 300

static void
each_filter_finds_what_its_readers_were_told(void **state)
{
	struct store *s = store_open(NULL, NULL, NULL);
	struct store_item item = { .feed = SV("f") };
	struct store_told t = { .feed = SV("f") };
	struct told l;
	char name[16];
	struct err e;

	(void)state;
	assert_true(store_begin(s, &e));
	assert_true(store_put_item(s, &item, &e));
	for (unsigned i = 0; i < FILTERS; i += 2) {
		(void)snprintf(name, sizeof(name), "f%u", i);
		t.filter = sv_of(name);
		t.told_ms = i;
		assert_true(store_put_told(s, &t, &e));
	}
	assert_true(store_commit(s, &e));
	told_init(&l);
	assert_true(told_read(&l, s, SV("f"), item.key, &e));
	assert_int_equal(l.n, FILTERS / 2);
	for (unsigned i = 0; i < FILTERS; i++) {
		const struct told_row *row;

		(void)snprintf(name, sizeof(name), "f%u", i);
		row = told_find(&l, name);
		assert_true((row != NULL) == (i % 2 == 0));
		if (row != NULL)
			assert_int_equal(row->t.told_ms, i);
	}
	told_done(&l);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_update_has_to_wait_ten_minutes),
		cmocka_unit_test(a_clock_that_was_set_back_ends_the_wait),
		cmocka_unit_test(a_day_has_so_many_updates),
		cmocka_unit_test(each_filter_finds_what_its_readers_were_told),
		cmocka_unit_test(
		    the_first_update_of_what_is_known_by_its_id_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
