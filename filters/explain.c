/* filters/explain.c: why a filter matches an item, or does not. */
#include "filters/explain.h"

#include "base/utf8.h"
#include "filters/missing.h"

#include <stdio.h>

#define PLACES 5 /* shown of one leaf */
#define GREEN "\033[32m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

struct explainer {
	struct matcher *m;
	const struct filter *filter;
	const struct program *program;
	struct str *out;
	bool colour;
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

/* Of the operands of NEAR only what is near, if anything is. */
static bool
is_shown(const struct explainer *x, const struct node *n, const struct span *s)
{
	uint32_t pairs = n->near == 0 ? 0 : x->m->verdicts[n->near - 1].near;

	return pairs == 0 || span_is_inside(&x->m->spans, s, pairs);
}

static void
add_places(struct explainer *x, const struct node *n)
{
	uint32_t at = matcher_spans(x->m, x->filter, n);
	size_t count = 0;

	while ((at = matcher_accept(x->m, x->filter, n, at)) != 0) {
		const struct span s = x->m->spans.v[at - 1];
		const struct token *t = &x->m->text.tokens[s.first];

		at = s.next;
		if (!is_shown(x, n, &s) || ++count > PLACES)
			continue;
		(void)str_adds(x->out, count == 1 ? ": \"" : ", \"");
		add_text(x, text_span(&x->m->text, s.first, s.last));
		(void)str_addf(x->out, "\" in %s at %u",
		    field_name(x->m->text.parts[t->part].field),
		    (unsigned)t->start);
	}
	if (count > PLACES)
		(void)str_addf(x->out, " and %zu more", count - PLACES);
}

static struct sv
group_name(const struct node *n)
{
	switch (n->kind) {
	case QUERY_AND:
		return SV("all of");
	case QUERY_OR:
		return SV("one of");
	case QUERY_NOT:
		return SV("not");
	case QUERY_NEAR:
		return n->ordered ? SV("in this order, close together")
				  : SV("close together");
	case QUERY_TERM:
	case QUERY_ENTITY:
	case QUERY_LANG:
		return n->source;
	}
	BUG("no such node");
}

static void
explain_node(struct explainer *x, size_t i, unsigned depth)
{
	const struct node *n = &x->program->nodes[i];
	bool holds = x->m->verdicts[i].holds;

	add_line(x, depth, holds, group_name(n));
	if (n->kid == 0 && n->kind != QUERY_LANG && holds)
		add_places(x, n);
	if (n->kid == 0 && !holds) {
		(void)str_adds(x->out, ": ");
		missing_leaf(x->m, x->filter, n, x->out);
	}
	(void)str_addc(x->out, '\n');
	for (uint32_t k = n->kid; k != 0; k = x->program->nodes[k - 1].sibling)
		explain_node(x, k - 1, depth + 1);
}

static bool
explain_program(struct explainer *x, const struct program *p)
{
	bool holds = matcher_eval(x->m, x->filter, p);

	x->program = p;
	explain_node(x, p->n - 1, 0);
	return holds;
}

bool
ruleset_explain(const struct ruleset *r, size_t filter, struct matcher *m,
    const struct item *it, bool colour, struct str *out)
{
	struct explainer x = { m, &r->filters[filter], NULL, out, colour };
	bool in_scope, holds, vetoed = false;

	matcher_read(m, r, it);
	in_scope = matcher_in_scope(m, x.filter);
	if (!in_scope)
		(void)str_addf(out,
		    "%s does not look at this item: its feed, tags or language "
		    "are outside the filter's scope\n",
		    x.filter->name);
	(void)str_addf(out, "%s: match\n", x.filter->name);
	holds = explain_program(&x, &x.filter->match);
	if (x.filter->veto.n != 0) {
		(void)str_addf(out, "%s: not\n", x.filter->name);
		vetoed = explain_program(&x, &x.filter->veto);
	}
	holds = holds && in_scope && !vetoed;
	(void)str_addf(out, "%s %s\n", x.filter->name,
	    holds	 ? "matches"
		: vetoed ? "does not match: vetoed"
			 : "does not match");
	return holds;
}
