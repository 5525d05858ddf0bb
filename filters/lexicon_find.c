/* filters/lexicon_find.c: one pass over the tokens of an item. */
#include "filters/lexicon.h"

#include "filters/fold.h"
#include "filters/glob.h"
#include "filters/lexicon_keys.h"

#include <string.h>

#define ENDS_MAX 8 /* readings of one phrase that are followed */
#define READINGS_MAX 64 /* of the next word */
#define CHOOSE 64 /* tokens at once */
#define LOOKUPS_MAX 128 /* put off, so that memory has time to answer */
#define LOOKUPS_STEP (LEXICON_PREFIXES + 2) /* of one token */

/* A key that the Bloom filter knows, or a token that can be read in several
 * ways. */
struct lookup {
	uint64_t key;
	uint32_t token, node;
};

#define ANY_READING UINT32_C(0x80000000) /* of `token` then */

struct finder {
	const struct lexicon *l;
	const struct text *t;
	size_t token;
	lexicon_fn *fn;
	void *arg;
	struct lookup *lookups; /* LOOKUPS_MAX */
	size_t nlookups;
};

/* Where readings of the words so far end: the tokens that may come next. */
struct ends {
	size_t v[ENDS_MAX];
	bool by_short[ENDS_MAX]; /* a short stem was needed to come here */
	size_t n;
};

/* One way to read the next word, or the first two: the number of a form. */
struct reading {
	uint32_t token;
	uint8_t form;
	bool pair; /* with the first word, of which this is the form: */
	uint8_t before;
	bool by_short; /* the words before needed a short stem */
};

struct readings {
	struct reading v[READINGS_MAX];
	size_t n;
};

static void
add_end(struct ends *e, size_t token, bool by_short)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->v[i] == token) {
			e->by_short[i] = e->by_short[i] && by_short;
			return;
		}
	if (e->n == ENDS_MAX)
		return;
	e->v[e->n] = token;
	e->by_short[e->n++] = by_short;
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
	    (w->wild ? glob_match(word_exact(w), exact)
		     : sv_eq(word_exact(w), exact));
}

static bool
is_stem(const struct form *f)
{
	return f->kind == FORM_STEM || f->kind == FORM_SHORT_STEM;
}

/* Hashes lead here; bytes decide. */
static bool
word_matches(const struct text *t, const struct word *w, size_t token,
    const struct form *f)
{
	struct sv bytes = form_bytes(t, f);

	if (w->wild) {
		if (is_stem(f) ||
		    (!w->exact && !glob_match(word_folded(w), bytes)))
			return false;
	} else if (f->hash != w->hash || !sv_eq(word_folded(w), bytes)) {
		return false;
	}
	return !w->exact || (!is_stem(f) && is_exact(t, w, token, f));
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

static bool
bytes_match(const struct finder *f, const struct lexicon_node *n,
    const struct form *before, const struct form *form)
{
	const char *bytes = f->t->bytes;

	return form->length == n->word_len &&
	    (before == NULL ? 0 : before->length) == n->before_len &&
	    memcmp(n->bytes + n->before_len, bytes + form->at, n->word_len) ==
	    0 &&
	    (before == NULL ||
		memcmp(n->bytes, bytes + before->at, n->before_len) == 0);
}

static bool
reading_matches(const struct finder *f, const struct lexicon_node *n,
    const struct reading *r)
{
	const struct word *words = f->l->words;
	struct form form = text_form(f->t, r->token, r->form), before;

	if (r->pair)
		before = text_form(f->t, f->token, r->before);
	if (n->plain)
		return bytes_match(f, n, r->pair ? &before : NULL, &form);
	if ((n->before != 0) != r->pair ||
	    (r->pair &&
		!word_matches(f->t, &words[n->before - 1], f->token, &before)))
		return false;
	return word_matches(f->t, &words[n->word], r->token, &form);
}

/* The shortest reading that the sequence takes: SIZE_MAX when there is none. */
static size_t
first_end(const struct sequence *s, const struct ends *e)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < e->n; i++)
		if (e->v[i] < first && (s->phrase || !e->by_short[i]))
			first = e->v[i];
	return first;
}

