/* filters/lex.c: the words and signs of a query. */
#include "filters/lex.h"

#include "base/utf8.h"
#include "filters/fold.h"

/* Adds the error and returns the lexeme for it. */
static struct lexeme
refuse(struct lexer *l, size_t offset, size_t length, const char *suggestion,
    const char *what)
{
	diag_add_text(l->diags, DIAG_ERROR, l->at, offset, length, suggestion,
	    "%s", what);
	return (struct lexeme) {
		.kind = LEX_ERROR, .offset = offset, .length = length
	};
}

/* The lexeme from `from` to `end`, where the next one begins. */
static struct lexeme
take(struct lexer *l, enum lexeme_kind kind, size_t from, size_t end,
    struct sv text)
{
	l->offset = end;
	return (struct lexeme) {
		.kind = kind, .offset = from, .length = end - from, .text = text
	};
}

static uint32_t
peek(const struct lexer *l, size_t at, size_t *len)
{
	uint32_t cp;

	*len = utf8_decode(sv_from(l->at->text, at), &cp);
	return *len == 0 ? 0 : cp;
}

static bool
is_blank(uint32_t cp)
{
	return (cp < 0x80 && ascii_is_space((char)cp)) || cp == 0xA0 ||
	    cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0xFEFF;
}

static bool
is_hebrew(const struct lexer *l, size_t at)
{
	size_t len;

	return CHAR_SCRIPT(char_entry(peek(l, at, &len))) == SCRIPT_HEBREW;
}

/* A quote between Hebrew letters is part of the word: האו"ם. */
static bool
is_gershayim(const struct lexer *l, size_t at, size_t len)
{
	return at >= 2 && is_hebrew(l, at - 2) && is_hebrew(l, at + len);
}

static bool
opens_quote(uint32_t cp)
{
	return cp == '"' || cp == 0x201C || cp == 0x201D || cp == 0x201E ||
	    cp == 0xAB;
}

static bool
closes_quote(uint32_t open, uint32_t cp)
{
	if (open == '"')
		return cp == '"';
	if (open == 0xAB)
		return cp == 0xBB;
	return cp == 0x201C || cp == 0x201D;
}

/* The quoted text that begins at `start`; the lexeme begins at `from`. */
static struct lexeme
take_quoted(struct lexer *l, enum lexeme_kind kind, size_t from, size_t start)
{
	size_t len, at;
	uint32_t open = peek(l, start, &len), cp;
	size_t inside = start + len;

	for (at = inside; (cp = peek(l, at, &len)) != 0 || len != 0; at += len)
		if (closes_quote(open, cp) && !is_gershayim(l, at, len))
			break;
	if (len == 0)
		return refuse(l, start, 1, NULL, "this quote is never closed");
	return take(
	    l, kind, from, at + len, sv_sub(l->at->text, inside, at - inside));
}

static bool
is_digit_at(const struct lexer *l, size_t at)
{
	return at < l->at->text.len && ascii_is_digit(l->at->text.p[at]);
}

static bool
separates(const struct lexer *l, size_t at, uint32_t cp)
{
	return cp == ',' && l->commas &&
	    !(at != 0 && is_digit_at(l, at - 1) && is_digit_at(l, at + 1));
}

static size_t
word_end(const struct lexer *l, size_t at)
{
	uint32_t cp;
	size_t len;

	for (; cp = peek(l, at, &len), len != 0; at += len)
		if (is_blank(cp) || cp == '(' || cp == ')' ||
		    separates(l, at, cp) ||
		    (opens_quote(cp) && !is_gershayim(l, at, len)))
			break;
	return at;
}

static size_t
skip_blanks(const struct lexer *l, size_t at)
{
	uint32_t cp;
	size_t len;

	while (cp = peek(l, at, &len), len != 0 && is_blank(cp))
		at += len;
	return at;
}

static struct sv
word_at(const struct lexer *l, size_t at)
{
	return sv_sub(l->at->text, at, word_end(l, at) - at);
}

/* What follows = or @ or filter: at `start`: a quoted text or a word. */
static struct lexeme
take_prefixed(
    struct lexer *l, enum lexeme_kind kind, size_t start, const char *missing)
{
	size_t from = l->offset, len, end;

	if (opens_quote(peek(l, start, &len)))
		return take_quoted(l, kind, from, start);
	end = word_end(l, start);
	if (end == start)
		return refuse(l, from, start - from, NULL, missing);
	return take(
	    l, kind, from, end, sv_sub(l->at->text, start, end - start));
}

