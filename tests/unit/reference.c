/* tests/unit/reference.c: does a query hold for an item?  Slow and obvious. */
#include "reference.h"

#include "reference_text.h"

#include <assert.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>

/* From one token to another of one of the item's texts. */
struct spot {
	size_t text, first, last;
};

struct spots {
	struct spot *v;
	size_t n, cap;
};

struct reference_item {
	struct reference_text *texts;
	struct sv *sources;
	enum field *fields;
	size_t n;
	struct sv lang;
};

/* A word or phrase. */
struct phrase {
	struct reference_text words;
	bool exact;
	bool open; /* a * at the end of a script without blanks */
	bool katakana; /* all of it */
	size_t letters;
};

struct phrases {
	struct phrase *v;
	size_t n;
};

struct name {
	struct phrase phrase;
	struct sv lang; /* empty: any */
	struct phrases needs, without, never;
};

struct thing {
	struct name *names;
	size_t n;
	struct phrases never;
};

struct part {
	const struct query *q;
	struct part *kids, *next;
	struct phrase phrase; /* of a term */
	struct thing thing; /* of an entity */
	const struct rule *rule; /* of filter: */
	bool shout;
};

struct rule {
	const struct config_filter *config;
	const struct part *match, *veto; /* NULL: none */
};

struct reference {
	struct rule *rules;
	size_t n;
};

/* Places. */

static bool
same(const struct spot *a, const struct spot *b)
{
	return a->text == b->text && a->first == b->first && a->last == b->last;
}

static void
add_place(struct spots *p, struct spot place)
{
	for (size_t i = 0; i < p->n; i++)
		if (same(&p->v[i], &place))
			return;
	p->v = mem_grow(p->v, &p->cap, p->n + 1, sizeof(*p->v));
	p->v[p->n++] = place;
}

static bool
is_inside(const struct spot *in, const struct spot *out)
{
	return in->text == out->text && in->first >= out->first &&
	    in->last <= out->last;
}

/* Words. */

static bool
is_diacritic(struct chars s, size_t i)
{
	return i < s.n && s.v[i] >= 0x300 && s.v[i] <= 0x36F;
}

/* Does the pattern from `p` on cover the word from `w` on?  A letter is not
 * parted from its diacritics. */
static bool
covers(struct chars pattern, size_t p, struct chars word, size_t w)
{
	UChar32 want = p < pattern.n ? pattern.v[p] : 0;

	if (want == 0)
		return w == word.n;
	if (want != REFERENCE_ANY && want != REFERENCE_ONE)
		return w < word.n && want == word.v[w] &&
		    covers(pattern, p + 1, word, w + 1);
	if (want == REFERENCE_ANY) {
		for (size_t end = w; end <= word.n && !is_diacritic(word, w);
		     end++)
			if (covers(pattern, p + 1, word, end))
				return true;
		return false;
	}
	if (w++ == word.n)
		return false;
	while (is_diacritic(word, w))
		w++;
	return covers(pattern, p + 1, word, w);
}

static bool
has_wildcard(struct chars s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.v[i] == REFERENCE_ANY || s.v[i] == REFERENCE_ONE)
			return true;
	return false;
}

static struct chars
cut(struct chars s, size_t from, size_t to)
{
	return (struct chars) { s.v + from, to - from };
}

static bool
ends_with(struct chars s, struct chars end)
{
	return s.n > end.n && chars_equal(cut(s, s.n - end.n, s.n), end);
}

/* Is `s` one of each of the lists, in this order?  Any list may be left out.
 * Parts of a list have commas between. */
static bool
is_made_of(struct chars s, const UChar32 *const *lists)
{
	if (*lists == NULL)
		return s.n == 0;
	if (is_made_of(s, lists + 1))
		return true;
	for (const UChar32 *part = *lists, *p; *part != 0;
	     part = *p == ',' ? p + 1 : p) {
		for (p = part; *p != 0 && *p != ','; p++)
			;
		if ((size_t)(p - part) <= s.n &&
		    memcmp(part, s.v, (size_t)(p - part) * sizeof(*p)) == 0 &&
		    is_made_of(cut(s, (size_t)(p - part), s.n), lists + 1))
			return true;
	}
	return false;
}

