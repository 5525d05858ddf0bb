/* filters/compile.c: from a configuration to a ruleset. */
#include "filters/compile.h"

#include "config/packs.h"
#include "filters/anchors.h"
#include "filters/lint.h"
#include "filters/matcher.h"
#include "filters/missing.h"
#include "filters/refs.h"
#include "filters/revision.h"

#include <stdlib.h>
#include <sys/random.h>

struct compiler {
	const struct config *config;
	struct diags *diags;
	struct ruleset *rules;
	struct map names; /* of entities */
	struct map filters; /* by name: those of the configuration */
	uint32_t *entity_ids; /* by place in the configuration; + 1 */
	struct arena trees;
	struct sv text; /* of the query at hand, kept */
	struct node *nodes; /* of its program */
	size_t nnodes, capnodes;
	struct refs refs;
	size_t regex_bytes;
};

/* The name of an entity that is nearest to what was written, or NULL. */
static const char *
nearest_entity(const struct compiler *c, struct sv name)
{
	size_t n = 0;
	const char **all = mem_calloc(
		       c->config->nentities * 2 + 1, sizeof(*all)),
		   *best;

	for (size_t i = 0; i < c->config->nentities; i++) {
		const struct config_entity *e = &c->config->entities[i];

		all[n++] = e->name;
		if (e->label != NULL)
			all[n++] = e->label;
	}
	best = diag_nearest(name, all, n);
	free(all);
	return best;
}

static uint32_t
use_entity(struct compiler *c, const struct config_entity *e)
{
	size_t at = (size_t)(e - c->config->entities);
	struct ruleset *r = c->rules;

	if (c->entity_ids[at] == 0) {
		entity_compile(&r->entities[r->nentities], e, &r->lexicon,
		    &r->arena, c->diags);
		revision_of_entity(r->entities[r->nentities].revision, e);
		c->entity_ids[at] = (uint32_t)++r->nentities;
	}
	return c->entity_ids[at] - 1;
}

/* The pack that has an entity of that key, or NULL. */
static const char *
pack_of(struct sv name)
{
	const struct pack *p;
	struct str key;

	str_init(&key, KiB(1));
	(void)str_addf(&key, "\n  %.*s:\n", SV_ARG(name));
	for (size_t i = 0; (p = pack_at(i)) != NULL; i++)
		if (!key.full &&
		    sv_find(sv_of(p->text), str_sv(&key)) != strlen(p->text))
			break;
	str_done(&key);
	return p != NULL ? p->name : NULL;
}

static void
compile_entity(struct compiler *c, const struct config_text *at,
    const struct query *q, struct node *n)
{
	const struct config_entity *e = entity_find(&c->names, q->text);
	const char *pack;

	if (e != NULL) {
		n->id = use_entity(c, e);
		return;
	}
	pack = pack_of(q->text);
	diag_add_text(c->diags, DIAG_ERROR, at, q->offset, q->length,
	    pack != NULL ? NULL : nearest_entity(c, q->text),
	    "there is no entity '%.*s'%s%s%s", SV_ARG(q->text),
	    pack != NULL ? "; one comes with packs: [" : "",
	    pack != NULL ? pack : "", pack != NULL ? "]" : "");
}

static void
compile_term(struct compiler *c, const struct config_text *at,
    const struct query *q, struct node *n)
{
	struct err e;

	if (!lexicon_add(&c->rules->lexicon, q->text, q->exact, &n->id, &e))
		diag_add_text(c->diags, DIAG_ERROR, at, q->offset, q->length,
		    NULL, "%s", e.msg);
}

static const char *
nearest_filter(const struct compiler *c, struct sv name)
{
	const char **all = mem_calloc(c->config->nfilters + 1, sizeof(*all)),
		   *best;

	for (size_t i = 0; i < c->config->nfilters; i++)
		all[i] = c->config->filters[i].name;
	best = diag_nearest(name, all, c->config->nfilters);
	free(all);
	return best;
}

static void
compile_ref(struct compiler *c, const struct config_text *at,
    const struct query *q, struct node *n)
{
	const struct config_filter *f = map_get(&c->filters, q->text);

	if (f == NULL) {
		diag_add_text(c->diags, DIAG_ERROR, at, q->offset, q->length,
		    nearest_filter(c, q->text), "there is no filter '%.*s'",
		    SV_ARG(q->text));
		return;
	}
	n->id = (uint32_t)(f - c->config->filters);
	refs_add(&c->refs, n->id, at, q->offset, q->length);
}

