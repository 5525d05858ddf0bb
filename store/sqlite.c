/* store/sqlite.c: the store's changes and reads, on SQLite. */
#include "store/sqlite.h"

#include "base/clock.h"

#include <assert.h>
#include <string.h>

#define DONE_KEPT_MS (30 * DAY_MS) /* ids of delivered alerts */
#define STORIES_KEPT_MS (STORY_WINDOW_S * SEC_MS)

/* A value to bind.  SQLite takes a null pointer for NULL, so empty is "". */
struct value {
	enum {
		IS_INT,
		IS_TEXT,
		IS_BLOB
	} kind;
	int64_t n;
	struct sv v;
};

#define INT(x) ((struct value) { .kind = IS_INT, .n = (int64_t)(x) })
#define TEXT(x) ((struct value) { .kind = IS_TEXT, .v = (x) })
#define BLOB(x) ((struct value) { .kind = IS_BLOB, .v = (x) })
#define KEY(x) \
	((struct value) { \
	    .kind = IS_BLOB, .v = { (const char *)(x), ITEM_KEY_BYTES } })

/* Binds, steps, resets: a statement without rows. */
#define EXEC(s, which, e, ...) \
	exec((s), (which), (const struct value[]) { __VA_ARGS__ }, \
	    sizeof((const struct value[]) { __VA_ARGS__ }) / \
		sizeof(struct value), \
	    (e))

static int
bind_value(sqlite3_stmt *st, int at, const struct value *v)
{
	const char *p = v->v.p != NULL ? v->v.p : "";

	switch (v->kind) {
	case IS_INT:
		return sqlite3_bind_int64(st, at, v->n);
	case IS_TEXT:
		return sqlite3_bind_text64(
		    st, at, p, v->v.len, SQLITE_STATIC, SQLITE_UTF8);
	case IS_BLOB:
		return sqlite3_bind_blob64(st, at, p, v->v.len, SQLITE_STATIC);
	}
	BUG("no such kind of value");
}

/* A statement ready to be stepped; NULL: the database cannot be used. */
static sqlite3_stmt *
start(struct store *s, enum statement which, const struct value *v, size_t n,
    struct err *e)
{
	sqlite3_stmt *st;

	if (s->health != HEALTH_GOOD && s->in_tx) {
		(void)err_set(
		    e, "%s: the transaction has failed before", s->path);
		return NULL;
	}
	if ((s->health != HEALTH_GOOD || s->db == NULL) &&
	    !sqlite_reconnect(s, e))
		return NULL;
	st = s->st[which];
	for (size_t i = 0; i < n; i++) {
		int rc = bind_value(st, (int)i + 1, &v[i]);

		if (rc != SQLITE_OK) {
			(void)sqlite_fail(s, rc, "a value is refused", e);
			return NULL;
		}
	}
	return st;
}

static void
finish(sqlite3_stmt *st)
{
	(void)sqlite3_reset(st);
	(void)sqlite3_clear_bindings(st);
}

static bool
exec(struct store *s, enum statement which, const struct value *v, size_t n,
    struct err *e)
{
	sqlite3_stmt *st = start(s, which, v, n, e);
	bool ok = true;
	int rc;

	if (st == NULL)
		return false;
	rc = sqlite3_step(st);
	if (rc != SQLITE_DONE)
		ok = sqlite_fail(s, rc, "cannot be written", e);
	finish(st);
	return ok;
}

/* Calls `row` per row of a statement that was started. */
static bool
each(struct store *s, sqlite3_stmt *st, void (*row)(sqlite3_stmt *, void *),
    void *arg, struct err *e)
{
	bool ok = true;
	int rc;

	if (st == NULL)
		return false;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		row(st, arg);
	if (rc != SQLITE_DONE)
		ok = sqlite_fail(s, rc, "cannot be read", e);
	finish(st);
	return ok;
}

static struct sv
column_text(sqlite3_stmt *st, int at)
{
	const char *p = (const char *)sqlite3_column_text(st, at);

	return (struct sv) { p, (size_t)sqlite3_column_bytes(st, at) };
}

static struct sv
column_blob(sqlite3_stmt *st, int at)
{
	const char *p = sqlite3_column_blob(st, at);

	return (struct sv) { p, (size_t)sqlite3_column_bytes(st, at) };
}

