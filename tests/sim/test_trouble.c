/* tests/sim/test_trouble.c: what people are told when the daemon itself is in
 * trouble. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define WIRE "http://wire.example/rss"
#define SECOND "http://second.example/"
#define FILTERS FILTER_WITH(", group: none")
#define CONFIG "feeds: {wire: {url: '" WIRE "', every: 5m}}\n" FILTERS

static int
begin(void **state)
{
	(void)world_begin(state);
	((struct world *)*state)->desk = "";
	return 0;
}

/* Items `from` to `to`, the last one first. */
static void
show(struct world *w, const char *url, int from, int to)
{
	struct str items;

	str_init(&items, MiB(1));
	for (int n = to; n >= from; n--)
		(void)str_addf(&items,
		    "<item><guid>%s-%d</guid><title>Item %d</title></item>",
		    url, n, n);
	(void)world_feed(w, url, "", str_c(&items));
	str_done(&items);
}

static size_t
told(const struct world *w, const char *type)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "\"type\":\"%s\"", type);
	return world_rang(w, text);
}

/* How often of each, in the order of the document's types. */
#define TOLD(w, failing, recovered, silent, gap) \
	do { \
		assert_int_equal(told((w), "feed.failing"), (failing)); \
		assert_int_equal(told((w), "feed.recovered"), (recovered)); \
		assert_int_equal(told((w), "feed.silent"), (silent)); \
		assert_int_equal(told((w), "feed.gap"), (gap)); \
	} while (0)

static void
a_feed_that_fails_is_told_of_once_and_when_it_is_back(void **state)
{
	struct world *w = *state;

	show(w, WIRE, 1, 3);
	world_live(w, CONFIG, HOUR_MS);
	(void)world_page(w, WIRE, 503, "", "");
	world_live(w, CONFIG, 50 * MIN_MS);
	TOLD(w, 0, 0, 0, 0);
	world_live(w, CONFIG, 2 * HOUR_MS);
	TOLD(w, 1, 0, 0, 0);
	assert_int_equal(world_rang(w, "the server answered 503"), 1);
	assert_int_equal(world_rang(w, "\"since\":\"2024-03-26T06:1"), 1);
	world_live(w, CONFIG, DAY_MS);
	world_live(w, CONFIG, DAY_MS);
	TOLD(w, 1, 0, 0, 0);
	show(w, WIRE, 2, 4);
	world_live(w, CONFIG, 2 * HOUR_MS);
	TOLD(w, 1, 1, 0, 0);
	assert_int_equal(world_rang(w, "No item seems to be missing"), 1);
	world_live(w, CONFIG, DAY_MS);
	TOLD(w, 1, 1, 0, 0);
	(void)world_page(w, WIRE, 0, "", "");
	world_live(w, CONFIG, 4 * HOUR_MS);
	show(w, WIRE, 10, 12);
	world_live(w, CONFIG, 2 * HOUR_MS);
	TOLD(w, 2, 2, 0, 1);
	assert_int_equal(world_rang(w, "None of its items was there"), 1);
	for (size_t i = 0; i < w->nalerts; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
			    w->alerts[i].id, w->alerts[k].id);
}

static void
two_failures_are_none(void **state)
{
	struct world *w = *state;
	const char *hourly = "feeds: {wire: {url: '" WIRE
			     "', every: 2h, failing-after: 1m}}\n" FILTERS;

	(void)world_page(w, WIRE, 500, "", "");
	world_live(w, hourly, 3 * HOUR_MS);
	assert_int_equal(world_asked(w, WIRE), 2);
	TOLD(w, 0, 0, 0, 0);
	world_live(w, hourly, 10 * HOUR_MS);
	TOLD(w, 1, 0, 0, 0);
}

