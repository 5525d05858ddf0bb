/* tests/unit/test_http.c: bounded HTTP exchanges. */
#include "net/http.h"

#include "base/clock.h"
#include "base/limits.h"
#include "tests/fake/fake_dns.h"
#include "tests/fake/fake_http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#define OK_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n"

static const struct fake_name zone[] = {
	{ "a.test", 0, 300, "127.0.0.1", NULL },
	{ "b.test", 0, 300, "127.0.0.1", NULL },
	{ "xn--bcher-kva.test", 0, 300, "127.0.0.1", NULL },
	{ "rebound.test", 0, 300, "10.0.0.1", NULL },
	{ "deadsix.test", 0, 300, "127.0.0.1", "::1" },
	{ "refused.test", FAKE_DNS_REFUSED, 0, NULL, NULL },
	{ "silent.test", FAKE_DNS_SILENT, 0, NULL, NULL },
};

/* How an exchange ended, and what came before. */
struct outcome {
	struct world *world;
	struct http_call *call;
	unsigned done;
	enum http_failure failure;
	int status;
	char *error, *url, *permanent, *etag;
	struct str body;
	size_t heads, body_bytes;
	bool refuse_head, refuse_body, keep_body;
};

struct world {
	struct loop *loop;
	struct fake_dns *dns;
	struct fake_http *server, *other;
	struct http *http;
	struct cidr loopback;
	struct outcome one; /* of get() */
	size_t left; /* exchanges to wait for */
};

static struct http *
new_http(struct world *w, size_t in_flight)
{
	return http_new(w->loop,
	    &(struct http_options) {
		.user_agent = "tocsin-test/1",
		.in_flight = in_flight,
		.connect_ms = 300,
		.dns_servers = fake_dns_address(w->dns),
		.allow_private = &w->loopback,
		.nallow_private = 1,
	    });
}

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	assert_true(cidr_parse(SV("127.0.0.0/8"), &w->loopback));
	w->loop = loop_new();
	w->dns = fake_dns_new(w->loop, zone, COUNTOF(zone));
	w->server = fake_http_new(w->loop);
	w->other = fake_http_new(w->loop);
	w->http = new_http(w, 4);
	*state = w;
	return 0;
}

static void
outcome_done(struct outcome *o)
{
	free(o->error);
	free(o->url);
	free(o->permanent);
	free(o->etag);
	str_done(&o->body);
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	http_free(w->http);
	outcome_done(&w->one);
	fake_http_free(w->server);
	fake_http_free(w->other);
	fake_dns_free(w->dns);
	loop_free(w->loop);
	free(w);
	return 0;
}

static bool
on_head(const struct http_response *r, void *arg)
{
	struct outcome *o = arg;

	o->heads++;
	assert_int_equal(r->failure, HTTP_ANSWERED);
	assert_true(r->status >= 200);
	return !o->refuse_head;
}

static bool
on_body(struct sv bytes, void *arg)
{
	struct outcome *o = arg;

	o->body_bytes += bytes.len;
	if (o->keep_body)
		(void)str_add(&o->body, bytes);
	return !o->refuse_body;
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct outcome *o = arg;

	o->done++;
	o->call = NULL;
	o->failure = r->failure;
	o->status = r->status;
	o->error = mem_strdup(r->error);
	o->url = mem_svdup(r->url);
	o->permanent = mem_svdup(r->permanent);
	o->etag = mem_svdup(http_header(r, "etag"));
	assert_int_equal(r->error[0] == '\0', r->failure == HTTP_ANSWERED);
	if (--o->world->left == 0)
		loop_stop(o->world->loop);
}

static const struct http_events events = { on_head, on_body, on_done };

/* "%d" in `url` is the server's port. */
static char *
with_port(const struct fake_http *s, const char *url)
{
	size_t at = sv_find(sv_of(url), SV("%d"));
	struct str out;

	str_init(&out, MiB(1));
	(void)str_add(&out, sv_sub(sv_of(url), 0, at));
	if (at < strlen(url))
		(void)str_addf(&out, "%d%s", fake_http_port(s), url + at + 2);
	return str_take(&out);
}

static void
start(struct world *w, struct outcome *o, struct http_request req)
{
	char *url = with_port(w->server, req.url);

	req.url = url;
	req.timeout_ms = req.timeout_ms != 0 ? req.timeout_ms : 20 * SEC_MS;
	req.max_bytes = req.max_bytes != 0 ? req.max_bytes : MiB(1);
	o->world = w;
	o->keep_body = true;
	str_init(&o->body, MiB(1));
	w->left++;
	o->call = http_start(w->http, &req, &events, o);
	assert_int_equal(o->done, 0);
	free(url);
}

static const struct outcome *
exchange(struct world *w, struct http_request req)
{
	outcome_done(&w->one);
	w->one = (struct outcome) { .refuse_head = w->one.refuse_head,
		.refuse_body = w->one.refuse_body };
	start(w, &w->one, req);
	loop_run(w->loop);
	assert_int_equal(w->one.done, 1);
	return &w->one;
}

/* max_redirects is HTTP_REDIRECTS. */
static const struct outcome *
get(struct world *w, const char *url)
{
	return exchange(w,
	    (struct http_request) {
		.url = url, .max_redirects = HTTP_REDIRECTS });
}

/* Adds a route whose reply has "%d" replaced by the other server's port. */
static void
route(struct world *w, const char *path, const char *reply)
{
	char *text = with_port(w->other, reply);

	fake_http_route(w->server, path, sv_of(text), FAKE_CLOSE);
	free(text);
}

static bool
saw(const struct fake_http *s, const char *text)
{
	struct sv seen = fake_http_seen(s);

	return sv_find(seen, sv_of(text)) < seen.len;
}

