/* daemon/pipeline.c: from an item to its disposition and its alerts. */
#include "daemon/pipeline.h"

#include "alerts/alert.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/url.h"
#include "daemon/item_json.h"

#include <stdlib.h>
#include <string.h>

struct pipeline {
	struct loop *loop; /* borrowed */
	struct stories *stories; /* borrowed */
	struct config *conf;
	struct ruleset *rules;
	struct matcher *matcher;
	struct str body; /* of the alert being encoded */
};

/* One item on its way through the filters. */
struct judging {
	struct pipeline *p;
	struct batch *batch;
	const struct origin *origin;
	const struct item *item;
	const unsigned char *key;
	size_t matches, alerts;
	bool placed; /* in its story */
	bool failed; /* an alert could not be made */
};

struct pipeline *
pipeline_new(struct loop *l, struct stories *s)
{
	struct pipeline *p = mem_calloc(1, sizeof(*p));

	p->loop = l;
	p->stories = s;
	p->matcher = matcher_new();
	str_init(&p->body, ALERT_BYTES);
	return p;
}

void
pipeline_free(struct pipeline *p)
{
	if (p == NULL)
		return;
	matcher_free(p->matcher);
	ruleset_free(p->rules);
	config_unref(p->conf);
	str_done(&p->body);
	free(p);
}

void
pipeline_set_rules(
    struct pipeline *p, struct config *conf, struct ruleset *rules)
{
	struct config *old = p->conf;

	p->conf = config_ref(conf);
	config_unref(old);
	ruleset_free(p->rules);
	mem_give_back();
	p->rules = rules;
}

static void
put_alert(struct judging *j, const char *id, const char *destination)
{
	batch_put_alert(j->batch,
	    &(struct store_alert) {
		.id = sv_of(id),
		.destination = sv_of(destination),
		.body = str_sv(&j->p->body),
		.created_ms = loop_wall_ms(j->p->loop),
	    });
}

/* To the destinations of the filter, or to all. */
static void
address(struct judging *j, const struct config_filter *f, const char *id)
{
	const struct config *c = j->p->conf;

	for (size_t i = 0; i < f->notify.n; i++)
		put_alert(j, id, f->notify.v[i].text.p);
	for (size_t i = 0; f->notify.n == 0 && i < c->ndestinations; i++)
		put_alert(j, id, c->destinations[i].name);
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

static size_t
copy_hits(const struct match *m, struct alert_hit out[HITS_PER_MATCH])
{
	for (size_t i = 0; i < m->nhits; i++)
		out[i] = (struct alert_hit) {
			.field = field_name(m->hits[i].field),
			.text = m->hits[i].text,
			.start = m->hits[i].start,
			.length = m->hits[i].length,
			.entity = m->hits[i].entity,
			.wikidata = m->hits[i].wikidata,
		};
	return m->nhits;
}

static bool
encode(struct judging *j, const struct match *m, const char *type,
    const struct story_told *story, const char *id)
{
	const struct config_filter *f = &j->p->conf->filters[m->index];
	struct alert_hit hits[HITS_PER_MATCH];
	struct alert a = {
		.type = type,
		.id = sv_of(id),
		.now_ms = clock_wall_ms(), /* finer than the loop's */
		.severity = config_severity_word(f->severity),
		.filter = f->name,
		.revision = ruleset_revision(j->p->rules, m->index),
		.item = j->item,
		.feed_name = sv_of(j->origin->feed->name),
		.feed_url = sv_of(j->origin->feed->url),
		.feed_title = j->item->feed_title,
		.publisher = publisher_of(j->origin->feed),
		.hits = hits,
		.nhits = copy_hits(m, hits),
		.field_text = field_text,
		.story_id = story != NULL ? story->id : NULL,
		.story_since_ms = story != NULL ? story->first_seen_ms : 0,
		.story_publishers = story != NULL ? story->publishers : 0,
		.story_also = story != NULL ? story->also : SV_NONE,
		.fetched_ms = loop_wall_ms(j->p->loop),
	};

	memcpy(a.item_key, j->key, ITEM_KEY_BYTES);
	str_clear(&j->p->body);
	return alert_encode(&a, &j->p->body);
}

static void
ring(struct judging *j, const struct match *m, const char *type,
    const struct story_told *story)
{
	const struct config_filter *f = &j->p->conf->filters[m->index];
	const char *feed = j->origin->feed->name;
	char id[ALERT_ID_BYTES];

	alert_id(sv_of(feed), j->key, f->name, type, id);
	if (!encode(j, m, type, story, id)) {
		j->failed = true;
		log_error(
		    "alert too large", KV("alert", id), KV("filter", f->name));
		return;
	}
	j->alerts++;
	metrics.alerts++;
	address(j, f, id);
	log_info("alert", KV("alert", id), KV("type", type),
	    KV("filter", f->name), KV("feed", feed));
}

static enum story_role
tell(struct judging *j, const struct config_filter *f, struct story_told *out)
{
	struct stories *s = j->p->stories;

	if (!j->placed)
		stories_place(s, j->batch, j->origin->feed, j->item, j->key,
		    loop_wall_ms(j->p->loop));
	j->placed = true;
	return stories_tell(s, j->batch, f->name, f->updates, out);
}

static void
on_match(const struct match *m, void *arg)
{
	struct judging *j = arg;
	const struct config_filter *f = &j->p->conf->filters[m->index];
	struct story_told story;
	const char *type;

	j->matches++;
	if (f->group == GROUP_NONE) {
		ring(j, m, "alert.new", NULL);
		return;
	}
	type = story_role_type(tell(j, f, &story));
	if (type != NULL)
		ring(j, m, type, &story);
	else
		log_info("attached to its story", KV("story", story.id),
		    KV("filter", f->name), KV("feed", j->origin->feed->name));
}

static enum disposition
judge(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES])
{
	struct judging j = {
		.p = p, .batch = b, .origin = o, .item = it, .key = key
	};

	ruleset_match(p->rules, p->matcher, it, on_match, &j);
	metrics.regex_given_up = (int64_t)matcher_gave_up(p->matcher);
	metrics.cut_items = (int64_t)matcher_cut(p->matcher);
	if (j.failed)
		return ITEM_ERROR;
	if (j.alerts != 0)
		return ITEM_ALERTED;
	return j.matches != 0 ? ITEM_ATTACHED : ITEM_NO_MATCH;
}

