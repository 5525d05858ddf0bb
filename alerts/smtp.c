/* alerts/smtp.c: sends each alert as a mail. */
#include "alerts/destination.h"
#include "alerts/message.h"

#include "base/limits.h"
#include "base/url.h"
#include "config/values.h"
#include "net/mail.h"

#include <stdlib.h>

struct smtp_destination {
	const struct destination_env *env; /* borrowed */
	char *url, *from, **to;
	size_t nto;
	int64_t timeout_ms;
	struct mail *mail;

	/* Of the attempt under way. */
	struct str message;
	struct smtp_mail what;
	delivery_fn *done;
	void *arg;
};

static bool
check_address(const char *option, struct sv address, struct err *e)
{
	return value_is_mail(address) ||
	    err_set(e,
		"%s: '%.*s' is not a mail address such as "
		"desk@example.org",
		option, SV_ARG(sv_sub(address, 0, 100)));
}

static bool
check(const struct config_destination *c, struct err *e)
{
	if (c->url == NULL || !url_is_mail(sv_of(c->url)))
		return err_set(e, "an smtp needs `url`, smtps or smtp");
	if (c->to.n == 0)
		return err_set(e, "an smtp needs `to`");
	if (!check_address("from", sv_of(c->from), e))
		return false;
	for (size_t i = 0; i < c->to.n; i++)
		if (!check_address("to", c->to.v[i].text, e))
			return false;
	if (c->auth.password != NULL && !c->starttls &&
	    sv_istarts(sv_of(c->url), SV("smtp:")))
		return err_set(
		    e, "`auth` would send the password in the clear");
	return true;
}

static void
smtp_close(void *self)
{
	struct smtp_destination *s = self;

	mail_free(s->mail);
	str_done(&s->message);
	for (size_t i = 0; i < s->nto; i++)
		free(s->to[i]);
	free(s->to);
	free(s->from);
	free(s->url);
	free(s);
}

static void *
smtp_open(const struct config_destination *c, const struct destination_env *env,
    struct err *e)
{
	struct smtp_destination *s;

	if (!check(c, e))
		return NULL;
	s = mem_calloc(1, sizeof(*s));
	s->env = env;
	s->url = mem_strdup(c->url);
	s->from = mem_strdup(c->from);
	s->nto = c->to.n;
	s->to = mem_calloc(s->nto, sizeof(*s->to));
	for (size_t i = 0; i < s->nto; i++)
		s->to[i] = mem_svdup(c->to.v[i].text);
	s->timeout_ms = c->timeout_ms;
	str_init(&s->message, MESSAGE_BYTES);
	s->mail = mail_new(env->loop, env->http,
	    &(struct mail_server) {
		.url = c->url,
		.starttls = c->starttls,
		.user = c->auth.user,
		.password = c->auth.password,
		.allow_private = c->allow_private.v,
		.nallow_private = c->allow_private.n,
	    },
	    e);
	if (s->mail != NULL)
		return s;
	smtp_close(s);
	return NULL;
}

static void
on_done(const struct mail_result *m, void *arg)
{
	struct outbox_result r = { .kind = DELIVERY_RETRY,
		.retry_after_ms = -1 };
	struct smtp_destination *s = arg;

	if (m->verdict == SMTP_ACCEPTED)
		r.kind = DELIVERY_DONE;
	else if (m->verdict == SMTP_REFUSED)
		r.kind = DELIVERY_REFUSED;
	if (m->error[0] != '\0')
		(void)err_set(&r.why, "%s: %s", s->url, m->error);
	str_clear(&s->message);
	s->done(&r, s->arg);
}

static void
smtp_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct outbox_result refused = { .kind = DELIVERY_REFUSED,
		.retry_after_ms = -1 };
	struct smtp_destination *s = self;
	const char *const *to = (const char *const *)s->to;
	struct message m = { s->from, to, s->nto, d->id, d->body,
		d->created_ms };

	s->done = done;
	s->arg = arg;
	str_clear(&s->message);
	if (!message_make(&m, &s->message)) {
		(void)err_set(&refused.why, "it is no alert document");
		done(&refused, arg);
		return;
	}
	s->what = (struct smtp_mail) { s->from, to, s->nto,
		str_sv(&s->message) };
	mail_send(s->mail, &s->what, s->timeout_ms, on_done, s);
}

const struct destination_type destination_smtp = {
	.type = DEST_SMTP,
	.gives_up = true,
	.open = smtp_open,
	.send = smtp_send,
	.close = smtp_close,
};
