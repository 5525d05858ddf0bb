/* filters/harvest.c: the names that others have gathered of a thing, cleaned
 * and written as an entity of a configuration. */
#include "filters/harvest.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "filters/fold.h"
#include "filters/lang.h"
#include "filters/lint_words.h"

#include <stdlib.h>

#define NAME_CHARS 80 /* longer ones stand in no text */
#define NAME_BYTES (NAME_CHARS * 4)
#define ACRONYM_CHARS 6 /* at most, in capitals alone */
#define LEFT_OUT_SHOWN 20 /* in one language */
#define ALIKE_PERCENT 75 /* of the longer one's characters */
#define SHARED_LETTERS 4 /* of a word in both: they are alike */
#define SHARED_PERCENT 50 /* of characters, in scripts without blanks */

struct name {
	struct sv lang, text; /* "*": any language */
	bool label, exact;
	const char *why; /* it is left out; NULL: it is not */
	size_t order;
};

/* The characters of a name, folded. */
struct letters {
	uint32_t v[NAME_CHARS];
	size_t n;
};

struct harvest {
	struct arena arena; /* the names */
	struct langs *langs;
	struct map wanted, words, codes, written;
	struct map labels; /* folded, of all languages */
	struct name *names;
	size_t n, cap;
	bool all;
};

/* Codes that are names, too. */
static const char *const spoken_codes[] = { "US", "USA", "UK", "UAE", "EU",
	"UN", "DRC" };

/* Of what is no name of its own. */
static const char *const administrative[] = { "City of ", "Republic",
	"Province", "Municipality", "District of " };

static void
put_words(struct map *m, struct sv words, char separator)
{
	map_init(m);
	for (struct sv one; sv_split(&words, separator, &one);)
		if (sv_trim(one).len != 0)
			(void)map_put(m, sv_trim(one), m);
}

struct harvest *
harvest_new(struct sv langs, bool all)
{
	struct harvest *h = mem_calloc(1, sizeof(*h));

	h->langs = langs_new();
	h->all = all;
	arena_init(&h->arena);
	put_words(&h->wanted, langs, ',');
	put_words(&h->words, SV(LINT_NAMES), ' ');
	map_init(&h->codes);
	map_init(&h->written);
	map_init(&h->labels);
	return h;
}

void
harvest_free(struct harvest *h)
{
	if (h == NULL)
		return;
	map_done(&h->wanted);
	map_done(&h->words);
	map_done(&h->codes);
	map_done(&h->written);
	map_done(&h->labels);
	arena_done(&h->arena);
	langs_free(h->langs);
	free(h->names);
	free(h);
}

void
harvest_clear(struct harvest *h)
{
	map_done(&h->codes);
	map_init(&h->codes);
	map_done(&h->written);
	map_init(&h->written);
	map_done(&h->labels);
	map_init(&h->labels);
	arena_clear(&h->arena);
	h->n = 0;
}

static bool
is_word(struct sv v)
{
	size_t i = 0;

	while (i < v.len && ascii_is_alpha(v.p[i]))
		i++;
	return i == v.len;
}

/* The language as it stands in a configuration; empty: none that counts. */
static struct sv
plain_lang(const struct harvest *h, struct sv lang)
{
	struct sv primary = lang_primary(lang);

	if (sv_is(lang, "*") || sv_is(lang, "mul"))
		return SV("*");
	if (sv_is(lang, "simple"))
		primary = SV("en");
	if (primary.len < 2 || primary.len > 3 || !is_word(primary) ||
	    (h->wanted.live != 0 && map_get(&h->wanted, primary) == NULL))
		return SV_NONE;
	return primary;
}

/* Characters that YAML or a terminal does not take become signs. */
static void
add_clean(struct str *out, struct sv name)
{
	uint32_t cp;

	for (size_t len; name.len != 0; name = sv_from(name, len)) {
		len = utf8_decode(name, &cp);
		if (cp == '\t' || cp == '\n' || cp == 0xA0)
			cp = ' ';
		if (!utf8_is_printable(cp) || cp == 0xFEFF ||
		    (cp & 0xFFFE) == 0xFFFE)
			cp = '?';
		(void)str_addcp(out, cp);
	}
}

