/* tests/unit/test_hostile_text.c: what texts and queries of ill will cost, in
 * steps: filters/ is compiled so that each basic block is a call. */
#include "filters/compile.h"
#include "filters/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TEXT_BYTES KiB(128)
/* Of a text of twice the length.  Linear is 2; hash tables that grow, and n log
 * n where lists are sorted, are a little more. */
#define MOST_TIMES 2.6
#define MOST_PER_BYTE 10000 /* steps, of all queries together */
#define LONGEST_TEXTS 3

static uint64_t steps;

void __sanitizer_cov_trace_pc(void);

void
__sanitizer_cov_trace_pc(void)
{
	steps++;
}

static const char entities[] =
    "entities:\n"
    "  e:\n"
    "    names: [a, b, a a, a b, 'a-a', '=A', aaa*]\n"
    "    never: [b a b, a a a a]\n"
    "    weak: [{name: c, needs: [a], without: [zz], never: [a c a]}]\n";

/* Words that all the texts are full of. */
static const char *const queries[] = { "a AND zz", "a NEAR/1000 b AND zz",
	"a PRE/1000 a AND zz", "a NEAR/1000 b NEAR/1000 a NEAR/1000 b NEAR/9 c",
	"((a NEAR/1000 b) NEAR/1000 (b NEAR/1000 a)) NEAR/1000 (a PRE/7 b)",
	"a NOT NEAR/1000 b", "(a NEAR/1000 b) NOT NEAR/1000 (b PRE/1000 a)",
	"ATLEAST/1000(a OR b)", "ATLEAST/9(a NEAR/1000 b)",
	"2 OF (a, b, ATLEAST/9(@e))", "@e NEAR/1000 @e", "@e NOT NEAR/9 zz",
	"\"a a a a a a a a a a a a a a a b\" OR \"a-a-a-a b\"",
	"\"a b a b a b a b a b a b a b a c\"", "aaa* OR \"aaa*a*a*a*a*b\"",
	"\"aaa?a?a?a?a?b\" OR =aaa*b", "lead:a NEAR/5 b", "url:a OR tag:b",
	"\"בת לב\" OR בתל OR 가가 OR \"가 가\"", "/(a|aa)+$/ OR /(a*)*b/" };

/* Queries that are large themselves. */
static void
write_chain(struct str *out, const char *joint, unsigned n)
{
	(void)str_addc(out, 'a');
	for (unsigned i = 1; i < n; i++)
		(void)str_addf(out, " %s %s", joint, i % 2 == 0 ? "a" : "b");
}

static void
write_nest(struct str *out, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)str_addc(out, '(');
	(void)str_adds(out, "a NEAR/9 b");
	for (unsigned i = 0; i < n; i++)
		(void)str_adds(out, i % 2 == 0 ? ")" : " OR a)");
}

static void
add_filter(struct str *yaml, size_t n, const char *query)
{
	(void)str_addf(yaml, "  f%zu: {match: '", n);
	for (; *query != '\0'; query++) {
		if (*query == '\'')
			(void)str_addc(yaml, '\'');
		(void)str_addc(yaml, *query);
	}
	(void)str_adds(yaml, "'}\n");
}

static struct ruleset *
compile_all(void)
{
	struct diags *d = diags_new();
	struct str yaml, query;
	struct config *c;
	struct ruleset *r;

	str_init(&yaml, MiB(1));
	str_init(&query, KiB(64));
	(void)str_addf(&yaml, "%sfilters:\n", entities);
	for (size_t i = 0; i < COUNTOF(queries); i++)
		add_filter(&yaml, i, queries[i]);
	write_chain(&query, "NEAR/1000", QUERY_DEPTH);
	add_filter(&yaml, COUNTOF(queries), str_c(&query));
	str_clear(&query);
	write_nest(&query, QUERY_DEPTH);
	add_filter(&yaml, COUNTOF(queries) + 1, str_c(&query));
	str_clear(&query);
	write_chain(&query, "OR", 1000);
	add_filter(&yaml, COUNTOF(queries) + 2, str_c(&query));
	c = config_parse("hostile", str_sv(&yaml), d);
	assert_non_null(c);
	diags_clear(d);
	r = ruleset_compile(c, d);
	str_clear(&query);
	diags_brief(d, &query);
	if (r == NULL)
		fail_msg("%s", str_c(&query));
	config_unref(c);
	diags_unref(d);
	str_done(&yaml);
	str_done(&query);
	return r;
}

