/* filters/foreign_lex.c: the words and signs of other tools' queries. */
#include "filters/foreign_lex.h"

#include "base/utf8.h"

#define NUMBER_MAX 1000 /* distances and counts of ours */
#define SENTENCE 20 /* words, about */
#define PARAGRAPH 50
#define FACTIVA (1u << FOREIGN_FACTIVA)
#define NEXIS (1u << FOREIGN_NEXIS)
#define BRANDWATCH (1u << FOREIGN_BRANDWATCH)
#define LUCENE (1u << FOREIGN_LUCENE)
#define ALL (FACTIVA | NEXIS | BRANDWATCH | LUCENE)
#define TITLE FIELD_BIT(FIELD_TITLE)

#define NO_CODES \
	"tocsin has no such codes: take words, entities or tag:, or name " \
	"feeds: in the filter"
#define NO_DATES "a filter is about what comes now: it knows no dates"
#define NO_LENGTHS "filters do not know how long an item is"
#define AS_LEAD "lead: is the title and the first 60 words"
#define AS_SENTENCE "there are no sentences: read as within 20 words"
#define AS_PARAGRAPH "there are no paragraphs: read as within 50 words"
#define AS_FIELD "read as within 1000 words of one field"
#define AS_WRITTEN "tocsin finds the word as it is written"

/* How other tools spell what.  In a spelling # is a number; one that ends in (
 * = : < or > begins something; the others are whole words.  `number` is added
 * to
 * #, or stands for it. */
