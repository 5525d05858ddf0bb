/* tests/sim/test_policy.c: when what matched leaves: mute hours, limits, and
 * stories that wait for a second publisher. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define FEEDS \
	"feeds:\n" \
	"  a: {url: 'http://one.example/rss', every: 10m, article: never}\n" \
	"  b: {url: 'http://two.example/rss', every: 10m, article: never}\n" \
	"  c: {url: 'http://three.example/rss', every: 10m, article: never}\n"

#define ITEM(id, title) \
	"<item><guid isPermaLink=\"false\">" id "</guid><title>" title \
	"</title><link>http://one.example/" id "</link></item>"

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
	const char *config = FEEDS FILTER_WITH(
	    ", mute: '23:00-07:00 Europe/Paris'");
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
	const char *config = FEEDS FILTER_WITH(", mute: '00:00-06:00 UTC'");

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
	const char *config = ALWAYS FILTER_WITH(", mute: '05:20-09:00 UTC'");
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
	const char *config = ALWAYS FILTER_WITH(", mute: '05:00-05:20 UTC'");
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

#define LIMIT FEEDS FILTER_WITH(", group: none, limit: 2/h, notify: [desk]")

static void
publish_five(struct world *w)
{
	nobody_publishes(w);
	publish(w, "one",
	    ITEM("5", "Ceasefire five") ITEM("4", "Ceasefire four")
		ITEM("3", "Ceasefire three") ITEM("2", "Ceasefire two")
		    ITEM("1", "Ceasefire one"));
}

/* The last alert, which must be a digest. */
static const char *
digest(const struct world *w, size_t nth)
{
	assert_true(nth < w->nalerts);
	assert_non_null(strstr(w->alerts[nth].body, "\"type\":\"digest\""));
	return w->alerts[nth].body;
}

