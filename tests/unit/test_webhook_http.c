/* tests/unit/test_webhook_http.c: the webhook through the real HTTP client, to
 * a scripted server. */
#include "alerts/destination.h"

#include "alerts/sign.h"
#include "base/clock.h"
#include "net/http.h"
#include "tests/fake/fake_http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define BODY "{\"type\":\"alert.new\"}"

struct bench {
	struct loop *loop;
	struct http *http;
	struct fake_http *server;
	struct cidr here;
	bool alone; /* the network is allowed to this webhook */
	struct destination_env env;
	struct outbox_result result;
};

static int
set_up(void **state)
{
	struct bench *b = mem_calloc(1, sizeof(*b));
	struct http_options o = { .user_agent = "test",
		.in_flight = 4,
		.connect_ms = 5000,
		.nallow_private = 1 };

	assert_true(cidr_parse(SV("127.0.0.0/8"), &b->here));
	o.allow_private = &b->here;
	b->loop = loop_new();
	b->http = http_new(b->loop, &o);
	b->server = fake_http_new(b->loop);
	b->env = (struct destination_env) { .loop = b->loop, .http = b->http };
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	http_free(b->http);
	fake_http_free(b->server);
	loop_free(b->loop);
	free(b);
	return 0;
}

static void
on_result(const struct outbox_result *r, void *arg)
{
	struct bench *b = arg;

	b->result = *r;
	loop_stop(b->loop);
}

static int
post(struct bench *b, int port)
{
	struct config_text secret = { .text = SV(SECRET) };
	struct delivery d = { SV("alr_abc"), SV(BODY), 1 };
	char url[80];
	struct config_destination c = {
		.url = url,
		.secrets = { &secret, 1 },
		.timeout_ms = 5000,
		.allow_private = { &b->here, b->alone ? 1 : 0 },
	};
	void *w;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/T0KEN", port);
	w = destination_webhook.open(&c, &b->env, NULL);
	assert_non_null(w);
	destination_webhook.send(w, &d, on_result, b);
	loop_run(b->loop);
	destination_webhook.close(w);
	return b->result.kind;
}

static struct sv
header(const char *request, const char *name)
{
	const char *at = strstr(request, name);

	assert_non_null(at);
	at += strlen(name);
	return (struct sv) { at, strcspn(at, "\r\n") };
}

static void
the_request_on_the_wire_verifies(void **state)
{
	struct bench *b = *state;
	const char *seen;
	int64_t stamp;

	fake_http_route(b->server, "/T0KEN",
	    SV("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), FAKE_CLOSE);
	assert_int_equal(post(b, fake_http_port(b->server)), DELIVERY_DONE);
	seen = fake_http_seen(b->server).p; /* of a string: with a NUL */
	assert_memory_equal(seen, "POST /T0KEN HTTP/1.1\r\n", 22);
	assert_non_null(strstr(seen, "\r\n\r\n" BODY));
	assert_true(sv_is(header(seen, "Content-Type: "), "application/json"));
	assert_true(sv_to_i64(header(seen, "webhook-timestamp: "), &stamp));
	assert_true(sign_verify(header(seen, "webhook-signature: "), SV(SECRET),
	    header(seen, "webhook-id: "), stamp, SV(BODY),
	    clock_wall_ms() / SEC_MS));
}

static void
answers_and_their_wishes_arrive(void **state)
{
	struct bench *b = *state;
	int port = fake_http_port(b->server);

	fake_http_route(b->server, "/T0KEN",
	    SV("HTTP/1.1 429 Slow\r\nRetry-After: 120\r\n"
	       "Content-Length: 0\r\n\r\n"),
	    FAKE_CLOSE);
	assert_int_equal(post(b, port), DELIVERY_RETRY);
	assert_int_equal(b->result.retry_after_ms, 120 * SEC_MS);
	fake_http_route(b->server, "/T0KEN",
	    SV("HTTP/1.1 302 Found\r\nLocation: /other\r\n"
	       "Content-Length: 0\r\n\r\n"),
	    FAKE_CLOSE);
	assert_int_equal(post(b, port), DELIVERY_RETRY);
	assert_null(strstr(fake_http_seen(b->server).p, "POST /other"));
	assert_null(strstr(fake_http_seen(b->server).p, "GET "));
	assert_non_null(strstr(b->result.why.msg, "answered 302"));
	fake_http_route(b->server, "/T0KEN",
	    SV("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"), FAKE_CLOSE);
	assert_int_equal(post(b, port), DELIVERY_DONE);
	fake_http_route(b->server, "/T0KEN", SV(""), FAKE_CLOSE);
	assert_int_equal(post(b, port), DELIVERY_RETRY);
	assert_null(strstr(b->result.why.msg, "T0KEN"));
}

static void
nobody_there_and_nowhere_allowed(void **state)
{
	struct bench *b = *state;
	int port = fake_http_port(b->server);

	http_set_allow(b->http, NULL, 0);
	assert_int_equal(post(b, port), DELIVERY_RETRY);
	assert_non_null(strstr(b->result.why.msg, "127.0.0.1"));
	assert_int_equal(fake_http_connections(b->server), 0);
	b->alone = true;
	(void)post(b, port);
	assert_int_equal(fake_http_connections(b->server), 1);
	b->alone = false;
	http_set_allow(b->http, &b->here, 1);
	fake_http_free(b->server);
	b->server = NULL;
	assert_int_equal(post(b, port), DELIVERY_RETRY);
	assert_null(strstr(b->result.why.msg, "T0KEN"));
	b->server = fake_http_new(b->loop);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_request_on_the_wire_verifies),
		T(answers_and_their_wishes_arrive),
		T(nobody_there_and_nowhere_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
