/* tests/unit/test_spool.c: the spool directory. */
#include "alerts/destination.h"

#include "base/clock.h"
#include "base/file.h"
#include "tests/fake/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CREATED INT64_C(1711429929123)
#define NAME "20240326T051209.123Z.alr_abc.json"

struct bench {
	char dir[64], spool[128], other[256];
	struct loop *loop;
	int max_files; /* 0: many */
	size_t max_bytes; /* 0: many */
	void *self;
	struct outbox_result last;
	unsigned done;
};

static const struct destination_type *
spool(void)
{
	return &destination_spool;
}

static void
open_spool(struct bench *b)
{
	struct config_destination c = { .type = DEST_SPOOL,
		.dir = b->spool,
		.max_files = b->max_files != 0 ? b->max_files : 100000,
		.max_bytes = b->max_bytes != 0 ? b->max_bytes : MiB(100) };
	struct destination_env env = { .loop = b->loop };
	struct err e;

	b->self = spool()->open(&c, &env, &e);
	if (b->self == NULL)
		fail_msg("%s", e.msg);
}

static int
set_up(void **state)
{
	struct bench *b = mem_calloc(1, sizeof(*b));

	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/test_spool.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	b->loop = loop_new();
	(void)snprintf(b->spool, sizeof(b->spool), "%s/a/spool", b->dir);
	open_spool(b);
	*state = b;
	return 0;
}

static const char *
path(struct bench *b, const char *name)
{
	(void)snprintf(b->other, sizeof(b->other), "%s/%s", b->spool, name);
	return b->other;
}

/* Names in a directory of the spool, sorted by nothing, each with a blank;
 * removes them when asked to. */
static const char *
names(struct bench *b, const char *sub, bool and_remove)
{
	static char list[100000];
	DIR *d = opendir(path(b, sub));
	struct dirent *f;

	list[0] = '\0';
	while (d != NULL && (f = readdir(d)) != NULL) {
		if (f->d_name[0] == '.')
			continue;
		(void)snprintf(list + strlen(list), sizeof(list) - strlen(list),
		    "%s ", f->d_name);
		if (and_remove)
			assert_int_equal(unlinkat(dirfd(d), f->d_name, 0), 0);
	}
	if (d != NULL)
		(void)closedir(d);
	return list;
}