/* What has another length, which we never wrote, reads as zeros. */
static void
column_bytes(sqlite3_stmt *st, int at, unsigned char *out, size_t n)
{
	struct sv v = column_blob(st, at);

	memset(out, 0, n);
	if (v.len == n)
		memcpy(out, v.p, n);
}

static void
column_key(sqlite3_stmt *st, int at, unsigned char out[ITEM_KEY_BYTES])
{
	column_bytes(st, at, out, ITEM_KEY_BYTES);
}

bool
store_begin(struct store *s, struct err *e)
{
	assert(!s->in_tx);
	s->in_tx = exec(s, S_BEGIN, NULL, 0, e);
	return s->in_tx;
}

bool
store_commit(struct store *s, struct err *e)
{
	bool ok = exec(s, S_COMMIT, NULL, 0, e);

	if (ok)
		s->in_tx = false;
	else
		store_rollback(s);
	return ok;
}

/* Many errors have rolled the transaction back already. */
void
store_rollback(struct store *s)
{
	s->in_tx = false;
	if (s->db != NULL && sqlite3_get_autocommit(s->db) == 0 &&
	    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK &&
	    s->health == HEALTH_GOOD && s->dir != NULL)
		s->health = HEALTH_REOPEN;
}

bool
store_put_feed(struct store *s, const struct store_feed *f, struct err *e)
{
	const struct feed_health *h = &f->health;

	return EXEC(s, S_PUT_FEED, e, TEXT(f->name), TEXT(f->url),
	    TEXT(f->etag), TEXT(f->last_modified), TEXT(f->moved_to),
	    INT(f->moved_since_ms), INT(f->next_due_ms), INT(f->last_poll_ms),
	    INT(f->interval_ms), INT(f->hold_until_ms), INT(f->failures),
	    INT(f->gone), INT(f->seen_before), INT(f->first_poll_ms),
	    INT(h->good_ms), INT(h->failed_ms), INT(h->new_ms), INT(h->out_ms),
	    INT(h->quiet_ms), INT(h->longest_ms), INT(h->pauses),
	    INT(h->watched_ms), INT(h->items), INT(h->gap_ms),
	    INT(h->gap_items), INT(h->missed), INT(h->owed), INT(h->told));
}

bool
store_tell_feed(
    struct store *s, struct sv name, enum feed_trouble t, struct err *e)
{
	bool is_end = t == FEED_RECOVERED;

	return EXEC(s, S_TELL_FEED, e, TEXT(name), INT(FEED_BIT(t)),
	    INT(is_end ? FEED_BIT(FEED_FAILING) : 0),
	    INT(is_end ? 0 : FEED_BIT(t)));
}

bool
store_put_failing(struct store *s, struct sv destination, struct err *e)
{
	return EXEC(s, S_PUT_FAILING, e, TEXT(destination));
}

bool
store_del_failing(struct store *s, struct sv destination, struct err *e)
{
	return EXEC(s, S_DEL_FAILING, e, TEXT(destination));
}

bool
store_put_item(struct store *s, const struct store_item *i, struct err *e)
{
	return EXEC(s, S_PUT_ITEM, e, TEXT(i->feed), KEY(i->key),
	    INT(i->disposition), INT(i->seen_ms));
}

bool
store_touch_item(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], int64_t seen_ms, struct err *e)
{
	return EXEC(s, S_TOUCH_ITEM, e, TEXT(feed), KEY(key), INT(seen_ms));
}

bool
store_set_traits(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], const struct item_traits *t,
    struct err *e)
{
	return EXEC(s, S_SET_TRAITS, e, TEXT(feed), KEY(key), INT(t->link),
	    INT(t->title), INT(t->date), INT(t->page), INT(t->shared),
	    INT(t->wording), INT(t->text));
}

bool
store_set_shared(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], struct err *e)
{
	return EXEC(s, S_SET_SHARED, e, TEXT(feed), KEY(key));
}

bool
store_put_told(struct store *s, const struct store_told *t, struct err *e)
{
	return EXEC(s, S_PUT_TOLD, e, TEXT(t->feed), KEY(t->key),
	    TEXT(t->filter), TEXT(t->title), TEXT(t->lead), INT(t->story),
	    INT(t->told_ms), INT(t->since_ms), INT(t->updates), INT(t->how));
}

