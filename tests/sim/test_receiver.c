/* tests/sim/test_receiver.c: receivers that are away for long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define FEED "http://wire.example/rss"
#define DESK "http://desk.example/"

#define CONFIG \
	"feeds: {wire: {url: '" FEED "', every: 10m, article: never}}\n" \
	"filters: {truce: {match: ceasefire}}\n"

static void
show_second(void *arg)
{
	(void)world_feed(arg, FEED, "", NEWS("1") NEWS("2"));
}

static void
open_desk(void *arg)
{
	((struct world *)arg)->broken_receiver = NULL;
}

static void
an_alert_is_given_up_after_its_time_and_the_next_one_is_not(void **state)
{
	struct world *w = *state;
	int64_t dead = metrics.dead_letters;

	(void)world_feed(w, FEED, "", NEWS("1"));
	w->broken_receiver = DESK;
	world_live(w, CONFIG, DAY_MS);
	sim_at(DAY_MS, show_second, w);
	sim_at(2 * DAY_MS + 2 * HOUR_MS, open_desk, w);
	world_live(w, CONFIG, 3 * DAY_MS);
	assert_int_equal(metrics.dead_letters - dead, 1);
	assert_int_equal(world_rang(w, "\"id\":\"1\""), 0);
	assert_int_equal(world_rang(w, "\"id\":\"2\""), 1);
}

static void
set_the_clock_forward(void *arg)
{
	(void)arg;
	sim_set_wall(SIM_EPOCH_MS + 365 * DAY_MS);
}

static void
a_clock_that_is_set_forward_makes_nobody_give_up(void **state)
{
	struct world *w = *state;
	int64_t dead = metrics.dead_letters;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2"));
	w->broken_receiver = DESK;
	sim_at(5 * HOUR_MS, set_the_clock_forward, w);
	sim_at(5 * HOUR_MS + 50 * MIN_MS, open_desk, w);
	world_live(w, CONFIG, 7 * HOUR_MS);
	assert_int_equal(metrics.dead_letters - dead, 0);
	assert_int_equal(w->nalerts, 2);
}

/* While it was wrong, a next attempt was noted. */
static void
a_clock_that_is_set_right_at_a_restart_delays_nothing(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2"));
	w->broken_receiver = DESK;
	sim_begin(SIM_EPOCH_MS + 3 * DAY_MS);
	world_live(w, CONFIG, HOUR_MS);
	sim_begin(SIM_EPOCH_MS);
	w->broken_receiver = NULL;
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
}

/* Its network comes up after it. */
static void
a_daemon_that_was_off_for_days_does_not_give_up_at_once(void **state)
{
	struct world *w = *state;
	int64_t dead = metrics.dead_letters;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2"));
	w->broken_receiver = DESK;
	world_live(w, CONFIG, MIN_MS);
	sim_begin(SIM_EPOCH_MS + 5 * DAY_MS);
	sim_at(10 * MIN_MS, open_desk, w);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(metrics.dead_letters - dead, 0);
	assert_int_equal(w->nalerts, 2);
}

/* A site that brings an item every quarter of an hour for a day, and a receiver
 * that is away meanwhile. */
struct outage {
	struct str document;
	size_t attempts, delivered;
	bool in_order;
	size_t next; /* number of the alert that may come at the earliest */
	int64_t last_ms,
	    least_gap_ms; /* between attempts after the first hour */
};
#define OUTAGE_MS DAY_MS
#define OUTAGE_ITEMS (OUTAGE_MS / (15 * MIN_MS))
/* From 200 ms to half an hour it doubles 13 times, then that comes 48 times. */
#define OUTAGE_ATTEMPTS (13 + OUTAGE_MS / (30 * MIN_MS))

static void
note_attempt(struct outage *o, const struct http_request *req, bool works)
{
	int64_t now_ms = sim_wall_ms() - SIM_EPOCH_MS;
	const char *number = strstr(req->body.p, "number ");
	size_t n = number != NULL ? strtoul(number + 7, NULL, 10) : 0;

	o->attempts++;
	if (o->last_ms > HOUR_MS && now_ms < OUTAGE_MS &&
	    now_ms - o->last_ms < o->least_gap_ms)
		o->least_gap_ms = now_ms - o->last_ms;
	o->last_ms = now_ms;
	if (n < o->next)
		o->in_order = false;
	o->next = works ? n + 1 : n;
	o->delivered += works;
}

static void
add_items(struct outage *o, int64_t n)
{
	str_clear(&o->document);
	(void)str_adds(&o->document, "<rss version='2.0'><channel>");
	for (int i = 1; i <= n; i++)
		(void)str_addf(&o->document,
		    "<item><guid>%d</guid>"
		    "<title>A ceasefire, number %d.</title></item>",
		    i, i);
	(void)str_adds(&o->document, "</channel></rss>");
}

static void
serve_outage(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct outage *o = arg;
	int64_t now_ms = sim_wall_ms() - SIM_EPOCH_MS;
	int64_t n = now_ms / (15 * MIN_MS) + 1;

	out->takes_ms = 20;
	out->status = req->post && now_ms < OUTAGE_MS ? 503 : 200;
	if (!req->post) {
		add_items(o, n < OUTAGE_ITEMS ? n : OUTAGE_ITEMS);
		out->body = str_sv(&o->document);
		return;
	}
	note_attempt(o, req, out->status == 200);
}

