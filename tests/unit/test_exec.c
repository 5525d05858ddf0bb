/* tests/unit/test_exec.c: programs that are run for alerts. */
#include "alerts/destination.h"

#include "base/file.h"
#include "net/loop.h"
#include "net/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BODY \
	"{\"type\":\"alert.new\",\"timestamp\":\"2024-03-26T05:12:09.123Z\"," \
	"\"data\":{\"id\":\"alr_a\",\"severity\":\"high\"," \
	"\"filter\":{\"name\":\"truce\"},\"item\":{\"title\":\"$(reboot) `x`" \
	" ;\\n'\",\"feed\":{\"name\":\"wire\"}}}}"
#define LONG_MS 60000 /* nothing here waits for it */

struct bench {
	struct destination_env env;
	char dir[64], path[128];
	void *self;
	struct outbox_result last;
	unsigned done, lines;
	size_t longest;
	struct process_end end;
	struct str got;
};

static const struct destination_type *
exec(void)
{
	return destination_type(DEST_EXEC);
}

static const char *
path(struct bench *b, const char *name)
{
	(void)snprintf(b->path, sizeof(b->path), "%s/%s", b->dir, name);
	return b->path;
}

static size_t
count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

static int
set_up(void **state)
{
	struct bench *b = mem_calloc(1, sizeof(*b));

	b->env.loop = loop_new();
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/test_exec.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	assert_int_equal(setenv("DIR", b->dir, 1), 0);
	str_init(&b->got, MiB(4));
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "in", "env", "fd", "args", "fifo",
		"prog" };
	struct bench *b = *state;

	if (b->self != NULL)
		exec()->close(b->self);
	for (size_t i = 0; i < COUNTOF(names); i++)
		(void)unlink(path(b, names[i]));
	assert_int_equal(rmdir(b->dir), 0);
	loop_free(b->env.loop);
	str_done(&b->got);
	free(b);
	return 0;
}

static void *
open_argv(struct bench *b, const char *const *argv, size_t n,
    enum config_format format, int64_t timeout_ms, struct err *e)
{
	struct config_text words[8];
	struct config_destination c = { .type = DEST_EXEC,
		.name = "pager",
		.command = { words, n },
		.format = format,
		.timeout_ms = timeout_ms };

	for (size_t i = 0; i < n; i++)
		words[i] = (struct config_text) { .text = sv_of(argv[i]) };
	if (b->self != NULL)
		exec()->close(b->self);
	b->self = exec()->open(&c, &b->env, e);
	return b->self;
}

/* A script whose $0 is the scratch folder. */
static void
open_script(struct bench *b, const char *script, int64_t timeout_ms)
{
	const char *const argv[] = { "sh", "-c", script, b->dir };
	struct err e;

	if (open_argv(b, argv, 4, FORMAT_JSON, timeout_ms, &e) == NULL)
		fail_msg("%s", e.msg);
}

static void
on_result(const struct outbox_result *r, void *arg)
{
	struct bench *b = arg;

	b->last = *r;
	b->done++;
	loop_stop(b->env.loop);
}

static int
deliver(struct bench *b, struct sv body)
{
	struct delivery d = { SV("alr_a"), body, 1 };
	unsigned before = b->done;

	exec()->send(b->self, &d, on_result, b);
	loop_run(b->env.loop);
	assert_int_equal(b->done, before + 1);
	return b->last.kind;
}

static const char *
file(struct bench *b, const char *name)
{
	str_clear(&b->got);
	assert_true(file_read(path(b, name), &b->got, NULL));
	return str_c(&b->got);
}

