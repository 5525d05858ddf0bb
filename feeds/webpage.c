/* feeds/webpage.c: keeps the beginning of a web page and looks for the feeds
 * that it names. */
#include "feeds/webpage.h"

#include "base/str.h"
#include "feeds/discover.h"

#include <stdlib.h>

struct page {
	struct str html;
	char *base_url;
	struct arena arena;
	struct discovered found;
	struct feed_meta meta;
};

static void *
page_new(struct sv base_url, feed_item_fn *on_item, void *arg)
{
	struct page *p = mem_calloc(1, sizeof(*p));

	(void)on_item, (void)arg;
	str_init(&p->html, DISCOVER_BYTES);
	p->base_url = mem_svdup(base_url);
	arena_init(&p->arena);
	p->meta = (struct feed_meta) { .format = "", .updated = NO_TIME };
	return p;
}

static void
page_free(void *feed)
{
	struct page *p = feed;

	str_done(&p->html);
	free(p->base_url);
	arena_done(&p->arena);
	free(p);
}

/* One line, which names what fits. */
static bool
page_finish(void *feed, struct err *e)
{
	struct page *p = feed;
	struct str line;

	discover_feeds(
	    &p->found, str_sv(&p->html), sv_of(p->base_url), &p->arena);
	p->meta.feeds = p->found.urls;
	p->meta.nfeeds = p->found.n;
	str_init(&line, ERR_BYTES - 1);
	(void)str_adds(&line, "it is an HTML page, not a feed");
	for (size_t i = 0; i < p->found.n; i++)
		(void)str_addf(&line, "%s %.*s", i == 0 ? "; it names" : " and",
		    SV_ARG(p->found.urls[i]));
	(void)err_set(e, "%s", str_c(&line));
	str_done(&line);
	return false;
}

static bool
page_push(void *feed, struct sv utf8, struct err *e)
{
	struct page *p = feed;
	size_t room = p->html.max - p->html.len;

	(void)str_add(&p->html, sv_sub(utf8, 0, room));
	return p->html.len < p->html.max || page_finish(p, e);
}

static bool
page_ended(const void *feed)
{
	(void)feed;
	return false;
}

static const struct feed_meta *
page_meta(void *feed)
{
	struct page *p = feed;

	return &p->meta;
}

const struct feed_format webpage = {
	page_new,
	page_free,
	page_push,
	page_finish,
	page_ended,
	page_meta,
};
