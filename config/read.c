/* config/read.c: from the tree of a file to the structs of config.h, by the
 * table of options. */
#include "config/read.h"

#include "base/utf8.h"
#include "config/mute.h"
#include "config/values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_BYTES 60 /* of a value, in a message */
#define SHOWN(v) SV_ARG(utf8_prefix((v), SHOWN_BYTES))

typedef void read_fn(
    struct reader *r, const struct option *o, const struct node *n, void *out);

static struct sv
text_of(const struct node *n)
{
	return n->text.text;
}

static const char *
form_of(const struct node *n)
{
	bool empty = n->kind == NODE_TEXT ? text_of(n).len == 0
					  : n->first == NULL;

	if (node_is_empty(n))
		return "nothing";
	switch (n->kind) {
	case NODE_TEXT:
		return empty ? "an empty text" : "a text";
	case NODE_LIST:
		return empty ? "an empty list" : "a list";
	case NODE_MAP:
		return empty ? "an empty map" : "a map";
	}
	BUG("no such form");
}

void
read_form_problem(struct reader *r, const struct node *n, const char *wanted)
{
	node_problem(r->diags, DIAG_ERROR, n, NULL, "expected %s, found %s",
	    wanted, form_of(n));
}

static bool
is_text(struct reader *r, const struct node *n, const char *wanted)
{
	if (n->kind != NODE_TEXT || text_of(n).len == 0) {
		read_form_problem(r, n, wanted);
		return false;
	}
	if (sv_chr(text_of(n), '\0') == text_of(n).len)
		return true;
	node_problem(
	    r->diags, DIAG_ERROR, n, NULL, "a text cannot hold U+0000");
	return false;
}

static bool
is_list(struct reader *r, const struct node *n, const char *wanted)
{
	struct sv text = text_of(n);
	char in_list[SHOWN_BYTES + 3];

	if (n->kind == NODE_LIST)
		return true;
	if (n->kind == NODE_TEXT && text.len != 0 && text.len <= SHOWN_BYTES) {
		in_list[0] = '[';
		memcpy(in_list + 1, text.p, text.len);
		memcpy(in_list + 1 + text.len, "]", 2);
		node_problem(r->diags, DIAG_ERROR, n, in_list,
		    "expected %s, found a text", wanted);
		return false;
	}
	read_form_problem(r, n, wanted);
	return false;
}

static size_t
count_children(const struct node *n)
{
	size_t count = 0;

	for (const struct node *c = n->first; c != NULL; c = c->next)
		count++;
	return count;
}

static const char *
keep(struct reader *r, struct sv text)
{
	return arena_sv(r->arena, text).p;
}

static struct config_text
keep_text(struct reader *r, const struct node *n)
{
	struct config_text t = n->text;
	size_t bytes = t.nlines * sizeof(*t.lines);

	t.text = arena_sv(r->arena, t.text);
	if (bytes != 0)
		t.lines = memcpy(arena_alloc(r->arena, bytes), t.lines, bytes);
	return t;
}

const char *
read_path(struct reader *r, uint32_t file, struct sv path)
{
	struct sv from = sv_of(diags_source_name(r->diags, file));
	size_t dir = from.len;
	char *joined;

	while (dir > 0 && from.p[dir - 1] != '/')
		dir--;
	if (!r->in_files || dir == 0 || path.len == 0 ||
	    sv_starts(path, SV("/")))
		return keep(r, path);
	joined = arena_alloc(r->arena, dir + path.len + 1);
	memcpy(joined, from.p, dir);
	memcpy(joined + dir, path.p, path.len);
	joined[dir + path.len] = '\0';
	return joined;
}

static void
read_text(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	if (is_text(r, n, schema_noun(o->type)))
		*(const char **)out = keep(r, text_of(n));
}

static void
read_path_option(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	if (is_text(r, n, schema_noun(o->type)))
		*(const char **)out = read_path(r, n->text.file, text_of(n));
}

static void
read_query(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	if (is_text(r, n, schema_noun(o->type)))
		*(struct config_text *)out = keep_text(r, n);
}

