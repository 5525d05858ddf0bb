/* tests/unit/random_filters.c: queries and entities, from a seed. */
#include "random_filters.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define NEAR_DEPTH 3

void
random_quote(struct str *out, struct sv v)
{
	(void)str_addc(out, '\'');
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '\'')
			(void)str_addc(out, '\'');
		(void)str_addc(out, v.p[i]);
	}
	(void)str_addc(out, '\'');
}

static bool
has_blanks(uint32_t cp)
{
	static const UScriptCode scripts[] = { USCRIPT_LATIN, USCRIPT_CYRILLIC,
		USCRIPT_GREEK, USCRIPT_ARABIC, USCRIPT_HEBREW, USCRIPT_HANGUL };

	for (size_t i = 0; i < COUNTOF(scripts); i++)
		if (u_isalpha((UChar32)cp) &&
		    uscript_hasScript((UChar32)cp, scripts[i]))
			return true;
	return false;
}

/* How many letters the word has; 0 when it is no word of letters alone. */
static size_t
count_letters(struct sv v)
{
	size_t n = 0;
	uint32_t cp;

	for (; v.len != 0; n++) {
		v = sv_from(v, utf8_decode(v, &cp));
		if (!has_blanks(cp))
			return 0;
	}
	return n;
}

static void
copy_letters(struct str *out, struct sv *from, size_t n)
{
	uint32_t cp;

	while (n-- > 0) {
		size_t len = utf8_decode(*from, &cp);

		(void)str_add(out, sv_sub(*from, 0, len));
		*from = sv_from(*from, len);
	}
}

/* A word with a wildcard, where it can have one. */
static void
write_wild(struct random *r, struct str *out)
{
	struct str word, skipped;
	struct sv left;
	size_t letters;
	uint32_t cp;

	str_init(&word, KiB(1));
	str_init(&skipped, KiB(1));
	random_word(r, &word);
	left = str_sv(&word);
	letters = count_letters(left);
	if (letters >= 4) {
		copy_letters(
		    out, &left, 3 + random_pick(r, (unsigned)letters - 3));
		(void)str_addc(out, random_is(r, 3) ? '?' : '*');
		copy_letters(&skipped, &left, 1);
		if (out->p[out->len - 1] == '?' || random_is(r, 4))
			(void)str_add(out, left);
	} else {
		(void)str_add(out, left);
		(void)utf8_decode(left, &cp);
		if (letters == 3 || (cp >= 0x900 && u_isalpha((UChar32)cp)))
			(void)str_addc(out, '*');
	}
	str_done(&skipped);
	str_done(&word);
}

/* A word or phrase without quotes around it. */
static void
write_words(struct random *r, struct str *out)
{
	static const char *const joints[] = { " ", " ", " ", "-", "-", "",
		"’" };
	unsigned n = random_is(r, 3) ? 2 + random_pick(r, 2) : 1;

	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			(void)str_adds(
			    out, joints[random_pick(r, COUNTOF(joints))]);
		if (random_is(r, 5))
			random_write(r, out);
		else
			random_word(r, out);
	}
}

static void
write_name(struct random *r, struct str *out)
{
	struct str name;

	str_init(&name, KiB(4));
	if (random_is(r, 5))
		(void)str_addc(&name, '=');
	if (random_is(r, 6))
		write_wild(r, &name);
	else
		write_words(r, &name);
	random_quote(out, str_sv(&name));
	str_done(&name);
}

static void
write_list(struct random *r, struct str *out, unsigned most)
{
	unsigned n = 1 + random_pick(r, most);

	(void)str_addc(out, '[');
	for (unsigned i = 0; i < n; i++) {
		(void)str_adds(out, i == 0 ? "" : ", ");
		write_name(r, out);
	}
	(void)str_addc(out, ']');
}

static void
write_weak(struct random *r, struct str *out)
{
	static const char *const keys[] = { "needs", "without", "never" };

	(void)str_adds(out, ", weak: [{name: ");
	write_name(r, out);
	for (size_t i = 0; i < COUNTOF(keys); i++) {
		if (!random_is(r, 2))
			continue;
		(void)str_addf(out, ", %s: ", keys[i]);
		write_list(r, out, 2);
	}
	(void)str_adds(out, random_is(r, 2) ? ", lang: ru}]" : "}]");
}

void
random_entities(struct random *r, struct str *out)
{
	(void)str_adds(out, "entities:\n");
	for (unsigned i = 0; i < r->entities; i++) {
		(void)str_addf(out, "  e%u: {wikidata: Q%u, names: ", i, i + 1);
		if (random_is(r, 2)) {
			write_list(r, out, 4);
		} else {
			(void)str_adds(out, "{en: ");
			write_list(r, out, 2);
			(void)str_adds(out, ", ar: ");
			write_list(r, out, 2);
			(void)str_adds(out, ", \"*\": ");
			write_list(r, out, 2);
			(void)str_addc(out, '}');
		}
		if (random_is(r, 2)) {
			(void)str_adds(out, ", never: ");
			write_list(r, out, 2);
		}
		if (random_is(r, 2))
			write_weak(r, out);
		(void)str_adds(out, "}\n");
	}
}

