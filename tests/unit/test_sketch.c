/* tests/unit/test_sketch.c: what sketches tell of two texts. */
#include "filters/sketch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct text scratch;

static struct sketch
sketch_of(const char *title, const char *body)
{
	struct item it = { .published = NO_TIME, .updated = NO_TIME };
	struct sketch s;

	it.title = sv_of(title);
	it.summary = sv_of(body);
	sketch_item(&scratch, &it, SV_NONE, &s);
	return s;
}

static enum likeness_kind
like(const struct sketch *a, const struct sketch *b, struct likeness *l)
{
	sketch_compare(a, b, 0, 0, l);
	return likeness_kind_of(l, a, b, false);
}

/* What does the rule make of two items? */
static enum likeness_kind
like_texts(
    const char *title_a, const char *a, const char *title_b, const char *b)
{
	struct sketch x = sketch_of(title_a, a), y = sketch_of(title_b, b);
	struct likeness l;
	enum likeness_kind k = like(&x, &y, &l);

	assert_int_equal(like(&y, &x, &l), k);
	return k;
}

#define LEAD \
	"KATHMANDU (Reuters) - The civil aviation authority of Nepal on " \
	"Friday grounded two helicopters whose pilots had landed near a " \
	"glacier without permission, saying that they put climbers in danger " \
	"and that their operators will have to pay a fine. "
#define REST \
	"Officials at the base camp said that several expeditions had filmed " \
	"the flights, which passed low over ropes and ladders that guides had " \
	"fixed in the ice fall only a week before. The operators deny that " \
	"anybody was at risk and speak of an emergency. A hearing is planned " \
	"for the coming month, after the season has ended and most of the " \
	"teams have left the valley for the capital. "
#define MORE "It was not clear who had hired the aircraft or for what. "
#define REST_2 \
	"Their teams carry oxygen and rope to the higher camps and bring " \
	"back what earlier ones have left behind, some of it decades old. "
#define THIRD \
	"In the ports ships with grain lie at anchor because nobody pays " \
	"for their cargo; brokers expect that this will last until spring. "
#define OTHER \
	"The price of bread rose again in the provinces of the north, where " \
	"bakers blame the cost of flour and the winter for it, while buyers " \
	"wait in long rows and the government promises to open its stores. "

#define FORM \
	"Property flooding is expected to begin this evening. Move family, " \
	"pets and valuables to a safe place. Turn off gas, electricity and " \
	"water supplies if it is safe to do so. Put flood protection " \
	"equipment in place. Our staff are closing flood gates. "

