/* filters/plain.c: the words that most of a text consists of. */
#include "filters/plain.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* What stands in a block: a bit for each byte. */
struct masks {
	uint64_t word; /* letters and digits */
	uint64_t behind; /* what a joint may join with what stands before */
	uint64_t joints;
	uint64_t sigils;
	uint64_t special; /* not ASCII */
};

#ifdef __SSE2__
static inline __m128i
between(__m128i bytes, char from, char count)
{
	__m128i moved = _mm_add_epi8(bytes, _mm_set1_epi8((char)(0x80 - from)));

	return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(-128 + count)));
}

static inline __m128i
equals(__m128i bytes, char c)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static inline uint64_t
bits_of(__m128i mask, unsigned at)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(mask) << at;
}

static inline void
classify_step(const char *p, char *lower, struct masks *m, unsigned at)
{
	__m128i bytes = _mm_loadu_si128((const void *)(p + at)), low, word;
	__m128i upper = between(bytes, 'A', 26);

	low = _mm_or_si128(bytes, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
	_mm_storeu_si128((void *)(lower + at), low);
	word = _mm_or_si128(between(low, '0', 10), between(low, 'a', 26));
	m->word |= bits_of(word, at);
	m->special |= bits_of(bytes, at);
	m->behind |= bits_of(
	    _mm_or_si128(_mm_or_si128(word, bytes), equals(bytes, '/')), at);
	m->joints |= bits_of(_mm_or_si128(_mm_or_si128(between(bytes, '&', 2),
					      equals(bytes, ':')),
				 between(bytes, ',', 3)),
	    at);
	/* @ and ` differ in the bit of case. */
	m->sigils |= bits_of(
	    _mm_or_si128(equals(bytes, '#'),
		equals(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), '`')),
	    at);
}

static inline struct masks
classify(const char *p, char *lower)
{
	struct masks m = { 0 };

	classify_step(p, lower, &m, 0);
	classify_step(p, lower, &m, 16);
	classify_step(p, lower, &m, 32);
	classify_step(p, lower, &m, 48);
	return m;
}
#else
static inline struct masks
classify(const char *p, char *lower)
{
	struct masks m = { 0 };

	for (unsigned at = 0; at < PLAIN_BLOCK; at++) {
		uint64_t bit = UINT64_C(1) << at;
		char c = p[at];
		bool word = plain_kinds[(unsigned char)c] == PLAIN_WORD;
		bool special = (unsigned char)c >= 0x80;

		lower[at] = ascii_lower(c);
		m.word |= word ? bit : 0;
		m.special |= special ? bit : 0;
		m.behind |= word || special || c == '/' ? bit : 0;
		m.joints |= c == '&' || c == '\'' || c == ':' ||
			(c >= ',' && c <= '.')
		    ? bit
		    : 0;
		m.sigils |= c == '#' || c == '@' || c == '`' ? bit : 0;
	}
	return m;
}
#endif

/* Joints and sigils are stops where something stands behind them, joints only
 * if a word stands before them. */
static inline uint64_t
stops_of(const struct masks *m, uint64_t before, uint64_t behind)
{
	return m->special |
	    (((m->joints & (m->word << 1 | before)) | m->sigils) &
		(m->behind >> 1 | behind << 63));
}

static uint64_t
behind_at(struct sv v, size_t at)
{
	return at < v.len &&
	    ((unsigned char)v.p[at] >= 0x80 || v.p[at] == '/' ||
		plain_kinds[(unsigned char)v.p[at]] == PLAIN_WORD);
}

/* A word that goes on behind the window is one of the next, unless it is as
 * long as a window. */
static void
leave_last(struct plain_window *w)
{
	size_t i = PLAIN_BLOCKS - 1, start;

	while (w->words[i] == UINT64_MAX && i > 0)
		i--;
	if (w->words[i] == UINT64_MAX) {
		w->stops[0] |= 1;
		return;
	}
	start = (i + 1) * PLAIN_BLOCK - (size_t)__builtin_clzll(~w->words[i]);
	w->to = w->from + start;
	if (start % PLAIN_BLOCK != 0)
		w->words[i] &= ~(UINT64_MAX << start % PLAIN_BLOCK);
	while (++i < PLAIN_BLOCKS)
		w->words[i] = 0;
}