static void
an_answer_brings_status_headers_and_body(void **state)
{
	struct world *w = *state;
	const struct outcome *o;

	route(w, "/feed?x=1",
	    OK_HEAD "ETag: \"a\"\r\nContent-Length: 5\r\n\r\nhello");
	o = get(w, "http://127.0.0.1:%d/feed?x=1");
	assert_int_equal(o->failure, HTTP_ANSWERED);
	assert_int_equal(o->status, 200);
	assert_int_equal(o->heads, 1);
	assert_string_equal(str_c(&o->body), "hello");
	assert_string_equal(o->etag, "\"a\"");
	assert_string_equal(o->permanent, "");
	o = get(w, "http://127.0.0.1:%d/absent");
	assert_int_equal(o->failure, HTTP_ANSWERED);
	assert_int_equal(o->status, 404);
	assert_string_equal(o->etag, "");
}

static void
a_request_says_who_asks_and_nothing_needless(void **state)
{
	struct world *w = *state;

	route(w, "/x",
	    "HTTP/1.1 302 Found\r\nLocation: /y\r\nSet-Cookie: a=b\r\n"
	    "Connection: close\r\n\r\n");
	route(w, "/y", OK_HEAD "\r\n");
	(void)get(w, "http://127.0.0.1:%d/x");
	assert_true(saw(w->server, "GET /y HTTP/1.1\r\n"));
	assert_true(saw(w->server, "\r\nUser-Agent: tocsin-test/1\r\n"));
	assert_true(saw(w->server, "\r\nAccept-Encoding: gzip\r\n"));
	assert_false(saw(w->server, "Cookie"));
	assert_false(saw(w->server, "Referer"));
	assert_false(saw(w->server, "Cache-Control"));
	assert_false(saw(w->server, "Pragma"));
}

static void
headers_are_sent_byte_for_byte(void **state)
{
	static const struct http_header headers[] = {
		{ "If-None-Match", "W/\"\xC3\xA9, b\" " },
		{ "If-Modified-Since", "tue, 1 jan 2030" },
		{ "X-Empty", "" },
	};
	struct world *w = *state;

	(void)exchange(w,
	    (struct http_request) { .url = "http://127.0.0.1:%d/",
		.headers = headers,
		.nheaders = COUNTOF(headers) });
	assert_true(saw(w->server, "If-None-Match: W/\"\xC3\xA9, b\" \r\n"));
	assert_true(saw(w->server, "If-Modified-Since: tue, 1 jan 2030\r\n"));
	assert_true(saw(w->server, "\r\nX-Empty:"));
}

