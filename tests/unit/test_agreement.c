/* tests/unit/test_agreement.c: a slow and obvious evaluator agrees with
 * ruleset_match() and ruleset_explain() on random queries and items. */
#include "filters/compile.h"
#include "filters/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS 20000
#define ITEMS_PER_QUERY 4
#define WORDS_MAX 24
#define KIDS_MAX 3
#define NODES_MAX 4000

/* Numbers from a fixed seed: the same test on every machine. */
static uint64_t random_state = 20240326;

static unsigned
pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u +
	    1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

static const char *const words[] = { "gaza", "gazan", "aid", "truce", "un",
	"rafah", "talks", "\u00e9lan" };

struct field_text {
	struct str text;
	char list[WORDS_MAX][16]; /* the words as they stand */
	size_t n;
};

struct test_item {
	struct field_text fields[2]; /* title, content */
};

enum kind {
	AND,
	OR,
	NOT,
	NEAR,
	LEAF
};

struct tree {
	enum kind kind;
	struct tree *kids[KIDS_MAX];
	size_t nkids;
	unsigned distance;
	bool ordered;
	/* A leaf: words in a row; the last may be cut short by a wildcard. */
	char leaf[3][16];
	size_t nwords;
	bool exact, wild;
	int field; /* -1: both */
};

static struct tree nodes[NODES_MAX];
static size_t nnodes;

/* As written, capitalised, or in capitals; letters beyond ASCII stay. */
static void
put_word(char out[16], const char *word)
{
	unsigned style = pick(6);

	for (size_t i = 0;; i++) {
		char c = word[i];

		if (c >= 'a' && c <= 'z' &&
		    (style == 0 || (style == 1 && i == 0)))
			c = (char)(c - 32);
		out[i] = c;
		if (c == '\0')
			return;
	}
}

static void
make_field(struct field_text *f)
{
	static const char *const gaps[] = { " ", " ", ", ", "-", " \u201c", "/",
		"'s " };

	str_clear(&f->text);
	f->n = pick(WORDS_MAX);
	for (size_t i = 0; i < f->n; i++) {
		put_word(f->list[i], words[pick(COUNTOF(words))]);
		(void)str_adds(&f->text, f->list[i]);
		(void)str_adds(&f->text, gaps[pick(COUNTOF(gaps))]);
	}
}

static struct tree *
make_leaf(int field)
{
	struct tree *t = &nodes[nnodes++];

	*t = (struct tree) { .kind = LEAF, .field = field };
	t->exact = pick(4) == 0;
	t->nwords = pick(3) == 0 ? 2 + pick(2) : 1;
	for (size_t i = 0; i < t->nwords; i++)
		put_word(t->leaf[i], words[pick(COUNTOF(words))]);
	if (strlen(t->leaf[t->nwords - 1]) > 3 && pick(4) == 0 &&
	    (unsigned char)t->leaf[t->nwords - 1][0] < 0x80) {
		t->leaf[t->nwords - 1][3] = '\0';
		t->wild = true;
	}
	return t;
}

static struct tree *make_tree(unsigned depth, int field, bool negative);

static struct tree *
make_group(enum kind kind, unsigned depth, int field)
{
	struct tree *t = &nodes[nnodes++];

	*t = (struct tree) { .kind = kind, .field = field };
	t->nkids = 2 + pick(KIDS_MAX - 1);
	for (size_t i = 0; i < t->nkids; i++)
		t->kids[i] = make_tree(depth - 1, field, kind == AND && i > 0);
	return t;
}

static struct tree *
make_near(int field)
{
	struct tree *t = &nodes[nnodes++];

	*t = (struct tree) { .kind = NEAR, .nkids = 2, .field = field };
	t->distance = 1 + pick(4);
	t->ordered = pick(3) == 0;
	t->kids[0] = make_leaf(field);
	t->kids[1] = make_leaf(field);
	return t;
}

static struct tree *
make_tree(unsigned depth, int field, bool negative)
{
	struct tree *t;

	if (field < 0 && pick(4) == 0)
		field = (int)pick(2);
	if (negative && pick(3) == 0) {
		t = &nodes[nnodes++];
		*t = (struct tree) { .kind = NOT, .nkids = 1 };
		t->kids[0] = make_tree(depth, field, false);
		return t;
	}
	if (depth == 0 || pick(3) == 0)
		return pick(4) == 0 ? make_near(field) : make_leaf(field);
	return make_group(pick(2) == 0 ? AND : OR, depth, field);
}