static const struct {
	const char *rule, *title_a, *a, *title_b, *b;
	enum likeness_kind like;
} rows[] = {
	{ "the same text under another headline", "Helicopters grounded",
	    LEAD REST, "Nepal acts on flights", LEAD REST, LIKE_TEXT },
	{ "case, quotes and blanks do not count", "Helicopters grounded",
	    "The pilots' flight near the glacier, he said, was wrong.",
	    "HELICOPTERS",
	    "THE PILOTS’ FLIGHT NEAR  THE GLACIER - HE SAID - WAS WRONG!",
	    LIKE_TEXT },
	{ "a teaser and the full text", "A", LEAD, "B", LEAD REST, LIKE_BODY },
	{ "the text with another after it", "A", LEAD REST, "B",
	    LEAD REST OTHER, LIKE_BODY },
	{ "a beginning that goes on in other words", "A",
	    LEAD MORE OTHER THIRD FORM, "B", LEAD MORE REST REST_2, LIKE_LEAD },
	{ "another text", "A", LEAD REST, "B", OTHER, LIKE_NOT },
	{ "a long title over bodies with words in common",
	    "Nepal grounds helicopters that landed near the glacier",
	    "The civil aviation authority of Nepal on Friday grounded them "
	    "all until further notice because they had no papers.",
	    "Nepal Grounds Helicopters that Landed Near the Glacier",
	    "The authority of Nepal on Friday told pilots to stay away from "
	    "ice falls wherever people might be at work below.",
	    LIKE_TITLE },
	{ "a long title alone", "Nepal grounds helicopters near the glacier",
	    "", "Nepal grounds helicopters near the glacier", OTHER,
	    LIKE_TITLE },
	{ "a rubric: the title, and nothing else",
	    "Letters to the editor of this week", LEAD REST,
	    "Letters to the editor of this week", OTHER, LIKE_NOT },
	{ "a short title says nothing", "Morning news", "", "Morning news",
	    OTHER, LIKE_NOT },
	{ "a template with other numbers", "Quake",
	    "A quake of magnitude 5.1 struck 33 km north of the town at 12:31 "
	    "on the coast, the survey said; no damage was reported.",
	    "Quake",
	    "A quake of magnitude 4.7 struck 48 km north of the town at 09:17 "
	    "on the coast, the survey said; no damage was reported.",
	    LIKE_NOT },
	{ "the same template with the same numbers", "Quake",
	    "A quake of magnitude 5.1 struck 33 km north of the town at 12:31 "
	    "on the coast, the survey said; no damage was reported.",
	    "Strong quake",
	    "A quake of magnitude 5.1 struck 33 km north of the town at 12:31 "
	    "on the coast, the survey said; some damage was reported.",
	    LIKE_BODY },
	{ "a template with another subject, in title and text",
	    "Flood Warning: River Severn at Shrewsbury",
	    "River levels rise on the River Severn at Shrewsbury. " FORM,
	    "Flood Warning: River Wye at Hereford",
	    "River levels rise on the River Wye at Hereford. " FORM, LIKE_NOT },
	{ "the same text, of which each title names something else",
	    "Severn rises", "The rivers Severn and Wye rise. " FORM,
	    "Warning for the Wye", "The rivers Severn and Wye rise. " FORM,
	    LIKE_TEXT },
	{ "a few words with another subject in the title only",
	    "Explosion in Kabul",
	    "Police said that an explosion was heard in the centre of the "
	    "city this morning.",
	    "Explosion in Lahore",
	    "Police said that an explosion was heard in the centre of the "
	    "city this morning.",
	    LIKE_NOT },
	{ "a turn of phrase in a short text", "A",
	    "A behind-the-scenes look at Harbour Lights. Find out more at "
	    "the box.",
	    "B",
	    "In this special edition we look back at ten years of making the "
	    "show - a behind the scenes look at how we made it, with long "
	    "talks with each of the cast, and much more!",
	    LIKE_NOT },
	{ "too short a body is none", "A", "Read more here", "B",
	    "Read more here", LIKE_NOT },
	{ "nothing at all", "", "", "", "", LIKE_NOT },
	{ "Chinese text", "标题一",
	    "尼泊尔民航局周五停飞两架直升机，称其飞行员未经许可在冰川附近降落，"
	    "危及登山者的安全，运营商将被罚款。",
	    "另一个标题",
	    "据报道，尼泊尔民航局周五停飞两架直升机，称其飞行员未经许可在冰川附"
	    "近降落，危及登山者的安全，运营商将被罚款。",
	    LIKE_BODY },
	{ "other Chinese text", "标题一",
	    "尼泊尔民航局周五停飞两架直升机，称其飞行员未经许可在冰川附近降落，"
	    "危及登山者的安全，运营商将被罚款。",
	    "另一个标题",
	    "北方各省的面包价格再次上涨，面包师将其归咎于面粉的成本和冬季的天气"
	    "，政府承诺开放仓库。",
	    LIKE_NOT },
};

static void
test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		enum likeness_kind k = like_texts(
		    rows[i].title_a, rows[i].a, rows[i].title_b, rows[i].b);

		if (k != rows[i].like)
			fail_msg("%s: %s, not %s", rows[i].rule,
			    likeness_name(k), likeness_name(rows[i].like));
	}
}

static void
test_contained(void **state)
{
	struct sketch full = sketch_of("A", LEAD REST);
	struct sketch more = sketch_of("B", LEAD REST OTHER);
	struct sketch other = sketch_of("C", OTHER);
	struct likeness l;

	(void)state;
	(void)like(&full, &full, &l);
	assert_true(likeness_contained(&l) >= 1);
	(void)like(&full, &more, &l);
	assert_true(likeness_contained(&l) > 0.9);
	(void)like(&full, &other, &l);
	assert_true(likeness_contained(&l) <= 0);
}

static void
test_overlap(void **state)
{
	const uint32_t a[] = { 1, 3, 5, 7 }, b[] = { 3, 4, 5, 6 };
	struct overlap o;

	(void)state;
	/* Whole sets: two of four. */
	o = sample_overlap(a, 4, b, 4, 8, 0);
	assert_int_equal(o.shared, 2);
	assert_true(o.contained >= 0.5 && o.contained <= 0.5);
	/* Full samples: nothing is known of b above 6. */
	o = sample_overlap(a, 4, b, 4, 4, 0);
	assert_int_equal(o.shared, 2);
	assert_true(o.contained > 0.66 && o.contained < 0.67);
	/* The 3 counts on neither side: one of three. */
	o = sample_overlap(a, 4, b, 4, 8, 2);
	assert_int_equal(o.shared, 1);
	assert_true(o.contained > 0.33 && o.contained < 0.34);
	o = sample_overlap(a, 0, b, 4, 4, 0);
	assert_int_equal(o.shared, 0);
}

