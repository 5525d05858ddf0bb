/* tests/unit/test_match.c: what filters find, and what is said of filters that
 * are wrong. */
#include "filters/compile.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char entities[] =
    "entities:\n"
    "  gaza:\n"
    "    name: Gaza Strip area\n"
    "    aka: [Ghazza]\n"
    "    wikidata: Q39760\n"
    "    names:\n"
    "      en: [Gaza, Gaza Strip, Gazan*]\n"
    "      ar: [غزة]\n"
    "      zh: [加沙]\n"
    "    weak:\n"
    "      - {name: \"=Газа\", lang: ru, needs: [Израил*, ХАМАС]}\n"
    "    never: [Gaza Street]\n"
    "  unsc:\n"
    "    name: UN Security Council\n"
    "    wikidata: Q37470\n"
    "    names: [UN Security Council, United Nations Security Council,\n"
    "      \"=UNSC\"]\n"
    "  jordan:\n"
    "    names: {de: [\"=Jordanien\"]}\n"
    "    weak:\n"
    "      - {name: \"=Jordan\", without: [NBA], never: [Jordan River]}\n";

static void
print_problems(const struct diags *d)
{
	struct str out;

	str_init(&out, KiB(64));
	diags_print(d, false, &out);
	(void)fputs(str_c(&out), stderr);
	str_done(&out);
}

static struct config *
parse_config(const char *text)
{
	struct diags *d = diags_new();
	struct config *c = config_parse("test", sv_of(text), d);

	if (c == NULL)
		print_problems(d);
	diags_unref(d);
	assert_non_null(c);
	return c;
}

static struct ruleset *
compile_query(const char *query)
{
	struct config *c = parse_config(entities);
	struct diags *d = diags_new();
	struct ruleset *r = ruleset_compile_query(sv_of(query), c, d);

	if (r == NULL)
		print_problems(d);
	diags_unref(d);
	config_unref(c);
	assert_non_null(r);
	return r;
}

static struct ruleset *
compile_filters(const char *text)
{
	struct config *c = parse_config(text);
	struct diags *d = diags_new();
	struct ruleset *r = ruleset_compile(c, d);

	if (r == NULL)
		print_problems(d);
	diags_unref(d);
	config_unref(c);
	assert_non_null(r);
	return r;
}

/* Hits as "field:text", entities as "field:text@key", blanks between. */
struct seen {
	struct str hits;
	size_t matches;
};

static void
on_match(const struct match *m, void *arg)
{
	struct seen *s = arg;

	if (s->matches++ > 0)
		(void)str_adds(&s->hits, " | ");
	for (size_t i = 0; i < m->nhits; i++) {
		const struct hit *h = &m->hits[i];

		(void)str_addf(&s->hits, "%s%s:%.*s%s%s", i == 0 ? "" : " ",
		    field_name(h->field), SV_ARG(h->text),
		    h->entity != NULL ? "@" : "",
		    h->entity != NULL ? h->entity : "");
		assert_int_equal(h->length, h->text.len);
	}
}

static void
match_item(const struct ruleset *r, const struct item *it, struct seen *s)
{
	struct matcher *m = matcher_new();

	str_init(&s->hits, MiB(1));
	s->matches = 0;
	ruleset_match(r, m, it, on_match, s);
	matcher_free(m);
}