static void
a_feed_that_is_gone_is_told_of_at_once(void **state)
{
	struct world *w = *state;

	(void)world_page(w, WIRE, 410, "", "");
	world_live(w, CONFIG, MIN_MS);
	TOLD(w, 1, 0, 0, 0);
	assert_int_equal(world_rang(w, "Feed wire is gone for good"), 1);
	world_live(w, CONFIG, DAY_MS);
	TOLD(w, 1, 0, 0, 0);
	/* Under another URL it is back. */
	show(w, "http://wire.example/new", 1, 3);
	world_live(w,
	    "feeds: {wire: {url: 'http://wire.example/new'}}\n" FILTERS,
	    HOUR_MS);
	TOLD(w, 1, 1, 0, 0);
}

static void
silence_is_told_of_once(void **state)
{
	struct world *w = *state;
	const char *config = "feeds: {wire: {url: '" WIRE
			     "', every: 5m, silent-after: 6h}}\n" FILTERS;

	show(w, WIRE, 1, 3);
	world_live(w, config, 5 * HOUR_MS);
	TOLD(w, 0, 0, 0, 0);
	world_live(w, config, 2 * HOUR_MS);
	TOLD(w, 0, 0, 1, 0);
	world_live(w, config, 2 * DAY_MS);
	TOLD(w, 0, 0, 1, 0);
	show(w, WIRE, 2, 4);
	world_live(w, config, 5 * HOUR_MS);
	TOLD(w, 0, 0, 1, 0);
	world_live(w, config, 2 * HOUR_MS);
	TOLD(w, 0, 0, 2, 0);
	show(w, WIRE, 3, 5);
	world_live(w,
	    "feeds: {wire: {url: '" WIRE "', silent-after: 0}}\n" FILTERS,
	    30 * DAY_MS);
	TOLD(w, 0, 0, 2, 0);
}

/* A feed has its own pace, nights and weekends included. */
static void
a_feed_is_silent_by_its_own_pauses(void **state)
{
	struct world *w = *state;

	for (int n = 1; n <= 32; n++) {
		show(w, WIRE, n, n + 5);
		world_live(w, CONFIG, 12 * HOUR_MS);
	}
	TOLD(w, 0, 0, 0, 0);
	world_live(w, CONFIG, 22 * HOUR_MS);
	TOLD(w, 0, 0, 0, 0);
	world_live(w, CONFIG, 6 * HOUR_MS);
	TOLD(w, 0, 0, 1, 0);
	world_live(w, CONFIG, 30 * DAY_MS);
	TOLD(w, 0, 0, 1, 0);
}

static void
a_gap_is_told_of_once(void **state)
{
	struct world *w = *state;

	show(w, WIRE, 1, 4);
	world_live(w, CONFIG, HOUR_MS);
	show(w, WIRE, 3, 6); /* some are known */
	world_live(w, CONFIG, HOUR_MS);
	show(w, WIRE, 1, 0); /* none are there */
	world_live(w, CONFIG, HOUR_MS);
	show(w, WIRE, 5, 7);
	world_live(w, CONFIG, HOUR_MS);
	TOLD(w, 0, 0, 0, 0);
	show(w, WIRE, 20, 24);
	world_live(w, CONFIG, HOUR_MS);
	TOLD(w, 0, 0, 0, 1);
	assert_int_equal(world_rang(w, "\"items\":5,\"incomplete\":true"), 1);
	show(w, WIRE, 30, 34); /* it is replaced as a whole, it seems */
	world_live(w, CONFIG, HOUR_MS);
	TOLD(w, 0, 0, 0, 1);
	show(w, WIRE, 34, 36); /* it is not */
	world_live(w, CONFIG, HOUR_MS);
	show(w, WIRE, 40, 41);
	world_live(w, CONFIG, HOUR_MS);
	TOLD(w, 0, 0, 0, 2);
}

static void
no_overlap_is_no_gap_where_none_can_be(void **state)
{
	struct world *w = *state;

	for (int n = 1; n < 50; n++) { /* it shows one item */
		show(w, WIRE, n, n);
		world_live(w, CONFIG, HOUR_MS);
	}
	show(w, "http://other.example/", 60, 70); /* another URL */
	world_live(w, "feeds: {wire: {url: 'http://other.example/'}}\n" FILTERS,
	    HOUR_MS);
	TOLD(w, 0, 0, 0, 0);
}