/* clang-format off */
static const struct spelling {
	unsigned tools;
	const char *text;
	enum foreign_kind kind;
	unsigned number;
	bool sign;
	const char *said;
} spellings[] = {
	{ ALL,            "AND",          FOREIGN_AND, 0, false, NULL },
	{ ALL,            "OR",           FOREIGN_OR, 0, false, NULL },
	{ ALL,            "NOT",          FOREIGN_NOT, 0, false, NULL },

	{ FACTIVA,        "adj#",         FOREIGN_PRE, 0, true, NULL },
	{ FACTIVA,        "adj",          FOREIGN_PRE, 1, false, NULL },
	{ FACTIVA,        "w/#",          FOREIGN_PRE, 0, true, NULL },
	{ FACTIVA,        "near#",        FOREIGN_NEAR, 0, true, NULL },
	{ FACTIVA,        "near",         FOREIGN_NEAR, 1, false, NULL },
	{ FACTIVA,        "/n#/",         FOREIGN_NEAR, 0, true, NULL },
	{ FACTIVA,        "same",         FOREIGN_NEAR, PARAGRAPH, false, AS_PARAGRAPH },
	{ FACTIVA,        "/f#/",         FOREIGN_WITHIN, 0, true, AS_LEAD },
	{ FACTIVA,        "atleast#",     FOREIGN_ATLEAST, 0, true, NULL },
	{ FACTIVA,        "hd=",          FOREIGN_FIELD, TITLE, true, NULL },
	{ FACTIVA,        "hl=",          FOREIGN_FIELD, TITLE, true, "title: has neither section nor column name" },
	{ FACTIVA,        "hlp=",         FOREIGN_FIELD, FIELDS_LEAD, true, AS_LEAD },
	{ FACTIVA,        "lp=",          FOREIGN_FIELD, FIELDS_LEAD, true, AS_LEAD },
	{ FACTIVA,        "td=",          FOREIGN_FIELD, FIELDS_BODY, true, "body: has the lead paragraphs too" },
	{ FACTIVA,        "by=",          FOREIGN_FIELD, FIELD_BIT(FIELD_AUTHOR), true, NULL },
	{ FACTIVA,        "la=",          FOREIGN_LANG, 0, true, NULL },
	{ FACTIVA,        "wc",           FOREIGN_REFUSED, 0, false, NO_LENGTHS },
	{ FACTIVA,        "wc=",          FOREIGN_REFUSED, 0, true, NO_LENGTHS },
	{ FACTIVA,        "wc>",          FOREIGN_REFUSED, 0, true, NO_LENGTHS },
	{ FACTIVA,        "wc<",          FOREIGN_REFUSED, 0, true, NO_LENGTHS },
	{ FACTIVA,        "date",         FOREIGN_REFUSED, 0, false, NO_DATES },
	{ FACTIVA,        "pd=",          FOREIGN_REFUSED, 0, true, NO_DATES },
	{ FACTIVA,        "%",            FOREIGN_REFUSED, 0, false, "exactly one word between: PRE/2 is at most one" },

	{ NEXIS,          "&",            FOREIGN_AND, 0, false, NULL },
	{ NEXIS,          "w/#",          FOREIGN_NEAR, 0, true, NULL },
	{ NEXIS,          "near/#",       FOREIGN_NEAR, 0, false, NULL },
	{ NEXIS,          "/#",           FOREIGN_NEAR, 0, true, NULL },
	{ NEXIS,          "pre/#",        FOREIGN_PRE, 0, false, NULL },
	{ NEXIS,          "onear/#",      FOREIGN_PRE, 0, true, NULL },
	{ NEXIS,          "+#",           FOREIGN_PRE, 0, true, NULL },
	{ NEXIS,          "w/s",          FOREIGN_NEAR, SENTENCE, true, AS_SENTENCE },
	{ NEXIS,          "w/sent",       FOREIGN_NEAR, SENTENCE, true, AS_SENTENCE },
	{ NEXIS,          "/s",           FOREIGN_NEAR, SENTENCE, true, AS_SENTENCE },
	{ NEXIS,          "w/p",          FOREIGN_NEAR, PARAGRAPH, true, AS_PARAGRAPH },
	{ NEXIS,          "w/para",       FOREIGN_NEAR, PARAGRAPH, true, AS_PARAGRAPH },
	{ NEXIS,          "/p",           FOREIGN_NEAR, PARAGRAPH, true, AS_PARAGRAPH },
	{ NEXIS,          "w/seg",        FOREIGN_NEAR, NUMBER_MAX, true, AS_FIELD },
	{ NEXIS,          "/seg",         FOREIGN_NEAR, NUMBER_MAX, true, AS_FIELD },
	{ NEXIS,          "atleast#(",    FOREIGN_ATLEAST, 0, true, NULL },
	{ NEXIS,          "allcaps(",     FOREIGN_UPPER, 0, true, NULL },
	{ NEXIS,          "caps(",        FOREIGN_CAPS, 0, true, "read as a capital first letter or all capitals" },
	{ NEXIS,          "nocaps(",      FOREIGN_LOWER, 0, true, NULL },
	{ NEXIS,          "plural(",      FOREIGN_SAME, 0, true, AS_WRITTEN },
	{ NEXIS,          "singular(",    FOREIGN_SAME, 0, true, AS_WRITTEN },
	{ NEXIS,          "headline(",    FOREIGN_FIELD, TITLE, true, NULL },
	{ NEXIS,          "hlead(",       FOREIGN_FIELD, FIELDS_LEAD, true, AS_LEAD },
	{ NEXIS,          "lead(",        FOREIGN_FIELD, FIELDS_LEAD, true, AS_LEAD },
	{ NEXIS,          "body(",        FOREIGN_FIELD, FIELDS_BODY, true, NULL },
	{ NEXIS,          "byline(",      FOREIGN_FIELD, FIELD_BIT(FIELD_AUTHOR), true, NULL },
	{ NEXIS,          "language(",    FOREIGN_LANG, 0, true, NULL },
	{ NEXIS,          "date(",        FOREIGN_REFUSED, 0, true, NO_DATES },
	{ NEXIS,          "length(",      FOREIGN_REFUSED, 0, true, NO_LENGTHS },
	{ NEXIS,          "publication(", FOREIGN_REFUSED, 0, true, NO_CODES },
	{ NEXIS,          "section(",     FOREIGN_REFUSED, 0, true, NO_CODES },
	{ NEXIS,          "subject(",     FOREIGN_REFUSED, 0, true, NO_CODES },
	{ NEXIS,          "term(",        FOREIGN_REFUSED, 0, true, NO_CODES },
	{ NEXIS,          "terms(",       FOREIGN_REFUSED, 0, true, NO_CODES },
	{ NEXIS,          "company(",     FOREIGN_REFUSED, 0, true, NO_CODES },
	{ NEXIS,          "person(",      FOREIGN_REFUSED, 0, true, NO_CODES },
	{ NEXIS,          "geographic(",  FOREIGN_REFUSED, 0, true, NO_CODES },

	/* Up to x words may stand between, so x + 1 is the distance. */
	{ BRANDWATCH,     "NEAR/#",       FOREIGN_NEAR, 1, false, NULL },
	{ BRANDWATCH,     "NEAR/#f",      FOREIGN_PRE, 1, true, NULL },
	{ BRANDWATCH,     "site:",        FOREIGN_FIELD, FIELD_BIT(FIELD_URL), true, "url: finds the words anywhere in the address" },
	{ BRANDWATCH,     "raw:",         FOREIGN_EXACT, 0, true, NULL },

	{ LUCENE,         "&&",           FOREIGN_AND, 0, true, NULL },
	{ LUCENE,         "||",           FOREIGN_OR, 0, true, NULL },
	{ LUCENE,         "body:",        FOREIGN_FIELD, FIELDS_BODY, false, NULL },
	{ LUCENE,         "content:",     FOREIGN_FIELD, FIELD_BIT(FIELD_CONTENT), false, NULL },
	{ LUCENE,         "summary:",     FOREIGN_FIELD, FIELD_BIT(FIELD_SUMMARY), false, NULL },
	{ LUCENE,         "tag:",         FOREIGN_FIELD, FIELD_BIT(FIELD_TAG), false, NULL },
	{ LUCENE,         "category:",    FOREIGN_FIELD, FIELD_BIT(FIELD_TAG), false, NULL },
	{ LUCENE,         "lang:",        FOREIGN_LANG, 0, false, NULL },

	{ BRANDWATCH | LUCENE, "title:",    FOREIGN_FIELD, TITLE, false, NULL },
	{ BRANDWATCH | LUCENE, "author:",   FOREIGN_FIELD, FIELD_BIT(FIELD_AUTHOR), false, NULL },
	{ BRANDWATCH | LUCENE, "url:",      FOREIGN_FIELD, FIELD_BIT(FIELD_URL), false, NULL },
	{ BRANDWATCH | LUCENE, "tags:",     FOREIGN_FIELD, FIELD_BIT(FIELD_TAG), true, NULL },
	{ BRANDWATCH | LUCENE, "language:", FOREIGN_LANG, 0, true, NULL },
};
/* clang-format on */

