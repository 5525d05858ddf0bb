/* tests/fake/fake_dns.h: a scripted DNS server on loopback, on the loop of the
 * test. */
#ifndef TESTS_FAKE_DNS_H
#define TESTS_FAKE_DNS_H

#include "net/loop.h"

#include <stddef.h>

#define FAKE_DNS_SILENT (-1)
#define FAKE_DNS_NXDOMAIN 3
#define FAKE_DNS_SERVFAIL 2
#define FAKE_DNS_REFUSED 5

/* A row of the zone. */
struct fake_name {
	const char *name; /* "*.x": all below x */
	int rcode; /* or FAKE_DNS_SILENT */
	unsigned ttl;
	const char *a, *aaaa; /* blank-separated; NULL: none */
};

struct fake_dns;

/* `names` is borrowed.  A name that is not there does not exist. */
struct fake_dns *
fake_dns_new(struct loop *l, const struct fake_name *names, size_t n);
void fake_dns_free(struct fake_dns *s);

const char *fake_dns_address(const struct fake_dns *s); /* "127.0.0.1:PORT" */

/* Requests for the IPv4 addresses of a name; NULL: of all names. */
size_t fake_dns_asked(const struct fake_dns *s, const char *name);

#endif