void
harvest_add(struct harvest *h, struct sv lang, struct sv name, bool label)
{
	struct sv plain = plain_lang(h, lang);
	struct str clean, words;

	if (plain.len == 0 || h->n == HARVEST_NAMES)
		return;
	str_init(&clean, NAME_BYTES + 1);
	str_init(&words, NAME_BYTES + 1);
	add_clean(&clean, utf8_prefix(name, NAME_BYTES));
	str_add_words(&words, str_sv(&clean));
	if (words.len != 0) {
		h->names = mem_grow(
		    h->names, &h->cap, h->n + 1, sizeof(*h->names));
		h->names[h->n] = (struct name) { .label = label,
			.order = h->n };
		h->names[h->n].lang = arena_sv(&h->arena, plain);
		h->names[h->n].text = arena_sv(&h->arena, str_sv(&words));
		h->n++;
	}
	str_done(&clean);
	str_done(&words);
}

void
harvest_add_code(struct harvest *h, struct sv code)
{
	for (size_t i = 0; i < COUNTOF(spoken_codes); i++)
		if (sv_is(code, spoken_codes[i]))
			return;
	if (h->codes.live < HARVEST_NAMES)
		(void)map_put(&h->codes, code, h);
}

struct sv
harvest_label(const struct harvest *h)
{
	struct sv any = SV_NONE;

	for (size_t i = 0; i < h->n; i++) {
		if (!h->names[i].label)
			continue;
		if (sv_is(h->names[i].lang, "en"))
			return h->names[i].text;
		if (any.len == 0)
			any = h->names[i].text;
	}
	return any;
}

/* What the characters of a name are. */
struct makeup {
	size_t chars, letters, upper, lower, digits, sequence, thai;
	bool sign, blank;
};

static void
count_char(struct makeup *m, uint32_t cp)
{
	uint32_t entry = char_entry(cp);
	enum char_class class = CHAR_CLASS(entry);

	m->chars++;
	m->letters += class == CHAR_LETTER || char_is_sequence(class);
	m->upper += CHAR_CASE(entry) == CASE_UPPER;
	m->lower += CHAR_CASE(entry) == CASE_LOWER;
	m->digits += class == CHAR_DIGIT;
	m->sequence += char_is_sequence(class);
	m->thai += cp >= 0xE00 && cp < 0xE80;
	m->blank |= cp == ' ';
	m->sign |= !utf8_is_printable(cp) ||
	    (cp < 0x80 && strchr("()[]{}<>*?=@|#_;,\\/", (int)cp) != NULL) ||
	    class == CHAR_EMOJI || class == CHAR_REGIONAL;
}

static struct makeup
make_up(struct sv v)
{
	struct makeup m = { 0 };
	uint32_t cp;

	for (size_t len; v.len != 0; v = sv_from(v, len)) {
		len = utf8_decode(v, &cp);
		count_char(&m, cp);
	}
	return m;
}

static struct letters
letters_of(struct sv name)
{
	struct letters l = { .n = 0 };
	struct str folded;
	struct sv v;
	uint32_t cp;

	str_init(&folded, NAME_BYTES * 4);
	fold_name(&folded, name);
	v = str_sv(&folded);
	while (v.len != 0 && l.n < NAME_CHARS) {
		v = sv_from(v, utf8_decode(v, &cp));
		l.v[l.n++] = cp;
	}
	str_done(&folded);
	return l;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein. */
static size_t
distance(const struct letters *a, const struct letters *b)
{
	size_t row[NAME_CHARS + 1];

	for (size_t k = 0; k <= b->n; k++)
		row[k] = k;
	for (size_t i = 1; i <= a->n; i++) {
		size_t before = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b->n; k++) {
			size_t was = row[k];

			row[k] = least(row[k] + 1, row[k - 1] + 1,
			    before + (a->v[i - 1] != b->v[k - 1] ? 1 : 0));
			before = was;
		}
	}
	return row[b->n];
}

