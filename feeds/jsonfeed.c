/* feeds/jsonfeed.c: JSON Feed 1.0 and 1.1. */
#include "feeds/jsonfeed.h"

#include "base/url.h"
#include "feeds/date.h"
#include "feeds/html.h"
#include "feeds/json_scan.h"
#include "feeds/record.h"

#include <stdlib.h>

/* What an object or array is. */
enum part {
	UNKNOWN = 0,
	TOP = 1, /* what the document is in */
	FEED = 2,
	ITEMS = 4,
	ITEM = 8,
	AUTHORS = 16,
	AUTHOR = 32,
	OLD_AUTHOR = 64, /* of version 1.0, which knows but one */
	TAGS = 128,
	FILES = 256,
	ATTACHMENT = 512
};

enum meaning {
	VERSION,
	IDENTITY, /* any value but null */
	PLAIN,
	GUESSED, /* markup if it looks like it */
	HTML,
	LINK,
	DATE,
	NAME,
	TAG,
	FILE_URL,
	FILE_TYPE,
	FILE_SIZE
};

/* clang-format off */
static const struct container {
	unsigned within;
	const char *key; /* "": in an array */
	enum json_scan_type type;
	enum part part;
} containers[] = {
	{ TOP,         "",            JSON_SCAN_OBJECT, FEED },
	{ FEED,        "items",       JSON_SCAN_ARRAY,  ITEMS },
	{ ITEMS,       "",            JSON_SCAN_OBJECT, ITEM },
	{ FEED | ITEM, "authors",     JSON_SCAN_ARRAY,  AUTHORS },
	{ FEED | ITEM, "authors",     JSON_SCAN_OBJECT, AUTHOR },
	{ AUTHORS,     "",            JSON_SCAN_OBJECT, AUTHOR },
	{ FEED | ITEM, "author",      JSON_SCAN_OBJECT, OLD_AUTHOR },
	{ ITEM,        "tags",        JSON_SCAN_ARRAY,  TAGS },
	{ ITEM,        "attachments", JSON_SCAN_ARRAY,  FILES },
	{ FILES,       "",            JSON_SCAN_OBJECT, ATTACHMENT },
};

static const struct member {
	unsigned within;
	const char *key;
	enum meaning meaning;
	enum field field;
	unsigned worth; /* of what fills the same field the largest stays */
} members[] = {
	{ FEED,        "version",        VERSION,   FIELD_LIST,      1 },
	{ FEED,        "feed_url",       PLAIN,     FIELD_ID,        1 },
	{ FEED,        "home_page_url",  LINK,      FIELD_LINK,      1 },
	{ FEED,        "description",    GUESSED,   FIELD_SUMMARY,   1 },
	{ FEED | ITEM, "title",          GUESSED,   FIELD_TITLE,     1 },
	{ FEED | ITEM, "language",       PLAIN,     FIELD_LANG,      1 },
	{ FEED | ITEM, "author",         NAME,      FIELD_AUTHOR,    1 },
	{ OLD_AUTHOR,  "name",           NAME,      FIELD_AUTHOR,    1 },
	{ AUTHOR,      "name",           NAME,      FIELD_AUTHOR,    2 },
	{ AUTHORS,     "",               NAME,      FIELD_AUTHOR,    2 },
	{ ITEM,        "id",             IDENTITY,  FIELD_ID,        1 },
	{ ITEM,        "url",            LINK,      FIELD_LINK,      2 },
	{ ITEM,        "external_url",   LINK,      FIELD_LINK,      1 },
	{ ITEM,        "summary",        GUESSED,   FIELD_SUMMARY,   1 },
	{ ITEM,        "content_html",   HTML,      FIELD_CONTENT,   2 },
	{ ITEM,        "content_text",   PLAIN,     FIELD_CONTENT,   1 },
	{ ITEM,        "date_published", DATE,      FIELD_PUBLISHED, 1 },
	{ ITEM,        "date_modified",  DATE,      FIELD_UPDATED,   1 },
	{ ITEM,        "tags",           TAG,       FIELD_LIST,      1 },
	{ TAGS,        "",               TAG,       FIELD_LIST,      1 },
	{ ATTACHMENT,  "url",            FILE_URL,  FIELD_LIST,      1 },
	{ ATTACHMENT,  "mime_type",      FILE_TYPE, FIELD_LIST,      1 },
	{ ATTACHMENT,  "size_in_bytes",  FILE_SIZE, FIELD_LIST,      1 },
};
/* clang-format on */

struct jsonfeed {
	feed_item_fn *on_item;
	void *arg;
	char *base_url;
	struct raw *raw;
	struct json_scan *scan;
	enum part parts[FEED_DEPTH + 1]; /* of what is open, below TOP */
	size_t depth;
	struct str plain; /* a text as it is handed on */
	struct str url;
	struct arena feed_arena, item_arena, file_arena;
	struct record feed, item;
	struct sv file_url, file_type, file_size;
	bool in_item;
	bool has_version, has_items;
	size_t nitems;
	struct feed_meta meta;
};

