/* tests/sim/test_polling.c: how servers are treated, and what a reload, a
 * restart or a full outbox changes about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define FEED "http://wire.example/rss"
#define MOVED "http://new.example/rss"

#define FEEDS_WIRE(every) \
	"feeds: {wire: {url: '" FEED "', every: " every ", article: never}}\n"
#define CONFIG FEEDS_WIRE("10m") FILTER

#define DATED(id, date) \
	"<item><guid isPermaLink=\"false\">" id "</guid><pubDate>" date \
	"</pubDate><title>A ceasefire holds</title></item>"

static void
validators_come_back_byte_for_byte_also_after_a_restart(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED,
	    "etag: W/\"a b\"\nlast-modified: sometime last week\n", NEWS("1"));
	world_live(w, CONFIG, 15 * MIN_MS);
	world_live(w, CONFIG, 15 * MIN_MS);
	assert_null(world_request(w, FEED, 0)->if_none_match);
	for (size_t i = 1; i < world_asked(w, FEED); i++) {
		const struct request *r = world_request(w, FEED, i);

		assert_string_equal(r->if_none_match, "W/\"a b\"");
		assert_string_equal(r->if_modified_since, "sometime last week");
	}
	assert_int_equal(w->nalerts, 1);
}

static void
a_document_that_is_cut_leaves_no_validator(void **state)
{
	struct world *w = *state;
	struct page *p = world_feed(
	    w, FEED, "etag: \"1\"\n", NEWS("1") NEWS("2"));

	p->reply.body.len = sv_find(p->reply.body, SV("ceasefire holds 2"));
	world_live(w, CONFIG, 15 * MIN_MS);
	assert_int_equal(w->nalerts, 1); /* what stood before the cut */
	(void)world_feed(w, FEED, "etag: \"1\"\n", NEWS("1") NEWS("2"));
	world_live(w, CONFIG, HOUR_MS);
	assert_null(world_request(w, FEED, 1)->if_none_match);
	assert_int_equal(w->nalerts, 2);
}

static void
another_url_does_not_get_the_validators(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "etag: \"1\"\n", NEWS("1"));
	(void)world_feed(w, MOVED, "etag: \"1\"\n", NEWS("1"));
	world_live(w, CONFIG, MIN_MS);
	world_live(w,
	    "feeds: {wire: {url: '" MOVED "', article: never}}\n" FILTER,
	    MIN_MS);
	assert_null(world_request(w, MOVED, 0)->if_none_match);
	assert_int_equal(w->nalerts, 1); /* the item is known */
}

static void
a_promise_is_kept_across_a_restart(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "cache-control: max-age=7200\n", NEWS("1"));
	world_live(w, CONFIG, HOUR_MS);
	world_live(w, CONFIG, 2 * HOUR_MS);
	assert_int_equal(world_asked(w, FEED), 2);
	assert_true(world_gap(w, FEED, 0) >= 2 * HOUR_MS);
}

