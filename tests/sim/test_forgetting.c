/* tests/sim/test_forgetting.c: what is remembered of items that left their
 * feed, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/str.h"
#include "store/store.h"
#include "tests/sim/world.h"

#define FEED "http://wire.example/rss"
#define CONFIG(every) \
	"feeds: {wire: {url: '" FEED "', every: " every ", article: never}}\n" \
	"filters: {truce: {match: ceasefire}}\n"
#define STANDING \
	"<item><guid isPermaLink=\"false\">standing</guid>" \
	"<title>A ceasefire holds</title></item>"

/* So many items, and one that always stays. */
static void
add_items(struct str *out, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		(void)str_addf(out, "<item><guid>%zu</guid></item>", i);
	assert_true(str_adds(out, STANDING));
}

static void
serve_items(struct world *w, size_t from, size_t n)
{
	struct str items;

	str_init(&items, MiB(1));
	add_items(&items, from, n);
	(void)world_feed(w, FEED, "", str_c(&items));
	str_done(&items);
}

static int64_t
remembered(const struct world *w)
{
	struct store_stats stats;
	struct store *s;
	struct err e;

	s = store_open(w->dir, NULL, &e);
	assert_non_null(s);
	assert_true(store_read_stats(s, &stats, &e));
	store_close(s);
	return stats.items;
}

static void
all_that_left_is_forgotten_after_90_days(void **state)
{
	struct world *w = *state;

	serve_items(w, 0, 3000);
	world_live(w, CONFIG("12h"), MIN_MS);
	serve_items(w, 0, 0);
	world_live(w, CONFIG("12h"), 89 * DAY_MS);
	assert_int_equal(remembered(w), 3001);
	world_live(w, CONFIG("12h"), 3 * DAY_MS);
	assert_int_equal(remembered(w), 1);
	assert_int_equal(w->nalerts, 1);
}

#define OTHERS \
	"feeds: {other: {url: 'http://other.example/rss', every: 12h}}\n" \
	"filters: {truce: {match: ceasefire}}\n"

/* Not news for a new feed. */
#define DATED \
	"<item><guid isPermaLink=\"false\">dated</guid>" \
	"<pubDate>Mon, 25 Mar 2024 05:12:09 GMT</pubDate>" \
	"<title>A ceasefire dated</title></item>"

/* The feed has been in the configuration, and then not for so long. */
static void
leave_for(struct world *w, int64_t ms)
{
	serve_items(w, 0, 3000);
	(void)world_feed(w, "http://other.example/rss", "", "");
	world_live(w, CONFIG("12h"), MIN_MS);
	assert_int_equal(w->nalerts, 1);
	world_live(w, OTHERS, ms);
	assert_int_equal(remembered(w), 3001);
}

static void
a_feed_that_comes_back_rings_nothing_again(void **state)
{
	struct world *w = *state;

	leave_for(w, 99 * DAY_MS);
	world_live(w, OTHERS, 2 * HOUR_MS);
	assert_int_equal(remembered(w), 3001);
	world_live(w, CONFIG("12h"), MIN_MS);
	assert_int_equal(w->nalerts, 1);
}

static void
a_feed_that_left_for_long_is_forgotten(void **state)
{
	struct world *w = *state;

	leave_for(w, 101 * DAY_MS);
	world_live(w, OTHERS, 2 * HOUR_MS);
	assert_int_equal(remembered(w), 0);
	(void)world_feed(w, FEED, "", DATED);
	world_live(w, CONFIG("12h"), MIN_MS);
	assert_int_equal(remembered(w), 1);
	assert_int_equal(world_rang(w, "dated"), 0);
}

/* The daemon was down, the feed was never taken out. */
static void
a_feed_that_stayed_is_not_forgotten(void **state)
{
	struct world *w = *state;

	serve_items(w, 0, 3000);
	world_live(w, CONFIG("12h"), MIN_MS);
	sim_begin(SIM_EPOCH_MS + 101 * DAY_MS);
	world_live(w, CONFIG("12h"), 2 * HOUR_MS);
	assert_int_equal(remembered(w), 3001);
	assert_int_equal(w->nalerts, 1);
}

static void
on_time(void *arg)
{
	sim_set_wall(*(int64_t *)arg);
}

/* Until somebody tells it the time. */
static void
a_clock_that_starts_a_year_ahead_forgets_nothing(void **state)
{
	struct world *w = *state;
	int64_t right = SIM_EPOCH_MS + 2 * DAY_MS;

	leave_for(w, DAY_MS);
	sim_begin(right + 365 * DAY_MS);
	sim_at(10 * MIN_MS, on_time, &right);
	world_live(w, OTHERS, 3 * HOUR_MS);
	assert_int_equal(remembered(w), 3001);
}

static void
on_return(void *arg)
{
	world_reload(arg, CONFIG("12h"));
}

