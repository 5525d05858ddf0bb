/* alerts/fields.h: every field of the alert document, one row each.  The
 * encoder and the documentation follow from here.
 *
 * Columns: path, kind, value (an expression over `a`, or `h` for a hit), help.
 * A path's parent objects are opened and closed as needed.  Kinds: TEXT (absent
 * when empty), TIME (ms since 1970, as RFC 3339; absent when NO_TIME), MS and
 * COUNT (integers; MS absent when NO_TIME), SOME (absent when 0), FLAG (absent
 * when false), TEXTS (a
 * list), ALSO (objects as JSON), HITS, EXCERPT.
 */
#ifndef ALERTS_FIELDS_H
#define ALERTS_FIELDS_H

/* clang-format off */

/* Of every document. */
#define HEAD_FIELDS(X) \
	X("type",                     TEXT,  sv_of(a->type),                "What the document says: alert.new is a new item that a filter matched; alert.confirmed, that a second publisher has its story; alert.update, that its publisher has changed it, or that another item of its story brings new numbers or a correction; digest: the filter's limit was reached, and this tells of the items beyond it; feed.failing, feed.recovered, feed.silent, feed.gap and destination.failing, that tocsin itself is in trouble: then there is data.trouble, and no filter, item and what belongs to them.") \
	X("timestamp",                TIME,  a->now_ms,                     "When the alert was made.") \
	X("data.id",                  TEXT,  a->id,                         "Names the alert: the same alert always has the same id, however often it is sent.") \
	X("data.severity",            TEXT,  sv_of(a->severity),            "low, medium, high or critical, as the filter says.")

/* Of what a filter matched. */
#define MATCH_FIELDS(X) \
	X("data.filter.name",         TEXT,  sv_of(a->filter),              "The filter's name in the configuration.") \
	X("data.filter.revision",     TEXT,  sv_of(a->revision),            "Changes when the filter's meaning changes.") \
	X("data.item.id",             TEXT,  item_id(a, &id),               "The item's id as in the feed; of an item without one, 32 hex digits that name it within its feed.") \
	X("data.item.title",          TEXT,  a->item->title,                "Plain text; of a digest \"12 more for FILTER\", and it has no item but this and a summary of titles.") \
	X("data.item.link",           TEXT,  a->item->link,                 "Absolute URL of the page about it.") \
	X("data.item.author",         TEXT,  a->item->author,               "Plain text.") \
	X("data.item.published",      TIME,  seconds(a->item->published),   "When it was published, as the feed says.") \
	X("data.item.updated",        TIME,  seconds(a->item->updated),     "When it was changed last, as the feed says.") \
	X("data.item.language",       TEXT,  a->item->lang,                 "Declared language, such as en.") \
	X("data.item.summary",        TEXT,  a->item->summary,              "Plain text; cut after 8 KiB, which an ellipsis shows.") \
	X("data.item.feed.name",      TEXT,  a->feed_name,                  "The feed's name in the configuration.") \
	X("data.item.feed.url",       TEXT,  str_sv(&url),                  "The feed's URL, without user and password.") \
	X("data.item.feed.title",     TEXT,  a->feed_title,                 "What the feed calls itself.") \
	X("data.item.feed.publisher", TEXT,  a->publisher,                  "Who stands behind the feed.") \
	X("data.item.feed.tags",      TEXTS, (a->item->tags, a->item->ntags), "The feed's tags in the configuration; may be empty.") \
	X("data.hits",                HITS,  a,                             "Where the filter's words stand; may be empty.") \
	X("data.excerpt",             EXCERPT, a,                           "Text around the hits on one line, at most 400 bytes; an ellipsis shows where it was cut.") \
	X("data.story.id",            TEXT,  sv_of(a->story_id),            "Names the story: the same for all items that tell it in nearly the same words.") \
	X("data.story.first_seen",    TIME,  story_since(a),                "When its first item came that this or another filter matched.") \
	X("data.story.publishers",    SOME,  a->story_publishers,           "Independent publishers that have it; what several have from one wire service counts once.") \
	X("data.story.unconfirmed",   FLAG,  a->unconfirmed,                "True when fewer publishers have it than the filter's `sources` asks for, and the wait for them is over.") \
	X("data.story.also",          ALSO,  a->story_also,                 "Its items before this one; at most 8, each with title, link and feed.") \
	X("data.update.reason",       TEXT,  sv_of(a->update_reason),       "Of an alert.update: title or lead, the item's publisher has changed it; correction or withdrawn, and says so; numbers, another item of the story brings new ones.") \
	X("data.update.previous_title", TEXT, a->update_previous_title,     "The title that was told last, when it was another; cut after 512 bytes.") \
	X("data.digest.count",        SOME,  a->digest_count,               "Items beyond the filter's limit.") \
	X("data.digest.since",        TIME,  of_digest(a, a->digest_since_ms), "When the limit's span of time began.") \
	X("data.digest.until",        TIME,  of_digest(a, a->digest_until_ms), "When it ended.") \
	X("data.digest.items",        ALSO,  a->digest_items,               "The first of them, at most 20, each with title, link and feed.") \
	X("data.evidence.url",        TEXT,  a->item->from.url,             "Where the feed's document came from, after redirects; without user and password.") \
	X("data.evidence.etag",       TEXT,  a->item->from.etag,            "The document's ETag, as its server said.") \
	X("data.evidence.last_modified", TEXT, a->item->from.last_modified, "Its Last-Modified, likewise.") \
	X("data.evidence.sha256",     TEXT,  item_sha256(a->item),          "SHA-256 of the item as it stands in the document, in hex; see above which bytes that is.") \
	X("data.evidence.fetched",    TIME,  a->fetched_ms,                "When we had the item.") \
	X("data.evidence.article_url", TEXT, article_url(a),               "Where the article's page came from, after redirects, when hits stand in the article.") \
	X("data.evidence.article_sha256", TEXT, page_sha256(a, &page),     "SHA-256 of that page's bytes, once Content-Encoding is undone, in hex.") \
	X("data.lag.published_to_fetched_ms", MS, published_lag(a),         "From the feed's date to our having the item; negative when that date was in the future.") \
	X("data.lag.fetched_to_queued_ms",    MS, queue_lag(a), "From our having the item to the alert.")

