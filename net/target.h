/* net/target.h: where one request goes.  URLs are taken apart by libcurl's own
 * parser, so that what is judged here is what is asked there. */
#ifndef NET_TARGET_H
#define NET_TARGET_H

#include "base/err.h"

struct target {
	char *url; /* without userinfo and fragment */
	char *scheme;
	char *host; /* as it is looked up: ASCII, IPv6 in brackets */
	char *port;
	char *user, *password; /* of the URL; NULL without */
	bool named; /* the host is a name that needs a lookup */
};

/* An http or https URL.  False leaves `t` empty. */
bool target_parse(struct target *t, const char *url, struct err *e);

/* The same for the URL of a mail server: smtp or smtps. */
bool target_parse_mail(struct target *t, const char *url, struct err *e);
void target_done(struct target *t);

bool target_same_origin(const struct target *a, const struct target *b);
bool target_is_tls(const struct target *t);

#endif
