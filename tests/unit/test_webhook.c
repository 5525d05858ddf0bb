/* tests/unit/test_webhook.c: what a webhook is sent and how its answers are
 * taken; the HTTP client is a fake. */
#include "alerts/destination.h"

#include "alerts/sign.h"
#include "base/clock.h"
#include "net/http.h"
#include "tests/fake/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <strings.h>

#define URL "https://user:hunter2@hook.example.org:8443/T0KEN/x?key=T0KEN"
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define BODY "{\"type\":\"alert.new\"}"

struct http_call {
	const struct http_events *events;
	void *arg;
};

static struct {
	struct http_call call;
	char url[200], type[40], ce_id[80], id[80], stamp[40], signature[400],
	    body[200];
	unsigned max_redirects;
	int64_t timeout_ms;
	bool post, cancelled;
	const char *retry_after;
	struct outbox_result result;
	unsigned done;
	struct loop *loop;
} world;

static void
keep(char *out, size_t size, const char *v)
{
	assert_true(strlen(v) < size);
	memcpy(out, v, strlen(v) + 1);
}

static void
keep_header(const struct http_header *h)
{
	if (strcmp(h->name, "Content-Type") == 0)
		keep(world.type, sizeof(world.type), h->value);
	else if (strcmp(h->name, "webhook-id") == 0)
		keep(world.id, sizeof(world.id), h->value);
	else if (strcmp(h->name, "webhook-timestamp") == 0)
		keep(world.stamp, sizeof(world.stamp), h->value);
	else if (strcmp(h->name, "webhook-signature") == 0)
		keep(world.signature, sizeof(world.signature), h->value);
	else if (strcmp(h->name, "ce-id") == 0)
		keep(world.ce_id, sizeof(world.ce_id), h->value);
	else if (strncmp(h->name, "ce-", 3) != 0)
		fail_msg("header %s", h->name);
}

struct http_call *
http_start(struct http *h, const struct http_request *req,
    const struct http_events *ev, void *arg)
{
	(void)h;
	keep(world.url, sizeof(world.url), req->url);
	for (size_t i = 0; i < req->nheaders; i++)
		keep_header(&req->headers[i]);
	assert_true(req->body.len < sizeof(world.body));
	memcpy(world.body, req->body.p, req->body.len);
	world.body[req->body.len] = '\0';
	world.post = req->post;
	world.max_redirects = req->max_redirects;
	world.timeout_ms = req->timeout_ms;
	world.call = (struct http_call) { ev, arg };
	return &world.call;
}

void
http_cancel(struct http_call *c)
{
	world.cancelled = c != NULL;
}

struct sv
http_header(const struct http_response *r, const char *name)
{
	(void)r;
	return strcasecmp(name, "retry-after") == 0 ? sv_of(world.retry_after)
						    : SV_NONE;
}

static void
on_result(const struct outbox_result *r, void *arg)
{
	(void)arg;
	world.result = *r;
	world.done++;
}

static void *
open_hook(const char *url, struct config_text *secrets, size_t n, struct err *e)
{
	struct config_destination c = { .type = DEST_WEBHOOK,
		.url = url,
		.secrets = { secrets, n },
		.timeout_ms = 30000 };
	/* Borrowed by the destination. */
	static struct destination_env env;

	env.loop = world.loop;
	/* It keeps no reference to its configuration.
	 * cppcheck-suppress returnDanglingLifetime */
	return destination_webhook.open(&c, &env, e);
}

static void
post(void *self)
{
	struct delivery d = { SV("alr_abc"), SV(BODY), 1 };

	destination_webhook.send(self, &d, on_result, NULL);
}

static void
finish(enum http_failure failure, int status, const char *error)
{
	struct http_response r = {
		.failure = failure, .status = status, .error = error
	};

	if (status != 0)
		assert_true(
		    world.call.events->on_body(SV("x"), world.call.arg));
	world.call.events->on_done(&r, world.call.arg);
}

static int
set_up(void **state)
{
	memset(&world, 0, sizeof(world));
	world.loop = loop_new();
	*state = NULL;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	loop_free(world.loop);
	return 0;
}

static void
an_attempt_is_a_signed_post(void **state)
{
	struct config_text secrets[] = { { .text = SV(SECRET) },
		{ .text = SV("an older secret of text") } };
	void *w;

	(void)state;
	secrets[1].text = SV("an older secret, of plain text");
	w = open_hook(URL, secrets, 2, NULL);
	assert_non_null(w);
	post(w);
	assert_true(world.post);
	assert_string_equal(world.url, URL);
	assert_string_equal(world.body, BODY);
	assert_string_equal(world.type, "application/json");
	assert_string_equal(world.id, "alr_abc");
	assert_string_equal(world.stamp, "1711429929");
	assert_int_equal(world.max_redirects, 0);
	assert_int_equal(world.timeout_ms, 30000);
	for (size_t i = 0; i < 2; i++)
		assert_true(sign_verify(sv_of(world.signature), secrets[i].text,
		    SV("alr_abc"), 1711429929, SV(BODY), 1711429929));
	finish(HTTP_ANSWERED, 204, "");
	assert_int_equal(world.done, 1);
	assert_int_equal(world.result.kind, DELIVERY_DONE);
	destination_webhook.close(w);
}

