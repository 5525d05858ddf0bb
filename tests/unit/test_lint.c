/* tests/unit/test_lint.c: what is warned about in filters and entities. */
#include "filters/lint.h"

#include "base/file.h"
#include "filters/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE \
	"feeds: {a: {url: \"https://a.example/\"}}\n" \
	"destinations: {s: {type: stdout}}\n"
#define QUERY(query) \
	BASE "filters:\n  f:\n    expect: {}\n    match: " query "\n"
#define NAMES(names) BASE "entities:\n  e: {" names "}\n"

/* A query stands in line 6 from column 12 on, names stand in line 4. */
static const struct {
	const char *text;
	const char *said; /* place, clause and lint of each; "" for none */
} rows[] = {
	/* Acronyms and frequent words. */
	{ QUERY("US AND port"), "6:12 'US' [acronym] =US; " },
	{ QUERY("WHO AND port"), "6:12 'WHO' [acronym] =WHO; " },
	{ QUERY("IT AND port"), "6:12 'IT' [acronym] =IT; " },
	{ QUERY("THEY AND port"), "6:12 'THEY' [acronym] =THEY; " },
	{ QUERY("NATO AND port"), "" },
	{ QUERY("\"=US\""), "" },
	{ QUERY("tag:US AND port"), "" },
	{ QUERY("port NEAR/3 it"), "6:24 'it' [common-word]; " },
	{ QUERY("'\"it follows\"'"), "" },
	{ QUERY("Turkey OR port"), "6:12 'Turkey' [name-and-word] =Turkey; " },
	{ QUERY("turkey OR port"), "" },

	/* Scripts without blanks. */
	{ QUERY("加 OR 加沙"), "6:12 '加' [short]; " },
	{ QUERY("กา OR กาซา"), "6:12 'กา' [short]; " },
	{ QUERY("한국"), "" },

	/* What is not indexed. */
	{ QUERY("/S.RES.[0-9]+/"), "6:12 '/S.RES.[0-9]+/' [not-indexed]; " },
	{ QUERY("/a/ OR gaza"), "6:12 '/a/ OR gaza' [not-indexed]; " },
	{ QUERY("/a/ AND gaza"), "" },
	{ QUERY("lang:en AND /a/"), "6:12 'lang:en AND /a/' [not-indexed]; " },
	{ QUERY("2 OF (gaza, /a/, /b/)"),
	    "6:12 '2 OF (gaza, /a/, /b/)' [not-indexed]; " },
	{ QUERY("2 OF (gaza, rafah, /b/)"), "" },

	/* Clauses that do nothing. */
	{ QUERY("gaza OR rafah OR GAZA"), "6:29 'GAZA' [twice]; " },
	{ QUERY("gaza OR title:gaza"), "" },
	{ QUERY("(a1 OR b1) AND c1 AND (a1 OR b1)"),
	    "6:34 '(a1 OR b1)' [twice]; " },
	{ QUERY("'\"cease fire\" OR \"cease  fire\"'"),
	    "6:29 '\"cease  fire\"' [twice]; " },
	{ QUERY("gaza NOT gaza"), "6:17 'NOT gaza' [contradiction]; " },
	{ QUERY("gaza OR (b1 NOT b1)"), "6:24 'NOT b1' [contradiction]; " },
	{ QUERY("gaza AND (gaza OR rafah)"),
	    "6:21 '(gaza OR rafah)' [no-effect]; " },
	{ QUERY("gaza OR (gaza AND rafah)"),
	    "6:20 '(gaza AND rafah)' [no-effect]; " },
	{ QUERY("gaza AND (rafah OR hamas)"), "" },
	{ QUERY("gaza AND aid\n    not: x1 OR aid"),
	    "7:16 'aid' [contradiction]; " },
	{ QUERY("gaza AND aid\n    not: x1 AND aid"), "" },
	{ QUERY("lang:en AND gaza AND lang:(fr,de)"),
	    "6:33 'lang:(fr,de)' [two-languages]; " },
	{ QUERY("lang:en AND gaza AND lang:(fr,en)"), "" },

	/* Languages. */
	{ QUERY("gaza AND lang:cn"), "6:21 'lang:cn' [unknown-language] zh; " },
	{ QUERY("gaza AND lang:(en, zz)"),
	    "6:21 'lang:(en, zz)' [unknown-language]; " },
	{ QUERY("gaza\n    lang: [english, pt-BR, zh-Hant, ckb]"),
	    "7:12 'english' [unknown-language]; " },

	/* What is never found. */
	{ QUERY("'\"https://a.example/x\" OR gaza'"),
	    "6:13 '\"https://a.example/x\"' [no-word]; " },
	{ QUERY("'url:\"https://a.example/x\" OR gaza'"), "" },
	{ QUERY("'cease-fire OR gaza* OR \"wom?n lead*\"'"), "" },

	/* Names. */
	{ NAMES("names: [US, \"=US\", United States]"),
	    "4:15 'US' [acronym] =US; " },
	{ NAMES("names: [Apple]"), "4:15 'Apple' [name-and-word] =Apple; " },
	{ NAMES("names: {de: [Die]}"), "4:20 'Die' [common-word]; " },
	{ NAMES("names: {jp: [ガザ]}"), "4:20 'ガザ' [unknown-language] ja; " },
	{ NAMES("names: [Gaza, Rafah], never: [Gaza Street, gaza]"),
	    "4:15 'Gaza' [never]; " },
	{ NAMES("weak: [{name: Apple}]"), "4:21 'Apple' [not-weak]; " },
	{ NAMES("weak: [{name: Apple, needs: [iPhone]}]"), "" },
	{ NAMES("weak: [{name: Apple, never: [apple]}]"),
	    "4:21 'Apple' [never]; " },
	{ NAMES("weak: [{name: Apple, never: [Big Apple, pear]}]"),
	    "4:47 'pear' [never]; " },
	{ NAMES("names: [Gaza, Hamas*], never: [Gaza Street, Hamas film, "
		"Cairo]"),
	    "4:63 'Cairo' [never]; " },
	{ NAMES("names: [\"=US\"], weak: [{name: Apple, needs: [x]}], "
		"never: [US Open, apple pie]"),
	    "" },
	{ NAMES("names: [غزة], never: [فيلم بغزة]"), "" },
	{ NAMES("names: [\"=Paris\"], never: [paris hilton, PARIS MATCH, "
		"\"=Paris Texas\", london]"),
	    "4:77 'london' [never]; " },
	{ NAMES("names: [Palestinian*, Chinese], "
		"never: [Palestin* Authority, Chin?se food]"),
	    "" },
	{ BASE "packs: [un, crises, powers]\n", "" },
};