static const char *
file_url(struct reader *r, const struct node *n)
{
	struct sv path = sv_from(text_of(n), sizeof("file:") - 1);
	const char *whole;
	struct str url;

	if (sv_starts(path, SV("/")))
		return keep(r, text_of(n));
	whole = read_path(r, n->text.file, path);
	str_init(&url, SIZE_MAX / 2);
	(void)str_addf(&url, "file:%s", whole);
	whole = keep(r, str_sv(&url));
	str_done(&url);
	return whole;
}

static void
read_url(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	struct err e;

	if (!is_text(r, n, schema_noun(o->type)))
		return;
	if (sv_chr(text_of(n), '@') < text_of(n).len) /* a password? */
		diags_mask(r->diags, n->text.file, n->start, n->end);
	if (!value_url(text_of(n), &e))
		node_problem(r->diags, DIAG_ERROR, n, NULL, "%s", e.msg);
	else if (sv_istarts(text_of(n), SV("file:")))
		*(const char **)out = file_url(r, n);
	else
		*(const char **)out = keep(r, text_of(n));
}

static const char *
lang_of(struct reader *r, const struct node *n)
{
	struct sv lang;

	if (!is_text(r, n, schema_noun(TYPE_LANG)))
		return "";
	if (value_lang(text_of(n), &lang))
		return keep(r, lang);
	node_problem(r->diags, DIAG_ERROR, n, NULL, "'%.*s' is not %s",
	    SHOWN(text_of(n)), schema_noun(TYPE_LANG));
	return "";
}

static void
read_lang(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	(void)o;
	*(const char **)out = lang_of(r, n);
}

/* DURATION, SIZE and INT. */
static bool
parse_number(enum option_type type, struct sv text, int64_t *v)
{
	if (type == TYPE_DURATION)
		return value_duration(text, v);
	if (type == TYPE_SIZE)
		return value_size(text, v);
	return sv_to_i64(text, v);
}

static void
store_number(enum option_type type, int64_t v, void *out)
{
	if (type == TYPE_SIZE)
		*(size_t *)out = (size_t)v;
	else
		*(int64_t *)out = v;
}

static bool
in_range(const struct option *o, int64_t v)
{
	int64_t min = INT64_MIN, max = INT64_MAX;

	if (o->min != NULL && !parse_number(o->type, sv_of(o->min), &min))
		BUG("an option's smallest value");
	if (o->max != NULL && !parse_number(o->type, sv_of(o->max), &max))
		BUG("an option's largest value");
	return v >= min && v <= max;
}

static void
read_number(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	struct sv text = text_of(n);
	int64_t v;

	if (!is_text(r, n, schema_noun(o->type)))
		return;
	if (!parse_number(o->type, text, &v))
		node_problem(r->diags, DIAG_ERROR, n, NULL, "'%.*s' is not %s",
		    SHOWN(text), schema_noun(o->type));
	else if (!in_range(o, v))
		node_problem(r->diags, DIAG_ERROR, n, NULL,
		    "%s: %.*s is outside %s..%s", o->key, SHOWN(text), o->min,
		    o->max);
	else
		store_number(o->type, v, out);
}

static void
read_bool(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	if (is_text(r, n, schema_noun(o->type)) && !value_bool(text_of(n), out))
		node_problem(r->diags, DIAG_ERROR, n, NULL, "'%.*s' is not %s",
		    SHOWN(text_of(n)), schema_noun(o->type));
}

/* All enumerations are stored as the int that the ABI makes of them. */
static bool
parse_word(enum option_type type, struct sv text, void *out)
{
	struct words words = schema_words(type);

	_Static_assert(sizeof(enum config_severity) == sizeof(unsigned),
	    "enumerations are ints");
	for (unsigned i = 0; i < words.n; i++) {
		if (sv_is(text, words.v[i])) {
			memcpy(out, &i, sizeof(i));
			return true;
		}
	}
	return false;
}

/* "low, medium, high" */
static void
list_words(struct words words, struct str *out)
{
	for (size_t i = 0; i < words.n; i++) {
		(void)str_adds(out, i != 0 ? ", " : "");
		(void)str_adds(out, words.v[i]);
	}
}

