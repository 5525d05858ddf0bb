/* daemon/batch.h: changes that are to be committed together. */
#ifndef DAEMON_BATCH_H
#define DAEMON_BATCH_H

#include "daemon/commit.h"
#include "store/store.h"

struct batch;

struct batch *batch_new(void);
void batch_free(struct batch *b); /* NULL is fine */

/* Changes made so far. */
size_t batch_size(const struct batch *b);

/* All copy what they are given. */
void batch_set_feed(struct batch *b, const struct store_feed *f);
void batch_tell_feed(struct batch *b, const char *name, enum feed_trouble t);
void batch_set_failing(struct batch *b, struct sv destination, bool failing);
void batch_del_outage(struct batch *b, struct sv destination);
void batch_put_item(struct batch *b, const struct store_item *i);
void batch_touch_item(struct batch *b, const struct store_item *i);
void batch_set_traits(struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], const struct item_traits *t);
void batch_set_shared(
    struct batch *b, struct sv feed, const unsigned char key[ITEM_KEY_BYTES]);
void batch_put_told(struct batch *b, const struct store_told *t);
void batch_put_alert(struct batch *b, const struct store_alert *a);
void batch_put_pending(struct batch *b, const struct store_pending *p);
void batch_del_pending(
    struct batch *b, struct sv feed, const unsigned char key[ITEM_KEY_BYTES]);

void batch_put_story_item(struct batch *b, const struct store_story_item *i);
void batch_put_telling(struct batch *b, const struct store_telling *t);
void batch_del_telling(struct batch *b, uint64_t story, struct sv filter);
void batch_put_quota(struct batch *b, const struct store_quota *q);

bool batch_has_alerts(const struct batch *b);
bool batch_has_pending(const struct batch *b);

/* Writes all of it into the open transaction (a commit_apply_fn). */
bool batch_apply(struct store *s, void *batch, struct err *e);

/* Has it committed and takes it; `done` is called then, and not at all for an
 * empty one. */
void batch_hand_over(
    struct batch *b, struct committer *c, commit_done_fn *done, void *arg);

#endif