static bool
is_arabic_prefix(struct chars s)
{
	static const UChar32 and[] = { 0x648, ',', 0x641, 0 },
			     to[] = { 0x628, ',', 0x643, ',', 0x644, 0 },
			     the[] = { 0x627, 0x644, 0 };
	static const UChar32 *const lists[] = { and, to, the, NULL };

	return is_made_of(s, lists);
}

static bool
is_hebrew_prefix(struct chars s)
{
	static const UChar32 and[] = { 0x5D5, 0 },
			     that[] = { 0x5DB, 0x5E9, ',', 0x5DC, 0x5DB, 0x5E9,
				     ',', 0x5DE, 0x5E9, ',', 0x5E9, 0 },
			     to[] = { 0x5D1, ',', 0x5DB, ',', 0x5DC, ',', 0x5DE,
				     0 },
			     the[] = { 0x5D4, 0 };
	static const UChar32 *const lists[] = { and, that, to, the, NULL };

	return is_made_of(s, lists);
}

/* [wf]ll before a word that has the article in the query: lil-amn. */
static bool
is_lil(struct chars want, struct chars have)
{
	UChar32 first = have.n > 0 ? have.v[0] : 0;
	size_t from = first == 0x648 || first == 0x641 ? 1 : 0;

	return want.n >= 5 && want.v[0] == 0x627 && want.v[1] == 0x644 &&
	    have.n == from + want.n && have.v[from] == 0x644 &&
	    have.v[from + 1] == 0x644 &&
	    chars_equal(cut(have, from + 2, have.n), cut(want, 2, want.n));
}

static const char particles[] =
    " 은 는 이 가 을 를 의 에 에서 에게 에게서 께 께서 한테 로 으로 와 과 도 만 "
    "까지 부터 보다 처럼 이나 나 라도 조차 마저 밖에 이라 라 이라고 라고 이란 란 "
    "에는 에도 에서는 에서도 에선 에만 로는 로도 로부터 으로는 으로도 으로부터 "
    "와의 과의 와는 과는 로서 으로서 로써 으로써 이며 며 이고 고 인 이었다 였다 "
    "이다 이라는 라는 이라며 라며 들 들이 들은 들의 들을 측 측은 측이 측의 ";

static bool
is_particle(struct chars s)
{
	char word[64] = " ";
	size_t n = 1;

	for (size_t i = 0; i < s.n; i++) {
		if (s.v[i] < 0x800 || s.v[i] > 0xFFFF || n + 5 > sizeof(word))
			return false;
		word[n++] = (char)(0xE0 | s.v[i] >> 12);
		word[n++] = (char)(0x80 | (s.v[i] >> 6 & 0x3F));
		word[n++] = (char)(0x80 | (s.v[i] & 0x3F));
	}
	word[n++] = ' ';
	return s.n > 0 &&
	    sv_find(sv_of(particles), (struct sv) { word, n }) + n <=
	    sizeof(particles) - 1;
}

/* `want` with something that its script attaches to words? */
static bool
equals_without_particle(
    const struct phrase *p, struct chars want, struct chars have)
{
	bool many = p->words.n > 1 && p->letters >= 3;
	size_t least = many ? 2 : 3;

	if (want.n >= 2 && have.n > want.n &&
	    chars_equal(cut(have, 0, want.n), want) &&
	    is_particle(cut(have, want.n, have.n)))
		return true;
	if (want.n < least || have.n < want.n ||
	    !(is_lil(want, have) || ends_with(have, want)))
		return false;
	switch (reference_script(want.v[0])) {
	case REFERENCE_ARABIC:
		return is_lil(want, have) ||
		    is_arabic_prefix(cut(have, 0, have.n - want.n));
	case REFERENCE_HEBREW:
		return is_hebrew_prefix(cut(have, 0, have.n - want.n));
	case REFERENCE_KOREAN:
	case REFERENCE_OTHER:
		return false;
	}
	BUG("no such script");
}

