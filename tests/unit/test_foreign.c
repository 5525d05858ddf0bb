/* tests/unit/test_foreign.c: what other tools' queries are translated into, and
 * what is said of what cannot be. */
#include "filters/foreign.h"

#include "filters/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define NO_PLURALS "Nexis finds plurals too"

/* The translation, or nothing; and what is said. */
static void
translate(
    enum foreign_tool tool, struct sv query, struct str *text, struct str *said)
{
	struct config_text at = { .text = query, .line = 1, .column = 1 };
	struct diags *d = diags_new();
	struct arena a;
	struct query *q;

	at.file = diags_add_source(d, "q", at.text);
	arena_init(&a);
	q = foreign_parse(tool, &at, &a, d);
	assert_int_equal(diags_count(d, DIAG_ERROR), q == NULL);
	diags_brief(d, said);
	if (q != NULL) {
		query_normalize(q, &a);
		assert_true(query_print(q, text));
	}
	arena_done(&a);
	diags_unref(d);
}

static bool
is_ours(struct sv text)
{
	struct config_text at = { .text = text, .line = 1, .column = 1 };
	struct diags *d = diags_new();
	struct arena a;
	bool good;

	at.file = diags_add_source(d, "q", at.text);
	arena_init(&a);
	good = query_parse(&at, &a, d) != NULL;
	arena_done(&a);
	diags_unref(d);
	return good;
}

/* `said` NULL: nothing is said, the translation is exact. */
struct translation {
	const char *query, *text, *said;
};

static void
check(enum foreign_tool tool, const struct translation *t)
{
	const char *want = t->text == NULL ? "" : t->text;
	struct str text, said;

	str_init(&text, KiB(16));
	str_init(&said, KiB(16));
	translate(tool, sv_of(t->query), &text, &said);
	if (strcmp(str_c(&text), want) != 0)
		fail_msg("%s: %s\ngives     %s\nand not   %s\n%s",
		    foreign_name(tool), t->query, str_c(&text), want,
		    str_c(&said));
	if (t->said == NULL ? said.len != 0
			    : strstr(str_c(&said), t->said) == NULL)
		fail_msg("%s: of %s is said: %s", foreign_name(tool), t->query,
		    str_c(&said));
	if (t->text != NULL && !is_ours(str_sv(&text)))
		fail_msg("%s: tocsin refuses %s", t->query, t->text);
	str_done(&text);
	str_done(&said);
}

static const struct translation factiva[] = {
	{ "gaza AND truce", "gaza AND truce", NULL },
	{ "bill clinton or gore and george bush",
	    "\"bill clinton\" OR (gore AND \"george bush\")", NULL },
	{ "wireless not cellular", "wireless AND NOT cellular", NULL },
	{ "a and not b", "a AND NOT b", NULL },
	{ "a or b not c", "a OR (b AND NOT c)", NULL },
	{ "\"peas and carrots\"", "\"peas and carrots\"", NULL },
	{ "releases and [university or courses]",
	    "releases AND (university OR courses)", NULL },
	{ "World Cup adj5 rugby", "\"World Cup\" PRE/5 rugby", NULL },
	{ "president adj bush", "president PRE/1 bush", NULL },
	{ "president w/2 bush", "president PRE/2 bush", NULL },
	{ "carrefour near5 retail sales", "carrefour NEAR/5 \"retail sales\"",
	    NULL },
	{ "a near b", "a NEAR/1 b", NULL },
	{ "boeing 747/N30/british airways",
	    "\"boeing 747\" NEAR/30 \"british airways\"", NULL },
	{ "vodafone same telecommunications",
	    "vodafone NEAR/50 telecommunications",
	    "q:1:10: there are no paragraphs" },
	{ "toyota/F50/ and x", "lead:toyota AND x", "q:1:7: lead:" },
	{ "atleast5 microsoft", "ATLEAST/5(microsoft)", NULL },
	{ "atleast2 a near3 b", "ATLEAST/2(a NEAR/3 b)", NULL },
	{ "hd=northern ireland and td=peace",
	    "title:\"northern ireland\" AND body:peace", "q:1:25: body: has" },
	{ "hd=(a or b)", "title:(a OR b)", NULL },
	{ "hd=a near5 b", "title:(a NEAR/5 b)", NULL },
	{ "hl=a", "title:a", "neither section" },
	{ "hlp=a", "lead:a", "first 60 words" },
	{ "lp=a", "lead:a", "first 60 words" },
	{ "by=smith", "author:smith", NULL },
	{ "a and la=en", "a AND lang:en", NULL },
	{ "a and la=(en or fr or zhcn)", "a AND lang:(en, fr, zh)", NULL },
	{ "a and la=klingon", NULL, "q:1:10: tocsin does not know" },
	{ "communicat* and wom?n", "communicat* AND wom?n", NULL },
	{ "engineer$", "engineer*", NULL },
	{ "engineer$3", "engineer*", "does not limit" },
	{ "cats?", "cats*", "does not limit" },
	{ "president % clinton", NULL, "q:1:11: exactly one word" },
	{ "ibm and ns=c11", NULL, "q:1:9: tocsin has no such codes" },
	{ "a and wc>1000", NULL, "how long an item is" },
	{ "a and date after 20200101", NULL, "it knows no dates" },
	{ "a near0 b", NULL, "q:1:3: tocsin counts from 1" },
	{ "a (b or c)", NULL, "what joins this" },
	{ "a and", NULL, "q:1:6: the query ends" },
	{ "(a and b", NULL, "q:1:1: this parenthesis" },
	{ "a)", NULL, "q:1:2: this parenthesis" },
	{ "\"a", NULL, "q:1:1: this quote" },
	{ "hd=(hlp=a)", NULL, "a field inside" },
	{ "(a and b) near5 c", NULL, "q:1:11: only words" },
	{ "", NULL, "the query is empty" },
};

