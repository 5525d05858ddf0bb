/* tests/unit/test_lang.c: which language an item is in, and what filters make
 * of that. */
#include "filters/lang.h"

#include "base/limits.h"
#include "filters/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sv
detect(const char *text)
{
	struct langs *l = langs_new();
	struct sv v = sv_of(text), lang = lang_detect(l, &v, 1);

	langs_free(l);
	return lang;
}

static const struct {
	const char *lang, *text;
} texts[] = {
	{ "en", "The ministers said that they would not go back to the talks" },
	{ "fr",
	    "Les ministres ont dit qu'ils ne sont pas d'accord avec la loi" },
	{ "de",
	    "Die Minister sagten, dass sie nicht mehr für das Gesetz sind" },
	{ "es", "Los ministros dijeron que no están de acuerdo con la ley" },
	{ "pt", "Os ministros disseram que não estão de acordo com a lei" },
	{ "it", "I ministri hanno detto che non sono d'accordo con la legge" },
	{ "nl", "De ministers zeiden dat zij het niet eens zijn met de wet" },
	{ "sv", "Ministrarna sade att de inte är överens om den nya lagen" },
	{ "da",
	    "Ministrene siger, at de ikke er blevet enige om noget efter mødet" },
	{ "no",
	    "Statsrådene sier at de ikke er blitt enige om noe etter møtet" },
	{ "fi",
	    "Ministerit sanoivat, että he eivät ole samaa mieltä, mutta se on myös niin kuin ennen" },
	{ "pl", "Ministrowie powiedzieli, że nie zgadzają się na tę ustawę" },
	{ "cs",
	    "Ministři řekli, že se zákonem nesouhlasí, ale bude ještě čas" },
	{ "sk",
	    "Ministri povedali, že so zákonom nesúhlasia, ale ešte je čas a ľudia" },
	{ "hu",
	    "A miniszterek azt mondták, hogy nem értenek egyet a törvénnyel" },
	{ "ro",
	    "Miniștrii au spus că nu sunt de acord cu această lege și vor vota" },
	{ "tr",
	    "Bakanlar, yasa için çok daha fazla zaman gerektiğini ve bunun doğru olduğunu söyledi" },
	{ "vi", "Các bộ trưởng nói rằng họ không đồng ý với luật này" },
	{ "id",
	    "Para menteri mengatakan bahwa mereka tidak bisa setuju karena uang itu" },
	{ "ms",
	    "Para menteri berkata bahawa mereka tidak boleh bersetuju kerana wang itu" },
	{ "sw",
	    "Mawaziri walisema kwamba hawakubaliani na sheria hiyo kwa sababu ya watu" },
	{ "ru", "Министры сказали, что они не согласны с этим законом" },
	{ "uk", "Міністри сказали, що вони не згодні з цим законом" },
	{ "bg",
	    "Министрите казаха, че не са съгласни със закона, който ще се гласува" },
	{ "sr", "Министри су рекли да се не слажу са законом који је усвојен" },
	{ "ar", "قال الوزراء إنهم لا يوافقون على هذا القانون في البرلمان" },
	{ "fa",
	    "وزیران گفتند که با این قانون موافق نیستند و باید برای آن رای داد" },
	{ "ur", "وزیروں نے کہا کہ وہ اس قانون سے متفق نہیں ہیں" },
	{ "hi", "मंत्रियों ने कहा कि वे इस कानून से सहमत नहीं हैं" },
	{ "mr", "मंत्र्यांनी सांगितले की ते या कायद्याशी सहमत नाहीत आणि हा निर्णय आहे" },
	{ "am", "ሚኒስትሮቹ በዚህ ሕግ ላይ እንደማይስማሙ ተናግረዋል ይህ ነው" },
	{ "he", "השרים אמרו שהם אינם מסכימים לחוק" },
	{ "el", "Οι υπουργοί είπαν ότι δεν συμφωνούν" },
	{ "th", "รัฐมนตรีกล่าวว่าพวกเขาไม่เห็นด้วย" },
	{ "ko", "장관들은 그 법에 동의하지 않는다고 말했다" },
	{ "ja", "閣僚はその法律に賛成しないと述べた" },
	{ "zh", "部长们表示，他们不同意这项法律草案" },
	{ "zh", "部長們表示，他們不同意這項法律草案" },
	{ "ka", "მინისტრებმა თქვეს რომ არ ეთანხმებიან" },

	/* Foreign names and words change nothing. */
	{ "zh", "苹果公司 Apple 在北京发布新款手机 iPhone 的消息" },
	{ "en",
	    "The president of Россия said that he would not go to 北京 this year" },

	/* Rather none than a wrong one. */
	{ "", "" },
	{ "", "Reuters" },
	{ "", "Gaza" },
	{ "", "Hamas, Netanyahu, Rafah, Unicef" },
	{ "", "UN Security Council resolution" },
	{ "", "日本銀行総裁" },
	{ "", "12:30 1-0 2-1 (3-2)" },
	{ "", "\xFF\xFE\x80 \xC3\x28 \xF0\x9F" },
	{ "", "Ministri su rekli da se ne slažu sa zakonom" },
};

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct sv lang = detect(texts[i].text);

		if (!sv_is(lang, texts[i].lang))
			fail_msg("%s: '%.*s' instead of '%s'", texts[i].text,
			    SV_ARG(lang), texts[i].lang);
	}
}

