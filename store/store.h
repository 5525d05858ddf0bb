/* store/store.h: everything that outlives the process.  One interface; SQLite
 * (sqlite.c) is the implementation for one machine. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "base/str.h"
#include "feeds/health.h"
#include "feeds/item.h"

struct store;

/* What is kept of a feed.  Wall-clock times in ms since 1970, 0: never. */
struct store_feed {
	struct sv name; /* in the configuration */
	struct sv url; /* the validators belong to it */
	struct sv etag, last_modified;
	struct sv moved_to; /* where permanent redirects lead, or empty */
	int64_t moved_since_ms;
	int64_t next_due_ms, last_poll_ms;
	int64_t interval_ms; /* adaptive */
	int64_t hold_until_ms; /* Retry-After, max-age: not before */
	unsigned failures; /* in a row */
	bool gone; /* 410 */
	bool seen_before; /* a first good poll has been */
	int64_t first_poll_ms; /* good or not */
	struct feed_health health;
};

enum disposition {
	ITEM_NO_MATCH,
	ITEM_ALERTED,
	ITEM_BACKLOG,
	ITEM_PENDING, /* waits for its article */
	ITEM_ERROR,
	ITEM_ATTACHED, /* its story had rung already */
	ITEM_MUTED,
	ITEM_LIMITED, /* a digest tells of it */
	ITEM_HELD, /* its story waits for another publisher */
	ITEM_DISPOSITIONS,
};

/* What is known of an item that was put. */
struct store_seen {
	struct item_traits traits;
	enum disposition disposition;
};

struct store_item {
	struct sv feed;
	unsigned char key[ITEM_KEY_BYTES];
	enum disposition disposition;
	int64_t seen_ms;
};

struct store_alert {
	struct sv id;
	struct sv destination;
	struct sv body;
	int64_t created_ms;
};

/* An item that waits for its article. `item` is the encoded item (JSON). */
struct store_pending {
	struct sv feed;
	struct sv host; /* that has the article; not empty */
	unsigned char key[ITEM_KEY_BYTES];
	struct sv item;
	unsigned attempts;
	int64_t next_ms;
};

enum told_how {
	TOLD_SENT, /* or named in a digest */
	TOLD_MUTE, /* they did not want to know of it */
	TOLD_HELD, /* until other publishers have its story */
};

/* What the readers of a filter were last told of an item; goes with it. */
struct store_told {
	struct sv feed;
	unsigned char key[ITEM_KEY_BYTES];
	struct sv filter;
	struct sv title, lead; /* as they were, cut */
	uint64_t story; /* 0: none */
	int64_t told_ms;
	int64_t since_ms; /* from which updates are counted */
	unsigned updates;
	enum told_how how;
};

#define STORE_STORY_ITEM_BYTES 16

/* An item of a story, as the index of stories encodes it. */
struct store_story_item {
	int64_t time_ms;
	struct sv entry;
};

/* What the readers of a filter have been told of a story. */
struct store_telling {
	uint64_t story;
	struct sv filter;
	int64_t time_ms; /* of the first item; then it is forgotten with it */
	unsigned char first[STORE_STORY_ITEM_BYTES]; /* which item rang */
	unsigned char confirmer[STORE_STORY_ITEM_BYTES]; /* or zeros */
	unsigned sources; /* that were told of */
	int64_t updated_ms; /* when an update was sent last, 0: never */
	struct sv also; /* members of a JSON array */
	int64_t version; /* what is older than what is kept changes nothing */
	int64_t due_ms; /* until when they wait to be told; 0: they are told */
	struct sv vouchers; /* then: who has the story so far, as bytes */
	struct sv held_id, held; /* and the alert that waits; not read back */
};

/* How many alerts of a filter have left in a span of time, and the others. */
struct store_quota {
	struct sv filter;
	int64_t version; /* what is older than what is kept changes nothing */
	int64_t serial; /* of the span; grows */
	int64_t since_ms, until_ms;
	unsigned let_through, over;
	unsigned shown; /* of those over, in `items` */
	struct sv items; /* members of a JSON array */
	struct sv titles;
};

