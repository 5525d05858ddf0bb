/* base/metrics.c: every number the program keeps about itself. */
#include "base/metrics.h"

struct metrics metrics;

void
metrics_line(struct str *out)
{
#define METRIC_ADD(field, name, type, help) \
	(void)str_addf(out, "%s%s=%lld", out->len != 0 ? " " : "", name, \
	    (long long)metrics.field);
	METRICS(METRIC_ADD)
#undef METRIC_ADD
}
