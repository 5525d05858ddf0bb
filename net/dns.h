/* net/dns.h: host names to addresses, never blocking, remembered as long as the
 * answers allow.  For net/http.c. */
#ifndef NET_DNS_H
#define NET_DNS_H

#include "net/loop.h"

struct dns;
struct dns_query;

enum dns_result {
	DNS_FOUND,
	DNS_NO_SUCH_NAME, /* or it has no address */
	DNS_LATER, /* no usable answer this time */
};

/* Valid during the callback. */
struct dns_answer {
	enum dns_result result;
	const char *addresses; /* "192.0.2.1,[2001:db8::1]"; best first */
	const char *error; /* why there are none */
};

typedef void dns_fn(const struct dns_answer *a, void *arg);

struct dns_options {
	const char *servers; /* "127.0.0.1:5353,..."; NULL: the system's */
	int64_t patience_ms; /* for the first try of a server; 0: 2 s */
};

struct dns *dns_new(struct loop *l, const struct dns_options *o);
void dns_free(struct dns *d); /* silently drops what is asked */

/* Calls `fn` once, never before this returned.  A name that is being asked for
 * already is not asked for again.  `host` is copied. */
struct dns_query *
dns_ask(struct dns *d, const char *host, dns_fn *fn, void *arg);
void dns_cancel(struct dns_query *q); /* not after `fn` was called */

#endif