static void
dispose(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], enum disposition d)
{
	struct store_item i = {
		.feed = feed, .disposition = d, .seen_ms = loop_wall_ms(p->loop)
	};

	memcpy(i.key, key, ITEM_KEY_BYTES);
	batch_put_item(b, &i);
	switch (d) {
	case ITEM_NO_MATCH:
		metrics.items_no_match++;
		break;
	case ITEM_ALERTED:
		metrics.items_alerted++;
		break;
	case ITEM_BACKLOG:
		metrics.items_backlog++;
		break;
	case ITEM_PENDING:
		metrics.items_pending++;
		break;
	case ITEM_ATTACHED:
		metrics.items_attached++;
		break;
	case ITEM_ERROR:
		metrics.items_error++;
		break;
	}
}

/* An item without a date may be new, so it is judged.  What came after polling
 * began is news, however long it took until the feed could be read. */
static bool
is_backlog(
    const struct pipeline *p, const struct origin *o, const struct item *it)
{
	int64_t backlog = o->feed->backlog_ms >= 0 ? o->feed->backlog_ms
						   : p->conf->daemon.backlog_ms;
	int64_t date = it->updated > it->published ? it->updated
						   : it->published;

	return o->first_poll && date != NO_TIME &&
	    date * SEC_MS < o->since_ms - backlog;
}

static bool
wants_article(const struct pipeline *p, const struct config_feed *f,
    const struct item *it, enum disposition so_far)
{
	if (p->conf->network.articles_per_minute == 0 || !url_is_http(it->link))
		return false;
	switch (f->article) {
	case ARTICLE_NEVER:
		return false;
	case ARTICLE_ALWAYS:
		return true;
	case ARTICLE_AUTO:
		return so_far == ITEM_NO_MATCH &&
		    item_words(it, ARTICLE_TEASER_WORDS) < ARTICLE_TEASER_WORDS;
	}
	BUG("no such policy");
}

/* False: it cannot be kept, and is judged on what the feed brought. */
static bool
put_pending(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES])
{
	struct store_pending w = { .feed = sv_of(o->feed->name),
		.next_ms = loop_wall_ms(p->loop) };
	struct str json, host;
	bool kept;

	str_init(&json, PENDING_BYTES);
	str_init(&host, URL_BYTES);
	item_to_json(it, &json);
	url_origin(&host, it->link);
	kept = !json.full && host.len != 0;
	w.item = str_sv(&json);
	w.host = str_sv(&host);
	memcpy(w.key, key, ITEM_KEY_BYTES);
	if (kept)
		batch_put_pending(b, &w);
	str_done(&json);
	str_done(&host);
	return kept;
}

/* The item as the filters see it: with what the configuration says of its
 * feed.  The tags live in `tags`. */
static struct item
complete(const struct config_feed *f, const struct item *it, struct arena *tags)
{
	struct item full = *it;

	full.feed = sv_of(f->name);
	if (full.lang.len == 0)
		full.lang = sv_of(f->lang);
	full.ntags = f->tags.n;
	full.tags = arena_alloc(tags, f->tags.n * sizeof(*full.tags));
	for (size_t i = 0; i < f->tags.n; i++)
		full.tags[i] = f->tags.v[i].text;
	return full;
}

void
pipeline_take(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES])
{
	struct arena scratch;
	enum disposition d;
	struct item full;

	if (is_backlog(p, o, it)) {
		dispose(p, b, sv_of(o->feed->name), key, ITEM_BACKLOG);
		return;
	}
	arena_init(&scratch);
	full = complete(o->feed, it, &scratch);
	d = judge(p, b, o, &full, key);
	if (wants_article(p, o->feed, it, d) && put_pending(p, b, o, it, key))
		d = ITEM_PENDING;
	dispose(p, b, full.feed, key, d);
	arena_done(&scratch);
}

static void
end_wait(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], enum disposition d)
{
	metrics.items_pending--;
	batch_del_pending(b, feed, key);
	dispose(p, b, feed, key, d);
}

void
pipeline_settle(struct pipeline *p, struct batch *b, const struct origin *o,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES])
{
	struct arena scratch;
	enum disposition d;
	struct item full;

	arena_init(&scratch);
	full = complete(o->feed, it, &scratch);
	d = judge(p, b, o, &full, key);
	end_wait(p, b, full.feed, key, d);
	arena_done(&scratch);
}

void
pipeline_drop(struct pipeline *p, struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES])
{
	end_wait(p, b, feed, key, ITEM_ERROR);
}
