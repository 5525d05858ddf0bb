/* tests/unit/test_zone.c: base/zone.h against the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/zone.h"

static const char *const names[] = { "Europe/Paris", "Europe/Dublin",
	"Africa/Casablanca", "America/New_York", "America/Santiago",
	"America/St_Johns", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Tehran",
	"Asia/Gaza", "Australia/Lord_Howe", "Pacific/Apia", "Antarctica/Troll",
	"Pacific/Chatham", "UTC", "Etc/GMT+5" };

static int64_t
offset_of_libc(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	return tm.tm_gmtoff;
}

/* From 1900 to 2100: each hour and a bit around the years' ends, else steps
 * that meet all hours. */
static void
zones_are_as_the_library_has_them(void **state)
{
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < COUNTOF(names); i++) {
		const struct zone *z = zone_load(&a, sv_of(names[i]), &e);

		assert_non_null(z);
		(void)setenv("TZ", names[i], 1);
		tzset();
		for (int64_t at = INT64_C(-2208988800);
		     at < INT64_C(4102444800); at += 3 * 3600 + 7)
			if (zone_offset_s(z, at) != offset_of_libc(at))
				fail_msg("%s at %lld: %lld, not %lld", names[i],
				    (long long)at,
				    (long long)zone_offset_s(z, at),
				    (long long)offset_of_libc(at));
	}
	(void)unsetenv("TZ");
	tzset();
	arena_done(&a);
}

/* A file without times: its one type, and the last line. */
static const struct zone *
of_file(struct arena *a, struct sv type, const char *line)
{
	static const char header[] =
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4";
	struct str file;
	struct err e;
	const struct zone *z;

	str_init(&file, KiB(1));
	for (int i = 0; i < 2; i++) {
		(void)str_add(&file, (struct sv) { header, 44 });
		(void)str_add(&file, type);
		(void)str_add(&file, SV("LMT\0"));
	}
	(void)str_addf(&file, "\n%s\n", line);
	z = zone_parse(a, str_sv(&file), &e);
	str_done(&file);
	return z;
}

static const struct zone *
by_rules(struct arena *a, const char *line)
{
	return of_file(a, SV("\0\0\0\0\0\0"), line);
}

static void
the_last_line_goes_on_for_ever(void **state)
{
	static const char *const lines[] = { "CET-1CEST,M3.5.0,M10.5.0/3",
		"EST5EDT,M3.2.0,M11.1.0",
		"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"IST-1GMT0,M10.5.0,M3.5.0/1",
		"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "XXX3YYY,J60/0,J300/26",
		"XXX3YYY,59/0,300", "IST-5:30",
		"<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45" };
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < COUNTOF(lines); i++) {
		const struct zone *z = by_rules(&a, lines[i]);

		assert_non_null(z);
		(void)setenv("TZ", lines[i], 1);
		tzset();
		for (int64_t at = 0; at < INT64_C(7258118400);
		     at += 3 * 3600 + 7)
			if (zone_offset_s(z, at) != offset_of_libc(at))
				fail_msg("%s at %lld: %lld, not %lld", lines[i],
				    (long long)at,
				    (long long)zone_offset_s(z, at),
				    (long long)offset_of_libc(at));
	}
	(void)unsetenv("TZ");
	tzset();
	arena_done(&a);
}

static void
what_is_no_zone_is_refused(void **state)
{
	static const char *const bad[] = { "", "Europe/Atlantis", "Europe",
		"../../../etc/passwd", "/etc/localtime", "zone1970.tab",
		"Europe/Paris ", "tzdata.zi" };
	static const char *const lines[] = { "C", "CET", "CET-1CEST,M3",
		"CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.0.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x",
		"CET-1CEST", "CET-999", "CET+26",
		"CET-1CEST-167,M3.5.0,M10.5.0", "<CET-1" };
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < COUNTOF(bad); i++)
		if (zone_load(&a, sv_of(bad[i]), &e) != NULL)
			fail_msg("taken: '%s'", bad[i]);
	for (size_t i = 0; i < COUNTOF(lines); i++)
		if (by_rules(&a, lines[i]) != NULL)
			fail_msg("taken: '%s'", lines[i]);
	assert_non_null(of_file(&a, SV("\0\1\0\0\0\0"), ""));
	assert_null(of_file(&a, SV("\1\0\0\0\0\0"), ""));
	arena_done(&a);
}

static void
a_file_that_is_cut_is_refused(void **state)
{
	struct str file;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a);
	str_init(&file, ZONE_BYTES);
	assert_true(file_read("/usr/share/zoneinfo/Europe/Paris", &file, &e));
	assert_non_null(zone_parse(&a, str_sv(&file), &e));
	for (size_t n = 0; n < file.len - 24; n++) {
		char *copy = mem_svdup(sv_sub(str_sv(&file), 0, n));

		assert_null(zone_parse(&a, (struct sv) { copy, n }, &e));
		free(copy);
	}
	str_done(&file);
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_are_as_the_library_has_them),
		cmocka_unit_test(the_last_line_goes_on_for_ever),
		cmocka_unit_test(what_is_no_zone_is_refused),
		cmocka_unit_test(a_file_that_is_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
