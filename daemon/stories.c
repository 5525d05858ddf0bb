/* daemon/stories.c: what the readers of each filter know of each story. */
#include "daemon/stories.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "daemon/item_json.h"
#include "daemon/told.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define ALERT_ID_ROOM 64
#define ROOM_STEPS 64 /* looked at to make room for one */
#define NAME_BYTES 128 /* story and filter */
#define FEED_BYTES 4 /* of an item's name that its feed gives */

_Static_assert(STORE_STORY_ITEM_BYTES == STORY_ITEM_BYTES, "the same ids");

/* What the readers of one filter know of one story. */
struct telling {
	TAILQ_ENTRY(telling) next;
	TAILQ_ENTRY(telling) next_waiting; /* while t.due_ms is not 0 */
	char name[NAME_BYTES]; /* its key in the map */
	struct store_telling t; /* `filter` and `also` are below */
	char *filter;
	struct str also;
	unsigned nalso;
	uint32_t vouchers[STORY_VOUCHERS];
	size_t nvouchers;
};

struct stories {
	struct story_index *index;
	struct text scratch;
	struct map known; /* name -> telling */
	TAILQ_HEAD(tellings, telling) tellings; /* the oldest first */
	size_t also_bytes; /* of them all */
	TAILQ_HEAD(waiting_tellings, telling) waiting;
	int64_t next_ms; /* none of them is due before, */
	int64_t looked_ms; /* if the clock is not set back before this */
	struct store *store; /* borrowed */
	struct telling *held; /* whose alert is to be held */

	/* The item that was placed last. */
	struct story_item item;
	struct story_place place;
	bool goes_on; /* its feed had another item of the story before */
	enum change notice; /* it says that it corrects or withdraws */
	int64_t now_ms;
	struct sv title, link, feed; /* borrowed */
	struct str shown; /* `also` without the item itself */
};

struct stories *
stories_new(void)
{
	struct stories *s = mem_calloc(1, sizeof(*s));

	s->index = story_new(STORIES_ITEMS);
	text_init(&s->scratch);
	map_init(&s->known);
	TAILQ_INIT(&s->tellings);
	TAILQ_INIT(&s->waiting);
	str_init(&s->shown, STORY_ALSO_BYTES);
	return s;
}

static void
forget(struct stories *s, struct telling *t)
{
	TAILQ_REMOVE(&s->tellings, t, next);
	if (t->t.due_ms != 0)
		TAILQ_REMOVE(&s->waiting, t, next_waiting);
	(void)map_del(&s->known, sv_of(t->name));
	s->also_bytes -= t->also.len;
	str_done(&t->also);
	free(t->filter);
	free(t);
}

void
stories_free(struct stories *s)
{
	struct telling *t;

	if (s == NULL)
		return;
	while ((t = TAILQ_FIRST(&s->tellings)) != NULL)
		forget(s, t);
	map_done(&s->known);
	text_done(&s->scratch);
	story_free(s->index);
	str_done(&s->shown);
	free(s);
}

const char *
story_role_type(enum story_role r)
{
#define ROLE_TYPE(enumerator, type) [enumerator] = (type),
	static const char *const types[] = { STORY_ROLES(ROLE_TYPE) };
#undef ROLE_TYPE

	return types[r];
}

static void
make_name(char out[NAME_BYTES], uint64_t story, const char *filter)
{
	(void)snprintf(
	    out, NAME_BYTES, "%016llx %s", (unsigned long long)story, filter);
}

static void
set_due(struct stories *s, struct telling *t, int64_t due_ms)
{
	if (t->t.due_ms != 0)
		TAILQ_REMOVE(&s->waiting, t, next_waiting);
	t->t.due_ms = due_ms;
	if (due_ms == 0)
		return;
	TAILQ_INSERT_TAIL(&s->waiting, t, next_waiting);
	if (due_ms < s->next_ms)
		s->next_ms = due_ms;
}

/* What is too old, or the oldest when there are too many, is forgotten: then a
 * story rings again, which is better than not at all.  What waits is not
 * forgotten: when there is too much of it, the oldest has waited enough. */