static const struct {
	const char *rule, *query, *title, *content;
	const char *hits; /* NULL: no match */
} rows[] = {
	{ "a word is a whole word", "Oman", "", "A woman of Oman",
	    "content:Oman" },
	{ "and not part of one", "Oman", "", "A woman", NULL },
	{ "AND needs both", "a AND b", "a", "c", NULL },
	{ "in any of the fields", "a AND b", "a", "b", "title:a content:b" },
	{ "OR reports all that is there", "a OR b OR c", "c", "a",
	    "title:c content:a" },
	{ "NOT forbids", "a NOT b", "a", "b", NULL },
	{ "what is under NOT is no hit", "a NOT (b AND c)", "a", "b",
	    "title:a" },
	{ "phrases are in order", "\"Security Council\"", "",
	    "The Council discussed security", NULL },
	{ "and span punctuation", "\"Gaza Strip\"", "", "Gaza, strip by strip",
	    "content:Gaza, strip" },
	{ "but not fields", "\"Security Council\"", "New Security",
	    "Council members", NULL },
	{ "a possessive does not part them", "\"Gaza ceasefire\"", "",
	    "Gaza’s ceasefire", "content:Gaza’s ceasefire" },
	{ "hyphenated finds joined", "cease-fire", "", "ceasefire",
	    "content:ceasefire" },
	{ "hyphenated finds spaced", "cease-fire", "", "cease fire",
	    "content:cease fire" },
	{ "joined finds hyphenated", "ceasefire", "", "Cease-Fire now",
	    "content:Cease-Fire" },
	{ "joined does not find spaced", "ceasefire", "", "cease fire", NULL },
	{ "a phrase finds spaced and hyphenated", "\"cease fire\"", "",
	    "cease-fire, cease fire", "content:cease-fire content:cease fire" },
	{ "joined inside a phrase", "\"ceasefire talks\"", "",
	    "cease-fire talks", "content:cease-fire talks" },
	{ "hyphenated inside a phrase", "\"Gaza cease-fire\"", "",
	    "Gaza ceasefire", "content:Gaza ceasefire" },
	{ "parts of compounds are words", "Gaza AND based", "", "Gaza-based",
	    "content:Gaza content:based" },
	{ "elided articles", "ONU", "", "l'ONU", "content:ONU" },
	{ "hashtags", "gaza AND ceasefire", "", "#GazaCeasefire",
	    "content:Gaza content:Ceasefire" },
	{ "dotted is plain", "U.N.", "", "the UN said", "content:UN" },
	{ "plain is dotted", "UN", "", "the U.N. said", "content:U.N." },
	{ "exact case", "=US", "", "ask us, US", "content:US" },
	{ "exact is exact in accents, however encoded", "=Málaga", "",
	    "Malaga, Ma\u0301laga", "content:Ma\u0301laga" },
	{ "exact phrase", "=\"Le Monde\"", "", "le monde, Le Monde",
	    "content:Le Monde" },
	{ "exact finds nothing in capitals", "=AIDS",
	    "STATE AIDS FOR DEAF PEOPLE", "", NULL },
	{ "exact dotted", "=US", "", "the U.S. said", "content:U.S." },
	{ "wildcard at the end", "evacuat*", "", "evacuated evacuees",
	    "content:evacuated" },
	{ "wildcard inside", "wom?n OR colo*r", "",
	    "women woman womn colour color",
	    "content:women content:woman content:colour content:color" },
	{ "wildcards in a phrase", "\"hostage* deal*\"", "", "hostages-deals",
	    "content:hostages-deals" },
	{ "wildcard over a hyphen", "ceasef*", "", "cease-fire",
	    "content:cease-fire" },
	{ "but not over one more than needed", "ceas*", "", "cease-fire",
	    "content:cease" },
	{ "wildcard over a hyphen inside a phrase", "\"ceas* talks\"", "",
	    "cease-fire talks", "content:cease-fire talks" },
	{ "exact wildcard", "=Gaz*", "", "gazans Gazans", "content:Gazans" },
	{ "title", "title:a", "b", "a", NULL },
	{ "body", "body:a", "a", "a", "content:a" },
	{ "field of a group", "title:(a OR b) AND c", "b", "c",
	    "title:b content:c" },
	{ "NEAR either way", "a NEAR/2 b", "", "b x a", "content:b content:a" },
	{ "NEAR counts words", "a NEAR/2 b", "", "b x x a", NULL },
	{ "NEAR reports only what is near", "a NEAR/1 b", "", "a x x a b",
	    "content:a content:b" },
	{ "NEAR does not take one for two", "a NEAR/1 a", "", "a", NULL },
	{ "NEAR takes two of one kind", "a NEAR/1 a", "", "a a",
	    "content:a content:a" },
	{ "NEAR stays in a field", "a NEAR/5 b", "a", "b", NULL },
	{ "NEAR of an entity's longest name", "@gaza NEAR/1 aid", "",
	    "Gaza Strip aid", "content:Gaza Strip@gaza content:aid" },
	{ "NEAR of NEAR", "(a NEAR/2 b) NEAR/1 c", "", "c a x b",
	    "content:c content:a content:b" },
	{ "PRE is ordered", "a PRE/2 b", "", "b a", NULL },
	{ "PRE in order", "a PRE/2 b", "", "a x b", "content:a content:b" },
	{ "NOT of NEAR", "a NOT b NEAR/2 c", "", "a b x x c", "content:a" },
	{ "an entity by key", "@unsc", "", "United Nations Security Council",
	    "content:United Nations Security Council@unsc" },
	{ "by name", "@\"un security council\"", "", "UNSC",
	    "content:UNSC@unsc" },
	{ "by Wikidata id", "@q37470", "", "UNSC", "content:UNSC@unsc" },
	{ "by aka", "@GHAZZA", "", "加沙停火", "content:加沙@gaza" },
	{ "an entity's exact name is exact", "@unsc", "", "unsc", NULL },
	{ "the longest name wins", "@gaza", "", "the Gaza Strip",
	    "content:Gaza Strip@gaza" },
	{ "never hides", "@gaza", "", "Gaza Street", NULL },
	{ "never hides only what it covers", "@gaza", "", "Gaza Street, Gaza",
	    "content:Gaza@gaza" },
	{ "a weak name needs company", "@gaza", "", "Газа дорожает", NULL },
	{ "and counts in it", "@gaza", "ХАМАС", "Газа под огнём",
	    "content:Газа@gaza" },
	{ "a weak name is kept away", "@jordan", "NBA", "Jordan", NULL },
	{ "a weak name alone", "@jordan", "", "Jordan",
	    "content:Jordan@jordan" },
	{ "a weak name's own never", "@jordan", "", "the Jordan River", NULL },
	{ "an entity is told where a word is too", "gaza AND @gaza", "", "Gaza",
	    "content:Gaza@gaza" },
	{ "Arabic proclitics", "@gaza", "", "وبغزة", "content:وبغزة@gaza" },
	{ "katakana words are whole", "インド", "", "インドネシア", NULL },
	{ "katakana before other signs", "インド", "", "インドで地震",
	    "content:インド" },
	{ "* lets katakana go on", "インド*", "", "インドネシア",
	    "content:インド" },
	{ "Thai is not cut before a vowel sign", "กาซ", "", "กาซา", NULL },
	{ "Thai is cut between syllables", "กา", "", "กาซา", "content:กา" },
	{ "Korean particles", "이스라엘", "", "이스라엘은",
	    "content:이스라엘은" },
	{ "Korean words go on", "인도", "", "인도네시아에서", NULL },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct ruleset *r = compile_query(rows[i].query);
		struct item it = { .title = sv_of(rows[i].title),
			.content = sv_of(rows[i].content) };
		struct seen s;

		match_item(r, &it, &s);
		if ((s.matches != 0) != (rows[i].hits != NULL) ||
		    (s.matches != 0 &&
			strcmp(str_c(&s.hits), rows[i].hits) != 0))
			fail_msg("%s: %s on \"%s | %s\" gives %s%s, not %s",
			    rows[i].rule, rows[i].query, rows[i].title,
			    rows[i].content, s.matches ? "" : "nothing ",
			    str_c(&s.hits),
			    rows[i].hits ? rows[i].hits : "nothing");
		ruleset_free(r);
		str_done(&s.hits);
	}
}