static void
urls_are_asked_for_as_they_are_written(void **state)
{
	static const struct {
		const char *url, *line;
	} rows[] = {
		{ "http://127.0.0.1:%d", "GET / HTTP" },
		{ "http://127.0.0.1:%d/a/../b/./c", "GET /a/../b/./c HTTP" },
		{ "http://127.0.0.1:%d/q?a=%41&b=c+d&&",
		    "GET /q?a=%41&b=c+d&& HTTP" },
		{ "http://127.0.0.1:%d/%7Ex%2f#part", "GET /%7Ex%2f HTTP" },
		{ "http://127.0.0.1:%d/\xC3\xBC", "GET /%c3%bc HTTP" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNTOF(rows); i++) {
		(void)get(w, rows[i].url);
		if (!saw(w->server, rows[i].line))
			fail_msg("%s: %.*s", rows[i].line,
			    SV_ARG(fake_http_seen(w->server)));
	}
}

static void
several_fields_of_one_name_are_joined(void **state)
{
	struct world *w = *state;

	route(w, "/",
	    OK_HEAD "ETag: one\r\nX: y\r\netag:two\r\n  folded\r\n\r\n");
	assert_string_equal(
	    get(w, "http://127.0.0.1:%d/")->etag, "one, two folded");
}

static void
an_interim_answer_is_passed_over(void **state)
{
	struct world *w = *state;
	const struct outcome *o;

	route(w, "/",
	    "HTTP/1.1 103 Early Hints\r\nETag: early\r\n\r\n" OK_HEAD
	    "Content-Length: 1\r\n\r\nx");
	o = get(w, "http://127.0.0.1:%d/");
	assert_int_equal(o->status, 200);
	assert_int_equal(o->heads, 1);
	assert_string_equal(o->etag, "");
}

static void
trailers_are_no_headers(void **state)
{
	struct world *w = *state;
	const struct outcome *o;

	route(w, "/",
	    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
		    "HTTP/1.1: 500\r\nETag: late\r\n\r\n");
	o = get(w, "http://127.0.0.1:%d/");
	assert_int_equal(o->failure, HTTP_ANSWERED);
	assert_int_equal(o->status, 200);
	assert_int_equal(o->heads, 1);
	assert_string_equal(o->etag, "");
}

/* What a URL of the first server leads to; "%d" in a reply is the other
 * server's port, in `ends_at` the first one's. */
static const struct {
	const char *what, *path, *reply;
	enum http_failure failure;
	int status;
	const char *ends_at, *permanent;
} redirects[] = {
	{ "301 is permanent", "/301",
	    "HTTP/1.1 301 M\r\nLocation: /end\r\n\r\n", HTTP_ANSWERED, 200,
	    "http://127.0.0.1:%d/end", "http://127.0.0.1:%d/end" },
	{ "308 is permanent", "/308",
	    "HTTP/1.1 308 M\r\nLocation: /end\r\n\r\n", HTTP_ANSWERED, 200,
	    "http://127.0.0.1:%d/end", "http://127.0.0.1:%d/end" },
	{ "302 is not", "/302", "HTTP/1.1 302 M\r\nLocation: /end\r\n\r\n",
	    HTTP_ANSWERED, 200, "http://127.0.0.1:%d/end", "" },
	{ "303 is not", "/303", "HTTP/1.1 303 M\r\nLocation: /end\r\n\r\n",
	    HTTP_ANSWERED, 200, "http://127.0.0.1:%d/end", "" },
	{ "307 is not", "/307", "HTTP/1.1 307 M\r\nLocation: /end\r\n\r\n",
	    HTTP_ANSWERED, 200, "http://127.0.0.1:%d/end", "" },
	{ "only the leading permanent part counts", "/mixed",
	    "HTTP/1.1 301 M\r\nLocation: /then-302-301\r\n\r\n", HTTP_ANSWERED,
	    200, "http://127.0.0.1:%d/end",
	    "http://127.0.0.1:%d/then-302-301" },
	{ "a permanent hop after another kind does not count", "/then-302-301",
	    "HTTP/1.1 302 M\r\nLocation: /301\r\n\r\n", HTTP_ANSWERED, 200,
	    "http://127.0.0.1:%d/end", "" },
	{ "a relative target is resolved", "/dir/rel",
	    "HTTP/1.1 302 M\r\nLocation: ../end#x\r\n\r\n", HTTP_ANSWERED, 200,
	    "http://127.0.0.1:%d/end", "" },
	{ "the body of a redirect is not waited for", "/long",
	    "HTTP/1.1 302 M\r\nLocation: /end\r\nContent-Length: 99\r\n\r\nx",
	    HTTP_ANSWERED, 200, "http://127.0.0.1:%d/end", "" },
	{ "300 is an answer", "/300",
	    "HTTP/1.1 300 M\r\nLocation: /end\r\n\r\n", HTTP_ANSWERED, 300,
	    "http://127.0.0.1:%d/300", "" },
	{ "304 is an answer", "/304",
	    "HTTP/1.1 304 M\r\nLocation: /end\r\n\r\n", HTTP_ANSWERED, 304,
	    "http://127.0.0.1:%d/304", "" },
	{ "a loop ends", "/loop", "HTTP/1.1 302 M\r\nLocation: /loop\r\n\r\n",
	    HTTP_TOO_MANY_HOPS, 302, "http://127.0.0.1:%d/loop", "" },
	{ "no target", "/none", "HTTP/1.1 302 M\r\n\r\n", HTTP_TOO_MANY_HOPS,
	    302, "http://127.0.0.1:%d/none", "" },
	{ "an empty target", "/empty", "HTTP/1.1 302 M\r\nLocation:\r\n\r\n",
	    HTTP_TOO_MANY_HOPS, 302, "http://127.0.0.1:%d/empty", "" },
	{ "a file", "/file",
	    "HTTP/1.1 302 M\r\nLocation: file:///etc/passwd\r\n\r\n",
	    HTTP_FORBIDDEN, 302, "http://127.0.0.1:%d/file", "" },
	{ "gopher", "/gopher",
	    "HTTP/1.1 302 M\r\nLocation: gopher://127.0.0.1:%d/\r\n\r\n",
	    HTTP_FORBIDDEN, 302, "http://127.0.0.1:%d/gopher", "" },
	{ "a private address", "/private",
	    "HTTP/1.1 302 M\r\nLocation: http://10.0.0.1/\r\n\r\n",
	    HTTP_FORBIDDEN, 302, "http://10.0.0.1/", "" },
	{ "a name with a private address", "/rebound",
	    "HTTP/1.1 301 M\r\nLocation: //rebound.test/\r\n\r\n",
	    HTTP_FORBIDDEN, 301, "http://rebound.test/",
	    "http://rebound.test/" },
	{ "a malformed target", "/malformed",
	    "HTTP/1.1 302 M\r\nLocation: http://a:b:c/\r\n\r\n", HTTP_BAD_URL,
	    302, "http://127.0.0.1:%d/malformed", "" },
	{ "an unknown name", "/nowhere",
	    "HTTP/1.1 302 M\r\nLocation: http://absent.test/\r\n\r\n",
	    HTTP_NAME, 302, "http://absent.test/", "" },
};

static void
redirects_lead_where_they_should(void **state)
{
	struct world *w = *state;

	route(w, "/end", OK_HEAD "\r\nend");
	for (size_t i = 0; i < COUNTOF(redirects); i++)
		route(w, redirects[i].path, redirects[i].reply);
	for (size_t i = 0; i < COUNTOF(redirects); i++) {
		char *url = with_port(w->server, redirects[i].ends_at);
		char *permanent = with_port(w->server, redirects[i].permanent);
		struct str from;
		const struct outcome *o;

		str_init(&from, 200);
		(void)str_addf(
		    &from, "http://127.0.0.1:%%d%s", redirects[i].path);
		o = get(w, str_c(&from));
		if (o->failure != redirects[i].failure ||
		    o->status != redirects[i].status ||
		    strcmp(o->url, url) != 0 ||
		    strcmp(o->permanent, permanent) != 0 ||
		    o->heads != (o->failure == HTTP_ANSWERED))
			fail_msg("%s: failure %d, status %d, at %s, for good "
				 "%s, %s",
			    redirects[i].what, o->failure, o->status, o->url,
			    o->permanent, o->error);
		str_done(&from);
		free(url);
		free(permanent);
	}
}

static void
a_redirect_is_followed_before_its_body_ends(void **state)
{
	struct world *w = *state;
	int64_t began = clock_mono_ms();

	fake_http_route(w->server, "/",
	    SV("HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n"), FAKE_HOLD);
	route(w, "/end", OK_HEAD "\r\nhello");
	assert_int_equal(
	    exchange(w,
		(struct http_request) { .url = "http://127.0.0.1:%d/",
		    .timeout_ms = 2000,
		    .max_redirects = 1 })
		->status,
	    200);
	assert_string_equal(str_c(&w->one.body), "hello");
	assert_in_range(clock_mono_ms() - began, 0, 1500);
}

static void
the_number_of_hops_is_bounded(void **state)
{
	struct world *w = *state;
	const struct outcome *o;

	route(w, "/", "HTTP/1.1 302 Found\r\nLocation: /?\r\n\r\n");
	route(w, "/?", "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n");
	o = get(w, "http://127.0.0.1:%d/");
	assert_int_equal(o->failure, HTTP_TOO_MANY_HOPS);
	assert_int_equal(fake_http_connections(w->server), HTTP_REDIRECTS + 1);
	o = exchange(
	    w, (struct http_request) { .url = "http://127.0.0.1:%d/" });
	assert_int_equal(o->failure, HTTP_ANSWERED);
	assert_int_equal(o->status, 302);
}

static void
a_post_is_repeated_only_where_the_answer_asks_for_it(void **state)
{
	struct world *w = *state;
	struct http_request req = { .url = "http://127.0.0.1:%d/302",
		.post = true,
		.body = SV("a\0b"),
		.max_redirects = 1 };

	route(w, "/302", "HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n");
	route(w, "/307", "HTTP/1.1 307 Found\r\nLocation: /end\r\n\r\n");
	route(w, "/end", OK_HEAD "\r\n");
	assert_int_equal(exchange(w, req)->status, 302);
	assert_false(saw(w->server, "/end"));
	req.url = "http://127.0.0.1:%d/307";
	assert_int_equal(exchange(w, req)->status, 200);
	assert_true(saw(w->server, "POST /end HTTP/1.1\r\n"));
	assert_true(saw(w->server, "\r\nContent-Length: 3\r\n"));
}

static void
a_large_post_is_sent_without_asking_first(void **state)
{
	struct world *w = *state;
	struct str body;

	route(w, "/", OK_HEAD "\r\n");
	str_init(&body, MiB(2));
	while (str_add(&body, SV("0123456789abcdef")))
		continue;
	assert_int_equal(
	    exchange(w,
		(struct http_request) { .url = "http://127.0.0.1:%d/",
		    .post = true,
		    .body = str_sv(&body) })
		->status,
	    200);
	assert_true(fake_http_seen(w->server).len > MiB(2));
	assert_false(saw(w->server, "Expect"));
	str_done(&body);
}

static void
credentials_stay_with_the_first_origin(void **state)
{
	static const struct http_header headers[] = {
		{ "X-Token", "canary" },
		{ "Accept", "text/x" },
		{ "If-None-Match", "\"v\"" },
	};
	struct world *w = *state;

	route(w, "/in",
	    "HTTP/1.1 302 Found\r\n"
	    "Location: http://127.0.0.1:%d/out\r\n\r\n");
	assert_int_equal(exchange(w,
			     (struct http_request) {
				 .url = "http://127.0.0.1:%d/in",
				 .headers = headers,
				 .nheaders = COUNTOF(headers),
				 .user = "u",
				 .password = "p",
				 .max_redirects = 1,
			     })
			     ->status,
	    404);
	assert_true(saw(w->server, "Authorization: Basic dTpw\r\n"));
	assert_true(saw(w->server, "X-Token: canary\r\n"));
	assert_true(saw(w->other, "GET /out"));
	assert_false(saw(w->other, "Authorization"));
	assert_false(saw(w->other, "canary"));
	assert_true(saw(w->other, "Accept: text/x\r\n"));
	assert_true(saw(w->other, "If-None-Match: \"v\"\r\n"));
}

static void
userinfo_in_a_url_becomes_credentials_and_is_shown_nowhere(void **state)
{
	struct world *w = *state;
	const struct outcome *o;
	char *clean = with_port(w->server, "http://127.0.0.1:%d/");

	route(w, "/", OK_HEAD "\r\n");
	o = get(w, "http://u%40x:p@127.0.0.1:%d/#top");
	assert_int_equal(o->status, 200);
	assert_string_equal(o->url, clean);
	assert_true(saw(w->server, "Authorization: Basic dUB4OnA=\r\n"));
	assert_false(saw(w->server, "@"));
	free(clean);
}

static const char *const private_spellings[] = {
	"http://127.0.0.1:%d/",
	"http://127.1:%d/",
	"http://0x7f000001:%d/",
	"http://0x7f.1:%d/",
	"http://2130706433:%d/",
	"http://0177.0.0.1:%d/",
	"http://0:%d/",
	"http://[::1]:%d/",
	"http://[::ffff:127.0.0.1]:%d/",
	"http://[::127.0.0.1]:%d/",
	"http://[64:ff9b::7f00:1]:%d/",
	"http://169.254.169.254:%d/",
	"http://a.test:%d/",
	"http://localhost:%d/",
	"http://x.localhost:%d/",
	"http://1.1.1.1@127.0.0.1:%d/",
	"http://1.1.1.1\\@127.0.0.1:%d/",
	"http://\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1:%d/",
	"http://%31%32%37.0.0.1:%d/",
};

static void
no_spelling_of_a_private_address_is_contacted(void **state)
{
	struct world *w = *state;

	http_set_allow(w->http, NULL, 0);
	for (size_t i = 0; i < COUNTOF(private_spellings); i++) {
		const struct outcome *o = get(w, private_spellings[i]);

		if (o->failure != HTTP_FORBIDDEN ||
		    strstr(o->error, "not a public address") == NULL)
			fail_msg("%s: failure %d, %s", private_spellings[i],
			    o->failure, o->error);
	}
	assert_int_equal(fake_http_connections(w->server), 0);
}

static void
an_allowed_network_is_contacted(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < 6; i++)
		assert_int_equal(get(w, private_spellings[i])->status, 404);
	assert_int_equal(get(w, "http://a.test:%d/")->status, 404);
	assert_int_equal(fake_http_connections(w->server), 7);
}

