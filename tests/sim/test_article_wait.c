/* tests/sim/test_article_wait.c: items that wait for the page behind them. */
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
#define PAGE "http://news.example/a"

#define CONFIG(feed_options) \
	"feeds: {wire: {url: '" FEED "', every: 10m" feed_options "}}\n" \
	"filters: {truce: {match: ceasefire}, talks: {match: envoy}}\n"

#define ITEM(id, text) \
	"<item><guid isPermaLink=\"false\">" id "</guid><title>Report</title>" \
	"<link>" PAGE "</link><description>" text "</description></item>"

#define TEASER ITEM("1", "Talks went on all night.")

static const char page[] =
    "<html><head><title>Report</title></head><body><h1>Report</h1>"
    "<p>The talks in the old harbour town went on all night, and nobody who "
    "took part in them wanted to say in the morning what had been agreed.</p>"
    "<p>Then a ceasefire was read out from the steps of the town hall, to hold "
    "for six weeks from noon, while the prisoners of both sides go home.</p>"
    "</body></html>";

static void
the_page_behind_a_teaser_rings_once(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", TEASER);
	(void)world_page(w, PAGE, 200, "content-type: text/html\n", page);
	world_live(w, CONFIG(""), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 1);
	assert_int_equal(world_rang(w, "\"field\":\"article\""), 1);
	world_live(w, CONFIG(""), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 1);
	assert_int_equal(w->nalerts, 1);
}

static void
a_teaser_that_rings_by_itself_needs_no_page(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", ITEM("1", "A ceasefire holds."));
	(void)world_page(w, PAGE, 200, "", page);
	world_live(w, CONFIG(""), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 0);
	assert_int_equal(w->nalerts, 1);
}

static void
a_long_text_needs_no_page(void **state)
{
	struct world *w = *state;
	struct str items;

	str_init(&items, 10000);
	(void)str_adds(
	    &items, "<item><guid>1</guid><link>" PAGE "</link><description>");
	for (int i = 0; i < 200; i++)
		(void)str_adds(&items, "word ");
	(void)str_adds(&items, "</description></item>");
	(void)world_feed(w, FEED, "", str_c(&items));
	(void)world_page(w, PAGE, 200, "", page);
	world_live(w, CONFIG(""), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 0);
	str_done(&items);
}

static void
never_means_never(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", TEASER);
	(void)world_page(w, PAGE, 200, "", page);
	world_live(w, CONFIG(", article: never"), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 0);
	assert_int_equal(w->nalerts, 0);
}

static void
always_rings_once_for_each_filter(void **state)
{
	struct world *w = *state;

	(void)world_feed(
	    w, FEED, "", ITEM("1", "An envoy said that a ceasefire is near."));
	(void)world_page(w, PAGE, 200, "", page);
	world_live(w, CONFIG(", article: always"), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 1);
	assert_int_equal(world_rang(w, "\"name\":\"truce\""), 1);
	assert_int_equal(world_rang(w, "\"name\":\"talks\""), 1);
	assert_int_equal(w->nalerts, 2);
}

static void
a_server_in_trouble_is_asked_again(void **state)
{
	struct world *w = *state;
	int64_t given_up = metrics.articles_failed;

	(void)world_feed(w, FEED, "", TEASER);
	(void)world_page(w, PAGE, 503, "", "");
	world_live(w, CONFIG(""), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 4);
	for (size_t i = 0; i < 3; i++) {
		static const int64_t wait[] = { MIN_MS, 3 * MIN_MS,
			9 * MIN_MS };

		assert_true(world_gap(w, PAGE, i) >= wait[i]);
	}
	assert_int_equal(metrics.articles_failed - given_up, 1);
	assert_int_equal(metrics.items_pending, 0);
	assert_int_equal(w->nalerts, 0);
}

static void
it_rings_when_the_server_is_back_after_a_restart(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", TEASER);
	(void)world_page(w, PAGE, 0, "", "");
	world_live(w, CONFIG(""), 2 * MIN_MS);
	assert_int_equal(metrics.items_pending, 1);
	(void)world_feed(w, FEED, "", ""); /* it has left the feed */
	(void)world_page(w, PAGE, 200, "", page);
	world_live(w, CONFIG(""), HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(metrics.items_pending, 0);
}

static void
a_page_that_is_gone_is_not_asked_again(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", TEASER);
	(void)world_page(w, PAGE, 404, "", "");
	world_live(w, CONFIG(""), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 1);
	assert_int_equal(metrics.items_pending, 0);
}

static void
retry_after_of_a_page_is_honoured(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", TEASER);
	(void)world_page(w, PAGE, 429, "retry-after: 1800\n", "");
	world_live(w, CONFIG(""), 2 * HOUR_MS);
	assert_true(world_gap(w, PAGE, 0) >= 30 * MIN_MS);
}

/* Of the whole server, not only of the page that it was said for. */
static void
nor_is_its_server_asked_for_others_before(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "",
	    "<item><guid>1</guid><link>" PAGE "/1</link></item>"
	    "<item><guid>2</guid><link>" PAGE "/2</link></item>"
	    "<item><guid>3</guid><link>" PAGE "/3</link></item>");
	(void)world_page(w, PAGE "/1", 429, "retry-after: 1800\n", "");
	world_live(w, CONFIG(""), 20 * MIN_MS);
	assert_int_equal(world_asked(w, PAGE "/1"), 1);
	assert_int_equal(world_asked(w, PAGE "/2"), 0);
	assert_int_equal(world_asked(w, PAGE "/3"), 0);
}

