/* feeds/unpack.c: unpacks gzip and zlib data. */
#include "feeds/unpack.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ZLIB_OR_GZIP (MAX_WBITS + 32)
#define PRESET_DICTIONARY 0x20

struct unpack {
	unpack_fn *out;
	void *arg;
	size_t left; /* bytes that may still come out */
	size_t max;
	enum {
		UNKNOWN,
		PLAIN,
		PACKED,
		MEMBER_OVER, /* another may follow */
		OVER
	} state;
	unsigned char head[2]; /* while UNKNOWN */
	size_t nhead;
	z_stream z;
};

struct unpack *
unpack_new(size_t max_bytes, unpack_fn *out, void *arg)
{
	struct unpack *u = mem_calloc(1, sizeof(*u));

	u->out = out;
	u->arg = arg;
	u->left = u->max = max_bytes;
	return u;
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	(void)inflateEnd(&u->z);
	free(u);
}

/* No text begins like this: RFC 1952 section 2.3.1, RFC 1950 section 2.2. */
static bool
is_packed(const unsigned char head[2])
{
	return (head[0] == 0x1F && head[1] == 0x8B) ||
	    (head[0] == 0x78 && (head[1] & PRESET_DICTIONARY) == 0 &&
		(head[0] << 8 | head[1]) % 31 == 0);
}

static bool
hand_on(struct unpack *u, struct sv v, struct err *e)
{
	if (v.len > u->left)
		return err_set(e, "it unpacks to more than %zu bytes", u->max);
	u->left -= v.len;
	return v.len == 0 || u->out(v, u->arg, e);
}

/* Takes bytes off the front of `*v` until they or the member end. */
static bool
inflate_some(struct unpack *u, struct sv *v, struct err *e)
{
	char buf[FEED_CHUNK_BYTES];
	int status;

	u->z.next_in = (Bytef *)(uintptr_t)v->p;
	u->z.avail_in = (uInt)v->len;
	do {
		u->z.next_out = (Bytef *)buf;
		u->z.avail_out = sizeof(buf);
		status = inflate(&u->z, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END &&
		    status != Z_BUF_ERROR)
			return err_set(e, "its compressed data are damaged");
		if (!hand_on(u,
			(struct sv) { buf, sizeof(buf) - u->z.avail_out }, e))
			return false;
	} while (status == Z_OK && u->z.avail_out == 0);
	if (status == Z_STREAM_END)
		u->state = MEMBER_OVER;
	*v = sv_from(*v, v->len - u->z.avail_in);
	return true;
}

/* Padding and the like behind the last member is not read. */
static void
next_member(struct unpack *u, struct sv v)
{
	bool more = v.p[0] == '\x1F' && inflateReset(&u->z) == Z_OK;

	u->state = more ? PACKED : OVER;
}

static bool
push(struct unpack *u, struct sv v, struct err *e)
{
	while (v.len != 0 && u->state != OVER) {
		struct sv chunk = sv_sub(v, 0, FEED_CHUNK_BYTES);
		size_t had = chunk.len;

		if (u->state == PLAIN)
			return u->out(v, u->arg, e);
		if (u->state == MEMBER_OVER)
			next_member(u, v);
		else if (!inflate_some(u, &chunk, e))
			return false;
		else
			v = sv_from(v, had - chunk.len);
	}
	return true;
}

/* The head is all there, or there is no more of it. */
static bool
begin(struct unpack *u, struct err *e)
{
	struct sv head = { (const char *)u->head, u->nhead };

	u->state = PLAIN;
	if (u->nhead == 2 && is_packed(u->head)) {
		if (inflateInit2(&u->z, ZLIB_OR_GZIP) != Z_OK)
			return err_set(e, "not enough memory to unpack it");
		u->state = PACKED;
	}
	return push(u, head, e);
}

bool
unpack_push(struct unpack *u, struct sv bytes, struct err *e)
{
	while (u->state == UNKNOWN && bytes.len != 0) {
		u->head[u->nhead++] = (unsigned char)bytes.p[0];
		bytes = sv_from(bytes, 1);
		if (u->nhead == sizeof(u->head) && !begin(u, e))
			return false;
	}
	return push(u, bytes, e);
}

bool
unpack_finish(struct unpack *u, struct err *e)
{
	if (u->state == UNKNOWN)
		return begin(u, e);
	if (u->state == PACKED)
		return err_set(e, "its compressed data are cut short");
	return true;
}