/* The wall clock is set on by two days, and back. */
static void
a_clock_that_jumps_is_no_trouble(void **state)
{
	struct world *w = *state;
	const char *config = "feeds: {wire: {url: '" WIRE
			     "', every: 5m, silent-after: 1d}}\n" FILTERS;

	w->desk = ", retry-max: 1m";
	w->destinations = "  second: {type: webhook, url: '" SECOND "'}\n";
	show(w, WIRE, 1, 3);
	world_live(w, config, HOUR_MS);
	sim_begin(sim_wall_ms() + 2 * DAY_MS);
	(void)world_page(w, WIRE, 503, "", "");
	w->receiver = 503;
	world_live(w, config, 50 * MIN_MS);
	show(w, WIRE, 1, 3);
	w->receiver = 204;
	sim_begin(sim_wall_ms() - 4 * DAY_MS);
	world_live(w, config, HOUR_MS);
	assert_int_equal(w->nalerts, 0);
}

/* Feeds that publish by day and rest at the weekend, that are cut off and away
 * for a while now and then. */
static void
a_healthy_feed_is_not_told_of_in_a_month(void **state)
{
	struct world *w = *state;
	int last = 10;

	for (int hour = 0; hour < 31 * 24; hour++) {
		bool at_work = hour % 24 > 7 && hour / 24 % 7 < 5;

		last += at_work ? hour % 4 : 0;
		show(w, WIRE, last - 9, last);
		if (hour % 10 == 0)
			(void)world_page(w, WIRE, 502, "", "");
		world_live(w, CONFIG, (hour % 10 == 0 ? 20 : 60) * MIN_MS);
	}
	assert_int_equal(w->nalerts, 0);
}

/* All of an issue within some hours, and then none for a week. */
static void
a_weekly_is_not_silent_between_its_issues(void **state)
{
	struct world *w = *state;
	int last = 10;

	for (int issue = 0; issue < 4; issue++) {
		for (int n = 0; n < 8; n++, last++) {
			show(w, WIRE, last - 9, last);
			world_live(w, CONFIG, HOUR_MS);
		}
		world_live(w, CONFIG, 7 * DAY_MS - 5 * HOUR_MS);
	}
	assert_int_equal(w->nalerts, 0);
}

static void
a_feed_that_ends_in_its_first_week_is_silent_after_two(void **state)
{
	struct world *w = *state;

	for (int n = 1; n <= 8; n++) {
		show(w, WIRE, n, n + 5);
		world_live(w, CONFIG, 6 * HOUR_MS);
	}
	world_live(w, CONFIG, 13 * DAY_MS);
	TOLD(w, 0, 0, 0, 0);
	world_live(w, CONFIG, 2 * DAY_MS);
	TOLD(w, 0, 0, 1, 0);
}

/* It is away for two days, and answers again before it goes on. */
static void
an_outage_is_no_silence(void **state)
{
	struct world *w = *state;

	for (int n = 1; n <= 9 * 4; n++) {
		show(w, WIRE, n, n + 5);
		world_live(w, CONFIG, 6 * HOUR_MS);
	}
	(void)world_page(w, WIRE, 503, "", "");
	world_live(w, CONFIG, 2 * DAY_MS);
	show(w, WIRE, 36, 41);
	world_live(w, CONFIG, 12 * HOUR_MS);
	TOLD(w, 1, 1, 0, 0);
	world_live(w, CONFIG, 13 * HOUR_MS);
	TOLD(w, 1, 1, 1, 0);
}

static void
many_feeds(struct str *out, size_t n)
{
	str_init(out, KiB(64));
	(void)str_adds(out, FILTERS "feeds:\n");
	for (size_t i = 0; i < n; i++)
		(void)str_addf(out,
		    "  f%zu: {url: 'http://h%zu.example/', every: 5m}\n", i, i);
}

/* Of how many feeds the alerts tell, each of one or of `count`. */
static size_t
feeds_told(const struct world *w, const char *type)
{
	size_t sum = 0;

	for (size_t i = 0; i < w->nalerts; i++) {
		const char *body = w->alerts[i].body, *count;

		if (strstr(body, type) == NULL)
			continue;
		count = strstr(body, "\"count\":");
		sum += count != NULL
		    ? (size_t)strtoul(count + strlen("\"count\":"), NULL, 10)
		    : 1;
	}
	return sum;
}

