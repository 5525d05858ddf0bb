/* tests/unit/test_story.c: items find their story, in bounded memory. */
#include "filters/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_S 3600
#define DAY_S (24 * HOUR_S)
#define NOW INT64_C(1700000000)

#define NEPAL \
	"The civil aviation authority of Nepal on Friday grounded two " \
	"helicopters whose pilots had landed near a glacier without " \
	"permission, saying that they put climbers in danger and that their " \
	"operators will have to pay a fine."
#define BREAD \
	"The price of bread rose again in the provinces of the north, where " \
	"bakers blame the cost of flour and the winter for it, while buyers " \
	"wait in long rows and the government promises to open its stores."

static struct text scratch;

static struct story_item
make(unsigned number, const char *title, const char *body)
{
	struct story_item item = { .source = number };
	struct item it = { .published = NO_TIME, .updated = NO_TIME };

	it.title = sv_of(title);
	it.summary = sv_of(body);
	memcpy(item.id, &number, sizeof(number));
	sketch_item(&scratch, &it, SV_NONE, &item.sketch);
	return item;
}

static struct story_place
assign(struct story_index *ix, const struct story_item *item, int64_t now)
{
	struct story_place p;

	story_assign(ix, item, now, &p);
	return p;
}

static struct story_place
put(struct story_index *ix, unsigned number, const char *title,
    const char *body, int64_t now)
{
	struct story_item item = make(number, title, body);

	return assign(ix, &item, now);
}

static unsigned
number_of(const unsigned char id[STORY_ITEM_BYTES])
{
	unsigned n;

	memcpy(&n, id, sizeof(n));
	return n;
}

static void
test_copies(void **state)
{
	struct story_index *ix = story_new(100);
	struct story_place a, b, c, other;

	(void)state;
	a = put(ix, 1, "Helicopters grounded", NEPAL, NOW);
	assert_true(a.is_new);
	assert_int_equal(a.like, LIKE_NOT);
	assert_int_equal(a.items, 1);
	assert_int_equal(a.sources, 1);
	assert_int_equal(a.began, NOW);
	other = put(ix, 2, "Bread", BREAD, NOW);
	assert_true(other.is_new);
	assert_true(other.story != a.story);
	b = put(ix, 3, "Nepal acts", "KATHMANDU (AP) - " NEPAL " " BREAD,
	    NOW + HOUR_S);
	assert_false(b.is_new);
	assert_int_equal(b.like, LIKE_BODY);
	assert_true(b.story == a.story || b.story == other.story);
	c = put(ix, 4, "Flights over camps", NEPAL, NOW + 2 * HOUR_S);
	assert_int_equal(c.story, a.story);
	assert_int_equal(c.like, LIKE_TEXT);
	assert_int_equal(number_of(c.similar_to), 1);
	assert_true(c.contained >= 1);
	assert_int_equal(c.began, NOW);
	story_free(ix);
}

static void
test_new_numbers(void **state)
{
	struct story_index *ix = story_new(100);
	struct story_place p;

	(void)state;
	(void)put(ix, 1, "A", NEPAL " He named 12 and 17.", NOW);
	p = put(ix, 2, "A", NEPAL " He named 12 and 17.", NOW);
	assert_false(p.new_numbers);
	p = put(ix, 3, "A", NEPAL " He named 12 and 19.", NOW);
	assert_false(p.is_new);
	assert_true(p.new_numbers);
	story_free(ix);
}

/* The same first item, the same id; another one, another. */
static void
test_ids(void **state)
{
	struct story_index *a = story_new(10), *b = story_new(20);
	char id[STORY_ID_CHARS + 1];
	struct story_place p, q;

	(void)state;
	p = put(a, 7, "Helicopters", NEPAL, NOW);
	(void)put(b, 1, "Bread", BREAD, NOW);
	q = put(b, 7, "Helicopters", NEPAL, NOW + DAY_S);
	assert_int_equal(p.story, q.story);
	q = put(b, 7, "Bread", BREAD, NOW + 30 * DAY_S);
	assert_int_equal(p.story, q.story);
	q = put(b, 8, "Bread", BREAD, NOW + 60 * DAY_S);
	assert_true(p.story != q.story);
	story_id_text(p.story, id);
	assert_int_equal(strlen(id), STORY_ID_CHARS);
	assert_memory_equal(id, "sty_", 4);
	story_id_text(UINT64_MAX, id);
	assert_string_equal(id, "sty_7777777777776");
	story_free(a);
	story_free(b);
}

