/* filters/foreign.c: queries in the spellings of other tools. */
#include "filters/foreign_lex.h"

#include "base/limits.h"
#include "filters/lex.h"

/* Each level of parentheses, each operand that an operator is in front of, and
 * each stronger operator to the right. */
#define FOREIGN_DEPTH (4 * QUERY_DEPTH)
#define CHAIN_MAX QUERY_DEPTH /* NEAR in a row, of ours */

struct parser {
	struct foreign_lexer lexer;
	struct foreign_token now;
	struct diags *scratch; /* for looking ahead */
	struct arena *arena;
	unsigned depth, warnings;
	unsigned fields; /* where leaves look */
	enum foreign_kind letters; /* FOREIGN_SAME, or what they have to be */
	bool told_forms, told_or; /* once is enough */
};

/* Operators between operands: how tightly they bind; 0: it is none. */
enum {
	BIND_LAST = 1000,
	BIND_AND = 2000,
	BIND_NOT = 3000,
	BIND_NEAR = 4000, /* and up to 1000 more */
	BIND_FIRST = 9000
};

static struct query *parse_level(struct parser *p);
static struct query *parse_infix(struct parser *p, unsigned least);

const char *
foreign_name(enum foreign_tool tool)
{
#define FOREIGN_NAME(name, text) text,
	static const char *const names[] = { FOREIGN_TOOLS(FOREIGN_NAME) };
#undef FOREIGN_NAME

	return names[tool];
}

enum foreign_tool
foreign_find(struct sv name)
{
	for (unsigned i = 0; i < FOREIGN_NONE; i++)
		if (sv_is(name, foreign_name((enum foreign_tool)i)))
			return (enum foreign_tool)i;
	return FOREIGN_NONE;
}

static struct query *
refuse(struct parser *p, size_t offset, size_t length, const char *what)
{
	if (p->now.kind != FOREIGN_ERROR)
		diag_add_text(p->lexer.diags, DIAG_ERROR, p->lexer.at, offset,
		    length, NULL, "%s", what);
	p->now.kind = FOREIGN_ERROR;
	return NULL;
}

static void
warn(struct parser *p, size_t offset, size_t length, const char *what)
{
	if (p->warnings++ < CONFIG_ERRORS) /* no more are shown */
		diag_add_text(p->lexer.diags, DIAG_WARNING, p->lexer.at, offset,
		    length, NULL, "%s", what);
}

/* Takes the next token into the one at hand when it is of that kind. */
static bool
merge(struct parser *p, enum foreign_kind kind, enum foreign_kind merged)
{
	struct foreign_lexer ahead = p->lexer;
	struct foreign_token next;

	ahead.diags = p->scratch;
	next = foreign_next(&ahead);
	if (next.kind != kind)
		return false;
	p->lexer.offset = ahead.offset;
	next.length += next.offset - p->now.offset;
	next.offset = p->now.offset;
	next.kind = merged;
	p->now = next;
	return true;
}

/* AND NOT is one operator, and so is NOT W/5. */
static void
advance(struct parser *p)
{
	if (p->now.kind == FOREIGN_ERROR)
		return;
	p->now = foreign_next(&p->lexer);
	if (p->lexer.tool == FOREIGN_LUCENE)
		return;
	if (p->now.kind == FOREIGN_AND)
		(void)merge(p, FOREIGN_NOT, FOREIGN_NOT);
	if (p->now.kind != FOREIGN_NOT || p->lexer.tool != FOREIGN_NEXIS)
		return;
	(void)merge(p, FOREIGN_NEAR, FOREIGN_NOT_NEAR);
	if (merge(p, FOREIGN_PRE, FOREIGN_PRE))
		(void)refuse(p, p->now.offset, p->now.length,
		    "there is no NOT PRE: take NOT W/n");
}

static struct query *
new_node(struct parser *p, enum query_kind kind, const struct query *first,
    const struct query *last)
{
	struct query *q = arena_calloc(p->arena, sizeof(*q));

	q->kind = kind;
	q->fields = p->fields;
	if (first != NULL) {
		q->offset = first->offset;
		q->length = last->offset + last->length - first->offset;
	}
	return q;
}

static struct query *
join(struct parser *p, enum query_kind kind, struct query *left,
    struct query *right)
{
	struct query *q = new_node(p, kind, left, right);