static bool
equals(const struct phrase *p, const struct reading *want,
    const struct reading *have)
{
	if (p->exact)
		return covers(want->exact, 0, have->exact, 0);
	if (has_wildcard(want->folded))
		return covers(want->folded, 0, have->folded, 0);
	return chars_equal(want->folded, have->folded) ||
	    equals_without_particle(p, want->folded, have->folded);
}

/* Phrases. */

struct search {
	const struct phrase *phrase;
	const struct reference_text *text;
	size_t first; /* token */
	size_t end; /* the nearest one behind a way to read it; 0: none */
};

static bool
stands_alone(const struct search *s, size_t last)
{
	const struct reference_token *v = s->text->v;
	bool glued_before = s->first > 0 && v[s->first].glued;
	bool glued_after = last + 1 < s->text->n && v[last + 1].glued;

	if (glued_before && v[s->first - 1].needs_next)
		return false;
	if (glued_after && v[last + 1].needs_before)
		return false;
	if (!s->phrase->katakana)
		return true;
	return !(glued_before && v[s->first - 1].katakana) &&
	    (s->phrase->open || !(glued_after && v[last + 1].katakana));
}

/* All ways to go on from the word `i` of the phrase at token `at`. */
static void
follow(struct search *s, size_t i, size_t at)
{
	const struct reference_text *words = &s->phrase->words;

	if (i == words->n) {
		if (stands_alone(s, at - 1) && (s->end == 0 || at < s->end))
			s->end = at;
		return;
	}
	if (at == s->text->n)
		return;
	for (int w = 0; w < 2; w++)
		for (int h = 0; h < 2; h++) {
			const struct reference_token *want = &words->v[i],
						     *have = &s->text->v[at];
			const struct reading *a = w == 0 ? &want->word
							 : &want->joined,
					     *b = h == 0 ? &have->word
							 : &have->joined;

			if (a->span != 0 && b->span != 0 &&
			    equals(s->phrase, a, b))
				follow(s, i + a->span, at + b->span);
		}
}

static bool
looks_at(unsigned fields, enum field f)
{
	if ((fields & FIELDS_LEAD) != 0)
		fields |= FIELDS_DEFAULT;
	return (fields & FIELD_BIT(f)) != 0;
}

/* Adds the places of a phrase in these fields. */
static void
find_phrase(const struct phrase *p, const struct reference_item *it,
    unsigned fields, bool shout, struct spots *out)
{
	for (size_t i = 0; i < it->n; i++) {
		const struct reference_text *t = &it->texts[i];
		struct search s = { p, t, 0, 0 };
		size_t before = out->n, n = before;

		if (!looks_at(fields, it->fields[i]) ||
		    (p->exact && t->shouted && !shout))
			continue;
		for (; s.first < t->n; s.first++) {
			s.end = 0;
			follow(&s, 0, s.first);
			if (s.end != 0)
				add_place(out,
				    (struct spot) { i, s.first, s.end - 1 });
		}
		if (fields != FIELDS_LEAD || it->fields[i] == FIELD_TITLE)
			continue;
		for (size_t k = before; k < out->n; k++)
			if (out->v[k].last < t->lead)
				out->v[n++] = out->v[k];
		out->n = n;
	}
}

static bool
any_in_texts(const struct phrases *all, const struct reference_item *it)
{
	struct spots found = { 0 };

	for (size_t i = 0; i < all->n; i++)
		find_phrase(&all->v[i], it, FIELDS_DEFAULT, true, &found);
	free(found.v);
	return found.n != 0;
}

/* Entities. */

static void
drop_inside(struct spots *p, const struct spots *outer)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		bool inside = false;

		for (size_t k = 0; k < outer->n; k++)
			inside = inside || is_inside(&p->v[i], &outer->v[k]);
		if (!inside)
			p->v[n++] = p->v[i];
	}
	p->n = n;
}

