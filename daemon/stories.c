/* daemon/stories.c: what the readers of each filter know of each story. */
#include "daemon/stories.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "daemon/item_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define UPDATE_GAP_MS (10 * MIN_MS)
#define NAME_BYTES 128 /* story and filter */
#define FEED_BYTES 4 /* of an item's name that its feed gives */

_Static_assert(STORE_STORY_ITEM_BYTES == STORY_ITEM_BYTES, "the same ids");

/* What the readers of one filter know of one story. */
struct telling {
	TAILQ_ENTRY(telling) next;
	char name[NAME_BYTES]; /* its key in the map */
	struct store_telling t; /* `filter` and `also` are below */
	char *filter;
	struct str also;
	unsigned nalso;
};

struct stories {
	struct story_index *index;
	struct text scratch;
	struct map known; /* name -> telling */
	TAILQ_HEAD(tellings, telling) tellings; /* the oldest first */

	/* The item that was placed last. */
	struct story_item item;
	struct story_place place;
	int64_t now_ms;
	struct sv title, link, feed; /* borrowed */
	struct str shown; /* `also` without the item itself */
};

struct stories *
stories_new(void)
{
	struct stories *s = mem_calloc(1, sizeof(*s));

	s->index = story_new(STORIES_ITEMS);
	text_init(&s->scratch);
	map_init(&s->known);
	TAILQ_INIT(&s->tellings);
	str_init(&s->shown, STORY_ALSO_BYTES);
	return s;
}

static void
forget(struct stories *s, struct telling *t)
{
	TAILQ_REMOVE(&s->tellings, t, next);
	(void)map_del(&s->known, sv_of(t->name));
	str_done(&t->also);
	free(t->filter);
	free(t);
}

void
stories_free(struct stories *s)
{
	struct telling *t;

	if (s == NULL)
		return;
	while ((t = TAILQ_FIRST(&s->tellings)) != NULL)
		forget(s, t);
	map_done(&s->known);
	text_done(&s->scratch);
	story_free(s->index);
	str_done(&s->shown);
	free(s);
}

const char *
story_role_type(enum story_role r)
{
#define ROLE_TYPE(enumerator, type) [enumerator] = (type),
	static const char *const types[] = { STORY_ROLES(ROLE_TYPE) };
#undef ROLE_TYPE

	return types[r];
}

static void
make_name(char out[NAME_BYTES], uint64_t story, const char *filter)
{
	(void)snprintf(
	    out, NAME_BYTES, "%016llx %s", (unsigned long long)story, filter);
}

/* What is too old, or the oldest when there are too many, is forgotten: then a
 * story rings again, which is better than not at all. */
static void
make_room(struct stories *s, int64_t now_ms)
{
	struct telling *t;

	while ((t = TAILQ_FIRST(&s->tellings)) != NULL &&
	    (s->known.live >= STORIES_TELLINGS ||
		t->t.time_ms < now_ms - STORY_WINDOW_S * SEC_MS))
		forget(s, t);
}

static struct telling *
add(struct stories *s, uint64_t story, const char *filter)
{
	struct telling *t = mem_calloc(1, sizeof(*t));

	make_name(t->name, story, filter);
	t->filter = mem_strdup(filter);
	t->t.story = story;
	str_init(&t->also, STORY_ALSO_BYTES);
	TAILQ_INSERT_TAIL(&s->tellings, t, next);
	(void)map_put(&s->known, sv_of(t->name), t);
	return t;
}

/* An entry of another version: its story rings again. */
static void
on_entry(const struct store_story_item *i, void *arg)
{
	struct stories *s = arg;

	if (!story_restore(s->index, i->entry))
		log_debug("an item of a story is forgotten: it was kept by "
			  "another version");
}

static unsigned
count_members(struct sv json)
{
	unsigned n = 0;

	for (size_t at = 0; at < json.len; n++)
		at += sv_find(sv_from(json, at), SV("},{")) + 1;
	return n;
}

static void
on_telling(const struct store_telling *kept, void *arg)
{
	struct stories *s = arg;
	char *filter = mem_svdup(kept->filter);
	struct telling *t = add(s, kept->story, filter);
	char *own = t->filter;

	t->t = *kept;
	t->filter = own;
	(void)str_add(&t->also, kept->also);
	t->nalso = count_members(kept->also);
	free(filter);
}

bool
stories_restore(
    struct stories *s, struct store *store, int64_t wall_ms, struct err *e)
{
	int64_t since_ms = wall_ms - STORY_WINDOW_S * SEC_MS;

	return store_each_story_item(store, since_ms, on_entry, s, e) &&
	    store_each_telling(store, since_ms, on_telling, s, e);
}

