/* net/guard.c: which addresses may be contacted. */
#include "net/guard.h"

#include "base/mem.h"

#include <netinet/in.h>
#include <string.h>

#define V4(a, b, c, d, bits) \
	{ \
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d }, \
		    96 + (bits) \
	}
#define V6(a, b, c, bits) \
	{ \
		{ (a) >> 8, (a)&0xFF, (b) >> 8, (b)&0xFF, (c) >> 8, \
			(c)&0xFF }, \
		    bits \
	}

/* clang-format off */

/* IANA's special-purpose registries, multicast and what is reserved. */
static const struct cidr denied[] = {
	V4(0, 0, 0, 0, 8),              /* this network */
	V4(10, 0, 0, 0, 8),             /* private */
	V4(100, 64, 0, 0, 10),          /* carrier-grade NAT */
	V4(127, 0, 0, 0, 8),            /* loopback */
	V4(169, 254, 0, 0, 16),         /* link-local, cloud metadata */
	V4(172, 16, 0, 0, 12),          /* private */
	V4(192, 0, 0, 0, 24),           /* IETF protocols */
	V4(192, 0, 2, 0, 24),           /* documentation */
	V4(192, 88, 99, 0, 24),         /* 6to4 relays, deprecated */
	V4(192, 168, 0, 0, 16),         /* private */
	V4(198, 18, 0, 0, 15),          /* benchmarks */
	V4(198, 51, 100, 0, 24),        /* documentation */
	V4(203, 0, 113, 0, 24),         /* documentation */
	V4(224, 0, 0, 0, 4),            /* multicast */
	V4(240, 0, 0, 0, 4),            /* reserved, broadcast */
	V6(0x2001, 0, 0, 23),           /* IETF protocols, Teredo */
	V6(0x2001, 0x0DB8, 0, 32),      /* documentation */
	V6(0x3FFF, 0, 0, 20),           /* documentation */
};

/* All that IANA has given out as global unicast; loopback, ULA, link-local,
 * multicast, discard and local NAT64 lie outside. */
static const struct cidr global_v6 = V6(0x2000, 0, 0, 3);
static const struct cidr all_v4 = V4(0, 0, 0, 0, 0);

/* IPv6 that carries an IPv4 address in the bytes from `at` on. */
static const struct {
	struct cidr net;
	unsigned at;
} clothes[] = {
	{ V6(0, 0, 0, 96),              12 }, /* compatible */
	{ V6(0x0064, 0xFF9B, 0, 96),    12 }, /* NAT64 */
	{ V6(0x2002, 0, 0, 16),         2 },  /* 6to4 */
};

/* clang-format on */

static bool
is_in(const struct cidr *nets, size_t n, const unsigned char addr[16])
{
	for (size_t i = 0; i < n; i++)
		if (cidr_contains(&nets[i], addr))
			return true;
	return false;
}

static void
map_v4(const void *v4, unsigned char out[16])
{
	memcpy(out, all_v4.addr, 12);
	memcpy(out + 12, v4, 4);
}

/* Fills `addr`, an IPv4 address in its mapped form. */
static bool
read_address(const struct sockaddr *sa, unsigned char addr[16])
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		map_v4(&v4.sin_addr, addr);
		return true;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	memcpy(&v6, sa, sizeof(v6));
	memcpy(addr, &v6.sin6_addr, 16);
	return true;
}

static void
undress(const unsigned char addr[16], unsigned char out[16])
{
	memcpy(out, addr, 16);
	for (size_t i = 0; i < COUNTOF(clothes); i++)
		if (cidr_contains(&clothes[i].net, addr))
			map_v4(addr + clothes[i].at, out);
}

bool
guard_allows(const struct sockaddr *sa, const struct cidr *allow, size_t nallow)
{
	unsigned char addr[16], bare[16];

	if (!read_address(sa, addr))
		return false;
	undress(addr, bare);
	if (is_in(allow, nallow, addr) || is_in(allow, nallow, bare))
		return true;
	return (cidr_contains(&all_v4, bare) ||
		   cidr_contains(&global_v6, bare)) &&
	    !is_in(denied, COUNTOF(denied), bare);
}
