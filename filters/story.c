/* filters/story.c: which items tell the same story, across feeds. */
#include "filters/story.h"

#include "base/bytes.h"
#include "base/digest.h"

#include <assert.h>
#include <stdlib.h>

/* What an item can be found by: the hashes of its sketch, and its story. */
enum posting {
	POST_BODY = 0,
	POST_LEAD = POST_BODY + SKETCH_BODY,
	POST_TITLE = POST_LEAD + SKETCH_LEAD,
	POST_TEXT,
	POST_LINK,
	POST_STORY,
	POSTINGS
};

/* A place in the ring.  Postings of one bucket form a chain, newest first.  A
 * chain is never unlinked: it ends where a link leads to what is not older, or
 * belongs to another bucket, because the place has been taken since. */
struct slot {
	uint64_t number; /* of the item; 0: free */
	int64_t time, began;
	uint64_t story;
	unsigned char id[STORY_ITEM_BYTES];
	uint32_t source;
	struct sketch sketch;
	uint32_t next[POSTINGS]; /* slot * POSTINGS + posting + 1; 0: none */
};

struct story_index {
	struct slot *slots;
	size_t nslots;
	uint32_t *heads;
	size_t nheads; /* a power of two */
	uint64_t items; /* so many were ever remembered */
	uint32_t *found; /* scratch: slots that share hashes with the item */
	size_t nfound;
};

#define FOUND_MAX ((SKETCH_BODY + SKETCH_LEAD + 3) * STORY_COMMON)

_Static_assert((uint64_t)STORY_ENTRIES *POSTINGS < UINT32_MAX,
    "links of 32 bits reach every posting");
_Static_assert(SKETCH_BODY <= 32 && SKETCH_LEAD <= 32, "bits of a mask");

struct story_index *
story_new(size_t entries)
{
	struct story_index *ix = mem_calloc(1, sizeof(*ix));

	assert(entries > 0 && entries <= STORY_ENTRIES);
	ix->nslots = entries;
	ix->slots = mem_calloc(entries, sizeof(*ix->slots));
	ix->nheads = 64;
	while (ix->nheads < entries * POSTINGS / 4)
		ix->nheads *= 2;
	ix->heads = mem_calloc(ix->nheads, sizeof(*ix->heads));
	ix->found = mem_calloc(FOUND_MAX, sizeof(*ix->found));
	return ix;
}

void
story_free(struct story_index *ix)
{
	if (ix == NULL)
		return;
	free(ix->slots);
	free(ix->heads);
	free(ix->found);
	free(ix);
}

static uint64_t
key_value(const struct slot *s, unsigned posting)
{
	const struct sketch *k = &s->sketch;

	switch (posting) {
	case POST_TITLE:
		return k->title_words >= LIKE_TITLE_WORDS ? k->title : 0;
	case POST_TEXT:
		return k->text;
	case POST_LINK:
		return k->link;
	case POST_STORY:
		return s->story;
	default:
		break;
	}
	if (posting < POST_LEAD)
		return posting < k->nbody ? k->body[posting] + UINT64_C(1) : 0;
	return posting - POST_LEAD < k->nlead
	    ? k->lead[posting - POST_LEAD] + UINT64_C(1)
	    : 0;
}

/* The key of a posting; 0: there is none.  Keys of different kinds differ. */
static uint64_t
key_of(const struct slot *s, unsigned posting)
{
	uint64_t kind = posting < POST_LEAD ? POST_BODY
	    : posting < POST_TITLE	    ? POST_LEAD
					    : posting;
	uint64_t v = key_value(s, posting);

	return v == 0 ? 0 : (v ^ kind << 56) * 0x9E3779B97F4A7C15u | 1;
}

static size_t
bucket_of(const struct story_index *ix, uint64_t key)
{
	return (size_t)(key >> 32) & (ix->nheads - 1);
}

/* Steps along a chain. */
struct walk {
	const struct story_index *ix;
	uint64_t key;
	int64_t now;
	uint32_t at;
	uint64_t number; /* where it is: the item and its posting */
	unsigned posting, steps;
};

static struct walk
walk_from(const struct story_index *ix, uint64_t key, int64_t now)
{
	struct walk w = { .ix = ix, .key = key, .now = now };

	w.at = key != 0 ? ix->heads[bucket_of(ix, key)] : 0;
	w.number = UINT64_MAX;
	return w;
}

/* The next item with the key, or NULL. */
static const struct slot *
walk_next(struct walk *w)
{
	while (w->at != 0 && w->steps++ < STORY_STEPS) {
		uint32_t at = (w->at - 1) / POSTINGS;
		unsigned posting = (w->at - 1) % POSTINGS;
		const struct slot *s = &w->ix->slots[at];
		uint64_t key = key_of(s, posting);

		if (s->number > w->number ||
		    (s->number == w->number && posting >= w->posting) ||
		    bucket_of(w->ix, key) != bucket_of(w->ix, w->key) ||
		    s->time < w->now - STORY_WINDOW_S)
			break;
		w->number = s->number;
		w->posting = posting;
		w->at = s->next[posting];
		if (key == w->key)
			return s;
	}
	w->at = 0;
	return NULL;
}