static const struct json_scan_events events;

static void *
feed_new(struct sv base_url, feed_item_fn *on_item, void *arg)
{
	struct jsonfeed *f = mem_calloc(1, sizeof(*f));

	f->on_item = on_item;
	f->arg = arg;
	f->base_url = mem_svdup(base_url);
	f->raw = raw_new();
	f->scan = json_scan_new(&events, f->raw, f);
	f->parts[0] = TOP;
	str_init(&f->plain, ITEM_TEXT_BYTES * 2);
	str_init(&f->url, URL_BYTES);
	arena_init(&f->feed_arena);
	arena_init(&f->item_arena);
	arena_init(&f->file_arena);
	record_clear(&f->feed);
	f->meta.format = "";
	return f;
}

static void
feed_free(void *feed)
{
	struct jsonfeed *f = feed;

	json_scan_free(f->scan);
	raw_free(f->raw);
	str_done(&f->plain);
	str_done(&f->url);
	arena_done(&f->feed_arena);
	arena_done(&f->item_arena);
	arena_done(&f->file_arena);
	free(f->base_url);
	free(f);
}

static void
is_jsonfeed(struct jsonfeed *f)
{
	f->meta.format = "jsonfeed";
}

static bool
is_known(const struct jsonfeed *f)
{
	return f->meta.format[0] != '\0';
}

static struct record *
record(struct jsonfeed *f)
{
	return f->in_item ? &f->item : &f->feed;
}

static struct arena *
arena(struct jsonfeed *f)
{
	return f->in_item ? &f->item_arena : &f->feed_arena;
}

static struct sv
base(const struct jsonfeed *f)
{
	if (f->base_url[0] != '\0')
		return sv_of(f->base_url);
	return url_is_http(f->feed.text[FIELD_ID]) ? f->feed.text[FIELD_ID]
						   : f->feed.text[FIELD_LINK];
}

/* What is too long for an address is none. */
static struct sv
absolute(struct jsonfeed *f, struct sv ref)
{
	ref = sv_trim(ref);
	if (ref.len == 0)
		return ref;
	str_clear(&f->url);
	url_resolve(&f->url, base(f), ref);
	return f->url.full ? SV_NONE : str_sv(&f->url);
}

static struct sv
plain_text(struct jsonfeed *f, enum meaning meaning, struct sv raw)
{
	bool may_be_html = meaning == GUESSED || meaning == NAME ||
	    meaning == TAG;

	str_clear(&f->plain);
	if (meaning == HTML || (may_be_html && html_is_markup(raw)))
		html_to_text(&f->plain, raw);
	else
		str_add_words(&f->plain, raw);
	return str_sv(&f->plain);
}

static const struct container *
find_container(enum part within, enum json_scan_type type, struct sv key)
{
	for (size_t i = 0; i < COUNTOF(containers); i++)
		if ((containers[i].within & within) != 0 &&
		    containers[i].type == type && sv_is(key, containers[i].key))
			return &containers[i];
	return NULL;
}

static const struct member *
find_member(enum part within, struct sv key)
{
	for (size_t i = 0; i < COUNTOF(members); i++)
		if ((members[i].within & within) != 0 &&
		    sv_is(key, members[i].key))
			return &members[i];
	return NULL;
}

static void
begin_item(struct jsonfeed *f)
{
	raw_begin(f->raw);
	record_clear(&f->item);
	f->in_item = true;
}

static void
begin_file(struct jsonfeed *f)
{
	arena_clear(&f->file_arena);
	f->file_url = f->file_type = f->file_size = SV_NONE;
}

static bool
on_open(enum json_scan_type type, struct sv key, void *arg, struct err *e)
{
	struct jsonfeed *f = arg;
	const struct container *c = find_container(
	    f->parts[f->depth], type, key);
	enum part part = c != NULL ? c->part : UNKNOWN;

	if (f->depth == 0 && part != FEED)
		return err_set(e, "it is a JSON array, not a JSON Feed");
	if (part == ITEM && f->nitems == FEED_ITEMS)
		return err_set(
		    e, "the feed has more than %d items", FEED_ITEMS);
	f->parts[++f->depth] = part;
	if (part == ITEMS)
		f->has_items = true;
	else if (part == ITEM)
		begin_item(f);
	else if (part == ATTACHMENT)
		begin_file(f);
	return true;
}

/* People write numbers where a text should be, such as a year. */
static bool
is_readable(enum meaning meaning, enum json_scan_type type)
{
	switch (type) {
	case JSON_SCAN_STRING:
		return true;
	case JSON_SCAN_NUMBER:
		return meaning != LINK && meaning != FILE_URL;
	case JSON_SCAN_BOOL:
		return meaning == IDENTITY;
	case JSON_SCAN_NULL:
	case JSON_SCAN_OBJECT:
	case JSON_SCAN_ARRAY:
		return false;
	}
	BUG("no such type");
}

