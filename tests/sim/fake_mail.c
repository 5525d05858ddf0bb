/* tests/sim/fake_mail.c: net/mail.h where there are no mail servers. */
#include "net/mail.h"

struct mail *
mail_new(
    struct loop *l, struct http *h, const struct mail_server *s, struct err *e)
{
	(void)l, (void)h, (void)s;
	(void)err_set(e, "there is no mail here");
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
	(void)m, (void)what, (void)timeout_ms, (void)done, (void)arg;
	BUG("a mail where there are no servers");
}
