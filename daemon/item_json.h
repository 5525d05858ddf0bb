/* daemon/item_json.h: an item as JSON, for the time that it waits on disk. */
#ifndef DAEMON_ITEM_JSON_H
#define DAEMON_ITEM_JSON_H

#include "base/err.h"
#include "base/str.h"
#include "feeds/item.h"

/* Appends the item as the feed brought it (not: article, feed, tags). */
void item_to_json(const struct item *it, struct str *out);

/* Reads it back; all views point into the arena. */
bool
item_from_json(struct sv json, struct arena *a, struct item *it, struct err *e);

#endif
