/* daemon/stories.h: the story of an item that filters matched, and what the
 * item is to those who follow a filter: the first they hear of it, a second
 * publisher, new numbers, or nothing new. */
#ifndef DAEMON_STORIES_H
#define DAEMON_STORIES_H

#include "config/config.h"
#include "daemon/batch.h"
#include "filters/change.h"
#include "filters/story.h"

struct stories;

struct stories *stories_new(void);
void stories_free(struct stories *s); /* NULL is fine */

/* Takes up what is kept of the last STORY_WINDOW_S, and what waits.  Borrows
 * the store. */
bool stories_restore(struct stories *s, struct store *store, int64_t wall_ms,
    struct err *e) MUST_CHECK;

/* Puts an item into its story, before stories_tell(); once per judgement of the
 * item.  What is to be kept goes into `b`. */
void stories_place(struct stories *s, struct batch *b,
    const struct config_feed *f, const struct item *it,
    const unsigned char key[ITEM_KEY_BYTES], int64_t wall_ms);

/* Types of alerts that an item of a story can be. */
#define STORY_ROLES(X) \
	X(STORY_RINGS, "alert.new") \
	X(STORY_CONFIRMS, "alert.confirmed") /* a second publisher has it */ \
	X(STORY_UPDATES, "alert.update") /* new numbers, a correction */ \
	X(STORY_WAITS, "alert.new") /* for another publisher */ \
	X(STORY_IS_TOLD, NULL) /* nothing new */
#define STORY_ROLE_ENUM(enumerator, type) enumerator,
enum story_role {
	STORY_ROLES(STORY_ROLE_ENUM) STORY_ROLE_COUNT
};
#undef STORY_ROLE_ENUM

const char *story_role_type(enum story_role r);

/* The story as the alert shows it. */
struct story_told {
	uint64_t story;
	char id[STORY_ID_CHARS + 1];
	int64_t first_seen_ms;
	unsigned publishers;
	bool waits; /* for others: too few have it */
	enum change change; /* what an update brings */
	struct sv also; /* its other items, members of a JSON array; valid until
			 * the next call */
};

/* What the placed item is to a filter's readers; what it is counts as told.
 * The same item in the same role again is in that role again: its alert has the
 * id it had.  After STORY_WAITS, stories_hold() must follow. */
enum story_role stories_tell(struct stories *s, struct batch *b,
    const struct config_filter *f, struct story_told *out);

/* An item that a filter's readers know of changes: how long has that to wait,
 * after what they were told of its story (0: none) last? */
int64_t stories_update_wait_ms(const struct stories *s, uint64_t story,
    const char *filter, int64_t wall_ms);

/* Until when the item's alert waits for other publishers of its story, wall
 * clock; 0: it does not, or another one's does by now. */
int64_t stories_held_until_ms(const struct stories *s, uint64_t story,
    const char *filter, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES]);

/* Without a wait, instead of stories_tell(): they are told of the placed item.
 */
void stories_update(struct stories *s, struct batch *b,
    const struct config_filter *f, struct story_told *out);

/* Keeps the alert of the item that waits, in place of the one before it. */
void
stories_hold(struct stories *s, struct batch *b, struct sv id, struct sv body);

/* An alert that has waited long enough.  The views live until the callback
 * returns. */
struct story_waited {
	struct sv filter, id, body;
};
enum story_end {
	STORY_END_LATER, /* asked again */
	STORY_END_DROPPED, /* as if it had never been */
	STORY_END_SENT, /* the readers are told now */
};
typedef enum story_end story_waited_fn(const struct story_waited *w, void *arg);

/* Calls `fn` for alerts whose wait is over and that are on disk, so many that
 * the loop does not stall; what comes of it goes into `b`. */
void stories_end(struct stories *s, struct batch *b, int64_t wall_ms,
    story_waited_fn *fn, void *arg);

/* Does some alert wait? */
bool stories_is_waiting(const struct stories *s);

#endif
