/* net/smtp.h: how a mail is handed over (RFC 5321) once its server has let us
 * in: what to say next, and what its replies mean.  Knows no network. */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include "base/err.h"
#include "base/str.h"

enum smtp_verdict {
	SMTP_TALKING,
	SMTP_ACCEPTED, /* by its reply to the whole message */
	/* 4yz; 5yz to MAIL, which is about us; anything unexpected. */
	SMTP_LATER,
	SMTP_REFUSED, /* 5yz to all recipients or to the message */
};

enum smtp_step {
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_MESSAGE,
};

/* What is handed over; borrowed. */
struct smtp_mail {
	const char *from; /* plain addresses, see value_is_mail() */
	const char *const *to;
	size_t nto;
	struct sv message; /* lines that end in CRLF, the last one too */
};

struct smtp {
	const struct smtp_mail *mail; /* borrowed */
	enum smtp_step step;
	size_t recipient; /* whose turn it is */
	size_t nrefused; /* recipients, for good */
	struct err refused; /* what was said to the first of them */
	struct str out; /* to be sent; whoever does that clears it */
	struct str line; /* begun, cut at SMTP_LINE_BYTES */
	size_t taken; /* bytes of the reply */
};

/* A mail goes to all recipients but those that are refused for good.  One that
 * is to be tried later ends it before anybody has it. */
void smtp_init(struct smtp *s, const struct smtp_mail *m);
void smtp_done(struct smtp *s);

/* What the server says, in pieces of any size.  Anything but SMTP_TALKING is
 * the end, and nothing is to be taken after it; `out` then holds a QUIT. `why`
 * is set unless all recipients were accepted.  Unless it is empty, `out` must
 * be sent before more is taken: a server that speaks before it is asked makes
 * it SMTP_LATER. */
enum smtp_verdict smtp_take(struct smtp *s, struct sv bytes, struct err *why);

#endif