static void
make_room(struct stories *s, int64_t since_ms)
{
	struct telling *t = TAILQ_FIRST(&s->tellings), *next;
	bool full = true;

	for (size_t i = 0; full && t != NULL && i < ROOM_STEPS; i++, t = next) {
		next = TAILQ_NEXT(t, next);
		full = s->known.live >= STORIES_TELLINGS ||
		    t->t.time_ms < since_ms;
		if (full && t->t.due_ms == 0)
			forget(s, t);
		else if (full && s->now_ms != 0 && t->t.due_ms > s->now_ms)
			set_due(s, t, s->now_ms);
	}
}

static struct telling *
add(struct stories *s, uint64_t story, const char *filter)
{
	struct telling *t = mem_calloc(1, sizeof(*t));

	make_name(t->name, story, filter);
	t->filter = mem_strdup(filter);
	t->t.story = story;
	str_init(&t->also, STORY_ALSO_BYTES);
	TAILQ_INSERT_TAIL(&s->tellings, t, next);
	(void)map_put(&s->known, sv_of(t->name), t);
	return t;
}

/* An entry of another version: its story rings again. */
static void
on_entry(const struct store_story_item *i, void *arg)
{
	struct stories *s = arg;

	if (!story_restore(s->index, i->entry))
		log_debug("an item of a story is forgotten: it was kept by "
			  "another version");
}

/* The first of the members of a JSON array, each of which item_member() wrote:
 * a bracket in a text is no end. */
static struct sv
first_member(struct sv members)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < members.len && (quoted || members.p[i] != '}'); i++) {
		if (members.p[i] == '"')
			quoted = !quoted;
		else if (members.p[i] == '\\')
			i++;
	}
	return sv_sub(members, 0, i + 1);
}

static struct sv
other_members(struct sv members)
{
	return sv_from(members, first_member(members).len + 1);
}

static unsigned
count_members(struct sv members)
{
	unsigned n = 0;

	for (; members.len != 0; members = other_members(members))
		n++;
	return n;
}

static void
on_telling(const struct store_telling *kept, void *arg)
{
	struct stories *s = arg;
	char *filter = mem_svdup(kept->filter), *own;
	struct telling *t;

	make_room(s, INT64_MIN);
	t = add(s, kept->story, filter);
	own = t->filter;
	t->t = *kept;
	t->t.due_ms = 0;
	set_due(s, t, kept->due_ms);
	t->filter = own;
	t->nvouchers = kept->vouchers.len / sizeof(*t->vouchers);
	if (t->nvouchers > STORY_VOUCHERS)
		t->nvouchers = STORY_VOUCHERS;
	if (t->nvouchers != 0)
		memcpy(t->vouchers, kept->vouchers.p,
		    t->nvouchers * sizeof(*t->vouchers));
	(void)str_add(&t->also, kept->also);
	t->nalso = count_members(kept->also);
	s->also_bytes += t->also.len;
	free(filter);
}

bool
stories_restore(
    struct stories *s, struct store *store, int64_t wall_ms, struct err *e)
{
	int64_t since_ms = wall_ms - STORY_WINDOW_S * SEC_MS;

	s->store = store;
	return store_each_story_item(store, since_ms, on_entry, s, e) &&
	    store_each_telling(store, since_ms, on_telling, s, e);
}

/* An item is named among those of all feeds; those of one feed begin alike. */
static void
name_item(struct sv feed, const unsigned char key[ITEM_KEY_BYTES],
    unsigned char out[STORY_ITEM_BYTES])
{
	const struct sv parts[] = { feed,
		{ (const char *)key, ITEM_KEY_BYTES } };
	unsigned char hash[SHA256_BYTES];

	sha256_parts(parts, 1, hash);
	memcpy(out, hash, FEED_BYTES);
	sha256_parts(parts, COUNTOF(parts), hash);
	memcpy(out + FEED_BYTES, hash, STORY_ITEM_BYTES - FEED_BYTES);
}

static uint32_t
source_of(const struct config_feed *f, const struct item *it)
{
	struct str family;
	uint32_t source;

	str_init(&family, URL_BYTES);
	publisher_family(&family, sv_of(f->publisher), sv_of(f->url));
	source = story_source(str_sv(&family), wire_of_item(it));
	str_done(&family);
	return source;
}

static bool
is_item(const unsigned char a[STORY_ITEM_BYTES], const struct stories *s)
{
	return memcmp(a, s->item.id, STORY_ITEM_BYTES) == 0;
}