static bool
has_run(const struct letters *l, const uint32_t *run, size_t n)
{
	for (size_t i = 0; i + n <= l->n; i++)
		if (memcmp(l->v + i, run, n * sizeof(*run)) == 0)
			return true;
	return false;
}

/* Is a longer word of the one in the other, too? */
static bool
share_word(const struct letters *a, const struct letters *b)
{
	size_t from = 0;

	for (size_t i = 0; i <= a->n; i++) {
		if (i < a->n && a->v[i] != ' ')
			continue;
		if (i - from >= SHARED_LETTERS &&
		    has_run(b, a->v + from, i - from))
			return true;
		from = i + 1;
	}
	return false;
}

static bool
share_characters(const struct letters *a, const struct letters *b)
{
	size_t shared = 0, shorter = a->n < b->n ? a->n : b->n;

	for (size_t i = 0; i < a->n; i++)
		shared += has_run(b, a->v + i, 1);
	return shared * 100 >= shorter * SHARED_PERCENT;
}

static bool
is_alike(struct sv name, struct sv label, bool blanks)
{
	struct letters a = letters_of(name), b = letters_of(label);
	size_t longer = a.n > b.n ? a.n : b.n;

	return distance(&a, &b) * 100 <= longer * (100 - ALIKE_PERCENT) ||
	    (blanks ? share_word(&a, &b) || share_word(&b, &a)
		    : share_characters(&a, &b));
}

static bool
is_administrative(struct sv name, struct sv label)
{
	for (size_t i = 0; i < COUNTOF(administrative); i++) {
		struct sv word = sv_of(administrative[i]);

		if (sv_find(name, word) != name.len &&
		    sv_find(label, word) == label.len)
			return true;
	}
	return false;
}

/* The label of the name's language, else the one above. */
static struct sv
label_of(const struct harvest *h, struct sv lang)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->names[i].label && sv_eq(h->names[i].lang, lang))
			return h->names[i].text;
	return harvest_label(h);
}

static bool
is_in(const struct map *m, struct sv name)
{
	struct str folded;
	bool found;

	str_init(&folded, NAME_BYTES * 4);
	fold_name(&folded, name);
	found = map_get(m, str_sv(&folded)) != NULL;
	str_done(&folded);
	return found;
}

/* The ones of Hebrew have a quotation mark before their last letter. */
static bool
is_acronym(struct sv name, const struct makeup *m)
{
	size_t quote = sv_chr(name, '"');

	if (quote == name.len)
		quote = sv_find(name, SV("\xD7\xB4"));
	return (m->upper >= 1 && m->upper + m->digits >= 2 && m->lower == 0 &&
		   !m->blank && m->chars <= ACRONYM_CHARS) ||
	    (quote != 0 && quote < name.len - 1 && m->upper + m->lower == 0);
}

/* Why a name is left out; NULL: it is not, but may become exact. */
static const char *
judge(const struct harvest *h, struct name *n)
{
	struct makeup m = make_up(n->text);
	struct sv label = label_of(h, n->lang);
	bool acronym = is_acronym(n->text, &m);
	bool word = !m.blank &&
	    (is_in(&h->words, n->text) ||
		lang_of_word(h->langs, n->text).len != 0);

	if (m.letters == 0 || m.sign)
		return "signs";
	if (m.chars > NAME_CHARS || n->text.len >= NAME_BYTES - 4)
		return "long";
	if (m.sequence == m.chars &&
	    (m.chars == 1 || (m.thai != 0 && m.chars < 4)))
		return "short";
	if (map_get(&h->codes, n->text) != NULL)
		return "a code";
	n->exact = m.upper != 0 && (acronym || word);
	if (word && !n->exact && m.sequence == 0)
		return "a frequent word";
	if (n->label)
		return NULL;
	if (m.digits != 0)
		return "digits";
	if (is_administrative(n->text, label))
		return "administrative";
	if (!h->all && !acronym && !is_in(&h->labels, n->text) &&
	    !is_alike(n->text, label, m.sequence == 0))
		return "unlike the label";
	return NULL;
}

/* English comes first, any language last. */
static int
rank(struct sv lang)
{
	return sv_is(lang, "en") ? 0 : sv_is(lang, "*") ? 2 : 1;
}

