/* filters/lexicon_find.c: one pass over the tokens of an item. */
#include "filters/lexicon.h"

#include "filters/fold.h"
#include "filters/glob.h"
#include "filters/lexicon_keys.h"

#define ENDS_MAX 8 /* readings of one phrase that are followed */

struct finder {
	const struct lexicon *l;
	const struct text *t;
	size_t token;
	lexicon_fn *fn;
	void *arg;
};

/* Where readings of the words so far end: the tokens that may come next. */
struct ends {
	size_t v[ENDS_MAX];
	size_t n;
};

static void
add_end(struct ends *e, size_t token)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->v[i] == token)
			return;
	if (e->n < ENDS_MAX)
		e->v[e->n++] = token;
}

static size_t
part_end(const struct text *t, size_t token)
{
	return t->parts[t->tokens[token].part].end;
}

/* Compares with the word as it stands in the text. */
static bool
is_exact(const struct text *t, const struct word *w, size_t token,
    const struct form *f)
{
	struct folded letters;
	struct sv original = text_span(t, token, token + f->span - 1);
	char bytes[FOLDED_MAX * 4];
	struct sv exact;

	folded_word(&letters, original, true);
	exact = folded_bytes(&letters, bytes);
	return !letters.cut &&
	    (w->wild ? glob_match(w->exact, exact) : sv_eq(w->exact, exact));
}

static bool
is_stem(const struct form *f)
{
	return f->kind == FORM_STEM || f->kind == FORM_SHORT_STEM;
}

/* Hashes lead here; bytes decide. */
static bool
word_matches(const struct text *t, const struct word *w, size_t token,
    const struct form *f, bool in_phrase)
{
	struct sv bytes = form_bytes(t, f);

	if (f->kind == FORM_SHORT_STEM && !in_phrase)
		return false;
	if (w->wild) {
		if (is_stem(f) ||
		    (w->exact.p == NULL && !glob_match(w->folded, bytes)))
			return false;
	} else if (f->hash != w->hash || !sv_eq(w->folded, bytes)) {
		return false;
	}
	return w->exact.p == NULL || (!is_stem(f) && is_exact(t, w, token, f));
}

/* One word further: from each reading to those that go on with the word. */
static void
follow_word(const struct text *t, const struct word *w, bool in_phrase,
    size_t end, struct ends *ends)
{
	struct ends from = *ends;

	ends->n = 0;
	for (size_t i = 0; i < from.n; i++) {
		size_t at = from.v[i];

		if (at >= end)
			continue;
		for (size_t k = 0; k < t->tokens[at].nforms; k++) {
			const struct form *f =
			    &t->forms[t->tokens[at].forms + k];

			if (word_matches(t, w, at, f, in_phrase))
				add_end(ends, at + f->span);
		}
	}
}

static unsigned
glued_flags(const struct text *t, size_t token, size_t glue)
{
	return (t->tokens[glue].flags & TOKEN_GLUED) != 0
	    ? t->tokens[token].flags
	    : 0;
}

/* In scripts without blanks a word must not be cut out of a katakana word, or
 * between a consonant and its vowel. */
static bool
stands_alone(
    const struct text *t, const struct sequence *s, size_t first, size_t last)
{
	const struct part *p = &t->parts[t->tokens[first].part];
	unsigned before = first > p->first ? glued_flags(t, first - 1, first)
					   : 0;
	unsigned after = last + 1 < p->end ? glued_flags(t, last + 1, last + 1)
					   : 0;

	if ((before & TOKEN_LEAD) != 0 || (after & TOKEN_TAIL) != 0)
		return false;
	return !s->katakana ||
	    ((before & TOKEN_KATAKANA) == 0 &&
		(s->open || (after & TOKEN_KATAKANA) == 0));
}

static void
try_sequence(const struct finder *f, const struct sequence *s)
{
	struct ends ends = { { f->token }, 1 };
	size_t end = part_end(f->t, f->token), next;

	for (size_t i = 0; i < s->nwords && ends.n != 0; i++)
		follow_word(
		    f->t, &f->l->words[s->words + i], s->phrase, end, &ends);
	if (ends.n == 0)
		return;
	next = ends.v[0];
	for (size_t i = 1; i < ends.n; i++)
		if (ends.v[i] < next)
			next = ends.v[i];
	if (stands_alone(f->t, s, f->token, next - 1))
		f->fn(s->atom, f->token, next - 1, f->arg);
}

static void
probe(const struct finder *f, uint64_t key)
{
	for (uint32_t at = lexicon_slot(f->l, key)->head; at != 0;) {
		const struct sequence *s = &f->l->sequences[at - 1];

		try_sequence(f, s);
		at = s->next;
	}
}

/* Filed under this form and the next token's. */
static void
probe_pairs(const struct finder *f, const struct form *first)
{
	size_t next = f->token + first->span;

	if (next >= part_end(f->t, f->token))
		return;
	for (size_t i = 0; i < f->t->tokens[next].nforms; i++) {
		const struct form *second =
		    &f->t->forms[f->t->tokens[next].forms + i];

		probe(f, lexicon_pair_key(first->hash, second->hash));
	}
}

static void
probe_prefixes(const struct finder *f, const struct form *form)
{
	for (size_t i = 0; i < LEXICON_PREFIXES; i++)
		if (f->l->prefixes[i] &&
		    lexicon_prefix_bytes[i] <= form->length)
			probe(f,
			    lexicon_prefix_key(
				f->l->seed, form_bytes(f->t, form), i));
}

void
lexicon_find(
    const struct lexicon *l, const struct text *t, lexicon_fn *fn, void *arg)
{
	struct finder f = { l, t, 0, fn, arg };

	for (; f.token < t->ntokens; f.token++) {
		const struct token *token = &t->tokens[f.token];

		for (size_t i = 0; i < token->nforms; i++) {
			const struct form *form = &t->forms[token->forms + i];

			probe(&f, form->hash);
			probe_pairs(&f, form);
			if (!is_stem(form))
				probe_prefixes(&f, form);
		}
	}
}