static void
a_network_that_is_down_rings_a_few_times(void **state)
{
	enum {
		FEEDS = 200
	};
	struct world *w = *state;
	char url[40];
	struct str config;

	many_feeds(&config, FEEDS);
	for (int i = 0; i < FEEDS; i++) {
		(void)snprintf(url, sizeof(url), "http://h%d.example/", i);
		show(w, url, 1, 3);
	}
	world_live(w, str_c(&config), HOUR_MS);
	for (int i = 0; i < FEEDS; i++) {
		(void)snprintf(url, sizeof(url), "http://h%d.example/", i);
		(void)world_page(w, url, 0, "", "");
	}
	world_live(w, str_c(&config), 5 * HOUR_MS);
	assert_int_equal(feeds_told(w, "feed.failing"), FEEDS);
	assert_in_range(told(w, "feed.failing"), 2, 20);
	for (int i = 0; i < FEEDS; i++) {
		(void)snprintf(url, sizeof(url), "http://h%d.example/", i);
		show(w, url, 10, 13);
	}
	world_live(w, str_c(&config), 5 * HOUR_MS);
	assert_int_equal(feeds_told(w, "feed.recovered"), FEEDS);
	assert_int_equal(feeds_told(w, "feed.gap"), FEEDS);
	assert_in_range(w->nalerts, 6, 60);
	str_done(&config);
}

enum {
	SOME_FEEDS = 40
};

/* All of them, until some are told of and others are gathered. */
static size_t
network_goes_down(struct world *w, const char *config)
{
	char url[40];
	size_t n;

	for (int i = 0; i < SOME_FEEDS; i++) {
		(void)snprintf(url, sizeof(url), "http://h%d.example/", i);
		(void)world_page(w, url, 0, "", "");
	}
	world_live(w, config, 75 * MIN_MS);
	n = feeds_told(w, "feed.failing");
	assert_in_range(n, 1, SOME_FEEDS - 1);
	return n;
}

static void
what_may_be_over_is_not_told_at_a_start(void **state)
{
	struct world *w = *state;
	struct str config;
	size_t before;
	char url[40];

	many_feeds(&config, SOME_FEEDS);
	before = network_goes_down(w, str_c(&config));
	for (int i = 0; i < SOME_FEEDS; i++) {
		(void)snprintf(url, sizeof(url), "http://h%d.example/", i);
		show(w, url, 1, 3);
	}
	sim_begin(sim_wall_ms() + 7 * DAY_MS);
	world_live(w, str_c(&config), HOUR_MS);
	assert_int_equal(feeds_told(w, "feed.failing"), before);
	assert_int_equal(feeds_told(w, "feed.recovered"), before);
	str_done(&config);
}

static void
what_lasts_is_told_after_a_start(void **state)
{
	struct world *w = *state;
	struct str config;

	many_feeds(&config, SOME_FEEDS);
	(void)network_goes_down(w, str_c(&config));
	world_live(w, str_c(&config), 3 * HOUR_MS);
	assert_int_equal(feeds_told(w, "feed.failing"), SOME_FEEDS);
	str_done(&config);
}

struct crowd {
	size_t alerts, feeds;
};

static void
serve_crowd(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct crowd *c = arg;
	const char *count;

	out->takes_ms = 10;
	out->status = req->post ? 204 : 410;
	if (!req->post)
		return;
	count = strstr(req->body.p, "\"count\":");
	c->feeds += count != NULL
	    ? strtoul(count + strlen("\"count\":"), NULL, 10)
	    : 1;
	c->alerts++;
}

