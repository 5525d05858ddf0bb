/* filters/compile.c: from a configuration to a ruleset. */
#include "filters/compile.h"

#include "filters/anchors.h"
#include "filters/matcher.h"
#include "filters/missing.h"
#include "filters/revision.h"

#include <stdlib.h>
#include <sys/random.h>

struct compiler {
	const struct config *config;
	struct diags *diags;
	struct ruleset *rules;
	struct map names; /* of entities */
	uint32_t *entity_ids; /* by place in the configuration; + 1 */
	struct arena trees;
	struct node *nodes; /* of the program at hand */
	size_t nnodes, capnodes;
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

static void
compile_entity(struct compiler *c, const struct config_text *at,
    const struct query *q, struct node *n)
{
	const struct config_entity *e = entity_find(&c->names, q->text);

	if (e != NULL) {
		n->id = use_entity(c, e);
		return;
	}
	diag_add_text(c->diags, DIAG_ERROR, at, q->offset, q->length,
	    nearest_entity(c, q->text), "there is no entity '%.*s'",
	    SV_ARG(q->text));
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

/* Appends the subtree, children first; returns the number of its root + 1. */
static uint32_t
flatten(struct compiler *c, const struct config_text *at, const struct query *q,
    bool in_near)
{
	size_t first = c->nnodes;
	struct node n = { .kind = q->kind,
		.fields = q->fields,
		.distance = q->distance,
		.ordered = q->ordered };
	uint32_t before = 0, kid;

	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		kid = flatten(c, at, k, in_near || q->kind == QUERY_NEAR);
		if (before != 0)
			c->nodes[before - 1].sibling = kid;
		else
			n.kid = kid;
		before = kid;
	}
	n.source = arena_sv(
	    &c->rules->arena, sv_sub(at->text, q->offset, q->length));
	if (q->kind == QUERY_ENTITY)
		compile_entity(c, at, q, &n);
	else if (q->kind == QUERY_TERM)
		compile_term(c, at, q, &n);
	else if (q->kind == QUERY_LANG)
		n.langs = arena_sv(&c->rules->arena, q->text);
	else if (q->kind == QUERY_NOT_NEAR || q->kind == QUERY_ATLEAST ||
	    q->kind == QUERY_OF || q->kind == QUERY_FILTER ||
	    q->kind == QUERY_REGEX)
		diag_add_text(c->diags, DIAG_ERROR, at, q->offset, q->length,
		    NULL, "this is not supported yet");
	c->nodes = mem_grow(
	    c->nodes, &c->capnodes, c->nnodes + 1, sizeof(*c->nodes));
	c->nodes[c->nnodes++] = n;
	for (size_t i = first;
	     !in_near && q->kind == QUERY_NEAR && i + 1 < c->nnodes; i++)
		c->nodes[i].near = (uint32_t)c->nnodes;
	return (uint32_t)c->nnodes;
}

static struct program
compile_query(struct compiler *c, const struct config_text *at)
{
	struct program p = { NULL, 0 };
	const struct query *q;

	if (at->text.p == NULL)
		return p;
	q = query_parse(at, &c->trees, c->diags);
	if (q == NULL)
		return p;
	c->nnodes = 0;
	(void)flatten(c, at, q, false);
	arena_clear(&c->trees);
	p.n = c->nnodes;
	p.nodes = arena_alloc(&c->rules->arena, p.n * sizeof(*p.nodes));
	for (size_t i = 0; i < p.n; i++)
		p.nodes[i] = c->nodes[i];
	if (p.n > c->rules->longest)
		c->rules->longest = p.n;
	return p;
}

static struct names
keep_names(struct arena *a, const struct config_texts *texts, bool langs)
{
	struct names names = { arena_alloc(a, texts->n * sizeof(*names.v) + 1),
		texts->n };

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

	out->name = arena_sv(a, sv_of(f->name)).p;
	out->match = compile_query(c, &f->match);
	out->veto = compile_query(c, &f->not );
	out->shout = f->shout;
	out->feeds = keep_names(a, &f->feeds, false);
	out->tags = keep_names(a, &f->tags, false);
	out->langs = keep_names(a, &f->lang, true);
	revision_of_filter(out->revision, f, out, c->rules->entities);
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
check_match(struct compiler *c, struct matcher *m, const struct filter *f,
    const struct config_text *t)
{
	struct item it = { .title = t->text };
	struct str why;

	matcher_read(m, c->rules, &it);
	if (matcher_judge(m, f))
		return;
	str_init(&why, ERR_BYTES);
	missing_list(m, f, &why);
	diag_add_text(c->diags, DIAG_ERROR, t, 0, t->text.len, NULL,
	    "filter '%s' is expected to match this, but does not: %s", f->name,
	    str_c(&why));
	str_done(&why);
}

static void
check_no_match(struct compiler *c, struct matcher *m, const struct filter *f,
    const struct config_text *t)
{
	struct item it = { .title = t->text };
	struct str why;

	matcher_read(m, c->rules, &it);
	if (!matcher_judge(m, f))
		return;
	str_init(&why, ERR_BYTES);
	for (size_t i = 0; i < m->nhits; i++)
		(void)str_addf(&why, "%s'%.*s'", i == 0 ? "" : ", ",
		    SV_ARG(m->hits[i].text));
	diag_add_text(c->diags, DIAG_ERROR, t, 0, t->text.len, NULL,
	    "filter '%s' is expected not to match this, but does: %s", f->name,
	    str_c(&why));
	str_done(&why);
}

static void
check_expectations(struct compiler *c)
{
	struct matcher *m = matcher_new();

	for (size_t i = 0; i < c->config->nfilters; i++) {
		const struct config_filter *f = &c->config->filters[i];

		for (size_t k = 0; k < f->expect.match.n; k++)
			check_match(
			    c, m, &c->rules->filters[i], &f->expect.match.v[k]);
		for (size_t k = 0; k < f->expect.no.n; k++)
			check_no_match(
			    c, m, &c->rules->filters[i], &f->expect.no.v[k]);
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
	if (diags_count(c->diags, DIAG_ERROR) != errors)
		return;
	anchors_choose(c->rules);
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
	compile_all(&c, errors);
	map_done(&c.names);
	arena_done(&c.trees);
	free(c.entity_ids);
	free(c.nodes);
	if (diags_count(diags, DIAG_ERROR) == errors)
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
	free(lines);
	return r;
}