static const struct {
	const char *query;
	const char *hits;
} field_rows[] = {
	{ "summary:s AND article:r", "summary:s article:r" },
	{ "body:(s OR r OR t)", "summary:s article:r" },
	{ "author:\"Jane Smith\"", "author:Jane Smith" },
	{ "smith", NULL },
	{ "url:bbc.co.uk", "url:bbc.co.uk" },
	{ "url:gaza", "url:gaza" },
	{ "tag:wire AND category:politics", "tag:wire tag:Politics" },
	{ "tag:\"wire politics\" OR tag:\"politics wire\"", NULL },
	{ "lead:early", "article:early" },
	{ "lead:late", NULL },
	{ "lead:t", "title:t" },
	{ "t AND lang:fr", "title:t" },
	{ "t AND lang:(en, de)", NULL },
	{ "t NOT lang:fr", NULL },
};

static void
test_fields(void **state)
{
	struct sv categories[] = { SV("Politics") }, tags[] = { SV("wire") };
	struct str article;

	(void)state;
	str_init(&article, KiB(4));
	for (int i = 0; i < 100; i++)
		(void)str_adds(&article,
		    i == 0	  ? "r"
			: i == 59 ? " early"
			: i == 60 ? " late"
				  : " x");
	for (size_t i = 0; i < COUNTOF(field_rows); i++) {
		struct item it = { .title = SV("t"), .summary = SV("s") };
		struct ruleset *r = compile_query(field_rows[i].query);
		struct seen s;

		it.article = str_sv(&article);
		it.author = SV("By Jane Smith");
		it.link = SV("https://www.bbc.co.uk/news/gaza-aid");
		it.lang = SV("fr-CA");
		it.categories = categories;
		it.tags = tags;
		it.ncategories = it.ntags = 1;
		match_item(r, &it, &s);
		if ((s.matches != 0) != (field_rows[i].hits != NULL) ||
		    (s.matches != 0 &&
			strcmp(str_c(&s.hits), field_rows[i].hits) != 0))
			fail_msg(
			    "%s gives %s", field_rows[i].query, str_c(&s.hits));
		ruleset_free(r);
		str_done(&s.hits);
	}
	str_done(&article);
}

