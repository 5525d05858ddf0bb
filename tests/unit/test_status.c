/* tests/unit/test_status.c: what people are told of how the daemon is doing. */
#include "daemon/status.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "net/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A daemon without feeds and destinations. */
struct bench {
	struct control_env env;
	struct config conf;
	struct map subscriptions;
};

static int
begin(void **state)
{
	static struct bench b;
	struct destination_env destinations = { .http = NULL };
	struct err e;

	b = (struct bench) { .env.loop = loop_new() };
	map_init(&b.subscriptions);
	b.env.subscriptions = &b.subscriptions;
	b.env.store = store_open(NULL, NULL, &e);
	b.env.committer = committer_new(b.env.loop, b.env.store);
	destinations.loop = b.env.loop;
	b.env.deliveries = deliveries_new(
	    &destinations, b.env.store, b.env.committer, &b.conf, &e);
	b.env.silences = silences_new(b.env.store, &e);
	*state = &b;
	return 0;
}

static int
end(void **state)
{
	struct bench *b = *state;

	silences_free(b->env.silences);
	deliveries_free(b->env.deliveries);
	committer_free(b->env.committer);
	store_close(b->env.store);
	map_done(&b->subscriptions);
	loop_free(b->env.loop);
	return 0;
}

/* True: the status fits, and is whole. */
static bool
writes(const struct bench *b, size_t most)
{
	struct str members, object;
	struct json j;
	struct err e;
	json_t *read;
	bool ok;

	str_init(&members, most);
	str_init(&object, KiB(64));
	json_init(&j, &members);
	ok = status_write(&b->env, &j, &e);
	if (ok) {
		(void)str_addf(&object, "{%s}", str_c(&members));
		read = json_loads(str_c(&object), 0, NULL);
		assert_non_null(read);
		json_decref(read);
	}
	str_done(&members);
	str_done(&object);
	return ok;
}

static void
what_has_no_room_is_not_told_in_part(void **state)
{
	const struct bench *b = *state;
	int64_t now_ms = loop_wall_ms(b->env.loop);
	size_t most = 0;
	char name[16];
	struct err e;

	for (int i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "filter%d", i);
		assert_true(silences_set(
		    b->env.silences, name, now_ms + DAY_MS, now_ms, &e));
	}
	while (most < KiB(4) && !writes(b, most))
		most++;
	assert_in_range(most, 20 * strlen("{\"filter\":\"filter0\"}"), KiB(4));
	assert_true(writes(b, most + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_has_no_room_is_not_told_in_part, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
