/* tests/fake/fake_dns.c: a scripted DNS server on loopback. */
#include "tests/fake/fake_dns.h"

#include "base/limits.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_BYTES 12
#define TYPE_A 1
#define TYPE_AAAA 28

struct fake_dns {
	const struct fake_name *names; /* borrowed */
	size_t nnames;
	int fd;
	char address[32];
	struct loop_io *io;
	struct str asked; /* "name\n" for each A question */
};

struct question {
	char name[256];
	int type;
	size_t end; /* of the question in the packet */
};

/* Reads the only question of a request (RFC 1035 section 4.1.2). */
static bool
read_question(struct sv packet, struct question *q)
{
	size_t i = HEADER_BYTES, n = 0;

	while (i < packet.len && packet.p[i] != 0) {
		size_t len = (unsigned char)packet.p[i++];

		if (i + len >= packet.len || n + len + 1 >= sizeof(q->name))
			return false;
		memcpy(q->name + n, packet.p + i, len);
		q->name[n + len] = '.';
		n += len + 1;
		i += len;
	}
	if (n == 0 || i + 5 > packet.len)
		return false;
	q->name[n - 1] = '\0';
	q->type = (unsigned char)packet.p[i + 2];
	q->end = i + 5;
	return true;
}

static void
add_number(struct str *out, unsigned long v, unsigned bytes)
{
	while (bytes-- > 0)
		(void)str_addc(out, (char)(v >> 8 * bytes));
}

static unsigned
add_records(
    struct str *out, const struct question *q, const struct fake_name *row)
{
	int family = q->type == TYPE_A ? AF_INET : AF_INET6;
	struct sv rest = sv_of(q->type == TYPE_A ? row->a : row->aaaa), one;
	size_t len = q->type == TYPE_A ? 4 : 16;
	char text[64], bytes[16];
	unsigned n = 0;

	while (sv_split(&rest, ' ', &one) && one.len < sizeof(text)) {
		memcpy(text, one.p, one.len);
		text[one.len] = '\0';
		if (inet_pton(family, text, bytes) != 1)
			BUG("no address in the zone");
		add_number(out, 0xC00C, 2); /* the name of the question */
		add_number(out, (unsigned)q->type, 2);
		add_number(out, 1, 2);
		add_number(out, row->ttl, 4);
		add_number(out, len, 2);
		(void)str_add(out, (struct sv) { bytes, len });
		n++;
	}
	return n;
}

static void
build_reply(struct str *out, struct sv packet, const struct question *q,
    const struct fake_name *row)
{
	struct str records;
	unsigned n = 0;

	str_init(&records, KiB(4));
	if (row->rcode == 0 && (q->type == TYPE_A || q->type == TYPE_AAAA))
		n = add_records(&records, q, row);
	(void)str_add(out, sv_sub(packet, 0, 2));
	add_number(out, 0x8180 | (unsigned)row->rcode, 2);
	add_number(out, 1, 2);
	add_number(out, n, 2);
	add_number(out, 0, 4);
	(void)str_add(out,
	    (struct sv) { packet.p + HEADER_BYTES, q->end - HEADER_BYTES });
	(void)str_add(out, str_sv(&records));
	str_done(&records);
}

static const struct fake_name *
find_row(const struct fake_dns *s, const char *name)
{
	static const struct fake_name absent = { .rcode = FAKE_DNS_NXDOMAIN };

	for (size_t i = 0; i < s->nnames; i++) {
		struct sv row = sv_of(s->names[i].name);

		if (sv_iis(row, name) ||
		    (row.p[0] == '*' && sv_ends(sv_of(name), sv_from(row, 1))))
			return &s->names[i];
	}
	return &absent;
}

static void
on_request(void *arg)
{
	struct fake_dns *s = arg;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char buf[1024];
	ssize_t n = recvfrom(
	    s->fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);
	const struct fake_name *row;
	struct question q;
	struct str out;

	if (n < 0 || !read_question((struct sv) { buf, (size_t)n }, &q))
		return;
	if (q.type == TYPE_A)
		(void)str_addf(&s->asked, "%s\n", q.name);
	row = find_row(s, q.name);
	if (row->rcode == FAKE_DNS_SILENT)
		return;
	str_init(&out, KiB(8));
	build_reply(&out, (struct sv) { buf, (size_t)n }, &q, row);
	(void)sendto(s->fd, out.p, out.len, 0, (struct sockaddr *)&from, len);
	str_done(&out);
}

struct fake_dns *
fake_dns_new(struct loop *l, const struct fake_name *names, size_t n)
{
	struct fake_dns *s = mem_calloc(1, sizeof(*s));
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	struct str address;

	s->names = names;
	s->nnames = n;
	s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&sa, len) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&sa, &len) != 0)
		BUG("no socket");
	str_init(&address, sizeof(s->address) - 1);
	(void)str_addf(&address, "127.0.0.1:%d", ntohs(sa.sin_port));
	memcpy(s->address, address.p, address.len + 1);
	str_done(&address);
	str_init(&s->asked, MiB(1));
	s->io = loop_io_new(l, s->fd, true, false, on_request, s);
	return s;
}

void
fake_dns_free(struct fake_dns *s)
{
	loop_io_free(s->io);
	(void)close(s->fd);
	str_done(&s->asked);
	free(s);
}

const char *
fake_dns_address(const struct fake_dns *s)
{
	return s->address;
}

size_t
fake_dns_asked(const struct fake_dns *s, const char *name)
{
	struct sv rest = str_sv(&s->asked), line;
	size_t n = 0;

	while (sv_split(&rest, '\n', &line))
		n += name == NULL || sv_iis(line, name);
	return n;
}
