/* tests/unit/reference_text.c: the words of a text, read slowly and obviously.
 */
#include "reference_text.h"

#include <assert.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#define RUN_MAX 64
#define LEAD_HALF_WORDS 120

static struct chars
new_chars(struct arena *a, size_t n)
{
	return (struct chars) { arena_calloc(a, (n + 1) * sizeof(UChar32)), 0 };
}

static void
put(struct chars *s, UChar32 c)
{
	s->v[s->n++] = c;
}

static UChar32
at(struct chars s, size_t i)
{
	return i < s.n ? s.v[i] : 0;
}

static struct chars
part_of(struct chars s, size_t from, size_t to)
{
	return (struct chars) { s.v + from, to - from };
}

/* Characters, one by one. */

static bool
has(UChar32 c, UProperty property)
{
	return u_hasBinaryProperty(c, property);
}

static bool
is_invisible(UChar32 c)
{
	return has(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || c == 0x640 ||
	    has(c, UCHAR_EMOJI_MODIFIER);
}

static bool
is_emoji(UChar32 c)
{
	return (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF) ||
	    (c >= 0x2B00 && c <= 0x2BFF);
}

static bool
is_flag_letter(UChar32 c)
{
	return has(c, UCHAR_REGIONAL_INDICATOR);
}

static bool
is_any_of(UChar32 c, const UChar32 *list)
{
	while (*list != 0 && *list != c)
		list++;
	return *list != 0;
}

static bool
is_apostrophe(UChar32 c)
{
	static const UChar32 list[] = { '\'', '`', 0xB4, 0x2018, 0x2019, 0x2BC,
		0x2B9, 0x2032, 0xA78C, 0x5F3, 0 };

	return is_any_of(c, list);
}

static bool
is_hyphen(UChar32 c)
{
	static const UChar32 list[] = { '-', 0x2010, 0x2011, 0xFE63, 0 };

	return is_any_of(c, list);
}

static bool
is_quote(UChar32 c)
{
	static const UChar32 list[] = { '"', 0x5F4, 0x201C, 0x201D, 0 };

	return is_any_of(c, list);
}

static bool
is_wildcard(UChar32 c)
{
	return c == REFERENCE_ANY || c == REFERENCE_ONE;
}

static bool
is_digit(UChar32 c)
{
	return u_charType(c) == U_DECIMAL_DIGIT_NUMBER;
}

static bool
is_mark(UChar32 c)
{
	return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

/* A letter, mark or number of any script. */
static bool
is_lexical(UChar32 c)
{
	return is_wildcard(c) ||
	    ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) !=
		    0 &&
		!is_apostrophe(c));
}

static bool
is_sequence(UChar32 c)
{
	static const UScriptCode scripts[] = { USCRIPT_HAN, USCRIPT_HIRAGANA,
		USCRIPT_KATAKANA, USCRIPT_THAI, USCRIPT_LAO, USCRIPT_MYANMAR,
		USCRIPT_KHMER };

	if (!is_lexical(c) || is_digit(c) || is_wildcard(c))
		return false;
	for (size_t i = 0; i < COUNTOF(scripts); i++)
		if (uscript_hasScript(c, scripts[i]))
			return true;
	return false;
}

static bool
is_voicing(UChar32 c)
{
	return c == 0x3099 || c == 0x309A;
}

static bool
is_katakana(UChar32 c)
{
	return is_sequence(c) && !is_voicing(c) &&
	    uscript_hasScript(c, USCRIPT_KATAKANA) &&
	    !uscript_hasScript(c, USCRIPT_HAN);
}

static bool
is_word(UChar32 c)
{
	return is_lexical(c) && !is_sequence(c);
}

enum reference_script
reference_script(UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script = uscript_getScript(c, &status);

	return script == USCRIPT_ARABIC ? REFERENCE_ARABIC
	    : script == USCRIPT_HEBREW	? REFERENCE_HEBREW
	    : script == USCRIPT_HANGUL	? REFERENCE_KOREAN
					: REFERENCE_OTHER;
}

static bool
needs_before(UChar32 c)
{
	return (c >= 0xE30 && c <= 0xE3A) || (c >= 0xE45 && c <= 0xE4E) ||
	    (c >= 0xEB0 && c <= 0xEBC) || (c >= 0xEC8 && c <= 0xECD);
}

/* Texts as a whole. */

