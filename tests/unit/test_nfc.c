/* tests/unit/test_nfc.c: normalization form C, with ICU as the oracle, and the
 * way back from it. */
#include "filters/nfc.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#define TEXTS 200000

static struct sv
encode(const uint32_t *cps, size_t n, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += utf8_encode(cps[i], out + len);
	return (struct sv) { out, len };
}

static struct sv
by_icu(struct sv v, char *out, size_t size)
{
	UChar wide[256], normal[512];
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
	int32_t n;

	(void)u_strFromUTF8(
	    wide, COUNTOF(wide), &n, v.p, (int32_t)v.len, &error);
	n = unorm2_normalize(nfc, wide, n, normal, COUNTOF(normal), &error);
	(void)u_strToUTF8(out, (int32_t)size, &n, normal, n, &error);
	assert_true(U_SUCCESS(error));
	return (struct sv) { out, (size_t)n };
}

static void
check(struct nfc *n, const uint32_t *cps, size_t count)
{
	char in[256], want[1024];
	struct sv v = encode(cps, count, in);
	struct sv expected = by_icu(v, want, sizeof(want));

	nfc_set(n, v);
	if (!sv_eq(n->text, expected))
		fail_msg("U+%04X U+%04X U+%04X ...: %.*s, not %.*s", cps[0],
		    cps[1], cps[2], SV_ARG(n->text), SV_ARG(expected));
	assert_int_equal(n->nsteps == 0, sv_eq(v, expected));
}

static bool
is_scalar(uint32_t cp)
{
	return cp != 0 && (cp < 0xD800 || cp > 0xDFFF) && cp < 0x110000;
}

static void
test_each(void **state)
{
	struct nfc n = { 0 };

	(void)state;
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		const uint32_t cps[] = { 'a', cp, 0x301, 0x323, 'b' };

		if (is_scalar(cp))
			check(&n, cps, COUNTOF(cps));
	}
	nfc_done(&n);
}

/* Numbers from a fixed seed: the same test on every machine. */
static uint32_t
pick(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Neighbours come from ranges where characters join, move and split. */
static void
test_together(void **state)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = { { 'a', 'z' }, { 0x300, 0x36F }, { 0x300, 0x328 },
		{ 0xC0, 0x17F }, { 0x1E00, 0x1EFF }, { 0x1F00, 0x1FFF },
		{ 0x1100, 0x11FF }, { 0xAC00, 0xAC40 }, { 0x5B0, 0x5EA },
		{ 0x610, 0x670 }, { 0x900, 0x9FF }, { 0xB00, 0xDFF },
		{ 0xE38, 0xF84 }, { 0x3040, 0x30FF }, { 0xF900, 0xFAD9 },
		{ 0xFB1D, 0xFB4E }, { 0x11080, 0x11340 },
		{ 0x1D15E, 0x1D1C0 } };
	struct nfc n = { 0 };
	uint64_t seed = 20240326;

	(void)state;
	for (size_t i = 0; i < TEXTS; i++) {
		uint32_t cps[12], r = 0;

		for (size_t k = 0; k < COUNTOF(cps); k++) {
			if (k % 3 == 0)
				r = pick(&seed, COUNTOF(ranges));
			cps[k] = ranges[r].first +
			    pick(&seed, ranges[r].last - ranges[r].first + 1);
		}
		check(&n, cps, COUNTOF(cps));
	}
	nfc_done(&n);
}

static const struct {
	const char *text, *normal;
	struct {
		size_t at, from, to;
	} places[4]; /* in `normal`, and in `text` as a beginning and an end */
} rows[] = {
	{ "abc", "abc", { { 1, 1, 1 }, { 3, 3, 3 } } },
	{ "caf\u00e9", "caf\u00e9", { { 3, 3, 3 }, { 5, 5, 5 } } },
	{ "ae\u0301b", "a\u00e9b",
	    { { 0, 0, 0 }, { 1, 1, 1 }, { 3, 4, 4 }, { 4, 5, 5 } } },
	{ "e\u0301e\u0301x", "\u00e9\u00e9x",
	    { { 0, 0, 0 }, { 2, 3, 3 }, { 4, 6, 6 }, { 5, 7, 7 } } },
	{ "\xff\xfez", "\uFFFD\uFFFDz",
	    { { 0, 0, 0 }, { 3, 1, 1 }, { 6, 2, 2 }, { 7, 3, 3 } } },
	/* Inside what changed: all of it. */
	{ "x\u0958y", "x\u0915\u093cy",
	    { { 1, 1, 1 }, { 4, 1, 4 }, { 7, 4, 4 }, { 8, 5, 5 } } },
	{ "", "", { { 0, 0, 0 } } },
};

static void
test_places(void **state)
{
	struct nfc n = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		nfc_set(&n, sv_of(rows[i].text));
		assert_true(sv_eq(n.text, sv_of(rows[i].normal)));
		for (size_t k = 0; k < COUNTOF(rows[i].places); k++) {
			size_t at = rows[i].places[k].at;

			assert_int_equal(
			    nfc_origin(&n, at, false), rows[i].places[k].from);
			assert_int_equal(
			    nfc_origin(&n, at, true), rows[i].places[k].to);
		}
	}
	nfc_done(&n);
}

/* Marks without end: in pieces, and not all against all. */
static void
test_hostile(void **state)
{
	static const char *const marks[] = { "\u0301", "\u0323\u0301",
		"\u0315\u0300\u05ae\u0300", "\u0344", "\u1f82" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(marks); i++) {
		struct nfc n = { 0 };
		struct str text;

		str_init(&text, MiB(1));
		(void)str_addc(&text, 'a');
		while (str_adds(&text, marks[i]))
			;
		nfc_set(&n, str_sv(&text));
		assert_true(utf8_valid(n.text));
		assert_true(n.text.len > text.len / 3);
		assert_int_equal(nfc_origin(&n, n.text.len, true), text.len);
		str_done(&text);
		nfc_done(&n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
