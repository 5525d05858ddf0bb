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
	LEX_NOT_NEAR,
	LEX_ATLEAST,
	LEX_OF, /* with its number before it */
	LEX_COMMA, /* only where commas separate */
	LEX_FIELD, /* text: its name */
	LEX_LANG, /* text: the languages */
	LEX_TERM, /* a word or phrase */
	LEX_EXACT, /* the same after = */
	LEX_ENTITY,
	LEX_FILTER, /* text: its name */
	LEX_REGEX, /* text: the pattern */
};

struct lexeme {
	enum lexeme_kind kind;
	size_t offset, length;
	struct sv text;
	unsigned number; /* of NEAR, PRE, NOT NEAR, ATLEAST and OF */
	bool caseless; /* of a regular expression */
};

struct lexer {
	const struct config_text *at;
	struct diags *diags;
	size_t offset; /* of what comes next */
	bool commas; /* they separate here: a number keeps those inside it */
};

struct lexeme lexer_next(struct lexer *l);

#endif