static struct chars
decode(struct arena *a, struct sv v)
{
	struct chars s = new_chars(a, v.len);

	for (size_t i = 0; i < v.len;) {
		UChar32 c;

		U8_NEXT((const uint8_t *)v.p, i, v.len, c);
		put(&s, c < 0 ? 0xFFFD : c);
	}
	return s;
}

/* A joiner stays where it joins two emoji, tones and selectors aside. */
static bool
is_joiner(struct chars s, size_t i)
{
	size_t k = i;

	while (k > 0 && is_invisible(at(s, k - 1)))
		k--;
	return at(s, i) == 0x200D && is_emoji(at(s, i + 1)) &&
	    !is_invisible(at(s, i + 1)) && k > 0 && is_emoji(at(s, k - 1));
}

static struct chars
drop_invisible(struct arena *a, struct chars s)
{
	struct chars out = new_chars(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		if (!is_invisible(s.v[i]) || is_joiner(s, i))
			put(&out, s.v[i]);
	return out;
}

static struct chars
normalize(struct arena *a, const UNormalizer2 *form, struct chars s)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t room = (int32_t)s.n * 20 + 20, n, m;
	UChar *from = mem_alloc((s.n * 2 + 1) * sizeof(*from));
	UChar *to = mem_alloc((size_t)room * sizeof(*to));
	struct chars out = new_chars(a, (size_t)room);

	(void)u_strFromUTF32(
	    from, (int32_t)s.n * 2 + 1, &n, s.v, (int32_t)s.n, &status);
	m = unorm2_normalize(form, from, n, to, room, &status);
	(void)u_strToUTF32(out.v, room, &n, to, m, &status);
	assert(U_SUCCESS(status));
	out.n = (size_t)n;
	free(from);
	free(to);
	return out;
}

/* The singletons are never freed by their users. */
static const UNormalizer2 *
form(const UNormalizer2 *(*get)(UErrorCode *status))
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *n = get(&status);

	assert(U_SUCCESS(status));
	return n;
}

static bool
is_plain(struct chars s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.v[i] >= 0x80)
			return false;
	return true;
}

static struct chars
compose(struct arena *a, struct chars s)
{
	struct chars wide = new_chars(a, s.n * 4);

	if (is_plain(s))
		return s;
	for (size_t i = 0; i < s.n; i++) {
		struct chars one = part_of(s, i, i + 1);

		if (s.v[i] >= 0xFF00 && s.v[i] <= 0xFFEF)
			one = normalize(a, form(unorm2_getNFKCInstance), one);
		for (size_t k = 0; k < one.n; k++)
			put(&wide, one.v[k]);
	}
	return normalize(a, form(unorm2_getNFCInstance), wide);
}

/* Letters that readers take for one another though Unicode does not. */
static const struct {
	UChar32 from, to[2];
} alike[] = { { 0xDF, { 's', 's' } }, { 0xF8, { 'o' } }, { 0x142, { 'l' } },
	{ 0x111, { 'd' } }, { 0x131, { 'i' } }, { 0xE6, { 'a', 'e' } },
	{ 0x153, { 'o', 'e' } }, { 0xFE, { 't', 'h' } }, { 0xF0, { 'd' } },
	{ 0x127, { 'h' } }, { 0x3C2, { 0x3C3 } }, { 0x671, { 0x627 } },
	{ 0x649, { 0x64A } }, { 0x6CC, { 0x64A } }, { 0x6A9, { 0x643 } },
	{ 0x629, { 0x647 } }, { 0x6C1, { 0x647 } }, { 0x6BE, { 0x647 } },
	{ 0x6D5, { 0x647 } } };

static bool
keeps_mark(UChar32 c)
{
	return is_voicing(c) || (c >= 0x900 && c <= 0xEFF && c != 0x93C) ||
	    (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17DD);
}

static void
put_folded(struct chars *out, UChar32 c)
{
	int8_t type = u_charType(c);

	if ((type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK) &&
	    !keeps_mark(c))
		return;
	if (type == U_DECIMAL_DIGIT_NUMBER)
		c = '0' + u_charDigitValue(c);
	for (size_t i = 0; i < COUNTOF(alike); i++)
		if (alike[i].from == c) {
			put(out, alike[i].to[0]);
			if (alike[i].to[1] != 0)
				put(out, alike[i].to[1]);
			return;
		}
	put(out, c);
}

