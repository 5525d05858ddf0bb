/* tests/unit/test_mail.c: mails over real connections, encrypted or not, to the
 * server of tests/e2e/mailserver.py. */
#include "net/mail.h"

#include "alerts/destination.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGE MiB(5)

/* How often the loop has gone to sleep: who wakes it for nothing is seen. */
static unsigned sleeps;

int
epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
	static int (*next)(int, struct epoll_event *, int, int);

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "epoll_wait");
	sleeps++;
	return next(fd, events, n, timeout);
}

struct world {
	char dir[32], path[64], url[64];
	FILE *server; /* what it prints */
	int input; /* ends it when it is closed */
	pid_t pid;
	unsigned port;
	struct loop *loop;
	struct http *http;
	struct cidr loopback;
	bool alone; /* only this server may be there */
	struct str message;
	int64_t timeout_ms;
	unsigned done;
	enum smtp_verdict verdict;
	char error[ERR_BYTES];
};

static const char *
path(struct world *w, const char *name)
{
	(void)snprintf(w->path, sizeof(w->path), "%s/%s", w->dir, name);
	return w->path;
}

static void
start_server(struct world *w, const char *mode)
{
	int out[2], in[2];
	char line[32];

	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(in), 0);
	w->pid = fork();
	if (w->pid == 0) {
		(void)dup2(in[0], 0);
		(void)dup2(out[1], 1);
		(void)close(in[1]);
		(void)execl("/usr/bin/python3", "python3",
		    "tests/e2e/mailserver.py", w->dir, mode, (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	w->input = in[1];
	w->server = fdopen(out[0], "r");
	if (fgets(line, sizeof(line), w->server) == NULL) {
		(void)puts("skipped, no python3 or openssl");
		skip();
	}
	w->port = (unsigned)strtoul(line, NULL, 10);
}

static int
set_up(void **state)
{
	struct world *w = mem_calloc(1, sizeof(*w));

	memcpy(w->dir, "/tmp/tocsin-mail.XXXXXX",
	    sizeof("/tmp/tocsin-mail.XXXXXX"));
	assert_non_null(mkdtemp(w->dir));
	assert_true(cidr_parse(SV("127.0.0.0/8"), &w->loopback));
	w->input = -1;
	w->timeout_ms = 20 * SEC_MS;
	w->loop = loop_new();
	str_init(&w->message, LARGE + KiB(1));
	(void)str_adds(&w->message, "Subject: x\r\n\r\n");
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const files[] = { "key", "cert", "mail.1" };
	struct world *w = *state;
	int status;

	if (w->server != NULL) {
		(void)close(w->input);
		(void)kill(w->pid, SIGTERM);
		(void)waitpid(w->pid, &status, 0);
		(void)fclose(w->server);
	}
	http_free(w->http);
	for (size_t i = 0; i < COUNTOF(files); i++)
		(void)unlink(path(w, files[i]));
	assert_int_equal(rmdir(w->dir), 0);
	loop_free(w->loop);
	str_done(&w->message);
	free(w);
	return 0;
}

static void
open_http(struct world *w, bool trusting)
{
	http_free(w->http);
	w->http = http_new(w->loop,
	    &(struct http_options) {
		.user_agent = "test",
		.ca_file = trusting ? path(w, "cert") : NULL,
		.in_flight = 1,
		.connect_ms = 5 * SEC_MS,
		.allow_private = &w->loopback,
		.nallow_private = 1,
	    });
}

static void
on_done(const struct mail_result *r, void *arg)
{
	struct world *w = arg;

	w->done++;
	w->verdict = r->verdict;
	(void)snprintf(w->error, sizeof(w->error), "%s", r->error);
	loop_stop(w->loop);
}

struct how {
	const char *scheme, *host;
	bool starttls, trusting;
	const char *password; /* NULL: no login */
};

static struct mail *
begin(struct world *w, const struct how *how)
{
	static const char *const to[] = { "a@x.test" };
	static struct smtp_mail what;
	struct mail *m;
	struct err e;

	open_http(w, how->trusting);
	(void)snprintf(w->url, sizeof(w->url), "%s://%s:%u", how->scheme,
	    how->host, w->port);
	if (w->alone)
		http_set_allow(w->http, NULL, 0);
	m = mail_new(w->loop, w->http,
	    &(struct mail_server) {
		.url = w->url,
		.starttls = how->starttls,
		.user = how->password != NULL ? "desk" : NULL,
		.password = how->password,
		.allow_private = &w->loopback,
		.nallow_private = w->alone ? 1 : 0,
	    },
	    &e);
	if (m == NULL)
		fail_msg("%s", e.msg);
	what = (struct smtp_mail) { "from@x.test", to, 1, str_sv(&w->message) };
	mail_send(m, &what, w->timeout_ms, on_done, w);
	return m;
}

static enum smtp_verdict
deliver(struct world *w, struct how how)
{
	struct mail *m = begin(w, &how);
	unsigned before = w->done;

	loop_run(w->loop);
	assert_int_equal(w->done, before + 1);
	mail_free(m);
	return w->verdict;
}

/* What the server kept of the first mail: "TLS AUTH", then the message. */
static void
assert_got(struct world *w, const char *how)
{
	struct str got;

	str_init(&got, LARGE + KiB(2));
	assert_true(file_read(path(w, "mail.1"), &got, NULL));
	assert_true(sv_starts(str_sv(&got), sv_of(how)));
	assert_true(sv_ends(str_sv(&got), str_sv(&w->message)));
	str_done(&got);
}

#define LOGIN "True AUTH PLAIN AGRlc2sAaHVudGVyMg==\n"

static void
smtps_encrypts_from_the_start(void **state)
{
	struct world *w = *state;

	start_server(w, "smtps");
	while (w->message.len < LARGE)
		(void)str_adds(&w->message, ".twenty bytes here\r\n");
	assert_int_equal(
	    deliver(w,
		(struct how) { "smtps", "localhost", true, true, "hunter2" }),
	    SMTP_ACCEPTED);
	assert_string_equal(w->error, "");
	assert_got(w, LOGIN);
}

static void
a_port_without_tls_is_said_to_be_one(void **state)
{
	struct world *w = *state;

	start_server(w, "plain");
	assert_int_equal(
	    deliver(
		w, (struct how) { "smtps", "localhost", true, false, NULL }),
	    SMTP_LATER);
	assert_non_null(strstr(w->error, "no TLS on this port"));
}

static void
starttls_encrypts_before_the_password(void **state)
{
	struct world *w = *state;

	start_server(w, "starttls");
	assert_int_equal(
	    deliver(
		w, (struct how) { "smtp", "localhost", true, true, "hunter2" }),
	    SMTP_ACCEPTED);
	assert_got(w, LOGIN);
}

static void
in_the_clear_only_when_asked_for(void **state)
{
	struct world *w = *state;

	start_server(w, "plain");
	assert_int_equal(
	    deliver(
		w, (struct how) { "smtp", "127.0.0.1", true, true, "hunter2" }),
	    SMTP_LATER);
	assert_non_null(strstr(w->error, "STARTTLS"));
	assert_int_not_equal(access(path(w, "mail.1"), F_OK), 0);
	assert_int_equal(
	    deliver(w, (struct how) { "smtp", "127.0.0.1", false, true, NULL }),
	    SMTP_ACCEPTED);
	assert_got(w, "False None\n");
}

static void
a_server_must_prove_its_name(void **state)
{
	struct world *w = *state;

	start_server(w, "starttls");
	assert_int_equal(
	    deliver(w,
		(struct how) { "smtp", "localhost", true, false, "hunter2" }),
	    SMTP_LATER);
	assert_int_equal(
	    deliver(
		w, (struct how) { "smtp", "127.0.0.1", true, true, "hunter2" }),
	    SMTP_LATER);
	assert_int_not_equal(access(path(w, "mail.1"), F_OK), 0);
}

static void
a_wrong_password_is_tried_again(void **state)
{
	struct world *w = *state;

	start_server(w, "smtps");
	assert_int_equal(
	    deliver(w,
		(struct how) { "smtps", "localhost", true, true, "swordfish" }),
	    SMTP_LATER);
	assert_non_null(strstr(w->error, "535 5.7.8 no"));
	assert_null(strstr(w->error, "swordfish"));
	assert_int_not_equal(access(path(w, "mail.1"), F_OK), 0);
}

static void
one_mail_after_the_other_and_then_none(void **state)
{
	static const struct how how = { "smtps", "localhost", true, true,
		"hunter2" };
	struct world *w = *state;
	struct mail *m;

	start_server(w, "smtps");
	assert_int_equal(deliver(w, how), SMTP_ACCEPTED);
	m = begin(w, &how);
	mail_free(m); /* silently */
	w->loopback.bits = 128;
	assert_int_equal(deliver(w, how), SMTP_LATER);
	assert_non_null(strstr(w->error, "is not a public address"));
	assert_int_equal(w->done, 2);
}

static void
a_network_may_be_allowed_to_one_server(void **state)
{
	static const struct how how = { "smtp", "127.0.0.1", false, true,
		NULL };
	struct world *w = *state;

	start_server(w, "plain");
	w->alone = true;
	assert_int_equal(deliver(w, how), SMTP_ACCEPTED);
	w->loopback.bits = 128;
	assert_int_equal(deliver(w, how), SMTP_LATER);
	assert_non_null(strstr(w->error, "is not a public address"));
}

/* It wakes nobody. */
static void
one_who_talks_instead_of_listening_is_waited_for(void **state)
{
	struct world *w = *state;

	start_server(w, "chatty");
	while (w->message.len < LARGE)
		(void)str_adds(&w->message, "more than fits between us\r\n");
	w->timeout_ms = 2 * SEC_MS;
	sleeps = 0;
	assert_int_equal(
	    deliver(w, (struct how) { "smtp", "127.0.0.1", false, true, NULL }),
	    SMTP_LATER);
	assert_non_null(strstr(w->error, "not done within 2 s"));
	assert_true(sleeps > 0 && sleeps < 1000);
}

/* Nobody listens there. */
static void
no_server_no_mail(void **state)
{
	struct world *w = *state;

	w->port = 1;
	assert_int_equal(
	    deliver(w, (struct how) { "smtp", "127.0.0.1", true, true, NULL }),
	    SMTP_LATER);
	assert_non_null(strstr(w->error, "127.0.0.1"));
}

static void
impossible_options_are_refused(void **state)
{
	static const struct {
		const char *url, *from, *to, *password;
		bool starttls;
		const char *told;
	} rows[] = {
		{ NULL, "a@x.test", "b@x.test", NULL, true, "url" },
		{ "https://x.test", "a@x.test", "b@x.test", NULL, true, "url" },
		{ "smtp://x.test", NULL, "b@x.test", NULL, true, "from" },
		{ "smtp://x.test", "a>\r\n@x.test", "b@x.test", NULL, true,
		    "from" },
		{ "smtp://x.test", "a@x.test", NULL, NULL, true, "to" },
		{ "smtp://x.test", "a@x.test", "b c@x.test", NULL, true, "to" },
		{ "smtp://x.test", "a@x.test", "b@x.test", "hunter2", false,
		    "clear" },
		{ "smtps://x.test", "a@x.test", "b@x.test", "hunter2", false,
		    NULL },
	};
	struct world *w = *state;
	struct destination_env env = { .loop = w->loop };
	struct err e;

	open_http(w, true);
	env.http = w->http;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct config_text to = { .text = sv_of(rows[i].to) };
		struct config_destination c = { .type = DEST_SMTP,
			.url = rows[i].url,
			.from = rows[i].from,
			.to = { &to, rows[i].to != NULL },
			.auth = { "u", rows[i].password },
			.starttls = rows[i].starttls };
		void *self = destination_smtp.open(&c, &env, &e);

		assert_int_equal(self != NULL, rows[i].told == NULL);
		if (self != NULL)
			destination_smtp.close(self);
		else
			assert_non_null(strstr(e.msg, rows[i].told));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(smtps_encrypts_from_the_start),
		T(a_port_without_tls_is_said_to_be_one),
		T(starttls_encrypts_before_the_password),
		T(in_the_clear_only_when_asked_for),
		T(a_server_must_prove_its_name),
		T(a_wrong_password_is_tried_again),
		T(one_mail_after_the_other_and_then_none),
		T(a_network_may_be_allowed_to_one_server),
		T(one_who_talks_instead_of_listening_is_waited_for),
		T(no_server_no_mail),
		T(impossible_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