	q->kids = left;
	left->next = right;
	right->next = NULL;
	return q;
}

static struct query *
negate(struct parser *p, struct query *kid)
{
	struct query *q = new_node(p, QUERY_NOT, kid, kid);

	q->kids = kid;
	kid->next = NULL;
	return q;
}

/* A text that has quotes of all kinds has no straight ones here: some have to
 * stand around it. */
static struct sv
spare_quotes(struct parser *p, struct sv text)
{
	struct str out;

	if (sv_chr(text, '"') == text.len || sv_find(text, SV("»")) == text.len)
		return text;
	str_init(&out, text.len + 1);
	for (size_t i = 0; i < text.len; i++)
		(void)str_addc(&out, text.p[i] == '"' ? ' ' : text.p[i]);
	text = arena_sv(p->arena, str_sv(&out));
	str_done(&out);
	return text;
}

/* A leaf of words in [offset, offset + length). */
static struct query *
new_term(struct parser *p, struct sv text, size_t offset, size_t length)
{
	struct query *q = new_node(p, QUERY_TERM, NULL, NULL);

	q->text = spare_quotes(p, text);
	q->offset = offset;
	q->length = length;
	return q;
}

/* The letters as caps(), nocaps() and allcaps() want them. */
static bool
set_letters(struct sv text, enum foreign_kind letters, struct str *out)
{
	bool first = true;

	for (size_t i = 0; i < text.len; i++) {
		char c = ascii_lower(text.p[i]);

		if ((text.p[i] & 0x80) != 0)
			return false;
		if (ascii_is_alpha(c) &&
		    (letters == FOREIGN_UPPER ||
			(letters == FOREIGN_CAPS && first)))
			c = (char)(c - ('a' - 'A'));
		first = !ascii_is_alnum(c);
		(void)str_addc(out, c);
	}
	return true;
}

static struct query *
new_cased(struct parser *p, const struct query *q, enum foreign_kind letters)
{
	struct str text;
	struct query *cased = NULL;

	str_init(&text, q->text.len + 1);
	if (set_letters(q->text, letters, &text)) {
		cased = new_term(
		    p, arena_sv(p->arena, str_sv(&text)), q->offset, q->length);
		cased->exact = true;
	} else {
		(void)refuse(p, q->offset, q->length,
		    "write =word for each spelling that you mean");
	}
	str_done(&text);
	return cased;
}

/* The term, in the case that is asked for. */
static struct query *
take_case(struct parser *p, struct query *q)
{
	struct query *first, *all;

	switch ((int)p->letters) {
	case FOREIGN_EXACT:
		q->exact = true;
		return q;
	case FOREIGN_UPPER:
	case FOREIGN_LOWER:
		return new_cased(p, q, p->letters);
	case FOREIGN_CAPS:
		first = new_cased(p, q, FOREIGN_CAPS);
		all = new_cased(p, q, FOREIGN_UPPER);
		return first == NULL || all == NULL
		    ? NULL
		    : join(p, QUERY_OR, first, all);
	default:
		return q;
	}
}

/* Wildcards. */

static void
warn_longer(struct parser *p, const struct foreign_token *t)
{
	warn(p, t->offset, t->length,
	    "read as any ending: tocsin does not limit its length");
}

static void
add_factiva_word(
    struct parser *p, const struct foreign_token *t, struct str *out)
{
	struct sv v = t->text;

	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '$') {
			if (i + 1 < v.len && ascii_is_digit(v.p[i + 1])) {
				warn_longer(p, t);
				i++;
			}
			(void)str_addc(out, '*');
		} else if (v.p[i] == '?' && i + 1 == v.len) {
			warn_longer(p, t);
			(void)str_addc(out, '*');
		} else {
			(void)str_addc(out, v.p[i]);
		}
	}
}

static void
add_nexis_word(struct parser *p, const struct foreign_token *t, struct str *out)
{
	struct sv v = t->text;
	size_t end = v.len;

	while (end > 0 && v.p[end - 1] == '*')
		end--;
	for (size_t i = 0; i < end; i++)
		(void)str_addc(out,
		    v.p[i] == '!'	? '*'
			: v.p[i] == '*' ? '?'
					: v.p[i]);
	if (end < v.len) {
		warn_longer(p, t);
		(void)str_addc(out, '*');
	}
	if (t->kind != FOREIGN_WORD || p->told_forms || end < v.len ||
	    sv_chr(v, '!') < v.len)
		return;
	p->told_forms = true;
	warn(p, t->offset, t->length,
	    "Nexis finds plurals too: tocsin finds words as they are written "
	    "(write word* or both)");
}