/* lang:ar or lang:(en, fr) */
static struct lexeme
take_lang(struct lexer *l, size_t from, size_t start)
{
	size_t end = word_end(l, start);
	struct sv text = sv_sub(l->at->text, start, end - start);

	if (text.len == 0 && start < l->at->text.len &&
	    l->at->text.p[start] == '(') {
		text = sv_from(l->at->text, start + 1);
		end = start + 1 + sv_chr(text, ')');
		text = sv_sub(text, 0, end - start - 1);
		if (end == l->at->text.len)
			return refuse(l, start, 1, NULL,
			    "this parenthesis is never closed");
		end++;
	}
	if (sv_trim(text).len == 0)
		return refuse(l, from, start - from, NULL,
		    "lang: needs a language such as lang:ar or lang:(en,fr)");
	return take(l, LEX_LANG, from, end, text);
}

/* The place after the slash that ends the pattern at `at`, or 0. */
static size_t
pattern_end(struct sv text, size_t at)
{
	for (; at < text.len && text.p[at] != '\n'; at++) {
		if (text.p[at] == '/')
			return at + 1;
		if (text.p[at] == '\\' && at + 1 < text.len &&
		    text.p[at + 1] != '\n')
			at++;
	}
	return 0;
}

static struct lexeme
take_regex(struct lexer *l)
{
	size_t from = l->offset, slash = pattern_end(l->at->text, from + 1);
	struct sv flags = word_at(l, slash);
	struct lexeme x;

	if (slash == 0)
		return refuse(l, from, 1, NULL,
		    "this regular expression is never closed: it ends with / "
		    "on the same line; a word that begins with / is quoted");
	if (slash == from + 2)
		return refuse(
		    l, from, 2, NULL, "this regular expression is empty");
	if (flags.len != 0 && !sv_is(flags, "i"))
		return refuse(l, slash, flags.len, NULL,
		    "only i (any case) can follow a regular expression; a "
		    "slash inside it is written \\/");
	x = take(l, LEX_REGEX, from, slash + flags.len,
	    sv_sub(l->at->text, from + 1, slash - from - 2));
	x.caseless = flags.len != 0;
	return x;
}

enum counting {
	COUNTS_NOTHING,
	COUNTS_TOKENS, /* NAME/n */
	COUNTS_PLACES
};

static const struct {
	const char *name;
	enum lexeme_kind kind;
	enum counting counting;
	const char *form; /* how it is written */
} operators[] = {
	{ "AND", LEX_AND, COUNTS_NOTHING, "AND" },
	{ "OR", LEX_OR, COUNTS_NOTHING, "OR" },
	{ "NOT", LEX_NOT, COUNTS_NOTHING, "NOT" },
	{ "NEAR", LEX_NEAR, COUNTS_TOKENS, "NEAR/5" },
	{ "PRE", LEX_PRE, COUNTS_TOKENS, "PRE/5" },
	{ "ATLEAST", LEX_ATLEAST, COUNTS_PLACES, "ATLEAST/3" },
};

static bool
read_number(struct sv digits, unsigned *out)
{
	uint64_t n;

	if (!sv_to_u64(digits, &n) || n == 0 || n > QUERY_NUMBER_MAX)
		return false;
	*out = (unsigned)n;
	return true;
}

/* NOT may be the first half of NOT NEAR/n. */
static struct lexeme
take_not(struct lexer *l)
{
	size_t from = l->offset, at = skip_blanks(l, from + 3);
	struct sv word = word_at(l, at);
	struct sv name = sv_sub(word, 0, sv_chr(word, '/'));
	struct lexeme x = take(l, LEX_NOT, from, from + 3, SV_NONE);

	if (sv_is(name, "PRE"))
		return refuse(l, from, at + word.len - from, "NOT NEAR/5",
		    "there is no NOT PRE");
	if (!sv_is(name, "NEAR"))
		return x;
	if (!read_number(sv_from(word, name.len + 1), &x.number))
		return refuse(l, from, at + word.len - from, "NOT NEAR/5",
		    "a distance from 1 to 1000 is missing");
	x.kind = LEX_NOT_NEAR;
	x.length = at + word.len - from;
	l->offset = at + word.len;
	return x;
}

static struct lexeme
refuse_case(struct lexer *l, size_t length, const char *name, struct sv rest)
{
	struct lexeme x;
	struct str fix;

	str_init(&fix, length + sizeof("ATLEAST"));
	(void)str_addf(&fix, "%s%.*s", name, SV_ARG(rest));
	x = refuse(l, l->offset, length, str_c(&fix),
	    "operators are upper case; a word of the text is quoted");
	str_done(&fix);
	return x;
}

