/* tests/unit/test_delivery.c: group commit, and delivery in order through
 * failures, reloads and crashes. */
#include "daemon/delivery.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "tests/fake/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A destination that does what it is told.  Its URL names it. */
struct fake {
	char name[16];
	delivery_fn *done; /* of the attempt that has no answer yet */
	void *arg;
	int64_t at_ms; /* of the last attempt */
};

static struct {
	struct loop *loop;
	struct str log; /* "desk:a desk:b ", in order of attempts */
	/* The next answers; when there are no more: DELIVERY_DONE. */
	struct outbox_result answers[32];
	size_t next, n;
	const char *answers_of; /* whom they are for; NULL: everybody */
	bool silent; /* no answer until answer() */
	unsigned opened, closed;
	unsigned warned; /* before any was closed */
	struct fake *last;
	int file; /* where deliveries are kept through a crash; -1: nowhere */
} world;

static void *
fake_open(const struct config_destination *c, const struct destination_env *env,
    struct err *e)
{
	struct fake *f;

	(void)env;
	if (strcmp(c->url, "bad") == 0) {
		(void)err_set(e, "no good");
		return NULL;
	}
	f = mem_calloc(1, sizeof(*f));
	(void)snprintf(f->name, sizeof(f->name), "%s", c->url);
	world.opened++;
	return f;
}

static void
answer(struct fake *f)
{
	struct outbox_result r = { .kind = DELIVERY_DONE,
		.retry_after_ms = -1 };
	delivery_fn *done = f->done;

	if (world.next < world.n &&
	    (world.answers_of == NULL ||
		strcmp(world.answers_of, f->name) == 0))
		r = world.answers[world.next++];
	f->done = NULL;
	done(&r, f->arg);
}

static void
fake_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct fake *f = self;

	assert_null(f->done); /* one at a time */
	f->done = done;
	f->arg = arg;
	f->at_ms = world.loop->now_ms;
	world.last = f;
	(void)str_addf(&world.log, "%s:%.*s ", f->name, SV_ARG(d->id));
	if (world.file >= 0)
		assert_true(file_write_all(world.file, d->id));
	if (!world.silent)
		answer(f);
}

static void
fake_warn(void *self)
{
	(void)self;
	world.warned += world.closed == 0;
}

static void
fake_close(void *self)
{
	world.closed++;
	free(self);
}

const struct destination_type *
destination_type(enum config_desttype type)
{
	static const struct destination_type remote = { DEST_WEBHOOK, true,
		NULL, fake_open, fake_send, fake_warn, fake_close };
	static const struct destination_type local = { DEST_SPOOL, false, NULL,
		fake_open, fake_send, NULL, fake_close };

	return type == DEST_WEBHOOK ? &remote : &local;
}

struct bench {
	char dir[64];
	struct store *store;
	struct committer *committer;
	struct deliveries *deliveries;
	struct config_destination destinations[2];
	struct config config;
};

static void
start(struct bench *b)
{
	struct destination_env env = { .http = NULL };
	struct err e;

	world.loop = env.loop = loop_new();
	b->store = store_open(b->dir[0] != '\0' ? b->dir : NULL, NULL, &e);
	if (b->store == NULL)
		fail_msg("%s", e.msg);
	b->committer = committer_new(env.loop, b->store);
	b->deliveries = deliveries_new(
	    &env, b->store, b->committer, &b->config, &e);
	if (b->deliveries == NULL)
		fail_msg("%s", e.msg);
}

static void
stop(struct bench *b)
{
	deliveries_free(b->deliveries);
	committer_free(b->committer);
	store_close(b->store);
	loop_free(world.loop);
	b->store = NULL;
}

static void
make_dir(struct bench *b)
{
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/test_delivery.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
}

