/* tests/unit/test_dns.c: host names to addresses. */
#include "net/dns.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/str.h"
#include "tests/fake/fake_dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct fake_name zone[] = {
	{ "one.test", 0, 300, "192.0.2.1", NULL },
	{ "both.test", 0, 300, "192.0.2.1 192.0.2.2", "2001:db8::1" },
	{ "six.test", 0, 300, NULL, "2001:db8::6" },
	{ "short.test", 0, 1, "192.0.2.3", NULL },
	{ "empty.test", 0, 300, NULL, NULL },
	{ "refused.test", FAKE_DNS_REFUSED, 0, NULL, NULL },
	{ "broken.test", FAKE_DNS_SERVFAIL, 0, NULL, NULL },
	{ "silent.test", FAKE_DNS_SILENT, 0, NULL, NULL },
	{ "*.silent.test", FAKE_DNS_SILENT, 0, NULL, NULL },
};

struct world {
	struct loop *loop;
	struct fake_dns *server;
	struct dns *dns;
	struct str answers; /* "FOUND addresses\n" and so on */
	size_t left; /* answers to wait for */
	size_t asked; /* before the second time */
};

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	w->loop = loop_new();
	w->server = fake_dns_new(w->loop, zone, COUNTOF(zone));
	w->dns = dns_new(w->loop,
	    &(struct dns_options) {
		.servers = fake_dns_address(w->server),
		.patience_ms = 30,
	    });
	str_init(&w->answers, MiB(1));
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	dns_free(w->dns);
	fake_dns_free(w->server);
	loop_free(w->loop);
	str_done(&w->answers);
	free(w);
	return 0;
}

static void
on_answer(const struct dns_answer *a, void *arg)
{
	struct world *w = arg;

	switch (a->result) {
	case DNS_FOUND:
		(void)str_addf(&w->answers, "FOUND %s\n", a->addresses);
		break;
	case DNS_NO_SUCH_NAME:
		assert_true(a->error[0] != '\0');
		(void)str_adds(&w->answers, "NO SUCH NAME\n");
		break;
	case DNS_LATER:
		assert_true(a->error[0] != '\0');
		(void)str_adds(&w->answers, "LATER\n");
		break;
	}
	if (--w->left == 0)
		loop_stop(w->loop);
}

static void
ask(struct world *w, const char *name)
{
	size_t before = w->answers.len;

	w->left++;
	(void)dns_ask(w->dns, name, on_answer, w);
	assert_int_equal(w->answers.len, before); /* never inside */
}

static const char *
answer(struct world *w, const char *name)
{
	str_clear(&w->answers);
	ask(w, name);
	loop_run(w->loop);
	return str_c(&w->answers);
}

static void
answers_have_the_class_that_decides_what_to_do_next(void **state)
{
	static const struct {
		const char *name, *answer;
	} rows[] = {
		{ "one.test", "FOUND 192.0.2.1\n" },
		{ "six.test", "FOUND [2001:db8::6]\n" },
		{ "empty.test", "NO SUCH NAME\n" },
		{ "absent.test", "NO SUCH NAME\n" },
		{ "a..test", "NO SUCH NAME\n" },
		{ "refused.test", "LATER\n" },
		{ "broken.test", "LATER\n" },
		{ "silent.test", "LATER\n" },
		{ "one.test", "FOUND 192.0.2.1\n" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNTOF(rows); i++)
		assert_string_equal(answer(w, rows[i].name), rows[i].answer);
}

static void
all_addresses_of_both_families_are_kept(void **state)
{
	struct world *w = *state;
	struct sv got = sv_of(answer(w, "both.test"));

	assert_true(sv_find(got, SV("192.0.2.1")) < got.len);
	assert_true(sv_find(got, SV("192.0.2.2")) < got.len);
	assert_true(sv_find(got, SV("[2001:db8::1]")) < got.len);
}

static void
a_refused_name_does_not_harm_the_next_one(void **state)
{
	struct world *w = *state;

	ask(w, "refused.test");
	ask(w, "one.test");
	loop_run(w->loop);
	assert_string_equal(str_c(&w->answers), "FOUND 192.0.2.1\nLATER\n");
}

static void
an_answer_is_remembered_within_its_ttl(void **state)
{
	struct world *w = *state;

	(void)answer(w, "one.test");
	assert_string_equal(answer(w, "one.test"), "FOUND 192.0.2.1\n");
	assert_int_equal(fake_dns_asked(w->server, "one.test"), 1);
	(void)answer(w, "absent.test");
	assert_string_equal(answer(w, "absent.test"), "NO SUCH NAME\n");
	assert_int_equal(fake_dns_asked(w->server, "absent.test"), 1);
}

static void
on_later(void *arg)
{
	struct world *w = arg;

	ask(w, "short.test");
}

static void
an_answer_is_forgotten_after_its_ttl(void **state)
{
	struct world *w = *state;
	struct timer *t = timer_new(w->loop, on_later, w);

	(void)answer(w, "short.test");
	timer_set(t, SEC_MS); /* the shortest that a TTL can be */
	loop_run(w->loop);
	assert_int_equal(fake_dns_asked(w->server, "short.test"), 2);
	timer_free(t);
}

static void
a_failure_is_not_remembered(void **state)
{
	struct world *w = *state;
	size_t before;

	(void)answer(w, "broken.test");
	before = fake_dns_asked(w->server, "broken.test");
	assert_string_equal(answer(w, "broken.test"), "LATER\n");
	assert_true(fake_dns_asked(w->server, "broken.test") > before);
}

static void
one_name_asked_for_several_times_is_one_request(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 50; i++)
		ask(w, "one.test");
	loop_run(w->loop);
	assert_int_equal(w->answers.len, 50 * sizeof("FOUND 192.0.2.1"));
	(void)answer(w, "six.test"); /* behind all that was sent before */
	assert_int_equal(fake_dns_asked(w->server, "one.test"), 1);
}