static void
write_leaf(struct random *r, struct str *out)
{
	if (r->entities > 0 && random_is(r, 5)) {
		unsigned i = random_pick(r, r->entities);

		if (random_is(r, 3))
			(void)str_addf(out, "@Q%u", i + 1);
		else
			(void)str_addf(out, "@E%u", i);
		return;
	}
	if (random_is(r, 6))
		(void)str_addc(out, '=');
	(void)str_addc(out, '"');
	if (random_is(r, 5))
		write_wild(r, out);
	else
		write_words(r, out);
	(void)str_addc(out, '"');
}

static void write_operand(struct random *r, struct str *out, unsigned depth);

static void
write_near(struct random *r, struct str *out, unsigned depth)
{
	static const char *const operators[] = { "NEAR", "NEAR", "NEAR", "PRE",
		"PRE", "NOT NEAR" };

	write_operand(r, out, depth);
	(void)str_addf(out, " %s/%u ",
	    operators[random_pick(r, COUNTOF(operators))],
	    1 + random_pick(r, random_is(r, 3) ? 30 : 4));
	write_operand(r, out, depth);
}

static void
write_atleast(struct random *r, struct str *out)
{
	(void)str_addf(out, "ATLEAST/%u(", 1 + random_pick(r, 4));
	write_operand(r, out, 1);
	(void)str_addc(out, ')');
}

/* The filters that others name: no circles, and not many in a row. */
static void
write_reference(struct random *r, struct str *out)
{
	unsigned to = 5 * random_pick(r, r->filter / 5 + 1);

	if (r->filter % 5 == 4 && random_is(r, 2))
		to = r->filter - 1;
	if (r->filter % 5 == 0)
		write_leaf(r, out);
	else
		(void)str_addf(out, "filter:f%u", to);
}

static void
write_expression(struct random *r, struct str *out)
{
	static const char *const patterns[] = { "/ga[yz]an?/i", "/^(un|us)/i",
		"/\\d{4}/", "/газ[а-я]/", "/[a-zа-я]-[a-z]/", "/é(l|L)an/",
		"/[ء-ي]{4,}$/", "/加.?沙/", "/(truce|aid) /i", "/[가-힣]은/",
		"/o'b/i", "/🔥|a\\/t/" };

	if (random_is(r, 3))
		(void)str_adds(out, random_is(r, 2) ? "title:" : "content:");
	(void)str_adds(out, patterns[random_pick(r, COUNTOF(patterns))]);
}

static void
write_operand(struct random *r, struct str *out, unsigned depth)
{
	if (depth == 0 || random_is(r, 2)) {
		write_leaf(r, out);
		return;
	}
	(void)str_addc(out, '(');
	if (random_is(r, 2)) {
		write_near(r, out, depth - 1);
	} else {
		write_operand(r, out, depth - 1);
		(void)str_adds(out, " OR ");
		write_operand(r, out, depth - 1);
	}
	(void)str_addc(out, ')');
}

static void
write_group(struct random *r, struct str *out, unsigned depth, bool in_field);
static void
write_part(struct random *r, struct str *out, unsigned depth, bool in_field);

static void
write_of(struct random *r, struct str *out, unsigned depth, bool in_field)
{
	unsigned n = 2 + random_pick(r, 3);

	(void)str_addf(out, "%u OF (", 1 + random_pick(r, n));
	for (unsigned i = 0; i < n; i++) {
		(void)str_adds(out, i == 0 ? "" : ", ");
		write_part(r, out, depth, in_field);
	}
	(void)str_addc(out, ')');
}

/* A leaf, a NEAR, or a group in parentheses. */
static void
write_part(struct random *r, struct str *out, unsigned depth, bool in_field)
{
	static const char *const fields[] = { "title:", "lead:", "body:",
		"content:", "summary:", "article:", "author:", "tag:", "url:" };

	if (!in_field && random_is(r, 6)) {
		(void)str_adds(
		    out, fields[random_pick(r, random_is(r, 4) ? 9 : 4)]);
		if (random_is(r, 2)) {
			write_leaf(r, out);
			return;
		}
		(void)str_addc(out, '(');
		write_group(r, out, depth == 0 ? 0 : depth - 1, true);
		(void)str_addc(out, ')');
	} else if (random_is(r, 16)) {
		write_atleast(r, out);
	} else if (!in_field && random_is(r, 16)) {
		write_reference(r, out);
	} else if (!in_field && random_is(r, 20)) {
		write_expression(r, out);
	} else if (depth > 0 && random_is(r, 8)) {
		write_of(r, out, depth - 1, in_field);
	} else if (random_is(r, 4)) {
		(void)str_addc(out, '(');
		write_near(r, out, NEAR_DEPTH);
		(void)str_addc(out, ')');
	} else if (depth > 0 && random_is(r, 2)) {
		(void)str_addc(out, '(');
		write_group(r, out, depth - 1, in_field);
		(void)str_addc(out, ')');
	} else {
		write_leaf(r, out);
	}
}

static void
write_group(struct random *r, struct str *out, unsigned depth, bool in_field)
{
	unsigned n = random_is(r, 2) ? 1 : 2 + random_pick(r, 2);
	bool all = random_is(r, 2);

	write_part(r, out, depth, in_field);
	for (unsigned i = 1; i < n; i++) {
		(void)str_adds(out, all ? " AND " : " OR ");
		if (all && random_is(r, 3))
			(void)str_adds(out, "NOT ");
		if (all && !in_field && random_is(r, 12))
			(void)str_adds(out, "lang:(en, ru)");
		else
			write_part(r, out, depth, in_field);
	}
}

void
random_query(struct random *r, struct str *out)
{
	write_group(r, out, random_pick(r, 3), false);
}