/* Each new alert lets a few old bodies and ids go, so that the table does not
 * grow. */
bool
store_put_alert(struct store *s, const struct store_alert *a, struct err *e)
{
	return EXEC(s, S_PUT_ALERT, e, TEXT(a->id), TEXT(a->destination),
		   INT(a->created_ms), TEXT(a->body)) &&
	    EXEC(s, S_FORGET_BODIES, e, INT(a->created_ms - OUTBOX_KEPT_MS),
		INT(OUTBOX_KEPT_ROWS)) &&
	    EXEC(s, S_FORGET_DONE, e, INT(a->created_ms - DONE_KEPT_MS));
}

bool
store_put_pending(struct store *s, const struct store_pending *p, struct err *e)
{
	return EXEC(s, S_PUT_PENDING, e, TEXT(p->feed), KEY(p->key),
	    TEXT(p->item), INT(p->attempts), INT(p->next_ms), TEXT(p->host));
}

bool
store_del_pending(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], struct err *e)
{
	return EXEC(s, S_DEL_PENDING, e, TEXT(feed), KEY(key));
}

bool
store_put_story_item(
    struct store *s, const struct store_story_item *i, struct err *e)
{
	return EXEC(s, S_PUT_STORY_ITEM, e, INT(i->time_ms), BLOB(i->entry)) &&
	    EXEC(s, S_FORGET_STORY_ITEMS, e,
		INT(i->time_ms - STORIES_KEPT_MS)) &&
	    EXEC(s, S_CROP_STORY_ITEMS, e, INT(STORIES_ITEMS));
}

bool
store_put_telling(struct store *s, const struct store_telling *t, struct err *e)
{
	const struct sv first = { (const char *)t->first, sizeof(t->first) };
	const struct sv confirmer = { (const char *)t->confirmer,
		sizeof(t->confirmer) };

	return EXEC(s, S_PUT_TELLING, e, INT(t->story), TEXT(t->filter),
		   INT(t->time_ms), BLOB(first), BLOB(confirmer),
		   INT(t->sources), INT(t->updated_ms), TEXT(t->also),
		   INT(t->version), INT(t->due_ms), BLOB(t->vouchers),
		   TEXT(t->held_id), TEXT(t->held)) &&
	    EXEC(s, S_FORGET_TELLINGS, e, INT(t->time_ms - STORIES_KEPT_MS)) &&
	    EXEC(s, S_CROP_TELLINGS, e, INT(STORIES_TELLINGS));
}

bool
store_del_telling(
    struct store *s, uint64_t story, struct sv filter, struct err *e)
{
	return EXEC(s, S_DEL_TELLING, e, INT(story), TEXT(filter));
}

bool
store_put_quota(struct store *s, const struct store_quota *q, struct err *e)
{
	return EXEC(s, S_PUT_QUOTA, e, TEXT(q->filter), INT(q->version),
		   INT(q->serial), INT(q->since_ms), INT(q->until_ms),
		   INT(q->let_through), INT(q->over), INT(q->shown),
		   TEXT(q->items), TEXT(q->titles)) &&
	    EXEC(s, S_FORGET_QUOTAS, e, INT(q->since_ms - QUOTA_KEPT_MS));
}

bool
store_outbox_done(struct store *s, int64_t row, struct err *e)
{
	return EXEC(s, S_DONE, e, INT(row), INT(OUTBOX_KEPT_BYTES));
}

bool
store_outbox_retry(
    struct store *s, int64_t row, unsigned attempts, struct err *e)
{
	return EXEC(s, S_RETRY, e, INT(row), INT(attempts));
}

bool
store_outbox_dead(
    struct store *s, int64_t row, struct sv why, int64_t now_ms, struct err *e)
{
	return EXEC(s, S_DEAD, e, INT(row), TEXT(why), INT(now_ms));
}

/* From the newest on: the first one that is not kept. */
struct dead_cut {
	const struct store_dead_prune *what;
	size_t rows, bytes; /* so far */
	int64_t over; /* row beyond a ceiling; 0: none */
	int64_t old; /* row from which on all are too old; 0: none */
};

