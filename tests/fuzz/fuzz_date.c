/* tests/fuzz/fuzz_date.c: a date is read or refused, whatever the text. */
#include "feeds/date.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t untouched = INT64_MIN;
	const int64_t day = 86400, first = -25207 * day, last = 84011 * day;
	int64_t when = untouched;
	struct sv in = { (const char *)data, size };

	if (date_parse(in, &when))
		assert(when > first && when < last);
	else
		assert(when == untouched);
	return 0;
}
