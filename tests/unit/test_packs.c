/* tests/unit/test_packs.c: the entities that are built in. */
#include "config/packs.h"

#include "filters/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_MIN 10
#define ENTITIES_MIN 90
#define FEED "\nfeeds: {a: {url: \"https://a.example/\"}}\n"

/* All packs and `more`; what is wrong goes to `problems`. */
static struct config *
load(const char *packs, const char *more, struct str *problems)
{
	struct diags *d = diags_new();
	struct config *c;
	struct str text;

	str_init(&text, KiB(16));
	(void)str_addf(&text, "packs: [%s]%s%s", packs, FEED, more);
	c = config_parse("test", str_sv(&text), d);
	diags_brief(d, problems);
	diags_unref(d);
	str_done(&text);
	return c;
}

static struct config *
load_all(const char *more)
{
	struct str problems;
	struct config *c;

	str_init(&problems, KiB(64));
	c = load("un, powers, crises", more, &problems);
	if (c == NULL)
		fail_msg("%s", str_c(&problems));
	str_done(&problems);
	return c;
}

static void
test_they_compile(void **state)
{
	struct config *c = load_all("");
	struct diags *d = diags_new();
	struct ruleset *r = ruleset_compile_query(SV("x"), c, d);
	struct str out;

	(void)state;
	str_init(&out, KiB(64));
	diags_print(d, false, &out);
	if (r == NULL || out.len != 0)
		fail_msg("%s", str_c(&out));
	str_done(&out);
	ruleset_free(r);
	diags_unref(d);
	config_unref(c);
}

static size_t
count_languages(const struct config_entity *e)
{
	struct map langs;
	size_t n;

	map_init(&langs);
	for (size_t i = 0; i < e->names.n; i++)
		if (strcmp(e->names.v[i].lang, "*") != 0)
			(void)map_put(
			    &langs, sv_of(e->names.v[i].lang), &langs);
	n = langs.live;
	map_done(&langs);
	return n;
}

/* The merge would hide that two packs have one entity each under a key. */
static void
test_content(void **state)
{
	struct config *c = load_all("");
	struct str none;
	struct map ids;
	size_t sum = 0;

	(void)state;
	map_init(&ids);
	str_init(&none, KiB(4));
	for (size_t i = 0; i < c->nentities; i++) {
		const struct config_entity *e = &c->entities[i];

		if (count_languages(e) < LANGUAGES_MIN)
			fail_msg("%s: few languages", e->name);
		if (e->label == NULL || e->type == NULL)
			fail_msg("%s: no name or type", e->name);
		if (e->wikidata != NULL &&
		    map_put(&ids, sv_of(e->wikidata), &ids) != NULL)
			fail_msg("%s is there twice", e->wikidata);
	}
	for (size_t i = 0; pack_at(i) != NULL; i++) {
		struct config *one = load(pack_at(i)->name, "", &none);

		assert_non_null(one);
		sum += one->nentities;
		config_unref(one);
	}
	assert_int_equal(c->nentities, sum);
	assert_true(sum >= ENTITIES_MIN);
	map_done(&ids);
	str_done(&none);
	config_unref(c);
}

