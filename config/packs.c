/* config/packs.c: the entity packs that are built in: packs/NAME.yaml. */
#include "config/packs.h"

#include "base/mem.h"
#include "pack_texts.h"

static const struct pack packs[] = { PACKS };

const struct pack *
pack_at(size_t i)
{
	return i < COUNTOF(packs) ? &packs[i] : NULL;
}

const struct pack *
pack_find(struct sv name)
{
	for (size_t i = 0; i < COUNTOF(packs); i++)
		if (sv_is(name, packs[i].name))
			return &packs[i];
	return NULL;
}