/* Case-exact and weak names are of their language, or of an unknown one. */
static void
test_language_of_names(void **state)
{
	static const struct {
		const char *lang;
		bool matches;
	} langs[] = { { "de-AT", true }, { "", true }, { "und", true },
		{ "en", false } };
	struct ruleset *r = compile_query("@jordan");

	(void)state;
	for (size_t i = 0; i < COUNTOF(langs); i++) {
		struct item it = { .title = SV("Jordanien"),
			.lang = sv_of(langs[i].lang) };
		struct seen s;

		match_item(r, &it, &s);
		assert_int_equal(s.matches, langs[i].matches);
		str_done(&s.hits);
	}
	ruleset_free(r);
}

#define FEEDS \
	"feeds:\n  one: {url: 'https://a.example/', tags: [wire]}\n" \
	"  two: {url: 'https://b.example/'}\n"

static void
test_scope(void **state)
{
	struct ruleset *r = compile_filters(
	    FEEDS "filters:\n"
		  "  all: {match: x}\n"
		  "  feed: {match: x, feeds: [one]}\n"
		  "  tag: {match: x, tags: [wire]}\n"
		  "  lang: {match: x, lang: [en, fr]}\n"
		  "  veto: {match: x, not: lang:de OR spam}\n"
		  "  shout: {match: =US, shout: yes}\n"
		  "  whisper: {match: =US}\n");
	struct sv tags[] = { SV("wire") };
	struct item it = {
		.title = SV("x"), .feed = SV("one"), .tags = tags, .ntags = 1
	};
	struct seen s;

	(void)state;
	assert_int_equal(ruleset_filters(r), 7);
	match_item(r, &it, &s);
	assert_int_equal(s.matches, 5);
	str_done(&s.hits);
	it.feed = SV("two");
	it.ntags = 0;
	it.lang = SV("de");
	match_item(r, &it, &s);
	assert_int_equal(s.matches, 1);
	str_done(&s.hits);
	it.lang = SV_NONE;
	it.title = SV("x and spam");
	match_item(r, &it, &s);
	assert_int_equal(s.matches, 2);
	str_done(&s.hits);
	it.title = SV("THE US HAS VETOED THE RESOLUTION");
	match_item(r, &it, &s);
	assert_int_equal(s.matches, 1);
	str_done(&s.hits);
	ruleset_free(r);
}