/* A row of the outbox. */
struct store_outbox {
	int64_t row;
	struct sv id, destination, body;
	int64_t created_ms;
	unsigned attempts;
};

/* A destination that fails. */
struct store_outage {
	struct sv destination;
	unsigned failures; /* in a row */
	int64_t since_ms;
	int64_t tried_ms, next_ms; /* the last attempt, the next */
	struct sv why; /* the last attempt failed */
};

/* What somebody has said that outlives the process. */
enum hold {
	HOLD_DESTINATION, /* sends nothing */
	HOLD_FILTER, /* rings nobody */
};

struct store_hold {
	enum hold kind;
	struct sv name;
	int64_t until_ms; /* wall clock; 0: until it is taken back */
};

/* Which alerts of a destination are put back into its outbox: dead ones and
 * those delivered whose body is kept (OUTBOX_KEPT_...). */
struct store_replay {
	struct sv destination;
	bool dead_only;
	int64_t since_ms; /* not put into the outbox before */
	int64_t after, upto; /* rows */
	int64_t now_ms; /* from which the time to give up counts */
};

/* Opens or makes the database in directory `dir` (NULL: in memory), takes an
 * exclusive lock on it, checks the schema's version.  A database that is
 * damaged beyond reopening is moved aside, never deleted, and `*fresh_start`
 * set. */
struct store *store_open(const char *dir, bool *fresh_start, struct err *e);
void store_close(struct store *s); /* NULL is fine; commits nothing */

/* One transaction, for all of: begin, changes, commit.  Every change is
 * idempotent, so that a batch whose commit failed can be done again.  After a
 * failure the transaction is rolled back and the store stays usable: full disk,
 * read-only and I/O errors are tried again by the caller. */
bool store_begin(struct store *s, struct err *e) MUST_CHECK;
bool store_put_feed(
    struct store *s, const struct store_feed *f, struct err *e) MUST_CHECK;
/* feed_health_tell() for a feed that owes it */
bool store_tell_feed(struct store *s, struct sv name, enum feed_trouble t,
    struct err *e) MUST_CHECK;
/* A destination fails, and the others were told. */
bool store_put_failing(
    struct store *s, struct sv destination, struct err *e) MUST_CHECK;
bool store_del_failing(
    struct store *s, struct sv destination, struct err *e) MUST_CHECK;
bool store_put_item(
    struct store *s, const struct store_item *i, struct err *e) MUST_CHECK;
bool store_touch_item(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], int64_t seen_ms,
    struct err *e) MUST_CHECK; /* still in the feed */
bool store_set_traits(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], const struct item_traits *t,
    struct err *e) MUST_CHECK; /* of an item that was put */
bool store_set_shared(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], struct err *e) MUST_CHECK;
bool
store_put_alert(struct store *s, const struct store_alert *a, struct err *e)
    MUST_CHECK; /* one (id, destination) is kept once, delivered or not */
bool store_put_told(
    struct store *s, const struct store_told *t, struct err *e) MUST_CHECK;
bool store_put_pending(
    struct store *s, const struct store_pending *p, struct err *e) MUST_CHECK;
bool store_del_pending(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], struct err *e) MUST_CHECK;
bool store_put_story_item(struct store *s, const struct store_story_item *i,
    struct err *e) MUST_CHECK; /* in order; lets a few old ones go */
bool store_put_telling(
    struct store *s, const struct store_telling *t, struct err *e) MUST_CHECK;
bool store_del_telling(struct store *s, uint64_t story, struct sv filter,
    struct err *e) MUST_CHECK;
bool store_put_quota(struct store *s, const struct store_quota *q,
    struct err *e) MUST_CHECK; /* lets a few go (QUOTA_KEPT_MS) */