static const struct translation nexis[] = {
	{ "cat W/25 dog", "cat NEAR/25 dog", NO_PLURALS },
	{ "\"cat\" w/25 \"dog\"", "cat NEAR/25 dog", NULL },
	{ "bankrupt! /5 discharg!", "bankrupt* NEAR/5 discharg*", NULL },
	{ "recycl! near/3 packag!", "recycl* NEAR/3 packag*", NULL },
	{ "cat! pre/3 dog!", "cat* PRE/3 dog*", NULL },
	{ "cat! onear/3 dog!", "cat* PRE/3 dog*", NULL },
	{ "cat! +3 dog!", "cat* PRE/3 dog*", NULL },
	{ "cat! w/s dog!", "cat* NEAR/20 dog*", "no sentences" },
	{ "cat! w/sent dog!", "cat* NEAR/20 dog*", "no sentences" },
	{ "cat! /s dog!", "cat* NEAR/20 dog*", "no sentences" },
	{ "cat! w/p dog!", "cat* NEAR/50 dog*", "no paragraphs" },
	{ "cat! w/para dog!", "cat* NEAR/50 dog*", "no paragraphs" },
	{ "cat! /p dog!", "cat* NEAR/50 dog*", "no paragraphs" },
	{ "cat! w/seg dog!", "cat* NEAR/1000 dog*", "of one field" },
	{ "cat! /seg dog!", "cat* NEAR/1000 dog*", "of one field" },
	{ "rico! not w/5 puerto!", "rico* NOT NEAR/5 puerto*", NULL },
	{ "rico! and not w/5 puerto!", "rico* NOT NEAR/5 puerto*", NULL },
	{ "rico! not pre/5 puerto!", NULL, "there is no NOT PRE" },
	{ "cat! & dog!", "cat* AND dog*", NULL },
	{ "cat! and not dog!", "cat* AND NOT dog*", NULL },
	{ "bankrupt! w/25 discharg! and stud! or college! or educat! w/5 "
	  "loan!",
	    "bankrupt* NEAR/25 discharg* AND (stud* OR college* OR educat*) "
	    "NEAR/5 loan*",
	    "q:1:36: read as Nexis does it" },
	{ "cat! w/10 dog! w/5 cow!", "cat* NEAR/10 (dog* NEAR/5 cow*)", NULL },
	{ "cat! and dog! or cow!", "cat* AND (dog* OR cow*)",
	    "read as Nexis does it" },
	{ "cat! or dog! and cow!", "(cat* OR dog*) AND cow*",
	    "read as Nexis does it" },
	{ "cat! and (dog! or cow!)", "cat* AND (dog* OR cow*)", NULL },
	{ "cat! and dog! not cow! or pig!",
	    "cat* AND dog* AND NOT (cow* OR pig*)", "read as Nexis" },
	{ "\"wom*n\"", "wom?n", NULL },
	{ "\"bank**\"", "bank*", "does not limit" },
	{ "atleast3(truce!)", "ATLEAST/3(truce*)", NULL },
	{ "ATLEAST5(caps(\"apple computer\"))",
	    "ATLEAST/5(=\"Apple Computer\" OR =\"APPLE COMPUTER\")",
	    "a capital first letter" },
	{ "allcaps(\"rico\")", "=RICO", NULL },
	{ "nocaps(\"Apple\")", "=apple", NULL },
	{ "caps(\"Élysée\")", NULL, "write =word" },
	{ "plural(\"terms\")", "terms", "as it is written" },
	{ "singular(\"term\")", "term", "as it is written" },
	{ "headline(cat! or dog!)", "title:(cat* OR dog*)", NULL },
	{ "headline (cat!)", "title:cat*", NULL },
	{ "hlead(cat!)", "lead:cat*", "first 60 words" },
	{ "lead(cat!)", "lead:cat*", "first 60 words" },
	{ "body(cat!)", "body:cat*", NULL },
	{ "byline(\"smith\")", "author:smith", NULL },
	{ "cat! and language(english or french)", "cat* AND lang:(en, fr)",
	    NULL },
	{ "date(aft 2020)", NULL, "it knows no dates" },
	{ "length(1200)", NULL, "how long an item is" },
	{ "length > 1200", NULL, "neither dates nor lengths" },
	{ "publication(times)", NULL, "no such codes" },
	{ "section(a)", NULL, "no such codes" },
	{ "subject(a)", NULL, "no such codes" },
	{ "term(a)", NULL, "no such codes" },
	{ "terms(a)", NULL, "no such codes" },
	{ "company(a)", NULL, "no such codes" },
	{ "person(a)", NULL, "no such codes" },
	{ "geographic(a)", NULL, "no such codes" },
};