static void
report(
    const struct finder *f, const struct lexicon_node *n, const struct ends *e)
{
	for (uint32_t at = n->ends; at != 0;) {
		const struct sequence *s = &f->l->sequences[at - 1];
		size_t next = first_end(s, e);

		if (next != SIZE_MAX &&
		    stands_alone(f->t, s, f->token, next - 1))
			f->fn(s->atom, f->token, next - 1, f->arg);
		at = s->next;
	}
}

static void
add_reading(struct readings *r, const struct reading *one)
{
	if (r->n < READINGS_MAX)
		r->v[r->n++] = *one;
}

/* Does what the reading leads to need a short stem? */
static bool
takes_short(const struct finder *f, const struct reading *r)
{
	return r->by_short ||
	    text_form(f->t, r->token, r->form).kind == FORM_SHORT_STEM ||
	    (r->pair &&
		text_form(f->t, f->token, r->before).kind == FORM_SHORT_STEM);
}

/* Each form of this token with each of the next. */
static void
read_pairs(const struct finder *f, struct readings *out)
{
	const struct text *t = f->t;

	out->n = 0;
	for (uint8_t a = 0; a <= t->tokens[f->token].nmore; a++) {
		struct form first = text_form(t, f->token, a);
		size_t next = f->token + first.span;

		if (next >= part_end(t, f->token))
			continue;
		for (uint8_t b = 0; b <= t->tokens[next].nmore; b++)
			if (lexicon_bloom_has(f->l->bloom,
				lexicon_pair_key(
				    first.hash, text_form(t, next, b).hash)))
				add_reading(out,
				    &(struct reading) {
					(uint32_t)next, b, true, a, false });
	}
}

static void follow(const struct finder *f, uint32_t node, const struct ends *e);

/* From the reading at `from` on; nothing when an earlier one came here. */
static void
arrive(const struct finder *f, uint32_t node, const struct reading *v, size_t n,
    size_t from)
{
	const struct lexicon_node *to = &f->l->nodes[node];
	struct ends ends = { .n = 0 };

	if (!reading_matches(f, to, &v[from]))
		return;
	for (size_t i = 0; i < from; i++)
		if (reading_matches(f, to, &v[i]))
			return;
	for (size_t i = from; i < n; i++)
		if (i == from || reading_matches(f, to, &v[i]))
			add_end(&ends,
			    v[i].token +
				text_form(f->t, v[i].token, v[i].form).span,
			    takes_short(f, &v[i]));
	report(f, to, &ends);
	if (to->goes_on || to->goes_on_wild)
		follow(f, node, &ends);
}

static void
try_key(const struct finder *f, uint64_t key, const struct reading *v, size_t n,
    size_t from)
{
	for (uint32_t node = lexicon_slot(f->l, key)->head; node != 0;
	     node = f->l->nodes[node].next)
		arrive(f, node, v, n, from);
}

static void
follow_wild(const struct finder *f, uint32_t node, const struct reading *v,
    size_t n, size_t from)
{
	struct form form = text_form(f->t, v[from].token, v[from].form);

	for (size_t i = 0; i < LEXICON_PREFIXES; i++)
		if (f->l->prefixes[i] &&
		    lexicon_prefix_bytes[i] <= form.length && !is_stem(&form))
			try_key(f,
			    lexicon_prefix_key(
				f->l, node, form_bytes(f->t, &form), i),
			    v, n, from);
}

static void
follow_readings(
    const struct finder *f, uint32_t node, const struct reading *v, size_t n)
{
	const struct lexicon_node *from = &f->l->nodes[node];

	for (size_t i = 0; i < n; i++) {
		if (from->goes_on)
			try_key(f,
			    lexicon_key(node,
				text_form(f->t, v[i].token, v[i].form).hash),
			    v, n, i);
		if (from->goes_on_wild)
			follow_wild(f, node, v, n, i);
	}
}

