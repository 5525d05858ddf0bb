/* tests/unit/test_text.c: tokens and their forms, with ICU as the oracle of
 * folding. */
#include "filters/text.h"

#include "filters/fold.h"
#include "filters/plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#define SEED 42

/* The tokens of a text: words with blanks between, joined forms after +,
 * stems after ~, short ones after ~~. */
static void
render(struct sv v, struct str *out)
{
	static const char *const marks[] = { "", "+", "~", "~~" };
	struct text t;

	text_init(&t);
	text_clear(&t, SEED);
	text_add(&t, FIELD_CONTENT, v);
	for (size_t i = 0; i < t.ntokens; i++) {
		(void)str_adds(out, i == 0 ? "" : " ");
		for (size_t k = 0; k <= t.tokens[i].nmore; k++) {
			struct form f = text_form(&t, i, k);

			(void)str_adds(out, marks[f.kind]);
			(void)str_add(out, form_bytes(&t, &f));
		}
	}
	text_done(&t);
}

static const struct {
	const char *rule, *text, *tokens;
} rules[] = {
	{ "words are folded and stand apart", "Gaza, RAFAH (Sinai)",
	    "gaza rafah sinai" },
	{ "a sign may come first", "(Gaza) waits", "gaza waits" },
	{ "a possessive s takes no place", "Gaza's ceasefire, Gaza’s aid",
	    "gaza ceasefire gaza aid" },
	{ "an apostrophe splits", "l’ONU d'Israël",
	    "l+lonu onu "
	    "d+disrael israel" },
	{ "more than one letter before it is not joined", "Sana'a", "sana a" },
	{ "hyphenated words give parts and the whole", "state-of-the-art talks",
	    "state+stateoftheart of the art talks" },
	{ "every kind of hyphen", "cease‑fire", "cease+ceasefire fire" },
	{ "dotted acronyms are one word", "the U.N. and U.S.A, e.g. U.S.-led",
	    "the un and usa eg us+usled led" },
	{ "an initial is none", "J. Smith", "j smith" },
	{ "digits keep dots and lose commas", "1,000 or 3.5% or 2. five",
	    "1000 or 3.5 or 2 five" },
	{ "numbers are parts of hyphenated words",
	    "1,000-strong, 3.5-inch, a-1,000",
	    "1000+1000strong strong 3.5+3.5inch inch a+a1000 1000" },
	{ "a possessive s is no part of the whole, nor is what has it inside",
	    "cease-fire's end, 1960's-style, O'Brien's",
	    "cease+ceasefire fire end 1960 style o+obrien brien" },
	{ "an invisible sign does not end an acronym", "the u.s\u2060.a coast",
	    "the usa coast" },
	{ "a number may go on behind a hashtag", "#a1,000,000 #may-day-aid",
	    "a+a1 1 000000 may day+dayaid aid" },
	{ "an ampersand holds short names together", "AT&T, R&D; cats&dogs",
	    "at&t r&d cats dogs" },
	{ "addresses are no prose", "see https://example.org/gaza-aid now",
	    "see now" },
	{ "www. is one only with a word behind it",
	    "www. (gaza) www.“aid” www.a.example www.",
	    "www gaza www aid www" },
	{ "an address ends where Chinese goes on", "www.example.org/a加沙",
	    "加 沙" },
	{ "hashtags give parts and the whole", "#GazaCeasefire #UNRelief",
	    "gaza+gazaceasefire ceasefire un+unrelief relief" },
	{ "numbers part hashtags", "#may2024_aid", "may+may2024aid 2024 aid" },
	{ "a hashtag without capitals is one word", "#freegaza", "freegaza" },
	{ "mentions are words", "via @UN", "via un" },
	{ "joiners and soft hyphens are not there",
	    "Ga\u200bza cease\u00ADfire", "gaza ceasefire" },
	{ "diacritics, sharp s, ligatures, width",
	    "Málaga Straße ﬁle ＧＡＺＡ Łódź",
	    "malaga strasse file gaza lodz" },
	{ "Turkish dots", "İSTANBUL IĞDIR ışık", "istanbul igdir isik" },
	{ "short i and yi are letters, io is not", "мой мой Київ ёлка",
	    "мои\u0306 мои\u0306 киі\u0308в елка" },
	{ "digits of all scripts", "٢٠٢٤ ２０", "2024 20" },
	{ "Arabic forms, harakat and tatweel", "غَـزّة", "غزه" },
	{ "Arabic proclitics come off", "وبغزة", "وبغزه~بغزه~غزه" },
	{ "the article after li-", "للأمن", "للامن~لامن~الامن" },
	{ "two letters are a word in phrases only", "بلد", "بلد~~لد" },
	{ "Hebrew gershayim are part of the word", "האו״ם האו\"ם",
	    "האום~אום האום~אום" },
	{ "Hebrew proclitics come off", "שחמאס", "שחמאס~חמאס" },
	{ "Korean particles come off", "가자지구에서",
	    "가자지구에서~가자지구" },
	{ "jamo are composed", "\u1112\u1161\u11ab\u1100\u1173\u11af", "한글" },
	{ "Chinese is a token a character", "加沙US停火", "加 沙 us 停 火" },
	{ "half-width kana with voicing", "ｶﾞｻﾞ", "カ\u3099 サ\u3099" },
	{ "Indic vowel signs stay, the nukta goes", "गाज़ा", "गाजा" },
	{ "flags are pairs", "🇵🇸Gaza🔥🔥", "🇵🇸 gaza 🔥 🔥" },
	{ "variation selectors and skin tones vanish", "❤️ 👍🏽",
	    "❤ 👍" },
	{ "joined emoji are one", "👨\u200d👩\u200d👧", "👨👩👧" },
	{ "mathematical letters are letters", "𝐆𝐚𝐳𝐚", "gaza" },
	{ "look-alikes of other alphabets are not", "Gаza", "gаza" },
	{ "marks without a letter take no place", "a-\u0301-b \u0301",
	    "a+ab b" },
	{ "nor do letters that are nothing but marks", "N\uFCF3-b\uFCF3-\uFCF3",
	    "n+nb b" },
	{ "ill-formed bytes separate",
	    "a\xff"
	    "b\xc3",
	    "a b" },
};