static int
compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = rank(x->lang) - rank(y->lang);

	if (order == 0)
		order = sv_cmp(x->lang, y->lang);
	if (order == 0 && x->label != y->label)
		order = x->label ? -1 : 1;
	return order != 0 ? order : x->order < y->order ? -1 : 1;
}

/* A name that case does not matter for counts in all languages: once is enough.
 * An exact one counts in its own. */
static bool
is_new(struct harvest *h, const struct name *n)
{
	struct str key;
	bool new;

	str_init(&key, NAME_BYTES * 4 + 64);
	if (n->exact)
		(void)str_addf(
		    &key, "%.*s=%.*s", SV_ARG(n->lang), SV_ARG(n->text));
	else
		fold_name(&key, n->text);
	new = map_put(&h->written, str_sv(&key), h) == NULL;
	str_done(&key);
	return new;
}

static void
put_quoted(struct str *out, const char *before, struct sv v)
{
	(void)str_addf(out, "\"%s", before);
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '"' || v.p[i] == '\\')
			(void)str_addc(out, '\\');
		(void)str_addc(out, v.p[i]);
	}
	(void)str_addc(out, '"');
}

/* A text that is safe behind #. */
static void
put_comment(struct str *out, struct sv v)
{
	char text[NAME_BYTES + 1];

	utf8_printable(v, text, sizeof(text));
	(void)str_adds(out, text);
}

static void
put_names(struct harvest *h, const struct name *v, size_t n, struct str *out)
{
	size_t written = 0, left = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].why != NULL || !is_new(h, &v[i]))
			continue;
		if (written++ == 0)
			(void)str_addf(
			    out, "      \"%.*s\": [", SV_ARG(v[i].lang));
		else
			(void)str_adds(out, ", ");
		put_quoted(out, v[i].exact ? "=" : "", v[i].text);
	}
	if (written != 0)
		(void)str_adds(out, "]\n");
	for (size_t i = 0; i < n && left < LEFT_OUT_SHOWN; i++) {
		if (v[i].why == NULL)
			continue;
		(void)str_adds(out, left++ == 0 ? "      # left out: " : ", ");
		put_comment(out, v[i].text);
		(void)str_addf(out, " (%s)", v[i].why);
	}
	if (left != 0)
		(void)str_addc(out, '\n');
}

static void
put_head(
    const struct harvest *h, const struct harvest_about *a, struct str *out)
{
	if (a->description.len != 0) {
		(void)str_adds(out, "  # ");
		put_comment(out, a->description);
		(void)str_addc(out, '\n');
	}
	(void)str_addf(out, "  \"%.*s\":\n    name: ", SV_ARG(a->key));
	put_quoted(out, "", harvest_label(h));
	(void)str_addf(out, "\n    wikidata: %.*s\n", SV_ARG(a->id));
	if (a->type.len != 0)
		(void)str_addf(out, "    type: %.*s\n", SV_ARG(a->type));
	(void)str_adds(out, "    names:\n");
}

static void
put_folded(struct map *m, struct sv name)
{
	struct str folded;

	str_init(&folded, NAME_BYTES * 4);
	fold_name(&folded, name);
	(void)map_put(m, str_sv(&folded), m);
	str_done(&folded);
}

bool
harvest_write(
    struct harvest *h, const struct harvest_about *about, struct str *out)
{
	size_t kept = 0, from = 0;

	for (size_t i = 0; i < h->n; i++)
		if (h->names[i].label)
			put_folded(&h->labels, h->names[i].text);
	for (size_t i = 0; i < h->n; i++) {
		h->names[i].why = judge(h, &h->names[i]);
		kept += h->names[i].why == NULL;
	}
	if (kept == 0)
		return false;
	put_head(h, about, out);
	qsort(h->names, h->n, sizeof(*h->names), compare_names);
	for (size_t i = 1; i <= h->n; i++) {
		if (i < h->n && sv_eq(h->names[i].lang, h->names[from].lang))
			continue;
		put_names(h, h->names + from, i - from, out);
		from = i;
	}
	return true;
}