/* All forms of the tokens where the words so far end. */
static void
follow_all(const struct finder *f, uint32_t node, const struct ends *e)
{
	const struct text *t = f->t;
	struct readings r = { .n = 0 };

	for (size_t i = 0; i < e->n; i++) {
		uint32_t token = (uint32_t)e->v[i];

		for (uint8_t k = 0; token < part_end(t, f->token) &&
		     k <= t->tokens[token].nmore;
		     k++)
			add_reading(&r,
			    &(struct reading) {
				token, k, false, 0, e->by_short[i] });
	}
	follow_readings(f, node, r.v, r.n);
}

/* One word further.  Sequences have PHRASE_WORDS at most, so deep is this. */
static void
follow(const struct finder *f, uint32_t node, const struct ends *e)
{
	struct reading one;

	if (e->n == 1 && e->v[0] >= part_end(f->t, f->token))
		return;
	if (e->n == 1 && f->t->tokens[e->v[0]].nmore == 0) {
		one = (struct reading) { (uint32_t)e->v[0], 0, false, 0,
			e->by_short[0] };
		follow_readings(f, node, &one, 1);
	} else {
		follow_all(f, node, e);
	}
}

/* Can anything begin here? */
static bool
may_begin(const struct finder *f)
{
	const struct text *t = f->t;

	for (size_t i = 0; i <= t->tokens[f->token].nmore; i++) {
		struct form a = text_form(t, f->token, i);
		size_t next = f->token + a.span;

		if (lexicon_bloom_has(f->l->bloom, a.hash))
			return true;
		if (next >= part_end(t, f->token))
			continue;
		for (size_t k = 0; k <= t->tokens[next].nmore; k++)
			if (lexicon_bloom_has(f->l->bloom,
				lexicon_pair_key(
				    a.hash, text_form(t, next, k).hash)))
				return true;
	}
	return f->l->nodes[0].goes_on_wild;
}

/* Where a token or the next one can be read in several ways. */
static void
begin_anyhow(const struct finder *f)
{
	const struct ends here = { .v = { f->token }, .n = 1 };
	struct readings r;

	follow_all(f, 0, &here);
	read_pairs(f, &r);
	for (size_t i = 0; i < r.n; i++)
		try_key(f,
		    lexicon_pair_key(
			text_form(f->t, f->token, r.v[i].before).hash,
			text_form(f->t, r.v[i].token, r.v[i].form).hash),
		    r.v, r.n, i);
}

static inline struct lookup *
put_off(struct lookup *out, struct lexicon_bloom b, size_t token, uint64_t key)
{
	out->key = key;
	out->token = (uint32_t)token;
	return out + lexicon_bloom_has(b, key);
}

/* Where tokens have no other reading than `r`. */
static void
arrive_plainly(const struct finder *f, const struct lexicon_node *n,
    const struct reading *r)
{
	const struct token *tokens = f->t->tokens;
	struct ends ends __attribute__((uninitialized));

	if (!reading_matches(f, n, r))
		return;
	ends.v[0] = r->token + 1;
	ends.by_short[0] = false;
	ends.n = 1;
	if (n->lone && tokens[f->token].flags == 0 &&
	    (ends.v[0] == part_end(f->t, f->token) ||
		tokens[ends.v[0]].flags == 0))
		f->fn(n->atom, f->token, r->token, f->arg);
	else
		report(f, n, &ends);
	if (n->goes_on || n->goes_on_wild)
		follow(f, (uint32_t)(n - f->l->nodes), &ends);
}

static void
look_up(struct finder *f, const struct lookup *k)
{
	uint32_t token = k->token & ~ANY_READING;
	const struct reading single = { token, 0, false, 0, false };
	const struct reading pair = { token + 1, 0, true, 0, false };
	const struct lexicon_node *n;

	f->token = token;
	if (k->token != token) {
		begin_anyhow(f);
		return;
	}
	for (uint32_t node = k->node; node != 0; node = n->next) {
		n = &f->l->nodes[node];
		arrive_plainly(f, n, n->before != 0 ? &pair : &single);
	}
}

