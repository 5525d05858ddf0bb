/* alerts/webhook.c: POSTs each alert to a URL, signed (Standard Webhooks). */
#include "alerts/destination.h"
#include "alerts/format.h"
#include "alerts/sign.h"

#include "base/clock.h"
#include "base/url.h"
#include "net/http.h"
#include "net/httptime.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_BYTES KiB(64) /* read and dropped */
#define SIGNATURES_BYTES KiB(4)
#define ID_BYTES 128

struct webhook {
	const struct destination_env *env; /* borrowed */
	char *url;
	char *shown; /* the URL without what may be secret in it */
	char **secrets;
	size_t nsecrets;
	int64_t timeout_ms;
	struct cidr *allow;
	size_t nallow;
	struct format *format;
	struct formatted sent; /* of the attempt under way */
	struct str signatures;
	struct http_call *call;
	delivery_fn *done;
	void *arg;
};

static bool
check(const struct config_destination *c, struct err *e)
{
	if (c->url == NULL || !url_is_http(sv_of(c->url)))
		return err_set(e, "a webhook needs `url`, http or https");
	if (c->format == FORMAT_TEXT)
		return err_set(e, "a webhook sends no `format: text`");
	if (c->secrets.n > SIGNATURES_BYTES / 64)
		return err_set(e, "too many secrets");
	for (size_t i = 0; i < c->secrets.n; i++)
		if (!sign_secret_ok(c->secrets.v[i].text, e))
			return false;
	return true;
}

static bool
webhook_check(const struct config_destination *c, struct err *e)
{
	struct config_destination known = *c;
	struct format *format;

	for (size_t i = 0; i < c->secrets.n; i++)
		if (c->secrets.v[i].text.len == 0)
			known.secrets.n = 0;
	format = check(&known, e) ? format_open(c, e) : NULL;
	format_close(format);
	return format != NULL;
}

static void *
webhook_open(const struct config_destination *c,
    const struct destination_env *env, struct err *e)
{
	struct webhook *w;
	struct format *format;
	struct str shown, url;

	if (!check(c, e))
		return NULL;
	format = format_open(c, e);
	if (format == NULL)
		return NULL;
	w = mem_calloc(1, sizeof(*w));
	w->env = env;
	w->format = format;
	formatted_init(&w->sent);
	str_init(&w->signatures, SIGNATURES_BYTES);
	str_init(&url, 2 * URL_BYTES);
	format_url(format, sv_of(c->url), &url);
	w->url = str_take(&url);
	str_init(&shown, URL_BYTES);
	url_redact(&shown, sv_of(c->url), true);
	w->shown = str_take(&shown);
	w->nsecrets = c->secrets.n;
	w->secrets = mem_calloc(w->nsecrets, sizeof(*w->secrets));
	for (size_t i = 0; i < w->nsecrets; i++)
		w->secrets[i] = mem_svdup(c->secrets.v[i].text);
	w->timeout_ms = c->timeout_ms;
	w->nallow = c->allow_private.n;
	w->allow = cidrs_copy(c->allow_private.v, w->nallow);
	return w;
}

static bool
on_body(struct sv bytes, void *arg)
{
	(void)bytes;
	(void)arg;
	return true;
}

/* Once there is a status, it counts, whatever became of the answer's body. */
static void
on_done(const struct http_response *r, void *arg)
{
	struct webhook *w = arg;
	int64_t now_ms = loop_wall_ms(w->env->loop);
	struct outbox_result result;

	w->call = NULL;
	outbox_judge_status(r->status,
	    http_retry_after_ms(
		http_header(r, "Retry-After"), http_header(r, "Date"), now_ms),
	    &result);
	if (r->status == 0)
		(void)err_set(&result.why, "%s", r->error);
	if (result.kind != DELIVERY_DONE)
		(void)err_wrap(&result.why, "%s", w->shown);
	w->done(&result, w->arg);
}

/* Signatures over what is sent, one for each secret. */
static void
add_signatures(struct webhook *w, const char *id, int64_t now_s)
{
	str_clear(&w->signatures);
	for (size_t i = 0; i < w->nsecrets; i++)
		sign_add(&w->signatures, sv_of(w->secrets[i]), sv_of(id), now_s,
		    str_sv(&w->sent.body));
}

static void
post(struct webhook *w, const char *id)
{
	static const struct http_events events = { NULL, on_body, on_done };
	int64_t now_s = loop_wall_ms(w->env->loop) / SEC_MS;
	struct http_header headers[4 + FORMAT_HEADERS];
	char stamp[24];
	size_t n = 0;

	(void)snprintf(stamp, sizeof(stamp), "%lld", (long long)now_s);
	add_signatures(w, id, now_s);
	headers[n++] = (struct http_header) { "Content-Type",
		w->sent.content_type };
	headers[n++] = (struct http_header) { "webhook-id", id };
	headers[n++] = (struct http_header) { "webhook-timestamp", stamp };
	if (w->nsecrets != 0)
		headers[n++] = (struct http_header) { "webhook-signature",
			str_c(&w->signatures) };
	for (size_t i = 0; i < w->sent.nheaders; i++)
		headers[n++] = (struct http_header) { w->sent.headers[i].name,
			str_c(&w->sent.headers[i].value) };
	const struct http_request req = { .url = w->url,
		.post = true,
		.headers = headers,
		.nheaders = n,
		.body = str_sv(&w->sent.body),
		.timeout_ms = w->timeout_ms,
		.max_bytes = ANSWER_BYTES,
		.allow_private = w->allow,
		.nallow_private = w->nallow,
		.keep_alive = true,
		/* Pages that hang hold up no alert. */
		.urgent = true };
	w->call = http_start(w->env->http, &req, &events, w);
}

static void
webhook_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct outbox_result refused = { .kind = DELIVERY_REFUSED,
		.retry_after_ms = -1 };
	struct webhook *w = self;
	char id[ID_BYTES];

	assert(w->call == NULL);
	(void)snprintf(id, sizeof(id), "%.*s", SV_ARG(d->id));
	w->done = done;
	w->arg = arg;
	if (format_render(w->format, d->body, &w->sent)) {
		post(w, id);
		return;
	}
	(void)err_set(&refused.why,
	    "%s: the alert does not fit into the format", w->shown);
	done(&refused, arg);
}

static void
webhook_close(void *self)
{
	struct webhook *w = self;

	http_cancel(w->call);
	format_close(w->format);
	formatted_done(&w->sent);
	str_done(&w->signatures);
	for (size_t i = 0; i < w->nsecrets; i++) {
		explicit_bzero(w->secrets[i], strlen(w->secrets[i]));
		free(w->secrets[i]);
	}
	free(w->secrets);
	free(w->allow);
	free(w->shown);
	free(w->url);
	free(w);
}

const struct destination_type destination_webhook = {
	.type = DEST_WEBHOOK,
	.gives_up = true,
	.check = webhook_check,
	.open = webhook_open,
	.send = webhook_send,
	.close = webhook_close,
};
