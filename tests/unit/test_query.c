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
	static const char *const names[] = { "and", "or", "not", "near" };

	if (q->kids == NULL) {
		(void)str_addf(out, "%s%s%.*s",
		    q->kind == QUERY_ENTITY	? "@"
			: q->kind == QUERY_LANG ? "lang:"
			: q->exact		? "="
						: "",
		    q->fields == FIELD_BIT(FIELD_TITLE) ? "title:" : "",
		    SV_ARG(q->text));
		return;
	}
	(void)str_addf(out, "(%s", q->ordered ? "pre" : names[q->kind]);
	if (q->distance != 0)
		(void)str_addf(out, "/%u", q->distance);
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
};

static const struct {
	const char *rule, *query, *said;
} refusals[] = {
	{ "two words", "Gaza ceasefire", "q:1:6: two words in a row" },
	{ "a word and a group", "a (b)", "q:1:3: two words in a row" },
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
	{ "NEAR of AND", "(a AND b) NEAR/3 c", "q:1:11: only words" },
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
	{ "field in a field", "title:(author:x)", "q:1:8: a field inside" },
	{ "= alone", "= a", "q:1:1: a word is missing after =" },
	{ "@ alone", "a AND @", "q:1:7: the name of an entity" },
	{ "lang alone", "lang:", "q:1:1: lang: needs" },
	{ "lang not closed", "lang:(en", "q:1:6: this parenthesis" },
	{ "regex", "/a+/", "q:1:1: regular expressions" },
	{ "ATLEAST", "ATLEAST/3(x)", "is not supported yet" },
	{ "OF", "2 OF (a, b)", "is not supported yet" },
	{ "filter", "filter:x", "is not supported yet" },
	{ "NOT NEAR", "a NOT NEAR/3 b", "is not supported yet" },
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
	{ "an entity without a list", "@unsc", "there is no entity 'unsc'" },
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
check_nested(size_t depth, bool good)
{
	struct str query, out;

	str_init(&query, QUERY_BYTES);
	str_init(&out, QUERY_BYTES);
	for (size_t i = 0; i < depth; i++)
		(void)str_addc(&query, '(');
	(void)str_addc(&query, 'x');
	for (size_t i = 0; i < depth; i++)
		(void)str_addc(&query, ')');
	parse(str_c(&query), &out);
	assert_int_equal(strcmp(str_c(&out), "x") == 0, good);
	str_done(&query);
	str_done(&out);
}

static void
test_depth(void **state)
{
	(void)state;
	check_nested(QUERY_DEPTH, true);
	check_nested(QUERY_DEPTH + 1, false);
	check_nested(QUERY_BYTES / 2 - 1, false);
}

static void
test_long_chains(void **state)
{
	static const char *const joints[] = { " AND ", " OR ", " NEAR/2 ",
		" NOT " };

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
		if (i == 2)
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
