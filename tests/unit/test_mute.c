/* tests/unit/test_mute.c: config/mute.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "config/mute.h"
#include "feeds/date.h"

static struct arena arena;
static struct map zones;

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena);
	map_init(&zones);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	map_done(&zones);
	arena_done(&arena);
	return 0;
}

static const struct {
	const char *what, *hours, *at; /* UTC */
	bool mute;
} rows[] = {
	/* 2024-03-26 was a Tuesday; Paris is an hour before UTC until 31 March
	 * 01:00 UTC, two until 27 October 01:00 UTC. */
	{ "before the hours", "09:00-17:00 UTC", "2024-03-26T08:59:59Z",
	    false },
	{ "the first minute", "09:00-17:00 UTC", "2024-03-26T09:00:00Z", true },
	{ "the last minute", "09:00-17:00 UTC", "2024-03-26T16:59:59Z", true },
	{ "the end is outside", "09:00-17:00 UTC", "2024-03-26T17:00:00Z",
	    false },
	{ "over midnight, before", "23:00-06:00 UTC", "2024-03-26T22:59:00Z",
	    false },
	{ "over midnight, evening", "23:00-06:00 UTC", "2024-03-26T23:00:00Z",
	    true },
	{ "over midnight, morning", "23:00-06:00 UTC", "2024-03-26T05:59:00Z",
	    true },
	{ "over midnight, after", "23:00-06:00 UTC", "2024-03-26T06:00:00Z",
	    false },
	{ "the whole day", "00:00-24:00 UTC", "2024-03-26T23:59:59Z", true },
	{ "until midnight", "22:00-24:00 UTC", "2024-03-27T00:00:00Z", false },
	{ "midnight as an end", "22:00-00:00 UTC", "2024-03-26T23:59:00Z",
	    true },
	{ "midnight as an end, after", "22:00-00:00 UTC",
	    "2024-03-27T00:00:00Z", false },
	{ "by the zone's clocks, winter", "23:00-06:00 Europe/Paris",
	    "2024-03-26T22:00:00Z", true },
	{ "by the zone's clocks, summer", "23:00-06:00 Europe/Paris",
	    "2024-07-01T21:00:00Z", true },
	{ "by the zone's clocks, summer's morning", "23:00-06:00 Europe/Paris",
	    "2024-07-01T04:00:00Z", false },
	{ "west of Greenwich", "23:00-06:00 America/New_York",
	    "2024-03-26T03:00:00Z", true },
	{ "a day", "Tue 09:00-17:00 UTC", "2024-03-26T12:00:00Z", true },
	{ "another day", "Mon,Wed 09:00-17:00 UTC", "2024-03-26T12:00:00Z",
	    false },
	{ "days from and to", "Mon-Fri 09:00-17:00 UTC", "2024-03-29T12:00:00Z",
	    true },
	{ "days around the week's end", "Sat-Mon 00:00-24:00 UTC",
	    "2024-03-25T12:00:00Z", true },
	{ "not between them", "Sat-Mon 00:00-24:00 UTC", "2024-03-26T12:00:00Z",
	    false },
	{ "any case", "sat,SUN 00:00-24:00 UTC", "2024-03-31T12:00:00Z", true },
	{ "the morning belongs to the day before", "Fri 23:00-06:00 UTC",
	    "2024-03-30T05:00:00Z", true },
	{ "and not to its own", "Sat 23:00-06:00 UTC", "2024-03-30T05:00:00Z",
	    false },
	{ "Sunday's night is Monday's morning", "Sun 23:00-06:00 UTC",
	    "2024-03-25T05:00:00Z", true },
	{ "a day by the zone's clocks", "Sat 00:00-24:00 Asia/Tokyo",
	    "2024-03-29T15:00:00Z", true },
	{ "before 1970", "Wed 23:00-24:00 UTC", "1969-12-31T23:30:00Z", true },
	/* The missing hour: 02:00 to 03:00 of 31 March. */
	{ "hours that do not come", "02:15-02:45 Europe/Paris",
	    "2024-03-31T00:59:59Z", false },
	{ "are passed over", "02:15-02:45 Europe/Paris", "2024-03-31T01:00:00Z",
	    false },
	{ "and come the next day", "02:15-02:45 Europe/Paris",
	    "2024-04-01T00:30:00Z", true },
	{ "what begins in the missing hour", "02:30-03:30 Europe/Paris",
	    "2024-03-31T01:00:00Z", true },
	{ "ends by the clock", "02:30-03:30 Europe/Paris",
	    "2024-03-31T01:30:00Z", false },
	{ "what ends in the missing hour", "01:30-02:30 Europe/Paris",
	    "2024-03-31T00:59:59Z", true },
	{ "ends with the change", "01:30-02:30 Europe/Paris",
	    "2024-03-31T01:00:00Z", false },
	{ "the night that is an hour short", "23:00-06:00 Europe/Paris",
	    "2024-03-31T03:59:59Z", true },
	{ "ends at six all the same", "23:00-06:00 Europe/Paris",
	    "2024-03-31T04:00:00Z", false },
	/* The doubled hour: 02:00 to 03:00 of 27 October. */
	{ "the doubled hour, first", "02:15-02:45 Europe/Paris",
	    "2024-10-27T00:15:00Z", true },
	{ "between them", "02:15-02:45 Europe/Paris", "2024-10-27T00:45:00Z",
	    false },
	{ "the doubled hour, second", "02:15-02:45 Europe/Paris",
	    "2024-10-27T01:15:00Z", true },
	{ "and over", "02:15-02:45 Europe/Paris", "2024-10-27T01:45:00Z",
	    false },
	{ "the night that is an hour long", "23:00-06:00 Europe/Paris",
	    "2024-10-27T04:59:59Z", true },
	{ "ends at six, too", "23:00-06:00 Europe/Paris",
	    "2024-10-27T05:00:00Z", false },
};

