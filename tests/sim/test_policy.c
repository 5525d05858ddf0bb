/* tests/sim/test_policy.c: when what matched leaves: mute hours, limits, and
 * stories that wait for a second publisher. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/sim/world.h"

#define FEEDS \
	"feeds:\n" \
	"  a: {url: 'http://one.example/rss', every: 10m, article: never}\n" \
	"  b: {url: 'http://two.example/rss', every: 10m, article: never}\n" \
	"  c: {url: 'http://three.example/rss', every: 10m, article: never}\n"
#define FILTER(options) "filters: {truce: {match: ceasefire" options "}}\n"

#define ITEM(id, title) \
	"<item><guid isPermaLink=\"false\">" id "</guid><title>" title \
	"</title><link>http://one.example/" id "</link></item>"

static int
begin(void **state)
{
	static struct world w;

	world_init(&w);
	*state = &w;
	return 0;
}

static int
end(void **state)
{
	world_done(*state);
	return 0;
}

static void
publish(struct world *w, const char *host, const char *items)
{
	char url[80];

	(void)snprintf(url, sizeof(url), "http://%s.example/rss", host);
	(void)world_feed(w, url, "", items);
}

static void
nobody_publishes(struct world *w)
{
	publish(w, "one", "");
	publish(w, "two", "");
	publish(w, "three", "");
}

/* The world begins at 05:12 UTC, 06:12 in Paris. */
static void
what_comes_in_mute_hours_never_rings(void **state)
{
	struct world *w = *state;
	const char *config = FEEDS FILTER(", mute: '23:00-07:00 Europe/Paris'");
	int64_t muted = metrics.items_muted;

	nobody_publishes(w);
	publish(
	    w, "one", ITEM("1", "Ceasefire in the night") ITEM("2", "Rain"));
	world_live(w, config, 47 * MIN_MS);
	assert_int_equal(w->nalerts, 0);
	assert_int_equal(metrics.items_muted - muted, 1);
	publish(w, "one",
	    ITEM("3", "Ceasefire at noon") ITEM("1", "Ceasefire in the night"));
	world_live(w, config, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(world_rang(w, "Ceasefire at noon"), 1);
}

static void
only_the_mute_filter_is_mute(void **state)
{
	struct world *w = *state;
	int64_t muted = metrics.items_muted;
	int64_t alerted = metrics.items_alerted;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Ceasefire in the night"));
	world_live(w,
	    FEEDS "filters:\n"
		  "  quiet: {match: ceasefire, mute: ['00:00-24:00 UTC']}\n"
		  "  loud: {match: ceasefire}\n",
	    HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(world_rang(w, "\"name\":\"loud\""), 1);
	assert_int_equal(metrics.items_muted - muted, 0);
	assert_int_equal(metrics.items_alerted - alerted, 1);
}

/* Nobody heard of it, so it is new. */
static void
a_story_that_began_in_mute_hours_rings_after_them(void **state)
{
	struct world *w = *state;
	const char *config = FEEDS FILTER(", mute: '00:00-06:00 UTC'");

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire resolution"));
	world_live(w, config, 50 * MIN_MS);
	assert_int_equal(w->nalerts, 0);
	publish(w, "two", ITEM("x", "Council adopts ceasefire resolution"));
	world_live(w, config, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 1);
}

#define ALWAYS \
	"feeds: {a: {url: 'http://one.example/rss', every: 10m," \
	" article: always}}\n"

static void
serve_article(struct world *w)
{
	(void)world_page(w, "http://one.example/1", 200,
	    "Content-Type: text/html\n",
	    "<html><body><article><p>A ceasefire was read out from the steps of "
	    "the town hall, to hold for six weeks from noon, while the prisoners "
	    "of both sides go home to their families.</p></article></body>"
	    "</html>");
}

/* Mute hours begin between its teaser and its article. */
static void
what_rang_before_mute_hours_is_not_muted(void **state)
{
	struct world *w = *state;
	const char *config = ALWAYS FILTER(", mute: '05:20-09:00 UTC'");
	int64_t alerted = metrics.items_alerted;

	publish(w, "one", ITEM("1", "Ceasefire near"));
	(void)world_page(w, "http://one.example/1", 503, "", "");
	world_live(w, config, 7 * MIN_MS);
	serve_article(w);
	world_live(w, config, HOUR_MS);
	assert_int_equal(metrics.items_pending, 0);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(metrics.items_alerted - alerted, 1);
}

/* They end between its teaser and its article. */
static void
what_was_muted_stays_so_when_its_article_comes(void **state)
{
	struct world *w = *state;
	const char *config = ALWAYS FILTER(", mute: '05:00-05:20 UTC'");
	int64_t muted = metrics.items_muted;

	publish(w, "one", ITEM("1", "Ceasefire near"));
	(void)world_page(w, "http://one.example/1", 503, "", "");
	world_live(w, config, 7 * MIN_MS);
	serve_article(w);
	world_live(w, config, HOUR_MS);
	assert_int_equal(metrics.items_pending, 0);
	assert_int_equal(w->nalerts, 0);
	assert_int_equal(metrics.items_muted - muted, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_comes_in_mute_hours_never_rings),
		T(only_the_mute_filter_is_mute),
		T(a_story_that_began_in_mute_hours_rings_after_them),
		T(what_rang_before_mute_hours_is_not_muted),
		T(what_was_muted_stays_so_when_its_article_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
