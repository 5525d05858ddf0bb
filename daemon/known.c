/* daemon/known.c: which item of a feed it is, and whether it was there before.
 */
#include "daemon/known.h"

#include "base/log.h"
#include "filters/change.h"

#include <string.h>

void
known_init(struct known *k)
{
	map_init(&k->keys);
	map_init(&k->pages);
	arena_init(&k->arena);
	text_init(&k->scratch);
}

void
known_done(struct known *k)
{
	map_done(&k->keys);
	map_done(&k->pages);
	arena_done(&k->arena);
	text_done(&k->scratch);
}

void
known_clear(struct known *k)
{
	known_done(k);
	known_init(k);
}

bool
known_is_empty(const struct known *k)
{
	return k->keys.live == 0;
}

static struct sv
bytes(const void *p, size_t n)
{
	return (struct sv) { p, n };
}

static struct sv
key_of(const struct identity *id)
{
	return bytes(id->key, sizeof(id->key));
}

static bool
find_item(struct store *s, struct sv feed, const struct identity *id,
    struct store_seen *before)
{
	bool has = false;
	struct err e;

	if (!store_has_item(s, feed, id->key, &has, before, &e))
		log_error("store", KV("error", e.msg));
	return has;
}

static bool
same_traits(const struct item_traits *a, const struct item_traits *b)
{
	return a->link == b->link && a->title == b->title &&
	    a->date == b->date && a->page == b->page &&
	    a->wording == b->wording && a->text == b->text;
}

static void
digest_text(struct known *k, const struct item *it, struct identity *id)
{
	const struct wording w = change_wording(it);

	id->traits.text = change_digest(&k->scratch, &w);
}

/* Of what an older database knows no text was kept: what it is now counts as
 * what it was. */
static enum known_as
compare(struct known *k, const struct item *it, struct identity *id,
    const struct store_seen *before)
{
	const struct item_traits *was = &before->traits;

	if (it->deleted) {
		int64_t wording = id->traits.wording;

		id->traits = *was;
		id->traits.wording = wording;
	}
	id->traits.text = was->text;
	if (was->wording != id->traits.wording)
		digest_text(k, it, id);
	id->before = *before;
	id->changed = !same_traits(was, &id->traits);
	id->rewritten = was->text != 0 && was->text != id->traits.text;
	id->traits.shared = was->shared;
	return KNOWN_BEFORE;
}

/* Its key is that of `before`, which is `here`, in the document, or not. */
static void
set_apart(struct item_traits *here, const struct item_traits *before,
    struct identity *id)
{
	if (here != NULL && !here->shared) {
		here->shared = true;
		id->shares = true;
		memcpy(id->other_key, id->key, sizeof(id->key));
	}
	item_key_of_another(before, &id->traits, id->key);
}

static enum known_as
look_by_key(struct known *k, struct store *s, struct sv feed,
    const struct item *it, struct identity *id)
{
	struct item_traits *here = map_get(&k->keys, key_of(id));
	struct store_seen before;
	bool has = here == NULL && find_item(s, feed, id, &before);

	if (here != NULL
		? item_is_another_here(it, here, &id->traits)
		: has && item_is_another_now(it, &before.traits, &id->traits)) {
		set_apart(here, here != NULL ? here : &before.traits, id);
		here = map_get(&k->keys, key_of(id));
		has = here == NULL && find_item(s, feed, id, &before);
	}
	if (here != NULL)
		return KNOWN_HERE;
	return has ? compare(k, it, id, &before) : KNOWN_NOT;
}

/* What was found by its page goes by the key that it had then. */
static enum known_as
look_by_page(struct known *k, struct store *s, struct sv feed,
    const struct item *it, struct identity *id)
{
	struct sv page = bytes(&id->traits.page, sizeof(id->traits.page));
	struct store_seen before;
	bool has = false;
	struct err e;

	if (id->traits.page == 0)
		return KNOWN_NOT;
	if (map_get(&k->pages, page) != NULL)
		return KNOWN_HERE;
	if (!store_has_page(s, feed, id->traits.page, &has, id->key, &e))
		log_error("store", KV("error", e.msg));
	if (!has)
		return KNOWN_NOT;
	return find_item(s, feed, id, &before) ? compare(k, it, id, &before)
					       : KNOWN_BEFORE;
}

static void
remember(struct known *k, const struct identity *id)
{
	struct item_traits *t = arena_alloc(&k->arena, sizeof(*t));

	*t = id->traits;
	(void)map_put(&k->keys, key_of(id), t);
	if (t->page != 0)
		(void)map_put(&k->pages, bytes(&t->page, sizeof(t->page)), t);
}

enum known_as
known_look(struct known *k, struct store *s, struct sv feed,
    const struct item *it, struct sv feed_link, struct identity *out)
{
	const struct wording w = change_wording(it);
	enum known_as as;

	memset(out, 0, sizeof(*out));
	item_key(it, feed_link, out->key);
	item_traits(it, feed_link, &out->traits);
	out->traits.wording = change_hash(&w);
	as = look_by_key(k, s, feed, it, out);
	if (as == KNOWN_NOT)
		as = look_by_page(k, s, feed, it, out);
	if (as == KNOWN_NOT)
		digest_text(k, it, out);
	if (as != KNOWN_HERE && !it->deleted)
		remember(k, out);
	return as;
}