/* The newest come first; of the item itself there are several when it has been
 * judged before. */
static void
on_member(const unsigned char id[STORY_ITEM_BYTES], int64_t time, void *arg)
{
	struct stories *s = arg;

	(void)time;
	if (is_item(id, s))
		s->goes_on = false;
	else if (memcmp(id, s->item.id, FEED_BYTES) == 0)
		s->goes_on = true;
}

void
stories_place(struct stories *s, struct batch *b, const struct config_feed *f,
    const struct item *it, const unsigned char key[ITEM_KEY_BYTES],
    int64_t wall_ms)
{
	const struct wording w = change_wording(it);
	unsigned char entry[STORY_ENTRY_BYTES];

	s->now_ms = wall_ms;
	s->title = it->title;
	s->link = it->link;
	s->feed = sv_of(f->name);
	name_item(s->feed, key, s->item.id);
	s->item.source = source_of(f, it);
	s->notice = change_notice(&s->scratch, &w);
	sketch_item(&s->scratch, it, SV_NONE, &s->item.sketch);
	story_assign(s->index, &s->item, wall_ms / SEC_MS, &s->place);
	s->goes_on = false;
	story_members(s->index, s->place.story, wall_ms / SEC_MS, on_member, s);
	story_encode(s->index, entry);
	batch_put_story_item(b,
	    &(struct store_story_item) { .time_ms = wall_ms,
		.entry = { (const char *)entry, sizeof(entry) } });
}

/* A feed that has a new item on a story says something new; only what other
 * feeds repeat is held back. */
static enum story_role
role_of(const struct stories *s, const struct telling *t, bool updates)
{
	static const unsigned char nobody[STORY_ITEM_BYTES];
	bool may_update = updates &&
	    update_gap_ms(t->t.updated_ms, s->now_ms) == 0;

	if (is_item(t->t.first, s))
		return STORY_RINGS;
	if (is_item(t->t.confirmer, s))
		return STORY_CONFIRMS;
	if (may_update && s->notice != CHANGE_NONE)
		return STORY_UPDATES;
	if (s->goes_on)
		return STORY_RINGS;
	if (s->place.sources > t->t.sources &&
	    memcmp(t->t.confirmer, nobody, sizeof(nobody)) == 0)
		return STORY_CONFIRMS;
	if (may_update && s->place.new_numbers)
		return STORY_UPDATES;
	return STORY_IS_TOLD;
}

/* One that has no room is not shown; all are shown whole. */
static void
append_shown(struct stories *s, struct telling *t, const struct str *one)
{
	size_t before = t->also.len;

	if (before + one->len >= STORY_ALSO_BYTES ||
	    s->also_bytes + one->len >= STORIES_ALSO_BYTES ||
	    sv_find(str_sv(&t->also), str_sv(one)) != before)
		return;
	if (before != 0)
		(void)str_addc(&t->also, ',');
	(void)str_add(&t->also, str_sv(one));
	s->also_bytes += t->also.len - before;
	t->nalso++;
}

/* Those who come later see the item among the others of the story. */
static void
show_item(struct stories *s, struct telling *t)
{
	struct str one;

	if (t->nalso >= STORY_ALSO)
		return;
	str_init(&one, ITEM_MEMBER_BYTES);
	item_member(&one, s->title, s->link, s->feed);
	append_shown(s, t, &one);
	str_done(&one);
}

static void
note(struct stories *s, struct telling *t, enum story_role role)
{
	if (role == STORY_CONFIRMS) {
		memcpy(t->t.confirmer, s->item.id, STORY_ITEM_BYTES);
		t->t.sources = s->place.sources;
	}
	if (role == STORY_UPDATES)
		t->t.updated_ms = s->now_ms;
	show_item(s, t);
}

/* Versions of a telling grow, also when it was forgotten in between. */
static void
keep(struct stories *s, struct batch *b, struct telling *t)
{
	t->t.version = t->t.version < s->now_ms ? s->now_ms : t->t.version + 1;
	t->t.filter = sv_of(t->filter);
	t->t.also = str_sv(&t->also);
	t->t.vouchers = (struct sv) { (const char *)t->vouchers,
		t->nvouchers * sizeof(*t->vouchers) };
	batch_put_telling(b, &t->t);
}

