/* net/guard.h: which addresses may be contacted.  Asked for every address just
 * before a socket connects to it, never about a URL's text. */
#ifndef NET_GUARD_H
#define NET_GUARD_H

#include "base/cidr.h"

struct sockaddr;

/* Public unicast addresses are allowed, and those in `allow` (borrowed for the
 * call).  IPv4 in its IPv6 clothes (mapped, compatible, NAT64, 6to4) is judged
 * as IPv4.  Registries: IANA special-purpose addresses (RFC 6890 and
 * successors). */
bool guard_allows(
    const struct sockaddr *sa, const struct cidr *allow, size_t nallow);

#endif