static const struct translation brandwatch[] = {
	{ "apple juice", "\"apple juice\"", NULL },
	{ "apple AND juice", "apple AND juice", NULL },
	{ "apple OR juice NOT pie", NULL, "q:1:16: AND and OR side" },
	{ "apple OR juice AND pie", NULL, "q:1:16: AND and OR side" },
	{ "apple NOT (juice OR pie)", "apple AND NOT (juice OR pie)", NULL },
	{ "(apple OR orange) NEAR/5 phone", "(apple OR orange) NEAR/6 phone",
	    NULL },
	{ "logitech NEAR/2f keyboard", "logitech PRE/3 keyboard", NULL },
	{ "\"apple juice\"~5", "apple NEAR/6 juice", NULL },
	{ "((apple OR pear) AND (phone OR pad))~5",
	    "(apple OR pear) NEAR/6 (phone OR pad)", NULL },
	{ "(apple OR pear)~5", NULL, "q:1:16: ~ belongs" },
	{ "complain* AND customi?e", "complain* AND customi?e", NULL },
	{ "title:\"apple juice\"", "title:\"apple juice\"", NULL },
	{ "url:\"msn.com/news\"", "url:msn.com/news", NULL },
	{ "site:(bbc.co.uk OR msn.com)", "url:(bbc.co.uk OR msn.com)",
	    "q:1:1: url:" },
	{ "author:ladygaga AND tags:photography",
	    "author:ladygaga AND tag:photography", NULL },
	{ "apple AND language:en", "apple AND lang:en", NULL },
	{ "telecom OR {BT}", "telecom OR =BT", NULL },
	{ "raw:Google+", "=Google+", NULL },
	{ "{a\"b”c»}", "=\"a b”c»\"", NULL },
	{ "{\"}", "=“\"”", NULL },
	{ "raw:(Google OR BT)", "=Google OR =BT", NULL },
	{ "#MondayMotivation", "#MondayMotivation", NULL },
	{ "apple <<<fruit>>> AND pie", "apple AND pie", NULL },
	{ "country:gbr AND apple", NULL, "q:1:1: tocsin has nothing" },
	{ "rating:[3 TO 5]", NULL, "q:1:1: tocsin has nothing" },
	{ "{BT", NULL, "q:1:1: this brace" },
	{ "<<<a", NULL, "q:1:1: this comment" },
	{ "apple NEAR/1000 pie", NULL, "counts from 1 to 1000" },
};

