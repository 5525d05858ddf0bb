/* filters/foreign_lex.h: the words and signs of other tools' queries. */
#ifndef FILTERS_FOREIGN_LEX_H
#define FILTERS_FOREIGN_LEX_H

#include "filters/foreign.h"

enum foreign_kind {
	FOREIGN_END,
	FOREIGN_ERROR, /* already reported */
	FOREIGN_OPEN,
	FOREIGN_CLOSE,
	FOREIGN_WORD,
	FOREIGN_PHRASE,
	FOREIGN_BRACED, /* {BT}: as it is written */
	FOREIGN_REGEX,
	FOREIGN_BOOST, /* ^2: how much it counts */
	FOREIGN_TILDE, /* ~5 */
	/* Operators: rows of the table. */
	FOREIGN_AND,
	FOREIGN_OR,
	FOREIGN_NOT,
	FOREIGN_MUST,
	FOREIGN_NEAR,
	FOREIGN_PRE,
	FOREIGN_NOT_NEAR, /* made of two by the parser */
	FOREIGN_ATLEAST,
	FOREIGN_WITHIN, /* behind its operand: in its first words */
	FOREIGN_FIELD,
	FOREIGN_LANG,
	FOREIGN_EXACT,
	FOREIGN_UPPER,
	FOREIGN_LOWER,
	FOREIGN_CAPS, /* one capital at least */
	FOREIGN_SAME, /* its operand as it is */
	FOREIGN_REFUSED
};

struct foreign_token {
	enum foreign_kind kind;
	size_t offset, length;
	struct sv text; /* of a word, phrase or regular expression */
	unsigned number; /* distance, count, or fields */
	const char *said; /* how ours differs, or why there is none; or NULL */
	bool call; /* an operator whose operand is the group behind it */
	bool sign; /* no query of ours has it */
};

struct foreign_lexer {
	enum foreign_tool tool;
	const struct config_text *at;
	struct diags *diags;
	size_t offset; /* of what comes next */
	size_t word_end; /* of the last word, which may be several tokens */
};

struct foreign_token foreign_next(struct foreign_lexer *l);

#endif
