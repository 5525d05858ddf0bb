/* tests/sim/test_stories.c: a story rings once, whoever repeats it, and nothing
 * that is new is held back as a copy. */
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

#define FEEDS_OF(more) \
	"feeds:\n" \
	"  a: {url: 'http://one.example/rss', every: 10m, article: never}\n" \
	"  b: {url: 'http://two.example/rss', every: 10m, article: never}\n" \
	"  c: {url: 'http://three.example/rss', every: 10m, article: never}\n" more
#define CONFIG FEEDS_OF("") FILTER

#define LEAD \
	"The Security Council adopted a resolution on Monday that demands an " \
	"immediate ceasefire in the strip for the holy month and the release " \
	"of all hostages, after the largest member had held back its veto. "
#define REST \
	"Fourteen members raised their hands, one abstained, and the hall broke " \
	"into applause while the envoys of both sides left without a word to " \
	"the cameras that had waited for them since the early morning. "

#define ITEM(id, title, text) \
	"<item><guid isPermaLink=\"false\">" id "</guid><title>" title \
	"</title><description>" text "</description></item>"

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

/* Does the n-th alert hold the text? */
static bool
rang_with(const struct world *w, size_t n, const char *text)
{
	assert_true(n < w->nalerts);
	return strstr(w->alerts[n].body, text) != NULL;
}

