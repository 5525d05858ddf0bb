/* tests/unit/test_feed.c: what answers mean for a feed's next poll. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "feeds/feed.h"

#define NOW (100 * DAY_MS)
#define WALL (INT64_C(20000) * DAY_MS)

static const struct feed_policy adaptive = { -1, 10 * MIN_MS, 12 * HOUR_MS };
static const struct feed_policy each_minute = { MIN_MS, 10 * MIN_MS,
	12 * HOUR_MS };

/* One row: after `failures` failures in a row this answer comes. */
struct row {
	const char *says;
	const struct feed_policy *policy;
	unsigned failures;
	struct feed_answer answer;
	enum feed_verdict verdict;
	int64_t wait_ms;
};

#define OK .status = 200, .complete = true
#define NO_RETRY .retry_after_ms = -1

static const struct row rows[] = {
	{ "a first good document sets the floor", &adaptive, 0,
	    { OK, .new_items = 3, NO_RETRY }, FEED_NEW_DOCUMENT, 10 * MIN_MS },
	{ "every: is the interval", &each_minute, 0, { OK, NO_RETRY },
	    FEED_NEW_DOCUMENT, MIN_MS },
	{ "max-age lengthens the wait", &each_minute, 0,
	    { OK, .fresh_ms = HOUR_MS, NO_RETRY }, FEED_NEW_DOCUMENT, HOUR_MS },
	{ "max-age never shortens it", &adaptive, 0,
	    { OK, .fresh_ms = MIN_MS, NO_RETRY }, FEED_NEW_DOCUMENT,
	    10 * MIN_MS },
	{ "max-age counts up to the cap", &adaptive, 0,
	    { OK, .fresh_ms = 7 * DAY_MS, NO_RETRY }, FEED_NEW_DOCUMENT,
	    12 * HOUR_MS },
	{ "ttl lengthens the wait", &adaptive, 0,
	    { OK, .ttl_minutes = 60, NO_RETRY }, FEED_NEW_DOCUMENT, HOUR_MS },
	{ "the longest of the server's wishes wins", &adaptive, 0,
	    { OK, .ttl_minutes = 60, .fresh_ms = 2 * HOUR_MS, NO_RETRY },
	    FEED_NEW_DOCUMENT, 2 * HOUR_MS },
	{ "a 304 counts as success and carries freshness", &adaptive, 2,
	    { .status = 304,
		.conditional = true,
		.fresh_ms = 12 * HOUR_MS,
		NO_RETRY },
	    FEED_UNCHANGED, 12 * HOUR_MS },
	{ "a 304 that nobody asked for is an error", &adaptive, 0,
	    { .status = 304, NO_RETRY }, FEED_FAILED, 20 * MIN_MS },
	{ "the first failure doubles the interval", &adaptive, 0,
	    { .status = 500, NO_RETRY }, FEED_FAILED, 20 * MIN_MS },
	{ "the second doubles it again", &adaptive, 1,
	    { .status = 500, NO_RETRY }, FEED_FAILED, 40 * MIN_MS },
	{ "a server that is away is asked each hour", &adaptive, 40,
	    { .status = 0, NO_RETRY }, FEED_FAILED, HOUR_MS },
	{ "404 backs off to the cap", &adaptive, 40,
	    { .status = 404, NO_RETRY }, FEED_FAILED, 12 * HOUR_MS },
	{ "a refusal is not tried again soon", &each_minute, 0,
	    { .status = 403, NO_RETRY }, FEED_FAILED, 10 * MIN_MS },
	{ "429 without Retry-After waits ten minutes", &each_minute, 0,
	    { .status = 429, NO_RETRY }, FEED_FAILED, 10 * MIN_MS },
	{ "Retry-After lengthens a wait", &each_minute, 0,
	    { .status = 503, .retry_after_ms = 99 * MIN_MS }, FEED_FAILED,
	    99 * MIN_MS },
	{ "Retry-After goes beyond the cap", &each_minute, 0,
	    { .status = 429, .retry_after_ms = 3 * DAY_MS }, FEED_FAILED,
	    3 * DAY_MS },
	{ "Retry-After never shortens a wait", &adaptive, 0,
	    { .status = 503, .retry_after_ms = 1 }, FEED_FAILED, 20 * MIN_MS },
	{ "a cut document is a failure", &each_minute, 0,
	    { .status = 200, .complete = false, NO_RETRY }, FEED_FAILED,
	    2 * MIN_MS },
	{ "206 is taken as 200", &each_minute, 0,
	    { .status = 206, .complete = true, NO_RETRY }, FEED_NEW_DOCUMENT,
	    MIN_MS },
	{ "226 is not understood", &each_minute, 0, { .status = 226, NO_RETRY },
	    FEED_FAILED, 2 * MIN_MS },
};

