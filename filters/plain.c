/* filters/plain.c: the words that most of a text consists of. */
#include "filters/plain.h"

#include <assert.h>
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
	uint64_t signs; /* from & to :, where all joints are; digits, too */
	uint64_t special; /* not ASCII, or a sigil */
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
	__m128i bytes = _mm_loadu_si128((const void *)(p + at));
	__m128i bit = _mm_set1_epi8(0x20); /* of case */
	__m128i small = _mm_or_si128(bytes, bit);
	__m128i letters = between(small, 'a', 26);

	_mm_storeu_si128((void *)(lower + at),
	    _mm_or_si128(bytes, _mm_and_si128(letters, bit)));
	m->word |= bits_of(_mm_or_si128(letters, between(bytes, '0', 10)), at);
	m->signs |= bits_of(between(bytes, '&', ':' - '&' + 1), at);
	/* @ and ` differ in the bit of case. */
	m->special |= bits_of(
	    _mm_or_si128(
		bytes, _mm_or_si128(equals(bytes, '#'), equals(small, '`'))),
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
		lower[at] = ascii_lower(c);
		m.word |= word ? bit : 0;
		m.signs |= c >= '&' && c <= ':' ? bit : 0;
		m.special |= (unsigned char)c >= 0x80 || c == '#' || c == '@' ||
			c == '`'
		    ? bit
		    : 0;
	}
	return m;
}
#endif