static void
link_postings(struct story_index *ix, struct slot *s)
{
	uint32_t first = (uint32_t)((size_t)(s - ix->slots) * POSTINGS);

	for (unsigned i = 0; i < POSTINGS; i++) {
		uint64_t key = key_of(s, i);
		uint32_t *head = &ix->heads[bucket_of(ix, key)];

		s->next[i] = 0;
		if (key == 0)
			continue;
		s->next[i] = *head;
		*head = first + i + 1;
	}
}

static struct slot *
take_slot(struct story_index *ix)
{
	struct slot *s = &ix->slots[ix->items % ix->nslots];

	s->number = ++ix->items;
	return s;
}

/* May the story take another item?  One of a clock that was ahead by more than
 * that would take them for as long. */
static bool
is_open(const struct slot *s, int64_t now)
{
	return s->began >= now - STORY_WINDOW_S &&
	    s->began <= now + STORY_WINDOW_S;
}

/* Collects the items that have a hash of the sample.  False: so many have it
 * that it says nothing. */
static bool
find_sharing(struct story_index *ix, uint64_t key, uint32_t source, int64_t now)
{
	struct walk w = walk_from(ix, key, now);
	const struct slot *s;
	size_t before = ix->nfound;
	unsigned same_source = 0;

	while ((s = walk_next(&w)) != NULL) {
		same_source += s->source == source;
		if (ix->nfound - before == STORY_COMMON ||
		    same_source > STORY_BOILERPLATE) {
			ix->nfound = before;
			return false;
		}
		ix->found[ix->nfound++] = (uint32_t)(s - ix->slots);
	}
	return true;
}

/* The same for a whole sample; the bits of those that say nothing. */
static uint32_t
find_sample(struct story_index *ix, const struct slot *item, unsigned from,
    unsigned end)
{
	uint32_t ignored = 0;

	for (unsigned i = from; i < end; i++)
		if (!find_sharing(
			ix, key_of(item, i), item->source, item->time))
			ignored |= UINT32_C(1) << (i - from);
	return ignored;
}

/* The newest one with the same text. */
static void
find_same_text(struct story_index *ix, const struct slot *item)
{
	struct walk w = walk_from(ix, key_of(item, POST_TEXT), item->time);
	const struct slot *s;

	while ((s = walk_next(&w)) != NULL)
		if (is_open(s, item->time)) {
			ix->found[ix->nfound++] = (uint32_t)(s - ix->slots);
			return;
		}
}

struct best {
	const struct slot *slot;
	enum likeness_kind like;
	double contained;
};