static void
test_waits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct row *r = &rows[i];
		struct feed f;

		feed_init(&f, NOW);
		f.failures = r->failures;
		feed_start(&f);
		if (feed_finish(&f, &r->answer, r->policy, NOW, WALL, 0) !=
			r->verdict ||
		    f.due_ms != NOW + r->wait_ms)
			fail_msg("%s: waits %lld s", r->says,
			    (long long)(f.due_ms - NOW) / 1000);
		feed_done(&f);
	}
}

static void
test_jitter_only_adds(void **state)
{
	struct feed_answer a = { OK, .fresh_ms = HOUR_MS, NO_RETRY };
	struct feed f;

	(void)state;
	feed_init(&f, NOW);
	feed_start(&f);
	(void)feed_finish(&f, &a, &each_minute, NOW, WALL, 0.999);
	assert_in_range(
	    f.due_ms, NOW + HOUR_MS + 5 * MIN_MS, NOW + HOUR_MS + 6 * MIN_MS);
	feed_done(&f);
}

/* Polls `n` times with the same answer and returns the last interval. */
static int64_t
interval_after(const struct feed_answer *a, int n)
{
	struct feed f;
	int64_t interval;

	feed_init(&f, NOW);
	for (int i = 0; i < n; i++) {
		feed_start(&f);
		(void)feed_finish(&f, a, &adaptive, NOW, WALL, 0);
	}
	interval = f.interval_ms;
	feed_done(&f);
	return interval;
}

static void
test_adapts(void **state)
{
	const struct feed_answer quiet = {
		.status = 304, .conditional = true, NO_RETRY
	};
	const struct feed_answer busy = { OK, .new_items = 1, NO_RETRY };

	(void)state;
	assert_int_equal(interval_after(&quiet, 100), 12 * HOUR_MS);
	assert_in_range(interval_after(&quiet, 5), 11 * MIN_MS, 20 * MIN_MS);
	assert_int_equal(interval_after(&busy, 100), 10 * MIN_MS);
}

static void
finish(struct feed *f, struct feed_answer a)
{
	feed_start(f);
	a.retry_after_ms = -1;
	(void)feed_finish(f, &a, &adaptive, NOW, WALL, 0);
}

static void
test_validators(void **state)
{
	struct feed f;

	(void)state;
	feed_init(&f, NOW);
	finish(&f,
	    (struct feed_answer) {
		OK, .etag = SV("W/\"x\""), .last_modified = SV("yesterday") });
	assert_string_equal(f.etag, "W/\"x\"");
	assert_string_equal(f.last_modified, "yesterday");

	/* A failure, and a cut document, keep them. */
	finish(&f, (struct feed_answer) { .status = 500, .etag = SV("\"e\"") });
	finish(&f, (struct feed_answer) { .status = 200, .etag = SV("\"t\"") });
	assert_string_equal(f.etag, "W/\"x\"");

	/* A 304 replaces what it brings and keeps the rest. */
	finish(&f,
	    (struct feed_answer) {
		.status = 304, .conditional = true, .etag = SV("\"y\"") });
	assert_string_equal(f.etag, "\"y\"");
	assert_string_equal(f.last_modified, "yesterday");

	/* A 200 without them clears them. */
	finish(&f, (struct feed_answer) { OK });
	assert_null(f.etag);
	assert_null(f.last_modified);

	finish(&f,
	    (struct feed_answer) { OK, .etag = SV("a\r\nX-Evil: 1"),
		.last_modified = SV("Sun, 01 Jan 2040 00:00:00 GMT") });
	assert_null(f.etag);
	assert_null(f.last_modified);
	feed_done(&f);
}