static inline void
fetch_words(const struct lexicon *l, const struct lexicon_node *n)
{
	if (!n->plain) {
		__builtin_prefetch(&l->words[n->word]);
		__builtin_prefetch(
		    &l->words[n->before != 0 ? n->before - 1 : 0]);
	}
	if (n->ends != 0 && !n->lone)
		__builtin_prefetch(&l->sequences[n->ends - 1]);
}

/* Each step touches memory that the step before has asked for. */
static void
look_up_all(struct finder *f)
{
	const struct lexicon *l = f->l;
	struct lookup *v = f->lookups, *end = v + f->nlookups;
	size_t n = 0;

	for (v = f->lookups; v < end; v++)
		__builtin_prefetch(&l->slots[lexicon_place(l, v->key)]);
	for (v = f->lookups; v < end; v++) {
		bool any = (v->token & ANY_READING) != 0;

		v->node = any ? 0 : lexicon_slot(l, v->key)->head;
		__builtin_prefetch(&l->nodes[v->node]);
		f->lookups[n] = *v;
		n += any || v->node != 0;
	}
	end = f->lookups + n;
	for (v = f->lookups; v < end; v++)
		fetch_words(l, &l->nodes[v->node]);
	for (v = f->lookups; v < end; v++)
		look_up(f, v);
	f->nlookups = 0;
}

static struct lookup *
begin_wild(const struct finder *f, struct lookup *out, size_t token)
{
	struct sv word = text_word(f->t, token);

	for (size_t i = 0; i < LEXICON_PREFIXES; i++)
		if (f->l->prefixes[i] && lexicon_prefix_bytes[i] <= word.len)
			out = put_off(out, f->l->bloom, token,
			    lexicon_prefix_key(f->l, 0, word, i));
	return out;
}

/* What the token may begin; there is room for it. */
static void
begin(struct finder *f, size_t token)
{
	const struct text *t = f->t;
	const struct token *k = &t->tokens[token];
	struct lookup *out = f->lookups + f->nlookups;
	bool last = token + 1 == t->parts[k->part].end;

	if (k->nmore != 0 || (!last && k[1].nmore != 0)) {
		f->token = token;
		if (may_begin(f))
			*out++ = (struct lookup) { 0,
				(uint32_t)token | ANY_READING, 0 };
	} else {
		const uint64_t *hash = &t->hashes[token];
		struct lexicon_bloom b = f->l->bloom;

		out = put_off(out, b, token, *hash);
		if (!last)
			out = put_off(
			    out, b, token, lexicon_pair_key(hash[0], hash[1]));
		if (f->l->nodes[0].goes_on_wild)
			out = begin_wild(f, out, token);
	}
	f->nlookups = (size_t)(out - f->lookups);
}

/* Which of so many tokens may begin something: a bit each.  Asks without
 * branches, as most do not and no processor could foretell which do. */
static uint64_t
choose(const struct finder *f, size_t from, size_t to)
{
	const struct token *tokens = f->t->tokens;
	const uint64_t *hashes = f->t->hashes;
	struct lexicon_bloom firsts = f->l->firsts;
	uint64_t some = 0;

	if (f->l->nodes[0].goes_on_wild)
		return UINT64_MAX >> (CHOOSE - (to - from));
	for (size_t i = from; i < to; i++) {
		uint64_t one = (tokens[i].nmore != 0) |
		    lexicon_bloom_has(firsts, hashes[i]);

		some |= one << (i - from);
	}
	return some;
}

void
lexicon_find(
    const struct lexicon *l, const struct text *t, lexicon_fn *fn, void *arg)
{
	struct lookup lookups[LOOKUPS_MAX] __attribute__((uninitialized));
	struct finder f = {
		.l = l, .t = t, .fn = fn, .arg = arg, .lookups = lookups
	};

	for (size_t from = 0, to; from < t->ntokens; from = to) {
		uint64_t some;

		to = t->ntokens - from < CHOOSE ? t->ntokens : from + CHOOSE;
		some = choose(&f, from, to);
		for (; some != 0; some &= some - 1) {
			if (f.nlookups > LOOKUPS_MAX - LOOKUPS_STEP)
				look_up_all(&f);
			begin(&f, from + (size_t)__builtin_ctzll(some));
		}
	}
	look_up_all(&f);
}
