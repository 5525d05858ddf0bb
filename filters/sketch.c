/* filters/sketch.c: what is kept of an item's text to find copies of it. */
#include "filters/sketch.h"

#include "base/bytes.h"

#include <assert.h>

#define SEED 0x746F6373696E0001u
#define SHINGLE_HALF_WORDS 6
#define LEAD_HALF_WORDS 100
#define SHORT_HALF_WORDS 20 /* below, the title is needed too */
#define TEXT_HALF_WORDS 20 /* below, the same words mean nothing */
#define SUBJECT_HALF_WORDS 40 /* below, a body need not name its subject */
#define SUBJECT_BYTES 3 /* of a word, at least */
#define TITLE_WORDS_MAX 255

/* Collects the smallest hashes of a set. */
struct bottom {
	uint32_t *v;
	size_t n, max;
};

static void
keep(struct bottom *b, uint32_t hash)
{
	size_t at = b->n;

	if (b->n == b->max && hash >= b->v[b->n - 1])
		return;
	while (at > 0 && b->v[at - 1] > hash)
		at--;
	if (at > 0 && b->v[at - 1] == hash)
		return;
	if (b->n < b->max)
		b->n++;
	memmove(&b->v[at + 1], &b->v[at], (b->n - 1 - at) * sizeof(*b->v));
	b->v[at] = hash;
}

static uint64_t
hash_words(const uint64_t *words, size_t n)
{
	return text_hash(
	    SEED, (struct sv) { (const char *)words, n * sizeof(*words) });
}

static unsigned
half_words(const struct token *t)
{
	return (t->flags & TOKEN_SEQUENCE) != 0 ? 1 : 2;
}

static uint64_t
word_hash(const struct text *t, size_t token)
{
	return t->hashes[token];
}

/* Where so many half words from `first` on end. */
static size_t
skip_half_words(const struct text *t, size_t first, size_t end, unsigned want)
{
	for (unsigned have = 0; first < end && have < want; first++)
		have += half_words(&t->tokens[first]);
	return first;
}

static unsigned
count_half_words(const struct text *t, size_t first, size_t end, unsigned most)
{
	unsigned n = 0;

	for (; first < end && n < most; first++)
		n += half_words(&t->tokens[first]);
	return n;
}

/* A text that is shorter than one shingle is one. */
static void
keep_shingles(struct bottom *b, const struct text *t, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		uint64_t words[SHINGLE_HALF_WORDS];
		size_t last = skip_half_words(t, i, end, SHINGLE_HALF_WORDS);

		if (last == end && i > first &&
		    count_half_words(t, i, end, SHINGLE_HALF_WORDS) <
			SHINGLE_HALF_WORDS)
			break;
		for (size_t k = i; k < last; k++)
			words[k - i] = word_hash(t, k);
		keep(b, (uint32_t)(hash_words(words, last - i) >> 32));
	}
}

static bool
is_number(struct sv word)
{
	size_t digits = 0;

	for (size_t i = 0; i < word.len; i++)
		digits += ascii_is_digit(word.p[i]);
	return digits >= 2 && ascii_is_digit(word.p[0]);
}

static void
keep_numbers(struct bottom *b, const struct text *t)
{
	for (size_t i = 0; i < t->ntokens; i++)
		if (is_number(text_word(t, i)))
			keep(b, (uint32_t)(word_hash(t, i) >> 32));
}

/* Two bits each (a Bloom filter). */
static void
add_word(struct sketch *s, uint32_t hash)
{
	s->words[hash / 64 % SKETCH_WORDS] |= UINT64_C(1) << hash % 64;
	hash >>= 16;
	s->words[hash / 64 % SKETCH_WORDS] |= UINT64_C(1) << hash % 64;
}

static bool
may_have_word(const struct sketch *s, uint32_t hash)
{
	uint32_t other = hash >> 16;

	return (s->words[hash / 64 % SKETCH_WORDS] >> hash % 64 & 1) != 0 &&
	    (s->words[other / 64 % SKETCH_WORDS] >> other % 64 & 1) != 0;
}

