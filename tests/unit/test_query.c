/* tests/unit/test_query.c: queries as trees, and what is said of bad ones. */
#include "filters/query.h"

#include "filters/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void
render(const struct query *q, struct str *out)
{
	static const char *const names[] = { "and", "or", "not", "near",
		"not-near", "atleast", "of" };

	if (q->kids == NULL) {
		(void)str_addf(out, "%s%s%.*s%s",
		    q->kind == QUERY_ENTITY	  ? "@"
			: q->kind == QUERY_LANG	  ? "lang:"
			: q->kind == QUERY_FILTER ? "filter:"
			: q->kind == QUERY_REGEX  ? "~"
			: q->exact		  ? "="
						  : "",
		    q->fields == FIELD_BIT(FIELD_TITLE) ? "title:" : "",
		    SV_ARG(q->text), q->caseless ? "~i" : "");
		return;
	}
	(void)str_addf(out, "(%s", q->ordered ? "pre" : names[q->kind]);
	if (q->distance != 0)
		(void)str_addf(out, "/%u", q->distance);
	if (q->count != 0)
		(void)str_addf(out, "/%u", q->count);
	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		(void)str_addc(out, ' ');
		render(k, out);
	}
	(void)str_addc(out, ')');
}

/* The tree of a query, or what is said of it: "line:column: error: ...". */
static void
parse(const char *query, struct str *out)
{
	struct config_text at = {
		.text = sv_of(query), .line = 1, .column = 1
	};
	struct diags *d = diags_new();
	struct arena a;
	const struct query *q;

	at.file = diags_add_source(d, "q", at.text);
	arena_init(&a);
	q = query_parse(&at, &a, d);
	if (q != NULL)
		render(q, out);
	else
		diags_brief(d, out);
	assert_int_equal(diags_count(d, DIAG_ERROR), q == NULL);
	arena_done(&a);
	diags_unref(d);
}

static const struct {
	const char *rule, *query, *tree;
} trees[] = {
	{ "a word", " ceasefire ", "ceasefire" },
	{ "AND joins many", "a AND b AND c", "(and a b c)" },
	{ "OR in parentheses", "a AND (b OR c)", "(and a (or b c))" },
	{ "A NOT B is A AND NOT B", "a NOT b", "(and a (not b))" },
	{ "NOT of a group", "a AND NOT (b OR c)", "(and a (not (or b c)))" },
	{ "straight quotes", "\"a b\"", "a b" },
	{ "curly quotes", "“a b”", "a b" },
	{ "German quotes", "„a b“", "a b" },
	{ "guillemets", "«a b»", "a b" },
	{ "operators in quotes are words", "\"and\" AND x", "(and and x)" },
	{ "exact word and phrase", "=US OR =\"Le Monde\"",
	    "(or =US =Le Monde)" },
	{ "entities", "@unsc AND @\"Georgia (country)\"",
	    "(and @unsc @Georgia (country))" },
	{ "a field", "title:a AND b", "(and title:a b)" },
	{ "a field of a group", "title:(a OR =b)", "(or title:a =title:b)" },
	{ "NEAR binds tighter than NOT", "x NOT a NEAR/3 b",
	    "(and x (not (near/3 a b)))" },
	{ "NEAR of groups", "(a OR @b) NEAR/4 \"c d\"",
	    "(near/4 (or a @b) c d)" },
	{ "NEAR joins to the left", "a NEAR/1 b PRE/2 c",
	    "(pre/2 (near/1 a b) c)" },
	{ "languages", "a AND lang:(en, fr)", "(and a lang:en, fr)" },
	{ "Hebrew gershayim do not end a word", "או\"ם", "או\"ם" },
	{ "nor a phrase", "\"של האו\"ם\"", "של האו\"ם" },
	{ "blanks of all kinds", "a\u00A0AND\u3000b\nAND\tc", "(and a b c)" },
	{ "a colon after digits is no field", "12:30", "12:30" },
	{ "a host name", "url:bbc.co.uk", "bbc.co.uk" },
	{ "NOT NEAR", "a NOT NEAR/3 b", "(not-near/3 a b)" },
	{ "NOT and NEAR may stand on two lines", "a NOT\n NEAR/3 b",
	    "(not-near/3 a b)" },
	{ "NOT NEAR binds as NEAR does", "x NOT a NOT NEAR/3 b NEAR/2 c",
	    "(and x (not (near/2 (not-near/3 a b) c)))" },
	{ "counted places", "ATLEAST/3(x)", "(atleast/3 x)" },
	{ "counted places of a group", "ATLEAST/2 (a OR \"b c\") AND d",
	    "(and (atleast/2 (or a b c)) d)" },
	{ "counted pairs", "title:ATLEAST/2(a NEAR/3 b)",
	    "(atleast/2 (near/3 title:a title:b))" },
	{ "some of several", "2 OF (a, b, \"c d\")", "(of/2 a b c d)" },
	{ "without blanks", "2 OF(a,=b,@c)", "(of/2 a =b @c)" },
	{ "operands of OF are queries", "2 OF (a AND b, NOT c, d NEAR/2 e)",
	    "(of/2 (and a b) (not c) (near/2 d e))" },
	{ "OF inside OF", "1 OF (2 OF (a, b), (c OR d), e)",
	    "(of/1 (of/2 a b) (or c d) e)" },
	{ "commas are back outside", "1 OF (a, ATLEAST/2(b), lang:en) AND c,d",
	    "(and (of/1 a (atleast/2 b) lang:en) c,d)" },
	{ "a number keeps its comma", "2 OF (1,000, dead)",
	    "(of/2 1,000 dead)" },
	{ "a field of OF", "title:2 OF (a, b)", "(of/2 title:a title:b)" },
	{ "a number alone is a word", "2 AND 3", "(and 2 3)" },
	{ "of in lower case is a word", "of AND x", "(and of x)" },
	{ "another filter", "a AND filter:mid-east",
	    "(and a filter:mid-east)" },
	{ "a filter with blanks", "filter:\"Middle East\" NOT a",
	    "(and filter:Middle East (not a))" },
	{ "a regular expression", "/S\\/RES\\/\\d+/ AND a",
	    "(and ~S\\/RES\\/\\d+ a)" },
	{ "in any case, in a field", "title:/^breaking \\(\\b/i",
	    "~title:^breaking \\(\\b~i" },
	{ "a backslash is no escape of the end", "/a\\\\/", "~a\\\\" },
	{ "in a group", "(/a b/ OR /c/i)", "(or ~a b ~c~i)" },
	{ "a slash inside a word", "and/or", "and/or" },
	{ "OF needs something positive in enough of them", "2 OF (a, b, NOT c)",
	    "(of/2 a b (not c))" },
};

