/* filters/plain.h: the words that most of a text consists of: ASCII letters and
 * digits with a blank or a full stop behind them. */
#ifndef FILTERS_PLAIN_H
#define FILTERS_PLAIN_H

#include "base/sv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define PLAIN_STEP 16 /* bytes looked at together */
#define PLAIN_BYTES 64 /* of one word */
#define PLAIN_ROOM PLAIN_BYTES

/* What may stand at a byte. */
enum plain_kind {
	PLAIN_SPECIAL, /* more than one byte decides */
	PLAIN_BLANK, /* separates words, whatever stands beside it */
	PLAIN_JOINT, /* so too, if a blank stands behind it */
	PLAIN_WORD /* a letter or digit */
};
extern const unsigned char plain_kinds[256]; /* enum plain_kind */

static inline enum plain_kind
plain_kind_at(struct sv v, size_t at)
{
	return at < v.len ? (enum plain_kind)plain_kinds[(unsigned char)v.p[at]]
			  : PLAIN_BLANK;
}

/* Takes the letters and digits at `at`; writes them in lower case to `out`;
 * returns how many. */
size_t plain_take_bytes(struct sv v, size_t at, char *out, size_t most);

#ifdef __SSE2__
/* 0xFF for the bytes between `from` and `from` + `count`. */
static inline __m128i
plain_between(__m128i bytes, char from, char count)
{
	__m128i moved = _mm_add_epi8(bytes, _mm_set1_epi8((char)(0x80 - from)));

	return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(-128 + count)));
}

/* The same, PLAIN_BYTES at most.  What it writes behind them means nothing. */
static inline size_t
plain_take(struct sv v, size_t at, char out[PLAIN_ROOM])
{
	__m128i bytes, upper, word;
	unsigned mask;

	if (v.len - at < PLAIN_STEP)
		return plain_take_bytes(v, at, out, PLAIN_BYTES);
	bytes = _mm_loadu_si128((const void *)(v.p + at));
	upper = plain_between(bytes, 'A', 26);
	bytes = _mm_or_si128(bytes, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
	word = _mm_or_si128(
	    plain_between(bytes, '0', 10), plain_between(bytes, 'a', 26));
	mask = (unsigned)_mm_movemask_epi8(word);
	if (mask == 0xFFFF)
		return plain_take_bytes(v, at, out, PLAIN_BYTES);
	_mm_storeu_si128((void *)out, bytes);
	return (size_t)__builtin_ctz(~mask);
}
#else
static inline size_t
plain_take(struct sv v, size_t at, char out[PLAIN_ROOM])
{
	return plain_take_bytes(v, at, out, PLAIN_BYTES);
}
#endif

/* Is a word over that letters and digits up to `at` belong to? */
static inline bool
plain_ends(struct sv v, size_t at)
{
	enum plain_kind kind = plain_kind_at(v, at);

	return kind == PLAIN_BLANK ||
	    (kind == PLAIN_JOINT && plain_kind_at(v, at + 1) == PLAIN_BLANK);
}

/* A word with dots or commas inside (1,000  3.5  U.S.) or a possessive s, which
 * takes no place. */
struct plain_word {
	size_t length; /* in the text; 0: it is none of these */
	size_t written;
	size_t end; /* of what belongs to it, as the s */
};

/* `n` letters and digits of it were taken at `at`. */
struct plain_word
plain_take_rest(struct sv v, size_t at, size_t n, char out[PLAIN_ROOM]);

#endif