static void
a_copy_confirms_once_and_then_is_attached(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	assert_true(rang_with(w, 0, "\"type\":\"alert.new\""));
	assert_true(rang_with(w, 0, "\"publishers\":1"));
	publish(w, "two", ITEM("x", "UN vote: ceasefire now", LEAD REST));
	world_live(w, CONFIG, HOUR_MS); /* what was told outlives a restart */
	assert_int_equal(w->nalerts, 2);
	assert_true(rang_with(w, 1, "\"type\":\"alert.confirmed\""));
	assert_true(rang_with(w, 1, "\"publishers\":2"));
	assert_true(rang_with(w, 1,
	    "\"also\":[{\"title\":\"Council adopts ceasefire\",\"feed\":\"a\"}"
	    "]"));
	publish(w, "three", ITEM("y", "A ceasefire at last", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_int_equal(metrics.items_attached, 1);
}

static void
one_wire_service_is_one_source(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one",
	    ITEM("1", "Council adopts ceasefire",
		"NEW YORK (Reuters) - " LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	publish(w, "two",
	    ITEM("x", "UN vote: ceasefire now",
		"NEW YORK (Reuters) - " LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
}

static void
new_numbers_are_an_update(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one",
	    ITEM("1", "Ceasefire broken",
		LEAD REST "At least 120 of 450 died."));
	world_live(w, CONFIG, HOUR_MS);
	publish(w, "two",
	    ITEM("x", "Ceasefire broken",
		LEAD REST "At least 120 of 450 died."));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	publish(w, "three",
	    ITEM("y", "Ceasefire broken: toll rises",
		LEAD REST "At least 120 of 450 died, 871 are hurt."));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_true(rang_with(w, 2, "\"type\":\"alert.update\""));
	assert_true(rang_with(w, 2, "\"reason\":\"numbers\""));
}

/* A title that looks like the end of many items, and a restart. */
static void
all_others_of_a_story_are_shown_whatever_their_titles(void **state)
{
#define BROKEN "Ceasefire broken"
#define ENDS "},{ },{ },{ },{ },{ },{ },{ },{"
#define TOLL LEAD REST "At least 120 of 450 died"
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", BROKEN " " ENDS, TOLL "."));
	world_live(w, CONFIG, HOUR_MS);
	publish(w, "two", ITEM("x", BROKEN, TOLL "."));
	world_live(w, CONFIG, HOUR_MS);
	publish(w, "three", ITEM("y", BROKEN ": toll", TOLL ", 871 are hurt."));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
	assert_true(rang_with(w, 2,
	    "\"also\":[{\"title\":\"" BROKEN " " ENDS "\",\"feed\":\"a\"},"
	    "{\"title\":\"" BROKEN "\",\"feed\":\"b\"}]"));
#undef BROKEN
#undef ENDS
#undef TOLL
}

#define HOSTS (STORY_ALSO + 4)

static void
publish_at(struct world *w, unsigned host, const char *more)
{
	char name[16], item[KiB(2)];

	(void)snprintf(name, sizeof(name), "host%u", host);
	(void)snprintf(item, sizeof(item),
	    ITEM("%u", "Ceasefire %u", LEAD REST "At least 120 of 450 died%s."),
	    host, host, more);
	publish(w, name, item);
}

/* However often the daemon was started in between. */
static void
eight_others_of_a_story_are_shown(void **state)
{
	struct world *w = *state;
	struct str config;
	const char *at;
	unsigned n = 0;

	str_init(&config, KiB(4));
	(void)str_adds(&config, "feeds:\n");
	for (unsigned i = 0; i < HOSTS; i++)
		(void)str_addf(&config,
		    "  f%u: {url: 'http://host%u.example/rss', every: 10m,"
		    " article: never}\n",
		    i, i);
	(void)str_adds(&config, FILTER);
	for (unsigned i = 0; i < HOSTS; i++) {
		publish_at(w, i, i < HOSTS - 1 ? "" : ", 871 are hurt");
		world_live(w, str_c(&config), HOUR_MS);
	}
	assert_int_equal(w->nalerts, 3);
	at = strstr(w->alerts[2].body, "\"also\":[");
	assert_non_null(at);
	for (; (at = strstr(at, "{\"title\":")) != NULL; at++)
		n++;
	assert_int_equal(n, STORY_ALSO);
	str_done(&config);
}

static void
what_one_feed_says_next_is_never_held_back(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	publish(w, "one",
	    ITEM("2", "Council adopts ceasefire", LEAD REST)
		ITEM("1", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	assert_true(rang_with(w, 1, "\"type\":\"alert.new\""));
}

static void
each_filter_hears_of_a_story(void **state)
{
	struct world *w = *state;
	const char *both = FEEDS_OF(
	    "") "filters: {truce: {match: ceasefire}, vote: {match: hands}}\n";

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire", LEAD LEAD));
	world_live(w, both, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	publish(
	    w, "two", ITEM("x", "Council adopts ceasefire", LEAD LEAD REST));
	world_live(w, both, HOUR_MS);
	assert_int_equal(world_rang(w, "\"name\":\"vote\""), 1);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 2);
	assert_int_equal(world_rang(w, "\"type\":\"alert.confirmed\""), 1);
}

static void
without_grouping_each_item_rings(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire", LEAD REST));
	publish(w, "two", ITEM("x", "Council adopts ceasefire", LEAD REST));
	publish(w, "three", ITEM("y", "Council adopts ceasefire", LEAD REST));
	world_live(w, FEEDS_OF("") FILTER_WITH(", group: none"), HOUR_MS);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 3);
	assert_int_equal(world_rang(w, "\"story\""), 0);
}

static void
a_story_ends_after_seven_days(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	nobody_publishes(w);
	world_live(w, CONFIG, 8 * DAY_MS);
	publish(w, "two", ITEM("x", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 2);
}

/* The teaser rings, then the page is matched as well. */
static void
an_item_that_is_judged_twice_rings_once(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one",
	    "<item><guid isPermaLink=\"false\">1</guid>"
	    "<link>http://one.example/1</link>"
	    "<title>Council adopts ceasefire</title><description>" LEAD
	    "</description></item>");
	(void)world_page(w, "http://one.example/1", 200,
	    "Content-Type: text/html\n",
	    "<html><body><article><p>" LEAD "</p><p>" REST
	    "</p></article></body></html>");
	world_live(w,
	    "feeds: {a: {url: 'http://one.example/rss', every: 10m,"
	    " article: always}}\n" FILTER,
	    HOUR_MS);
	assert_int_equal(world_asked(w, "http://one.example/1"), 1);
	assert_int_equal(w->nalerts, 1);
}

/* The reader of a filter knows the story from one feed, and the next item of
 * that feed matches in its page only: it is news, though its own teaser, which
 * another filter knows, is what it is most like. */
static void
a_page_that_matches_more_is_not_its_own_copy(void **state)
{
	static const char config[] =
	    "feeds: {a: {url: 'http://one.example/rss', every: 10m,"
	    " article: always}}\n"
	    "filters: {truce: {match: ceasefire}, vote: {match: gallery}}\n";
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one",
	    ITEM("1", "Council adopts ceasefire",
		LEAD REST "The gallery rose."));
	world_live(w, config, HOUR_MS);
	assert_int_equal(world_rang(w, "\"name\":\"vote\""), 1);
	publish(w, "one",
	    "<item><guid isPermaLink=\"false\">2</guid>"
	    "<link>http://one.example/2</link>"
	    "<title>Council adopts ceasefire</title><description>" LEAD
	    "</description></item>");
	(void)world_page(w, "http://one.example/2", 200,
	    "Content-Type: text/html\n",
	    "<html><body><article><p>" LEAD "</p><p>" REST
	    "</p><p>The gallery was cleared.</p></article></body></html>");
	world_live(w, config, HOUR_MS);
	assert_int_equal(world_rang(w, "\"name\":\"truce\""), 2);
	assert_int_equal(world_rang(w, "\"name\":\"vote\""), 2);
}

/* A feed goes on with a story that another has copied meanwhile. */
static void
a_copy_in_between_holds_nothing_back(void **state)
{
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	publish(w, "two", ITEM("x", "Council adopts ceasefire", LEAD REST));
	publish(w, "three",
	    ITEM("y", "Ceasefire broken an hour later",
		LEAD REST "Shots were heard near the crossing."));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	publish(w, "one",
	    ITEM("2", "Ceasefire broken an hour later",
		LEAD REST "Shots were heard near the crossing."));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
}

/* Two feeds of one publisher fill in the same form. */
static void
a_form_that_is_filled_anew_is_no_copy(void **state)
{
#define FORM \
	" demands a ceasefire. The full text of each letter is circulated as " \
	"a document of the Council and can be read in all official languages " \
	"on its pages, where earlier letters can be found as well. Delegations " \
	"that wish to be added to the list are asked to write to the desk."
	static const char config[] =
	    "feeds:\n"
	    "  a: {url: 'http://one.example/rss', publisher: un, article: never}\n"
	    "  b: {url: 'http://two.example/rss', publisher: un, article: never}\n"
	    "filters: {truce: {match: ceasefire}}\n";
	struct world *w = *state;

	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Letter of Chad", "A letter of Chad" FORM));
	world_live(w, config, HOUR_MS);
	publish(w, "two", ITEM("x", "Letter of Peru", "A letter of Peru" FORM));
	world_live(w, config, HOUR_MS);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 2);
}

#define BREAD REST REST REST REST REST REST REST REST

/* Copies are held back because of an item; so it must ring at once. */
static void
an_alert_does_not_wait_for_the_end_of_a_document(void **state)
{
	struct world *w = *state;
	struct page *slow;

	nobody_publishes(w);
	slow = world_feed(w, "http://one.example/rss", "",
	    ITEM("1", "Council adopts ceasefire", LEAD REST) ITEM(
		"2", "Bread", BREAD BREAD) ITEM("3", "Bread", BREAD BREAD));
	slow->reply.stalls_ms = 30 * DAY_MS;
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
}

/* The clock was a year ahead, and has been set. */
static void
a_story_of_the_future_ends_as_others_do(void **state)
{
	struct world *w = *state;

	sim_begin(SIM_EPOCH_MS + 365 * DAY_MS);
	nobody_publishes(w);
	publish(w, "one", ITEM("1", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	sim_begin(SIM_EPOCH_MS);
	nobody_publishes(w);
	world_live(w, CONFIG, 8 * DAY_MS);
	publish(w, "two", ITEM("x", "Council adopts ceasefire", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(world_rang(w, "\"type\":\"alert.new\""), 2);
}

/* What others of the story show of an item has room for it, whatever it is. */
static void
a_link_of_quotes_breaks_no_alert(void **state)
{
	struct str item;
	struct world *w = *state;
	json_t *doc;

	str_init(&item, KiB(24));
	(void)str_adds(&item,
	    "<item><guid isPermaLink=\"false\">1</guid>"
	    "<link>http://one.example/?");
	for (size_t i = 0; i < 2000; i++)
		(void)str_adds(&item, i % 2 ? "&quot;" : "\\");
	(void)str_adds(&item,
	    "</link><title>Council adopts &quot;the&quot; ceasefire that its "
	    "largest member had held back</title><description>" LEAD REST
	    "</description></item>");
	nobody_publishes(w);
	publish(w, "one", str_c(&item));
	str_done(&item);
	world_live(w, CONFIG, HOUR_MS);
	publish(w, "two", ITEM("x", "UN vote: ceasefire now", LEAD REST));
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 2);
	doc = json_loads(w->alerts[1].body, 0, NULL);
	assert_non_null(doc);
	json_decref(doc);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_copy_confirms_once_and_then_is_attached),
		T(one_wire_service_is_one_source),
		T(new_numbers_are_an_update),
		T(all_others_of_a_story_are_shown_whatever_their_titles),
		T(eight_others_of_a_story_are_shown),
		T(what_one_feed_says_next_is_never_held_back),
		T(each_filter_hears_of_a_story),
		T(without_grouping_each_item_rings),
		T(a_story_ends_after_seven_days),
		T(an_item_that_is_judged_twice_rings_once),
		T(a_page_that_matches_more_is_not_its_own_copy),
		T(a_copy_in_between_holds_nothing_back),
		T(a_form_that_is_filled_anew_is_no_copy),
		T(an_alert_does_not_wait_for_the_end_of_a_document),
		T(a_story_of_the_future_ends_as_others_do),
		T(a_link_of_quotes_breaks_no_alert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