static void
read_word(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	struct words words = schema_words(o->type);
	struct sv text = text_of(n);
	struct str all;

	if (!is_text(r, n, schema_noun(o->type)) ||
	    parse_word(o->type, text, out))
		return;
	str_init(&all, SIZE_MAX / 2);
	list_words(words, &all);
	node_problem(r->diags, DIAG_ERROR, n,
	    diag_nearest(text, words.v, words.n), "'%.*s' is not %s (%s)",
	    SHOWN(text), schema_noun(o->type), str_c(&all));
	str_done(&all);
}

struct config_texts
read_texts(struct reader *r, const struct node *n)
{
	struct config_texts list = { NULL, 0 };

	if (!is_list(r, n, schema_noun(TYPE_LIST)))
		return list;
	list.v = arena_calloc(r->arena, count_children(n) * sizeof(*list.v));
	for (const struct node *c = n->first; c != NULL; c = c->next)
		if (is_text(r, c, schema_noun(TYPE_TEXT)))
			list.v[list.n++] = keep_text(r, c);
	return list;
}

static void
read_list(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	(void)o;
	*(struct config_texts *)out = read_texts(r, n);
}

static void
read_nets(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	struct config_nets *nets = out;

	if (!is_list(r, n, schema_noun(o->type)))
		return;
	nets->v = arena_calloc(r->arena, count_children(n) * sizeof(*nets->v));
	for (const struct node *c = n->first; c != NULL; c = c->next) {
		if (!is_text(r, c, "a network such as 10.0.0.0/8"))
			continue;
		if (cidr_parse(text_of(c), &nets->v[nets->n]))
			nets->n++;
		else
			node_problem(r->diags, DIAG_ERROR, c, NULL,
			    "'%.*s' is not a network such as 10.0.0.0/8 or "
			    "fc00::/7, with nothing set behind the prefix",
			    SHOWN(text_of(c)));
	}
}

static void
read_secret_option(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	(void)o;
	*(const char **)out = read_secret(r, n);
}

static void
read_secrets(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	const struct node *c = n->kind == NODE_LIST ? n->first : n;
	size_t count = n->kind == NODE_LIST ? count_children(n) : 1;
	struct config_texts *list = out;

	(void)o;
	if (count == 0)
		read_form_problem(r, n, "a secret or several");
	list->v = arena_calloc(r->arena, count * sizeof(*list->v));
	for (; count > 0; count--, c = c->next) {
		const char *secret = read_secret(r, c);

		if (secret == NULL)
			continue;
		list->v[list->n] = c->text;
		list->v[list->n].lines = NULL;
		list->v[list->n].nlines = 0;
		list->v[list->n++].text = sv_of(secret);
	}
}

static size_t
read_names_of(struct reader *r, const struct node *list, const char *lang,
    struct config_name *out)
{
	struct config_texts texts = read_texts(r, list);

	for (size_t i = 0; i < texts.n; i++)
		out[i] = (struct config_name) { .text = texts.v[i],
			.lang = lang };
	return texts.n;
}

static void
read_names(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	struct config_names *names = out;
	size_t count = 0;

	if (n->kind == NODE_TEXT) {
		(void)is_list(r, n, schema_noun(o->type));
		return;
	}
	for (const struct node *c = n->first; c != NULL; c = c->next)
		count += 1 + count_children(c);
	names->v = arena_calloc(r->arena, count * sizeof(*names->v));
	if (n->kind == NODE_LIST) {
		names->n = read_names_of(r, n, "", names->v);
		return;
	}
	read_duplicates(r, n, NULL);
	for (const struct node *c = n->first; c != NULL; c = c->next)
		names->n += read_names_of(
		    r, c, lang_of(r, c->key), names->v + names->n);
}

static void
read_weak(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	struct config_names *names = out;

	if (!is_list(r, n, schema_noun(o->type)))
		return;
	names->v = arena_calloc(
	    r->arena, count_children(n) * sizeof(*names->v));
	for (const struct node *c = n->first; c != NULL; c = c->next) {
		struct config_name *name = &names->v[names->n++];

		read_options(r, &schema_weak, c, c, name);
		name->weak = true;
	}
}

static void
read_auth(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	(void)o;
	read_options(r, &schema_auth, n, n, out);
}

static void
read_expect(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	(void)o;
	read_options(r, &schema_expect, n, n, out);
}

