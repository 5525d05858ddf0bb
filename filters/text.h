/* filters/text.h: the fields of an item as one array of tokens. */
#ifndef FILTERS_TEXT_H
#define FILTERS_TEXT_H

#include "filters/ruleset.h"

enum form_kind {
	FORM_WORD, /* the token itself */
	FORM_JOINED, /* with the tokens after it: cease-fire as ceasefire */
	FORM_STEM, /* without a proclitic or particle: غزة of بغزة */
	FORM_SHORT_STEM /* so short that it counts in phrases only: תל of בתל */
};

/* One way to read a token.  What a word of a query is compared with. */
struct form {
	uint64_t hash; /* of the folded bytes */
	uint32_t at; /* of the folded bytes in text.bytes */
	uint16_t length;
	uint8_t span; /* tokens it stands for */
	uint8_t kind; /* enum form_kind */
};

enum token_flag {
	TOKEN_GLUED = 1, /* nothing between it and the token before */
	TOKEN_SEQUENCE = 2, /* of a script without blanks */
	TOKEN_KATAKANA = 4,
	TOKEN_LEAD = 8, /* a vowel sign that needs the character after it */
	TOKEN_TAIL = 16 /* belongs to the character before it */
};

/* Tokens are numbered as they stand: neighbours are neighbours in the text. The
 * hash of the word itself is in text.hashes, under the same number. */
struct token {
	uint32_t start, length; /* bytes in the text of its part */
	uint32_t at; /* of the folded bytes in text.bytes */
	uint16_t folded; /* how many */
	uint16_t part;
	uint32_t more; /* the first of its other forms in text.forms */
	uint8_t nmore; /* they stand together */
	uint8_t flags;
};

/* A field, or one of the tags. */
struct part {
	enum field field;
	struct sv text;
	uint32_t first, end; /* its tokens */
	uint32_t lead_end; /* where its first LEAD_WORDS words end */
	bool shouted; /* all capitals: case tells nothing */
};

#define LEAD_WORDS 60

struct text {
	uint64_t seed; /* of the hashes */
	struct token *tokens;
	size_t ntokens, captokens;
	uint64_t *hashes;
	size_t caphashes;
	struct form *forms; /* those besides the words themselves */
	size_t nforms, capforms;
	char *bytes;
	size_t nbytes, capbytes;
	struct part *parts;
	size_t nparts, capparts;
	bool cut; /* there were more than ITEM_TOKENS */
	struct text_scratch *scratch; /* of text.c */
};

void text_init(struct text *t);
void text_done(struct text *t);
void text_clear(struct text *t, uint64_t seed); /* memory is kept */

/* Appends the tokens of one text.  Borrows the text until text_clear(). */
void text_add(struct text *t, enum field field, struct sv v);

uint64_t text_hash(uint64_t seed, struct sv v);

/* The folded bytes of a form. */
static inline struct sv
form_bytes(const struct text *t, const struct form *f)
{
	return (struct sv) { t->bytes + f->at, f->length };
}

/* The nth form of a token: first the word itself, then nmore others. */
static inline struct form
text_form(const struct text *t, size_t token, size_t n)
{
	const struct token *k = &t->tokens[token];

	if (n != 0)
		return t->forms[k->more + n - 1];
	return (
	    struct form) { t->hashes[token], k->at, k->folded, 1, FORM_WORD };
}

/* The folded bytes of the word itself. */
static inline struct sv
text_word(const struct text *t, size_t token)
{
	const struct token *k = &t->tokens[token];

	return (struct sv) { t->bytes + k->at, k->folded };
}

/* The text from one token to another, as it stands in their part. */
struct sv text_span(const struct text *t, size_t first, size_t last);

#endif