static const struct {
	const char *rule, *query, *said;
} refusals[] = {
	{ "two words", "Gaza ceasefire", "q:1:6: two words in a row" },
	{ "a word and a group", "a (b)", "q:1:3: two words in a row" },
	{ "a phrase in single quotes", "(x OR 'Gaza Strip')",
	    "q:1:13: two words in a row: a phrase stands in double quotes" },
	{ "in curly ones", "\u2018Gaza Strip\u2019",
	    "q:1:7: two words in a row: a phrase stands in double quotes" },
	{ "and as a sign", "a && b",
	    "q:1:3: other tools write it so ('tocsin fmt' translates); did you "
	    "mean 'AND'?" },
	{ "or as a sign", "a | b", "did you mean 'OR'?" },
	{ "not as a sign", "a -b", "did you mean 'NOT'?" },
	{ "nearness of Nexis", "a W/5 b", "did you mean 'NEAR/5'?" },
	{ "nearness of Lucene", "\"a b\"~5", "did you mean 'NEAR/5'?" },
	{ "nearness of Factiva", "a adj5 b", "did you mean 'PRE/5'?" },
	{ "a word that begins as they do", "a adjust", "two words in a row" },
	{ "AND and OR mixed", "a OR b AND c", "q:1:8: AND and OR side by" },
	{ "OR and NOT mixed", "a OR b NOT c", "q:1:8: AND and OR side by" },
	{ "lower-case and", "a and b",
	    "q:1:3: operators are upper case; a word of the text is quoted; "
	    "did you mean 'AND'?" },
	{ "lower-case near", "a near/5 b", "did you mean 'NEAR/5'?" },
	{ "title-case Or", "a Or b", "did you mean 'OR'?" },
	{ "NEAR without distance", "a NEAR b",
	    "q:1:3: a distance from 1 to 1000 is missing; did you mean "
	    "'NEAR/5'?" },
	{ "NEAR/0", "a NEAR/0 b", "q:1:3: a distance" },
	{ "NEAR of AND", "(a AND b) NEAR/3 c", "q:1:1: only words" },
	{ "unclosed quote", "x AND \"a b", "q:1:7: this quote" },
	{ "unclosed curly quote", "“a b\"", "q:1:1: this quote" },
	{ "unclosed parenthesis", "x AND (a OR b", "q:1:7: this parenthesis" },
	{ "unopened parenthesis", "a)", "q:1:2: this parenthesis" },
	{ "empty parentheses", "a AND ( )", "q:1:7: there is nothing" },
	{ "empty phrase", "\"\"", "q:1:1: this phrase is empty" },
	{ "blank phrase", "a AND \" \"", "q:1:7: this phrase is empty" },
	{ "empty query", " ", "q:1:1: the query is empty" },
	{ "missing operand", "a AND", "q:1:6: the query ends" },
	{ "operator first", "OR a", "q:1:1: a word is expected" },
	{ "operator twice", "a AND OR b", "q:1:7: a word is expected" },
	{ "only negative", "NOT a", "q:1:1: this matches whatever" },
	{ "negative alternative", "a OR (b OR NOT c)",
	    "q:1:12: this matches whatever" },
	{ "only negative in AND", "NOT a AND NOT b", "q:1:1: this matches" },
	{ "NOT NOT", "a AND NOT NOT b", "q:1:11: NOT twice" },
	{ "unknown field", "titel:a",
	    "q:1:1: there is no field 'titel'; quote the text if none is "
	    "meant; did you mean 'title'?" },
	{ "a field that resembles none", "site:a",
	    "there is no field 'site' (title, lead, body, url, author, tag, "
	    "lang); quote" },
	{ "field in a field", "title:(author:x)", "q:1:8: a field inside" },
	{ "= alone", "= a", "q:1:1: a word is missing after =" },
	{ "@ alone", "a AND @", "q:1:7: the name of an entity" },
	{ "lang alone", "lang:", "q:1:1: lang: needs" },
	{ "lang not closed", "lang:(en", "q:1:6: this parenthesis" },
	{ "lower-case atleast", "atleast/3(x)", "did you mean 'ATLEAST/3'?" },
	{ "lower-case of", "2 of (a, b)", "q:1:3: operators are upper case" },
	{ "ATLEAST without count", "ATLEAST(x)",
	    "q:1:1: a count from 1 to 1000 is missing; did you mean "
	    "'ATLEAST/3'?" },
	{ "ATLEAST/0", "ATLEAST/0(x)", "q:1:1: a count" },
	{ "ATLEAST of a bare word", "ATLEAST/3 x",
	    "q:1:1: what it counts stands behind it in parentheses; did you "
	    "mean 'ATLEAST/3(a)'?" },
	{ "ATLEAST of AND", "ATLEAST/3(a AND b)", "q:1:10: only words" },
	{ "ATLEAST of a list", "ATLEAST/3(a, b)",
	    "q:1:12: commas stand between the operands of OF alone" },
	{ "OF without count", "OF (a, b)",
	    "q:1:1: how many is missing before OF; did you mean '2 OF'?" },
	{ "0 OF", "0 OF (a, b)", "q:1:1: a count from 1 to 1000" },
	{ "OF of too few", "3 OF (a, b)", "q:1:1: it wants more" },
	{ "OF without list", "2 OF a", "q:1:1: what it counts stands" },
	{ "OF of nothing", "2 OF (a, )", "q:1:10: a word is expected" },
	{ "OF not closed", "2 OF (a, b", "q:1:6: this parenthesis" },
	{ "two words in OF", "2 OF (a b, c)", "q:1:9: two words in a row" },
	{ "only negative in OF", "1 OF (a, NOT b)", "q:1:10: this matches" },
	{ "a comma in a group of OF", "2 OF (a, (b, c))", "q:1:12: commas" },
	{ "NEAR NOT", "a NEAR/3 NOT b",
	    "q:1:3: NOT stands before NEAR; did you mean 'NOT NEAR/5'?" },
	{ "NEAR of NOT", "a NEAR/3 (NOT b)",
	    "q:1:3: what is not there is near nothing; did you mean" },
	{ "NOT NEAR without distance", "a NOT NEAR b",
	    "q:1:3: a distance from 1 to 1000" },
	{ "NOT PRE", "a NOT PRE/3 b",
	    "q:1:3: there is no NOT PRE; did you mean 'NOT NEAR/5'?" },
	{ "NOT NEAR first", "NOT NEAR/3 b", "q:1:1: a word is expected" },
	{ "NEAR of a regex", "a NEAR/3 /b/", "q:1:10: a regular expression" },
	{ "NEAR of a language", "lang:en NEAR/3 b", "q:1:1: this is true of" },
	{ "NEAR of a filter", "a NEAR/3 (b OR filter:c)",
	    "q:1:10: this is true of" },
	{ "NEAR of ATLEAST", "a NEAR/3 ATLEAST/2(b)", "q:1:10: only words" },
	{ "filter without name", "a AND filter: b", "q:1:7: the name of a" },
	{ "filter in a field", "title:(a OR filter:b)", "q:1:13: a filter" },
	{ "unclosed regex", "a AND /b\n/", "q:1:7: this regular expression" },
	{ "a regex that ends in a backslash", "/a\\/",
	    "q:1:1: this regular expression is never closed" },
	{ "empty regex", "//", "q:1:1: this regular expression is empty" },
	{ "unknown flags", "/a/gi", "q:1:4: only i (any case)" },
	{ "a path", "url:/world/africa", "q:1:12: only i (any case)" },
};

