/* tests/unit/test_match.c: what filters find, and what is said of filters that
 * are wrong. */
#include "filters/compile.h"
#include "filters/explain.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <malloc.h>
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
	{ "NOT NEAR needs one that stands alone", "a NOT NEAR/2 b", "",
	    "a b x x a", "content:a" },
	{ "before and after", "a NOT NEAR/2 b", "", "a x b x a", NULL },
	{ "and counts words", "a NOT NEAR/2 b", "", "a x x b", "content:a" },
	{ "in the same field", "a NOT NEAR/2 b", "a", "b", "title:a" },
	{ "NOT NEAR needs the first", "a NOT NEAR/2 b", "", "b", NULL },
	{ "what overlaps is near", "gaza NOT NEAR/1 \"gaza strip\"", "",
	    "Gaza Strip", NULL },
	{ "but nothing is near itself", "gaza NOT NEAR/1 gaz*", "",
	    "Gaza x Gaza", "content:Gaza content:Gaza" },
	{ "NOT NEAR of groups", "(a OR b) NOT NEAR/1 (c OR d)", "",
	    "a c x b x d a", "content:b" },
	{ "NOT NEAR inside NEAR", "(a NOT NEAR/1 b) NEAR/2 c", "",
	    "a b x x a x c", "content:a content:c" },
	{ "what must not be near is no hit", "(a NOT NEAR/1 b) NEAR/4 c", "",
	    "a x b x c", "content:a content:c" },
	{ "NOT NEAR inside NEAR, too far", "(a NOT NEAR/1 b) NEAR/2 c", "",
	    "a b x x a x x c", NULL },
	{ "ATLEAST counts places", "ATLEAST/3(a)", "a", "a x a",
	    "title:a content:a content:a" },
	{ "and fewer are too few", "ATLEAST/3(a)", "a", "a x x", NULL },
	{ "of a group together", "ATLEAST/3(a OR \"b c\")", "", "a b c b x a",
	    "content:a content:b c content:a" },
	{ "one place counts once", "ATLEAST/2(gaza OR gaz* OR \"gaza strip\")",
	    "", "Gaza Strip", NULL },
	{ "pairs are counted", "ATLEAST/2(a NEAR/1 b)", "", "a b x x b a",
	    "content:a content:b content:b content:a" },
	{ "ATLEAST of an entity", "ATLEAST/2(@gaza)", "", "Gaza Strip, Gazans",
	    "content:Gaza Strip@gaza content:Gazans@gaza" },
	{ "ATLEAST in a field", "title:ATLEAST/2(a)", "a", "a", NULL },
	{ "OF needs so many", "2 OF (a, b, \"c d\")", "b", "c d",
	    "title:b content:c d" },
	{ "and not one less", "2 OF (a, b, \"c d\")", "b b", "c", NULL },
	{ "all of OF", "2 OF (a, b)", "", "a", NULL },
	{ "OF of negatives", "2 OF (a, NOT b, c)", "", "a", "content:a" },
	{ "OF of negatives that do not hold", "2 OF (a, NOT b, c)", "", "a b",
	    NULL },
	{ "NOT of OF", "a NOT 2 OF (b, c, d)", "", "a c", "content:a" },
	{ "a regular expression", "/S\\/RES\\/\\d+/", "", "see S/RES/2728.",
	    "content:S/RES/2728" },
	{ "tells case", "/res/", "RES", "", NULL },
	{ "or not", "/res/i", "RES", "", "title:RES" },
	{ "in one field at a time", "/a\\s*b/", "a", "b", NULL },
	{ "in a field", "title:/^a/ AND b", "x a", "b", NULL },
	{ "anchored", "title:/^a/", "a x", "a", "title:a" },
	{ "all that it finds", "/\\d+/", "", "1 x 22 x 333",
	    "content:1 content:22 content:333" },
	{ "joined with words", "a AND /b+/", "a", "bbb",
	    "title:a content:bbb" },
	{ "or with others", "a OR /b+/", "a", "bbb", "title:a content:bbb" },
	{ "NOT of a regular expression", "a NOT /b+/", "a", "bbb", NULL },
	{ "NOT of one that is not there", "a NOT (/b+/ AND c)", "a", "bbb",
	    "title:a" },
	{ "a decomposed text is composed first", "/caf\u00e9s?/", "",
	    "a Cafe\u0301, two cafe\u0301s", "content:cafe\u0301s" },
	{ "so is the pattern", "/cafe\u0301./", "", "caf\u00e9s",
	    "content:caf\u00e9s" },
	{ "letters and words of all scripts", "/^\\w+ \\bب\\w+$/", "",
	    "غزة بغزة", "content:غزة بغزة" },
	{ "any case of all scripts", "/ГАЗА/i", "", "в газа", "content:газа" },
	{ "no characters are no match", "a OR /x*/", "", "b", NULL },
	{ "and are passed over", "a OR /x*/", "", "b xx", "content:xx" },
	{ "a lead to the end of it", "lead:/a.*/", "", "x a b", "content:a b" },
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
	{ "a particle behind a Latin word", "UN", "", "UN은", "content:UN은" },
	{ "and behind a hyphenated one", "한미", "", "한-미는",
	    "content:한-미는" },
	{ "a proclitic before the short words of a phrase", "\"תל אביב\"", "",
	    "בתל אביב", "content:בתל אביב" },
	{ "but not before a short word alone", "תל", "", "בתל", NULL },
	{ "nor before a word of another script", "хамас", "", "שХАМАС", NULL },
	{ "& is part of a name of two letters", "\"К\"", "", "ТВ&К", NULL },
	{ "a name with & in any script", "тв&к", "", "ТВ&К", "content:ТВ&К" },
	{ "invisible characters beside a hyphen", "ceasefire", "",
	    "cease-\u200bfire", "content:cease-\u200bfire" },
	{ "and beside a comma of a number", "1000", "", "1\u200e,000",
	    "content:1\u200e,000" },
	{ "an acronym with accents, however encoded", "eu", "",
	    "E\u0301.U\u0301.", "content:E\u0301.U\u0301." },
	{ "a hashtag, however encoded", "unrelief", "", "#UNR\u0301elief",
	    "content:UNR\u0301elief" },
	{ "a hashtag behind an elided article", "gazatruce", "",
	    "l'ONU #GazaTruce", "content:GazaTruce" },
	{ "a possessive inside a hyphenated run", "gazasbased", "",
	    "Gaza's-based", NULL },
	{ "? is a letter with its marks", "росси?ский", "", "российский",
	    "content:российский" },
	{ "* begins behind the marks of a letter", "=onu*", "", "onu\u0301",
	    NULL },
	{ "? of exact words, however encoded", "=stra?e", "", "straße",
	    "content:straße" },
	{ "exact words in full width", "=US", "", "us, ＵＳ", "content:ＵＳ" },
	{ "the ideograph for zero is one of a sequence", "二〇", "", "二〇〇八",
	    "content:二〇" },
	{ "voicing behind an invisible character", "がん", "",
	    "か\u200f\u3099ん", "content:か\u200f\u3099ん" },
	{ "decomposed Korean has its letters counted", "유엔&x", "",
	    "유\u110b\u1166\u11ab&x", "content:유\u110b\u1166\u11ab&x" },
	{ "of several ways to read a place the shortest", "\"ceas*-fire\"", "",
	    "cease-fire-fire", "content:cease-fire" },
	{ "NEAR in NEAR in NEAR takes the pair that fits",
	    "((a NEAR/9 b) NEAR/1 c) NEAR/1 d", "", "d a a b b c",
	    "content:d content:a content:a content:b content:b content:c" },
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
	{ "lead:/early$/", NULL },
	{ "lead:/earl./", "article:early" },
	{ "lead:/late/", NULL },
	{ "/late/", "article:late" },
	{ "url:/\\/news\\/[a-z-]+$/", "url:/news/gaza-aid" },
	{ "tag:/^[Pw].+/", "tag:Politics tag:wire" },
	{ "author:/\\bJ\\w+/", "author:Jane" },
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

