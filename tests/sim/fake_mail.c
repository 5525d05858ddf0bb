/* tests/sim/fake_mail.c: no mails in the simulated world. */
#include "net/mail.h"

struct mail *
mail_new(
    struct loop *l, struct http *h, const struct mail_server *s, struct err *e)
{
	(void)l;
	(void)h;
	(void)s;
	(void)err_set(e, "there are no mails in this world");
	return NULL;
}

void
mail_free(struct mail *m)
{
	(void)m;
}

void
mail_send(struct mail *m, const struct smtp_mail *what, int64_t timeout_ms,
    mail_fn *done, void *arg)
{
	(void)m;
	(void)what;
	(void)timeout_ms;
	(void)done;
	(void)arg;
	BUG("a mail in a world without");
}
