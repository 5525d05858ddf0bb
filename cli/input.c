/* cli/input.c: what a command's argument names: a file, a URL, or "-". */
#include "cli/input.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/url.h"
#include "net/http.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FETCH_MS (60 * SEC_MS)
#define CONNECT_MS (10 * SEC_MS)

struct fetch {
	struct cli_input *in;
	struct loop *loop;
	struct err *error;
	bool ok;
};

static bool
on_body(struct sv bytes, void *arg)
{
	struct fetch *f = arg;

	return str_add(&f->in->bytes, bytes);
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct fetch *f = arg;

	if (r->failure != HTTP_ANSWERED)
		(void)err_set(f->error, "%s", r->error);
	else if (r->status != 200)
		(void)err_set(f->error, "the server answered %d", r->status);
	else
		f->ok = true;
	free(f->in->content_type);
	f->in->content_type = mem_svdup(http_header(r, "content-type"));
	free(f->in->url);
	f->in->url = mem_svdup(r->url);
	loop_stop(f->loop);
}

static const struct http_events events = { NULL, on_body, on_done };

static bool
fetch(const char *url, size_t max, struct cli_input *in, struct err *e)
{
	static const struct cidr anywhere = { { 0 }, 0 };
	struct fetch f = { in, loop_new(), e, false };
	struct http *h = http_new(f.loop,
	    &(struct http_options) { .user_agent = "tocsin/" TOCSIN_VERSION,
		.in_flight = 1,
		.connect_ms = CONNECT_MS,
		.allow_private = &anywhere,
		.nallow_private = 1 });

	(void)http_start(h,
	    &(struct http_request) { .url = url,
		.timeout_ms = FETCH_MS,
		.max_bytes = max,
		.max_redirects = HTTP_REDIRECTS },
	    &events, &f);
	loop_run(f.loop);
	http_free(h);
	loop_free(f.loop);
	return f.ok || err_wrap(e, "%s", url);
}

bool
cli_input_read(
    const char *what, size_t max, struct cli_input *in, struct err *e)
{
	str_init(&in->bytes, max);
	in->content_type = mem_strdup("");
	in->url = mem_strdup("");
	if (strcmp(what, "-") == 0)
		return file_read_fd(
		    STDIN_FILENO, "standard input", &in->bytes, e);
	if (url_is_http(sv_of(what)))
		return fetch(what, max, in, e);
	return file_read(what, &in->bytes, e);
}

void
cli_input_done(struct cli_input *in)
{
	str_done(&in->bytes);
	free(in->content_type);
	free(in->url);
}