static void
a_server_that_is_away_is_asked_each_hour_and_at_once_as_before(void **state)
{
	struct world *w = *state;
	size_t n;

	(void)world_page(w, FEED, 0, "", "");
	world_live(w, CONFIG, DAY_MS);
	n = world_asked(w, FEED);
	assert_in_range(n, 22, 28);
	assert_in_range(world_gap(w, FEED, n - 2), HOUR_MS, 66 * MIN_MS + 1000);
	(void)world_feed(w, FEED, "", NEWS("1"));
	world_live(w, CONFIG, 2 * HOUR_MS);
	n = world_asked(w, FEED);
	assert_in_range(world_gap(w, FEED, n - 2), 10 * MIN_MS, 12 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
}

static void
a_feed_that_is_gone_is_not_asked_again(void **state)
{
	struct world *w = *state;

	(void)world_page(w, FEED, 410, "", "");
	world_live(w, CONFIG, DAY_MS);
	world_live(w, CONFIG, DAY_MS);
	assert_int_equal(world_asked(w, FEED), 1);
}

static void
a_permanent_redirect_is_believed_after_a_week(void **state)
{
	struct world *w = *state;
	struct page *p = world_feed(w, FEED, "", NEWS("1"));
	size_t old, new;

	p->reply.permanent = MOVED;
	(void)world_feed(w, MOVED, "", NEWS("1"));
	world_live(w, CONFIG, 6 * DAY_MS);
	assert_int_equal(world_asked(w, MOVED), 0);
	world_live(w, CONFIG, 2 * DAY_MS);
	assert_true(world_asked(w, MOVED) > 100);
	/* The new place breaks: the old one is asked again. */
	(void)world_page(w, MOVED, 404, "", "");
	old = world_asked(w, FEED);
	new = world_asked(w, MOVED);
	world_live(w, CONFIG, 2 * HOUR_MS);
	assert_int_equal(world_asked(w, MOVED), new + 1);
	assert_true(world_asked(w, FEED) > old);
}

static const struct request *
last_request(const struct world *w, const char *url)
{
	return world_request(w, url, world_asked(w, url) - 1);
}

static void
a_password_does_not_follow_a_feed_to_another_host(void **state)
{
#define SECURE "https://wire.example/rss"
	const char *config = "feeds: {wire: {url: '" FEED "', every: 1h,"
			     " auth: {user: u, password: p}}}\n" FILTER;
	struct world *w = *state;

	world_feed(w, FEED, "", NEWS("1"))->reply.permanent = MOVED;
	(void)world_feed(w, MOVED, "", NEWS("1"));
	world_live(w, config, 8 * DAY_MS);
	assert_true(last_request(w, FEED)->with_password);
	assert_false(last_request(w, MOVED)->with_password);
	/* The same host, protected, is no other. */
	(void)world_page(w, MOVED, 404, "", "");
	world_feed(w, FEED, "", NEWS("1"))->reply.permanent = SECURE;
	(void)world_feed(w, SECURE, "", NEWS("1"));
	world_live(w, config, DAY_MS);
	assert_true(last_request(w, SECURE)->with_password);
#undef SECURE
}

static void
the_first_poll_rings_for_nothing_old(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "",
	    DATED("old", "Mon, 25 Mar 2024 05:12:09 GMT")
		DATED("new", "Tue, 26 Mar 2024 05:00:00 GMT") NEWS("undated"));
	world_live(w, CONFIG, 15 * MIN_MS);
	assert_int_equal(world_rang(w, "\"id\":\"old\""), 0);
	assert_int_equal(world_rang(w, "\"id\":\"new\""), 1);
	assert_int_equal(world_rang(w, "\"id\":\"undated\""), 1);
	/* Later an item is new when it is, whatever its date says. */
	(void)world_feed(w, FEED, "",
	    DATED("old", "Mon, 25 Mar 2024 05:12:09 GMT")
		DATED("late", "Mon, 25 Mar 2024 05:12:09 GMT"));
	world_live(w, CONFIG, 15 * MIN_MS);
	assert_int_equal(world_rang(w, "\"id\":\"late\""), 1);
	assert_int_equal(w->nalerts, 3);
}

/* The feed is followed since 05:12. */
static void
what_came_while_a_feed_could_not_be_read_is_news(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < 2; i++) {
		struct page *p = world_feed(w, FEED, "", NEWS("0"));

		if (i == 0)
			p->reply.cut = true;
		else
			p->reply.status = 0;
		world_live(w, CONFIG, 12 * HOUR_MS);
		world_live(w, CONFIG, 12 * HOUR_MS);
		(void)world_feed(w, FEED, "",
		    DATED("old", "Tue, 26 Mar 2024 04:00:00 GMT")
			DATED("new", "Tue, 26 Mar 2024 08:00:00 GMT"));
		world_live(w, CONFIG, 2 * HOUR_MS);
		assert_int_equal(w->nalerts, i == 0 ? 2 : 1);
		(void)world_end(state);
		(void)world_begin(state);
	}
}

static void
an_item_twice_in_a_document_rings_once(void **state)
{
	struct world *w = *state;
	int64_t before = metrics.items_duplicate;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("1"));
	world_live(w, CONFIG, MIN_MS);
	assert_int_equal(w->nalerts, 1);
	assert_int_equal(metrics.items_duplicate - before, 1);
}

/* Twenty feeds of one host and one of another. */
static void
write_many(struct str *config, struct world *w, int status, const char *headers)
{
	char url[64];

	str_init(config, KiB(16));
	(void)str_adds(config, FILTER "feeds:\n");
	for (int i = 0; i <= 20; i++) {
		(void)snprintf(url, sizeof(url), "http://%s.example/%d",
		    i < 20 ? "busy" : "other", i);
		(void)str_addf(
		    config, "  f%d: {url: '%s', every: 10m}\n", i, url);
		(void)world_page(w, url, i < 20 ? status : 200,
		    i < 20 ? headers : "",
		    "<rss version='2.0'><channel><title>x</title></channel>"
		    "</rss>");
	}
}