/* What is forgotten of it may have been in the document. */
static void
a_feed_that_comes_back_while_it_is_forgotten_is_new(void **state)
{
	struct world *w = *state;

	leave_for(w, 101 * DAY_MS);
	(void)world_feed(w, FEED, "", DATED);
	sim_at(HOUR_MS + 50, on_return, w);
	world_live_from_file(w, OTHERS, 2 * HOUR_MS);
	assert_int_equal(remembered(w), 1);
	assert_int_equal(world_rang(w, "dated"), 0);
}

/* Its first answer comes when all of it would be forgotten. */
static void
a_feed_that_comes_back_before_that_is_as_it_was(void **state)
{
	struct world *w = *state;
	int64_t alerted;

	leave_for(w, 101 * DAY_MS);
	alerted = metrics.items_alerted;
	w->pages[0].reply.takes_ms = 5 * SEC_MS;
	sim_at(HOUR_MS - 50, on_return, w);
	world_live_from_file(w, OTHERS, 2 * HOUR_MS);
	assert_int_equal(world_asked(w, FEED), 2);
	assert_int_equal(remembered(w), 3001);
	assert_int_equal(metrics.items_alerted, alerted);
}

static void
on_more_feeds(void *arg)
{
	static const char *const names[] = { "x", "y", "z" };
	static size_t n;
	char config[1024];

	(void)snprintf(config, sizeof(config),
	    "feeds: {other: {url: 'http://other.example/rss', every: 12h}, "
	    "%s: {url: 'http://other.example/rss', every: 12h}}\n"
	    "filters: {truce: {match: ceasefire}}\n",
	    names[n++ % COUNTOF(names)]);
	world_reload(arg, config);
}

static void
on_note_commits(void *arg)
{
	*(int64_t *)arg = metrics.commits;
}

/* Each reload finds it again. */
static void
a_feed_is_forgotten_once(void **state)
{
	struct world *w = *state;
	int64_t before = 0;

	leave_for(w, 101 * DAY_MS);
	for (int i = 1; i <= 3; i++)
		sim_at(i * 10 * MIN_MS, on_more_feeds, w);
	sim_at(HOUR_MS - 50, on_note_commits, &before);
	world_live_from_file(w, OTHERS, HOUR_MS + 10 * SEC_MS);
	assert_int_equal(metrics.commits - before, 3001 / 200 + 1);
	assert_int_equal(remembered(w), 0);
}

/* The daemon ends in the middle, and goes on when it lives again. */
static void
forgetting_goes_on_after_a_restart(void **state)
{
	struct world *w = *state;

	leave_for(w, 101 * DAY_MS);
	world_live(w, OTHERS, HOUR_MS + 50);
	assert_in_range(remembered(w), 1, 3000);
	world_live(w, OTHERS, 2 * HOUR_MS);
	assert_int_equal(remembered(w), 0);
}

struct flood {
	struct str document;
	size_t documents, alerts;
};

/* Each document is full of new items. */
static void
serve_flood(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct flood *f = arg;

	out->takes_ms = 100;
	out->status = req->post ? 204 : 200;
	if (req->post) {
		f->alerts++;
		return;
	}
	str_clear(&f->document);
	(void)str_adds(&f->document, "<rss><channel>");
	add_items(&f->document, f->documents++ * FEED_ITEMS, FEED_ITEMS - 1);
	assert_true(str_adds(&f->document, "</channel></rss>"));
	out->body = str_sv(&f->document);
}

static void
a_flood_of_items_is_not_remembered_for_ever(void **state)
{
	struct world *w = *state;
	struct flood f = { .documents = 0 };

	str_init(&f.document, MiB(1));
	w->serve = serve_flood;
	w->arg = &f;
	world_live(w, CONFIG("1h"), 12 * HOUR_MS);
	assert_in_range(f.documents, 10, 13);
	assert_in_range(remembered(w), FEED_REMEMBERED / 2,
	    FEED_REMEMBERED * 3 / 2 + FEED_ITEMS);
	assert_int_equal(f.alerts, 1);
	str_done(&f.document);
}

/* Some ms each, so that the loop does not stall. */
static void
known_items_are_noted_in_several_transactions(void **state)
{
	struct world *w = *state;
	int64_t commits;

	serve_items(w, 0, FEED_ITEMS - 1);
	world_live(w, CONFIG("1h"), MIN_MS);
	commits = metrics.commits;
	world_live(w, CONFIG("1h"), HOUR_MS);
	assert_int_equal(world_asked(w, FEED), 2);
	assert_true(metrics.commits - commits >= 3);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_that_left_is_forgotten_after_90_days),
		T(a_feed_that_comes_back_rings_nothing_again),
		T(a_feed_that_left_for_long_is_forgotten),
		T(a_feed_that_stayed_is_not_forgotten),
		T(a_clock_that_starts_a_year_ahead_forgets_nothing),
		T(a_feed_that_comes_back_while_it_is_forgotten_is_new),
		T(a_feed_that_comes_back_before_that_is_as_it_was),
		T(a_feed_is_forgotten_once),
		T(forgetting_goes_on_after_a_restart),
		T(a_flood_of_items_is_not_remembered_for_ever),
		T(known_items_are_noted_in_several_transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