static struct foreign_token
refuse(struct foreign_lexer *l, size_t offset, size_t length, const char *what)
{
	diag_add_text(
	    l->diags, DIAG_ERROR, l->at, offset, length, NULL, "%s", what);
	return (struct foreign_token) {
		.kind = FOREIGN_ERROR, .offset = offset, .length = length
	};
}

static struct foreign_token
take(struct foreign_lexer *l, enum foreign_kind kind, size_t end)
{
	size_t from = l->offset;

	l->offset = end;
	return (struct foreign_token) { .kind = kind,
		.offset = from,
		.length = end - from,
		.text = sv_sub(l->at->text, from, end - from) };
}

static char
char_at(const struct foreign_lexer *l, size_t at)
{
	return at < l->at->text.len ? l->at->text.p[at] : '\0';
}

static size_t
skip_blanks(const struct foreign_lexer *l, size_t at)
{
	while (at < l->at->text.len && ascii_is_space(char_at(l, at)))
		at++;
	return at;
}

static size_t
digits_end(struct sv v, size_t at)
{
	while (at < v.len && ascii_is_digit(v.p[at]))
		at++;
	return at;
}

/* The length of a quote at `at`, or 0. */
static size_t
quote_length(struct sv v, size_t at)
{
	uint32_t cp;
	size_t n = utf8_decode(sv_from(v, at), &cp);

	return n != 0 && (cp == '"' || (cp >= 0x201C && cp <= 0x201E)) ? n : 0;
}

