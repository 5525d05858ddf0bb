/* daemon/item_alert.c: what an alert says of a judged item. */
#include "daemon/item_alert.h"

#include "base/url.h"

#include <stdio.h>
#include <string.h>

#define CONFIG_NAME_BYTES 128 /* of a filter, with words around it */
#define TYPE_BYTES 64 /* of an alert, with a digest */

/* Each text that an update tells of has an id of its own. */
void
item_alert_name(struct item_alert *a, struct text *scratch)
{
	struct wording w = change_wording(a->item);
	char what[TYPE_BYTES];

	if (a->before != NULL)
		(void)snprintf(what, sizeof(what), "%s %016llx", a->type,
		    (unsigned long long)change_digest(scratch, &w));
	alert_id(sv_of(a->feed->name), a->key, a->filter->name,
	    a->before != NULL ? what : a->type, a->id);
}

static struct sv
publisher_of(const struct config_feed *f)
{
	struct url u;

	if (f->publisher != NULL)
		return sv_of(f->publisher);
	url_split(sv_of(f->url), &u);
	return u.host;
}

/* The text that hits of a field are counted in; a tag is its own text. */
static struct sv
field_text(const struct item *it, const char *field)
{
	const struct {
		enum field field;
		struct sv text;
	} texts[] = {
		{ FIELD_TITLE, it->title },
		{ FIELD_SUMMARY, it->summary },
		{ FIELD_CONTENT, it->content },
		{ FIELD_ARTICLE, it->article },
		{ FIELD_URL, it->link },
		{ FIELD_AUTHOR, it->author },
	};

	for (size_t i = 0; i < COUNTOF(texts); i++)
		if (strcmp(field, field_name(texts[i].field)) == 0)
			return texts[i].text;
	return SV_NONE;
}

static void
copy_hits(const struct item_alert *a, struct alert_hit out[HITS_PER_MATCH])
{
	for (size_t i = 0; i < a->nhits; i++)
		out[i] = (struct alert_hit) {
			.field = field_name(a->hits[i].field),
			.text = a->hits[i].text,
			.start = a->hits[i].start,
			.length = a->hits[i].length,
			.entity = a->hits[i].entity,
			.wikidata = a->hits[i].wikidata,
		};
}

static struct sv
previous_title(const struct item_alert *a)
{
	struct sv now = change_wording(a->item).title;

	if (a->before == NULL || a->item->deleted ||
	    sv_eq(a->before->title, now))
		return SV_NONE;
	return a->before->title;
}

/* What has been taken back is shown by the title that its readers know. */
static struct item
shown_item(const struct item_alert *a)
{
	struct item it = *a->item;

	if (it.deleted && a->before != NULL)
		it.title = a->before->title;
	return it;
}

static void
add_story(const struct story_told *s, struct alert *to)
{
	to->story_id = s->id;
	to->story_since_ms = s->first_seen_ms;
	to->story_publishers = s->publishers;
	to->story_also = s->also;
	to->unconfirmed = s->waits;
}

bool
item_alert_encode(const struct item_alert *a, int64_t now_ms, struct str *out)
{
	const struct item shown = shown_item(a);
	struct alert_hit hits[HITS_PER_MATCH];
	struct alert doc = {
		.type = a->type,
		.id = sv_of(a->id),
		.now_ms = now_ms,
		.severity = config_severity_word(a->filter->severity),
		.filter = a->filter->name,
		.revision = a->revision,
		.item = &shown,
		.feed_name = sv_of(a->feed->name),
		.feed_url = sv_of(a->feed->url),
		.feed_title = a->item->feed_title,
		.publisher = publisher_of(a->feed),
		.hits = hits,
		.nhits = a->nhits,
		.field_text = field_text,
		.update_previous_title = previous_title(a),
		.fetched_ms = a->item->from.fetched_ms,
	};

	memcpy(doc.item_key, a->key, ITEM_KEY_BYTES);
	copy_hits(a, hits);
	if (a->story != NULL)
		add_story(a->story, &doc);
	if (a->change != CHANGE_NONE)
		doc.update_reason = change_word(a->change);
	str_clear(out);
	return alert_encode(&doc, out);
}

void
item_alert_name_digest(const struct quota_digest *d, char out[ALERT_ID_BYTES])
{
	alert_id(SV_NONE, d->key, d->filter, "digest", out);
}

bool
item_alert_encode_digest(const struct config_filter *f, const char *revision,
    const struct quota_digest *d, const char *id, int64_t now_ms,
    struct str *out)
{
	char title[CONFIG_NAME_BYTES];
	struct item it = {
		.summary = d->titles, .published = NO_TIME, .updated = NO_TIME
	};
	struct alert doc = {
		.type = "digest",
		.id = sv_of(id),
		.now_ms = now_ms,
		.severity = config_severity_word(f->severity),
		.filter = f->name,
		.revision = revision,
		.item = &it,
		.field_text = field_text,
		.digest_count = d->count,
		.digest_since_ms = d->since_ms,
		.digest_until_ms = d->until_ms,
		.digest_items = d->items,
		.fetched_ms = NO_TIME,
	};

	(void)snprintf(
	    title, sizeof(title), "%u more for %s", d->count, f->name);
	it.title = sv_of(title);
	str_clear(out);
	return alert_encode(&doc, out);
}
