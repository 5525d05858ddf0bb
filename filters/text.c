/* filters/text.c: the fields of an item as one array of tokens. */
#include "filters/text.h"

#include "base/utf8.h"
#include "filters/fold.h"
#include "filters/plain.h"
#include "filters/stems.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define RUN_WORDS 64 /* words of one hyphenated run that are joined */
#define SHOUT_WORDS 4 /* fewer capitalised words are no shouting */
#define SHOUT_LETTERS 10
#define HASH_ROOM 16

/* Words with nothing but a hyphen, an apostrophe ... between them. */
struct run {
	struct sv words[RUN_WORDS];
	bool apostrophe[RUN_WORDS]; /* stands before the word */
	size_t n;
	bool possessive; /* inside of it, not at its end */
};

/* What the hash of a short word takes from its length. */
struct hash_row {
	uint64_t factor;
	uint64_t first, second; /* what to keep of the bytes that were read */
};

struct text_scratch {
	struct run run;
	struct folded folded;
	struct plain_window window;
	uint64_t seed; /* of: */
	uint64_t second; /* factor */
	struct hash_row rows[HASH_ROOM]; /* for words of so many bytes */
};

/* The work on one text. */
struct scan {
	struct text *text;
	struct sv v;
	size_t at;
	size_t lower; /* in text.bytes: the window in lower case */
	size_t reading; /* the next one of the window */
	uint16_t part;
	bool skip_urls;
	size_t word_end; /* where the last run ended: SIZE_MAX at first */
	size_t token_end; /* and the last token, 0 at first */
	size_t half_words; /* towards the lead */
	size_t cased_words, letters;
	bool small; /* a lower-case letter was seen */
	struct text_scratch *scratch;
};

void
text_init(struct text *t)
{
	*t = (struct text) { 0 };
}

void
text_done(struct text *t)
{
	free(t->tokens);
	free(t->hashes);
	free(t->forms);
	free(t->bytes);
	free(t->parts);
	free(t->scratch);
	text_init(t);
}

void
text_clear(struct text *t, uint64_t seed)
{
	t->seed = seed;
	t->ntokens = t->nforms = t->nbytes = t->nparts = 0;
	t->cut = false;
}

