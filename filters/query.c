/* filters/query.c: from the text of a query to its tree. */
#include "filters/query.h"

#include "filters/lex.h"

#include <string.h>

struct parser {
	struct lexer lexer;
	struct lexeme now;
	struct arena *arena;
	unsigned depth;
	unsigned fields; /* where leaves look */
	bool in_field;
};

static const struct {
	const char *name;
	unsigned fields;
} fields[] = {
	{ "title", FIELD_BIT(FIELD_TITLE) },
	{ "summary", FIELD_BIT(FIELD_SUMMARY) },
	{ "content", FIELD_BIT(FIELD_CONTENT) },
	{ "article", FIELD_BIT(FIELD_ARTICLE) },
	{ "body", FIELDS_BODY },
	{ "lead", FIELDS_LEAD },
	{ "url", FIELD_BIT(FIELD_URL) },
	{ "author", FIELD_BIT(FIELD_AUTHOR) },
	{ "tag", FIELD_BIT(FIELD_TAG) },
	{ "category", FIELD_BIT(FIELD_TAG) },
};

const char *
query_field_name(unsigned mask)
{
	for (size_t i = 0; i < COUNTOF(fields); i++)
		if (fields[i].fields == mask)
			return fields[i].name;
	return NULL;
}

static struct query *parse_level(struct parser *p);

static struct query *
refuse_with(struct parser *p, size_t offset, size_t length,
    const char *suggestion, const char *what)
{
	if (p->now.kind != LEX_ERROR)
		diag_add_text(p->lexer.diags, DIAG_ERROR, p->lexer.at, offset,
		    length, suggestion, "%s", what);
	p->now.kind = LEX_ERROR;
	return NULL;
}

static struct query *
refuse(struct parser *p, size_t offset, size_t length, const char *what)
{
	return refuse_with(p, offset, length, NULL, what);
}

static void
advance(struct parser *p)
{
	p->now = lexer_next(&p->lexer);
}

static struct query *
new_node(struct parser *p, enum query_kind kind, size_t offset, size_t length)
{
	struct query *q = arena_calloc(p->arena, sizeof(*q));

	q->kind = kind;
	q->offset = offset;
	q->length = length;
	q->fields = p->fields;
	return q;
}

static struct query *
parse_leaf(struct parser *p, enum query_kind kind)
{
	struct query *q = new_node(p, kind, p->now.offset, p->now.length);

	q->text = p->now.text;
	q->exact = p->now.kind == LEX_EXACT;
	q->caseless = p->now.caseless;
	if (kind == QUERY_TERM && sv_trim(q->text).len == 0)
		return refuse(p, q->offset, q->length, "this phrase is empty");
	advance(p);
	return q;
}

/* `commas`: do they separate after the group? */
static struct query *
parse_group(struct parser *p, bool commas)
{
	struct lexeme open = p->now;
	struct query *q;

	/* The parentheses of a field are one more: no field is in another. */
	if (++p->depth > QUERY_DEPTH + (p->in_field ? 1u : 0u))
		return refuse(
		    p, open.offset, 1, "parentheses are nested too deeply");
	advance(p);
	if (p->now.kind == LEX_CLOSE)
		return refuse(p, open.offset, p->now.offset + 1 - open.offset,
		    "there is nothing between these parentheses");
	q = parse_level(p);
	if (q == NULL)
		return NULL;
	if (p->now.kind == LEX_COMMA)
		return refuse(p, p->now.offset, 1,
		    "commas stand between the operands of OF alone: write OR "
		    "or AND");
	if (p->now.kind != LEX_CLOSE)
		return refuse(
		    p, open.offset, 1, "this parenthesis is never closed");
	q->offset = open.offset;
	q->length = p->now.offset + 1 - open.offset;
	p->depth--;
	p->lexer.commas = commas;
	advance(p);
	return q;
}

static const char *
nearest_field(struct sv name)
{
	const char *names[COUNTOF(fields) + 1] = { "lang" };

	for (size_t i = 0; i < COUNTOF(fields); i++)
		names[i + 1] = fields[i].name;
	return diag_nearest(name, names, COUNTOF(names));
}

static struct query *parse_operand(struct parser *p);

static struct query *
refuse_field(struct parser *p, const struct lexeme *name)
{
	const char *nearest = nearest_field(name->text);

	diag_add_text(p->lexer.diags, DIAG_ERROR, p->lexer.at, name->offset,
	    name->length, nearest,
	    "there is no field '%.*s'%s; quote the text "
	    "if none is meant",
	    SV_ARG(name->text),
	    nearest != NULL ? ""
			    : " (title, lead, body, url, author, tag, lang)");
	p->now.kind = LEX_ERROR;
	return NULL;
}

