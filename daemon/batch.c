/* daemon/batch.c: changes that are to be committed together. */
#include "daemon/batch.h"

#include <stdlib.h>
#include <string.h>

enum change_kind {
	PUT_FEED,
	TELL_FEED,
	PUT_FAILING,
	DEL_FAILING,
	DEL_OUTAGE,
	PUT_ITEM,
	TOUCH_ITEM,
	SET_TRAITS,
	SET_SHARED,
	PUT_TOLD,
	PUT_ALERT,
	PUT_PENDING,
	DEL_PENDING,
	PUT_STORY_ITEM,
	PUT_TELLING,
	DEL_TELLING,
	PUT_QUOTA,
	CHANGE_KINDS,
};

struct traits_change {
	struct sv feed;
	unsigned char key[ITEM_KEY_BYTES];
	struct item_traits traits;
};

struct change {
	struct change *next;
	enum change_kind kind;
	union {
		struct store_feed *feed; /* large, and the rarest */
		struct told_feed {
			struct sv name;
			enum feed_trouble trouble;
		} tell;
		struct sv destination;
		struct store_item item;
		struct traits_change traits;
		struct store_told told;
		struct store_alert alert;
		struct store_pending pending;
		struct store_story_item story_item;
		struct store_telling telling;
		struct store_quota quota;
	};
};

struct batch {
	struct arena arena;
	struct change *first, **last;
	size_t n, of_kind[CHANGE_KINDS];
};

struct batch *
batch_new(void)
{
	struct batch *b = mem_calloc(1, sizeof(*b));

	arena_init(&b->arena);
	b->last = &b->first;
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	arena_done(&b->arena);
	free(b);
}

size_t
batch_size(const struct batch *b)
{
	return b->n;
}

static struct change *
add(struct batch *b, enum change_kind kind)
{
	struct change *c = arena_calloc(&b->arena, sizeof(*c));

	c->kind = kind;
	*b->last = c;
	b->last = &c->next;
	b->n++;
	b->of_kind[kind]++;
	return c;
}

void
batch_set_feed(struct batch *b, const struct store_feed *f)
{
	struct store_feed *to = arena_alloc(&b->arena, sizeof(*to));

	add(b, PUT_FEED)->feed = to;
	*to = *f;
	to->name = arena_sv(&b->arena, f->name);
	to->url = arena_sv(&b->arena, f->url);
	to->etag = arena_sv(&b->arena, f->etag);
	to->last_modified = arena_sv(&b->arena, f->last_modified);
	to->moved_to = arena_sv(&b->arena, f->moved_to);
}

void
batch_tell_feed(struct batch *b, const char *name, enum feed_trouble t)
{
	add(b, TELL_FEED)->tell = (struct told_feed) {
		arena_sv(&b->arena, sv_of(name)), t
	};
}

void
batch_set_failing(struct batch *b, struct sv destination, bool failing)
{
	add(b, failing ? PUT_FAILING : DEL_FAILING)->destination = arena_sv(
	    &b->arena, destination);
}

void
batch_del_outage(struct batch *b, struct sv destination)
{
	add(b, DEL_OUTAGE)->destination = arena_sv(&b->arena, destination);
}

void
batch_put_item(struct batch *b, const struct store_item *i)
{
	struct store_item *to = &add(b, PUT_ITEM)->item;

	*to = *i;
	to->feed = arena_sv(&b->arena, i->feed);
}

void
batch_touch_item(struct batch *b, const struct store_item *i)
{
	struct store_item *to = &add(b, TOUCH_ITEM)->item;

	*to = *i;
	to->feed = arena_sv(&b->arena, i->feed);
}

void
batch_set_traits(struct batch *b, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], const struct item_traits *t)
{
	struct traits_change *to = &add(b, SET_TRAITS)->traits;

	to->feed = arena_sv(&b->arena, feed);
	memcpy(to->key, key, ITEM_KEY_BYTES);
	to->traits = *t;
}

void
batch_set_shared(
    struct batch *b, struct sv feed, const unsigned char key[ITEM_KEY_BYTES])
{
	struct store_item *to = &add(b, SET_SHARED)->item;

	to->feed = arena_sv(&b->arena, feed);
	memcpy(to->key, key, ITEM_KEY_BYTES);
}

void
batch_put_told(struct batch *b, const struct store_told *t)
{
	struct store_told *to = &add(b, PUT_TOLD)->told;

	*to = *t;
	to->feed = arena_sv(&b->arena, t->feed);
	to->filter = arena_sv(&b->arena, t->filter);
	to->title = arena_sv(&b->arena, t->title);
	to->lead = arena_sv(&b->arena, t->lead);
}

void
batch_put_alert(struct batch *b, const struct store_alert *a)
{
	struct store_alert *to = &add(b, PUT_ALERT)->alert;

	*to = *a;
	to->id = arena_sv(&b->arena, a->id);
	to->destination = arena_sv(&b->arena, a->destination);
	to->body = arena_sv(&b->arena, a->body);
}

