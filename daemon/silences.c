/* daemon/silences.c: filters that somebody has silenced for a while. */
#include "daemon/silences.h"

#include <stdlib.h>

struct silences {
	struct store *store; /* borrowed */
	struct map until; /* filter -> int64_t, owned */
};

static void
forget(struct silences *s, struct sv filter)
{
	free(map_del(&s->until, filter));
}

static void
note(struct silences *s, struct sv filter, int64_t until_ms)
{
	int64_t *until = mem_alloc(sizeof(*until));

	*until = until_ms;
	free(map_put(&s->until, filter, until));
}

static void
on_hold(const struct store_hold *h, void *arg)
{
	note(arg, h->name, h->until_ms);
}

struct silences *
silences_new(struct store *st, struct err *e)
{
	struct silences *s = mem_calloc(1, sizeof(*s));

	s->store = st;
	map_init(&s->until);
	if (!store_each_hold(st, HOLD_FILTER, on_hold, s, e)) {
		silences_free(s);
		return NULL;
	}
	return s;
}

void
silences_free(struct silences *s)
{
	struct map_slot *slot;

	if (s == NULL)
		return;
	for (size_t i = 0; (slot = map_next(&s->until, &i)) != NULL;)
		free(slot->value);
	map_done(&s->until);
	free(s);
}

static void
forget_ended(struct silences *s, int64_t now_ms)
{
	struct map_slot *slot;

	for (size_t i = 0; (slot = map_next(&s->until, &i)) != NULL;)
		if (*(const int64_t *)slot->value <= now_ms)
			forget(s, slot->key);
}

bool
silences_set(struct silences *s, const char *filter, int64_t until_ms,
    int64_t now_ms, struct err *e)
{
	const struct store_hold h = { HOLD_FILTER, sv_of(filter), until_ms };
	bool on = until_ms > now_ms;

	if (!store_set_hold(s->store, &h, on, now_ms, e))
		return false;
	forget_ended(s, now_ms);
	if (on)
		note(s, h.name, until_ms);
	else
		forget(s, h.name);
	return true;
}

bool
silences_has(const struct silences *s, const char *filter, int64_t now_ms)
{
	const int64_t *until;

	if (s == NULL || s->until.live == 0)
		return false;
	until = map_get(&s->until, sv_of(filter));
	return until != NULL && *until > now_ms;
}

void
silences_each(
    const struct silences *s, int64_t now_ms, silences_fn *fn, void *arg)
{
	struct map_slot *slot;

	for (size_t i = 0; (slot = map_next(&s->until, &i)) != NULL;) {
		int64_t until = *(const int64_t *)slot->value;

		if (until > now_ms)
			fn(slot->key, until, arg);
	}
}
