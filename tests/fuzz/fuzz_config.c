/* tests/fuzz/fuzz_config.c: any bytes as a configuration. */
#include "config/config.h"

#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Problems at every place of every query are shown, too. */
static void
point_into(struct diags *d, const struct config_text *t)
{
	for (size_t i = 0; i <= t->text.len; i++)
		diag_add_text(d, DIAG_ERROR, t, i, 3, NULL, "here");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diags *d = diags_new();
	struct config *c;
	struct str out;

	str_init(&out, MiB(64));
	c = config_parse("fuzz", (struct sv) { (const char *)data, size }, d);
	for (size_t i = 0; c != NULL && i < c->nfilters; i++)
		point_into(d, &c->filters[i].match);
	diags_print(d, true, &out);
	diags_brief(d, &out);
	config_unref(c);
	diags_unref(d);
	str_done(&out);
	return 0;
}