/* One filter is true where another matches, all its conditions included. */
static void
test_references(void **state)
{
	struct ruleset *r = compile_filters(
	    FEEDS "filters:\n"
		  "  top: {match: 'filter:both OR z', severity: high}\n"
		  "  both: {match: 'filter:mid AND b'}\n"
		  "  mid: {match: 'a OR =US', not: spam, tags: [wire]}\n"
		  "  without: {match: 'b NOT filter:mid'}\n"
		  "  veto: {match: b, not: 'filter:mid'}\n"
		  "  loud: {match: '=US', shout: yes}\n"
		  "  two: {match: '2 OF (filter:mid, filter:loud, c)'}\n");
	static const struct {
		const char *title;
		bool tagged;
		const char *hits;
	} items[] = {
		{ "a b", true, "title:a title:b | title:a title:b | title:a" },
		{ "a b", false, "title:b | title:b" },
		{ "a b spam", true, "title:b | title:b" },
		{ "z", true, "title:z" },
		{ "a c", true, "title:a | title:a title:c" },
		{ "THE US HAS VETOED A RESOLUTION, C", true,
		    "title:A | title:US | title:US title:A title:C" },
		{ "THE US HAS VETOED ONE, C, B", true,
		    "title:B | title:B | title:US | title:US title:C" },
	};
	struct sv tags[] = { SV("wire") };

	(void)state;
	for (size_t i = 0; i < COUNTOF(items); i++) {
		struct item it = { .title = sv_of(items[i].title),
			.tags = tags,
			.ntags = items[i].tagged };
		struct seen s;

		match_item(r, &it, &s);
		assert_string_equal(str_c(&s.hits), items[i].hits);
		str_done(&s.hits);
	}
	ruleset_free(r);
}