static void
compile_regex(struct compiler *c, const struct config_text *at,
    const struct query *q, struct node *n)
{
	size_t offset = (size_t)(q->text.p - at->text.p), wrong;
	struct ruleset *r = c->rules;
	struct nfc nfc = { 0 };
	struct regex *code;
	struct err e;

	nfc_set(&nfc, q->text);
	code = regex_compile(nfc.text, q->caseless, &wrong, &e);
	wrong = nfc_origin(&nfc, wrong, false);
	nfc_done(&nfc);
	if (code == NULL) {
		diag_add_text(c->diags, DIAG_ERROR, at, offset + wrong, 1, NULL,
		    "the regular expression is wrong here: %s", e.msg);
		return;
	}
	c->regex_bytes += regex_bytes(code);
	if (c->regex_bytes > REGEX_COMPILED_BYTES)
		diag_add_text(c->diags, DIAG_ERROR, at, offset, q->text.len,
		    NULL, "all regular expressions together are too large");
	n->id = (uint32_t)r->nregexes;
	r->regexes = mem_grow(r->regexes, &r->capregexes, r->nregexes + 1,
	    sizeof(struct regex *));
	r->regexes[r->nregexes++] = code;
}

static void
compile_leaf(struct compiler *c, const struct config_text *at,
    const struct query *q, struct node *n)
{
	switch (q->kind) {
	case QUERY_TERM:
		compile_term(c, at, q, n);
		return;
	case QUERY_ENTITY:
		compile_entity(c, at, q, n);
		return;
	case QUERY_LANG:
		n->langs = arena_sv(&c->rules->arena, q->text).p;
		return;
	case QUERY_FILTER:
		compile_ref(c, at, q, n);
		return;
	case QUERY_REGEX:
		compile_regex(c, at, q, n);
		return;
	case QUERY_AND:
	case QUERY_OR:
	case QUERY_NOT:
	case QUERY_NEAR:
	case QUERY_NOT_NEAR:
	case QUERY_ATLEAST:
	case QUERY_OF:
		return;
	}
	BUG("no such node");
}

static bool
needs_spans(const struct query *q)
{
	return q->kind == QUERY_NEAR || q->kind == QUERY_NOT_NEAR ||
	    q->kind == QUERY_ATLEAST;
}

/* What is above a node. */
struct above {
	bool spans; /* asks for its spans */
	bool negated;
};

/* Appends the subtree, children first; returns the number of its root + 1. */
static uint32_t
flatten(struct compiler *c, const struct config_text *at, const struct query *q,
    struct above above)
{
	size_t first = c->nnodes;
	struct node n = { .kind = q->kind,
		.fields = q->fields,
		.distance = q->distance,
		.count = q->count,
		.ordered = q->ordered,
		.negated = above.negated };
	struct above here = { above.spans || needs_spans(q),
		above.negated != (q->kind == QUERY_NOT) };
	uint32_t before = 0, kid;

	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		kid = flatten(c, at, k, here);
		if (before != 0)
			c->nodes[before - 1].sibling = kid;
		else
			n.kid = kid;
		before = kid;
	}
	n.source = sv_sub(c->text, q->offset, q->length);
	compile_leaf(c, at, q, &n);
	c->nodes = mem_grow(
	    c->nodes, &c->capnodes, c->nnodes + 1, sizeof(*c->nodes));
	c->nodes[c->nnodes++] = n;
	for (size_t i = first; !above.spans && here.spans && i + 1 < c->nnodes;
	     i++)
		c->nodes[i].near = (uint32_t)c->nnodes;
	return (uint32_t)c->nnodes;
}

/* NOT NEAR must know each pair of its operands: it counts as two. */
static unsigned
nears_of(const struct node *n)
{
	return n->kind == QUERY_NEAR ? 1 : n->kind == QUERY_NOT_NEAR ? 2 : 0;
}

static void
count_nears(struct program *p)
{
	for (size_t i = p->n; i-- > 0;)
		for (uint32_t k = p->nodes[i].kid; k != 0;
		     k = p->nodes[k - 1].sibling)
			p->nodes[k - 1].depth = p->nodes[i].depth +
			    nears_of(&p->nodes[i]);
}

