/* tests/fuzz/fuzz_query.c: any bytes as a query, up to a line feed, and the
 * rest as the text that it is matched with. */
#include "filters/compile.h"
#include "filters/explain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_match(const struct match *m, void *arg)
{
	const struct item *it = arg;

	for (size_t i = 0; i < m->nhits; i++)
		if (m->hits[i].text.p != it->title.p + m->hits[i].start ||
		    m->hits[i].start + m->hits[i].length > it->title.len)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv all = { (const char *)data, size }, query;
	struct diags *d = diags_new();
	struct matcher *m = matcher_new();
	struct item it = { 0 };
	struct ruleset *r;
	struct str out;

	(void)sv_split(&all, '\n', &query);
	it.title = all;
	str_init(&out, MiB(16));
	r = ruleset_compile_query(query, NULL, d);
	if ((r == NULL) != (diags_count(d, DIAG_ERROR) != 0))
		abort();
	diags_print(d, false, &out);
	if (r != NULL) {
		ruleset_match(r, m, &it, on_match, &it);
		(void)ruleset_explain(r, 0, m, &it, false, &out);
	}
	ruleset_free(r);
	matcher_free(m);
	diags_unref(d);
	str_done(&out);
	return 0;
}