/* `n` filters that refer each to the next one, or to the one before, twice. */
static struct diags *
compile_chain(int n, int step, bool circle, struct ruleset **r)
{
	int last = step > 0 ? n - 1 : 0;
	struct diags *d;
	struct config *c;
	struct str text;

	str_init(&text, KiB(64));
	(void)str_adds(&text, "filters:\n");
	for (int i = 0; i < n; i++)
		if (i == last)
			(void)str_addf(&text, "  f%d: {match: 'a OR %s'}\n", i,
			    circle ? "filter:f0" : "b");
		else
			(void)str_addf(&text,
			    "  f%d: {match: '(filter:f%d OR x) AND "
			    "filter:f%d'}\n",
			    i, i + step, i + step);
	c = parse_config(str_c(&text));
	d = diags_ref(c->diags);
	diags_clear(d);
	*r = ruleset_compile(c, d);
	config_unref(c);
	str_done(&text);
	return d;
}

static void
check_chain(int n, int step, bool circle, const char *said)
{
	struct ruleset *r;
	struct diags *d = compile_chain(n, step, circle, &r);
	struct item it = { .title = SV("a") };
	struct str out;
	struct seen s;

	str_init(&out, KiB(16));
	diags_brief(d, &out);
	assert_int_equal(r == NULL, said != NULL);
	if (r != NULL) {
		match_item(r, &it, &s);
		assert_int_equal(s.matches, n);
		str_done(&s.hits);
	} else if (said != NULL && strstr(str_c(&out), said) == NULL) {
		fail_msg("is said: %s", str_c(&out));
	}
	ruleset_free(r);
	diags_unref(d);
	str_done(&out);
}

static void
test_chains(void **state)
{
	static const char deep[] = "refer to one another in a row";

	(void)state;
	for (int step = -1; step < 2; step += 2) {
		check_chain(FILTER_DEPTH, step, false, NULL);
		check_chain(FILTER_DEPTH + 1, step, false, deep);
		check_chain(1000, step, false, deep);
	}
	check_chain(1, 1, true, "in a circle: f0 -> f0");
	check_chain(3, 1, true, "in a circle: f0 -> f1 -> f2 -> f0");
}

