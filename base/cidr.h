/* base/cidr.h: IP networks such as 10.0.0.0/8 and fc00::/7. */
#ifndef BASE_CIDR_H
#define BASE_CIDR_H

#include "base/sv.h"

/* IPv4 is kept as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2), so that one rule
 * serves both spellings. */
struct cidr {
	unsigned char addr[16];
	unsigned bits; /* 0 to 128; of the mapped form */
};

/* "10.0.0.0/8", "fc00::/7", or one address; host bits must be 0. */
bool cidr_parse(struct sv text, struct cidr *out);

bool cidr_contains(const struct cidr *net, const unsigned char addr[16]);

/* Returns owned; NULL for none. */
struct cidr *cidrs_copy(const struct cidr *nets, size_t n);

#endif