static void
test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rules); i++) {
		struct str out;

		str_init(&out, KiB(4));
		render(sv_of(rules[i].text), &out);
		if (strcmp(str_c(&out), rules[i].tokens) != 0)
			fail_msg("%s: \"%s\" gives \"%s\", not \"%s\"",
			    rules[i].rule, rules[i].text, str_c(&out),
			    rules[i].tokens);
		str_done(&out);
	}
}

static void
test_places(void **state)
{
	static const char text[] = "Só  l’ONU’s café";
	struct text t;
	struct sv v;

	(void)state;
	text_init(&t);
	text_clear(&t, SEED);
	text_add(&t, FIELD_TITLE, sv_of("An earlier field"));
	text_add(&t, FIELD_CONTENT, sv_of(text));
	assert_int_equal(t.ntokens, 7);
	assert_int_equal(t.parts[1].first, 3);
	v = text_span(&t, 4, 6);
	assert_true(sv_is(v, "l’ONU’s café"));
	assert_ptr_equal(v.p, strstr(t.parts[1].text.p, "l’"));
	assert_int_equal(t.tokens[5].start, strlen("Só  l’"));
	text_done(&t);
}

static bool
is_shouted(const char *v)
{
	struct text t;
	bool shouted;

	text_init(&t);
	text_clear(&t, SEED);
	text_add(&t, FIELD_TITLE, sv_of(v));
	shouted = t.parts[0].shouted;
	text_done(&t);
	return shouted;
}

static void
test_shouting(void **state)
{
	(void)state;
	assert_true(is_shouted("WORLD HEALTH CHIEFS MEET IN GENEVA"));
	assert_true(is_shouted("ЦЕНЫ НА НЕФТЬ РАСТУТ: 加沙"));
	assert_true(is_shouted("IRAN's ENVOY MEETS O'BRIEN IN GENEVA"));
	assert_false(is_shouted("WORLD HEALTH CHIEFS MEET in GENEVA"));
	assert_false(is_shouted("UN, US, EU"));
	assert_false(is_shouted("加沙停火谈判"));
}

static void
test_lead_counts_half_words(void **state)
{
	struct text t;
	struct str v;

	(void)state;
	str_init(&v, KiB(4));
	for (int i = 0; i < 100; i++)
		(void)str_adds(&v, i < 40 ? "沙" : " word");
	text_init(&t);
	text_clear(&t, SEED);
	text_add(&t, FIELD_CONTENT, str_sv(&v));
	assert_int_equal(t.parts[0].end, 100);
	assert_int_equal(t.parts[0].lead_end, 40 + LEAD_WORDS - 20);
	text_done(&t);
	str_done(&v);
}

static const UNormalizer2 *nfc, *nfd;

