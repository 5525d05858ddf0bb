/* tests/unit/test_item_alert.c: what an alert says of a judged item. */
#include "daemon/item_alert.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define NOW_MS INT64_C(1711429929000)

static struct config_filter filter = { .name = "truce" };
static struct config_feed feed = { .name = "wire",
	.url = "https://user@news.example/rss" };
static const unsigned char key[ITEM_KEY_BYTES] = { 1, 2, 3 };

static struct item_alert
alert_of(const struct item *it)
{
	return (struct item_alert) { .type = "alert.new",
		.filter = &filter,
		.revision = "r",
		.feed = &feed,
		.item = it,
		.key = key };
}

static struct item
titled(struct sv title)
{
	return (struct item) {
		.title = title, .published = NO_TIME, .updated = NO_TIME
	};
}

/* Fails unless the document holds the text, or is without it. */
static void
check(struct item_alert *a, const char *text, bool holds)
{
	struct text scratch;
	struct str out;

	text_init(&scratch);
	str_init(&out, ALERT_BYTES);
	item_alert_name(a, &scratch);
	assert_true(item_alert_encode(a, NOW_MS, &out));
	if ((strstr(str_c(&out), text) != NULL) != holds)
		fail_msg("%s: %s", text, str_c(&out));
	str_done(&out);
	text_done(&scratch);
}

static void
the_text_counts_for_the_id_of_an_update_only(void **state)
{
	const struct item one = titled(SV("One")), two = titled(SV("Two"));
	const struct store_told before = { .title = SV("Zero") };
	struct item_alert a = alert_of(&one), b = alert_of(&two);
	struct text scratch;

	(void)state;
	text_init(&scratch);
	item_alert_name(&a, &scratch);
	item_alert_name(&b, &scratch);
	assert_string_equal(a.id, b.id);
	a.before = b.before = &before;
	item_alert_name(&a, &scratch);
	item_alert_name(&b, &scratch);
	assert_string_not_equal(a.id, b.id);
	text_done(&scratch);
}

static void
the_host_is_the_publisher_unless_the_feed_has_one(void **state)
{
	const struct item it = titled(SV("One"));
	struct item_alert a = alert_of(&it);
	struct config_feed named = feed;

	(void)state;
	check(&a, "\"publisher\":\"news.example\"", true);
	named.publisher = "The News";
	a.feed = &named;
	check(&a, "\"publisher\":\"The News\"", true);
}

static void
what_rang_is_told_with_its_words(void **state)
{
	const struct item it = titled(SV("A truce holds"));
	const struct hit hit = { .field = FIELD_TITLE,
		.text = SV("truce"),
		.start = 2,
		.length = 5 };
	struct item_alert a = alert_of(&it);

	(void)state;
	a.hits = &hit;
	a.nhits = 1;
	check(&a, "\"filter\":{\"name\":\"truce\",\"revision\":\"r\"}", true);
	check(&a, "\"hits\":[{\"field\":\"title\",\"text\":\"truce\"", true);
}

static void
a_title_that_changed_is_shown_beside_the_new_one(void **state)
{
	const struct item it = titled(SV("Two"));
	struct store_told before = { .title = SV("One") };
	struct item_alert a = alert_of(&it);

	(void)state;
	check(&a, "previous_title", false);
	a.before = &before;
	a.change = CHANGE_TITLE;
	check(&a, "{\"reason\":\"title\",\"previous_title\":\"One\"}", true);
	before.title = SV("Two");
	a.change = CHANGE_LEAD;
	check(&a, "{\"reason\":\"lead\"}", true);
}

static void
what_is_taken_back_is_shown_by_its_last_title(void **state)
{
	const struct store_told before = { .title = SV("One") };
	struct item it = titled(SV_NONE);
	struct item_alert a = alert_of(&it);

	(void)state;
	it.deleted = true;
	a.before = &before;
	a.change = CHANGE_WITHDRAWN;
	check(&a, "\"title\":\"One\"", true);
	check(&a, "{\"reason\":\"withdrawn\"}", true);
}

static void
a_story_is_shown_if_there_is_one(void **state)
{
	const struct story_told story = { .id = "s",
		.first_seen_ms = NOW_MS,
		.publishers = 2,
		.waits = true };
	const struct item it = titled(SV("One"));
	struct item_alert a = alert_of(&it);

	(void)state;
	check(&a, "\"story\"", false);
	a.story = &story;
	check(&a, "\"publishers\":2,\"unconfirmed\":true", true);
}

static void
a_document_that_is_too_large_is_refused(void **state)
{
	const struct item it = titled(SV("One"));
	struct item_alert a = alert_of(&it);
	struct str out;

	(void)state;
	str_init(&out, 100);
	assert_false(item_alert_encode(&a, NOW_MS, &out));
	str_done(&out);
}

static void
a_digest_says_how_many_and_of_which_span(void **state)
{
	struct quota_digest d = { .filter = "truce",
		.count = 3,
		.since_ms = NOW_MS - HOUR_MS,
		.until_ms = NOW_MS,
		.titles = SV("A · B") };
	char id[ALERT_ID_BYTES], other[ALERT_ID_BYTES];
	struct str out;

	(void)state;
	str_init(&out, ALERT_BYTES);
	item_alert_name_digest(&d, id);
	assert_true(
	    item_alert_encode_digest(&filter, "r", &d, id, NOW_MS, &out));
	assert_non_null(strstr(str_c(&out), id));
	assert_non_null(strstr(str_c(&out), "\"title\":\"3 more for truce\""));
	assert_non_null(strstr(str_c(&out), "\"excerpt\":\"A · B\""));
	assert_non_null(strstr(str_c(&out), "\"digest\":{\"count\":3,"));
	assert_null(strstr(str_c(&out), "\"fetched"));
	d.key[0] = 1;
	item_alert_name_digest(&d, other);
	assert_string_not_equal(id, other);
	str_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_counts_for_the_id_of_an_update_only),
		cmocka_unit_test(
		    the_host_is_the_publisher_unless_the_feed_has_one),
		cmocka_unit_test(what_rang_is_told_with_its_words),
		cmocka_unit_test(
		    a_title_that_changed_is_shown_beside_the_new_one),
		cmocka_unit_test(what_is_taken_back_is_shown_by_its_last_title),
		cmocka_unit_test(a_story_is_shown_if_there_is_one),
		cmocka_unit_test(a_document_that_is_too_large_is_refused),
		cmocka_unit_test(a_digest_says_how_many_and_of_which_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