static void
remove_dir(struct bench *b)
{
	static const char *const names[] = { "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm", "tocsin.lock", "got" };
	char path[128];

	for (size_t i = 0; i < COUNTOF(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", b->dir, names[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(b->dir), 0);
	b->dir[0] = '\0';
}

static void
init(struct bench *b)
{
	static const struct config_destination plain = { .type = DEST_WEBHOOK,
		.retry_min_ms = 200,
		.retry_max_ms = 30 * MIN_MS,
		.give_up_ms = 3 * DAY_MS };

	memset(b, 0, sizeof(*b));
	b->destinations[0] = b->destinations[1] = plain;
	b->destinations[0].name = b->destinations[0].url = "desk";
	b->destinations[1].name = b->destinations[1].url = "other";
	b->config.destinations = b->destinations;
	b->config.ndestinations = 2;
	memset(&world, 0, sizeof(world));
	world.file = -1;
	str_init(&world.log, MiB(1));
	memset(&metrics, 0, sizeof(metrics));
}

static int
set_up(void **state)
{
	struct bench *b = mem_calloc(1, sizeof(*b));

	init(b);
	start(b);
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	stop(b);
	if (b->dir[0] != '\0')
		remove_dir(b);
	str_done(&world.log);
	free(b);
	return 0;
}

static void
put(struct bench *b, const char *ids, const char *to)
{
	struct err e;

	assert_true(store_begin(b->store, &e));
	for (; *ids != '\0'; ids++) {
		struct store_alert a = { .id = { ids, 1 },
			.destination = sv_of(to),
			.body = SV("{}"),
			.created_ms = world.loop->wall_ms };

		assert_true(store_put_alert(b->store, &a, &e));
	}
	assert_true(store_commit(b->store, &e));
	deliveries_wake(b->deliveries, to);
}

static void
will_answer(int kind, int64_t retry_after_ms)
{
	struct outbox_result *r = &world.answers[world.n++];

	*r = (struct outbox_result) { .retry_after_ms = retry_after_ms };
	r->kind = kind;
	(void)err_set(&r->why, "as the test says");
}

static void
expect_log(const char *log)
{
	assert_string_equal(str_c(&world.log), log);
	str_clear(&world.log);
}

/* What was delivered is recorded a little later. */
static struct store_stats
stats(struct bench *b)
{
	struct store_stats st;
	struct err e;

	fake_pass(world.loop, 10);
	assert_true(store_read_stats(b->store, &st, &e));
	return st;
}

static void
alerts_go_out_in_order_and_once(void **state)
{
	struct bench *b = *state;

	put(b, "cab", "desk");
	put(b, "x", "other");
	fake_pass(world.loop, 1);
	put(b, "caz", "desk"); /* c and a were delivered */
	fake_pass(world.loop, DAY_MS);
	assert_int_equal(stats(b).outbox, 0);
	assert_int_equal(metrics.deliveries, 5);
	expect_log("desk:c other:x desk:a desk:b desk:z ");
}

static void
a_gap_is_kept_and_delays_no_other(void **state)
{
	struct bench *b = *state;
	struct err e;

	b->destinations[0].gap_ms = 1000;
	assert_true(deliveries_reload(b->deliveries, &b->config, &e));
	put(b, "abc", "desk");
	put(b, "xyz", "other");
	fake_pass(world.loop, 999);
	expect_log("other:x desk:a other:y other:z ");
	fake_pass(world.loop, 2);
	expect_log("desk:b ");
	will_answer(DELIVERY_RETRY, -1);
	fake_pass(world.loop, 1000);
	expect_log("desk:c ");
	fake_pass(world.loop, 990); /* retry-min alone would be over */
	expect_log("");
	fake_pass(world.loop, 10);
	expect_log("desk:c ");
}

static void
more_than_memory_holds_goes_out_too(void **state)
{
	struct bench *b = *state;
	char id[2] = "";
	size_t n = 0;

	for (int i = 33; i < 33 + 90; i++) {
		id[0] = (char)i;
		put(b, id, "desk");
	}
	put(b, "~", "desk");
	world.silent = true;
	fake_pass(world.loop, 1);
	for (; world.last != NULL; n++) {
		struct fake *f = world.last;

		world.last = NULL;
		assert_int_equal(
		    str_c(&world.log)[7 * n + 5], n < 90 ? (int)(33 + n) : '~');
		answer(f);
		fake_pass(world.loop, 1);
	}
	assert_int_equal(n, 91);
	assert_int_equal(stats(b).outbox, 0);
}

static void
a_failure_holds_back_what_comes_after_it(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 3; i++)
		will_answer(DELIVERY_RETRY, -1);
	put(b, "ab", "desk");
	fake_pass(world.loop, 199);
	expect_log("desk:a ");
	fake_pass(world.loop, 41); /* jitter: at most a fifth */
	expect_log("desk:a ");
	fake_pass(world.loop, 399 - 41);
	expect_log("");
	fake_pass(world.loop, 500);
	expect_log("desk:a ");
	fake_pass(world.loop, 1000);
	expect_log("desk:a desk:b ");
	assert_int_equal(metrics.deliveries_failed, 3);
	assert_int_equal(stats(b).outbox, 0);
}

static void
trouble_of_one_does_not_touch_another(void **state)
{
	struct bench *b = *state;

	world.answers_of = "desk";
	for (int i = 0; i < 30; i++)
		will_answer(DELIVERY_RETRY, -1);
	put(b, "ab", "desk");
	put(b, "abc", "other");
	fake_pass(world.loop, 1);
	expect_log("desk:a other:a other:b other:c ");
}

static void
an_alert_is_given_up_once_and_the_next_goes_out(void **state)
{
	struct bench *b = *state;

	world.answers_of = "desk";
	for (int i = 0; i < 30; i++)
		will_answer(DELIVERY_RETRY, -1);
	b->destinations[0].give_up_ms = HOUR_MS;
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	put(b, "a", "desk");
	fake_pass(world.loop, HOUR_MS / 2);
	assert_int_equal(metrics.dead_letters, 0);
	fake_pass(world.loop, 2 * HOUR_MS);
	assert_int_equal(metrics.dead_letters, 1);
	assert_int_equal(stats(b).dead, 1);
	assert_int_equal(stats(b).outbox, 0);
	world.next = world.n;
	str_clear(&world.log);
	put(b, "ab", "desk"); /* a is dead, and kept so */
	fake_pass(world.loop, 1);
	expect_log("desk:b ");
}

static void
what_is_local_is_never_given_up(void **state)
{
	struct bench *b = *state;

	b->destinations[0].type = DEST_SPOOL;
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	for (int i = 0; i < 31; i++)
		will_answer(DELIVERY_RETRY, 7 * DAY_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, 300 * DAY_MS);
	assert_int_equal(metrics.dead_letters, 0);
	assert_int_equal(stats(b).outbox, 0);
	assert_int_equal(metrics.deliveries, 1);
}

static void
a_refused_alert_is_dead_at_once(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_REFUSED, -1);
	put(b, "ab", "desk");
	fake_pass(world.loop, 1);
	expect_log("desk:a desk:b ");
	assert_int_equal(stats(b).dead, 1);
}

