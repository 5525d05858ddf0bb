/* feeds/raw.c: the bytes of the item that is being read.  Those of most items
 * are not asked for, as they have come before or match nothing, so that they
 * are copied, which costs next to nothing, and not hashed; only what is longer
 * than RAW_KEPT_BYTES is hashed as it comes. */
#include "feeds/raw.h"

#include "base/digest.h"
#include "base/limits.h"

#include <stdlib.h>

struct raw {
	struct sv piece; /* that the scanner looks at */
	const char *from; /* there: not copied yet; NULL: no item is open */
	const char *begin, *end; /* of the token */
	struct str kept;
	struct sha256 *hash; /* of what was before `kept`; NULL: nothing */
	struct str hex; /* of the item that has ended, once asked for */
};

struct raw *
raw_new(void)
{
	struct raw *r = mem_calloc(1, sizeof(*r));

	str_init(&r->kept, RAW_KEPT_BYTES);
	str_init(&r->hex, 2 * SHA256_BYTES);
	return r;
}

static void
end_hash(struct raw *r, unsigned char out[SHA256_BYTES])
{
	if (r->hash == NULL)
		r->hash = sha256_begin();
	sha256_add(r->hash, str_sv(&r->kept));
	sha256_end(r->hash, out);
	r->hash = NULL;
}

static void
forget(struct raw *r)
{
	unsigned char unused[SHA256_BYTES];

	if (r->hash != NULL)
		end_hash(r, unused);
	str_clear(&r->kept);
	str_clear(&r->hex);
}

void
raw_free(struct raw *r)
{
	if (r == NULL)
		return;
	forget(r);
	str_done(&r->kept);
	str_done(&r->hex);
	free(r);
}

static void
keep(struct raw *r, struct sv v)
{
	if (str_add(&r->kept, v))
		return;
	if (r->hash == NULL)
		r->hash = sha256_begin();
	sha256_add(r->hash, str_sv(&r->kept));
	sha256_add(r->hash, v);
	str_clear(&r->kept);
}

static void
keep_until(struct raw *r, const char *at)
{
	if (r->from != NULL && at > r->from)
		keep(r, (struct sv) { r->from, (size_t)(at - r->from) });
}

void
raw_go_on(struct raw *r, struct sv piece)
{
	r->piece = piece;
	if (r->from != NULL)
		r->from = piece.p;
}

void
raw_pause(struct raw *r, size_t left)
{
	if (r->from != NULL)
		keep_until(r, r->piece.p + (r->piece.len - left));
}

void
raw_token(struct raw *r, const char *begin, const char *end)
{
	r->begin = begin;
	r->end = end;
}

void
raw_begin(struct raw *r)
{
	forget(r);
	r->from = r->begin;
}

void
raw_end_before(struct raw *r)
{
	keep_until(r, r->begin);
	r->from = NULL;
}

void
raw_end_with(struct raw *r)
{
	keep_until(r, r->end);
	r->from = NULL;
}

struct sv
raw_sha256(struct raw *r)
{
	unsigned char hash[SHA256_BYTES];

	if (r->hex.len == 0) {
		end_hash(r, hash);
		hex_encode(&r->hex, (struct sv) { (char *)hash, sizeof(hash) });
	}
	return str_sv(&r->hex);
}
