/* tests/unit/test_lexicon.c: the words of many filters, found in one pass that
 * neither allocates nor grows with their number. */
#include "filters/lexicon.h"

#include "filters/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The sanitizers have an allocator of their own. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer)
#define COUNTS_ALLOCATIONS
#endif
#else
#define COUNTS_ALLOCATIONS
#endif
#endif

static size_t allocations;

#ifdef COUNTS_ALLOCATIONS
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

void *
malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	allocations++;
	return __libc_realloc(p, size);
}
#endif

/* What was found: atom, first and last token. */
struct log {
	struct str text;
};

static void
on_found(uint32_t atom, size_t first, size_t last, void *arg)
{
	struct log *log = arg;

	(void)str_addf(&log->text, "%u:%zu-%zu ", atom, first, last);
}

static void
add(struct lexicon *l, const char *words)
{
	bool exact = words[0] == '=';
	struct err e;
	uint32_t atom;

	if (!lexicon_add(l, sv_of(words + exact), exact, &atom, &e))
		fail_msg("%s: %s", words, e.msg);
}

static void
assert_finds(const struct lexicon *l, const char *text, const char *want)
{
	struct log log;
	struct text t;

	str_init(&log.text, MiB(1));
	text_init(&t);
	text_clear(&t, l->seed);
	text_add(&t, FIELD_CONTENT, sv_of(text));
	lexicon_find(l, &t, on_found, &log);
	assert_string_equal(str_c(&log.text), want);
	text_done(&t);
	str_done(&log.text);
}

static void
test_sequences_share_their_beginning(void **state)
{
	static const char *const words[] = { "bank", "bank of", "bank of china",
		"bank of chi*", "=Bank of China", "ban* of", "bank* account",
		"cease-fire talks", "of" };
	struct lexicon l;

	(void)state;
	lexicon_init(&l, 7);
	for (size_t i = 0; i < COUNTOF(words); i++)
		add(&l, words[i]);
	lexicon_seal(&l);
	assert_finds(&l, "The Bank of China",
	    "0:1-1 4:1-3 1:1-2 2:1-3 3:1-3 "
	    "5:1-2 8:2-2 ");
	assert_finds(&l, "a bank of chile", "0:1-1 1:1-2 3:1-3 5:1-2 8:2-2 ");
	assert_finds(&l, "banks account for it", "6:0-1 ");
	assert_finds(&l, "ceasefire talks, cease-fire talks, cease fire talks",
	    "7:0-1 7:2-4 7:2-4 7:5-7 ");
	assert_finds(&l, "bank. of", "0:0-0 1:0-1 5:0-1 8:1-1 ");
	assert_finds(&l, "china of bank", "8:1-1 0:2-2 ");
	lexicon_done(&l);
}

/* Each place would be compared with each name: minutes. */
static void
test_names_that_begin_alike(void **state)
{
	const size_t names = 20000, bytes = MiB(1);
	clock_t begin = clock();
	struct lexicon l;
	struct str text, one;
	struct text t;
	struct log log;

	(void)state;
	lexicon_init(&l, 7);
	str_init(&text, bytes + KiB(1));
	str_init(&one, KiB(1));
	str_init(&log.text, MiB(1));
	for (size_t i = 0; i < names; i++) {
		str_clear(&one);
		(void)str_addf(&one, "united nations office n%zu", i);
		add(&l, str_c(&one));
		str_clear(&one);
		(void)str_addf(&one, "unit* n%zu", i);
		add(&l, str_c(&one));
	}
	lexicon_seal(&l);
	while (text.len < bytes)
		(void)str_adds(&text, "united nations office ");
	(void)str_adds(&text, "n17");
	text_init(&t);
	text_clear(&t, l.seed);
	text_add(&t, FIELD_CONTENT, str_sv(&text));
	lexicon_find(&l, &t, on_found, &log);
	str_clear(&one);
	(void)str_addf(&one, "34:%zu-%zu ", t.ntokens - 4, t.ntokens - 1);
	assert_string_equal(str_c(&log.text), str_c(&one));
	if (clock() - begin > 10 * CLOCKS_PER_SEC)
		fail_msg("too slow");
	text_done(&t);
	str_done(&text);
	str_done(&one);
	str_done(&log.text);
	lexicon_done(&l);
}

static const char config[] =
    "feeds: {f: {url: 'https://a.example/feed'}}\n"
    "destinations: {d: {type: stdout}}\n"
    "entities:\n"
    "  gaza: {names: [Gaza, Gaza Strip], never: [Gaza Street]}\n"
    "filters:\n"
    "  words: {match: '(ceasefire OR truce*) AND @gaza NOT sport'}\n"
    "  near: {match: '(aid OR convoy) NEAR/5 (\"rafah crossing\" OR =UN)'}\n"
    "  counts: {match: 'ATLEAST/2(aid) OR 2 OF (israel, egypt, qatar)'}\n"
    "  field: {match: 'title: hostage* PRE/9 deal'}\n";

static const char *const texts[] = {
	"A cease-fire in the Gaza Strip: aid waits at the Rafah crossing",
	"Egypt and Qatar on a hostage deal; the UN sends aid",
	"Aid, more aid: truces of Gaza Street, 1,000 in the U.S.",
	"غزة بغزة والأمم 今天加沙停火 カタカナ",
};

static void
on_match(const struct match *m, void *arg)
{
	size_t *matches = arg;

	(void)m;
	(*matches)++;
}

static size_t
match_all(const struct ruleset *r, struct matcher *m)
{
	size_t matches = 0;

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		const struct item it = { .title = sv_of(texts[i]),
			.content = sv_of(texts[i]) };

		ruleset_match(r, m, &it, on_match, &matches);
	}
	return matches;
}

static void
test_matching_allocates_nothing(void **state)
{
	struct diags *d = diags_new();
	struct config *c = config_parse("test", sv_of(config), d);
	struct ruleset *r = c == NULL ? NULL : ruleset_compile(c, d);
	struct matcher *m = matcher_new();
	size_t before, matches;

	(void)state;
	assert_non_null(r);
	for (size_t i = 0; i < 30; i++)
		matches = match_all(r, m);
	assert_int_equal(matches, 7);
	before = allocations;
	for (size_t i = 0; i < 30; i++)
		assert_int_equal(match_all(r, m), matches);
	assert_int_equal(allocations, before);
	matcher_free(m);
	ruleset_free(r);
	config_unref(c);
	diags_unref(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences_share_their_beginning),
		cmocka_unit_test(test_names_that_begin_alike),
		cmocka_unit_test(test_matching_allocates_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