/* The hour ends 48 minutes after the world's begin. */
static void
beyond_the_limit_one_digest_tells(void **state)
{
	struct world *w = *state;
	int64_t limited = metrics.items_limited;

	publish_five(w);
	world_live(w, LIMIT, 47 * MIN_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(metrics.items_limited - limited, 3);
	world_live(w, LIMIT, 2 * MIN_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(digest(w, 2),
	    "\"digest\":{\"count\":3,\"since\":\"2024-03-26T05:00:00.000Z\","
	    "\"until\":\"2024-03-26T06:00:00.000Z\",\"items\":["
	    "{\"title\":\"Ceasefire three\","
	    "\"link\":\"http://one.example/3\",\"feed\":\"a\"},"));
	assert_non_null(strstr(digest(w, 2), "\"title\":\"3 more for truce\""));
	assert_non_null(strstr(digest(w, 2),
	    "\"excerpt\":\"Ceasefire three · Ceasefire two · Ceasefire one\""));
	publish(w, "two", ITEM("6", "Ceasefire six"));
	world_live(w, LIMIT, 3 * HOUR_MS);
	assert_int_equal(w->nalerts, 4); /* the next hour is another */
}

static void
within_the_limit_there_is_no_digest(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(
	    w, "one", ITEM("2", "Ceasefire two") ITEM("1", "Ceasefire one"));
	world_live(w, LIMIT, 3 * HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(world_rang(w, "digest"), 0);
}

/* The daemon is down when the hour ends. */
static void
a_digest_outlives_a_restart(void **state)
{
	struct world *w = *state;

	publish_five(w);
	world_live(w, LIMIT, 10 * MIN_MS);
	publish(w, "two", ITEM("6", "Ceasefire six"));
	world_live(w, LIMIT, 10 * MIN_MS);
	assert_int_equal(w->nalerts, 2);
	sim_begin(SIM_EPOCH_MS + 2 * HOUR_MS);
	world_live(w, LIMIT, MIN_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(digest(w, 2), "\"count\":4,"));
	assert_non_null(strstr(digest(w, 2), "Ceasefire six"));
	world_live(w, LIMIT, 3 * HOUR_MS);
	assert_int_equal(w->nalerts, 3);
}

static void
a_digest_shows_twenty_and_counts_all(void **state)
{
	struct world *w = *state;
	struct str items;

	nobody_publishes(w);
	str_init(&items, KiB(64));
	for (int i = 0; i < 32; i++)
		(void)str_addf(&items,
		    "<item><guid isPermaLink=\"false\">%d</guid><title>Ceasefire "
		    "%d ends</title></item>",
		    i, i);
	publish(w, "one", str_c(&items));
	str_done(&items);
	world_live(w, LIMIT, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(digest(w, 2), "\"count\":30,"));
	assert_non_null(
	    strstr(digest(w, 2), "\"title\":\"Ceasefire 21 ends\""));
	assert_null(strstr(digest(w, 2), "\"title\":\"Ceasefire 22 ends\""));
}

/* They are too long to stand in a row, or there is none. */
static void
titles_without_room_leave_nothing_behind(void **state)
{
#define LONG(id) \
	ITEM(id, "Ceasefire " id LONG_TAIL LONG_TAIL LONG_TAIL LONG_TAIL)
#define UNTITLED \
	"<item><guid>0</guid><description>A ceasefire.</description></item>"
#define LONG_TAIL " and what the council said of it"
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one",
	    LONG("1") LONG("2") LONG("3") UNTITLED LONG("4") LONG("5") LONG("6")
		LONG("7") LONG("8") LONG("9") LONG("10") LONG("11") LONG("12")
		    LONG("13") LONG("14") LONG("15") LONG("16"));
	world_live(w, LIMIT, HOUR_MS);
	assert_non_null(strstr(digest(w, 2), "\"count\":15,"));
	assert_non_null(strstr(digest(w, 2), " · Ceasefire 8"));
	assert_null(strstr(digest(w, 2), " ·  · "));
	assert_null(strstr(digest(w, 2), " · \""));
#undef LONG
#undef LONG_TAIL
#undef UNTITLED
}

/* A link that is twice as long in JSON. */
static void
a_digest_is_whole_whatever_stands_in_it(void **state)
{
	struct world *w = *state;
	struct str items;
	json_t *read;

	nobody_publishes(w);
	str_init(&items, KiB(64));
	(void)str_adds(&items,
	    ITEM("1", "Ceasefire one") ITEM("2", "Ceasefire two") ITEM("3",
		"Ceasefire three") "<item><guid isPermaLink=\"false\">4</guid>"
				   "<title>Ceasefire four</title><link>http://one.example/");
	for (int i = 0; i < 2020; i++)
		(void)str_addc(&items, '"');
	(void)str_adds(&items, "</link></item>");
	publish(w, "one", str_c(&items));
	str_done(&items);
	world_live(w, LIMIT, HOUR_MS);
	assert_non_null(strstr(digest(w, 2), "\"count\":2,"));
	read = json_loads(digest(w, 2), 0, NULL);
	assert_non_null(read);
	json_decref(read);
}

/* The clock goes back to the hour that has been told of. */
static void
a_clock_that_is_set_back_hides_no_digest(void **state)
{
	struct world *w = *state;

	publish_five(w);
	world_live(w, LIMIT, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	sim_begin(SIM_EPOCH_MS);
	publish(w, "two",
	    ITEM("8", "Ceasefire eight") ITEM("7", "Ceasefire seven")
		ITEM("6", "Ceasefire six"));
	world_live(w, LIMIT, HOUR_MS);
	assert_int_equal(w->nalerts, 6);
	assert_non_null(strstr(digest(w, 5), "\"count\":1,"));
	assert_string_not_equal(w->alerts[2].id, w->alerts[5].id);
}

/* A span that has not begun yet would last for a day and more. */
static void
a_clock_that_is_set_back_ends_the_span(void **state)
{
	struct world *w = *state;

	publish_five(w);
	world_live(w, LIMIT, 10 * MIN_MS);
	assert_int_equal(w->nalerts, 2);
	sim_begin(SIM_EPOCH_MS - DAY_MS);
	publish(w, "two", ITEM("6", "Ceasefire six"));
	world_live(w, LIMIT, 20 * MIN_MS);
	assert_int_equal(w->nalerts, 4);
	assert_int_equal(world_rang(w, "\"count\":3,"), 1);
	assert_int_equal(world_rang(w, "\"title\":\"Ceasefire six\""), 1);
}

static void
a_digest_waits_for_the_end_of_mute_hours(void **state)
{
	struct world *w = *state;
	const char *config = FEEDS FILTER_WITH(", group: none, limit: 2/h,"
					       " mute: '05:30-07:30 UTC'");

	publish_five(w);
	world_live(w, config, 2 * HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	world_live(w, config, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(digest(w, 2), "\"count\":3,"));
}

static void
the_digest_of_a_filter_that_is_gone_is_dropped(void **state)
{
	struct world *w = *state;

	publish_five(w);
	world_live(w, LIMIT, 10 * MIN_MS);
	world_live(w, FEEDS "filters: {other: {match: rain}}\n", HOUR_MS);
	world_live(w, LIMIT, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
}

/* What went beyond the limit of a day does not wait for its end. */
static void
a_shorter_limit_counts_at_once(void **state)
{
	struct world *w = *state;

	publish_five(w);
	world_live(w,
	    FEEDS FILTER_WITH(", group: none, limit: 2/d, notify: [desk]"),
	    10 * MIN_MS);
	assert_int_equal(w->nalerts, 2);
	publish(w, "two", ITEM("6", "Ceasefire six"));
	world_live(w, LIMIT, 10 * MIN_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(digest(w, 2), "\"count\":4,"));
	publish(w, "three", ITEM("7", "Ceasefire seven"));
	world_live(w, LIMIT, 10 * MIN_MS);
	assert_int_equal(world_rang(w, "\"title\":\"Ceasefire seven\""), 1);
}

/* Its limit may go, what it has held back may not. */
static void
without_its_limit_the_digest_still_comes(void **state)
{
	struct world *w = *state;

	publish_five(w);
	world_live(w, LIMIT, 10 * MIN_MS);
	world_live(w, FEEDS FILTER_WITH(", group: none"), HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(digest(w, 2), "\"count\":3,"));
}

#define LEAD \
	"The Security Council adopted a resolution on Monday that demands an " \
	"immediate ceasefire in the strip for the holy month and the release " \
	"of all hostages, after the largest member had held back its veto. "
#define STORY(id, title, by) \
	"<item><guid isPermaLink=\"false\">" id "</guid><title>" title \
	"</title><description>" by LEAD LEAD "</description></item>"
#define TWO(options) \
	FEEDS FILTER_WITH(", sources: {at-least: 2, within: 90m" options \
			  "}, notify: [desk]")

static void
a_story_waits_for_its_second_publisher(void **state)
{
	struct world *w = *state;
	int64_t held = metrics.items_held;

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	world_live(w, TWO(""), HOUR_MS);
	assert_int_equal(w->nalerts, 0);
	assert_int_equal(metrics.items_held - held, 1);
	publish(w, "two", STORY("x", "UN vote: ceasefire now", ""));
	world_live(w, TWO(""), 20 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 1);
	assert_int_equal(world_rang(w, "\"title\":\"UN vote"), 1);
	assert_int_equal(world_rang(w,
			     "\"publishers\":2,\"also\":[{\"title\":"
			     "\"Council adopts ceasefire\",\"feed\":\"a\"}]"),
	    1);
	publish(w, "three", STORY("y", "A ceasefire at last", ""));
	world_live(w, TWO(""), DAY_MS);
	assert_int_equal(w->nalerts, 1); /* they have heard of two */
}

static void
one_wire_service_is_one_publisher(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one",
	    STORY("1", "Council adopts ceasefire", "NEW YORK (Reuters) - "));
	publish(w, "two",
	    STORY("x", "UN vote: ceasefire now", "NEW YORK (Reuters) - "));
	world_live(w, TWO(""), HOUR_MS);
	assert_int_equal(w->nalerts, 0);
}

/* The daemon is down for a while, and restarted in between. */
static void
without_a_second_one_it_rings_as_unconfirmed(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	world_live(w, TWO(""), 30 * MIN_MS);
	world_live(w, TWO(""), 59 * MIN_MS);
	assert_int_equal(w->nalerts, 0);
	world_live(w, TWO(""), 2 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 1);
	assert_int_equal(
	    world_rang(w, "\"publishers\":1,\"unconfirmed\":true"), 1);
	publish(w, "two", STORY("x", "UN vote: ceasefire now", ""));
	world_live(w, TWO(""), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(world_rang(w, "\"type\":\"alert.confirmed\""), 1);
	assert_int_equal(world_rang(w, "unconfirmed"), 1);
}

static void
what_waits_outlives_a_long_rest(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	world_live(w, TWO(""), 10 * MIN_MS);
	sim_begin(SIM_EPOCH_MS + 30 * DAY_MS);
	world_live(w, TWO(""), 10 * MIN_MS);
	assert_int_equal(world_rang(w, "\"unconfirmed\":true"), 1);
	world_live(w, TWO(""), DAY_MS);
	assert_int_equal(w->nalerts, 1);
}

static void
with_hold_too_few_publishers_raise_nothing(void **state)
{
	struct world *w = *state;
	const char *config = TWO(", else: hold");

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	world_live(w, config, 2 * HOUR_MS);
	publish(w, "two", STORY("x", "UN vote: ceasefire now", ""));
	world_live(w, config, HOUR_MS);
	assert_int_equal(w->nalerts, 0); /* it waits anew */
	publish(w, "three", STORY("y", "A ceasefire at last", ""));
	world_live(w, config, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(world_rang(w, "\"title\":\"A ceasefire at last\""), 1);
}

static void
the_newest_item_rings_as_unconfirmed(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	world_live(w, TWO(""), 20 * MIN_MS);
	publish(w, "one", STORY("2", "Council adopts ceasefire: votes", ""));
	world_live(w, TWO(""), 2 * HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(
	    world_rang(w, "\"title\":\"Council adopts ceasefire: votes\""), 1);
	assert_int_equal(
	    world_rang(w, "\"also\":[{\"title\":\"Council adopts ceasefire\""),
	    1);
}

static void
a_filter_that_is_gone_waits_for_nothing(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	world_live(w, TWO(""), 10 * MIN_MS);
	world_live(w, FEEDS "filters: {other: {match: rain}}\n", 2 * HOUR_MS);
	world_live(w, TWO(""), 2 * HOUR_MS);
	assert_int_equal(w->nalerts, 0);
}

static void
unconfirmed_ones_wait_for_mute_hours_to_end(void **state)
{
	struct world *w = *state;
	const char *config = FEEDS FILTER_WITH(
	    ", sources: {at-least: 2, within: 90m},"
	    " mute: '06:00-08:00 UTC'");

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	world_live(w, config, 167 * MIN_MS);
	assert_int_equal(w->nalerts, 0);
	world_live(w, config, 2 * MIN_MS);
	assert_int_equal(world_rang(w, "\"unconfirmed\":true"), 1);
}

static void
unconfirmed_ones_keep_to_the_limit(void **state)
{
	struct world *w = *state;
	const char *config = FEEDS FILTER_WITH(
	    ", sources: {at-least: 2, within: 1h}, limit: 1/d");

	nobody_publishes(w);
	publish(w, "one",
	    STORY("1", "Council adopts ceasefire", "")
		ITEM("2", "Harbour workers of Riga want a ceasefire"));
	world_live(w, config, 2 * HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	world_live(w, config, DAY_MS);
	assert_int_equal(w->nalerts, 2);
	assert_non_null(strstr(digest(w, 1), "\"count\":1,"));
}

struct change {
	struct world *w;
	const char *config;
};

static void
on_change(void *arg)
{
	const struct change *c = arg;

	world_reload(c->w, c->config);
}

/* A file that is refused changes nothing, one without the option does not hold
 * back any more. */
static void
what_waits_goes_through_a_reload(void **state)
{
	struct world *w = *state;
	struct change bad = { w, FEEDS FILTER_WITH(", sources: 2") };
	struct change good = { w, FEEDS FILTER };

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	sim_at(20 * MIN_MS, on_change, &bad);
	world_live_from_file(w, TWO(""), 89 * MIN_MS);
	assert_int_equal(w->nalerts, 0);
	sim_at(SEC_MS, on_change, &good);
	world_live_from_file(w, TWO(""), 5 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(world_rang(w, "\"unconfirmed\":true"), 1);
	publish(w, "two", STORY("x", "UN vote: ceasefire now", ""));
	world_live_from_file(w, FEEDS FILTER, HOUR_MS);
	assert_int_equal(world_rang(w, "\"type\":\"alert.confirmed\""), 1);
}

/* The filter goes while its story waits. */
static void
a_reload_without_the_filter_drops_what_waits(void **state)
{
	struct world *w = *state;
	struct change gone = { w, FEEDS "filters: {other: {match: rain}}\n" };

	nobody_publishes(w);
	publish(w, "one", STORY("1", "Council adopts ceasefire", ""));
	sim_at(20 * MIN_MS, on_change, &gone);
	world_live_from_file(w, TWO(""), 3 * HOUR_MS);
	assert_int_equal(w->nalerts, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_comes_in_mute_hours_never_rings),
		T(only_the_mute_filter_is_mute),
		T(a_story_that_began_in_mute_hours_rings_after_them),
		T(what_rang_before_mute_hours_is_not_muted),
		T(what_was_muted_stays_so_when_its_article_comes),
		T(beyond_the_limit_one_digest_tells),
		T(within_the_limit_there_is_no_digest),
		T(a_digest_outlives_a_restart),
		T(a_digest_shows_twenty_and_counts_all),
		T(titles_without_room_leave_nothing_behind),
		T(a_digest_is_whole_whatever_stands_in_it),
		T(a_clock_that_is_set_back_hides_no_digest),
		T(a_clock_that_is_set_back_ends_the_span),
		T(a_digest_waits_for_the_end_of_mute_hours),
		T(the_digest_of_a_filter_that_is_gone_is_dropped),
		T(a_shorter_limit_counts_at_once),
		T(without_its_limit_the_digest_still_comes),
		T(a_story_waits_for_its_second_publisher),
		T(one_wire_service_is_one_publisher),
		T(without_a_second_one_it_rings_as_unconfirmed),
		T(what_waits_outlives_a_long_rest),
		T(with_hold_too_few_publishers_raise_nothing),
		T(the_newest_item_rings_as_unconfirmed),
		T(a_filter_that_is_gone_waits_for_nothing),
		T(unconfirmed_ones_wait_for_mute_hours_to_end),
		T(unconfirmed_ones_keep_to_the_limit),
		T(what_waits_goes_through_a_reload),
		T(a_reload_without_the_filter_drops_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
