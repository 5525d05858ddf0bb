/* tests/unit/test_harvest.c: which names of others are taken over, and how. */
#include "filters/harvest.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define ALIASES 4

/* One language: the label and other names, and what comes of them. */
static const struct {
	const char *lang, *label, *aliases[ALIASES], *code, *out;
} rows[] = {
	{ "en", "Gaza Strip", { "Gaza" }, "",
	    "\"en\": [\"Gaza Strip\", \"Gaza\"]\n" },
	{ "zh-hans", "加沙地带", { "加沙", "加" }, "",
	    "\"zh\": [\"加沙地带\", \"加沙\"]\n# left out: 加 (short)\n" },
	{ "nb", "Tyrkia", { NULL }, "", "\"no\": [\"Tyrkia\"]\n" },
	{ "mul", "Angela Merkel", { NULL }, "",
	    "\"*\": [\"Angela Merkel\"]\n" },
	{ "simple", "Gaza", { NULL }, "", "\"en\": [\"Gaza\"]\n" },

	/* Case tells a name from a word. */
	{ "en", "Turkey", { NULL }, "", "\"en\": [\"=Turkey\"]\n" },
	{ "en", "NATO", { "Nato" }, "", "\"en\": [\"=NATO\", \"Nato\"]\n" },
	{ "en", "United Nations", { "UN", "un" }, "",
	    "\"en\": [\"United Nations\", \"=UN\"]\n"
	    "# left out: un (a frequent word)\n" },
	{ "he", "ארצות הברית", { "ארה\"ב" }, "",
	    "\"he\": [\"ארצות הברית\", \"ארה\\\"ב\"]\n" },

	/* What is no name. */
	{ "en", "Turkey", { "TR", "Republic of Turkey", "Turkey 2024" }, "TR",
	    "\"en\": [\"=Turkey\"]\n"
	    "# left out: TR (a code), Republic of Turkey (administrative), "
	    "Turkey 2024 (digits)\n" },
	{ "en", "G20", { NULL }, "", "\"en\": [\"=G20\"]\n" },
	{ "en", "United States", { "US" }, "US",
	    "\"en\": [\"United States\", \"=US\"]\n" },
	{ "en", "Gaza", { "Gaza (city)", "Gaza, Palestine", "Gaza*", "=Gaza" },
	    "",
	    "\"en\": [\"Gaza\"]\n"
	    "# left out: Gaza (city) (signs), Gaza, Palestine (signs), "
	    "Gaza* (signs), =Gaza (signs)\n" },
	{ "en", "Benjamin Netanyahu", { "Netanyahu", "Bibi" }, "",
	    "\"en\": [\"Benjamin Netanyahu\", \"Netanyahu\"]\n"
	    "# left out: Bibi (unlike the label)\n" },
	{ "en", "Kyiv", { "Kyjiv" }, "", "\"en\": [\"Kyiv\", \"Kyjiv\"]\n" },
	{ "en", "Kyiv", { "KYIV", "kyiv" }, "",
	    "\"en\": [\"Kyiv\", \"=KYIV\"]\n" },

	/* Nothing that could be used. */
	{ "e\"x", "Gaza", { NULL }, "", "" },
	{ "en", "(x)", { NULL }, "", "" },
	{ "en", "🇹🇷", { NULL }, "", "" },
	{ "en", "", { NULL }, "", "" },
	{ "e", "Gaza", { NULL }, "", "" },
};

/* The lines of the names, without what stands before them. */
static void
write_names(struct harvest *h, struct str *out)
{
	const struct harvest_about about = { .id = SV("Q1"), .key = SV("k") };
	struct str all;
	struct sv rest;

	str_init(&all, KiB(64));
	if (harvest_write(h, &about, &all)) {
		rest = str_sv(&all);
		rest = sv_from(
		    rest, sv_find(rest, SV("names:\n")) + strlen("names:\n"));
		for (struct sv line; sv_split(&rest, '\n', &line);)
			(void)str_addf(out, "%.*s\n", SV_ARG(sv_trim(line)));
	}
	str_done(&all);
}

static void
test_rows(void **state)
{
	struct harvest *h = harvest_new(SV_NONE, false);
	struct str out;

	(void)state;
	str_init(&out, KiB(64));
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct sv lang = sv_of(rows[i].lang);

		harvest_clear(h);
		harvest_add(h, lang, sv_of(rows[i].label), true);
		for (size_t k = 0; k < ALIASES && rows[i].aliases[k] != NULL;
		     k++)
			harvest_add(h, lang, sv_of(rows[i].aliases[k]), false);
		harvest_add_code(h, sv_of(rows[i].code));
		str_clear(&out);
		write_names(h, &out);
		if (strcmp(str_c(&out), rows[i].out) != 0)
			fail_msg("%s: %s", rows[i].label, str_c(&out));
	}
	str_done(&out);
	harvest_free(h);
}

/* What counts in every language stands there once; English comes first. */
static void
test_languages(void **state)
{
	struct harvest *h = harvest_new(SV("de, fr,en"), true);
	struct str out;

	(void)state;
	str_init(&out, KiB(64));
	harvest_add(h, SV("fr"), SV("Apple"), true);
	harvest_add(h, SV("fr"), SV("Pomme"), false);
	harvest_add(h, SV("de"), SV("Apple"), true);
	harvest_add(h, SV("de"), SV("Äpfel"), false);
	harvest_add(h, SV("en"), SV("Apple"), true);
	harvest_add(h, SV("en"), SV("Pomme"), false);
	harvest_add(h, SV("sv"), SV("Frukt"), true);
	write_names(h, &out);
	assert_string_equal(str_c(&out),
	    "\"en\": [\"=Apple\", \"Pomme\"]\n"
	    "\"de\": [\"=Apple\", \"Äpfel\"]\n"
	    "\"fr\": [\"=Apple\"]\n");
	assert_true(sv_is(harvest_label(h), "Apple"));
	str_done(&out);
	harvest_free(h);
}

static void
test_ceilings(void **state)
{
	struct harvest *h = harvest_new(SV_NONE, true);
	struct str name, out;

	(void)state;
	str_init(&name, KiB(64));
	str_init(&out, MiB(1));
	harvest_add(h, SV("en"), SV("Gaza"), true);
	for (int i = 0; i < 20000; i++)
		(void)str_addc(&name, 'a');
	harvest_add(h, SV("en"), str_sv(&name), false);
	for (size_t i = 0; i < HARVEST_NAMES + 10; i++) {
		str_clear(&name);
		(void)str_addf(&name, "Gaza %c%c%c", (int)('a' + i % 26),
		    (int)('a' + i / 26 % 26), (int)('a' + i / 676));
		harvest_add(h, SV("en"), str_sv(&name), false);
	}
	write_names(h, &out);
	assert_null(strstr(str_c(&out), "aaaaaaaa\""));
	assert_non_null(strstr(str_c(&out), "\"Gaza aab\""));
	assert_null(strstr(str_c(&out), str_c(&name)));
	str_done(&name);
	str_done(&out);
	harvest_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