static void
test_window(void **state)
{
	struct story_index *ix = story_new(100);
	struct story_place first, p;

	(void)state;
	first = put(ix, 1, "A", NEPAL, NOW);
	p = put(ix, 2, "B", NEPAL, NOW + STORY_WINDOW_S);
	assert_int_equal(p.story, first.story);
	/* The second one is young, but its story is not. */
	p = put(ix, 3, "C", NEPAL, NOW + STORY_WINDOW_S + 1);
	assert_true(p.is_new);
	assert_true(p.story != first.story);
	p = put(ix, 4, "D", NEPAL, NOW + STORY_WINDOW_S + 2);
	assert_false(p.is_new);
	assert_int_equal(number_of(p.similar_to), 3);
	/* A clock that was set back. */
	p = put(ix, 5, "E", NEPAL, NOW);
	assert_false(p.is_new);
	story_free(ix);
}

static void
test_full(void **state)
{
	struct story_index *ix = story_new(3);
	struct story_place p;
	char body[200];

	(void)state;
	(void)put(ix, 1, "A", NEPAL, NOW);
	for (unsigned i = 2; i < 4; i++) {
		(void)snprintf(body, sizeof(body),
		    "w%u x%u y%u z%u v%u u%u t%u s%u r%u q%u", i, i, i, i, i, i,
		    i, i, i, i);
		(void)put(ix, i, "", body, NOW);
	}
	p = put(ix, 4, "B", NEPAL, NOW); /* takes the place of 1 */
	assert_false(p.is_new);
	(void)put(ix, 5, "C", BREAD, NOW);
	p = put(ix, 6, "D", NEPAL, NOW);
	assert_int_equal(number_of(p.similar_to), 4);
	(void)put(ix, 7, "E", BREAD, NOW);
	(void)put(ix, 8, "F", BREAD, NOW);
	(void)put(ix, 9, "G", BREAD, NOW);
	p = put(ix, 10, "H", NEPAL, NOW);
	assert_true(p.is_new);
	story_free(ix);
}

static void
on_member(const unsigned char id[STORY_ITEM_BYTES], int64_t time, void *arg)
{
	struct str *out = arg;

	(void)str_addf(out, "%u@%d ", number_of(id), (int)(time - NOW));
}

static void
test_members(void **state)
{
	struct story_index *ix = story_new(100);
	struct story_item item = make(3, "C", NEPAL);
	struct story_place p;
	struct str out;

	(void)state;
	str_init(&out, KiB(1));
	(void)put(ix, 1, "A", NEPAL, NOW);
	(void)put(ix, 2, "B", BREAD, NOW + 1);
	item.source = 1; /* the first one's */
	p = assign(ix, &item, NOW + 2);
	assert_int_equal(p.items, 2);
	assert_int_equal(p.sources, 1);
	p = put(ix, 4, "D", NEPAL, NOW + 3);
	assert_int_equal(p.items, 3);
	assert_int_equal(p.sources, 2);
	story_members(ix, p.story, NOW + 4, on_member, &out);
	assert_string_equal(str_c(&out), "4@3 3@2 1@0 ");
	str_clear(&out);
	story_members(ix, p.story + 1, NOW + 4, on_member, &out);
	assert_int_equal(out.len, 0);
	story_members(ix, p.story, NOW + 4 + STORY_WINDOW_S, on_member, &out);
	assert_int_equal(out.len, 0);
	str_done(&out);
	story_free(ix);
}

/* The same lines below two texts: of two sources they are a copy with another
 * beginning, of one source they may be its signature. */
static void
test_one_source(void **state)
{
	static const char above[] =
	    "Yesterday the queen went to the harbour to see the ships that "
	    "had come home from the war, and all who live there stood along "
	    "the walls and sang until it was dark and the wind turned cold "
	    "and drove them back to their houses on the hill. ";
	struct story_index *ix = story_new(10);
	char body[1000];

	(void)state;
	for (unsigned one = 0; one < 2; one++) {
		struct story_item a, b;

		(void)snprintf(body, sizeof(body), "%s" NEPAL, above);
		a = make(1, "", body);
		b = make(2, "", "Flights end now. " NEPAL);
		b.source = one ? a.source : b.source;
		(void)assign(ix, &a, NOW + one * 30 * DAY_S);
		assert_int_equal(
		    assign(ix, &b, NOW + one * 30 * DAY_S).is_new, one);
	}
	/* All of a text, and some more. */
	(void)snprintf(body, sizeof(body), NEPAL " %s", above);
	assert_true(put(ix, 3, "", body, NOW + 60 * DAY_S).is_new);
	(void)snprintf(body, sizeof(body), NEPAL " %s" BREAD, above);
	assert_false(put(ix, 3, "", body, NOW + 60 * DAY_S).is_new);
	story_free(ix);
}