static struct telling *
begin_telling(struct stories *s, const struct config_filter *f)
{
	struct telling *t;

	make_room(s, s->now_ms - STORY_WINDOW_S * SEC_MS);
	t = add(s, s->place.story, f->name);
	t->t.time_ms = s->now_ms;
	t->t.updated_ms = s->now_ms;
	t->t.sources = s->place.sources;
	memcpy(t->t.first, s->item.id, STORY_ITEM_BYTES);
	if (f->sources.at_least > 1)
		set_due(s, t, s->now_ms + f->sources.within_ms);
	return t;
}

static void
vouch(struct telling *t, uint32_t source)
{
	for (size_t i = 0; i < t->nvouchers; i++)
		if (t->vouchers[i] == source)
			return;
	if (t->nvouchers < STORY_VOUCHERS)
		t->vouchers[t->nvouchers++] = source;
}

/* The readers, who have waited for it, hear of all publishers at once: none of
 * these is left to confirm it. */
static enum story_role
wait_or_ring(
    struct stories *s, struct telling *t, const struct config_filter *f)
{
	vouch(t, s->item.source);
	memcpy(t->t.first, s->item.id, STORY_ITEM_BYTES);
	t->t.sources = s->place.sources;
	if ((int64_t)t->nvouchers < f->sources.at_least)
		return STORY_WAITS;
	if (t->nvouchers > 1)
		memcpy(t->t.confirmer, s->item.id, STORY_ITEM_BYTES);
	set_due(s, t, 0);
	return STORY_RINGS;
}

static struct telling *
find(const struct stories *s, uint64_t story, const char *filter)
{
	char name[NAME_BYTES];

	make_name(name, story, filter);
	return map_get(&s->known, sv_of(name));
}

/* Items of a story without the placed one, whose title may have differed. */
static void
add_others(struct stories *s, struct sv also)
{
	struct str own;
	struct sv member, same;

	str_init(&own, ITEM_MEMBER_BYTES);
	item_member(&own, SV_NONE, s->link, s->feed);
	same = sv_from(str_sv(&own), 1);
	if (!sv_starts(same, SV("\"link\":")))
		same = SV("no link to know it by");
	for (; also.len != 0; also = other_members(also)) {
		member = first_member(also);
		if (sv_ends(member, same))
			continue;
		if (s->shown.len != 0)
			(void)str_addc(&s->shown, ',');
		(void)str_add(&s->shown, member);
	}
	str_done(&own);
}

static void
show_story(struct stories *s, const struct telling *t, struct story_told *out)
{
	*out = (struct story_told) { .story = s->place.story,
		.first_seen_ms = s->place.began * SEC_MS,
		.publishers = s->place.sources,
		.change = s->notice != CHANGE_NONE ? s->notice
						   : CHANGE_NUMBERS };
	story_id_text(s->place.story, out->id);
	str_clear(&s->shown);
	add_others(s, str_sv(&t->also));
	out->also = str_sv(&s->shown);
}

enum story_role
stories_tell(struct stories *s, struct batch *b, const struct config_filter *f,
    struct story_told *out)
{
	struct telling *t = find(s, s->place.story, f->name);
	enum story_role role;
	bool waited;

	if (t == NULL)
		t = begin_telling(s, f);
	waited = t->t.due_ms != 0;
	role = waited ? wait_or_ring(s, t, f) : role_of(s, t, f->updates);
	show_story(s, t, out);
	out->waits = role == STORY_WAITS;
	if (role == STORY_RINGS && !waited)
		out->also = SV_NONE;
	note(s, t, role);
	s->held = t;
	if (role != STORY_WAITS)
		keep(s, b, t);
	return role;
}

int64_t
stories_update_wait_ms(const struct stories *s, uint64_t story,
    const char *filter, int64_t wall_ms)
{
	const struct telling *t = find(s, story, filter);

	return t == NULL || t->t.due_ms != 0
	    ? 0
	    : update_gap_ms(t->t.updated_ms, wall_ms);
}

int64_t
stories_held_until_ms(const struct stories *s, uint64_t story,
    const char *filter, struct sv feed, const unsigned char key[ITEM_KEY_BYTES])
{
	const struct telling *t = find(s, story, filter);
	unsigned char id[STORY_ITEM_BYTES];

	name_item(feed, key, id);
	if (t == NULL || memcmp(t->t.first, id, sizeof(id)) != 0)
		return 0;
	return t->t.due_ms;
}

