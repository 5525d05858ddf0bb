/* tests/unit/test_sequences.c: the same feeds at successive polls: what is new.
 */
#include "base/file.h"
#include "daemon/known.h"
#include "feeds/parse.h"

#include <jansson.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct poll {
	struct feed_parser *parser;
	struct store *store; /* of the feed's items so far */
	struct known known;
	struct map *titles;
	json_t *new_ids; /* a list */
	size_t new_titles;
};

static void
on_item(const struct item *it, void *arg)
{
	struct poll *p = arg;
	struct sv id = it->id.len != 0 ? it->id : it->link;
	struct store_item kept = { .feed = SV("f") };
	struct identity is;
	struct err e;

	if (map_put(p->titles, it->title, p) == NULL)
		p->new_titles++;
	if (known_look(&p->known, p->store, kept.feed, it,
		feed_parser_meta(p->parser)->link, &is) != KNOWN_NOT)
		return;
	memcpy(kept.key, is.key, sizeof(is.key));
	assert_true(store_put_item(p->store, &kept, &e));
	assert_true(
	    store_set_traits(p->store, kept.feed, is.key, &is.traits, &e));
	json_array_append_new(p->new_ids, json_stringn(id.p, id.len));
}

static void
read_feed(struct poll *p, const char *dir, const char *file)
{
	struct feed_parser_options o = { .base_url = SV_NONE };
	struct str path, doc;
	struct err e;

	str_init(&path, KiB(4));
	str_init(&doc, MiB(16));
	(void)str_addf(&path, "%s/%s", dir, file);
	if (!file_read(str_c(&path), &doc, &e))
		fail_msg("%s", e.msg);
	p->parser = feed_parser_new(&o, on_item, p);
	assert_true(feed_parser_push(p->parser, str_sv(&doc), &e));
	assert_true(feed_parser_finish(p->parser, &e));
	feed_parser_free(p->parser);
	str_done(&path);
	str_done(&doc);
}

/* Where ids do not tell the items apart, each title is one. */
static void
check(const struct poll *p, const json_t *expect)
{
	json_int_t items = json_integer_value(json_object_get(expect, "items"));
	json_int_t ids = json_integer_value(
	    json_object_get(expect, "distinct_ids"));
	const char *file = json_string_value(json_object_get(expect, "file"));

	if (ids < items) {
		if (json_array_size(p->new_ids) != p->new_titles)
			fail_msg("%s: %zu items are new, %zu titles", file,
			    json_array_size(p->new_ids), p->new_titles);
	} else if (!json_equal(
		       p->new_ids, json_object_get(expect, "new_ids"))) {
		fail_msg("%s: new are %s", file,
		    json_dumps(p->new_ids, JSON_ENCODE_ANY));
	}
}

static void
step(const json_t *expect, const char *dir, struct store *store,
    struct map *titles)
{
	struct poll p = {
		.store = store, .titles = titles, .new_ids = json_array()
	};

	known_init(&p.known);
	read_feed(&p, dir, json_string_value(json_object_get(expect, "file")));
	check(&p, expect);
	known_done(&p.known);
	json_decref(p.new_ids);
}

static void
test_sequences(void **state)
{
	const char *data = getenv("TOCSIN_DATA");
	struct map titles;
	struct store *store = NULL;
	struct err e;
	bool fresh;
	char dir[4096], *line = NULL;
	size_t room = 0, steps = 0;
	FILE *f;

	(void)state;
	if (data == NULL) {
		print_message("skipped, no data\n");
		skip();
	}
	(void)snprintf(dir, sizeof(dir), "%s/feeds/realworld/sequences", data);
	(void)snprintf(dir + strlen(dir), 32, "/expect.jsonl");
	map_init(&titles);
	f = fopen(dir, "r");
	assert_non_null(f);
	*strrchr(dir, '/') = '\0';
	for (; getline(&line, &room, f) > 0; steps++) {
		json_t *expect = json_loads(line, 0, NULL);

		assert_non_null(expect);
		if (json_integer_value(json_object_get(expect, "order")) == 1) {
			map_done(&titles);
			map_init(&titles);
			store_close(store);
			store = store_open(NULL, &fresh, &e);
			assert_non_null(store);
		}
		step(expect, dir, store, &titles);
		json_decref(expect);
	}
	assert_true(steps > 0);
	print_message("%zu polls\n", steps);
	map_done(&titles);
	store_close(store);
	free(line);
	(void)fclose(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
