/* filters/missing.c: why a query does not hold, in a few words. */
#include "filters/missing.h"

static void
list_node(
    const struct matcher *m, const struct program *p, size_t i, struct str *out)
{
	const struct node *n = &p->nodes[i];

	if (n->kind == QUERY_AND) {
		for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling)
			if (!m->verdicts[k - 1].holds)
				list_node(m, p, k - 1, out);
		return;
	}
	(void)str_adds(out, out->len == 0 ? "" : ", ");
	if (n->kind == QUERY_NOT)
		(void)str_addf(
		    out, "%.*s is there", SV_ARG(p->nodes[n->kid - 1].source));
	else
		(void)str_addf(out, "%.*s is missing", SV_ARG(n->source));
}

void
missing_list(struct matcher *m, const struct filter *f, struct str *out)
{
	if (matcher_eval(m, f, &f->match))
		(void)str_addf(out, "vetoed by %.*s",
		    SV_ARG(f->veto.nodes[f->veto.n - 1].source));
	else
		list_node(m, &f->match, f->match.n - 1, out);
}

static const struct span *
first_span(const struct matcher *m, uint32_t atom)
{
	const struct found *f = &m->atoms[atom];

	return f->epoch == m->epoch && f->head != 0 ? &m->spans.v[f->head - 1]
						    : NULL;
}

static const char *
name_trouble(const struct matcher *m, const struct entity_name *n)
{
	switch (matcher_weigh_name(m, n)) {
	case NAME_COUNTS:
		return "hidden by a phrase of `never`, or in a field that is "
		       "not asked for";
	case NAME_OTHER_LANGUAGE:
		return "a name in another language than the item's";
	case NAME_NEEDS:
		return "weak, and none of what it needs is there";
	case NAME_WITHOUT:
		return "weak, and something speaks against it";
	}
	BUG("no such weight");
}

static void
explain_names(const struct matcher *m, const struct entity *e, struct str *out)
{
	bool any = false;

	for (size_t i = 0; i < e->nnames; i++) {
		const struct span *s = first_span(m, e->names[i].atom);

		if (s == NULL)
			continue;
		(void)str_addf(out, "%s\"%.*s\" does not count: %s",
		    any ? "; " : "",
		    SV_ARG(text_span(&m->text, s->first, s->last)),
		    name_trouble(m, &e->names[i]));
		any = true;
	}
	if (!any)
		(void)str_adds(out, "missing");
}

void
missing_leaf(struct matcher *m, const struct filter *f, const struct node *n,
    struct str *out)
{
	uint32_t at = n->kind == QUERY_LANG ? 0 : matcher_spans(m, f, n);
	const struct part *p;

	if (at != 0) {
		p = &m->text
			 .parts[m->text.tokens[m->spans.v[at - 1].first].part];
		(void)str_addf(out, "does not count in %s%s",
		    p->shouted ? "the capitals of " : "", field_name(p->field));
	} else if (n->kind == QUERY_ENTITY) {
		explain_names(m, &m->rules->entities[n->id], out);
	} else if (n->kind == QUERY_LANG) {
		(void)str_addf(out, "the item is in %.*s",
		    SV_ARG(
			m->lang.len != 0 ? m->lang : SV("no known language")));
	} else {
		(void)str_adds(out, "missing");
	}
}
