/* filters/charinfo.h: what the generated tables say of one code point; shared
 * with the generator. */
#ifndef FILTERS_CHARINFO_H
#define FILTERS_CHARINFO_H

#include <stdint.h>

enum char_class {
	CHAR_OTHER, /* separates words */
	CHAR_IGNORED, /* joiners, soft hyphens, bidi controls: not there */
	CHAR_LETTER,
	CHAR_DIGIT,
	CHAR_MARK,
	/* Scripts without blanks: each character is a token. */
	CHAR_SEQUENCE,
	CHAR_KATAKANA,
	CHAR_THAI_LEAD, /* a vowel written before its consonant */
	CHAR_THAI_TAIL, /* belongs to the character before it */
	CHAR_VOICING, /* kana voicing marks */
	/* Signs that may stand inside words. */
	CHAR_APOSTROPHE,
	CHAR_HYPHEN,
	CHAR_QUOTE, /* Hebrew gershayim, and what is typed for it */
	CHAR_DOT,
	CHAR_COMMA,
	CHAR_AMPERSAND,
	CHAR_UNDERSCORE,
	CHAR_SIGIL, /* # and @ */
	CHAR_EMOJI,
	CHAR_REGIONAL, /* two of them are a flag */
};

enum char_case {
	CASE_NONE,
	CASE_LOWER,
	CASE_UPPER
};

/* Scripts that attach particles to words. */
enum char_script {
	SCRIPT_ANY,
	SCRIPT_ARABIC,
	SCRIPT_HEBREW,
	SCRIPT_HANGUL
};

/* An entry: 21 bits of value, then flag, class, case, script.  The value is
 * the folded code point, or FOLD_SELF, or FOLD_NOTHING; with the flag it is an
 * index into fold_pool, where a count stands before so many code points. */
#define FOLD_SELF 0u
#define FOLD_NOTHING 1u
#define CHAR_PACK(value, pooled, class, letter_case, script) \
	((uint32_t)(value) | (uint32_t)(pooled) << 21 | \
	    (uint32_t)(class) << 22 | (uint32_t)(letter_case) << 27 | \
	    (uint32_t)(script) << 29)
#define CHAR_VALUE(e) ((e)&0x1FFFFFu)
#define CHAR_POOLED(e) (((e) >> 21 & 1) != 0)
#define CHAR_CLASS(e) ((enum char_class)((e) >> 22 & 31))
#define CHAR_CASE(e) ((enum char_case)((e) >> 27 & 3))
#define CHAR_SCRIPT(e) ((enum char_script)((e) >> 29 & 3))

#define CHAR_BLOCK 128 /* code points in a block of the two-stage table */
#define CHAR_MAX 0x110000u

/* A canonical decomposition; `second` is 0 for a singleton. */
struct char_decomposition {
	uint32_t from, first, second;
};

/* What NFC makes of two code points. */
struct char_composition {
	uint32_t first, second, to;
};

/* Code points that NFC may change, join or move. */
struct char_range {
	uint32_t first, last;
};

/* Code points that share a combining class above 0. */
struct char_combining {
	uint32_t first, last, class;
};

#endif
