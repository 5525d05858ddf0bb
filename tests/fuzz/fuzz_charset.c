/* tests/fuzz/fuzz_charset.c: any bytes of any charset give UTF-8, the same
 * whether they come whole or in pieces. */
#include "feeds/charset.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <assert.h>

#define OUT_BYTES MiB(4)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode(struct sv type, struct sv in, size_t step, struct str *out)
{
	struct charset *c = charset_new(type);

	for (; in.len != 0; in = sv_from(in, step))
		charset_push(c, sv_sub(in, 0, step), out);
	charset_finish(c, out);
	charset_free(c);
}

/* The first line is the type of the response, its first byte says how long the
 * pieces are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = { (const char *)data, size };
	size_t step = size != 0 ? (size_t)data[0] + 1 : 1, n = sv_chr(in, '\n');
	struct sv type = sv_sub(in, 0, n), body = sv_from(in, n + 1);
	struct str whole, pieces;

	str_init(&whole, OUT_BYTES);
	str_init(&pieces, OUT_BYTES);
	decode(type, body, body.len + 1, &whole);
	decode(type, body, step, &pieces);
	assert(utf8_valid(str_sv(&whole)));
	assert(sv_eq(str_sv(&whole), str_sv(&pieces)));
	str_done(&whole);
	str_done(&pieces);
	return 0;
}
