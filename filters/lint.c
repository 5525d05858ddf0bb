/* filters/lint.c: what is allowed in filters and entities, but hardly meant. */
#include "filters/lint.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "filters/fold.h"
#include "filters/lang.h"
#include "filters/lexicon.h"
#include "filters/lint_words.h"
#include "filters/query.h"

#include <stdlib.h>

#define ACRONYM_LETTERS 3 /* at most: longer ones are hardly words, too */
#define SHOWN_BYTES 48 /* of a clause, in a message */
#define LANGS_BYTES 1024 /* of a list that is compared with another */
#define THAI_LETTERS 4 /* fewer stand inside too many words */
#define NAME_KIND 31 /* beside the kinds of nodes: a name of an entity */

/* A word that is tried on itself, once all are known; or a phrase under never,
 * on the names that it is to hide. */
struct trial {
	const struct config_text *at;
	size_t offset, length;
	struct sv words;
	unsigned fields;
	uint32_t atom;
	size_t first, names; /* trials of the names; 0 names: of a word */
};

struct hashed {
	uint64_t hash;
	const struct query *query;
};

struct linter {
	struct diags *diags;
	struct langs *langs;
	struct arena arena;
	struct map names, languages; /* words of lint_words.h */
	const struct config_text *at; /* the text at hand */
	struct hashed *kids; /* of the group at hand, sorted */
	size_t nkids, capkids;
	struct lexicon lexicon; /* of all words */
	struct trial *trials;
	size_t ntrials, captrials;
	struct text text; /* scratch */
};

/* What a lint says of a clause, and what should stand there instead. */
struct finding {
	const struct query *at;
	const char *suggestion; /* or NULL */
};

/* Takes a node of one of its kinds; true when something is the matter. */
typedef bool
lint_fn(struct linter *l, const struct query *q, struct finding *f);

static lint_fn is_acronym, is_common, is_name_and_word, is_short, is_twice,
    is_contradiction, is_absorbed, is_two_languages, is_unknown_language;

#define KIND(kind) (1u << (kind))
#define WORDS (KIND(QUERY_TERM) | KIND(NAME_KIND))
#define GROUPS (KIND(QUERY_AND) | KIND(QUERY_OR) | KIND(QUERY_OF))

static const struct lint {
	const char *name;
	unsigned kinds;
	lint_fn *finds;
	const char *says; /* behind the clause */
} lints[] = {
	{ "acronym", WORDS, is_acronym, "is found in small letters, too" },
	{ "common-word", WORDS, is_common,
	    "is one of the most frequent words of a language" },
	{ "name-and-word", WORDS, is_name_and_word,
	    "is a name and a word: = keeps the capital, or make it weak" },
	{ "short", WORDS, is_short,
	    "is so short that it stands inside many other words" },
	{ "twice", GROUPS, is_twice, "stands there twice" },
	{ "contradiction", KIND(QUERY_AND) | KIND(QUERY_OR), is_contradiction,
	    "stands beside its opposite: the group is decided without any "
	    "item" },
	{ "no-effect", KIND(QUERY_AND) | KIND(QUERY_OR), is_absorbed,
	    "changes nothing: one of its parts stands beside it and decides" },
	{ "two-languages", KIND(QUERY_AND), is_two_languages,
	    "and another language are asked for: an item is in one" },
	{ "unknown-language", KIND(QUERY_LANG), is_unknown_language,
	    "names no language: codes are such as en" },
};

static struct sv
source_of(const struct linter *l, const struct query *q)
{
	return sv_sub(l->at->text, q->offset, q->length);
}

static void
warn(struct linter *l, const struct query *q, const char *suggestion,
    const char *says, const char *name)
{
	struct sv source = source_of(l, q);
	struct sv shown = utf8_prefix(source, SHOWN_BYTES);

	diag_add_text(l->diags, DIAG_WARNING, l->at, q->offset, q->length,
	    suggestion, "'%.*s%s' %s [%s]", SV_ARG(shown),
	    shown.len < source.len ? "..." : "", says, name);
}

static void
run_lints(struct linter *l, const struct query *q, unsigned kind)
{
	for (size_t i = 0; i < COUNTOF(lints); i++) {
		struct finding f = { .at = q };

		if ((lints[i].kinds & KIND(kind)) != 0 &&
		    lints[i].finds(l, q, &f))
			warn(l, f.at, f.suggestion, lints[i].says,
			    lints[i].name);
	}
}

