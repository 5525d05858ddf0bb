/* filters/print.c: queries in their one canonical form. */
#include "filters/print.h"

#include "base/utf8.h"
#include "filters/fold.h"
#include "filters/lex.h"

#include <assert.h>

#define INDENT 2
#define LINE_BYTES (4 * QUERY_COLUMNS) /* no line that fits is longer */

/* Unprintable characters go: those that are not there for the matcher as if
 * they were not, the others with the blanks that they are for it. */
static struct sv
normalize_words(struct sv text, struct arena *a)
{
	struct str clean, words;
	uint32_t cp;
	size_t len;

	str_init(&clean, text.len + 1);
	str_init(&words, text.len + 1);
	for (size_t at = 0; at < text.len; at += len) {
		len = utf8_decode(sv_from(text, at), &cp);
		if (!utf8_valid(sv_sub(text, at, len)) ||
		    (!utf8_is_printable(cp) && char_class(cp) != CHAR_IGNORED))
			(void)str_addc(&clean, ' ');
		else if (utf8_is_printable(cp))
			(void)str_add(&clean, sv_sub(text, at, len));
	}
	str_add_words(&words, str_sv(&clean));
	if (words.len != 0)
		text = arena_sv(a, str_sv(&words));
	str_done(&clean);
	str_done(&words);
	return text;
}

/* "en" or "en, fr" */
static struct sv
normalize_langs(struct sv langs, struct arena *a)
{
	struct str out;
	struct sv all = langs;

	str_init(&out, 2 * langs.len + 1);
	for (struct sv one; sv_split(&langs, ',', &one);) {
		if (sv_trim(one).len == 0)
			continue;
		if (out.len != 0)
			(void)str_adds(&out, ", ");
		(void)str_add(&out, normalize_words(sv_trim(one), a));
	}
	if (out.len != 0)
		all = arena_sv(a, str_sv(&out));
	str_done(&out);
	return all;
}

/* Puts the children of children of the same kind in their place. */
static void
flatten(struct query *q)
{
	struct query *kid, *last;

	for (struct query **at = &q->kids; *at != NULL;) {
		kid = *at;
		if (kid->kind != q->kind) {
			at = &kid->next;
			continue;
		}
		for (last = kid->kids; last->next != NULL; last = last->next)
			;
		last->next = kid->next;
		*at = kid->kids;
	}
}

static unsigned
shared_fields(const struct query *q)
{
	unsigned fields;

	assert(q->kids != NULL);
	fields = q->kids->fields;
	for (const struct query *k = q->kids; k != NULL; k = k->next)
		if (k->fields != fields)
			return 0;
	return fields;
}

static bool
can_join(const struct query *q)
{
	return q->kind != QUERY_NOT && query_field_name(q->fields) != NULL;
}

/* Neighbours that look in one field become one child. */
static void
group_fields(struct query *q, struct arena *a)
{
	struct query *run, *last;

	for (struct query *k, **at = &q->kids; (k = *at) != NULL;
	     at = &(*at)->next) {
		last = k;
		while (can_join(k) && last->next != NULL &&
		    can_join(last->next) && last->next->fields == k->fields)
			last = last->next;
		if (last == k)
			continue;
		run = arena_calloc(a, sizeof(*run));
		*run = *q;
		run->fields = k->fields;
		run->kids = k;
		run->next = last->next;
		last->next = NULL;
		*at = run;
	}
}

static void
normalize_leaf(struct query *q, struct arena *a)
{
	if (q->kind == QUERY_LANG) {
		q->text = normalize_langs(q->text, a);
		q->fields = FIELDS_DEFAULT;
	} else if (q->kind != QUERY_REGEX) {
		q->text = normalize_words(q->text, a);
	}
}

void
query_normalize(struct query *q, struct arena *a)
{
	bool joins = q->kind == QUERY_AND || q->kind == QUERY_OR;

	if (q->kids == NULL) {
		normalize_leaf(q, a);
		return;
	}
	if (joins)
		flatten(q);
	for (struct query *k = q->kids; k != NULL; k = k->next)
		query_normalize(k, a);
	q->fields = shared_fields(q);
	if (joins && q->fields == 0)
		group_fields(q, a);
}