static struct sv
normalized(const UNormalizer2 *n, UChar32 cp, char out[64])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar from[2], to[64];
	int32_t nfrom = 0, nto, len;

	U16_APPEND_UNSAFE(from, nfrom, cp);
	nto = unorm2_normalize(n, from, nfrom, to, 64, &status);
	u_strToUTF8(out, 64, &len, to, nto, &status);
	assert_true(U_SUCCESS(status));
	return (struct sv) { out, (size_t)len };
}

static void
test_normal_forms_are_one(void **state)
{
	(void)state;
	for (UChar32 cp = 0x80; cp < 0x110000; cp++) {
		char a[64], b[64], fa[FOLDED_MAX * 4], fb[FOLDED_MAX * 4];
		struct sv composed, decomposed;
		struct folded fold;

		if (U_IS_SURROGATE(cp) || !u_isalpha(cp) ||
		    u_getIntPropertyValue(cp, UCHAR_CANONICAL_COMBINING_CLASS))
			continue;
		composed = normalized(nfc, cp, a);
		decomposed = normalized(nfd, cp, b);
		for (int exact = 0; exact < 2; exact++) {
			struct sv x, y;

			folded_word(&fold, composed, exact != 0);
			x = folded_bytes(&fold, fa);
			folded_word(&fold, decomposed, exact != 0);
			y = folded_bytes(&fold, fb);
			if (!sv_eq(x, y))
				fail_msg("U+%04X: NFC folds to %.*s, NFD to "
					 "%.*s (exact: %d)",
				    (unsigned)cp, SV_ARG(x), SV_ARG(y), exact);
		}
	}
}

static void
test_case_is_folded(void **state)
{
	(void)state;
	for (UChar32 cp = 'A'; cp < 0x110000; cp++) {
		UChar32 lower = u_tolower(cp), upper = u_toupper(cp);
		struct folded a = { 0 }, b = { 0 };

		if (U_IS_SURROGATE(cp) || cp == 0x130 ||
		    (lower == cp && upper == cp))
			continue;
		folded_add(&a, (uint32_t)lower);
		folded_add(&b, (uint32_t)cp);
		if (a.n != b.n || memcmp(a.v, b.v, a.n * sizeof(*a.v)) != 0)
			fail_msg(
			    "U+%04X and its lower case differ", (unsigned)cp);
	}
}

/* Where ICU says letter or digit, there is a token; where it says blank or
 * control, there is none. */
static void
test_classes(void **state)
{
	(void)state;
	for (UChar32 cp = 1; cp < 0x110000; cp++) {
		enum char_class c = char_class((uint32_t)cp);
		bool word = char_is_word(c) || char_is_sequence(c);

		if (U_IS_SURROGATE(cp) || c == CHAR_APOSTROPHE ||
		    c == CHAR_IGNORED || (cp >= 0xFDD0 && cp <= 0xFDD1))
			continue;
		if (u_isalpha(cp) && (U_GET_GC_MASK(cp) & U_GC_L_MASK) != 0 &&
		    !word)
			fail_msg("U+%04X is a letter", (unsigned)cp);
		if ((u_isUWhiteSpace(cp) || u_ispunct(cp)) && word)
			fail_msg("U+%04X is no letter", (unsigned)cp);
	}
}

static const struct {
	const char *what, *unit;
	size_t times, most;
} hostile[] = {
	{ "one letter", "a", MiB(1), 1 },
	{ "one letter and its marks", "\u0301", 500000, 1 },
	{ "marks that are kept", "\u0e39", 300000, 300000 },
	{ "marks out of order", "\u0f71\u0f72\u0f39\u0f74", 100000, 100 },
	{ "hyphens", "a-", 500000, ITEM_TOKENS },
	{ "as many readings as bytes allow", "a-b ", 200000, 400000 },
	{ "short runs", "a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a ", 20000, 320000 },
	{ "dots", "a.", 500000, 1 },
	{ "apostrophes", "a'", 500000, ITEM_TOKENS },
	{ "possessives", "'s", 500000, 500000 },
	{ "ampersands", "a&", 500000, 500000 },
	{ "hashes", "#a", 500000, ITEM_TOKENS },
	{ "camels", "Aa", 500000, 500000 },
	{ "underscores", "#a_", 300000, 300000 },
	{ "soft hyphens", "a\u00AD\u00AD\u00AD", 150000, 2 },
	{ "emoji that join", "👩\u200d", 140000, 1 },
	{ "Hebrew quotes", "א\"", 300000, 2 },
	{ "thousands", "1,", 500000, 1 },
	{ "addresses", "http://", 150000, 1 },
	{ "ill-formed bytes", "\xf0\x9f", 500000, 0 },
	{ "gershayim and hyphens", "א\"א-", 150000, ITEM_TOKENS },
};

