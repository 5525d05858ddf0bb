/* alerts/format_template.c: a template of the user's own, in the part of
 * Mustache that needs no logic: {{path}}, {{#path}}...{{/path}} once per
 * element or when it is there, {{^path}}...{{/path}} when it is not, {{!
 * remark}}. */
#include "alerts/format_type.h"

#include "alerts/fields.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "config/diag.h"

#include <stdlib.h>
#include <string.h>

#define STEP_BYTES 64 /* of a text, in one step */

enum op_kind {
	OP_TEXT,
	OP_VALUE,
	OP_EACH, /* until `end` */
	OP_UNLESS,
	OP_END
};

struct op {
	enum op_kind kind;
	struct sv text; /* literal text, or a path */
	size_t end; /* of EACH and UNLESS: its END */
};

struct template
{
	char *source; /* owned: the views of `ops` */
	char *content_type;
	void (*escape)(struct str * out, struct sv v);
	struct op *ops;
	size_t n, cap;
};

static void
escape_json(struct str *out, struct sv v)
{
	struct str quoted;
	struct json j;

	str_init(&quoted, ALERT_BYTES);
	json_init(&j, &quoted);
	json_text(&j, NULL, v);
	if (quoted.full)
		out->full = true;
	else
		(void)str_add(out, sv_sub(str_sv(&quoted), 1, quoted.len - 2));
	str_done(&quoted);
}

/* Also for attributes in quotes of either kind. */
static void
escape_markup(struct str *out, struct sv v)
{
	uint32_t cp;

	for (size_t n; v.len != 0; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		if (cp == '&' || cp == '<' || cp == '>' || cp == '"' ||
		    cp == '\'')
			(void)str_addf(out, "&#%u;", (unsigned)cp);
		else if (utf8_is_printable(cp) || cp == '\n' || cp == '\t')
			(void)str_addcp(out, cp);
	}
}

static void
escape_form(struct str *out, struct sv v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (ascii_is_alnum(v.p[i]) || strchr("-._~", v.p[i]) != NULL)
			(void)str_addc(out, v.p[i]);
		else
			(void)str_addf(out, "%%%02X", (unsigned char)v.p[i]);
	}
}

static void
escape_plain(struct str *out, struct sv v)
{
	uint32_t cp;

	for (size_t n; v.len != 0; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		if (utf8_is_printable(cp))
			(void)str_addcp(out, cp);
		else if (cp < 0x80 && ascii_is_space((char)cp))
			(void)str_addc(out, ' ');
	}
}

/* How texts are made safe in a type of content; the first part that is in it
 * decides. */
static const struct {
	const char *part;
	void (*escape)(struct str *out, struct sv v);
} escapes[] = {
	{ "json", escape_json },
	{ "xml", escape_markup },
	{ "html", escape_markup },
	{ "x-www-form-urlencoded", escape_form },
	{ "text/", escape_plain },
};

static void (*escape_of(struct sv type))(struct str *, struct sv)
{
	for (size_t i = 0; i < COUNTOF(escapes); i++)
		if (sv_find(type, sv_of(escapes[i].part)) < type.len)
			return escapes[i].escape;
	return NULL;
}

#define PATH_OF(path, ...) path,
static const char *const paths[] = { ALERT_FIELDS(PATH_OF) };
static const char *const hit_paths[] = { HIT_FIELDS(PATH_OF) };
static const char *const item_paths[] = { "title", "link", "feed" };
#undef PATH_OF

/* Is it a field of the document, or an object that holds some? */
static bool
is_known(struct sv path)
{
	if (sv_is(path, "."))
		return true;
	for (size_t i = 0; i < COUNTOF(hit_paths); i++)
		if (sv_is(path, hit_paths[i]))
			return true;
	for (size_t i = 0; i < COUNTOF(item_paths); i++)
		if (sv_is(path, item_paths[i]))
			return true;
	for (size_t i = 0; i < COUNTOF(paths); i++) {
		struct sv p = sv_of(paths[i]);

		if (sv_starts(p, path) &&
		    (p.len == path.len || p.p[path.len] == '.'))
			return true;
	}
	return false;
}