static void
add_words(struct sketch *s, const struct text *t, size_t first, size_t end)
{
	for (; first < end; first++)
		add_word(s, (uint32_t)(word_hash(t, first) >> 32));
}

static bool
can_be_subject(struct sv word)
{
	for (size_t i = 0; i < word.len; i++)
		if (ascii_is_digit(word.p[i]))
			return false;
	return word.len >= SUBJECT_BYTES;
}

/* What a template that is filled anew is about stands in title and body. */
static void
keep_subject(struct sketch *s, const struct text *t, size_t title_end)
{
	struct bottom subject = { s->subject, 0, SKETCH_SUBJECT };
	bool is_short = count_half_words(t, title_end, t->ntokens,
			    SUBJECT_HALF_WORDS) < SUBJECT_HALF_WORDS;

	add_words(s, t, title_end, t->ntokens);
	for (size_t i = 0; i < title_end; i++) {
		uint32_t hash = (uint32_t)(word_hash(t, i) >> 32);

		if (can_be_subject(text_word(t, i)) &&
		    (is_short || may_have_word(s, hash)))
			keep(&subject, hash);
	}
	s->nsubject = (uint8_t)subject.n;
	add_words(s, t, 0, title_end);
}

/* 0 only for no words. */
static uint64_t
hash_range(const struct text *t, size_t first, size_t end)
{
	uint64_t h = 0;

	for (; first < end; first++)
		h = hash_words(
		    (const uint64_t[]) { h, word_hash(t, first) }, 2);
	return h;
}

struct sv
sketch_body_of(const struct item *it)
{
	if (it->article.len != 0)
		return it->article;
	return it->content.len >= it->summary.len ? it->content : it->summary;
}

/* The title's tokens, if any, come first. */
static void
sketch_text(const struct text *t, size_t title_end, struct sketch *s)
{
	struct bottom body = { s->body, 0, SKETCH_BODY };
	struct bottom lead = { s->lead, 0, SKETCH_LEAD };
	struct bottom numbers = { s->numbers, 0, SKETCH_NUMBERS };
	size_t from = title_end, end = t->ntokens;
	unsigned words = count_half_words(t, from, end, SHORT_HALF_WORDS);

	if (words >= TEXT_HALF_WORDS)
		s->text = hash_range(t, from, end);
	if (words < SHORT_HALF_WORDS)
		from = 0;
	keep_shingles(&body, t, from, end);
	keep_shingles(
	    &lead, t, from, skip_half_words(t, from, end, LEAD_HALF_WORDS));
	keep_numbers(&numbers, t);
	keep_subject(s, t, title_end);
	s->nbody = (uint8_t)body.n;
	s->nlead = (uint8_t)lead.n;
	s->nnumbers = (uint8_t)numbers.n;
}

void
sketch_item(struct text *scratch, const struct item *it, struct sv feed_link,
    struct sketch *out)
{
	struct item_traits traits;
	unsigned words;
	size_t title_end;

	text_clear(scratch, SEED);
	text_add(scratch, FIELD_TITLE, it->title);
	title_end = scratch->ntokens;
	text_add(scratch, FIELD_CONTENT, sketch_body_of(it));
	item_traits(it, feed_link, &traits);
	words = count_half_words(scratch, 0, title_end, 2 * TITLE_WORDS_MAX) /
	    2;
	*out = (struct sketch) { .title = hash_range(scratch, 0, title_end),
		.link = (uint64_t)traits.link,
		.title_words = (uint8_t)words };
	sketch_text(scratch, title_end, out);
}

