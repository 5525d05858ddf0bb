/* daemon/pipeline.h: from an item to its disposition and its alerts. */
#ifndef DAEMON_PIPELINE_H
#define DAEMON_PIPELINE_H

#include "config/config.h"
#include "daemon/batch.h"
#include "daemon/commit.h"
#include "daemon/item_json.h"
#include "daemon/known.h"
#include "daemon/quota.h"
#include "daemon/silences.h"
#include "daemon/stories.h"
#include "filters/ruleset.h"

struct pipeline;

/* What is known of the feed that an item came from; borrowed for the call. */
struct origin {
	const struct config_feed *feed;
	bool first_poll; /* no good one has been: the backlog is not matched */
	int64_t since_ms; /* when polling began, wall clock */
};

/* All borrowed. */
struct pipeline_env {
	struct loop *loop;
	struct committer *committer;
	struct store *store;
	struct stories *stories;
	struct quota *quota;
	loop_fn *on_alerts; /* some that nobody handed in are on disk */
	void *arg;
};

struct pipeline *pipeline_new(const struct pipeline_env *env);
void pipeline_free(struct pipeline *p);

/* The configuration and rules from now on: takes a reference and the ruleset.
 * What was kept of filters that there are no more is dropped when its time
 * comes. */
void pipeline_set_rules(
    struct pipeline *p, struct config *conf, struct ruleset *rules);

/* Borrows those that people have silenced; they count as mute. */
void pipeline_set_silences(struct pipeline *p, const struct silences *s);

/* A new item of a document: its disposition and alerts go into `b`. */
void pipeline_take(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES]);

/* The same for an item from an earlier poll with another title or lead.  Not 0:
 * readers have to be told of it so many ms later, because they have just been
 * told something of it; until then it counts as not seen as it is now. */
int64_t pipeline_take_again(struct pipeline *p, struct batch *b,
    const struct origin *o, const struct item *it, const struct identity *id);

/* An item whose article has come (it->article) or cannot be had: the last word
 * on it.  Filters that matched before it waited have had theirs. */
void pipeline_settle(struct pipeline *p, struct batch *b,
    const struct origin *o, const struct item *it, const struct judged *before,
    const unsigned char key[ITEM_KEY_BYTES]);

/* The same for one that waited and that no filter can see: its feed is not
 * configured any more. */
void pipeline_drop(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES]);

#endif
