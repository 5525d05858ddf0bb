/* tests/unit/test_lines.c: the socket of one-line requests, and its hostile
 * clients. */
#include "net/lines.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STUCK_MS (20 * SEC_MS) /* a test that hangs ends then, and fails */

struct world {
	char dir[64], path[128];
	struct loop *loop;
	struct lines *lines;
	struct timer *stuck;
	unsigned asked;
	struct str said; /* the last request */
	struct lines_call *kept;
	struct err e;
};

/* A client's end of a connection. */
struct end {
	struct world *w;
	int fd;
	struct loop_io *io;
	struct str heard;
	bool closed;
};

static void
on_line(struct lines_call *call, struct sv line, void *arg)
{
	struct world *w = arg;
	struct str big;

	w->asked++;
	str_clear(&w->said);
	assert_true(str_add(&w->said, line));
	if (sv_is(line, "later")) {
		assert_null(w->kept);
		w->kept = call;
		loop_stop(w->loop);
		return;
	}
	str_init(&big, 2 * LINES_ANSWER_BYTES);
	while (sv_is(line, "much") && big.len < LINES_ANSWER_BYTES - 16)
		assert_true(str_addc(&big, 'x'));
	while (sv_is(line, "too much") && big.len < LINES_ANSWER_BYTES + 1)
		assert_true(str_addc(&big, 'x'));
	lines_reply(call, big.len != 0 ? str_sv(&big) : line);
	str_done(&big);
}

static void
on_stuck(void *arg)
{
	(void)arg;
	fail_msg("nothing happens any more");
}

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/test_lines.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	(void)snprintf(w->path, sizeof(w->path), "%s/control", w->dir);
	w->loop = loop_new();
	w->stuck = timer_new(w->loop, on_stuck, w);
	timer_set(w->stuck, STUCK_MS);
	str_init(&w->said, LINES_REQUEST_BYTES);
	w->lines = lines_new(w->loop, w->path, on_line, w, &w->e);
	if (w->lines == NULL)
		fail_msg("%s", w->e.msg);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	lines_free(w->lines);
	timer_free(w->stuck);
	loop_free(w->loop);
	str_done(&w->said);
	assert_int_equal(rmdir(w->dir), 0);
	free(w);
	return 0;
}

static void
on_heard(void *arg)
{
	struct end *c = arg;
	char buf[4096];
	ssize_t n = read(c->fd, buf, sizeof(buf));

	if (n > 0) {
		assert_true(str_add(&c->heard, (struct sv) { buf, (size_t)n }));
		return;
	}
	c->closed = true;
	loop_io_free(c->io);
	c->io = NULL;
	loop_stop(c->w->loop);
}