static struct lexeme
take_operator(struct lexer *l, size_t i, struct sv name, struct sv word)
{
	enum counting counting = operators[i].counting;
	struct lexeme x;
	unsigned n = 0;

	if (!sv_is(name, operators[i].name))
		return refuse_case(
		    l, word.len, operators[i].name, sv_from(word, name.len));
	if (operators[i].kind == LEX_NOT)
		return take_not(l);
	if (counting != COUNTS_NOTHING &&
	    !read_number(sv_from(word, name.len + 1), &n))
		return refuse(l, l->offset, word.len, operators[i].form,
		    counting == COUNTS_TOKENS
			? "a distance from 1 to 1000 is missing"
			: "a count from 1 to 1000 is missing");
	x = take(l, operators[i].kind, l->offset, l->offset + word.len, word);
	x.number = n;
	return x;
}

/* 2 OF; `at` is where OF stands. */
static struct lexeme
take_of(struct lexer *l, struct sv number, size_t at)
{
	size_t from = l->offset;
	struct lexeme x;
	unsigned n;

	if (!sv_is(sv_sub(l->at->text, at, 2), "OF"))
		return refuse(l, at, 2, "OF",
		    "operators are upper case; a word of the text is quoted");
	if (!read_number(number, &n))
		return refuse(l, from, number.len, NULL,
		    "a count from 1 to 1000 is expected before OF");
	x = take(l, LEX_OF, from, at + 2, SV_NONE);
	x.number = n;
	return x;
}

/* Is this the number of `2 OF (`?  If so, `*at` is where OF stands.  In lower
 * case only what has a parenthesis is taken for it. */
static bool
is_count(const struct lexer *l, struct sv word, size_t *at)
{
	struct sv next;

	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_digit(word.p[i]))
			return false;
	*at = skip_blanks(l, l->offset + word.len);
	next = word_at(l, *at);
	return sv_is(next, "OF") ||
	    (sv_iis(next, "of") &&
		sv_starts(
		    sv_from(l->at->text, skip_blanks(l, *at + 2)), SV("(")));
}

static bool
is_field_name(struct sv name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alpha(name.p[i]))
			return false;
	return name.len != 0;
}

static struct lexeme
take_field(struct lexer *l, struct sv name)
{
	size_t from = l->offset, end = from + name.len + 1;

	if (sv_is(name, "filter"))
		return take_prefixed(l, LEX_FILTER, end,
		    "the name of a filter is missing after filter:");
	if (sv_is(name, "lang"))
		return take_lang(l, from, end);
	return take(l, LEX_FIELD, from, end, name);
}

static struct lexeme
take_word(struct lexer *l)
{
	struct sv word = word_at(l, l->offset);
	struct sv name = sv_sub(word, 0, sv_chr(word, '/'));
	struct sv field = sv_sub(word, 0, sv_chr(word, ':'));
	size_t at;

	for (size_t i = 0; i < COUNTOF(operators); i++)
		if (sv_iis(name, operators[i].name) &&
		    (name.len == word.len ||
			operators[i].counting != COUNTS_NOTHING))
			return take_operator(l, i, name, word);
	if (sv_is(word, "OF"))
		return refuse(l, l->offset, word.len, "2 OF",
		    "how many is missing before OF");
	if (is_count(l, word, &at))
		return take_of(l, word, at);
	if (field.len < word.len && is_field_name(field))
		return take_field(l, field);
	return take(l, LEX_TERM, l->offset, l->offset + word.len, word);
}

struct lexeme
lexer_next(struct lexer *l)
{
	size_t at = skip_blanks(l, l->offset), len;
	uint32_t cp = peek(l, at, &len);

	l->offset = at;
	if (len == 0)
		return take(l, LEX_END, at, at, SV_NONE);
	if (cp == '(' || cp == ')')
		return take(
		    l, cp == '(' ? LEX_OPEN : LEX_CLOSE, at, at + 1, SV_NONE);
	if (separates(l, at, cp))
		return take(l, LEX_COMMA, at, at + 1, SV_NONE);
	if (opens_quote(cp))
		return take_quoted(l, LEX_TERM, at, at);
	if (cp == '=')
		return take_prefixed(
		    l, LEX_EXACT, at + 1, "a word is missing after =");
	if (cp == '@')
		return take_prefixed(l, LEX_ENTITY, at + 1,
		    "the name of an entity is missing after @");
	if (cp == '/')
		return take_regex(l);
	return take_word(l);
}
