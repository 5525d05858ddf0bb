/* tools/mktables.c: writes the tables of the text matcher, from the files of
 * the Unicode character database. */
#include "filters/charinfo.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEQUENCE_MAX 32 /* code points that one may become */
#define POOL_MAX 16384
#define LINE_MAX_BYTES 1024
#define MANY(table) (sizeof(table) / sizeof((table)[0]))

struct sequence {
	uint32_t v[SEQUENCE_MAX];
	size_t n;
};

struct range {
	uint32_t first, last;
	enum char_class class;
};

struct mapping {
	uint32_t from, to[2];
};

/* clang-format off */
static const struct range special[] = {
	{ 0xAD, 0xAD, CHAR_IGNORED },      { 0x61C, 0x61C, CHAR_IGNORED },
	{ 0x640, 0x640, CHAR_IGNORED },    { 0x200B, 0x200F, CHAR_IGNORED },
	{ 0x202A, 0x202E, CHAR_IGNORED },  { 0x2060, 0x2064, CHAR_IGNORED },
	{ 0x2066, 0x2069, CHAR_IGNORED },  { 0xFE00, 0xFE0F, CHAR_IGNORED },
	{ 0xFEFF, 0xFEFF, CHAR_IGNORED },  { 0x1F3FB, 0x1F3FF, CHAR_IGNORED },
	{ 0xE0020, 0xE007F, CHAR_IGNORED },{ 0xE0100, 0xE01EF, CHAR_IGNORED },
	{ '\'', '\'', CHAR_APOSTROPHE },   { '`', '`', CHAR_APOSTROPHE },
	{ 0xB4, 0xB4, CHAR_APOSTROPHE },   { 0x2B9, 0x2B9, CHAR_APOSTROPHE },
	{ 0x2BC, 0x2BC, CHAR_APOSTROPHE }, { 0x5F3, 0x5F3, CHAR_APOSTROPHE },
	{ 0x2018, 0x2019, CHAR_APOSTROPHE },{ 0x2032, 0x2032, CHAR_APOSTROPHE },
	{ 0xA78C, 0xA78C, CHAR_APOSTROPHE },{ 0xFF07, 0xFF07, CHAR_APOSTROPHE },
	{ '-', '-', CHAR_HYPHEN },         { 0x2010, 0x2011, CHAR_HYPHEN },
	{ 0xFE63, 0xFE63, CHAR_HYPHEN },   { 0xFF0D, 0xFF0D, CHAR_HYPHEN },
	{ '"', '"', CHAR_QUOTE },          { 0x5F4, 0x5F4, CHAR_QUOTE },
	{ 0x201C, 0x201D, CHAR_QUOTE },    { 0xFF02, 0xFF02, CHAR_QUOTE },
	{ '.', '.', CHAR_DOT },            { 0xFF0E, 0xFF0E, CHAR_DOT },
	{ ',', ',', CHAR_COMMA },          { 0xFF0C, 0xFF0C, CHAR_COMMA },
	{ '&', '&', CHAR_AMPERSAND },      { 0xFF06, 0xFF06, CHAR_AMPERSAND },
	{ '_', '_', CHAR_UNDERSCORE },     { 0xFF3F, 0xFF3F, CHAR_UNDERSCORE },
	{ '#', '#', CHAR_SIGIL },          { '@', '@', CHAR_SIGIL },
	{ 0xFF03, 0xFF03, CHAR_SIGIL },    { 0xFF20, 0xFF20, CHAR_SIGIL },
	{ 0xFDD0, 0xFDD1, CHAR_LETTER }, /* wildcards; see filters/glob.h */
	{ 0x1160, 0x11FF, CHAR_MARK }, /* jamo that do not begin a syllable */
	{ 0x1F1E6, 0x1F1FF, CHAR_REGIONAL },
	{ 0x1F000, 0x1FAFF, CHAR_EMOJI },  { 0x2600, 0x27BF, CHAR_EMOJI },
	{ 0x2B00, 0x2BFF, CHAR_EMOJI },
	{ 0x3099, 0x309A, CHAR_VOICING },  { 0xFF9E, 0xFF9F, CHAR_VOICING },
};