static bool
is_better(const struct best *a, const struct best *b)
{
	if (a->like != b->like)
		return a->like > b->like;
	if (b->slot == NULL)
		return false;
	if (a->contained < b->contained || a->contained > b->contained)
		return a->contained > b->contained;
	return a->slot->number > b->slot->number;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Compares the item with all that were found. */
static struct best
find_best(struct story_index *ix, const struct slot *item,
    uint32_t body_ignored, uint32_t lead_ignored)
{
	struct best best = { 0 };

	qsort(ix->found, ix->nfound, sizeof(*ix->found), by_number);
	for (size_t i = 0; i < ix->nfound; i++) {
		const struct slot *s = &ix->slots[ix->found[i]];
		struct best b = { .slot = s };
		struct likeness l;

		if ((i > 0 && ix->found[i] == ix->found[i - 1]) ||
		    !is_open(s, item->time))
			continue;
		sketch_compare(
		    &item->sketch, &s->sketch, body_ignored, lead_ignored, &l);
		b.like = likeness_kind_of(
		    &l, &item->sketch, &s->sketch, item->source == s->source);
		b.contained = likeness_contained(&l);
		if (b.like != LIKE_NOT && is_better(&b, &best))
			best = b;
	}
	return best;
}

/* Takes a title or link that many have, as a rubric's or a section's, out of
 * the item for as long as it is compared. */
static struct best
find_similar(struct story_index *ix, const struct slot *item)
{
	struct slot seen = *item;
	uint32_t body, lead;

	ix->nfound = 0;
	body = find_sample(ix, item, POST_BODY, POST_LEAD);
	lead = find_sample(ix, item, POST_LEAD, POST_TITLE);
	if (find_sample(ix, item, POST_TITLE, POST_TITLE + 1) != 0)
		seen.sketch.title = 0;
	if (find_sample(ix, item, POST_LINK, POST_LINK + 1) != 0)
		seen.sketch.link = 0;
	find_same_text(ix, item);
	return find_best(ix, &seen, body, lead);
}

static uint64_t
story_of_first(const unsigned char id[STORY_ITEM_BYTES])
{
	const struct sv parts[] = { SV("story"),
		{ (const char *)id, STORY_ITEM_BYTES } };
	unsigned char digest[SHA256_BYTES];
	uint64_t v = 0;

	sha256_parts(parts, COUNTOF(parts), digest);
	for (size_t i = 0; i < sizeof(v); i++)
		v = v << 8 | digest[i];
	return v != 0 ? v : 1;
}

static void
count_story(const struct story_index *ix, uint64_t key, int64_t now,
    struct story_place *out)
{
	uint32_t sources[STORY_STEPS];
	struct walk w = walk_from(ix, key, now);
	const struct slot *s;
	unsigned n = 0;

	while ((s = walk_next(&w)) != NULL) {
		unsigned i = 0;

		while (i < n && sources[i] != s->source)
			i++;
		if (i == n)
			sources[n++] = s->source;
		out->items++;
	}
	out->sources = n;
}

void
story_assign(struct story_index *ix, const struct story_item *item, int64_t now,
    struct story_place *out)
{
	struct slot new = { .time = now,
		.began = now,
		.source = item->source,
		.sketch = item->sketch };
	struct best best = find_similar(ix, &new);
	struct slot *s;

	*out = (struct story_place) { .is_new = best.slot == NULL };
	memcpy(new.id, item->id, sizeof(new.id));
	if (best.slot != NULL) {
		new.story = best.slot->story;
		new.began = best.slot->began;
		out->like = best.like;
		out->contained = best.contained;
		out->new_numbers = sketch_has_new_numbers(
		    &item->sketch, &best.slot->sketch);
		memcpy(out->similar_to, best.slot->id, sizeof(new.id));
	} else {
		new.story = story_of_first(new.id);
	}
	s = take_slot(ix);
	new.number = s->number;
	*s = new;
	link_postings(ix, s);
	out->story = s->story;
	out->began = s->began;
	count_story(ix, key_of(s, POST_STORY), now, out);
}

void
story_members(const struct story_index *ix, uint64_t story, int64_t now,
    story_member_fn *fn, void *arg)
{
	const struct slot any = { .story = story };
	struct walk w = walk_from(ix, key_of(&any, POST_STORY), now);
	const struct slot *s;

	while ((s = walk_next(&w)) != NULL)
		fn(s->id, s->time, arg);
}

uint32_t
story_source(struct sv publisher, enum wire wire)
{
	if (wire == WIRE_NONE)
		wire = wire_of_family(publisher);
	if (wire != WIRE_NONE)
		return (uint32_t)wire;
	return (uint32_t)(sv_hash(publisher) >> 32) | UINT32_C(1) << 31;
}

void
story_id_text(uint64_t story, char out[STORY_ID_CHARS + 1])
{
	unsigned char bytes[8];
	struct str s;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(story >> (56 - 8 * i));
	str_init(&s, STORY_ID_CHARS);
	(void)str_adds(&s, "sty_");
	base32_encode(&s, (struct sv) { (const char *)bytes, sizeof(bytes) });
	assert(s.len == STORY_ID_CHARS);
	memcpy(out, str_c(&s), STORY_ID_CHARS + 1);
	str_done(&s);
}

void
story_encode(const struct story_index *ix, unsigned char out[STORY_ENTRY_BYTES])
{
	const struct slot *s;
	unsigned char *at = out;

	assert(ix->items > 0);
	s = &ix->slots[(ix->items - 1) % ix->nslots];
	at = bytes_put(at, SKETCH_VERSION, 1);
	at = bytes_put(at, (uint64_t)s->time, 8);
	at = bytes_put(at, (uint64_t)s->began, 8);
	at = bytes_put(at, s->story, 8);
	memcpy(at, s->id, sizeof(s->id));
	at = bytes_put(at + sizeof(s->id), s->source, 4);
	sketch_encode(&s->sketch, at);
	assert(at + SKETCH_BYTES == out + STORY_ENTRY_BYTES);
}

bool
story_restore(struct story_index *ix, struct sv bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.p;
	struct slot new = { 0 }, *s;

	if (bytes.len != STORY_ENTRY_BYTES ||
	    bytes_get(&at, 1) != SKETCH_VERSION)
		return false;
	new.time = (int64_t)bytes_get(&at, 8);
	new.began = (int64_t)bytes_get(&at, 8);
	new.story = bytes_get(&at, 8);
	memcpy(new.id, at, sizeof(new.id));
	at += sizeof(new.id);
	new.source = (uint32_t)bytes_get(&at, 4);
	if (!sketch_decode(at, &new.sketch))
		return false;
	s = take_slot(ix);
	new.number = s->number;
	*s = new;
	link_postings(ix, s);
	return true;
}
