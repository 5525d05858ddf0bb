/* tests/unit/test_health.c: what polls say of a feed's health. */
#include "feeds/health.h"

#include "base/clock.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define NOW (INT64_C(1711429929) * SEC_MS)
#define LONGEST_POLLS 32

static const struct feed_patience patience = { HOUR_MS, -1 };

/* What one poll brings: a document with known and new items, "not modified", or
 * a failure; and how long after the one before it came. */
#define DOC(known, new) \
	{ \
		.good = true, .document = true, .known_items = (known), \
		.new_items = (new), .passed_ms = 10 * MIN_MS \
	}
#define SAME \
	{ \
		.good = true, .passed_ms = 10 * MIN_MS \
	}
#define BAD(ms) \
	{ \
		.passed_ms = (ms) \
	}
#define GONE \
	{ \
		.gone = true \
	}
#define TELL \
	{ \
		.wall_ms = -1 \
	}

/* Runs the polls; TELL in their row tells of all that is owed. */
static void
run(struct feed_health *h, const struct feed_poll *polls, size_t n)
{
	unsigned failures = 0;

	for (size_t i = 0; i < n; i++) {
		struct feed_poll p = polls[i];

		if (p.wall_ms < 0) {
			for (int t = 0; t < FEED_TROUBLES; t++)
				if ((h->owed & FEED_BIT(t)) != 0)
					feed_health_tell(
					    h, (enum feed_trouble)t);
			continue;
		}
		failures = p.good ? 0 : failures + 1;
		p.failures = failures;
		p.wall_ms = NOW + (int64_t)i * MIN_MS;
		feed_health_note(h, &p, &patience);
	}
}

static const struct {
	const char *what;
	unsigned owed;
	size_t n;
	struct feed_poll polls[LONGEST_POLLS];
} cases[] = {
	{ "a first document is nothing", 0, 1, { DOC(0, 20) } },
	{ "nor are new items beside known ones", 0, 2,
	    { DOC(0, 20), DOC(19, 1) } },
	{ "two failures are too few", 0, 3,
	    { DOC(0, 20), BAD(HOUR_MS), BAD(HOUR_MS) } },
	{ "three are enough after the hour", FEED_BIT(FEED_FAILING), 4,
	    { DOC(0, 20), BAD(20 * MIN_MS), BAD(20 * MIN_MS),
		BAD(20 * MIN_MS) } },
	{ "and not before", 0, 4,
	    { DOC(0, 20), BAD(20 * MIN_MS), BAD(20 * MIN_MS),
		BAD(19 * MIN_MS) } },
	{ "a good poll begins it anew", 0, 6,
	    { DOC(0, 20), BAD(40 * MIN_MS), BAD(1), SAME, BAD(40 * MIN_MS),
		BAD(1) } },
	{ "a feed that never worked fails, too", FEED_BIT(FEED_FAILING), 3,
	    { BAD(0), BAD(HOUR_MS), BAD(HOUR_MS) } },
	{ "what is gone is so at once", FEED_BIT(FEED_FAILING), 2,
	    { DOC(0, 20), GONE } },
	{ "it is told once", 0, 6,
	    { DOC(0, 20), BAD(HOUR_MS), BAD(1), BAD(1), TELL, BAD(HOUR_MS) } },
	{ "what was not told when it was over is not told", 0, 5,
	    { DOC(0, 20), BAD(HOUR_MS), BAD(1), BAD(1), SAME } },
	{ "what was told has an end", FEED_BIT(FEED_RECOVERED), 6,
	    { DOC(0, 20), BAD(HOUR_MS), BAD(1), BAD(1), TELL, SAME } },
	{ "unless it fails again before that is told", 0, 7,
	    { DOC(0, 20), BAD(HOUR_MS), BAD(1), BAD(1), TELL, SAME, BAD(1) } },
	{ "the end is told once", 0, 8,
	    { DOC(0, 20), BAD(HOUR_MS), BAD(1), BAD(1), TELL, SAME, TELL,
		SAME } },
	{ "and then it may fail again", FEED_BIT(FEED_FAILING), 10,
	    { DOC(0, 20), BAD(HOUR_MS), BAD(1), BAD(1), TELL, SAME, TELL,
		BAD(HOUR_MS), BAD(1), BAD(1) } },
	{ "no overlap is a gap", FEED_BIT(FEED_GAP), 2,
	    { DOC(0, 20), DOC(0, 20) } },
	{ "also after it was not modified", FEED_BIT(FEED_GAP), 3,
	    { DOC(0, 20), SAME, DOC(0, 20) } },
	{ "not when it was empty before", 0, 3,
	    { DOC(0, 20), DOC(0, 0), DOC(0, 20) } },
	{ "not when it shows one item", 0, 3,
	    { DOC(0, 1), DOC(0, 1), DOC(0, 1) } },
	{ "not when it shows one at last", 0, 2, { DOC(0, 5), DOC(0, 1) } },
	{ "not again while nothing overlaps", 0, 4,
	    { DOC(0, 20), DOC(0, 20), TELL, DOC(0, 20) } },
	{ "again when something has", FEED_BIT(FEED_GAP), 5,
	    { DOC(0, 20), DOC(0, 20), TELL, DOC(19, 1), DOC(0, 20) } },
	{ "what was known is no overlap without news", 0, 5,
	    { DOC(0, 20), DOC(0, 20), TELL, DOC(20, 0), DOC(0, 20) } },
};

