/* tests/unit/test_print.c: what is printed of a query is the same query. */
#include "filters/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_QUERIES 30000

/* Is it nested so deeply that indentation alone is wider than a line? */
enum shape {
	SHALLOW,
	DEEP
};

/* Everything of a normalized tree. */
static void
dump(const struct query *q, struct str *out)
{
	(void)str_addf(out, "(%d %x %d/%u/%u '", (int)q->kind, q->fields,
	    q->ordered * 4 + q->exact * 2 + q->caseless, q->distance, q->count);
	(void)str_add(out, q->text);
	(void)str_addc(out, '\'');
	for (const struct query *k = q->kids; k != NULL; k = k->next)
		dump(k, out);
	(void)str_addc(out, ')');
}

/* The canonical form and the tree; false when the query is refused. */
static bool
format(struct sv query, struct str *text, struct str *tree)
{
	struct config_text at = { .text = query, .line = 1, .column = 1 };
	struct diags *d = diags_new();
	struct arena a;
	struct query *q;

	at.file = diags_add_source(d, "q", at.text);
	arena_init(&a);
	str_clear(text);
	str_clear(tree);
	q = query_parse(&at, &a, d);
	if (q != NULL) {
		query_normalize(q, &a);
		dump(q, tree);
		assert_true(query_print(q, text));
	} else {
		diags_brief(d, tree);
	}
	arena_done(&a);
	diags_unref(d);
	return q != NULL;
}

static void
check_lines(struct sv text)
{
	for (struct sv line; sv_split(&text, '\n', &line);) {
		size_t columns = 0;

		for (size_t i = 0; i < line.len; i++)
			columns += (line.p[i] & 0xC0) != 0x80;
		assert_false(sv_ends(line, SV(" ")));
		assert_true(columns <= QUERY_COLUMNS);
	}
}

/* False when the query is refused. */
static bool
check_round_trip(struct sv query, enum shape shape)
{
	struct str text, tree, again, same;
	bool good;

	str_init(&text, MiB(2));
	str_init(&tree, MiB(8));
	str_init(&again, MiB(2));
	str_init(&same, MiB(8));
	good = format(query, &text, &tree);
	if (good) {
		if (!format(str_sv(&text), &again, &same) ||
		    strcmp(str_c(&tree), str_c(&same)) != 0)
			fail_msg(
			    "%.*s\nis printed as\n%s\nthat is\n%s\nnot\n%s",
			    SV_ARG(query), str_c(&text), str_c(&same),
			    str_c(&tree));
		assert_string_equal(str_c(&text), str_c(&again));
		if (shape == SHALLOW)
			check_lines(str_sv(&text));
	}
	str_done(&text);
	str_done(&tree);
	str_done(&again);
	str_done(&same);
	return good;
}

