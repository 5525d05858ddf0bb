/* tests/unit/test_loop.c: the event loop. */
#include "net/loop.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/str.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* What happened, in order, as letters. */
struct log {
	struct loop *loop;
	struct str order;
	struct timer *timer;
	struct loop_idle *idle;
	int64_t fired_ms;
	int fd;
};

static int
set_up(void **state)
{
	struct log *log = mem_calloc(1, sizeof(*log));

	log->loop = loop_new();
	str_init(&log->order, 100);
	*state = log;
	return 0;
}

static int
tear_down(void **state)
{
	struct log *log = *state;

	loop_free(log->loop);
	str_done(&log->order);
	free(log);
	return 0;
}

static void
on_stop(void *arg)
{
	struct log *log = arg;

	(void)str_addc(&log->order, 's');
	log->fired_ms = clock_mono_ms();
	loop_stop(log->loop);
}

static void
on_a(void *arg)
{
	struct log *log = arg;

	(void)str_addc(&log->order, 'a');
}

static void
on_b(void *arg)
{
	struct log *log = arg;

	(void)str_addc(&log->order, 'b');
}

static void
timers_fire_in_order_and_never_early(void **state)
{
	static const int delays[] = { 1, 3, 7, 10 };
	struct log *log = *state;
	struct timer *late = timer_new(log->loop, on_stop, log);
	struct timer *early = timer_new(log->loop, on_a, log);
	int64_t began;

	for (size_t i = 0; i < COUNTOF(delays); i++) {
		str_clear(&log->order);
		began = clock_mono_ms();
		timer_set(late, delays[i]);
		timer_set(early, 0);
		assert_true(timer_is_set(late));
		assert_string_equal(str_c(&log->order), "");
		loop_run(log->loop);
		assert_string_equal(str_c(&log->order), "as");
		assert_true(log->fired_ms - began >= delays[i]);
		assert_false(timer_is_set(late));
	}
	timer_free(early);
	timer_free(late);
}

static void
setting_a_timer_again_replaces_its_time(void **state)
{
	struct log *log = *state;
	struct timer *t = timer_new(log->loop, on_a, log);
	struct timer *stop = timer_new(log->loop, on_stop, log);

	timer_set(t, 0);
	timer_set(t, HOUR_MS);
	timer_set(stop, 1);
	loop_run(log->loop);
	assert_string_equal(str_c(&log->order), "s");
	timer_set(t, -5);
	timer_stop(t);
	timer_set(stop, 1);
	loop_run(log->loop);
	assert_string_equal(str_c(&log->order), "ss");
	timer_free(t);
	timer_free(stop);
	timer_free(NULL);
}

static void
on_ask_twice(void *arg)
{
	struct log *log = arg;

	(void)str_addc(&log->order, 'a');
	loop_idle_ask(log->idle);
	loop_idle_ask(log->idle);
}

static void
on_idle_once(void *arg)
{
	struct log *log = arg;

	(void)str_addc(&log->order, 'i');
	if (log->order.len > 3) {
		loop_stop(log->loop);
		return;
	}
	loop_idle_ask(log->idle); /* for the next turn */
	timer_set(log->timer, 0);
}

static void
idle_work_runs_once_after_the_callbacks_of_its_turn(void **state)
{
	struct log *log = *state;
	struct timer *a = timer_new(log->loop, on_ask_twice, log);
	struct timer *b = timer_new(log->loop, on_b, log);

	log->idle = loop_idle_new(log->loop, on_idle_once, log);
	log->timer = b;
	timer_set(a, 0);
	timer_set(b, 0);
	loop_run(log->loop); /* would wait for ever without the idle work */
	assert_string_equal(str_c(&log->order), "abibi");
	loop_idle_ask(log->idle);
	loop_idle_free(log->idle); /* takes the wish back */
	loop_idle_free(NULL);
	timer_free(a);
	timer_free(b);
}

static void
on_byte(void *arg)
{
	struct log *log = arg;
	char c;

	assert_int_equal(read(log->fd, &c, 1), 1);
	(void)str_addc(&log->order, c);
	if (c == '.')
		loop_stop(log->loop);
}

static void
a_descriptor_calls_while_it_is_readable(void **state)
{
	struct log *log = *state;
	struct loop_io *io;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	log->fd = fds[0];
	assert_int_equal(write(fds[1], "xyz.", 4), 4);
	io = loop_io_new(log->loop, fds[0], true, false, on_byte, log);
	loop_run(log->loop);
	assert_string_equal(str_c(&log->order), "xyz.");
	loop_io_free(io);
	loop_io_free(NULL);
	close(fds[0]);
	close(fds[1]);
}

static void
a_signal_arrives_as_a_callback(void **state)
{
	struct log *log = *state;
	struct loop_signal *s = loop_on_signal(
	    log->loop, SIGUSR1, on_stop, log);

	assert_int_equal(raise(SIGUSR1), 0);
	assert_string_equal(str_c(&log->order), "");
	loop_run(log->loop);
	assert_string_equal(str_c(&log->order), "s");
	loop_signal_free(s);
	loop_signal_free(NULL);
}

static void
writing_to_a_peer_that_is_gone_is_no_death(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write(fds[1], "x", 1), -1);
	close(fds[1]);
}

static void
on_work(void *arg)
{
	struct log *log = arg;
	int64_t until = clock_mono_ms() + 20;
	int64_t now = loop_now_ms(log->loop);

	while (clock_mono_ms() < until)
		continue;
	assert_int_equal(loop_now_ms(log->loop), now);
	loop_stop(log->loop);
}

/* Two turns: the first waits 200 ms and works 20, of which only the latter
 * count. */
static void
the_longest_turn_counts_work_and_not_waiting(void **state)
{
	struct log *log = *state;
	struct timer *t = timer_new(log->loop, on_work, log);

	metrics.loop_longest_ms = 0;
	timer_set(t, 200);
	loop_run(log->loop);
	assert_true(metrics.loop_longest_ms >= 19);
	assert_true(metrics.loop_longest_ms < 200);
	timer_free(t);
}

int
main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(timers_fire_in_order_and_never_early),
		ROW(setting_a_timer_again_replaces_its_time),
		ROW(idle_work_runs_once_after_the_callbacks_of_its_turn),
		ROW(a_descriptor_calls_while_it_is_readable),
		ROW(a_signal_arrives_as_a_callback),
		ROW(writing_to_a_peer_that_is_gone_is_no_death),
		ROW(the_longest_turn_counts_work_and_not_waiting),
	};
#undef ROW

	return cmocka_run_group_tests(tests, NULL, NULL);
}