static void
on_dead_row(sqlite3_stmt *st, void *arg)
{
	struct dead_cut *c = arg;

	int64_t row = sqlite3_column_int64(st, 0);
	bool is_old = sqlite3_column_int64(st, 1) < c->what->before_ms;

	c->rows++;
	c->bytes += (size_t)sqlite3_column_int64(st, 2);
	if (c->over == 0 &&
	    (c->rows > c->what->keep || c->bytes > c->what->keep_bytes))
		c->over = row;
	if (!is_old)
		c->old = 0; /* the clock was wrong when a newer one ended */
	else if (c->old == 0)
		c->old = row;
}

bool
store_prune_dead(
    struct store *s, const struct store_dead_prune *p, size_t *n, struct err *e)
{
	const struct value v[] = { TEXT(p->destination),
		INT((int64_t)p->keep + 1) };
	struct dead_cut cut = { .what = p };
	int64_t last;

	*n = 0;
	if (!each(s, start(s, S_DEAD_LETTERS, v, COUNTOF(v), e), on_dead_row,
		&cut, e))
		return false;
	last = cut.old > cut.over ? cut.old : cut.over;
	if (last == 0)
		return true;
	if (!EXEC(s, S_DROP_DEAD, e, TEXT(p->destination), INT(last),
		INT(p->limit)))
		return false;
	*n = (size_t)sqlite3_changes64(s->db);
	return true;
}

bool
store_put_outage(struct store *s, const struct store_outage *o, struct err *e)
{
	return EXEC(s, S_PUT_OUTAGE, e, TEXT(o->destination), INT(o->failures),
	    INT(o->since_ms), INT(o->tried_ms), INT(o->next_ms), TEXT(o->why));
}

bool
store_del_outage(struct store *s, struct sv destination, struct err *e)
{
	return EXEC(s, S_DEL_OUTAGE, e, TEXT(destination));
}

bool
store_put_hold(struct store *s, const struct store_hold *h, struct err *e)
{
	return EXEC(
	    s, S_PUT_HOLD, e, INT(h->kind), TEXT(h->name), INT(h->until_ms));
}

bool
store_del_hold(struct store *s, enum hold kind, struct sv name, struct err *e)
{
	return EXEC(s, S_DEL_HOLD, e, INT(kind), TEXT(name));
}

bool
store_set_hold(struct store *s, const struct store_hold *h, bool on,
    int64_t now_ms, struct err *e)
{
	if (!store_begin(s, e))
		return false;
	if (!(on ? store_put_hold(s, h, e)
		 : store_del_hold(s, h->kind, h->name, e)) ||
	    !EXEC(s, S_FORGET_HOLDS, e, INT(h->kind), INT(now_ms))) {
		store_rollback(s);
		return false;
	}
	return store_commit(s, e);
}

struct row_list {
	int64_t v[REPLAY_AT_ONCE];
	size_t n;
};

static void
on_row_number(sqlite3_stmt *st, void *arg)
{
	struct row_list *l = arg;

	assert(l->n < COUNTOF(l->v));
	l->v[l->n++] = sqlite3_column_int64(st, 0);
}

bool
store_replay(struct store *s, const struct store_replay *r, size_t *n,
    int64_t *last, struct err *e)
{
	const struct value v[] = { TEXT(r->destination), INT(r->after),
		INT(r->upto), INT(r->since_ms), INT(r->dead_only),
		INT(REPLAY_AT_ONCE) };
	struct row_list rows = { .n = 0 };

	if (!each(s, start(s, S_REPLAYABLE, v, COUNTOF(v), e), on_row_number,
		&rows, e))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		if (!EXEC(s, S_REPLAY_ROW, e, INT(rows.v[i]), INT(r->now_ms)))
			return false;
	*n = rows.n;
	if (rows.n != 0)
		*last = rows.v[rows.n - 1];
	return true;
}

bool
store_replay_id(struct store *s, struct sv destination, struct sv id,
    int64_t now_ms, bool *found, struct err *e)
{
	if (!EXEC(s, S_REPLAY_ID, e, TEXT(id), TEXT(destination), INT(now_ms)))
		return false;
	*found = sqlite3_changes64(s->db) != 0;
	return true;
}

static bool
forget(struct store *s, struct sv feed, int64_t before_ms, size_t limit,
    size_t *n, struct err *e)
{
	if (!EXEC(s, S_PRUNE_ITEMS, e, TEXT(feed), INT(before_ms), INT(limit)))
		return false;
	*n = (size_t)sqlite3_changes64(s->db);
	return true;
}