static void
read_mutes(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	const struct node *c = n->kind == NODE_LIST ? n->first : n;
	size_t count = n->kind == NODE_LIST ? count_children(n) : 1;
	struct config_mutes *list = out;
	struct mute_fault fault;

	if (count == 0)
		read_form_problem(r, n, schema_noun(o->type));
	list->v = arena_calloc(r->arena, count * sizeof(*list->v));
	for (; count > 0; count--, c = c->next) {
		if (!is_text(r, c, schema_noun(o->type)))
			continue;
		if (mute_parse(text_of(c), r->arena, r->zones,
			&list->v[list->n], &fault))
			list->n++;
		else
			diag_add_text(r->diags, DIAG_ERROR, &c->text,
			    fault.offset, fault.len, NULL, "%s", fault.why.msg);
	}
}

static void
read_sources(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	(void)o;
	read_options(r, &schema_sources, n, n, out);
}

static void
read_rate(
    struct reader *r, const struct option *o, const struct node *n, void *out)
{
	struct config_rate *rate = out;

	if (is_text(r, n, schema_noun(o->type)) &&
	    !value_rate(text_of(n), &rate->n, &rate->per_ms))
		node_problem(r->diags, DIAG_ERROR, n, NULL, "'%.*s' is not %s",
		    SHOWN(text_of(n)), schema_noun(o->type));
}

static read_fn *const readers[TYPE_COUNT] = {
	[TYPE_TEXT] = read_text,
	[TYPE_PATH] = read_path_option,
	[TYPE_URL] = read_url,
	[TYPE_LANG] = read_lang,
	[TYPE_DURATION] = read_number,
	[TYPE_SIZE] = read_number,
	[TYPE_INT] = read_number,
	[TYPE_BOOL] = read_bool,
	[TYPE_LOGLEVEL] = read_word,
	[TYPE_ARTICLE] = read_word,
	[TYPE_SEVERITY] = read_word,
	[TYPE_GROUP] = read_word,
	[TYPE_DESTTYPE] = read_word,
	[TYPE_FORMAT] = read_word,
	[TYPE_LIST] = read_list,
	[TYPE_NETS] = read_nets,
	[TYPE_QUERY] = read_query,
	[TYPE_SECRET] = read_secret_option,
	[TYPE_SECRETS] = read_secrets,
	[TYPE_AUTH] = read_auth,
	[TYPE_NAMES] = read_names,
	[TYPE_WEAK] = read_weak,
	[TYPE_EXPECT] = read_expect,
	[TYPE_MUTES] = read_mutes,
	[TYPE_ELSE] = read_word,
	[TYPE_TROUBLE] = read_word,
	[TYPE_SOURCES] = read_sources,
	[TYPE_RATE] = read_rate,
};

/* What the table says stands there already; only single words and numbers have
 * defaults. */
static void
set_default(const struct option *o, void *out)
{
	struct sv text = sv_of(o->def);
	int64_t v = -1;

	if (o->type == TYPE_DURATION || o->type == TYPE_SIZE ||
	    o->type == TYPE_INT) {
		if (o->def != NULL && !parse_number(o->type, text, &v))
			BUG("an option's default");
		store_number(o->type, v, out);
	} else if (o->type == TYPE_LANG) {
		*(const char **)out = "";
	} else if (o->type == TYPE_BOOL) {
		if (!value_bool(text, out))
			BUG("an option's default");
	} else if (o->def != NULL && !parse_word(o->type, text, out)) {
		BUG("an option's default");
	}
}

/* What stands behind a mistyped key of a secret is one. */
static void
unknown_key(
    struct reader *r, const struct option_set *set, const struct node *value)
{
	const char *keys[64], *nearest;
	const struct option *o;

	assert(set->n <= COUNTOF(keys));
	for (size_t i = 0; i < set->n; i++)
		keys[i] = set->v[i].key;
	nearest = diag_nearest(text_of(value->key), keys, set->n);
	o = nearest != NULL ? schema_find(set, sv_of(nearest)) : NULL;
	if (o != NULL && (o->type == TYPE_SECRET || o->type == TYPE_SECRETS))
		diags_mask(
		    r->diags, value->text.file, value->start, value->end);
	node_problem(r->diags, DIAG_ERROR, value->key, nearest,
	    "unknown key '%.*s' in %s", SHOWN(text_of(value->key)), set->noun);
}