struct overlap
sample_overlap(const uint32_t *a, size_t na, const uint32_t *b, size_t nb,
    size_t max, uint32_t ignored)
{
	/* Above the largest hash of a full sample nothing is known of it. */
	uint32_t top_a = na == max ? a[na - 1] : UINT32_MAX;
	uint32_t top_b = nb == max ? b[nb - 1] : UINT32_MAX;
	uint32_t top = top_a < top_b ? top_a : top_b;
	unsigned in_a = 0, in_b = 0, shared = 0;
	size_t i = 0, k = 0;

	while ((i < na && a[i] <= top) || (k < nb && b[k] <= top)) {
		bool from_a = k >= nb || (i < na && a[i] <= b[k]);
		bool from_b = i >= na || (k < nb && b[k] <= a[i]);
		bool counts = !from_a || (ignored >> i & 1) == 0;

		in_a += from_a && counts;
		in_b += from_b && counts;
		shared += from_a && from_b && counts;
		i += from_a;
		k += from_b;
	}
	if (shared == 0)
		return (struct overlap) { 0, 0 };
	return (struct overlap) { shared,
		(double)shared / (in_a < in_b ? in_a : in_b) };
}

static bool
has_subject_of_its_own(const struct sketch *a, const struct sketch *b)
{
	for (size_t i = 0; i < a->nsubject; i++)
		if (!may_have_word(b, a->subject[i]))
			return true;
	return false;
}

void
sketch_compare(const struct sketch *a, const struct sketch *b,
    uint32_t body_ignored, uint32_t lead_ignored, struct likeness *out)
{
	out->body = sample_overlap(
	    a->body, a->nbody, b->body, b->nbody, SKETCH_BODY, body_ignored);
	out->lead = sample_overlap(
	    a->lead, a->nlead, b->lead, b->nlead, SKETCH_LEAD, lead_ignored);
	out->numbers = sample_overlap(a->numbers, a->nnumbers, b->numbers,
	    b->nnumbers, SKETCH_NUMBERS, 0);
	out->same_link = a->link != 0 && a->link == b->link;
	out->same_text = a->text != 0 && a->text == b->text;
	out->same_title = a->title != 0 && a->title == b->title;
	out->other_subject = has_subject_of_its_own(a, b) &&
	    has_subject_of_its_own(b, a);
}

const char *
likeness_name(enum likeness_kind k)
{
#define LIKENESS_NAME(enumerator, name) name,
	static const char *const names[] = { LIKENESSES(LIKENESS_NAME) };
#undef LIKENESS_NAME

	assert(k < LIKE_COUNT);
	return names[k];
}

static bool
has_other_numbers(
    const struct likeness *l, const struct sketch *a, const struct sketch *b)
{
	return a->nnumbers != 0 && b->nnumbers != 0 &&
	    l->numbers.contained < LIKE_NUMBERS_CONTAINED;
}

/* Rubrics have the same title above texts that have nothing in common. */
static bool
is_title_enough(
    const struct likeness *l, const struct sketch *a, const struct sketch *b)
{
	return a->title_words >= LIKE_TITLE_WORDS &&
	    (a->text == 0 || b->text == 0 || l->body.shared != 0 ||
		l->lead.shared != 0);
}

/* Of a short text that is compared with a longer one only a few hashes count:
 * a turn of phrase that both have would be all of it. */
static unsigned
body_shared_least(const struct sketch *a, const struct sketch *b)
{
	return a->nbody < SKETCH_BODY || b->nbody < SKETCH_BODY
	    ? LIKE_SHORT_SHARED
	    : LIKE_BODY_SHARED;
}

/* One page may stand for all items of a feed, as the list of them. */
static bool
is_list(
    const struct likeness *l, const struct sketch *a, const struct sketch *b)
{
	return l->body.shared == 0 && l->lead.shared == 0 &&
	    (l->other_subject || has_other_numbers(l, a, b));
}

static bool
is_enough_for_one_source(const struct likeness *l)
{
	return l->body.shared >= LIKE_BODY_SHARED &&
	    l->body.contained >= LIKE_SAME_SOURCE_CONTAINED &&
	    l->lead.contained >= LIKE_SAME_SOURCE_CONTAINED;
}

