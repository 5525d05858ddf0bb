/* tests/fuzz/fuzz_zone.c: whatever stands in a file of the time zone database
 * and in the hours of a filter, offsets stay within a day or so, and a fault is
 * shown inside the text. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"
#include "base/zone.h"
#include "config/mute.h"

#include <assert.h>

#define OFFSET_MAX_S (INT64_C(26) * 3600)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t times[] = { -62135596800, -1, 0, 1, 951782400, 1711429929,
	2147483647, 4102444800, 253402300799 };

static void
read_zone(struct sv tzif)
{
	struct arena a;
	struct zone *z;
	struct err e = { "" };

	arena_init(&a);
	z = zone_parse(&a, tzif, &e);
	assert(z != NULL || e.msg[0] != '\0');
	for (size_t i = 0; z != NULL && i < COUNTOF(times); i++) {
		/* Over a year, for the rule at the end of the file. */
		for (int64_t days = 0; days < 366; days += 5) {
			int64_t s = zone_offset_s(z, times[i] + days * 86400);

			assert(s >= -OFFSET_MAX_S && s <= OFFSET_MAX_S);
		}
	}
	arena_done(&a);
}

static void
read_mute(struct sv text)
{
	struct config_mute one;
	struct config_mutes all = { .v = &one, .n = 1 };
	struct mute_fault fault = { 0 };
	struct arena a;
	struct map known;

	arena_init(&a);
	map_init(&known);
	if (mute_parse(text, &a, &known, &one, &fault)) {
		assert(one.days != 0 && one.from_min < one.to_min + 24 * 60);
		for (size_t i = 0; i < COUNTOF(times); i++)
			(void)mute_is_active(&all, times[i] * SEC_MS);
	} else {
		assert(fault.why.msg[0] != '\0');
		assert(fault.offset <= text.len);
		assert(fault.len <= text.len - fault.offset);
	}
	map_done(&known);
	arena_done(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = { (const char *)data, size };

	if (size > ZONE_BYTES)
		return 0;
	read_zone(in);
	read_mute(in);
	return 0;
}