static void
a_kept_connection_is_judged_again(void **state)
{
	struct world *w = *state;
	struct http_request req = { .url = "http://127.0.0.1:%d/",
		.keep_alive = true };

	fake_http_route(w->server, "/",
	    SV("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), FAKE_KEEP);
	assert_int_equal(exchange(w, req)->status, 200);
	assert_int_equal(exchange(w, req)->status, 200);
	assert_int_equal(fake_http_connections(w->server), 1);
	http_set_allow(w->http, NULL, 0);
	assert_int_equal(exchange(w, req)->failure, HTTP_FORBIDDEN);
}

/* Nor does it share its kept connections with them. */
static void
what_one_request_may_reach_others_may_not(void **state)
{
	struct world *w = *state;
	struct cidr here;
	struct http_request req = { .url = "http://127.0.0.1:%d/",
		.keep_alive = true },
			    trusted = req;

	assert_true(cidr_parse(SV("127.0.0.0/8"), &here));
	trusted.allow_private = &here;
	trusted.nallow_private = 1;
	trusted.max_redirects = 1;
	http_set_allow(w->http, NULL, 0);
	fake_http_route(w->server, "/",
	    SV("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), FAKE_KEEP);
	assert_int_equal(exchange(w, req)->failure, HTTP_FORBIDDEN);
	assert_int_equal(exchange(w, trusted)->status, 200);
	assert_int_equal(exchange(w, req)->failure, HTTP_FORBIDDEN);
	assert_int_equal(exchange(w, trusted)->status, 200);
	route(w, "/",
	    "HTTP/1.1 307 Away\r\nLocation: http://169.254.169.254/\r\n"
	    "Content-Length: 0\r\n\r\n");
	assert_int_equal(exchange(w, trusted)->failure, HTTP_FORBIDDEN);
}

static void
one_answer_that_is_late_delays_no_other(void **state)
{
	struct world *w = *state;
	struct outcome late = { 0 }, prompt = { 0 };

	fake_http_route(w->server, "/late", SV(""), FAKE_HOLD);
	fake_http_route(w->server, "/",
	    SV("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), FAKE_KEEP);
	start(w, &late,
	    (struct http_request) {
		.url = "http://127.0.0.1:%d/late", .keep_alive = true });
	start(w, &prompt,
	    (struct http_request) {
		.url = "http://127.0.0.1:%d/", .keep_alive = true });
	w->left = 1;
	loop_run(w->loop);
	assert_int_equal(prompt.status, 200);
	assert_int_equal(late.done, 0);
	http_cancel(late.call);
	outcome_done(&late);
	outcome_done(&prompt);
}

static void
connections_are_kept_only_on_request(void **state)
{
	struct world *w = *state;

	fake_http_route(w->server, "/",
	    SV("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), FAKE_KEEP);
	for (int i = 0; i < 3; i++)
		assert_int_equal(get(w, "http://a.test:%d/")->status, 200);
	assert_int_equal(fake_http_connections(w->server), 3);
	assert_true(saw(w->server, "\r\nConnection: close\r\n"));
}

static void
names_have_failures_of_two_classes(void **state)
{
	static const struct {
		const char *url;
		enum http_failure failure;
	} rows[] = {
		{ "http://absent.test/", HTTP_NAME },
		{ "http://refused.test/", HTTP_NAME_LATER },
		{ "http://silent.test/", HTTP_NAME_LATER },
		{ "http://a.test:%d/", HTTP_ANSWERED },
		{ "http://A.TEST:%d/", HTTP_ANSWERED },
		{ "http://a.test.:%d/", HTTP_ANSWERED },
		{ "http://b\xC3\xBC"
		  "cher.test:%d/",
		    HTTP_ANSWERED },
		{ "http://deadsix.test:%d/", HTTP_ANSWERED },
		{ "ftp://a.test/", HTTP_BAD_URL },
		{ "a.test", HTTP_BAD_URL },
		{ "http://", HTTP_BAD_URL },
		{ "http://a b/", HTTP_BAD_URL },
		{ "http://a.test:99999/", HTTP_BAD_URL },
		{ "http://127.0.0.1:1/", HTTP_CONNECT },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct outcome *o = get(w, rows[i].url);

		if (o->failure != rows[i].failure)
			fail_msg("%s: failure %d, %s", rows[i].url, o->failure,
			    o->error);
	}
	assert_true(saw(w->server, "Host: xn--bcher-kva.test"));
}

/* Bodies and heads that break off, lie, or do not end. */
static const struct {
	const char *what, *reply;
	enum fake_end end;
	enum http_failure failure;
	int status;
} broken[] = {
	{ "nothing at all", "", FAKE_CLOSE, HTTP_BROKEN, 0 },
	{ "HTTP/0.9", "hello", FAKE_CLOSE, HTTP_BROKEN, 0 },
	{ "cut in the head", "HTTP/1.1 200 OK\r\nContent-", FAKE_CLOSE,
	    HTTP_BROKEN, 0 },
	{ "shorter than it said", OK_HEAD "Content-Length: 9\r\n\r\nhello",
	    FAKE_CLOSE, HTTP_BROKEN, 200 },
	{ "chunks without the last",
	    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
	    FAKE_CLOSE, HTTP_BROKEN, 200 },
	{ "a chunk that is none",
	    OK_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
	    FAKE_CLOSE, HTTP_BROKEN, 200 },
	{ "gzip that is none",
	    OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
	    FAKE_CLOSE, HTTP_BROKEN, 200 },
	{ "a coding that we did not ask for and do not know",
	    OK_HEAD "Content-Encoding: x\r\nContent-Length: 1\r\n\r\nh",
	    FAKE_CLOSE, HTTP_BROKEN, 200 },
	{ "longer than allowed", OK_HEAD "Content-Length: 99999999\r\n\r\nhi",
	    FAKE_CLOSE, HTTP_TOO_LARGE, 200 },
	{ "silence before the head", "", FAKE_HOLD, HTTP_TIMEOUT, 0 },
	{ "silence in the head", "HTTP/1.1 200 OK\r\n", FAKE_HOLD, HTTP_TIMEOUT,
	    0 },
	{ "silence in the body", OK_HEAD "Content-Length: 9\r\n\r\nhello",
	    FAKE_HOLD, HTTP_TIMEOUT, 200 },
};

static void
an_answer_that_is_not_whole_is_a_failure(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNTOF(broken); i++) {
		struct str path, url;
		const struct outcome *o;

		str_init(&path, 50);
		str_init(&url, 100);
		(void)str_addf(&path, "/%zu", i);
		(void)str_addf(&url, "http://127.0.0.1:%%d/%zu", i);
		fake_http_route(w->server, str_c(&path), sv_of(broken[i].reply),
		    broken[i].end);
		o = exchange(w,
		    (struct http_request) {
			.url = str_c(&url), .timeout_ms = 150 });
		if (o->failure != broken[i].failure ||
		    o->status != broken[i].status)
			fail_msg("%s: failure %d, status %d, %s",
			    broken[i].what, o->failure, o->status, o->error);
		str_done(&path);
		str_done(&url);
	}
}

static void
add_repeated(struct str *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)str_adds(out, text);
}

static void
an_endless_body_stops_at_its_ceiling(void **state)
{
	struct world *w = *state;
	struct str reply;
	const struct outcome *o;

	str_init(&reply, MiB(1));
	(void)str_adds(&reply, OK_HEAD "Transfer-Encoding: chunked\r\n\r\n");
	add_repeated(&reply, "5\r\n12345\r\n", FAKE_REPEAT_BYTES / 10);
	fake_http_route(w->server, "/", str_sv(&reply), FAKE_REPEAT);
	o = exchange(w,
	    (struct http_request) {
		.url = "http://127.0.0.1:%d/", .max_bytes = 100000 });
	assert_int_equal(o->failure, HTTP_TOO_LARGE);
	assert_int_equal(o->status, 200);
	assert_true(o->body_bytes <= 100000);
	str_done(&reply);
}

/* RFC 1951: one block of fixed codes, a zero and then for ever "258 times the
 * byte before", of which eight are 13 bytes. */
static void
add_bomb(struct str *out)
{
	static const char match[] = "1100010100000";
	unsigned byte = 0, nbits = 0;
	struct str bits;

	str_init(&bits, MiB(1));
	(void)str_adds(&bits, "010" /* not the last, fixed */ "00110000");
	for (size_t i = 0; i < 1000; i++)
		(void)str_adds(&bits, match);
	(void)str_add(out, SV("\x1f\x8b\x08\0\0\0\0\0\0\x03"));
	for (size_t i = 0; i < bits.len; i++) {
		byte |= (unsigned)(bits.p[i] - '0') << nbits;
		if (++nbits == 8) {
			(void)str_addc(out, (char)byte);
			byte = nbits = 0;
		}
	}
	str_done(&bits);
}

static long
peak_kib(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss;
}

static void
a_gzip_bomb_stops_at_the_ceiling_of_decoded_bytes(void **state)
{
	struct world *w = *state;
	struct str reply;
	const struct outcome *o;
	long before;

	str_init(&reply, MiB(1));
	(void)str_adds(&reply, OK_HEAD "Content-Encoding: gzip\r\n\r\n");
	add_bomb(&reply);
	fake_http_route(w->server, "/", str_sv(&reply), FAKE_REPEAT);
	before = peak_kib();
	o = exchange(w,
	    (struct http_request) {
		.url = "http://127.0.0.1:%d/", .max_bytes = MiB(200) });
	assert_int_equal(o->failure, HTTP_TOO_LARGE);
	assert_true(o->body_bytes > MiB(199) && o->body_bytes <= MiB(200));
	assert_true(peak_kib() - before < 100000); /* half of it */
	str_done(&reply);
}

static void
an_endless_head_is_cut(void **state)
{
	static const struct {
		const char *what, *start, *unit;
		size_t times;
	} rows[] = {
		{ "one line of 200 KB", "HTTP/1.1 200 OK\r\nX: ", "1234567890",
		    20000 },
		{ "many fields", "HTTP/1.1 200 OK\r\n", "X-Field: yyyyyyy\r\n",
		    10000 },
		{ "many interim answers", "",
		    "HTTP/1.1 103 Early Hints\r\n\r\n", 20000 },
	};
	struct world *w = *state;
	struct str reply;

	str_init(&reply, MiB(1));
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct outcome *o;

		str_clear(&reply);
		(void)str_adds(&reply, rows[i].start);
		add_repeated(&reply, rows[i].unit, rows[i].times);
		fake_http_route(w->server, "/", str_sv(&reply), FAKE_HOLD);
		o = get(w, "http://127.0.0.1:%d/");
		if (o->failure != HTTP_TOO_LARGE && o->failure != HTTP_BROKEN)
			fail_msg("%s: failure %d, %s", rows[i].what, o->failure,
			    o->error);
	}
	str_done(&reply);
}

static void
an_endless_trailer_is_cut(void **state)
{
	struct world *w = *state;
	const struct outcome *o;
	struct str reply;

	str_init(&reply, MiB(1));
	(void)str_adds(&reply,
	    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n");
	add_repeated(&reply, "X-More: abc\r\n", FAKE_REPEAT_BYTES / 13);
	assert_int_equal(FAKE_REPEAT_BYTES % 13, 0);
	fake_http_route(w->server, "/", str_sv(&reply), FAKE_REPEAT);
	o = exchange(w,
	    (struct http_request) {
		.url = "http://127.0.0.1:%d/", .timeout_ms = 2000 });
	assert_int_equal(o->failure, HTTP_TOO_LARGE);
	str_done(&reply);
}

static void
the_listener_may_stop_an_exchange(void **state)
{
	struct world *w = *state;
	const struct outcome *o;

	fake_http_route(w->server, "/",
	    SV(OK_HEAD "Content-Length: 9\r\n\r\nhello"), FAKE_HOLD);
	w->one.refuse_body = true;
	o = get(w, "http://127.0.0.1:%d/");
	assert_int_equal(o->failure, HTTP_STOPPED);
	assert_string_equal(str_c(&o->body), "hello");
	w->one.refuse_head = true;
	o = get(w, "http://127.0.0.1:%d/");
	assert_int_equal(o->failure, HTTP_STOPPED);
	assert_int_equal(o->status, 200);
	assert_int_equal(o->body_bytes, 0);
}

/* Runs until `n` connections were made. */
struct until {
	struct world *world;
	struct timer *tick;
	size_t n;
};

static void
on_tick(void *arg)
{
	struct until *u = arg;

	if (fake_http_connections(u->world->server) >= u->n)
		loop_stop(u->world->loop);
	else
		timer_set(u->tick, 1);
}

static void
run_until_made(struct world *w, size_t n)
{
	struct until u = { .world = w, .n = n };

	u.tick = timer_new(w->loop, on_tick, &u);
	timer_set(u.tick, 1);
	loop_run(w->loop);
	timer_free(u.tick);
}

static void
an_urgent_exchange_waits_for_no_other(void **state)
{
	struct world *w = *state;
	struct outcome held[6] = { 0 };

	fake_http_route(w->server, "/hold", SV(""), FAKE_HOLD);
	for (size_t i = 0; i < COUNTOF(held); i++)
		start(w, &held[i],
		    (struct http_request) {
			.url = "http://127.0.0.1:%d/hold" });
	run_until_made(w, 4);
	w->left = 0;
	assert_int_equal(exchange(w,
			     (struct http_request) {
				 .url = "http://a.test:%d/", .urgent = true })
			     ->status,
	    404);
	for (size_t i = 0; i < COUNTOF(held); i++) {
		assert_int_equal(held[i].done, 0);
		http_cancel(held[i].call);
		outcome_done(&held[i]);
	}
}

static void
no_more_exchanges_than_allowed_are_under_way(void **state)
{
	static const struct http_request hold = {
		.url = "http://127.0.0.1:%d/hold"
	};
	struct world *w = *state;
	struct outcome held[6] = { 0 }, many[40] = { 0 };

	fake_http_route(w->server, "/hold", SV(""), FAKE_HOLD);
	for (size_t i = 0; i < COUNTOF(held); i++)
		start(w, &held[i], hold);
	run_until_made(w, 4);
	http_cancel(held[0].call);
	run_until_made(w, 5); /* the next one got the place */
	for (size_t i = 1; i < COUNTOF(held); i++)
		http_cancel(held[i].call);
	w->left = 0;
	for (size_t i = 0; i < COUNTOF(many); i++)
		start(w, &many[i],
		    (struct http_request) { .url = "http://a.test:%d/" });
	loop_run(w->loop);
	assert_int_equal(fake_http_peak(w->server), 4);
	for (size_t i = 0; i < COUNTOF(many); i++) {
		assert_int_equal(many[i].status, 404);
		outcome_done(&many[i]);
	}
	for (size_t i = 0; i < COUNTOF(held); i++) {
		assert_int_equal(held[i].done, 0);
		outcome_done(&held[i]);
	}
}

/* Cancels another call from its own callbacks. */
struct canceller {
	struct http_call *victim;
	struct loop *loop;
};

static bool
on_body_cancel(struct sv bytes, void *arg)
{
	struct canceller *c = arg;

	(void)bytes;
	http_cancel(c->victim);
	c->victim = NULL;
	return true;
}

static void
on_done_stop(const struct http_response *r, void *arg)
{
	struct canceller *c = arg;

	assert_int_equal(r->failure, HTTP_ANSWERED);
	http_cancel(c->victim);
	loop_stop(c->loop);
}

static void
cancel_from(struct world *w, const struct http_events *ev, const char *victim)
{
	char *url = with_port(w->server, "http://127.0.0.1:%d/body");
	struct canceller c = { .loop = w->loop };
	struct outcome o = { 0 };

	start(w, &o, (struct http_request) { .url = victim });
	c.victim = o.call;
	(void)http_start(w->http,
	    &(struct http_request) {
		.url = url, .timeout_ms = 20 * SEC_MS, .max_bytes = 100 },
	    ev, &c);
	loop_run(w->loop);
	assert_int_equal(o.done, 0);
	w->left = 0;
	outcome_done(&o);
	free(url);
}

static bool
on_body_ignore(struct sv bytes, void *arg)
{
	(void)bytes;
	(void)arg;
	return true;
}

static void
a_call_may_be_cancelled_in_every_state(void **state)
{
	static const struct http_events from_body = { NULL, on_body_cancel,
		on_done_stop };
	static const struct http_events from_done = { NULL, on_body_ignore,
		on_done_stop };
	static const char *const victims[] = {
		"http://silent.test/", /* waits for its name */
		"http://127.0.0.1:%d/hold", /* for its answer */
		"http://127.0.0.1:%d/part", /* for the rest of it */
	};
	struct world *w = *state;

	fake_http_route(w->server, "/body",
	    SV(OK_HEAD "Content-Length: 1\r\n\r\nx"), FAKE_CLOSE);
	fake_http_route(w->server, "/hold", SV(""), FAKE_HOLD);
	fake_http_route(w->server, "/part",
	    SV(OK_HEAD "Content-Length: 9\r\n\r\nhello"), FAKE_HOLD);
	for (size_t i = 0; i < COUNTOF(victims); i++) {
		cancel_from(w, &from_body, victims[i]);
		cancel_from(w, &from_done, victims[i]);
	}
	http_cancel(NULL);
}

static void
on_cancel(void *arg)
{
	struct outcome *o = arg;

	http_cancel(o->call);
	o->world->left--;
}

/* The idle work runs right after the exchange has begun; the answer to its
 * name's lookup comes when the exchange is long gone. */
static void
a_late_answer_to_a_lookup_finds_nobody(void **state)
{
	struct world *w = *state;
	struct outcome o = { 0 };
	struct loop_idle *idle = loop_idle_new(w->loop, on_cancel, &o);

	start(w, &o, (struct http_request) { .url = "http://a.test:%d/" });
	loop_idle_ask(idle);
	assert_int_equal(get(w, "http://b.test:%d/")->status, 404);
	assert_int_equal(fake_dns_asked(w->dns, "a.test"), 1);
	assert_int_equal(fake_http_connections(w->server), 1);
	assert_int_equal(o.done, 0);
	loop_idle_free(idle);
	outcome_done(&o);
}

/* Cancels at the n-th turn of the loop. */
struct later {
	struct outcome *o;
	struct timer *turn;
	int turns;
};

static void
on_turn(void *arg)
{
	struct later *l = arg;

	if (l->turns-- > 0)
		timer_set(l->turn, 0);
	else
		on_cancel(l->o);
}

/* An answer that is remembered comes between two turns. */
static void
nor_does_an_answer_of_the_same_turn(void **state)
{
	struct world *w = *state;

	assert_int_equal(get(w, "http://a.test:%d/")->status, 404);
	for (int n = 0; n < 5; n++) {
		struct outcome o = { 0 };
		struct later l = { .o = &o, .turns = n };

		l.turn = timer_new(w->loop, on_turn, &l);
		start(w, &o,
		    (struct http_request) { .url = "http://a.test:%d/" });
		timer_set(l.turn, 0);
		assert_int_equal(get(w, "http://b.test:%d/")->status, 404);
		assert_int_equal(o.done, 0);
		timer_free(l.turn);
		outcome_done(&o);
	}
}

static void
what_has_ended_may_be_cancelled_before_it_is_told(void **state)
{
	static const struct http_events from_done = { NULL, on_body_ignore,
		on_done_stop };
	struct world *w = *state;
	struct canceller c = { .loop = w->loop };
	struct outcome o = { 0 };
	struct http_call *call;

	route(w, "/", OK_HEAD "\r\n");
	start(w, &o, (struct http_request) { .url = "ftp://bad/" });
	call = o.call;
	http_cancel(call); /* over already, told at the turn's end */
	start(w, &o, (struct http_request) { .url = "http://a.test/wait" });
	http_cancel(o.call); /* not begun */
	{
		char *url = with_port(w->server, "http://127.0.0.1:%d/");

		(void)http_start(w->http,
		    &(struct http_request) { .url = url,
			.timeout_ms = 20 * SEC_MS,
			.max_bytes = 100 },
		    &from_done, &c);
		free(url);
	}
	loop_run(w->loop);
	assert_int_equal(o.done, 0);
	outcome_done(&o);
}

static void
what_is_under_way_may_be_dropped_with_everything(void **state)
{
	static const char *const urls[] = { "http://silent.test/",
		"http://127.0.0.1:%d/hold", "http://127.0.0.1:%d/hold",
		"http://127.0.0.1:%d/hold", "http://a.test/waiting" };
	struct world *w = *state;
	struct outcome o[COUNTOF(urls)] = { 0 };

	fake_http_route(w->server, "/hold", SV(""), FAKE_HOLD);
	for (size_t i = 0; i < COUNTOF(urls); i++)
		start(w, &o[i], (struct http_request) { .url = urls[i] });
	run_until_made(w, 3);
	http_free(w->http);
	w->http = NULL;
	for (size_t i = 0; i < COUNTOF(urls); i++) {
		assert_int_equal(o[i].done, 0);
		outcome_done(&o[i]);
	}
}

static void
on_give_back(void *arg)
{
	struct rlimit *old = arg;

	assert_int_equal(setrlimit(RLIMIT_NOFILE, old), 0);
}

static void
lack_of_descriptors_delays_and_does_not_fail(void **state)
{
	struct world *w = *state;
	struct rlimit old, none;
	struct timer *t = timer_new(w->loop, on_give_back, &old);

	route(w, "/", OK_HEAD "\r\n");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = (struct rlimit) { 3, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	timer_set(t, 20);
	assert_int_equal(get(w, "http://127.0.0.1:%d/")->status, 200);
	assert_int_equal(fake_http_connections(w->server), 1);
	timer_free(t);
}

static void
a_hundred_exchanges_leave_nothing_behind(void **state)
{
	struct world *w = *state;

	route(w, "/", "HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n");
	route(w, "/end", OK_HEAD "\r\nhello");
	for (int i = 0; i < 50; i++) {
		assert_int_equal(get(w, "http://a.test:%d/")->status, 200);
		assert_int_equal(get(w, "http://b.test:%d/")->status, 200);
	}
	assert_int_equal(fake_dns_asked(w->dns, NULL), 2);
	assert_int_equal(fake_http_peak(w->server), 1);
}

int
main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(an_answer_brings_status_headers_and_body),
		ROW(a_request_says_who_asks_and_nothing_needless),
		ROW(headers_are_sent_byte_for_byte),
		ROW(urls_are_asked_for_as_they_are_written),
		ROW(several_fields_of_one_name_are_joined),
		ROW(an_interim_answer_is_passed_over),
		ROW(trailers_are_no_headers),
		ROW(redirects_lead_where_they_should),
		ROW(a_redirect_is_followed_before_its_body_ends),
		ROW(the_number_of_hops_is_bounded),
		ROW(a_post_is_repeated_only_where_the_answer_asks_for_it),
		ROW(a_large_post_is_sent_without_asking_first),
		ROW(credentials_stay_with_the_first_origin),
		ROW(userinfo_in_a_url_becomes_credentials_and_is_shown_nowhere),
		ROW(no_spelling_of_a_private_address_is_contacted),
		ROW(an_allowed_network_is_contacted),
		ROW(a_kept_connection_is_judged_again),
		ROW(one_answer_that_is_late_delays_no_other),
		ROW(connections_are_kept_only_on_request),
		ROW(what_one_request_may_reach_others_may_not),
		ROW(names_have_failures_of_two_classes),
		ROW(an_answer_that_is_not_whole_is_a_failure),
		ROW(an_endless_body_stops_at_its_ceiling),
		ROW(a_gzip_bomb_stops_at_the_ceiling_of_decoded_bytes),
		ROW(an_endless_head_is_cut),
		ROW(an_endless_trailer_is_cut),
		ROW(the_listener_may_stop_an_exchange),
		ROW(an_urgent_exchange_waits_for_no_other),
		ROW(no_more_exchanges_than_allowed_are_under_way),
		ROW(a_call_may_be_cancelled_in_every_state),
		ROW(a_late_answer_to_a_lookup_finds_nobody),
		ROW(nor_does_an_answer_of_the_same_turn),
		ROW(what_has_ended_may_be_cancelled_before_it_is_told),
		ROW(what_is_under_way_may_be_dropped_with_everything),
		ROW(lack_of_descriptors_delays_and_does_not_fail),
		ROW(a_hundred_exchanges_leave_nothing_behind),
	};
#undef ROW

	return cmocka_run_group_tests(tests, NULL, NULL);
}
