/* tests/unit/test_date.c: dates as feeds and pages write them. */
#include "feeds/date.h"

#include "base/mem.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON INT64_C(1717677000) /* 2024-06-06 12:30:00 UTC */
#define DAY INT64_C(1717632000) /* 2024-06-06 00:00:00 UTC */
#define NO_DATE INT64_MIN

static const struct date_case {
	const char *rule, *text;
	int64_t want;
} cases[] = {
	{ "RFC 822", "Thu, 06 Jun 2024 12:30:00 GMT", NOON },
	{ "RFC 3339", "2024-06-06T12:30:00Z", NOON },
	{ "ISO 8601 basic", "20240606T123000Z", NOON },
	{ "ISO 8601 basic, no seconds", "20240606T1430+0200", NOON },
	{ "digits alone", "20240606123000", NOON },
	{ "asctime", "Thu Jun  6 12:30:00 2024", NOON },
	{ "a day alone begins at midnight", "2024-06-06", DAY },
	{ "24:00 is the next midnight", "2024-06-05T24:00:00Z", DAY },
	{ "a leap second is let through", "2024-06-05T23:59:60Z", DAY },
	{ "half past twelve at night is hour 0", "6 June 2024 12:30 am",
	    NOON - 12 * 3600 },
	{ "half past twelve p.m. is noon", "June 6, 2024 12:30 p.m.", NOON },
	{ "a time of 24 hours with PM", "Jun 6 2024 14:30 PM +0200", NOON },
	{ "day first where the month cannot be", "26/06/2024",
	    DAY + 20 * 86400 },
	{ "slashes are American", "06/07/2024", DAY + 86400 },
	{ "dots are European", "07.06.2024", DAY + 86400 },
	{ "a zone on a day alone", "2024-06-06+02:00", DAY - 7200 },
	{ "time before the date", "12:30 06-06-2024", NOON },
	{ "a French weekday that begins like March", "mar. 04.06.2024",
	    DAY - 2 * 86400 },
	{ "February 29 in a leap year", "2024-02-29", DAY - 98 * 86400 },
	{ "Chinese", "2024年6月6日 12:30", NOON },
	{ "Korean with a zone", "2024-06-06 오후 12:30:00 GMT", NOON },
	{ "an unknown zone is UTC", "Thu, 06 Jun 2024 12:30:00 XYZ", NOON },
	{ "February 29 in another year", "2023-02-29", NO_DATE },
	{ "February 30", "2024-02-30", NO_DATE },
	{ "month 13", "2024-13-01", NO_DATE },
	{ "month 0", "2024-00-01", NO_DATE },
	{ "the first year of an empty clock", "0001-01-01T00:00:00Z", NO_DATE },
	{ "a year too far", "2201-01-01", NO_DATE },
	{ "minutes of a zone past the hour", "2024-06-06T12:30:00+09:75",
	    NO_DATE },
	{ "a count of days", "2 days ago", NO_DATE },
	{ "a month by name and three numbers", "2002nov-12-31", NO_DATE },
	{ "two times", "2024-06-06 12:30 12:31", NO_DATE },
	{ "a number too large", "2024-06-99999999999999999999", NO_DATE },
	{ "nothing", "", NO_DATE },
	{ "white space", " \t", NO_DATE },
	{ "an open bracket", "2024-06-06 (", DAY },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		int64_t got = NO_DATE;
		bool ok = date_parse(sv_of(cases[i].text), &got);

		if (got != cases[i].want || ok != (got != NO_DATE))
			fail_msg("%s: '%s' gives %lld, not %lld", cases[i].rule,
			    cases[i].text, (long long)got,
			    (long long)cases[i].want);
	}
}

static void
test_long_text_is_no_date(void **state)
{
	char text[4096];
	int64_t got;

	(void)state;
	memset(text, '1', sizeof(text));
	assert_false(date_parse((struct sv) { text, sizeof(text) }, &got));
}

/* Every level but these must be read without a single miss. */
static bool
may_miss(const char *level)
{
	return strcmp(level, "exotic") == 0;
}

static bool
check_row(const json_t *row)
{
	json_t *text = json_object_get(row, "date");
	json_t *epoch = json_object_get(row, "epoch");
	int64_t want = json_is_integer(epoch) ? json_integer_value(epoch)
					      : NO_DATE;
	int64_t got = NO_DATE;

	(void)date_parse(
	    (struct sv) { json_string_value(text), json_string_length(text) },
	    &got);
	if (got == want)
		return true;
	print_message("'%s' gives %lld, not %lld\n", json_string_value(text),
	    (long long)got, (long long)want);
	return may_miss(json_string_value(json_object_get(row, "level")));
}

static void
test_corpus(void **state)
{
	const char *data = getenv("TOCSIN_DATA");
	char path[4096], line[4096];
	size_t rows = 0;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/feeds/dates.jsonl",
	    data != NULL ? data : "");
	f = fopen(path, "re");
	if (f == NULL) {
		print_message("skipped, no data\n");
		return;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		json_t *row = json_loads(line, 0, NULL);

		assert_non_null(row);
		assert_true(check_row(row));
		json_decref(row);
		rows++;
	}
	(void)fclose(f);
	assert_true(rows > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_long_text_is_no_date),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
