/* tests/unit/test_outbox.c: when and whether to try again. */
#include "alerts/outbox.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define NOW (INT64_C(1711429929) * SEC_MS) /* Tue, 26 Mar 2024 05:12:09 */

static const struct outbox_policy policy = { 200, 30 * MIN_MS, 3 * DAY_MS };

static void
an_answer_means(void **state)
{
	static const struct {
		int status, kind;
		const char *words;
	} rows[] = {
		{ 200, DELIVERY_DONE, "" },
		{ 204, DELIVERY_DONE, "" },
		{ 299, DELIVERY_DONE, "" },
		{ 0, DELIVERY_RETRY, "no answer" },
		{ 101, DELIVERY_RETRY, "answered 101" },
		{ 302, DELIVERY_RETRY, "redirect" },
		{ 400, DELIVERY_RETRY, "answered 400" },
		{ 401, DELIVERY_RETRY, "answered 401" },
		{ 404, DELIVERY_RETRY, "answered 404" },
		{ 410, DELIVERY_CLOSED, "answered 410" },
		{ 429, DELIVERY_RETRY, "answered 429" },
		{ 500, DELIVERY_RETRY, "answered 500" },
		{ 599, DELIVERY_RETRY, "answered 599" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct outbox_result r;

		outbox_judge_status(rows[i].status, 7, &r);
		assert_int_equal(r.kind, rows[i].kind);
		assert_int_equal(r.retry_after_ms, 7);
		assert_non_null(strstr(r.why.msg, rows[i].words));
	}
}

static void
the_next_try_is(void **state)
{
	static const struct {
		const char *what;
		unsigned attempts;
		int64_t asked_ms;
		double jitter;
		int64_t wait_ms;
	} rows[] = {
		{ "retry-min after the first failure", 1, -1, 0, 200 },
		{ "doubled after each", 2, -1, 0, 400 },
		{ "doubled after each, again", 5, -1, 0, 3200 },
		{ "at most retry-max", 30, -1, 0, 30 * MIN_MS },
		{ "at most retry-max, for ever", 4000000000u, -1, 0,
		    30 * MIN_MS },
		{ "jitter adds up to a fifth", 1, -1, 0.5, 220 },
		{ "jitter never shortens", 30, -1, 0.999999, 36 * MIN_MS - 1 },
		{ "Retry-After may lengthen", 1, MIN_MS, 0, MIN_MS },
		{ "Retry-After may pass retry-max", 1, DAY_MS, 0.9, DAY_MS },
		{ "Retry-After never shortens", 9, 1, 0, 51200 },
		{ "Retry-After is bounded", 1, 400 * DAY_MS, 0, 7 * DAY_MS },
		{ "Retry-After 0 is no wish", 1, 0, 0, 200 },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct outbox_result r = { .retry_after_ms = rows[i].asked_ms };
		int64_t t = outbox_next_try(
		    &policy, rows[i].attempts, NOW, &r, rows[i].jitter);

		if (t - NOW != rows[i].wait_ms)
			fail_msg(
			    "%s: %lld", rows[i].what, (long long)(t - NOW));
	}
}

static void
what_is_likely_to_work_soon_is_tried_soon(void **state)
{
	static const struct {
		unsigned attempts;
		int64_t within_ms, wait_ms;
	} rows[] = { { 30, SEC_MS, SEC_MS }, { 2, SEC_MS, 400 },
		{ 30, 10, 200 }, { 30, DAY_MS, 30 * MIN_MS } };

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct outbox_result r = { .retry_after_ms = -1,
			.retry_within_ms = rows[i].within_ms };

		assert_int_equal(
		    outbox_next_try(&policy, rows[i].attempts, NOW, &r, 0),
		    NOW + rows[i].wait_ms);
	}
}

static void
after_a_restart_it_goes_on(void **state)
{
	static const struct {
		const char *what;
		int64_t tried_ms, next_ms, wait_ms; /* tried -NOW: never */
	} rows[] = {
		{ "at once when it was never tried", -NOW, -NOW, 0 },
		{ "at once when it is overdue", -DAY_MS, -HOUR_MS, 0 },
		{ "when it was going to", -SEC_MS, MIN_MS, MIN_MS },
		{ "when Retry-After allows", -HOUR_MS, DAY_MS, DAY_MS },
		{ "after the same wait when the clock was set back", 3 * DAY_MS,
		    3 * DAY_MS + MIN_MS, MIN_MS },
		{ "after all of Retry-After when it was set back", 5 * DAY_MS,
		    11 * DAY_MS, 6 * DAY_MS },
		{ "within retry-max when it is not known how long", -NOW,
		    900 * DAY_MS, 30 * MIN_MS },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct outbox_outage o = { rows[i].tried_ms != -NOW ||
			    rows[i].next_ms > 0,
			0, NOW + rows[i].tried_ms, NOW + rows[i].next_ms };

		if (outbox_resume(&o, &policy, NOW) != NOW + rows[i].wait_ms)
			fail_msg("%s", rows[i].what);
	}
}

