/* tests/unit/test_quota.c: what is kept of the filters' limits, and for how
 * long. */
#include "daemon/quota.h"

#include "base/clock.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 50

struct world {
	struct store *store;
	struct quota *q;
	struct err e;
};

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	w->store = store_open(NULL, NULL, &w->e);
	assert_non_null(w->store);
	w->q = quota_new();
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	quota_free(w->q);
	store_close(w->store);
	free(w);
	return 0;
}

static void
restart(struct world *w)
{
	quota_free(w->q);
	w->q = quota_new();
	assert_true(quota_restore(w->q, w->store, &w->e));
}

static void
commit(struct world *w, struct batch *b)
{
	assert_true(store_begin(w->store, &w->e));
	assert_true(batch_apply(w->store, b, &w->e));
	assert_true(store_commit(w->store, &w->e));
	batch_free(b);
}

/* One more alert of a filter that may have one in so long. */
static bool
take(struct world *w, const char *filter, int64_t per_ms, int64_t wall_ms)
{
	struct config_filter f = { .limit = { 1, per_ms } };
	const struct quota_item item = { .title = SV("Ceasefire") };
	struct batch *b = batch_new();
	char name[32];
	bool through;

	(void)snprintf(name, sizeof(name), "%s", filter);
	f.name = name;
	through = quota_take(w->q, b, &f, &item, wall_ms);
	commit(w, b);
	return through;
}

static void
take_of_many(struct world *w, int64_t wall_ms)
{
	for (int i = 0; i < MANY; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "f%d", i);
		assert_true(take(w, name, HOUR_MS, wall_ms));
	}
}

/* Each hour, so that it is always within its limit. */
static void
take_on(struct world *w, int64_t from_ms, int64_t until_ms)
{
	for (int64_t t = from_ms; t < until_ms; t += HOUR_MS)
		assert_true(take(w, "other", HOUR_MS, t));
}

static void
on_row(const struct store_quota *row, void *arg)
{
	(void)row;
	++*(size_t *)arg;
}

static size_t
rows(struct world *w)
{
	size_t n = 0;

	assert_true(store_each_quota(w->store, on_row, &n, &w->e));
	return n;
}

static bool
on_digest(const struct quota_digest *d, void *arg)
{
	(void)str_addf(arg, "%s:%u ", d->filter, d->count);
	return true;
}

static void
assert_digests(struct world *w, int64_t wall_ms, const char *want)
{
	struct batch *b = batch_new();
	struct str got;

	str_init(&got, KiB(1));
	quota_end(w->q, b, wall_ms, on_digest, &got);
	commit(w, b);
	assert_string_equal(str_c(&got), want);
	str_done(&got);
}

static void
a_filter_that_comes_back_is_within_its_limit(void **state)
{
	struct world *w = *state;

	assert_true(take(w, "truce", DAY_MS, DAY_MS));
	take_on(w, DAY_MS, DAY_MS + 12 * HOUR_MS);
	restart(w);
	take_on(w, DAY_MS + 12 * HOUR_MS, DAY_MS + 23 * HOUR_MS);
	assert_false(take(w, "truce", DAY_MS, DAY_MS + 23 * HOUR_MS));
}

static void
filters_that_are_gone_are_forgotten_after_a_month(void **state)
{
	struct world *w = *state;

	take_of_many(w, HOUR_MS);
	take_on(w, 31 * DAY_MS, 32 * DAY_MS);
	assert_int_equal(rows(w), MANY + 1);
	take_on(w, 33 * DAY_MS, 34 * DAY_MS);
	assert_int_equal(rows(w), 1);
}

/* A clock that is set back asks for what is still in memory. */
static void
memory_forgets_them_too(void **state)
{
	struct world *w = *state;

	take_of_many(w, HOUR_MS);
	take_on(w, 31 * DAY_MS, 32 * DAY_MS);
	assert_false(take(w, "f7", HOUR_MS, HOUR_MS));
	assert_digests(w, 2 * HOUR_MS, "f7:1 ");
	take_on(w, 33 * DAY_MS, 34 * DAY_MS);
	assert_true(take(w, "f8", HOUR_MS, HOUR_MS));
}

static void
what_waits_to_be_told_is_not_forgotten(void **state)
{
	struct world *w = *state;

	assert_true(take(w, "truce", HOUR_MS, HOUR_MS));
	assert_false(take(w, "truce", HOUR_MS, HOUR_MS));
	take_on(w, 40 * DAY_MS, 41 * DAY_MS);
	restart(w);
	take_on(w, 41 * DAY_MS, 42 * DAY_MS);
	assert_digests(w, 42 * DAY_MS, "truce:1 ");
	take_on(w, 42 * DAY_MS, 43 * DAY_MS);
	assert_int_equal(rows(w), 1);
}

/* The store keeps it a little longer than memory does. */
static void
what_was_forgotten_counts_anew_on_disk(void **state)
{
	struct world *w = *state;
	int64_t now_ms = 32 * DAY_MS + 23 * HOUR_MS;

	for (int i = 1; i < 9; i++)
		assert_true(take(w, "truce", MIN_MS, i * MIN_MS));
	assert_true(take(w, "other", DAY_MS, now_ms));
	assert_int_equal(rows(w), 2);
	assert_true(take(w, "truce", DAY_MS, now_ms));
	restart(w);
	assert_false(take(w, "truce", DAY_MS, now_ms));
}

static bool
on_digest_key(const struct quota_digest *d, void *arg)
{
	memcpy(arg, d->key, sizeof(d->key));
	return true;
}

/* The key of what tells of one alert beyond the limit. */
static void
take_digest(struct world *w, int64_t wall_ms, unsigned char key[ITEM_KEY_BYTES])
{
	struct batch *b = batch_new();

	assert_true(take(w, "truce", HOUR_MS, wall_ms));
	assert_false(take(w, "truce", HOUR_MS, wall_ms));
	quota_end(w->q, b, wall_ms + HOUR_MS, on_digest_key, key);
	commit(w, b);
}

/* One of the same key would be taken for the first and not be sent. */
static void
digests_differ_when_the_clock_was_ahead(void **state)
{
	struct world *w = *state;
	unsigned char keys[3][ITEM_KEY_BYTES] = { { 0 } };

	take_digest(w, 100 * DAY_MS, keys[0]);
	take_on(w, 465 * DAY_MS, 466 * DAY_MS);
	take_digest(w, 100 * DAY_MS, keys[1]);
	take_on(w, 465 * DAY_MS, 466 * DAY_MS);
	restart(w);
	take_digest(w, 100 * DAY_MS, keys[2]);
	assert_memory_not_equal(keys[0], keys[1], ITEM_KEY_BYTES);
	assert_memory_not_equal(keys[0], keys[2], ITEM_KEY_BYTES);
	assert_memory_not_equal(keys[1], keys[2], ITEM_KEY_BYTES);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_filter_that_comes_back_is_within_its_limit),
		T(filters_that_are_gone_are_forgotten_after_a_month),
		T(memory_forgets_them_too),
		T(what_waits_to_be_told_is_not_forgotten),
		T(what_was_forgotten_counts_anew_on_disk),
		T(digests_differ_when_the_clock_was_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