static void
keep_longest(struct spots *p)
{
	struct spots all = *p;
	size_t n = 0;

	all.v = mem_alloc((p->n + 1) * sizeof(*all.v));
	if (p->n != 0)
		memcpy(all.v, p->v, p->n * sizeof(*all.v));
	for (size_t i = 0; i < all.n; i++) {
		bool inside = false;

		for (size_t k = 0; k < all.n; k++)
			inside = inside ||
			    (i != k && is_inside(&all.v[i], &all.v[k]));
		if (!inside)
			p->v[n++] = all.v[i];
	}
	p->n = n;
	free(all.v);
}

static void
hide(struct spots *p, const struct phrases *never,
    const struct reference_item *it)
{
	struct spots longer = { 0 };

	for (size_t i = 0; i < never->n; i++)
		find_phrase(&never->v[i], it, ~FIELDS_LEAD, true, &longer);
	drop_inside(p, &longer);
	free(longer.v);
}

static bool
counts(const struct name *n, const struct reference_item *it)
{
	if (n->lang.len != 0 && it->lang.len != 0 && !sv_ieq(n->lang, it->lang))
		return false;
	return (n->needs.n == 0 || any_in_texts(&n->needs, it)) &&
	    !any_in_texts(&n->without, it);
}

/* Where an entity stands at all, and of that what the fields show. */
static void
find_thing(const struct thing *t, const struct reference_item *it,
    unsigned fields, bool shout, struct spots *out)
{
	struct spots all = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		struct spots some = { 0 };

		if (!counts(&t->names[i], it))
			continue;
		find_phrase(
		    &t->names[i].phrase, it, ~FIELDS_LEAD, shout, &some);
		hide(&some, &t->names[i].never, it);
		for (size_t k = 0; k < some.n; k++)
			add_place(&all, some.v[k]);
		free(some.v);
	}
	hide(&all, &t->never, it);
	keep_longest(&all);
	for (size_t i = 0; i < all.n; i++) {
		enum field f = it->fields[all.v[i].text];

		if (!looks_at(fields, f) ||
		    (fields == FIELDS_LEAD && f != FIELD_TITLE &&
			all.v[i].last >= it->texts[all.v[i].text].lead))
			continue;
		add_place(out, all.v[i]);
	}
	free(all.v);
}

/* Queries. */

/* Which pairs of places are meant. */
enum pairs {
	PAIRS_ALL,
	PAIRS_CLOSEST
};

static void find_all(const struct part *q, const struct reference_item *it,
    enum pairs pairs, struct spots *out);

/* Does another place begin, or end, between the two? */
static bool
is_parted(const struct spots *all, bool by_end, const struct spot *before,
    const struct spot *after)
{
	for (size_t i = 0; i < all->n; i++) {
		size_t at = by_end ? all->v[i].last : all->v[i].first;

		if (all->v[i].text == before->text && at > before->last &&
		    at < after->first)
			return true;
	}
	return false;
}

static void
pair_up(const struct part *q, const struct spots *before,
    const struct spots *after, enum pairs pairs, struct spots *out)
{
	for (size_t i = 0; i < before->n; i++)
		for (size_t k = 0; k < after->n; k++) {
			const struct spot *a = &before->v[i], *b = &after->v[k];

			if (a->text != b->text || a->last >= b->first ||
			    b->first - a->last > q->q->distance)
				continue;
			if (pairs == PAIRS_CLOSEST &&
			    is_parted(before, true, a, b) &&
			    is_parted(after, false, a, b))
				continue;
			add_place(
			    out, (struct spot) { a->text, a->first, b->last });
		}
}

static void
find_near(const struct part *q, const struct reference_item *it,
    enum pairs pairs, struct spots *out)
{
	struct spots left = { 0 }, right = { 0 };

	find_all(q->kids, it, pairs, &left);
	find_all(q->kids->next, it, pairs, &right);
	pair_up(q, &left, &right, pairs, out);
	if (!q->q->ordered)
		pair_up(q, &right, &left, pairs, out);
	free(left.v);
	free(right.v);
}

static bool
is_near(const struct spot *a, const struct spot *b, size_t distance)
{
	return a->text == b->text && !same(a, b) &&
	    b->first <= a->last + distance && a->first <= b->last + distance;
}

