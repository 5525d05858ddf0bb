/* config/yaml.c: a YAML file as a tree that knows its places, built from
 * libyaml's events. */
#include "config/yaml.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "config/align.h"
#include "config/source.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct frame {
	struct node *node;
	struct node *key; /* of a map: waits for its value */
};

struct builder {
	struct arena *arena;
	struct diags *diags;
	uint32_t file;
	struct frame stack[CONFIG_DEPTH];
	size_t depth, nodes, documents;
	struct node *root;
	const struct node *last_text, *last_key; /* for hints */
	struct sv rest; /* of the source, from `place` on */
	struct place place;
};

bool
node_is_empty(const struct node *n)
{
	return n->kind == NODE_TEXT && !n->quoted && !n->block &&
	    n->text.text.len == 0;
}

static uint32_t
width_of(const struct node *n)
{
	if (n->kind != NODE_TEXT || n->start.line != n->end.line)
		return 1;
	return n->end.column - n->start.column;
}

void
node_problem(struct diags *d, enum diag_level level, const struct node *n,
    const char *suggestion, const char *fmt, ...)
{
	char text[ERR_BYTES];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_add(d, level, n->text.file, n->start.line, n->start.column,
	    width_of(n), suggestion, "%s", text);
}

static struct place
place_of(const yaml_mark_t *m)
{
	return (
	    struct place) { (uint32_t)m->line + 1, (uint32_t)m->column + 1 };
}

static bool PRINTF_LIKE(4, 5) fail(struct builder *b, enum diag_level level,
    struct place at, const char *fmt, ...)
{
	char text[ERR_BYTES];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_add(
	    b->diags, level, b->file, at.line, at.column, 1, NULL, "%s", text);
	return false;
}

/* Takes one character, or line break, off the front of the source. */
static void
step(struct builder *b)
{
	size_t n = source_break(b->rest);
	uint32_t cp;

	if (n != 0) {
		b->place = (struct place) { b->place.line + 1, 1 };
	} else {
		n = utf8_decode(b->rest, &cp);
		b->place.column++;
	}
	b->rest = sv_from(b->rest, n);
}

/* Goes forward in the source, never back: events come in its order. */
static void
seek(struct builder *b, struct place to)
{
	while (b->rest.len != 0 &&
	    (b->place.line < to.line ||
		(b->place.line == to.line && b->place.column < to.column)))
		step(b);
}

static enum align_style
style_of(const yaml_event_t *e)
{
	switch (e->data.scalar.style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return ALIGN_SINGLE_QUOTED;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return ALIGN_DOUBLE_QUOTED;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		return ALIGN_BLOCK;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		return ALIGN_PLAIN;
	}
	BUG("no such style");
}

/* libyaml has paired the ends with their starts. */
static void
leave(struct builder *b, const yaml_event_t *e)
{
	struct frame *f = &b->stack[--b->depth];

	assert(f->node != NULL);
	f->node->end = place_of(&e->end_mark);
}

static struct node *
new_node(struct builder *b, enum node_kind kind, const yaml_event_t *e)
{
	struct node *n = arena_calloc(b->arena, sizeof(*n));

	n->kind = kind;
	n->start = place_of(&e->start_mark);
	n->end = place_of(&e->end_mark);
	n->text.file = b->file;
	n->text.line = n->start.line;
	n->text.column = n->start.column;
	return n;
}

static struct node *
new_text(struct builder *b, const yaml_event_t *e)
{
	struct node *n = new_node(b, NODE_TEXT, e);
	enum align_style style = style_of(e);
	struct sv raw;

	n->block = style == ALIGN_BLOCK;
	n->quoted = !n->block && style != ALIGN_PLAIN;
	n->text.text = arena_sv(b->arena,
	    (struct sv) {
		(const char *)e->data.scalar.value, e->data.scalar.length });
	if (style == ALIGN_PLAIN && n->start.line == n->end.line)
		return n;
	seek(b, n->start);
	raw = b->rest;
	seek(b, n->end);
	raw.len -= b->rest.len;
	align_scalar(b->arena, style, raw, &n->text);
	return n;
}

static void
attach(struct builder *b, struct node *n)
{
	struct frame *f;

	if (b->depth == 0) {
		b->root = n;
		return;
	}
	f = &b->stack[b->depth - 1];
	assert(f->node != NULL);
	if (f->node->kind == NODE_MAP && f->key == NULL) {
		if (n->kind != NODE_TEXT)
			(void)fail(b, DIAG_ERROR, n->start,
			    "a key must be a text; quote it if it begins with "
			    "{ or [");
		f->key = n;
		b->last_key = n;
		return;
	}
	n->key = f->key;
	f->key = NULL;
	if (f->node->last != NULL)
		f->node->last->next = n;
	else
		f->node->first = n;
	f->node->last = n;
}