static void
a_retry_has_the_same_id_and_a_new_time(void **state)
{
	struct config_text secret = { .text = SV(SECRET) };
	void *w = open_hook(URL, &secret, 1, NULL);
	char before[400];

	(void)state;
	post(w);
	keep(before, sizeof(before), world.signature);
	finish(HTTP_ANSWERED, 500, "");
	fake_pass(world.loop, 5000);
	post(w);
	assert_string_equal(world.id, "alr_abc");
	assert_string_equal(world.body, BODY);
	assert_string_equal(world.stamp, "1711429934");
	assert_string_not_equal(world.signature, before);
	destination_webhook.close(w);
	assert_true(world.cancelled);
	assert_int_equal(world.done, 1); /* silently */
}

static void
without_a_secret_there_is_no_signature(void **state)
{
	void *w = open_hook(URL, NULL, 0, NULL);

	(void)state;
	post(w);
	assert_string_equal(world.signature, "");
	assert_string_equal(world.stamp, "1711429929");
	destination_webhook.close(w);
}

static void
an_answer_is_judged_and_told_without_secrets(void **state)
{
	static const struct {
		const char *what;
		enum http_failure failure;
		int status;
		const char *error, *retry_after;
		int kind;
		int64_t wait_ms;
		const char *told;
	} rows[] = {
		{ "busy", HTTP_ANSWERED, 503, "", "7", DELIVERY_RETRY, 7000,
		    "https://hook.example.org:8443/...: answered 503" },
		{ "slow down, until", HTTP_ANSWERED, 429, "",
		    "Tue, 26 Mar 2024 05:13:09 GMT", DELIVERY_RETRY, 59877,
		    "answered 429" },
		{ "moved", HTTP_ANSWERED, 302, "", NULL, DELIVERY_RETRY, -1,
		    "answered 302 (a redirect" },
		{ "gone", HTTP_ANSWERED, 410, "", NULL, DELIVERY_CLOSED, -1,
		    "answered 410" },
		{ "no answer", HTTP_TIMEOUT, 0, "no answer within 30 s", NULL,
		    DELIVERY_RETRY, -1,
		    "https://hook.example.org:8443/...: no answer within" },
		{ "accepted, and a body too large to read", HTTP_TOO_LARGE, 200,
		    "too large", NULL, DELIVERY_DONE, -1, "" },
		{ "refused, and cut short", HTTP_BROKEN, 400, "cut", NULL,
		    DELIVERY_RETRY, -1, "answered 400" },
	};
	void *w = open_hook(URL, NULL, 0, NULL);

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		post(w);
		world.retry_after = rows[i].retry_after;
		finish(rows[i].failure, rows[i].status, rows[i].error);
		if (world.result.kind != (unsigned)rows[i].kind ||
		    world.result.retry_after_ms != rows[i].wait_ms ||
		    strstr(world.result.why.msg, rows[i].told) == NULL)
			fail_msg("%s: %s", rows[i].what, world.result.why.msg);
		assert_null(strstr(world.result.why.msg, "T0KEN"));
		assert_null(strstr(world.result.why.msg, "hunter2"));
	}
	destination_webhook.close(w);
}

/* What is signed is what is sent. */
static void
a_format_makes_body_headers_and_url(void **state)
{
	static struct destination_env env;
	struct config_text secret = { .text = SV(SECRET) };
	struct config_destination c = { .type = DEST_WEBHOOK,
		.url = URL,
		.format = FORMAT_CLOUDEVENTS_BINARY,
		.secrets = { &secret, 1 } };
	struct delivery d = { SV("alr_a"),
		SV("{\"type\":\"alert.new\",\"data\":{\"id\":\"alr_a\","
		   "\"item\":{}}}"),
		1 };
	struct err e;
	void *w;

	(void)state;
	env.loop = world.loop;
	w = destination_webhook.open(&c, &env, &e);
	destination_webhook.send(w, &d, on_result, NULL);
	assert_string_equal(world.ce_id, "alr_a");
	assert_string_equal(world.body, "{\"id\":\"alr_a\",\"item\":{}}");
	assert_true(sign_verify(sv_of(world.signature), secret.text,
	    SV("alr_a"), 1711429929, sv_of(world.body), 1711429929));
	destination_webhook.close(w);
	c.format = FORMAT_DISCORD;
	w = destination_webhook.open(&c, &env, &e);
	destination_webhook.send(w, &d, on_result, NULL);
	assert_string_equal(world.url, URL "&wait=true");
	finish(HTTP_ANSWERED, 200, "");
	d.body = SV("{}");
	destination_webhook.send(w, &d, on_result, NULL);
	assert_int_equal(world.result.kind, DELIVERY_REFUSED);
	destination_webhook.close(w);
}

static void
impossible_options_are_refused(void **state)
{
	struct config_text weak = { .text = SV("weak") };
	struct err e;

	(void)state;
	assert_null(open_hook(NULL, NULL, 0, &e));
	assert_non_null(strstr(e.msg, "url"));
	assert_null(open_hook("file:/etc/passwd", NULL, 0, &e));
	assert_null(open_hook(URL, &weak, 1, &e));
	assert_non_null(strstr(e.msg, "secret"));
	assert_null(strstr(e.msg, "weak"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_attempt_is_a_signed_post),
		T(a_retry_has_the_same_id_and_a_new_time),
		T(without_a_secret_there_is_no_signature),
		T(an_answer_is_judged_and_told_without_secrets),
		T(a_format_makes_body_headers_and_url),
		T(impossible_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