static void
test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(trees); i++) {
		struct str out;

		str_init(&out, KiB(4));
		parse(trees[i].query, &out);
		if (strcmp(str_c(&out), trees[i].tree) != 0)
			fail_msg("%s: %s gives %s, not %s", trees[i].rule,
			    trees[i].query, str_c(&out), trees[i].tree);
		str_done(&out);
	}
}

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(refusals); i++) {
		struct str out;

		str_init(&out, KiB(4));
		parse(refusals[i].query, &out);
		if (strstr(str_c(&out), refusals[i].said) == NULL)
			fail_msg("%s: of %s is said: %s", refusals[i].rule,
			    refusals[i].query, str_c(&out));
		str_done(&out);
	}
}

/* What the words themselves forbid, found when they are compiled. */
static const struct {
	const char *rule, *query, *said;
} words[] = {
	{ "a wildcard alone", "a AND *", "1:7: a wildcard needs 3 letters" },
	{ "too few letters", "ga*", "1:1: a wildcard needs 3 letters" },
	{ "in a phrase", "\"the ga* strip\"", "1:1: a wildcard needs" },
	{ "a leading wildcard", "*gaza", "1:1: a wildcard needs" },
	{ "three letters are enough", "gaz*", NULL },
	{ "two Korean syllables are enough", "유엔*", NULL },
	{ "a Chinese word may end in one", "加沙*", NULL },
	{ "no word at all", "a AND &&", "1:7: there is no word" },
	{ "a question mark at the end is none", "\"who is it?\"", NULL },
	{ "an entity without a list", "@unsc",
	    "there is no entity 'unsc'; one comes with packs: [un]" },
	{ "an entity that no pack has", "@unscc",
	    "there is no entity 'unscc'" },
};

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(words); i++) {
		struct diags *d = diags_new();
		struct ruleset *r = ruleset_compile_query(
		    sv_of(words[i].query), NULL, d);
		struct str out;

		str_init(&out, KiB(4));
		diags_brief(d, &out);
		if ((r == NULL) != (words[i].said != NULL) ||
		    (r == NULL && strstr(str_c(&out), words[i].said) == NULL))
			fail_msg("%s: of %s is said: %s", words[i].rule,
			    words[i].query, str_c(&out));
		ruleset_free(r);
		diags_unref(d);
		str_done(&out);
	}
}