static void
find_not_near(const struct part *q, const struct reference_item *it,
    enum pairs pairs, struct spots *out)
{
	struct spots left = { 0 }, right = { 0 };

	find_all(q->kids, it, pairs, &left);
	find_all(q->kids->next, it, pairs, &right);
	for (size_t i = 0; i < left.n; i++) {
		bool near = false;

		for (size_t k = 0; k < right.n; k++)
			near = near ||
			    is_near(&left.v[i], &right.v[k], q->q->distance);
		if (!near)
			add_place(out, left.v[i]);
	}
	free(left.v);
	free(right.v);
}

static void
find_all(const struct part *q, const struct reference_item *it,
    enum pairs pairs, struct spots *out)
{
	switch (q->q->kind) {
	case QUERY_TERM:
		find_phrase(&q->phrase, it, q->q->fields, q->shout, out);
		return;
	case QUERY_ENTITY:
		find_thing(&q->thing, it, q->q->fields, q->shout, out);
		return;
	case QUERY_NEAR:
		find_near(q, it, pairs, out);
		return;
	case QUERY_NOT_NEAR:
		find_not_near(q, it, pairs, out);
		return;
	case QUERY_OR:
		for (const struct part *k = q->kids; k != NULL; k = k->next)
			find_all(k, it, pairs, out);
		return;
	case QUERY_AND:
	case QUERY_NOT:
	case QUERY_LANG:
	case QUERY_ATLEAST:
	case QUERY_OF:
	case QUERY_FILTER:
	case QUERY_REGEX:
		break;
	}
	BUG("it has no places");
}

static bool
stands_anywhere(const struct part *q, const struct reference_item *it)
{
	struct spots found = { 0 };

	find_all(q, it, PAIRS_ALL, &found);
	free(found.v);
	return found.n != 0;
}

static bool
stands_often(const struct part *q, const struct reference_item *it)
{
	struct spots found = { 0 };

	find_all(q->kids, it, PAIRS_CLOSEST, &found);
	keep_longest(&found);
	free(found.v);
	return found.n >= q->q->count;
}

static bool part_holds(const struct part *q, const struct reference_item *it);

static size_t
count_kids(const struct part *q, const struct reference_item *it, bool hold)
{
	size_t n = 0;

	for (const struct part *k = q->kids; k != NULL; k = k->next)
		n += part_holds(k, it) == hold;
	return n;
}

static struct sv
primary_language(struct sv lang)
{
	lang = sv_trim(lang);
	for (size_t i = 0; i < lang.len; i++)
		if (lang.p[i] == '-' || lang.p[i] == '_')
			lang = sv_sub(lang, 0, i);
	return sv_iis(lang, "und") ? SV_NONE : lang;
}

static bool
is_in_language(struct sv langs, const struct reference_item *it)
{
	for (struct sv one; sv_split(&langs, ',', &one);)
		if (it->lang.len != 0 &&
		    sv_ieq(primary_language(one), it->lang))
			return true;
	return false;
}

/* UTF-16 for ICU, to be freed. */
static UChar *
widen(struct sv v, int32_t *n)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t room = (int32_t)v.len + 1;
	UChar *wide = mem_alloc((size_t)room * sizeof(*wide));

	(void)u_strFromUTF8WithSub(
	    wide, room, n, v.p, (int32_t)v.len, 0xFFFD, NULL, &status);
	assert(U_SUCCESS(status));
	return wide;
}

static UChar *
widen_composed(struct sv v, int32_t *n)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
	UChar *wide = widen(v, n), *composed;
	int32_t room = *n * 3 + 1;

	composed = mem_alloc((size_t)room * sizeof(*composed));
	*n = unorm2_normalize(nfc, wide, *n, composed, room, &status);
	assert(U_SUCCESS(status));
	free(wide);
	return composed;
}

