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
plain_take_bytes(struct sv v, size_t at, char *out, size_t most)
{
	size_t n = 0;

	for (; n < most && plain_kind_at(v, at + n) == PLAIN_WORD; n++)
		out[n] = ascii_lower(v.p[at + n]);
	return n;
}

static bool
is_digit_at(struct sv v, size_t at)
{
	return at < v.len && ascii_is_digit(v.p[at]);
}

static bool
is_letter_at(struct sv v, size_t at)
{
	return at < v.len && ascii_is_alpha(v.p[at]);
}

static bool
is_at(struct sv v, size_t at, char c)
{
	return at < v.len && v.p[at] == c;
}

/* 1,000  3.5 */
static void
take_number(struct sv v, struct plain_word *w, char *out)
{
	while ((is_at(v, w->end, ',') || is_at(v, w->end, '.')) &&
	    is_digit_at(v, w->end - 1) && is_digit_at(v, w->end + 1) &&
	    w->written + 1 < PLAIN_BYTES) {
		size_t n;

		if (v.p[w->end] == '.')
			out[w->written++] = '.';
		n = plain_take_bytes(
		    v, w->end + 1, out + w->written, PLAIN_BYTES - w->written);
		w->written += n;
		w->end += n + 1;
	}
}

/* U.S.  U.S.A */
static void
take_acronym(struct sv v, size_t at, struct plain_word *w, char *out)
{
	size_t n = 0;

	while (is_letter_at(v, at + 2 * n) && is_at(v, at + 2 * n + 1, '.') &&
	    n + 1 < PLAIN_BYTES) {
		out[n] = ascii_lower(v.p[at + 2 * n]);
		n++;
	}
	if (n < 2)
		return;
	w->end = at + 2 * n;
	w->written = n;
	if (is_letter_at(v, w->end) &&
	    plain_kind_at(v, w->end + 1) != PLAIN_WORD)
		out[w->written++] = ascii_lower(v.p[w->end++]);
}

struct plain_word
plain_take_rest(struct sv v, size_t at, size_t n, char out[PLAIN_ROOM])
{
	struct plain_word w = { .written = n, .end = at + n };
	struct plain_word none = { 0, 0, 0 };

	if (n == 1)
		take_acronym(v, at, &w, out);
	if (w.written == n)
		take_number(v, &w, out);
	if (w.written >= PLAIN_BYTES - 1)
		return none;
	w.length = w.end - at;
	if (is_at(v, w.end, '\'') &&
	    (is_at(v, w.end + 1, 's') || is_at(v, w.end + 1, 'S')))
		w.end += 2;
	return plain_ends(v, w.end) ? w : none;
}
