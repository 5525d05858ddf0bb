/* tests/unit/test_change.c: which changes of an item are news to those who know
 * it, in sentences as publishers change them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "filters/change.h"
#include "filters/change_words.h"

struct texts {
	const char *title, *lead;
};

static const struct change_case {
	const char *what;
	struct texts before, now;
	enum change expect;
} cases[] = {
	{ "nothing", { "Council adopts truce", "A vote." },
	    { "Council adopts truce", "A vote." }, CHANGE_NONE },
	{ "case, blanks, quotes, dashes and accents",
	    { "Council's cease-fire - the café", "" },
	    { "COUNCIL’S  CEASE‑FIRE – the cafe!", "" }, CHANGE_NONE },
	{ "a word in two", { "Cease fire now", "" }, { "Ceasefire now", "" },
	    CHANGE_NONE },
	{ "another title", { "Council adopts truce", "A vote." },
	    { "Council rejects truce", "A vote." }, CHANGE_TITLE },
	{ "a number in the title", { "3 die in strike", "" },
	    { "4 die in strike", "" }, CHANGE_TITLE },
	{ "a number that grows by a point", { "Up 3.5 percent", "" },
	    { "Up 35 percent", "" }, CHANGE_TITLE },
	{ "numbers that are joined", { "Vote 1 2", "" }, { "Vote 12", "" },
	    CHANGE_TITLE },
	{ "a letter that was missing", { "Council adops truce", "" },
	    { "Council adopts truce", "" }, CHANGE_NONE },
	{ "letters that were swapped", { "Marital law declared", "" },
	    { "Martial law declared", "" }, CHANGE_NONE },
	{ "another letter is another word", { "Strike on Iran", "" },
	    { "Strike on Iraq", "" }, CHANGE_TITLE },
	{ "so it is at the end of a long word", { "Talks with Austria", "" },
	    { "Talks with Austrie", "" }, CHANGE_TITLE },
	{ "and at its beginning", { "A legal strike", "" },
	    { "A llegal strike", "" }, CHANGE_NONE },
	{ "a first letter is never a slip", { "Armed men", "" },
	    { "Farmed men", "" }, CHANGE_TITLE },
	{ "two slips", { "Council adops trucce", "" },
	    { "Council adopts truce", "" }, CHANGE_TITLE },
	{ "another script", { "Совет принял резолюцию", "" },
	    { "Совет отклонил резолюцию", "" }, CHANGE_TITLE },
	{ "one character of Han", { "停火決議通過", "" },
	    { "停火決議否決", "" }, CHANGE_TITLE },
	{ "a clock", { "Live: truce talks, updated 12:31", "" },
	    { "Live: truce talks, updated 13:02 GMT", "" }, CHANGE_NONE },
	{ "a clock with am and pm", { "Truce talks 9:05 am ET", "" },
	    { "Truce talks 10:40 pm", "" }, CHANGE_NONE },
	{ "a score is no clock", { "Reds win 98:87", "" },
	    { "Reds win 99:87", "" }, CHANGE_TITLE },
	{ "minutes", { "Truce talks, 5 minutes ago", "" },
	    { "Truce talks, 12 minutes ago", "" }, CHANGE_NONE },
	{ "minutes in Russian", { "Переговоры, 5 минут назад", "" },
	    { "Переговоры, 7 минут назад", "" }, CHANGE_NONE },
	{ "comments", { "Truce", "Story. Points: 10 # Comments: 2" },
	    { "Truce", "Story. Points: 120 # Comments: 34" }, CHANGE_NONE },
	{ "the number of an update", { "UPDATE 1-Council adopts truce", "" },
	    { "UPDATE 2-Council adopts truce", "" }, CHANGE_NONE },
	{ "the first mark", { "Council adopts truce", "" },
	    { "UPDATED: Council adopts truce", "" }, CHANGE_NONE },
	{ "a lead", { "Truce", "The council voted on Monday." },
	    { "Truce", "The king spoke on Sunday." }, CHANGE_LEAD },
	{ "one word of a short lead", { "Truce", "The army said three died." },
	    { "Truce", "The army said seven died." }, CHANGE_LEAD },
	{ "one word of a longer one",
	    { "Truce",
		"The Security Council adopted a resolution on Monday that "
		"demands a halt to the fighting." },
	    { "Truce",
		"The Security Council passed a resolution on Monday that "
		"demands a halt to the fighting." },
	    CHANGE_NONE },
	{ "one number of a longer one",
	    { "Truce",
		"The Security Council adopted a resolution with 14 votes "
		"that demands a halt to the fighting." },
	    { "Truce",
		"The Security Council adopted a resolution with 12 votes "
		"that demands a halt to the fighting." },
	    CHANGE_LEAD },
	{ "a lead that comes late", { "Truce", "" },
	    { "Truce", "The council voted." }, CHANGE_LEAD },
	{ "a title that is left out", { "Truce holds", "The council voted." },
	    { "", "The council voted." }, CHANGE_NONE },
	{ "a lead that is left out", { "Truce", "The council voted." },
	    { "Truce", "" }, CHANGE_NONE },
	{ "a correction", { "Council adopts truce", "" },
	    { "CORRECTED-Council adopts truce", "" }, CHANGE_CORRECTION },
	{ "after a mark", { "UPDATE 1-Council adopts truce", "" },
	    { "UPDATE 2-CORRECTED-Council adopts truce", "" },
	    CHANGE_CORRECTION },
	{ "in brackets", { "Council adopts truce", "" },
	    { "[Correction] Council adopts truce", "" }, CHANGE_CORRECTION },
	{ "in the lead", { "Council adopts truce", "NEW YORK" },
	    { "Council adopts truce",
		"(Corrects spelling of name in first paragraph) NEW YORK" },
	    CHANGE_CORRECTION },
	{ "a second change of a corrected item",
	    { "CORRECTED-Council adopts truce", "" },
	    { "CORRECTED-Council adopts a truce in part", "" }, CHANGE_TITLE },
	{ "a correction of the market is none", { "Dow falls", "" },
	    { "Correction in stocks as Dow falls", "" }, CHANGE_TITLE },
	{ "a kill", { "Council adopts truce", "" },
	    { "KILL - Council adopts truce", "" }, CHANGE_WITHDRAWN },
	{ "and killings", { "Strike in town", "" },
	    { "Kill list found in town", "" }, CHANGE_TITLE },
	{ "withdrawn", { "Council adopts truce", "" },
	    { "STORY WITHDRAWN: Council adopts truce", "" }, CHANGE_WITHDRAWN },
	{ "withdrawn after a correction",
	    { "CORRECTED-Council adopts truce", "" },
	    { "WITHDRAWN-Council adopts truce", "" }, CHANGE_WITHDRAWN },
	{ "French", { "La trêve", "" }, { "Rectificatif : la trêve", "" },
	    CHANGE_CORRECTION },
	{ "Spanish", { "La tregua", "" }, { "Fe de errores: la tregua", "" },
	    CHANGE_CORRECTION },
	{ "German", { "Die Waffenruhe", "" },
	    { "(Zurückgezogen) Die Waffenruhe", "" }, CHANGE_WITHDRAWN },
	{ "Arabic", { "هدنة في غزة", "" }, { "تصحيح: هدنة في غزة", "" },
	    CHANGE_CORRECTION },
	{ "Russian", { "Перемирие", "" }, { "Аннулируется: Перемирие", "" },
	    CHANGE_WITHDRAWN },
	{ "Chinese", { "停火協議", "" }, { "（更正）停火協議", "" },
	    CHANGE_CORRECTION },
};

static struct wording
wording(const struct texts *t)
{
	return (struct wording) { sv_of(t->title), sv_of(t->lead) };
}

static void
changes_are_worth_what_they_say(void **state)
{
	struct text scratch;

	(void)state;
	text_init(&scratch);
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct wording a = wording(&cases[i].before),
			       b = wording(&cases[i].now);
		enum change got = change_between(&scratch, &a, &b);

		if (got != cases[i].expect)
			fail_msg(
			    "%s: is \"%s\"", cases[i].what, change_word(got));
	}
	text_done(&scratch);
}

/* Nothing that is told may hide behind a digest that is the same. */
static void
what_is_worth_something_has_another_digest(void **state)
{
	struct text scratch;

	(void)state;
	text_init(&scratch);
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct wording a = wording(&cases[i].before),
			       b = wording(&cases[i].now);

		if (cases[i].expect != CHANGE_NONE &&
		    change_digest(&scratch, &a) == change_digest(&scratch, &b))
			fail_msg("%s: has the same digest", cases[i].what);
	}
	text_done(&scratch);
}