/* What says nothing because a source has it in all its items. */
static void
test_boilerplate(void **state)
{
	struct story_index *ix = story_new(1000);
	struct story_place p = { 0 };
	struct story_item item;
	char body[1000];

	(void)state;
	for (unsigned i = 0; i < 2 * STORY_BOILERPLATE; i++) {
		(void)snprintf(
		    body, sizeof(body), "Item x%u y%u. " BREAD, i, i);
		item = make(i, "", body);
		item.source = 1;
		p = assign(ix, &item, NOW);
	}
	assert_true(p.is_new);
	/* Nor does it when two share something else. */
	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(body, sizeof(body),
		    "A few other words that both of them have. " BREAD
		    " v%u w%u x%u y%u z%u",
		    i, i, i, i, i);
		item = make(50 + i, "", body);
		item.source = 1;
		p = assign(ix, &item, NOW);
	}
	assert_true(p.is_new);
	/* At another source it still tells. */
	p = put(ix, 100, "", "Item of another one. " BREAD, NOW);
	assert_false(p.is_new);
	story_free(ix);
}

/* A rubric of one source, whose bodies have a few words in common. */
static void
test_many_titles(void **state)
{
	struct story_index *ix = story_new(STORY_ENTRIES / 8);
	unsigned begun = 0;
	char body[1000];

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		struct story_item item;

		(void)snprintf(body, sizeof(body),
		    "Good morning to all of you. a%u b%u c%u d%u e%u f%u g%u "
		    "h%u i%u j%u k%u l%u m%u n%u",
		    i, i, i, i, i, i, i, i, i, i, i, i, i, i);
		item = make(i, "The morning letter of our chief editor", body);
		item.source = i % 2;
		begun += assign(ix, &item, NOW + i).is_new;
	}
	assert_true(begun > 9900);
	story_free(ix);
}

/* The same item from ten thousand sources is one story. */
static void
test_many_copies(void **state)
{
	struct story_index *ix = story_new(20000);
	struct story_place first = put(ix, 0, "Bread", BREAD, NOW), p = first;

	(void)state;
	for (unsigned i = 1; i < 10000; i++) {
		p = put(ix, i, "Bread", BREAD, NOW + i);
		assert_int_equal(p.story, first.story);
	}
	assert_int_equal(p.items, STORY_STEPS);
	assert_int_equal(p.sources, STORY_STEPS);
	story_free(ix);
}

static void
test_hostile_items(void **state)
{
	struct story_index *ix = story_new(10);
	char *letters = mem_alloc(MiB(1) + 1);
	struct story_place p;

	(void)state;
	memset(letters, 'x', MiB(1));
	letters[MiB(1)] = '\0';
	p = put(ix, 1, letters, letters, NOW);
	assert_true(p.is_new);
	p = put(ix, 2, "", letters, NOW);
	assert_true(p.is_new);
	p = put(ix, 3, "", "", NOW);
	assert_true(p.is_new);
	p = put(ix, 4, "", "", INT64_MAX);
	assert_true(p.is_new);
	free(letters);
	story_free(ix);
}

/* An index that was restored goes on as the first one does. */
static void
test_restart(void **state)
{
	static unsigned char kept[50][STORY_ENTRY_BYTES];
	struct story_index *a = story_new(40), *b = story_new(40);
	struct story_place p, q;
	char body[1000];

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		(void)snprintf(body, sizeof(body), "%s t%u",
		    i % 3 == 0 ? NEPAL : BREAD, i / 7);
		(void)put(a, i, "", body, NOW + i);
		story_encode(a, kept[i]);
	}
	for (unsigned i = 0; i < 50; i++)
		assert_true(story_restore(b,
		    (struct sv) { (const char *)kept[i], STORY_ENTRY_BYTES }));
	for (unsigned i = 50; i < 100; i++) {
		(void)snprintf(body, sizeof(body), "%s t%u",
		    i % 5 < 3 ? NEPAL : BREAD, i / 7);
		p = put(a, i, "", body, NOW + i);
		q = put(b, i, "", body, NOW + i);
		assert_memory_equal(&p, &q, sizeof(p));
	}
	story_free(a);
	story_free(b);
}

