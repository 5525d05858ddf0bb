/* filters/lex.c: the words and signs of a query. */
#include "filters/lex.h"

#include "base/utf8.h"
#include "filters/fold.h"

#define NEAR_MAX 1000

/* Adds the error and returns the lexeme for it. */
static struct lexeme
refuse(struct lexer *l, size_t offset, size_t length, const char *suggestion,
    const char *what)
{
	diag_add_text(l->diags, DIAG_ERROR, l->at, offset, length, suggestion,
	    "%s", what);
	return (struct lexeme) { LEX_ERROR, offset, length, SV_NONE, 0 };
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
	l->offset = at + len;
	return (struct lexeme) { kind, from, l->offset - from,
		sv_sub(l->at->text, inside, at - inside), 0 };
}

static size_t
word_end(const struct lexer *l, size_t at)
{
	uint32_t cp;
	size_t len;

	for (; cp = peek(l, at, &len), len != 0; at += len)
		if (is_blank(cp) || cp == '(' || cp == ')' ||
		    (opens_quote(cp) && !is_gershayim(l, at, len)))
			break;
	return at;
}

/* What follows = or @ : a quoted text or a word. */
static struct lexeme
take_prefixed(struct lexer *l, enum lexeme_kind kind, const char *missing)
{
	size_t from = l->offset, len, end;

	if (opens_quote(peek(l, from + 1, &len)))
		return take_quoted(l, kind, from, from + 1);
	end = word_end(l, from + 1);
	if (end == from + 1)
		return refuse(l, from, 1, NULL, missing);
	l->offset = end;
	return (struct lexeme) { kind, from, end - from,
		sv_sub(l->at->text, from + 1, end - from - 1), 0 };
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
	l->offset = end;
	return (struct lexeme) { LEX_LANG, from, end - from, text, 0 };
}

static const struct {
	const char *name;
	enum lexeme_kind kind;
	bool counted; /* NAME/n */
	const char *form; /* how it is written */
} operators[] = {
	{ "AND", LEX_AND, false, "AND" },
	{ "OR", LEX_OR, false, "OR" },
	{ "NOT", LEX_NOT, false, "NOT" },
	{ "NEAR", LEX_NEAR, true, "NEAR/5" },
	{ "PRE", LEX_PRE, true, "PRE/5" },
};

static struct lexeme
take_operator(struct lexer *l, size_t i, struct sv name, struct sv word)
{
	struct lexeme x = { operators[i].kind, l->offset, word.len, word, 0 };
	struct str fix;
	uint64_t n = 1;

	if (!sv_is(name, operators[i].name)) {
		str_init(&fix, word.len + 1 + sizeof("NEAR"));
		(void)str_addf(&fix, "%s%.*s", operators[i].name,
		    SV_ARG(sv_from(word, name.len)));
		x = refuse(l, l->offset, word.len, str_c(&fix),
		    "operators are upper case; a word of the text is quoted");
		str_done(&fix);
		return x;
	}
	if (operators[i].counted &&
	    (!sv_to_u64(sv_from(word, name.len + 1), &n) || n == 0 ||
		n > NEAR_MAX))
		return refuse(l, l->offset, word.len, operators[i].form,
		    "a distance from 1 to 1000 is missing");
	x.number = (unsigned)n;
	l->offset += word.len;
	return x;
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
take_word(struct lexer *l)
{
	size_t from = l->offset, end = word_end(l, from);
	struct sv word = sv_sub(l->at->text, from, end - from);
	struct sv name = sv_sub(word, 0, sv_chr(word, '/'));
	struct sv field = sv_sub(word, 0, sv_chr(word, ':'));

	for (size_t i = 0; i < COUNTOF(operators); i++)
		if (sv_iis(name, operators[i].name) &&
		    (name.len == word.len || operators[i].counted))
			return take_operator(l, i, name, word);
	if (sv_is(name, "ATLEAST") || sv_is(word, "OF"))
		return refuse(l, from, word.len, NULL,
		    "counting (ATLEAST, OF) is not supported yet");
	if (field.len < word.len && is_field_name(field)) {
		if (sv_is(field, "filter"))
			return refuse(l, from, word.len, NULL,
			    "filter: is not supported yet");
		if (sv_is(field, "lang"))
			return take_lang(l, from, from + field.len + 1);
		l->offset = from + field.len + 1;
		return (
		    struct lexeme) { LEX_FIELD, from, field.len + 1, field, 0 };
	}
	l->offset = end;
	return (struct lexeme) { LEX_TERM, from, word.len, word, 0 };
}

struct lexeme
lexer_next(struct lexer *l)
{
	size_t len;
	uint32_t cp;

	while (cp = peek(l, l->offset, &len), len != 0 && is_blank(cp))
		l->offset += len;
	if (len == 0)
		return (struct lexeme) { LEX_END, l->offset, 0, SV_NONE, 0 };
	if (cp == '(' || cp == ')')
		return (struct lexeme) { cp == '(' ? LEX_OPEN : LEX_CLOSE,
			l->offset++, 1, SV_NONE, 0 };
	if (opens_quote(cp))
		return take_quoted(l, LEX_TERM, l->offset, l->offset);
	if (cp == '=')
		return take_prefixed(l, LEX_EXACT, "a word is missing after =");
	if (cp == '@')
		return take_prefixed(
		    l, LEX_ENTITY, "the name of an entity is missing after @");
	if (cp == '/')
		return refuse(l, l->offset, 1, NULL,
		    "regular expressions (/.../) are not supported yet");
	return take_word(l);
}