/* "4:15 'US' [acronym] =US; " of "test:4:15: 'US' is ... [acronym]; did ..." */
static void
shorten(struct sv line, struct str *out)
{
	size_t place = sv_find(line, SV(": '")), clause, lint;
	struct sv rest;

	if (line.p == NULL)
		return;
	if (!sv_starts(line, SV("test:")) || place == line.len)
		fail_msg("%.*s", SV_ARG(line));
	(void)str_add(out, sv_sub(line, 5, place - 5));
	rest = sv_from(line, place + 2);
	clause = sv_find(sv_from(rest, 1), SV("' ")) + 2;
	(void)str_addf(out, " %.*s ", SV_ARG(sv_sub(rest, 0, clause)));
	lint = sv_find(rest, SV(" ["));
	while (sv_find(sv_from(rest, lint + 1), SV(" [")) < rest.len - lint - 1)
		lint += 1 + sv_find(sv_from(rest, lint + 1), SV(" ["));
	rest = sv_from(rest, lint + 1);
	(void)str_add(out, sv_sub(rest, 0, sv_chr(rest, ']') + 1));
	rest = sv_from(rest, sv_chr(rest, ']') + 1);
	if (sv_starts(rest, SV("; did you mean '")))
		(void)str_addf(
		    out, " %.*s", SV_ARG(sv_sub(rest, 16, rest.len - 18)));
	(void)str_adds(out, "; ");
}

