/* filters/lang.c: the language of an item: as declared, else as its texts show.
 */
#include "filters/lang.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "filters/fold.h"
#include "filters/lang_words.h"

#include <stdlib.h>

#define LETTERS_MIN 8 /* weighed ones; fewer tell nothing */
#define SCRIPT_PERCENT 65 /* of the letters are of one script */
#define WORD_BYTES 32 /* no frequent word is longer */
#define HAN_ALONE 12 /* characters without kana that make it Chinese */
#define KANA_PERCENT 12 /* of the characters, that make it Japanese */

/* How sure words must make us. */
#define POINTS_MIN 6
#define SHARE_PERCENT 20 /* of the points that all words could give, */
#define SHARE_PERCENT_FEW 5 /* in a script that few languages have */
#define LEAD_POINTS 3 /* before each other language, counting what is not */
#define LEAD_TIMES 2 /* common to both: LEAD_TIMES * theirs + LEAD_POINTS */

#define WORD_POINTS 2
#define LETTER_POINTS 1 /* of a word with letters of the language */

struct language {
	struct sv name;
	const char *letters, *words;
};
#define LANGUAGE_ROW(name, letters, words) \
	{ { name, sizeof(name) - 1 }, letters, words },
static const struct language languages[] = { LANG_WORDS(LANGUAGE_ROW) };
#define LANGUAGES COUNTOF(languages)

struct langset {
	uint64_t bits[2];
};
_Static_assert(LANGUAGES <= 128, "a set holds them all");

/* Code points from, to; what a letter weighs in letters of an alphabet; the
 * language, "" where words decide.  Neighbours of one script are one row. */
/* clang-format off */
#define SCRIPTS(X) \
	X(LATIN,      0x0041, 0x024F, 1, "") \
	X(GREEK,      0x0370, 0x03FF, 1, "el") \
	X(CYRILLIC,   0x0400, 0x052F, 1, "") \
	X(ARMENIAN,   0x0530, 0x058F, 1, "hy") \
	X(HEBREW,     0x0590, 0x05FF, 1, "he") \
	X(ARABIC,     0x0600, 0x077F, 1, "") \
	X(THAANA,     0x0780, 0x07BF, 1, "dv") \
	X(DEVANAGARI, 0x0900, 0x097F, 1, "") \
	X(BENGALI,    0x0980, 0x09FF, 1, "") \
	X(GURMUKHI,   0x0A00, 0x0A7F, 1, "pa") \
	X(GUJARATI,   0x0A80, 0x0AFF, 1, "gu") \
	X(ORIYA,      0x0B00, 0x0B7F, 1, "or") \
	X(TAMIL,      0x0B80, 0x0BFF, 1, "ta") \
	X(TELUGU,     0x0C00, 0x0C7F, 1, "te") \
	X(KANNADA,    0x0C80, 0x0CFF, 1, "kn") \
	X(MALAYALAM,  0x0D00, 0x0D7F, 1, "ml") \
	X(SINHALA,    0x0D80, 0x0DFF, 1, "si") \
	X(THAI,       0x0E00, 0x0E7F, 1, "th") \
	X(LAO,        0x0E80, 0x0EFF, 1, "lo") \
	X(TIBETAN,    0x0F00, 0x0FFF, 1, "bo") \
	X(BURMESE,    0x1000, 0x109F, 1, "my") \
	X(GEORGIAN,   0x10A0, 0x10FF, 1, "ka") \
	X(ETHIOPIC,   0x1200, 0x139F, 2, "") \
	X(KHMER,      0x1780, 0x17FF, 1, "km") \
	X(LATIN_MORE, 0x1E00, 0x1EFF, 1, "") \
	X(GREEK_MORE, 0x1F00, 0x1FFF, 1, "el") \
	X(KANA,       0x3041, 0x30FF, 3, "ja") \
	X(HAN,        0x3400, 0x9FFF, 3, "zh") \
	X(HANGUL,     0xAC00, 0xD7A3, 3, "ko")
/* clang-format on */

#define SCRIPT_ENUM(name, first, last, weight, lang) LANG_SCRIPT_##name,
enum lang_script {
	SCRIPTS(SCRIPT_ENUM) LANG_SCRIPTS
};
#define SCRIPT_ROW(name, first, last, weight, lang) \
	{ first, last, weight, { lang, sizeof(lang) - 1 } },