static struct outage *
begin_outage(struct world *w)
{
	static struct outage o;

	o = (struct outage) { .in_order = true, .least_gap_ms = DAY_MS };
	str_init(&o.document, KiB(64));
	w->serve = serve_outage;
	w->arg = &o;
	return &o;
}

static void
after_a_day_of_outage_all_come_once_and_in_order(void **state)
{
	struct world *w = *state;
	struct outage *o = begin_outage(w);

	world_live(w, CONFIG, 7 * HOUR_MS);
	world_live(w, CONFIG, 5 * HOUR_MS);
	world_live(w, CONFIG, OUTAGE_MS - 12 * HOUR_MS);
	assert_int_equal(o->delivered, 0);
	assert_in_range(o->attempts, 40, OUTAGE_ATTEMPTS);
	assert_in_range(o->least_gap_ms, 25 * MIN_MS, DAY_MS);
	world_live(w, CONFIG, 40 * MIN_MS);
	assert_int_equal(o->delivered, OUTAGE_ITEMS);
	assert_true(o->in_order);
	/* All of them in the minute after the first. */
	assert_in_range(o->last_ms - OUTAGE_MS, 0, 37 * MIN_MS);
	assert_in_range(o->attempts - o->delivered, 40, OUTAGE_ATTEMPTS + 1);
	str_done(&o->document);
}

/* Then each alert that is overdue has one attempt of its own, and no two come
 * within ten seconds; those that are not overdue are delivered at last. */
static void
in_a_day_of_outage_giving_up_is_no_volley(void **state)
{
	struct world *w = *state;
	struct outage *o = begin_outage(w);
	int64_t dead = metrics.dead_letters;

	w->desk = ", trouble: no, give-up: 6h";
	world_live(w, CONFIG, 11 * HOUR_MS);
	world_live(w, CONFIG, OUTAGE_MS - 11 * HOUR_MS);
	dead = metrics.dead_letters - dead;
	assert_in_range(dead, 60, (OUTAGE_MS - 6 * HOUR_MS) / (15 * MIN_MS));
	assert_in_range(o->attempts, dead, OUTAGE_ATTEMPTS + (size_t)dead);
	assert_in_range(o->least_gap_ms, 10 * SEC_MS, DAY_MS);
	world_live(w, CONFIG, 40 * MIN_MS);
	assert_int_equal(o->delivered + (size_t)dead, OUTAGE_ITEMS);
	assert_true(o->in_order);
	str_done(&o->document);
}

/* The receiver dislikes the first of five alerts and takes all others. */
static void
serve_picky(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct outage *o = arg;

	out->takes_ms = 20;
	out->status = 200;
	if (!req->post) {
		add_items(o, 5);
		out->body = str_sv(&o->document);
		return;
	}
	if (strstr(req->body.p, "number 1.") != NULL)
		out->status = 422;
	note_attempt(o, req, out->status == 200);
}

static void
an_alert_that_is_disliked_takes_no_other_with_it(void **state)
{
	struct world *w = *state;
	struct outage *o = begin_outage(w);
	int64_t dead = metrics.dead_letters;

	w->serve = serve_picky;
	world_live(w, CONFIG, 3 * DAY_MS - HOUR_MS);
	assert_int_equal(metrics.dead_letters - dead, 0);
	assert_int_equal(o->delivered, 0);
	world_live(w, CONFIG, 3 * HOUR_MS);
	assert_int_equal(metrics.dead_letters - dead, 1);
	assert_int_equal(o->delivered, 4);
	assert_true(o->in_order);
	str_done(&o->document);
}

static void
one_that_is_away_does_not_delay_another(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2"));
	w->destinations =
	    "  night: {type: webhook, url: 'http://night.example/'}\n";
	w->broken_receiver = DESK;
	world_live(w, CONFIG, SEC_MS);
	assert_int_equal(w->nalerts, 2);
	w->broken_receiver = NULL;
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 4);
}

static void
reload(void *arg)
{
	struct world *w = arg;

	w->receiver = 204;
	world_reload(w, CONFIG);
}

static void
one_that_is_gone_is_asked_again_after_a_reload(void **state)
{
	struct world *w = *state;
	int64_t failed = metrics.deliveries_failed;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2"));
	w->receiver = 410;
	sim_at(DAY_MS, reload, w);
	world_live_from_file(w, CONFIG, DAY_MS + MIN_MS);
	assert_int_equal(metrics.deliveries_failed - failed, 1);
	assert_int_equal(w->nalerts, 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_alert_is_given_up_after_its_time_and_the_next_one_is_not),
		T(a_clock_that_is_set_forward_makes_nobody_give_up),
		T(a_clock_that_is_set_right_at_a_restart_delays_nothing),
		T(a_daemon_that_was_off_for_days_does_not_give_up_at_once),
		T(after_a_day_of_outage_all_come_once_and_in_order),
		T(in_a_day_of_outage_giving_up_is_no_volley),
		T(an_alert_that_is_disliked_takes_no_other_with_it),
		T(one_that_is_away_does_not_delay_another),
		T(one_that_is_gone_is_asked_again_after_a_reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