static void
on_tick(void *arg)
{
	timer_set(*(struct timer **)arg, 5);
}

/* Were a lookup to block, the ticks would come late and the turn take long. */
static void
a_silent_server_never_stalls_the_loop(void **state)
{
	struct world *w = *state;
	struct timer *tick = timer_new(w->loop, on_tick, &tick);

	metrics.loop_longest_ms = 0;
	for (int i = 0; i < 200; i++) {
		struct str s;

		str_init(&s, 32);
		(void)str_addf(&s, "n%d.silent.test", i);
		ask(w, str_c(&s));
		str_done(&s);
	}
	ask(w, "silent.test");
	timer_set(tick, 0);
	loop_run(w->loop);
	assert_true(metrics.loop_longest_ms < 100);
	timer_free(tick);
}

static void
on_never(const struct dns_answer *a, void *arg)
{
	(void)a;
	(void)arg;
	fail();
}

static void
a_cancelled_query_is_not_answered(void **state)
{
	struct world *w = *state;

	dns_cancel(dns_ask(w->dns, "one.test", on_never, NULL));
	ask(w, "one.test");
	loop_run(w->loop);
	dns_cancel(dns_ask(w->dns, "one.test", on_never, NULL)); /* known */
	ask(w, "six.test");
	loop_run(w->loop);
	dns_cancel(NULL);
}

static void
what_is_asked_may_be_dropped_with_the_resolver(void **state)
{
	struct world *w = *state;

	(void)dns_ask(w->dns, "silent.test", on_never, NULL);
	(void)dns_ask(w->dns, "one.test", on_never, NULL);
}

static void
on_answer_ask_again(const struct dns_answer *a, void *arg)
{
	struct world *w = arg;

	assert_int_equal(a->result, DNS_LATER);
	w->asked = fake_dns_asked(w->server, "refused.test");
	ask(w, "refused.test");
}

static void
a_name_may_be_asked_for_again_from_its_answer(void **state)
{
	struct world *w = *state;

	(void)dns_ask(w->dns, "refused.test", on_answer_ask_again, w);
	loop_run(w->loop);
	assert_string_equal(str_c(&w->answers), "LATER\n");
	assert_true(fake_dns_asked(w->server, "refused.test") > w->asked);
}

static void
the_hosts_file_answers_first(void **state)
{
	struct world *w = *state;
	struct sv got = sv_of(answer(w, "localhost"));

	assert_true(sv_find(got, SV("127.0.0.1")) < got.len);
	assert_int_equal(fake_dns_asked(w->server, NULL), 0);
}

int
main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(answers_have_the_class_that_decides_what_to_do_next),
		ROW(all_addresses_of_both_families_are_kept),
		ROW(a_refused_name_does_not_harm_the_next_one),
		ROW(an_answer_is_remembered_within_its_ttl),
		ROW(an_answer_is_forgotten_after_its_ttl),
		ROW(a_failure_is_not_remembered),
		ROW(one_name_asked_for_several_times_is_one_request),
		ROW(a_silent_server_never_stalls_the_loop),
		ROW(a_cancelled_query_is_not_answered),
		ROW(what_is_asked_may_be_dropped_with_the_resolver),
		ROW(a_name_may_be_asked_for_again_from_its_answer),
		ROW(the_hosts_file_answers_first),
	};
#undef ROW

	return cmocka_run_group_tests(tests, NULL, NULL);
}