/* A story that others make readers wait for goes on to wait. */
void
stories_update(struct stories *s, struct batch *b,
    const struct config_filter *f, struct story_told *out)
{
	struct telling *t = find(s, s->place.story, f->name);

	if (t == NULL) {
		t = begin_telling(s, f);
		set_due(s, t, 0);
	}
	show_story(s, t, out);
	if (t->t.due_ms != 0)
		return;
	note(s, t, STORY_UPDATES);
	keep(s, b, t);
}

void
stories_hold(struct stories *s, struct batch *b, struct sv id, struct sv body)
{
	struct telling *t = s->held;

	assert(t->t.due_ms != 0);
	t->t.held_id = id;
	t->t.held = body;
	keep(s, b, t);
	t->t.held_id = t->t.held = SV_NONE;
}

/* Whom to ask what comes of it. */
struct ending {
	story_waited_fn *fn;
	void *arg;
};

/* False: what was put last is still on its way to the disk. */
static bool
read_held(struct stories *s, const struct telling *t, struct store_held *h)
{
	struct err e;

	str_clear(h->id);
	str_clear(h->body);
	if (store_read_held(s->store, t->t.story, sv_of(t->filter), h, &e))
		return h->version == t->t.version;
	log_error("store", KV("error", e.msg));
	return false;
}

/* True: it waits no more. */
static bool
end_wait(
    struct stories *s, struct batch *b, struct telling *t, enum story_end how)
{
	switch (how) {
	case STORY_END_LATER:
		return false;
	case STORY_END_SENT:
		set_due(s, t, 0);
		t->t.updated_ms = s->now_ms;
		keep(s, b, t);
		return true;
	case STORY_END_DROPPED:
		batch_del_telling(b, t->t.story, sv_of(t->filter));
		forget(s, t);
		return true;
	}
	BUG("no such end");
}

/* A clock that was set back before its begin ends it, too. */
static bool
is_due(const struct telling *t, int64_t wall_ms)
{
	return wall_ms >= t->t.due_ms || wall_ms < t->t.time_ms;
}

/* True: it waits no more. */
static bool
end_one(struct stories *s, struct batch *b, struct telling *t,
    struct store_held *h, const struct ending *by)
{
	struct story_waited w = { .filter = sv_of(t->filter) };

	if (!read_held(s, t, h))
		return false;
	w.id = str_sv(h->id);
	w.body = str_sv(h->body);
	return end_wait(s, b, t, by->fn(&w, by->arg));
}

/* What has to wait on goes behind the others. */
static void
end_due(struct stories *s, struct batch *b, struct store_held *h,
    const struct ending *by)
{
	struct telling *t = TAILQ_FIRST(&s->waiting), *next;
	struct telling *last = TAILQ_LAST(&s->waiting, waiting_tellings);
	size_t n = 0;

	for (bool more = true; more; t = next) {
		int64_t due_ms = t->t.due_ms;

		next = TAILQ_NEXT(t, next_waiting);
		more = t != last;
		if (!is_due(t, s->looked_ms)) {
			s->next_ms = due_ms < s->next_ms ? due_ms : s->next_ms;
		} else if (n++ >= STORIES_ENDED) {
			s->next_ms = s->looked_ms;
			return;
		} else if (!end_one(s, b, t, h, by)) {
			set_due(s, t, due_ms);
		}
	}
}

void
stories_end(struct stories *s, struct batch *b, int64_t wall_ms,
    story_waited_fn *fn, void *arg)
{
	bool early = wall_ms < s->next_ms && wall_ms >= s->looked_ms;
	struct store_held h;
	struct str id, body;

	s->looked_ms = wall_ms;
	if (TAILQ_EMPTY(&s->waiting) || early)
		return;
	s->now_ms = wall_ms;
	s->next_ms = INT64_MAX;
	str_init(&id, ALERT_ID_ROOM);
	str_init(&body, ALERT_BYTES);
	h.id = &id;
	h.body = &body;
	end_due(s, b, &h, &(struct ending) { fn, arg });
	str_done(&id);
	str_done(&body);
}

bool
stories_is_waiting(const struct stories *s)
{
	return !TAILQ_EMPTY(&s->waiting);
}
