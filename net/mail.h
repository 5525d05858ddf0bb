/* net/mail.h: mails to one server, one at a time, never blocking.  Addresses
 * are looked up and judged as those of HTTP exchanges are. */
#ifndef NET_MAIL_H
#define NET_MAIL_H

#include "base/cidr.h"
#include "net/loop.h"
#include "net/smtp.h"

struct http;
struct mail;

struct mail_server {
	const char *url; /* smtp: or smtps:, with a host and maybe a port */
	bool starttls; /* with smtp: encrypted, or not at all */
	const char *user, *password; /* NULL: none */
	/* Networks that it may be in, besides those for all. */
	const struct cidr *allow_private;
	size_t nallow_private;
};

struct mail_result {
	enum smtp_verdict verdict; /* never SMTP_TALKING */
	const char *error; /* a sentence; "" when accepted for everybody */
};

typedef void mail_fn(const struct mail_result *r, void *arg);

/* Copies `s`; `l` and `h` are borrowed.  NULL: the URL is none. */
struct mail *mail_new(
    struct loop *l, struct http *h, const struct mail_server *s, struct err *e);
void mail_free(struct mail *m); /* cancels silently; NULL is fine */

/* `done` is called exactly once, never before this returned.  `what` is
 * borrowed until then; one at a time.  Within `timeout_ms` the message must
 * have gone; the reply to it may take as long, and at least ten minutes. */
void mail_send(struct mail *m, const struct smtp_mail *what, int64_t timeout_ms,
    mail_fn *done, void *arg);

#endif
