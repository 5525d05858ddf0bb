/* tests/unit/test_stdout.c: alerts on standard output, read by who is slow, or
 * gone. */
#include "alerts/destination.h"

#include "base/file.h"
#include "net/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LARGE 300000 /* more than a pipe holds */

#define DOCUMENT \
	"{\"timestamp\":\"2024-03-26T05:12:09.123Z\"," \
	"\"data\":{\"severity\":\"low\",\"filter\":{\"name\":\"f\"}," \
	"\"item\":{\"title\":\"t\",\"feed\":{\"name\":\"n\"}}}}"

/* Standard output is a pipe whose other end we hold. */
struct bench {
	struct destination_env env;
	struct timer *timer;
	int kept, reader; /* -1: closed */
	void *self;
	struct outbox_result last;
	unsigned done, gone;
	struct str got;
};

static const struct destination_type *
out(void)
{
	return destination_type(DEST_STDOUT);
}

static void
stop(void *arg)
{
	loop_stop(((struct bench *)arg)->env.loop);
}

static void
run_for(struct bench *b, int64_t ms)
{
	timer_set(b->timer, ms);
	loop_run(b->env.loop);
}

static int
set_up(void **state)
{
	struct bench *b = mem_calloc(1, sizeof(*b));
	int ends[2];

	b->env.loop = loop_new();
	b->timer = timer_new(b->env.loop, stop, b);
	str_init(&b->got, MiB(1));
	(void)fflush(stdout);
	b->kept = dup(STDOUT_FILENO);
	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDOUT_FILENO) >= 0);
	assert_int_equal(close(ends[1]), 0);
	b->reader = ends[0];
	*state = b;
	return 0;
}

static void
close_reader(void *arg)
{
	struct bench *b = arg;

	assert_int_equal(close(b->reader), 0);
	b->reader = -1;
}

static void
close_out(struct bench *b)
{
	if (b->self != NULL)
		out()->close(b->self);
	b->self = NULL;
	assert_true(dup2(b->kept, STDOUT_FILENO) >= 0);
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	close_out(b);
	assert_int_equal(close(b->kept), 0);
	if (b->reader >= 0)
		close_reader(b);
	timer_free(b->timer);
	loop_free(b->env.loop);
	str_done(&b->got);
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

static void
on_gone(void *arg)
{
	((struct bench *)arg)->gone++;
	stop(arg);
}

static void
open_out(struct bench *b, enum config_format format, bool tell)
{
	struct config_destination c = { .type = DEST_STDOUT, .format = format };

	b->env.on_gone = tell ? on_gone : NULL;
	b->env.arg = b;
	b->self = out()->open(&c, &b->env, NULL);
	assert_non_null(b->self);
}

/* `d` stays until it is delivered. */
static void
deliver(struct bench *b, struct delivery *d, struct sv body)
{
	*d = (struct delivery) { SV("alr_abc"), body, 0 };
	out()->send(b->self, d, on_result, b);
}

/* All that was written, once nobody writes any more. */
static const char *
written(struct bench *b)
{
	close_out(b);
	assert_true(file_read_fd(b->reader, "pipe", &b->got, NULL));
	return str_c(&b->got);
}

static void
json_is_one_line(void **state)
{
	struct bench *b = *state;
	struct delivery d;

	open_out(b, FORMAT_JSON, false);
	deliver(b, &d, SV(DOCUMENT));
	assert_int_equal(b->last.kind, DELIVERY_DONE);
	assert_string_equal(written(b), DOCUMENT "\n");
}

static void
people_get_text(void **state)
{
	struct bench *b = *state;
	struct delivery d;

	open_out(b, FORMAT_TEXT, false);
	deliver(b, &d, SV("{}"));
	assert_int_equal(b->last.kind, DELIVERY_REFUSED);
	deliver(b, &d, SV(DOCUMENT));
	assert_int_equal(b->last.kind, DELIVERY_DONE);
	assert_non_null(strstr(written(b), "LOW  f"));
	assert_null(strchr(str_c(&b->got), '\033')); /* no terminal */
}

static struct sv
large_text(char *room)
{
	memset(room, 'x', LARGE);
	return (struct sv) { room, LARGE };
}

/* Reads until the pipe is empty. */
static void
read_some(void *arg)
{
	static char room[LARGE];
	struct bench *b = arg;
	ssize_t n = read(b->reader, room, sizeof(room));

	assert_true(n > 0);
	assert_true(str_add(&b->got, (struct sv) { room, (size_t)n }));
}

static void
who_does_not_read_stops_nothing(void **state)
{
	static char room[LARGE];
	struct bench *b = *state;
	struct loop_io *io;
	struct delivery d;

	open_out(b, FORMAT_JSON, true);
	deliver(b, &d, large_text(room)); /* would block for ever */
	run_for(b, 50);
	assert_int_equal(b->done, 0);
	io = loop_io_new(b->env.loop, b->reader, true, false, read_some, b);
	run_for(b, 500);
	loop_io_free(io);
	assert_int_equal(b->done, 1);
	assert_int_equal(b->last.kind, DELIVERY_DONE);
	assert_int_equal(b->got.len, LARGE + 1);
	assert_int_equal(b->gone, 0);
}

static void
a_reader_that_goes_is_noticed_at_once(void **state)
{
	struct bench *b = *state;
	struct delivery d;

	open_out(b, FORMAT_JSON, true);
	deliver(b, &d, SV(DOCUMENT));
	close_reader(b);
	run_for(b, 5000);
	assert_int_equal(b->gone, 1);
}

static void
or_in_the_middle_of_an_alert(void **state)
{
	static char room[LARGE];
	struct bench *b = *state;
	struct delivery d;

	open_out(b, FORMAT_JSON, true);
	deliver(b, &d, large_text(room));
	close_reader(b);
	run_for(b, 5000);
	assert_true(b->gone >= 1);
	assert_int_equal(b->done, 0);
}

static void
limit_file(rlim_t bytes)
{
	struct rlimit r = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void
an_alert_that_was_cut_is_written_to_its_end(void **state)
{
	char path[] = "/tmp/test_stdout.XXXXXX";
	int fd = mkstemp(path);
	struct bench *b = *state;
	struct delivery d;

	assert_true(fd >= 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_true(dup2(fd, STDOUT_FILENO) >= 0);
	open_out(b, FORMAT_JSON, false);
	limit_file(10);
	deliver(b, &d, SV(DOCUMENT));
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	limit_file(RLIM_INFINITY);
	deliver(b, &d, SV(DOCUMENT));
	assert_int_equal(b->last.kind, DELIVERY_DONE);
	deliver(b, &d, SV("{}"));
	close_out(b);
	assert_true(file_read(path, &b->got, NULL));
	assert_string_equal(str_c(&b->got), DOCUMENT "\n{}\n");
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(path), 0);
}

/* A daemon's output may be mended. */
static void
without_interest_in_that_it_is_tried_again(void **state)
{
	struct bench *b = *state;
	struct delivery d;

	close_reader(b);
	open_out(b, FORMAT_JSON, false);
	deliver(b, &d, SV(DOCUMENT));
	assert_int_equal(b->last.kind, DELIVERY_RETRY);
	assert_non_null(strstr(b->last.why.msg, "Broken pipe"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(json_is_one_line),
		T(people_get_text),
		T(who_does_not_read_stops_nothing),
		T(a_reader_that_goes_is_noticed_at_once),
		T(or_in_the_middle_of_an_alert),
		T(an_alert_that_was_cut_is_written_to_its_end),
		T(without_interest_in_that_it_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
