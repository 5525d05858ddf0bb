/* config/packs.h: the entity packs that are built in: packs/NAME.yaml. */
#ifndef CONFIG_PACKS_H
#define CONFIG_PACKS_H

#include "base/sv.h"

struct pack {
	const char *name; /* "un" */
	const char *path; /* "pack un", for messages */
	const char *text; /* YAML: an entities: map */
};

/* NULL when there is none of that number or name. */
const struct pack *pack_at(size_t i);
const struct pack *pack_find(struct sv name);

#endif