static void
on_order(const struct match *m, void *arg)
{
	size_t *next = arg;
	char name[16];

	(void)snprintf(name, sizeof(name), "f%zu", m->index);
	assert_string_equal(m->filter, name);
	assert_true(m->index >= *next);
	*next = m->index + 1;
}

static void
test_order(void **state)
{
	struct item it = { .title = SV("c b a z") };
	struct matcher *m = matcher_new();
	struct str text;
	struct ruleset *r;
	size_t next = 0;

	(void)state;
	str_init(&text, KiB(64));
	(void)str_adds(&text, "filters:\n");
	for (int i = 0; i < 200; i++)
		(void)str_addf(&text, "  f%d: {match: %c}\n", i, "abcq"[i % 4]);
	r = compile_filters(str_c(&text));
	ruleset_match(r, m, &it, on_order, &next);
	assert_int_equal(next, 199);
	matcher_free(m);
	ruleset_free(r);
	str_done(&text);
}

static void
test_revision(void **state)
{
#define TWO(query, names) \
	"entities: {e: {names: [" names "]}, o: {names: [z]}}\n" \
	"filters: {a: {match: '" query "'}, b: {match: y}}\n"
	static const char *const texts[] = { TWO("x AND @e", "n"),
		TWO("x AND @e", "n"), TWO("x OR @e", "n"),
		TWO("x AND @e", "n2") };
	static const bool same_a[] = { true, true, false, false };
	struct ruleset *first = compile_filters(texts[0]);

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct ruleset *r = compile_filters(texts[i]);

		assert_int_equal(strcmp(ruleset_revision(first, 0),
				     ruleset_revision(r, 0)) == 0,
		    same_a[i]);
		assert_string_equal(
		    ruleset_revision(first, 1), ruleset_revision(r, 1));
		ruleset_free(r);
	}
	ruleset_free(first);
}

static const struct {
	const char *rule, *filters, *said;
} problems[] = {
	{ "an expectation that does not match",
	    "filters:\n  f: {match: a AND b, expect: {match: [a and c]}}\n",
	    "test:2:40: filter 'f' is expected to match this, but does not: "
	    "b is missing" },
	{ "one that must not",
	    "filters:\n  f:\n    match: a\n    expect: {no: [one, an A]}\n",
	    "test:4:24: filter 'f' is expected not to match this, but does: "
	    "'A'" },
	{ "one that is vetoed",
	    "filters:\n  f: {match: a, not: b, expect: {match: [a b]}}\n",
	    "vetoed by b" },
	{ "one where something is in the way",
	    "filters:\n  f: {match: a NOT b, expect: {match: [a b]}}\n",
	    "b is there" },
	{ "a query in a block",
	    "filters:\n  f:\n    match: |\n      a AND\n      (b or c)\n",
	    "test:5:10: operators are upper case" },
	{ "an unknown entity",
	    "entities: {gaza: {names: [Gaza]}}\n"
	    "filters:\n  f: {match: '@gazza'}\n",
	    "test:3:15: there is no entity 'gazza'; did you mean 'gaza'?" },
	{ "a bad name of an entity that nobody uses",
	    "entities: {e: {names: [G*]}}\nfilters:\n  f: {match: a}\n",
	    "test:1:24: a wildcard needs 3 letters" },
};

