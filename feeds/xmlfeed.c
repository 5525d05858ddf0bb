/* feeds/xmlfeed.c: feeds that are XML: the tokenizer and the collector. */
#include "feeds/xmlfeed.h"

#include "feeds/collect.h"
#include "feeds/xml.h"

#include <stdlib.h>

struct xmlfeed {
	struct collect *collect;
	struct xml *xml;
};

static void *
feed_new(struct sv base_url, feed_item_fn *on_item, void *arg)
{
	struct xmlfeed *f = mem_calloc(1, sizeof(*f));

	f->collect = collect_new(base_url, on_item, arg);
	f->xml = xml_new(&collect_events, f->collect);
	return f;
}

static void
feed_free(void *feed)
{
	struct xmlfeed *f = feed;

	xml_free(f->xml);
	collect_free(f->collect);
	free(f);
}

static bool
feed_push(void *feed, struct sv utf8, struct err *e)
{
	struct xmlfeed *f = feed;

	return xml_push(f->xml, utf8, e);
}

static bool
feed_finish(void *feed, struct err *e)
{
	struct xmlfeed *f = feed;

	if (!xml_finish(f->xml, e))
		return false;
	if (xml_root_closed(f->xml))
		return true;
	return err_set(e, "%s",
	    collect_meta(f->collect)->format[0] != '\0'
		? "the document is cut short"
		: "it has no elements and is not a feed");
}

static bool
feed_ended(const void *feed)
{
	const struct xmlfeed *f = feed;

	return xml_root_closed(f->xml);
}

static const struct feed_meta *
feed_meta(void *feed)
{
	struct xmlfeed *f = feed;

	return collect_meta(f->collect);
}

const struct feed_format xmlfeed = {
	feed_new,
	feed_free,
	feed_push,
	feed_finish,
	feed_ended,
	feed_meta,
};
