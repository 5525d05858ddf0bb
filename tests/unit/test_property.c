/* tests/unit/test_property.c: on random filters and items, what filters/ finds
 * is what a slow and obvious evaluator says. */
#include "filters/compile.h"
#include "filters/explain.h"
#include "filters/lang.h"
#include "random_filters.h"
#include "reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define FILTERS 100 /* of one ruleset */
#define ITEMS 10 /* for each of them */
#ifdef __SANITIZE_ADDRESS__
#define RULESETS 100
#else
#define RULESETS 1000
#endif
#define ENTITIES 4
#define SEED 20240326

/* One ruleset and what the reference makes of its filters. */
struct world {
	struct random random;
	struct arena arena;
	struct str yaml;
	struct config *config;
	struct ruleset *rules;
	struct reference *reference;
	struct matcher *matcher;
	struct langs *langs;
	struct random_item item;
	bool have[FILTERS];
	size_t pairs, matches;
};

static void
on_match(const struct match *m, void *arg)
{
	struct world *w = arg;

	w->have[m->index] = true;
}

static void
write_config(struct world *w)
{
	struct str query;

	str_clear(&w->yaml);
	str_init(&query, KiB(64));
	w->random.entities = ENTITIES;
	random_theme(&w->random);
	random_entities(&w->random, &w->yaml);
	(void)str_adds(&w->yaml, "filters:\n");
	for (unsigned i = 0; i < FILTERS; i++) {
		str_clear(&query);
		w->random.filter = i;
		random_query(&w->random, &query);
		(void)str_addf(&w->yaml, "  f%u: {match: ", i);
		random_quote(&w->yaml, str_sv(&query));
		if (random_is(&w->random, 8))
			(void)str_adds(&w->yaml, ", shout: yes");
		if (random_is(&w->random, 16))
			(void)str_adds(&w->yaml, ", lang: [en, ru]");
		if (random_is(&w->random, 8)) {
			str_clear(&query);
			random_query(&w->random, &query);
			(void)str_adds(&w->yaml, ", not: ");
			random_quote(&w->yaml, str_sv(&query));
		}
		(void)str_adds(&w->yaml, "}\n");
	}
	str_done(&query);
}

/* Says all of it: fail_msg() cuts long texts. */
static _Noreturn void
fail_with(const char *what, const struct str *text)
{
	(void)fprintf(stderr, "%s:\n%s\n", what, str_c(text));
	fail();
	abort();
}

static _Noreturn void
fail_refused(const struct diags *d)
{
	struct str out;

	str_init(&out, KiB(64));
	diags_brief(d, &out);
	fail_with("refused", &out);
}

static void
open_world(struct world *w)
{
	struct diags *d = diags_new();

	write_config(w);
	w->config = config_parse("random", str_sv(&w->yaml), d);
	if (w->config == NULL)
		fail_refused(d);
	diags_clear(d); /* of warnings */
	w->rules = ruleset_compile(w->config, d);
	if (w->rules == NULL)
		fail_refused(d);
	arena_clear(&w->arena);
	w->reference = reference_new(&w->arena, w->config);
	diags_unref(d);
}

static void
close_world(struct world *w)
{
	ruleset_free(w->rules);
	config_unref(w->config);
}

/* What the texts of an item are, with fields that are empty left out. */
static void
describe(const struct item *it, struct str *out)
{
	const struct sv texts[] = { it->title, it->summary, it->content,
		it->article, it->link, it->author, it->categories[0],
		it->lang };
	static const char *const names[] = { "title", "summary", "content",
		"article", "link", "author", "tag", "lang" };

	for (size_t i = 0; i < COUNTOF(texts); i++)
		if (texts[i].len != 0)
			(void)str_addf(
			    out, "%s: \"%.*s\"\n", names[i], SV_ARG(texts[i]));
}

static struct reference_item *
read_item(struct world *w, struct arena *a)
{
	langs_begin(w->langs, &w->item.item);
	return reference_item(a, &w->item.item, langs_of_item(w->langs));
}

static bool
disagrees(struct world *w, size_t filter)
{
	struct arena arena;
	bool want;

	arena_init(&arena);
	w->have[filter] = false;
	ruleset_match(w->rules, w->matcher, &w->item.item, on_match, w);
	want = reference_holds(w->reference, filter, read_item(w, &arena));
	arena_done(&arena);
	return want != w->have[filter];
}

/* Drops what is not needed for the disagreement: halves, quarters ... of each
 * text, down to single bytes. */
