/* feeds/xmlfeed.c: feeds that are XML: the tokenizer and the collector. */
#include "feeds/xmlfeed.h"

#include "feeds/collect.h"
#include "feeds/xml.h"

#include <stdlib.h>

struct xmlfeed {
	struct raw *raw;
	struct collect *collect;
	struct xml *xml;
	bool started, is_xml; /* as it begins, whatever follows */
	bool cut_short;
	struct feed_meta meta;
};

static void *
feed_new(struct sv base_url, feed_item_fn *on_item, void *arg)
{
	struct xmlfeed *f = mem_calloc(1, sizeof(*f));

	f->raw = raw_new();
	f->collect = collect_new(base_url, f->raw, on_item, arg);
	f->xml = xml_new(&collect_events, f->raw, f->collect);
	return f;
}

static void
feed_free(void *feed)
{
	struct xmlfeed *f = feed;

	xml_free(f->xml);
	collect_free(f->collect);
	raw_free(f->raw);
	free(f);
}

static bool
begins_as_xml(struct sv v)
{
	v = sv_trim(v);
	return sv_starts(v, SV("<?xml")) || sv_istarts(v, SV("<!doctype"));
}

static bool
feed_push(void *feed, struct sv utf8, struct err *e)
{
	struct xmlfeed *f = feed;

	if (!f->started)
		f->is_xml = begins_as_xml(utf8);
	f->started = true;
	return xml_push(f->xml, utf8, e);
}

static const struct feed_meta *
feed_meta(void *feed)
{
	struct xmlfeed *f = feed;

	f->meta = *collect_meta(f->collect);
	f->meta.cut_short = f->cut_short;
	return &f->meta;
}

static bool
feed_finish(void *feed, struct err *e)
{
	struct xmlfeed *f = feed;

	if (!xml_finish(f->xml, e))
		return false;
	if (xml_root_closed(f->xml))
		return true;
	f->cut_short = feed_meta(f)->format[0] != '\0' ||
	    (f->is_xml && !xml_has_stray_text(f->xml));
	return err_set(e, "%s",
	    f->cut_short ? "the document is cut short"
			 : "it has no elements and is not a feed");
}

static bool
feed_ended(const void *feed)
{
	const struct xmlfeed *f = feed;

	return xml_root_closed(f->xml);
}

const struct feed_format xmlfeed = {
	feed_new,
	feed_free,
	feed_push,
	feed_finish,
	feed_ended,
	feed_meta,
};
