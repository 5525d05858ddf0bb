/* daemon/quota.c: how many alerts of each filter may leave in a span of time.
 */
#include "daemon/quota.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "daemon/item_json.h"

#include <stdlib.h>
#include <string.h>

#define SEPARATOR " · "
#define LOOKED_AT_ONCE 4 /* spans that may be forgotten */

/* Of one filter, the span under way.  `kept.until_ms` is 0 when there is none:
 * then only its serial counts. */
struct span {
	struct store_quota kept; /* its views are into what follows */
	char *filter;
	struct str items, titles;
};

struct quota {
	struct map spans; /* by filter */
	size_t at; /* which is looked at next */
	int64_t version; /* the last, of all: one that comes back goes on */
	int64_t forgotten; /* no serial that was forgotten is beyond it */
	size_t waiting; /* that hold items */
	int64_t next_ms; /* none of them ends before, */
	int64_t looked_ms; /* if the clock is not set back before this */
};

struct quota *
quota_new(void)
{
	struct quota *q = mem_calloc(1, sizeof(*q));

	map_init(&q->spans);
	return q;
}

static void
span_free(struct span *s)
{
	str_done(&s->items);
	str_done(&s->titles);
	free(s->filter);
	free(s);
}

void
quota_free(struct quota *q)
{
	struct map_slot *slot;

	if (q == NULL)
		return;
	for (size_t i = 0; (slot = map_next(&q->spans, &i)) != NULL;)
		span_free(slot->value);
	map_done(&q->spans);
	free(q);
}

static struct span *
span_of(struct quota *q, struct sv filter)
{
	struct span *s = map_get(&q->spans, filter);

	if (s != NULL)
		return s;
	s = mem_calloc(1, sizeof(*s));
	s->filter = mem_svdup(filter);
	s->kept.serial = q->forgotten;
	str_init(&s->items, DIGEST_BYTES);
	str_init(&s->titles, DIGEST_TITLES_BYTES);
	(void)map_put(&q->spans, filter, s);
	return s;
}

static void
on_kept(const struct store_quota *kept, void *arg)
{
	struct quota *q = arg;
	struct span *s = span_of(q, kept->filter);

	s->kept = *kept;
	(void)str_add(&s->items, kept->items);
	(void)str_add(&s->titles, kept->titles);
	q->waiting += kept->over != 0;
	if (kept->version > q->version)
		q->version = kept->version;
	if (kept->serial - QUOTA_KEPT_MS > q->forgotten)
		q->forgotten = kept->serial - QUOTA_KEPT_MS;
}

bool
quota_restore(struct quota *q, struct store *store, struct err *e)
{
	return store_each_quota(store, on_kept, q, e);
}

static void
keep(struct quota *q, struct span *s, struct batch *b)
{
	s->kept.version = ++q->version;
	s->kept.filter = sv_of(s->filter);
	s->kept.items = str_sv(&s->items);
	s->kept.titles = str_sv(&s->titles);
	batch_put_quota(b, &s->kept);
}

/* A clock that was set back ends it, too: it would last too long. */
static bool
is_over(const struct span *s, int64_t wall_ms)
{
	return wall_ms >= s->kept.until_ms || wall_ms < s->kept.since_ms;
}

/* No two spans of a filter have one serial, whatever the clock does: what tells
 * of them goes by it. */
static void
begin(struct span *s, int64_t per_ms, int64_t wall_ms)
{
	int64_t since = wall_ms - wall_ms % per_ms;

	s->kept.serial = since > s->kept.serial ? since : s->kept.serial + 1;
	s->kept.since_ms = since;
	s->kept.until_ms = since + per_ms;
	s->kept.let_through = s->kept.over = s->kept.shown = 0;
	str_clear(&s->items);
	str_clear(&s->titles);
}

/* A limit that is for another span of time now, after a reload, ends it with
 * one of these. */
static void
end_with_limit(struct quota *q, struct span *s, int64_t per_ms)
{
	if (s->kept.until_ms == 0 ||
	    s->kept.until_ms - s->kept.since_ms == per_ms)
		return;
	s->kept.until_ms = s->kept.since_ms - s->kept.since_ms % per_ms +
	    per_ms;
	if (s->kept.until_ms < q->next_ms)
		q->next_ms = s->kept.until_ms;
}

