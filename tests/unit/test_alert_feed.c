/* tests/unit/test_alert_feed.c: the Atom file of alerts, as tocsin's own parser
 * reads it. */
#include "alerts/destination.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "feeds/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bench {
	char dir[64], path[128], tmp[160];
	void *self;
	struct outbox_result last;
	unsigned done;
	struct str read; /* "id|title|link|summary\n" of each entry */
};

static void
open_feed(struct bench *b, int64_t entries)
{
	struct config_destination c = { .name = "last",
		.type = DEST_FEED,
		.file = b->path,
		.entries = entries };
	struct err e;

	b->self = destination_feed.open(&c, NULL, &e);
	if (b->self == NULL)
		fail_msg("%s", e.msg);
}

static int
set_up(void **state)
{
	struct bench *b = mem_calloc(1, sizeof(*b));

	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/test_alert_feed.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->path, sizeof(b->path), "%s/alerts.atom", b->dir);
	(void)snprintf(b->tmp, sizeof(b->tmp), "%s.tmp", b->path);
	str_init(&b->read, MiB(1));
	open_feed(b, 3);
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	destination_feed.close(b->self);
	(void)unlink(b->path);
	(void)unlink(b->tmp);
	assert_int_equal(rmdir(b->dir), 0);
	str_done(&b->read);
	free(b);
	return 0;
}

static void
on_done(const struct outbox_result *r, void *arg)
{
	struct bench *b = arg;

	b->last = *r;
	b->done++;
}

static void
send_as(struct bench *b, const char *id, struct sv title, const char *type,
    const char *reason)
{
	struct str doc;
	struct json j;

	str_init(&doc, ALERT_BYTES);
	json_init(&j, &doc);
	json_open(&j, NULL);
	json_text(&j, "type", sv_of(type));
	json_text(&j, "timestamp", SV("2024-03-26T05:12:09.123Z"));
	json_open(&j, "data");
	json_text(&j, "id", sv_of(id));
	json_text(&j, "severity", SV("high"));
	json_open(&j, "update");
	json_text(&j, "reason", sv_of(reason));
	json_close(&j);
	json_open(&j, "story");
	json_bool(&j, "unconfirmed", reason[0] == '\0' && id[4] == 'u');
	json_close(&j);
	json_open(&j, "filter");
	json_text(&j, "name", SV("truce"));
	json_close(&j);
	json_open(&j, "item");
	json_text(&j, "title", title);
	json_text(&j, "link", SV("https://a.example/?x=1&y=2"));
	json_close(&j);
	json_text(&j, "excerpt", SV("…an <immediate> ceasefire…"));
	json_close(&j);
	json_close(&j);
	destination_feed.send(b->self,
	    &(struct delivery) { sv_of(id), str_sv(&doc), 1 }, on_done, b);
	str_done(&doc);
}

static void
send(struct bench *b, const char *id, struct sv title)
{
	send_as(b, id, title, "alert.new", "");
}

static void
on_item(const struct item *it, void *arg)
{
	struct bench *b = arg;

	(void)str_addf(&b->read, "%.*s|%.*s|%.*s|%.*s\n", SV_ARG(it->id),
	    SV_ARG(it->title), SV_ARG(it->link), SV_ARG(it->summary));
	assert_true(it->updated == 1711429929);
	assert_true(it->ncategories == 3);
}

/* As a reader of feeds sees the file. */
static const char *
read_back(struct bench *b)
{
	struct feed_parser_options o = { .base_url = SV_NONE };
	struct feed_parser *p = feed_parser_new(&o, on_item, b);
	struct str file;
	struct err e;

	str_init(&file, MiB(8));
	str_clear(&b->read);
	if (!file_read(b->path, &file, &e) ||
	    !feed_parser_push(p, str_sv(&file), &e) ||
	    !feed_parser_finish(p, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(feed_parser_meta(p)->format, "atom1.0");
	feed_parser_free(p);
	str_done(&file);
	return str_c(&b->read);
}

#define LINE(id, title) \
	"urn:tocsin:" id "|" title \
	"|https://a.example/?x=1&y=2|…an <immediate> ceasefire…\n"

static void
the_newest_comes_first_and_the_oldest_goes(void **state)
{
	struct bench *b = *state;

	send(b, "alr_1", SV("One"));
	assert_string_equal(read_back(b), LINE("alr_1", "One"));
	send(b, "alr_2", SV("Two"));
	send(b, "alr_3", SV("Three"));
	send(b, "alr_4", SV("Four"));
	assert_int_equal(b->done, 4);
	assert_int_equal(b->last.kind, DELIVERY_DONE);
	assert_string_equal(read_back(b),
	    LINE("alr_4", "Four") LINE("alr_3", "Three") LINE("alr_2", "Two"));
	destination_feed.close(b->self);
	open_feed(b, 1); /* after a restart with fewer */
	send(b, "alr_5", SV("Five"));
	assert_string_equal(read_back(b), LINE("alr_5", "Five"));
}

static void
titles_say_what_is_new_about_a_story(void **state)
{
	struct bench *b = *state;

	send_as(b, "alr_1", SV("One"), "alert.confirmed", "");
	send_as(b, "alr_2", SV("Two"), "alert.update", "withdrawn");
	send_as(b, "alr_u", SV("Three"), "alert.new", "");
	assert_string_equal(read_back(b),
	    LINE("alr_u", "[unconfirmed] Three") LINE("alr_2",
		"[update: withdrawn] Two") LINE("alr_1", "[confirmed] One"));
}

static void
what_comes_again_stands_there_once(void **state)
{
	struct bench *b = *state;

	send(b, "alr_1", SV("One"));
	send(b, "alr_11", SV("Eleven"));
	send(b, "alr_1", SV("One"));
	assert_int_equal(b->last.kind, DELIVERY_DONE);
	assert_string_equal(
	    read_back(b), LINE("alr_11", "Eleven") LINE("alr_1", "One"));
}

static void
no_title_breaks_the_file(void **state)
{
	static const char evil[] =
	    "</title>\n</entry>\n<entry>\n<id>x</id>]]>&amp;\"'\x1b\0\xE2\x80\xAE"
	    "\xff<!--\xEF\xBF\xBE\xEF\xBF\xBF";
	struct bench *b = *state;

	send(b, "alr_1", SV("One"));
	send(b, "alr_2", (struct sv) { evil, sizeof(evil) - 1 });
	send(b, "alr_3", SV(""));
	assert_string_equal(read_back(b),
	    LINE("alr_3", "https://a.example/?x=1&y=2") LINE("alr_2",
		"</title> </entry> <entry> <id>x</id>]]>&amp;\"'\xEF\xBF\xBD"
		"<!--") LINE("alr_1", "One"));
}

static void
another_programs_file_is_left_alone(void **state)
{
	struct bench *b = *state;
	FILE *f = fopen(b->path, "w");
	struct stat st;

	assert_true(f != NULL && fputs("<feed>theirs</feed>\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	send(b, "alr_1", SV("One"));
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "is no file of alerts"));
	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(st.st_size, 20);
}

/* Nobody will ever write to it. */
static void
what_is_no_file_is_not_opened(void **state)
{
	struct bench *b = *state;

	assert_int_equal(mkfifo(b->path, 0600), 0);
	(void)alarm(20);
	send(b, "alr_1", SV("One"));
	(void)alarm(0);
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "is no regular file"));
	assert_int_equal(unlink(b->path), 0);
}

