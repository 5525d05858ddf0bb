/* tests/sim/test_updates.c: what a publisher changes in an item is news to
 * those who know it, once, and to those whose filters it matches now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tests/sim/crash.h"

#define FEED "http://one.example/rss"
#define FEEDS(options) "feeds: {a: {url: '" FEED "', " options "}}\n"
#define EVERY_10M FEEDS("every: 10m, article: never")
#define EVERY_MINUTE FEEDS("every: 1m, article: never")
#define CONFIG EVERY_10M FILTER

#define LEAD \
	"The Security Council adopted a resolution on Monday that demands an " \
	"end to the fighting in the strip for the holy month."
#define ITEM(id, title, text) \
	"<item><guid isPermaLink=\"false\">" id "</guid><title>" title \
	"</title><description>" text "</description></item>"
#define TRUCE ITEM("1", "Council adopts ceasefire", LEAD)

/* Lets the feed show the items for so long. */
static void
show(struct world *w, const char *config, const char *items, int64_t ms)
{
	(void)world_feed(w, FEED, "", items);
	world_live(w, config, ms);
}

static size_t
updates(const struct world *w, const char *reason)
{
	char text[40];

	(void)snprintf(text, sizeof(text), "\"reason\":\"%s\"", reason);
	return world_rang(w, text);
}

#define UPDATE "\"type\":\"alert.update\""
#define NEW "\"type\":\"alert.new\""

