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
    "  s: {match: a AND lang:fr, feeds: [one]}\n"
    "  k: {match: 'a NEAR/2 b OR a PRE/1 b OR a NOT NEAR/2 c'}\n"
    "  c: {match: 'ATLEAST/3(a OR b) OR 2 OF (c, d, \"e f\")'}\n"
    "  r: {match: 'a AND filter:n AND (filter:s OR filter:n)'}\n"
    "  x: {match: '/\\bS\\w+/ OR title:/(y+)+$/ OR /(z+)+$/'}\n"
    "  w: {match: 'b AND filter:r'}\n"
    "  p: {match: '(\"a b x e\" OR b) PRE/1 e'}\n";

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
	    { "n excludes:\n", "yes spam: \"spam\" in title at 4",
		"n does not match: vetoed\n" } },
	{ "a scope", 3, "a", "", false,
	    { "outside the filter's scope", "the item is in no known" } },
	{ "how near it came", 4, "a c x b", "", false,
	    { "no  close together: the nearest are 3 words apart, not 2\n",
		"no  in this order, close together: the nearest are 3 words "
		"apart, not 1\n",
		"no  the first without", "yes a: \"a\" in title at 0" } },
	{ "in the wrong order", 4, "b x c a", "", false,
	    { "no  in this order, close together: no field has both in this "
	      "order\n" } },
	{ "in two fields", 4, "b", "a c", false,
	    { "no  close together: no field has both\n",
		"near it: each has the other at most 2 words away\n",
		"yes c: \"c\" in content at 2" } },
	{ "what stands alone", 4, "a c x a", "x x a", true,
	    { "yes the first without the second near it\n",
		"      yes a: \"a\" in content at 4\n" } },
	{ "one inside the other is not before it", 9, "a b x e", "", false,
	    { "close together: the nearest are 2 words apart, not 1" } },
	{ "how many places there are", 5, "a b", "", false,
	    { "no  in at least 3 places: 2 of 3 places\n",
		"yes b: \"b\" in title at 2" } },
	{ "how many of them hold", 5, "a d", "", false,
	    { "no  at least 2 of: 1 of 3, not 2\n", "yes d: \"d\" in title",
		"no  \"e f\": missing" } },
	{ "counted", 5, "a b a", "e f d", true,
	    { "yes in at least 3 places\n", "yes a: \"a\" in title at 0, \"a\"",
		"yes at least 2 of\n" } },
	{ "another filter, and why", 6, "a b spam", "", false,
	    { "no  filter:n\n      n wants:\n        yes close together\n",
		"      n excludes:\n        yes spam: \"spam\" in title at 4",
		"s does not look at this item",
		"      no  filter:n: see above\n" } },
	{ "a filter of a filter", 8, "a b", "", true,
	    { "yes filter:r\n      r wants:\n        yes all of\n",
		"          yes filter:n\n            n wants:\n",
		"            yes filter:n: see above\n", "w matches\n" } },
	{ "a regular expression", 7, "Six S", "She", true,
	    { "yes /\\bS\\w+/: \"Six\" in title at 0, \"She\" in content at 0",
		"no  title:/(y+)+$/: missing", "no  /(z+)+$/: missing" } },
	{ "one that is given up", 7,
	    "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy!", "", false,
	    { "no  title:/(y+)+$/: given up, which counts as missing" } },
	{ "one that is given up after it found something", 7, "z",
	    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz!", true,
	    { "yes /(z+)+$/: \"z\" in title at 0, then given up" } },
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
test_json(void **state)
{
	static const struct {
		size_t filter;
		const char *title, *json;
	} json_rows[] = {
		{ 2, "b \x01 a spam",
		    "{\"filter\":\"n\",\"matches\":false,\"in_scope\":true,"
		    "\"vetoed\":true,\"match\":{\"kind\":\"near\",\"query\":"
		    "\"a NEAR/1 b\",\"holds\":true,\"of\":[{\"kind\":"
		    "\"words\",\"query\":\"a\",\"holds\":true,\"places\":["
		    "{\"field\":\"title\",\"text\":\"a\",\"start\":4,"
		    "\"length\":1}],\"count\":1}," },
		{ 2, "a x b",
		    "\"holds\":false,\"why\":\"the nearest are 2 words apart, "
		    "not 1\",\"of\":[" },
		{ 5, "c",
		    "{\"kind\":\"of\",\"query\":\"2 OF (c, d, \\\"e f\\\")\","
		    "\"holds\":false,\"why\":\"1 of 3, not 2\",\"of\":[" },
		{ 6, "a b",
		    "{\"kind\":\"filter\",\"query\":\"filter:n\",\"holds\":"
		    "true,\"filter\":{\"filter\":\"n\",\"matches\":true," },
		{ 6, "a b", "\"query\":\"filter:n\",\"holds\":true}" },
		{ 3, "a",
		    "{\"filter\":\"s\",\"matches\":false,\"in_scope\":false,"
		    "\"vetoed\":false," },
		{ 7, "Six",
		    "{\"kind\":\"regex\",\"query\":\"/\\\\bS\\\\w+/\",\"holds\":"
		    "true,\"places\":[{\"field\":\"title\",\"text\":\"Six\"," },
	};
	struct diags *d = diags_new();
	struct config *c = config_parse("test", sv_of(config), d);
	struct ruleset *r = ruleset_compile(c, d);
	struct matcher *m = matcher_new();
	struct str out;

	(void)state;
	str_init(&out, KiB(64));
	for (size_t i = 0; i < COUNTOF(json_rows); i++) {
		struct item it = { .title = sv_of(json_rows[i].title) };

		str_clear(&out);
		assert_int_equal(
		    ruleset_explain_json(r, json_rows[i].filter, m, &it, &out),
		    i == 3 || i == 4 || i == 6);
		if (strstr(str_c(&out), json_rows[i].json) == NULL)
			fail_msg("%s\nis not in\n%s", json_rows[i].json,
			    str_c(&out));
	}
	str_done(&out);
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

/* Filters that refer to one another twice: each is explained once. */
static void
test_diamonds(void **state)
{
	struct diags *d = diags_new();
	struct matcher *m = matcher_new();
	struct item it = { .title = SV("y") };
	struct ruleset *r;
	struct config *c;
	struct str text;

	(void)state;
	str_init(&text, MiB(1));
	(void)str_adds(&text, "filters:\n");
	for (int i = 0; i + 1 < FILTER_DEPTH; i++)
		(void)str_addf(&text,
		    "  f%d: {match: 'filter:f%d OR (x AND filter:f%d)'}\n", i,
		    i + 1, i + 1);
	(void)str_addf(&text, "  f%d: {match: x}\n", FILTER_DEPTH - 1);
	c = config_parse("test", str_sv(&text), d);
	assert_non_null(c);
	r = ruleset_compile(c, d);
	assert_non_null(r);
	str_clear(&text);
	assert_false(ruleset_explain(r, 0, m, &it, false, &text));
	assert_true(text.len < KiB(64));
	assert_non_null(strstr(str_c(&text), "f31 wants:\n"));
	str_done(&text);
	matcher_free(m);
	ruleset_free(r);
	config_unref(c);
	diags_unref(d);
}

/* Any character may stand in what `tocsin explain` reads. */
static void
what_does_not_count_is_cleaned(void **state)
{
	static const char black[] =
	    "feeds: {one: {url: 'https://a.example/'}}\n"
	    "entities: {sea: {weak: [{name: Black Sea, needs: [grain]}]}}\n"
	    "filters: {f: {match: '@sea'}}\n";
	struct diags *d = diags_new();
	struct config *c = config_parse("test", sv_of(black), d);
	struct ruleset *r = ruleset_compile(c, d);
	struct matcher *m = matcher_new();
	struct item it = { .title = SV("Black\0\x1b[\xC2\x9B Sea") };
	struct str out;

	(void)state;
	str_init(&out, KiB(64));
	assert_false(ruleset_explain(r, 0, m, &it, false, &out));
	if (strstr(str_c(&out), "\"Black\?\?[? Sea\" does not") == NULL)
		fail_msg("%s", str_c(&out));
	str_done(&out);
	matcher_free(m);
	ruleset_free(r);
	config_unref(c);
	diags_unref(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(what_does_not_count_is_cleaned),
		cmocka_unit_test(test_diamonds),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