static void
write_tree(const struct tree *t, int field, struct str *out)
{
	static const char *const joints[] = { " AND ", " OR " };

	if (t->kind == NOT) {
		(void)str_adds(out, "NOT ");
		write_tree(t->kids[0], field, out);
		return;
	}
	if (t->field != field)
		(void)str_adds(out, t->field == 0 ? "title:" : "content:");
	if (t->kind != LEAF) {
		(void)str_addc(out, '(');
		for (size_t i = 0; i < t->nkids; i++) {
			if (i > 0 && t->kind == NEAR)
				(void)str_addf(out, " %s/%u ",
				    t->ordered ? "PRE" : "NEAR", t->distance);
			else if (i > 0)
				(void)str_adds(out, joints[t->kind]);
			write_tree(t->kids[i], t->field, out);
		}
		(void)str_addc(out, ')');
		return;
	}
	(void)str_adds(out, t->exact ? "=\"" : "\"");
	for (size_t i = 0; i < t->nwords; i++)
		(void)str_addf(out, "%s%s", i > 0 ? " " : "", t->leaf[i]);
	(void)str_adds(out, t->wild ? "*\"" : "\"");
}

static bool
same_word(const struct tree *t, size_t i, const char *have)
{
	const char *want = t->leaf[i];
	struct sv word = sv_of(have);

	if (t->wild && i + 1 == t->nwords)
		word = sv_sub(word, 0, strlen(want));
	return t->exact ? sv_is(word, want) : sv_iis(word, want);
}

static bool
is_shouted(const struct field_text *f)
{
	size_t cased = 0, upper = 0;

	for (size_t i = 0; i < f->n; i++) {
		cased++;
		for (const char *c = f->list[i]; *c != '\0'; c++) {
			if ((*c >= 'a' && *c <= 'z') || *c == '\xc3')
				return false;
			upper += *c >= 'A' && *c <= 'Z';
		}
	}
	return cased >= 4 && upper >= 10;
}

static bool
stands_at(const struct tree *t, const struct field_text *f, size_t at)
{
	if (at + t->nwords > f->n)
		return false;
	for (size_t i = 0; i < t->nwords; i++)
		if (!same_word(t, i, f->list[at + i]))
			return false;
	return true;
}

static bool
near_in(const struct tree *t, const struct field_text *f)
{
	const struct tree *l = t->kids[0], *r = t->kids[1];
	bool shouted = is_shouted(f);

	if (shouted && (l->exact || r->exact))
		return false;
	for (size_t a = 0; a < f->n; a++)
		for (size_t b = 0; b < f->n; b++) {
			size_t a_end = a + l->nwords, b_end = b + r->nwords;

			if (!stands_at(l, f, a) || !stands_at(r, f, b))
				continue;
			if (a_end <= b && b + 1 - a_end <= t->distance)
				return true;
			if (!t->ordered && b_end <= a &&
			    a + 1 - b_end <= t->distance)
				return true;
		}
	return false;
}

static bool
leaf_in(const struct tree *t, const struct field_text *f)
{
	if (t->exact && is_shouted(f))
		return false;
	for (size_t at = 0; at < f->n; at++)
		if (stands_at(t, f, at))
			return true;
	return false;
}

static bool
judge(const struct tree *t, const struct test_item *it)
{
	if (t->kind == NOT)
		return !judge(t->kids[0], it);
	if (t->kind == AND || t->kind == OR) {
		for (size_t i = 0; i < t->nkids; i++)
			if (judge(t->kids[i], it) == (t->kind == OR))
				return t->kind == OR;
		return t->kind == AND;
	}
	for (int f = 0; f < 2; f++)
		if ((t->field < 0 || t->field == f) &&
		    (t->kind == NEAR ? near_in(t, &it->fields[f])
				     : leaf_in(t, &it->fields[f])))
			return true;
	return false;
}

static void
on_match(const struct match *m, void *arg)
{
	(void)m;
	*(bool *)arg = true;
}

