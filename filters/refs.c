/* filters/refs.c: which filters refer to which (filter:NAME). */
#include "filters/refs.h"

#include <stdlib.h>

enum progress {
	UNSEEN,
	ON_PATH,
	ORDERED
};

/* A walk along references, depth first. */
struct walk {
	struct ruleset *rules;
	struct diags *diags;
	const struct refs *refs;
	size_t *first; /* by filter, and one more: in `refs` */
	struct visit {
		enum progress progress;
		uint32_t height; /* filters in a row from here on */
	} * visits;
	uint32_t path[FILTER_DEPTH];
	size_t depth, nordered;
};

void
refs_done(struct refs *r)
{
	free(r->v);
}

void
refs_begin(struct refs *r, uint32_t from)
{
	r->from = from;
	r->first = r->n;
}

void
refs_add(struct refs *r, uint32_t to, const struct config_text *at,
    size_t offset, size_t length)
{
	r->v = mem_grow(r->v, &r->cap, r->n + 1, sizeof(*r->v));
	r->v[r->n++] = (struct ref) { r->from, to, at, offset, length };
}

static int
compare_refs(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

uint32_t *
refs_end(struct refs *r, struct arena *a, size_t *n)
{
	size_t most = r->n - r->first;
	uint32_t *to = arena_alloc(a, (most + 1) * sizeof(*to));

	*n = 0;
	if (most > 1)
		qsort(r->v + r->first, most, sizeof(*r->v), compare_refs);
	for (size_t i = r->first; i < r->n; i++)
		if (i == r->first || r->v[i].to != r->v[i - 1].to)
			to[(*n)++] = r->v[i].to;
	return to;
}

static bool
refuse_circle(const struct walk *w, const struct ref *ref)
{
	struct str names;
	size_t i = w->depth;

	str_init(&names, ERR_BYTES);
	while (w->path[i - 1] != ref->to)
		i--;
	for (i--; i < w->depth; i++)
		(void)str_addf(
		    &names, "%s -> ", w->rules->filters[w->path[i]].name);
	diag_add_text(w->diags, DIAG_ERROR, ref->at, ref->offset, ref->length,
	    NULL, "filters refer to one another in a circle: %s%s",
	    str_c(&names), w->rules->filters[ref->to].name);
	str_done(&names);
	return false;
}

static bool
refuse_depth(const struct walk *w, const struct ref *ref)
{
	diag_add_text(w->diags, DIAG_ERROR, ref->at, ref->offset, ref->length,
	    NULL, "more than %d filters refer to one another in a row",
	    FILTER_DEPTH);
	return false;
}

static bool visit(struct walk *w, uint32_t filter);

static bool
follow(struct walk *w, const struct ref *ref)
{
	struct visit *from = &w->visits[ref->from], *to = &w->visits[ref->to];

	if (to->progress == ON_PATH)
		return refuse_circle(w, ref);
	if (to->progress == UNSEEN) {
		if (w->depth == FILTER_DEPTH)
			return refuse_depth(w, ref);
		if (!visit(w, ref->to))
			return false;
	}
	if (to->height == FILTER_DEPTH)
		return refuse_depth(w, ref);
	if (from->height <= to->height)
		from->height = to->height + 1;
	return true;
}

/* FILTER_DEPTH deep at most. */
static bool
visit(struct walk *w, uint32_t filter)
{
	w->visits[filter] = (struct visit) { ON_PATH, 1 };
	w->path[w->depth++] = filter;
	for (size_t i = w->first[filter]; i < w->first[filter + 1]; i++)
		if (!follow(w, &w->refs->v[i]))
			return false;
	w->depth--;
	w->visits[filter].progress = ORDERED;
	w->rules->order[w->nordered++] = filter;
	return true;
}

bool
refs_order(const struct refs *r, struct ruleset *rules, struct diags *diags)
{
	struct walk w = { .rules = rules,
		.diags = diags,
		.refs = r,
		.first = mem_calloc(rules->nfilters + 1, sizeof(*w.first)),
		.visits = mem_calloc(rules->nfilters + 1, sizeof(*w.visits)) };
	bool good = true;
	size_t at = 0;

	for (uint32_t i = 0; i <= rules->nfilters; i++) {
		w.first[i] = at;
		while (at < r->n && r->v[at].from == i)
			at++;
	}
	rules->order = arena_alloc(
	    &rules->arena, (rules->nfilters + 1) * sizeof(*rules->order));
	for (uint32_t i = 0; good && i < rules->nfilters; i++)
		if (w.visits[i].progress == UNSEEN)
			good = visit(&w, i);
	free(w.first);
	free(w.visits);
	return good;
}