static void
check_nested(const char *open, size_t depth, bool good)
{
	struct str query, out;

	str_init(&query, QUERY_BYTES);
	str_init(&out, QUERY_BYTES);
	for (size_t i = 0; i < depth; i++)
		(void)str_adds(&query, open);
	(void)str_addc(&query, 'x');
	for (size_t i = 0; i < depth; i++)
		(void)str_addc(&query, ')');
	parse(str_c(&query), &out);
	assert_int_equal(strstr(str_c(&out), "too deeply") == NULL, good);
	assert_int_equal(strstr(str_c(&out), "q:1:") == NULL, good);
	str_done(&query);
	str_done(&out);
}

static void
test_depth(void **state)
{
	static const char *const opens[] = { "(", "1 OF(", "ATLEAST/1(" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(opens); i++) {
		size_t most = (QUERY_BYTES - 1) / (strlen(opens[i]) + 1);

		check_nested(opens[i], i == 2 ? 1 : QUERY_DEPTH, true);
		check_nested(opens[i], QUERY_DEPTH + 1, false);
		check_nested(opens[i], most, false);
	}
}

static void
test_long_chains(void **state)
{
	static const char *const joints[] = { " AND ", " OR ", " NEAR/2 ",
		" NOT NEAR/2 ", " NOT " };

	(void)state;
	for (size_t i = 0; i < COUNTOF(joints); i++) {
		struct str query, out;

		str_init(&query, QUERY_BYTES);
		str_init(&out, MiB(1));
		(void)str_addc(&query, 'x');
		while (str_adds(&query, joints[i]) && str_addc(&query, 'x'))
			;
		query.p[query.len -
		    (query.p[query.len - 1] != 'x' ? strlen(joints[i]) : 0)] =
		    '\0';
		parse(str_c(&query), &out);
		if (i == 2 || i == 3)
			assert_non_null(strstr(str_c(&out), "too many NEAR"));
		else
			assert_int_equal(str_c(&out)[0], '(');
		str_done(&query);
		str_done(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_long_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