static void
a_program_gets_the_document_and_nothing_else(void **state)
{
	struct bench *b = *state;

	assert_int_equal(setenv("HOOK_SECRET", "hunter2", 1), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", "/run/x", 1), 0);
	/* A careless library's descriptor. */
	int careless = open("/dev/null", O_RDONLY);
	open_script(b,
	    "cat >$0/in; env >$0/env; ls /proc/self/fd >$0/fd;"
	    "tr '\\0' '|' </proc/$$/cmdline >$0/args;"
	    "x=$(readlink /proc/$$/fd/1); echo noise; echo $x >>$0/fd;"
	    "test $(cut -d' ' -f5 /proc/$$/stat) = $$",
	    LONG_MS);
	if (deliver(b, SV(BODY)) != DELIVERY_DONE)
		fail_msg("%s", b->last.why.msg);
	assert_string_equal(file(b, "in"), BODY "\n");
	assert_non_null(strstr(file(b, "env"), "TOCSIN_ALERT_ID=alr_a\n"));
	assert_non_null(strstr(str_c(&b->got), "TOCSIN_FILTER=truce\n"));
	assert_non_null(strstr(str_c(&b->got), "TOCSIN_SEVERITY=high\n"));
	assert_non_null(strstr(str_c(&b->got), "PATH="));
	assert_null(strstr(str_c(&b->got), "hunter2"));
	assert_null(strstr(str_c(&b->got), "NOTIFY_SOCKET"));
	assert_null(strstr(file(b, "args"), "reboot"));
	/* 3 is the directory that ls reads. */
	assert_string_equal(file(b, "fd"), "0\n1\n2\n3\n/dev/null\n");
	assert_int_equal(close(careless), 0);
}

static void
how_it_ends_is_what_came_of_it(void **state)
{
	static const struct {
		const char *script;
		int kind;
		const char *told;
	} rows[] = {
		{ "exit 0", DELIVERY_DONE, "" },
		{ "exit 75", DELIVERY_RETRY, "status 75 (for now)" },
		{ "echo a >&2; echo no such pager >&2; exit 1", DELIVERY_RETRY,
		    "/sh ended with status 1: no such pager" },
		{ "printf 'no\\033[1m end' >&2; exit 127", DELIVERY_RETRY,
		    "status 127: no?[1m end" },
		{ "echo unknown id >&2; exit 100", DELIVERY_REFUSED,
		    "status 100: unknown id" },
		{ "exit 2", DELIVERY_RETRY, "status 2" },
		{ "kill -9 $$", DELIVERY_RETRY, "killed by signal 9 (Killed)" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNTOF(rows); i++) {
		open_script(b, rows[i].script, LONG_MS);
		if (deliver(b, SV(BODY)) != rows[i].kind ||
		    strstr(b->last.why.msg, rows[i].told) == NULL ||
		    b->last.retry_after_ms != -1)
			fail_msg("%s: %s", rows[i].script, b->last.why.msg);
	}
	/* What was said once is not said of the next. */
	open_script(b,
	    "test -e $0/in || { echo x >&2; >$0/in; exit 1; };"
	    "exit 3",
	    LONG_MS);
	assert_int_equal(deliver(b, SV(BODY)), DELIVERY_RETRY);
	assert_int_equal(deliver(b, SV(BODY)), DELIVERY_RETRY);
	assert_null(strchr(b->last.why.msg, ':'));
}

static void
a_large_document_is_read_or_not(void **state)
{
	struct bench *b = *state;
	char *large = mem_alloc(MiB(1));
	size_t before;

	memset(large, 'x', MiB(1));
	open_script(b, "exit 0", LONG_MS);
	before = count_descriptors();
	assert_int_equal(
	    deliver(b, (struct sv) { large, MiB(1) }), DELIVERY_DONE);
	open_script(b, "head -c 100000 >$0/in", LONG_MS);
	assert_int_equal(
	    deliver(b, (struct sv) { large, MiB(1) }), DELIVERY_DONE);
	open_script(b, "exec <&-; sleep 0", LONG_MS);
	assert_int_equal(
	    deliver(b, (struct sv) { large, MiB(1) }), DELIVERY_DONE);
	open_script(b, "cat >$0/in", LONG_MS);
	assert_int_equal(
	    deliver(b, (struct sv) { large, MiB(1) }), DELIVERY_DONE);
	(void)file(b, "in");
	assert_int_equal(b->got.len, MiB(1) + 1);
	assert_int_equal(count_descriptors(), before);
	free(large);
}

static void
people_form_without_colour(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "cat >$0/in",
		NULL };
	struct bench *b = *state;
	const char *words[] = { argv[0], argv[1], argv[2], b->dir };

	assert_non_null(open_argv(b, words, 4, FORMAT_TEXT, LONG_MS, NULL));
	assert_int_equal(deliver(b, SV(BODY)), DELIVERY_DONE);
	assert_non_null(strstr(file(b, "in"), "HIGH  truce"));
	assert_null(strchr(str_c(&b->got), '\033'));
	assert_int_equal(deliver(b, SV("{}")), DELIVERY_REFUSED);
}

/* The read end of a FIFO, which ends when the last of the writers has. */
static int
open_fifo(struct bench *b)
{
	int fd;

	assert_int_equal(mkfifo(path(b, "fifo"), 0600), 0);
	fd = open(path(b, "fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
	return fd;
}

static void
assert_writers_gone(int fd)
{
	char c;

	while (read(fd, &c, 1) == 1)
		continue;
	assert_int_equal(close(fd), 0);
}

/* The one that ignores SIGTERM is killed when its parent has ended. */
static void
one_that_hangs_is_stopped_with_its_children(void **state)
{
	struct bench *b = *state;
	int fd = open_fifo(b);

	open_script(b,
	    "(trap '' TERM; sleep 1000 >$0/fifo) & sleep 1000 >$0/fifo", 200);
	assert_int_equal(deliver(b, SV(BODY)), DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "not done within 0.2 s"));
	assert_writers_gone(fd);
}

static void
closing_stops_it_and_tells_nobody(void **state)
{
	struct delivery d = { SV("alr_a"), SV(BODY), 1 };
	struct bench *b = *state;
	int fd = open_fifo(b);
	size_t before = count_descriptors();
	char c;

	open_script(b,
	    "trap '' TERM; echo >$0/fifo; sleep 1000 >$0/fifo & wait", LONG_MS);
	exec()->send(b->self, &d, on_result, b);
	assert_int_equal(poll(&(struct pollfd) { fd, POLLIN, 0 }, 1, -1), 1);
	assert_int_equal(read(fd, &c, 1), 1); /* it runs */
	exec()->close(b->self);
	b->self = NULL;
	assert_int_equal(count_descriptors(), before);
	assert_writers_gone(fd);
	assert_int_equal(b->done, 0);
}

/* Which others are told of, too, before anybody waits. */
static void
one_that_is_going_to_be_closed_is_told_to_end(void **state)
{
	struct delivery d = { SV("alr_a"), SV(BODY), 1 };
	struct bench *b = *state;
	int fd = open_fifo(b);
	struct pollfd ended = { fd, POLLIN, 0 };
	char said[2];

	open_script(b,
	    "exec 3>$0/fifo; trap 'echo >&3' TERM; echo >&3;"
	    "sleep 1000 & wait; wait",
	    LONG_MS);
	exec()->send(b->self, &d, on_result, b);
	assert_int_equal(poll(&ended, 1, -1), 1);
	assert_int_equal(read(fd, said, 1), 1); /* it runs */
	exec()->warn(b->self);
	assert_int_equal(poll(&ended, 1, 20000), 1);
	assert_int_equal(read(fd, said, 1), 1);
	assert_int_equal(b->done, 0);
}

static void
on_line(struct sv line, void *arg)
{
	struct bench *b = arg;

	b->lines++;
	if (line.len > b->longest)
		b->longest = line.len;
}

static void
on_end(const struct process_end *e, void *arg)
{
	struct bench *b = arg;

	b->end = *e;
	loop_stop(b->env.loop);
}

static void
run_script(struct bench *b, char *script, int64_t timeout_ms)
{
	static const struct process_events events = { on_line, on_end };
	static char shell[] = "/bin/sh", option[] = "-c";
	char *argv[] = { shell, option, script, NULL }, *env[] = { NULL };
	struct process_request r = { .path = shell,
		.argv = argv,
		.env = env,
		.timeout_ms = timeout_ms,
		.grace_ms = 10 };
	struct err e;

	if (process_start(b->env.loop, &r, &events, b, &e) == NULL)
		fail_msg("%s", e.msg);
	loop_run(b->env.loop);
}

static void
one_that_ignores_the_hint_is_killed(void **state)
{
	char script[] = "trap '' TERM; while :; do sleep 1000; done";
	struct bench *b = *state;

	run_script(b, script, 100);
	assert_int_equal(b->end.kind, PROCESS_TIMEOUT);
}

static void
what_it_says_is_bounded(void **state)
{
	char script[] = "i=0; while [ $i -lt 300 ]; do i=$((i+1));"
			"printf '%01000d\\n' $i >&2; done";
	struct bench *b = *state;

	run_script(b, script, LONG_MS);
	assert_int_equal(b->end.kind, PROCESS_EXITED);
	assert_int_equal(b->end.code, 0);
	assert_int_equal(b->lines, PROCESS_LINES);
	assert_int_equal(b->longest, PROCESS_LINE_BYTES);
}

/* One that outlives its parent does not keep the alert waiting. */
static void
who_stays_behind_is_not_waited_for(void **state)
{
	struct bench *b = *state;
	int fd = open_fifo(b);
	char number[32];
	ssize_t n;

	open_script(b,
	    "sleep 1000 >$0/fifo & echo $! >$0/fifo; echo last words >&2;"
	    "exit 4",
	    LONG_MS);
	assert_int_equal(deliver(b, SV(BODY)), DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "last words"));
	n = read(fd, number, sizeof(number) - 1);
	assert_true(n > 0);
	number[n] = '\0';
	assert_int_equal(kill((pid_t)strtol(number, NULL, 10), 9), 0);
	assert_writers_gone(fd);
}

static void
what_cannot_run_is_told_at_once(void **state)
{
	struct bench *b = *state;
	struct err e;
	const char *one[] = { "/nowhere/pager" };
	FILE *f;

	assert_null(open_argv(b, one, 0, FORMAT_JSON, LONG_MS, &e));
	assert_non_null(strstr(e.msg, "command"));
	assert_null(open_argv(b, one, 1, FORMAT_JSON, LONG_MS, &e));
	assert_non_null(strstr(e.msg, "/nowhere/pager cannot be executed: No"));
	one[0] = "/etc";
	assert_null(open_argv(b, one, 1, FORMAT_JSON, LONG_MS, &e));
	one[0] = "bin/pager";
	assert_null(open_argv(b, one, 1, FORMAT_JSON, LONG_MS, &e));
	assert_non_null(strstr(e.msg, "absolute"));
	one[0] = "no-such-pager";
	assert_null(open_argv(b, one, 1, FORMAT_JSON, LONG_MS, &e));
	assert_non_null(strstr(e.msg, "PATH"));
	one[0] = "sh";
	assert_null(open_argv(b, one, 1, FORMAT_SLACK, LONG_MS, &e));
	one[0] = path(b, "prog");
	f = fopen(one[0], "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	assert_null(open_argv(b, one, 1, FORMAT_JSON, LONG_MS, &e));
	assert_non_null(strstr(e.msg, "Permission denied"));
}

static void
one_that_has_gone_is_waited_for(void **state)
{
	struct bench *b = *state;
	struct delivery d = { SV("alr_a"), SV(BODY), 1 };
	const char *one[] = { path(b, "prog") };
	FILE *f = fopen(one[0], "w");

	assert_non_null(f);
	(void)fputs("#!/bin/sh\nexit 0\n", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(one[0], 0700), 0);
	assert_non_null(open_argv(b, one, 1, FORMAT_JSON, LONG_MS, NULL));
	assert_int_equal(deliver(b, SV(BODY)), DELIVERY_DONE);
	assert_int_equal(unlink(path(b, "prog")), 0);
	exec()->send(b->self, &d, on_result, b);
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "/prog: No such file"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_program_gets_the_document_and_nothing_else),
		T(how_it_ends_is_what_came_of_it),
		T(a_large_document_is_read_or_not),
		T(people_form_without_colour),
		T(one_that_hangs_is_stopped_with_its_children),
		T(closing_stops_it_and_tells_nobody),
		T(one_that_is_going_to_be_closed_is_told_to_end),
		T(one_that_ignores_the_hint_is_killed),
		T(what_it_says_is_bounded),
		T(who_stays_behind_is_not_waited_for),
		T(what_cannot_run_is_told_at_once),
		T(one_that_has_gone_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