static bool
fail(const struct template *t, struct sv at, struct err *e, const char *what)
{
	size_t line = 1;
	const char *near = NULL;

	for (const char *p = t->source; p < at.p; p++)
		line += *p == '\n';
	near = diag_nearest(at, paths, COUNTOF(paths));
	return err_set(e, "line %zu: %s: {{%.*s}}%s%s%s", line, what,
	    SV_ARG(utf8_prefix(at, 80)),
	    near != NULL ? "; did you mean {{" : "", near != NULL ? near : "",
	    near != NULL ? "}}?" : "");
}

static struct op *
add_op(struct template *t, enum op_kind kind, struct sv text)
{
	t->ops = mem_grow(t->ops, &t->cap, t->n + 1, sizeof(*t->ops));
	t->ops[t->n] = (struct op) { kind, text, 0 };
	return &t->ops[t->n++];
}

/* The sections that are open, innermost last. */
struct nest {
	size_t v[TEMPLATE_DEPTH];
	size_t n;
};

static bool
add_tag(struct template *t, struct nest *nest, struct sv tag, struct err *e)
{
	char sign = tag.len != 0 ? tag.p[0] : '\0';
	struct sv path = sv_trim(
	    sign == '#' || sign == '^' || sign == '/' ? sv_from(tag, 1) : tag);

	if (sign == '!')
		return true;
	if (sign == '/') {
		if (nest->n == 0 ||
		    !sv_eq(t->ops[nest->v[nest->n - 1]].text, path))
			return fail(t, tag, e, "closes what is not open");
		t->ops[nest->v[--nest->n]].end = t->n;
		(void)add_op(t, OP_END, path);
		return true;
	}
	if (!is_known(path))
		return fail(t, path.len != 0 ? path : tag, e, "no such field");
	if (sign != '#' && sign != '^') {
		(void)add_op(t, OP_VALUE, path);
		return true;
	}
	if (nest->n == TEMPLATE_DEPTH)
		return fail(t, tag, e, "too many sections inside each other");
	nest->v[nest->n++] = t->n;
	(void)add_op(t, sign == '#' ? OP_EACH : OP_UNLESS, path);
	return true;
}

static bool
compile(struct template *t, struct err *e)
{
	struct sv rest = sv_of(t->source);
	struct nest nest = { .n = 0 };

	while (rest.len != 0) {
		size_t open = sv_find(rest, SV("{{"));
		struct sv tag = sv_from(rest, open + 2);
		size_t close = sv_find(tag, SV("}}"));

		(void)add_op(t, OP_TEXT, sv_sub(rest, 0, open));
		if (open == rest.len)
			break;
		if (close == tag.len)
			return fail(t, tag, e, "no }} behind it");
		if (!add_tag(t, &nest, sv_trim(sv_sub(tag, 0, close)), e))
			return false;
		rest = sv_from(tag, close + 2);
	}
	if (nest.n != 0)
		return fail(
		    t, t->ops[nest.v[nest.n - 1]].text, e, "is not closed");
	return true;
}

static void
template_free(void *self)
{
	struct template *t = self;

	free(t->source);
	free(t->content_type);
	free(t->ops);
	free(t);
}

static bool
load(struct template *t, const struct config_destination *c, struct err *e)
{
	const char *type = c->content_type != NULL ? c->content_type
						   : "application/json";
	struct str source;
	bool ok;

	if (c->template == NULL)
		return err_set(e, "format: template needs `template`, a file");
	t->content_type = mem_strdup(type);
	t->escape = escape_of(sv_of(type));
	if (t->escape == NULL)
		return err_set(e,
		    "content-type %s: not known how to make texts safe in it; "
		    "json, xml, html, text/plain and "
		    "application/x-www-form-urlencoded are",
		    type);
	str_init(&source, TEMPLATE_BYTES);
	ok = file_read(c->template, &source, e);
	if (ok && sv_chr(str_sv(&source), '\0') < source.len)
		ok = err_set(e, "%s: it holds U+0000", c->template);
	t->source = str_take(&source);
	return ok && (compile(t, e) || err_wrap(e, "%s", c->template));
}

