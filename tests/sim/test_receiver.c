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
		T(one_that_is_away_does_not_delay_another),
		T(one_that_is_gone_is_asked_again_after_a_reload),
	};

	log_init(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
