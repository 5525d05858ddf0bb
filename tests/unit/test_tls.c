/* tests/unit/test_tls.c: exchanges over TLS, with openssl's own server. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/http.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char dir[32]; /* the server's: its certificate, its answers */
	FILE *server; /* what it prints */
	pid_t pid;
	int port;
	struct loop *loop;
	struct cidr loopback;
	enum http_failure failure;
	int status;
	char *error;
};

/* $1 is the directory, $2 how the server is to be.  -HTTP sends files as they
 * are. */
static const char script[] =
    "command -v openssl >/dev/null || { echo absent; exit; }\n"
    "cd \"$1\" || exit\n"
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    " -days 2 -keyout key -out cert -subj /CN=localhost"
    " -addext subjectAltName=DNS:localhost 2>/dev/null || exit\n"
    "printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhi' >ok\n"
    "printf 'HTTP/1.0 302 Found\\r\\nLocation: http://127.0.0.1:1/\\r\\n"
    "\\r\\n' >down\n"
    "exec openssl s_server -accept 127.0.0.1:0 -cert cert -key key -HTTP"
    " $2 </dev/null 2>/dev/null";

/* Reads what the server prints until it says where it listens. */
static void
read_port(struct world *w)
{
	static const char listens[] = "ACCEPT 127.0.0.1:";
	uint64_t port = 0;
	char said[200];

	while (port == 0 && fgets(said, sizeof(said), w->server) != NULL) {
		struct sv line = sv_trim(sv_of(said));

		if (sv_is(line, "absent")) {
			(void)puts("skipped, no openssl");
			skip();
		}
		if (sv_starts(line, sv_of(listens)))
			(void)sv_to_u64(sv_from(line, strlen(listens)), &port);
	}
	assert_int_not_equal(port, 0);
	w->port = (int)port;
}

static void
start_server(struct world *w, const char *options)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	w->pid = fork();
	if (w->pid == 0) {
		(void)dup2(fds[1], 1);
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)execl("/bin/sh", "sh", "-c", script, "sh", w->dir,
		    options, (char *)NULL);
		_exit(127);
	}
	(void)close(fds[1]);
	w->server = fdopen(fds[0], "r");
	assert_non_null(w->server);
	read_port(w);
}

static void
stop_server(struct world *w)
{
	int status;

	if (w->server == NULL)
		return;
	(void)kill(w->pid, SIGTERM);
	(void)waitpid(w->pid, &status, 0);
	(void)fclose(w->server);
}

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	memcpy(
	    w->dir, "/tmp/tocsin-tls.XXXXXX", sizeof("/tmp/tocsin-tls.XXXXXX"));
	assert_non_null(mkdtemp(w->dir));
	assert_true(cidr_parse(SV("127.0.0.0/8"), &w->loopback));
	w->loop = loop_new();
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const files[] = { "key", "cert", "ok", "down" };
	struct world *w = *state;
	struct str path;

	stop_server(w);
	str_init(&path, KiB(1));
	for (size_t i = 0; i < COUNTOF(files); i++) {
		str_clear(&path);
		(void)str_addf(&path, "%s/%s", w->dir, files[i]);
		(void)unlink(str_c(&path));
	}
	str_done(&path);
	(void)rmdir(w->dir);
	loop_free(w->loop);
	free(w->error);
	free(w);
	return 0;
}

static bool
on_body(struct sv bytes, void *arg)
{
	(void)bytes;
	(void)arg;
	return true;
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct world *w = arg;

	w->failure = r->failure;
	w->status = r->status;
	free(w->error);
	w->error = mem_strdup(r->error);
	loop_stop(w->loop);
}

/* Asks the server by that name; `trusting` knows its certificate. */
static void
get(struct world *w, const char *host, const char *path, bool trusting)
{
	static const struct http_events events = { NULL, on_body, on_done };
	struct str url, ca;
	struct http *http;

	str_init(&url, KiB(1));
	str_init(&ca, KiB(1));
	(void)str_addf(&url, "https://%s:%d/%s", host, w->port, path);
	(void)str_addf(&ca, "%s/cert", w->dir);
	http = http_new(w->loop,
	    &(struct http_options) {
		.user_agent = "test",
		.ca_file = trusting ? str_c(&ca) : NULL,
		.in_flight = 1,
		.connect_ms = 5 * SEC_MS,
		.allow_private = &w->loopback,
		.nallow_private = 1,
	    });
	(void)http_start(http,
	    &(struct http_request) {
		.url = str_c(&url),
		.timeout_ms = 10 * SEC_MS,
		.max_bytes = 1000,
		.max_redirects = 1,
	    },
	    &events, w);
	loop_run(w->loop);
	http_free(http);
	str_done(&url);
	str_done(&ca);
}

static void
only_a_server_that_proves_its_name_is_believed(void **state)
{
	struct world *w = *state;

	start_server(w, "");
	get(w, "localhost", "ok", true);
	assert_int_equal(w->failure, HTTP_ANSWERED);
	assert_int_equal(w->status, 200);
	get(w, "localhost", "ok", false);
	assert_int_equal(w->failure, HTTP_TLS);
	get(w, "127.0.0.1", "ok", true); /* not in the certificate */
	assert_int_equal(w->failure, HTTP_TLS);
}

static void
a_redirect_to_plain_http_is_refused(void **state)
{
	struct world *w = *state;

	start_server(w, "");
	get(w, "localhost", "down", true);
	assert_int_equal(w->failure, HTTP_FORBIDDEN);
	assert_int_equal(w->status, 302);
	assert_non_null(strstr(w->error, "TLS"));
}

static void
a_server_of_the_past_is_refused(void **state)
{
	struct world *w = *state;

	start_server(w, "-tls1_1 -cipher ALL:@SECLEVEL=0");
	get(w, "localhost", "ok", true);
	assert_int_equal(w->failure, HTTP_TLS);
}

int
main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(only_a_server_that_proves_its_name_is_believed),
		ROW(a_redirect_to_plain_http_is_refused),
		ROW(a_server_of_the_past_is_refused),
	};
#undef ROW

	return cmocka_run_group_tests(tests, NULL, NULL);
}