static void
one_host_gets_one_exchange_at_a_time(void **state)
{
	struct world *w = *state;
	struct str config;
	int64_t last = 0, start = sim_wall_ms();

	write_many(&config, w, 200, "");
	world_live(w, str_c(&config), MIN_MS);
	assert_int_equal(w->nrequests, 21);
	for (size_t i = 0; i < w->nrequests; i++) {
		const struct request *r = &w->requests[i];

		if (strstr(r->url, "other") != NULL) {
			assert_true(r->at_ms - start < 1000);
			continue;
		}
		/* Each takes 100 ms and the gap is 100 ms. */
		assert_true(last == 0 || r->at_ms - last >= 100);
		last = r->at_ms;
	}
	str_done(&config);
}

static void
too_many_requests_hold_the_whole_host(void **state)
{
	struct world *w = *state;
	struct str config;
	size_t busy = 0;

	write_many(&config, w, 429, "retry-after: 1800\n");
	world_live(w, str_c(&config), 29 * MIN_MS);
	for (size_t i = 0; i < w->nrequests; i++)
		busy += strstr(w->requests[i].url, "busy") != NULL;
	assert_int_equal(busy, 1);
	assert_int_equal(world_asked(w, "http://other.example/20"), 3);
	str_done(&config);
}

static void
an_outage_of_the_receiver_loses_nothing_and_keeps_the_order(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2") NEWS("3"));
	w->receiver = 500;
	world_live(w, CONFIG, DAY_MS);
	assert_int_equal(w->nalerts, 0);
	w->receiver = 204;
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(w->alerts[0].body, "\"id\":\"1\""));
	assert_non_null(strstr(w->alerts[2].body, "\"id\":\"3\""));
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit r = { bytes, RLIM_INFINITY };

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void
fill_disk(void *arg)
{
	struct world *w = arg;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2"));
	limit_files(1);
}

static void
make_room(void *arg)
{
	(void)arg;
	limit_files(RLIM_INFINITY);
}

static void
a_full_disk_stops_the_polls_and_loses_nothing(void **state)
{
	struct world *w = *state;
	int64_t room = sim_wall_ms() + 5 * HOUR_MS;
	size_t before = 0;

	(void)world_feed(w, FEED, "", "");
	sim_at(MIN_MS, fill_disk, w);
	sim_at(5 * HOUR_MS, make_room, NULL);
	world_live(w, CONFIG, 5 * HOUR_MS + 20 * MIN_MS);
	for (size_t i = 0; i < w->nrequests; i++)
		before += w->requests[i].at_ms < room;
	assert_int_equal(before, 2);
	assert_true(w->nrequests > 2);
	assert_int_equal(w->nalerts, 2);
}

static void
reload(void *arg)
{
	struct world *w = arg;

	world_reload(w,
	    "feeds:\n"
	    "  wire: {url: '" FEED "', every: 10m, article: never}\n"
	    "  more: {url: '" MOVED "', every: 10m, article: never}\n"
	    "filters: {truce: {match: armistice}}\n");
}

static void
a_reload_takes_effect_and_keeps_the_schedule(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1"));
	(void)world_feed(w, MOVED, "", NEWS("2"));
	sim_at(5 * MIN_MS, reload, w);
	world_live_from_file(w, CONFIG, 9 * MIN_MS);
	assert_int_equal(world_asked(w, FEED), 1);
	assert_int_equal(world_asked(w, MOVED), 1);
	assert_int_equal(w->nalerts, 1); /* the new filter does not match */
}

static void
reload_broken(void *arg)
{
	struct world *w = arg;

	world_reload(w, "feeds: {wire: {url: 'gopher://x/'}}\n" FILTER);
}

static void
a_broken_file_changes_nothing(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1"));
	sim_at(5 * MIN_MS, reload_broken, w);
	world_live_from_file(w, CONFIG, 15 * MIN_MS);
	assert_int_equal(world_asked(w, FEED), 2);
}