struct printer {
	struct str *out;
	struct diags *sink; /* for the lexer, which says whether to quote */
	bool flat; /* all on this line */
	bool trial; /* only the width counts */
	bool tail; /* a comma follows */
	size_t indent;
};

/* What a node needs around it to be an operand. */
enum binding {
	BIND_LEVEL, /* a whole query, or all of a group */
	BIND_NOT,
	BIND_NEAR,
	BIND_OPERAND
};

static enum binding
binding_of(const struct query *q)
{
	switch (q->kind) {
	case QUERY_AND:
	case QUERY_OR:
		return BIND_LEVEL;
	case QUERY_NOT:
		return BIND_NOT;
	case QUERY_NEAR:
	case QUERY_NOT_NEAR:
		return BIND_NEAR;
	case QUERY_ATLEAST:
	case QUERY_OF:
	case QUERY_TERM:
	case QUERY_ENTITY:
	case QUERY_LANG:
	case QUERY_FILTER:
	case QUERY_REGEX:
		return BIND_OPERAND;
	}
	BUG("no such kind");
}

static void
put_break(struct printer *p)
{
	(void)str_addc(p->out, p->flat ? ' ' : '\n');
	for (size_t i = 0; !p->flat && i < p->indent; i++)
		(void)str_addc(p->out, ' ');
}

/* Does the lexer read `text` as one lexeme of that kind, and as `word`? */
static bool
reads_as(const struct printer *p, const struct str *text, enum lexeme_kind kind,
    struct sv word)
{
	struct config_text at = {
		.text = str_sv(text), .line = 1, .column = 1
	};
	struct lexer l = { .at = &at, .diags = p->sink };
	struct lexeme x = lexer_next(&l);

	return x.kind == kind && l.offset == text->len && sv_eq(x.text, word);
}

/* A word, or a phrase in the first quotes that keep it whole. */
static void
put_words(
    struct printer *p, const char *sign, struct sv words, enum lexeme_kind kind)
{
	static const char *const quotes[][2] = { { "", "" }, { "\"", "\"" },
		{ "“", "”" }, { "«", "»" } };
	struct str text;
	bool done = false;

	if (p->trial && words.len > LINE_BYTES) {
		(void)str_add(p->out, words);
		return;
	}
	str_init(&text, words.len + 16);
	for (size_t i = sv_chr(words, ',') < words.len; !done; i++) {
		if (i == COUNTOF(quotes))
			BUG("a phrase that no quotes can hold");
		str_clear(&text);
		(void)str_addf(&text, "%s%s", sign, quotes[i][0]);
		(void)str_add(&text, words);
		(void)str_adds(&text, quotes[i][1]);
		done = reads_as(p, &text, kind, words);
	}
	(void)str_add(p->out, str_sv(&text));
	str_done(&text);
}

static void
put_between(
    struct printer *p, const char *before, struct sv text, const char *after)
{
	(void)str_adds(p->out, before);
	(void)str_add(p->out, text);
	(void)str_adds(p->out, after);
}

static void
put_leaf(struct printer *p, const struct query *q)
{
	bool list = sv_chr(q->text, ',') < q->text.len;

	if (q->kind == QUERY_ENTITY)
		put_words(p, "@", q->text, LEX_ENTITY);
	else if (q->kind == QUERY_FILTER)
		put_words(p, "filter:", q->text, LEX_FILTER);
	else if (q->kind == QUERY_TERM)
		put_words(p, q->exact ? "=" : "", q->text,
		    q->exact ? LEX_EXACT : LEX_TERM);
	else if (q->kind == QUERY_REGEX)
		put_between(p, "/", q->text, q->caseless ? "/i" : "/");
	else
		put_between(
		    p, list ? "lang:(" : "lang:", q->text, list ? ")" : "");
}

static void
put(struct printer *p, const struct query *q, enum binding least, bool inside);

static void
put_near(struct printer *p, const struct query *q, bool inside)
{
	put(p, q->kids, BIND_NEAR, inside);
	put_break(p);
	if (q->kind == QUERY_NOT_NEAR)
		(void)str_adds(p->out, "NOT ");
	(void)str_addf(
	    p->out, "%s/%u ", q->ordered ? "PRE" : "NEAR", q->distance);
	put(p, q->kids->next, BIND_OPERAND, inside);
}