/* Equal clauses have equal hashes, wherever they stand.  Those of the children
 * are known. */
static uint64_t
hash_query(const struct query *q)
{
	struct str folded;
	uint64_t h;

	str_init(&folded, q->text.len * 4 + 16);
	if (q->exact || q->kind == QUERY_REGEX)
		(void)str_add(&folded, q->text);
	else
		fold_name(&folded, q->text);
	h = sv_hash(str_sv(&folded));
	str_done(&folded);
	h = h * 31 + q->kind;
	h = h * 31 + q->fields;
	h = h * 31 + q->distance + q->count * 8191u;
	h = h * 31 + (q->exact ? 1 : 0) + (q->caseless ? 2 : 0) +
	    (q->ordered ? 4 : 0);
	for (const struct query *k = q->kids; k != NULL; k = k->next)
		h = (h ^ h >> 31) * UINT64_C(0x9E3779B97F4A7C15) + k->hash;
	return h;
}

static void
hash_all(struct query *q)
{
	for (struct query *k = q->kids; k != NULL; k = k->next)
		hash_all(k);
	q->hash = hash_query(q);
}

static int
compare_hashed(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->query->offset < y->query->offset ? -1 : 1;
}

static void
collect_kids(struct linter *l, const struct query *q)
{
	l->nkids = 0;
	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		l->kids = mem_grow(
		    l->kids, &l->capkids, l->nkids + 1, sizeof(*l->kids));
		l->kids[l->nkids++] = (struct hashed) { k->hash, k };
	}
	if (l->nkids != 0)
		qsort(l->kids, l->nkids, sizeof(*l->kids), compare_hashed);
}

static bool
is_kid(const struct linter *l, uint64_t hash)
{
	size_t low = 0, high = l->nkids;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (l->kids[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->nkids && l->kids[low].hash == hash;
}

static bool
is_twice(struct linter *l, const struct query *q, struct finding *f)
{
	(void)q;
	for (size_t i = 1; i < l->nkids; i++)
		if (l->kids[i].hash == l->kids[i - 1].hash) {
			f->at = l->kids[i].query;
			return true;
		}
	return false;
}

static bool
is_contradiction(struct linter *l, const struct query *q, struct finding *f)
{
	for (const struct query *k = q->kids; k != NULL; k = k->next)
		if (k->kind == QUERY_NOT && is_kid(l, k->kids->hash)) {
			f->at = k;
			return true;
		}
	return false;
}

/* a AND (a OR b), a OR (a AND b). */
static bool
is_absorbed(struct linter *l, const struct query *q, struct finding *f)
{
	enum query_kind other = q->kind == QUERY_AND ? QUERY_OR : QUERY_AND;

	for (const struct query *k = q->kids; k != NULL; k = k->next)
		for (const struct query *part = k->kids;
		     k->kind == other && part != NULL; part = part->next)
			if (is_kid(l, part->hash)) {
				f->at = k;
				return true;
			}
	return false;
}

/* Too many to compare are believed to. */
static bool
share_language(struct sv a, struct sv b)
{
	if (a.len > LANGS_BYTES || b.len > LANGS_BYTES)
		return true;
	for (struct sv one; sv_split(&a, ',', &one);) {
		struct sv rest = b;

		for (struct sv two; sv_split(&rest, ',', &two);)
			if (sv_ieq(lang_primary(sv_trim(one)),
				lang_primary(sv_trim(two))))
				return true;
	}
	return false;
}

static bool
is_two_languages(struct linter *l, const struct query *q, struct finding *f)
{
	const struct query *first = NULL;

	(void)l;
	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		if (k->kind != QUERY_LANG)
			continue;
		if (first != NULL && !share_language(first->text, k->text)) {
			f->at = k;
			return true;
		}
		first = k;
	}
	return false;
}

/* Codes of three letters are many: they are believed. */
static bool
is_no_language(struct linter *l, struct sv lang, const char **suggestion)
{
	static const struct {
		struct sv country;
		const char *lang;
	} countries[] = {
#define COUNTRY_ROW(country, lang) { { country, 2 }, lang },
		LINT_COUNTRIES(COUNTRY_ROW)
	};
	struct sv primary = lang_primary(lang);

	if (primary.len == 3 || sv_is(lang, "*") || sv_is(lang, "und") ||
	    map_get(&l->languages, primary) != NULL)
		return false;
	for (size_t i = 0; i < COUNTOF(countries); i++)
		if (sv_ieq(primary, countries[i].country))
			*suggestion = countries[i].lang;
	return true;
}

static bool
is_unknown_language(struct linter *l, const struct query *q, struct finding *f)
{
	struct sv langs = q->text;

	for (struct sv one; sv_split(&langs, ',', &one);)
		if (is_no_language(l, sv_trim(one), &f->suggestion))
			return true;
	return false;
}

/* Are the texts looked at, and not only categories, links, ...? */
static bool
reads_texts(const struct query *q)
{
	return (q->fields & (FIELDS_DEFAULT | FIELDS_LEAD)) != 0;
}

/* One word of ASCII letters, all capitals; its lower case goes to `out`. */
static bool
is_all_capitals(struct sv word, char out[ACRONYM_LETTERS + 8])
{
	if (word.len < 2 || word.len > ACRONYM_LETTERS + 4)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
		out[i] = ascii_lower(word.p[i]);
	}
	return true;
}