static void
reload_elsewhere(void *arg)
{
	struct world *w = arg;

	world_reload(w,
	    "feeds: {wire: {url: '" MOVED
	    "', every: 10m, article: never}}\n" FILTER);
}

/* While the answer of the old place is on its way. */
static void
a_feed_can_move_in_the_middle_of_a_poll(void **state)
{
	struct world *w = *state;
	struct page *p = world_feed(w, FEED, "", NEWS("1"));

	p->reply.takes_ms = 30 * SEC_MS;
	(void)world_feed(w, MOVED, "", NEWS("2"));
	sim_at(10 * SEC_MS, reload_elsewhere, w);
	world_live_from_file(w, CONFIG, 5 * MIN_MS);
	assert_int_equal(world_asked(w, MOVED), 1);
	assert_int_equal(world_rang(w, "\"id\":\"1\""), 0);
	assert_int_equal(world_rang(w, "\"id\":\"2\""), 1);
}

#define PAGE \
	"<!DOCTYPE html><title>Wire</title><link rel=alternate " \
	"type=application/rss+xml href='http://new.example/rss'><p>News"
#define DISCOVER(yes) \
	"feeds: {wire: {url: '" FEED "', every: 10m, article: never, " \
	"discover: " yes "}}\n" FILTER

static void
a_page_is_followed_to_its_feed_if_wanted(void **state)
{
	struct world *w = *state;

	(void)world_page(w, FEED, 200, "content-type: text/html\n", PAGE);
	(void)world_feed(w, MOVED, "", NEWS("1"));
	world_live(w, DISCOVER("no"), 15 * MIN_MS);
	assert_int_equal(world_asked(w, MOVED), 0);
	assert_int_equal(w->nalerts, 0);

	world_live(w, DISCOVER("yes"), 55 * MIN_MS);
	assert_int_equal(world_rang(w, "\"id\":\"1\""), 1);
	assert_true(world_asked(w, MOVED) >= 4);
	/* Once found it needs no page. */
	world_live(w, DISCOVER("yes"), HOUR_MS);
	assert_true(world_asked(w, FEED) <= 3);
	assert_int_equal(w->nalerts, 1);
}

/* Two pages that name each other are asked no more often than a feed that
 * fails. */
static void
pages_that_name_each_other_are_no_feed(void **state)
{
	struct world *w = *state;

	(void)world_page(w, FEED, 200, "", PAGE);
	(void)world_page(w, MOVED, 200, "",
	    "<html><link rel=feed href='http://wire.example/rss'>");
	world_live(w, DISCOVER("yes"), DAY_MS);
	assert_in_range(world_asked(w, FEED), 2, 30);
	assert_in_range(world_asked(w, MOVED), 2, 30);
	assert_int_equal(w->nalerts, 0);
}

/* What its id would be stands for it. */
static void
items_without_an_id_are_told_apart(void **state)
{
	struct world *w = *state;
	const char *a, *b;

	(void)world_feed(w, FEED, "",
	    "<item><title>ceasefire</title><link>http://a.example/1</link>"
	    "</item><item><title>ceasefire</title>"
	    "<link>http://a.example/2</link></item>");
	world_live(w, CONFIG, MIN_MS);
	assert_int_equal(w->nalerts, 2);
	a = strstr(w->alerts[0].body, "\"item\":{\"id\":\"");
	b = strstr(w->alerts[1].body, "\"item\":{\"id\":\"");
	assert_non_null(a);
	assert_non_null(b);
	assert_true(strncmp(a, b, sizeof("'item':{'id':'") + 31) != 0);
}

#define PAGE_OF(id, n, title) \
	"<item><guid isPermaLink=\"false\">" id "</guid>" \
	"<link>http://a.example/" n "</link>" \
	"<title>ceasefire " title "</title></item>"

static void
ids_that_are_re_used_hide_nothing(void **state)
{
	struct world *w = *state;

	/* One id for all of a document. */
	(void)world_feed(
	    w, FEED, "", PAGE_OF("x", "1", "one") PAGE_OF("x", "2", "two"));
	world_live(w, CONFIG, MIN_MS);
	assert_int_equal(w->nalerts, 2);
	(void)world_feed(w, FEED, "",
	    PAGE_OF("x", "3", "three") PAGE_OF("x", "1", "one")
		PAGE_OF("x", "2", "two"));
	world_live(w, CONFIG, HOUR_MS);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(world_rang(w, "ceasefire two"), 1);
	assert_int_equal(world_rang(w, "ceasefire one"), 1);
	assert_int_equal(world_rang(w, "ceasefire three"), 1);
	(void)world_feed(w, FEED, "", PAGE_OF("x", "4", "four"));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 4);
}