static struct program
compile_query(struct compiler *c, const struct config_text *at, bool veto)
{
	struct program p = { NULL, 0 };
	const struct query *q;

	if (at->text.p == NULL)
		return p;
	q = query_parse(at, &c->trees, c->diags);
	if (q == NULL)
		return p;
	c->nnodes = 0;
	c->text = arena_sv(&c->rules->arena, at->text);
	(void)flatten(c, at, q, (struct above) { false, veto });
	arena_clear(&c->trees);
	p.n = c->nnodes;
	p.nodes = arena_alloc(&c->rules->arena, p.n * sizeof(*p.nodes));
	for (size_t i = 0; i < p.n; i++)
		p.nodes[i] = c->nodes[i];
	count_nears(&p);
	if (p.n > c->rules->longest)
		c->rules->longest = p.n;
	return p;
}

static struct names
keep_names(struct arena *a, const struct config_texts *texts, bool langs)
{
	struct names names = { NULL, texts->n };

	if (texts->n != 0)
		names.v = arena_alloc(a, texts->n * sizeof(*names.v));
	for (size_t i = 0; i < texts->n; i++)
		names.v[i] = arena_sv(a,
		    langs ? lang_primary(texts->v[i].text) : texts->v[i].text);
	return names;
}

static void
compile_filter(struct compiler *c, struct filter *out, size_t index)
{
	const struct config_filter *f = &c->config->filters[index];
	struct arena *a = &c->rules->arena;
	size_t regexes;

	out->name = arena_sv(a, sv_of(f->name)).p;
	refs_begin(&c->refs, (uint32_t)index);
	regexes = c->rules->nregexes;
	out->match = compile_query(c, &f->match, false);
	out->veto = compile_query(c, &f->not, true);
	out->searches = c->rules->nregexes != regexes;
	out->refs = refs_end(&c->refs, a, &out->nrefs);
	out->shout = f->shout;
	out->feeds = keep_names(a, &f->feeds, false);
	out->tags = keep_names(a, &f->tags, false);
	out->langs = keep_names(a, &f->lang, true);
}

/* In the order of references: a filter's covers those that it refers to. */
static void
revise_filters(struct compiler *c)
{
	for (size_t i = 0; i < c->rules->nfilters; i++)
		revision_of_filter(c->rules, c->rules->order[i],
		    &c->config->filters[c->rules->order[i]]);
}

/* Names of entities that no filter uses are checked all the same. */
static void
check_other_entities(struct compiler *c)
{
	struct lexicon scratch;
	struct arena arena;
	struct entity e;

	lexicon_init(&scratch, c->rules->lexicon.seed);
	arena_init(&arena);
	for (size_t i = 0; i < c->config->nentities; i++)
		if (c->entity_ids[i] == 0)
			entity_compile(&e, &c->config->entities[i], &scratch,
			    &arena, c->diags);
	arena_done(&arena);
	lexicon_done(&scratch);
}

static void
check_match(struct compiler *c, struct matcher *m, uint32_t filter,
    const struct config_text *t)
{
	const struct filter *f = &c->rules->filters[filter];
	struct item it = { .title = t->text };
	struct str why;

	matcher_read(m, c->rules, &it);
	if (matcher_outcome(m, filter))
		return;
	str_init(&why, ERR_BYTES);
	missing_list(m, f, &why);
	diag_add_text(c->diags, DIAG_ERROR, t, 0, t->text.len, NULL,
	    "filter '%s' is expected to match this, but does not: %s", f->name,
	    str_c(&why));
	str_done(&why);
}

static void
check_no_match(struct compiler *c, struct matcher *m, uint32_t filter,
    const struct config_text *t)
{
	struct item it = { .title = t->text };
	struct str why;

	matcher_read(m, c->rules, &it);
	if (!matcher_outcome(m, filter))
		return;
	matcher_collect(m, filter);
	str_init(&why, ERR_BYTES);
	for (size_t i = 0; i < m->nhits; i++)
		(void)str_addf(&why, "%s'%.*s'", i == 0 ? "" : ", ",
		    SV_ARG(m->hits[i].text));
	diag_add_text(c->diags, DIAG_ERROR, t, 0, t->text.len, NULL,
	    "filter '%s' is expected not to match this, but does: %s",
	    c->rules->filters[filter].name, str_c(&why));
	str_done(&why);
}