static void
on_count_row(sqlite3_stmt *st, void *arg)
{
	*(size_t *)arg = (size_t)sqlite3_column_int64(st, 0);
}

static bool
count_items(struct store *s, struct sv feed, size_t *n, struct err *e)
{
	const struct value v[] = { TEXT(feed) };

	return each(
	    s, start(s, S_COUNT_ITEMS, v, COUNTOF(v), e), on_count_row, n, e);
}

bool
store_prune_items(struct store *s, struct sv feed, const struct store_prune *p,
    bool *more, struct err *e)
{
	size_t old = 0, count = 0, surplus = 0, room;

	if (!forget(s, feed, p->before_ms, p->limit, &old, e) ||
	    !count_items(s, feed, &count, e))
		return false;
	room = p->limit - old;
	if (count > p->keep)
		surplus = count - p->keep < room ? count - p->keep : room;
	if (surplus != 0 && !forget(s, feed, p->since_ms, surplus, &surplus, e))
		return false;
	*more = old + surplus == p->limit;
	return true;
}

bool
store_forget_feed(struct store *s, struct sv feed, int64_t before_ms,
    size_t limit, bool *more, struct err *e)
{
	size_t n = 0;

	*more = false;
	if (!EXEC(s, S_UNSEE_FEED, e, TEXT(feed), INT(before_ms)))
		return false;
	if (sqlite3_changes64(s->db) == 0)
		return true;
	if (!forget(s, feed, INT64_MAX, limit, &n, e))
		return false;
	*more = n == limit;
	return *more || EXEC(s, S_DEL_FEED, e, TEXT(feed));
}

struct finding {
	bool *has;
	struct store_seen *seen;
	unsigned char *key;
};

static void
on_item_row(sqlite3_stmt *st, void *arg)
{
	const struct finding *f = arg;

	*f->has = true;
	f->seen->traits = (struct item_traits) {
		.link = sqlite3_column_int64(st, 0),
		.title = sqlite3_column_int64(st, 1),
		.date = sqlite3_column_int64(st, 2),
		.page = sqlite3_column_int64(st, 3),
		.shared = sqlite3_column_int(st, 4) != 0,
		.wording = sqlite3_column_int64(st, 5),
		.text = sqlite3_column_int64(st, 6),
	};
	f->seen->disposition = (enum disposition)sqlite3_column_int(st, 7);
}

bool
store_has_item(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], bool *has, struct store_seen *seen,
    struct err *e)
{
	const struct value v[] = { TEXT(feed), KEY(key) };
	struct store_seen is = { 0 };
	bool found = false;
	struct finding f = { .has = &found, .seen = &is };

	if (!each(
		s, start(s, S_HAS_ITEM, v, COUNTOF(v), e), on_item_row, &f, e))
		return false;
	*has = found;
	*seen = is;
	return true;
}

static void
on_page_row(sqlite3_stmt *st, void *arg)
{
	const struct finding *f = arg;

	*f->has = true;
	column_key(st, 0, f->key);
}

bool
store_has_page(struct store *s, struct sv feed, int64_t page, bool *has,
    unsigned char key[ITEM_KEY_BYTES], struct err *e)
{
	const struct value v[] = { TEXT(feed), INT(page) };
	bool found = false;
	struct finding f = { .has = &found, .key = key };

	if (!each(
		s, start(s, S_HAS_PAGE, v, COUNTOF(v), e), on_page_row, &f, e))
		return false;
	*has = found;
	return true;
}

static void
on_alert_row(sqlite3_stmt *st, void *arg)
{
	(void)st;
	*(bool *)arg = true;
}

bool
store_has_alert(struct store *s, struct sv id, bool *has, struct err *e)
{
	const struct value v[] = { TEXT(id) };
	bool found = false;

	if (!each(s, start(s, S_HAS_ALERT, v, COUNTOF(v), e), on_alert_row,
		&found, e))
		return false;
	*has = found;
	return true;
}