/* й ў ї are letters in their own right. */
static bool
is_whole(UChar32 c)
{
	return c == 0x439 || c == 0x45E || c == 0x457;
}

struct chars
reference_fold(struct arena *a, struct chars s)
{
	struct chars lower, out = new_chars(a, s.n * 20);

	if (is_plain(s)) {
		for (size_t i = 0; i < s.n; i++)
			put(&out, u_tolower(s.v[i]));
		return out;
	}
	lower = normalize(a, form(unorm2_getNFKCCasefoldInstance), s);
	for (size_t i = 0; i < lower.n; i++) {
		struct chars apart = part_of(lower, i, i + 1);

		if (is_whole(lower.v[i])) {
			put(&out, lower.v[i]);
			continue;
		}
		apart = normalize(a, form(unorm2_getNFKDInstance), apart);
		for (size_t k = 0; k < apart.n; k++)
			put_folded(&out, apart.v[k]);
	}
	return normalize(a, form(unorm2_getNFCInstance), out);
}

/* Words. */

struct range {
	size_t from, to;
	bool apostrophe; /* stands before it */
};

struct reader {
	struct arena *arena;
	struct chars s;
	size_t i;
	enum reading_of what;
	struct reference_text *out;
	size_t last_end; /* of the last token */
	size_t run_end; /* of the last run; SIZE_MAX: none */
	struct range run[RUN_MAX];
	size_t nrun;
	bool possessive; /* inside the run */
	size_t cased, capitals, half_words;
	bool lower;
};

/* The word's own characters: no signs but & and the dots of numbers. */
static struct chars
own_chars(struct reader *r, size_t from, size_t to)
{
	struct chars out = new_chars(r->arena, to - from);

	for (size_t i = from; i < to; i++) {
		UChar32 c = r->s.v[i];
		bool dot = c == '.' && i > from && is_digit(r->s.v[i - 1]);

		if (is_lexical(c) || c == '&' || dot || is_emoji(c) ||
		    is_flag_letter(c))
			put(&out, c);
	}
	return out;
}

static struct reading
read_as(struct reader *r, struct chars exact, size_t span)
{
	return (
	    struct reading) { reference_fold(r->arena, exact), exact, span };
}

static void
count_case(struct reader *r, struct chars word)
{
	bool cased = false;

	for (size_t i = 0; i < word.n; i++) {
		int8_t type = u_charType(word.v[i]);
		bool upper = type == U_UPPERCASE_LETTER ||
		    type == U_TITLECASE_LETTER;

		r->capitals += upper;
		r->lower = r->lower || type == U_LOWERCASE_LETTER;
		cased = cased || upper || type == U_LOWERCASE_LETTER;
	}
	r->cased += cased;
}

static struct reference_token *
add_token(struct reader *r, size_t from, size_t to)
{
	struct reference_text *out = r->out;
	struct reference_token *t = &out->v[out->n];
	struct chars own = own_chars(r, from, to);

	*t = (struct reference_token) { .word = read_as(r, own, 1) };
	if (t->word.folded.n == 0)
		return NULL;
	t->glued = out->n > 0 && r->last_end == from;
	t->sequence = is_sequence(r->s.v[from]);
	count_case(r, own);
	r->last_end = to;
	r->half_words += t->sequence ? 1 : 2;
	out->n++;
	if (r->half_words <= LEAD_HALF_WORDS)
		out->lead = out->n;
	return t;
}

/* The run without what is no word. */
static void
clean_run(struct reader *r)
{
	bool possessive = false;
	size_t n = 0;

	r->possessive = false;
	for (size_t i = 0; i < r->nrun; i++) {
		struct range w = r->run[i];
		struct chars own = own_chars(r, w.from, w.to);

		if (i > 0 && w.apostrophe && own.n == 1 &&
		    (own.v[0] == 's' || own.v[0] == 'S')) {
			possessive = true;
			continue;
		}
		if (reference_fold(r->arena, own).n == 0)
			continue;
		r->run[n++] = w;
		r->possessive = possessive;
	}
	r->nrun = n;
}

static bool
can_be_joined(struct reader *r)
{
	if (r->possessive)
		return false;
	if (r->nrun == 2 && r->run[1].apostrophe)
		return own_chars(r, r->run[0].from, r->run[0].to).n == 1;
	for (size_t i = 1; i < r->nrun; i++)
		if (r->run[i].apostrophe)
			return false;
	return r->nrun > 1;
}

