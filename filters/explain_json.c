/* filters/explain_json.c: why a filter matches an item, or does not, as JSON.
 */
#include "base/json.h"
#include "filters/explain.h"
#include "filters/missing.h"
#include "filters/places.h"

#include <stdlib.h>
#include <string.h>

struct writer {
	struct matcher *m;
	struct json json;
	bool *told; /* by filter: its clauses have been written */
};

/* A program of a filter, while it is written. */
struct clauses {
	const struct filter *filter;
	const struct program *program;
};

static const char *
kind_name(const struct node *n)
{
	static const char *const names[] = { [QUERY_AND] = "and",
		[QUERY_OR] = "or",
		[QUERY_NOT] = "not",
		[QUERY_NEAR] = "near",
		[QUERY_NOT_NEAR] = "not-near",
		[QUERY_ATLEAST] = "atleast",
		[QUERY_OF] = "of",
		[QUERY_TERM] = "words",
		[QUERY_ENTITY] = "entity",
		[QUERY_LANG] = "lang",
		[QUERY_FILTER] = "filter",
		[QUERY_REGEX] = "regex" };

	return n->ordered ? "pre" : names[n->kind];
}

static void
write_places(struct writer *w, const struct clauses *c, const struct node *n)
{
	const struct places p = places_find(w->m, c->filter, n);

	if (p.n == 0)
		return;
	json_open_array(&w->json, "places");
	for (size_t i = 0; i < p.n; i++) {
		enum field f = w->m->text.parts[p.v[i].part].field;

		json_open(&w->json, NULL);
		json_text(&w->json, "field", sv_of(field_name(f)));
		json_text(&w->json, "text", matcher_find_text(w->m, &p.v[i]));
		json_int(&w->json, "start", p.v[i].start);
		json_int(&w->json, "length", p.v[i].length);
		json_close(&w->json);
	}
	json_close_array(&w->json);
	json_int(&w->json, "count", (int64_t)p.total);
	if (p.gave_up)
		json_bool(&w->json, "gave_up", true);
}

static void
write_why(struct writer *w, const struct clauses *c, size_t node)
{
	const struct node *n = &c->program->nodes[node];
	struct str why;
	struct sv text;

	str_init(&why, KiB(16));
	if (n->kid != 0)
		missing_group(w->m, c->filter, c->program, node, &why);
	else if (n->kind != QUERY_FILTER)
		missing_leaf(w->m, c->filter, n, &why);
	text = str_sv(&why);
	if (sv_starts(text, SV(": ")))
		text = sv_from(text, 2);
	json_text_if(&w->json, "why", text);
	str_done(&why);
}

static bool write_filter(struct writer *w, const char *key, uint32_t filter);

/* The verdicts of the filter at hand come back. */
static void
write_other(struct writer *w, const struct clauses *c, uint32_t filter)
{
	size_t bytes = c->program->n * sizeof(struct verdict);
	struct verdict *kept = mem_alloc(bytes);

	memcpy(kept, w->m->verdicts, bytes);
	(void)write_filter(w, "filter", filter);
	memcpy(w->m->verdicts, kept, bytes);
	free(kept);
}

static void
write_node(
    struct writer *w, const char *key, const struct clauses *c, size_t node)
{
	const struct node *n = &c->program->nodes[node];
	bool holds = w->m->verdicts[node].holds;

	json_open(&w->json, key);
	json_text(&w->json, "kind", sv_of(kind_name(n)));
	if (n->kind != QUERY_AND && n->kind != QUERY_OR && n->kind != QUERY_NOT)
		json_text(&w->json, "query", n->source);
	json_bool(&w->json, "holds", holds);
	if (holds)
		write_places(w, c, n);
	else
		write_why(w, c, node);
	if (n->kind == QUERY_FILTER && !w->told[n->id])
		write_other(w, c, n->id);
	if (n->kid != 0) {
		json_open_array(&w->json, "of");
		for (uint32_t k = n->kid; k != 0;
		     k = c->program->nodes[k - 1].sibling)
			write_node(w, NULL, c, k - 1);
		json_close_array(&w->json);
	}
	json_close(&w->json);
}

static void
write_program(struct writer *w, const char *key, const struct filter *f,
    const struct program *p)
{
	const struct clauses c = { f, p };

	(void)matcher_eval(w->m, f, p);
	write_node(w, key, &c, p->n - 1);
}

static bool
write_filter(struct writer *w, const char *key, uint32_t filter)
{
	const struct filter *f = &w->m->rules->filters[filter];
	bool matches = matcher_outcome(w->m, filter);

	w->told[filter] = true;
	matcher_prepare(w->m, f);
	json_open(&w->json, key);
	json_text(&w->json, "filter", sv_of(f->name));
	json_bool(&w->json, "matches", matches);
	json_bool(&w->json, "in_scope", matcher_in_scope(w->m, f));
	json_bool(&w->json, "vetoed", matcher_eval(w->m, f, &f->veto));
	write_program(w, "match", f, &f->match);
	if (f->veto.n != 0)
		write_program(w, "not", f, &f->veto);
	json_close(&w->json);
	return matches;
}

bool
ruleset_explain_json(const struct ruleset *r, size_t filter, struct matcher *m,
    const struct item *it, struct str *out)
{
	struct writer w = { .m = m,
		.told = mem_calloc(r->nfilters, sizeof(bool)) };
	bool matches;

	json_init(&w.json, out);
	matcher_read(m, r, it);
	matches = write_filter(&w, NULL, (uint32_t)filter);
	free(w.told);
	return matches;
}
