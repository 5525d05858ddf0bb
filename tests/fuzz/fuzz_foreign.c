/* tests/fuzz/fuzz_foreign.c: any bytes as a query of ours or of another tool,
 * which the first byte says: what is printed of it is read as the same. */
#include "filters/foreign.h"
#include "filters/print.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The canonical form; false when there is none. */
static bool
format(enum foreign_tool tool, struct sv query, struct str *out)
{
	struct config_text at = { .text = query, .line = 1, .column = 1 };
	struct diags *d = diags_new();
	struct str raised;
	struct query *q;
	struct arena a;

	arena_init(&a);
	str_init(&raised, query.len + 1);
	at.file = diags_add_source(d, "q", query);
	if (tool == FOREIGN_NONE) {
		foreign_raise(&at, &raised, d);
		at.text = str_sv(&raised);
		q = query_parse(&at, &a, d);
	} else {
		q = foreign_parse(tool, &at, &a, d);
	}
	if ((q == NULL) != (diags_count(d, DIAG_ERROR) != 0))
		abort();
	if (q != NULL) {
		query_normalize(q, &a);
		if (!query_print(q, out))
			abort();
	}
	str_done(&raised);
	arena_done(&a);
	diags_unref(d);
	return q != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv query = sv_from((struct sv) { (const char *)data, size }, 1);
	struct config_text at = { .text = query };
	enum foreign_tool tool;
	struct str once, twice;
	size_t offset, length;

	if (size == 0)
		return 0;
	tool = (enum foreign_tool)(data[0] % (FOREIGN_NONE + 1));
	str_init(&once, MiB(64));
	str_init(&twice, MiB(64));
	(void)foreign_signs(&at, &offset, &length);
	/* Not all translations are queries of ours: one may be too deep. */
	if (format(tool, query, &once)) {
		if (!format(FOREIGN_NONE, str_sv(&once), &twice)) {
			if (tool == FOREIGN_NONE)
				abort();
		} else if (!sv_eq(str_sv(&once), str_sv(&twice))) {
			abort();
		}
	}
	str_done(&once);
	str_done(&twice);
	return 0;
}