/* These hold letters, marks and numbers only; decimal digits stay digits. */
static const struct range sequences[] = {
	{ 0xE40, 0xE44, CHAR_THAI_LEAD },  { 0xEC0, 0xEC4, CHAR_THAI_LEAD },
	{ 0xE30, 0xE3A, CHAR_THAI_TAIL },  { 0xE45, 0xE4E, CHAR_THAI_TAIL },
	{ 0xEB0, 0xEBC, CHAR_THAI_TAIL },  { 0xEC8, 0xECD, CHAR_THAI_TAIL },
	{ 0x30A1, 0x30FF, CHAR_KATAKANA }, { 0x31F0, 0x31FF, CHAR_KATAKANA },
	{ 0xFF66, 0xFF9D, CHAR_KATAKANA },
	{ 0xE01, 0xEFF, CHAR_SEQUENCE },   { 0x1000, 0x109F, CHAR_SEQUENCE },
	{ 0x1780, 0x17DD, CHAR_SEQUENCE }, { 0x3005, 0x3007, CHAR_SEQUENCE },
	{ 0x3041, 0x309F, CHAR_SEQUENCE }, { 0x3400, 0x9FFF, CHAR_SEQUENCE },
	{ 0xF900, 0xFAFF, CHAR_SEQUENCE }, { 0x20000, 0x3FFFF, CHAR_SEQUENCE },
};

/* Letters that readers take for one another though Unicode does not. */
static const struct mapping alike[] = {
	{ 0xDF, { 's', 's' } },   { 0xF8, { 'o' } },   { 0x142, { 'l' } },
	{ 0x111, { 'd' } },       { 0x131, { 'i' } },  { 0xE6, { 'a', 'e' } },
	{ 0x153, { 'o', 'e' } },  { 0xFE, { 't', 'h' } }, { 0xF0, { 'd' } },
	{ 0x127, { 'h' } },       { 0x3C2, { 0x3C3 } },
	{ 0x671, { 0x627 } },     { 0x649, { 0x64A } }, { 0x6CC, { 0x64A } },
	{ 0x6A9, { 0x643 } },     { 0x629, { 0x647 } }, { 0x6C1, { 0x647 } },
	{ 0x6BE, { 0x647 } },     { 0x6D5, { 0x647 } },
};
/* clang-format on */

static char category[CHAR_MAX][2];
static uint8_t combining[CHAR_MAX];
static uint8_t digit_value[CHAR_MAX];
static bool compatibility[CHAR_MAX];
static bool excluded[CHAR_MAX]; /* from canonical composition */
static bool unsettled[CHAR_MAX]; /* may change or vanish in NFC */
static struct sequence *decomposition[CHAR_MAX];
static struct sequence *casefold[CHAR_MAX];
static uint32_t pool[POOL_MAX];
static size_t npool;

_Noreturn static void
fail(const char *what, const char *detail)
{
	(void)fprintf(stderr, "mktables: %s: %s\n", what, detail);
	exit(1);
}

static void
put(struct sequence *s, uint32_t cp)
{
	if (s->n == SEQUENCE_MAX)
		fail("a mapping", "too long");
	s->v[s->n++] = cp;
}

static struct sequence *
parse_sequence(const char *text)
{
	struct sequence *s = calloc(1, sizeof(*s));
	char *end;

	if (s == NULL)
		fail("memory", "none");
	for (uint32_t cp; cp = (uint32_t)strtoul(text, &end, 16), end != text;
	     text = end)
		put(s, cp);
	return s;
}

