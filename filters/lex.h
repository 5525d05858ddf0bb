/* filters/lex.h: the words and signs of a query. */
#ifndef FILTERS_LEX_H
#define FILTERS_LEX_H

#include "config/diag.h"

enum lexeme_kind {
	LEX_END,
	LEX_ERROR, /* already reported */
	LEX_OPEN,
	LEX_CLOSE,
	LEX_AND,
	LEX_OR,
	LEX_NOT,
	LEX_NEAR,
	LEX_PRE,
	LEX_FIELD, /* text: its name */
	LEX_LANG, /* text: the languages */
	LEX_TERM, /* a word or phrase */
	LEX_EXACT, /* the same after = */
	LEX_ENTITY,
};

struct lexeme {
	enum lexeme_kind kind;
	size_t offset, length;
	struct sv text;
	unsigned number; /* of NEAR and PRE */
};

struct lexer {
	const struct config_text *at;
	struct diags *diags;
	size_t offset; /* of what comes next */
};

struct lexeme lexer_next(struct lexer *l);

#endif