static const struct {
	const char *rule, *query, *text;
} forms[] = {
	{ "a word as it is", " Ceasefire\n", "Ceasefire" },
	{ "no quotes where none are needed", "\"Gaza\" AND =\"US\"",
	    "Gaza AND =US" },
	{ "a phrase has straight quotes", "“a  b” OR «c\nd»",
	    "\"a b\" OR \"c d\"" },
	{ "unless it holds one", "“a \"b\" c”", "“a \"b\" c”" },
	{ "of all kinds", "«a \"b” c»", "«a \"b” c»" },
	{ "a Hebrew abbreviation needs none", "\"או\"ם\"", "או\"ם" },
	{ "operators that are words", "\"and\" AND \"NEAR/5\"",
	    "\"and\" AND \"NEAR/5\"" },
	{ "signs that are words", "\"@a\" AND \"=b\" AND \"(\" AND \"/x/\"",
	    "\"@a\" AND \"=b\" AND \"(\" AND \"/x/\"" },
	{ "a colon that is no field", "\"a:b\" AND \"12:30\"",
	    "\"a:b\" AND 12:30" },
	{ "a comma", "a,b", "\"a,b\"" },
	{ "what nobody sees", "\"a\x1b[31mb\"", "\"a [31mb\"" },
	{ "and what is not there", "\"a\u202Eb\"", "ab" },
	{ "redundant parentheses", "((a) AND ((b) AND (c OR (d OR e))))",
	    "a AND b AND (c OR d OR e)" },
	{ "AND NOT in full", "a NOT b NOT (c)", "a AND NOT b AND NOT c" },
	{ "NOT of a group", "a NOT (b AND c)", "a AND NOT (b AND c)" },
	{ "NOT of NOT", "a NOT (NOT b)", "a AND NOT (NOT b)" },
	{ "NEAR needs none to the left", "(a NEAR/1 b) PRE/2 (c)",
	    "a NEAR/1 b PRE/2 c" },
	{ "but to the right", "a NEAR/1 (b PRE/2 c)", "a NEAR/1 (b PRE/2 c)" },
	{ "nor in NOT", "x NOT (a NEAR/2 b)", "x AND NOT a NEAR/2 b" },
	{ "a group in NEAR", "(a OR b) NEAR/3 @c", "(a OR b) NEAR/3 @c" },
	{ "entities", "@\"unsc\" AND @\"UN  Council\"",
	    "@unsc AND @\"UN Council\"" },
	{ "languages", "a AND lang:( en,fr) AND lang:(de)",
	    "a AND lang:(en, fr) AND lang:de" },
	{ "a field of one word", "title:(a)", "title:a" },
	{ "a field of all", "title:a AND (title:b OR title:=c)",
	    "title:(a AND (b OR =c))" },
	{ "of some", "title:a OR title:b OR c OR url:d",
	    "title:(a OR b) OR c OR url:d" },
	{ "NOT joins no others", "c AND NOT title:a AND NOT title:b",
	    "c AND NOT title:a AND NOT title:b" },
	{ "but is in a group", "title:(a NOT b)", "title:(a AND NOT b)" },
	{ "a field of NEAR", "title:a NEAR/2 title:b", "title:(a NEAR/2 b)" },
	{ "of one operand", "title:a NEAR/2 b", "title:a NEAR/2 b" },
	{ "a language is in no field", "title:(a AND lang:en)",
	    "title:a AND lang:en" },
	{ "category is tag", "category:a", "tag:a" },
	{ "NOT NEAR", "((a OR b) NOT NEAR/3 (c)) NEAR/2 d",
	    "(a OR b) NOT NEAR/3 c NEAR/2 d" },
	{ "what is counted", "ATLEAST/3((a)) AND 2 OF( (a AND b),\"c d\" ,e)",
	    "ATLEAST/3(a) AND 2 OF (a AND b, \"c d\", e)" },
	{ "in a field", "title:a AND title:(2 OF (a, b OR c))",
	    "title:(a AND 2 OF (a, b OR c))" },
	{ "alone in a field", "ATLEAST/2(title:x)", "title:ATLEAST/2(x)" },
	{ "in two", "2 OF (title:a, url:b, c)", "2 OF (title:a, url:b, c)" },
	{ "a filter", "filter:\"quake\" AND filter:\"a b\"",
	    "filter:quake AND filter:\"a b\"" },
	{ "a filter is in no field", "title:a AND filter:b AND title:c",
	    "title:a AND filter:b AND title:c" },
	{ "regular expressions", "title:(/^a  b\\/[c,d]/i) OR /x/",
	    "title:/^a  b\\/[c,d]/i OR /x/" },
	{ "a long list in lines",
	    "2 OF (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbb, "
	    "ccccccccccc, ddddddddd AND e)",
	    "2 OF (\n"
	    "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n"
	    "  bbbbbbbbbbbbbbbbbbbbbbbbb,\n"
	    "  ccccccccccc,\n"
	    "  ddddddddd AND e\n"
	    ")" },
	{ "a long one in lines",
	    "@gaza AND @unsc AND (ceasefire OR truce OR \"cessation of "
	    "hostilities\" OR \"pause in the fighting\") NOT (film OR novel)",
	    "@gaza\n"
	    "AND @unsc\n"
	    "AND (\n"
	    "  ceasefire\n"
	    "  OR truce\n"
	    "  OR \"cessation of hostilities\"\n"
	    "  OR \"pause in the fighting\"\n"
	    ")\n"
	    "AND NOT (film OR novel)" },
	{ "a long field and NEAR",
	    "x AND title:((aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa OR "
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb) NEAR/5 c)",
	    "x\n"
	    "AND title:(\n"
	    "  (\n"
	    "    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
	    "    OR bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
	    "  )\n"
	    "  NEAR/5 c\n"
	    ")" },
};