/* All bits of both make all bits of one. */
static inline uint64_t
fold(uint64_t a, uint64_t b)
{
	__uint128_t m = (__uint128_t)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t
mix(uint64_t h, uint64_t v)
{
	return fold(h ^ v, UINT64_C(0x9E3779B97F4A7C15));
}

/* A factor of 0 would hide the other one.  No 7 bytes make 0 of what has these
 * bits. */
#define EDGES (UINT64_C(1) << 63 | 1)

/* What the hash of a short word multiplies, but for the bytes of the word. */
static inline uint64_t
first_factor(uint64_t seed, size_t len)
{
	return (mix(seed, len) + seed) | EDGES;
}

static inline uint64_t
second_factor(uint64_t seed)
{
	return mix(~seed, UINT64_C(0xC2B2AE3D27D4EB4F)) | EDGES;
}

uint64_t
text_hash(uint64_t seed, struct sv v)
{
	uint64_t h = mix(seed, v.len), words[2] = { 0, 0 };

	if (v.len < sizeof(words)) {
		if (v.len != 0)
			memcpy(words, v.p, v.len);
		return fold(first_factor(seed, v.len) ^ words[0],
		    second_factor(seed) ^ words[1]);
	}
	for (; v.len >= sizeof(h); v = sv_from(v, sizeof(h))) {
		memcpy(words, v.p, sizeof(h));
		h = mix(h + seed, words[0]);
	}
	words[0] = 0;
	if (v.len != 0)
		memcpy(words, v.p, v.len);
	return mix(h + seed, words[0]);
}

/* A mask for the first n of the 8 bytes of a word in memory. */
static inline uint64_t
low_bytes(size_t n)
{
	if (n >= sizeof(uint64_t))
		return UINT64_MAX;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return ~(UINT64_MAX << n * 8);
#else
	return ~(UINT64_MAX >> n * 8);
#endif
}

static void
begin_hashes(struct text_scratch *s, uint64_t seed)
{
	if (s->seed == seed && s->second != 0)
		return;
	s->seed = seed;
	s->second = second_factor(seed);
	for (size_t i = 0; i < COUNTOF(s->rows); i++)
		s->rows[i] = (struct hash_row) { first_factor(seed, i),
			low_bytes(i), low_bytes(i < 8 ? 0 : i - 8) };
}

/* The same as text_hash() where HASH_ROOM bytes can be read.  Lengths come in
 * no order that a processor could foretell, so they decide nothing here. */
static inline uint64_t
hash_word(const struct text_scratch *s, const char *p, size_t len)
{
	const struct hash_row *row;
	uint64_t a, b;

	if (len >= HASH_ROOM)
		return text_hash(s->seed, (struct sv) { p, len });
	row = &s->rows[len];
	memcpy(&a, p, sizeof(a));
	memcpy(&b, p + sizeof(a), sizeof(b));
	return fold(
	    row->factor ^ (a & row->first), s->second ^ (b & row->second));
}

struct sv
text_span(const struct text *t, size_t first, size_t last)
{
	const struct token *a = &t->tokens[first], *b = &t->tokens[last];

	assert(a->part == b->part && first <= last);
	return sv_sub(
	    t->parts[a->part].text, a->start, b->start + b->length - a->start);
}

static enum char_class
class_at(const struct scan *s, size_t at, size_t *len)
{
	return CHAR_CLASS(char_entry_at(s->v, at, len));
}

/* The first place at or behind `at` where something visible stands. */
static size_t
skip_ignored(const struct scan *s, size_t at)
{
	size_t n;

	while (class_at(s, at, &n) == CHAR_IGNORED)
		at += n;
	return at;
}

/* The visible character before `at`. */
static size_t
step_back(const struct scan *s, size_t at)
{
	size_t n;

	do
		while (at > 0 && ((unsigned char)s->v.p[--at] & 0xC0) == 0x80)
			;
	while (at > 0 && class_at(s, at, &n) == CHAR_IGNORED);
	return at;
}

/* The word that a token is, of the bytes from `at` on. */
static inline void
end_word(struct text *t, size_t token, size_t at)
{
	t->tokens[token].at = (uint32_t)at;
	t->tokens[token].folded = (uint16_t)(t->nbytes - at);
	t->hashes[token] = hash_word(t->scratch, t->bytes + at, t->nbytes - at);
}

/* Another form of a token, which has the newest forms or none. */
static void
end_form(struct text *t, size_t i, enum form_kind kind, size_t span, size_t at)
{
	struct token *token = &t->tokens[i];
	struct form *f;

	t->forms = mem_grow(
	    t->forms, &t->capforms, t->nforms + 1, sizeof(*t->forms));
	if (token->nmore++ == 0)
		token->more = (uint32_t)t->nforms;
	f = &t->forms[t->nforms++];
	*f = (struct form) { 0, (uint32_t)at, (uint16_t)(t->nbytes - at),
		(uint8_t)span, (uint8_t)kind };
	f->hash = hash_word(t->scratch, t->bytes + at, f->length);
}

static void
add_form(struct text *t, enum form_kind kind, size_t span, const uint32_t *cps,
    size_t n)
{
	size_t at = t->nbytes;

	t->bytes = mem_grow(t->bytes, &t->capbytes, at + n * 4 + HASH_ROOM, 1);
	for (size_t i = 0; i < n; i++)
		t->nbytes += utf8_encode(cps[i], t->bytes + t->nbytes);
	if (kind == FORM_WORD)
		end_word(t, t->ntokens - 1, at);
	else
		end_form(t, t->ntokens - 1, kind, span, at);
}

struct stem_of {
	struct text *text;
	size_t span;
};

static void
on_stem(const uint32_t *cps, size_t n, bool is_short, void *arg)
{
	const struct stem_of *of = arg;

	add_form(
	    of->text, is_short ? FORM_SHORT_STEM : FORM_STEM, of->span, cps, n);
}

/* A form of folded letters, and its stems. */
static void
add_folded(
    struct text *t, enum form_kind kind, size_t span, const struct folded *f)
{
	struct stem_of of = { t, span };

	add_form(t, kind, span, f->v, f->n);
	if (!f->cut)
		stems_find(f->v, f->n, on_stem, &of);
}

static void
count_case(struct scan *s, struct sv word)
{
	bool cased = false;

	if (s->small)
		return;
	for (size_t n, at = 0; at < word.len; at += n) {
		enum char_case c = CHAR_CASE(char_entry_at(word, at, &n));

		cased = cased || c != CASE_NONE;
		s->small = s->small || c == CASE_LOWER;
		s->letters += c == CASE_UPPER;
	}
	s->cased_words += cased;
}

static inline void
count_lead(struct scan *s, unsigned flags)
{
	struct part *p = &s->text->parts[s->part];

	s->half_words += (flags & TOKEN_SEQUENCE) != 0 ? 1 : 2;
	if (s->half_words <= (size_t)LEAD_WORDS * 2)
		p->lead_end = (uint32_t)s->text->ntokens;
}

/* A word that is too long keeps a byte that no query has, so that it equals
 * none but still has its beginning. */
static void
mark_cut(struct folded *f)
{
	if (f->cut)
		f->v[f->n - 1] = 0x10FFFF;
}

/* Nothing visible between the last token and what begins at `start`?  No ASCII
 * is invisible. */
static inline bool
is_glued(const struct scan *s, size_t start)
{
	if (s->token_end == 0 || s->token_end >= start)
		return s->token_end != 0;
	return (unsigned char)s->v.p[s->token_end] >= 0x80 &&
	    skip_ignored(s, s->token_end) >= start;
}

static void
grow_tokens(struct text *t, size_t n)
{
	t->tokens = mem_grow(
	    t->tokens, &t->captokens, t->ntokens + n, sizeof(*t->tokens));
	t->hashes = mem_grow(
	    t->hashes, &t->caphashes, t->ntokens + n, sizeof(*t->hashes));
}

static inline void
new_token(struct scan *s, size_t start, size_t len, unsigned flags)
{
	struct text *t = s->text;

	if (is_glued(s, start))
		flags |= TOKEN_GLUED;
	grow_tokens(t, 1);
	t->tokens[t->ntokens++] = (struct token) { .start = (uint32_t)start,
		.length = (uint32_t)len,
		.part = s->part,
		.flags = (uint8_t)flags };
	s->token_end = start + len;
	count_lead(s, flags);
}

/* Writes the letters and digits at `at` to where a new form would begin. */
static inline size_t
take_plain(struct scan *s, struct sv v, size_t at)
{
	struct text *t = s->text;

	t->bytes = mem_grow(
	    t->bytes, &t->capbytes, t->nbytes + PLAIN_ROOM + HASH_ROOM, 1);
	return plain_take_bytes(v, at, t->bytes + t->nbytes, PLAIN_BYTES);
}

/* Appends the token of what take_plain() wrote. */
static inline void
add_plain(struct scan *s, size_t start, size_t len, unsigned flags)
{
	struct text *t = s->text;
	size_t at = t->nbytes;

	if (!s->small)
		count_case(s, sv_sub(s->v, start, len));
	new_token(s, start, len, flags);
	t->nbytes += len;
	end_word(t, t->ntokens - 1, at);
}

/* Appends a token, unless nothing of the word remains. */
static void
add_token(struct scan *s, struct sv word, unsigned flags)
{
	struct folded *f = &s->scratch->folded;
	size_t start = (size_t)(word.p - s->v.p);

	if (take_plain(s, word, 0) == word.len) {
		add_plain(s, start, word.len, flags);
		return;
	}
	folded_word(f, word, false);
	mark_cut(f);
	if (f->n == 0)
		return;
	count_case(s, word);
	new_token(s, start, word.len, flags);
	add_folded(s->text, FORM_WORD, 1, f);
}

/* Gives the first token of a run a joined form, as it is the newest one that
 * can have it: forms of a token stand together. */
static void
add_joined(struct scan *s, struct sv from, struct sv to, size_t span)
{
	struct sv all = { from.p, (size_t)(to.p + to.len - from.p) };
	struct folded *f = &s->scratch->folded;

	folded_word(f, all, false);
	if (f->n != 0 && !f->cut)
		add_folded(s->text, FORM_JOINED, span, f);
}

static bool
is_possessive(struct sv word)
{
	return word.len == 1 && (*word.p == 's' || *word.p == 'S');
}

/* Letters, digits and signs of a word, marks and joiners aside; no more than
 * `most` are counted. */
static size_t
count_letters(struct sv word, size_t most)
{
	size_t count = 0;

	for (size_t n, at = 0; at < word.len && count < most; at += n) {
		enum char_class c = CHAR_CLASS(char_entry_at(word, at, &n));

		count += c != CHAR_MARK && c != CHAR_IGNORED;
	}
	return count;
}

/* Does folding leave nothing?  So with marks that have no letter. */
static bool
is_nothing(struct sv word)
{
	for (size_t n, at = 0; at < word.len; at += n) {
		uint32_t entry = char_entry_at(word, at, &n);

		if (CHAR_POOLED(entry) || CHAR_VALUE(entry) != FOLD_NOTHING)
			return false;
	}
	return true;
}

/* Drops what takes no place: the s of Gaza's, and marks without letters. */
static void
drop_placeless(struct run *r)
{
	bool possessive = false;
	size_t n = 0;

	r->possessive = false;
	for (size_t i = 0; i < r->n; i++) {
		if (i > 0 && r->apostrophe[i] && is_possessive(r->words[i])) {
			possessive = true;
			continue;
		}
		if (is_nothing(r->words[i]))
			continue;
		r->possessive = possessive;
		r->words[n] = r->words[i];
		r->apostrophe[n++] = r->apostrophe[i];
	}
	r->n = n;
}

/* May the words be written as one?  cease-fire, O'Brien; not Sana'a, not what
 * has a possessive inside. */
static bool
is_joinable(const struct run *r)
{
	if (r->possessive)
		return false;
	if (r->n == 2 && r->apostrophe[1])
		return count_letters(r->words[0], 2) == 1;
	for (size_t i = 1; i < r->n; i++)
		if (r->apostrophe[i])
			return false;
	return r->n > 1;
}

/* All of a run or, where there is no room for it, nothing: a joined form stands
 * for tokens that are there. */
static void
add_run(struct scan *s, struct run *r)
{
	bool joined;

	drop_placeless(r);
	joined = is_joinable(r);
	if (s->text->ntokens + r->n > ITEM_TOKENS) {
		s->text->cut = true;
		return;
	}
	for (size_t i = 0; i < r->n; i++) {
		add_token(s, r->words[i], 0);
		if (i == 0 && joined)
			add_joined(s, r->words[0], r->words[r->n - 1], r->n);
	}
}

/* The end of the letters, digits and marks at `at`. */
static size_t
skip_letters(const struct scan *s, size_t at)
{
	size_t n;

	for (enum char_class c;
	     c = class_at(s, at, &n), char_is_word(c) || c == CHAR_IGNORED;
	     at += n)
		;
	return at;
}

/* The end of the letter at `at` with its marks, or `at`. */
static size_t
skip_letter(const struct scan *s, size_t at)
{
	size_t n, end = skip_ignored(s, at);

	if (class_at(s, end, &n) != CHAR_LETTER)
		return at;
	do
		end = skip_ignored(s, end + n);
	while (class_at(s, end, &n) == CHAR_MARK);
	return end;
}

/* The end of a dotted acronym (U.N., U.S.A) at `at`, or `at`. */
static size_t
skip_acronym(const struct scan *s, size_t at)
{
	size_t end = at, pairs = 0, n, next;

	while (next = skip_letter(s, end),
	    next > end && class_at(s, next, &n) == CHAR_DOT) {
		end = next + n;
		pairs++;
	}
	if (pairs < 2)
		return at;
	return skip_ignored(
	    s, char_is_word(class_at(s, next, &n)) ? end : next);
}

static bool
is_hebrew_at(const struct scan *s, size_t at)
{
	uint32_t cp;

	return utf8_decode(sv_from(s->v, at), &cp) != 0 &&
	    CHAR_SCRIPT(char_entry(cp)) == SCRIPT_HEBREW;
}

/* Does the sign at `at` join what stands before and after into one word?
 * 1,000  3.5  AT&T  or Hebrew gershayim. */
static bool
is_glue(const struct scan *s, struct sv before, size_t at, size_t *len)
{
	enum char_class c = class_at(s, at, len), next;
	size_t n, after;

	if (c < CHAR_QUOTE || c > CHAR_AMPERSAND)
		return false;
	after = skip_ignored(s, at + *len);
	next = class_at(s, after, &n);
	if (c == CHAR_COMMA || c == CHAR_DOT)
		return class_at(s, step_back(s, at), &n) == CHAR_DIGIT &&
		    next == CHAR_DIGIT;
	if (c == CHAR_AMPERSAND)
		return count_letters(before, 3) <= 2 && char_is_word(next);
	return char_is_word(next) && is_hebrew_at(s, after) && before.len > 0 &&
	    is_hebrew_at(s, step_back(s, at));
}

/* One word of a run. */
static struct sv
take_word(struct scan *s)
{
	size_t from = s->at, n;

	s->at = skip_acronym(s, from);
	if (s->at == from)
		s->at = skip_letters(s, from);
	while (is_glue(s, sv_sub(s->v, from, s->at - from), s->at, &n))
		s->at = skip_letters(s, s->at + n);
	return sv_sub(s->v, from, s->at - from);
}

/* A hyphen or apostrophe with a word behind it? */
static bool
take_joint(struct scan *s, bool *apostrophe)
{
	size_t n, next;
	enum char_class c = class_at(s, s->at, &n);

	if (c != CHAR_HYPHEN && c != CHAR_APOSTROPHE)
		return false;
	if (!char_is_word(class_at(s, skip_ignored(s, s->at + n), &next)))
		return false;
	*apostrophe = c == CHAR_APOSTROPHE;
	s->at += n;
	return true;
}

static void
scan_run(struct scan *s)
{
	struct run *r = &s->scratch->run;
	bool apostrophe = false;

	r->n = 0;
	do {
		r->apostrophe[r->n] = apostrophe;
		r->words[r->n++] = take_word(s);
	} while (r->n < RUN_WORDS && take_joint(s, &apostrophe));
	add_run(s, r);
	s->word_end = s->at;
}

/* The end of the part of a hashtag at `at`: GazaCeasefire, UNRelief, may2024
 * are two each. */
static size_t
skip_camel(const struct scan *s, size_t at, size_t end)
{
	enum char_case before = CASE_NONE, last = CASE_NONE;
	enum char_class class = CHAR_MARK;
	size_t prev = at; /* the last letter */
	uint32_t cp;

	for (size_t n, i = at; i < end; i += n) {
		uint32_t entry;

		n = utf8_decode(sv_from(s->v, i), &cp);
		entry = char_entry(cp);
		if (CHAR_CLASS(entry) == CHAR_UNDERSCORE)
			return i;
		if (CHAR_CLASS(entry) > CHAR_DIGIT ||
		    CHAR_CLASS(entry) < CHAR_LETTER)
			continue;
		if (i > at && last == CASE_LOWER &&
		    CHAR_CASE(entry) == CASE_UPPER)
			return i;
		if (before == CASE_UPPER && last == CASE_UPPER &&
		    CHAR_CASE(entry) == CASE_LOWER)
			return prev;
		if (class != CHAR_MARK && class != CHAR_CLASS(entry))
			return i;
		class = CHAR_CLASS(entry);
		before = last;
		last = CHAR_CASE(entry);
		prev = i;
	}
	return end;
}

static size_t
skip_hashtag(const struct scan *s, size_t at)
{
	size_t n;

	for (enum char_class c;
	     c = class_at(s, at, &n),
	     char_is_word(c) || c == CHAR_IGNORED || c == CHAR_UNDERSCORE;
	     at += n)
		;
	return at;
}

static void
scan_hashtag(struct scan *s)
{
	size_t at = s->at, end = skip_hashtag(s, at);
	struct run *r = &s->scratch->run;

	r->n = 0;
	while (at < end && r->n < RUN_WORDS) {
		size_t stop = skip_camel(s, at, end);

		r->apostrophe[r->n] = false;
		if (stop > at)
			r->words[r->n++] = sv_sub(s->v, at, stop - at);
		at = stop > at ? stop : at + 1;
	}
	add_run(s, r);
	s->at = s->word_end = at;
}

static unsigned
sequence_flags(enum char_class c)
{
	return TOKEN_SEQUENCE | (c == CHAR_KATAKANA ? TOKEN_KATAKANA : 0u) |
	    (c == CHAR_THAI_LEAD ? TOKEN_LEAD : 0u) |
	    (c == CHAR_THAI_TAIL ? TOKEN_TAIL : 0u);
}

static void
scan_sequence(struct scan *s, enum char_class c, size_t len)
{
	size_t from = s->at, n;

	for (size_t next = s->at + len;
	     s->at = next, next = skip_ignored(s, next),
		    class_at(s, next, &n) == CHAR_VOICING;
	     next += n)
		;
	add_token(s, sv_sub(s->v, from, s->at - from), sequence_flags(c));
}

static void
scan_picture(struct scan *s, enum char_class c, size_t len)
{
	size_t from = s->at, n;
	bool joined = false;
	uint32_t cp;

	s->at += len;
	if (c == CHAR_REGIONAL &&
	    class_at(s, skip_ignored(s, s->at), &n) == CHAR_REGIONAL) {
		s->at = skip_ignored(s, s->at) + n;
	} else {
		for (; c = class_at(s, s->at, &n),
		       c == CHAR_IGNORED || (joined && c == CHAR_EMOJI);
		     s->at += n) {
			(void)utf8_decode(sv_from(s->v, s->at), &cp);
			joined = cp == 0x200D;
		}
	}
	add_token(s, sv_sub(s->v, from, s->at - from), 0);
}

/* www. with a word behind it? */
static bool
is_www(const struct scan *s, size_t at)
{
	struct sv www = SV("www.");
	size_t n;

	return sv_istarts(sv_from(s->v, at), www) &&
	    char_is_word(class_at(s, skip_ignored(s, at + www.len), &n));
}

/* The end of a web address, which is no prose, at `at`; or `at`.  It ends at a
 * blank, a quote, or where a script without blanks goes on. */
static size_t
skip_url(const struct scan *s, size_t at)
{
	struct sv rest = sv_from(s->v, at);
	size_t n;
	uint32_t cp;

	if (!sv_istarts(rest, SV("http://")) &&
	    !sv_istarts(rest, SV("https://")) && !is_www(s, at))
		return at;
	for (; rest.len != 0; rest = sv_from(rest, n)) {
		n = utf8_decode(rest, &cp);
		if (cp <= ' ' || cp == '"' || cp == '<' || cp == '>' ||
		    cp == 0xA0 || (cp >= 0x2000 && cp <= 0x206F) ||
		    cp >= 0x3000)
			break;
	}
	return s->v.len - rest.len;
}

static bool
is_hashtag(const struct scan *s, size_t len)
{
	size_t n;

	return s->at != s->word_end &&
	    char_is_word(class_at(s, skip_ignored(s, s->at + len), &n));
}

static void
scan_one(struct scan *s)
{
	size_t len;
	enum char_class c = class_at(s, s->at, &len);

	if (char_is_sequence(c)) {
		scan_sequence(s, c, len);
	} else if (char_is_word(c)) {
		size_t end = s->skip_urls ? skip_url(s, s->at) : s->at;

		if (end == s->at)
			scan_run(s);
		s->at = end > s->at ? end : s->at;
	} else if (c == CHAR_SIGIL && is_hashtag(s, len)) {
		s->at += len;
		scan_hashtag(s);
	} else if (c == CHAR_EMOJI || c == CHAR_REGIONAL) {
		scan_picture(s, c, len);
	} else {
		s->at += len;
	}
}

/* Sets a token to a word without its hash. */
static inline void
set_token(struct token *token, size_t start, size_t len, size_t at,
    size_t folded, uint16_t part)
{
	token->start = (uint32_t)start;
	token->length = (uint32_t)len;
	token->at = (uint32_t)at;
	token->folded = (uint16_t)folded;
	token->part = part;
	token->more = 0;
	token->nmore = 0;
	token->flags = 0;
}

/* Enough capitals to call the text shouted, if it has no small letter? */
static bool
is_loud(const struct scan *s)
{
	return s->cased_words >= SHOUT_WORDS && s->letters >= SHOUT_LETTERS;
}

/* The letters of a plain word: of all that stands in one only they have this
 * bit.  A loop over bytes would end where no processor can foretell. */
static size_t
count_plain_letters(struct sv word)
{
	size_t count = 0;

	for (size_t i = 0; i < word.len; i += sizeof(uint64_t)) {
		uint64_t bytes;

		memcpy(&bytes, word.p + i, sizeof(bytes));
		bytes &= UINT64_C(0x4040404040404040) & low_bytes(word.len - i);
		count += (bytes >> 6) * UINT64_C(0x0101010101010101) >> 56;
	}
	return count;
}

static bool
has_small_word(const struct scan *s, size_t first)
{
	const struct token *k = s->text->tokens;

	for (size_t i = first; i < s->text->ntokens; i++)
		if (plain_has_small(sv_sub(s->v, k[i].start, k[i].length)))
			return true;
	return false;
}

/* Counts capitals, unless there are small letters: then they tell nothing.
 * Nothing but plain words stands there. */
static void
count_plain_case(struct scan *s, size_t first)
{
	const struct text *t = s->text;
	size_t from = t->tokens[first].start;
	const struct token *last = &t->tokens[t->ntokens - 1];

	/* A small letter may be that of a possessive, which is no word. */
	s->small = plain_has_small(
		       sv_sub(s->v, from, last->start + last->length - from)) &&
	    has_small_word(s, first);
	for (size_t i = first; i < t->ntokens && !s->small && !is_loud(s);
	     i++) {
		size_t capitals = count_plain_letters(text_word(t, i));

		s->letters += capitals;
		s->cased_words += capitals != 0;
	}
}

/* What the plain words since `first` change besides.  What stands between them
 * is seen, but for that before the first one. */
static void
count_plain(struct scan *s, size_t first)
{
	struct text *t = s->text;
	size_t n = t->ntokens - first, most = (size_t)LEAD_WORDS * 2;
	const struct token *last;

	if (n == 0)
		return;
	last = &t->tokens[t->ntokens - 1];
	if (s->half_words < most) {
		size_t lead = (most - s->half_words) / 2;

		t->parts[s->part].lead_end = (uint32_t)(first +
		    (lead < n ? lead : n));
	}
	s->half_words += n * 2;
	if (!s->small)
		count_plain_case(s, first);
	if (is_glued(s, t->tokens[first].start))
		t->tokens[first].flags |= TOKEN_GLUED;
	s->token_end = last->start + last->length;
}

/* Room for all words of the window that are left, and their other readings. */
static void
make_room(struct scan *s)
{
	struct text *t = s->text;

	size_t size = s->scratch->window.to - s->at;

	grow_tokens(t, size / 2 + 2);
	t->bytes = mem_grow(
	    t->bytes, &t->capbytes, t->nbytes + size + HASH_ROOM, 1);
}

static void
read_window(struct scan *s)
{
	struct text *t = s->text;
	struct plain_window *w = &s->scratch->window;

	t->bytes = mem_grow(
	    t->bytes, &t->capbytes, t->nbytes + PLAIN_WINDOW + HASH_ROOM, 1);
	plain_read(w, s->v, s->at, t->bytes + t->nbytes);
	s->lower = t->nbytes;
	s->reading = 0;
	t->nbytes += w->to - w->from;
}

/* The lowest bit; it is taken away.  There must be one. */
static inline uint32_t
take_bit(uint64_t *bits)
{
	uint32_t at = (uint32_t)__builtin_ctzll(*bits);

	*bits &= *bits - 1;
	return at;
}

/* The words of the window from an offset on, to where they end.  Places are
 * those of the lower-case letters.  False: only those that end before a stop,
 * or begin before a block that is all word.  Not inline, so that all of the
 * inner loop stays in registers. */
static __attribute__((noinline)) bool
scan_words(struct scan *s, size_t from, size_t *to)
{
	const struct plain_window *w = &s->scratch->window;
	const struct text_scratch *scratch = s->scratch;
	struct text *t = s->text;
	struct token *token = &t->tokens[t->ntokens];
	uint64_t *hash = &t->hashes[t->ntokens];
	uint16_t part = s->part;
	const char *bytes = t->bytes;
	size_t size = w->to - w->from, at = from - from % PLAIN_BLOCK;
	uint32_t lower = (uint32_t)s->lower, start = lower + (uint32_t)from;
	uint32_t end = start, back = (uint32_t)w->from - lower;
	uint64_t keep = UINT64_MAX << from % PLAIN_BLOCK, open = 0, stops = 0;

	for (; at <= size && stops == 0; at += PLAIN_BLOCK) {
		uint64_t word = w->words[at / PLAIN_BLOCK] & keep;
		uint64_t before = word << 1 | open;
		uint64_t ends = before & ~word;
		/* One more, as one more is taken. */
		uint64_t begins = (word & ~before) | UINT64_C(1) << 63;
		uint32_t base = lower + (uint32_t)at;

		if (word == UINT64_MAX)
			break; /* it may be longer than PLAIN_BYTES */
		stops = w->stops[at / PLAIN_BLOCK] & keep;
		ends &= ~stops & (stops - 1);
		if (open == 0)
			start = base + take_bit(&begins);
		for (; ends != 0; token++) {
			end = base + take_bit(&ends);
			set_token(token, start + back, end - start, start,
			    end - start, part);
			*hash++ = hash_word(
			    scratch, bytes + start, end - start);
			start = base + take_bit(&begins);
		}
		open = word >> 63;
		keep = UINT64_MAX;
	}
	t->ntokens = (size_t)(token - t->tokens);
	*to = end - lower;
	return at > size && stops == 0;
}

/* The token from `first` on that starts at a place of the text. */
static size_t
find_token(const struct text *t, size_t first, size_t start)
{
	for (size_t n = t->ntokens - first, half; n > 1; n -= half) {
		half = n / 2;
		first += t->tokens[first + half].start <= start ? half : 0;
	}
	return first;
}

/* Writes what is read, without the signs that are left out. */
static void
write_reading(struct scan *s, const struct plain_reading *r, size_t end)
{
	struct text *t = s->text;
	const char *in = t->bytes + s->lower;
	char *out = t->bytes + t->nbytes;

	for (size_t i = r->start; i < end; i++) {
		*out = in[i];
		out += in[i] != r->without;
	}
	t->nbytes = (size_t)(out - t->bytes);
}

/* The other readings of the tokens since `first`, which are those of the window
 * between two offsets. */
static void
add_readings(struct scan *s, size_t first, size_t from, size_t to)
{
	const struct plain_window *w = &s->scratch->window;
	struct text *t = s->text;

	for (; s->reading < w->nreadings; s->reading++) {
		const struct plain_reading *r = &w->readings[s->reading];
		size_t at = t->nbytes;
		size_t end = r->end != 0 ? r->end : plain_word_end(w, r->start);

		if (end > to)
			break;
		if (r->start < from)
			continue;
		first = find_token(t, first, w->from + r->start);
		write_reading(s, r, end);
		if (r->words == 1)
			end_word(t, first, at);
		else
			end_form(t, first, FORM_JOINED, r->words, at);
	}
}

/* The plain words of the window from `s->at` on, to where something else comes.
 * False: it has come. */
static bool
scan_window(struct scan *s)
{
	struct plain_window *w = &s->scratch->window;
	size_t from = s->at - w->from, first = s->text->ntokens;
	size_t end, next, stop;
	bool all;

	plain_unsettle(w, from);
	make_room(s);
	all = scan_words(s, from, &end);
	if (end > from)
		s->word_end = w->from + end;
	add_readings(s, first, from, end);
	s->at = w->to;
	if (all)
		return true;
	next = plain_next(w, w->words, end);
	stop = plain_next(w, w->stops, end);
	s->at = w->from + (next < stop ? next : stop);
	return false;
}

/* The short way for what most of a text consists of: words with blanks between
 * them.  False: something else comes. */
static bool
scan_plain(struct scan *s)
{
	size_t first = s->text->ntokens;
	bool on;

	if (first + PLAIN_WINDOW / 2 > ITEM_TOKENS)
		return false;
	if (s->at >= s->scratch->window.to)
		read_window(s);
	on = scan_window(s);
	count_plain(s, first);
	return on;
}

void
text_add(struct text *t, enum field field, struct sv v)
{
	struct scan s = { .text = t,
		.v = v,
		.part = (uint16_t)t->nparts,
		.skip_urls = field != FIELD_URL,
		.word_end = SIZE_MAX };
	struct part *p;

	if (v.len == 0 || t->nparts == UINT16_MAX)
		return;
	assert(v.len <= UINT32_MAX);
	if (t->scratch == NULL)
		t->scratch = mem_calloc(1, sizeof(*t->scratch));
	s.scratch = t->scratch;
	s.scratch->window.to = 0;
	begin_hashes(s.scratch, t->seed);
	t->parts = mem_grow(
	    t->parts, &t->capparts, t->nparts + 1, sizeof(*t->parts));
	t->parts[t->nparts++] = (struct part) { field, v, (uint32_t)t->ntokens,
		0, (uint32_t)t->ntokens, false };
	while (s.at < v.len && t->ntokens < ITEM_TOKENS)
		if (!scan_plain(&s))
			scan_one(&s);
	t->cut = t->cut || s.at < v.len;
	p = &t->parts[t->nparts - 1];
	p->end = (uint32_t)t->ntokens;
	p->shouted = is_loud(&s) && !s.small;
}