static void
check_expectations(struct compiler *c)
{
	struct matcher *m = matcher_new();

	m->unscoped = true;
	for (size_t i = 0; i < c->config->nfilters; i++) {
		const struct config_filter *f = &c->config->filters[i];

		for (size_t k = 0; k < f->expect.match.n; k++)
			check_match(c, m, (uint32_t)i, &f->expect.match.v[k]);
		for (size_t k = 0; k < f->expect.no.n; k++)
			check_no_match(c, m, (uint32_t)i, &f->expect.no.v[k]);
	}
	matcher_free(m);
}

static struct ruleset *
new_ruleset(const struct config *config)
{
	struct ruleset *r = mem_calloc(1, sizeof(*r));
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		BUG("no random numbers");
	arena_init(&r->arena);
	lexicon_init(&r->lexicon, seed);
	r->entities = arena_calloc(
	    &r->arena, config->nentities * sizeof(*r->entities) + 1);
	r->nfilters = config->nfilters;
	r->filters = arena_calloc(
	    &r->arena, config->nfilters * sizeof(*r->filters) + 1);
	return r;
}

static void
compile_all(struct compiler *c, size_t errors)
{
	for (size_t i = 0; i < c->config->nfilters; i++)
		compile_filter(c, &c->rules->filters[i], i);
	check_other_entities(c);
	if (!refs_order(&c->refs, c->rules, c->diags) || c->config->broken ||
	    diags_count(c->diags, DIAG_ERROR) != errors)
		return;
	revise_filters(c);
	c->rules->anchors = anchors_choose(c->rules);
	lexicon_seal(&c->rules->lexicon);
	check_expectations(c);
}

struct ruleset *
ruleset_compile(const struct config *config, struct diags *diags)
{
	size_t errors = diags_count(diags, DIAG_ERROR);
	struct compiler c = { .config = config,
		.diags = diags,
		.rules = new_ruleset(config),
		.entity_ids = mem_calloc(
		    config->nentities + 1, sizeof(uint32_t)) };

	arena_init(&c.trees);
	entity_index(&c.names, config);
	map_init(&c.filters);
	for (size_t i = 0; i < config->nfilters; i++)
		(void)map_put(&c.filters, sv_of(config->filters[i].name),
		    &config->filters[i]);
	compile_all(&c, errors);
	map_done(&c.names);
	map_done(&c.filters);
	refs_done(&c.refs);
	arena_done(&c.trees);
	free(c.entity_ids);
	free(c.nodes);
	if (diags_count(diags, DIAG_ERROR) == errors && !config->broken)
		return c.rules;
	ruleset_free(c.rules);
	return NULL;
}

/* Where each line of a query begins, for diagnostics. */
static struct config_line *
find_lines(struct sv text, uint32_t *n)
{
	struct config_line *lines = NULL;
	size_t cap = 0, at = 0;

	for (struct sv line; sv_split(&text, '\n', &line);) {
		lines = mem_grow(lines, &cap, *n + 1, sizeof(*lines));
		lines[*n] = (struct config_line) { (uint32_t)at, *n + 1, 1 };
		at += line.len + 1;
		(*n)++;
	}
	return lines;
}

struct ruleset *
ruleset_compile_query(
    struct sv query, const struct config *entities, struct diags *diags)
{
	struct config_filter f = { .name = "query" };
	struct config config = { .filters = &f, .nfilters = 1 };
	struct config_line *lines;
	struct ruleset *r;

	f.match.text = query.p == NULL ? SV("") : query;
	f.match.file = diags_add_source(diags, "query", query);
	f.match.line = f.match.column = 1;
	lines = find_lines(query, &f.match.nlines);
	f.match.lines = lines;
	if (entities != NULL) {
		config.entities = entities->entities;
		config.nentities = entities->nentities;
	}
	r = ruleset_compile(&config, diags);
	config.nentities = 0; /* they were checked where they stand */
	if (r != NULL)
		lint_config(&config, diags);
	free(lines);
	return r;
}

struct config *
ruleset_load(const char *path, enum config_use use, struct ruleset **rules,
    struct diags *diags)
{
	struct config *c = config_load_broken(path, use, diags);

	*rules = c != NULL ? ruleset_compile(c, diags) : NULL;
	if (c == NULL || !c->broken)
		return c;
	config_unref(c);
	return NULL;
}
