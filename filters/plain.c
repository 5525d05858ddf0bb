/* filters/plain.c: the words that most of a text consists of. */
#include "filters/plain.h"

#define BLANKS(from, to) [(from)...(to)] = PLAIN_BLANK
/* clang-format off */
const unsigned char plain_kinds[256] = {
	BLANKS(0, '!'), ['"'] = PLAIN_JOINT, ['#'] = PLAIN_SPECIAL,
	BLANKS('$', '%'), ['&'] = PLAIN_SPECIAL, ['\''] = PLAIN_JOINT,
	BLANKS('(', '+'), [','] = PLAIN_JOINT, ['-'] = PLAIN_JOINT,
	['.'] = PLAIN_JOINT, ['/'] = PLAIN_SPECIAL, ['0'...'9'] = PLAIN_WORD,
	[':'] = PLAIN_JOINT, BLANKS(';', '?'), ['@'] = PLAIN_SPECIAL,
	['A'...'Z'] = PLAIN_WORD, BLANKS('[', '^'), ['_'] = PLAIN_SPECIAL,
	['`'] = PLAIN_JOINT, ['a'...'z'] = PLAIN_WORD, BLANKS('{', 0x7F),
};
/* clang-format on */

size_t
plain_take_bytes(struct sv v, size_t at, char out[PLAIN_ROOM])
{
	size_t n = 0;

	for (; n < PLAIN_BYTES && plain_kind_at(v, at + n) == PLAIN_WORD; n++)
		out[n] = ascii_lower(v.p[at + n]);
	return n;
}