static const struct {
	uint32_t first, last;
	unsigned weight;
	struct sv lang;
} scripts[] = { SCRIPTS(SCRIPT_ROW) };

/* Languages by hash of a word or letter. */
struct entry {
	uint64_t hash;
	struct langset langs; /* none: the place is free */
};

struct langs {
	struct entry *entries; /* a power of two of them */
	size_t size, n;
	const struct item *item;
	bool known;
	struct sv lang; /* of the item, once known */
};

/* What is counted in texts. */
struct tally {
	const struct langs *langs;
	size_t letters[LANG_SCRIPTS]; /* weighed */
	size_t all_letters, words;
	uint32_t points[LANGUAGES];
	struct {
		struct langset word, marks;
	} seen[LANG_DETECT_BYTES / 2]; /* of each word */
	char word[WORD_BYTES];
	size_t len; /* > WORD_BYTES: too long */
	struct langset marks; /* of the word's letters */
};

static struct entry *
find(const struct langs *l, uint64_t hash)
{
	size_t at = hash & (l->size - 1);

	while ((l->entries[at].langs.bits[0] | l->entries[at].langs.bits[1]) !=
		0 &&
	    l->entries[at].hash != hash)
		at = (at + 1) & (l->size - 1);
	return &l->entries[at];
}

static uint64_t
word_hash(struct sv word)
{
	uint64_t h = sv_hash(word);

	return h ^ h >> 29;
}

/* Letters do not meet words of one letter. */
static uint64_t
letter_hash(uint32_t cp)
{
	return (cp + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15);
}

static void
put(struct langs *l, uint64_t hash, size_t lang)
{
	struct entry *e = find(l, hash);

	e->hash = hash;
	e->langs.bits[lang / 64] |= UINT64_C(1) << lang % 64;
}

static void
put_language(struct langs *l, size_t lang)
{
	struct sv words = sv_of(languages[lang].words), word;
	struct sv letters = sv_of(languages[lang].letters);
	uint32_t cp;

	while (sv_split(&words, ' ', &word))
		put(l, word_hash(word), lang);
	for (; letters.len != 0;
	     letters = sv_from(letters, utf8_decode(letters, &cp)))
		if (utf8_decode(letters, &cp) > 1)
			put(l, letter_hash(cp), lang);
}

struct langs *
langs_new(void)
{
	struct langs *l = mem_calloc(1, sizeof(*l));
	size_t bytes = 0;

	for (size_t i = 0; i < LANGUAGES; i++)
		bytes += strlen(languages[i].words) +
		    strlen(languages[i].letters);
	for (l->size = 1; l->size < bytes / 2;)
		l->size *= 2;
	l->entries = mem_calloc(l->size, sizeof(*l->entries));
	for (size_t i = 0; i < LANGUAGES; i++)
		put_language(l, i);
	return l;
}

void
langs_free(struct langs *l)
{
	if (l == NULL)
		return;
	free(l->entries);
	free(l);
}

/* Letters of the alphabets whose words are in the table. */
static uint32_t
lower(uint32_t cp)
{
	bool odd = (cp & 1) != 0;

	if (cp < 0x80)
		return (unsigned char)ascii_lower((char)cp);
	if ((cp >= 0xC0 && cp <= 0xDE && cp != 0xD7) ||
	    (cp >= 0x410 && cp <= 0x42F))
		return cp + 0x20;
	if (cp >= 0x400 && cp <= 0x40F)
		return cp + 0x50;
	if (cp == 0x130)
		return 'i';
	if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17E) ||
	    (cp >= 0x1AF && cp <= 0x1B0))
		return odd ? cp + 1 : cp;
	if ((cp >= 0x100 && cp <= 0x177) || (cp >= 0x1A0 && cp <= 0x1A5) ||
	    (cp >= 0x1DE && cp <= 0x21F) || (cp >= 0x460 && cp <= 0x4BF) ||
	    (cp >= 0x4D0 && cp <= 0x52F) || (cp >= 0x1E00 && cp <= 0x1EFF))
		return odd ? cp : cp + 1;
	switch (cp) {
	case 0x181:
		return 0x253;
	case 0x18A:
		return 0x257;
	case 0x18F:
		return 0x259;
	case 0x198:
		return 0x199;
	case 0x1B3:
		return 0x1B4;
	default:
		return cp;
	}
}