static struct end *
end_new(struct world *w)
{
	struct end *c = mem_calloc(1, sizeof(*c));
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	(void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%.100s", w->path);
	c->w = w;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    connect(c->fd, (const struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(fcntl(c->fd, F_SETFL, O_NONBLOCK), 0);
	str_init(&c->heard, 2 * LINES_ANSWER_BYTES);
	c->io = loop_io_new(w->loop, c->fd, true, false, on_heard, c);
	return c;
}

static void
end_free(struct end *c)
{
	loop_io_free(c->io);
	(void)close(c->fd);
	str_done(&c->heard);
	free(c);
}

static void
say(struct end *c, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(send(c->fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* Until the connection is closed. */
static const char *
hear(struct end *c)
{
	while (!c->closed)
		loop_run(c->w->loop);
	return str_c(&c->heard);
}

static void
a_line_is_answered_by_a_line(void **state)
{
	struct world *w = *state;
	struct end *c = end_new(w);

	say(c, "hello\n");
	assert_string_equal(hear(c), "hello\n");
	assert_int_equal(w->asked, 1);
	end_free(c);
}

static void
an_answer_may_come_later_and_to_nobody(void **state)
{
	struct world *w = *state;
	struct end *c = end_new(w), *other;

	say(c, "later\n");
	loop_run(w->loop);
	assert_non_null(w->kept);
	lines_reply(w->kept, SV("at last"));
	w->kept = NULL;
	assert_string_equal(hear(c), "at last\n");
	end_free(c);

	c = end_new(w);
	say(c, "later\n");
	loop_run(w->loop);
	end_free(c);
	other = end_new(w);
	say(other, "still there\n");
	assert_string_equal(hear(other), "still there\n");
	lines_reply(w->kept, SV("at last"));
	end_free(other);
}

static void
an_answer_after_the_end_of_the_listener_is_lost(void **state)
{
	struct world *w = *state;
	struct end *c = end_new(w);

	say(c, "later\n");
	loop_run(w->loop);
	lines_free(w->lines);
	w->lines = NULL;
	lines_reply(w->kept, SV("at last"));
	assert_string_equal(hear(c), "");
	assert_int_equal(access(w->path, F_OK), -1);
	end_free(c);
}

static void
half_a_request_is_none(void **state)
{
	struct world *w = *state;
	struct end *c = end_new(w);

	say(c, "half a reque");
	assert_int_equal(shutdown(c->fd, SHUT_WR), 0);
	assert_string_equal(hear(c), "");
	assert_int_equal(w->asked, 0);
	end_free(c);
}

static void
who_says_nothing_is_sent_away(void **state)
{
	struct world *w = *state;
	struct end *c = end_new(w);

	say(c, "half a reque");
	assert_string_equal(hear(c), "");
	assert_int_equal(w->asked, 0);
	end_free(c);
}

static void
a_long_request_is_refused(void **state)
{
	struct world *w = *state;
	struct end *c = end_new(w);
	char part[1001];

	(void)memset(part, 'a', sizeof(part) - 1);
	part[sizeof(part) - 1] = '\0';
	for (size_t n = 0; n <= LINES_REQUEST_BYTES; n += sizeof(part) - 1)
		say(c, part);
	assert_string_equal(
	    hear(c), "{\"error\":\"the request is too long\"}\n");
	assert_int_equal(w->asked, 0);
	end_free(c);
}

static void
a_long_answer_goes_out_in_pieces(void **state)
{
	struct world *w = *state;
	struct end *c = end_new(w);

	say(c, "much\n");
	assert_int_equal(strlen(hear(c)), LINES_ANSWER_BYTES - 15);
	end_free(c);
	c = end_new(w);
	say(c, "too much\n");
	assert_string_equal(
	    hear(c), "{\"error\":\"the answer is too long\"}\n");
	end_free(c);
}

static void
a_crowd_that_says_nothing_keeps_nobody_out(void **state)
{
	struct world *w = *state;
	struct end *crowd[LINES_CLIENTS + 20], *c;
	size_t away = 0;

	for (size_t i = 0; i < COUNTOF(crowd); i++) {
		crowd[i] = end_new(w);
		say(crowd[i], "{");
	}
	c = end_new(w);
	say(c, "hello\n");
	assert_string_equal(hear(c), "hello\n");
	for (size_t i = 0; i < COUNTOF(crowd); i++) {
		away += crowd[i]->closed;
		assert_true(!crowd[i]->closed || i <= 20);
		end_free(crowd[i]);
	}
	assert_in_range(away, 1, 21);
	end_free(c);
}

static void
those_who_wait_are_not_sent_away_for_others(void **state)
{
	struct world *w = *state;
	struct lines_call *calls[LINES_CLIENTS];
	struct end *crowd[LINES_CLIENTS], *c;

	for (size_t i = 0; i < LINES_CLIENTS; i++) {
		crowd[i] = end_new(w);
		say(crowd[i], "later\n");
		loop_run(w->loop);
		calls[i] = w->kept;
		w->kept = NULL;
	}
	c = end_new(w);
	assert_string_equal(hear(c), "");
	for (size_t i = 0; i < LINES_CLIENTS; i++) {
		lines_reply(calls[i], SV("done"));
		assert_string_equal(hear(crowd[i]), "done\n");
		end_free(crowd[i]);
	}
	end_free(c);
}

static void
the_socket_is_for_user_and_group(void **state)
{
	struct world *w = *state;
	struct stat st;

	assert_int_equal(lstat(w->path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777u, 0660);
}

static void
a_dead_socket_is_replaced_and_a_file_is_not(void **state)
{
	struct world *w = *state;
	struct lines *second = lines_new(w->loop, w->path, on_line, w, &w->e);
	struct end *c;
	char file[160];
	int fd;

	assert_non_null(second);
	c = end_new(w);
	say(c, "hello\n");
	assert_string_equal(hear(c), "hello\n");
	end_free(c);
	lines_free(second);
	(void)snprintf(file, sizeof(file), "%s/file", w->dir);
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_null(lines_new(w->loop, file, on_line, w, &w->e));
	assert_non_null(strstr(w->e.msg, "is no socket"));
	assert_int_equal(unlink(file), 0);
}

/* Asks from another process, since asking blocks. */
static void
a_path_longer_than_an_address_works(void **state)
{
	struct world *w = *state;
	char deep[300], path[320];
	struct lines *far;
	struct str answer;
	int ends[2];
	char done;

	(void)snprintf(deep, sizeof(deep), "%s/%0150d", w->dir, 7);
	(void)snprintf(path, sizeof(path), "%s/control", deep);
	assert_int_equal(mkdir(deep, 0700), 0);
	far = lines_new(w->loop, path, on_line, w, &w->e);
	if (far == NULL)
		fail_msg("%s", w->e.msg);
	assert_int_equal(pipe(ends), 0);
	if (fork() == 0) {
		str_init(&answer, KiB(1));
		if (lines_ask(path, SV("later"), STUCK_MS, &answer, NULL) &&
		    sv_is(str_sv(&answer), "at last"))
			(void)!write(ends[1], "y", 1);
		_exit(0);
	}
	(void)close(ends[1]);
	loop_run(w->loop);
	lines_reply(w->kept, SV("at last"));
	assert_int_equal(read(ends[0], &done, 1), 1);
	(void)close(ends[0]);
	lines_free(far);
	assert_int_equal(rmdir(deep), 0);
}

static void
who_is_not_there_is_named(void **state)
{
	struct world *w = *state;
	struct str answer;
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/nobody", w->dir);
	str_init(&answer, KiB(1));
	assert_false(lines_ask(path, SV("hello"), SEC_MS, &answer, &w->e));
	assert_non_null(strstr(w->e.msg, "nobody: No such file"));
	str_done(&answer);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_answered_by_a_line),
		TEST(an_answer_may_come_later_and_to_nobody),
		TEST(an_answer_after_the_end_of_the_listener_is_lost),
		TEST(half_a_request_is_none),
		TEST(who_says_nothing_is_sent_away),
		TEST(a_long_request_is_refused),
		TEST(a_long_answer_goes_out_in_pieces),
		TEST(a_crowd_that_says_nothing_keeps_nobody_out),
		TEST(those_who_wait_are_not_sent_away_for_others),
		TEST(the_socket_is_for_user_and_group),
		TEST(a_dead_socket_is_replaced_and_a_file_is_not),
		TEST(a_path_longer_than_an_address_works),
		TEST(who_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