static void
what_makes_no_difference_has_the_same_digest(void **state)
{
	static const char *const same[] = { "Council's cease-fire: 3,500 dead",
		"COUNCIL’S CEASEFIRE – 3500 dead…",
		"Live: council’s cease "
		"fire, 3500 dead 12:31" };
	struct text scratch;
	int64_t digest[COUNTOF(same)];

	(void)state;
	text_init(&scratch);
	for (size_t i = 0; i < COUNTOF(same); i++)
		digest[i] = change_digest(
		    &scratch, &(struct wording) { sv_of(same[i]), SV_NONE });
	assert_true(digest[0] == digest[1]);
	assert_true(digest[0] == digest[2]);
	assert_true(
	    change_digest(&scratch, &(struct wording) { SV("a"), SV("b") }) !=
	    change_digest(&scratch, &(struct wording) { SV("b"), SV("a") }));
	assert_true(change_digest(
			&scratch, &(struct wording) { SV_NONE, SV_NONE }) != 0);
	text_done(&scratch);
}

/* A row that is not as words are folded would match nothing. */
static void
every_notice_is_known_by_its_row(void **state)
{
#define ROW(phrase, kind) { phrase ": x", kind },
	static const struct {
		const char *title;
		enum change kind;
	} rows[] = { NOTICES(ROW) };
	struct text scratch;

	(void)state;
	text_init(&scratch);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct wording w = { sv_of(rows[i].title), SV_NONE };

		if (change_notice(&scratch, &w) != rows[i].kind)
			fail_msg("%s", rows[i].title);
	}
	text_done(&scratch);
}