#define LISTED(title) \
	"<item><link>http://a.example/list</link>" \
	"<title>ceasefire " title "</title></item>"

static void
items_that_share_a_link_and_have_no_id_are_told_apart(void **state)
{
	struct world *w = *state;

	(void)world_feed(
	    w, FEED, "", LISTED("one") LISTED("two") LISTED("three"));
	world_live(w, CONFIG, MIN_MS);
	assert_int_equal(w->nalerts, 3);
	(void)world_feed(w, FEED, "",
	    LISTED("four") LISTED("three") LISTED("two") LISTED("one")
		LISTED("four"));
	world_live(w, CONFIG, HOUR_MS);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 4);
}

static void
ids_that_are_places_hide_nothing_and_repeat_nothing(void **state)
{
	struct world *w = *state;

	(void)world_feed(
	    w, FEED, "", PAGE_OF("1", "b", "two") PAGE_OF("2", "a", "one"));
	world_live(w, CONFIG, MIN_MS);
	assert_int_equal(w->nalerts, 2);
	(void)world_feed(
	    w, FEED, "", PAGE_OF("1", "c", "three") PAGE_OF("2", "b", "two"));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	(void)world_feed(
	    w, FEED, "", PAGE_OF("1", "d", "four") PAGE_OF("2", "c", "three"));
	world_live(w, CONFIG, HOUR_MS);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 4);
}

static void
an_item_that_gets_another_id_rings_once(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", PAGE_OF("a-1", "1", "one"));
	world_live(w, CONFIG, MIN_MS);
	(void)world_feed(w, FEED, "", PAGE_OF("a-2", "1", "one"));
	world_live(w, CONFIG, HOUR_MS);
	(void)world_feed(w, FEED, "",
	    "<item><link>http://a.example/1</link>"
	    "<title>ceasefire one</title></item>");
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	/* The page of tomorrow's briefing is another item. */
	(void)world_feed(w, FEED, "",
	    "<item><guid>a-3</guid><link>http://a.example/1</link>"
	    "<title>ceasefire one</title>"
	    "<description>the day after</description></item>");
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
}

static void
an_article_that_is_rewritten_rings_once(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", PAGE_OF("e240518ec", "1-ship", "one"));
	world_live(w, CONFIG, MIN_MS);
	(void)world_feed(w, FEED, "", PAGE_OF("e240518ec", "1-crew", "two"));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(validators_come_back_byte_for_byte_also_after_a_restart),
		T(a_document_that_is_cut_leaves_no_validator),
		T(another_url_does_not_get_the_validators),
		T(a_promise_is_kept_across_a_restart),
		T(a_server_that_is_away_is_asked_each_hour_and_at_once_as_before),
		T(a_feed_that_is_gone_is_not_asked_again),
		T(a_permanent_redirect_is_believed_after_a_week),
		T(a_password_does_not_follow_a_feed_to_another_host),
		T(the_first_poll_rings_for_nothing_old),
		T(what_came_while_a_feed_could_not_be_read_is_news),
		T(an_item_twice_in_a_document_rings_once),
		T(one_host_gets_one_exchange_at_a_time),
		T(too_many_requests_hold_the_whole_host),
		T(an_outage_of_the_receiver_loses_nothing_and_keeps_the_order),
		T(a_full_disk_stops_the_polls_and_loses_nothing),
		T(a_reload_takes_effect_and_keeps_the_schedule),
		T(a_broken_file_changes_nothing),
		T(a_feed_can_move_in_the_middle_of_a_poll),
		T(a_page_is_followed_to_its_feed_if_wanted),
		T(pages_that_name_each_other_are_no_feed),
		T(items_without_an_id_are_told_apart),
		T(ids_that_are_re_used_hide_nothing),
		T(items_that_share_a_link_and_have_no_id_are_told_apart),
		T(ids_that_are_places_hide_nothing_and_repeat_nothing),
		T(an_item_that_gets_another_id_rings_once),
		T(an_article_that_is_rewritten_rings_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
