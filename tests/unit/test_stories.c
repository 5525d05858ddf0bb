/* tests/unit/test_stories.c: what is remembered for the readers of filters is
 * bounded, whatever feeds say. */
#include "base/limits.h"
#include "daemon/stories.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define NOW_MS INT64_C(1711429929000)
#define LINK_LENGTH 1900 /* of quotes, which double when they are escaped */
#define STORIES 9000

/* Tells of an item about a page; returns the length of what is shown with it.
 */
static size_t
tell(struct stories *s, struct config_feed *f, uint32_t page,
    enum story_role *role)
{
	unsigned char key[ITEM_KEY_BYTES] = { 0 };
	char link[LINK_LENGTH], title[40];
	struct config_filter filter = { .name = "truce", .updates = true };
	struct batch *b = batch_new();
	struct story_told told;
	struct item it = { .link = { link, sizeof(link) } };
	int n;

	memset(link, '"', sizeof(link));
	n = snprintf(link, sizeof(link), "http://one.example/%u?", page);
	link[n] = '"';
	(void)snprintf(title, sizeof(title), "%s%u", f->name, page);
	it.title = sv_of(title);
	memcpy(key, &page, sizeof(page));
	stories_place(s, b, f, &it, key, NOW_MS);
	*role = stories_tell(s, b, &filter, &told);
	batch_free(b);
	return told.also.len;
}

static void
what_is_shown_of_stories_has_a_ceiling_in_all(void **state)
{
	struct config_feed a = { .name = "a", .url = "http://one.example/" };
	struct config_feed b = { .name = "b", .url = "http://two.example/" };
	struct stories *s = stories_new();
	enum story_role role;

	(void)state;
	for (uint32_t page = 0; page < STORIES; page++) {
		(void)tell(s, &a, page, &role);
		assert_int_equal(role, STORY_RINGS);
	}
	assert_in_range(
	    tell(s, &b, 0, &role), STORIES_ALSO_BYTES / STORIES, KiB(4));
	assert_int_equal(role, STORY_CONFIRMS);
	assert_int_equal(tell(s, &b, STORIES - 1, &role), 0);
	assert_int_equal(role, STORY_CONFIRMS);
	stories_free(s);
}

/* A title that ends as a member does.  Its item is told of, confirmed, and
 * changes. */
static void
a_title_is_no_end_of_a_member(void **state)
{
	static const unsigned char one[ITEM_KEY_BYTES] = { 1 };
	static const unsigned char two[ITEM_KEY_BYTES] = { 2 };
	struct config_feed a = { .name = "a", .url = "http://one.example/" };
	struct config_feed b = { .name = "b", .url = "http://two.example/" };
	struct config_filter filter = { .name = "truce", .updates = true };
	struct item it = { .title = SV("A truce \"holds\" },{"),
		.link = SV("http://one.example/1") };
	struct stories *s = stories_new();
	struct batch *batch = batch_new();
	struct story_told told;

	(void)state;
	stories_place(s, batch, &a, &it, one, NOW_MS);
	(void)stories_tell(s, batch, &filter, &told);
	stories_place(s, batch, &b, &it, two, NOW_MS);
	assert_int_equal(
	    stories_tell(s, batch, &filter, &told), STORY_CONFIRMS);
	stories_place(s, batch, &a, &it, one, NOW_MS);
	stories_update(s, batch, &filter, &told);
	assert_true(sv_is(told.also,
	    "{\"title\":\"A truce \\\"holds\\\" },{\","
	    "\"link\":\"http://one.example/1\",\"feed\":\"b\"}"));
	batch_free(batch);
	stories_free(s);
}

/* It is known by its link, of which JSON is twice as long. */
static void
an_item_is_not_among_its_others_whatever_its_link(void **state)
{
	static const unsigned char key[ITEM_KEY_BYTES] = { 1 };
	struct config_feed a = { .name = "a", .url = "http://one.example/" };
	struct config_filter filter = { .name = "truce", .updates = true };
	char link[URL_BYTES / 4];
	struct item it = { .title = SV("A truce"),
		.link = { link, sizeof(link) } };
	struct stories *s = stories_new();
	struct batch *batch = batch_new();
	struct story_told told;

	(void)state;
	memset(link, '"', sizeof(link));
	stories_place(s, batch, &a, &it, key, NOW_MS);
	(void)stories_tell(s, batch, &filter, &told);
	it.title = SV("No truce");
	stories_place(s, batch, &a, &it, key, NOW_MS);
	stories_update(s, batch, &filter, &told);
	assert_int_equal(told.also.len, 0);
	batch_free(batch);
	stories_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shown_of_stories_has_a_ceiling_in_all),
		cmocka_unit_test(a_title_is_no_end_of_a_member),
		cmocka_unit_test(
		    an_item_is_not_among_its_others_whatever_its_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