bool store_outbox_done(struct store *s, int64_t row, struct err *e) MUST_CHECK;
bool store_outbox_retry(
    struct store *s, int64_t row, unsigned attempts, struct err *e) MUST_CHECK;
bool store_outbox_dead(struct store *s, int64_t row, struct sv why,
    int64_t now_ms, struct err *e) MUST_CHECK;
/* Which dead letters of a destination are dropped, the oldest first. */
struct store_dead_prune {
	struct sv destination;
	int64_t before_ms; /* given up before, */
	size_t keep; /* or more than these, */
	size_t keep_bytes; /* or larger, all together; */
	size_t limit; /* at once */
};
bool store_prune_dead(struct store *s, const struct store_dead_prune *p,
    size_t *n, struct err *e) MUST_CHECK;
bool store_put_outage(
    struct store *s, const struct store_outage *o, struct err *e) MUST_CHECK;
bool store_del_outage(
    struct store *s, struct sv destination, struct err *e) MUST_CHECK;
bool store_put_hold(
    struct store *s, const struct store_hold *h, struct err *e) MUST_CHECK;
bool store_del_hold(
    struct store *s, enum hold kind, struct sv name, struct err *e) MUST_CHECK;
/* At most REPLAY_AT_ONCE, in their order, behind all that waits, with the ids
 * that they had. `*n` of them, the last was row `*last`; 0: there are no more.
 */
bool store_replay(struct store *s, const struct store_replay *r, size_t *n,
    int64_t *last, struct err *e) MUST_CHECK;
/* The same for one; `*found`: there was one to put back. */
bool store_replay_id(struct store *s, struct sv destination, struct sv id,
    int64_t now_ms, bool *found, struct err *e) MUST_CHECK;
bool store_commit(struct store *s, struct err *e) MUST_CHECK;
void store_rollback(struct store *s);

/* A hold put or taken back in a transaction of its own, while none is open;
 * lets a few of its kind go that have ended. */
bool store_set_hold(struct store *s, const struct store_hold *h, bool on,
    int64_t now_ms, struct err *e) MUST_CHECK;

/* Reads.  Views live until the callback returns. */
bool store_has_item(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], bool *has, struct store_seen *seen,
    struct err *e) MUST_CHECK;
/* The item that was this page (not 0); its key. */
bool store_has_page(struct store *s, struct sv feed, int64_t page, bool *has,
    unsigned char key[ITEM_KEY_BYTES], struct err *e) MUST_CHECK;
/* Was an alert of this id ever put, as far as it is remembered? */
bool store_has_alert(
    struct store *s, struct sv id, bool *has, struct err *e) MUST_CHECK;
/* In order of the filters' names. */
typedef void store_told_fn(const struct store_told *t, void *arg);
bool store_each_told(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], store_told_fn *fn, void *arg,
    struct err *e) MUST_CHECK;
typedef void store_feed_fn(const struct store_feed *f, void *arg);
bool store_each_feed(
    struct store *s, store_feed_fn *fn, void *arg, struct err *e) MUST_CHECK;
typedef void store_failing_fn(struct sv destination, void *arg);
bool store_each_failing(
    struct store *s, store_failing_fn *fn, void *arg, struct err *e) MUST_CHECK;
/* The first host, in order, after `after` with items that wait; appended to
 * `host`, which stays as it is when there is none. */
bool store_next_host(struct store *s, struct sv after, struct str *host,
    struct err *e) MUST_CHECK;
/* The first destination behind `after` for which alerts wait, appended;
 * nothing: there is none. */
bool store_next_queue(struct store *s, struct sv after, struct str *destination,
    struct err *e) MUST_CHECK;