static void
a_changed_title_is_told_once(void **state)
{
	struct world *w = *state;
	int64_t again = metrics.items_updated;

	show(w, CONFIG, TRUCE, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	show(w, CONFIG, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_non_null(strstr(w->alerts[1].body, UPDATE));
	assert_non_null(strstr(
	    w->alerts[1].body, "\"title\":\"Council rejects ceasefire\""));
	assert_non_null(strstr(w->alerts[1].body,
	    "\"update\":{\"reason\":\"title\","
	    "\"previous_title\":\"Council adopts ceasefire\"}"));
	assert_non_null(strstr(w->alerts[1].body, "\"hits\":[{"));
	assert_string_not_equal(w->alerts[0].id, w->alerts[1].id);
	world_live(w, CONFIG, DAY_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(metrics.items_updated - again, 1);
}

/* "story":{"id":"..." of the n-th alert, to be freed. */
static char *
story_of(const struct world *w, size_t n)
{
	const char *at = strstr(w->alerts[n].body, "\"story\":{\"id\":");

	assert_non_null(at);
	return mem_svdup((struct sv) { at, strcspn(at, ",}") });
}

static void
a_changed_item_is_not_among_the_others_of_its_story(void **state)
{
#define LINKED(title) \
	"<item><guid>http://one.example/1</guid><title>" title \
	"</title><link>http://one.example/1</link><description>" LEAD \
	"</description></item>"
	struct world *w = *state;
	char *before, *after;

	show(w, CONFIG, LINKED("Council adopts ceasefire"), HOUR_MS);
	show(w, CONFIG, LINKED("Council rejects ceasefire"), HOUR_MS);
	assert_int_equal(updates(w, "title"), 1);
	assert_null(strstr(w->alerts[1].body, "\"also\":"));
	before = story_of(w, 0);
	after = story_of(w, 1);
	assert_string_equal(before, after);
	free(before);
	free(after);
#undef LINKED
}

static void
what_says_the_same_is_not_told(void **state)
{
	static const char *const same[] = {
		ITEM("1", "COUNCIL ADOPTS CEASE-FIRE!", "  " LEAD),
		ITEM("1", "Council adopts ceasefire - updated 12:31", LEAD),
		ITEM("1", "Council adopst ceasefire", LEAD),
		ITEM("1", "Council adopts ceasefire", LEAD " And more."),
		ITEM("1", "Council adopts ceasefire", ""),
	};
	struct world *w = *state;

	show(w, CONFIG, TRUCE, HOUR_MS);
	for (size_t i = 0; i < COUNTOF(same); i++)
		show(w, CONFIG, same[i], HOUR_MS);
	assert_int_equal(w->nalerts, 1);
}

/* Slips add up: what counts is what the readers were told. */
static void
small_steps_are_a_change_at_last(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, TRUCE, HOUR_MS);
	show(w, CONFIG, ITEM("1", "Council adops ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	show(w, CONFIG, ITEM("1", "Council adops ceasefires", LEAD), HOUR_MS);
	assert_int_equal(updates(w, "title"), 1);
}

static void
a_title_that_matches_for_the_first_time_is_new(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, ITEM("1", "Council meets", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 0);
	show(w, CONFIG, TRUCE, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_non_null(strstr(w->alerts[0].body, NEW));
	show(w, CONFIG, ITEM("1", "Council drops ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(updates(w, "title"), 1);
}

/* Of two filters one knows the item: each hears what is news to it. */
static void
each_filter_hears_what_is_news_to_it(void **state)
{
	static const char both[] = EVERY_10M
	    "filters: {truce: {match: ceasefire}, veto: {match: veto}}\n";
	struct world *w = *state;

	show(w, both, TRUCE, HOUR_MS);
	show(w, both, ITEM("1", "A veto ends the ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	for (size_t i = 1; i < 3; i++)
		assert_true(
		    (strstr(w->alerts[i].body, "\"name\":\"veto\"") != NULL) ==
		    (strstr(w->alerts[i].body, NEW) != NULL));
}

static void
a_lead_that_changes_is_told(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, TRUCE, HOUR_MS);
	show(w, CONFIG,
	    ITEM("1", "Council adopts ceasefire",
		"Shots were heard near the crossing an hour after the vote."),
	    HOUR_MS);
	assert_int_equal(updates(w, "lead"), 1);
	assert_int_equal(world_rang(w, "previous_title"), 0);
}

/* Also when the filter does not match any more. */
static void
corrections_and_kills_are_told_as_such(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, TRUCE, HOUR_MS);
	show(w, CONFIG, ITEM("1", "CORRECTED-Council adopts ceasefire", LEAD),
	    HOUR_MS);
	assert_int_equal(updates(w, "correction"), 1);
	show(w, CONFIG, ITEM("1", "STORY WITHDRAWN: UN vote", "Do not use."),
	    HOUR_MS);
	assert_int_equal(updates(w, "withdrawn"), 1);
	assert_int_equal(w->nalerts, 3);
}

static void
a_match_in_the_article_only_hears_of_the_title(void **state)
{
	static const char config[] = FEEDS("every: 10m, article: always")
	    FILTER;
	struct world *w = *state;

#define LINKED(title) \
	"<item><guid isPermaLink=\"false\">1</guid>" \
	"<link>http://one.example/1</link><title>" title "</title></item>"
	(void)world_page(w, "http://one.example/1", 200,
	    "Content-Type: text/html\n",
	    "<html><body><article><p>" LEAD "</p><p>Fourteen members raised "
	    "their hands for the ceasefire, and one abstained without a word "
	    "to the cameras that had waited since the morning.</p></article>"
	    "</body></html>");
	show(w, config, LINKED("Vote in New York"), HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	show(w, config, LINKED("Vote in Geneva"), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(updates(w, "title"), 1);
}

static void
without_grouping_it_is_the_same(void **state)
{
	static const char config[] = EVERY_10M FILTER_WITH(", group: none");
	struct world *w = *state;

	show(w, config, TRUCE, HOUR_MS);
	show(w, config, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(updates(w, "title"), 1);
	assert_int_equal(world_rang(w, "\"story\""), 0);
}

static void
who_wants_no_updates_gets_none(void **state)
{
	static const char config[] = EVERY_10M FILTER_WITH(", updates: no");
	struct world *w = *state;

	show(w, config, TRUCE, HOUR_MS);
	show(w, config, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 1);
}

/* A server that knows what it has sent: each state of the feed has a validator
 * and is sent once. */
struct rewriter {
	struct world *w;
	int64_t step_ms; /* between two titles */
	int steps; /* then it stays; 0: it goes on */
	bool in_turn; /* two titles, and no more */
	struct str body;
	char etag[32];
	size_t served; /* whole documents */
};

static void
serve_rewritten(
    const struct http_request *req, struct sim_reply *out, void *arg)
{
	static const char *const words[] = { "north", "south", "east", "west",
		"hill", "port", "bridge", "school" };
	struct rewriter *r = arg;
	long n = (long)((sim_wall_ms() - SIM_EPOCH_MS) / r->step_ms);
	const char *known = sim_header(req, "If-None-Match");

	out->takes_ms = 20;
	out->status = 200;
	if (req->post) {
		r->w->alerts[r->w->nalerts++] = (struct alert_seen) {
			.url = mem_strdup(req->url),
			.id = mem_strdup(sim_header(req, "webhook-id")),
			.body = mem_svdup(req->body),
		};
		return;
	}
	n = r->steps != 0 && n > r->steps ? r->steps : n;
	n = r->in_turn ? n % 2 : n;
	(void)snprintf(r->etag, sizeof(r->etag), "etag: \"%ld\"\n", n);
	out->headers = r->etag;
	if (known != NULL && strtol(known + 1, NULL, 10) == n) {
		out->status = 304;
		return;
	}
	r->served++;
	str_clear(&r->body);
	(void)str_addf(&r->body,
	    "<rss version='2.0'><channel>" ITEM("1",
		"Ceasefire in the %s of the %s %ld", LEAD) "</channel></rss>",
	    words[n % 8], words[n / 8 % 8], n);
	out->body = str_sv(&r->body);
}

static void
rewrite(struct rewriter *r, struct world *w)
{
	r->w = w;
	str_init(&r->body, KiB(16));
	w->serve = serve_rewritten;
	w->arg = r;
}

static void
what_changes_at_once_is_told_later(void **state)
{
	struct rewriter r = { .step_ms = MIN_MS, .steps = 25 };
	struct world *w = *state;

	rewrite(&r, w);
	world_live(w, EVERY_MINUTE FILTER, 2 * HOUR_MS);
	/* The last word is told although its document had come before. */
	assert_int_equal(w->nalerts, 4);
	assert_non_null(strstr(w->alerts[w->nalerts - 1].body,
	    "\"title\":\"Ceasefire in the south of the west 25\""));
	assert_int_equal(world_rang(w, UPDATE), w->nalerts - 1);
	str_done(&r.body);
}

/* Its server is asked for the whole document when there is something to tell,
 * also after another start, and not at each poll until then. */
static void
what_has_to_wait_does_not_cost_a_feed_its_validators(void **state)
{
	static const char config[] = EVERY_MINUTE FILTER;
	struct rewriter r = { .step_ms = MIN_MS, .steps = 2 };
	struct world *w = *state;

	rewrite(&r, w);
	world_live(w, config, 4 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
	r.served = 0;
	world_live(w, config, HOUR_MS);
	assert_int_equal(updates(w, "title"), 1);
	assert_in_range(r.served, 2, 3); /* at the start, and to tell */
	str_done(&r.body);
}

static void
what_changed_back_before_it_was_told_is_not_told(void **state)
{
	static const char config[] = EVERY_MINUTE FILTER;
	struct world *w = *state;

	show(w, config, TRUCE, 3 * MIN_MS);
	show(w, config, ITEM("1", "Council rejects ceasefire", LEAD),
	    3 * MIN_MS);
	show(w, config, TRUCE, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
}

/* Some show one title to this reader and another to that. */
static void
two_titles_in_turn_are_told_once_each(void **state)
{
	struct rewriter r = { .step_ms = 20 * MIN_MS, .in_turn = true };
	struct world *w = *state;
	int64_t before = metrics.alerts;

	rewrite(&r, w);
	world_live(w, CONFIG, DAY_MS);
	assert_int_equal(w->nalerts, 3);
	assert_int_equal(metrics.alerts - before, 3);
	assert_int_equal(world_rang(w, UPDATE), 2);
	str_done(&r.body);
}

static void
a_feed_that_rewrites_its_titles_is_bounded(void **state)
{
	struct rewriter r = { .step_ms = MIN_MS };
	struct world *w = *state;

	rewrite(&r, w);
	world_live(w, EVERY_MINUTE FILTER_WITH(", group: none"), 2 * DAY_MS);
	assert_in_range(w->nalerts, 2 * 20, 1 + 3 * 24);
	assert_int_equal(world_rang(w, NEW), 1);
	str_done(&r.body);
}

static void
sql(const struct world *w, const char *text)
{
	char path[128];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/tocsin.db", w->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What it is when the new version sees it first counts as told; its alert is
 * known by its id. */
static void
an_item_of_an_older_database_changes_later(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, TRUCE, HOUR_MS);
	sql(w, "UPDATE item SET text=0, wording=0; DELETE FROM told");
	show(w, CONFIG, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	show(w, CONFIG, ITEM("1", "Council ends the ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(updates(w, "title"), 1);
	show(
	    w, CONFIG, ITEM("1", "Council saves the ceasefire", LEAD), HOUR_MS);
	assert_int_equal(updates(w, "title"), 2);
}

static void
what_was_muted_never_rings(void **state)
{
	struct world *w = *state;

	show(w, EVERY_10M FILTER_WITH(", mute: ['00:00-24:00 UTC']"), TRUCE,
	    HOUR_MS);
	show(w, CONFIG, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 0);
	show(w, CONFIG, ITEM("2", "Another ceasefire in another land", "News."),
	    HOUR_MS);
	assert_int_equal(w->nalerts, 1);
}

#define DATED(title, date) \
	"<item><guid isPermaLink=\"false\">1</guid><title>" title \
	"</title><pubDate>" date "</pubDate></item>"

static void
backlog_stays_backlog_until_it_has_another_date(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, DATED("Council meets", "Mon, 03 Jan 2000 10:00:00 GMT"),
	    HOUR_MS);
	show(w, CONFIG,
	    DATED("Council adopts ceasefire", "Mon, 03 Jan 2000 10:00:00 GMT"),
	    HOUR_MS);
	assert_int_equal(w->nalerts, 0);
	show(w, CONFIG,
	    DATED("Council ends ceasefire", "Mon, 03 Jan 2033 10:00:00 GMT"),
	    HOUR_MS);
	assert_int_equal(w->nalerts, 1);
}

/* Its alert was held until it was sent all the same. */
static void
what_was_sent_unconfirmed_is_updated_too(void **state)
{
	static const char config[] = EVERY_10M FILTER_WITH(
	    ", sources: {at-least: 2, within: 90m, else: send-unconfirmed}");
	struct world *w = *state;
	char sent[CLOCK_ISO_BYTES];

	show(w, config, TRUCE, 3 * HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	clock_iso(SIM_EPOCH_MS + 90 * MIN_MS, sent, sizeof(sent));
	sent[sizeof("2024-03-26T05:12") - 1] = '\0'; /* about then */
	assert_non_null(
	    strstr(strstr(w->alerts[0].body, "\"timestamp\":\""), sent));
	show(w, config, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(updates(w, "title"), 1);
}

/* What waits is what it is now. */
static void
what_is_held_is_sent_as_it_is_now(void **state)
{
	static const char config[] = EVERY_10M FILTER_WITH(
	    ", sources: {at-least: 2, within: 90m, else: send-unconfirmed}");
	struct world *w = *state;

	show(w, config, TRUCE, 30 * MIN_MS);
	show(w, config, ITEM("1", "Council vows ceasefire", LEAD), 3 * HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_non_null(strstr(w->alerts[0].body, "Council vows ceasefire"));
	assert_non_null(strstr(w->alerts[0].body, NEW));
}

static void
another_item_that_corrects_a_story_is_an_update(void **state)
{
	static const char config[] =
	    "feeds:\n  a: {url: '" FEED "', article: never}\n"
	    "  b: {url: 'http://two.example/rss', article: never}\n"
	    "  c: {url: 'http://three.example/rss', article: never}\n" FILTER;
	struct world *w = *state;

	(void)world_feed(w, "http://two.example/rss", "", "");
	(void)world_feed(w, "http://three.example/rss", "", "");
	show(w, config, TRUCE, HOUR_MS);
	(void)world_feed(w, "http://two.example/rss", "",
	    ITEM("x", "CORRECTED-Council adopts ceasefire", LEAD));
	world_live(w, config, HOUR_MS);
	assert_int_equal(updates(w, "correction"), 1);
	(void)world_feed(w, "http://three.example/rss", "",
	    ITEM("y", "Council adopts ceasefire after 871 days", LEAD));
	world_live(w, config, HOUR_MS);
	(void)world_feed(w, "http://three.example/rss", "",
	    ITEM("y", "Council adopts ceasefire after 872 days", LEAD));
	world_live(w, config, HOUR_MS);
	assert_int_equal(world_rang(w, NEW), 1);
	assert_int_equal(world_rang(w, "alert.confirmed"), 1);
	assert_int_equal(updates(w, "title"), 1);
	assert_int_equal(w->nalerts, 4);
}

#define ATOM(entries) \
	"<feed xmlns='http://www.w3.org/2005/Atom'" \
	" xmlns:at='http://purl.org/atompub/tombstones/1.0'>" \
	"<title>Wire</title>" entries "</feed>"
#define GRAVE(id) \
	"<at:deleted-entry ref='" id "' when='2024-03-26T05:12:09Z'>" \
	"<at:comment>A mistake</at:comment></at:deleted-entry>"

/* RFC 6721.  Nobody is told of the end of what he does not know. */
static void
what_a_feed_takes_back_is_withdrawn(void **state)
{
	static const char alive[] = ATOM(
	    "<entry><id>tag:1</id><title>Council adopts ceasefire</title>"
	    "<summary>" LEAD "</summary></entry>"
	    "<entry><id>tag:2</id><title>Bread</title></entry>");
	static const char dead[] = ATOM(
	    GRAVE("tag:1") GRAVE("tag:2") GRAVE("tag:3"));
	struct world *w = *state;

	(void)world_page(w, FEED, 200, "", alive);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	(void)world_page(w, FEED, 200, "", dead);
	world_live(w, CONFIG, HOUR_MS);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(updates(w, "withdrawn"), 1);
	assert_non_null(strstr(w->alerts[1].body,
	    "\"item\":{\"id\":\"tag:1\","
	    "\"title\":\"Council adopts ceasefire\""));
}

static void
what_a_receiver_missed_comes_in_order(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, TRUCE, HOUR_MS);
	w->receiver = 500;
	show(w, CONFIG, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	show(w, CONFIG, ITEM("1", "Council regrets ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	w->receiver = 204;
	world_live(w, CONFIG, 6 * HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(w->alerts[1].body, "rejects"));
	assert_non_null(strstr(w->alerts[2].body, "regrets"));
}

/* Readers whose alerts were beyond the limit hear of updates, not of a new
 * item. */
static void
what_a_digest_told_of_is_known(void **state)
{
	static const char config[] = EVERY_10M FILTER_WITH(
	    ", group: none, limit: 1/d");
	struct world *w = *state;

	show(w, config, TRUCE ITEM("2", "Old ceasefire broken", "Shots."),
	    DAY_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(world_rang(w, "\"digest\":{\"count\":1,"), 1);
	show(w, config, TRUCE ITEM("2", "Old ceasefire mended", "Shots."),
	    HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_non_null(strstr(w->alerts[2].body,
	    "\"update\":{\"reason\":\"title\","
	    "\"previous_title\":\"Old ceasefire broken\"}"));
}

static void
what_is_left_out_for_a_while_is_not_told(void **state)
{
	struct world *w = *state;

	show(w, CONFIG, TRUCE, HOUR_MS);
	show(w, CONFIG, ITEM("1", "", LEAD), HOUR_MS);
	show(w, CONFIG, TRUCE, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	show(w, CONFIG, ITEM("1", "Council rejects ceasefire", ""), HOUR_MS);
	show(w, CONFIG, ITEM("1", "Council rejects ceasefire", LEAD), HOUR_MS);
	assert_int_equal(w->nalerts, 2);
}

#define HELD \
	EVERY_MINUTE FILTER_WITH(", sources: {at-least: 2, within: 90m," \
				 " else: send-unconfirmed}")

static void
what_was_sent_unconfirmed_is_updated_ten_minutes_later(void **state)
{
	struct world *w = *state;

	show(w, HELD, TRUCE, 91 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
	show(w, HELD, ITEM("1", "Council rejects ceasefire", LEAD), 8 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
	world_live(w, HELD, 3 * MIN_MS);
	assert_int_equal(updates(w, "title"), 1);
	assert_int_equal(world_rang(w,
			     "\"previous_title\":\"Council adopts "
			     "ceasefire\""),
	    1);
}

/* Its alert is sent as it was when it matched last. */
static void
what_is_withdrawn_while_it_is_held_is_told_after_it(void **state)
{
	static const char alive[] = ATOM(
	    "<entry><id>tag:1</id><title>Council adopts ceasefire</title>"
	    "</entry>");
	struct world *w = *state;

	for (size_t i = 0; i < 2; i++) {
		world_done(w);
		world_init(w);
		(void)world_page(w, FEED, 200, "", alive);
		world_live(w, HELD, HOUR_MS);
		(void)world_page(w, FEED, 200, "",
		    i == 0 ? ATOM(GRAVE("tag:1"))
			   : ATOM("<entry><id>tag:1</id>"
				  "<title>WITHDRAWN: vote</title></entry>"));
		world_live(w, HELD, 3 * HOUR_MS);
		assert_int_equal(w->nalerts, 2);
		assert_non_null(strstr(w->alerts[0].body, NEW));
		assert_int_equal(updates(w, "withdrawn"), 1);
	}
}

/* When the alert of another item was sent, there is nothing to take back, and
 * no reason to ask for the whole document for ever. */
static void
what_nobody_was_told_of_is_not_withdrawn(void **state)
{
	static const char config[] =
	    "feeds:\n  a: {url: '" FEED "', every: 10m, article: never}\n"
	    "  b: {url: 'http://two.example/rss', article: never}\n" FILTER_WITH(
		", sources: {at-least: 2, within: 90m,"
		" else: send-unconfirmed}");
	struct world *w = *state;
	size_t asked;

	(void)world_feed(w, "http://two.example/rss", "", "");
	show(w, config, TRUCE, 20 * MIN_MS);
	(void)world_feed(w, "http://two.example/rss", "",
	    ITEM("x", "Council adopts ceasefire", LEAD));
	world_live(w, config, 20 * MIN_MS);
	assert_int_equal(w->nalerts, 1);
	(void)world_feed(w, FEED, "ETag: \"1\"\n",
	    ITEM("1", "STORY WITHDRAWN: UN vote", "Do not use."));
	world_live(w, config, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	asked = world_asked(w, FEED);
	assert_non_null(world_request(w, FEED, asked - 1)->if_none_match);
}

/* What has to wait is not counted as told when another item gets its id. */
static void
an_id_that_is_used_twice_costs_no_update(void **state)
{
	static const char config[] = EVERY_MINUTE FILTER;
	struct world *w = *state;

	show(w, config, TRUCE, 2 * MIN_MS);
	show(w, config,
	    ITEM("1", "Council rejects ceasefire", LEAD)
		ITEM("1", "Bread is dear", "Bread."),
	    HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(updates(w, "title"), 1);
}

#define SEEDS 15
#define CRASHES 8
#define VERSIONS 20
#define ID_BYTES 64

/* What the site and the receiver remember; shared with the daemon's process. */
struct memory {
	struct crash crash;
	struct {
		unsigned times;
		char id[ID_BYTES];
		bool renamed;
	} rung[VERSIONS];
};

struct site {
	struct memory *m;
	struct str document;
};

static void
take_alert(struct memory *m, const struct http_request *req)
{
	const char *id = sim_header(req, "webhook-id");
	long n = strtol(strstr(req->body.p, "Ceasefire, day ") + 15, NULL, 10);

	assert_in_range(n, 0, VERSIONS - 1);
	if (m->rung[n].times++ == 0)
		(void)snprintf(m->rung[n].id, ID_BYTES, "%s", id);
	else if (strcmp(m->rung[n].id, id) != 0)
		m->rung[n].renamed = true;
}

/* The title is another every half hour. */
static void
serve_versions(const struct http_request *req, struct sim_reply *out, void *arg)
{
	long n = (long)((sim_wall_ms() - SIM_EPOCH_MS) / (30 * MIN_MS));
	struct site *s = arg;
	struct memory *m = s->m;

	n = n < VERSIONS ? n : VERSIONS - 1;
	out->takes_ms = 1 + crash_chance(&m->crash, 5000);
	out->status = req->post && crash_chance(&m->crash, 4) == 0 ? 503 : 200;
	str_clear(&s->document);
	(void)str_addf(&s->document,
	    "<rss version='2.0'><channel>" ITEM(
		"1", "Ceasefire, day %ld", LEAD) "</channel></rss>",
	    n);
	out->body = str_sv(&s->document);
	if (req->post && out->status == 200)
		take_alert(m, req);
	crash_may_come(&m->crash);
}

static void
check_versions(const struct memory *m, unsigned seed)
{
	unsigned repeated = 0;

	for (int n = 0; n < VERSIONS; n++) {
		if (m->rung[n].times == 0 || m->rung[n].renamed)
			fail_msg("seed %u: version %d rang %u times%s", seed, n,
			    m->rung[n].times,
			    m->rung[n].renamed ? ", under two ids" : "");
		for (int k = 0; k < n; k++)
			assert_string_not_equal(m->rung[n].id, m->rung[k].id);
		repeated += m->rung[n].times - 1;
	}
	/* One for each crash: accepted, and not yet noted. */
	assert_true(repeated <= CRASHES);
}

static void
every_version_arrives_under_one_id(void **state)
{
	static const char config[] = FEEDS("every: 3m, article: never") FILTER;
	struct memory *m = crash_share(sizeof(*m));
	struct site site = { .m = m };
	struct world *w = *state;

	str_init(&site.document, KiB(16));
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		world_done(w);
		world_init(w);
		*m = (struct memory) { .crash.dice = seed };
		w->serve = serve_versions;
		w->arg = &site;
		for (int i = 0; i < CRASHES; i++)
			crash_live(w, &m->crash, config);
		world_live(w, config, DAY_MS);
		check_versions(m, seed);
	}
	str_done(&site.document);
	crash_unshare(m, sizeof(*m));
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_changed_title_is_told_once),
		T(a_changed_item_is_not_among_the_others_of_its_story),
		T(what_says_the_same_is_not_told),
		T(small_steps_are_a_change_at_last),
		T(a_title_that_matches_for_the_first_time_is_new),
		T(each_filter_hears_what_is_news_to_it),
		T(a_lead_that_changes_is_told),
		T(corrections_and_kills_are_told_as_such),
		T(a_match_in_the_article_only_hears_of_the_title),
		T(without_grouping_it_is_the_same),
		T(who_wants_no_updates_gets_none),
		T(what_changes_at_once_is_told_later),
		T(what_has_to_wait_does_not_cost_a_feed_its_validators),
		T(what_changed_back_before_it_was_told_is_not_told),
		T(two_titles_in_turn_are_told_once_each),
		T(a_feed_that_rewrites_its_titles_is_bounded),
		T(an_item_of_an_older_database_changes_later),
		T(what_was_muted_never_rings),
		T(backlog_stays_backlog_until_it_has_another_date),
		T(what_was_sent_unconfirmed_is_updated_too),
		T(what_is_held_is_sent_as_it_is_now),
		T(another_item_that_corrects_a_story_is_an_update),
		T(what_a_feed_takes_back_is_withdrawn),
		T(what_a_receiver_missed_comes_in_order),
		T(what_a_digest_told_of_is_known),
		T(what_is_left_out_for_a_while_is_not_told),
		T(what_was_sent_unconfirmed_is_updated_ten_minutes_later),
		T(what_is_withdrawn_while_it_is_held_is_told_after_it),
		T(what_nobody_was_told_of_is_not_withdrawn),
		T(an_id_that_is_used_twice_costs_no_update),
		T(every_version_arrives_under_one_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