static struct chars
join_run(struct reader *r)
{
	struct chars all = new_chars(r->arena, r->s.n);

	for (size_t i = 0; i < r->nrun; i++) {
		struct chars own = own_chars(r, r->run[i].from, r->run[i].to);

		for (size_t k = 0; k < own.n; k++)
			put(&all, own.v[k]);
	}
	return all;
}

static void
add_run(struct reader *r)
{
	clean_run(r);
	for (size_t i = 0; i < r->nrun; i++) {
		struct reference_token *t = add_token(
		    r, r->run[i].from, r->run[i].to);

		if (i == 0 && can_be_joined(r))
			t->joined = read_as(r, join_run(r), r->nrun);
	}
}

static bool
is_letter(UChar32 c)
{
	return is_word(c) && !is_digit(c) && !is_mark(c);
}

/* A letter with its marks; the end of it, or `i`. */
static size_t
skip_letter(struct chars s, size_t i)
{
	if (!is_letter(at(s, i)))
		return i;
	for (i++; is_mark(at(s, i)) && is_word(at(s, i)); i++)
		;
	return i;
}

/* U.N. and U.S.A */
static size_t
skip_acronym(struct chars s, size_t i)
{
	size_t from = i, dots = 0, end;

	while (end = skip_letter(s, i), end > i && at(s, end) == '.') {
		i = end + 1;
		dots++;
	}
	if (dots < 2)
		return from;
	return end > i && !is_word(at(s, end)) ? end : i;
}

static bool
is_glue(struct chars s, size_t from, size_t i)
{
	UChar32 before = s.v[i - 1], next = at(s, i + 1);
	size_t letters = 0;

	for (size_t k = from; k < i; k++)
		letters += !is_mark(s.v[k]);
	switch (at(s, i)) {
	case ',':
	case '.':
		return is_digit(before) && is_digit(next);
	case '&':
		return letters <= 2 && is_word(next);
	default:
		return is_quote(at(s, i)) &&
		    reference_script(before) == REFERENCE_HEBREW &&
		    reference_script(next) == REFERENCE_HEBREW && is_word(next);
	}
}

static size_t
skip_word(struct chars s, size_t from)
{
	size_t i = skip_acronym(s, from);

	while (i == from || is_glue(s, from, i))
		for (i += i == from ? 0 : 1; is_word(at(s, i)); i++)
			;
	return i;
}

static void
read_run(struct reader *r)
{
	bool apostrophe = false;
	size_t i = r->i, end;

	for (r->nrun = 0; r->nrun < RUN_MAX; i = end + 1) {
		end = skip_word(r->s, i);
		r->run[r->nrun++] = (struct range) { i, end, apostrophe };
		apostrophe = is_apostrophe(at(r->s, end));
		if ((!apostrophe && !is_hyphen(at(r->s, end))) ||
		    !is_word(at(r->s, end + 1)))
			break;
	}
	add_run(r);
	r->i = r->run_end = end;
}

static char
kind_in_hashtag(UChar32 c)
{
	int8_t type = u_charType(c);

	return c == '_'						       ? '_'
	    : is_mark(c)					       ? 'm'
	    : is_digit(c)					       ? '0'
	    : type == U_LOWERCASE_LETTER			       ? 'a'
	    : type == U_UPPERCASE_LETTER || type == U_TITLECASE_LETTER ? 'A'
								       : '?';
}

/* The kind of the nth letter from `i` on, marks aside; n may be negative. */
static char
kind_near(struct chars s, size_t i, int n, size_t from, size_t to)
{
	int step = n < 0 ? -1 : 1;
	long k = (long)i;

	for (; n != 0; n -= step)
		do
			k += step;
		while (k >= (long)from && k < (long)to && is_mark(s.v[k]));
	return k >= (long)from && k < (long)to ? kind_in_hashtag(s.v[k]) : 0;
}

/* Does a new word begin at `i` of a hashtag? */
static bool
is_cut(struct chars s, size_t i, size_t from, size_t to)
{
	char here = kind_near(s, i, 0, from, to),
	     before = kind_near(s, i, -1, from, to),
	     next = kind_near(s, i, 1, from, to);

	if (here == 'm' || before == 0)
		return false;
	if (here == '_' || before == '_')
		return true;
	if ((here == '0') != (before == '0'))
		return true;
	return here == 'A' && (before == 'a' || (before == 'A' && next == 'a'));
}