/* Does a sign join what stands before it with something else? */
static bool
is_joint(struct sv v, size_t at)
{
	return v.p[at] != '/' &&
	    plain_kinds[(unsigned char)v.p[at]] != PLAIN_BLANK &&
	    at + 1 < v.len &&
	    (v.p[at + 1] == '/' || (unsigned char)v.p[at + 1] >= 0x80 ||
		plain_kinds[(unsigned char)v.p[at + 1]] == PLAIN_WORD);
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

/* Where the word begins that ends at the offset. */
static size_t
word_start(const struct plain_window *w, size_t end)
{
	size_t i = (end - 1) / PLAIN_BLOCK;
	uint64_t others = ~w->words[i] &
	    UINT64_MAX >> (PLAIN_BLOCK - 1 - (end - 1) % PLAIN_BLOCK);

	while (others == 0 && i > 0)
		others = ~w->words[--i];
	return others == 0
	    ? 0
	    : (i + 1) * PLAIN_BLOCK - (size_t)__builtin_clzll(others);
}

/* Is a word over that letters and digits up to `at` belong to? */
static bool
is_end(struct sv v, size_t at)
{
	enum plain_kind kind = plain_kind_at(v, at);

	return kind == PLAIN_BLANK ||
	    (kind == PLAIN_JOINT && plain_kind_at(v, at + 1) == PLAIN_BLANK);
}

static inline void
clear_stop(struct plain_window *w, size_t at)
{
	w->stops[at / PLAIN_BLOCK] &= ~bit_at(at);
}

/* A sign that is part of a word. */
static inline void
put_sign(struct plain_window *w, size_t at)
{
	w->words[at / PLAIN_BLOCK] |= bit_at(at);
	w->settled[at / PLAIN_BLOCK] |= bit_at(at);
	clear_stop(w, at);
}

static void
add_reading(struct plain_window *w, size_t start, size_t end, unsigned words,
    char without)
{
	assert(w->nreadings < PLAIN_READINGS);
	w->readings[w->nreadings++] = (struct plain_reading) { (uint16_t)start,
		(uint16_t)end, (uint8_t)words, without };
}

/* A dot or comma between digits, with a word behind it? */
static bool
is_number(const struct plain_window *w, const char *p, size_t at)
{
	return ascii_is_digit(p[at - 1]) && plain_is_word(w, at + 1) &&
	    ascii_is_digit(p[at + 1]);
}

/* Does the word that begins at the offset belong to what stands before it? */
static bool
is_tainted(const struct plain_window *w, const char *p, size_t start)
{
	return start > 0 &&
	    (plain_is_stop(w, start - 1) ||
		plain_kinds[(unsigned char)p[start - 1]] == PLAIN_SPECIAL);
}

/* 1,000 */
static void
settle_comma(struct plain_window *w, const char *p, size_t at)
{
	size_t start, n = w->nreadings;

	if (!plain_is_word(w, at + 1))
		return;
	if (!is_number(w, p, at)) {
		clear_stop(w, at);
		return;
	}
	start = word_start(w, at);
	if (is_tainted(w, p, start))
		return;
	put_sign(w, at);
	if (n == 0 || w->readings[n - 1].start != start)
		add_reading(w, start, 0, 1, ',');
}

/* U.S.  U.S.A */
static void
settle_acronym(struct plain_window *w, struct sv v, size_t start)
{
	struct sv rest = sv_from(v, w->from + start);
	size_t n = 0;

	while (n + 1 < rest.len && ascii_is_alpha(rest.p[n]) &&
	    rest.p[n + 1] == '.' && n < PLAIN_BYTES)
		n += 2;
	if (n < 4) {
		/* An invisible sign may hide the second dot. */
		if (plain_kind_at(rest, 3) != PLAIN_SPECIAL)
			clear_stop(w, start + 1);
		return;
	}
	if (n < rest.len && ascii_is_alpha(rest.p[n]) &&
	    plain_kind_at(rest, n + 1) != PLAIN_WORD)
		n++;
	if (!is_end(rest, n) || n > PLAIN_BYTES || start + n > w->to - w->from)
		return;
	add_reading(w, start, start + n, 1, '.');
	for (size_t at = start + 1; at < start + n; at += 2)
		put_sign(w, at);
}

static void
settle_dot(struct plain_window *w, struct sv v, size_t at)
{
	const char *p = v.p + w->from;
	size_t start;

	if (!plain_is_word(w, at + 1))
		return;
	if (is_number(w, p, at)) {
		put_sign(w, at);
		return;
	}
	start = word_start(w, at);
	if (is_tainted(w, p, start))
		return;
	if (at - start == 1)
		settle_acronym(w, v, start);
	else if (!sv_istarts(sv_from(v, w->from + start), SV("www.")))
		clear_stop(w, at);
}

/* Does something go on where a word ends?  Not all signs were looked at. */
static bool
is_stop(const struct plain_window *w, struct sv v, size_t at)
{
	return plain_is_stop(w, at) &&
	    (!plain_bit(w->joints, at) || is_joint(v, w->from + at));
}

/* Words with hyphens or apostrophes between them. */
struct run {
	size_t start, end;
	unsigned words, apostrophes;
};

/* Where the word ends that stands at the offset, numbers being settled. */
static size_t
number_end(struct plain_window *w, const char *p, size_t at)
{
	size_t end;

	while (end = plain_word_end(w, at),
	    plain_is_stop(w, end) && p[end] == '.' && is_number(w, p, end))
		put_sign(w, end);
	return end;
}

/* What a possessive s begins with. */
static bool
is_possessive(const struct plain_window *w, const char *p, size_t at)
{
	return p[at] == '\'' && plain_is_word(w, at + 1) &&
	    (p[at + 1] | 0x20) == 's' && !plain_is_word(w, at + 2);
}

/* Goes on to the end of a run.  False: there is something else in it. */
static bool
take_run(struct plain_window *w, struct run *r, struct sv v)
{
	const char *p = v.p + w->from;

	for (; is_stop(w, v, r->end); r->words++) {
		size_t at = r->end;

		if (is_possessive(w, p, at))
			return !is_stop(w, v, at + 2);
		if (!plain_is_word(w, at + 1) ||
		    (p[at] != '-' && p[at] != '\''))
			return false;
		r->apostrophes += p[at] == '\'';
		r->end = number_end(w, p, at + 1);
		if (r->end - r->start > PLAIN_BYTES)
			return false;
	}
	return true;
}

/* cease-fire is also read as one word, O'Brien too, but not Sana'a. */
static void
settle_run(struct plain_window *w, struct sv v, size_t at)
{
	size_t n = w->nreadings;
	struct run r = { word_start(w, at), at, 1, 0 };

	if (is_tainted(w, v.p + w->from, r.start) ||
	    (n > 0 && w->readings[n - 1].start == r.start) ||
	    !take_run(w, &r, v))
		return;
	if (r.apostrophes == 0)
		add_reading(w, r.start, r.end, r.words, '-');
	else if (r.words == 2 && at == r.start + 1)
		add_reading(w, r.start, r.end, r.words, '\'');
	for (; at < r.end; at = plain_word_end(w, at + 1))
		clear_stop(w, at);
}

/* A joint is no stop any more where it can be told what it joins. */
static void
settle(struct plain_window *w, struct sv v, size_t at)
{
	const char *p = v.p + w->from;

	if (!plain_is_stop(w, at))
		return; /* settled with one before it */
	if (!is_joint(v, w->from + at)) {
		clear_stop(w, at);
		return;
	}
	switch (p[at]) {
	case '.':
		settle_dot(w, v, at);
		break;
	case ',':
		settle_comma(w, p, at);
		break;
	case ':':
		if (plain_is_word(w, at + 1))
			clear_stop(w, at);
		break;
	case '\'':
		if (is_possessive(w, p, at) && !is_stop(w, v, at + 2)) {
			w->settled[at / PLAIN_BLOCK] |= bit_at(at);
			w->words[(at + 1) / PLAIN_BLOCK] &= ~bit_at(at + 1);
			clear_stop(w, at);
			break;
		}
		/* fallthrough */
	case '-':
		settle_run(w, v, at);
		break;
	default:
		break;
	}
}

static void
settle_all(struct plain_window *w, struct sv v)
{
	size_t count = (w->to - w->from) / PLAIN_BLOCK + 1, i;
	uint64_t blocks = 0; /* with joints: which ones is hard to foretell */

	for (i = 0; i < count; i++)
		blocks |= (uint64_t)(w->joints[i] != 0) << i;
	w->nreadings = 0;
	for (; blocks != 0; blocks &= blocks - 1) {
		i = (size_t)__builtin_ctzll(blocks);
		for (uint64_t some = w->joints[i]; some != 0; some &= some - 1)
			settle(w, v,
			    i * PLAIN_BLOCK + (size_t)__builtin_ctzll(some));
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

/* What is left behind the last whole block: its bytes with those before them,
 * or with others behind. */
static inline struct masks
classify_tail(const char *p, size_t at, size_t len, char *lower)
{
	char tail[PLAIN_BLOCK];
	size_t more = PLAIN_BLOCK - (len - at);
	struct masks m = { 0 };

	if (at == len)
		return m;
	if (at == 0) {
		memset(tail, 0, sizeof(tail));
		/* Most titles are; copies of a known size are quick. */
		if (len >= 32) {
			memcpy(tail, p, 32);
			memcpy(tail + len - 32, p + len - 32, 32);
		} else {
			memcpy(tail, p, len);
		}
		return classify(tail, lower);
	}
	m = classify(p + at - more, lower + at - more);
	return (struct masks) { m.word >> more, m.signs >> more,
		m.special >> more };
}

/* `before` and what is returned: does the last byte of a block belong to a
 * word? */
static inline uint64_t
put_block(struct plain_window *w, size_t i, struct masks m, uint64_t before)
{
	/* What may stand behind a joint; one bit is not known. */
	uint64_t some = (m.word | m.signs | m.special) >> 1 | UINT64_C(1) << 63;

	w->words[i] = m.word;
	w->joints[i] = m.signs & ~m.word & (m.word << 1 | before) & some;
	w->stops[i] = m.special | w->joints[i];
	w->settled[i] = 0;
	return m.word >> 63;
}

void
plain_read(struct plain_window *w, struct sv v, size_t from, char *lower)
{
	size_t len = v.len - from < PLAIN_WINDOW ? v.len - from : PLAIN_WINDOW;
	const char *p = v.p + from;
	uint64_t before = 0;
	size_t at = 0;

	for (; len - at >= PLAIN_BLOCK; at += PLAIN_BLOCK)
		before = put_block(
		    w, at / PLAIN_BLOCK, classify(p + at, lower + at), before);
	(void)put_block(
	    w, at / PLAIN_BLOCK, classify_tail(p, at, len, lower), before);
	w->from = from;
	w->to = from + len;
	if (before != 0 && w->to != v.len)
		leave_last(w);
	settle_all(w, v);
}

bool
plain_has_small(struct sv v)
{
	size_t i = 0;

#ifdef __SSE2__
	/* The last 16 bytes may be looked at twice. */
	for (size_t at; i < v.len && v.len >= 16; i += 16) {
		at = i < v.len - 16 ? i : v.len - 16;
		if (_mm_movemask_epi8(between(
			_mm_loadu_si128((const void *)(v.p + at)), 'a', 26)) !=
		    0)
			return true;
	}
#endif
	for (; i < v.len; i++)
		if (v.p[i] >= 'a' && v.p[i] <= 'z')
			return true;
	return false;
}