static void *
template_open(const struct config_destination *c, struct err *e)
{
	struct template *t = mem_calloc(1, sizeof(*t));

	if (load(t, c, e))
		return t;
	template_free(t);
	return NULL;
}

/* What paths are looked up in: inner elements first, the document last. */
struct scope {
	const json_t *value;
	const struct scope *outer;
};

static const json_t *
walk(const json_t *v, struct sv path)
{
	char key[64];
	struct sv part;

	while (v != NULL && sv_split(&path, '.', &part)) {
		if (part.len >= sizeof(key))
			return NULL;
		memcpy(key, part.p, part.len);
		key[part.len] = '\0';
		v = json_object_get(v, key);
	}
	return v;
}

static const json_t *
look_up(const struct scope *s, struct sv path)
{
	const json_t *v = NULL;

	if (sv_is(path, "."))
		return s->value;
	for (; v == NULL && s != NULL; s = s->outer)
		v = walk(s->value, path);
	return v;
}

static void
put_value(const struct template *t, const json_t *v, struct str *out)
{
	if (json_is_string(v))
		t->escape(out,
		    (struct sv) {
			json_string_value(v), json_string_length(v) });
	else if (json_is_true(v))
		(void)str_adds(out, "true");
	else if (json_is_integer(v))
		(void)str_addf(out, "%lld", (long long)json_integer_value(v));
}

static bool
is_there(const json_t *v)
{
	return v != NULL && !json_is_false(v) && !json_is_null(v) &&
	    !(json_is_array(v) && json_array_size(v) == 0) &&
	    !(json_is_string(v) && json_string_length(v) == 0);
}

/* A rendering under way. */
struct run {
	const struct template *t;
	struct str *out; /* full: it has ended, too large or too long */
	size_t steps;
};

static bool
spend(struct run *r)
{
	if (++r->steps > TEMPLATE_STEPS)
		r->out->full = true;
	return !r->out->full;
}

/* A long text takes long, also when nothing of it can be shown. */
static void
put(struct run *r, const json_t *v)
{
	r->steps += json_string_length(v) / STEP_BYTES;
	put_value(r->t, v, r->out);
}

/* At most TEMPLATE_DEPTH calls deep.  Sections inside each other multiply, and
 * need not write anything. */
static void
run(struct run *r, size_t from, size_t to, const struct scope *s)
{
	for (size_t i = from; i < to && spend(r); i++) {
		const struct op *op = &r->t->ops[i];
		const json_t *v = op->kind != OP_TEXT ? look_up(s, op->text)
						      : NULL;
		struct scope in = { v, s };

		if (op->kind == OP_TEXT)
			(void)str_add(r->out, op->text);
		else if (op->kind == OP_VALUE)
			put(r, v);
		else if (op->kind == OP_UNLESS && !is_there(v))
			run(r, i + 1, op->end, s);
		else if (op->kind == OP_EACH && !json_is_array(v) &&
		    is_there(v))
			run(r, i + 1, op->end, &in);
		for (size_t k = 0;
		     op->kind == OP_EACH && k < json_array_size(v) && spend(r);
		     k++) {
			in.value = json_array_get(v, k);
			run(r, i + 1, op->end, &in);
		}
		if (op->kind == OP_EACH || op->kind == OP_UNLESS)
			i = op->end;
	}
}

static bool
render(const void *self, const struct note *n, struct formatted *out)
{
	const struct template *t = self;
	const struct scope s = { n->root, NULL };
	struct run r = { t, &out->body, 0 };

	out->content_type = t->content_type;
	run(&r, 0, t->n, &s);
	return true;
}

const struct format_type format_template = {
	.format = FORMAT_TEMPLATE,
	.render = render,
	.open = template_open,
	.close = template_free,
};
