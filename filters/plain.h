/* filters/plain.h: the words that most of a text consists of: ASCII letters and
 * digits with a blank or a full stop behind them. */
#ifndef FILTERS_PLAIN_H
#define FILTERS_PLAIN_H

#include "base/sv.h"

#define PLAIN_BYTES 64 /* of one word */
#define PLAIN_ROOM PLAIN_BYTES
#define PLAIN_BLOCK 64 /* bytes, a bit each */
#define PLAIN_BLOCKS 32 /* looked at together */
#define PLAIN_WINDOW (PLAIN_BLOCK * PLAIN_BLOCKS)

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

/* Words with signs that are left out in another reading: of one word, how it is
 * read (1,000 as 1000, U.S. as us); of more, how they are read besides
 * (cease-fire as ceasefire).  Offsets in the window. */
struct plain_reading {
	uint16_t start, end; /* of one word it is 0: where the word ends */
	uint8_t words;
	char without;
};
#define PLAIN_READINGS (PLAIN_WINDOW / sizeof("a-b"))

/* What stands in a stretch of a text: a bit for each byte.  Offsets count from
 * its beginning. */
struct plain_window {
	size_t from, to; /* in the text */
	uint64_t words[PLAIN_BLOCKS + 1]; /* letters and digits */
	/* What needs another look: where it stands, or what ends there. */
	uint64_t stops[PLAIN_BLOCKS + 1];
	uint64_t joints[PLAIN_BLOCKS + 1]; /* those of ASCII behind a word */
	uint64_t settled[PLAIN_BLOCKS + 1]; /* joints that are no stops */
	struct plain_reading readings[PLAIN_READINGS]; /* as they stand */
	size_t nreadings;
};

/* Reads on at `from`, at most to where a word would be cut in two.  Dots of
 * numbers and acronyms (3.5  U.S.) and commas of numbers are part of the word,
 * a possessive s is none.  Writes all of it in lower case to `lower`, which has
 * room for PLAIN_WINDOW bytes. */
void plain_read(struct plain_window *w, struct sv v, size_t from, char *lower);

static inline bool
plain_bit(const uint64_t *bits, size_t offset)
{
	return (bits[offset / PLAIN_BLOCK] >> offset % PLAIN_BLOCK & 1) != 0;
}

/* Does a word stand at the offset?  No word goes beyond the window. */
static inline bool
plain_is_word(const struct plain_window *w, size_t offset)
{
	return plain_bit(w->words, offset);
}

static inline bool
plain_is_stop(const struct plain_window *w, size_t offset)
{
	return plain_bit(w->stops, offset);
}

/* What was settled at an offset is no more: a word ended there. */
void plain_unsettle(struct plain_window *w, size_t offset);

/* The first bit at or behind the offset; SIZE_MAX: none in the window. */
static inline size_t
plain_next(const struct plain_window *w, const uint64_t *bits, size_t offset)
{
	size_t i = offset / PLAIN_BLOCK, size = w->to - w->from, at;
	uint64_t some = bits[i] & UINT64_MAX << offset % PLAIN_BLOCK;

	while (some == 0 && i < size / PLAIN_BLOCK)
		some = bits[++i];
	if (some == 0)
		return SIZE_MAX;
	at = i * PLAIN_BLOCK + (size_t)__builtin_ctzll(some);
	return at < size ? at : SIZE_MAX;
}

/* Where the word ends that stands at the offset. */
static inline size_t
plain_word_end(const struct plain_window *w, size_t offset)
{
	size_t i = offset / PLAIN_BLOCK;
	uint64_t others = ~w->words[i] & UINT64_MAX << offset % PLAIN_BLOCK;

	while (others == 0)
		others = ~w->words[++i];
	return i * PLAIN_BLOCK + (size_t)__builtin_ctzll(others);
}

bool plain_has_small(struct sv v); /* letters of ASCII */

#endif