static void
read_hashtag(struct reader *r)
{
	size_t from = r->i + 1, to = from, begin = from;

	while (is_word(at(r->s, to)) || at(r->s, to) == '_')
		to++;
	r->nrun = 0;
	for (size_t i = from; i <= to && r->nrun < RUN_MAX; i++) {
		if (i < to && !is_cut(r->s, i, from, to))
			continue;
		if (i > begin)
			r->run[r->nrun++] = (struct range) { begin, i, false };
		begin = at(r->s, i) == '_' ? i + 1 : i;
	}
	add_run(r);
	r->i = r->run_end = to;
}

static void
read_sequence(struct reader *r)
{
	static const UChar32 leads[] = { 0xE40, 0xE41, 0xE42, 0xE43, 0xE44,
		0xEC0, 0xEC1, 0xEC2, 0xEC3, 0xEC4, 0 };
	UChar32 c = at(r->s, r->i);
	struct reference_token *t;
	size_t end = r->i + 1;

	while (is_voicing(at(r->s, end)))
		end++;
	t = add_token(r, r->i, end);
	if (t != NULL) {
		t->katakana = is_katakana(c);
		t->needs_next = is_any_of(c, leads);
		t->needs_before = needs_before(c);
	}
	r->i = end;
}

static void
read_emoji(struct reader *r)
{
	size_t end = r->i + 1;

	if (is_flag_letter(at(r->s, r->i))) {
		end += is_flag_letter(at(r->s, end));
	} else {
		while (at(r->s, end) == 0x200D)
			end += 2;
	}
	(void)add_token(r, r->i, end);
	r->i = end;
}

static bool
begins_with(struct chars s, size_t i, const char *word)
{
	for (; *word != '\0'; word++, i++)
		if (u_tolower(at(s, i)) != *word)
			return false;
	return true;
}

/* The end of the address that begins at `i`, or `i`. */
static size_t
skip_address(struct chars s, size_t i)
{
	if (!begins_with(s, i, "http://") && !begins_with(s, i, "https://") &&
	    !(begins_with(s, i, "www.") && is_word(at(s, i + 4))))
		return i;
	while (i < s.n && s.v[i] > ' ' && s.v[i] != '"' && s.v[i] != '<' &&
	    s.v[i] != '>' && s.v[i] != 0xA0 &&
	    (s.v[i] < 0x2000 || s.v[i] > 0x206F) && s.v[i] < 0x3000)
		i++;
	return i;
}

static void
read_next(struct reader *r)
{
	UChar32 c = at(r->s, r->i);
	size_t end = r->what == READ_PROSE ? skip_address(r->s, r->i) : r->i;

	if (end > r->i)
		r->i = end;
	else if (is_sequence(c))
		read_sequence(r);
	else if (is_word(c))
		read_run(r);
	else if ((c == '#' || c == '@') && is_word(at(r->s, r->i + 1)) &&
	    r->run_end != r->i)
		read_hashtag(r);
	else if (is_emoji(c) || is_flag_letter(c))
		read_emoji(r);
	else
		r->i++;
}

/* * is a wildcard anywhere, ? between letters only. */
static void
mark_wildcards(struct chars *s)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t next = i;

		while (at(*s, next) == '?')
			next++;
		if (s->v[i] == '*')
			s->v[i] = REFERENCE_ANY;
		else if (s->v[i] == '?' && i > 0 && is_word(s->v[i - 1]) &&
		    (at(*s, next) == '*' || is_word(at(*s, next))))
			s->v[i] = REFERENCE_ONE;
	}
}

struct reference_text
reference_read(struct arena *a, struct sv v, enum reading_of what)
{
	struct reference_text out = { 0 };
	struct reader r = {
		.arena = a, .what = what, .out = &out, .run_end = SIZE_MAX
	};

	r.s = compose(a, drop_invisible(a, decode(a, v)));
	if (what == READ_QUERY)
		mark_wildcards(&r.s);
	out.v = arena_calloc(a, (r.s.n + 1) * sizeof(*out.v));
	while (r.i < r.s.n)
		read_next(&r);
	out.shouted = r.cased >= 4 && r.capitals >= 10 && !r.lower;
	return out;
}
