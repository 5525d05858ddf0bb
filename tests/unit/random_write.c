/* tests/unit/random_write.c: words as people write them, and texts of them. */
#include "random_filters.h"

#include "base/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

/* Words that are like one another, in groups. */
static const char *const words[] = { "gaza", "gazan", "truce", "aid", "un",
	"us", "rafah", "talks", "fire", "cease", "ceasefire", "cease-fire",
	"state-of-the-art", "brien", "o'brien", "r&d", "at&t", "u.n.", "u.s.a.",
	"l'onu", "onu", "élan", "straße", "strasse", "œuvre", "łódź", "izmir",
	"women", "1000", "3.5", "2024", "may2024", "газа", "хамас",
	"российский", "йод", "київ", "тв&к", "тв", "съезд", "αθήνα", "σεισμός",
	"غزة", "الأمن", "للأمن", "أمن", "حماس", "هدنة", "آل", "سعود", "من",
	"بلد", "فلسطین", "עזה", "תל", "אביב", "חמאס", "האו״ם", "או״ם", "צה״ל",
	"ירושלים", "שלום", "של", "가자지구", "이스라엘", "인도", "인도네시아",
	"유엔", "한미", "하마스", "k팝", "加沙", "停火", "联合国", "安理会",
	"二〇二四", "国", "ガザ", "インド", "インドネシア", "ひらがな",
	"ラーメン", "がん", "กาซา", "กา", "เมือง", "ไทย", "น้ำ", "गाज़ा", "युद्ध",
	"संघर्ष", "ဂါဇာ", "🔥", "🇵🇸", "❤️", "👨‍👩‍👧" };

unsigned
random_pick(struct random *r, unsigned n)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(r->state >> 33) % n;
}

bool
random_is(struct random *r, unsigned n)
{
	return random_pick(r, n) == 0;
}

void
random_theme(struct random *r)
{
	size_t at = random_pick(r, COUNTOF(words));

	for (size_t i = 0; i < RANDOM_THEME; i++) {
		if (random_is(r, 4))
			at = random_pick(r, COUNTOF(words));
		else
			at = (at + random_pick(r, 3)) % COUNTOF(words);
		r->theme[i] = at;
	}
}

void
random_word(struct random *r, struct str *out)
{
	size_t i = random_is(r, 12) ? random_pick(r, COUNTOF(words))
				    : r->theme[random_pick(r, RANDOM_THEME)];

	(void)str_adds(out, words[i]);
}

/* A word while it is written. */
#define WORD_MAX 256
struct draft {
	UChar v[WORD_MAX];
	int32_t n;
};

static void
load(struct draft *d, struct sv v)
{
	UErrorCode status = U_ZERO_ERROR;

	(void)u_strFromUTF8(
	    d->v, WORD_MAX, &d->n, v.p, (int32_t)v.len, &status);
	assert(U_SUCCESS(status));
}

static void
store(const struct draft *d, struct str *out)
{
	UErrorCode status = U_ZERO_ERROR;
	char bytes[WORD_MAX * 3];
	int32_t n;

	(void)u_strToUTF8(bytes, sizeof(bytes), &n, d->v, d->n, &status);
	assert(U_SUCCESS(status));
	(void)str_add(out, (struct sv) { bytes, (size_t)n });
}

static void
change_case(struct random *r, struct draft *d)
{
	UErrorCode status = U_ZERO_ERROR;
	struct draft from = *d;

	if (random_is(r, 2))
		d->n = u_strToUpper(
		    d->v, WORD_MAX, from.v, from.n, "", &status);
	else
		d->n = u_strToTitle(
		    d->v, WORD_MAX, from.v, from.n, NULL, "", &status);
	assert(U_SUCCESS(status));
}

static void
decompose(struct draft *d)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
	struct draft from = *d;

	d->n = unorm2_normalize(nfd, from.v, from.n, d->v, WORD_MAX, &status);
	assert(U_SUCCESS(status));
}

static void
widen(struct draft *d)
{
	for (int32_t i = 0; i < d->n; i++)
		if (d->v[i] > ' ' && d->v[i] < 0x7F)
			d->v[i] = (UChar)(d->v[i] + 0xFEE0);
}

static void
insert(struct draft *d, int32_t at, UChar c)
{
	if (d->n + 1 >= WORD_MAX || (at < d->n && U16_IS_TRAIL(d->v[at])))
		return;
	u_memmove(d->v + at + 1, d->v + at, d->n - at);
	d->v[at] = c;
	d->n++;
}

static void
hide(struct random *r, struct draft *d)
{
	static const UChar invisible[] = { 0xAD, 0x200B, 0x200C, 0x200E, 0x200F,
		0x2060, 0x640, 0xFE0F };
	UChar c = invisible[random_pick(r, COUNTOF(invisible))];

	insert(d, (int32_t)random_pick(r, (unsigned)d->n + 1), c);
}

static void
decorate(struct random *r, struct draft *d)
{
	if (random_is(r, 3))
		change_case(r, d);
	if (random_is(r, 6))
		decompose(d);
	if (random_is(r, 30))
		widen(d);
	if (random_is(r, 12))
		hide(r, d);
}