static void
remove_spool(struct bench *b)
{
	(void)names(b, "tmp", true);
	(void)names(b, "new", true);
	(void)rmdir(path(b, "tmp"));
	(void)rmdir(path(b, "new"));
	(void)rmdir(b->spool);
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	spool()->close(b->self);
	loop_free(b->loop);
	remove_spool(b);
	(void)snprintf(b->other, sizeof(b->other), "%s/a", b->dir);
	(void)rmdir(b->other);
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static void
on_result(const struct outbox_result *r, void *arg)
{
	struct bench *b = arg;

	b->last = *r;
	b->done++;
}

static int
deliver(struct bench *b, const char *id, struct sv body)
{
	struct delivery d = { sv_of(id), body, CREATED };
	unsigned done = b->done;

	spool()->send(b->self, &d, on_result, b);
	fake_pass(b->loop, 0);
	assert_int_equal(b->done, done + 1);
	return b->last.kind;
}

static void
an_alert_becomes_a_whole_file(void **state)
{
	struct bench *b = *state;
	struct stat st;
	struct str text;

	assert_int_equal(deliver(b, "alr_abc", SV("{\"a\":1}")), DELIVERY_DONE);
	assert_int_equal(b->done, 1);
	assert_string_equal(names(b, "new", false), NAME " ");
	assert_string_equal(names(b, "tmp", false), "");
	str_init(&text, 100);
	assert_true(file_read(path(b, "new/" NAME), &text, NULL));
	assert_string_equal(str_c(&text), "{\"a\":1}\n");
	str_done(&text);
	assert_int_equal(stat(path(b, "new/" NAME), &st), 0);
	assert_int_equal(st.st_mode & 07137, 0);
	assert_int_equal(stat(path(b, "new"), &st), 0);
	assert_int_equal(st.st_mode & 07027, 0);
}

static void
a_redelivery_makes_no_second_file(void **state)
{
	struct bench *b = *state;
	struct stat before, after;
	struct str text;

	assert_int_equal(deliver(b, "alr_abc", SV("{}")), DELIVERY_DONE);
	assert_int_equal(stat(path(b, "new/" NAME), &before), 0);
	assert_int_equal(deliver(b, "alr_abc", SV("{}")), DELIVERY_DONE);
	assert_int_equal(stat(path(b, "new/" NAME), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_string_equal(names(b, "new", true), NAME " ");
	/* What a crash left in tmp/ is in nobody's way. */
	assert_int_equal(symlink("/dev/null", path(b, "tmp/" NAME)), 0);
	assert_int_equal(deliver(b, "alr_abc", SV("{2}")), DELIVERY_DONE);
	str_init(&text, 100);
	assert_true(file_read(path(b, "new/" NAME), &text, NULL));
	assert_string_equal(str_c(&text), "{2}\n");
	str_done(&text);
}

static void
an_id_that_is_no_name_is_refused(void **state)
{
	static const char *const ids[] = { "", "../x", "a/b", "a b", "é", "a\n",
		"%2e" };
	struct bench *b = *state;

	for (size_t i = 0; i < COUNTOF(ids); i++)
		assert_int_equal(
		    deliver(b, ids[i], SV("{}")), DELIVERY_REFUSED);
	assert_string_equal(names(b, "new", false), "");
}

static void
a_missing_directory_is_waited_for(void **state)
{
	struct bench *b = *state;

	remove_spool(b);
	assert_int_equal(deliver(b, "alr_abc", SV("{}")), DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, b->spool));
	assert_non_null(strstr(b->last.why.msg, "make the directory"));
	assert_int_equal(b->last.retry_after_ms, -1);
	assert_int_equal(mkdir(b->spool, 0700), 0);
	assert_int_equal(deliver(b, "alr_abc", SV("{}")), DELIVERY_DONE);
	assert_string_equal(names(b, "new", false), NAME " ");
}

static void
something_else_in_its_place_is_told(void **state)
{
	struct bench *b = *state;
	int fd;

	remove_spool(b);
	fd = open(b->spool, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(deliver(b, "alr_abc", SV("{}")), DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "Not a directory"));
	assert_int_equal(unlink(b->spool), 0);
}

static void
links_inside_are_not_followed(void **state)
{
	struct bench *b = *state;

	assert_int_equal(rmdir(path(b, "new")), 0);
	assert_int_equal(symlink(b->dir, path(b, "new")), 0);
	assert_int_equal(deliver(b, "alr_abc", SV("{}")), DELIVERY_RETRY);
	assert_int_equal(unlink(path(b, "new")), 0);
}

/* EFBIG stands for a full disk: the write fails half way. */
static void
a_failed_write_leaves_nothing_behind(void **state)
{
	static char big[100000];
	struct bench *b = *state;
	struct rlimit r, tight;

	assert_int_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
	tight = r;
	tight.rlim_cur = 50000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	(void)deliver(b, "alr_abc", (struct sv) { big, sizeof(big) });
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "File too large"));
	assert_string_equal(names(b, "new", false), "");
	assert_string_equal(names(b, "tmp", false), "");
	assert_int_equal(
	    deliver(b, "alr_abc", (struct sv) { big, 9 }), DELIVERY_DONE);
}

static void
make_file(struct bench *b, const char *name, time_t age_s)
{
	struct timespec times[2] = { { time(NULL) - age_s, 0 },
		{ time(NULL) - age_s, 0 } };
	int fd = open(path(b, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(close(fd), 0);
}

static void
old_leftovers_in_tmp_are_removed_at_open(void **state)
{
	struct bench *b = *state;

	make_file(b, "tmp/old", 37 * 3600);
	make_file(b, "tmp/young", 35 * 3600);
	make_file(b, "new/old", 37 * 3600);
	spool()->close(b->self);
	open_spool(b);
	assert_string_equal(names(b, "tmp", false), "young ");
	assert_string_equal(names(b, "new", false), "old ");
}

static void
make_files(struct bench *b, int n)
{
	char name[32];

	for (int i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "new/f%d", i);
		make_file(b, name, 0);
	}
}

static void
reopen(struct bench *b, int max_files, size_t max_bytes)
{
	spool()->close(b->self);
	b->max_files = max_files;
	b->max_bytes = max_bytes;
	open_spool(b);
}

static void
a_full_spool_takes_no_more_until_there_is_room(void **state)
{
	struct bench *b = *state;

	reopen(b, 3, 0);
	make_files(b, 1);
	assert_int_equal(deliver(b, "a", SV("{}")), DELIVERY_DONE);
	assert_int_equal(deliver(b, "b", SV("{}")), DELIVERY_DONE);
	assert_int_equal(deliver(b, "c", SV("{}")), DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "full: 3 files wait in "));
	assert_non_null(strstr(b->last.why.msg, path(b, "new")));
	assert_in_range(b->last.retry_within_ms, 1, MIN_MS);
	assert_int_equal(unlink(path(b, "new/f0")), 0);
	fake_pass(b->loop, SEC_MS);
	assert_int_equal(deliver(b, "c", SV("{}")), DELIVERY_DONE);
	assert_int_equal(deliver(b, "d", SV("{}")), DELIVERY_RETRY);
	assert_string_equal(names(b, "tmp", false), "");
}