static void
hours_are_by_the_clocks_of_the_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct mute_fault fault;
		struct config_mute m;
		int64_t at;

		if (!mute_parse(
			sv_of(rows[i].hours), &arena, &zones, &m, &fault))
			fail_msg("%s: %s", rows[i].what, fault.why.msg);
		assert_true(date_parse(sv_of(rows[i].at), &at));
		if (mute_is_active(&(struct config_mutes) { &m, 1 },
			at * SEC_MS) != rows[i].mute)
			fail_msg("%s", rows[i].what);
	}
}

static const struct {
	const char *text;
	size_t offset, len;
} faults[] = {
	{ "23:00-06:00", 0, 11 }, /* no zone */
	{ "23:00 Europe/Paris", 0, 5 },
	{ "2300-0600 UTC", 0, 9 },
	{ "24:00-06:00 UTC", 0, 11 },
	{ "23:60-06:00 UTC", 0, 11 },
	{ "06:00-06:00 UTC", 0, 11 },
	{ "Sat, Sun 00:00-24:00 UTC", 5, 3 },
	{ "Sat,Son 00:00-24:00 UTC", 4, 3 },
	{ "Mon-Fr 00:00-24:00 UTC", 0, 6 },
	{ "23:00-06:00 Europe/Pariss", 12, 13 },
	{ "23:00-06:00 UTC please", 12, 10 },
	{ "Sat", 0, 3 },
};

static void
what_is_wrong_is_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(faults); i++) {
		struct mute_fault fault;
		struct config_mute m;

		if (mute_parse(
			sv_of(faults[i].text), &arena, &zones, &m, &fault))
			fail_msg("taken: %s", faults[i].text);
		if (fault.offset != faults[i].offset ||
		    fault.len != faults[i].len || fault.why.msg[0] == '\0')
			fail_msg("%s: at %zu, %zu long: %s", faults[i].text,
			    fault.offset, fault.len, fault.why.msg);
	}
}

static void
one_of_several_is_enough(void **state)
{
	struct mute_fault fault;
	struct config_mute m[2];

	(void)state;
	assert_true(
	    mute_parse(SV("00:00-01:00 UTC"), &arena, &zones, &m[0], &fault));
	assert_true(
	    mute_parse(SV("12:00-13:00 UTC"), &arena, &zones, &m[1], &fault));
	assert_ptr_equal(m[0].zone, m[1].zone);
	assert_true(
	    mute_is_active(&(struct config_mutes) { m, 2 }, 12 * HOUR_MS));
	assert_false(
	    mute_is_active(&(struct config_mutes) { m, 2 }, 13 * HOUR_MS));
	assert_false(mute_is_active(&(struct config_mutes) { NULL, 0 }, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours_are_by_the_clocks_of_the_zone),
		cmocka_unit_test(what_is_wrong_is_shown),
		cmocka_unit_test(one_of_several_is_enough),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
