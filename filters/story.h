/* filters/story.h: which items tell the same story in nearly the same words,
 * across feeds.  Pure: the time is handed in.
 *
 * The index remembers the newest items in a ring of fixed size; an item that is
 * older than STORY_WINDOW_S, or whose place was needed, is forgotten.  A story
 * takes items for STORY_WINDOW_S from its first one.  Its id is a function of
 * that first item: the same items in the same order give the same stories.
 *
 * The index lives in memory.  It outlasts a restart by the bytes of
 * story_encode(), which the caller keeps beside the item and hands to
 * story_restore(), oldest first, for the last STORY_WINDOW_S: then it goes on
 * as if it had not ended. */
#ifndef FILTERS_STORY_H
#define FILTERS_STORY_H

#include "filters/publisher.h"
#include "filters/sketch.h"

#define STORY_ITEM_BYTES 16

struct story_index;

/* An item as it is handed in. */
struct story_item {
	/* Names it among those of all feeds: a digest of feed and key. */
	unsigned char id[STORY_ITEM_BYTES];
	uint32_t source; /* who vouches for it: story_source() */
	struct sketch sketch;
};

/* Where it belongs. */
struct story_place {
	uint64_t story;
	bool is_new; /* the item is the first of its story; else: */
	enum likeness_kind like; /* why it belongs to the story of */
	unsigned char similar_to[STORY_ITEM_BYTES]; /* this item, */
	double contained; /* this share of the shorter text of the two, */
	bool new_numbers; /* and whether it has numbers that that one lacks */
	int64_t began; /* time of the story's first item */
	unsigned items, sources; /* of the story as far as it is remembered,
				    this one included; see STORY_STEPS */
};

/* Room for 1 to STORY_ENTRIES items, about two thirds of a KiB each. */
struct story_index *story_new(size_t entries);
void story_free(struct story_index *ix);

/* Puts an item into a story, its own if need be, and remembers it.  `now`:
 * epoch seconds; should not go back.  Takes a time that does not depend on how
 * much is remembered. */
void story_assign(struct story_index *ix, const struct story_item *item,
    int64_t now, struct story_place *out);

/* The items of a story that are remembered, newest first, at most STORY_STEPS;
 * of the same item several times what was assigned several times. */
typedef void story_member_fn(
    const unsigned char id[STORY_ITEM_BYTES], int64_t time, void *arg);
void story_members(const struct story_index *ix, uint64_t story, int64_t now,
    story_member_fn *fn, void *arg);

/* Items from one publisher are one source, and so are those that several have
 * from one wire service. */
uint32_t story_source(struct sv publisher, enum wire wire);

/* "sty_" and 13 characters. */
#define STORY_ID_CHARS 17
void story_id_text(uint64_t story, char out[STORY_ID_CHARS + 1]);

/* What the index remembers of the item that was assigned last. */
#define STORY_ENTRY_BYTES (1 + 3 * 8 + STORY_ITEM_BYTES + 4 + SKETCH_BYTES)
void story_encode(
    const struct story_index *ix, unsigned char out[STORY_ENTRY_BYTES]);

/* Remembers it again.  False: the bytes are no entry of this version; nothing
 * is remembered then. */
bool story_restore(struct story_index *ix, struct sv bytes) MUST_CHECK;

#endif