static bool
enter(struct builder *b, struct node *n)
{
	attach(b, n);
	if (b->depth == CONFIG_DEPTH)
		return fail(b, DIAG_ERROR, n->start,
		    "nested deeper than %d levels", CONFIG_DEPTH);
	b->stack[b->depth++] = (struct frame) { n, NULL };
	return true;
}

/* Anchors, aliases and tags would make a text mean what does not stand there.
 */
static void
refuse_extras(struct builder *b, const yaml_event_t *e,
    const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct place at = place_of(&e->start_mark);

	if (anchor != NULL)
		(void)fail(b, DIAG_ERROR, at,
		    "anchors are not supported; quote a text that begins "
		    "with &");
	if (tag != NULL)
		(void)fail(b, DIAG_ERROR, at,
		    "tags are not supported; quote a text that begins with "
		    "!");
}

static bool
start_document(struct builder *b, const yaml_event_t *e)
{
	if (b->documents++ == 0)
		return true;
	return fail(b, DIAG_ERROR, place_of(&e->start_mark),
	    "a second document begins here; a file holds one");
}

static bool
count_node(struct builder *b, const yaml_event_t *e)
{
	if (b->nodes++ < CONFIG_NODES)
		return true;
	return fail(b, DIAG_ERROR, place_of(&e->start_mark),
	    "more than %d values", CONFIG_NODES);
}

/* False: enough. */
static bool
on_event(struct builder *b, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(b, e);
	case YAML_ALIAS_EVENT:
		return fail(b, DIAG_ERROR, place_of(&e->start_mark),
		    "aliases are not supported; quote a text that begins with "
		    "*");
	case YAML_SCALAR_EVENT: {
		struct node *n = new_text(b, e);

		refuse_extras(b, e, e->data.scalar.anchor, e->data.scalar.tag);
		b->last_text = n;
		attach(b, n);
		return count_node(b, e);
	}
	case YAML_SEQUENCE_START_EVENT:
		refuse_extras(b, e, e->data.sequence_start.anchor,
		    e->data.sequence_start.tag);
		return count_node(b, e) && enter(b, new_node(b, NODE_LIST, e));
	case YAML_MAPPING_START_EVENT:
		refuse_extras(b, e, e->data.mapping_start.anchor,
		    e->data.mapping_start.tag);
		return count_node(b, e) && enter(b, new_node(b, NODE_MAP, e));
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		leave(b, e);
		return true;
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return true;
	}
	BUG("no such event");
}

/* A quote that closes too late or a line indented too far shows only later. */
static bool
hint_at_long_text(struct builder *b, struct place at, bool between)
{
	const struct node *t = b->last_text;

	if (t == NULL || t->start.line == t->end.line || t->end.line != at.line)
		return false;
	if (t->block && between)
		return true;
	if (t->block)
		(void)fail(b, DIAG_NOTE, t->start,
		    "the text of this block must be indented further than its "
		    "key");
	else if (t->quoted)
		(void)fail(b, DIAG_NOTE, t->start,
		    "this quoted text runs on to line %u; is its closing quote "
		    "missing?",
		    (unsigned)t->end.line);
	else
		(void)fail(b, DIAG_NOTE, t->start,
		    "this text runs on to line %u; is a ':' missing, or that "
		    "line indented too far?",
		    (unsigned)t->end.line);
	return true;
}

static void
hint_at_block_form(struct builder *b, struct place at)
{
	const struct node *k = b->last_key;

	if (k != NULL && k->start.line == at.line && k->end.column < at.column)
		(void)fail(b, DIAG_NOTE, k->start,
		    "a text with such characters can be written in the block "
		    "form: '%s: |', and the text on the next line, indented",
		    k->text.text.p);
}

static bool
holds(const char *text, const char *part)
{
	return text != NULL && strstr(text, part) != NULL;
}

static void
add_hint(
    struct builder *b, const yaml_parser_t *p, struct place at, bool between)
{
	struct place begin = place_of(&p->context_mark);