static void
lint(const char *text, struct str *out)
{
	struct diags *d = diags_new();
	struct config *c = config_parse("test", sv_of(text), d);
	struct ruleset *r = c != NULL ? ruleset_compile(c, d) : NULL;
	struct str said;
	struct sv rest;

	str_init(&said, KiB(16));
	diags_brief(d, &said);
	if (r == NULL || said.len != 0)
		fail_msg("%s\n%s", text, str_c(&said));
	lint_config(c, d);
	diags_brief(d, &said);
	rest = str_sv(&said);
	for (struct sv line; sv_split(&rest, '\n', &line);)
		shorten(line, out);
	assert_int_equal(diags_count(d, DIAG_ERROR), 0);
	str_done(&said);
	ruleset_free(r);
	config_unref(c);
	diags_unref(d);
}

static void
test_rows(void **state)
{
	struct str said;

	(void)state;
	str_init(&said, KiB(16));
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		str_clear(&said);
		lint(rows[i].text, &said);
		if (strcmp(str_c(&said), rows[i].said) != 0)
			fail_msg("%s: said '%s' instead of '%s'", rows[i].text,
			    str_c(&said), rows[i].said);
	}
	str_done(&said);
}

/* What is said in brackets can be looked up. */
static void
test_manual(void **state)
{
	struct str page, item;
	struct err e;

	(void)state;
	str_init(&page, MiB(1));
	str_init(&item, KiB(1));
	if (!file_read("docs/man/tocsin.1", &page, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct sv rest = sv_of(rows[i].said);

		rest = sv_from(rest, sv_find(rest, SV("' [")) + 3);
		str_clear(&item);
		(void)str_addf(&item, "\n.It Ic %.*s\n",
		    SV_ARG(sv_sub(rest, 0, sv_chr(rest, ']'))));
		if (rest.len != 0 && strstr(str_c(&page), str_c(&item)) == NULL)
			fail_msg("not in the manual:%s", str_c(&item));
	}
	str_done(&page);
	str_done(&item);
}

/* Deep and wide: the work stays small. */
static void
test_large(void **state)
{
	struct str text, said;

	(void)state;
	str_init(&text, MiB(1));
	str_init(&said, MiB(1));
	(void)str_adds(&text, QUERY("|"));
	for (int i = 0; i < 60; i++)
		(void)str_addf(
		    &text, "      (x%d %s\n", i, i % 2 == 0 ? "AND" : "OR");
	(void)str_adds(&text, "      (y0");
	for (int i = 1; i < 10000; i++)
		(void)str_addf(&text, " OR\n      y%d", i);
	for (int i = 0; i < 61; i++)
		(void)str_addc(&text, ')');
	(void)str_addc(&text, '\n');
	lint(str_c(&text), &said);
	assert_string_equal(str_c(&said), "");
	str_done(&text);
	str_done(&said);
}

/* Many in a row, and a group in front of each word: never looked at twice. */
static void
test_chains(void **state)
{
	struct str text, said;

	(void)state;
	str_init(&text, KiB(64));
	str_init(&said, KiB(64));
	(void)str_adds(&text, QUERY("|") "      y0");
	for (int i = 1; i < 60; i++)
		(void)str_addf(&text, " NEAR/%d y%d", i, i);
	(void)str_addc(&text, '\n');
	lint(str_c(&text), &said);
	str_clear(&text);
	(void)str_adds(&text, QUERY("|") "      ");
	for (int i = 0; i < 60; i++)
		(void)str_addc(&text, '(');
	(void)str_adds(&text, "zebra");
	for (int i = 0; i < 60; i++)
		(void)str_addf(&text, " %s x%d)", i % 2 == 0 ? "AND" : "OR", i);
	(void)str_addc(&text, '\n');
	lint(str_c(&text), &said);
	assert_string_equal(str_c(&said), "");
	str_done(&text);
	str_done(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