/* Without backslashes; what they protect is no wildcard. */
static void
add_lucene_word(const struct foreign_token *t, struct str *out)
{
	struct sv v = t->text;
	bool phrase = t->kind == FOREIGN_PHRASE;

	for (size_t i = 0; i < v.len; i++) {
		bool literal = v.p[i] == '\\' && i + 1 < v.len;

		i += literal;
		if ((literal || phrase) && (v.p[i] == '*' || v.p[i] == '?'))
			(void)str_addc(out, ' ');
		else
			(void)str_addc(out, v.p[i]);
	}
}

static void
add_word(struct parser *p, struct str *out)
{
	if (out->len != 0)
		(void)str_addc(out, ' ');
	switch (p->lexer.tool) {
	case FOREIGN_FACTIVA:
		add_factiva_word(p, &p->now, out);
		return;
	case FOREIGN_NEXIS:
		add_nexis_word(p, &p->now, out);
		return;
	case FOREIGN_LUCENE:
		add_lucene_word(&p->now, out);
		return;
	case FOREIGN_BRANDWATCH:
	case FOREIGN_NONE:
		(void)str_add(out, p->now.text);
	}
}

/* Words in a row are a phrase, but in Lucene. */
static struct query *
parse_words(struct parser *p)
{
	struct foreign_token first = p->now, last;
	struct query *q;
	struct str text;

	str_init(&text, 2 * p->lexer.at->text.len + 1);
	do {
		last = p->now;
		add_word(p, &text);
		advance(p);
	} while (p->lexer.tool != FOREIGN_LUCENE &&
	    (p->now.kind == FOREIGN_WORD || p->now.kind == FOREIGN_PHRASE));
	q = new_term(p, arena_sv(p->arena, str_sv(&text)), first.offset,
	    last.offset + last.length - first.offset);
	str_done(&text);
	if (sv_trim(q->text).len == 0)
		return refuse(p, q->offset, q->length, "this phrase is empty");
	return take_case(p, q);
}

/* Languages. */

static const struct {
	const char *name, *code;
} languages[] = {
	{ "arabic", "ar" },
	{ "chinese", "zh" },
	{ "dutch", "nl" },
	{ "english", "en" },
	{ "french", "fr" },
	{ "german", "de" },
	{ "hebrew", "he" },
	{ "hindi", "hi" },
	{ "italian", "it" },
	{ "japanese", "ja" },
	{ "korean", "ko" },
	{ "persian", "fa" },
	{ "polish", "pl" },
	{ "portuguese", "pt" },
	{ "russian", "ru" },
	{ "spanish", "es" },
	{ "turkish", "tr" },
	{ "ukrainian", "uk" },
	{ "zhcn", "zh" },
	{ "zhtw", "zh" },
};

static bool
add_language(struct sv name, struct str *out)
{
	size_t i = 0;

	if (out->len != 0)
		(void)str_adds(out, ", ");
	while (i < COUNTOF(languages) && !sv_iis(name, languages[i].name))
		i++;
	if (i < COUNTOF(languages))
		return str_adds(out, languages[i].code);
	for (i = 0; i < name.len; i++)
		if (!ascii_is_alpha(name.p[i]))
			return false;
	return (name.len == 2 || name.len == 3) && str_add(out, name);
}

static struct query *
to_languages(struct parser *p, struct query *names)
{
	struct query *q = new_node(p, QUERY_LANG, names, names);
	struct query *one = names->kind == QUERY_OR ? names->kids : names;
	struct str text;
	bool good = true;

	str_init(&text, 4 * p->lexer.at->text.len + 4);
	for (; one != NULL && good; one = one->next)
		good = one->kind == QUERY_TERM &&
		    add_language(one->text, &text);
	q->text = arena_sv(p->arena, str_sv(&text));
	str_done(&text);
	return good ? q
		    : refuse(p, names->offset, names->length,
			  "tocsin does not know this language: write its code "
			  "of two letters");
}

