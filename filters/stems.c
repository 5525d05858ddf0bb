/* filters/stems.c: words without the particles that some scripts attach. */
#include "filters/stems.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "filters/fold.h"

#include <string.h>
#include <uchar.h>

#define SEMITIC_LETTERS 3 /* that must remain, */
#define SEMITIC_LETTERS_IN_PHRASE 2 /* where other words stand beside it */
#define HANGUL_SYLLABLES 2
#define ARABIC_PREFIX 4
#define HEBREW_PREFIX 6
#define ALEF 0x627
#define LAM 0x644

static bool
take(const uint32_t **at, const uint32_t *end, const char32_t *any)
{
	if (*at == end)
		return false;
	for (; *any != 0; any++)
		if (**at == *any) {
			(*at)++;
			return true;
		}
	return false;
}

static bool
take_word(const uint32_t **at, const uint32_t *end, const char32_t *word)
{
	const uint32_t *p = *at;

	for (; *word != 0; word++, p++)
		if (p == end || *p != *word)
			return false;
	*at = p;
	return true;
}

/* wa- or fa-, then bi-, ka- or li-, then the article. */
static bool
is_arabic_prefix(const uint32_t *at, const uint32_t *end)
{
	(void)take(&at, end, U"\u0648\u0641");
	(void)take(&at, end, U"\u0628\u0643\u0644");
	(void)take_word(&at, end, U"\u0627\u0644");
	return at == end;
}

/* ve-, then kshe-, likhshe-, mishe- or she-, then be-, ke-, le- or mi-, then
 * the article.  A letter may belong to a later one, so the longest reading
 * comes first. */
static bool
is_hebrew_prefix(const uint32_t *at, const uint32_t *end)
{
	static const char32_t *const relative[] = { U"\u05DC\u05DB\u05E9",
		U"\u05DB\u05E9", U"\u05DE\u05E9", U"\u05E9" };

	(void)take(&at, end, U"\u05D5");
	for (size_t i = 0; i < COUNTOF(relative); i++)
		if (take_word(&at, end, relative[i]))
			break;
	(void)take(&at, end, U"\u05D1\u05DB\u05DC\u05DE");
	(void)take(&at, end, U"\u05D4");
	return at == end;
}

static void
find_prefixed(enum char_script script, const uint32_t *cps, size_t n,
    size_t longest, bool (*is_prefix)(const uint32_t *at, const uint32_t *end),
    stem_fn *fn, void *arg)
{
	for (size_t len = 1;
	     len <= longest && len + SEMITIC_LETTERS_IN_PHRASE <= n; len++)
		if (CHAR_SCRIPT(char_entry(cps[len])) == script &&
		    is_prefix(cps, cps + len))
			fn(cps + len, n - len, len + SEMITIC_LETTERS > n, arg);
}

/* li- swallows the alef of the article: lil-amn is li- and al-amn. */
static void
find_lil(const uint32_t *cps, size_t n, stem_fn *fn, void *arg)
{
	const uint32_t *at = cps, *end = cps + n;
	uint32_t word[FOLDED_MAX];

	(void)take(&at, end, U"\u0648\u0641");
	if (!take_word(&at, end, U"\u0644\u0644") || end - at < SEMITIC_LETTERS)
		return;
	word[0] = ALEF;
	word[1] = LAM;
	memcpy(word + 2, at, (size_t)(end - at) * sizeof(*at));
	fn(word, (size_t)(end - at) + 2, false, arg);
}

static const char32_t *const particles[] = { U"은", U"는", U"이", U"가", U"을",
	U"를", U"의", U"에", U"에서", U"에게", U"에게서", U"께", U"께서",
	U"한테", U"로", U"으로", U"와", U"과", U"도", U"만", U"까지", U"부터",
	U"보다", U"처럼", U"이나", U"나", U"라도", U"조차", U"마저", U"밖에",
	U"이라", U"라", U"이라고", U"라고", U"이란", U"란", U"에는", U"에도",
	U"에서는", U"에서도", U"에선", U"에만", U"로는", U"로도", U"로부터",
	U"으로는", U"으로도", U"으로부터", U"와의", U"과의", U"와는", U"과는",
	U"로서", U"으로서", U"로써", U"으로써", U"이며", U"며", U"이고", U"고",
	U"인", U"이었다", U"였다", U"이다", U"이라는", U"라는", U"이라며",
	U"라며", U"들", U"들이", U"들은", U"들의", U"들을", U"측", U"측은",
	U"측이", U"측의" };

static void
find_particles(const uint32_t *cps, size_t n, stem_fn *fn, void *arg)
{
	for (size_t i = 0; i < COUNTOF(particles); i++) {
		const uint32_t *at = cps + n;
		size_t len = 0;

		while (particles[i][len] != 0)
			len++;
		at -= len <= n ? len : 0;
		if (len + HANGUL_SYLLABLES <= n &&
		    take_word(&at, cps + n, particles[i]))
			fn(cps, n - len, false, arg);
	}
}

void
stems_find(const uint32_t *cps, size_t n, stem_fn *fn, void *arg)
{
	/* Particles also stand behind words of other scripts: UN은. */
	if (n != 0 && CHAR_SCRIPT(char_entry(cps[n - 1])) == SCRIPT_HANGUL)
		find_particles(cps, n, fn, arg);
	switch (n == 0 ? SCRIPT_ANY : CHAR_SCRIPT(char_entry(cps[0]))) {
	case SCRIPT_ANY:
	case SCRIPT_HANGUL:
		return;
	case SCRIPT_ARABIC:
		find_prefixed(SCRIPT_ARABIC, cps, n, ARABIC_PREFIX,
		    is_arabic_prefix, fn, arg);
		find_lil(cps, n, fn, arg);
		return;
	case SCRIPT_HEBREW:
		find_prefixed(SCRIPT_HEBREW, cps, n, HEBREW_PREFIX,
		    is_hebrew_prefix, fn, arg);
		return;
	}
}
