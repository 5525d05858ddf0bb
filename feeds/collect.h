/* feeds/collect.h: the elements of a feed document go in, items come out. */
#ifndef FEEDS_COLLECT_H
#define FEEDS_COLLECT_H

#include "base/err.h"
#include "feeds/elements.h"
#include "feeds/parse.h"
#include "feeds/raw.h"

struct collect;

/* Borrows `raw`, which the scanner keeps. */
struct collect *collect_new(
    struct sv base_url, struct raw *raw, feed_item_fn *on_item, void *arg);
void collect_free(struct collect *c); /* NULL is fine */

/* Their `arg` is the collector.  A document that is no feed fails, and one with
 * too many items. */
extern const struct xml_events collect_events;

const struct feed_meta *collect_meta(struct collect *c);

#endif
