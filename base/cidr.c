/* base/cidr.c: IP networks such as 10.0.0.0/8 and fc00::/7. */
#include "base/cidr.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <string.h>

/* Fills `addr` and returns the length of an address in bits, 0 if `s` is none.
 */
static unsigned
parse_address(const char *s, unsigned char addr[16])
{
	memset(addr, 0, 16);
	if (inet_pton(AF_INET6, s, addr) == 1)
		return 128;
	addr[10] = addr[11] = 0xFF;
	return inet_pton(AF_INET, s, addr + 12) == 1 ? 32 : 0;
}

static bool
bit_at(const unsigned char addr[16], unsigned i)
{
	return addr[i / 8] >> (7 - i % 8) & 1;
}

bool
cidr_parse(struct sv text, struct cidr *out)
{
	size_t slash = sv_chr(text, '/');
	char host[INET6_ADDRSTRLEN];
	struct cidr c;
	uint64_t bits;
	unsigned width;

	if (slash >= sizeof(host))
		return false;
	memcpy(host, text.p, slash);
	host[slash] = '\0';
	width = parse_address(host, c.addr);
	bits = width;
	if (width == 0 ||
	    (slash < text.len && !sv_to_u64(sv_from(text, slash + 1), &bits)) ||
	    bits > width)
		return false;
	c.bits = 128 - width + (unsigned)bits;
	for (unsigned i = c.bits; i < 128; i++)
		if (bit_at(c.addr, i))
			return false;
	*out = c;
	return true;
}

bool
cidr_contains(const struct cidr *net, const unsigned char addr[16])
{
	unsigned bytes = net->bits / 8, rest = net->bits % 8;

	if (memcmp(net->addr, addr, bytes) != 0)
		return false;
	return rest == 0 || (net->addr[bytes] ^ addr[bytes]) >> (8 - rest) == 0;
}

struct cidr *
cidrs_copy(const struct cidr *nets, size_t n)
{
	struct cidr *copy = NULL;

	if (n != 0)
		copy = memcpy(
		    mem_calloc(n, sizeof(*copy)), nets, n * sizeof(*copy));
	return copy;
}