static const char *
with_equals(struct linter *l, struct sv word)
{
	struct str s;
	const char *copy;

	str_init(&s, word.len + 2);
	(void)str_addc(&s, '=');
	(void)str_add(&s, word);
	copy = arena_sv(&l->arena, str_sv(&s)).p;
	str_done(&s);
	return copy;
}

static bool
is_acronym(struct linter *l, const struct query *q, struct finding *f)
{
	char small[ACRONYM_LETTERS + 8];
	struct sv word = q->text;

	if (q->exact || !reads_texts(q) || !is_all_capitals(word, small) ||
	    (word.len > ACRONYM_LETTERS &&
		lang_of_word(l->langs, (struct sv) { small, word.len }).len ==
		    0))
		return false;
	f->suggestion = with_equals(l, word);
	return true;
}

static bool
is_common(struct linter *l, const struct query *q, struct finding *f)
{
	char small[ACRONYM_LETTERS + 8];

	(void)f;
	return !q->exact && reads_texts(q) &&
	    !is_all_capitals(q->text, small) &&
	    lang_of_word(l->langs, q->text).len != 0;
}

static bool
is_name_and_word(struct linter *l, const struct query *q, struct finding *f)
{
	struct str folded;
	bool found;

	if (q->exact || !reads_texts(q) || q->text.len == 0 ||
	    q->text.p[0] < 'A' || q->text.p[0] > 'Z')
		return false;
	str_init(&folded, q->text.len * 4 + 1);
	fold_name(&folded, q->text);
	found = map_get(&l->names, str_sv(&folded)) != NULL;
	str_done(&folded);
	if (found)
		f->suggestion = with_equals(l, q->text);
	return found;
}

/* Characters of scripts without blanks. */
static bool
is_short(struct linter *l, const struct query *q, struct finding *f)
{
	size_t letters = 0, thai = 0;
	struct sv v = q->text;
	uint32_t cp;

	(void)l;
	(void)f;
	for (size_t len; v.len != 0; v = sv_from(v, len)) {
		len = utf8_decode(v, &cp);
		if (!char_is_sequence(char_class(cp)))
			return false;
		letters++;
		thai += cp >= 0xE00 && cp < 0xE80;
	}
	return letters == 1 || (thai != 0 && letters < THAI_LETTERS);
}

/* Remembers a word to be tried on itself. */
static void
add_trial(struct linter *l, const struct query *q)
{
	struct trial *t;
	struct err e;

	l->trials = mem_grow(
	    l->trials, &l->captrials, l->ntrials + 1, sizeof(*l->trials));
	t = &l->trials[l->ntrials];
	*t = (struct trial) { .at = l->at,
		.offset = q->offset,
		.length = q->length,
		.words = arena_sv(&l->arena, q->text),
		.fields = q->fields };
	l->ntrials += lexicon_add(&l->lexicon, q->text, q->exact, &t->atom, &e);
}

/* The depth of queries is bounded, see QUERY_DEPTH. */
static void
lint_query(struct linter *l, const struct query *q)
{
	collect_kids(l, q);
	run_lints(l, q, q->kind);
	if (q->kind == QUERY_TERM)
		add_trial(l, q);
	for (const struct query *k = q->kids; k != NULL; k = k->next)
		lint_query(l, k);
}