static void
dead_letters_are_dropped_after_a_month(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_REFUSED, -1);
	put(b, "ab", "desk");
	fake_pass(world.loop, 30 * DAY_MS);
	assert_int_equal(stats(b).dead, 1);
	assert_int_equal(metrics.dead_letters_dropped, 0);
	fake_pass(world.loop, 2 * HOUR_MS);
	assert_int_equal(stats(b).dead, 0);
	assert_int_equal(metrics.dead_letters_dropped, 1);
}

static void
a_clock_that_is_set_forward_drops_no_dead_letter(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_REFUSED, -1);
	put(b, "a", "desk");
	fake_pass(world.loop, 30 * MIN_MS);
	world.loop->wall_ms += 365 * DAY_MS;
	fake_pass(world.loop, 50 * MIN_MS);
	world.loop->wall_ms -= 365 * DAY_MS;
	fake_pass(world.loop, 9 * DAY_MS);
	assert_int_equal(stats(b).dead, 1);
}

static void
new_dead_letters_do_not_keep_old_ones(void **state)
{
	struct bench *b = *state;
	char id[16];
	struct err e;

	for (int i = 0; i < 31 * 48; i++) {
		(void)snprintf(id, sizeof(id), "id%d", i);
		world.next = world.n = 0;
		will_answer(DELIVERY_REFUSED, -1);
		assert_true(store_begin(b->store, &e));
		assert_true(store_put_alert(b->store,
		    &(struct store_alert) { .id = sv_of(id),
			.destination = SV("desk"),
			.body = SV("{}"),
			.created_ms = world.loop->wall_ms },
		    &e));
		assert_true(store_commit(b->store, &e));
		deliveries_wake(b->deliveries, "desk");
		fake_pass(world.loop, 30 * MIN_MS);
	}
	assert_in_range(metrics.dead_letters_dropped, 40, 48);
}

/* It was wrong for a while, as on machines that do not keep it. */
static void
a_clock_that_was_set_back_drops_no_older_dead_letter(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_REFUSED, -1);
	put(b, "a", "desk");
	fake_pass(world.loop, MIN_MS);
	world.loop->wall_ms -= 365 * DAY_MS;
	will_answer(DELIVERY_REFUSED, -1);
	put(b, "b", "desk");
	fake_pass(world.loop, HOUR_MS);
	world.loop->wall_ms += 365 * DAY_MS;
	fake_pass(world.loop, 9 * DAY_MS);
	assert_int_equal(stats(b).dead, 2);
	fake_pass(world.loop, 30 * DAY_MS);
	assert_int_equal(stats(b).dead, 0);
}