static void
add_points(struct tally *t, struct langset set, uint32_t points)
{
	for (size_t half = 0; half < COUNTOF(set.bits); half++)
		for (; set.bits[half] != 0;
		     set.bits[half] &= set.bits[half] - 1)
			t->points[half * 64 +
			    (size_t)__builtin_ctzll(set.bits[half])] += points;
}

static void
end_word(struct tally *t)
{
	struct langset word = { 0 };

	if (t->len == 0)
		return;
	if (t->len <= WORD_BYTES)
		word = find(
		    t->langs, word_hash((struct sv) { t->word, t->len }))
			   ->langs;
	add_points(t, word, WORD_POINTS);
	add_points(t, t->marks, LETTER_POINTS);
	t->seen[t->words].word = word;
	t->seen[t->words].marks = t->marks;
	t->words += t->words + 1 < COUNTOF(t->seen);
	t->marks = (struct langset) { 0 };
	t->len = 0;
}

static void
count_script(struct tally *t, uint32_t cp)
{
	size_t low = 0, high = LANG_SCRIPTS;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (cp < scripts[middle].first)
			high = middle;
		else
			low = middle;
	}
	t->all_letters += scripts[low].weight;
	if (cp <= scripts[low].last)
		t->letters[low] += scripts[low].weight;
}

static void
add_letter(struct tally *t, uint32_t cp, bool mark)
{
	char bytes[4];
	size_t len;

	cp = lower(cp);
	if (!mark)
		count_script(t, cp);
	len = utf8_encode(cp, bytes);
	if (t->len + len <= WORD_BYTES)
		memcpy(t->word + t->len, bytes, len);
	else
		t->len = WORD_BYTES;
	t->len += len;
	if (cp >= 0x80) {
		const struct langset *set =
		    &find(t->langs, letter_hash(cp))->langs;

		t->marks.bits[0] |= set->bits[0];
		t->marks.bits[1] |= set->bits[1];
	}
}

static void
read_text(struct tally *t, struct sv v)
{
	uint32_t cp;

	for (size_t len; v.len != 0; v = sv_from(v, len)) {
		enum char_class c;

		len = utf8_decode(v, &cp);
		c = char_class(cp);
		if (c == CHAR_LETTER || c == CHAR_MARK)
			add_letter(t, cp, c == CHAR_MARK);
		else if (c != CHAR_IGNORED)
			end_word(t);
		if (char_is_sequence(c))
			count_script(t, cp);
	}
	end_word(t);
}

static bool
has(struct langset set, size_t lang)
{
	return (set.bits[lang / 64] >> lang % 64 & 1) != 0;
}

/* Do the words that are of one of the two only speak for the first? */
static bool
leads(const struct tally *t, size_t lang, size_t other)
{
	uint32_t ours = 0, theirs = 0;

	/* Theirs cannot be more than all their points. */
	if (t->points[lang] >= t->points[other] * LEAD_TIMES + LEAD_POINTS)
		return true;
	for (size_t i = 0; i < t->words; i++) {
		struct langset word = t->seen[i].word;
		struct langset marks = t->seen[i].marks;
		uint32_t one = (has(word, lang) ? WORD_POINTS : 0) +
		    (has(marks, lang) ? LETTER_POINTS : 0);
		uint32_t two = (has(word, other) ? WORD_POINTS : 0) +
		    (has(marks, other) ? LETTER_POINTS : 0);

		ours += one > two ? one - two : 0;
		theirs += two > one ? two - one : 0;
	}
	return ours >= theirs * LEAD_TIMES + LEAD_POINTS;
}

static struct sv
by_words(const struct tally *t, enum lang_script script)
{
	size_t share = script == LANG_SCRIPT_LATIN ? SHARE_PERCENT
						   : SHARE_PERCENT_FEW;
	size_t best = 0;

	for (size_t i = 1; i < LANGUAGES; i++)
		if (t->points[i] > t->points[best])
			best = i;
	if (t->points[best] < POINTS_MIN ||
	    t->points[best] * 100 < t->words * WORD_POINTS * share)
		return SV_NONE;
	for (size_t i = 0; i < LANGUAGES; i++)
		if (i != best && !leads(t, best, i))
			return SV_NONE;
	return languages[best].name;
}