static void
an_outage_begins_and_goes_on(void **state)
{
	struct outbox_result r = { .retry_after_ms = -1 };
	struct outbox_outage o = { .failures = 0 };

	(void)state;
	assert_int_equal(outbox_circuit(&o, true), OUTBOX_CLOSED);
	outbox_failed(&o, &policy, &r, false, NOW, 0);
	assert_int_equal(outbox_circuit(&o, false), OUTBOX_OPEN);
	assert_int_equal(outbox_circuit(&o, true), OUTBOX_PROBING);
	assert_int_equal(o.next_ms, NOW + 200);
	outbox_failed(&o, &policy, &r, false, NOW + 200, 0);
	assert_int_equal(o.failures, 2);
	assert_int_equal(o.since_ms, NOW);
	assert_int_equal(o.tried_ms, NOW + 200);
	assert_int_equal(o.next_ms, NOW + 600);
}

static void
after_one_is_given_up_the_next_has_its_own_attempt_soon(void **state)
{
	struct outbox_result r = { .retry_after_ms = -1 };
	struct outbox_outage o = { .failures = 200, .since_ms = 5 };

	(void)state;
	outbox_failed(&o, &policy, &r, true, NOW, 0);
	assert_int_equal(o.next_ms, NOW + OUTBOX_FIRST_MS);
	assert_int_equal(o.failures, 201);
	assert_int_equal(o.since_ms, 5);
	r.retry_after_ms = HOUR_MS;
	outbox_failed(&o, &policy, &r, true, NOW, 0);
	assert_int_equal(o.next_ms, NOW + HOUR_MS);
	r.retry_after_ms = -1;
	outbox_failed(&o, &policy, &r, false, NOW, 0);
	assert_int_equal(o.next_ms, NOW + 30 * MIN_MS);
}

static void
it_is_over_after_give_up(void **state)
{
	struct outbox_policy never = policy;

	(void)state;
	assert_false(outbox_is_over(&policy, NOW, NOW, DAY_MS));
	assert_false(
	    outbox_is_over(&policy, NOW, NOW + 3 * DAY_MS - 1, DAY_MS));
	assert_true(outbox_is_over(&policy, NOW, NOW + 3 * DAY_MS, DAY_MS));
	assert_false(outbox_is_over(&policy, NOW, NOW - DAY_MS, DAY_MS));
	never.give_up_ms = -1;
	assert_false(outbox_is_over(&never, 0, NOW, DAY_MS));
}

static void
but_not_when_the_destination_has_just_begun_to_fail(void **state)
{
	struct outbox_policy hasty = policy;

	(void)state;
	assert_false(outbox_is_over(&policy, 0, NOW, 0));
	assert_false(outbox_is_over(&policy, 0, NOW, HOUR_MS - 1));
	assert_true(outbox_is_over(&policy, 0, NOW, HOUR_MS));
	hasty.give_up_ms = MIN_MS;
	assert_false(outbox_is_over(&hasty, 0, NOW, MIN_MS - 1));
	assert_true(outbox_is_over(&hasty, 0, NOW, MIN_MS));
}

/* One in 100 ms, three at once. */
static void
a_pace_is_kept(void **state)
{
	static const struct {
		int64_t now_ms, next_ms;
	} rows[] = { { 1000, 1000 }, { 1000, 1000 }, { 1000, 1000 },
		{ 1000, 1100 }, { 1150, 1200 }, { 2000, 2000 }, { 2000, 2000 },
		{ 2000, 2000 }, { 2001, 2100 } };
	const struct outbox_pace none = { 0, 0 }, pace = { 100, 3 };
	int64_t spent_ms = 0;

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		int64_t next_ms = outbox_pace_next(
		    &pace, spent_ms, rows[i].now_ms);

		if (next_ms != rows[i].next_ms)
			fail_msg("%zu: %lld", i, (long long)next_ms);
		outbox_spend(&pace, &spent_ms, next_ms);
	}
	outbox_spend(&none, &spent_ms, 5000);
	assert_int_equal(outbox_pace_next(&none, spent_ms, 5000), 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_means),
		cmocka_unit_test(the_next_try_is),
		cmocka_unit_test(what_is_likely_to_work_soon_is_tried_soon),
		cmocka_unit_test(after_a_restart_it_goes_on),
		cmocka_unit_test(an_outage_begins_and_goes_on),
		cmocka_unit_test(
		    after_one_is_given_up_the_next_has_its_own_attempt_soon),
		cmocka_unit_test(it_is_over_after_give_up),
		cmocka_unit_test(
		    but_not_when_the_destination_has_just_begun_to_fail),
		cmocka_unit_test(a_pace_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