/* Must a word be in an item for this to hold? */
static bool
needs_word(const struct query *q)
{
	size_t kids = 0, free = 0; /* those that may hold without */

	for (const struct query *k = q->kids; k != NULL; k = k->next) {
		kids++;
		free += !needs_word(k);
	}
	switch (q->kind) {
	case QUERY_TERM:
	case QUERY_ENTITY:
	case QUERY_FILTER:
	case QUERY_NOT_NEAR:
	case QUERY_ATLEAST:
		return true;
	case QUERY_NOT:
	case QUERY_LANG:
	case QUERY_REGEX:
		return false;
	case QUERY_OR:
		return free == 0;
	case QUERY_OF:
		return free < q->count;
	case QUERY_AND:
	case QUERY_NEAR:
		return free < kids;
	}
	BUG("no such node");
}

/* What must hold and is, alone, enough for a veto. */
static void
lint_veto(struct linter *l, struct query *match, const struct query *veto)
{
	const struct query all = { .kids = match };
	const struct query *v = veto->kind == QUERY_OR ? veto->kids : veto;

	collect_kids(l, match->kind == QUERY_AND ? match : &all);
	for (; v != NULL; v = v->next)
		if (is_kid(l, v->hash)) {
			warn(l, v, NULL,
			    "must be there and must not be there: "
			    "the filter never matches",
			    "contradiction");
			return;
		}
}

static void
lint_langs(struct linter *l, const struct config_texts *langs)
{
	for (size_t i = 0; i < langs->n; i++) {
		struct query q = { .kind = QUERY_LANG,
			.length = langs->v[i].text.len,
			.text = langs->v[i].text };

		l->at = &langs->v[i];
		run_lints(l, &q, QUERY_LANG);
	}
}

static void
lint_filter(struct linter *l, const struct config_filter *c)
{
	struct arena trees;
	struct query *match, *veto;

	arena_init(&trees);
	l->at = &c->match;
	match = query_parse(&c->match, &trees, l->diags);
	if (match != NULL) {
		hash_all(match);
		lint_query(l, match);
		if (!needs_word(match))
			warn(l, match, NULL,
			    "asks for no word that must be there: it is tried "
			    "on every item",
			    "not-indexed");
	}
	l->at = &c->not ;
	veto = c->not .text.p != NULL ? query_parse(&c->not, &trees, l->diags)
				      : NULL;
	if (veto != NULL) {
		hash_all(veto);
		lint_query(l, veto);
	}
	if (match != NULL && veto != NULL)
		lint_veto(l, match, veto);
	lint_langs(l, &c->lang);
	arena_done(&trees);
}

static struct query
query_of_name(const struct config_text *t)
{
	bool exact = sv_starts(t->text, SV("="));

	return (struct query) { .kind = QUERY_TERM,
		.fields = FIELDS_DEFAULT,
		.length = t->text.len,
		.text = sv_from(t->text, exact ? 1 : 0),
		.exact = exact };
}

static bool
is_hidden(const struct query *name, const struct config_texts *never)
{
	for (size_t i = 0; i < never->n; i++) {
		struct query phrase = query_of_name(&never->v[i]);

		phrase.exact = name->exact;
		if (hash_query(&phrase) == hash_query(name))
			return true;
	}
	return false;
}

static void
lint_name(struct linter *l, const struct config_name *n,
    const struct config_texts *never)
{
	struct query q = query_of_name(&n->text);
	struct finding f = { .at = &q };

	l->at = &n->text;
	if (!n->weak)
		run_lints(l, &q, NAME_KIND);
	else if (n->needs.n == 0 && n->without.n == 0 && n->never.n == 0)
		warn(l, &q, NULL,
		    "is weak without 'needs', 'without' or 'never': it counts "
		    "everywhere",
		    "not-weak");
	if (is_hidden(&q, never) || is_hidden(&q, &n->never))
		warn(l, &q, NULL,
		    "is hidden by the same phrase under 'never': it never "
		    "counts",
		    "never");
	if (n->lang[0] != '\0' &&
	    is_no_language(l, sv_of(n->lang), &f.suggestion))
		warn(l, &q, f.suggestion,
		    "is a name in no language: codes are such as en",
		    "unknown-language");
	q.exact = false; /* phrases that hide it may be in any case */
	add_trial(l, &q);
}

static bool
has_wildcards(struct sv words)
{
	return sv_chr(words, '*') != words.len ||
	    sv_chr(words, '?') != words.len;
}