/* Of each destination. */
static void
dead_letters_are_kept_up_to_their_ceiling(void **state)
{
	struct bench *b = *state;
	char id[16];
	struct err e;

	assert_true(store_begin(b->store, &e));
	for (int i = 0; i < DEAD_KEPT_ROWS + 99; i++) {
		(void)snprintf(id, sizeof(id), "old%d", i);
		assert_true(store_put_alert(b->store,
		    &(struct store_alert) { .id = sv_of(id),
			.destination = SV("desk"),
			.body = SV("{}") },
		    &e));
		assert_true(store_outbox_dead(
		    b->store, i + 1, SV("no"), world.loop->wall_ms, &e));
	}
	assert_true(store_commit(b->store, &e));
	will_answer(DELIVERY_REFUSED, -1);
	will_answer(DELIVERY_REFUSED, -1);
	put(b, "a", "desk");
	put(b, "a", "other");
	fake_pass(world.loop, 30 * SEC_MS);
	assert_int_equal(stats(b).dead, DEAD_KEPT_ROWS + 101);
	fake_pass(world.loop, MIN_MS);
	assert_int_equal(stats(b).dead, DEAD_KEPT_ROWS + 1);
	assert_int_equal(metrics.dead_letters_dropped, 100);
}

static void
a_closed_destination_waits_for_a_reload(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_CLOSED, -1);
	put(b, "a", "desk");
	fake_pass(world.loop, DAY_MS);
	put(b, "b", "desk");
	fake_pass(world.loop, 9 * DAY_MS);
	expect_log("desk:a ");
	assert_int_equal(stats(b).outbox, 2);
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	assert_int_equal(world.opened, 2); /* the options are the same */
	fake_pass(world.loop, 1);
	expect_log("desk:a desk:b ");
}

static void
a_closed_destination_goes_on_when_it_is_resumed(void **state)
{
	struct bench *b = *state;
	struct delivery_state d;

	will_answer(DELIVERY_CLOSED, -1);
	put(b, "a", "desk");
	fake_pass(world.loop, DAY_MS);
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_true(d.closed);
	assert_string_equal(d.error, "as the test says");
	assert_true(deliveries_pause(b->deliveries, "desk", false));
	fake_pass(world.loop, 1);
	expect_log("desk:a desk:a ");
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_string_equal(d.error, "");
	assert_false(d.closed);
}

static void
resuming_does_not_wait_for_the_next_try(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_RETRY, 6 * HOUR_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, 1);
	expect_log("desk:a ");
	assert_true(deliveries_pause(b->deliveries, "desk", false));
	fake_pass(world.loop, 1);
	expect_log("desk:a ");
}

static void
hold(struct bench *b, const char *name)
{
	const struct store_hold h = { HOLD_DESTINATION, sv_of(name), 0 };
	struct err e;

	assert_true(store_begin(b->store, &e));
	assert_true(store_put_hold(b->store, &h, &e));
	assert_true(store_commit(b->store, &e));
}

static void
a_paused_destination_keeps_its_alerts(void **state)
{
	struct bench *b = *state;
	struct delivery_state d;

	stop(b);
	make_dir(b);
	start(b);
	put(b, "a", "desk");
	fake_pass(world.loop, 100);
	assert_true(deliveries_pause(b->deliveries, "desk", true));
	hold(b, "desk");
	put(b, "b", "desk");
	put(b, "c", "other");
	fake_pass(world.loop, 9 * DAY_MS);
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	fake_pass(world.loop, DAY_MS);
	stop(b);
	start(b);
	deliveries_wake(b->deliveries, "desk");
	fake_pass(world.loop, DAY_MS);
	expect_log("desk:a other:c ");
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_string_equal(d.name, "desk");
	assert_true(d.paused);
	assert_true(deliveries_pause(b->deliveries, "desk", false));
	fake_pass(world.loop, 1);
	expect_log("desk:b ");
	assert_false(deliveries_pause(b->deliveries, "none", true));
}

static void
what_waited_in_a_pause_is_not_given_up_at_its_end(void **state)
{
	struct bench *b = *state;

	assert_true(deliveries_pause(b->deliveries, "desk", true));
	put(b, "a", "desk");
	fake_pass(world.loop, 9 * DAY_MS);
	assert_true(deliveries_pause(b->deliveries, "desk", false));
	for (int i = 0; i < 3; i++)
		will_answer(DELIVERY_RETRY, DAY_MS);
	fake_pass(world.loop, DAY_MS);
	assert_int_equal(stats(b).dead, 0);
	will_answer(DELIVERY_RETRY, DAY_MS);
	fake_pass(world.loop, 3 * DAY_MS);
	assert_int_equal(stats(b).dead, 1);
}

