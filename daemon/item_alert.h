/* daemon/item_alert.h: what an alert says of a judged item, or of those beyond
 * a filter's limit: its id and its document. */
#ifndef DAEMON_ITEM_ALERT_H
#define DAEMON_ITEM_ALERT_H

#include "alerts/alert.h"
#include "config/config.h"
#include "daemon/quota.h"
#include "daemon/stories.h"
#include "filters/ruleset.h"

/* What one filter's readers are told of an item; all is borrowed. */
struct item_alert {
	const char *type; /* "alert.new", ... */
	const struct config_filter *filter;
	const char *revision; /* of the filter */
	const struct config_feed *feed;
	const struct item *item;
	const unsigned char *key; /* the item's, ITEM_KEY_BYTES */
	const struct hit *hits;
	size_t nhits; /* at most HITS_PER_MATCH */
	const struct story_told *story; /* NULL: none */
	enum change change; /* of an alert.update; else CHANGE_NONE */
	const struct store_told *before; /* what they were told last, or NULL */
	char id[ALERT_ID_BYTES]; /* once it is named */
};

/* Fills in the id: a function of feed, item, filter and type and, for those who
 * were told before, of the text that they are told now.  `scratch` is
 * overwritten. */
void item_alert_name(struct item_alert *a, struct text *scratch);

/* Puts the document of a named one into `out`, in place of what was there.
 * False: it is larger than out->max. */
bool item_alert_encode(
    const struct item_alert *a, int64_t now_ms, struct str *out) MUST_CHECK;

/* The same for the items of the filter that a digest tells of. */
void
item_alert_name_digest(const struct quota_digest *d, char out[ALERT_ID_BYTES]);
bool item_alert_encode_digest(const struct config_filter *f,
    const char *revision, const struct quota_digest *d, const char *id,
    int64_t now_ms, struct str *out) MUST_CHECK;

#endif
