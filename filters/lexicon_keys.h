/* filters/lexicon_keys.h: the keys under which the nodes of a lexicon are
 * filed: by the node before and a word, by the first two words, or by the node
 * before and the letters before a wildcard. */
#ifndef FILTERS_LEXICON_KEYS_H
#define FILTERS_LEXICON_KEYS_H

#include "filters/lexicon.h"

/* The lengths under which words with wildcards are filed. */
extern const uint8_t lexicon_prefix_bytes[LEXICON_PREFIXES];

/* Frees what only lexicon_add() needs. */
void lexicon_forget_scratch(struct lexicon *l);

/* `h` itself for node 0. */
static inline uint64_t
lexicon_key(uint32_t node, uint64_t h)
{
	return h ^ node * UINT64_C(0xC2B2AE3D27D4EB4F);
}

static inline uint64_t
lexicon_pair_key(uint64_t a, uint64_t b)
{
	return (a ^ (b << 23 | b >> 41)) * UINT64_C(0x9E3779B97F4A7C15);
}

static inline uint64_t
lexicon_prefix_key(
    const struct lexicon *l, uint32_t node, struct sv folded, size_t prefix)
{
	return lexicon_key(node,
	    text_hash(~l->seed - prefix,
		sv_sub(folded, 0, lexicon_prefix_bytes[prefix])));
}

static inline size_t
lexicon_place(const struct lexicon *l, uint64_t key)
{
	return (key ^ key >> 32) & (l->nslots - 1);
}

static inline uint32_t
lexicon_tag(uint64_t key)
{
	return (uint32_t)(key >> 32);
}

/* The slot of the key, or the free one where it would be. */
static inline struct lexicon_slot *
lexicon_slot(const struct lexicon *l, uint64_t key)
{
	size_t at = lexicon_place(l, key);

	while (l->slots[at].head != 0 && l->slots[at].tag != lexicon_tag(key))
		at = (at + 1) & (l->nslots - 1);
	return &l->slots[at];
}

/* The word of a key, and two bits in it. */
static inline size_t
lexicon_bloom_at(struct lexicon_bloom b, uint64_t key)
{
	return (key >> 12) & b.mask;
}

static inline void
lexicon_bloom_add(struct lexicon_bloom b, uint64_t key)
{
	b.words[lexicon_bloom_at(b, key)] |= UINT64_C(1) << (key & 63) |
	    UINT64_C(1) << (key >> 6 & 63);
}

/* False: the key was not added. */
static inline bool
lexicon_bloom_has(struct lexicon_bloom b, uint64_t key)
{
	uint64_t word = b.words[lexicon_bloom_at(b, key)];

	return (word >> (key & 63) & word >> (key >> 6 & 63) & 1) != 0;
}

#endif
