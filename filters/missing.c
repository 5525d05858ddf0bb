/* filters/missing.c: why a query does not hold, in a few words. */
#include "filters/missing.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "filters/near.h"

#include <stdlib.h>
#include <string.h>

static void missing_of(
    struct matcher *m, const struct filter *f, bool inside, struct str *out);

/* A list of missing things. */
struct lister {
	struct matcher *m;
	const struct filter *filter;
	struct str *out;
	bool inside; /* of another list: filters are only named */
};

static void
list_filter(struct lister *x, const struct program *p, size_t i)
{
	const struct filter *f = &x->m->rules->filters[p->nodes[i].id];
	struct verdict *kept;

	(void)str_add(x->out, p->nodes[i].source);
	(void)str_adds(x->out, " does not match");
	if (x->inside)
		return;
	kept = mem_calloc(p->n, sizeof(*kept));
	memcpy(kept, x->m->verdicts, p->n * sizeof(*kept));
	(void)str_adds(x->out, " (");
	missing_of(x->m, f, true, x->out);
	(void)str_addc(x->out, ')');
	memcpy(x->m->verdicts, kept, p->n * sizeof(*kept));
	free(kept);
}

static void
list_node(struct lister *x, const struct program *p, size_t i, bool first)
{
	const struct node *n = &p->nodes[i];

	if (n->kind == QUERY_AND) {
		for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling)
			if (!x->m->verdicts[k - 1].holds) {
				list_node(x, p, k - 1, first);
				first = false;
			}
		return;
	}
	(void)str_adds(x->out, first ? "" : ", ");
	if (n->kind == QUERY_NOT) {
		(void)str_add(x->out, p->nodes[n->kid - 1].source);
		(void)str_adds(x->out, " is there");
	} else if (n->kind == QUERY_FILTER) {
		list_filter(x, p, i);
	} else {
		(void)str_add(x->out, n->source);
		(void)str_adds(x->out, " is missing");
		missing_group(x->m, x->filter, p, i, x->out);
	}
}

static void
missing_of(
    struct matcher *m, const struct filter *f, bool inside, struct str *out)
{
	struct lister x = { m, f, out, inside };

	matcher_prepare(m, f);
	if (!matcher_in_scope(m, f)) {
		(void)str_adds(out,
		    "the item's feed, tags or language are outside its "
		    "scope");
	} else if (!matcher_eval(m, f, &f->match)) {
		list_node(&x, &f->match, f->match.n - 1, true);
	} else {
		(void)str_adds(out, "vetoed by ");
		(void)str_add(out, f->veto.nodes[f->veto.n - 1].source);
	}
}

void
missing_list(struct matcher *m, const struct filter *f, struct str *out)
{
	missing_of(m, f, false, out);
}

static void
add_distance(struct matcher *m, const struct filter *f, const struct program *p,
    size_t node, struct str *out)
{
	const struct node *n = &p->nodes[node];
	uint32_t left, right;
	unsigned distance;

	matcher_renew_kids(m, f, p, node);
	left = m->verdicts[n->kid - 1].near;
	right = m->verdicts[p->nodes[n->kid - 1].sibling - 1].near;
	if (left == 0 || right == 0)
		return;
	distance = near_distance(&m->spans, &m->text, left, right, n->ordered);
	if (distance != 0)
		(void)str_addf(out, ": the nearest are %u words apart, not %u",
		    distance, n->distance);
	else
		(void)str_addf(out, ": no field has both%s",
		    n->ordered ? " in this order" : "");
}

static size_t
count_kids(const struct matcher *m, const struct program *p,
    const struct node *n, bool held)
{
	size_t count = 0;

	for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling)
		count += !held || m->verdicts[k - 1].holds;
	return count;
}

void
missing_group(struct matcher *m, const struct filter *f,
    const struct program *p, size_t node, struct str *out)
{
	const struct node *n = &p->nodes[node];

	switch (n->kind) {
	case QUERY_NEAR:
		add_distance(m, f, p, node, out);
		return;
	case QUERY_NOT_NEAR:
		if (m->verdicts[n->kid - 1].holds)
			(void)str_addf(out,
			    ": each has the other at most %u words away",
			    n->distance);
		return;
	case QUERY_ATLEAST:
		(void)str_addf(out, ": %zu of %u places",
		    span_count(&m->spans, m->verdicts[node].near), n->count);
		return;
	case QUERY_OF:
		(void)str_addf(out, ": %zu of %zu, not %u",
		    count_kids(m, p, n, true), count_kids(m, p, n, false),
		    n->count);
		return;
	case QUERY_AND:
	case QUERY_OR:
	case QUERY_NOT:
	case QUERY_TERM:
	case QUERY_ENTITY:
	case QUERY_LANG:
	case QUERY_FILTER:
	case QUERY_REGEX:
		return;
	}
	BUG("no such node");
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
	char text[ERR_BYTES]; /* anybody's, and it may go to a terminal */
	bool any = false;

	for (size_t i = 0; i < e->nnames; i++) {
		const struct span *s = first_span(m, e->names[i].atom);

		if (s == NULL)
			continue;
		utf8_printable(
		    text_span(&m->text, s->first, s->last), text, sizeof(text));
		(void)str_addf(out, "%s\"%s\" does not count: %s",
		    any ? "; " : "", text, name_trouble(m, &e->names[i]));
		any = true;
	}
	if (!any)
		(void)str_adds(out, "missing");
}

static void
explain_regex(struct matcher *m, const struct node *n, struct str *out)
{
	const struct search *s = matcher_search(m, n);

	if (s->gave_up)
		(void)str_adds(out,
		    "given up, which counts as missing: it takes too many "
		    "steps in this text");
	else if (s->cut)
		(void)str_addf(out, "missing in the first %zu KiB",
		    REGEX_TEXT_BYTES / KiB(1));
	else
		(void)str_adds(out, "missing");
}

static void
explain_words(struct matcher *m, const struct filter *f, const struct node *n,
    struct str *out)
{
	uint32_t at = matcher_spans(m, f, n);
	const struct part *p;

	if (at != 0) {
		p = &m->text
			 .parts[m->text.tokens[m->spans.v[at - 1].first].part];
		(void)str_addf(out, "does not count in %s%s",
		    p->shouted ? "the capitals of " : "", field_name(p->field));
	} else if (n->kind == QUERY_ENTITY) {
		explain_names(m, &m->rules->entities[n->id], out);
	} else {
		(void)str_adds(out, "missing");
	}
}

void
missing_leaf(struct matcher *m, const struct filter *f, const struct node *n,
    struct str *out)
{
	struct sv lang = langs_of_item(m->langs);

	if (n->kind == QUERY_REGEX)
		explain_regex(m, n, out);
	else if (n->kind == QUERY_LANG)
		(void)str_addf(out, "the item is in %.*s",
		    SV_ARG(lang.len != 0 ? lang : SV("no known language")));
	else
		explain_words(m, f, n, out);
}
