/* filters/lexicon.c: the words of all filters, gathered and indexed. */
#include "filters/lexicon.h"

#include "base/utf8.h"
#include "filters/fold.h"
#include "filters/glob.h"
#include "filters/lexicon_keys.h"

#include <stdlib.h>
#include <string.h>

#define WILD_LETTERS 3 /* before the first wildcard of a word */
#define PHRASE_LETTERS 3 /* of a phrase in which short stems count */
#define JOINED_MAX 3 /* hyphenated words of a phrase that also match joined */

void
lexicon_init(struct lexicon *l, uint64_t seed)
{
	*l = (struct lexicon) { .seed = seed };
	arena_init(&l->arena);
	map_init(&l->known);
	text_init(&l->scratch);
	arena_init(&l->scratch_words);
	str_init(&l->marked, QUERY_BYTES * 3);
	str_init(&l->spelling, MiB(1));
}

void
lexicon_done(struct lexicon *l)
{
	arena_done(&l->arena);
	free(l->atoms);
	free(l->words);
	free(l->sequences);
	free(l->nodes);
	free(l->slots);
	free(l->bloom.words);
	free(l->firsts.words);
	lexicon_forget_scratch(l);
}

void
lexicon_forget_scratch(struct lexicon *l)
{
	map_done(&l->known);
	text_done(&l->scratch);
	arena_done(&l->scratch_words);
	str_done(&l->marked);
	str_done(&l->spelling);
}

static bool
begins_with_letter(struct sv v)
{
	uint32_t cp;

	while (sv_starts(v, SV("?")))
		v = sv_from(v, 1);
	return utf8_decode(v, &cp) != 0 &&
	    (cp == '*' || char_is_word(char_class(cp)));
}

/* Puts letters for the wildcards: * anywhere, ? inside a word only. */
static void
mark_wildcards(struct sv v, struct str *out)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '*')
			(void)str_addcp(out, GLOB_ANY);
		else if (v.p[i] == '?' && i > 0 &&
		    begins_with_letter(sv_from(v, i + 1)) &&
		    !ascii_is_space(v.p[i - 1]))
			(void)str_addcp(out, GLOB_ONE);
		else
			(void)str_addc(out, v.p[i]);
	}
}

/* How many letters a word has before its first wildcard; a Korean syllable is
 * two at least. */
static size_t
count_letters(struct sv v)
{
	size_t count = 0, n;
	uint32_t cp;

	for (; v.len != 0; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		count += CHAR_SCRIPT(char_entry(cp)) == SCRIPT_HANGUL ? 2 : 1;
	}
	return count;
}

/* Long bytes are still those of the scratch memory. */
static struct word
make_word(struct lexicon *l, size_t token, const struct form *f, bool exact)
{
	struct sv folded = form_bytes(&l->scratch, f);
	struct word w = { .hash = f->hash,
		.folded_len = (uint16_t)folded.len,
		.exact = exact };

	w.literal = (uint16_t)glob_literal(folded);
	w.wild = w.literal < folded.len;
	if (exact) {
		char bytes[FOLDED_MAX * 4];
		struct folded letters;
		struct sv v;
		char *both;

		folded_word(&letters,
		    text_span(&l->scratch, token, token + f->span - 1), true);
		v = folded_bytes(&letters, bytes);
		both = arena_alloc(&l->scratch_words, folded.len + v.len + 1);
		memcpy(both, folded.p, folded.len);
		memcpy(both + folded.len, v.p, v.len);
		w.exact_len = (uint16_t)v.len;
		w.at.bytes = both;
	} else if (word_is_short(&w)) {
		memcpy(w.at.folded, folded.p, folded.len);
	} else {
		w.at.bytes = folded.p;
	}
	return w;
}

static void
keep_word(struct lexicon *l, struct word *w)
{
	struct sv bytes = { w->at.bytes, (size_t)w->folded_len + w->exact_len };

	if (!word_is_short(w))
		w->at.bytes = arena_sv(&l->arena, bytes).p;
}

static bool
check_words(const struct text *t, struct err *e)
{
	if (t->ntokens == 0)
		return err_set(e, "there is no word in it");
	if (t->ntokens > PHRASE_WORDS)
		return err_set(e, "a phrase may have %d words", PHRASE_WORDS);
	for (size_t i = 0; i < t->ntokens; i++) {
		struct sv word = text_word(t, i);
		size_t literal = glob_literal(word);

		if (literal < word.len &&
		    count_letters(sv_sub(word, 0, literal)) < WILD_LETTERS)
			return err_set(e,
			    "a wildcard needs %d letters before it",
			    WILD_LETTERS);
		if (t->tokens[i].length >= TOKEN_BYTES)
			return err_set(
			    e, "a word is longer than %d bytes", TOKEN_BYTES);
	}
	return true;
}

/* In scripts without blanks words go on anyway: * at the end only lifts the
 * rule that a katakana word must not. */