/* Operands. */

static bool
is_near_operand(const struct query *q)
{
	if (q->kind == QUERY_OR) {
		for (const struct query *k = q->kids; k != NULL; k = k->next)
			if (!is_near_operand(k))
				return false;
		return true;
	}
	return q->kind == QUERY_TERM || q->kind == QUERY_NEAR ||
	    q->kind == QUERY_NOT_NEAR;
}

static unsigned
chain_length(const struct query *q)
{
	unsigned n = 0;

	for (; q->kind == QUERY_NEAR || q->kind == QUERY_NOT_NEAR; q = q->kids)
		n++;
	return n;
}

static struct query *
near(struct parser *p, const struct foreign_token *op, struct query *left,
    struct query *right)
{
	struct query *q;

	if (!is_near_operand(left) || !is_near_operand(right))
		return refuse(p, op->offset, op->length,
		    "only words, phrases and groups of them with OR can be "
		    "near one another");
	if (chain_length(left) >= CHAIN_MAX)
		return refuse(
		    p, op->offset, op->length, "too many of these in a row");
	q = join(p, op->kind == FOREIGN_NOT_NEAR ? QUERY_NOT_NEAR : QUERY_NEAR,
	    left, right);
	q->ordered = op->kind == FOREIGN_PRE;
	q->distance = op->number;
	return q;
}

/* (a AND b)~5, as Brandwatch has it. */
static struct query *
group_near(struct parser *p, struct query *q)
{
	struct foreign_token op = p->now;
	struct query *left = q->kids, *right;

	if (p->lexer.tool != FOREIGN_BRANDWATCH || q->kind != QUERY_AND ||
	    left->next->next != NULL)
		return refuse(p, op.offset, op.length,
		    "~ belongs to a phrase, or to two sets joined by AND");
	right = left->next;
	op.kind = FOREIGN_NEAR;
	op.number++;
	advance(p);
	return near(p, &op, left, right);
}

static struct query *
parse_group(struct parser *p)
{
	struct foreign_token open = p->now;
	struct query *q;

	advance(p);
	q = parse_level(p);
	if (q == NULL)
		return NULL;
	if (p->now.kind != FOREIGN_CLOSE)
		return refuse(p, open.offset, open.length,
		    "this parenthesis is never closed");
	q->offset = open.offset;
	q->length = p->now.offset + p->now.length - open.offset;
	advance(p);
	return p->now.kind == FOREIGN_TILDE ? group_near(p, q) : q;
}

/* The words of a phrase as operands, in their order. */
static size_t
split_phrase(struct parser *p, const struct query *q, struct query **kids)
{
	size_t n = 0;
	struct sv rest = q->text;

	for (struct sv one; sv_split(&rest, ' ', &one);) {
		if (sv_trim(one).len == 0)
			continue;
		*kids = new_term(p, one, q->offset, q->length);
		kids = &(*kids)->next;
		n++;
	}
	return n;
}

/* "a b"~5: what Lucene calls slop, exactly: the other way round costs two. */
static struct query *
sloppy_pair(struct parser *p, struct foreign_token op, struct query *a)
{
	struct query *b = a->next, *there, *back;
	unsigned slop = op.number;

	op.kind = FOREIGN_PRE;
	op.number = slop + 1;
	there = near(p, &op, new_term(p, a->text, a->offset, a->length),
	    new_term(p, b->text, b->offset, b->length));
	if (slop < 2)
		return there;
	op.number = slop - 1;
	back = near(p, &op, b, a);
	return join(p, QUERY_OR, there, back);
}

static struct query *
phrase_near(struct parser *p, struct query *phrase)
{
	struct foreign_token op = p->now;
	struct query *kids = NULL, *q, *next;
	size_t n = split_phrase(p, phrase, &kids);

	if (op.number == 0 || n < 2)
		return refuse(p, op.offset, op.length,
		    "tocsin has no fuzzy words: take wildcards");
	advance(p);
	if (p->lexer.tool == FOREIGN_LUCENE && n == 2)
		return sloppy_pair(p, op, kids);
	if (n > 2)
		warn(p, op.offset, op.length,
		    "read as each word near those before it, in any order");
	op.kind = FOREIGN_NEAR;
	op.number++;
	q = kids;
	for (struct query *k = kids->next; k != NULL && q != NULL; k = next) {
		next = k->next;
		q = near(p, &op, q, k);
	}
	return q;
}