static struct query *
parse_field(struct parser *p)
{
	struct lexeme name = p->now;
	struct query *q;
	size_t i = 0;

	while (i < COUNTOF(fields) && !sv_is(name.text, fields[i].name))
		i++;
	if (i == COUNTOF(fields))
		return refuse_field(p, &name);
	if (p->in_field)
		return refuse(p, name.offset, name.length,
		    "a field inside another field");
	p->fields = fields[i].fields;
	p->in_field = true;
	advance(p);
	q = parse_operand(p);
	p->fields = FIELDS_DEFAULT;
	p->in_field = false;
	if (q != NULL) {
		q->length += q->offset - name.offset;
		q->offset = name.offset;
	}
	return q;
}

static struct query *
parse_filter(struct parser *p)
{
	if (p->in_field)
		return refuse(p, p->now.offset, p->now.length,
		    "a filter looks where it says itself, not in this field");
	return parse_leaf(p, QUERY_FILTER);
}

/* The opening parenthesis of what is counted.  Commas separate behind it. */
static bool
open_list(struct parser *p, const struct lexeme *op, const char *form)
{
	p->lexer.commas = true;
	advance(p);
	if (p->now.kind == LEX_OPEN)
		return true;
	(void)refuse_with(p, op->offset, op->length, form,
	    "what it counts stands behind it in parentheses");
	return false;
}

/* Operands with commas between; `now` is the opening parenthesis, then what
 * follows the closing one. */
static bool
parse_list(struct parser *p, struct query *of, bool commas)
{
	struct lexeme open = p->now;
	struct query **tail = &of->kids;
	size_t n = 0;

	if (++p->depth > QUERY_DEPTH + (p->in_field ? 1u : 0u))
		return refuse(p, open.offset, 1,
			   "parentheses are nested too deeply") != NULL;
	do {
		advance(p);
		*tail = parse_level(p);
		if (*tail == NULL)
			return false;
		tail = &(*tail)->next;
		n++;
	} while (p->now.kind == LEX_COMMA);
	if (p->now.kind != LEX_CLOSE)
		return refuse(p, open.offset, 1,
			   "this parenthesis is never closed") != NULL;
	if (n < of->count)
		return refuse(p, of->offset, of->length,
			   "it wants more than stands in its parentheses "
			   "(with commas between)") != NULL;
	of->length = p->now.offset + 1 - of->offset;
	p->depth--;
	p->lexer.commas = commas;
	advance(p);
	return true;
}

static struct query *
parse_of(struct parser *p)
{
	struct lexeme op = p->now;
	struct query *q = new_node(p, QUERY_OF, op.offset, op.length);
	bool commas = p->lexer.commas;

	q->count = op.number;
	if (!open_list(p, &op, "2 OF (a, b, \"c d\")") ||
	    !parse_list(p, q, commas))
		return NULL;
	return q;
}

/* Why something cannot stand beside NEAR or be counted, or NULL. */
static const char *
operand_trouble(const struct query *q)
{
	const char *trouble = NULL;

	switch (q->kind) {
	case QUERY_TERM:
	case QUERY_ENTITY:
	case QUERY_NEAR:
	case QUERY_NOT_NEAR:
		return NULL;
	case QUERY_OR:
		for (const struct query *k = q->kids;
		     k != NULL && trouble == NULL; k = k->next)
			trouble = operand_trouble(k);
		return trouble;
	case QUERY_REGEX:
		return "a regular expression is no word: it can be joined by "
		       "AND, but neither be near something nor be counted";
	case QUERY_LANG:
	case QUERY_FILTER:
		return "this is true of a whole item: it can be joined by AND, "
		       "but neither be near something nor be counted";
	case QUERY_AND:
	case QUERY_NOT:
	case QUERY_ATLEAST:
	case QUERY_OF:
		return "only words, phrases, entities and groups of them with "
		       "OR can be near one another or be counted";
	}
	BUG("no such node");
}

static struct query *
parse_atleast(struct parser *p)
{
	struct lexeme op = p->now;
	struct query *q = new_node(p, QUERY_ATLEAST, op.offset, op.length);
	bool commas = p->lexer.commas;
	const char *trouble;

	q->count = op.number;
	if (!open_list(p, &op, "ATLEAST/3(a)"))
		return NULL;
	q->kids = parse_group(p, commas);
	if (q->kids == NULL)
		return NULL;
	trouble = operand_trouble(q->kids);
	if (trouble != NULL)
		return refuse(p, q->kids->offset, q->kids->length, trouble);
	q->length = q->kids->offset + q->kids->length - q->offset;
	return q;
}