static void
why_it_failed_is_known_after_a_restart(void **state)
{
	struct bench *b = *state;
	struct delivery_state d;

	stop(b);
	make_dir(b);
	start(b);
	will_answer(DELIVERY_RETRY, HOUR_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, MIN_MS);
	stop(b);
	start(b);
	deliveries_wake(b->deliveries, "desk");
	fake_pass(world.loop, MIN_MS);
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_string_equal(d.error, "as the test says");
	assert_int_equal(d.outage.failures, 1);
	assert_int_equal(d.error_ms, 0);
}

static void
fail_always(struct bench *b, int64_t give_up_ms)
{
	b->destinations[0].give_up_ms = give_up_ms;
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	for (size_t i = 0; i < COUNTOF(world.answers) - 1; i++)
		will_answer(DELIVERY_RETRY, -1);
}

static void
what_comes_in_an_outage_hastens_nothing(void **state)
{
	struct bench *b = *state;
	struct delivery_state d;

	will_answer(DELIVERY_RETRY, HOUR_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, MIN_MS);
	expect_log("desk:a ");
	for (const char *id = "bcdef"; *id != '\0'; id++) {
		put(b, (char[]) { *id, '\0' }, "desk");
		fake_pass(world.loop, MIN_MS);
	}
	expect_log("");
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_int_equal(d.circuit, OUTBOX_OPEN);
	assert_int_equal(d.outage.next_ms - d.outage.since_ms, HOUR_MS);
	world.silent = true;
	fake_pass(world.loop, HOUR_MS);
	expect_log("desk:a ");
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_int_equal(d.circuit, OUTBOX_PROBING);
	world.silent = false;
	answer(world.last);
	fake_pass(world.loop, 1);
	expect_log("desk:b desk:c desk:d desk:e desk:f ");
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_int_equal(d.circuit, OUTBOX_CLOSED);
}

/* All that is overdue when the first of them is. */
static void
each_alert_has_an_attempt_of_its_own_before_it_is_given_up(void **state)
{
	struct bench *b = *state;

	fail_always(b, HOUR_MS);
	put(b, "abcd", "desk");
	while (metrics.dead_letters == 0)
		fake_pass(world.loop, SEC_MS);
	str_clear(&world.log);
	fake_pass(world.loop, OUTBOX_FIRST_MS - 2 * SEC_MS);
	expect_log("");
	assert_int_equal(metrics.dead_letters, 1);
	fake_pass(world.loop, 5 * SEC_MS); /* jitter: a fifth */
	expect_log("desk:b ");
	assert_int_equal(metrics.dead_letters, 2);
	world.next = world.n; /* it works again */
	fake_pass(world.loop, 2 * OUTBOX_FIRST_MS);
	expect_log("desk:c desk:d ");
	assert_int_equal(stats(b).dead, 2);
}

static void
an_outage_goes_on_after_a_restart_though_its_first_alert_is_dead(void **state)
{
	struct bench *b = *state;
	struct delivery_state d;
	int64_t wall;

	stop(b);
	make_dir(b);
	start(b);
	fail_always(b, HOUR_MS);
	put(b, "a", "desk");
	while (metrics.dead_letters == 0)
		fake_pass(world.loop, SEC_MS);
	put(b, "b", "desk");
	fake_pass(world.loop, MIN_MS); /* tried, not given up */
	str_clear(&world.log);
	wall = world.loop->wall_ms;
	stop(b);
	start(b);
	world.loop->wall_ms = wall;
	fake_pass(world.loop, 10 * MIN_MS);
	expect_log("");
	assert_true(deliveries_state(b->deliveries, 0, &d));
	assert_in_range(d.outage.failures, 10, 30);
	assert_in_range(wall - d.outage.since_ms, HOUR_MS, 3 * HOUR_MS);
	world.next = world.n;
	fake_pass(world.loop, 30 * MIN_MS);
	expect_log("desk:b ");
	stop(b);
	start(b);
	put(b, "c", "desk");
	fake_pass(world.loop, 10);
	expect_log("desk:c "); /* its end is known, too */
}

