/* tests/sim/test_schedule.c: how often servers are asked, and in what order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define FEED "http://wire.example/rss"
#define MORE "http://more.example/rss"
#define ADAPTIVE "feeds: {wire: {url: '" FEED "', article: never}}\n" FILTER

static void
a_304_renews_the_validators_it_names(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED,
	    "etag: \"1\"\nlast-modified: sometime last week\n", NEWS("1"));
	world_live(w, ADAPTIVE, MIN_MS);
	(void)world_page(w, FEED, 304, "etag: \"2\"\n", "");
	world_live(w, ADAPTIVE, 15 * MIN_MS);
	assert_string_equal(world_request(w, FEED, 1)->if_none_match, "\"1\"");
	assert_string_equal(world_request(w, FEED, 2)->if_none_match, "\"2\"");
	assert_string_equal(
	    world_request(w, FEED, 2)->if_modified_since, "sometime last week");
}

static void
show_news(void *arg)
{
	(void)world_feed(arg, FEED, "", NEWS("1") NEWS("2"));
}

static void
a_quiet_feed_is_asked_less_until_it_has_news(void **state)
{
	struct world *w = *state;
	size_t quiet;

	w->daemon = ", cap: 1h";
	(void)world_feed(w, FEED, "", NEWS("1"));
	world_live(w, ADAPTIVE, DAY_MS);
	world_live(w, ADAPTIVE, DAY_MS);
	quiet = world_asked(w, FEED);
	assert_in_range(world_gap(w, FEED, 0), 5 * MIN_MS, 6 * MIN_MS);
	assert_in_range(
	    world_gap(w, FEED, quiet - 2), HOUR_MS, 66 * MIN_MS + SEC_MS);
	sim_at(0, show_news, w);
	world_live(w, ADAPTIVE, 3 * HOUR_MS);
	assert_in_range(
	    world_gap(w, FEED, quiet), 30 * MIN_MS, 33 * MIN_MS + SEC_MS);
}

/* Starts and ends of the exchanges with one host. */
static void
check_spacing(struct world *w, int64_t takes_ms, int64_t least_ms)
{
	struct str config;
	int64_t last = 0;
	char url[64];

	str_init(&config, KiB(16));
	(void)str_adds(&config,
	    FILTER "network: {host-gap: 5s}\nfeeds:\n  other: {url: '" FEED
		   "', every: 1h, article: never}\n");
	for (int i = 0; i < 50; i++) {
		(void)snprintf(url, sizeof(url), "http://busy.example/%d", i);
		(void)str_addf(&config,
		    "  f%d: {url: '%s', every: 1h, article: never}\n", i, url);
		world_feed(w, url, "", "")->reply.takes_ms = takes_ms;
	}
	(void)world_feed(w, FEED, "", "");
	world_live(w, str_c(&config), 50 * least_ms + SEC_MS);
	assert_int_equal(w->nrequests, 51);
	for (size_t i = 0; i < w->nrequests; i++) {
		const struct request *r = &w->requests[i];

		if (strcmp(r->url, FEED) == 0) {
			assert_true(r->at_ms - SIM_EPOCH_MS < SEC_MS);
			continue;
		}
		assert_true(last == 0 || r->at_ms - last >= least_ms);
		last = r->at_ms;
	}
	str_done(&config);
}

static void
exchanges_with_a_host_begin_at_a_distance(void **state)
{
	check_spacing(*state, 100, 5 * SEC_MS);
}

static void
exchanges_with_a_host_never_overlap(void **state)
{
	check_spacing(*state, 20 * SEC_MS, 20 * SEC_MS);
}

static void
add_page_feed(struct world *w, const char *url, const char *host, int items)
{
	struct str text;

	str_init(&text, MiB(1));
	for (int i = 0; i < items; i++)
		(void)str_addf(&text,
		    "<item><guid>%d</guid><link>http://%s.example/%d</link>"
		    "</item>",
		    i, host, i);
	(void)world_feed(w, url, "", str_c(&text));
	str_done(&text);
}

static void
show_one_more(void *arg)
{
	add_page_feed(arg, MORE, "good", 1);
}

/* More than are held in memory. */
static void
articles_that_wait_for_long_do_not_delay_others(void **state)
{
	struct world *w = *state;
	char url[64];

	add_page_feed(w, FEED, "bad", 2 * ARTICLES_LOADED);
	add_page_feed(w, MORE, "good", 0);
	for (int i = 0; i < 2 * ARTICLES_LOADED; i++) {
		(void)snprintf(url, sizeof(url), "http://bad.example/%d", i);
		(void)world_page(w, url, 503, "retry-after: 86400\n", "");
	}
	(void)world_page(w, "http://good.example/0", 404, "", "");
	sim_at(HOUR_MS, show_one_more, w);
	world_live(w,
	    "network: {articles-per-minute: 1000}\n" FILTER "feeds:\n"
	    "  wire: {url: '" FEED "', every: 10m}\n"
	    "  more: {url: '" MORE "', every: 10m}\n",
	    2 * HOUR_MS);
	assert_int_equal(world_asked(w, "http://good.example/0"), 1);
}

/* The clock was years ahead, and right after the next boot. */
static void
a_clock_that_was_wrong_before_a_restart_stalls_no_feed(void **state)
{
	struct world *w = *state;
	int64_t start;

	(void)world_feed(w, FEED, "retry-after: 3600\n", NEWS("1"));
	sim_begin(SIM_EPOCH_MS + 1000 * DAY_MS);
	world_live(w, ADAPTIVE, MIN_MS);
	assert_int_equal(world_asked(w, FEED), 1);
	sim_begin(SIM_EPOCH_MS);
	start = sim_wall_ms();
	world_live(w, ADAPTIVE, DAY_MS);
	/* What was promised is kept even so. */
	assert_true(world_asked(w, FEED) >= 2);
	assert_in_range(world_request(w, FEED, 1)->at_ms - start, HOUR_MS,
	    HOUR_MS + 10 * MIN_MS);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_304_renews_the_validators_it_names),
		T(a_quiet_feed_is_asked_less_until_it_has_news),
		T(exchanges_with_a_host_begin_at_a_distance),
		T(exchanges_with_a_host_never_overlap),
		T(articles_that_wait_for_long_do_not_delay_others),
		T(a_clock_that_was_wrong_before_a_restart_stalls_no_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
