/* tests/unit/test_explain.c: why filters match, or do not. */
#include "filters/compile.h"
#include "filters/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char config[] =
    "feeds:\n"
    "  one: {url: 'https://a.example/'}\n"
    "entities:\n"
    "  gaza: {names: [Gaza, Gaza Strip], never: [Gaza Street]}\n"
    "  jordan:\n"
    "    names: {de: [\"=Jordanien\"]}\n"
    "    weak: [{name: \"=Jordan\", needs: [Amman], without: [NBA]}]\n"
    "filters:\n"
    "  f: {match: '@gaza AND (truce OR \"cease fire\") NOT film'}\n"
    "  j: {match: '@jordan OR title:x OR =US'}\n"
    "  n: {match: 'a NEAR/1 b', not: spam}\n"
    "  s: {match: a AND lang:fr, feeds: [one]}\n";

static const struct {
	const char *rule;
	size_t filter;
	const char *title, *content;
	bool matches;
	const char *says[4];
} rows[] = {
	{ "what matched, and where", 0, "Truce", "in the Gaza Strip", true,
	    { "yes @gaza: \"Gaza Strip\" in content at 7",
		"yes truce: \"Truce\" in title at 0",
		"no  \"cease fire\": missing", "f matches\n" } },
	{ "what is missing", 0, "Truce", "", false,
	    { "no  all of", "no  @gaza: missing", "yes one of",
		"f does not match\n" } },
	{ "what is in the way", 0, "Gaza truce film", "", false,
	    { "no  not\n", "yes film: \"film\" in title at 11" } },
	{ "a name that is hidden", 0, "Gaza Street truce", "", false,
	    { "no  @gaza: \"Gaza\" does not count: hidden" } },
	{ "a weak name without company", 1, "Jordan", "", false,
	    { "\"Jordan\" does not count: weak, and none of what it needs" } },
	{ "a weak name in bad company", 1, "Jordan", "Amman NBA", false,
	    { "\"Jordan\" does not count: weak, and something speaks" } },
	{ "a word in another field", 1, "", "x", false,
	    { "no  title:x: does not count in content" } },
	{ "an exact word in capitals", 1, "THE US HAS VETOED A RESOLUTION", "",
	    false, { "no  =US: does not count in the capitals of title" } },
	{ "what is near", 2, "b a c", "", true,
	    { "yes close together", "yes a: \"a\" in title at 2" } },
	{ "what is not near", 2, "a c b", "", false,
	    { "no  close together", "yes a: \"a\" in title at 0" } },
	{ "a veto", 2, "a b spam", "", false,
	    { "n: not\n", "yes spam: \"spam\" in title at 4",
		"n does not match: vetoed\n" } },
	{ "a scope", 3, "a", "", false,
	    { "outside the filter's scope", "the item is in no known" } },
	{ "foreign text is cleaned", 0, "Gaza\x1b[31m\ntruce", "cease\n\tfire",
	    true, { "\"cease  fire\" in content at 0" } },
	{ "many places are counted", 0, "gaza gaza gaza gaza gaza gaza truce",
	    "gaza", true, { "at 20 and 2 more\n" } },
};

static void
test_rows(void **state)
{
	struct diags *d = diags_new();
	struct config *c = config_parse("test", sv_of(config), d);
	struct ruleset *r;
	struct matcher *m = matcher_new();

	(void)state;
	assert_non_null(c);
	r = ruleset_compile(c, d);
	assert_non_null(r);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct item it = { .title = sv_of(rows[i].title),
			.content = sv_of(rows[i].content) };
		struct str out;
		bool matches;

		str_init(&out, KiB(64));
		matches = ruleset_explain(
		    r, rows[i].filter, m, &it, false, &out);
		for (size_t k = 0; k < COUNTOF(rows[i].says); k++)
			if (matches != rows[i].matches ||
			    (rows[i].says[k] != NULL &&
				strstr(str_c(&out), rows[i].says[k]) == NULL))
				fail_msg("%s: does not say \"%s\":\n%s",
				    rows[i].rule, rows[i].says[k], str_c(&out));
		assert_null(strchr(str_c(&out), '\x1b'));
		str_done(&out);
	}
	matcher_free(m);
	ruleset_free(r);
	config_unref(c);
	diags_unref(d);
}

static void
test_colour(void **state)
{
	struct diags *d = diags_new();
	struct ruleset *r = ruleset_compile_query(SV("a OR b"), NULL, d);
	struct matcher *m = matcher_new();
	struct item it = { .title = SV("a") };
	struct str out;

	(void)state;
	str_init(&out, KiB(64));
	assert_true(ruleset_explain(r, 0, m, &it, true, &out));
	assert_non_null(strstr(str_c(&out), "\033[32myes\033[0m a"));
	assert_non_null(strstr(str_c(&out), "\033[31mno \033[0m b"));
	str_done(&out);
	matcher_free(m);
	ruleset_free(r);
	diags_unref(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