static void
test_primary(void **state)
{
	static const char *const rows[][2] = { { "en-US", "en" },
		{ "en_GB", "en" }, { "zh-Hant-TW", "zh" }, { "zh-Hans", "zh" },
		{ "nb-NO", "no" }, { "nn", "no" }, { "NO", "NO" },
		{ "iw", "he" }, { "und", "" }, { "", "" }, { "*", "" } };

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct sv lang = lang_primary(sv_of(rows[i][0]));

		if (!sv_is(lang, rows[i][1]))
			fail_msg("%s: %.*s", rows[i][0], SV_ARG(lang));
	}
}

/* All of a long item is not read, and what is read may be cut anywhere. */
static void
test_long(void **state)
{
	struct langs *l = langs_new();
	struct str text;

	(void)state;
	str_init(&text, MiB(2));
	for (int i = 0; i < 1000; i++)
		(void)str_adds(&text, "că nu și ");
	for (size_t cut = 0; cut < 8; cut++) {
		struct sv v[] = { sv_from(str_sv(&text), cut),
			SV("The talks that were on have been off") };

		assert_true(sv_is(lang_detect(l, v, COUNTOF(v)), "ro"));
	}
	str_clear(&text);
	for (int i = 0; i < 100000; i++)
		(void)str_adds(&text, "a ");
	for (size_t n = 1; n <= 8; n++) {
		struct sv v[8];

		for (size_t i = 0; i < n; i++)
			v[i] = sv_sub(
			    str_sv(&text), 0, (LANG_DETECT_BYTES / n - 1) | 1);
		(void)lang_detect(l, v, n);
	}
	str_done(&text);
	langs_free(l);
}

static void
on_match(const struct match *m, void *arg)
{
	(void)m;
	(*(size_t *)arg)++;
}

#define GERMAN \
	"Jordanien und die Nachbarn haben sich nicht auf einen Plan geeinigt"
#define ENGLISH \
	"Jordanien is what the people of this town have called it for a year"

/* What is declared counts, whatever the text is in. */
static const struct {
	const char *filter, *lang, *title;
	bool matches;
} wired[] = {
	{ "match: jordanien AND lang:de", "", GERMAN, true },
	{ "match: jordanien AND lang:de", "", ENGLISH, false },
	{ "match: jordanien AND lang:de", "de-AT", ENGLISH, true },
	{ "match: jordanien AND lang:de", "en", GERMAN, false },
	{ "match: jordanien AND lang:de", "", "Jordanien", false },
	{ "match: jordanien AND lang:de", "und", GERMAN, true },
	{ "match: jordanien NOT lang:de", "", GERMAN, false },
	{ "{match: jordanien, lang: [de]}", "", GERMAN, true },
	{ "{match: jordanien, lang: [de-CH]}", "", ENGLISH, false },
	{ "{match: jordanien, lang: [de]}", "", "Jordanien", true },
	{ "match: \"@jordan\"", "", GERMAN, true },
	{ "match: \"@jordan\"", "", ENGLISH, false },
	{ "match: \"@jordan\"", "de", ENGLISH, true },
	{ "match: \"@jordan\"", "", "Jordanien", true },
	{ "match: \"@oslo\"", "nn-NO", "Kristiania", true },
	{ "match: \"@oslo\"", "no", "Kristiania", true },
	{ "match: \"@oslo\"", "zh-Hans", "Kristiania", false },
	{ "match: \"@oslo\"", "zh-Hans", "Aosilu", true },
};

