/* tests/sim/test_receiver.c: receivers that are away for long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define FEED "http://wire.example/rss"
#define DESK "http://desk.example/"

#define CONFIG \
	"feeds: {wire: {url: '" FEED "', every: 10m, article: never}}\n" \
	"filters: {truce: {match: ceasefire}}\n"

#define ITEM(id) \
	"<item><guid isPermaLink=\"false\">" id "</guid>" \
	"<title>A ceasefire holds</title></item>"

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
show_second(void *arg)
{
	(void)world_feed(arg, FEED, "", ITEM("1") ITEM("2"));
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

	(void)world_feed(w, FEED, "", ITEM("1"));
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

	(void)world_feed(w, FEED, "", ITEM("1") ITEM("2"));
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

	(void)world_feed(w, FEED, "", ITEM("1") ITEM("2"));
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

	(void)world_feed(w, FEED, "", ITEM("1") ITEM("2"));
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
};
#define OUTAGE_MS DAY_MS
#define OUTAGE_ITEMS (OUTAGE_MS / (15 * MIN_MS))

static void
serve_outage(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct outage *o = arg;
	int64_t now_ms = sim_wall_ms() - SIM_EPOCH_MS;
	int64_t n = now_ms / (15 * MIN_MS) + 1;
	char this[32];

	out->takes_ms = 20;
	out->status = req->post && now_ms < OUTAGE_MS ? 503 : 200;
	if (!req->post) {
		str_clear(&o->document);
		(void)str_adds(&o->document, "<rss version='2.0'><channel>");
		for (n = n < OUTAGE_ITEMS ? n : OUTAGE_ITEMS; n > 0; n--)
			(void)str_addf(&o->document,
			    "<item><guid>%d</guid>"
			    "<title>A ceasefire, number %d.</title></item>",
			    (int)n, (int)n);
		(void)str_adds(&o->document, "</channel></rss>");
		out->body = str_sv(&o->document);
		return;
	}
	o->attempts++;
	if (out->status != 200)
		return;
	(void)snprintf(this, sizeof(this), "number %zu.", ++o->delivered);
	if (strstr(req->body.p, this) == NULL)
		o->in_order = false;
}

static void
after_a_day_of_outage_all_come_once_and_in_order(void **state)
{
	struct world *w = *state;
	struct outage o = { .in_order = true };

	str_init(&o.document, KiB(64));
	w->serve = serve_outage;
	w->arg = &o;
	world_live(w, CONFIG, 7 * HOUR_MS);
	world_live(w, CONFIG, OUTAGE_MS - 7 * HOUR_MS + 40 * MIN_MS);
	assert_int_equal(o.delivered, OUTAGE_ITEMS);
	assert_true(o.in_order);
	/* From 200 ms to half an hour, twice. */
	assert_in_range(o.attempts - o.delivered, 40, 90);
	str_done(&o.document);
}

static void
one_that_is_away_does_not_delay_another(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", ITEM("1") ITEM("2"));
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
	world_write_file(w, CONFIG);
	sim_raise(SIGHUP);
}

static void
one_that_is_gone_is_asked_again_after_a_reload(void **state)
{
	struct world *w = *state;
	int64_t failed = metrics.deliveries_failed;

	(void)world_feed(w, FEED, "", ITEM("1") ITEM("2"));
	w->receiver = 410;
	sim_at(DAY_MS, reload, w);
	world_live_from_file(w, CONFIG, DAY_MS + MIN_MS);
	assert_int_equal(metrics.deliveries_failed - failed, 1);
	assert_int_equal(w->nalerts, 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_alert_is_given_up_after_its_time_and_the_next_one_is_not),
		T(a_clock_that_is_set_forward_makes_nobody_give_up),
		T(a_clock_that_is_set_right_at_a_restart_delays_nothing),
		T(a_daemon_that_was_off_for_days_does_not_give_up_at_once),
		T(after_a_day_of_outage_all_come_once_and_in_order),
		T(one_that_is_away_does_not_delay_another),
		T(one_that_is_gone_is_asked_again_after_a_reload),
	};

	log_init(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