/* Lucene's patterns cover a word. */
static struct query *
parse_regex(struct parser *p)
{
	struct query *q = new_node(p, QUERY_REGEX, NULL, NULL);
	struct str text;

	q->offset = p->now.offset;
	q->length = p->now.length;
	q->caseless = true;
	str_init(&text, p->now.length + 16);
	(void)str_adds(&text, "\\b(?:");
	(void)str_add(&text, p->now.text);
	(void)str_adds(&text, ")\\b");
	q->text = arena_sv(p->arena, str_sv(&text));
	str_done(&text);
	warn(p, q->offset, q->length,
	    "Lucene tries it on each word of its index, tocsin on the text");
	advance(p);
	return q;
}

/* {BT}: as it is written. */
static struct query *
parse_braced(struct parser *p)
{
	struct query *q = new_term(
	    p, p->now.text, p->now.offset, p->now.length);

	q->exact = true;
	if (sv_trim(q->text).len == 0)
		return refuse(p, q->offset, q->length, "this phrase is empty");
	advance(p);
	return q;
}

static struct query *parse_operand(struct parser *p);

static struct query *
wrap(struct parser *p, const struct foreign_token *op, struct query *kid)
{
	struct query *q;

	if (op->kind == FOREIGN_LANG)
		return to_languages(p, kid);
	if (op->kind != FOREIGN_ATLEAST)
		return kid;
	if (!is_near_operand(kid))
		return refuse(p, kid->offset, kid->length,
		    "only words, phrases and groups of them with OR can be "
		    "counted");
	q = new_node(p, QUERY_ATLEAST, kid, kid);
	q->count = op->number;
	q->kids = kid;
	return q;
}

/* What an operator in front of it makes of its operand. */
static struct query *
parse_prefixed(struct parser *p)
{
	struct foreign_token op = p->now;
	unsigned fields = p->fields;
	enum foreign_kind letters = p->letters;
	struct query *q;

	if (op.said != NULL)
		warn(p, op.offset, op.length, op.said);
	if (op.kind == FOREIGN_FIELD && fields != FIELDS_DEFAULT)
		return refuse(
		    p, op.offset, op.length, "a field inside another field");
	if (op.kind == FOREIGN_FIELD)
		p->fields = op.number;
	else if (op.kind != FOREIGN_ATLEAST && op.kind != FOREIGN_LANG)
		p->letters = op.kind;
	advance(p);
	if (op.kind == FOREIGN_LANG)
		p->told_forms = true; /* names of languages are no words */
	if (op.call)
		q = parse_group(p);
	else if (p->lexer.tool == FOREIGN_FACTIVA)
		q = parse_infix(p, BIND_NEAR);
	else
		q = parse_operand(p);
	p->fields = fields;
	p->letters = letters;
	if (q == NULL)
		return NULL;
	q = wrap(p, &op, q);
	if (q != NULL) {
		q->length += q->offset - op.offset;
		q->offset = op.offset;
	}
	return q;
}

static struct query *
parse_not(struct parser *p)
{
	struct query *q;

	advance(p);
	q = parse_operand(p);
	return q == NULL ? NULL : negate(p, q);
}

static struct query *
parse_any(struct parser *p)
{
	struct query *q;

	switch ((int)p->now.kind) {
	case FOREIGN_ERROR:
		return NULL;
	case FOREIGN_OPEN:
		return parse_group(p);
	case FOREIGN_NOT:
		return parse_not(p);
	case FOREIGN_REGEX:
		return parse_regex(p);
	case FOREIGN_WORD:
	case FOREIGN_PHRASE:
		q = parse_words(p);
		return q != NULL && p->now.kind == FOREIGN_TILDE
		    ? phrase_near(p, q)
		    : q;
	case FOREIGN_BRACED:
		return parse_braced(p);
	case FOREIGN_EXACT:
	case FOREIGN_ATLEAST:
	case FOREIGN_FIELD:
	case FOREIGN_LANG:
	case FOREIGN_UPPER:
	case FOREIGN_LOWER:
	case FOREIGN_CAPS:
	case FOREIGN_SAME:
		return parse_prefixed(p);
	case FOREIGN_END:
		return refuse(p, p->now.offset, 1,
		    "the query ends where a word is expected");
	default:
		return refuse(p, p->now.offset, p->now.length,
		    "a word is expected before this");
	}
}

