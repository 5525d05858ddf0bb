/* tests/unit/test_server.c: the HTTP listener, asked by our own client. */
#include "net/server.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct loop *loop;
	struct server *server;
	struct http *http;
	struct cidr loopback;
	unsigned handled;
	int status;
	struct str body, type;
};

/* Repeats the request in words. */
static void
on_request(struct server_request *req, void *arg)
{
	static const struct server_header headers[] = { { "Content-Type",
	    "text/plain" } };
	struct world *w = arg;
	struct str s;

	w->handled++;
	if (sv_is(req->path, "/silent"))
		return;
	str_init(&s, MiB(2));
	(void)str_addf(&s, "%s path=%.*s query=%.*s x=%.*s body=%zu",
	    req->method, SV_ARG(req->path), SV_ARG(req->query),
	    SV_ARG(server_header(req, "x-thing")), req->body.len);
	server_reply(req, 201, headers, 1, str_sv(&s));
	str_done(&s);
}

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	assert_true(cidr_parse(SV("127.0.0.0/8"), &w->loopback));
	w->loop = loop_new();
	w->server = server_new(w->loop, "127.0.0.1", 0, on_request, w, NULL);
	w->http = http_new(w->loop,
	    &(struct http_options) {
		.user_agent = "test",
		.in_flight = 2,
		.connect_ms = SEC_MS,
		.allow_private = &w->loopback,
		.nallow_private = 1,
	    });
	str_init(&w->body, MiB(1));
	str_init(&w->type, KiB(1));
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	http_free(w->http);
	server_free(w->server);
	loop_free(w->loop);
	str_done(&w->body);
	str_done(&w->type);
	free(w);
	return 0;
}

static bool
on_body(struct sv bytes, void *arg)
{
	struct world *w = arg;

	return str_add(&w->body, bytes);
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct world *w = arg;

	w->status = r->status;
	(void)str_add(&w->type, http_header(r, "Content-Type"));
	loop_stop(w->loop);
}

static int
ask(struct world *w, const char *path, struct http_request req)
{
	static const struct http_events events = { NULL, on_body, on_done };
	struct str url;

	str_init(&url, KiB(100));
	(void)str_addf(
	    &url, "http://127.0.0.1:%d%s", server_port(w->server), path);
	str_clear(&w->body);
	str_clear(&w->type);
	req.url = str_c(&url);
	req.timeout_ms = 20 * SEC_MS;
	req.max_bytes = MiB(1);
	(void)http_start(w->http, &req, &events, w);
	loop_run(w->loop);
	str_done(&url);
	return w->status;
}

static void
a_request_reaches_the_handler_whole(void **state)
{
	static const struct http_header headers[] = { { "X-Thing", "y z" } };
	struct world *w = *state;

	assert_int_equal(
	    ask(w, "/a%20b?c=d",
		(struct http_request) { .headers = headers, .nheaders = 1 }),
	    201);
	assert_string_equal(
	    str_c(&w->body), "GET path=/a%20b query=c=d x=y z body=0");
	assert_string_equal(str_c(&w->type), "text/plain");
	assert_int_equal(
	    ask(w, "/",
		(struct http_request) { .post = true, .body = SV("a\0b") }),
	    201);
	assert_string_equal(str_c(&w->body), "POST path=/ query= x= body=3");
}

static void
requests_over_the_ceilings_never_reach_the_handler(void **state)
{
	struct world *w = *state;
	char *big = mem_alloc(SERVER_BODY_BYTES + 1);

	memset(big, 'x', SERVER_BODY_BYTES + 1);
	assert_int_equal(ask(w, "/",
			     (struct http_request) { .post = true,
				 .body = { big, SERVER_BODY_BYTES + 1 } }),
	    413);
	assert_int_equal(w->handled, 0);
	assert_int_equal(ask(w, "/",
			     (struct http_request) { .post = true,
				 .body = { big, SERVER_BODY_BYTES } }),
	    201);
	big[SERVER_HEADER_BYTES] = '\0';
	assert_int_equal(
	    ask(w, "/",
		(struct http_request) {
		    .headers = &(struct http_header) { "X-Thing", big },
		    .nheaders = 1 }),
	    400);
	assert_int_equal(w->handled, 1);
	free(big);
}

static void
a_handler_without_a_reply_is_a_500(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, "/silent", (struct http_request) { 0 }), 500);
}

static void
a_port_that_is_taken_is_an_error_with_its_reason(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_null(server_new(
	    w->loop, "127.0.0.1", server_port(w->server), on_request, w, &e));
	assert_non_null(strstr(e.msg, "in use"));
	server_free(NULL);
}

int
main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(a_request_reaches_the_handler_whole),
		ROW(requests_over_the_ceilings_never_reach_the_handler),
		ROW(a_handler_without_a_reply_is_a_500),
		ROW(a_port_that_is_taken_is_an_error_with_its_reason),
	};
#undef ROW

	return cmocka_run_group_tests(tests, NULL, NULL);
}
