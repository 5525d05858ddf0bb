/* filters/lexicon_seal.c: the sequences of a lexicon as a tree. */
#include "filters/lexicon_keys.h"

#include <stdlib.h>
#include <string.h>

#define BLOOM_BITS 16 /* of a key */
#define FIRSTS_BITS 8 /* of a first word: more is asked then */
#define CACHE_LINE 64

_Static_assert(sizeof(struct lexicon_node) == CACHE_LINE, "one line");

const uint8_t lexicon_prefix_bytes[LEXICON_PREFIXES] = { 3, 4, 5, 6, 8, 10, 12,
	16 };

/* Finds the node of a word by all that makes the word what it is, however many
 * share its key. */
struct planter {
	struct lexicon *l;
	uint32_t *index; /* node; 0: free */
	size_t nindex;
};

static bool
same_word(const struct word *a, const struct word *b)
{
	if (a == b)
		return true;
	return a->hash == b->hash && a->exact == b->exact &&
	    sv_eq(word_folded(a), word_folded(b)) &&
	    (!a->exact || sv_eq(word_exact(a), word_exact(b)));
}

static bool
same_step(const struct lexicon *l, const struct lexicon_node *n,
    uint32_t before, uint32_t word)
{
	if ((n->before == 0) != (before == 0) ||
	    !same_word(&l->words[n->word], &l->words[word]))
		return false;
	return before == 0 ||
	    same_word(&l->words[n->before - 1], &l->words[before - 1]);
}

static size_t
prefix_of(const struct word *w)
{
	size_t i = LEXICON_PREFIXES - 1;

	while (lexicon_prefix_bytes[i] > w->literal)
		i--;
	return i;
}

/* Under which key a search comes by. */
static uint64_t
step_key(struct lexicon *l, uint32_t from, uint32_t before, uint32_t word)
{
	const struct word *w = &l->words[word];

	if (before != 0)
		return lexicon_pair_key(l->words[before - 1].hash, w->hash);
	if (!w->wild)
		return lexicon_key(from, w->hash);
	l->prefixes[prefix_of(w)] = true;
	return lexicon_prefix_key(l, from, word_folded(w), prefix_of(w));
}

static uint64_t
identity(const struct lexicon *l, uint32_t from, uint32_t before, uint32_t word)
{
	const struct word *w = &l->words[word];
	uint64_t h = lexicon_key(from, w->hash);

	if (before != 0)
		h = lexicon_pair_key(l->words[before - 1].hash, h);
	return !w->exact ? h : text_hash(h, word_exact(w));
}

/* Keeps the bytes of the words that lead to a node in it. */
static void
keep_bytes(const struct lexicon *l, struct lexicon_node *n)
{
	static const struct word none;
	const struct word *a = n->before != 0 ? &l->words[n->before - 1]
					      : &none;
	const struct word *b = &l->words[n->word];

	n->plain = !a->wild && !a->exact && !b->wild && !b->exact &&
	    a->folded_len + b->folded_len <= NODE_BYTES;
	if (!n->plain)
		return;
	n->before_len = (uint8_t)a->folded_len;
	n->word_len = (uint8_t)b->folded_len;
	memcpy(n->bytes, word_folded(a).p, a->folded_len);
	memcpy(n->bytes + a->folded_len, word_folded(b).p, b->folded_len);
}

static void
file_begin(struct lexicon *l, const struct lexicon_node *n, uint64_t key)
{
	const struct word *first =
	    &l->words[n->before != 0 ? n->before - 1 : n->word];

	lexicon_bloom_add(l->bloom, key);
	if (!first->wild)
		lexicon_bloom_add(l->firsts, first->hash);
}

static void
file_node(struct lexicon *l, uint32_t node, uint32_t from, uint64_t key)
{
	struct lexicon_slot *slot = lexicon_slot(l, key);
	struct lexicon_node *parent = &l->nodes[from];

	l->nodes[node].next = slot->head;
	*slot = (struct lexicon_slot) { lexicon_tag(key), node };
	if (l->words[l->nodes[node].word].wild)
		parent->goes_on_wild = true;
	else
		parent->goes_on = true;
	if (from == 0)
		file_begin(l, &l->nodes[node], key);
}

