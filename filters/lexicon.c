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

const uint8_t lexicon_prefix_bytes[LEXICON_PREFIXES] = { 3, 4, 5, 6, 8, 10, 12,
	16 };

void
lexicon_init(struct lexicon *l, uint64_t seed)
{
	*l = (struct lexicon) { .seed = seed };
	arena_init(&l->arena);
	map_init(&l->known);
	text_init(&l->scratch);
}

void
lexicon_done(struct lexicon *l)
{
	arena_done(&l->arena);
	free(l->atoms);
	free(l->words);
	free(l->sequences);
	free(l->slots);
	map_done(&l->known);
	text_done(&l->scratch);
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

static struct word
make_word(struct lexicon *l, size_t token, const struct form *f, bool exact)
{
	struct sv folded = form_bytes(&l->scratch, f);
	struct word w = { f->hash, arena_sv(&l->arena, folded), SV_NONE, 0,
		false };

	w.literal = (uint32_t)glob_literal(w.folded);
	w.wild = w.literal < w.folded.len;
	if (exact) {
		char bytes[FOLDED_MAX * 4];
		struct folded letters;

		folded_word(&letters,
		    text_span(&l->scratch, token, token + f->span - 1), true);
		w.exact = arena_sv(&l->arena, folded_bytes(&letters, bytes));
	}
	return w;
}

static bool
check_words(const struct text *t, struct err *e)
{
	if (t->ntokens == 0)
		return err_set(e, "there is no word in it");
	if (t->ntokens > PHRASE_WORDS)
		return err_set(e, "a phrase may have %d words", PHRASE_WORDS);
	for (size_t i = 0; i < t->ntokens; i++) {
		const struct form *f = &t->forms[t->tokens[i].forms];
		struct sv word = form_bytes(t, f);
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
	    glob_literal(form_bytes(t, &t->forms[last->forms])) != 0 ||
	    last->length > 3)
		return false;
	t->ntokens--;
	return true;
}

static const struct form *
joined_form(const struct text *t, size_t token)
{
	for (size_t i = 0; i < t->tokens[token].nforms; i++) {
		const struct form *f = &t->forms[t->tokens[token].forms + i];

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
		letters += count_letters(l->words[s->words + i].folded);
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
		const struct form *f = &t->forms[t->tokens[i].forms];

		if (joined != NULL) {
			f = (mask & 1) != 0 ? joined : f;
			mask >>= 1;
		}
		l->words = mem_grow(
		    l->words, &l->capwords, l->nwords + 1, sizeof(*l->words));
		l->words[l->nwords++] = make_word(l, i, f, exact);
		s.nwords++;
		s.katakana = s.katakana &&
		    (t->tokens[i].flags & TOKEN_KATAKANA) != 0;
		i += f->span;
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

			(void)str_addc(out, w->exact.p != NULL ? '=' : ' ');
			(void)str_add(
			    out, w->exact.p != NULL ? w->exact : w->folded);
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
	struct str spelling;

	str_init(&spelling, MiB(1));
	spell(l, first_sequence, &spelling);
	known = (size_t)(uintptr_t)map_get(&l->known, str_sv(&spelling));
	if (known != 0) {
		l->nsequences = first_sequence;
		l->nwords = first_word;
	} else {
		l->atoms = mem_grow(
		    l->atoms, &l->capatoms, l->natoms + 1, sizeof(*l->atoms));
		l->atoms[l->natoms++] = (struct atom) { exact,
			weigh(l, &l->sequences[first_sequence]) };
		known = l->natoms;
		(void)map_put(
		    &l->known, str_sv(&spelling), (void *)(uintptr_t)known);
		for (size_t i = first_sequence; i < l->nsequences; i++)
			l->sequences[i].atom = (uint32_t)known - 1;
	}
	str_done(&spelling);
	return (uint32_t)known - 1;
}

bool
lexicon_add(struct lexicon *l, struct sv words, bool exact, uint32_t *atom,
    struct err *e)
{
	struct text *t = &l->scratch;
	size_t first = l->nsequences, njoined = 0;
	struct str marked;
	bool open, ok;

	str_init(&marked, words.len * 3 + 1);
	mark_wildcards(words, &marked);
	text_clear(t, l->seed);
	text_add(t, FIELD_URL, str_sv(&marked));
	open = t->ntokens != 0 && drop_open_end(t);
	ok = check_words(t, e);
	for (size_t i = 0; ok && i < t->ntokens; i++)
		njoined += joined_form(t, i) != NULL;
	if (njoined > JOINED_MAX)
		njoined = JOINED_MAX;
	for (unsigned mask = 0; ok && mask < 1u << njoined; mask++)
		add_sequence(l, exact, open, mask);
	str_done(&marked);
	if (ok)
		*atom = settle(l, first, exact);
	return ok;
}

static uint64_t
sequence_key(struct lexicon *l, const struct sequence *s)
{
	const struct word *w = &l->words[s->words];
	size_t i = LEXICON_PREFIXES - 1;

	if (!w[0].wild)
		return s->nwords > 1 && !w[1].wild
		    ? lexicon_pair_key(w[0].hash, w[1].hash)
		    : w[0].hash;
	while (lexicon_prefix_bytes[i] > w[0].literal)
		i--;
	l->prefixes[i] = true;
	return lexicon_prefix_key(l->seed, w[0].folded, i);
}

void
lexicon_seal(struct lexicon *l)
{
	l->nslots = 16;
	while (l->nslots < l->nsequences * 2)
		l->nslots *= 2;
	l->slots = mem_calloc(l->nslots, sizeof(*l->slots));
	for (size_t i = 0; i < l->nsequences; i++) {
		struct sequence *s = &l->sequences[i];
		uint64_t key = sequence_key(l, s);
		struct lexicon_slot *slot = lexicon_slot(l, key);

		s->next = slot->head;
		*slot = (struct lexicon_slot) { key, (uint32_t)i + 1 };
	}
	text_done(&l->scratch);
	map_done(&l->known);
}