/* Cuts a line at semicolons; returns how many fields there are. */
static size_t
cut(char *line, char **fields, size_t max)
{
	size_t n = 0;

	line[strcspn(line, "\n#")] = '\0';
	for (char *at = line; at != NULL && n < max; n++) {
		fields[n] = at;
		at = strchr(at, ';');
		if (at != NULL)
			*at++ = '\0';
	}
	return n;
}

static void
take_decomposition(uint32_t cp, const char *field)
{
	if (*field == '\0')
		return;
	if (*field == '<') {
		compatibility[cp] = true;
		field = strchr(field, '>');
		if (field++ == NULL)
			fail("UnicodeData.txt", "bad decomposition");
	}
	decomposition[cp] = parse_sequence(field);
}

static void
on_data(char **f, size_t n)
{
	static uint32_t range_first;
	uint32_t cp = (uint32_t)strtoul(f[0], NULL, 16), first = cp;

	if (n < 15 || cp >= CHAR_MAX)
		fail("UnicodeData.txt", f[0]);
	if (strstr(f[1], ", First>") != NULL)
		range_first = cp;
	if (strstr(f[1], ", Last>") != NULL)
		first = range_first;
	for (; first <= cp; first++)
		memcpy(category[first], f[2], 2);
	combining[cp] = (uint8_t)strtoul(f[3], NULL, 10);
	digit_value[cp] = (uint8_t)strtoul(f[6], NULL, 10);
	take_decomposition(cp, f[5]);
}

static void
on_casefold(char **f, size_t n)
{
	if (n >= 3 && (f[1][1] == 'C' || f[1][1] == 'F'))
		casefold[strtoul(f[0], NULL, 16)] = parse_sequence(f[2]);
}

static void
on_normalization(char **f, size_t n)
{
	char *dots = strstr(f[0], ".."), name[64], value[2] = "";
	uint32_t first = (uint32_t)strtoul(f[0], NULL, 16);
	uint32_t last = dots == NULL ? first
				     : (uint32_t)strtoul(dots + 2, NULL, 16);

	if (last >= CHAR_MAX || sscanf(f[1], "%63s", name) != 1)
		fail("DerivedNormalizationProps.txt", f[0]);
	if (n > 2)
		(void)sscanf(f[2], "%1s", value);
	for (uint32_t cp = first; cp <= last; cp++) {
		if (strcmp(name, "Full_Composition_Exclusion") == 0)
			excluded[cp] = true;
		if (strcmp(name, "NFC_QC") == 0 && value[0] != 'Y')
			unsettled[cp] = true;
	}
}

static void
read_lines(
    const char *dir, const char *name, void (*on_line)(char **f, size_t n))
{
	char path[LINE_MAX_BYTES], line[LINE_MAX_BYTES], *fields[16];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (f == NULL)
		fail("cannot read", path);
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t n = line[0] == '#' ? 0 : cut(line, fields, MANY(fields));

		if (n > 1)
			on_line(fields, n);
	}
	(void)fclose(f);
}

static void
decompose(uint32_t cp, bool compatible, struct sequence *out)
{
	const struct sequence *d = decomposition[cp];

	if (d == NULL || (compatibility[cp] && !compatible)) {
		put(out, cp);
		return;
	}
	for (size_t i = 0; i < d->n; i++)
		decompose(d->v[i], compatible, out);
}

static bool
is_class(const struct range *table, size_t n, uint32_t cp, enum char_class *c)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= table[i].first && cp <= table[i].last) {
			*c = table[i].class;
			return true;
		}
	return false;
}

static enum char_class
class_of(uint32_t cp)
{
	enum char_class c;

	if (is_class(special, MANY(special), cp, &c))
		return c;
	if (category[cp][0] != 'L' && category[cp][0] != 'M' &&
	    category[cp][0] != 'N')
		return CHAR_OTHER;
	if (memcmp(category[cp], "Nd", 2) == 0)
		return CHAR_DIGIT;
	if (is_class(sequences, MANY(sequences), cp, &c))
		return c;
	return category[cp][0] == 'M' ? CHAR_MARK : CHAR_LETTER;
}