static void
every_quiet_word_is_known_by_its_row(void **state)
{
#define MARK "Vote %s 1", "Vote %s 2"
#define AFTER MARK
#define EITHER MARK
#define BEFORE "Vote 1 %s", "Vote 2 %s"
#define QUIET(word, how) { word, { how } },
	static const struct {
		const char *word, *titles[2];
	} rows[] = { QUIET_WORDS(QUIET) };
	struct text scratch;
	struct str a, b;

	(void)state;
	text_init(&scratch);
	str_init(&a, 100);
	str_init(&b, 100);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct wording before, now;

		str_clear(&a);
		str_clear(&b);
		(void)str_addf(&a, rows[i].titles[0], rows[i].word);
		(void)str_addf(&b, rows[i].titles[1], rows[i].word);
		before = (struct wording) { str_sv(&a), SV_NONE };
		now = (struct wording) { str_sv(&b), SV_NONE };
		if (change_between(&scratch, &before, &now) != CHANGE_NONE)
			fail_msg("%s", rows[i].word);
	}
	str_done(&a);
	str_done(&b);
	text_done(&scratch);
}

/* Of a long text the beginning counts. */
static void
only_the_lead_counts(void **state)
{
	struct str before, now;
	struct text scratch;
	struct wording a, b;
	struct item it = { 0 };

	(void)state;
	text_init(&scratch);
	str_init(&before, KiB(64));
	for (size_t i = 0; i < 2000; i++)
		(void)str_addf(&before, "w%zu ", i);
	str_init(&now, KiB(64));
	(void)str_add(&now, str_sv(&before));
	(void)str_adds(&now, "and more");
	it.content = str_sv(&before);
	a = change_wording(&it);
	it.content = str_sv(&now);
	b = change_wording(&it);
	assert_true(a.lead.len <= CHANGE_LEAD_BYTES);
	assert_true(change_digest(&scratch, &a) == change_digest(&scratch, &b));
	str_done(&before);
	str_done(&now);
	text_done(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_worth_what_they_say),
		cmocka_unit_test(what_is_worth_something_has_another_digest),
		cmocka_unit_test(what_makes_no_difference_has_the_same_digest),
		cmocka_unit_test(every_notice_is_known_by_its_row),
		cmocka_unit_test(every_quiet_word_is_known_by_its_row),
		cmocka_unit_test(only_the_lead_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