enum likeness_kind
likeness_kind_of(const struct likeness *l, const struct sketch *a,
    const struct sketch *b, bool same_source)
{
	if (l->same_link && !is_list(l, a, b))
		return LIKE_LINK;
	if (l->other_subject || has_other_numbers(l, a, b))
		return LIKE_NOT;
	if (l->same_text)
		return LIKE_TEXT;
	if (l->same_title && is_title_enough(l, a, b))
		return LIKE_TITLE;
	if (same_source && !is_enough_for_one_source(l))
		return LIKE_NOT;
	if (l->body.shared >= body_shared_least(a, b) &&
	    l->body.contained >= LIKE_BODY_CONTAINED)
		return LIKE_BODY;
	if (l->lead.shared >= LIKE_LEAD_SHARED &&
	    l->lead.contained >= LIKE_LEAD_CONTAINED)
		return LIKE_LEAD;
	return LIKE_NOT;
}

bool
sketch_has_new_numbers(const struct sketch *a, const struct sketch *b)
{
	bool whole = b->nnumbers < SKETCH_NUMBERS;
	size_t k = 0;

	for (size_t i = 0; i < a->nnumbers; i++) {
		while (k < b->nnumbers && b->numbers[k] < a->numbers[i])
			k++;
		if (k == b->nnumbers)
			return whole;
		if (b->numbers[k] != a->numbers[i])
			return true;
	}
	return false;
}

double
likeness_contained(const struct likeness *l)
{
	if (l->same_text)
		return 1;
	return l->body.contained > l->lead.contained ? l->body.contained
						     : l->lead.contained;
}

static unsigned char *
put_sample(unsigned char *at, const uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at = bytes_put(at, v[i], 4);
	return at;
}

/* False: it is not ascending, or has values behind its end. */
static bool
get_sample(const unsigned char **at, uint32_t *v, size_t n, size_t max)
{
	bool ok = n <= max;

	for (size_t i = 0; i < max; i++) {
		v[i] = (uint32_t)bytes_get(at, 4);
		ok = ok && (i < n ? i == 0 || v[i] > v[i - 1] : v[i] == 0);
	}
	return ok;
}

void
sketch_encode(const struct sketch *s, unsigned char out[SKETCH_BYTES])
{
	const uint8_t small[] = { s->nbody, s->nlead, s->nnumbers, s->nsubject,
		s->title_words };
	unsigned char *at = out;

	for (size_t i = 0; i < COUNTOF(small); i++)
		at = bytes_put(at, small[i], 1);
	at = bytes_put(at, s->title, 8);
	at = bytes_put(at, s->text, 8);
	at = bytes_put(at, s->link, 8);
	at = put_sample(at, s->body, SKETCH_BODY);
	at = put_sample(at, s->lead, SKETCH_LEAD);
	at = put_sample(at, s->numbers, SKETCH_NUMBERS);
	at = put_sample(at, s->subject, SKETCH_SUBJECT);
	for (size_t i = 0; i < SKETCH_WORDS; i++)
		at = bytes_put(at, s->words[i], 8);
	assert(at == out + SKETCH_BYTES);
}

bool
sketch_decode(const unsigned char in[SKETCH_BYTES], struct sketch *out)
{
	const unsigned char *at = in;
	struct sketch s = { 0 };
	bool ok;

	s.nbody = (uint8_t)bytes_get(&at, 1);
	s.nlead = (uint8_t)bytes_get(&at, 1);
	s.nnumbers = (uint8_t)bytes_get(&at, 1);
	s.nsubject = (uint8_t)bytes_get(&at, 1);
	s.title_words = (uint8_t)bytes_get(&at, 1);
	s.title = bytes_get(&at, 8);
	s.text = bytes_get(&at, 8);
	s.link = bytes_get(&at, 8);
	ok = get_sample(&at, s.body, s.nbody, SKETCH_BODY);
	ok = get_sample(&at, s.lead, s.nlead, SKETCH_LEAD) && ok;
	ok = get_sample(&at, s.numbers, s.nnumbers, SKETCH_NUMBERS) && ok;
	ok = get_sample(&at, s.subject, s.nsubject, SKETCH_SUBJECT) && ok;
	for (size_t i = 0; i < SKETCH_WORDS; i++)
		s.words[i] = bytes_get(&at, 8);
	if (ok)
		*out = s;
	return ok;
}
