/* alerts/webhook.c: POSTs each alert to a URL, signed (Standard Webhooks). */
#include "alerts/destination.h"
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
	struct http_call *call; /* the attempt under way */
	delivery_fn *done;
	void *arg;
};

static bool
check(const struct config_destination *c, struct err *e)
{
	if (c->url == NULL || !url_is_http(sv_of(c->url)))
		return err_set(e, "a webhook needs `url`, http or https");
	if (c->format != FORMAT_JSON)
		return err_set(e, "a webhook sends `format: json` only");
	if (c->secrets.n > SIGNATURES_BYTES / 64)
		return err_set(e, "too many secrets");
	for (size_t i = 0; i < c->secrets.n; i++)
		if (!sign_secret_ok(c->secrets.v[i].text, e))
			return false;
	return true;
}

static void *
webhook_open(const struct config_destination *c,
    const struct destination_env *env, struct err *e)
{
	struct webhook *w;
	struct str shown;

	if (!check(c, e))
		return NULL;
	w = mem_calloc(1, sizeof(*w));
	w->env = env;
	w->url = mem_strdup(c->url);
	str_init(&shown, URL_BYTES);
	url_redact(&shown, sv_of(c->url), true);
	w->shown = str_take(&shown);
	w->nsecrets = c->secrets.n;
	w->secrets = mem_calloc(w->nsecrets, sizeof(*w->secrets));
	for (size_t i = 0; i < w->nsecrets; i++)
		w->secrets[i] = mem_svdup(c->secrets.v[i].text);
	w->timeout_ms = c->timeout_ms;
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

static void
webhook_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	static const struct http_events events = { NULL, on_body, on_done };
	struct webhook *w = self;
	int64_t now_s = loop_wall_ms(w->env->loop) / SEC_MS;
	char id[ID_BYTES], stamp[24];
	struct str sign;

	assert(w->call == NULL);
	(void)snprintf(id, sizeof(id), "%.*s", SV_ARG(d->id));
	(void)snprintf(stamp, sizeof(stamp), "%lld", (long long)now_s);
	str_init(&sign, SIGNATURES_BYTES);
	for (size_t i = 0; i < w->nsecrets; i++)
		sign_add(
		    &sign, sv_of(w->secrets[i]), sv_of(id), now_s, d->body);
	const struct http_header headers[] = {
		{ "Content-Type", "application/json" },
		{ "webhook-id", id },
		{ "webhook-timestamp", stamp },
		{ "webhook-signature", str_c(&sign) },
	};
	const struct http_request req = { .url = w->url,
		.post = true,
		.headers = headers,
		.nheaders = COUNTOF(headers) - (w->nsecrets == 0),
		.body = d->body,
		.timeout_ms = w->timeout_ms,
		.max_bytes = ANSWER_BYTES,
		.keep_alive = true };
	w->done = done;
	w->arg = arg;
	w->call = http_start(w->env->http, &req, &events, w);
	str_done(&sign);
}

static void
webhook_close(void *self)
{
	struct webhook *w = self;

	http_cancel(w->call);
	for (size_t i = 0; i < w->nsecrets; i++) {
		explicit_bzero(w->secrets[i], strlen(w->secrets[i]));
		free(w->secrets[i]);
	}
	free(w->secrets);
	free(w->shown);
	free(w->url);
	free(w);
}

const struct destination_type destination_webhook = {
	.type = DEST_WEBHOOK,
	.gives_up = true,
	.open = webhook_open,
	.send = webhook_send,
	.close = webhook_close,
};