void
batch_put_pending(struct batch *b, const struct store_pending *p)
{
	struct store_pending *to = &add(b, PUT_PENDING)->pending;

	*to = *p;
	to->feed = arena_sv(&b->arena, p->feed);
	to->host = arena_sv(&b->arena, p->host);
	to->item = arena_sv(&b->arena, p->item);
}

void
batch_del_pending(
    struct batch *b, struct sv feed, const unsigned char key[ITEM_KEY_BYTES])
{
	struct store_pending *to = &add(b, DEL_PENDING)->pending;

	to->feed = arena_sv(&b->arena, feed);
	memcpy(to->key, key, ITEM_KEY_BYTES);
}

void
batch_put_story_item(struct batch *b, const struct store_story_item *i)
{
	struct store_story_item *to = &add(b, PUT_STORY_ITEM)->story_item;

	*to = *i;
	to->entry = arena_sv(&b->arena, i->entry);
}

void
batch_put_telling(struct batch *b, const struct store_telling *t)
{
	struct store_telling *to = &add(b, PUT_TELLING)->telling;

	*to = *t;
	to->filter = arena_sv(&b->arena, t->filter);
	to->also = arena_sv(&b->arena, t->also);
	to->vouchers = arena_sv(&b->arena, t->vouchers);
	to->held_id = arena_sv(&b->arena, t->held_id);
	to->held = arena_sv(&b->arena, t->held);
}

void
batch_del_telling(struct batch *b, uint64_t story, struct sv filter)
{
	struct store_telling *to = &add(b, DEL_TELLING)->telling;

	to->story = story;
	to->filter = arena_sv(&b->arena, filter);
}

void
batch_put_quota(struct batch *b, const struct store_quota *q)
{
	struct store_quota *to = &add(b, PUT_QUOTA)->quota;

	*to = *q;
	to->filter = arena_sv(&b->arena, q->filter);
	to->items = arena_sv(&b->arena, q->items);
	to->titles = arena_sv(&b->arena, q->titles);
}

bool
batch_has_alerts(const struct batch *b)
{
	return b->of_kind[PUT_ALERT] != 0;
}

bool
batch_has_pending(const struct batch *b)
{
	return b->of_kind[PUT_PENDING] != 0;
}

static bool
apply_change(struct store *s, const struct change *c, struct err *e)
{
	switch (c->kind) {
	case PUT_FEED:
		return store_put_feed(s, c->feed, e);
	case TELL_FEED:
		return store_tell_feed(s, c->tell.name, c->tell.trouble, e);
	case PUT_FAILING:
		return store_put_failing(s, c->destination, e);
	case DEL_FAILING:
		return store_del_failing(s, c->destination, e);
	case DEL_OUTAGE:
		return store_del_outage(s, c->destination, e);
	case PUT_ITEM:
		return store_put_item(s, &c->item, e);
	case TOUCH_ITEM:
		return store_touch_item(
		    s, c->item.feed, c->item.key, c->item.seen_ms, e);
	case SET_TRAITS:
		return store_set_traits(
		    s, c->traits.feed, c->traits.key, &c->traits.traits, e);
	case SET_SHARED:
		return store_set_shared(s, c->item.feed, c->item.key, e);
	case PUT_TOLD:
		return store_put_told(s, &c->told, e);
	case PUT_ALERT:
		return store_put_alert(s, &c->alert, e);
	case PUT_PENDING:
		return store_put_pending(s, &c->pending, e);
	case DEL_PENDING:
		return store_del_pending(s, c->pending.feed, c->pending.key, e);
	case PUT_STORY_ITEM:
		return store_put_story_item(s, &c->story_item, e);
	case PUT_TELLING:
		return store_put_telling(s, &c->telling, e);
	case DEL_TELLING:
		return store_del_telling(
		    s, c->telling.story, c->telling.filter, e);
	case PUT_QUOTA:
		return store_put_quota(s, &c->quota, e);
	case CHANGE_KINDS:
		break;
	}
	BUG("no such change");
}

bool
batch_apply(struct store *s, void *batch, struct err *e)
{
	const struct batch *b = batch;

	for (const struct change *c = b->first; c != NULL; c = c->next)
		if (!apply_change(s, c, e))
			return false;
	return true;
}

struct handover {
	struct batch *batch;
	commit_done_fn *done;
	void *arg;
};

static bool
apply_handover(struct store *s, void *arg, struct err *e)
{
	const struct handover *h = arg;

	return batch_apply(s, h->batch, e);
}

static void
drop_handover(void *arg)
{
	struct handover *h = arg;

	batch_free(h->batch);
	free(h);
}

static void
on_handover_committed(void *arg)
{
	struct handover h = *(struct handover *)arg;

	drop_handover(arg);
	h.done(h.arg);
}

void
batch_hand_over(
    struct batch *b, struct committer *c, commit_done_fn *done, void *arg)
{
	struct handover *h;

	if (b->n == 0) {
		batch_free(b);
		return;
	}
	h = mem_alloc(sizeof(*h));
	*h = (struct handover) { b, done, arg };
	committer_add(
	    c, apply_handover, on_handover_committed, drop_handover, h);
}