/* Marks that tell words apart: Indic vowel signs but not the nukta, the scripts
 * of South-East Asia, kana voicing, and the breve or dots of й ў ї. */
static bool
keeps_mark(uint32_t before, uint32_t mark)
{
	if (mark == 0x306)
		return before == 0x438 || before == 0x443;
	if (mark == 0x308)
		return before == 0x456;
	if (mark == 0x3099 || mark == 0x309A)
		return true;
	return (mark >= 0x900 && mark <= 0xEFF && mark != 0x93C) ||
	    (mark >= 0x1000 && mark <= 0x109F) ||
	    (mark >= 0x1780 && mark <= 0x17DD);
}

static bool
is_mark(uint32_t cp)
{
	return memcmp(category[cp], "Mn", 2) == 0 ||
	    memcmp(category[cp], "Me", 2) == 0;
}

static void
put_folded(struct sequence *out, uint32_t cp)
{
	if (class_of(cp) == CHAR_IGNORED)
		return;
	if (is_mark(cp) &&
	    !keeps_mark(out->n == 0 ? 0 : out->v[out->n - 1], cp))
		return;
	if (memcmp(category[cp], "Nd", 2) == 0)
		cp = '0' + digit_value[cp];
	for (size_t i = 0; i < MANY(alike); i++)
		if (alike[i].from == cp) {
			put(out, alike[i].to[0]);
			if (alike[i].to[1] != 0)
				put(out, alike[i].to[1]);
			return;
		}
	put(out, cp);
}

static void
fold(uint32_t cp, struct sequence *out)
{
	struct sequence wide = { 0 }, lower = { 0 };

	decompose(cp, true, &wide);
	for (size_t i = 0; i < wide.n; i++) {
		const struct sequence *c = casefold[wide.v[i]];

		for (size_t k = 0; c != NULL && k < c->n; k++)
			decompose(c->v[k], true, &lower);
		if (c == NULL)
			put(&lower, wide.v[i]);
	}
	for (size_t i = 0; i < lower.n; i++)
		put_folded(out, lower.v[i]);
}

static enum char_script
script_of(uint32_t cp)
{
	if (cp >= 0x600 && cp <= 0x6FF)
		return SCRIPT_ARABIC;
	if (cp >= 0x590 && cp <= 0x5FF)
		return SCRIPT_HEBREW;
	if (cp >= 0xAC00 && cp <= 0xD7A3)
		return SCRIPT_HANGUL;
	return SCRIPT_ANY;
}

static uint32_t
pack(uint32_t cp, const struct sequence *f)
{
	enum char_case letter_case = memcmp(category[cp], "Ll", 2) == 0
	    ? CASE_LOWER
	    : memcmp(category[cp], "Lu", 2) == 0 ||
		memcmp(category[cp], "Lt", 2) == 0
	    ? CASE_UPPER
	    : CASE_NONE;
	uint32_t value = f->n == 0 ? FOLD_NOTHING
	    : f->v[0] == cp	   ? FOLD_SELF
				   : f->v[0];

	if (f->n > 1) {
		if (npool + f->n >= POOL_MAX)
			fail("the pool", "too small");
		value = (uint32_t)npool;
		pool[npool++] = (uint32_t)f->n;
		memcpy(pool + npool, f->v, f->n * sizeof(*pool));
		npool += f->n;
	}
	return CHAR_PACK(
	    value, f->n > 1, class_of(cp), letter_case, script_of(cp));
}

static void
print_numbers(const char *type, const char *name, const uint32_t *v, size_t n)
{
	printf("static const %s %s[] = {", type, name);
	for (size_t i = 0; i < n; i++)
		printf("%s%u,", i % 12 == 0 ? "\n" : "", v[i]);
	printf("\n};\n");
}