static void
the_budget_of_a_minute_is_kept(void **state)
{
	struct world *w = *state;
	struct str items;
	size_t first_minute = 0;
	int64_t start;

	str_init(&items, 100000);
	for (int i = 0; i < 40; i++)
		(void)str_addf(&items,
		    "<item><guid>%d</guid><link>http://n%d.example/</link>"
		    "</item>",
		    i, i);
	(void)world_feed(w, FEED, "", str_c(&items));
	start = sim_wall_ms();
	world_live(
	    w, "network: {articles-per-minute: 10}\n" CONFIG(""), 10 * MIN_MS);
	for (size_t i = 0; i < w->nrequests; i++)
		if (strcmp(w->requests[i].url, FEED) != 0)
			first_minute += w->requests[i].at_ms - start < MIN_MS;
	/* What was saved up, and what comes in a minute. */
	assert_in_range(first_minute, 10, 20);
	assert_int_equal(metrics.items_pending, 0);
	str_done(&items);
}

static void
add_field(struct str *items, const char *name)
{
	(void)str_addf(items, "<%s>", name);
	(void)str_adds(items, strcmp(name, "title") == 0 ? "Ceasefire " : "");
	for (size_t i = 0; i < ITEM_TEXT_BYTES - 10; i++)
		(void)str_addc(items, '"'); /* twice as long in JSON */
	(void)str_addf(items, "</%s>", name);
}

/* It is judged at once, on what there is. */
static void
an_item_too_large_to_wait_rings_without_its_page(void **state)
{
	static const char *const fields[] = { "title", "description",
		"content:encoded", "author", "source" };
	struct world *w = *state;
	const struct metrics before = metrics;
	struct str doc;

	str_init(&doc, MiB(8));
	(void)str_adds(&doc,
	    "<rss version=\"2.0\" xmlns:content=\""
	    "http://purl.org/rss/1.0/modules/content/\"><channel><item>"
	    "<guid>1</guid><link>" PAGE "</link>");
	for (size_t i = 0; i < COUNTOF(fields); i++)
		add_field(&doc, fields[i]);
	assert_true(str_adds(&doc, "</item></channel></rss>"));
	(void)world_page(w, FEED, 200, "", str_c(&doc));
	world_live(w, CONFIG(", article: always"), HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 0);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(metrics.items_alerted - before.items_alerted, 1);
	assert_int_equal(metrics.items_error, before.items_error);
	str_done(&doc);
}

#define HELD "http://held.example"
#define OTHER "http://other.example/rss"

static void
show_news(void *arg)
{
	(void)world_feed(arg, OTHER, "", TEASER);
}

/* The host of many waiting items wants to be left alone. */
static void
a_host_that_is_held_keeps_no_other_waiting(void **state)
{
	struct world *w = *state;
	struct str items;

	str_init(&items, 100000);
	for (int i = 0; i < 600; i++)
		(void)str_addf(&items,
		    "<item><guid>%d</guid><link>" HELD "/%d</link></item>", i,
		    i);
	(void)world_feed(w, FEED, "", str_c(&items));
	(void)world_page(w, HELD "/rss", 429, "retry-after: 86400\n", "");
	(void)world_feed(w, OTHER, "", "");
	(void)world_page(w, PAGE, 200, "content-type: text/html\n", page);
	sim_at(5 * MIN_MS, show_news, w);
	world_live(w,
	    "network: {articles-per-minute: 10000}\n"
	    "filters: {truce: {match: ceasefire}}\n"
	    "feeds:\n"
	    "  held: {url: '" HELD "/rss'}\n"
	    "  other: {url: '" OTHER "', every: 1m}\n"
	    "  wire: {url: '" FEED "', every: 1h}\n",
	    7 * MIN_MS);
	assert_in_range(metrics.items_pending, 590, 600);
	assert_int_equal(world_asked(w, PAGE), 1);
	assert_int_equal(w->nalerts, 1);
	str_done(&items);
}