/* What takes too long counts as missing, and is counted. */
static void
test_regex_limits(void **state)
{
	static const struct {
		const char *pattern, *tail;
	} bombs[] = { { "(a+)+$", "!" }, { "(a|aa)+$", "!" }, { "\\w+@", " @" },
		{ "a[^x]*y", "x y" }, { "(a+)+b", " b" }, { "(.+)\\1z", " z" },
		{ ".{0,100}y", " y" }, { "(?R)?a(?R)?b", " b" },
		{ "([ab]+)+c", " c" }, { "(a{1,30000})\\1\\1[b-d]", " d" } };

	(void)state;
	for (size_t i = 0; i < COUNTOF(bombs); i++) {
		struct item it = { .title = SV("y") };
		struct matcher *m = matcher_new();
		struct ruleset *r;
		struct seen s = { .matches = 0 };
		struct str text;
		char query[64];

		str_init(&text, MiB(1));
		while (text.len < REGEX_TEXT_BYTES - 8)
			(void)str_addc(&text, 'a');
		(void)str_adds(&text, bombs[i].tail);
		it.content = str_sv(&text);
		(void)snprintf(
		    query, sizeof(query), "y NOT body:/%s/", bombs[i].pattern);
		str_init(&s.hits, KiB(4));
		r = compile_query(query);
		for (unsigned times = 1; times < 3; times++) {
			ruleset_match(r, m, &it, on_match, &s);
			assert_int_equal(s.matches, times);
			assert_int_equal(matcher_gave_up(m), times);
		}
		str_done(&s.hits);
		str_done(&text);
		matcher_free(m);
		ruleset_free(r);
	}
}

/* All regular expressions together have a limit for each item. */
static void
test_regex_item_limit(void **state)
{
	struct item it = { 0 }, next = { .title = SV("q") };
	struct matcher *m = matcher_new();
	struct str config, text;
	struct seen s = { .matches = 0 };
	struct ruleset *r;

	(void)state;
	str_init(&config, KiB(4));
	str_init(&text, KiB(64));
	str_init(&s.hits, KiB(4));
	(void)str_adds(&config, "filters:\n");
	for (unsigned i = 0; i < REGEX_ITEM_STEPS / REGEX_STEPS; i++)
		(void)str_addf(
		    &config, "  f%u: {match: '/(a|aa)+[b%u]/'}\n", i, i);
	(void)str_adds(&config, "  last: {match: '/q/'}\n");
	while (text.len < KiB(32))
		(void)str_addc(&text, 'a');
	(void)str_adds(&text, " q");
	it.title = str_sv(&text);
	r = compile_filters(str_c(&config));
	ruleset_match(r, m, &it, on_match, &s);
	assert_int_equal(s.matches, 0);
	assert_int_equal(
	    matcher_gave_up(m), REGEX_ITEM_STEPS / REGEX_STEPS + 1);
	ruleset_match(r, m, &next, on_match, &s);
	assert_int_equal(s.matches, 1);
	assert_int_equal(
	    matcher_gave_up(m), REGEX_ITEM_STEPS / REGEX_STEPS + 1);
	ruleset_free(r);
	matcher_free(m);
	str_done(&s.hits);
	str_done(&text);
	str_done(&config);
}

/* One letter a million times: within the limits, and cut at the ceiling. */
static void
test_regex_long(void **state)
{
	static const struct {
		const char *query;
		size_t matches;
	} long_rows[] = { { "/a/ AND y", 1 }, { "/a{10000}/ AND y", 1 },
		{ "y AND /b/", 0 }, { "y AND /z/", 0 }, { "y AND /a$/", 0 },
		{ "y AND /(?:a|b)*+z?/", 1 } };
	struct str text;

	(void)state;
	str_init(&text, MiB(1));
	while (text.len < MiB(1) - 1)
		(void)str_addc(&text, 'a');
	(void)str_addc(&text, 'z');
	for (size_t i = 0; i < COUNTOF(long_rows); i++) {
		struct item it = { .title = SV("y"), .content = str_sv(&text) };
		struct ruleset *r = compile_query(long_rows[i].query);
		struct seen s;

		match_item(r, &it, &s);
		if (s.matches != long_rows[i].matches)
			fail_msg("%s", long_rows[i].query);
		ruleset_free(r);
		str_done(&s.hits);
	}
	str_done(&text);
}