/* The node that a step leads to; makes it when it is not there. */
static uint32_t
step(struct planter *p, uint32_t from, uint32_t before, uint32_t word)
{
	struct lexicon *l = p->l;
	uint64_t h = identity(l, from, before, word);
	size_t at = (h ^ h >> 32) & (p->nindex - 1);
	uint32_t node;

	for (; (node = p->index[at]) != 0; at = (at + 1) & (p->nindex - 1))
		if (l->nodes[node].next == from &&
		    same_step(l, &l->nodes[node], before, word))
			return node;
	l->nodes = mem_grow(
	    l->nodes, &l->capnodes, l->nnodes + 1, sizeof(*l->nodes));
	node = (uint32_t)l->nnodes++;
	l->nodes[node] = (struct lexicon_node) {
		.word = word, .before = before, .next = from
	};
	p->index[at] = node;
	return node;
}

static void
plant(struct planter *p, uint32_t number)
{
	struct lexicon *l = p->l;
	struct sequence *s = &l->sequences[number];
	bool pair = s->nwords > 1 && !l->words[s->words].wild &&
	    !l->words[s->words + 1].wild;
	uint32_t node = 0;

	for (uint32_t i = pair ? 1 : 0; i < s->nwords; i++)
		node = step(
		    p, node, pair && i == 1 ? s->words + 1 : 0, s->words + i);
	s->next = l->nodes[node].ends;
	l->nodes[node].ends = number + 1;
	l->nodes[node].atom = s->atom;
	l->nodes[node].lone = s->next == 0 && !s->katakana;
}

static size_t
power_above(size_t n)
{
	size_t power = 16;

	while (power < n)
		power *= 2;
	return power;
}

static struct lexicon_bloom
make_bloom(size_t keys, size_t bits)
{
	size_t words = power_above(keys * bits / 64);

	return (struct lexicon_bloom) { mem_calloc(words, sizeof(uint64_t)),
		words - 1 };
}

/* While nodes are made, `next` is the node they come from. */
static void
file_all(struct lexicon *l)
{
	size_t begins = 0;

	for (size_t i = 1; i < l->nnodes; i++)
		begins += l->nodes[i].next == 0;
	l->bloom = make_bloom(begins, BLOOM_BITS);
	l->firsts = make_bloom(begins, FIRSTS_BITS);
	l->nslots = power_above(l->nnodes * 2);
	l->slots = mem_calloc(l->nslots, sizeof(*l->slots));
	for (uint32_t i = 1; i < l->nnodes; i++) {
		const struct lexicon_node *n = &l->nodes[i];
		uint32_t from = n->next;

		file_node(l, i, from, step_key(l, from, n->before, n->word));
		keep_bytes(l, &l->nodes[i]);
	}
}

static struct lexicon_node *
align_nodes(struct lexicon_node *nodes, size_t n)
{
	size_t bytes = n * sizeof(*nodes);
	struct lexicon_node *aligned = mem_aligned(CACHE_LINE, bytes);

	memcpy(aligned, nodes, bytes);
	free(nodes);
	return aligned;
}

static void
trim(struct lexicon *l)
{
	l->nodes = align_nodes(l->nodes, l->nnodes);
	l->words = mem_realloc(l->words, l->nwords, sizeof(*l->words));
	l->atoms = mem_realloc(l->atoms, l->natoms, sizeof(*l->atoms));
	l->sequences = mem_realloc(
	    l->sequences, l->nsequences, sizeof(*l->sequences));
}

void
lexicon_seal(struct lexicon *l)
{
	struct planter p = { .l = l, .nindex = power_above(l->nwords * 2) };

	p.index = mem_calloc(p.nindex, sizeof(*p.index));
	l->nodes = mem_grow(l->nodes, &l->capnodes, 1, sizeof(*l->nodes));
	l->nodes[0] = (struct lexicon_node) { 0 };
	l->nnodes = 1;
	for (size_t i = 0; i < l->nsequences; i++)
		plant(&p, (uint32_t)i);
	free(p.index);
	trim(l);
	file_all(l);
	lexicon_forget_scratch(l);
}
