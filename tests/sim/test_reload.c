/* tests/sim/test_reload.c: feeds and destinations that come, go and move while
 * the daemon runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "tests/sim/world.h"

#define FEED "http://wire.example/rss"
#define MOVED "http://new.example/rss"
#define PAGE "http://news.example/a"

#define WIRE_AT(url) "  wire: {url: '" url "', every: 10m, article: never}\n"
#define WIRE WIRE_AT(FEED)
#define MORE "  more: {url: '" MOVED "', every: 10m, article: never}\n"
#define FEEDS(feeds) "feeds:\n" feeds
#define CONFIG FEEDS(WIRE) FILTER

#define OLD_ITEM(id) \
	"<item><guid isPermaLink=\"false\">" id "</guid>" \
	"<pubDate>Mon, 25 Mar 2024 05:12:09 GMT</pubDate>" \
	"<title>A ceasefire holds</title></item>"

/* What the world and the configuration become, some time into a life. */
struct change {
	struct world *w;
	const char *config;
	const char *items; /* of FEED, from then on; NULL: as before */
	const char *destinations; /* NULL: as before */
};

static void
on_change(void *arg)
{
	const struct change *c = arg;

	if (c->items != NULL)
		(void)world_feed(c->w, FEED, "", c->items);
	if (c->destinations != NULL)
		c->w->destinations = c->destinations;
	world_reload(c->w, c->config);
}

static void
a_feed_that_was_removed_is_not_polled(void **state)
{
	struct world *w = *state;
	struct change c = { w, FEEDS(MORE) FILTER, NULL, NULL };

	(void)world_feed(w, FEED, "", NEWS("1"));
	(void)world_feed(w, MOVED, "", NEWS("1"));
	sim_at(15 * MIN_MS, on_change, &c);
	world_live_from_file(w, CONFIG, HOUR_MS);
	assert_int_equal(world_asked(w, FEED), 2);
	assert_int_equal(world_asked(w, MOVED), 5);
}

static void
a_feed_that_comes_back_goes_on_where_it_was(void **state)
{
	struct world *w = *state;
	struct change out = { w, FEEDS(MORE) FILTER, NULL, NULL };
	struct change in = { w, FEEDS(WIRE MORE) FILTER,
		NEWS("1") OLD_ITEM("late"), NULL };

	(void)world_feed(
	    w, FEED, "etag: \"1\"\ncache-control: max-age=3600\n", NEWS("1"));
	(void)world_feed(w, MOVED, "", "");
	sim_at(5 * MIN_MS, on_change, &out);
	sim_at(10 * MIN_MS, on_change, &in);
	world_live_from_file(w, CONFIG, 2 * HOUR_MS);
	/* Its promise was kept, its validator sent, and it is no new feed. */
	assert_true(world_gap(w, FEED, 0) >= HOUR_MS);
	assert_string_equal(world_request(w, FEED, 1)->if_none_match, "\"1\"");
	assert_int_equal(world_rang(w, "\"id\":\"1\""), 1);
	assert_int_equal(world_rang(w, "\"id\":\"late\""), 1);
}

static void
a_url_put_right_is_a_new_feed(void **state)
{
	struct world *w = *state;
	struct change c = { w, CONFIG, NULL, NULL };

	(void)world_feed(w, FEED, "", OLD_ITEM("old") NEWS("1"));
	sim_at(5 * MIN_MS, on_change, &c);
	world_live_from_file(
	    w, FEEDS(WIRE_AT("http://wire.example/sss")) FILTER, 9 * MIN_MS);
	assert_int_equal(world_rang(w, "\"id\":\"1\""), 1);
	assert_int_equal(world_rang(w, "\"id\":\"old\""), 0);
}

static size_t
rang_at(const struct world *w, const char *url)
{
	size_t n = 0;

	for (size_t i = 0; i < w->nalerts; i++)
		n += strcmp(w->alerts[i].url, url) == 0;
	return n;
}

#define NIGHT "http://night.example/"

static void
a_new_destination_gets_what_is_new(void **state)
{
	struct world *w = *state;
	struct change c = { w, CONFIG, NEWS("1") NEWS("2"),
		"  night: {type: webhook, url: '" NIGHT "'}\n" };

	(void)world_feed(w, FEED, "", NEWS("1"));
	sim_at(5 * MIN_MS, on_change, &c);
	world_live_from_file(w, CONFIG, 15 * MIN_MS);
	assert_int_equal(rang_at(w, NIGHT), 1);
	assert_int_equal(rang_at(w, "http://desk.example/"), 2);
}

static void
a_destination_moves_with_all_that_waits_for_it(void **state)
{
	struct world *w = *state;
	struct change c = { w, CONFIG, NULL,
		"  night: {type: webhook, url: '" NIGHT "new'}\n" };

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2"));
	w->destinations = "  night: {type: webhook, url: '" NIGHT "'}\n";
	w->broken_receiver = NIGHT;
	sim_at(5 * MIN_MS, on_change, &c);
	world_live_from_file(w, CONFIG, 6 * MIN_MS);
	assert_int_equal(rang_at(w, NIGHT), 0);
	assert_int_equal(rang_at(w, NIGHT "new"), 2);
	assert_int_equal(rang_at(w, "http://desk.example/"), 2);
}

/* The sum of all dispositions is checked as the daemon ends. */
static void
what_waits_for_an_article_goes_with_its_feed(void **state)
{
	struct world *w = *state;
	struct change c = { w, FEEDS(MORE) FILTER, NULL, NULL };

	(void)world_feed(
	    w, FEED, "", "<item><guid>1</guid><link>" PAGE "</link></item>");
	(void)world_feed(w, MOVED, "", "");
	(void)world_page(w, PAGE, 500, "", "");
	sim_at(2 * MIN_MS, on_change, &c);
	world_live_from_file(w,
	    FEEDS("  wire: {url: '" FEED "', article: auto}\n") FILTER,
	    HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 2);
	assert_int_equal(metrics.items_pending, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_feed_that_was_removed_is_not_polled),
		T(a_feed_that_comes_back_goes_on_where_it_was),
		T(a_url_put_right_is_a_new_feed),
		T(a_new_destination_gets_what_is_new),
		T(a_destination_moves_with_all_that_waits_for_it),
		T(what_waits_for_an_article_goes_with_its_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