static void
what_is_owed_after_some_polls(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct feed_health h = { 0 };

		run(&h, cases[i].polls, cases[i].n);
		if (h.owed != cases[i].owed)
			fail_msg("%s: owes %#x", cases[i].what, h.owed);
	}
}

static void
what_is_shown_of_it(void **state)
{
	static const struct feed_poll out[] = { DOC(0, 20), BAD(HOUR_MS),
		BAD(1), BAD(1), TELL, DOC(0, 7) };
	static const struct feed_poll back[] = { DOC(0, 20), BAD(HOUR_MS),
		BAD(1), BAD(1), TELL, SAME };
	struct feed_health h = { 0 };

	(void)state;
	run(&h, out, COUNTOF(out));
	assert_int_equal(h.failed_ms, NOW + 1 * MIN_MS);
	assert_int_equal(h.gap_ms, NOW);
	assert_int_equal(h.gap_items, 7);
	assert_int_equal(h.good_ms, NOW + 5 * MIN_MS);
	assert_true(h.missed);
	h = (struct feed_health) { 0 };
	run(&h, back, COUNTOF(back));
	assert_false(h.missed);
}

static void
another_url_keeps_only_what_was_told(void **state)
{
	static const struct feed_poll polls[] = { DOC(0, 20), BAD(HOUR_MS),
		BAD(1), BAD(1), TELL };
	static const struct feed_poll next[] = { DOC(0, 20) };
	struct feed_health h = { 0 };

	(void)state;
	run(&h, polls, COUNTOF(polls));
	feed_health_move(&h);
	run(&h, next, COUNTOF(next));
	assert_int_equal(h.owed, FEED_BIT(FEED_RECOVERED));
	assert_int_equal(h.failed_ms, NOW + 1 * MIN_MS);
	assert_false(h.missed);
}

static void
a_feed_is_silent_after(void **state)
{
	static const struct {
		const char *what;
		int64_t longest_ms;
		unsigned pauses;
		int64_t watched_ms, quiet_ms, option_ms, after_ms;
	} rows[] = {
		{ "what is asked for", HOUR_MS, 0, 0, 0, HOUR_MS, HOUR_MS },
		{ "never, if that is asked for", HOUR_MS, 9, 9 * DAY_MS, 0, 0,
		    0 },
		{ "three pauses", 2 * DAY_MS, 5, 7 * DAY_MS, 0, -1,
		    6 * DAY_MS },
		{ "a day at least", HOUR_MS, 5, 9 * DAY_MS, 2 * DAY_MS, -1,
		    DAY_MS },
		{ "two weeks without one before", HOUR_MS, 99, 9 * DAY_MS,
		    2 * DAY_MS + 1, -1, 14 * DAY_MS },
		{ "or three pauses", 6 * DAY_MS, 5, 6 * DAY_MS, 0, -1,
		    18 * DAY_MS },
		{ "not without some", HOUR_MS, 4, 99 * DAY_MS, 0, -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct feed_health h = { .longest_ms = rows[i].longest_ms,
			.pauses = rows[i].pauses,
			.watched_ms = rows[i].watched_ms,
			.quiet_ms = rows[i].quiet_ms };
		int64_t got = feed_health_silent_after(&h, rows[i].option_ms);

		if (got != rows[i].after_ms)
			fail_msg("%s: %lld", rows[i].what, (long long)got);
	}
}

/* In the first week little is known; then each silence is told once, at a good
 * poll. */
static void
silence_is_owed_once(void **state)
{
	const struct feed_poll news = { .good = true,
		.document = true,
		.known_items = 5,
		.new_items = 1,
		.wall_ms = NOW,
		.passed_ms = 2 * DAY_MS };
	const struct feed_poll nothing = {
		.good = true, .wall_ms = NOW, .passed_ms = 5 * DAY_MS
	};
	const struct feed_poll bad = { .wall_ms = NOW,
		.passed_ms = 2 * DAY_MS };
	struct feed_health h = { 0 };

	(void)state;
	feed_health_note(&h, &news, &patience);
	feed_health_note(&h, &nothing, &patience);
	for (int i = 0; i < 6; i++)
		feed_health_note(&h, &news, &patience);
	assert_int_equal(h.owed, 0);
	assert_int_equal(h.longest_ms, 7 * DAY_MS);
	for (int i = 0; i < 4; i++)
		feed_health_note(&h, &nothing, &patience);
	assert_int_equal(h.owed, 0);
	feed_health_note(&h, &bad, &patience);
	assert_int_equal(h.owed, 0);
	feed_health_note(&h, &nothing, &patience);
	assert_int_equal(h.owed, FEED_BIT(FEED_SILENT));
	feed_health_tell(&h, FEED_SILENT);
	feed_health_note(&h, &nothing, &patience);
	assert_int_equal(h.owed, 0);
	feed_health_note(&h, &news, &patience);
	assert_int_equal(h.told, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_owed_after_some_polls),
		cmocka_unit_test(what_is_shown_of_it),
		cmocka_unit_test(another_url_keeps_only_what_was_told),
		cmocka_unit_test(a_feed_is_silent_after),
		cmocka_unit_test(silence_is_owed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
