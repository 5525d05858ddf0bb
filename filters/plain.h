/* filters/plain.h: the words that most of a text consists of: ASCII letters and
 * digits with a blank or a full stop behind them. */
#ifndef FILTERS_PLAIN_H
#define FILTERS_PLAIN_H

#include "base/sv.h"

#define PLAIN_BYTES 64 /* of one word */
#define PLAIN_ROOM PLAIN_BYTES
#define PLAIN_WINDOW 2048 /* bytes looked at together: a multiple of 64 */

#define PLAIN_EDGES 8 /* of words that are written at once */

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

/* Where in a stretch of a text words of ASCII letters and digits stand. Offsets
 * count from its beginning. */
struct plain_window {
	size_t from, to; /* in the text */
	size_t nedges; /* an even number: a word, its end, a word ... */
	uint16_t edges[PLAIN_WINDOW + PLAIN_EDGES];
	/* A bit for each byte that needs another look: where it stands, or what
	 * ends there. */
	uint64_t stops[PLAIN_WINDOW / 64 + 1];
};

/* Reads on at `from`, at most to where a word would be cut in two, and writes
 * all of it in lower case to `lower`, which has room for PLAIN_WINDOW bytes. */
void plain_read(struct plain_window *w, struct sv v, size_t from, char *lower);

/* Of an offset where a word ends. */
static inline bool
plain_is_stop(const struct plain_window *w, size_t offset)
{
	return (w->stops[offset / 64] >> offset % 64 & 1) != 0;
}

/* The first stop at or behind the offset; SIZE_MAX: none. */
static inline size_t
plain_next_stop(const struct plain_window *w, size_t offset)
{
	size_t i = offset / 64, end = (w->to - w->from) / 64;
	uint64_t bits;

	if (i > end)
		return SIZE_MAX;
	bits = w->stops[i] & UINT64_MAX << offset % 64;
	while (bits == 0 && i < end)
		bits = w->stops[++i];
	return bits == 0 ? SIZE_MAX : i * 64 + (size_t)__builtin_ctzll(bits);
}

bool plain_has_small(struct sv v); /* letters of ASCII */
size_t plain_count_capitals(struct sv v);

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