static void
test_gone(void **state)
{
	struct feed f;

	(void)state;
	feed_init(&f, NOW);
	finish(&f, (struct feed_answer) { .status = 410 });
	assert_int_equal(f.state, FEED_GONE);
	feed_done(&f);
}

static void
test_moves(void **state)
{
	const char *url = "http://a.example/feed";
	struct feed f;

	(void)state;
	feed_init(&f, NOW);
	finish(&f,
	    (struct feed_answer) {
		OK, .permanent = SV("http://b.example/feed") });
	assert_string_equal(feed_poll_url(&f, url, WALL + DAY_MS), url);
	assert_string_equal(
	    feed_poll_url(&f, url, WALL + 7 * DAY_MS), "http://b.example/feed");

	/* The new place fails: the old one is asked again. */
	finish(
	    &f, (struct feed_answer) { .status = 410, .moved_polled = true });
	assert_string_equal(feed_poll_url(&f, url, WALL + 9 * DAY_MS), url);
	assert_int_equal(f.state, FEED_WAITING);

	/* A redirect to what is no feed is never kept. */
	finish(&f,
	    (struct feed_answer) {
		.status = 200, .permanent = SV("http://parked.example/") });
	assert_null(f.moved_to);

	/* http to https of the same place is believed at once. */
	finish(&f,
	    (struct feed_answer) {
		OK, .permanent = SV("https://a.example/feed") });
	assert_string_equal(
	    feed_poll_url(&f, url, WALL), "https://a.example/feed");
	feed_done(&f);
}

static void
test_discovered(void **state)
{
	const char *url = "http://a.example/";
	const struct feed_answer page = { .status = 200,
		.discovered = SV("http://a.example/feed"),
		NO_RETRY };
	struct feed f;

	(void)state;
	feed_init(&f, NOW);
	finish(&f, page);
	assert_string_equal(
	    feed_poll_url(&f, url, WALL), "http://a.example/feed");
	assert_int_equal(f.due_ms, NOW);
	assert_int_equal(f.failures, 0);
	assert_false(f.seen_before);

	/* It stays so when it was a feed. */
	finish(&f, (struct feed_answer) { OK, .moved_polled = true });
	assert_string_equal(
	    feed_poll_url(&f, url, WALL), "http://a.example/feed");

	/* A page there is not followed, but ends it. */
	finish(&f,
	    (struct feed_answer) { .status = 200,
		.moved_polled = true,
		.discovered = SV("http://a.example/2"),
		NO_RETRY });
	assert_string_equal(feed_poll_url(&f, url, WALL), url);
	assert_int_equal(f.failures, 1);
	assert_true(f.due_ms > NOW);
	feed_done(&f);
}

static void
test_new_policy(void **state)
{
	const struct feed_policy slow = { DAY_MS, 10 * MIN_MS, 12 * HOUR_MS };
	struct feed_answer a = { OK, .fresh_ms = HOUR_MS, NO_RETRY };
	struct feed f;

	(void)state;
	feed_init(&f, NOW);
	feed_start(&f);
	(void)feed_finish(&f, &a, &slow, NOW, WALL, 0);
	assert_int_equal(f.due_ms, NOW + DAY_MS);
	/* Shorter now, but what max-age promised is kept. */
	feed_repolicy(&f, &each_minute, NOW + MIN_MS);
	assert_int_equal(f.due_ms, NOW + HOUR_MS);
	feed_done(&f);
}

static void
test_same_server(void **state)
{
	static const struct {
		const char *configured, *url;
		bool same;
	} servers[] = {
		{ "http://a.example/x", "http://A.example:80/y", true },
		{ "http://a.example/x", "https://a.example/x", true },
		{ "https://a.example/x", "http://a.example/x", false },
		{ "http://a.example/x", "http://b.example/x", false },
		{ "http://a.example/x", "http://a.example:81/x", false },
		{ "http://a.example/x", "http://a.example@b.example/", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(servers); i++)
		if (feed_is_same_server(servers[i].configured,
			servers[i].url) != servers[i].same)
			fail_msg(
			    "%s and %s", servers[i].configured, servers[i].url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_jitter_only_adds),
		cmocka_unit_test(test_adapts),
		cmocka_unit_test(test_validators),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_discovered),
		cmocka_unit_test(test_new_policy),
		cmocka_unit_test(test_same_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