/* What a crash left is replaced; a full disk leaves the file as it was. */
static void
trouble_leaves_the_old_file_whole(void **state)
{
	struct bench *b = *state;
	FILE *f = fopen(b->tmp, "w");

	assert_true(f != NULL && fclose(f) == 0);
	send(b, "alr_1", SV("One"));
	assert_int_equal(b->last.kind, DELIVERY_DONE);
	assert_int_equal(mkdir(b->tmp, 0700), 0); /* cannot be unlinked */
	send(b, "alr_2", SV("Two"));
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	assert_int_equal(rmdir(b->tmp), 0);
	assert_string_equal(read_back(b), LINE("alr_1", "One"));
	send(b, "alr_2", SV("Two"));
	assert_int_equal(b->last.kind, DELIVERY_DONE);
}

/* A file with as much of its one entry as it may hold. */
static void
fill_file(struct bench *b)
{
	struct str one, all;
	struct sv file, entry;
	size_t from;
	struct err e;
	int fd;

	str_init(&one, MiB(1));
	str_init(&all, ALERT_FEED_BYTES);
	assert_true(file_read(b->path, &one, &e));
	file = str_sv(&one);
	from = sv_find(file, SV("<entry>"));
	entry = sv_sub(file, from, sv_find(file, SV("</feed>")) - from);
	(void)str_add(&all, sv_sub(file, 0, from));
	while (all.len + entry.len + 100 < ALERT_FEED_BYTES)
		(void)str_add(&all, entry);
	(void)str_add(&all, SV("</feed>\n"));
	fd = open(b->path, O_WRONLY | O_TRUNC);
	assert_true(fd >= 0 && file_write_all(fd, str_sv(&all)));
	assert_int_equal(close(fd), 0);
	str_done(&one);
	str_done(&all);
}

/* Where `entries` do not fit, as many stay as do: titles are anybody's. */
static void
titles_that_fill_the_file_stop_nothing(void **state)
{
	static char title[4000];
	struct bench *b = *state;
	struct stat st;

	memset(title, '&', sizeof(title));
	destination_feed.close(b->self);
	open_feed(b, 1000);
	send(b, "alr_1", (struct sv) { title, sizeof(title) });
	fill_file(b);
	for (unsigned i = 0; i < 3; i++) {
		send(b,
		    i == 0	 ? "alr_2"
			: i == 1 ? "alr_3"
				 : "alr_4",
		    (struct sv) { title, sizeof(title) });
		assert_int_equal(b->last.kind, DELIVERY_DONE);
	}
	assert_int_equal(stat(b->path, &st), 0);
	assert_in_range(
	    st.st_size, ALERT_FEED_BYTES - KiB(64), ALERT_FEED_BYTES);
}

static void
only_alerts_go_in(void **state)
{
	struct bench *b = *state;

	destination_feed.send(b->self,
	    &(struct delivery) { SV("alr_1"), SV("{}"), 1 }, on_done, b);
	assert_int_equal(b->last.kind, DELIVERY_REFUSED);
	assert_int_equal(access(b->path, F_OK), -1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_newest_comes_first_and_the_oldest_goes),
		T(titles_say_what_is_new_about_a_story),
		T(what_comes_again_stands_there_once),
		T(no_title_breaks_the_file),
		T(another_programs_file_is_left_alone),
		T(what_is_no_file_is_not_opened),
		T(trouble_leaves_the_old_file_whole),
		T(titles_that_fill_the_file_stop_nothing),
		T(only_alerts_go_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