struct reader {
	union {
		store_told_fn *told;
		store_feed_fn *feed;
		store_failing_fn *failing;
		store_pending_fn *pending;
		store_outbox_fn *outbox;
		store_outage_fn *outage;
		store_story_item_fn *story_item;
		store_telling_fn *telling;
		store_quota_fn *quota;
		store_hold_fn *hold;
	} fn;
	void *arg;
};

static void
on_told_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;
	struct store_told t = {
		.feed = column_text(st, 0),
		.filter = column_text(st, 2),
		.title = column_text(st, 3),
		.lead = column_text(st, 4),
		.story = (uint64_t)sqlite3_column_int64(st, 5),
		.told_ms = sqlite3_column_int64(st, 6),
		.since_ms = sqlite3_column_int64(st, 7),
		.updates = (unsigned)sqlite3_column_int64(st, 8),
		.how = (enum told_how)sqlite3_column_int(st, 9),
	};

	column_key(st, 1, t.key);
	r->fn.told(&t, r->arg);
}

bool
store_each_told(struct store *s, struct sv feed,
    const unsigned char key[ITEM_KEY_BYTES], store_told_fn *fn, void *arg,
    struct err *e)
{
	const struct value v[] = { TEXT(feed), KEY(key) };
	struct reader r = { { .told = fn }, arg };

	return each(s, start(s, S_TOLD, v, COUNTOF(v), e), on_told_row, &r, e);
}

static void
read_health(sqlite3_stmt *st, struct feed_health *h)
{
	int at = 14;

	h->good_ms = sqlite3_column_int64(st, at++);
	h->failed_ms = sqlite3_column_int64(st, at++);
	h->new_ms = sqlite3_column_int64(st, at++);
	h->out_ms = sqlite3_column_int64(st, at++);
	h->quiet_ms = sqlite3_column_int64(st, at++);
	h->longest_ms = sqlite3_column_int64(st, at++);
	h->pauses = (unsigned)sqlite3_column_int64(st, at++);
	h->watched_ms = sqlite3_column_int64(st, at++);
	h->items = (size_t)sqlite3_column_int64(st, at++);
	h->gap_ms = sqlite3_column_int64(st, at++);
	h->gap_items = (size_t)sqlite3_column_int64(st, at++);
	h->missed = sqlite3_column_int64(st, at++) != 0;
	h->owed = (unsigned)sqlite3_column_int64(st, at++);
	h->told = (unsigned)sqlite3_column_int64(st, at++);
}

static void
on_feed_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;
	struct store_feed f = {
		.name = column_text(st, 0),
		.url = column_text(st, 1),
		.etag = column_text(st, 2),
		.last_modified = column_text(st, 3),
		.moved_to = column_text(st, 4),
		.moved_since_ms = sqlite3_column_int64(st, 5),
		.next_due_ms = sqlite3_column_int64(st, 6),
		.last_poll_ms = sqlite3_column_int64(st, 7),
		.interval_ms = sqlite3_column_int64(st, 8),
		.hold_until_ms = sqlite3_column_int64(st, 9),
		.failures = (unsigned)sqlite3_column_int64(st, 10),
		.gone = sqlite3_column_int(st, 11) != 0,
		.seen_before = sqlite3_column_int(st, 12) != 0,
		.first_poll_ms = sqlite3_column_int64(st, 13),
	};

	read_health(st, &f.health);
	r->fn.feed(&f, r->arg);
}

bool
store_each_feed(struct store *s, store_feed_fn *fn, void *arg, struct err *e)
{
	struct reader r = { { .feed = fn }, arg };

	return each(s, start(s, S_FEEDS, NULL, 0, e), on_feed_row, &r, e);
}

static void
on_failing_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;

	r->fn.failing(column_text(st, 0), r->arg);
}

bool
store_each_failing(
    struct store *s, store_failing_fn *fn, void *arg, struct err *e)
{
	struct reader r = { { .failing = fn }, arg };

	return each(s, start(s, S_FAILINGS, NULL, 0, e), on_failing_row, &r, e);
}

static void
on_pending_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;
	struct store_pending p = {
		.feed = column_text(st, 0),
		.item = column_text(st, 2),
		.attempts = (unsigned)sqlite3_column_int64(st, 3),
		.next_ms = sqlite3_column_int64(st, 4),
		.host = column_text(st, 5),
	};

	column_key(st, 1, p.key);
	r->fn.pending(&p, r->arg);
}