/* What OF and ATLEAST count. */
static void
put_list(struct printer *p, const struct query *q, bool inside)
{
	for (const struct query *k = q->kids; k != NULL && !p->out->full;
	     k = k->next) {
		p->tail = k->next != NULL;
		put(p, k, BIND_LEVEL, inside);
		p->tail = false;
		if (k->next == NULL)
			break;
		(void)str_addc(p->out, ',');
		put_break(p);
	}
}

/* Operands with their operators; `inside` a field. */
static void
put_operands(struct printer *p, const struct query *q, bool inside)
{
	if (q->kind == QUERY_NOT) {
		(void)str_adds(p->out, "NOT ");
		put(p, q->kids, BIND_NEAR, inside);
		return;
	}
	if (binding_of(q) == BIND_NEAR) {
		put_near(p, q, inside);
		return;
	}
	for (const struct query *k = q->kids; k != NULL && !p->out->full;
	     k = k->next) {
		if (k != q->kids) {
			put_break(p);
			(void)str_adds(
			    p->out, q->kind == QUERY_AND ? "AND " : "OR ");
		}
		put(p, k, BIND_NOT, inside);
	}
}

static bool
is_counted(const struct query *q)
{
	return q->kind == QUERY_ATLEAST || q->kind == QUERY_OF;
}

static void
put_group(struct printer *p, const struct query *q, bool inside)
{
	(void)str_addc(p->out, '(');
	p->indent += INDENT;
	if (!p->flat)
		put_break(p);
	if (is_counted(q))
		put_list(p, q, inside);
	else
		put_operands(p, q, inside);
	p->indent -= INDENT;
	if (!p->flat)
		put_break(p);
	(void)str_addc(p->out, ')');
}

static size_t
columns(struct sv v)
{
	size_t n = 0;

	for (size_t i = 0; i < v.len; i++)
		n += (v.p[i] & 0xC0) != 0x80;
	return n;
}

/* Is there room for all of it on this line? */
static bool
fits(const struct printer *p, const struct query *q, enum binding least,
    bool inside)
{
	char *line = memrchr(str_c(p->out), '\n', p->out->len);
	size_t from = line == NULL ? 0 : (size_t)(line + 1 - p->out->p);
	struct printer trial = { .sink = p->sink, .flat = true, .trial = true };
	struct str text;
	bool fit;

	str_init(&text, LINE_BYTES);
	trial.out = &text;
	put(&trial, q, least, inside);
	fit = !text.full &&
	    columns(sv_from(str_sv(p->out), from)) + columns(str_sv(&text)) +
		    p->tail <=
		QUERY_COLUMNS;
	str_done(&text);
	return fit;
}

static void
put(struct printer *p, const struct query *q, enum binding least, bool inside)
{
	const char *field = NULL;
	bool flat = p->flat;
	size_t indent = p->indent;

	if (p->out->full)
		return;
	if (!inside && q->kind != QUERY_NOT)
		field = query_field_name(q->fields);
	p->flat = flat || q->kids == NULL || fits(p, q, least, inside);
	if (field != NULL)
		(void)str_addf(p->out, "%s:", field);
	if (q->kind == QUERY_ATLEAST)
		(void)str_addf(p->out, "ATLEAST/%u", q->count);
	if (q->kind == QUERY_OF)
		(void)str_addf(p->out, "%u OF ", q->count);
	if (q->kids == NULL) {
		put_leaf(p, q);
	} else if (is_counted(q) || field != NULL || binding_of(q) < least) {
		put_group(p, q, inside || field != NULL);
	} else {
		if (binding_of(q) == BIND_NEAR && least == BIND_NOT)
			p->indent += INDENT; /* its lines hang together */
		put_operands(p, q, inside);
	}
	p->flat = flat;
	p->indent = indent;
}

bool
query_print(const struct query *q, struct str *out)
{
	struct str text;
	struct printer p = { .out = &text, .sink = diags_new() };

	(void)diags_add_source(p.sink, "", SV_NONE);
	str_init(&text, out->max);
	put(&p, q, BIND_LEVEL, false);
	diags_unref(p.sink);
	if (text.full)
		out->full = true;
	else
		(void)str_add(out, str_sv(&text));
	str_done(&text);
	return !out->full;
}