/* Regular expressions are asked only when the rest does not decide. */
static void
test_regex_last(void **state)
{
	static const char *const queries[] = { "x AND /(a+)+$/",
		"/(a+)+$/ AND x", "y NOT (/(a+)+$/ OR y)",
		"(x OR filter:f) AND /(a+)+$/" };
	static const char text[] = "y aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";

	(void)state;
	for (size_t i = 0; i < COUNTOF(queries); i++) {
		struct item it = { .title = sv_of(text) };
		struct matcher *m = matcher_new();
		struct ruleset *r;
		struct seen s = { .matches = 0 };
		char config[256];

		(void)snprintf(config, sizeof(config),
		    "filters:\n  f: {match: y, lang: [fr], not: y}\n"
		    "  g: {match: '%s'}\n  h: {match: '%s', not: y}\n"
		    "  i: {match: y, not: 'y OR (%s)'}\n",
		    queries[i], queries[i], queries[i]);
		str_init(&s.hits, KiB(4));
		r = compile_filters(config);
		ruleset_match(r, m, &it, on_match, &s);
		assert_int_equal(s.matches, 0);
		assert_int_equal(matcher_gave_up(m), 0);
		str_done(&s.hits);
		matcher_free(m);
		ruleset_free(r);
	}
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
	"filters: {a: {match: '" query "'}, b: {match: y}, " \
	"c: {match: q}}\n"
	static const char *const texts[] = { TWO("x AND @e", "n"),
		TWO("x AND @e", "n"), TWO("x OR @e", "n"),
		TWO("x AND @e", "n2"), TWO("x AND filter:c", "n"),
		TWO("/x/ AND @e", "n"), TWO("/x/i AND @e", "n") };
	static const bool same_a[] = { true, true, false, false, false, false,
		false };
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

/* A filter's covers what it refers to, and what that refers to. */
static void
test_revision_of_references(void **state)
{
	static const char *const last[] = { "x", "y" };
	struct ruleset *r[2];

	(void)state;
	for (size_t i = 0; i < COUNTOF(r); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text),
		    "filters:\n  a: {match: 'filter:b'}\n"
		    "  b: {match: q, not: 'filter:c'}\n  c: {match: %s}\n"
		    "  d: {match: x}\n",
		    last[i]);
		r[i] = compile_filters(text);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(strcmp(ruleset_revision(r[0], i),
				     ruleset_revision(r[1], i)) == 0,
		    i == 3);
	ruleset_free(r[0]);
	ruleset_free(r[1]);
}

#define NESTED "(((((((((((((((((((((((((((((("