static struct query *
parse_operand(struct parser *p)
{
	struct query *q;

	if (++p->depth > FOREIGN_DEPTH)
		return refuse(p, p->now.offset, 1, "this is nested too deeply");
	q = parse_any(p);
	p->depth--;
	while (q != NULL && p->now.kind == FOREIGN_BOOST) {
		warn(p, p->now.offset, p->now.length,
		    "tocsin does not rank: this is left out");
		advance(p);
	}
	return q;
}

/* 0: it does not stand between operands. */
static unsigned
binding(const struct parser *p, const struct foreign_token *t)
{
	bool factiva = p->lexer.tool == FOREIGN_FACTIVA;
	bool nexis = p->lexer.tool == FOREIGN_NEXIS;

	switch ((int)t->kind) {
	case FOREIGN_AND:
		return BIND_AND;
	case FOREIGN_OR:
		return nexis ? BIND_FIRST : factiva ? BIND_LAST : BIND_AND;
	case FOREIGN_NOT:
		return nexis ? BIND_LAST : factiva ? BIND_NOT : BIND_AND;
	case FOREIGN_NEAR:
	case FOREIGN_PRE:
	case FOREIGN_NOT_NEAR:
		/* The nearest first. */
		return nexis ? BIND_NEAR + 1000 - t->number : BIND_NEAR;
	case FOREIGN_WITHIN:
		return BIND_NEAR;
	default:
		return 0;
	}
}

static void
look_in(struct query *q, unsigned fields)
{
	q->fields = fields;
	for (struct query *k = q->kids; k != NULL; k = k->next)
		look_in(k, fields);
}

/* Operands of one level, as they are joined from left to right. */
struct level {
	struct query *q;
	struct query *tail; /* last of the kids that AND or OR has so far */
	enum foreign_kind joint; /* the last one, NOT as AND */
};

static void
add_kid(struct parser *p, struct level *l, const struct foreign_token *op,
    struct query *kid)
{
	enum query_kind kind = op->kind == FOREIGN_OR ? QUERY_OR : QUERY_AND;

	if (op->kind == FOREIGN_NOT)
		kid = negate(p, kid);
	if (l->tail == NULL || l->q->kind != kind) {
		l->q = join(p, kind, l->q, kid);
	} else {
		l->tail->next = kid;
		l->q->length = kid->offset + kid->length - l->q->offset;
	}
	l->tail = kid;
}

/* Who reads AND and OR on one level: Brandwatch does not say, Nexis has not
 * always read them in the same way. */
static bool
check_joint(struct parser *p, struct level *l, const struct foreign_token *op,
    unsigned least)
{
	enum foreign_kind joint = op->kind == FOREIGN_OR ? FOREIGN_OR
							 : FOREIGN_AND;
	bool mixed = l->joint != FOREIGN_END && l->joint != joint;

	l->joint = joint;
	if (p->lexer.tool == FOREIGN_BRANDWATCH && mixed &&
	    binding(p, op) == BIND_AND)
		return refuse(p, op->offset, op->length,
			   "AND and OR side by side: say with parentheses "
			   "which belongs together") != NULL;
	if (p->lexer.tool == FOREIGN_NEXIS && !p->told_or &&
	    (mixed || (joint == FOREIGN_OR && least != 0))) {
		warn(p, op->offset, op->length,
		    "read as Nexis does it: OR joins first, then W/n, then "
		    "AND; parentheses would make it plain");
		p->told_or = true;
	}
	return true;
}

static bool
parse_right(struct parser *p, struct level *l, unsigned least)
{
	struct foreign_token op = p->now;
	struct query *right;

	if (op.said != NULL)
		warn(p, op.offset, op.length, op.said);
	advance(p);
	if (op.kind == FOREIGN_WITHIN) {
		if (l->q->fields != FIELDS_LEAD) /* once is enough */
			look_in(l->q, FIELDS_LEAD);
		return true;
	}
	if (!check_joint(p, l, &op, least))
		return false;
	right = parse_infix(p, binding(p, &op) + 1);
	if (right == NULL)
		return false;
	if (op.kind == FOREIGN_AND || op.kind == FOREIGN_OR ||
	    op.kind == FOREIGN_NOT) {
		add_kid(p, l, &op, right);
	} else {
		l->q = near(p, &op, l->q, right);
		l->tail = NULL;
	}
	return l->q != NULL;
}