static void
retry_after_outlives_a_restart(void **state)
{
	struct bench *b = *state;
	int64_t wall;

	stop(b);
	make_dir(b);
	start(b);
	will_answer(DELIVERY_RETRY, 2 * HOUR_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, HOUR_MS);
	expect_log("desk:a ");
	wall = world.loop->wall_ms;
	stop(b);
	start(b);
	world.loop->wall_ms = wall;
	fake_pass(world.loop, HOUR_MS - 2);
	expect_log("");
	fake_pass(world.loop, 2);
	expect_log("desk:a ");
	assert_int_equal(stats(b).outbox, 0);
}

static void
a_step_of_the_wall_clock_changes_no_wait(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_RETRY, HOUR_MS);
	will_answer(DELIVERY_RETRY, HOUR_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, MIN_MS);
	world.loop->wall_ms -= 400 * DAY_MS;
	fake_pass(world.loop, HOUR_MS);
	expect_log("desk:a desk:a ");
	world.loop->wall_ms += 401 * DAY_MS;
	fake_pass(world.loop, HOUR_MS - 2 * MIN_MS);
	expect_log("");
	fake_pass(world.loop, 2 * MIN_MS);
	expect_log("desk:a ");
}

static void
a_step_of_the_wall_clock_gives_nothing_up(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 30; i++)
		will_answer(DELIVERY_RETRY, 10 * MIN_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, 2 * HOUR_MS);
	world.loop->wall_ms += 4 * DAY_MS;
	fake_pass(world.loop, HOUR_MS / 2);
	assert_int_equal(metrics.dead_letters, 0);
}

static void
all_that_a_reload_closes_are_told_before_it_waits_for_any(void **state)
{
	struct bench *b = *state;

	b->destinations[0].retry_min_ms++; /* changed, */
	b->config.ndestinations = 1; /* and gone */
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	assert_int_equal(world.warned, 2);
	assert_int_equal(world.closed, 2);
}

static void
a_reload_leaves_alone_what_did_not_change(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_RETRY, HOUR_MS);
	put(b, "a", "desk");
	fake_pass(world.loop, MIN_MS);
	expect_log("desk:a ");
	b->destinations[1].retry_min_ms++;
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	assert_int_equal(world.opened, 3);
	assert_int_equal(world.warned, 1);
	assert_int_equal(world.closed, 1);
	fake_pass(world.loop, HOUR_MS - 2 * MIN_MS);
	expect_log(""); /* its wait goes on */
}

static void
new_options_are_tried_at_once_and_repeat_nothing(void **state)
{
	struct bench *b = *state;

	put(b, "ab", "desk");
	world.silent = true;
	fake_pass(world.loop, 1);
	answer(world.last); /* a: done, and not yet on disk */
	fake_pass(world.loop, 0);
	expect_log("desk:a desk:b ");
	b->destinations[0].url = "new";
	world.silent = false;
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	fake_pass(world.loop, 1);
	expect_log("new:b "); /* its attempt was cancelled */
	assert_int_equal(stats(b).outbox, 0);
}

static void
a_refused_reload_changes_nothing(void **state)
{
	struct bench *b = *state;
	struct err e;

	b->destinations[0].url = "new";
	b->destinations[1].url = "bad";
	assert_false(deliveries_reload(b->deliveries, &b->config, &e));
	assert_string_equal(e.msg, "destination other: no good");
	assert_int_equal(world.opened, world.closed + 2);
	put(b, "a", "desk");
	put(b, "a", "other");
	fake_pass(world.loop, 1);
	expect_log("desk:a other:a ");
}

static void
expect_gone(struct bench *b, const char *name)
{
	struct str next;
	struct err e;

	str_init(&next, 100);
	assert_true(deliveries_next_gone(b->deliveries, &next, &e));
	assert_string_equal(str_c(&next), name);
	if (*name != '\0')
		assert_true(deliveries_next_gone(b->deliveries, &next, &e));
	assert_string_equal(str_c(&next), "");
	str_done(&next);
}

static void
rows_of_a_destination_that_is_gone_are_kept(void **state)
{
	struct bench *b = *state;

	will_answer(DELIVERY_RETRY, -1);
	put(b, "a", "other");
	fake_pass(world.loop, 1);
	expect_log("other:a ");
	b->config.ndestinations = 1;
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	put(b, "b", "other");
	put(b, "x", "desk");
	fake_pass(world.loop, DAY_MS);
	expect_log("desk:x ");
	assert_int_equal(stats(b).outbox, 2);
	expect_gone(b, "other");
	b->config.ndestinations = 2;
	assert_true(deliveries_reload(b->deliveries, &b->config, NULL));
	expect_gone(b, "");
	fake_pass(world.loop, 1);
	expect_log("other:a other:b ");
}

