/* feeds/collect.h: the elements of a feed document go in, items come out. */
#ifndef FEEDS_COLLECT_H
#define FEEDS_COLLECT_H

#include "base/err.h"
#include "feeds/elements.h"
#include "feeds/parse.h"

struct collect;

struct xml_attribute {
	struct xml_name name;
	struct sv value;
};

struct xml_element {
	struct xml_name name;
	const char *const *namespaces; /* declared here, NULL-terminated URIs */
	const struct xml_attribute *attributes;
	size_t nattributes;
};

struct collect *
collect_new(struct sv base_url, feed_item_fn *on_item, void *arg);
void collect_free(struct collect *c); /* NULL is fine */

/* False: the document is no feed, or has too many items. */
bool collect_start(
    struct collect *c, const struct xml_element *el, struct err *e) MUST_CHECK;
void collect_text(struct collect *c, struct sv text);
void collect_end(struct collect *c, struct xml_name name);

const struct feed_meta *collect_meta(struct collect *c);

#endif