static struct query *
parse_operand(struct parser *p)
{
	switch (p->now.kind) {
	case LEX_ERROR:
		return NULL;
	case LEX_OPEN:
		return parse_group(p, p->lexer.commas);
	case LEX_FIELD:
		return parse_field(p);
	case LEX_LANG:
		return parse_leaf(p, QUERY_LANG);
	case LEX_TERM:
	case LEX_EXACT:
		return parse_leaf(p, QUERY_TERM);
	case LEX_ENTITY:
		return parse_leaf(p, QUERY_ENTITY);
	case LEX_FILTER:
		return parse_filter(p);
	case LEX_REGEX:
		return parse_leaf(p, QUERY_REGEX);
	case LEX_ATLEAST:
		return parse_atleast(p);
	case LEX_OF:
		return parse_of(p);
	case LEX_END:
		return refuse(p, p->now.offset, 1,
		    "the query ends where a word is expected");
	case LEX_CLOSE:
	case LEX_AND:
	case LEX_OR:
	case LEX_NOT:
	case LEX_NEAR:
	case LEX_PRE:
	case LEX_NOT_NEAR:
	case LEX_COMMA:
		return refuse(p, p->now.offset, p->now.length,
		    "a word is expected before this");
	}
	BUG("no such lexeme");
}

/* Which of the operands of NEAR is to blame, and for what. */
static bool
check_near(struct parser *p, const struct query *kids, const struct lexeme *op)
{
	for (const struct query *k = kids; k != NULL; k = k->next) {
		const char *trouble = operand_trouble(k);

		if (trouble == NULL)
			continue;
		if (k->kind == QUERY_NOT)
			(void)refuse_with(p, op->offset, op->length,
			    "NOT NEAR/5", "what is not there is near nothing");
		else
			(void)refuse(p, k->offset, k->length, trouble);
		return false;
	}
	return true;
}

/* What stands right of NEAR. */
static struct query *
parse_near_right(struct parser *p, const struct lexeme *op)
{
	advance(p);
	if (p->now.kind == LEX_NOT)
		return refuse_with(p, op->offset,
		    p->now.offset + p->now.length - op->offset, "NOT NEAR/5",
		    "NOT stands before NEAR");
	return parse_operand(p);
}

static struct query *
parse_near(struct parser *p)
{
	struct query *left = parse_operand(p);
	unsigned chain = 0;

	while (left != NULL &&
	    (p->now.kind == LEX_NEAR || p->now.kind == LEX_PRE ||
		p->now.kind == LEX_NOT_NEAR)) {
		struct lexeme op = p->now;
		struct query *q = new_node(p,
		    op.kind == LEX_NOT_NEAR ? QUERY_NOT_NEAR : QUERY_NEAR,
		    left->offset, 0);

		q->ordered = op.kind == LEX_PRE;
		q->distance = op.number;
		q->kids = left;
		left->next = parse_near_right(p, &op);
		if (left->next == NULL)
			return NULL;
		if (++chain > QUERY_DEPTH)
			return refuse(
			    p, op.offset, op.length, "too many NEAR in a row");
		if (!check_near(p, left, &op))
			return NULL;
		q->length = left->next->offset + left->next->length - q->offset;
		left = q;
	}
	return left;
}

static struct query *
parse_item(struct parser *p)
{
	struct lexeme op = p->now;
	struct query *q;

	if (op.kind != LEX_NOT)
		return parse_near(p);
	advance(p);
	if (p->now.kind == LEX_NOT)
		return refuse(
		    p, p->now.offset, p->now.length, "NOT twice in a row");
	q = new_node(p, QUERY_NOT, op.offset, 0);
	q->kids = parse_near(p);
	if (q->kids == NULL)
		return NULL;
	q->length = q->kids->offset + q->kids->length - q->offset;
	return q;
}

/* How other tools write operators, by what a word begins with. */
static const struct {
	const char *sign;
	bool number; /* follows it */
	const char *ours;
} foreign_signs[] = {
	{ "&", false, "AND" },
	{ "+", false, "AND" },
	{ "|", false, "OR" },
	{ "-", false, "NOT" },
	{ "!", false, "NOT" },
	{ "~", true, "NEAR/5" },
	{ "/", true, "NEAR/5" },
	{ "w/", true, "NEAR/5" },
	{ "n/", true, "NEAR/5" },
	{ "near", true, "NEAR/5" },
	{ "adj", true, "PRE/5" },
};

/* What is written so here, or NULL. */
static const char *
find_foreign(struct sv word)
{
	for (size_t i = 0; i < COUNTOF(foreign_signs); i++) {
		struct sv sign = sv_of(foreign_signs[i].sign);
		struct sv rest = sv_from(word, sign.len);

		if (sv_istarts(word, sign) &&
		    (!foreign_signs[i].number ||
			(rest.len != 0 && ascii_is_digit(rest.p[0]))))
			return foreign_signs[i].ours;
	}
	return NULL;
}

