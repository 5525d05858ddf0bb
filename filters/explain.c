/* filters/explain.c: why a filter matches an item, or does not. */
#include "filters/explain.h"

#include "base/utf8.h"
#include "filters/missing.h"
#include "filters/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GREEN "\033[32m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

struct explainer {
	struct matcher *m;
	const struct filter *filter;
	const struct program *program;
	struct str *out;
	bool colour;
	bool *told; /* by filter: its clauses have been shown */
};

/* Foreign text: no controls, one line. */
static void
add_text(struct explainer *x, struct sv v)
{
	char clean[ERR_BYTES];

	utf8_printable(v, clean, sizeof(clean));
	(void)str_adds(x->out, clean);
}

static void
add_line(struct explainer *x, unsigned depth, bool good, struct sv what)
{
	for (unsigned i = 0; i <= depth; i++)
		(void)str_adds(x->out, "  ");
	(void)str_addf(x->out, "%s%s%s ",
	    !x->colour ? ""
		: good ? GREEN
		       : RED,
	    good ? "yes" : "no ", x->colour ? PLAIN : "");
	add_text(x, what);
}

static void
add_places(struct explainer *x, const struct node *n)
{
	const struct places p = places_find(x->m, x->filter, n);

	for (size_t i = 0; i < p.n; i++) {
		(void)str_adds(x->out, i == 0 ? ": \"" : ", \"");
		add_text(x, matcher_find_text(x->m, &p.v[i]));
		(void)str_addf(x->out, "\" in %s at %u",
		    field_name(x->m->text.parts[p.v[i].part].field),
		    p.v[i].start);
	}
	if (p.total > p.n)
		(void)str_addf(x->out, " and %zu more", p.total - p.n);
	if (p.gave_up)
		(void)str_adds(x->out, ", then given up: too many steps");
}

static struct sv
without_parentheses(struct sv v)
{
	while (v.len > 1 && v.p[0] == '(' && v.p[v.len - 1] == ')')
		v = sv_trim(sv_sub(v, 1, v.len - 2));
	return v;
}

/* What a node is called, into `out`. */
static void
name_node(const struct node *n, struct str *out)
{
	switch (n->kind) {
	case QUERY_AND:
		(void)str_adds(out, "all of");
		return;
	case QUERY_OR:
		(void)str_adds(out, "one of");
		return;
	case QUERY_NOT:
		(void)str_adds(out, "not");
		return;
	case QUERY_NEAR:
		(void)str_adds(out,
		    n->ordered ? "in this order, close together"
			       : "close together");
		return;
	case QUERY_NOT_NEAR:
		(void)str_adds(out, "the first without the second near it");
		return;
	case QUERY_ATLEAST:
		(void)str_addf(out, "in at least %u places", n->count);
		return;
	case QUERY_OF:
		(void)str_addf(out, "at least %u of", n->count);
		return;
	case QUERY_TERM:
	case QUERY_ENTITY:
	case QUERY_LANG:
	case QUERY_FILTER:
	case QUERY_REGEX:
		(void)str_add(out, without_parentheses(n->source));
		return;
	}
	BUG("no such node");
}

static void
add_leaf(struct explainer *x, const struct node *n, bool holds)
{
	if (n->kind == QUERY_FILTER) {
		if (x->told[n->id])
			(void)str_adds(x->out, ": see above");
	} else if (!holds) {
		(void)str_adds(x->out, ": ");
		missing_leaf(x->m, x->filter, n, x->out);
	} else {
		add_places(x, n);
	}
}

static void explain_other(struct explainer *x, uint32_t filter, unsigned depth);

static void
explain_node(struct explainer *x, size_t i, unsigned depth)
{
	const struct node *n = &x->program->nodes[i];
	bool holds = x->m->verdicts[i].holds;
	struct str name;

	str_init(&name, QUERY_BYTES);
	name_node(n, &name);
	add_line(x, depth, holds, str_sv(&name));
	str_done(&name);
	if (n->kid == 0)
		add_leaf(x, n, holds);
	else if (!holds)
		missing_group(x->m, x->filter, x->program, i, x->out);
	(void)str_addc(x->out, '\n');
	if (n->kind == QUERY_FILTER && !x->told[n->id])
		explain_other(x, n->id, depth + 1);
	for (uint32_t k = n->kid; k != 0; k = x->program->nodes[k - 1].sibling)
		explain_node(x, k - 1, depth + 1);
}

static bool
explain_program(struct explainer *x, const struct program *p, unsigned depth)
{
	bool holds = matcher_eval(x->m, x->filter, p);

	x->program = p;
	explain_node(x, p->n - 1, depth);
	return holds;
}

/* Returns whether the filter matches. */
static bool
explain_filter(struct explainer *x, unsigned depth, bool *vetoed)
{
	bool in_scope = matcher_in_scope(x->m, x->filter), holds;

	if (!in_scope)
		(void)str_addf(x->out,
		    "%*s%s does not look at this item: its feed, tags or "
		    "language are outside the filter's scope\n",
		    (int)depth * 2, "", x->filter->name);
	matcher_prepare(x->m, x->filter);
	(void)str_addf(
	    x->out, "%*s%s wants:\n", (int)depth * 2, "", x->filter->name);
	holds = explain_program(x, &x->filter->match, depth);
	*vetoed = false;
	if (x->filter->veto.n != 0) {
		(void)str_addf(x->out, "%*s%s excludes:\n", (int)depth * 2, "",
		    x->filter->name);
		*vetoed = explain_program(x, &x->filter->veto, depth);
	}
	return holds && in_scope && !*vetoed;
}

/* A filter that the one at hand refers to, whose verdicts come back. */
static void
explain_other(struct explainer *x, uint32_t filter, unsigned depth)
{
	struct explainer other = *x;
	size_t n = x->program->n;
	struct verdict *kept = mem_calloc(n, sizeof(*kept));
	bool vetoed;

	x->told[filter] = true;
	memcpy(kept, x->m->verdicts, n * sizeof(*kept));
	other.filter = &x->m->rules->filters[filter];
	(void)explain_filter(&other, depth + 1, &vetoed);
	memcpy(x->m->verdicts, kept, n * sizeof(*kept));
	free(kept);
}

bool
ruleset_explain(const struct ruleset *r, size_t filter, struct matcher *m,
    const struct item *it, bool colour, struct str *out)
{
	struct explainer x = { m, &r->filters[filter], NULL, out, colour,
		mem_calloc(r->nfilters, sizeof(bool)) };
	bool holds, vetoed;

	matcher_read(m, r, it);
	holds = explain_filter(&x, 0, &vetoed);
	if (m->text.cut || m->spans.cut)
		(void)str_adds(out,
		    "the item has more words, or more of these words, than are "
		    "looked at\n");
	(void)str_addf(out, "%s %s\n", x.filter->name,
	    holds	 ? "matches"
		: vetoed ? "does not match: vetoed"
			 : "does not match");
	free(x.told);
	return holds;
}