static inline uint64_t
bit_at(size_t offset)
{
	return UINT64_C(1) << offset % PLAIN_BLOCK;
}

/* Is the stop the dot of a number, or does a possessive s stand behind it? */
static bool
is_dot(const struct plain_window *w, const char *p, size_t at)
{
	return p[at] == '.' && ascii_is_digit(p[at - 1]) &&
	    plain_is_word(w, at + 1) && ascii_is_digit(p[at + 1]);
}

static bool
is_possessive(const struct plain_window *w, const char *p, size_t at)
{
	return p[at] == '\'' && plain_is_word(w, at + 1) &&
	    (p[at + 1] | 0x20) == 's' && !plain_is_word(w, at + 2) &&
	    !plain_is_stop(w, at + 2);
}

static void
settle(struct plain_window *w, const char *p)
{
	size_t blocks = (w->to - w->from) / PLAIN_BLOCK;

	for (size_t i = 0; i <= blocks; i++) {
		w->settled[i] = 0;
		for (uint64_t stops = w->stops[i]; stops != 0;
		     stops &= stops - 1) {
			size_t at = i * PLAIN_BLOCK +
			    (size_t)__builtin_ctzll(stops);

			if (is_dot(w, p, at))
				w->words[i] |= bit_at(at);
			else if (is_possessive(w, p, at))
				w->words[(at + 1) / PLAIN_BLOCK] &= ~bit_at(
				    at + 1);
			else
				continue;
			w->settled[i] |= bit_at(at);
		}
		w->stops[i] &= ~w->settled[i];
	}
}

void
plain_unsettle(struct plain_window *w, size_t offset)
{
	if (!plain_bit(w->settled, offset))
		return;
	w->words[offset / PLAIN_BLOCK] &= ~bit_at(offset);
	w->words[(offset + 1) / PLAIN_BLOCK] |= bit_at(offset + 1);
}

/* The last block of a window, which is short: its bytes with those before them,
 * or with others behind. */
static inline struct masks
classify_tail(const char *p, size_t at, size_t len, char *lower)
{
	char tail[PLAIN_BLOCK];
	size_t more = PLAIN_BLOCK - (len - at);
	struct masks m;

	if (at == 0) {
		memset(tail, 0, sizeof(tail));
		memcpy(tail, p, len);
		return classify(tail, lower);
	}
	m = classify(p + at - more, lower + at - more);
	return (struct masks) { m.word >> more, m.behind >> more,
		m.joints >> more, m.sigils >> more, m.special >> more };
}

void
plain_read(struct plain_window *w, struct sv v, size_t from, char *lower)
{
	size_t len = v.len - from < PLAIN_WINDOW ? v.len - from : PLAIN_WINDOW;
	const char *p = v.p + from;
	uint64_t before = 0;

	for (size_t at = 0; at < len; at += PLAIN_BLOCK) {
		struct masks m = len - at < PLAIN_BLOCK
		    ? classify_tail(p, at, len, lower)
		    : classify(p + at, lower + at);

		w->words[at / PLAIN_BLOCK] = m.word;
		w->stops[at / PLAIN_BLOCK] = stops_of(
		    &m, before, behind_at(v, from + at + PLAIN_BLOCK));
		before = m.word >> 63;
	}
	if (len % PLAIN_BLOCK == 0)
		w->words[len / PLAIN_BLOCK] = w->stops[len / PLAIN_BLOCK] = 0;
	w->from = from;
	w->to = from + len;
	if (before != 0 && w->to != v.len)
		leave_last(w);
	settle(w, p);
}

bool
plain_has_small(struct sv v)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; v.len - i >= 16; i += 16)
		if (_mm_movemask_epi8(between(
			_mm_loadu_si128((const void *)(v.p + i)), 'a', 26)) !=
		    0)
			return true;
#endif
	for (; i < v.len; i++)
		if (v.p[i] >= 'a' && v.p[i] <= 'z')
			return true;
	return false;
}

size_t
plain_count_capitals(struct sv v)
{
	size_t count = 0;

	for (size_t i = 0; i < v.len; i++)
		count += v.p[i] >= 'A' && v.p[i] <= 'Z';
	return count;
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