static struct query *
parse_infix(struct parser *p, unsigned least)
{
	struct level l = { NULL, NULL, FOREIGN_END };

	if (++p->depth > FOREIGN_DEPTH)
		return refuse(p, p->now.offset, 1, "this is nested too deeply");
	l.q = parse_operand(p);
	while (l.q != NULL && binding(p, &p->now) != 0 &&
	    binding(p, &p->now) >= least)
		if (!parse_right(p, &l, least))
			return NULL;
	p->depth--;
	return l.q;
}

/* Lucene has no operators but clauses that must, may or must not be there. */
struct clauses {
	struct query *must, **must_tail, *may, **may_tail, *not, **not_tail;
	bool and, or, bare; /* how they were joined */
};

static bool
add_clause(struct parser *p, struct clauses *c, enum foreign_kind joint)
{
	struct foreign_token sign = p->now;
	bool signed_one = sign.kind == FOREIGN_MUST || sign.kind == FOREIGN_NOT;
	struct query *q;

	if (joint == FOREIGN_OR && sign.kind == FOREIGN_NOT)
		return refuse(p, sign.offset, sign.length,
			   "Lucene reads OR NOT as AND NOT: say which you "
			   "mean") != NULL;
	c->and = c->and || joint == FOREIGN_AND;
	c->or = c->or || joint == FOREIGN_OR;
	c->bare = c->bare || (joint == FOREIGN_END && !signed_one);
	if (signed_one)
		advance(p);
	q = parse_operand(p);
	if (q == NULL)
		return false;
	if (sign.kind == FOREIGN_NOT) {
		*c->not_tail = negate(p, q);
		c->not_tail = &(*c->not_tail)->next;
	} else if (sign.kind == FOREIGN_MUST) {
		*c->must_tail = q;
		c->must_tail = &q->next;
	} else {
		*c->may_tail = q;
		c->may_tail = &q->next;
	}
	return true;
}

static struct query *
wrap_list(struct parser *p, enum query_kind kind, struct query *kids)
{
	struct query *q, *last = kids;

	if (kids == NULL || kids->next == NULL)
		return kids;
	while (last->next != NULL)
		last = last->next;
	q = new_node(p, kind, kids, last);
	q->kids = kids;
	return q;
}

static struct query *
join_clauses(struct parser *p, struct clauses *c)
{
	struct query *may = c->may;

	if (c->and) { /* then all of them must be there */
		*c->must_tail = may;
		if (may != NULL)
			c->must_tail = c->may_tail;
		may = NULL;
	}
	if (c->must != NULL && may != NULL) {
		for (const struct query *k = may; k != NULL; k = k->next)
			warn(p, k->offset, k->length,
			    "beside what must be there this only ranks: it is "
			    "left out");
		may = NULL;
	}
	if (may != NULL) {
		c->must = wrap_list(p, QUERY_OR, may);
		c->must_tail = &c->must->next;
	}
	*c->must_tail = c->not ;
	return wrap_list(p, QUERY_AND, c->must);
}

static bool
starts_clause(const struct foreign_token *t)
{
	return t->kind != FOREIGN_END && t->kind != FOREIGN_CLOSE &&
	    t->kind != FOREIGN_ERROR;
}

static struct query *
parse_clauses(struct parser *p)
{
	struct clauses c = { .must = NULL };
	struct foreign_token joint;

	c.must_tail = &c.must;
	c.may_tail = &c.may;
	c.not_tail = &c.not ;
	if (!add_clause(p, &c, FOREIGN_AND))
		return NULL;
	c.and = false;
	while (starts_clause(&p->now)) {
		joint = p->now;
		if (joint.kind == FOREIGN_AND || joint.kind == FOREIGN_OR)
			advance(p);
		else
			joint.kind = FOREIGN_END;
		if (!add_clause(p, &c, joint.kind))
			return NULL;
		if (c.and &&(c.or || c.bare))
			return refuse(p, joint.offset, joint.length,
			    "AND and OR (or nothing) side by side: say with "
			    "parentheses which belongs together");
		if (c.bare && c.must == NULL && !p->told_or)
			warn(p, joint.offset, joint.length,
			    "words without operators are read as joined by "
			    "OR, as Lucene does unless it is set to AND");
		p->told_or = p->told_or || (c.bare && c.must == NULL);
	}
	return p->now.kind == FOREIGN_ERROR ? NULL : join_clauses(p, &c);
}