/* More hosts than there is room for, and more items of each than its share. */
static void
every_host_gets_its_turn(void **state)
{
	struct world *w = *state;
	struct str items;

	str_init(&items, 1000000);
	for (int i = 0; i < 3000; i++)
		(void)str_addf(&items,
		    "<item><guid>%d</guid><link>http://n%d.example/%d</link>"
		    "</item>",
		    i, i % 300, i);
	(void)world_feed(w, FEED, "", str_c(&items));
	world_live(
	    w, "network: {articles-per-minute: 10000}\n" CONFIG(""), MIN_MS);
	assert_int_equal(w->nrequests, 3001);
	assert_int_equal(metrics.items_pending, 0);
	str_done(&items);
}

static void
slow_servers_leave_room_for_others(void **state)
{
	struct world *w = *state;
	struct str items;
	char url[64];

	str_init(&items, 100000);
	for (int i = 0; i < 100; i++) {
		(void)snprintf(url, sizeof(url), "http://n%d.example/", i);
		(void)str_addf(&items,
		    "<item><guid>%d</guid><link>%s</link></item>", i, url);
		world_page(w, url, 404, "", "")->reply.takes_ms = 10 * MIN_MS;
	}
	(void)world_feed(w, FEED, "", str_c(&items));
	world_live(w,
	    "network: {articles-per-minute: 10000, in-flight: 20}\n" CONFIG(""),
	    9 * MIN_MS);
	assert_int_equal(w->nrequests, 11);
	str_done(&items);
	metrics.items_pending = 0;
}

static void
set_clock_back(void *arg)
{
	sim_set_wall(sim_wall_ms() - *(int64_t *)arg);
}

/* The page comes at the second attempt, a minute after the first. */
static void
check_clock(struct world *w, int64_t back_ms, bool restart)
{
	(void)world_feed(w, FEED, "", TEASER);
	(void)world_page(w, PAGE, 503, "", "");
	if (!restart)
		sim_at(20 * SEC_MS, set_clock_back, &back_ms);
	world_live(w, CONFIG(""), 40 * SEC_MS);
	assert_int_equal(world_asked(w, PAGE), 1);
	if (restart)
		set_clock_back(&back_ms);
	(void)world_page(w, PAGE, 200, "", page);
	world_live(w, CONFIG(""), 15 * MIN_MS);
	assert_int_equal(world_asked(w, PAGE), 2);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(metrics.items_pending, 0);
}

static void
a_clock_set_back_delays_no_item(void **state)
{
	check_clock(*state, 3650 * DAY_MS, false);
}

static void
nor_when_it_happens_between_two_lives(void **state)
{
	check_clock(*state, 3650 * DAY_MS, true);
}

/* In the queue for its turn, which is the budget's. */
static void
nor_does_one_set_back_while_items_are_in_line(void **state)
{
	struct world *w = *state;
	int64_t day = DAY_MS;

	(void)world_feed(w, FEED, "",
	    "<item><guid>1</guid><link>http://a.example/</link></item>"
	    "<item><guid>2</guid><link>http://b.example/</link></item>"
	    "<item><guid>3</guid><link>http://c.example/</link></item>");
	sim_at(20 * SEC_MS, set_clock_back, &day);
	world_live(
	    w, "network: {articles-per-minute: 1}\n" CONFIG(""), 9 * MIN_MS);
	assert_int_equal(metrics.items_pending, 0);
}

/* An item that waits when pages are fetched no more has its last word without
 * one. */
static void
without_pages_nothing_waits(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "",
	    "<item><guid>1</guid><link>http://a.example/</link></item>");
	(void)world_page(w, "http://a.example/", 503, "", "");
	world_live(w, CONFIG(""), MIN_MS);
	assert_int_equal(metrics.items_pending, 1);
	world_live(
	    w, "network: {articles-per-minute: 0}\n" CONFIG(""), HOUR_MS);
	assert_int_equal(metrics.items_pending, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_page_behind_a_teaser_rings_once),
		T(a_teaser_that_rings_by_itself_needs_no_page),
		T(a_long_text_needs_no_page),
		T(never_means_never),
		T(always_rings_once_for_each_filter),
		T(a_server_in_trouble_is_asked_again),
		T(it_rings_when_the_server_is_back_after_a_restart),
		T(a_page_that_is_gone_is_not_asked_again),
		T(retry_after_of_a_page_is_honoured),
		T(nor_is_its_server_asked_for_others_before),
		T(the_budget_of_a_minute_is_kept),
		T(an_item_too_large_to_wait_rings_without_its_page),
		T(a_host_that_is_held_keeps_no_other_waiting),
		T(every_host_gets_its_turn),
		T(slow_servers_leave_room_for_others),
		T(a_clock_set_back_delays_no_item),
		T(nor_when_it_happens_between_two_lives),
		T(nor_does_one_set_back_while_items_are_in_line),
		T(without_pages_nothing_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