/* Han characters are Japanese beside kana. */
static struct sv
by_characters(const struct tally *t)
{
	size_t han = t->letters[LANG_SCRIPT_HAN];
	size_t kana = t->letters[LANG_SCRIPT_KANA];

	if (kana * 100 >= (han + kana) * KANA_PERCENT)
		return scripts[LANG_SCRIPT_KANA].lang;
	return kana == 0 && han >= HAN_ALONE * scripts[LANG_SCRIPT_HAN].weight
	    ? scripts[LANG_SCRIPT_HAN].lang
	    : SV_NONE;
}

static struct sv
decide(struct tally *t)
{
	size_t *n = t->letters;
	size_t best = 0, cjk = n[LANG_SCRIPT_HAN] + n[LANG_SCRIPT_KANA];

	n[LANG_SCRIPT_LATIN] += n[LANG_SCRIPT_LATIN_MORE];
	n[LANG_SCRIPT_GREEK] += n[LANG_SCRIPT_GREEK_MORE];
	for (size_t i = 0; i < LANG_SCRIPTS; i++)
		if (n[i] > n[best])
			best = i;
	if (t->all_letters < LETTERS_MIN)
		return SV_NONE;
	if (cjk * 100 >= t->all_letters * SCRIPT_PERCENT)
		return by_characters(t);
	if (n[best] * 100 < t->all_letters * SCRIPT_PERCENT)
		return SV_NONE;
	return scripts[best].lang.len != 0
	    ? scripts[best].lang
	    : by_words(t, (enum lang_script)best);
}

struct sv
lang_detect(const struct langs *l, const struct sv *texts, size_t n)
{
	size_t left = LANG_DETECT_BYTES;
	struct tally t = { .langs = l };

	for (size_t i = 0; i < n && left != 0; i++) {
		struct sv v = utf8_prefix(texts[i], left);

		read_text(&t, v);
		left = v.len < texts[i].len ? 0 : left - v.len;
	}
	return decide(&t);
}

struct sv
lang_of_word(const struct langs *l, struct sv word)
{
	char small[WORD_BYTES + 4];
	struct langset set;
	size_t len = 0;
	uint32_t cp;

	while (word.len != 0 && len <= WORD_BYTES) {
		word = sv_from(word, utf8_decode(word, &cp));
		len += utf8_encode(lower(cp), small + len);
	}
	if (len == 0 || len > WORD_BYTES)
		return SV_NONE;
	set = find(l, word_hash((struct sv) { small, len }))->langs;
	for (size_t i = 0; i < LANGUAGES; i++)
		if (has(set, i) && languages[i].name.len != 0)
			return languages[i].name;
	return SV_NONE;
}

void
langs_begin(struct langs *l, const struct item *it)
{
	l->item = it;
	l->known = false;
}

struct sv
langs_of_item(struct langs *l)
{
	const struct item *it = l->item;

	if (l->known)
		return l->lang;
	l->lang = lang_primary(it->lang);
	if (l->lang.len == 0)
		l->lang = lang_detect(l,
		    (struct sv[]) {
			it->title, it->summary, it->content, it->article },
		    4);
	l->known = true;
	return l->lang;
}

/* Several codes of one language. */
static const struct {
	const char *code;
	struct sv primary;
} synonyms[] = {
	{ "nb", { "no", 2 } },
	{ "nn", { "no", 2 } },
	{ "iw", { "he", 2 } },
	{ "in", { "id", 2 } },
	{ "cmn", { "zh", 2 } },
	{ "fil", { "tl", 2 } },
	{ "eng", { "en", 2 } },
};

struct sv
lang_primary(struct sv lang)
{
	size_t n = 0;

	while (n < lang.len && ascii_is_alpha(lang.p[n]))
		n++;
	lang = sv_sub(lang, 0, n);
	for (size_t i = 0; i < COUNTOF(synonyms); i++)
		if (sv_iis(lang, synonyms[i].code))
			return synonyms[i].primary;
	return sv_iis(lang, "und") || sv_iis(lang, "mul") ? SV_NONE : lang;
}
