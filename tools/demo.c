/* tools/demo.c: the other side of `make run`: a small news site, and a receiver
 * of webhooks that believes only what is signed. */
#include "alerts/sign.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "net/server.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES KiB(64)
#define PATH_BYTES 256

struct demo {
	struct loop *loop;
	struct server *server;
	const char *site, *run; /* directories */
	struct str secret_file;
	struct sv secret;
};

static void
fail(const char *what)
{
	(void)fprintf(stderr, "demo: %s\n", what);
	exit(1);
}

/* "@2@" is the time two minutes ago, as feeds write it. */
static void
add_time_ago(struct str *out, uint64_t minutes)
{
	time_t t = (time_t)(clock_wall_ms() / SEC_MS) - (time_t)minutes * 60;
	struct tm tm;
	char text[64];

	(void)gmtime_r(&t, &tm);
	(void)strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	(void)str_adds(out, text);
}

/* Fills in what stands between two @. */
static void
add_filled(const struct demo *d, struct str *out, struct sv text)
{
	while (text.len != 0) {
		size_t at = sv_chr(text, '@');
		struct sv rest = sv_from(text, at + 1);
		struct sv word = sv_sub(rest, 0, sv_chr(rest, '@'));
		uint64_t minutes;

		(void)str_add(out, sv_sub(text, 0, at));
		text = sv_from(rest, word.len + 1);
		if (sv_is(word, "base"))
			(void)str_addf(
			    out, "http://127.0.0.1:%d", server_port(d->server));
		else if (sv_to_u64(word, &minutes))
			add_time_ago(out, minutes);
	}
}

/* Only names of files that lie in the site's directory itself. */
static bool
is_page_name(struct sv name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) && name.p[i] != '-' &&
		    (name.p[i] != '.' || i == 0))
			return false;
	return name.len != 0 && name.len < PATH_BYTES;
}

static void
serve_page(const struct demo *d, struct server_request *req)
{
	struct sv name = sv_from(req->path, 1);
	bool feed = sv_ends(name, SV(".xml"));
	const struct server_header type = { "Content-Type",
		feed ? "application/rss+xml; charset=utf-8"
		     : "text/html; charset=utf-8" };
	struct str path, text, page;

	str_init(&path, KiB(4));
	str_init(&text, PAGE_BYTES);
	str_init(&page, PAGE_BYTES);
	(void)str_addf(&path, "%s/%.*s", d->site, SV_ARG(name));
	if (is_page_name(name) && file_read(str_c(&path), &text, NULL)) {
		if (feed)
			add_filled(d, &page, str_sv(&text));
		else
			(void)str_add(&page, str_sv(&text));
		server_reply(req, 200, &type, 1, str_sv(&page));
	} else {
		server_reply(req, 404, NULL, 0, SV("no such page\n"));
	}
	str_done(&path);
	str_done(&text);
	str_done(&page);
}

static bool
is_genuine(const struct demo *d, const struct server_request *req)
{
	int64_t stamp;

	return sv_to_i64(server_header(req, "webhook-timestamp"), &stamp) &&
	    sign_verify(server_header(req, "webhook-signature"), d->secret,
		server_header(req, "webhook-id"), stamp, req->body,
		clock_wall_ms() / SEC_MS);
}

static const char *
text_at(const json_t *alert, const char *object, const char *key)
{
	const char *text = json_string_value(
	    json_object_get(json_object_get(alert, object), key));

	return text != NULL ? text : "?";
}

/* One line for people, one line "ID FILTER" in the file for the script. */
static void
tell(const struct demo *d, struct sv id, const json_t *alert)
{
	const char *filter = text_at(alert, "filter", "name");
	char title[512];
	struct str line;
	int fd;

	utf8_printable(
	    sv_of(text_at(alert, "item", "title")), title, sizeof(title));
	(void)printf("webhook: %s: \"%s\" (%.*s, signature verified)\n", filter,
	    title, SV_ARG(id));
	str_init(&line, KiB(4));
	(void)str_addf(&line, "%s/webhooks", d->run);
	fd = open(
	    str_c(&line), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	str_clear(&line);
	(void)str_addf(&line, "%.*s %s\n", SV_ARG(id), filter);
	if (fd < 0 || !file_write_all(fd, str_sv(&line)))
		fail("cannot write the list of webhooks");
	(void)close(fd);
	str_done(&line);
}

static void
receive(const struct demo *d, struct server_request *req)
{
	json_t *document;

	if (!is_genuine(d, req)) {
		(void)printf("webhook: refused, its signature does not fit\n");
		server_reply(req, 401, NULL, 0, SV("bad signature\n"));
		return;
	}
	document = json_loadb(req->body.p, req->body.len, 0, NULL);
	tell(d, server_header(req, "webhook-id"),
	    json_object_get(document, "data"));
	json_decref(document);
	server_reply(req, 204, NULL, 0, SV_NONE);
}

static void
on_request(struct server_request *req, void *arg)
{
	const struct demo *d = arg;

	if (strcmp(req->method, "POST") == 0 && sv_is(req->path, "/hook"))
		receive(d, req);
	else
		serve_page(d, req);
}

static void
on_stop(void *arg)
{
	loop_stop(arg);
}

static void
read_secret(struct demo *d)
{
	struct str path;
	struct err e;

	str_init(&path, KiB(4));
	str_init(&d->secret_file, SECRET_BYTES);
	(void)str_addf(&path, "%s/webhook.secret", d->run);
	if (!file_read(str_c(&path), &d->secret_file, &e))
		fail(e.msg);
	d->secret = sv_trim(str_sv(&d->secret_file));
	str_done(&path);
}

/* Written aside and renamed, so that nobody reads half of it. */
static void
write_port(const struct demo *d)
{
	struct str tmp, path;
	FILE *f;

	str_init(&tmp, KiB(4));
	str_init(&path, KiB(4));
	(void)str_addf(&path, "%s/port", d->run);
	(void)str_addf(&tmp, "%s/port.tmp", d->run);
	f = fopen(str_c(&tmp), "we");
	if (f == NULL || fprintf(f, "%d\n", server_port(d->server)) < 0 ||
	    fclose(f) != 0 || rename(str_c(&tmp), str_c(&path)) != 0)
		fail("cannot write the file of the port");
	str_done(&tmp);
	str_done(&path);
}

int
main(int argc, char **argv)
{
	struct demo d = { 0 };
	struct loop_signal *on_term, *on_int;
	struct err e;

	if (argc != 3)
		fail("usage: demo SITE-DIRECTORY RUN-DIRECTORY");
	d.site = argv[1];
	d.run = argv[2];
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	read_secret(&d);
	d.loop = loop_new();
	d.server = server_new(d.loop, "127.0.0.1", 0, on_request, &d, &e);
	if (d.server == NULL)
		fail(e.msg);
	on_term = loop_on_signal(d.loop, SIGTERM, on_stop, d.loop);
	on_int = loop_on_signal(d.loop, SIGINT, on_stop, d.loop);
	write_port(&d);
	loop_run(d.loop);
	loop_signal_free(on_term);
	loop_signal_free(on_int);
	server_free(d.server);
	loop_free(d.loop);
	str_done(&d.secret_file);
	return 0;
}