static bool
find_expression(const struct query *q, struct sv text)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t n, ntext;
	UChar *pattern = widen(q->text, &n);
	UChar *wide = widen_composed(text, &ntext);
	URegularExpression *x = uregex_open(pattern, n,
	    q->caseless ? UREGEX_CASE_INSENSITIVE : 0, NULL, &status);
	bool found;

	uregex_setText(x, wide, ntext, &status);
	found = uregex_find(x, 0, &status);
	assert(U_SUCCESS(status));
	uregex_close(x);
	free(pattern);
	free(wide);
	return found;
}

static bool
finds_expression(const struct query *q, const struct reference_item *it)
{
	for (size_t i = 0; i < it->n; i++)
		if (looks_at(q->fields, it->fields[i]) &&
		    find_expression(q, it->sources[i]))
			return true;
	return false;
}

static bool
is_in_scope(const struct rule *r, const struct reference_item *it)
{
	const struct config_texts *langs = &r->config->lang;
	bool any = langs->n == 0 || it->lang.len == 0;

	for (size_t i = 0; i < langs->n; i++)
		any = any || is_in_language(langs->v[i].text, it);
	return any;
}

static bool
rule_holds(const struct rule *r, const struct reference_item *it)
{
	return is_in_scope(r, it) && part_holds(r->match, it) &&
	    (r->veto == NULL || !part_holds(r->veto, it));
}

static bool
part_holds(const struct part *q, const struct reference_item *it)
{
	switch (q->q->kind) {
	case QUERY_AND:
		return count_kids(q, it, false) == 0;
	case QUERY_OR:
		return count_kids(q, it, true) != 0;
	case QUERY_OF:
		return count_kids(q, it, true) >= q->q->count;
	case QUERY_NOT:
		return !part_holds(q->kids, it);
	case QUERY_LANG:
		return is_in_language(q->q->text, it);
	case QUERY_FILTER:
		return rule_holds(q->rule, it);
	case QUERY_REGEX:
		return finds_expression(q->q, it);
	case QUERY_ATLEAST:
		return stands_often(q, it);
	case QUERY_NEAR:
	case QUERY_NOT_NEAR:
	case QUERY_TERM:
	case QUERY_ENTITY:
		return stands_anywhere(q, it);
	}
	BUG("no such query");
}

bool
reference_holds(
    const struct reference *r, size_t filter, const struct reference_item *it)
{
	return rule_holds(&r->rules[filter], it);
}

/* Reading queries and items. */

static struct phrase
read_phrase(struct arena *a, struct sv text, bool exact)
{
	struct phrase p = { reference_read(a, text, READ_QUERY), exact, false,
		true, 0 };
	struct reference_token *v = p.words.v;
	size_t n = p.words.n;

	if (n > 1 && v[n - 1].word.folded.n == 1 && v[n - 1].glued &&
	    v[n - 1].word.folded.v[0] == REFERENCE_ANY && v[n - 2].sequence) {
		p.open = true;
		p.words.n--;
	}
	for (size_t i = 0; i < p.words.n; i++) {
		p.katakana = p.katakana && v[i].katakana;
		p.letters += v[i].word.folded.n;
	}
	return p;
}

/* A text of the configuration, exact after = */
static struct phrase
read_name(struct arena *a, struct sv text)
{
	bool exact = sv_starts(text, SV("="));

	return read_phrase(a, sv_from(text, exact ? 1 : 0), exact);
}

static struct phrases
read_names(struct arena *a, const struct config_texts *texts)
{
	struct phrases p = { arena_calloc(a, (texts->n + 1) * sizeof(*p.v)),
		texts->n };

	for (size_t i = 0; i < texts->n; i++)
		p.v[i] = read_name(a, texts->v[i].text);
	return p;
}

static void
add_names(struct arena *a, struct thing *t, const struct config_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct config_name *c = &names->v[i];
		struct name *n = &t->names[t->n++];

		*n = (struct name) { .phrase = read_name(a, c->text.text) };
		if ((n->phrase.exact || c->weak) && strcmp(c->lang, "*") != 0)
			n->lang = sv_of(c->lang);
		n->needs = read_names(a, &c->needs);
		n->without = read_names(a, &c->without);
		n->never = read_names(a, &c->never);
	}
}