	if (holds(p->context, "flow sequence"))
		(void)fail(b, DIAG_NOTE, begin,
		    "this [ is still open; is its ] missing?");
	else if (holds(p->context, "flow mapping"))
		(void)fail(b, DIAG_NOTE, begin,
		    "this { is still open; is its } missing?");
	else if (!hint_at_long_text(b, at, between) && !between)
		hint_at_block_form(b, at);
}

/* Is it a key that stands deeper than those of the map that goes on, but not as
 * deep as those of a map above it? */
static bool
is_between_keys(struct builder *b, const yaml_parser_t *p, struct place at)
{
	struct place begin = place_of(&p->context_mark);

	if (!holds(p->context, "block mapping") ||
	    !holds(p->problem, "expected key") || at.column <= begin.column)
		return false;
	seek(b, (struct place) { at.line, 1 });
	if (b->place.line != at.line || b->place.column != 1)
		return false;
	while (b->rest.len != 0 && b->rest.p[0] == ' ')
		step(b);
	return b->place.column == at.column;
}

/* libyaml's words, where they help. */
static void
syntax_error(struct builder *b, const yaml_parser_t *p)
{
	struct place at = place_of(&p->problem_mark);
	struct place begin = place_of(&p->context_mark);
	char c;

	bool between = is_between_keys(b, p, at);

	if (holds(p->context, "simple key"))
		at = begin;
	seek(b, at);
	c = b->rest.p != NULL && b->rest.len != 0 ? b->rest.p[0] : '\0';
	if (c == '\t')
		(void)fail(b, DIAG_ERROR, at,
		    "a tab stands in the indentation; YAML wants blanks");
	else if (holds(p->context, "parsing a quoted scalar"))
		(void)fail(b, DIAG_ERROR, at,
		    "unknown escape; in double quotes write \\\\ for \\, or "
		    "use single quotes");
	else if (holds(p->context, "scanning a quoted scalar"))
		(void)fail(b, DIAG_ERROR, begin,
		    "the quoted text that begins here is never closed");
	else if (holds(p->problem, "cannot start any token"))
		(void)fail(b, DIAG_ERROR, at,
		    "a text that begins with %c must be quoted", c);
	else if (between)
		(void)fail(b, DIAG_ERROR, at,
		    "this line is indented like none of the keys above it");
	else
		(void)fail(b, DIAG_ERROR, at, "%s",
		    p->problem != NULL ? p->problem : "not YAML");
	if (c != '\t' && !holds(p->context, "quoted scalar"))
		add_hint(b, p, at, between);
}

static void
run(struct builder *b, struct sv text)
{
	yaml_parser_t p;
	yaml_event_t e;
	bool more = true;

	if (!yaml_parser_initialize(&p))
		BUG("out of memory");
	yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p,
	    (const unsigned char *)(text.p != NULL ? text.p : ""), text.len);
	while (more) {
		if (!yaml_parser_parse(&p, &e)) {
			syntax_error(b, &p);
			break;
		}
		more = on_event(b, &e);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
}

/* YAML 1.1 section 4.1.1. */
static bool
is_yaml_char(uint32_t cp)
{
	if (cp < 0x20)
		return cp == '\t' || cp == '\n' || cp == '\r';
	return cp != 0x7F && (cp < 0x80 || cp >= 0xA0 || cp == 0x85) &&
	    cp != 0xFFFE && cp != 0xFFFF;
}

/* libyaml reads ahead, so its own complaint would stand anywhere. */
static bool
check_chars(struct builder *b)
{
	uint32_t cp;

	for (; b->rest.len != 0; step(b)) {
		(void)utf8_decode(b->rest, &cp);
		if (cp == UTF8_REPLACEMENT &&
		    !sv_starts(b->rest, SV("\xEF\xBF\xBD")))
			return fail(b, DIAG_ERROR, b->place,
			    "byte 0x%02X is not UTF-8 text",
			    (unsigned char)b->rest.p[0]);
		if (!is_yaml_char(cp))
			return fail(b, DIAG_ERROR, b->place,
			    "control character U+%04X is not allowed",
			    (unsigned)cp);
	}
	return true;
}

struct node *
yaml_parse(struct arena *arena, struct diags *d, uint32_t file, struct sv text)
{
	size_t errors = diags_count(d, DIAG_ERROR);
	struct builder b = { .arena = arena,
		.diags = d,
		.file = file,
		.rest = text,
		.place = { 1, 1 } };

	if (!check_chars(&b))
		return NULL;
	b.rest = text;
	b.place = (struct place) { 1, 1 };
	run(&b, text);
	return diags_count(d, DIAG_ERROR) == errors ? b.root : NULL;
}