/* How much of `word` the spelling covers, and its number; 0: it is another. */
static size_t
spelling_covers(
    const struct spelling *s, struct sv word, bool any_case, uint64_t *number)
{
	size_t at = 0, end;

	*number = 0;
	for (const char *p = s->text; *p != '\0' && *p != '('; p++) {
		if (*p == '#') {
			end = digits_end(word, at);
			if (!sv_to_u64(sv_sub(word, at, end - at), number))
				return 0;
			at = end;
		} else if (at < word.len &&
		    (word.p[at] == *p ||
			(any_case &&
			    ascii_lower(word.p[at]) == ascii_lower(*p)))) {
			at++;
		} else {
			return 0;
		}
	}
	return at;
}

static bool
ignores_case(enum foreign_tool tool)
{
	return tool == FOREIGN_FACTIVA || tool == FOREIGN_NEXIS;
}

static bool
is_call(const struct foreign_lexer *l, struct sv word)
{
	return char_at(l, skip_blanks(l, l->offset + word.len)) == '(';
}

/* Finds the spelling that the word is, or begins with. */
static const struct spelling *
find_spelling(const struct foreign_lexer *l, struct sv word, size_t *end,
    uint64_t *number)
{
	for (size_t i = 0; i < COUNTOF(spellings); i++) {
		const struct spelling *s = &spellings[i];
		size_t n = strlen(s->text);
		char last = s->text[n - 1];

		if ((s->tools & 1u << l->tool) == 0)
			continue;
		*end = spelling_covers(s, word, ignores_case(l->tool), number);
		if (*end == 0)
			continue;
		if (strchr("=:<>", last) != NULL ||
		    (*end == word.len && (last != '(' || is_call(l, word))))
			return s;
	}
	return NULL;
}

/* Factiva's /n5/ and /f50/ need no blanks around. */
static bool
is_slash_operator(struct sv v, size_t at)
{
	size_t end = digits_end(v, at + 2);

	return at + 2 < end && v.p[at] == '/' && end < v.len &&
	    v.p[end] == '/' &&
	    (ascii_lower(v.p[at + 1]) == 'n' ||
		ascii_lower(v.p[at + 1]) == 'f');
}

static bool
ends_word(const struct foreign_lexer *l, size_t at)
{
	struct sv v = l->at->text;
	char c = v.p[at];

	if (ascii_is_space(c) || c == '(' || c == ')' ||
	    quote_length(v, at) != 0)
		return true;
	switch (l->tool) {
	case FOREIGN_FACTIVA:
		return c == '[' || c == ']' || is_slash_operator(v, at);
	case FOREIGN_BRANDWATCH:
		return c == '{' || c == '~';
	case FOREIGN_LUCENE:
		return c != '\0' && strchr("^~[]{}", c) != NULL;
	case FOREIGN_NEXIS:
	case FOREIGN_NONE:
		return false;
	}
	BUG("no such tool");
}

static size_t
word_end(struct foreign_lexer *l)
{
	size_t at = l->offset;

	if (at < l->word_end)
		return l->word_end;
	if (l->tool == FOREIGN_FACTIVA && is_slash_operator(l->at->text, at))
		return digits_end(l->at->text, at + 2) + 1;
	for (; at < l->at->text.len && !ends_word(l, at); at++)
		if (l->tool == FOREIGN_LUCENE && char_at(l, at) == '\\' &&
		    at + 1 < l->at->text.len)
			at++;
	l->word_end = at;
	return at;
}