static const struct translation lucene[] = {
	{ "a AND b", "a AND b", NULL },
	{ "a && b", "a AND b", NULL },
	{ "a || b", "a OR b", NULL },
	{ "a b", "a OR b", "q:1:3: words without operators" },
	{ "+a +b -c", "a AND b AND NOT c", NULL },
	{ "+a b", "a", "q:1:4: beside what must be there" },
	{ "a AND b -c", "a AND b AND NOT c", NULL },
	{ "a AND !b", "a AND NOT b", NULL },
	{ "(a OR b) AND NOT c", "(a OR b) AND NOT c", NULL },
	{ "a OR b AND c", NULL, "side by side" },
	{ "a AND b c", NULL, "side by side" },
	{ "a OR NOT b", NULL, "q:1:6: Lucene reads OR NOT" },
	{ "\"un council\"", "\"un council\"", NULL },
	{ "\"un council\"~5", "un PRE/6 council OR council PRE/4 un", NULL },
	{ "\"un council\"~1", "un PRE/2 council", NULL },
	{ "\"a b c\"~5", "a NEAR/6 b NEAR/6 c", "q:1:8: read as each" },
	{ "title:(gaza OR rafah)", "title:(gaza OR rafah)", NULL },
	{ "author:x AND url:y AND tag:z AND tags:w AND category:v",
	    "author:x AND url:y AND tag:(z AND w AND v)", NULL },
	{ "body:x AND content:y AND summary:z",
	    "body:x AND content:y AND summary:z", NULL },
	{ "a AND lang:en", "a AND lang:en", NULL },
	{ "a AND language:(en OR fr)", "a AND lang:(en, fr)", NULL },
	{ "evacuat* AND wom?n", "evacuat* AND wom?n", NULL },
	{ "\"a* b?\"", "\"a b\"", NULL },
	{ "a^2 AND b^0.5", "a AND b", "q:1:2: tocsin does not rank" },
	{ "(a OR b)^4", "a OR b", "tocsin does not rank" },
	{ "a\\:b AND c\\*", "\"a:b\" AND c", NULL },
	{ "/[mb]oat/", "/\\b(?:[mb]oat)\\b/i", "each word of its index" },
	{ "roam~", NULL, "q:1:5: tocsin has no fuzzy" },
	{ "roam~2", NULL, "q:1:5: tocsin has no fuzzy" },
	{ "date:[2002 TO 2003]", NULL, "q:1:1: tocsin has nothing" },
	{ "title:[a TO b]", NULL, "q:1:7: tocsin has no ranges" },
	{ "title:{a TO b}", NULL, "q:1:7: tocsin has no ranges" },
	{ "a AND )", NULL, "q:1:7: a word is expected" },
};

static void
test_translations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(factiva); i++)
		check(FOREIGN_FACTIVA, &factiva[i]);
	for (size_t i = 0; i < COUNTOF(nexis); i++)
		check(FOREIGN_NEXIS, &nexis[i]);
	for (size_t i = 0; i < COUNTOF(brandwatch); i++)
		check(FOREIGN_BRANDWATCH, &brandwatch[i]);
	for (size_t i = 0; i < COUNTOF(lucene); i++)
		check(FOREIGN_LUCENE, &lucene[i]);
}

static const struct {
	const char *query;
	unsigned tools;
} signs[] = {
	{ "gaza AND truce", 0 },
	{ "title:gaza AND \"w/5\"", 0 },
	{ "@gaza AND /a b/i", 0 },
	{ "gaza w/5 truce", 1 << FOREIGN_FACTIVA | 1 << FOREIGN_NEXIS },
	{ "hd=gaza", 1 << FOREIGN_FACTIVA },
	{ "headline(gaza)", 1 << FOREIGN_NEXIS },
	{ "gaza! AND truce", 1 << FOREIGN_NEXIS },
	{ "gaza NEAR/5f truce", 1 << FOREIGN_BRANDWATCH },
	{ "{UN} AND truce", 1 << FOREIGN_BRANDWATCH },
	{ "gaza && truce", 1 << FOREIGN_LUCENE },
	{ "language:en", 1 << FOREIGN_BRANDWATCH | 1 << FOREIGN_LUCENE },
};