static const struct {
	const char *rule, *filters, *said;
} problems[] = {
	{ "an unknown filter",
	    "filters:\n  one: {match: a}\n  f: {match: 'filter:onne'}\n",
	    "test:3:15: there is no filter 'onne'; did you mean 'one'?" },
	{ "a filter that refers to itself through its veto",
	    "filters:\n  f: {match: a, not: 'filter:g'}\n"
	    "  g: {match: 'filter:f'}\n",
	    "test:3:15: filters refer to one another in a circle: f -> g -> f" },
	{ "a bad regular expression",
	    "filters:\n  f: {match: 'a AND title:/b(c/i'}\n",
	    "test:2:31: the regular expression is wrong here: missing closing "
	    "parenthesis" },
	{ "where it is wrong",
	    "filters:\n  f: {match: '/e\u0301e\u0301[z-a]e/ AND a'}\n",
	    "test:2:23: the regular expression is wrong here: range out of "
	    "order" },
	{ "parentheses in parentheses in a regular expression",
	    "filters:\n  f: {match: /" NESTED NESTED NESTED "/}\n",
	    "parentheses are too deeply nested" },
	{ "single bytes in a regular expression",
	    "filters:\n  f: {match: '/a\\Cb/'}\n", "using \\C is disabled" },
	{ "an expectation of a filter that refers to another",
	    "filters:\n  f: {match: 'filter:g', expect: {match: [a]}}\n"
	    "  g: {match: a AND b}\n",
	    "does not: filter:g does not match (b is missing)" },
	{ "one that is too far",
	    "filters:\n  f: {match: a NEAR/2 b, expect: {match: [a x x b]}}\n",
	    "a NEAR/2 b is missing: the nearest are 3 words apart, not 2" },
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

/* What an explanation found out about one ruleset says nothing of another. */
static void
test_reuse_after_explaining(void **state)
{
	struct ruleset *other = compile_filters(
	    "filters: {a: {match: x}, b: {match: x}, c: {match: 'filter:a'}}\n");
	struct ruleset *r = compile_filters(
	    "filters: {a: {match: x}, b: {match: 'filter:a AND y'}}\n");
	struct item x = { .title = SV("x") }, xy = { .title = SV("x y") };
	struct matcher *m = matcher_new();
	struct seen s = { .matches = 0 };
	struct str why;

	(void)state;
	str_init(&s.hits, KiB(4));
	str_init(&why, KiB(4));
	for (size_t i = 0; i < 3; i++)
		(void)ruleset_explain(other, i, m, &x, false, &why);
	ruleset_match(r, m, &xy, on_match, &s);
	assert_int_equal(s.matches, 2);
	matcher_free(m);
	ruleset_free(r);
	ruleset_free(other);
	str_done(&s.hits);
	str_done(&why);
}

/* Very many occurrences: bounded hits, linear work. */
static void
test_hostile(void **state)
{
	static const char *const queries[] = {
		"(gaza OR gaz* OR @gaza) NEAR/3 (aid OR \"aid gaza\") AND "
		"(aid NEAR/1000 gaza) AND last",
		"ATLEAST/1000(gaza OR aid) AND last NOT aid NOT NEAR/2 gaza",
		"last NOT NEAR/1 (gaza OR \"aid gaza\" OR gaz*) NOT "
		"(gaza NOT NEAR/1 (aid OR gaza))",
		"3 OF (last, gaza, aid, @unsc) AND (aid NEAR/9 last NOT NEAR/1 "
		"aid OR last)",
	};
	struct item it = { 0 };
	struct str text;

	(void)state;
	str_init(&text, MiB(2));
	for (int i = 0; i < 90000; i++)
		(void)str_adds(&text, "gaza aid ");
	(void)str_adds(&text, "last");
	it.content = str_sv(&text);
	for (size_t i = 0; i < COUNTOF(queries); i++) {
		struct ruleset *r = compile_query(queries[i]);
		struct seen s;

		match_item(r, &it, &s);
		if (s.matches != 1)
			fail_msg("%s", queries[i]);
		assert_non_null(strstr(str_c(&s.hits), "content:last"));
		str_done(&s.hits);
		ruleset_free(r);
	}
	str_done(&text);
}

static size_t
memory_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Each clause knows its source: many in one another share it. */
static void
test_memory_of_nested_clauses(void **state)
{
	struct str query;
	struct ruleset *r;
	size_t before;

	(void)state;
	str_init(&query, QUERY_BYTES);
	for (unsigned i = 0; i < QUERY_DEPTH / 2; i++)
		(void)str_addc(&query, '(');
	(void)str_addc(&query, 'w');
	for (unsigned i = 0; i < 20000; i++)
		(void)str_addf(&query, " OR w%u", i);
	for (unsigned i = 0; i < QUERY_DEPTH / 2; i++) {
		(void)str_addc(&query, ')');
		for (unsigned k = 0; k < QUERY_DEPTH / 2; k++)
			(void)str_adds(&query, " NEAR/9 x");
	}
	assert_false(query.full);
	before = memory_in_use();
	r = compile_query(str_c(&query));
	assert_true(memory_in_use() < before + MiB(32));
	ruleset_free(r);
	str_done(&query);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_language_of_names),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_regex_limits),
		cmocka_unit_test(test_regex_item_limit),
		cmocka_unit_test(test_regex_long),
		cmocka_unit_test(test_regex_last),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_revision),
		cmocka_unit_test(test_revision_of_references),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_seed_article),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_reuse_after_explaining),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_memory_of_nested_clauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