static void
on_name_row(sqlite3_stmt *st, void *arg)
{
	(void)str_add(arg, column_text(st, 0));
}

bool
store_next_host(
    struct store *s, struct sv after, struct str *host, struct err *e)
{
	const struct value v[] = { TEXT(after) };

	return each(
	    s, start(s, S_NEXT_HOST, v, COUNTOF(v), e), on_name_row, host, e);
}

bool
store_next_queue(
    struct store *s, struct sv after, struct str *destination, struct err *e)
{
	const struct value v[] = { TEXT(after) };

	return each(s, start(s, S_NEXT_QUEUE, v, COUNTOF(v), e), on_name_row,
	    destination, e);
}

bool
store_next_dead(
    struct store *s, struct sv after, struct str *destination, struct err *e)
{
	const struct value v[] = { TEXT(after) };

	return each(s, start(s, S_NEXT_DEAD, v, COUNTOF(v), e), on_name_row,
	    destination, e);
}

bool
store_each_pending(struct store *s, const struct store_due *d,
    store_pending_fn *fn, void *arg, struct err *e)
{
	const struct value v[] = { TEXT(d->host), INT(d->by_ms),
		INT(d->beyond_ms), INT(d->limit) };
	struct reader r = { { .pending = fn }, arg };

	return each(
	    s, start(s, S_PENDING, v, COUNTOF(v), e), on_pending_row, &r, e);
}

static void
on_outbox_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;

	r->fn.outbox(
	    &(struct store_outbox) {
		.row = sqlite3_column_int64(st, 0),
		.id = column_text(st, 1),
		.destination = column_text(st, 2),
		.created_ms = sqlite3_column_int64(st, 3),
		.attempts = (unsigned)sqlite3_column_int64(st, 4),
		.body = column_text(st, 5),
	    },
	    r->arg);
}

bool
store_each_outbox(struct store *s, struct sv destination, int64_t after,
    size_t limit, store_outbox_fn *fn, void *arg, struct err *e)
{
	const struct value v[] = { TEXT(destination), INT(after), INT(limit) };
	struct reader r = { { .outbox = fn }, arg };

	return each(
	    s, start(s, S_OUTBOX, v, COUNTOF(v), e), on_outbox_row, &r, e);
}

static void
on_outage_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;

	r->fn.outage(
	    &(struct store_outage) {
		.destination = column_text(st, 0),
		.failures = (unsigned)sqlite3_column_int64(st, 1),
		.since_ms = sqlite3_column_int64(st, 2),
		.tried_ms = sqlite3_column_int64(st, 3),
		.next_ms = sqlite3_column_int64(st, 4),
		.why = column_text(st, 5),
	    },
	    r->arg);
}

bool
store_read_outage(struct store *s, struct sv destination, store_outage_fn *fn,
    void *arg, struct err *e)
{
	const struct value v[] = { TEXT(destination) };
	struct reader r = { { .outage = fn }, arg };

	return each(
	    s, start(s, S_OUTAGE, v, COUNTOF(v), e), on_outage_row, &r, e);
}

static void
on_last_row(sqlite3_stmt *st, void *arg)
{
	*(int64_t *)arg = sqlite3_column_int64(st, 0);
}

bool
store_last_outbox(struct store *s, int64_t *row, struct err *e)
{
	return each(s, start(s, S_LAST_ROW, NULL, 0, e), on_last_row, row, e);
}

static void
on_queue_row(sqlite3_stmt *st, void *arg)
{
	struct store_queue *out = arg;

	out->waiting = sqlite3_column_int64(st, 0);
	out->oldest_ms = sqlite3_column_int64(st, 1);
	out->dead = sqlite3_column_int64(st, 2);
	out->oldest_dead_ms = sqlite3_column_int64(st, 3);
}

bool
store_read_queue(struct store *s, struct sv destination,
    struct store_queue *out, struct err *e)
{
	const struct value v[] = { TEXT(destination), INT(OUTBOX_COUNT) };

	return each(
	    s, start(s, S_QUEUE, v, COUNTOF(v), e), on_queue_row, out, e);
}

static void
on_hold_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;

	r->fn.hold(
	    &(struct store_hold) {
		.kind = (enum hold)sqlite3_column_int(st, 0),
		.name = column_text(st, 1),
		.until_ms = sqlite3_column_int64(st, 2),
	    },
	    r->arg);
}