static void
test_bad_bytes(void **state)
{
	struct story_index *ix = story_new(4);
	unsigned char bytes[STORY_ENTRY_BYTES];
	struct sv v = { (const char *)bytes, sizeof(bytes) };

	(void)state;
	(void)put(ix, 1, "A", NEPAL, NOW);
	story_encode(ix, bytes);
	assert_false(story_restore(ix, SV_NONE));
	assert_false(story_restore(ix, sv_sub(v, 0, v.len - 1)));
	bytes[0]++;
	assert_false(story_restore(ix, v));
	bytes[0]--;
	memset(bytes + 1, 0xFF, sizeof(bytes) - 1);
	assert_false(story_restore(ix, v));
	assert_false(put(ix, 2, "B", NEPAL, NOW).is_new);
	story_free(ix);
}

/* The oracle: what is remembered, in a list, and every one of it compared. */
#define RING 64
#define ORACLE_ITEMS 4000

struct seen {
	struct story_item item;
	struct story_place place;
	int64_t time;
};

static const struct seen *
best_of(const struct seen *all, size_t n, const struct seen *new)
{
	const struct seen *best = NULL;
	enum likeness_kind best_kind = LIKE_NOT;
	double best_contained = 0;

	for (size_t i = n < RING ? 0 : n - RING; i < n; i++) {
		const struct seen *s = &all[i];
		struct likeness l;
		enum likeness_kind k;
		double c;

		if (s->place.began < new->time - STORY_WINDOW_S)
			continue;
		sketch_compare(&new->item.sketch, &s->item.sketch, 0, 0, &l);
		k = likeness_kind_of(
		    &l, &new->item.sketch, &s->item.sketch, false);
		c = likeness_contained(&l);
		if (k != LIKE_NOT &&
		    (k > best_kind ||
			(k == best_kind && c >= best_contained))) {
			best = s;
			best_kind = k;
			best_contained = c;
		}
	}
	return best;
}

static void
write_random(struct str *out, unsigned *random)
{
	unsigned topic;

	str_clear(out);
	*random = *random * 1103515245 + 12345;
	topic = *random >> 16 & 31;
	for (unsigned i = 0; i < 40; i++) {
		*random = *random * 1103515245 + 12345;
		(void)str_addf(out, "w%u-%u ", topic,
		    (*random >> 16 & 15) == 0 ? *random >> 20 : i);
	}
}

static void
test_against_oracle(void **state)
{
	struct story_index *ix = story_new(RING);
	struct seen *all = mem_calloc(ORACLE_ITEMS, sizeof(*all));
	unsigned random = 1, joined = 0;
	int64_t time = NOW;
	struct str body;

	(void)state;
	str_init(&body, KiB(8));
	for (unsigned i = 0; i < ORACLE_ITEMS; i++) {
		struct seen *s = &all[i];
		const struct seen *best;

		write_random(&body, &random);
		s->item = make(i, "", str_c(&body));
		s->time = time += (int64_t)HOUR_S * (i & 7);
		best = best_of(all, i, s);
		s->place = assign(ix, &s->item, s->time);
		assert_int_equal(s->place.is_new, best == NULL);
		if (best == NULL)
			continue;
		joined++;
		assert_memory_equal(
		    s->place.similar_to, best->item.id, STORY_ITEM_BYTES);
		assert_int_equal(s->place.story, best->place.story);
	}
	assert_in_range(joined, ORACLE_ITEMS / 4, ORACLE_ITEMS * 3 / 4);
	str_done(&body);
	free(all);
	story_free(ix);
}

static void
test_sources(void **state)
{
	uint32_t bbc = story_source(SV("bbc.co.uk"), WIRE_NONE);
	uint32_t times = story_source(SV("times.example"), WIRE_NONE);

	(void)state;
	assert_true(bbc != times);
	assert_int_equal(story_source(SV("bbc.co.uk"), WIRE_AFP),
	    story_source(SV("times.example"), WIRE_AFP));
	assert_true(story_source(SV("bbc.co.uk"), WIRE_AFP) != bbc);
	assert_int_equal(story_source(SV("afp.com"), WIRE_NONE),
	    story_source(SV("times.example"), WIRE_AFP));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_new_numbers),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_one_source),
		cmocka_unit_test(test_boilerplate),
		cmocka_unit_test(test_many_titles),
		cmocka_unit_test(test_many_copies),
		cmocka_unit_test(test_hostile_items),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_bad_bytes),
		cmocka_unit_test(test_against_oracle),
		cmocka_unit_test(test_sources),
	};
	int failed;

	text_init(&scratch);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	text_done(&scratch);
	return failed;
}