static const char *
prefix_of(struct random *r, UScriptCode script)
{
	static const char *const arabic[] = { "و", "ب", "ال", "وبال", "لل", "ف",
		"كال", "س", "ولل" };
	static const char *const hebrew[] = { "ה", "ו", "ב", "ש", "כש", "מה",
		"ולכשה", "ומש", "ג" };

	if (script == USCRIPT_ARABIC)
		return arabic[random_pick(r, COUNTOF(arabic))];
	if (script == USCRIPT_HEBREW)
		return hebrew[random_pick(r, COUNTOF(hebrew))];
	return random_is(r, 20) ? "non" : "";
}

static const char *
suffix_of(struct random *r, UScriptCode script)
{
	static const char *const korean[] = { "은", "에서", "으로부터", "의",
		"네", "들이" };
	static const char *const other[] = { "'s", "’s", "s", "’S", "'s-",
		"n" };

	if (script == USCRIPT_HANGUL || random_is(r, 30))
		return korean[random_pick(r, COUNTOF(korean))];
	return random_is(r, 3) ? other[random_pick(r, COUNTOF(other))] : "";
}

void
random_write(struct random *r, struct str *out)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script;
	struct draft d;
	struct str word;

	str_init(&word, KiB(1));
	random_word(r, &word);
	load(&d, str_sv(&word));
	script = uscript_getScript(d.v[0], &status);
	if (random_is(r, 3))
		decorate(r, &d);
	str_clear(&word);
	if (random_is(r, 3))
		(void)str_adds(&word, prefix_of(r, script));
	store(&d, &word);
	if (random_is(r, 3))
		(void)str_adds(&word, suffix_of(r, script));
	(void)str_add(out, str_sv(&word));
	str_done(&word);
}

static void
write_sign(struct random *r, struct str *out)
{
	static const char *const signs[] = { ", ", "-", "-", "‑", "’", "'", "/",
		". ", "", "", "\u00A0", "\n", "_", "&", "-\u200B", " #", " @",
		" – ", " (", "\" ", "“", "・", "、", ".", ",", "\xff",
		"\xe0\xa4", " https://example.org/gaza-truce ", " www.un.org/ ",
		" #Gaza", " a\u0301 ", "\u0301", "--", " '", "* ", "? ", "🔥",
		" 3.", "1,", " U.", "ー", "ั", "เ" };

	if (random_is(r, 2))
		(void)str_addc(out, ' ');
	else
		(void)str_adds(out, signs[random_pick(r, COUNTOF(signs))]);
}

/* All of it in capitals: shouted. */
static void
shout(struct str *text)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t room = (int32_t)text->len * 2 + 1, n, m;
	UChar *from = mem_alloc((size_t)room * sizeof(*from) * 2),
	      *to = from + room;
	char *bytes = mem_alloc((size_t)room * 6);

	(void)u_strFromUTF8WithSub(
	    from, room, &n, text->p, (int32_t)text->len, 0xFFFD, NULL, &status);
	m = u_strToUpper(to, room, from, n, "", &status);
	(void)u_strToUTF8(bytes, room * 6, &n, to, m, &status);
	assert(U_SUCCESS(status));
	str_clear(text);
	(void)str_add(text, (struct sv) { bytes, (size_t)n });
	free(from);
	free(bytes);
}

/* Gershayim as they are typed. */
static void
type_quotes(struct str *out, size_t from)
{
	struct sv v = sv_from(str_sv(out), from);
	size_t at = sv_find(v, SV("״"));

	if (at == v.len)
		return;
	out->p[from + at] = '"';
	memmove(out->p + from + at + 1, out->p + from + at + 2,
	    v.len - at - 1); /* with the NUL */
	out->len--;
}

void
random_text(struct random *r, struct str *out, unsigned n)
{
	str_clear(out);
	for (unsigned i = 0; i < n; i++) {
		size_t from = out->len;

		random_write(r, out);
		if (random_is(r, 2))
			type_quotes(out, from);
		write_sign(r, out);
	}
	if (random_is(r, 12) && out->len != 0)
		shout(out);
}

void
random_item_init(struct random_item *it)
{
	*it = (struct random_item) { 0 };
	for (size_t i = 0; i < RANDOM_TEXTS; i++)
		str_init(&it->texts[i], KiB(64));
}

void
random_item_done(struct random_item *it)
{
	for (size_t i = 0; i < RANDOM_TEXTS; i++)
		str_done(&it->texts[i]);
}

void
random_item_fill(struct random *r, struct random_item *it)
{
	static const char *const langs[] = { "", "", "en", "ar", "fr-CA", "ru",
		"und" };
	static const unsigned most[RANDOM_TEXTS] = { 10, 6, 30, 80, 2, 3, 3,
		3 };
	struct item *i = &it->item;

	for (size_t k = 0; k < RANDOM_TEXTS; k++)
		random_text(r, &it->texts[k],
		    k < 3 || random_is(r, 4) ? random_pick(r, most[k]) : 0);
	*i = (struct item) { .title = str_sv(&it->texts[0]),
		.summary = str_sv(&it->texts[1]),
		.content = str_sv(&it->texts[2]),
		.article = str_sv(&it->texts[3]),
		.link = str_sv(&it->texts[4]),
		.author = str_sv(&it->texts[5]) };
	it->tag = str_sv(&it->texts[6]);
	i->categories = &it->tag;
	i->ncategories = 1;
	i->lang = sv_of(langs[random_pick(r, COUNTOF(langs))]);
}