static void
test_body(void **state)
{
	struct item it = { .summary = SV("short"),
		.content = SV("the longer one") };

	(void)state;
	assert_true(sv_is(sketch_body_of(&it), "the longer one"));
	it.summary = SV("now the longest of the two");
	assert_true(sv_is(sketch_body_of(&it), "now the longest of the two"));
	it.article = SV("page");
	assert_true(sv_is(sketch_body_of(&it), "page"));
}

static void
test_links(void **state)
{
	struct item it = { .title = SV("A"),
		.link = SV("https://www.a.org/1?utm_source=x"),
		.published = NO_TIME };
	struct sketch a, b;
	struct likeness l;

	(void)state;
	sketch_item(&scratch, &it, SV_NONE, &a);
	it.title = SV("B");
	it.link = SV("http://a.org/1");
	sketch_item(&scratch, &it, SV_NONE, &b);
	assert_int_equal(like(&a, &b, &l), LIKE_LINK);
	it.link = SV("http://a.org/2");
	sketch_item(&scratch, &it, SV_NONE, &b);
	assert_int_equal(like(&a, &b, &l), LIKE_NOT);
	it.link = SV("https://a.org/");
	sketch_item(&scratch, &it, SV_NONE, &a);
	sketch_item(&scratch, &it, SV_NONE, &b);
	assert_int_equal(like(&a, &b, &l), LIKE_NOT);
}

static void
test_new_numbers(void **state)
{
	struct sketch a = sketch_of("12 dead, 30 hurt", "");
	struct sketch b = sketch_of("12 dead, 45 hurt", "");
	struct sketch none = sketch_of("Many dead", "");

	(void)state;
	assert_true(sketch_has_new_numbers(&a, &b));
	assert_true(sketch_has_new_numbers(&b, &a));
	assert_false(sketch_has_new_numbers(&a, &a));
	assert_true(sketch_has_new_numbers(&a, &none));
	assert_false(sketch_has_new_numbers(&none, &a));
}

/* Kept by others for as long as they like: a change needs a new version. */
static void
test_bytes(void **state)
{
	struct sketch a = sketch_of("12 dead", LEAD REST), b;
	unsigned char bytes[SKETCH_BYTES];

	(void)state;
	memset(&b, 0x5A, sizeof(b));
	sketch_encode(&a, bytes);
	assert_true(sketch_decode(bytes, &b));
	assert_memory_equal(&a, &b, sizeof(a));
	for (size_t i = 0; i < 4; i++) {
		unsigned char kept = bytes[i];

		bytes[i] = 200; /* more hashes than there is room for */
		assert_false(sketch_decode(bytes, &b));
		bytes[i] = kept;
	}
	memset(&bytes[29], 0xFF, 8); /* two equal hashes */
	assert_false(sketch_decode(bytes, &b));
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
test_same_in_every_process(void **state)
{
	struct sketch s = sketch_of("Nepal grounds 12 helicopters", LEAD REST);

	(void)state;
	assert_int_equal(SKETCH_VERSION, 3);
	assert_int_equal(s.title, UINT64_C(0x5f987f6bf26c8209));
	assert_int_equal(s.body[0], 0x1c8f18b);
}

/* Many bytes, few or no words. */
static void
test_hostile(void **state)
{
	size_t n = MiB(1);
	char *letters = mem_alloc(n + 1), *words = mem_alloc(n + 1);
	struct sketch s;
	struct likeness l;

	(void)state;
	memset(letters, 'x', n);
	letters[n] = words[n] = '\0';
	for (size_t i = 0; i < n; i++)
		words[i] = i % 2 == 0 ? 'x' : ' ';
	s = sketch_of(letters, letters);
	assert_int_equal(like(&s, &s, &l), LIKE_NOT);
	s = sketch_of("", words);
	assert_int_equal(s.nbody, 1);
	assert_int_equal(like(&s, &s, &l), LIKE_TEXT);
	memset(words, '\xFF', n);
	s = sketch_of(words, words);
	assert_int_equal(s.nbody, 0);
	assert_int_equal(like(&s, &s, &l), LIKE_NOT);
	free(letters);
	free(words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_contained),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_new_numbers),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_same_in_every_process),
		cmocka_unit_test(test_hostile),
	};
	int failed;

	text_init(&scratch);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	text_done(&scratch);
	return failed;
}