static void
test_hostile(void **state)
{
	struct text t;

	(void)state;
	text_init(&t);
	for (size_t i = 0; i < COUNTOF(hostile); i++) {
		clock_t begin = clock();
		struct str v;

		str_init(&v, MiB(16));
		for (size_t n = 0; n < hostile[i].times; n++)
			(void)str_adds(&v, hostile[i].unit);
		text_clear(&t, SEED);
		text_add(&t, FIELD_CONTENT, str_sv(&v));
		assert_true(t.ntokens <= hostile[i].most);
		/* Linear: quadratic work on these would take minutes. */
		if (clock() - begin > 5 * CLOCKS_PER_SEC)
			fail_msg("%s: too slow", hostile[i].what);
		str_done(&v);
	}
	text_done(&t);
}

/* Blanks that are not ASCII keep words from the short way. */
static void
widen_blanks(struct sv v, struct str *out)
{
	str_clear(out);
	for (size_t i = 0; i < v.len; i++)
		(void)str_addcp(
		    out, v.p[i] == ' ' ? 0x2003u : (unsigned char)v.p[i]);
}

static void
make_ascii(struct str *out)
{
	static const char often[] = "     eeaatTSs19.,-'\"";

	str_clear(out);
	for (long n = lrand48() % (lrand48() % 50 == 0 ? 9000 : 200); n > 0;
	     n--)
		(void)str_addc(out,
		    lrand48() % 3 != 0
			? often[(size_t)lrand48() % (sizeof(often) - 1)]
			: (char)(1 + lrand48() % 0x7F));
}

static bool
is_same_token(const struct text *a, const struct text *b, size_t token)
{
	const struct token *x = &a->tokens[token], *y = &b->tokens[token];
	bool same = x->length == y->length && x->nmore == y->nmore &&
	    x->flags == y->flags;

	for (size_t i = 0; same && i <= x->nmore; i++) {
		struct form f = text_form(a, token, i);
		struct form g = text_form(b, token, i);

		same = f.hash == g.hash &&
		    sv_eq(form_bytes(a, &f), form_bytes(b, &g)) &&
		    f.hash == text_hash(SEED, form_bytes(a, &f)) &&
		    f.span == g.span && f.kind == g.kind;
	}
	return same;
}

static void
assert_same_text(const struct text *a, const struct text *b, const char *of)
{
	bool same = a->ntokens == b->ntokens;

	for (size_t i = 0; same && i < a->ntokens; i++)
		same = is_same_token(a, b, i);
	if (!same || a->parts[0].lead_end != b->parts[0].lead_end ||
	    a->parts[0].shouted != b->parts[0].shouted)
		fail_msg("the short way reads this in another way: %s", of);
}

static void
test_short_way_is_no_other(void **state)
{
	struct str ascii, wide;
	struct text a, b;

	(void)state;
	str_init(&ascii, KiB(16));
	str_init(&wide, KiB(64));
	text_init(&a);
	text_init(&b);
	srand48(1);
	for (size_t i = 0; i < 20000; i++) { /* some longer than a window */
		make_ascii(&ascii);
		(void)str_addc(&ascii, '!');
		widen_blanks(str_sv(&ascii), &wide);
		text_clear(&a, SEED);
		text_clear(&b, SEED);
		text_add(&a, FIELD_CONTENT, str_sv(&ascii));
		text_add(&b, FIELD_CONTENT, str_sv(&wide));
		assert_same_text(&a, &b, str_c(&ascii));
	}
	text_done(&a);
	text_done(&b);
	str_done(&ascii);
	str_done(&wide);
}

static void
test_plain_kinds(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 256; c++) {
		enum char_class class = char_class(c);

		assert_int_equal(plain_kinds[c] == PLAIN_WORD,
		    c < 0x80 && char_is_word(class));
		if (plain_kinds[c] == PLAIN_BLANK)
			assert_true(c < 0x80 && class == CHAR_OTHER);
		if (plain_kinds[c] == PLAIN_JOINT)
			assert_true(c < 0x80 && class != CHAR_SIGIL &&
			    class != CHAR_AMPERSAND &&
			    class != CHAR_UNDERSCORE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_shouting),
		cmocka_unit_test(test_lead_counts_half_words),
		cmocka_unit_test(test_normal_forms_are_one),
		cmocka_unit_test(test_case_is_folded),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_short_way_is_no_other),
		cmocka_unit_test(test_plain_kinds),
	};
	UErrorCode status = U_ZERO_ERROR;

	nfc = unorm2_getNFCInstance(&status);
	nfd = unorm2_getNFDInstance(&status);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