static void
what_waits_is_not_larger_than_allowed(void **state)
{
	struct bench *b = *state;

	reopen(b, 0, 10);
	assert_int_equal(deliver(b, "a", SV("{\"a\":1}")), DELIVERY_DONE);
	assert_int_equal(deliver(b, "b", SV("{}")), DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "full: 8 bytes wait in "));
	assert_int_equal(deliver(b, "c", SV("1")), DELIVERY_DONE);
	(void)names(b, "new", true);
	fake_pass(b->loop, SEC_MS);
	/* Never would it fit better than now. */
	assert_int_equal(
	    deliver(b, "d", SV("\"0123456789abcdef\"")), DELIVERY_DONE);
}

/* What is there counts as delivered, whoever else waits. */
static void
a_redelivery_needs_no_room(void **state)
{
	struct bench *b = *state;

	assert_int_equal(deliver(b, "a", SV("{}")), DELIVERY_DONE);
	reopen(b, 1, 0);
	assert_int_equal(deliver(b, "b", SV("{}")), DELIVERY_RETRY);
	assert_int_equal(deliver(b, "a", SV("{}")), DELIVERY_DONE);
}

static void
many_files_are_counted_in_many_turns_and_not_often(void **state)
{
	struct bench *b = *state;
	struct delivery d = { SV("a"), SV("{}"), CREATED };

	make_files(b, 2500);
	reopen(b, 2500, 0);
	spool()->send(b->self, &d, on_result, b);
	for (int turns = 0; turns < 2; turns++) {
		struct timer *t = fake_next_timer(b->loop, b->loop->now_ms);

		assert_int_equal(b->done, 0);
		assert_non_null(t);
		t->due_ms = -1;
		t->fn(t->arg);
	}
	assert_int_equal(b->done, 0);
	fake_pass(b->loop, 0);
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	/* The reader has taken all: that is seen a little later. */
	(void)names(b, "new", true);
	assert_int_equal(deliver(b, "a", SV("{}")), DELIVERY_RETRY);
	assert_in_range(b->last.retry_after_ms, 100, SEC_MS);
	fake_pass(b->loop, b->last.retry_after_ms);
	assert_int_equal(deliver(b, "a", SV("{}")), DELIVERY_DONE);
}

static void
who_closes_a_spool_that_counts_hears_nothing(void **state)
{
	struct bench *b = *state;
	struct delivery d = { SV("a"), SV("{}"), CREATED };

	spool()->send(b->self, &d, on_result, b);
	reopen(b, 0, 0);
	fake_pass(b->loop, SEC_MS);
	assert_int_equal(b->done, 0);
	assert_string_equal(names(b, "new", false), "");
}

static void
impossible_options_are_refused(void **state)
{
	struct config_destination c = { .type = DEST_SPOOL };
	struct destination_env env = { .loop = NULL };
	struct err e;

	(void)state;
	assert_null(spool()->open(&c, &env, &e));
	assert_non_null(strstr(e.msg, "dir"));
	c.dir = "/tmp";
	c.format = FORMAT_TEXT;
	assert_null(spool()->open(&c, &env, &e));
	assert_non_null(strstr(e.msg, "format"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_alert_becomes_a_whole_file),
		T(a_redelivery_makes_no_second_file),
		T(an_id_that_is_no_name_is_refused),
		T(a_missing_directory_is_waited_for),
		T(something_else_in_its_place_is_told),
		T(links_inside_are_not_followed),
		T(a_failed_write_leaves_nothing_behind),
		T(old_leftovers_in_tmp_are_removed_at_open),
		T(a_full_spool_takes_no_more_until_there_is_room),
		T(what_waits_is_not_larger_than_allowed),
		T(a_redelivery_needs_no_room),
		T(many_files_are_counted_in_many_turns_and_not_often),
		T(who_closes_a_spool_that_counts_hears_nothing),
		T(impossible_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