static void
test_problems(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(problems); i++) {
		struct config *c = parse_config(problems[i].filters);
		struct diags *d = diags_new();
		struct ruleset *r;
		struct str out;

		diags_unref(d);
		d = diags_ref(c->diags);
		diags_clear(d);
		str_init(&out, KiB(16));
		r = ruleset_compile(c, d);
		diags_brief(d, &out);
		if (r != NULL || strstr(str_c(&out), problems[i].said) == NULL)
			fail_msg(
			    "%s: is said: %s", problems[i].rule, str_c(&out));
		ruleset_free(r);
		diags_unref(d);
		config_unref(c);
		str_done(&out);
	}
}

/* The article of the promise: three clauses, four outlets away. */
static void
test_seed_article(void **state)
{
	static const char query[] = "@gaza AND @unsc AND (ceasefire OR truce "
				    "OR \"cessation of hostilities\")";
	const char *data = getenv("TOCSIN_DATA");
	struct ruleset *r = compile_query(query);
	struct item it = { .title = SV("Kirby on Rafah") };
	char path[4096];
	struct seen s;
	struct str text;
	struct err e;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/seed/article.txt",
	    data == NULL ? "../shared/data" : data);
	str_init(&text, MiB(1));
	if (file_read(path, &text, &e)) {
		it.article = str_sv(&text);
		match_item(r, &it, &s);
		assert_int_equal(s.matches, 1);
		assert_non_null(strstr(str_c(&s.hits),
		    "article:United Nations Security Council@unsc"));
		assert_non_null(strstr(str_c(&s.hits), "article:Gaza@gaza"));
		assert_non_null(strstr(str_c(&s.hits), "article:ceasefire"));
		str_done(&s.hits);
	} else {
		print_message("skipped, no data\n");
	}
	it = (struct item) {
		.title = SV("Gaza cease-fire film wins council arts award")
	};
	match_item(r, &it, &s);
	assert_int_equal(s.matches, 0);
	str_done(&s.hits);
	str_done(&text);
	ruleset_free(r);
}

/* A matcher serves rulesets of all sizes in turn, and items of all sizes. */
static void
test_reuse(void **state)
{
	struct ruleset *small = compile_query("a"),
		       *large = compile_query("a AND @gaza AND b NEAR/3 c");
	struct item a = { .title = SV("a") },
		    all = { .title = SV("a gaza b c") };
	struct matcher *m = matcher_new();
	struct seen s = { .matches = 0 };

	(void)state;
	str_init(&s.hits, KiB(4));
	for (int i = 0; i < 3; i++) {
		ruleset_match(small, m, &a, on_match, &s);
		ruleset_match(large, m, &a, on_match, &s);
		ruleset_match(large, m, &all, on_match, &s);
	}
	assert_int_equal(s.matches, 6);
	matcher_free(m);
	ruleset_free(small);
	ruleset_free(large);
	str_done(&s.hits);
}

/* Very many occurrences: bounded hits, linear work. */
static void
test_hostile(void **state)
{
	struct ruleset *r = compile_query(
	    "(gaza OR gaz* OR @gaza) NEAR/3 (aid OR \"aid gaza\") AND "
	    "(aid NEAR/1000 gaza) AND last");
	struct item it = { 0 };
	struct str text;
	struct seen s;

	(void)state;
	str_init(&text, MiB(2));
	for (int i = 0; i < 90000; i++)
		(void)str_adds(&text, "gaza aid ");
	(void)str_adds(&text, "last");
	it.content = str_sv(&text);
	match_item(r, &it, &s);
	assert_int_equal(s.matches, 1);
	assert_non_null(strstr(str_c(&s.hits), "content:last"));
	str_done(&s.hits);
	str_done(&text);
	ruleset_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_language_of_names),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_revision),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_seed_article),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