static void
test_signs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(signs); i++) {
		struct config_text at = { .text = sv_of(signs[i].query) };
		size_t offset, length;

		if (foreign_signs(&at, &offset, &length) != signs[i].tools)
			fail_msg("%s: %x", signs[i].query,
			    foreign_signs(&at, &offset, &length));
	}
}

/* U+0000 ends no pattern. */
static void
test_zero_byte(void **state)
{
	struct str text, said;

	(void)state;
	str_init(&text, KiB(1));
	str_init(&said, KiB(4));
	translate(FOREIGN_LUCENE, SV("/a\0[bc]/"), &text, &said);
	assert_true(sv_eq(str_sv(&text), SV("/\\b(?:a\0[bc])\\b/i")));
	str_done(&text);
	str_done(&said);
}

static const struct {
	const char *query, *raised, *said;
} raises[] = {
	{ "a and b", "a AND b", "q:1:3: read as AND" },
	{ "a Or (b not c)", "a OR (b NOT c)", "q:1:9: read as NOT" },
	{ "a near/5 b Pre/2 c", "a NEAR/5 b PRE/2 c", "read as NEAR/5" },
	{ "a not near/3 b", "a NOT NEAR/3 b", "read as NEAR/3" },
	{ "atleast/3(x) and 2 of (a, b)", "ATLEAST/3(x) AND 2 OF (a, b)",
	    "q:1:20: read as OF" },
	{ "\"a and b\" AND c", "\"a and b\" AND c", "" },
	{ "a and \"b", "a AND \"b", "read as AND" },
	{ "a near b", "a NEAR b", "read as NEAR" },
};

static void
test_raised_operators(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(raises); i++) {
		struct config_text at = {
			.text = sv_of(raises[i].query), .line = 1, .column = 1
		};
		struct diags *d = diags_new();
		struct str out, said;

		str_init(&out, KiB(1));
		str_init(&said, KiB(4));
		at.file = diags_add_source(d, "q", at.text);
		foreign_raise(&at, &out, d);
		diags_brief(d, &said);
		assert_string_equal(str_c(&out), raises[i].raised);
		if (strstr(str_c(&said), raises[i].said) == NULL)
			fail_msg("%s: %s", raises[i].query, str_c(&said));
		str_done(&out);
		str_done(&said);
		diags_unref(d);
	}
}

/* Whatever is sent ends, and says why when it gives nothing. */
static void
test_hostile_queries(void **state)
{
	static const char *const parts[] = { "(", "title:", "-", "a AND ",
		"a OR ", "a w/9 ", "a b ", "atleast3(", "hd=", "NOT ", "\"",
		"{", "~", "/n5/", "\\", "a w/3 (b or ", "^2", "caps(",
		"\"a a a\"~3 OR ", "<<<>>>", "\xff", "a NEAR/2 " };

	(void)state;
	for (size_t i = 0; i < COUNTOF(parts); i++)
		for (unsigned tool = 0; tool < FOREIGN_NONE; tool++) {
			struct str query, text, said;
			struct config_text at = { .line = 1, .column = 1 };
			size_t offset, length;

			str_init(&query, KiB(64));
			str_init(&text, MiB(8));
			str_init(&said, MiB(1));
			while (str_adds(&query, parts[i]))
				;
			query.p[query.len / 2] = '\0';
			translate((enum foreign_tool)tool, str_sv(&query),
			    &text, &said);
			assert_true(text.len != 0 || said.len != 0);
			at.text = str_sv(&query);
			(void)foreign_signs(&at, &offset, &length);
			str_done(&query);
			str_done(&text);
			str_done(&said);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_translations),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_zero_byte),
		cmocka_unit_test(test_raised_operators),
		cmocka_unit_test(test_hostile_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
