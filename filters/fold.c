/* filters/fold.c: characters in the one form in which texts and queries are
 * compared. */
#include "filters/fold.h"

#include "base/utf8.h"
#include "unicode_tables.h"

_Static_assert(CHAR_BLOCK >= 0x80, "ASCII is in the first block");

/* Width forms: of ASCII, whose case must be kept, and of kana and hangul. */
#define WIDE_FIRST 0xFF01u
#define WIDE_LAST 0xFF5Eu
#define NARROW_LAST 0xFFEFu

#define HANGUL_BASE 0xAC00u
#define HANGUL_L 0x1100u
#define HANGUL_V 0x1161u
#define HANGUL_T 0x11A7u
#define HANGUL_NL 19u
#define HANGUL_NV 21u
#define HANGUL_NT 28u

uint32_t
char_entry(uint32_t cp)
{
	if (cp >= CHAR_MAX)
		cp = UTF8_REPLACEMENT;
	return char_entries[(size_t)char_blocks[cp / CHAR_BLOCK] * CHAR_BLOCK +
	    cp % CHAR_BLOCK];
}

uint32_t
char_entry_at(struct sv v, size_t at, size_t *len)
{
	uint32_t cp;

	if (at >= v.len) {
		*len = 0;
		return 0;
	}
	if ((unsigned char)v.p[at] < 0x80) {
		*len = 1;
		return char_entries[(unsigned char)v.p[at]];
	}
	*len = utf8_decode(sv_from(v, at), &cp);
	return char_entry(cp);
}

uint32_t
char_combining_class(uint32_t cp)
{
	size_t lo = 0, hi = COUNTOF(combinings);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (combinings[mid].last < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < COUNTOF(combinings) && combinings[lo].first <= cp
	    ? combinings[lo].class
	    : 0;
}

static const struct char_decomposition *
decomposition_of(uint32_t cp)
{
	size_t lo = 0, hi = COUNTOF(decompositions);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (decompositions[mid].from < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < COUNTOF(decompositions) && decompositions[lo].from == cp
	    ? &decompositions[lo]
	    : NULL;
}

size_t
char_decompose(uint32_t cp, uint32_t out[CHAR_DECOMPOSED_MAX])
{
	const struct char_decomposition *d = decomposition_of(cp);
	uint32_t tail[CHAR_DECOMPOSED_MAX - 1];
	size_t n = 0;

	for (; d != NULL && n < COUNTOF(tail); d = decomposition_of(cp)) {
		if (d->second != 0)
			tail[n++] = d->second;
		cp = d->first;
	}
	out[0] = cp;
	for (size_t i = 0; i < n; i++)
		out[1 + i] = tail[n - 1 - i];
	return n + 1;
}

/* Joins jamo into the syllable before them; false when they do not join. */
static bool
compose_hangul(uint32_t *before, uint32_t cp)
{
	if (*before - HANGUL_L < HANGUL_NL && cp - HANGUL_V < HANGUL_NV) {
		*before = HANGUL_BASE +
		    ((*before - HANGUL_L) * HANGUL_NV + cp - HANGUL_V) *
			HANGUL_NT;
		return true;
	}
	if (*before - HANGUL_BASE < HANGUL_NL * HANGUL_NV * HANGUL_NT &&
	    (*before - HANGUL_BASE) % HANGUL_NT == 0 &&
	    cp - HANGUL_T - 1 < HANGUL_NT - 1) {
		*before += cp - HANGUL_T;
		return true;
	}
	return false;
}

/* Appends in canonical order: a mark moves before marks of higher class. */
static void
put(struct folded *f, uint32_t cp)
{
	size_t at = f->n;
	uint32_t class;

	if (f->n != 0 && cp >= HANGUL_V && cp < HANGUL_T + HANGUL_NT &&
	    compose_hangul(&f->v[f->n - 1], cp))
		return;
	if (f->n == FOLDED_MAX) {
		f->cut = true;
		return;
	}
	class = char_class(cp) == CHAR_MARK ? char_combining_class(cp) : 0;
	for (;
	     class != 0 && at > 0 && char_combining_class(f->v[at - 1]) > class;
	     at--)
		f->v[at] = f->v[at - 1];
	f->v[at] = cp;
	f->n++;
}

/* Cyrillic short i and u and Ukrainian yi are letters of their own. */
static bool
makes_letter(const struct folded *f, uint32_t mark)
{
	uint32_t before = f->n == 0 ? 0 : f->v[f->n - 1];

	if (mark == 0x306)
		return before == 0x438 || before == 0x443;
	return mark == 0x308 && before == 0x456;
}

void
folded_add(struct folded *f, uint32_t cp)
{
	uint32_t entry = char_entry(cp), value = CHAR_VALUE(entry);

	if (CHAR_POOLED(entry)) {
		for (uint32_t i = 1; i <= fold_pool[value]; i++)
			put(f, fold_pool[value + i]);
		return;
	}
	if (value == FOLD_NOTHING && !makes_letter(f, cp))
		return;
	put(f, value == FOLD_SELF || value == FOLD_NOTHING ? cp : value);
}

void
folded_add_exact(struct folded *f, uint32_t cp)
{
	uint32_t parts[CHAR_DECOMPOSED_MAX];
	size_t n;

	if (cp >= WIDE_FIRST && cp <= WIDE_LAST)
		cp -= WIDE_FIRST - '!';
	else if (cp > WIDE_LAST && cp <= NARROW_LAST) {
		folded_add(f, cp);
		return;
	}
	n = char_decompose(cp, parts);
	for (size_t i = 0; i < n; i++)
		put(f, parts[i]);
}

static bool
belongs(const struct folded *f, enum char_class c)
{
	uint32_t before = f->n == 0 ? 0 : f->v[f->n - 1];

	if (c == CHAR_DOT)
		return before < 0x80 && ascii_is_digit((char)before);
	return char_is_word(c) || char_is_sequence(c) || c == CHAR_AMPERSAND ||
	    c == CHAR_EMOJI || c == CHAR_REGIONAL;
}

void
folded_word(struct folded *f, struct sv word, bool exact)
{
	uint32_t cp;

	f->n = 0;
	f->cut = false;
	for (size_t n; word.len != 0; word = sv_from(word, n)) {
		n = utf8_decode(word, &cp);
		if (!belongs(f, char_class(cp)))
			continue;
		if (exact)
			folded_add_exact(f, cp);
		else
			folded_add(f, cp);
	}
}

struct sv
folded_bytes(const struct folded *f, char out[FOLDED_MAX * 4])
{
	size_t len = 0;

	for (size_t i = 0; i < f->n; i++)
		len += utf8_encode(f->v[i], out + len);
	return (struct sv) { out, len };
}

void
fold_name(struct str *out, struct sv name)
{
	char bytes[FOLDED_MAX * 4];
	struct folded f = { 0 };
	bool blank = false;
	uint32_t cp;

	for (size_t n; name.len != 0; name = sv_from(name, n)) {
		n = utf8_decode(name, &cp);
		f.n = 0;
		folded_add(&f, cp);
		if (cp == ' ' || cp == '\t' || cp == '\n' || cp == 0xA0) {
			blank = out->len != 0;
			continue;
		}
		if (blank && f.n != 0)
			(void)str_addc(out, ' ');
		blank = blank && f.n == 0;
		(void)str_add(out, folded_bytes(&f, bytes));
	}
}