static bool
drop_open_end(struct text *t)
{
	const struct token *last = &t->tokens[t->ntokens - 1];

	if (t->ntokens < 2 || (last[-1].flags & TOKEN_SEQUENCE) == 0 ||
	    (last->flags & TOKEN_GLUED) == 0 ||
	    glob_literal(text_word(t, t->ntokens - 1)) != 0 || last->length > 3)
		return false;
	t->ntokens--;
	return true;
}

static const struct form *
joined_form(const struct text *t, size_t token)
{
	for (size_t i = 0; i < t->tokens[token].nmore; i++) {
		const struct form *f = &t->forms[t->tokens[token].more + i];

		if (f->kind == FORM_JOINED)
			return f;
	}
	return NULL;
}

static bool
is_phrase(const struct lexicon *l, const struct sequence *s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s->nwords; i++)
		letters += count_letters(word_folded(&l->words[s->words + i]));
	return s->nwords > 1 && letters >= PHRASE_LETTERS;
}

/* One spelling: bit n of `mask` tells to join the nth hyphenated word. */
static void
add_sequence(struct lexicon *l, bool exact, bool open, unsigned mask)
{
	const struct text *t = &l->scratch;
	struct sequence s = { 0, (uint32_t)l->nwords, 0, 0, true, open, false };

	for (size_t i = 0; i < t->ntokens;) {
		const struct form *joined = joined_form(t, i);
		struct form f = text_form(t, i, 0);

		if (joined != NULL) {
			f = (mask & 1) != 0 ? *joined : f;
			mask >>= 1;
		}
		l->words = mem_grow(
		    l->words, &l->capwords, l->nwords + 1, sizeof(*l->words));
		l->words[l->nwords++] = make_word(l, i, &f, exact);
		s.nwords++;
		s.katakana = s.katakana &&
		    (t->tokens[i].flags & TOKEN_KATAKANA) != 0;
		i += f.span;
	}
	s.phrase = is_phrase(l, &s);
	l->sequences = mem_grow(l->sequences, &l->capsequences,
	    l->nsequences + 1, sizeof(*l->sequences));
	l->sequences[l->nsequences++] = s;
}

/* What two atoms must share to be one: all words of all spellings. */
static void
spell(const struct lexicon *l, size_t first_sequence, struct str *out)
{
	for (size_t i = first_sequence; i < l->nsequences; i++) {
		const struct sequence *s = &l->sequences[i];

		(void)str_addf(out, "%s%d", s->open ? "*" : "", s->katakana);
		for (size_t k = 0; k < s->nwords; k++) {
			const struct word *w = &l->words[s->words + k];

			(void)str_addc(out, w->exact ? '=' : ' ');
			(void)str_add(
			    out, w->exact ? word_exact(w) : word_folded(w));
		}
		(void)str_addc(out, '\n');
	}
}

static uint32_t
weigh(const struct lexicon *l, const struct sequence *s)
{
	uint32_t bytes = 0;

	for (size_t i = 0; i < s->nwords; i++)
		bytes += l->words[s->words + i].literal;
	return bytes;
}

/* Makes an atom of the newest sequences, or finds that it is there already and
 * forgets them. */
static uint32_t
settle(struct lexicon *l, size_t first_sequence, bool exact)
{
	size_t first_word = l->sequences[first_sequence].words, known;

	str_clear(&l->spelling);
	spell(l, first_sequence, &l->spelling);
	known = (size_t)(uintptr_t)map_get(&l->known, str_sv(&l->spelling));
	if (known != 0) {
		l->nsequences = first_sequence;
		l->nwords = first_word;
		return (uint32_t)known - 1;
	}
	l->atoms = mem_grow(
	    l->atoms, &l->capatoms, l->natoms + 1, sizeof(*l->atoms));
	l->atoms[l->natoms++] = (struct atom) { exact,
		weigh(l, &l->sequences[first_sequence]) };
	(void)map_put(
	    &l->known, str_sv(&l->spelling), (void *)(uintptr_t)l->natoms);
	for (size_t i = first_sequence; i < l->nsequences; i++)
		l->sequences[i].atom = (uint32_t)l->natoms - 1;
	for (size_t i = first_word; i < l->nwords; i++)
		keep_word(l, &l->words[i]);
	return (uint32_t)l->natoms - 1;
}

bool
lexicon_add(struct lexicon *l, struct sv words, bool exact, uint32_t *atom,
    struct err *e)
{
	struct text *t = &l->scratch;
	size_t first = l->nsequences, njoined = 0;
	bool open, ok;

	str_clear(&l->marked);
	mark_wildcards(words, &l->marked);
	text_clear(t, l->seed);
	arena_clear(&l->scratch_words);
	text_add(t, FIELD_URL, str_sv(&l->marked));
	open = t->ntokens != 0 && drop_open_end(t);
	ok = check_words(t, e);
	for (size_t i = 0; ok && i < t->ntokens; i++)
		njoined += joined_form(t, i) != NULL;
	if (njoined > JOINED_MAX)
		njoined = JOINED_MAX;
	for (unsigned mask = 0; ok && mask < 1u << njoined; mask++)
		add_sequence(l, exact, open, mask);
	if (ok)
		*atom = settle(l, first, exact);
	return ok;
}