static struct foreign_token
take_operator(struct foreign_lexer *l, const struct spelling *s, size_t end,
    uint64_t number)
{
	struct foreign_token t;
	size_t n = strlen(s->text);

	if (s->kind == FOREIGN_REFUSED)
		return refuse(l, l->offset, end, s->said);
	if (number + s->number > NUMBER_MAX ||
	    (strchr(s->text, '#') != NULL && number + s->number == 0))
		return refuse(
		    l, l->offset, end, "tocsin counts from 1 to 1000 here");
	t = take(l, s->kind, l->offset + end);
	t.number = (unsigned)number + s->number;
	t.said = s->said;
	t.sign = s->sign;
	t.call = s->text[n - 1] == '(';
	return t;
}

/* NAME= and NAME: in front of something. */
static bool
is_unknown_field(const struct foreign_lexer *l, struct sv word)
{
	char sign = l->tool == FOREIGN_FACTIVA ? '=' : ':';
	size_t n = sv_chr(word, sign);

	if (l->tool == FOREIGN_NEXIS || n == word.len || n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!ascii_is_alpha(word.p[i]) && word.p[i] != '_')
			return false;
	return true;
}

static struct foreign_token
take_word(struct foreign_lexer *l)
{
	size_t from = l->offset, end = word_end(l), covered;
	struct sv word = sv_sub(l->at->text, from, end - from);
	char first = char_at(l, from);
	struct foreign_token t;
	uint64_t number;
	const struct spelling *s = find_spelling(l, word, &covered, &number);

	if (s != NULL)
		return take_operator(l, s, covered, number);
	if (is_unknown_field(l, word))
		return refuse(l, from,
		    sv_chr(word, l->tool == FOREIGN_FACTIVA ? '=' : ':') + 1,
		    l->tool == FOREIGN_FACTIVA
			? NO_CODES
			: "tocsin has nothing that corresponds to this field");
	if ((first == '<' || first == '>') && l->tool != FOREIGN_LUCENE)
		return refuse(l, from, word.len,
		    "tocsin compares neither dates nor lengths");
	t = take(l, FOREIGN_WORD, end);
	t.sign = (l->tool == FOREIGN_NEXIS && sv_ends(word, SV("!"))) ||
	    (l->tool == FOREIGN_FACTIVA && sv_chr(word, '$') < word.len &&
		first != '$');
	return t;
}

static struct foreign_token
take_quoted(struct foreign_lexer *l, size_t open)
{
	struct sv v = l->at->text;
	size_t inside = l->offset + open, at = inside;
	struct foreign_token t;

	while (at < v.len && quote_length(v, at) == 0)
		at += l->tool == FOREIGN_LUCENE && v.p[at] == '\\' ? 2 : 1;
	if (at >= v.len)
		return refuse(l, l->offset, 1, "this quote is never closed");
	t = take(l, FOREIGN_PHRASE, at + quote_length(v, at));
	t.text = sv_sub(v, inside, at - inside);
	return t;
}

/* ^2 or ~5 */
static struct foreign_token
take_suffix(struct foreign_lexer *l, enum foreign_kind kind)
{
	size_t from = l->offset + 1, end = digits_end(l->at->text, from);
	uint64_t n = 0;
	struct foreign_token t;

	if (kind == FOREIGN_BOOST && char_at(l, end) == '.')
		end = digits_end(l->at->text, end + 1);
	else if (end > from &&
	    (!sv_to_u64(sv_sub(l->at->text, from, end - from), &n) ||
		n >= NUMBER_MAX))
		return refuse(
		    l, from, end - from, "tocsin counts from 1 to 1000 here");
	t = take(l, kind, end);
	t.number = (unsigned)n;
	t.sign = kind == FOREIGN_BOOST && t.length > 1;
	return t;
}