/* Do the phrases hide any of the names, those of some trials in a row?  What a
 * wildcard may stand for is not known. */
static void
try_never(struct linter *l, const struct config_texts *never, size_t first,
    size_t names)
{
	for (size_t i = 0; i < never->n; i++) {
		struct query q = query_of_name(&never->v[i]);
		size_t trial = l->ntrials;

		l->at = &never->v[i];
		add_trial(l, &q);
		if (l->ntrials == trial || has_wildcards(q.text))
			continue;
		l->trials[trial].first = first;
		l->trials[trial].names = names;
	}
}

static void
lint_entity(struct linter *l, const struct config_entity *e)
{
	size_t first = l->ntrials, weak;

	for (size_t i = 0; i < e->names.n; i++)
		lint_name(l, &e->names.v[i], &e->never);
	weak = l->ntrials;
	for (size_t i = 0; i < e->weak.n; i++)
		lint_name(l, &e->weak.v[i], &e->never);
	try_never(l, &e->never, first, l->ntrials - first);
	for (size_t i = 0; i < e->weak.n; i++)
		try_never(l, &e->weak.v[i].never, weak + i, 1);
}

struct wanted {
	const struct trial *of; /* any of these */
	size_t n;
	bool found;
};

static void
on_found(uint32_t atom, size_t first, size_t last, void *arg)
{
	struct wanted *w = arg;

	(void)first;
	(void)last;
	for (size_t i = 0; i < w->n && !w->found; i++)
		w->found = atom == w->of[i].atom;
}

/* The words with wildcards filled in. */
static void
write_sample(struct sv words, struct str *out)
{
	for (size_t i = 0; i < words.len; i++)
		if (words.p[i] != '*')
			(void)str_addc(
			    out, words.p[i] == '?' ? 'x' : words.p[i]);
}

static void
try_word(struct linter *l, const struct trial *t)
{
	struct wanted w = { t, 1, false };
	enum field field = FIELD_TITLE;
	struct query q = { .offset = t->offset, .length = t->length };
	struct str sample;

	if (t->names != 0)
		w = (struct wanted) { &l->trials[t->first], t->names, false };
	while ((t->fields & (FIELDS_DEFAULT | FIELDS_LEAD)) == 0 &&
	    field + 1 < FIELD_COUNT && (t->fields & FIELD_BIT(field)) == 0)
		field++;
	str_init(&sample, t->words.len + 1);
	write_sample(t->words, &sample);
	text_clear(&l->text, l->lexicon.seed);
	text_add(&l->text, field, str_sv(&sample));
	lexicon_find(&l->lexicon, &l->text, on_found, &w);
	str_done(&sample);
	l->at = t->at;
	if (!w.found && t->names != 0)
		warn(l, &q, NULL,
		    "hides nothing: none of the names stands in it ('without' "
		    "and 'not' exclude items)",
		    "never");
	else if (!w.found)
		warn(l, &q, NULL,
		    "is not even found in itself: texts are read without such "
		    "words",
		    "no-word");
}

static void
put_words(struct map *m, const char *words)
{
	struct sv rest = sv_of(words);

	map_init(m);
	for (struct sv one; sv_split(&rest, ' ', &one);)
		(void)map_put(m, one, m);
}

static bool
is_of_pack(const struct linter *l, const struct config_text *where)
{
	return sv_starts(
	    sv_of(diags_source_name(l->diags, where->file)), SV("pack "));
}

void
lint_config(const struct config *c, struct diags *diags)
{
	struct linter l = { .diags = diags, .langs = langs_new() };

	arena_init(&l.arena);
	text_init(&l.text);
	lexicon_init(&l.lexicon, 0);
	put_words(&l.names, LINT_NAMES);
	put_words(&l.languages, LINT_LANGUAGES);
	for (size_t i = 0; i < c->nentities; i++)
		if (!is_of_pack(&l, &c->entities[i].where))
			lint_entity(&l, &c->entities[i]);
	for (size_t i = 0; i < c->nfilters; i++)
		lint_filter(&l, &c->filters[i]);
	lexicon_seal(&l.lexicon);
	for (size_t i = 0; i < l.ntrials; i++)
		try_word(&l, &l.trials[i]);
	langs_free(l.langs);
	map_done(&l.names);
	map_done(&l.languages);
	lexicon_done(&l.lexicon);
	text_done(&l.text);
	arena_done(&l.arena);
	free(l.kids);
	free(l.trials);
}