/* Delivers a..h in a process that is killed after `steps` callbacks. */
static void
crash_after(struct bench *b, unsigned steps)
{
	pid_t child = fork();
	int status;

	assert_int_not_equal(child, -1);
	if (child == 0) {
		start(b);
		world.loop->kill_after = steps;
		will_answer(DELIVERY_DONE, -1);
		will_answer(DELIVERY_RETRY, -1);
		put(b, "abcdefgh", "desk");
		fake_pass(world.loop, SEC_MS);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void
a_crash_at_any_step_loses_no_alert_and_keeps_order(void **state)
{
	struct bench *b = *state;

	stop(b);
	for (unsigned steps = 1; steps < 40; steps++) {
		char path[128], got[64] = "";
		char next = 'a';

		make_dir(b);
		(void)snprintf(path, sizeof(path), "%s/got", b->dir);
		world.file = open(
		    path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		world.next = world.n = 0;
		crash_after(b, steps);
		start(b);
		fake_pass(world.loop, HOUR_MS);
		assert_int_equal(stats(b).outbox, 0);
		stop(b);
		assert_true(pread(world.file, got, sizeof(got) - 1, 0) >= 8);
		for (const char *p = got; *p != '\0'; p++) {
			assert_true(*p <= next); /* maybe again, never early */
			next = *p == next ? (char)(next + 1) : next;
		}
		assert_int_equal(next, 'i');
		assert_int_equal(close(world.file), 0);
		remove_dir(b);
	}
	world.file = -1;
	start(b);
}

/* Below: the committer alone. */

struct op {
	struct bench *b;
	unsigned char key[ITEM_KEY_BYTES];
	bool *fail;
	struct str *log;
};

static bool
apply_op(struct store *s, void *arg, struct err *e)
{
	const struct op *o = arg;
	struct store_item i = { .feed = SV("f") };

	if (*o->fail)
		return err_set(e, "disk full, says the test");
	memcpy(i.key, o->key, sizeof(i.key));
	return store_put_item(s, &i, e);
}

static void
on_op_done(void *arg)
{
	struct op *o = arg;
	struct err e;
	struct store_seen t;
	bool has = false;

	assert_true(store_begin(o->b->store, &e)); /* no transaction is open */
	assert_true(store_has_item(o->b->store, SV("f"), o->key, &has, &t, &e));
	store_rollback(o->b->store);
	assert_true(has);
	(void)str_addf(o->log, "%c", o->key[0]);
	free(o);
}

static void
on_op_drop(void *arg)
{
	struct op *o = arg;

	(void)str_addf(o->log, "-%c", o->key[0]);
	free(o);
}

static void
add_op(struct bench *b, char name, bool *fail, struct str *log)
{
	struct op *o = mem_calloc(1, sizeof(*o));

	*o = (struct op) { .b = b, .fail = fail, .log = log };
	o->key[0] = (unsigned char)name;
	committer_add(b->committer, apply_op, on_op_done, on_op_drop, o);
}

static void
on_stuck(bool stuck, void *arg)
{
	struct str *log = arg;

	(void)str_adds(log, stuck ? "[" : "]");
}

static void
one_turn_is_one_transaction(void **state)
{
	struct bench *b = *state;
	struct str log;
	bool fail = false;

	str_init(&log, 1000);
	for (int c = 'a'; c <= 'z'; c++)
		add_op(b, (char)c, &fail, &log);
	assert_string_equal(str_c(&log), "");
	fake_pass(world.loop, 0);
	assert_string_equal(str_c(&log), "abcdefghijklmnopqrstuvwxyz");
	assert_int_equal(metrics.commits, 1);
	fake_pass(world.loop, DAY_MS);
	assert_int_equal(metrics.commits, 1);
	str_done(&log);
}

static void
while_nothing_can_be_stored_nothing_is_repeated(void **state)
{
	struct bench *b = *state;
	struct str log;
	bool fail = true;

	str_init(&log, 10);
	add_op(b, 'x', &fail, &log);
	fake_pass(world.loop, 0);
	for (char id[2] = "!"; id[0] < '!' + 90; id[0]++)
		put(b, id, "desk");
	fake_pass(world.loop, 20 * SEC_MS);
	assert_int_equal(world.log.len, 90 * strlen("desk:x "));
	assert_int_equal(stats(b).outbox, 90);
	fail = false;
	fake_pass(world.loop, MIN_MS);
	assert_int_equal(world.log.len, 90 * strlen("desk:x "));
	assert_int_equal(stats(b).outbox, 0);
	str_done(&log);
}

static void
a_large_turn_is_cut_into_transactions(void **state)
{
	struct bench *b = *state;
	struct str log;
	bool fail = false;

	str_init(&log, 10000);
	for (int i = 0; i < 1000; i++)
		add_op(b, 'x', &fail, &log);
	fake_pass(world.loop, 0);
	assert_int_equal(log.len, 1000);
	assert_true(metrics.commits >= 5);
	str_done(&log);
}

static void
a_failed_commit_is_tried_again_until_it_works(void **state)
{
	struct bench *b = *state;
	struct str log;
	bool fail = true;

	str_init(&log, 1000);
	committer_on_stuck(b->committer, on_stuck, &log);
	add_op(b, 'a', &fail, &log);
	add_op(b, 'b', &fail, &log);
	fake_pass(world.loop, 0);
	assert_string_equal(str_c(&log), "[");
	assert_true(committer_is_stuck(b->committer));
	assert_int_equal(metrics.commit_failures, 1);
	add_op(b, 'c', &fail, &log); /* is no reason to try earlier */
	fake_pass(world.loop, 999);
	assert_int_equal(metrics.commit_failures, 1);
	fake_pass(world.loop, 1 + 2000 + 4000 + 8000 + 16000);
	assert_int_equal(metrics.commit_failures, 6);
	fake_pass(world.loop, 5 * 30000);
	assert_int_equal(metrics.commit_failures, 11);
	fail = false;
	fake_pass(world.loop, 30000);
	assert_string_equal(str_c(&log), "[abc]");
	assert_false(committer_is_stuck(b->committer));
	str_done(&log);
}

static void
the_end_commits_what_it_can(void **state)
{
	struct bench *b = *state;
	struct str log;
	bool fail = false, never = true;

	str_init(&log, 1000);
	add_op(b, 'a', &fail, &log);
	committer_free(b->committer);
	assert_string_equal(str_c(&log), "a");
	b->committer = committer_new(world.loop, b->store);
	add_op(b, 'b', &never, &log);
	committer_free(b->committer);
	assert_string_equal(str_c(&log), "a-b");
	b->committer = committer_new(world.loop, b->store);
	str_done(&log);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(alerts_go_out_in_order_and_once),
		T(a_gap_is_kept_and_delays_no_other),
		T(more_than_memory_holds_goes_out_too),
		T(a_failure_holds_back_what_comes_after_it),
		T(trouble_of_one_does_not_touch_another),
		T(an_alert_is_given_up_once_and_the_next_goes_out),
		T(what_is_local_is_never_given_up),
		T(a_refused_alert_is_dead_at_once),
		T(dead_letters_are_dropped_after_a_month),
		T(a_clock_that_is_set_forward_drops_no_dead_letter),
		T(new_dead_letters_do_not_keep_old_ones),
		T(a_clock_that_was_set_back_drops_no_older_dead_letter),
		T(dead_letters_are_kept_up_to_their_ceiling),
		T(a_closed_destination_waits_for_a_reload),
		T(a_closed_destination_goes_on_when_it_is_resumed),
		T(resuming_does_not_wait_for_the_next_try),
		T(a_paused_destination_keeps_its_alerts),
		T(what_waited_in_a_pause_is_not_given_up_at_its_end),
		T(why_it_failed_is_known_after_a_restart),
		T(what_comes_in_an_outage_hastens_nothing),
		T(each_alert_has_an_attempt_of_its_own_before_it_is_given_up),
		T(an_outage_goes_on_after_a_restart_though_its_first_alert_is_dead),
		T(retry_after_outlives_a_restart),
		T(a_step_of_the_wall_clock_changes_no_wait),
		T(a_step_of_the_wall_clock_gives_nothing_up),
		T(all_that_a_reload_closes_are_told_before_it_waits_for_any),
		T(a_reload_leaves_alone_what_did_not_change),
		T(new_options_are_tried_at_once_and_repeat_nothing),
		T(a_refused_reload_changes_nothing),
		T(rows_of_a_destination_that_is_gone_are_kept),
		T(a_crash_at_any_step_loses_no_alert_and_keeps_order),
		T(one_turn_is_one_transaction),
		T(while_nothing_can_be_stored_nothing_is_repeated),
		T(a_large_turn_is_cut_into_transactions),
		T(a_failed_commit_is_tried_again_until_it_works),
		T(the_end_commits_what_it_can),
	};

	log_init(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