/* Between braces: as it is written. */
static struct foreign_token
take_braced(struct foreign_lexer *l)
{
	struct sv rest = sv_from(l->at->text, l->offset + 1);
	size_t n = sv_chr(rest, '}');
	struct foreign_token t;

	if (n == rest.len)
		return refuse(l, l->offset, 1, "this brace is never closed");
	t = take(l, FOREIGN_BRACED, l->offset + n + 2);
	t.text = sv_sub(rest, 0, n);
	t.sign = true;
	return t;
}

static struct foreign_token
take_regex(struct foreign_lexer *l)
{
	struct sv v = l->at->text;
	size_t at = l->offset + 1;
	struct foreign_token t;

	while (at < v.len && v.p[at] != '/')
		at += v.p[at] == '\\' ? 2 : 1;
	if (at >= v.len)
		return refuse(
		    l, l->offset, 1, "this regular expression is never closed");
	t = take(l, FOREIGN_REGEX, at + 1);
	t.text = sv_sub(t.text, 1, t.length - 2);
	return t;
}

static struct foreign_token
next_of_lucene(struct foreign_lexer *l)
{
	char c = char_at(l, l->offset), next = char_at(l, l->offset + 1);
	bool prefix = next != '\0' && !ascii_is_space(next);
	struct foreign_token t;

	if (c == '^' || c == '~')
		return take_suffix(l, c == '^' ? FOREIGN_BOOST : FOREIGN_TILDE);
	if (c == '[' || c == '{' || c == ']' || c == '}')
		return refuse(l, l->offset, 1, "tocsin has no ranges");
	if (c == '/')
		return take_regex(l);
	if (prefix && (c == '+' || c == '-' || c == '!')) {
		t = take(
		    l, c == '+' ? FOREIGN_MUST : FOREIGN_NOT, l->offset + 1);
		t.sign = true;
		return t;
	}
	return take_word(l);
}

static struct foreign_token
next_of_brandwatch(struct foreign_lexer *l)
{
	char c = char_at(l, l->offset);

	if (c == '{')
		return take_braced(l);
	if (c == '~')
		return take_suffix(l, FOREIGN_TILDE);
	return take_word(l);
}

/* Blanks and Brandwatch's <<<comments>>>. */
static bool
skip_between(struct foreign_lexer *l, size_t *bad)
{
	struct sv rest;

	for (;;) {
		l->offset = skip_blanks(l, l->offset);
		rest = sv_from(l->at->text, l->offset);
		if (l->tool != FOREIGN_BRANDWATCH ||
		    !sv_starts(rest, SV("<<<")))
			return true;
		*bad = l->offset;
		l->offset += sv_find(rest, SV(">>>"));
		if (l->offset == l->at->text.len)
			return false;
		l->offset += 3;
	}
}

struct foreign_token
foreign_next(struct foreign_lexer *l)
{
	bool brackets = l->tool == FOREIGN_FACTIVA;
	size_t quote, bad;
	char c;

	if (!skip_between(l, &bad))
		return refuse(l, bad, 3, "this comment is never closed");
	if (l->offset == l->at->text.len)
		return take(l, FOREIGN_END, l->offset);
	c = char_at(l, l->offset);
	if (c == '(' || (brackets && c == '['))
		return take(l, FOREIGN_OPEN, l->offset + 1);
	if (c == ')' || (brackets && c == ']'))
		return take(l, FOREIGN_CLOSE, l->offset + 1);
	quote = quote_length(l->at->text, l->offset);
	if (quote != 0)
		return take_quoted(l, quote);
	if (l->tool == FOREIGN_LUCENE)
		return next_of_lucene(l);
	if (l->tool == FOREIGN_BRANDWATCH)
		return next_of_brandwatch(l);
	return take_word(l);
}