static void
put_version(struct jsonfeed *f, struct sv text)
{
	f->has_version = true;
	if (sv_find(text, SV("jsonfeed.org/")) < text.len)
		is_jsonfeed(f);
}

static void
put_date(struct jsonfeed *f, const struct member *m, struct sv text)
{
	int64_t time;

	if (date_parse(text, &time))
		record_put_time(record(f), m->field, m->worth, time);
}

static void
put_file(struct jsonfeed *f, struct sv *to, struct sv text)
{
	if (to->len == 0)
		*to = arena_sv(&f->file_arena, text);
}

static void
put_member(struct jsonfeed *f, const struct member *m, struct sv text)
{
	switch (m->meaning) {
	case VERSION:
		put_version(f, text);
		break;
	case LINK:
		record_put(
		    record(f), arena(f), m->field, m->worth, absolute(f, text));
		break;
	case IDENTITY:
	case PLAIN:
	case GUESSED:
	case HTML:
	case NAME:
		record_put(record(f), arena(f), m->field, m->worth,
		    plain_text(f, m->meaning, text));
		break;
	case DATE:
		put_date(f, m, text);
		break;
	case TAG:
		record_add_category(
		    record(f), arena(f), plain_text(f, m->meaning, text));
		break;
	case FILE_URL:
		put_file(f, &f->file_url, absolute(f, text));
		break;
	case FILE_TYPE:
		put_file(f, &f->file_type, text);
		break;
	case FILE_SIZE:
		put_file(f, &f->file_size, text);
		break;
	}
}

static void
on_value(enum json_scan_type type, struct sv key, struct sv text, void *arg)
{
	struct jsonfeed *f = arg;
	const struct member *m = find_member(f->parts[f->depth], key);

	if (m != NULL && is_readable(m->meaning, type))
		put_member(f, m, text);
}

/* The feed itself is not dated: it is as new as its newest item. */
static void
date_feed(struct jsonfeed *f, const struct item *it)
{
	int64_t *feed = &f->feed.time[FIELD_UPDATED];
	int64_t item = it->updated != NO_TIME ? it->updated : it->published;

	if (item > *feed)
		*feed = item;
}

/* Any list may be called "items": where no version was seen, those of a feed
 * have something to read. */
static void
end_item(struct jsonfeed *f)
{
	struct item it;

	f->in_item = false;
	raw_end_with(f->raw);
	record_to_item(&f->item, &it);
	it.raw = f->raw;
	if (it.title.len + it.link.len + it.summary.len + it.content.len != 0)
		is_jsonfeed(f);
	if (is_known(f)) {
		if (it.author.len == 0)
			it.author = f->feed.text[FIELD_AUTHOR];
		if (it.lang.len == 0)
			it.lang = f->feed.text[FIELD_LANG];
		date_feed(f, &it);
		f->nitems++;
		f->on_item(&it, f->arg);
	}
	arena_clear(&f->item_arena);
}

static void
on_close(void *arg)
{
	struct jsonfeed *f = arg;
	enum part part = f->parts[f->depth--];

	if (part == ITEM)
		end_item(f);
	else if (part == ATTACHMENT)
		record_add_enclosure(&f->item, &f->item_arena, f->file_url,
		    f->file_type, f->file_size);
}

static const struct json_scan_events events = { on_open, on_value, on_close };

static bool
feed_push(void *feed, struct sv utf8, struct err *e)
{
	struct jsonfeed *f = feed;

	return json_scan_push(f->scan, utf8, e);
}

static bool
feed_finish(void *feed, struct err *e)
{
	struct jsonfeed *f = feed;

	if (!json_scan_finish(f->scan, e))
		return false;
	if (f->has_version && f->has_items)
		is_jsonfeed(f);
	return is_known(f) ||
	    err_set(e,
		"it is JSON, but not a JSON Feed: "
		"it has no version and no items that can be read");
}

static bool
feed_ended(const void *feed)
{
	const struct jsonfeed *f = feed;

	return json_scan_closed(f->scan);
}

static const struct feed_meta *
feed_meta(void *feed)
{
	struct jsonfeed *f = feed;
	const struct record *r = &f->feed;

	f->meta.title = r->text[FIELD_TITLE];
	f->meta.subtitle = r->text[FIELD_SUMMARY];
	f->meta.link = r->text[FIELD_LINK];
	f->meta.id = r->text[FIELD_ID];
	f->meta.lang = r->text[FIELD_LANG];
	f->meta.updated = r->time[FIELD_UPDATED];
	return &f->meta;
}

const struct feed_format jsonfeed = {
	feed_new,
	feed_free,
	feed_push,
	feed_finish,
	feed_ended,
	feed_meta,
};