static bool
matches(const char *filter, const char *lang, const char *title)
{
	struct diags *d = diags_new();
	struct matcher *m = matcher_new();
	struct item it = { .title = sv_of(title), .lang = sv_of(lang) };
	struct config *c;
	struct ruleset *r;
	struct str text;
	size_t n = 0;

	str_init(&text, KiB(4));
	(void)str_addf(&text,
	    "entities:\n"
	    "  jordan: {names: {de: [=Jordanien]}}\n"
	    "  oslo: {names: {nb: [=Kristiania], zh-Hant: [=Aosilu]}}\n"
	    "filters:\n  f: %s%s%s\n",
	    filter[0] == 'm' ? "{" : "", filter, filter[0] == 'm' ? "}" : "");
	c = config_parse("test", str_sv(&text), d);
	assert_non_null(c);
	r = ruleset_compile(c, d);
	assert_non_null(r);
	ruleset_match(r, m, &it, on_match, &n);
	ruleset_free(r);
	config_unref(c);
	matcher_free(m);
	diags_unref(d);
	str_done(&text);
	return n != 0;
}

static void
test_wired(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(wired); i++)
		if (matches(wired[i].filter, wired[i].lang, wired[i].title) !=
		    wired[i].matches)
			fail_msg("%s: lang '%s': %s", wired[i].filter,
			    wired[i].lang, wired[i].title);
}

/* One language; of texts in Fundus the country says which it should be, so that
 * an article in English of a Mexican paper counts against us. */
static const struct {
	const char *name;
	double precision, recall; /* floors */
} corpora[] = {
	{ "agnews-test", 0.99, 0.90 },
	{ "bbc2225", 0.99, 0.99 },
	{ "fundus", 0.92, 0.90 },
	{ "klue-ner-dev", 0.99, 0.99 },
	{ "reuters21578", 0.99, 0.70 },
	{ "thucnews-test-titles", 0.99, 0.85 },
	{ "ud-ar-pud", 0.97, 0.85 },
	{ "ud-de-pud", 0.97, 0.85 },
	{ "ud-he-htb-dev", 0.97, 0.95 },
	{ "ud-ja-gsd-test", 0.97, 0.95 },
	{ "ud-ru-pud", 0.97, 0.65 },
	{ "ud-th-pud", 0.97, 0.97 },
	{ "ud-tr-pud", 0.97, 0.40 },
	{ "ud-zh-pud", 0.97, 0.90 },
	{ "masakhanews-test250", 0.97, 0.55 },
};

struct counts {
	size_t all, said, right;
};

static void
count_line(const struct langs *l, const char *line, struct counts *n)
{
	json_t *o = json_loads(line, 0, NULL);
	struct sv gold = sv_of(json_string_value(json_object_get(o, "lang")));
	struct sv v[2] = { sv_of(
			       json_string_value(json_object_get(o, "title"))),
		sv_of(json_string_value(json_object_get(o, "text"))) };
	struct sv lang = lang_detect(l, v, COUNTOF(v));

	assert_non_null(o);
	n->all++;
	n->said += lang.len != 0;
	n->right += lang.len != 0 && sv_eq(lang, lang_primary(gold));
	json_decref(o);
}

static void
count_corpus(const struct langs *l, const char *path, struct counts *n)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;

	assert_non_null(f);
	while (getline(&line, &cap, f) >= 0)
		count_line(l, line, n);
	free(line);
	(void)fclose(f);
}

static void
check_floors(
    const char *name, const struct counts *n, double precision, double recall)
{
	double p = (double)n->right / (double)n->said;
	double r = (double)n->right / (double)n->all;

	print_message("%-20s %6zu items, precision %.4f, recall %.4f\n", name,
	    n->all, p, r);
	if (p < precision || r < recall)
		fail_msg("%s: under %.2f and %.2f", name, precision, recall);
}

static void
test_corpora(void **state)
{
	const char *data = getenv("TOCSIN_DATA");
	struct counts sum = { 0, 0, 0 };
	struct langs *l;

	(void)state;
	if (data == NULL) {
		print_message("skipped, no data\n");
		skip();
	}
	l = langs_new();
	for (size_t i = 0; i < COUNTOF(corpora); i++) {
		struct counts n = { 0, 0, 0 };
		char path[4096];

		(void)snprintf(path, sizeof(path),
		    "%s/filters/corpora/%s.jsonl", data, corpora[i].name);
		count_corpus(l, path, &n);
		check_floors(corpora[i].name, &n, corpora[i].precision,
		    corpora[i].recall);
		sum.all += n.all;
		sum.said += n.said;
		sum.right += n.right;
	}
	check_floors("all", &sum, 0.99, 0.75);
	langs_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_primary),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_wired),
		cmocka_unit_test(test_corpora),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