bool
store_each_hold(struct store *s, enum hold kind, store_hold_fn *fn, void *arg,
    struct err *e)
{
	const struct value v[] = { INT(kind) };
	struct reader r = { { .hold = fn }, arg };

	return each(s, start(s, S_HOLDS, v, COUNTOF(v), e), on_hold_row, &r, e);
}

static void
on_story_item_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;

	r->fn.story_item(
	    &(struct store_story_item) {
		.time_ms = sqlite3_column_int64(st, 0),
		.entry = column_blob(st, 1),
	    },
	    r->arg);
}

bool
store_each_story_item(struct store *s, int64_t since_ms,
    store_story_item_fn *fn, void *arg, struct err *e)
{
	const struct value v[] = { INT(since_ms) };
	struct reader r = { { .story_item = fn }, arg };

	return each(s, start(s, S_STORY_ITEMS, v, COUNTOF(v), e),
	    on_story_item_row, &r, e);
}

static void
on_telling_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;
	struct store_telling t = {
		.story = (uint64_t)sqlite3_column_int64(st, 0),
		.filter = column_text(st, 1),
		.time_ms = sqlite3_column_int64(st, 2),
		.sources = (unsigned)sqlite3_column_int64(st, 5),
		.updated_ms = sqlite3_column_int64(st, 6),
		.also = column_text(st, 7),
		.version = sqlite3_column_int64(st, 8),
		.due_ms = sqlite3_column_int64(st, 9),
		.vouchers = column_blob(st, 10),
	};

	column_bytes(st, 3, t.first, sizeof(t.first));
	column_bytes(st, 4, t.confirmer, sizeof(t.confirmer));
	r->fn.telling(&t, r->arg);
}

bool
store_each_telling(struct store *s, int64_t since_ms, store_telling_fn *fn,
    void *arg, struct err *e)
{
	const struct value v[] = { INT(since_ms) };
	struct reader r = { { .telling = fn }, arg };

	return each(
	    s, start(s, S_TELLINGS, v, COUNTOF(v), e), on_telling_row, &r, e);
}

static void
on_held_row(sqlite3_stmt *st, void *arg)
{
	struct store_held *out = arg;

	out->version = sqlite3_column_int64(st, 0);
	(void)str_add(out->id, column_text(st, 1));
	(void)str_add(out->body, column_text(st, 2));
}

bool
store_read_held(struct store *s, uint64_t story, struct sv filter,
    struct store_held *out, struct err *e)
{
	const struct value v[] = { INT(story), TEXT(filter) };

	out->version = -1;
	return each(s, start(s, S_HELD, v, COUNTOF(v), e), on_held_row, out, e);
}

static void
on_quota_row(sqlite3_stmt *st, void *arg)
{
	const struct reader *r = arg;

	r->fn.quota(
	    &(struct store_quota) {
		.filter = column_text(st, 0),
		.version = sqlite3_column_int64(st, 1),
		.serial = sqlite3_column_int64(st, 2),
		.since_ms = sqlite3_column_int64(st, 3),
		.until_ms = sqlite3_column_int64(st, 4),
		.let_through = (unsigned)sqlite3_column_int64(st, 5),
		.over = (unsigned)sqlite3_column_int64(st, 6),
		.shown = (unsigned)sqlite3_column_int64(st, 7),
		.items = column_text(st, 8),
		.titles = column_text(st, 9),
	    },
	    r->arg);
}

bool
store_each_quota(struct store *s, store_quota_fn *fn, void *arg, struct err *e)
{
	struct reader r = { { .quota = fn }, arg };

	return each(s, start(s, S_QUOTAS, NULL, 0, e), on_quota_row, &r, e);
}

static void
on_stats_row(sqlite3_stmt *st, void *arg)
{
	struct store_stats *out = arg;

	out->items = sqlite3_column_int64(st, 0);
	out->pending = sqlite3_column_int64(st, 1);
	out->outbox = sqlite3_column_int64(st, 2);
	out->dead = sqlite3_column_int64(st, 3);
}

bool
store_read_stats(struct store *s, struct store_stats *out, struct err *e)
{
	return each(s, start(s, S_STATS, NULL, 0, e), on_stats_row, out, e);
}
