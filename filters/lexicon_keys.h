/* filters/lexicon_keys.h: under which key a sequence of words is filed: its
 * word, its first two words, or the beginning of a word with a wildcard. */
#ifndef FILTERS_LEXICON_KEYS_H
#define FILTERS_LEXICON_KEYS_H

#include "filters/lexicon.h"

/* The lengths under which words with wildcards are filed. */
extern const uint8_t lexicon_prefix_bytes[LEXICON_PREFIXES];

static inline uint64_t
lexicon_pair_key(uint64_t a, uint64_t b)
{
	return (a ^ (b << 23 | b >> 41)) * 0x9E3779B97F4A7C15u;
}

static inline uint64_t
lexicon_prefix_key(uint64_t seed, struct sv folded, size_t prefix)
{
	return text_hash(
	    ~seed - prefix, sv_sub(folded, 0, lexicon_prefix_bytes[prefix]));
}

/* The slot of the key, or the free one where it would be. */
static inline struct lexicon_slot *
lexicon_slot(const struct lexicon *l, uint64_t key)
{
	size_t at = (key ^ key >> 32) & (l->nslots - 1);

	while (l->slots[at].head != 0 && l->slots[at].key != key)
		at = (at + 1) & (l->nslots - 1);
	return &l->slots[at];
}

#endif
