/* base/map.h: a hash table from byte strings to pointers.  The hash is seeded
 * per process, so that nobody outside can choose colliding keys. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/mem.h"

struct map_slot {
	struct sv key; /* copied, owned by the map */
	void *value; /* borrowed */
	uint64_t hash;
};

/* Insertion order is kept in `slots`; a removed slot has key.p == NULL. */
struct map {
	struct map_slot *slots;
	uint32_t *index; /* slot number + 1; 0: free */
	size_t nslots, capslots, nindex, live;
};

void map_init(struct map *m);
void map_done(struct map *m); /* values are the caller's */

/* NULL when absent. */
void *map_get(const struct map *m, struct sv key);

/* Sets and returns the former value, NULL when there was none.  `value` must
 * not be NULL. */
void *map_put(struct map *m, struct sv key, void *value);

/* Removes and returns the value, NULL when there was none. */
void *map_del(struct map *m, struct sv key);

/* for (size_t i = 0; (slot = map_next(m, &i)) != NULL;) in insertion order;
 * map_del() inside the loop is fine, map_put() is not. */
struct map_slot *map_next(const struct map *m, size_t *i);

#endif