static void
test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(forms); i++) {
		struct str text, tree;

		str_init(&text, KiB(4));
		str_init(&tree, KiB(8));
		if (!format(sv_of(forms[i].query), &text, &tree) ||
		    strcmp(str_c(&text), forms[i].text) != 0)
			fail_msg("%s: %s gives\n%s%s\nnot\n%s", forms[i].rule,
			    forms[i].query, str_c(&text),
			    text.len == 0 ? str_c(&tree) : "", forms[i].text);
		assert_true(check_round_trip(sv_of(forms[i].query), SHALLOW));
		str_done(&text);
		str_done(&tree);
	}
}

/* U+0000 ends nothing. */
static void
test_zero_byte(void **state)
{
	struct sv query = SV("/a\0b/i AND \"c\0d\"");
	struct str text, tree;

	(void)state;
	str_init(&text, KiB(1));
	str_init(&tree, KiB(1));
	assert_true(format(query, &text, &tree));
	assert_true(sv_starts(str_sv(&text), SV("/a\0b/i AND ")));
	assert_true(check_round_trip(query, SHALLOW));
	str_done(&text);
	str_done(&tree);
}

/* A phrase longer than any line keeps its quotes. */
static void
test_long_phrase(void **state)
{
	struct str query, text, tree;

	(void)state;
	str_init(&query, KiB(4));
	str_init(&text, KiB(4));
	str_init(&tree, KiB(8));
	(void)str_addc(&query, '"');
	while (query.len < KiB(1))
		(void)str_adds(&query, "word ");
	(void)str_adds(&query, "end\"");
	assert_true(format(str_sv(&query), &text, &tree));
	assert_string_equal(str_c(&text), str_c(&query));
	assert_true(check_round_trip(str_sv(&query), DEEP));
	str_done(&query);
	str_done(&text);
	str_done(&tree);
}

/* Exactly what fits is on one line. */
static void
test_width(void **state)
{
	(void)state;
	for (size_t n = QUERY_COLUMNS - 2; n <= QUERY_COLUMNS + 2; n++) {
		struct str query, text, tree;

		str_init(&query, KiB(1));
		str_init(&text, KiB(1));
		str_init(&tree, KiB(4));
		(void)str_adds(&query, "éé AND ");
		while (query.len < n + 2) /* é is two bytes */
			(void)str_addc(&query, 'x');
		assert_true(format(str_sv(&query), &text, &tree));
		assert_int_equal(
		    strchr(str_c(&text), '\n') == NULL, n <= QUERY_COLUMNS);
		str_done(&query);
		str_done(&text);
		str_done(&tree);
	}
}

/* Numbers from a fixed seed: the same test on every machine. */
static uint64_t random_state = 20261127;

static unsigned
pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u +
	    1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

static void
add_random_leaf(struct str *out)
{
	static const char *const leaves[] = { "a", "gaza", "=US", "cease-fire",
		"evacuat*", "\"hostage deal\"", "\"or\"", "“b \"c\" d”",
		"=\"Le Monde\"", "filter:x", "/a, b+/i", "1,000", "@unsc",
		"@\"UN Council\"", "lang:en", "lang:(en,fr)", "停火", "غزة",
		"צה\"ל", "\"title:x\"", "\"a phrase to break a line soon\"" };

	(void)str_adds(out, leaves[pick(COUNTOF(leaves))]);
}