/* The word that ends before `end`. */
static struct sv
word_before(struct sv text, size_t end)
{
	size_t from;

	while (end != 0 && ascii_is_space(text.p[end - 1]))
		end--;
	for (from = end; from != 0 && !ascii_is_space(text.p[from - 1]) &&
	     text.p[from - 1] != '(';)
		from--;
	return sv_sub(text, from, end - from);
}

/* Why there is no operator before `x`. */
static void
refuse_row(struct parser *p, const struct lexeme *x)
{
	struct sv text = p->lexer.at->text;
	struct sv before = word_before(text, x->offset);
	const char *ours = find_foreign(sv_sub(text, x->offset, x->length));

	if (ours != NULL)
		(void)refuse_with(p, x->offset, x->length, ours,
		    "other tools write it so ('tocsin fmt' translates)");
	else if (sv_starts(before, SV("'")) || sv_starts(before, SV("\u2018")))
		(void)refuse(p, x->offset, x->length,
		    "two words in a row: a phrase stands in double quotes");
	else
		(void)refuse(p, x->offset, x->length,
		    "two words in a row: quote the phrase, or write AND or OR");
}

/* What joins the next operand, or LEX_END when none follows. */
static enum lexeme_kind
parse_joint(struct parser *p)
{
	struct lexeme x = p->now;

	if (x.kind == LEX_END || x.kind == LEX_CLOSE || x.kind == LEX_COMMA ||
	    x.kind == LEX_ERROR)
		return LEX_END;
	if (x.kind == LEX_NOT)
		return LEX_AND;
	if (x.kind == LEX_AND || x.kind == LEX_OR) {
		advance(p);
		return x.kind;
	}
	refuse_row(p, &x);
	return LEX_END;
}

/* Operands joined by AND, or by OR, but never by both. */
static struct query *
parse_level(struct parser *p)
{
	struct query *q = parse_item(p), **tail, *kid;
	enum lexeme_kind joint = LEX_END, next;

	for (tail = NULL; q != NULL; tail = &kid->next) {
		size_t at = p->now.offset, len = p->now.length;

		next = parse_joint(p);
		if (next == LEX_END)
			break;
		if (joint != LEX_END && joint != next)
			return refuse(p, at, len,
			    "AND and OR side by side: say with parentheses "
			    "which belongs together");
		if (joint == LEX_END) {
			kid = q;
			q = new_node(p, next == LEX_AND ? QUERY_AND : QUERY_OR,
			    kid->offset, 0);
			q->kids = kid;
			tail = &kid->next;
		}
		joint = next;
		*tail = kid = parse_item(p);
		if (kid == NULL)
			return NULL;
		q->length = kid->offset + kid->length - q->offset;
	}
	return p->now.kind == LEX_ERROR ? NULL : q;
}

/* How many kids must be negative for the whole to be. */
static size_t
negative_kids(const struct query *q)
{
	size_t n = 0;

	if (q->kind == QUERY_OR)
		return 1;
	if (q->kind == QUERY_OF)
		return q->count;
	for (const struct query *k = q->kids; k != NULL; k = k->next)
		n++;
	return n;
}

/* The part that matches what it does not name, or NULL. */
static const struct query *
find_negative(const struct query *q)
{
	const struct query *first = NULL;
	size_t bad = 0;

	if (q->kind == QUERY_NOT)
		return q;
	if (q->kind != QUERY_AND && q->kind != QUERY_OR && q->kind != QUERY_OF)
		return NULL;
	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		const struct query *kid = find_negative(k);

		if (kid != NULL && bad++ == 0)
			first = kid;
	}
	return bad >= negative_kids(q) ? first : NULL;
}

struct query *
query_parse(const struct config_text *at, struct arena *a, struct diags *diags)
{
	struct parser p = { .lexer = { .at = at, .diags = diags },
		.arena = a,
		.fields = FIELDS_DEFAULT };
	const struct query *bad;
	struct query *q;

	if (at->text.len > QUERY_BYTES)
		return refuse(&p, 0, 1, "the query is too long");
	advance(&p);
	if (p.now.kind == LEX_END)
		return refuse(&p, 0, 1, "the query is empty");
	q = parse_level(&p);
	if (q == NULL)
		return NULL;
	if (p.now.kind == LEX_CLOSE)
		return refuse(
		    &p, p.now.offset, 1, "this parenthesis was never opened");
	bad = find_negative(q);
	if (bad != NULL)
		return refuse(&p, bad->offset, bad->length,
		    "this matches whatever it does not name: say with AND "
		    "what must be there");
	return q;
}