static const struct {
	const char *what, *first, *unit; /* first once, then units */
} texts[] = {
	{ "one letter", "", "a" },
	{ "words of one letter", "", "a " },
	{ "a run of hyphens", "", "a-" },
	{ "two words in turn", "", "a b " },
	{ "one word, then another", "b b b b b b b b ", "a " },
	{ "words far apart", "b ", "a x x x x x x x x x " },
	{ "apostrophes", "", "a'" },
	{ "possessives", "", "a's " },
	{ "possessives in a run", "", "a's-" },
	{ "dots", "", "a." },
	{ "dots and marks", "", "a\u0301." },
	{ "marks on one letter", "a", "\u0301" },
	{ "marks and &", "a", "\u0301&" },
	{ "marks out of order", "a", "\u0f71\u0f72\u0f39\u0f74" },
	{ "&", "", "a&" },
	{ "numbers", "", "1," },
	{ "numbers and invisible characters", "", "1\u200b," },
	{ "invisible characters", "a", "\u200b" },
	{ "hyphens between invisible ones", "a", "\u200b-\u200b" },
	{ "invisible ones between hyphenated words", "", "a\u00AD-\u00AD" },
	{ "hashtags", "", "#a" },
	{ "camels", "#", "Aa" },
	{ "capitals and marks in a hashtag", "#", "A\u0301" },
	{ "underscores", "#", "a_" },
	{ "Hebrew prefixes", "", "ושמה" },
	{ "Hebrew words", "", "ולכשבתל לב " },
	{ "Hebrew quotes", "", "א\"" },
	{ "Arabic prefixes", "", "وبال" },
	{ "Arabic words", "", "وللأمن " },
	{ "Korean particles", "", "가은 가가에서 " },
	{ "jamo", "", "\u1100\u1161\u11a8" },
	{ "jamo of one syllable", "\u1100\u1161", "\u11a8" },
	{ "katakana", "", "カ" },
	{ "voicing", "カ", "\u3099" },
	{ "Thai", "", "เกา" },
	{ "emoji that join", "", "👩\u200d" },
	{ "flags and invisible ones", "", "🇦\u200b" },
	{ "addresses", "", "http://" },
	{ "ill-formed bytes", "", "\xf0\x9f" },
	{ "quotes", "", "\"a" },
};

static void
ignore_match(const struct match *m, void *arg)
{
	*(size_t *)arg += m->nhits;
}

static uint64_t
count_steps(const struct ruleset *r, struct matcher *m, size_t i, size_t bytes)
{
	struct item it = { 0 };
	struct str text;
	size_t hits = 0;

	str_init(&text, bytes + 64);
	(void)str_adds(&text, texts[i].first);
	while (text.len < bytes)
		(void)str_adds(&text, texts[i].unit);
	it.content = str_sv(&text);
	steps = 0;
	ruleset_match(r, m, &it, ignore_match, &hits);
	assert_true(hits <= ruleset_filters(r) * HITS_PER_MATCH);
	str_done(&text);
	return steps;
}