static void
add_random(struct str *out, unsigned depth, bool inside)
{
	static const char *const joints[] = { " AND ", " OR ", " NOT ",
		" AND NOT ", " NEAR/3 ", " PRE/2 ", " NOT NEAR/4 ", ", " };
	static const char *const fields[] = { "title:", "lead:", "url:" };
	const char *joint = joints[pick(COUNTOF(joints))];
	bool field = !inside && pick(3) == 0;
	unsigned kids = pick(4);

	if (field)
		(void)str_adds(out, fields[pick(COUNTOF(fields))]);
	if (depth == 0 || kids == 0) {
		add_random_leaf(out);
		return;
	}
	if (joint[0] == ',')
		(void)str_adds(out, "2 OF ");
	else if (pick(8) == 0)
		(void)str_adds(out, "ATLEAST/3");
	(void)str_addc(out, '(');
	for (unsigned i = 0; i < kids; i++) {
		if (i != 0)
			(void)str_adds(out, joint);
		add_random(out, depth - 1, inside || field);
	}
	(void)str_addc(out, ')');
}

static void
test_random_queries(void **state)
{
	size_t good = 0;

	(void)state;
	for (size_t i = 0; i < RANDOM_QUERIES; i++) {
		struct str query;

		str_init(&query, KiB(64));
		add_random(&query, 5, false);
		good += check_round_trip(str_sv(&query), SHALLOW);
		str_done(&query);
	}
	assert_true(good > RANDOM_QUERIES / 3);
}

/* At the limit of what may be nested. */
static void
test_deep_queries(void **state)
{
	struct str query;

	(void)state;
	str_init(&query, KiB(64));
	for (size_t i = 0; i < QUERY_DEPTH; i++)
		(void)str_adds(
		    &query, i % 2 ? "title:a OR (" : "title:b AND (");
	(void)str_adds(&query, "title:c NEAR/1 title:d");
	for (size_t i = 0; i < QUERY_DEPTH; i++)
		(void)str_addc(&query, ')');
	assert_true(check_round_trip(str_sv(&query), DEEP));
	str_clear(&query);
	for (size_t i = 0; i < QUERY_DEPTH; i++)
		(void)str_adds(&query, i % 2 ? "a OR (" : "b AND (");
	(void)str_adds(&query, "title:c AND title:d AND x");
	for (size_t i = 0; i < QUERY_DEPTH; i++)
		(void)str_addc(&query, ')');
	assert_true(check_round_trip(str_sv(&query), DEEP));
	str_done(&query);
}

static void
test_wide_queries(void **state)
{
	static const char *const joints[] = { " AND ", " OR ", " AND NOT " };

	(void)state;
	for (size_t i = 0; i < COUNTOF(joints); i++) {
		struct str query;

		str_init(&query, QUERY_BYTES);
		(void)str_adds(&query, "title:x");
		while (query.len + 40 < QUERY_BYTES) {
			(void)str_adds(&query, joints[i]);
			(void)str_adds(&query, "title:x");
		}
		assert_true(check_round_trip(str_sv(&query), SHALLOW));
		str_done(&query);
	}
}

/* False when the query is one of those that are refused. */
static bool
check_case(const char *line)
{
	json_t *o = json_loads(line, 0, NULL);
	const char *query = json_string_value(json_object_get(o, "query"));

	bool good;

	assert_non_null(query);
	good = check_round_trip(sv_of(query), SHALLOW);
	json_decref(o);
	return good;
}

static void
test_given_queries(void **state)
{
	const char *data = getenv("TOCSIN_DATA");
	char path[4096], *line = NULL;
	size_t cap = 0, all = 0, good = 0;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/filters/given/cases.jsonl",
	    data != NULL ? data : "../shared/data");
	f = fopen(path, "re");
	if (f == NULL) {
		print_message("skipped, no data\n");
		return;
	}
	for (; getline(&line, &cap, f) > 0; all++)
		good += check_case(line);
	assert_true(good > all * 3 / 4);
	free(line);
	(void)fclose(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_zero_byte),
		cmocka_unit_test(test_long_phrase),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_random_queries),
		cmocka_unit_test(test_deep_queries),
		cmocka_unit_test(test_wide_queries),
		cmocka_unit_test(test_given_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