static struct thing
read_thing(struct arena *a, struct sv key, const struct config *c)
{
	struct thing t = { 0 };

	for (size_t i = 0; i < c->nentities; i++) {
		const struct config_entity *e = &c->entities[i];

		if (!sv_iis(key, e->name) &&
		    (e->wikidata == NULL || !sv_iis(key, e->wikidata)))
			continue;
		t.names = arena_calloc(
		    a, (e->names.n + e->weak.n + 1) * sizeof(*t.names));
		add_names(a, &t, &e->names);
		add_names(a, &t, &e->weak);
		t.never = read_names(a, &e->never);
		return t;
	}
	BUG("no such entity");
}

struct compiler {
	struct arena *arena;
	const struct config *config;
	struct reference *out;
	bool shout;
};

static const struct rule *
find_rule(const struct reference *r, struct sv name)
{
	for (size_t i = 0; i < r->n; i++)
		if (sv_is(name, r->rules[i].config->name))
			return &r->rules[i];
	BUG("no such filter");
}

static struct part *
compile_part(struct compiler *c, const struct query *q)
{
	struct part *p = arena_calloc(c->arena, sizeof(*p)), **kid = &p->kids;

	p->q = q;
	p->shout = c->shout;
	if (q->kind == QUERY_TERM)
		p->phrase = read_phrase(c->arena, q->text, q->exact);
	if (q->kind == QUERY_ENTITY)
		p->thing = read_thing(c->arena, q->text, c->config);
	if (q->kind == QUERY_FILTER)
		p->rule = find_rule(c->out, q->text);
	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		*kid = compile_part(c, k);
		kid = &(*kid)->next;
	}
	return p;
}

static const struct part *
compile_text(struct compiler *c, const struct config_text *at)
{
	struct diags *d = diags_new();
	const struct query *q;

	if (at->text.p == NULL) {
		diags_unref(d);
		return NULL;
	}
	q = query_parse(at, c->arena, d);
	assert(q != NULL);
	diags_unref(d);
	return compile_part(c, q);
}

struct reference *
reference_new(struct arena *a, const struct config *config)
{
	struct reference *r = arena_calloc(a, sizeof(*r));
	struct compiler c = { a, config, r, false };

	r->n = config->nfilters;
	r->rules = arena_calloc(a, (r->n + 1) * sizeof(*r->rules));
	for (size_t i = 0; i < r->n; i++)
		r->rules[i].config = &config->filters[i];
	for (size_t i = 0; i < r->n; i++) {
		c.shout = config->filters[i].shout;
		r->rules[i].match = compile_text(&c, &config->filters[i].match);
		r->rules[i].veto = compile_text(&c, &config->filters[i].not );
	}
	return r;
}

static void
add_text(struct arena *a, struct reference_item *it, enum field f, struct sv v)
{
	it->texts[it->n] = reference_read(
	    a, v, f == FIELD_URL ? READ_ADDRESS : READ_PROSE);
	it->sources[it->n] = v;
	it->fields[it->n++] = f;
}

struct reference_item *
reference_item(struct arena *a, const struct item *it, struct sv lang)
{
	struct reference_item *r = arena_calloc(a, sizeof(*r));
	size_t n = 6 + it->ncategories + it->ntags;

	r->texts = arena_calloc(a, n * sizeof(*r->texts));
	r->sources = arena_calloc(a, n * sizeof(*r->sources));
	r->fields = arena_calloc(a, n * sizeof(*r->fields));
	add_text(a, r, FIELD_TITLE, it->title);
	add_text(a, r, FIELD_SUMMARY, it->summary);
	add_text(a, r, FIELD_CONTENT, it->content);
	add_text(a, r, FIELD_ARTICLE, it->article);
	add_text(a, r, FIELD_URL, it->link);
	add_text(a, r, FIELD_AUTHOR, it->author);
	for (size_t i = 0; i < it->ncategories; i++)
		add_text(a, r, FIELD_TAG, it->categories[i]);
	for (size_t i = 0; i < it->ntags; i++)
		add_text(a, r, FIELD_TAG, it->tags[i]);
	r->lang = lang;
	return r;
}