/* What of a host's waiting items is due. */
struct store_due {
	struct sv host;
	int64_t by_ms; /* next_ms is not later, */
	int64_t beyond_ms; /* or later than can be, */
	size_t limit; /* or nothing was tried yet; at most so many */
};
typedef void store_pending_fn(const struct store_pending *p, void *arg);
/* In order of next_ms. */
bool store_each_pending(struct store *s, const struct store_due *d,
    store_pending_fn *fn, void *arg, struct err *e) MUST_CHECK;
typedef void store_outbox_fn(const struct store_outbox *o, void *arg);
/* The oldest undelivered of a destination, in order of entry, after row
 * `after`, at most `limit`. */
bool store_each_outbox(struct store *s, struct sv destination, int64_t after,
    size_t limit, store_outbox_fn *fn, void *arg, struct err *e) MUST_CHECK;

/* Calls `fn` if the destination fails. */
typedef void store_outage_fn(const struct store_outage *o, void *arg);
bool store_read_outage(struct store *s, struct sv destination,
    store_outage_fn *fn, void *arg, struct err *e) MUST_CHECK;

bool store_last_outbox(struct store *s, int64_t *row, struct err *e) MUST_CHECK;

/* The first destination, in order, after `after` that has dead letters;
 * appended to `destination`, which stays as it is when there is none. */
bool store_next_dead(struct store *s, struct sv after, struct str *destination,
    struct err *e) MUST_CHECK;

/* How a destination is doing. */
struct store_queue {
	int64_t waiting, dead; /* counted up to OUTBOX_COUNT */
	int64_t oldest_ms; /* since when the first has waited; 0: none does */
	int64_t oldest_dead_ms; /* when it was given up; 0: none was */
};
bool store_read_queue(struct store *s, struct sv destination,
    struct store_queue *out, struct err *e) MUST_CHECK;

typedef void store_hold_fn(const struct store_hold *h, void *arg);
bool store_each_hold(struct store *s, enum hold kind, store_hold_fn *fn,
    void *arg, struct err *e) MUST_CHECK;

/* Those that are not older, in the order in which they were put; of tellings
 * also older ones that wait. */
typedef void store_story_item_fn(const struct store_story_item *i, void *arg);
bool store_each_story_item(struct store *s, int64_t since_ms,
    store_story_item_fn *fn, void *arg, struct err *e) MUST_CHECK;
typedef void store_telling_fn(const struct store_telling *t, void *arg);
bool store_each_telling(struct store *s, int64_t since_ms, store_telling_fn *fn,
    void *arg, struct err *e) MUST_CHECK;

/* The alert that waits, appended, and the version with which it was put; -1:
 * there is none. */
struct store_held {
	int64_t version;
	struct str *id, *body;
};
bool store_read_held(struct store *s, uint64_t story, struct sv filter,
    struct store_held *out, struct err *e) MUST_CHECK;
typedef void store_quota_fn(const struct store_quota *q, void *arg);
bool store_each_quota(
    struct store *s, store_quota_fn *fn, void *arg, struct err *e) MUST_CHECK;

struct store_stats {
	int64_t items, pending, outbox, dead;
};
bool store_read_stats(
    struct store *s, struct store_stats *out, struct err *e) MUST_CHECK;

/* Which items of a feed are forgotten, those longest not seen first. */
struct store_prune {
	int64_t before_ms; /* all that were last seen before */
	int64_t since_ms; /* of the others, none seen since then, */
	size_t keep; /* and only when there are more than these */
	size_t limit; /* at once */
};

/* `more` says whether some had to stay because of the limit. */
bool store_prune_items(struct store *s, struct sv feed,
    const struct store_prune *p, bool *more, struct err *e) MUST_CHECK;

/* Forgets a feed that was last polled before that time, and at most `limit` of
 * its items; `more` says whether some had to stay.  From the first call on it
 * is a new feed.  One of which items are pending stays as it is: what becomes
 * of them is yet to be noted. */
bool store_forget_feed(struct store *s, struct sv feed, int64_t before_ms,
    size_t limit, bool *more, struct err *e) MUST_CHECK;

#endif
