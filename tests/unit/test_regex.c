/* tests/unit/test_regex.c: what a regular expression costs is counted, however
 * it spends it. */
#include "filters/regex.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* `word` so many times, then `end`; all of that over and over. */
static void
write_text(struct str *out, const char *word, size_t times, const char *end)
{
	str_init(out, REGEX_TEXT_BYTES);
	while (!out->full) {
		for (size_t i = 0; i < times; i++)
			(void)str_adds(out, word);
		(void)str_adds(out, end);
	}
}

static enum regex_result
find(const char *pattern, struct sv text, uint64_t *steps)
{
	struct regex_search *s = regex_search_new();
	size_t start, end;
	struct err e;
	struct regex *r = regex_compile(sv_of(pattern), false, &start, &e);
	enum regex_result result;

	if (r == NULL)
		fail_msg("%s: %s", pattern, e.msg);
	result = regex_find(s, r, text, 0, false, steps, &start, &end);
	regex_free(r);
	regex_search_free(s);
	return result;
}

/* What goes far between two callouts, and in vain. */
static void
test_vain_steps(void **state)
{
	static const struct {
		const char *pattern, *word;
		size_t times;
		const char *end;
	} rows[] = {
		{ "q|\\w{60000}!", "a", 59999, " " },
		{ "q|a{1000,}!", "a", 999, " " },
		{ "q|[^ ]{1000}+!", "é", 999, " " },
		{ "q|\\X{2}!", "\u0301", 65000, "\u0301" },
		{ "(?<=b.{60000})a", "a", 60000, "a" },
		{ "^(?i)(a+) .*\\1z", "a", 30000, " aaab" },
		{ "^(?<x>a+) .*(?i:\\k{x})z", "a", 30000, " aaab" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		uint64_t steps = REGEX_STEPS;
		struct str text;

		write_text(&text, rows[i].word, rows[i].times, rows[i].end);
		if (find(rows[i].pattern, str_sv(&text), &steps) !=
			REGEX_GAVE_UP ||
		    steps != 0)
			fail_msg("%s", rows[i].pattern);
		str_done(&text);
	}
}

/* What people write stays within the limit, in the longest text. */
static void
test_usual_steps(void **state)
{
	static const char *const patterns[] = { "q", "\\d+x",
		"\\b\\d{4}-\\d{2}-\\d{2}\\b", "\\b[A-Z]{2,5}\\d",
		"\\bR\\x{2014}\\d", "[\\x{2014}]\\d", "(?<=Resolution )\\d+",
		"\\b(Mr|Mrs) (\\w+) and \\2\\b" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(patterns); i++) {
		uint64_t steps = REGEX_STEPS;
		struct str text;

		write_text(&text, "Resolution of the seven ", 9, "1234 (AB)\n");
		if (find(patterns[i], str_sv(&text), &steps) != REGEX_NONE)
			fail_msg("%s", patterns[i]);
		assert_true(steps < REGEX_STEPS);
		str_done(&text);
	}
}

static void
test_no_steps_left(void **state)
{
	uint64_t steps = 0;

	(void)state;
	assert_int_equal(find("q", SV("q"), &steps), REGEX_GAVE_UP);
	steps = 100;
	assert_int_equal(find("q", SV("q"), &steps), REGEX_FOUND);
	assert_true(steps < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vain_steps),
		cmocka_unit_test(test_usual_steps),
		cmocka_unit_test(test_no_steps_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