static void
shrink_text(struct world *w, size_t filter, struct sv *text)
{
	for (size_t len = text->len; len > 0; len /= 2)
		for (size_t at = 0; at + len <= text->len;) {
			struct sv whole = *text;
			char *less = mem_alloc(whole.len + 1);

			memcpy(less, whole.p, at);
			memcpy(less + at, whole.p + at + len,
			    whole.len - at - len);
			*text = (struct sv) { less, whole.len - len };
			if (disagrees(w, filter))
				continue; /* the texts leak, the test fails */
			*text = whole;
			free(less);
			at++;
		}
}

static void
report(struct world *w, size_t filter)
{
	struct item *it = &w->item.item;
	struct sv *const texts[] = { &it->title, &it->summary, &it->content,
		&it->article, &it->link, &it->author, &it->categories[0],
		&it->lang };
	const struct config_filter *f = &w->config->filters[filter];
	struct str out;

	for (size_t i = 0; i < COUNTOF(texts); i++)
		shrink_text(w, filter, texts[i]);
	(void)disagrees(w, filter);
	str_init(&out, MiB(1));
	(void)str_addf(&out, "match: %.*s\n", SV_ARG(f->match.text));
	if (f->not .text.p != NULL)
		(void)str_addf(&out, "not: %.*s\n", SV_ARG(f->not .text));
	if (f->shout)
		(void)str_adds(&out, "shout: yes\n");
	if (f->lang.n != 0)
		(void)str_adds(&out, "lang: [en, ru]\n");
	describe(it, &out);
	if (sv_find(f->match.text, SV("@")) != f->match.text.len ||
	    sv_find(f->not .text, SV("@")) != f->not .text.len)
		(void)str_add(&out,
		    sv_sub(str_sv(&w->yaml), 0,
			sv_find(str_sv(&w->yaml), SV("filters:\n"))));
	(void)ruleset_explain(w->rules, filter, w->matcher, it, false, &out);
	fail_with(
	    w->have[filter] ? "filters/ says yes" : "filters/ says no", &out);
}

static void
check_item(struct world *w)
{
	struct reference_item *it;
	struct arena arena;

	random_item_fill(&w->random, &w->item);
	arena_init(&arena);
	it = read_item(w, &arena);
	memset(w->have, 0, sizeof(w->have));
	ruleset_match(w->rules, w->matcher, &w->item.item, on_match, w);
	for (size_t i = 0; i < FILTERS; i++) {
		if (reference_holds(w->reference, i, it) != w->have[i])
			report(w, i);
		w->pairs++;
		w->matches += w->have[i];
	}
	arena_done(&arena);
}

/* Explains all filters on the item that was checked last. */
static void
check_explanations(struct world *w)
{
	struct str out;

	str_init(&out, MiB(1));
	for (size_t i = 0; i < FILTERS; i++) {
		bool says = ruleset_explain(
		    w->rules, i, w->matcher, &w->item.item, false, &out);

		if (says != w->have[i])
			fail_msg("explained as %d: %s", says, str_c(&out));
		str_clear(&out);
	}
	str_done(&out);
}

static void
test_agreement(void **state)
{
	struct world w = { .random = { .state = SEED } };
	const char *seed = getenv("TOCSIN_SEED");
	bool all = getenv("TOCSIN_EXPLAIN") != NULL;

	(void)state;
	if (seed != NULL)
		w.random.state = strtoull(seed, NULL, 10);
	print_message("TOCSIN_SEED=%llu\n", (unsigned long long)w.random.state);
	arena_init(&w.arena);
	str_init(&w.yaml, MiB(4));
	random_item_init(&w.item);
	w.matcher = matcher_new();
	w.langs = langs_new();
	for (size_t i = 0; i < RULESETS; i++) {
		open_world(&w);
		for (size_t k = 0; k < ITEMS; k++) {
			check_item(&w);
			if (all || k == ITEMS - 1)
				check_explanations(&w);
		}
		close_world(&w);
	}
	print_message("%zu pairs, %zu match; explained: %s\n", w.pairs,
	    w.matches, all ? "all" : "those of one item in ten");
	/* Both answers are common, or the test says little. */
	assert_in_range(w.matches, w.pairs / 4, w.pairs * 3 / 4);
	matcher_free(w.matcher);
	langs_free(w.langs);
	random_item_done(&w.item);
	str_done(&w.yaml);
	arena_done(&w.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