/* With what keeps it apart from the others, or not at all. */
static void
add_title(struct str *titles, struct sv title)
{
	if (title.len != 0)
		(void)str_addf(titles, "%s%.*s",
		    titles->len != 0 ? SEPARATOR : "", SV_ARG(title));
}

/* An item whose batch was lost may be collected again, but is shown once. */
static void
collect(struct span *s, const struct quota_item *item)
{
	struct str one;

	s->kept.over++;
	if (s->kept.shown >= DIGEST_ITEMS)
		return;
	str_init(&one, ITEM_MEMBER_BYTES);
	item_member(&one, item->title, item->link, item->feed);
	if (sv_find(str_sv(&s->items), str_sv(&one)) == s->items.len &&
	    s->items.len + one.len < DIGEST_BYTES) {
		(void)str_adds(&s->items, s->items.len != 0 ? "," : "");
		(void)str_add(&s->items, str_sv(&one));
		s->kept.shown++;
		add_title(
		    &s->titles, utf8_prefix(item->title, DIGEST_TITLE_BYTES));
	}
	str_done(&one);
}

/* Each alert lets a few old spans go, as the store does, so that filters that
 * are gone do not stay for ever. */
static void
forget_some(struct quota *q, int64_t wall_ms)
{
	struct map_slot *slot = NULL;

	for (int n = 0; n < LOOKED_AT_ONCE; n++) {
		struct span *s;

		slot = map_next(&q->spans, &q->at);
		if (slot == NULL)
			break;
		s = slot->value;
		if (s->kept.over != 0 ||
		    s->kept.serial >= wall_ms - QUOTA_KEPT_MS)
			continue;
		if (s->kept.serial > q->forgotten)
			q->forgotten = s->kept.serial;
		(void)map_del(&q->spans, slot->key);
		span_free(s);
	}
	if (slot == NULL)
		q->at = 0;
}

bool
quota_take(struct quota *q, struct batch *b, const struct config_filter *f,
    const struct quota_item *item, int64_t wall_ms)
{
	struct span *s;
	bool through;

	forget_some(q, wall_ms);
	s = span_of(q, sv_of(f->name));
	end_with_limit(q, s, f->limit.per_ms);
	if (is_over(s, wall_ms) && s->kept.over == 0)
		begin(s, f->limit.per_ms, wall_ms);
	through = s->kept.let_through < f->limit.n;
	if (through) {
		s->kept.let_through++;
	} else {
		q->waiting += s->kept.over == 0;
		if (s->kept.until_ms < q->next_ms)
			q->next_ms = s->kept.until_ms;
		collect(s, item);
	}
	keep(q, s, b);
	return through;
}

static bool
tell(const struct span *s, quota_digest_fn *fn, void *arg)
{
	struct quota_digest d = {
		.filter = s->filter,
		.since_ms = s->kept.since_ms,
		.until_ms = s->kept.until_ms,
		.count = s->kept.over,
		.items = str_sv(&s->items),
		.titles = str_sv(&s->titles),
	};

	(void)bytes_put(
	    d.key, (uint64_t)s->kept.serial, sizeof(s->kept.serial));
	return fn(&d, arg);
}

static void
close_span(struct quota *q, struct span *s, struct batch *b)
{
	q->waiting--;
	s->kept.until_ms = 0;
	s->kept.over = s->kept.shown = 0;
	str_clear(&s->items);
	str_clear(&s->titles);
	keep(q, s, b);
}

void
quota_end(struct quota *q, struct batch *b, int64_t wall_ms,
    quota_digest_fn *fn, void *arg)
{
	bool early = wall_ms < q->next_ms && wall_ms >= q->looked_ms;
	struct map_slot *slot;
	size_t told = 0;

	q->looked_ms = wall_ms;
	if (q->waiting == 0 || early)
		return;
	q->next_ms = INT64_MAX;
	for (size_t i = 0; (slot = map_next(&q->spans, &i)) != NULL;) {
		struct span *s = slot->value;

		if (s->kept.over == 0)
			continue;
		if (told < DIGESTS_AT_ONCE && is_over(s, wall_ms) &&
		    tell(s, fn, arg)) {
			close_span(q, s, b);
			told++;
		} else if (s->kept.until_ms < q->next_ms)
			q->next_ms = s->kept.until_ms;
	}
}

bool
quota_is_waiting(const struct quota *q)
{
	return q->waiting != 0;
}