static const struct {
	const char *entity, *title;
	bool matches;
} titles[] = {
	{ "unsc", "Le Conseil de sécurité de l'ONU se réunit", true },
	{ "unsc", "Совбез ООН принял резолюцию", true },
	{ "unsc", "联合国安理会通过决议", true },
	{ "unga", "BM Genel Kurulu toplandı", true },
	{ "guterres", "国連事務総長が声明", true },
	{ "unhcr", "UNHCR warnt vor neuer Krise", true },
	{ "unicef", "اليونيسف تحذر من الجوع", true },
	{ "unrwa", "אונר\"א מפסיקה לפעול", true },
	{ "iaea", "МАГАТЭ направит инспекторов", true },
	{ "icj", "Corte Internacional de Justicia falla", true },
	{ "icc", "International Criminal Court issues warrant", true },
	{ "imf", "IWF senkt Prognose", true },
	{ "imf", "The imf of a robot", false },
	{ "who", "WHO declares emergency", true },
	{ "who", "Who is to blame?", false },
	{ "china", "China and the world", true },
	{ "china", "She broke the fine china", false },
	{ "china", "El presidente de China llega", true },
	{ "china", "Double chin", false },
	{ "russia", "Войска России отошли", true },
	{ "russia", "Российские войска отошли", true },
	{ "uk", "British troops leave", true },
	{ "uk", "Wildfire in British Columbia", false },
	{ "nato", "NATO summit in The Hague", true },
	{ "nato", "Der Nato-Gipfel in Den Haag", true },
	{ "nato", "Il poeta nato a Firenze", false },
	{ "nato", "Nato a Roma, il regista ha detto che non è una storia vera",
	    false },
	{ "usa", "US strikes port", true },
	{ "usa", "Tell us more", false },
	{ "turkey", "Turkey votes", true },
	{ "turkey", "Turkey for Thanksgiving", false },
	{ "trump", "Trump signs order", true },
	{ "trump", "Diplomacy trumps war", false },
	{ "india", "印度总理访问", true },
	{ "india", "印度尼西亚地震", false },
	{ "iran", "المرشد الإيراني", true },
	{ "japan", "日本政府が発表", true },
	{ "south-korea", "한국은 발표했다", true },
	{ "gaza", "Gazze'de ateşkes", true },
	{ "gaza", "गाजा में युद्धविराम", true },
	{ "gaza",
	    "Совет Безопасности ООН принял резолюцию о прекращении огня в Газе",
	    true },
	{ "gaza", "Рада Безпеки ООН ухвалила резолюцію щодо Гази", true },
	{ "gaza", "Цены на газ выросли, о газе говорят все в ООН", false },
	{ "gaza", "Торговый центр в Газе", false },
	{ "ceasefire", "गाजा में युद्धविराम", true },
	{ "ceasefire", "Gaza cease-fire holds", true },
	{ "gaza", "They gaze at gazie", false },
	{ "iran", "The ira of the gods", false },
	{ "afghanistan", "Teklif kabul edildi", false },
	{ "south-korea", "Le seul homme", false },
	{ "yemen", "Tamasha la sanaa", false },
	{ "hamas", "하마스는 거부했다", true },
	{ "houthis", "Les Houthis tirent", true },
	{ "kyiv", "Взрывы в Киеве", true },
	{ "kyiv", "Chicken Kiev recipe", false },
	{ "ukraine", "Guerra en Ucrania", true },
	{ "sudan", "Fighting in Sudan", true },
	{ "sudan", "Fighting in South Sudan", false },
	{ "south-sudan", "Fighting in South Sudan", true },
	{ "al-qaeda", "Al Kaida meldet sich", true },
	{ "famine", "Hungersnot droht", true },
	{ "earthquake", "地震で津波", true },
	{ "tsunami", "地震で津波", true },
	{ "hostages", "שחרור החטופים", true },
	{ "cholera", "Cholera-Ausbruch", true },
	{ "sanctions", "EU-Staaten beschließen Sanktionen", true },
	{ "refugees", "Беженцы на границе", true },
};

static void
on_match(const struct match *m, void *arg)
{
	(void)m;
	(*(size_t *)arg)++;
}

static bool
matches(const struct config *c, const char *entity, const char *title)
{
	struct diags *d = diags_new();
	struct matcher *m = matcher_new();
	struct item it = { .title = sv_of(title) };
	struct ruleset *r;
	struct str query;
	size_t n = 0;

	str_init(&query, KiB(1));
	(void)str_addf(&query, "@%s", entity);
	r = ruleset_compile_query(str_sv(&query), c, d);
	if (r == NULL)
		fail_msg("no %s", entity);
	ruleset_match(r, m, &it, on_match, &n);
	ruleset_free(r);
	matcher_free(m);
	diags_unref(d);
	str_done(&query);
	return n != 0;
}

static void
test_titles(void **state)
{
	struct config *c = load_all("");

	(void)state;
	for (size_t i = 0; i < COUNTOF(titles); i++)
		if (matches(c, titles[i].entity, titles[i].title) !=
		    titles[i].matches)
			fail_msg("@%s: %s", titles[i].entity, titles[i].title);
	config_unref(c);
}

/* A key of one's own is one's own, with all that belongs to it. */
static void
test_own_entities_come_first(void **state)
{
	struct config *c = load_all(
	    "entities:\n"
	    "  gaza: {names: [Ghazza]}\n"
	    "  blue-helmets: {name: Blue Helmets, aka: [UNSC], names: [peacekeepers]}\n");

	(void)state;
	assert_true(matches(c, "gaza", "Ghazza"));
	assert_false(matches(c, "gaza", "Gaza"));
	assert_false(matches(c, "unsc", "Peacekeepers"));
	assert_true(matches(c, "\"blue helmets\"", "Peacekeepers"));
	assert_true(matches(c, "\"Gaza City\"", "Gaza City"));
	config_unref(c);
}

static const struct {
	const char *packs, *more, *said;
} problems[] = {
	{ "unn", "", "test:1:9: there is no pack 'unn'; did you mean 'un'?\n" },
	{ "un, crisis", "",
	    "test:1:13: there is no pack 'crisis'; did you mean 'crises'?\n" },
	{ "[un]", "", "test:1:9: expected a text, found a list\n" },
	{ "un, un", "", "" },
};

static void
test_problems(void **state)
{
	struct str said;

	(void)state;
	str_init(&said, KiB(4));
	for (size_t i = 0; i < COUNTOF(problems); i++) {
		str_clear(&said);
		config_unref(load(problems[i].packs, problems[i].more, &said));
		assert_string_equal(str_c(&said), problems[i].said);
	}
	str_done(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_they_compile),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_own_entities_come_first),
		cmocka_unit_test(test_problems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
