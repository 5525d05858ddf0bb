/* tests/unit/test_silences.c: filters that are silent for a while. */
#include "daemon/silences.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

struct world {
	struct store *store;
	struct silences *s;
	struct err e;
};

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	w->store = store_open(NULL, NULL, &w->e);
	assert_non_null(w->store);
	w->s = silences_new(w->store, &w->e);
	assert_non_null(w->s);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	silences_free(w->s);
	store_close(w->store);
	free(w);
	return 0;
}

static void
restart(struct world *w)
{
	silences_free(w->s);
	w->s = silences_new(w->store, &w->e);
	assert_non_null(w->s);
}

static void
on_silence(struct sv filter, int64_t until_ms, void *arg)
{
	assert_true(str_addf(arg, "%.*s:%d ", SV_ARG(filter), (int)until_ms));
}

static void
assert_silent(struct world *w, int64_t now_ms, const char *want)
{
	struct str got;

	str_init(&got, KiB(1));
	silences_each(w->s, now_ms, on_silence, &got);
	assert_string_equal(str_c(&got), want);
	str_done(&got);
}

static void
a_silence_ends_by_itself(void **state)
{
	struct world *w = *state;

	assert_false(silences_has(w->s, "truce", 100));
	assert_true(silences_set(w->s, "truce", 200, 100, &w->e));
	assert_true(silences_has(w->s, "truce", 199));
	assert_false(silences_has(w->s, "truce", 200));
	assert_false(silences_has(w->s, "other", 199));
	assert_silent(w, 199, "truce:200 ");
	assert_silent(w, 200, "");
}

static void
a_silence_can_be_lengthened_and_lifted(void **state)
{
	struct world *w = *state;

	assert_true(silences_set(w->s, "truce", 200, 100, &w->e));
	assert_true(silences_set(w->s, "truce", 300, 150, &w->e));
	assert_true(silences_has(w->s, "truce", 299));
	assert_true(silences_set(w->s, "truce", 0, 160, &w->e));
	assert_false(silences_has(w->s, "truce", 161));
	assert_true(silences_set(w->s, "none", 0, 160, &w->e));
	restart(w);
	assert_silent(w, 161, "");
}

static void
a_silence_outlives_a_restart(void **state)
{
	struct world *w = *state;

	assert_true(silences_set(w->s, "long", 300, 100, &w->e));
	assert_true(silences_set(w->s, "short", 200, 100, &w->e));
	restart(w);
	assert_silent(w, 199, "long:300 short:200 ");
	assert_silent(w, 250, "long:300 ");
}

/* Not at the start, when the clock may be wrong. */
static void
a_new_one_lets_those_go_that_have_ended(void **state)
{
	struct world *w = *state;

	assert_true(silences_set(w->s, "long", 300, 100, &w->e));
	assert_true(silences_set(w->s, "short", 200, 100, &w->e));
	assert_true(silences_set(w->s, "lifted", 0, 199, &w->e));
	assert_silent(w, 0, "long:300 short:200 ");
	assert_true(silences_set(w->s, "new", 400, 200, &w->e));
	assert_silent(w, 0, "long:300 new:400 ");
	restart(w);
	assert_silent(w, 0, "long:300 new:400 ");
}

/* One that has ended but not gone yet. */
static void
an_ended_one_begins_anew(void **state)
{
	struct world *w = *state;

	assert_true(silences_set(w->s, "truce", 200, 100, &w->e));
	assert_true(silences_set(w->s, "truce", 400, 300, &w->e));
	assert_true(silences_has(w->s, "truce", 399));
	restart(w);
	assert_true(silences_has(w->s, "truce", 399));
}

static void
without_any_nothing_is_silent(void **state)
{
	(void)state;
	assert_false(silences_has(NULL, "truce", 0));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_silence_ends_by_itself),
		T(a_silence_can_be_lengthened_and_lifted),
		T(a_silence_outlives_a_restart),
		T(a_new_one_lets_those_go_that_have_ended),
		T(an_ended_one_begins_anew),
		T(without_any_nothing_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