/* Returns which options were given, one bit each. */
static uint64_t
read_given(struct reader *r, const struct option_set *set,
    const struct node *map, char *out)
{
	uint64_t given = 0;

	read_duplicates(r, map, NULL);
	for (const struct node *c = map->first; c != NULL; c = c->next) {
		const struct option *o = schema_find(set, text_of(c->key));

		if (o == NULL) {
			unknown_key(r, set, c);
			continue;
		}
		readers[o->type](r, o, c, out + o->offset);
		given |= UINT64_C(1) << (o - set->v);
	}
	return given;
}

void
read_options(struct reader *r, const struct option_set *set,
    const struct node *map, const struct node *at, void *out)
{
	uint64_t given = 0;

	assert(set->n <= 64);
	if (map != NULL && map->kind == NODE_MAP) {
		given = read_given(r, set, map, out);
	} else if (map != NULL && !node_is_empty(map)) {
		read_form_problem(r, map, "a map of options");
		return;
	}
	for (size_t i = 0; i < set->n; i++) {
		const struct option *o = &set->v[i];

		if (given >> i & 1)
			continue;
		if (!schema_is_required(o))
			set_default(o, (char *)out + o->offset);
		else
			node_problem(r->diags, DIAG_ERROR, at, NULL,
			    "%s needs '%s'", set->noun, o->key);
	}
}

static void
check_name(struct reader *r, const struct section *s, const struct node *key)
{
	if (!value_is_name(text_of(key)))
		node_problem(r->diags, DIAG_ERROR, key, NULL,
		    "'%.*s' cannot be the name of %s: a name is 1 to %d of "
		    "A-Z a-z 0-9 . _ -",
		    SHOWN(text_of(key)), s->options.noun, VALUE_NAME_CHARS);
}

void *
read_items(struct reader *r, const struct section *s, const struct node *map,
    size_t *n)
{
	char *items, *item;

	*n = map != NULL ? count_children(map) : 0;
	item = items = arena_calloc(r->arena, *n * s->size);
	if (map == NULL)
		return items;
	read_duplicates(r, map, s->options.noun);
	for (const struct node *c = map->first; c != NULL; c = c->next) {
		struct config_text where = keep_text(r, c->key);

		check_name(r, s, c->key);
		memcpy(item + s->where_at, &where, sizeof(where));
		memcpy(item + s->name_at, &where.text.p, sizeof(where.text.p));
		read_options(r, &s->options, c, c->key, item);
		item += s->size;
	}
	return items;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a;
	const struct node *y = *(const struct node *const *)b;
	int order = sv_cmp(text_of(x), text_of(y));

	if (order != 0)
		return order;
	if (x->text.file != y->text.file)
		return x->text.file < y->text.file ? -1 : 1;
	if (x->start.line != y->start.line)
		return x->start.line < y->start.line ? -1 : 1;
	return x->start.column < y->start.column ? -1 : 1;
}

static void
report_duplicate(struct reader *r, const struct node *first,
    const struct node *again, const char *noun)
{
	if (noun != NULL)
		node_problem(r->diags, DIAG_ERROR, again, NULL,
		    "%s '%.*s' is defined twice", noun, SHOWN(text_of(again)));
	else
		node_problem(r->diags, DIAG_ERROR, again, NULL,
		    "'%.*s' is set twice", SHOWN(text_of(again)));
	node_problem(r->diags, DIAG_NOTE, first, NULL, "first %s here",
	    noun != NULL ? "defined" : "set");
}

void
read_duplicates(struct reader *r, const struct node *map, const char *noun)
{
	size_t n = 0, first = 0;
	const size_t one = sizeof(const struct node *);
	const struct node **keys = mem_calloc(count_children(map), one);

	for (const struct node *c = map->first; c != NULL; c = c->next)
		keys[n++] = c->key;
	qsort(keys, n, one, compare_keys);
	for (size_t i = 1; i < n; i++) {
		if (sv_eq(text_of(keys[i]), text_of(keys[first])))
			report_duplicate(r, keys[first], keys[i], noun);
		else
			first = i;
	}
	free(keys);
}