/* Of the daemon's own trouble, of which `t` tells. */
#define TROUBLE_FIELDS(X) \
	X("data.trouble.title",       TEXT,  str_sv(&title),                "What is wrong, in one line for people.") \
	X("data.trouble.text",        TEXT,  str_sv(&text),                 "What else there is to say, for people.") \
	X("data.trouble.feed",        TEXT,  t->feed,                       "The feed's name in the configuration, unless it is about several.") \
	X("data.trouble.url",         TEXT,  str_sv(&url),                  "The feed's URL, without user and password.") \
	X("data.trouble.destination", TEXT,  t->destination,                "The destination's name in the configuration.") \
	X("data.trouble.since",       TIME,  t->since_ms,                   "When it began. feed.failing, feed.recovered, destination.failing: the first failure; feed.silent: the last new item; feed.gap: the last good poll before it.") \
	X("data.trouble.until",       TIME,  t->until_ms,                   "feed.recovered, feed.silent, feed.gap: the poll that showed it.") \
	X("data.trouble.failures",    SOME,  t->failures,                   "Polls or attempts that failed in a row.") \
	X("data.trouble.error",       TEXT,  t->error,                      "Why the last of them failed.") \
	X("data.trouble.stopped",     FLAG,  t->stopped,                    "True when it has answered 410 (gone) and is not asked any more.") \
	X("data.trouble.items",       SOME,  t->items,                      "feed.gap: the items in the feed, none of which was there before.") \
	X("data.trouble.incomplete",  FLAG,  t->incomplete,                 "True when items may have come and gone unseen.") \
	X("data.trouble.waiting",     SOME,  (size_t)t->waiting,            "Alerts that wait for the destination.") \
	X("data.trouble.count",       SOME,  t->count,                      "Feeds that it is about, if they are several.") \
	X("data.trouble.feeds",       NAMES, (t->feeds, t->nfeeds),         "The names of the first of them, at most 10.")

#define ALERT_FIELDS(X) HEAD_FIELDS(X) MATCH_FIELDS(X) TROUBLE_FIELDS(X)

/* Of each element of data.hits. */
#define HIT_FIELDS(X) \
	X("field",    TEXT,  sv_of(h->field),    "title, summary, content, article, url, author or tag.") \
	X("text",     TEXT,  hit_text(h),        "As it stands there; cut after 400 bytes.") \
	X("start",    COUNT, h->start,           "Where it begins: bytes of the field's UTF-8 text.") \
	X("length",   COUNT, h->length,          "Its length in bytes of UTF-8.") \
	X("entity",   TEXT,  sv_of(h->entity),   "Key of the entity whose name it is.") \
	X("wikidata", TEXT,  sv_of(h->wikidata), "Wikidata id of that entity.")

/* clang-format on */

#endif