/* In one transaction it would be too many for one turn of the loop. */
static void
too_many_feeds_are_told_of_in_parts(void **state)
{
	struct world *w = *state;
	struct crowd crowd = { 0 };
	struct str config;

	w->serve = serve_crowd;
	w->arg = &crowd;
	str_init(&config, MiB(1));
	(void)str_adds(&config, FILTERS "feeds:\n");
	for (int i = 0; i < TROUBLES_AT_ONCE + 99; i++)
		(void)str_addf(
		    &config, "  f%d: {url: 'http://h%d.example/'}\n", i, i);
	world_live(w, str_c(&config), HOUR_MS);
	assert_int_equal(crowd.feeds, TROUBLES_AT_ONCE + 99);
	assert_int_equal(crowd.alerts, TROUBLES_ONE_BY_ONE + 2);
	str_done(&config);
}

static void
ring(struct world *w, int n)
{
	char item[200];

	(void)snprintf(item, sizeof(item),
	    "<item><guid>%d</guid><title>ceasefire %d</title></item>"
	    "<item><guid>old</guid><title>Old</title></item>",
	    n, n);
	(void)world_feed(w, WIRE, "", item);
}

static void
a_destination_that_fails_is_told_to_the_others(void **state)
{
	struct world *w = *state;
	const char *type = "destination.failing";

	w->destinations = "  second: {type: webhook, url: '" SECOND
			  "', trouble: only}\n"
			  "  third: {type: webhook, url: 'http://third.example/"
			  "', trouble: no}\n";
	ring(w, 1);
	w->broken_receiver = "http://desk.example/";
	world_live(w, CONFIG, 9 * MIN_MS);
	assert_int_equal(told(w, type), 0);
	world_live(w, CONFIG, 30 * MIN_MS);
	assert_int_equal(told(w, type), 1);
	assert_int_equal(world_rang(w, "\"destination\":\"desk\""), 1);
	assert_int_equal(world_rang(w, "\"waiting\":1"), 1);
	assert_int_equal(world_rang(w, "answered 500"), 1);
	world_live(w, CONFIG, 5 * HOUR_MS);
	world_live(w, CONFIG, 5 * HOUR_MS);
	assert_int_equal(told(w, type), 1);
	w->broken_receiver = NULL;
	world_live(w, CONFIG, HOUR_MS);
	w->broken_receiver = "http://desk.example/";
	ring(w, 2);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(told(w, type), 2);
	for (size_t i = 0; i < w->nalerts; i++)
		assert_int_equal(strstr(w->alerts[i].body, type) != NULL,
		    strcmp(w->alerts[i].url, SECOND) == 0);
}

/* It is not tried again for long: a restart must not make it forgotten. */
static void
a_destination_that_failed_before_a_start_is_told(void **state)
{
	struct world *w = *state;

	w->desk = ", retry-min: 1h, retry-max: 1d";
	w->destinations = "  second: {type: webhook, url: '" SECOND "'}\n";
	ring(w, 1);
	w->broken_receiver = "http://desk.example/";
	world_live(w, CONFIG, 5 * MIN_MS);
	world_live(w, CONFIG, 30 * MIN_MS);
	assert_int_equal(told(w, "destination.failing"), 1);
	world_live(w, CONFIG, 30 * MIN_MS);
	world_live(w, CONFIG, 5 * HOUR_MS);
	assert_int_equal(told(w, "destination.failing"), 1);
}

static void
change_desk(void *arg)
{
	struct world *w = arg;

	w->desk = ", retry-min: 1h, retry-max: 23h";
	world_reload(w, CONFIG);
}

static void
check_that_none_is_told(void *arg)
{
	assert_int_equal(told(arg, "destination.failing"), 0);
}

static void
a_changed_destination_gets_its_time_anew(void **state)
{
	struct world *w = *state;

	w->desk = ", retry-min: 1h, retry-max: 1d";
	w->destinations = "  second: {type: webhook, url: '" SECOND "'}\n";
	ring(w, 1);
	w->broken_receiver = "http://desk.example/";
	sim_at(5 * MIN_MS, change_desk, w);
	sim_at(14 * MIN_MS, check_that_none_is_told, w);
	world_live_from_file(w, CONFIG, 20 * MIN_MS);
	assert_int_equal(told(w, "destination.failing"), 1);
}