static struct query *
parse_level(struct parser *p)
{
	struct query *q = p->lexer.tool == FOREIGN_LUCENE ? parse_clauses(p)
							  : parse_infix(p, 0);

	if (q == NULL)
		return NULL;
	if (p->now.kind != FOREIGN_END && p->now.kind != FOREIGN_CLOSE)
		return refuse(p, p->now.offset, p->now.length,
		    "what joins this to what stands before it?");
	return q;
}

struct query *
foreign_parse(enum foreign_tool tool, const struct config_text *at,
    struct arena *a, struct diags *diags)
{
	struct parser p = { .lexer = { .tool = tool, .at = at, .diags = diags },
		.arena = a,
		.fields = FIELDS_DEFAULT,
		.letters = FOREIGN_SAME };
	struct query *q;

	if (at->text.len > QUERY_BYTES)
		return refuse(&p, 0, 1, "the query is too long");
	p.scratch = diags_new();
	(void)diags_add_source(p.scratch, "", SV_NONE);
	advance(&p);
	q = p.now.kind == FOREIGN_END ? refuse(&p, 0, 1, "the query is empty")
				      : parse_level(&p);
	if (q != NULL && p.now.kind == FOREIGN_CLOSE)
		q = refuse(
		    &p, p.now.offset, 1, "this parenthesis was never opened");
	diags_unref(p.scratch);
	return q;
}

unsigned
foreign_signs(const struct config_text *at, size_t *offset, size_t *length)
{
	struct diags *scratch = diags_new();
	struct foreign_token t;
	unsigned tools = 0;

	(void)diags_add_source(scratch, "", SV_NONE);
	for (unsigned i = 0; i < FOREIGN_NONE; i++) {
		struct foreign_lexer l = {
			.tool = (enum foreign_tool)i, .at = at, .diags = scratch
		};

		do {
			t = foreign_next(&l);
			if (!t.sign)
				continue;
			if (tools == 0) {
				*offset = t.offset;
				*length = t.length;
			}
			tools |= 1u << i;
		} while (t.kind != FOREIGN_END && t.kind != FOREIGN_ERROR);
	}
	diags_unref(scratch);
	return tools;
}

/* Makes the operator that begins at `word` upper case, if it is one. */
static bool
raise_word(char *word, size_t length)
{
	static const char *const names[] = { "AND", "OR", "NOT", "NEAR", "PRE",
		"ATLEAST", "OF" };
	struct sv all = { word, length };
	struct sv name = sv_sub(all, 0, sv_chr(all, '/'));

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (sv_iis(name, names[i]) && !sv_is(name, names[i])) {
			memcpy(word, names[i], name.len);
			return true;
		}
	return false;
}

void
foreign_raise(
    const struct config_text *at, struct str *out, struct diags *diags)
{
	size_t from = out->len;
	struct diags *scratch = diags_new();
	struct config_text copy = *at;
	unsigned warnings = 0;
	struct lexer l = { .at = &copy, .diags = scratch };
	struct lexeme x;

	(void)diags_add_source(scratch, "", SV_NONE);
	copy.file = 0;
	if (!str_add(out, at->text))
		copy.text = SV_NONE;
	else
		copy.text = sv_from(str_sv(out), from);
	do {
		x = lexer_next(&l);
		if (x.kind != LEX_ERROR)
			continue;
		if (!raise_word(out->p + from + x.offset, x.length))
			break;
		if (warnings++ < CONFIG_ERRORS) /* no more are shown */
			diag_add_text(diags, DIAG_WARNING, at, x.offset,
			    x.length, NULL,
			    "read as %.*s; a word of the text is quoted",
			    SV_ARG(sv_sub(copy.text, x.offset, x.length)));
	} while (x.kind != LEX_END);
	diags_unref(scratch);
}
