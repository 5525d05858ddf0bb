/* base/map.c: a hash table from byte strings to pointers. */
#include "base/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t
seed(void)
{
	static uint64_t value;

	if (value == 0 && getrandom(&value, sizeof(value), 0) != sizeof(value))
		BUG("no random numbers");
	return value |= 1;
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	__uint128_t m = (__uint128_t)(h ^ v) * 0x9E3779B97F4A7C15u;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t
hash_of(struct sv key)
{
	uint64_t h = mix(seed(), key.len);

	while (key.len != 0) {
		uint64_t word = 0;
		size_t n = key.len < 8 ? key.len : 8;

		memcpy(&word, key.p, n);
		h = mix(h + seed(), word);
		key = sv_from(key, n);
	}
	return h;
}

void
map_init(struct map *m)
{
	*m = (struct map) { 0 };
}

/* The map made the key itself, so the cast is no lie. */
static void
free_key(struct map_slot *s)
{
	free((void *)(uintptr_t)s->key.p);
	s->key = SV_NONE;
}

void
map_done(struct map *m)
{
	for (size_t i = 0; i < m->nslots; i++)
		free_key(&m->slots[i]);
	free(m->slots);
	free(m->index);
	map_init(m);
}

/* The place in `index` where `key` is or would be. */
static size_t
locate(const struct map *m, struct sv key, uint64_t hash)
{
	size_t at = hash & (m->nindex - 1);

	for (; m->index[at] != 0; at = (at + 1) & (m->nindex - 1)) {
		const struct map_slot *s = &m->slots[m->index[at] - 1];

		if (s->key.p != NULL && s->hash == hash && sv_eq(s->key, key))
			break;
	}
	return at;
}

/* Drops removed slots and makes room for one more. */
static void
rebuild(struct map *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->nslots; i++)
		if (m->slots[i].key.p != NULL)
			m->slots[n++] = m->slots[i];
	m->nslots = n;
	m->nindex = 16;
	while (m->nindex < (n + 1) * 2)
		m->nindex *= 2;
	free(m->index);
	m->index = mem_calloc(m->nindex, sizeof(*m->index));
	for (size_t i = 0; i < n; i++)
		m->index[locate(m, m->slots[i].key, m->slots[i].hash)] =
		    (uint32_t)i + 1;
}

void *
map_get(const struct map *m, struct sv key)
{
	uint32_t slot;

	if (m->live == 0)
		return NULL;
	slot = m->index[locate(m, key, hash_of(key))];
	return slot != 0 ? m->slots[slot - 1].value : NULL;
}

void *
map_put(struct map *m, struct sv key, void *value)
{
	uint64_t hash = hash_of(key);
	struct map_slot *s;
	size_t at;

	assert(value != NULL);
	if ((m->nslots + 1) * 4 > m->nindex * 3)
		rebuild(m);
	at = locate(m, key, hash);
	if (m->index[at] != 0) {
		void *old = m->slots[m->index[at] - 1].value;

		m->slots[m->index[at] - 1].value = value;
		return old;
	}
	m->slots = mem_grow(
	    m->slots, &m->capslots, m->nslots + 1, sizeof(*m->slots));
	s = &m->slots[m->nslots++];
	*s = (struct map_slot) { { mem_svdup(key), key.len }, value, hash };
	m->index[at] = (uint32_t)m->nslots;
	m->live++;
	return NULL;
}

void *
map_del(struct map *m, struct sv key)
{
	struct map_slot *s;
	uint32_t slot;

	if (m->live == 0)
		return NULL;
	slot = m->index[locate(m, key, hash_of(key))];
	if (slot == 0)
		return NULL;
	s = &m->slots[slot - 1];
	free_key(s);
	m->live--;
	return s->value;
}

struct map_slot *
map_next(const struct map *m, size_t *i)
{
	while (*i < m->nslots)
		if (m->slots[(*i)++].key.p != NULL)
			return &m->slots[*i - 1];
	return NULL;
}