static struct ruleset *
compile(const char *query)
{
	struct diags *d = diags_new();
	struct ruleset *r = ruleset_compile_query(sv_of(query), NULL, d);
	struct str out;

	if (r == NULL) {
		str_init(&out, KiB(4));
		diags_brief(d, &out);
		fail_msg("refused: %s: %s", query, str_c(&out));
	}
	diags_unref(d);
	return r;
}

static bool
compare(const struct ruleset *r, struct matcher *m, const struct tree *t,
    const struct test_item *ti, const char *query)
{
	struct item it = { .title = str_sv(&ti->fields[0].text),
		.content = str_sv(&ti->fields[1].text) };
	bool want = judge(t, ti), have = false, explained;
	struct str why;

	str_init(&why, KiB(64));
	ruleset_match(r, m, &it, on_match, &have);
	explained = ruleset_explain(r, 0, m, &it, false, &why);
	if (have != want || explained != want)
		fail_msg("%s on \"%s | %s\": match %d, explain %d, expected "
			 "%d\n%s",
		    query, str_c(&ti->fields[0].text),
		    str_c(&ti->fields[1].text), have, explained, want,
		    str_c(&why));
	str_done(&why);
	return have;
}

static void
test_agreement(void **state)
{
	struct matcher *m = matcher_new();
	struct test_item it;
	struct str query;
	unsigned matched = 0;

	(void)state;
	str_init(&query, KiB(16));
	str_init(&it.fields[0].text, KiB(4));
	str_init(&it.fields[1].text, KiB(4));
	for (int i = 0; i < PAIRS / ITEMS_PER_QUERY; i++) {
		const struct tree *t;
		struct ruleset *r;

		nnodes = 0;
		t = make_tree(pick(3), -1, false);
		str_clear(&query);
		write_tree(t, -1, &query);
		r = compile(str_c(&query));
		for (int k = 0; k < ITEMS_PER_QUERY; k++) {
			make_field(&it.fields[0]);
			make_field(&it.fields[1]);
			matched += compare(r, m, t, &it, str_c(&query));
		}
		ruleset_free(r);
	}
	/* Both answers are common, or the test says little. */
	assert_in_range(matched, PAIRS / 5, PAIRS * 4 / 5);
	matcher_free(m);
	str_done(&query);
	str_done(&it.fields[0].text);
	str_done(&it.fields[1].text);
}

#define FILTERS 60

static void
on_one_of_many(const struct match *m, void *arg)
{
	((bool *)arg)[m->index] = true;
}

static struct ruleset *
compile_many(const struct tree **trees, struct str *text)
{
	struct diags *d = diags_new();
	struct config *c;
	struct ruleset *r;

	str_clear(text);
	(void)str_adds(text, "filters:\n");
	for (size_t i = 0; i < FILTERS; i++) {
		trees[i] = make_tree(pick(3), -1, false);
		(void)str_addf(text, "  f%zu: {match: '", i);
		write_tree(trees[i], -1, text);
		(void)str_adds(text, "'}\n");
	}
	c = config_parse("many", str_sv(text), d);
	assert_non_null(c);
	r = ruleset_compile(c, d);
	assert_non_null(r);
	config_unref(c);
	diags_unref(d);
	return r;
}

/* Each filter of many says what it says alone, whatever words they share. */
static void
test_many_at_once(void **state)
{
	const struct tree *trees[FILTERS];
	struct matcher *m = matcher_new();
	struct test_item it;
	struct str text;

	(void)state;
	str_init(&text, MiB(1));
	str_init(&it.fields[0].text, KiB(4));
	str_init(&it.fields[1].text, KiB(4));
	for (int round = 0; round < 20; round++) {
		struct ruleset *r;

		nnodes = 0;
		r = compile_many(trees, &text);
		for (int k = 0; k < 20; k++) {
			bool have[FILTERS] = { false };
			struct item item;

			make_field(&it.fields[0]);
			make_field(&it.fields[1]);
			item = (struct item) { .title = str_sv(
						   &it.fields[0].text),
				.content = str_sv(&it.fields[1].text) };
			ruleset_match(r, m, &item, on_one_of_many, have);
			for (size_t i = 0; i < FILTERS; i++)
				assert_int_equal(have[i], judge(trees[i], &it));
		}
		ruleset_free(r);
	}
	matcher_free(m);
	str_done(&text);
	str_done(&it.fields[0].text);
	str_done(&it.fields[1].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreement),
		cmocka_unit_test(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