static void
test_steps_grow_with_the_text(void **state)
{
	struct ruleset *r = compile_all();
	struct matcher *m = matcher_new();

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		uint64_t half = count_steps(r, m, i, TEXT_BYTES / 2);
		uint64_t whole = count_steps(r, m, i, TEXT_BYTES);

		assert_true(half > 0);
		print_message("%-42s %6.1f steps a byte, x %.2f\n",
		    texts[i].what, (double)whole / TEXT_BYTES,
		    (double)whole / (double)half);
		if ((double)whole > (double)half * MOST_TIMES ||
		    whole / TEXT_BYTES > MOST_PER_BYTE)
			fail_msg("%s: %llu steps, then %llu", texts[i].what,
			    (unsigned long long)half,
			    (unsigned long long)whole);
	}
	matcher_free(m);
	ruleset_free(r);
}

/* The first of them are as long as a text may be. */
static void
test_longest_texts(void **state)
{
	struct ruleset *r = compile_all();
	struct matcher *m = matcher_new();

	(void)state;
	for (size_t i = 0; i < LONGEST_TEXTS; i++)
		assert_in_range(count_steps(r, m, i, ITEM_TEXT_BYTES), 1,
		    ITEM_TEXT_BYTES * MOST_PER_BYTE);
	assert_true(matcher_cut(m) > 0);
	matcher_free(m);
	ruleset_free(r);
}

static uint64_t
count_many(unsigned filters)
{
	struct diags *d = diags_new();
	struct matcher *m = matcher_new();
	struct str yaml;
	struct config *c;
	struct ruleset *r;
	uint64_t n;

	str_init(&yaml, MiB(1));
	(void)str_adds(&yaml, "filters:\n");
	for (unsigned i = 0; i < filters; i++)
		(void)str_addf(
		    &yaml, "  f%u: {match: a NEAR/%u b AND a}\n", i, i + 1);
	c = config_parse("many", str_sv(&yaml), d);
	assert_non_null(c);
	r = ruleset_compile(c, d);
	assert_non_null(r);
	n = count_steps(r, m, 3, ITEM_TEXT_BYTES);
	assert_int_equal(matcher_cut(m), 1);
	matcher_free(m);
	ruleset_free(r);
	config_unref(c);
	diags_unref(d);
	str_done(&yaml);
	return n;
}

/* What has been compared enough for some filters is for the others, too. */
static void
test_steps_of_many_filters(void **state)
{
	uint64_t few = count_many(10), many = count_many(100);

	(void)state;
	if (many > few * 2)
		fail_msg("%llu steps, then %llu", (unsigned long long)few,
		    (unsigned long long)many);
}

/* Two texts that meet inside the reach of a NEAR. */
static void
test_steps_between_fields(void **state)
{
	struct str query, left, right;
	struct diags *d = diags_new();
	struct matcher *m = matcher_new();
	struct item it = { 0 };
	struct ruleset *r;
	size_t hits = 0;

	(void)state;
	str_init(&query, KiB(4));
	str_init(&left, KiB(4));
	str_init(&right, KiB(4));
	(void)str_adds(&query,
	    "(((a NEAR/1000 b) NEAR/1000 (c NEAR/1000 d)) NEAR/1000 x) "
	    "NEAR/1000 y OR z");
	for (unsigned i = 0; i < 90; i++) {
		(void)str_adds(&left, "a ");
		(void)str_adds(&right, "c ");
	}
	for (unsigned i = 0; i < 90; i++) {
		(void)str_adds(&left, "b ");
		(void)str_adds(&right, "d ");
	}
	it.summary = str_sv(&left);
	it.content = str_sv(&right);
	r = ruleset_compile_query(str_sv(&query), NULL, d);
	assert_non_null(r);
	steps = 0;
	ruleset_match(r, m, &it, ignore_match, &hits);
	assert_in_range(steps, 1, 10000000);
	matcher_free(m);
	ruleset_free(r);
	diags_unref(d);
	str_done(&query);
	str_done(&left);
	str_done(&right);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_grow_with_the_text),
		cmocka_unit_test(test_longest_texts),
		cmocka_unit_test(test_steps_of_many_filters),
		cmocka_unit_test(test_steps_between_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