static void
drop_second(void *arg)
{
	struct world *w = arg;

	w->destinations = "";
	world_reload(w, CONFIG);
}

static void
take_second_back(void *arg)
{
	struct world *w = arg;

	w->destinations = "  second: {type: webhook, url: '" SECOND "'}\n";
	world_reload(w, CONFIG);
}

/* Once as it was told, once while it waited to be. */
static void
a_destination_that_is_removed_is_forgotten(void **state)
{
	struct world *w = *state;

	w->destinations = "  second: {type: webhook, url: '" SECOND "'}\n";
	ring(w, 1);
	w->broken_receiver = SECOND;
	sim_at(20 * MIN_MS, drop_second, w);
	sim_at(30 * MIN_MS, take_second_back, w);
	sim_at(35 * MIN_MS, drop_second, w);
	world_live_from_file(w, CONFIG, HOUR_MS);
	assert_int_equal(told(w, "destination.failing"), 1);
	sim_begin(sim_wall_ms());
	w->destinations = "  second: {type: webhook, url: '" SECOND "'}\n";
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(told(w, "destination.failing"), 2);
}

/* A page that every alert is too large for: each is refused at once. */
static void
write_template(const struct world *w, char path[128])
{
	FILE *f;

	(void)snprintf(path, 128, "%s/picky", w->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("{{#data.hits}}", f);
	for (size_t i = 0; i < KiB(60); i++)
		(void)fputc('x', f);
	(void)fputs("{{/data.hits}}", f);
	assert_int_equal(fclose(f), 0);
}

static void
ring_loudly(void *arg)
{
	static int n = 100;
	struct str item;

	str_init(&item, KiB(4));
	(void)str_addf(&item, "<item><guid>%d</guid><title>%d", n, n);
	for (int i = 0; i < 40; i++)
		(void)str_adds(&item, " ceasefire");
	(void)str_adds(&item, "</title></item>");
	(void)world_feed(arg, WIRE, "", str_c(&item));
	str_done(&item);
	n++;
}

static void
a_destination_that_refuses_all_is_told(void **state)
{
	struct world *w = *state;
	char path[128], destinations[400];

	write_template(w, path);
	(void)snprintf(destinations, sizeof(destinations),
	    "  picky: {type: webhook, url: 'http://picky.example/', trouble: "
	    "no, format: template, content-type: text/plain, template: %s}\n",
	    path);
	w->destinations = destinations;
	ring_loudly(w);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(told(w, "destination.failing"), 0); /* one is none */
	for (int i = 1; i < 4; i++)
		sim_at(i * 20 * MIN_MS, ring_loudly, w);
	world_live(w, CONFIG, 2 * HOUR_MS);
	assert_int_equal(world_rang(w, "\"destination\":\"picky\""), 1);
	assert_int_equal(world_rang(w, "does not fit into the format"), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, world_end)
	const struct CMUnitTest tests[] = {
		T(a_feed_that_fails_is_told_of_once_and_when_it_is_back),
		T(two_failures_are_none),
		T(a_feed_that_is_gone_is_told_of_at_once),
		T(silence_is_told_of_once),
		T(a_feed_is_silent_by_its_own_pauses),
		T(a_gap_is_told_of_once),
		T(no_overlap_is_no_gap_where_none_can_be),
		T(a_clock_that_jumps_is_no_trouble),
		T(a_healthy_feed_is_not_told_of_in_a_month),
		T(a_weekly_is_not_silent_between_its_issues),
		T(a_feed_that_ends_in_its_first_week_is_silent_after_two),
		T(an_outage_is_no_silence),
		T(a_network_that_is_down_rings_a_few_times),
		T(too_many_feeds_are_told_of_in_parts),
		T(what_may_be_over_is_not_told_at_a_start),
		T(what_lasts_is_told_after_a_start),
		T(a_destination_that_fails_is_told_to_the_others),
		T(a_destination_that_failed_before_a_start_is_told),
		T(a_changed_destination_gets_its_time_anew),
		T(a_destination_that_is_removed_is_forgotten),
		T(a_destination_that_refuses_all_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