static void
print_blocks(void)
{
	static uint32_t entries[CHAR_MAX], stage1[CHAR_MAX / CHAR_BLOCK];
	size_t nblocks = 0;

	for (uint32_t b = 0; b < CHAR_MAX / CHAR_BLOCK; b++) {
		uint32_t *block = entries + nblocks * CHAR_BLOCK;
		size_t same = 0;

		for (uint32_t i = 0; i < CHAR_BLOCK; i++) {
			struct sequence f = { 0 };

			fold(b * CHAR_BLOCK + i, &f);
			block[i] = pack(b * CHAR_BLOCK + i, &f);
		}
		while (memcmp(entries + same * CHAR_BLOCK, block,
			   CHAR_BLOCK * sizeof(*block)) != 0)
			same++;
		stage1[b] = (uint32_t)same;
		nblocks += same == nblocks;
	}
	print_numbers("uint16_t", "char_blocks", stage1, MANY(stage1));
	print_numbers(
	    "uint32_t", "char_entries", entries, nblocks * CHAR_BLOCK);
	print_numbers("uint32_t", "fold_pool", pool, npool);
}

static int
compare_pairs(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	if (x[0] != y[0])
		return x[0] < y[0] ? -1 : 1;
	return x[1] < y[1] ? -1 : x[1] > y[1];
}

static void
print_compositions(void)
{
	static uint32_t pairs[POOL_MAX][3];
	size_t n = 0;

	for (uint32_t cp = 0; cp < CHAR_MAX; cp++) {
		const struct sequence *d = decomposition[cp];

		if (d == NULL || compatibility[cp] || excluded[cp] || d->n != 2)
			continue;
		if (n == POOL_MAX)
			fail("compositions", "too many");
		pairs[n][0] = d->v[0];
		pairs[n][1] = d->v[1];
		pairs[n++][2] = cp;
	}
	qsort(pairs, n, sizeof(pairs[0]), compare_pairs);
	printf("static const struct char_composition compositions[] = {\n");
	for (size_t i = 0; i < n; i++)
		printf("{%u,%u,%u},\n", pairs[i][0], pairs[i][1], pairs[i][2]);
	printf("};\n");
}

static void
print_canonical(void)
{
	printf("static const struct char_decomposition decompositions[] = {\n");
	for (uint32_t cp = 0; cp < CHAR_MAX; cp++) {
		const struct sequence *d = decomposition[cp];

		if (d != NULL && !compatibility[cp])
			printf("{%u,%u,%u},\n", cp, d->v[0],
			    d->n > 1 ? d->v[1] : 0);
	}
	printf("};\nstatic const struct char_combining combinings[] = {\n");
	for (uint32_t cp = 0, last; cp < CHAR_MAX; cp = last + 1) {
		for (last = cp; last + 1 < CHAR_MAX &&
		     combining[last + 1] == combining[cp];)
			last++;
		if (combining[cp] != 0)
			printf("{%u,%u,%u},\n", cp, last, combining[cp]);
	}
	printf("};\nstatic const struct char_range unsettled[] = {\n");
	for (uint32_t cp = 0, last; cp < CHAR_MAX; cp = last + 1) {
		for (last = cp; last + 1 < CHAR_MAX &&
		     unsettled[last + 1] == unsettled[cp];)
			last++;
		if (unsettled[cp])
			printf("{%u,%u},\n", cp, last);
	}
	printf("};\n");
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "/usr/share/unicode";

	read_lines(dir, "UnicodeData.txt", on_data);
	read_lines(dir, "CaseFolding.txt", on_casefold);
	read_lines(dir, "DerivedNormalizationProps.txt", on_normalization);
	for (uint32_t cp = 0; cp < CHAR_MAX; cp++)
		unsettled[cp] = unsettled[cp] || combining[cp] != 0;
	printf("/* Generated by tools/mktables.c. */\n");
	print_blocks();
	print_canonical();
	print_compositions();
	return ferror(stdout) || fflush(stdout) != 0;
}
