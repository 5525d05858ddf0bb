/* tests/fuzz/fuzz_query.c: any bytes as the queries of three filters that may
 * refer to one another, a line each, and the rest as the text that they are
 * matched with. */
#include "filters/compile.h"
#include "filters/explain.h"

#include <stdlib.h>

#define FILTERS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct item item;
	bool matches[FILTERS];
};

static void
on_match(const struct match *m, void *arg)
{
	struct seen *s = arg;
	const struct sv *title = &s->item.title;

	s->matches[m->index] = true;
	for (size_t i = 0; i < m->nhits; i++)
		if (m->hits[i].text.p != title->p + m->hits[i].start ||
		    m->hits[i].start + m->hits[i].length > title->len)
			abort();
}

static void
match(const struct ruleset *r, struct sv text)
{
	struct matcher *m = matcher_new();
	struct seen s = { .item = { .title = text } };
	struct str out;

	str_init(&out, MiB(16));
	ruleset_match(r, m, &s.item, on_match, &s);
	for (size_t i = 0; i < ruleset_filters(r); i++)
		if (ruleset_explain(r, i, m, &s.item, false, &out) !=
			s.matches[i] ||
		    ruleset_explain_json(r, i, m, &s.item, &out) !=
			s.matches[i])
			abort();
	str_done(&out);
	matcher_free(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_filter filters[FILTERS] = { { .name = "a" },
		{ .name = "b" }, { .name = "c" } };
	struct config config = { .filters = filters };
	struct sv all = { (const char *)data, size }, query;
	struct diags *d = diags_new();
	struct ruleset *r;
	struct str out;

	while (config.nfilters < FILTERS && sv_split(&all, '\n', &query)) {
		struct config_text *t = &filters[config.nfilters++].match;

		t->text = query.p == NULL ? SV("") : query;
		t->file = diags_add_source(d, "query", t->text);
		t->line = t->column = 1;
	}
	str_init(&out, MiB(16));
	r = ruleset_compile(&config, d);
	if ((r == NULL) != (diags_count(d, DIAG_ERROR) != 0))
		abort();
	diags_print(d, false, &out);
	if (r != NULL)
		match(r, all);
	ruleset_free(r);
	diags_unref(d);
	str_done(&out);
	return 0;
}