/* An item is named among those of all feeds; those of one feed begin alike. */
static void
name_item(struct sv feed, const unsigned char key[ITEM_KEY_BYTES],
    unsigned char out[STORY_ITEM_BYTES])
{
	const struct sv parts[] = { feed,
		{ (const char *)key, ITEM_KEY_BYTES } };
	unsigned char hash[SHA256_BYTES];

	sha256_parts(parts, 1, hash);
	memcpy(out, hash, FEED_BYTES);
	sha256_parts(parts, COUNTOF(parts), hash);
	memcpy(out + FEED_BYTES, hash, STORY_ITEM_BYTES - FEED_BYTES);
}

static uint32_t
source_of(const struct config_feed *f, const struct item *it)
{
	struct str family;
	uint32_t source;

	str_init(&family, URL_BYTES);
	publisher_family(&family, sv_of(f->publisher), sv_of(f->url));
	source = story_source(str_sv(&family), wire_of_item(it));
	str_done(&family);
	return source;
}

void
stories_place(struct stories *s, struct batch *b, const struct config_feed *f,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES],
    int64_t wall_ms)
{
	unsigned char entry[STORY_ENTRY_BYTES];

	s->now_ms = wall_ms;
	s->title = it->title;
	s->link = it->link;
	s->feed = sv_of(f->name);
	name_item(s->feed, key, s->item.id);
	s->item.source = source_of(f, it);
	sketch_item(&s->scratch, it, SV_NONE, &s->item.sketch);
	story_assign(s->index, &s->item, wall_ms / SEC_MS, &s->place);
	story_encode(s->index, entry);
	batch_put_story_item(b,
	    &(struct store_story_item) { .time_ms = wall_ms,
		.entry = { (const char *)entry, sizeof(entry) } });
}

static bool
is_item(const unsigned char a[STORY_ITEM_BYTES], const struct stories *s)
{
	return memcmp(a, s->item.id, STORY_ITEM_BYTES) == 0;
}

/* Of the feed of the item that it is most like. */
static bool
is_of_same_feed(const struct stories *s)
{
	return memcmp(s->place.similar_to, s->item.id, FEED_BYTES) == 0;
}

/* A feed that has a new item on a story says something new; only what other
 * feeds repeat is held back. */
static enum story_role
role_of(const struct stories *s, const struct telling *t, bool updates)
{
	static const unsigned char nobody[STORY_ITEM_BYTES];

	if (is_item(t->t.first, s))
		return STORY_RINGS;
	if (is_item(t->t.confirmer, s))
		return STORY_CONFIRMS;
	if (is_item(s->place.similar_to, s))
		return STORY_IS_TOLD;
	if (is_of_same_feed(s))
		return updates ? STORY_UPDATES : STORY_RINGS;
	if (s->place.sources > t->t.sources &&
	    memcmp(t->t.confirmer, nobody, sizeof(nobody)) == 0)
		return STORY_CONFIRMS;
	if (updates && s->place.new_numbers &&
	    s->now_ms - t->t.updated_ms >= UPDATE_GAP_MS)
		return STORY_UPDATES;
	return STORY_IS_TOLD;
}

/* Those who come later see the item among the others of the story. */
static void
show_item(const struct stories *s, struct telling *t)
{
	struct str one;

	if (t->nalso >= STORY_ALSO)
		return;
	str_init(&one, KiB(4));
	item_member(&one, s->title, s->link, s->feed);
	if (sv_find(str_sv(&t->also), str_sv(&one)) == t->also.len &&
	    t->also.len + one.len < STORY_ALSO_BYTES) {
		if (t->also.len != 0)
			(void)str_addc(&t->also, ',');
		(void)str_add(&t->also, str_sv(&one));
		t->nalso++;
	}
	str_done(&one);
}

static void
note(struct stories *s, struct telling *t, enum story_role role)
{
	if (role == STORY_CONFIRMS) {
		memcpy(t->t.confirmer, s->item.id, STORY_ITEM_BYTES);
		t->t.sources = s->place.sources;
	}
	if (role == STORY_UPDATES)
		t->t.updated_ms = s->now_ms;
	show_item(s, t);
}

enum story_role
stories_tell(struct stories *s, struct batch *b, const char *filter,
    bool updates, struct story_told *out)
{
	char name[NAME_BYTES];
	enum story_role role;
	struct telling *t;

	make_name(name, s->place.story, filter);
	t = map_get(&s->known, sv_of(name));
	if (t == NULL) {
		make_room(s, s->now_ms);
		t = add(s, s->place.story, filter);
		t->t.time_ms = s->now_ms;
		t->t.updated_ms = s->now_ms;
		t->t.sources = s->place.sources;
		memcpy(t->t.first, s->item.id, STORY_ITEM_BYTES);
	}
	role = role_of(s, t, updates);
	story_id_text(s->place.story, out->id);
	out->first_seen_ms = s->place.began * SEC_MS;
	out->publishers = s->place.sources;
	str_clear(&s->shown);
	(void)str_add(&s->shown, str_sv(&t->also));
	out->also = role == STORY_RINGS ? SV_NONE : str_sv(&s->shown);
	note(s, t, role);
	t->t.filter = sv_of(t->filter);
	t->t.also = str_sv(&t->also);
	batch_put_telling(b, &t->t);
	return role;
}
