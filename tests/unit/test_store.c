/* tests/unit/test_store.c: the contract of store/store.h, and what a database
 * file goes through. */
#include "store/sqlite.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY INT64_C(86400000)

struct place {
	char dir[64];
	struct store *s;
	struct err e;
};

static const unsigned char key_a[ITEM_KEY_BYTES] = "aaaaaaaaaaaaaaaa";
static const unsigned char key_b[ITEM_KEY_BYTES] = "b\0bbbbbbbbbbbbb";

#define OK(p, call) assert_ok((p), (call), __LINE__)

static void
assert_ok(struct place *p, bool ok, int line)
{
	if (!ok)
		fail_msg("line %d: %s", line, p->e.msg);
}

static void
open_store(struct place *p)
{
	bool fresh = true;

	p->s = store_open(p->dir, &fresh, &p->e);
	if (p->s == NULL)
		fail_msg("%s", p->e.msg);
	assert_false(fresh);
}

static void
reopen(struct place *p)
{
	store_close(p->s);
	open_store(p);
}

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/test_store.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	open_store(p);
	*state = p;
	return 0;
}

/* How many names in the directory start so; removes them when asked to. */
static size_t
names(const struct place *p, const char *start, bool and_remove)
{
	DIR *d = opendir(p->dir);
	struct dirent *f;
	size_t n = 0;

	assert_non_null(d);
	while ((f = readdir(d)) != NULL) {
		if (f->d_name[0] == '.' ||
		    strncmp(f->d_name, start, strlen(start)) != 0)
			continue;
		n++;
		if (and_remove)
			assert_int_equal(unlinkat(dirfd(d), f->d_name, 0), 0);
	}
	assert_int_equal(closedir(d), 0);
	return n;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	store_close(p->s);
	(void)names(p, "", true);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void
put_item(struct place *p, struct sv feed, const unsigned char *key, int64_t t)
{
	struct store_item i = {
		.feed = feed, .disposition = ITEM_NO_MATCH, .seen_ms = t
	};

	memcpy(i.key, key, sizeof(i.key));
	OK(p, store_put_item(p->s, &i, &p->e));
}

static void
put_alert(struct place *p, const char *id, const char *to, int64_t t)
{
	struct store_alert a = { .id = sv_of(id),
		.destination = sv_of(to),
		.body = SV("{\"é\":1}"),
		.created_ms = t };

	OK(p, store_put_alert(p->s, &a, &p->e));
}

static bool
has(struct place *p, struct sv feed, const unsigned char *key)
{
	struct store_seen t;
	bool found = false;

	OK(p, store_has_item(p->s, feed, key, &found, &t, &p->e));
	return found;
}

struct rows {
	struct store_outbox v[300];
	char id[300][32];
	size_t n;
};

static void
on_row(const struct store_outbox *o, void *arg)
{
	struct rows *r = arg;

	assert_true(r->n < COUNTOF(r->v));
	r->v[r->n] = *o;
	assert_true(o->id.len < sizeof(r->id[0]));
	memcpy(r->id[r->n], o->id.p, o->id.len);
	r->id[r->n++][o->id.len] = '\0';
	assert_true(
	    sv_is(o->body, "{\"é\":1}") || sv_starts(o->body, SV("xxx")));
}

static struct rows rows;

static size_t
read_outbox(struct place *p, const char *to, int64_t after, size_t limit)
{
	memset(&rows, 0, sizeof(rows));
	OK(p,
	    store_each_outbox(
		p->s, sv_of(to), after, limit, on_row, &rows, &p->e));
	return rows.n;
}

static void
items_are_known_per_feed_and_after_a_restart(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_item(p, SV("one"), key_a, 1);
	put_item(p, SV("one"), key_a, 2); /* again: no harm */
	put_item(p, SV("one"), key_b, 1);
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	assert_true(has(p, SV("one"), key_a));
	assert_true(has(p, SV("one"), key_b));
	assert_false(has(p, SV("two"), key_a));
}

static void
a_rolled_back_change_is_gone(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_item(p, SV("f"), key_a, 1);
	assert_true(has(p, SV("f"), key_a));
	store_rollback(p->s);
	assert_false(has(p, SV("f"), key_a));
	OK(p, store_begin(p->s, &p->e));
	put_item(p, SV("f"), key_a, 1);
	store_close(p->s); /* commits nothing */
	open_store(p);
	assert_false(has(p, SV("f"), key_a));
}

/* Returns whether there is more to do. */
static bool
prune(struct place *p, struct sv feed, struct store_prune what)
{
	bool more = false;

	OK(p, store_prune_items(p->s, feed, &what, &more, &p->e));
	return more;
}

static void
put_numbered(struct place *p, unsigned char n, int64_t seen_ms)
{
	unsigned char key[ITEM_KEY_BYTES] = { n };

	put_item(p, SV("f"), key, seen_ms);
}

static size_t
count_numbered(struct place *p, unsigned char from, unsigned char to)
{
	size_t n = 0;

	for (unsigned char i = from; i < to; i++) {
		unsigned char key[ITEM_KEY_BYTES] = { i };

		n += has(p, SV("f"), key);
	}
	return n;
}

static void
prune_forgets_the_longest_unseen_when_there_are_too_many(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	for (unsigned char i = 0; i < 100; i++)
		put_numbered(p, i, 1000 - i);
	/* The last ones are the oldest. */
	assert_true(prune(p, SV("f"), (struct store_prune) { 0, 999, 60, 9 }));
	assert_int_equal(count_numbered(p, 0, 91), 91);
	assert_int_equal(count_numbered(p, 91, 100), 0);
	assert_false(
	    prune(p, SV("f"), (struct store_prune) { 0, 999, 60, 99 }));
	assert_int_equal(count_numbered(p, 0, 60), 60);
	assert_int_equal(count_numbered(p, 60, 100), 0);
	/* What has just been seen is never too much. */
	assert_false(prune(p, SV("f"), (struct store_prune) { 0, 970, 9, 99 }));
	assert_int_equal(count_numbered(p, 0, 60), 31);
	assert_false(prune(p, SV("f"), (struct store_prune) { 0, 970, 9, 99 }));
	OK(p, store_commit(p->s, &p->e));
}

static void
an_item_is_found_by_the_page_it_was(void **state)
{
	const struct item_traits t = { .link = -7,
		.title = 8,
		.date = 9,
		.page = INT64_MIN,
		.wording = 4,
		.text = -3 };
	struct place *p = *state;
	unsigned char key[ITEM_KEY_BYTES];
	struct store_seen got = { 0 };
	bool found = false;

	OK(p, store_begin(p->s, &p->e));
	put_item(p, SV("f"), key_a, 10);
	put_item(p, SV("f"), key_b, 10);
	OK(p, store_set_traits(p->s, SV("f"), key_a, &t, &p->e));
	put_item(p, SV("f"), key_a, 11); /* leaves them */
	OK(p, store_commit(p->s, &p->e));
	OK(p, store_has_item(p->s, SV("f"), key_a, &found, &got, &p->e));
	assert_true(found);
	assert_memory_equal(&got.traits, &t, sizeof(t));
	assert_int_equal(got.disposition, ITEM_NO_MATCH);
	OK(p, store_has_page(p->s, SV("f"), t.page, &found, key, &p->e));
	assert_true(found);
	assert_memory_equal(key, key_a, sizeof(key));
	OK(p, store_has_page(p->s, SV("g"), t.page, &found, key, &p->e));
	assert_false(found);
	OK(p, store_has_page(p->s, SV("f"), 0, &found, key, &p->e));
	assert_false(found); /* what has no traits is no page */
}

static void
on_told_item(const struct store_told *t, void *arg)
{
	(void)str_addf(arg, "%.*s|%.*s|%.*s|%d|%d|%d|%u|%d\n",
	    SV_ARG(t->filter), SV_ARG(t->title), SV_ARG(t->lead), (int)t->story,
	    (int)t->told_ms, (int)t->since_ms, t->updates, (int)t->how);
}

static void
assert_told(struct place *p, const unsigned char *key, const char *want)
{
	struct str got;

	str_init(&got, 1000);
	OK(p, store_each_told(p->s, SV("f"), key, on_told_item, &got, &p->e));
	assert_string_equal(str_c(&got), want);
	str_done(&got);
}

static void
what_was_told_of_an_item_goes_with_it(void **state)
{
	struct store_told t = { .feed = SV("f"),
		.filter = SV("truce"),
		.title = SV("One"),
		.lead = SV("A."),
		.story = 5,
		.told_ms = 10,
		.since_ms = 9 };
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_item(p, SV("f"), key_a, 10);
	put_item(p, SV("f"), key_b, 1000);
	memcpy(t.key, key_a, sizeof(t.key));
	OK(p, store_put_told(p->s, &t, &p->e));
	t.title = SV("Two");
	t.updates = 1;
	OK(p, store_put_told(p->s, &t, &p->e));
	t.filter = SV("quiet");
	t.how = TOLD_MUTE;
	OK(p, store_put_told(p->s, &t, &p->e));
	memcpy(t.key, key_b, sizeof(t.key));
	OK(p, store_put_told(p->s, &t, &p->e));
	assert_told(
	    p, key_a, "quiet|Two|A.|5|10|9|1|1\ntruce|Two|A.|5|10|9|1|0\n");
	assert_false(
	    prune(p, SV("f"), (struct store_prune) { 500, 500, 99, 99 }));
	assert_told(p, key_a, "");
	assert_told(p, key_b, "quiet|Two|A.|5|10|9|1|1\n");
	OK(p, store_commit(p->s, &p->e));
}

static void
prune_forgets_only_what_left_its_feed(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_item(p, SV("f"), key_a, 10);
	put_item(p, SV("f"), key_b, 10);
	put_item(p, SV("g"), key_a, 10);
	OK(p, store_touch_item(p->s, SV("f"), key_a, 99, &p->e));
	OK(p, store_touch_item(p->s, SV("h"), key_a, 99, &p->e));
	assert_false(prune(p, SV("f"), (struct store_prune) { 50, 50, 9, 9 }));
	OK(p, store_commit(p->s, &p->e));
	assert_true(has(p, SV("f"), key_a));
	assert_false(has(p, SV("f"), key_b));
	assert_true(has(p, SV("g"), key_a));
	assert_false(has(p, SV("h"), key_a));
}

static bool
forget(struct place *p, const char *feed, int64_t before_ms)
{
	bool more = true;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_forget_feed(p->s, sv_of(feed), before_ms, 2, &more, &p->e));
	OK(p, store_commit(p->s, &p->e));
	return more;
}

static void
note_feed(const struct store_feed *f, void *arg)
{
	(void)str_addf(
	    arg, "%.*s:%d ", SV_ARG(f->name), f->seen_before ? 1 : 0);
}

static void
assert_feeds(struct place *p, const char *want)
{
	struct str got;

	str_init(&got, KiB(1));
	OK(p, store_each_feed(p->s, note_feed, &got, &p->e));
	assert_string_equal(str_c(&got), want);
	str_done(&got);
}

/* First that it was seen before: what it brings then is new. */
static void
a_feed_is_forgotten_with_its_items(void **state)
{
	struct store_feed f = { .seen_before = true, .last_poll_ms = 9 };
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	f.name = SV("f");
	OK(p, store_put_feed(p->s, &f, &p->e));
	f.name = SV("g");
	OK(p, store_put_feed(p->s, &f, &p->e));
	put_item(p, SV("g"), key_a, 1);
	for (unsigned char i = 0; i < 3; i++)
		put_numbered(p, i, 100 + i);
	OK(p, store_commit(p->s, &p->e));
	assert_false(forget(p, "f", 9));
	assert_false(forget(p, "none", 99));
	assert_int_equal(count_numbered(p, 0, 3), 3);
	assert_true(forget(p, "f", 10));
	assert_int_equal(count_numbered(p, 0, 3), 1);
	assert_feeds(p, "f:0 g:1 ");
	assert_false(forget(p, "f", 10));
	assert_int_equal(count_numbered(p, 0, 3), 0);
	assert_feeds(p, "g:1 ");
	assert_true(has(p, SV("g"), key_a));
}

/* A number of its own in each member. */
static const struct feed_health some_health = {
	.good_ms = 11,
	.failed_ms = 12,
	.new_ms = 13,
	.out_ms = 14,
	.quiet_ms = 15,
	.longest_ms = 16,
	.pauses = 17,
	.watched_ms = 18,
	.items = 19,
	.gap_ms = 20,
	.gap_items = 21,
	.missed = true,
	.owed = FEED_BIT(FEED_FAILING) | FEED_BIT(FEED_RECOVERED),
	.told = FEED_BIT(FEED_SILENT) | FEED_BIT(FEED_GAP),
};

static void
check_health(const struct feed_health *h)
{
	const struct feed_health *w = &some_health;

	assert_int_equal(h->good_ms, w->good_ms);
	assert_int_equal(h->failed_ms, w->failed_ms);
	assert_int_equal(h->new_ms, w->new_ms);
	assert_int_equal(h->out_ms, w->out_ms);
	assert_int_equal(h->quiet_ms, w->quiet_ms);
	assert_int_equal(h->longest_ms, w->longest_ms);
	assert_int_equal(h->pauses, w->pauses);
	assert_int_equal(h->watched_ms, w->watched_ms);
	assert_int_equal(h->items, w->items);
	assert_int_equal(h->gap_ms, w->gap_ms);
	assert_int_equal(h->gap_items, w->gap_items);
	assert_true(h->missed);
	assert_int_equal(h->owed, w->owed);
	assert_int_equal(h->told, w->told);
}

static void
on_feed(const struct store_feed *f, void *arg)
{
	unsigned *n = arg;

	++*n;
	assert_true(sv_is(f->name, "wire"));
	assert_true(sv_is(f->url, "https://example.org/2"));
	assert_true(sv_is(f->etag, "\"x\""));
	assert_true(sv_is(f->last_modified, ""));
	assert_true(sv_is(f->moved_to, "https://example.org/3"));
	assert_int_equal(f->moved_since_ms, 1);
	assert_int_equal(f->next_due_ms, 2);
	assert_int_equal(f->last_poll_ms, 3);
	assert_int_equal(f->interval_ms, 5);
	assert_int_equal(f->hold_until_ms, INT64_C(1) << 50);
	assert_int_equal(f->failures, 7);
	assert_true(f->gone);
	assert_false(f->seen_before);
	assert_int_equal(f->first_poll_ms, 9);
	check_health(&f->health);
}

static void
a_feed_is_kept_with_every_field(void **state)
{
	struct place *p = *state;
	struct store_feed f = { .name = SV("wire"),
		.url = SV("u"),
		.moved_to = SV("https://example.org/3"),
		.moved_since_ms = 1,
		.next_due_ms = 2,
		.last_poll_ms = 3,
		.interval_ms = 5,
		.hold_until_ms = INT64_C(1) << 50,
		.failures = 7,
		.gone = true,
		.seen_before = true,
		.first_poll_ms = 9,
		.health = some_health };
	unsigned n = 0;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_feed(p->s, &f, &p->e));
	f.url = SV("https://example.org/2");
	f.etag = SV("\"x\"");
	f.seen_before = false;
	OK(p, store_put_feed(p->s, &f, &p->e));
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	OK(p, store_each_feed(p->s, on_feed, &n, &p->e));
	assert_int_equal(n, 1);
}

static void
on_pending(const struct store_pending *q, void *arg)
{
	struct str *seen = arg;

	(void)str_addf(seen, "%.*s %.*s %.1s %u %lld;", SV_ARG(q->feed),
	    SV_ARG(q->item), (const char *)q->key, q->attempts,
	    (long long)q->next_ms);
}

static void
put_pending(struct place *p, struct sv host, const unsigned char *key,
    unsigned attempts, int64_t next_ms)
{
	struct store_pending q = { .feed = SV("f"),
		.host = host,
		.item = SV("{}"),
		.attempts = attempts,
		.next_ms = next_ms };

	memcpy(q.key, key, sizeof(q.key));
	OK(p, store_put_pending(p->s, &q, &p->e));
}

/* What becomes of the item would be noted behind its feed, and stay. */
static void
a_feed_with_pending_items_is_not_forgotten(void **state)
{
	const struct store_feed f = { .name = SV("f"), .seen_before = true };
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_feed(p->s, &f, &p->e));
	put_numbered(p, 1, 100);
	put_pending(p, SV("x"), key_a, 0, 9);
	OK(p, store_commit(p->s, &p->e));
	assert_false(forget(p, "f", 10));
	assert_feeds(p, "f:1 ");
	assert_int_equal(count_numbered(p, 1, 2), 1);
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_del_pending(p->s, SV("f"), key_a, &p->e));
	OK(p, store_commit(p->s, &p->e));
	assert_false(forget(p, "f", 10));
	assert_feeds(p, "");
	assert_int_equal(count_numbered(p, 1, 2), 0);
}

static const char *
read_pending(struct place *p, struct store_due due)
{
	static struct str seen;

	str_done(&seen);
	str_init(&seen, 200);
	OK(p, store_each_pending(p->s, &due, on_pending, &seen, &p->e));
	return str_c(&seen);
}

static void
pending_items_come_in_order_of_their_time(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_pending(p, SV("x"), key_a, 1, 9);
	put_pending(p, SV("y"), key_b, 0, 5);
	put_pending(p, SV("x"), key_b, 2, 5); /* the same item again */
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	assert_string_equal(
	    read_pending(p, (struct store_due) { SV("x"), 9, 20, 9 }),
	    "f {} b 2 5;f {} a 1 9;");
	assert_string_equal(
	    read_pending(p, (struct store_due) { SV("x"), 9, 20, 1 }),
	    "f {} b 2 5;");
	assert_string_equal(
	    read_pending(p, (struct store_due) { SV("y"), 9, 20, 9 }), "");
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_del_pending(p->s, SV("f"), key_b, &p->e));
	OK(p, store_del_pending(p->s, SV("f"), key_b, &p->e));
	OK(p, store_commit(p->s, &p->e));
	assert_string_equal(
	    read_pending(p, (struct store_due) { SV("x"), 9, 20, 9 }),
	    "f {} a 1 9;");
}

static void
pending_items_come_when_they_are_due(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_pending(p, SV("x"), key_a, 1, 9);
	put_pending(p, SV("x"), key_b, 0, 10);
	OK(p, store_commit(p->s, &p->e));
	/* What was never tried is. */
	assert_string_equal(
	    read_pending(p, (struct store_due) { SV("x"), 8, 20, 9 }),
	    "f {} b 0 10;");
	/* And what waits for longer than can be. */
	assert_string_equal(
	    read_pending(p, (struct store_due) { SV("x"), 2, 8, 9 }),
	    "f {} a 1 9;f {} b 0 10;");
}

static void
hosts_of_pending_items_come_in_order(void **state)
{
	static const struct sv after[] = { SV_NONE, SV("x"), SV("y"), SV("z") };
	static const char *const next[] = { "x", "y", "z", "" };
	struct place *p = *state;
	struct str host;

	OK(p, store_begin(p->s, &p->e));
	put_pending(p, SV("z"), key_a, 0, 1);
	put_pending(p, SV("x"), key_b, 0, 2);
	put_pending(
	    p, SV("y"), (const unsigned char *)"cccccccccccccccc", 0, 3);
	OK(p, store_commit(p->s, &p->e));
	str_init(&host, 10);
	for (size_t i = 0; i < COUNTOF(after); i++) {
		str_clear(&host);
		OK(p, store_next_host(p->s, after[i], &host, &p->e));
		assert_string_equal(str_c(&host), next[i]);
	}
	str_done(&host);
}

static void
the_outbox_keeps_order_and_each_alert_once(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "z", "desk", 1);
	put_alert(p, "z", "spool", 1);
	put_alert(p, "a", "desk", 2);
	put_alert(p, "z", "desk", 3); /* again: kept once */
	put_alert(p, "m", "desk", 2);
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	assert_int_equal(read_outbox(p, "desk", 0, 10), 3);
	assert_string_equal(rows.id[0], "z");
	assert_string_equal(rows.id[1], "a");
	assert_string_equal(rows.id[2], "m");
	assert_int_equal(rows.v[0].created_ms, 1);
	assert_int_equal(read_outbox(p, "desk", rows.v[0].row, 1), 1);
	assert_string_equal(rows.id[0], "a");
	assert_int_equal(read_outbox(p, "nowhere", 0, 10), 0);
}

static void
a_delivered_alert_is_not_taken_again(void **state)
{
	struct place *p = *state;
	struct store_stats st;
	int64_t row;

	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "x", "desk", 1);
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 1);
	row = rows.v[0].row;
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_outbox_retry(p->s, row, 3, &p->e));
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 1);
	assert_int_equal(rows.v[0].attempts, 3);
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_outbox_done(p->s, row, &p->e));
	OK(p, store_outbox_done(p->s, row, &p->e));
	OK(p, store_outbox_retry(p->s, row, 4, &p->e));
	put_alert(p, "x", "desk", 2);
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	assert_int_equal(read_outbox(p, "desk", 0, 10), 0);
	OK(p, store_read_stats(p->s, &st, &p->e));
	assert_int_equal(st.outbox + st.dead, 0);
}

static void
on_outage(const struct store_outage *o, void *arg)
{
	struct store_outage *out = arg;

	*out = *o;
	out->why.p = sv_is(o->why, "503") ? "as put" : "";
}

static void
an_outage_is_kept_until_it_ends(void **state)
{
	struct store_outage o = { SV("desk"), 3, 50, 55, 77, SV("503") }, was;
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_outage(p->s, &o, &p->e));
	o.failures = 4;
	OK(p, store_put_outage(p->s, &o, &p->e));
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	was.failures = 0;
	OK(p, store_read_outage(p->s, SV("other"), on_outage, &was, &p->e));
	assert_int_equal(was.failures, 0);
	OK(p, store_read_outage(p->s, SV("desk"), on_outage, &was, &p->e));
	assert_int_equal(was.failures, 4);
	assert_int_equal(was.since_ms, 50);
	assert_int_equal(was.tried_ms, 55);
	assert_int_equal(was.next_ms, 77);
	assert_string_equal(was.why.p, "as put");
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_del_outage(p->s, SV("desk"), &p->e));
	OK(p, store_commit(p->s, &p->e));
	was.failures = 0;
	OK(p, store_read_outage(p->s, SV("desk"), on_outage, &was, &p->e));
	assert_int_equal(was.failures, 0);
}

static void
ids_of_delivered_alerts_are_forgotten_after_a_month(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "old", "desk", DAY);
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 1);
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_outbox_done(p->s, rows.v[0].row, &p->e));
	put_alert(p, "in time", "desk", 31 * DAY);
	put_alert(p, "old", "desk", 31 * DAY);
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 1);
	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "later", "desk", 31 * DAY + 1);
	put_alert(p, "old", "desk", 31 * DAY + 1);
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 3);
	assert_string_equal(rows.id[2], "old");
}

static void
a_dead_letter_is_counted_and_not_sent(void **state)
{
	struct place *p = *state;
	struct store_stats st;

	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "x", "desk", 1);
	put_alert(p, "y", "desk", 1);
	put_item(p, SV("f"), key_a, 1);
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 2);
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_outbox_dead(p->s, rows.v[0].row, SV("gave up"), 5, &p->e));
	put_alert(p, "x", "desk", 1);
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 1);
	assert_string_equal(rows.id[0], "y");
	OK(p, store_read_stats(p->s, &st, &p->e));
	assert_int_equal(st.items, 1);
	assert_int_equal(st.pending, 0);
	assert_int_equal(st.outbox, 1);
	assert_int_equal(st.dead, 1);
}

/* Ends all that waits for a destination. */
static void
finish_all(struct place *p, const char *to, bool dead)
{
	size_t n = read_outbox(p, to, 0, COUNTOF(rows.v));

	OK(p, store_begin(p->s, &p->e));
	for (size_t i = 0; i < n; i++)
		OK(p,
		    dead ? store_outbox_dead(
			       p->s, rows.v[i].row, SV("gave up"), 5, &p->e)
			 : store_outbox_done(p->s, rows.v[i].row, &p->e));
	OK(p, store_commit(p->s, &p->e));
}

static void
an_alert_is_known_by_its_id_when_it_has_left(void **state)
{
	struct place *p = *state;
	bool has = true;

	OK(p, store_has_alert(p->s, SV("alr_1"), &has, &p->e));
	assert_false(has);
	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "alr_1", "desk", 1);
	OK(p, store_commit(p->s, &p->e));
	finish_all(p, "desk", false);
	OK(p, store_has_alert(p->s, SV("alr_1"), &has, &p->e));
	assert_true(has);
}

/* All of it; the number. */
static size_t
replay(struct place *p, const char *to, bool dead_only, int64_t since_ms)
{
	struct store_replay r = { .destination = sv_of(to),
		.dead_only = dead_only,
		.since_ms = since_ms,
		.now_ms = 9 * DAY };
	size_t n, all = 0;

	OK(p, store_last_outbox(p->s, &r.upto, &p->e));
	do {
		OK(p, store_begin(p->s, &p->e));
		OK(p, store_replay(p->s, &r, &n, &r.after, &p->e));
		OK(p, store_commit(p->s, &p->e));
		all += n;
	} while (n != 0);
	return all;
}

static void
what_was_delivered_can_be_sent_again_in_order(void **state)
{
	struct place *p = *state;
	char id[16];

	OK(p, store_begin(p->s, &p->e));
	for (int i = 0; i < 150; i++) {
		(void)snprintf(id, sizeof(id), "a%03d", i);
		put_alert(p, id, "desk", DAY + i);
		put_alert(p, id, "other", DAY + i);
	}
	OK(p, store_commit(p->s, &p->e));
	finish_all(p, "desk", false);
	reopen(p);
	assert_int_equal(replay(p, "desk", true, 0), 0);
	assert_int_equal(replay(p, "desk", false, DAY + 20), 130);
	assert_int_equal(read_outbox(p, "desk", 0, 300), 130);
	for (size_t i = 0; i < 130; i++) {
		(void)snprintf(id, sizeof(id), "a%03zu", i + 20);
		assert_string_equal(rows.id[i], id);
		assert_int_equal(rows.v[i].created_ms, 9 * DAY);
	}
	assert_int_equal(replay(p, "desk", false, DAY + 20), 0);
	assert_int_equal(read_outbox(p, "other", 0, 300), 150);
}

static void
dead_letters_can_be_sent_again_behind_what_waits(void **state)
{
	struct place *p = *state;
	struct store_queue q;

	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "x", "desk", 1);
	put_alert(p, "y", "desk", 1);
	OK(p, store_commit(p->s, &p->e));
	finish_all(p, "desk", true);
	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "z", "desk", 2);
	OK(p, store_commit(p->s, &p->e));
	OK(p, store_read_queue(p->s, SV("desk"), &q, &p->e));
	assert_int_equal(q.dead, 2);
	assert_int_equal(q.waiting, 1);
	assert_int_equal(q.oldest_ms, 2);
	assert_int_equal(replay(p, "desk", true, 0), 2);
	assert_int_equal(read_outbox(p, "desk", 0, 10), 3);
	assert_string_equal(rows.id[0], "z");
	assert_string_equal(rows.id[1], "x");
	assert_string_equal(rows.id[2], "y");
	assert_int_equal(rows.v[1].attempts, 0);
	OK(p, store_read_queue(p->s, SV("desk"), &q, &p->e));
	assert_int_equal(q.dead, 0);
	OK(p, store_read_queue(p->s, SV("nowhere"), &q, &p->e));
	assert_int_equal(q.waiting + q.dead + q.oldest_ms, 0);
}

/* Each has 8 bytes. */
static size_t
prune_dead(struct place *p, const char *to, struct store_dead_prune what)
{
	size_t n = 0;

	what.destination = sv_of(to);
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_prune_dead(p->s, &what, &n, &p->e));
	OK(p, store_commit(p->s, &p->e));
	return n;
}

static void
dead_letters_are_dropped_from_the_oldest_on(void **state)
{
	static const char *const ids[] = { "a", "b", "c", "d", "e", "f" };
	const struct store_dead_prune all = { SV_NONE, INT64_MIN, 100, 1000,
		100 };
	struct place *p = *state;
	struct store_dead_prune some = all;
	struct store_queue q;
	struct str next;

	OK(p, store_begin(p->s, &p->e));
	for (size_t i = 0; i < COUNTOF(ids); i++) {
		put_alert(p, ids[i], "desk", 1);
		put_alert(p, ids[i], "other", 1);
	}
	put_alert(p, "waits", "east", 1);
	OK(p, store_commit(p->s, &p->e));
	OK(p, store_begin(p->s, &p->e));
	assert_int_equal(read_outbox(p, "desk", 0, 10), COUNTOF(ids));
	for (size_t i = 0; i < COUNTOF(ids); i++)
		OK(p,
		    store_outbox_dead(
			p->s, rows.v[i].row, SV("no"), (int64_t)i + 10, &p->e));
	OK(p, store_commit(p->s, &p->e));
	finish_all(p, "other", true);
	assert_int_equal(prune_dead(p, "desk", all), 0);
	some.keep = 5;
	assert_int_equal(prune_dead(p, "desk", some), 1); /* a */
	some.keep = 100;
	some.keep_bytes = 39;
	assert_int_equal(prune_dead(p, "desk", some), 1); /* b */
	some.keep_bytes = 1000;
	some.before_ms = 13;
	OK(p, store_read_queue(p->s, SV("desk"), &q, &p->e));
	assert_int_equal(q.oldest_dead_ms, 12);
	assert_int_equal(prune_dead(p, "desk", some), 1); /* c */
	some.before_ms = 100;
	some.limit = 2;
	assert_int_equal(prune_dead(p, "desk", some), 2);
	assert_int_equal(replay(p, "desk", true, 0), 1);
	assert_int_equal(read_outbox(p, "desk", 0, 10), 1);
	assert_string_equal(rows.id[0], "f");
	OK(p, store_read_queue(p->s, SV("other"), &q, &p->e));
	assert_int_equal(q.dead, 6);
	str_init(&next, 20);
	OK(p, store_next_dead(p->s, SV(""), &next, &p->e));
	assert_string_equal(str_c(&next), "other");
	str_clear(&next);
	OK(p, store_next_dead(p->s, SV("other"), &next, &p->e));
	assert_int_equal(next.len, 0);
	str_done(&next);
}

static bool
replay_id(struct place *p, const char *id)
{
	bool found = false;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_replay_id(p->s, SV("desk"), sv_of(id), 5, &found, &p->e));
	OK(p, store_commit(p->s, &p->e));
	return found;
}

static void
one_alert_can_be_sent_again_by_its_id(void **state)
{
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "x", "desk", 1);
	put_alert(p, "y", "desk", 1);
	OK(p, store_commit(p->s, &p->e));
	assert_false(replay_id(p, "x")); /* it waits anyway */
	finish_all(p, "desk", false);
	assert_true(replay_id(p, "x"));
	assert_false(replay_id(p, "x"));
	assert_false(replay_id(p, "none"));
	assert_int_equal(read_outbox(p, "desk", 0, 10), 1);
	assert_string_equal(rows.id[0], "x");
}

/* By age, by number, by size. */
static void
bodies_of_delivered_alerts_are_forgotten(void **state)
{
	struct place *p = *state;
	struct store_alert big = {
		.id = SV("big"), .destination = SV("desk"), .created_ms = DAY
	};
	char *much = mem_alloc(OUTBOX_KEPT_BYTES + 1);

	memset(much, 'x', OUTBOX_KEPT_BYTES + 1);
	big.body = (struct sv) { much, OUTBOX_KEPT_BYTES + 1 };
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_alert(p->s, &big, &p->e));
	put_alert(p, "old", "desk", DAY);
	put_alert(p, "new", "desk", 2 * DAY);
	OK(p, store_commit(p->s, &p->e));
	free(much);
	finish_all(p, "desk", false);
	assert_false(replay_id(p, "big"));
	OK(p, store_begin(p->s, &p->e));
	put_alert(p, "next", "other", 8 * DAY + 1);
	OK(p, store_commit(p->s, &p->e));
	assert_false(replay_id(p, "old"));
	assert_true(replay_id(p, "new"));
	finish_all(p, "desk", false);
	OK(p, store_begin(p->s, &p->e));
	for (int i = 0; i <= OUTBOX_KEPT_ROWS; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), "n%d", i);
		put_alert(p, id, "other", 8 * DAY);
	}
	OK(p, store_commit(p->s, &p->e));
	assert_false(replay_id(p, "new"));
}

static void
on_hold(const struct store_hold *h, void *arg)
{
	(void)str_addf(arg, "%.*s:%d ", SV_ARG(h->name), (int)h->until_ms);
}

static void
assert_holds(struct place *p, enum hold kind, const char *want)
{
	struct str got;

	str_init(&got, KiB(1));
	OK(p, store_each_hold(p->s, kind, on_hold, &got, &p->e));
	assert_string_equal(str_c(&got), want);
	str_done(&got);
}

static void
what_is_held_stays_held_after_a_restart(void **state)
{
	const struct store_hold desk = { HOLD_DESTINATION, SV("desk"), 0 },
				filter = { HOLD_FILTER, SV("desk"), 7 },
				longer = { HOLD_FILTER, SV("desk"), 9 };
	struct place *p = *state;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_hold(p->s, &desk, &p->e));
	OK(p, store_put_hold(p->s, &filter, &p->e));
	OK(p, store_put_hold(p->s, &longer, &p->e));
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	assert_holds(p, HOLD_DESTINATION, "desk:0 ");
	assert_holds(p, HOLD_FILTER, "desk:9 ");
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_del_hold(p->s, HOLD_DESTINATION, SV("desk"), &p->e));
	OK(p, store_del_hold(p->s, HOLD_DESTINATION, SV("none"), &p->e));
	OK(p, store_commit(p->s, &p->e));
	assert_holds(p, HOLD_DESTINATION, "");
	assert_holds(p, HOLD_FILTER, "desk:9 ");
}

static void
set_hold(struct place *p, enum hold kind, const char *name, int64_t until_ms,
    int64_t now_ms)
{
	const struct store_hold h = { kind, sv_of(name), until_ms };

	OK(p, store_set_hold(p->s, &h, true, now_ms, &p->e));
}

/* A few at once; what has no end stays. */
static void
what_is_held_goes_after_its_end(void **state)
{
	struct place *p = *state;
	char name[2] = "a";

	set_hold(p, HOLD_DESTINATION, "desk", 0, 100);
	for (; name[0] < 'f'; name[0]++)
		set_hold(p, HOLD_FILTER, name, 200, 100);
	set_hold(p, HOLD_DESTINATION, "mail", 0, 300);
	assert_holds(p, HOLD_DESTINATION, "desk:0 mail:0 ");
	assert_holds(p, HOLD_FILTER, "a:200 b:200 c:200 d:200 e:200 ");
	set_hold(p, HOLD_FILTER, "x", 300, 199);
	assert_holds(p, HOLD_FILTER, "a:200 b:200 c:200 d:200 e:200 x:300 ");
	set_hold(p, HOLD_FILTER, "x", 400, 200);
	assert_holds(p, HOLD_FILTER, "e:200 x:400 ");
	set_hold(p, HOLD_FILTER, "y", 400, 200);
	assert_holds(p, HOLD_FILTER, "x:400 y:400 ");
	assert_holds(p, HOLD_DESTINATION, "desk:0 mail:0 ");
}

static void
memory_is_a_store_too(void **state)
{
	struct place *p = *state;
	struct place m = { .dir = "" };

	(void)p;
	m.s = store_open(NULL, NULL, &m.e);
	assert_non_null(m.s);
	OK(&m, store_begin(m.s, &m.e));
	put_alert(&m, "x", "desk", 1);
	OK(&m, store_commit(m.s, &m.e));
	assert_int_equal(read_outbox(&m, "desk", 0, 10), 1);
	store_close(m.s);
}

static void
a_second_opener_is_told_who_holds_it(void **state)
{
	struct place *p = *state;
	char pid[32];
	struct err e;

	(void)snprintf(pid, sizeof(pid), "process %d uses", (int)getpid());
	assert_null(store_open(p->dir, NULL, &e));
	assert_non_null(strstr(e.msg, pid));
	assert_non_null(strstr(e.msg, p->dir));
}

static void
a_killed_writer_leaves_what_it_committed(void **state)
{
	struct place *p = *state;
	int status;
	pid_t child;

	store_close(p->s);
	p->s = NULL;
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		open_store(p);
		OK(p, store_begin(p->s, &p->e));
		put_item(p, SV("f"), key_a, 1);
		OK(p, store_commit(p->s, &p->e));
		OK(p, store_begin(p->s, &p->e));
		put_item(p, SV("f"), key_b, 1);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	open_store(p);
	assert_true(has(p, SV("f"), key_a));
	assert_false(has(p, SV("f"), key_b));
}

static void
limit_file_size(rlim_t bytes)
{
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = bytes < r.rlim_max ? bytes : r.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* Tries to commit rows [from, to) of alerts. */
static bool
try_batch(struct place *p, int from, int to)
{
	static char body[20000];
	bool ok = store_begin(p->s, &p->e);

	memset(body, 'x', sizeof(body));
	for (int i = from; ok && i < to; i++) {
		char id[16];
		struct store_alert a = { .id = { id, 0 },
			.destination = SV("d"),
			.body = { body, sizeof(body) } };

		a.id.len = (size_t)snprintf(id, sizeof(id), "id%d", i);
		ok = store_put_alert(p->s, &a, &p->e);
	}
	if (ok)
		return store_commit(p->s, &p->e);
	store_rollback(p->s);
	return false;
}

static void
on_a_full_disk_it_opens(void **state)
{
	struct place *p = *state;

	OK(p, try_batch(p, 0, 1));
	store_close(p->s);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	limit_file_size(0);
	p->s = store_open(p->dir, NULL, &p->e);
	limit_file_size(RLIM_INFINITY);
	assert_non_null(p->s);
	OK(p, try_batch(p, 1, 2));
}

static void
a_full_disk_is_reported_and_survived(void **state)
{
	struct place *p = *state;
	struct store_stats st;

	assert_int_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	OK(p, try_batch(p, 0, 10));
	limit_file_size(512 * 1024);
	assert_false(try_batch(p, 10, 60));
	assert_non_null(strstr(p->e.msg, p->dir));
	assert_false(try_batch(p, 10, 60));
	limit_file_size(RLIM_INFINITY);
	OK(p, try_batch(p, 10, 60));
	OK(p, try_batch(p, 10, 60));
	OK(p, store_read_stats(p->s, &st, &p->e));
	assert_int_equal(st.outbox, 60);
	reopen(p);
	OK(p, store_read_stats(p->s, &st, &p->e));
	assert_int_equal(st.outbox, 60);
}

/* Closes the database. */
static int
open_file(struct place *p, char path[128])
{
	int fd;

	store_close(p->s);
	p->s = NULL;
	(void)snprintf(path, 128, "%s/tocsin.db", p->dir);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	return fd;
}

static void
spoil(struct place *p, off_t at, const char *bytes, size_t n)
{
	char path[128];
	int fd = open_file(p, path);

	assert_int_equal(pwrite(fd, bytes, n, at), n);
	assert_int_equal(close(fd), 0);
}

/* The first page of each table and index; the schema stays sound. */
static void
spoil_tables(struct place *p)
{
	char path[128], junk[4096];
	int fd = open_file(p, path);
	sqlite3_stmt *st;
	sqlite3 *db;

	memset(junk, 0xA5, sizeof(junk));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT rootpage FROM sqlite_schema WHERE rootpage<>0", -1, &st,
		NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		assert_int_equal(pwrite(fd, junk, sizeof(junk),
				     (sqlite3_column_int64(st, 0) - 1) * 4096),
		    4096);
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(close(fd), 0);
}

static void
what_is_no_database_is_moved_aside(void **state)
{
	struct place *p = *state;
	bool fresh = false;

	spoil(p, 0, "this is not a database at all!!!", 32);
	p->s = store_open(p->dir, &fresh, &p->e);
	assert_non_null(p->s);
	assert_true(fresh);
	assert_int_equal(names(p, "tocsin.db.corrupt-", false), 1);
	OK(p, try_batch(p, 0, 3));
	reopen(p); /* and it is not fresh again */
	assert_int_equal(read_outbox(p, "nowhere", 0, 1), 0);
}

static void
damage_found_while_running_is_moved_aside_at_the_next_start(void **state)
{
	struct place *p = *state;
	struct store_seen t;
	bool fresh = false, found;

	OK(p, try_batch(p, 0, 20));
	spoil_tables(p);
	open_store(p);
	assert_false(store_has_item(p->s, SV("f"), key_a, &found, &t, &p->e));
	assert_false(store_has_item(p->s, SV("f"), key_a, &found, &t, &p->e));
	assert_non_null(strstr(p->e.msg, "is damaged; restart tocsind"));
	assert_false(store_begin(p->s, &p->e));
	store_close(p->s);
	p->s = store_open(p->dir, &fresh, &p->e);
	assert_non_null(p->s);
	assert_true(fresh);
	assert_true(names(p, "tocsin.db.corrupt-", false) >= 1);
	assert_int_equal(names(p, "tocsin.db.damaged", false), 0);
	OK(p, try_batch(p, 0, 3));
}

static void
on_told(const struct store_telling *t, void *arg)
{
	(void)str_addf(arg, "%llu v%lld due %lld [%.*s] ",
	    (unsigned long long)t->story, (long long)t->version,
	    (long long)t->due_ms, SV_ARG(t->also));
}

static void
put_telling(struct place *p, const struct store_telling *t)
{
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_telling(p->s, t, &p->e));
	OK(p, store_commit(p->s, &p->e));
}

static void
an_older_telling_changes_nothing(void **state)
{
	struct store_telling t = {
		.story = 1, .filter = SV("f"), .version = 2, .also = SV("new")
	};
	struct place *p = *state;
	struct str seen;

	str_init(&seen, 1000);
	put_telling(p, &t);
	t.version = 1;
	t.due_ms = 5;
	t.also = SV("old");
	put_telling(p, &t);
	OK(p, store_each_telling(p->s, 0, on_told, &seen, &p->e));
	assert_string_equal(str_c(&seen), "1 v2 due 0 [new] ");
	str_done(&seen);
}

/* However long the daemon was down. */
static void
what_waits_is_never_forgotten(void **state)
{
	struct store_telling t = { .story = 1,
		.filter = SV("f"),
		.version = 3,
		.due_ms = 5,
		.held_id = SV("alr_a"),
		.held = SV("{}") };
	struct place *p = *state;
	struct str seen, id, body;
	struct store_held h = { 0, &id, &body };

	str_init(&seen, 1000);
	str_init(&id, 100);
	str_init(&body, 100);
	put_telling(p, &t);
	t.story = 2;
	t.due_ms = 0;
	put_telling(p, &t);
	t.story = 3;
	t.time_ms = 30 * DAY;
	put_telling(p, &t);
	OK(p, store_each_telling(p->s, 0, on_told, &seen, &p->e));
	assert_string_equal(str_c(&seen), "1 v3 due 5 [] 3 v3 due 0 [] ");
	str_clear(&seen);
	OK(p, store_each_telling(p->s, 20 * DAY, on_told, &seen, &p->e));
	assert_string_equal(str_c(&seen), "1 v3 due 5 [] 3 v3 due 0 [] ");
	OK(p, store_read_held(p->s, 1, SV("f"), &h, &p->e));
	assert_int_equal(h.version, 3);
	assert_string_equal(str_c(&id), "alr_a");
	assert_string_equal(str_c(&body), "{}");
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_del_telling(p->s, 1, SV("f"), &p->e));
	OK(p, store_commit(p->s, &p->e));
	OK(p, store_read_held(p->s, 1, SV("f"), &h, &p->e));
	assert_int_equal(h.version, -1);
	str_done(&body);
	str_done(&id);
	str_done(&seen);
}

static void
on_quota(const struct store_quota *q, void *arg)
{
	struct str *seen = arg;

	(void)str_addf(seen, "%.*s %lld %u+%u [%.*s] ", SV_ARG(q->filter),
	    (long long)q->version, q->let_through, q->over, SV_ARG(q->items));
}

/* Batches are not committed in the order in which they were begun. */
static void
an_older_quota_changes_nothing(void **state)
{
	struct store_quota q = { .filter = SV("f"),
		.version = 2,
		.let_through = 3,
		.over = 4,
		.items = SV("{}") };
	struct place *p = *state;
	struct str seen;

	str_init(&seen, 1000);
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_quota(p->s, &q, &p->e));
	q.version = 1;
	q.over = 1;
	OK(p, store_put_quota(p->s, &q, &p->e));
	q.filter = SV("g");
	OK(p, store_put_quota(p->s, &q, &p->e));
	q.version = 7;
	q.items = SV_NONE;
	OK(p, store_put_quota(p->s, &q, &p->e));
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	OK(p, store_each_quota(p->s, on_quota, &seen, &p->e));
	assert_string_equal(str_c(&seen), "f 2 3+4 [{}] g 7 3+1 [] ");
	str_done(&seen);
}

static void
a_newer_schema_is_refused_and_left_alone(void **state)
{
	struct place *p = *state;

	spoil(p, 60, "\0\0\0\x63", 4); /* user_version in the file's header */
	assert_null(store_open(p->dir, NULL, &p->e));
	assert_non_null(strstr(p->e.msg, "newer tocsin (schema 99"));
	assert_int_equal(names(p, "tocsin.db.corrupt-", false), 0);
}

/* What an older tocsin would have made. */
static void
take_back_schema(struct place *p, const char *statements)
{
	char path[128];
	sqlite3 *db;

	store_close(p->s);
	p->s = NULL;
	(void)snprintf(path, sizeof(path), "%s/tocsin.db", p->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, statements, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char to_the_first[] =
    "DROP TRIGGER told_item; DROP TABLE told;"
    "ALTER TABLE item DROP COLUMN text;"
    "ALTER TABLE item DROP COLUMN wording;"
    "DROP TABLE hold; DROP INDEX outbox_kept;"
    "DROP INDEX outbox_done; DROP INDEX outbox_dead;"
    "UPDATE outbox SET state=1, body='' WHERE state=1;"
    "CREATE INDEX outbox_done ON outbox(created)"
    " WHERE state=1;"
    "CREATE INDEX outbox_dead ON outbox(row)"
    " WHERE state=2;"
    "DROP TABLE story_item; DROP TABLE telling;"
    "ALTER TABLE outbox DROP COLUMN ended;"
    "DROP TABLE outage;"
    "ALTER TABLE outbox RENAME COLUMN size TO next;"
    "UPDATE outbox SET attempts=3, next=77, why='503'"
    " WHERE destination='late';"
    "DROP TABLE quota;"
    "DROP INDEX item_page;"
    "ALTER TABLE item DROP COLUMN link;"
    "ALTER TABLE item DROP COLUMN title;"
    "ALTER TABLE item DROP COLUMN date;"
    "ALTER TABLE item DROP COLUMN page;"
    "ALTER TABLE item DROP COLUMN shared;"
    "DROP INDEX pending_host;"
    "ALTER TABLE pending DROP COLUMN host;"
    "CREATE INDEX pending_next ON pending(next);"
    "DROP INDEX item_seen;"
    "ALTER TABLE feed DROP COLUMN first_poll;"
    "DROP TABLE failing;"
    "ALTER TABLE feed DROP COLUMN good;"
    "ALTER TABLE feed DROP COLUMN failed;"
    "ALTER TABLE feed DROP COLUMN newest;"
    "ALTER TABLE feed DROP COLUMN out;"
    "ALTER TABLE feed DROP COLUMN quiet;"
    "ALTER TABLE feed DROP COLUMN longest;"
    "ALTER TABLE feed DROP COLUMN pauses;"
    "ALTER TABLE feed DROP COLUMN watched;"
    "ALTER TABLE feed DROP COLUMN items;"
    "ALTER TABLE feed DROP COLUMN gap;"
    "ALTER TABLE feed DROP COLUMN gap_items;"
    "ALTER TABLE feed DROP COLUMN missed;"
    "ALTER TABLE feed DROP COLUMN owed;"
    "ALTER TABLE feed DROP COLUMN told;"
    "PRAGMA user_version=1";

static void
what_was_told_is_known_to_a_newer_schema(void **state)
{
	struct store_told t = { .feed = SV("f"),
		.filter = SV("quiet"),
		.told_ms = 10,
		.how = TOLD_MUTE };
	struct place *p = *state;

	memcpy(t.key, key_a, sizeof(t.key));
	OK(p, store_begin(p->s, &p->e));
	put_item(p, SV("f"), key_a, 10);
	OK(p, store_put_told(p->s, &t, &p->e));
	OK(p, store_commit(p->s, &p->e));
	take_back_schema(p,
	    "DROP INDEX quota_serial;"
	    "ALTER TABLE told RENAME COLUMN how TO mute;"
	    "PRAGMA user_version=14");
	open_store(p);
	assert_told(p, key_a, "quiet|||0|10|0|0|1\n");
	t.updates = 2;
	OK(p, store_put_told(p->s, &t, &p->e));
	assert_told(p, key_a, "quiet|||0|10|0|2|1\n");
}

static void
put_health(struct place *p, const char *name, const struct feed_health *h)
{
	OK(p, store_begin(p->s, &p->e));
	OK(p,
	    store_put_feed(p->s,
		&(struct store_feed) { .name = sv_of(name), .health = *h },
		&p->e));
	OK(p, store_commit(p->s, &p->e));
}

static const struct feed_health quiet_health = { .failed_ms = 9,
	.told = FEED_BIT(FEED_FAILING) };

static void
on_health(const struct store_feed *f, void *arg)
{
	if (sv_is(f->name, "owes")) {
		*(struct feed_health *)arg = f->health;
		return;
	}
	assert_int_equal(f->health.told, quiet_health.told);
	assert_int_equal(f->health.failed_ms, quiet_health.failed_ms);
}

/* The store tells as feed_health_tell() does, of this feed and no other. */
static void
what_a_feed_owes_is_told(void **state)
{
	struct place *p = *state;

	for (int t = 0; t < FEED_TROUBLES; t++) {
		struct feed_health h = some_health, out;

		h.owed |= FEED_BIT(t);
		put_health(p, "owes", &h);
		put_health(p, "not", &quiet_health);
		OK(p, store_begin(p->s, &p->e));
		OK(p,
		    store_tell_feed(
			p->s, SV("owes"), (enum feed_trouble)t, &p->e));
		OK(p, store_commit(p->s, &p->e));
		feed_health_tell(&h, (enum feed_trouble)t);
		OK(p, store_each_feed(p->s, on_health, &out, &p->e));
		assert_int_equal(out.owed, h.owed);
		assert_int_equal(out.told, h.told);
		assert_int_equal(out.failed_ms, h.failed_ms);
	}
}

static void
on_failing(struct sv destination, void *arg)
{
	assert_true(sv_is(destination, "desk"));
	++*(unsigned *)arg;
}

static void
that_a_destination_fails_is_kept(void **state)
{
	struct place *p = *state;
	unsigned n = 0;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_failing(p->s, SV("desk"), &p->e));
	OK(p, store_put_failing(p->s, SV("desk"), &p->e));
	OK(p, store_put_failing(p->s, SV("mail"), &p->e));
	OK(p, store_del_failing(p->s, SV("mail"), &p->e));
	OK(p, store_commit(p->s, &p->e));
	store_close(p->s);
	open_store(p);
	OK(p, store_each_failing(p->s, on_failing, &n, &p->e));
	assert_int_equal(n, 1);
}

static void
on_old_feed(const struct store_feed *f, void *arg)
{
	++*(unsigned *)arg;
	assert_true(f->seen_before);
	assert_int_equal(f->first_poll_ms, 0);
	assert_int_equal(f->etag.len + f->last_modified.len, 0);
}

static void
an_older_schema_is_brought_up_to_date(void **state)
{
	const struct store_feed f = { .name = SV("wire"),
		.etag = SV("e"),
		.last_modified = SV("m"),
		.seen_before = true,
		.first_poll_ms = 7 };
	struct store_outage o = { .failures = 0 };
	struct place *p = *state;
	struct store_queue q;
	unsigned n = 0;

	OK(p, try_batch(p, 0, 3));
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_feed(p->s, &f, &p->e));
	put_alert(p, "old", "bodiless", 1);
	put_alert(p, "dead", "grave", 1);
	put_alert(p, "a", "late", 1);
	put_alert(p, "b", "late", 1);
	OK(p, store_commit(p->s, &p->e));
	finish_all(p, "bodiless", false);
	finish_all(p, "grave", true);
	take_back_schema(p, to_the_first);
	open_store(p);
	OK(p, store_read_outage(p->s, SV("late"), on_outage, &o, &p->e));
	assert_int_equal(o.failures, 3);
	assert_int_equal(o.next_ms, 77);
	assert_string_equal(o.why.p, "as put");
	OK(p, store_read_queue(p->s, SV("grave"), &q, &p->e));
	assert_int_equal(q.dead, 1);
	assert_true(q.oldest_dead_ms > 1700000000000); /* as if just now */
	assert_int_equal(replay(p, "bodiless", false, 0), 0);
	OK(p, store_each_feed(p->s, on_old_feed, &n, &p->e));
	assert_int_equal(n, 1);
	OK(p, try_batch(p, 3, 3));
}

/* A subquery is no table; what it reads has a line of its own. */
static bool
reads_all(const char *step)
{
	bool scans = strstr(step, "SCAN") != NULL &&
	    strstr(step, "SCAN (subquery") == NULL &&
	    strstr(step, "SCAN CONSTANT ROW") == NULL &&
	    strstr(step, "USING INDEX") == NULL;

	return scans || strstr(step, "TEMP B-TREE") != NULL;
}

/* At the start a whole table may be read. */
static void
no_statement_reads_a_table_without_its_index(void **state)
{
	const char *at_start = "FEEDS FAILINGS QUOTAS STATS";
	static const struct {
		const char *name, *sql;
	} all[] = {
#define ROW(name, sql) { #name, "EXPLAIN QUERY PLAN " sql },
		STATEMENTS(ROW)
#undef ROW
	};
	struct place *p = *state;
	sqlite3_stmt *st;

	for (size_t i = 0; i < COUNTOF(all); i++) {
		if (strstr(at_start, all[i].name) != NULL)
			continue;
		assert_int_equal(
		    sqlite3_prepare_v2(p->s->db, all[i].sql, -1, &st, NULL),
		    SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(
			    st, 3);

			if (reads_all(step))
				fail_msg("%s: %s", all[i].name, step);
		}
		assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	}
}

static void
another_programs_database_is_refused(void **state)
{
	struct place *p = *state;

	spoil(p, 68, "\0\0\0\x01", 4); /* application_id */
	assert_null(store_open(p->dir, NULL, &p->e));
	assert_non_null(strstr(p->e.msg, "another program"));
	assert_int_equal(names(p, "tocsin.db.corrupt-", false), 0);
}

struct told {
	size_t n;
	struct store_telling last;
	char filter[20], also[20], entry[20];
};

static void
on_telling(const struct store_telling *t, void *arg)
{
	struct told *d = arg;

	d->n++;
	d->last = *t;
	(void)snprintf(d->filter, sizeof(d->filter), "%.*s", SV_ARG(t->filter));
	(void)snprintf(d->also, sizeof(d->also), "%.*s", SV_ARG(t->also));
}

static void
on_story_item(const struct store_story_item *i, void *arg)
{
	struct told *d = arg;

	d->n++;
	(void)snprintf(d->entry, sizeof(d->entry), "%.*s", SV_ARG(i->entry));
}

/* A story that rings again, after it was forgotten, is told of anew. */
static void
what_was_told_last_is_kept_with_every_field(void **state)
{
	struct place *p = *state;
	struct told d = { 0 };
	struct store_telling t = { .story = UINT64_MAX - 1,
		.filter = SV("truce"),
		.time_ms = 10 * DAY,
		.sources = 2,
		.version = 1,
		.also = SV("") };

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_put_telling(p->s, &t, &p->e));
	t.version++;
	t.time_ms = 16 * DAY;
	t.sources = 3;
	t.updated_ms = 17 * DAY;
	t.also = SV("{}");
	memset(t.first, 1, sizeof(t.first));
	memset(t.confirmer, 2, sizeof(t.confirmer));
	OK(p, store_put_telling(p->s, &t, &p->e));
	OK(p, store_commit(p->s, &p->e));
	reopen(p);
	OK(p, store_each_telling(p->s, 15 * DAY, on_telling, &d, &p->e));
	assert_int_equal(d.n, 1);
	assert_true(d.last.story == t.story);
	assert_true(d.last.time_ms == t.time_ms);
	assert_true(d.last.updated_ms == t.updated_ms);
	assert_int_equal(d.last.sources, 3);
	assert_memory_equal(d.last.first, t.first, sizeof(t.first));
	assert_memory_equal(d.last.confirmer, t.confirmer, sizeof(t.confirmer));
	assert_string_equal(d.filter, "truce");
	assert_string_equal(d.also, "{}");
}

/* Of one hour there may be more than memory would take up at the start. */
static void
stories_are_kept_up_to_their_ceiling(void **state)
{
	struct place *p = *state;
	struct told d = { 0 };
	char entry[20];

	OK(p, store_begin(p->s, &p->e));
	for (size_t i = 1; i <= STORIES_TELLINGS + 50; i++) {
		(void)snprintf(entry, sizeof(entry), "%zu", i);
		OK(p,
		    store_put_telling(p->s,
			&(struct store_telling) { .story = i,
			    .filter = SV("truce"),
			    .time_ms = DAY,
			    .also = SV("") },
			&p->e));
		OK(p,
		    store_put_story_item(p->s,
			&(struct store_story_item) { DAY, sv_of(entry) },
			&p->e));
	}
	OK(p, store_commit(p->s, &p->e));
	OK(p, store_each_telling(p->s, 0, on_telling, &d, &p->e));
	assert_int_equal(d.n, STORIES_TELLINGS);
	d.n = 0;
	OK(p, store_each_story_item(p->s, 0, on_story_item, &d, &p->e));
	assert_int_equal(d.n, STORIES_ITEMS);
	assert_string_equal(d.entry, entry); /* the newest come last */
}

static void
an_unusable_directory_is_named(void **state)
{
	struct place *p = *state;
	struct err e;

	(void)p;
	assert_null(store_open("/dev/null/x", NULL, &e));
	assert_non_null(strstr(e.msg, "/dev/null"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(items_are_known_per_feed_and_after_a_restart),
		T(a_rolled_back_change_is_gone),
		T(an_item_is_found_by_the_page_it_was),
		T(what_was_told_of_an_item_goes_with_it),
		T(an_alert_is_known_by_its_id_when_it_has_left),
		T(prune_forgets_only_what_left_its_feed),
		T(a_feed_is_forgotten_with_its_items),
		T(a_feed_with_pending_items_is_not_forgotten),
		T(prune_forgets_the_longest_unseen_when_there_are_too_many),
		T(no_statement_reads_a_table_without_its_index),
		T(what_a_feed_owes_is_told),
		T(that_a_destination_fails_is_kept),
		T(a_feed_is_kept_with_every_field),
		T(pending_items_come_in_order_of_their_time),
		T(pending_items_come_when_they_are_due),
		T(hosts_of_pending_items_come_in_order),
		T(the_outbox_keeps_order_and_each_alert_once),
		T(a_delivered_alert_is_not_taken_again),
		T(an_outage_is_kept_until_it_ends),
		T(ids_of_delivered_alerts_are_forgotten_after_a_month),
		T(a_dead_letter_is_counted_and_not_sent),
		T(what_was_told_last_is_kept_with_every_field),
		T(stories_are_kept_up_to_their_ceiling),
		T(what_was_delivered_can_be_sent_again_in_order),
		T(dead_letters_are_dropped_from_the_oldest_on),
		T(dead_letters_can_be_sent_again_behind_what_waits),
		T(one_alert_can_be_sent_again_by_its_id),
		T(bodies_of_delivered_alerts_are_forgotten),
		T(what_is_held_stays_held_after_a_restart),
		T(what_is_held_goes_after_its_end),
		T(memory_is_a_store_too),
		T(a_second_opener_is_told_who_holds_it),
		T(a_killed_writer_leaves_what_it_committed),
		T(on_a_full_disk_it_opens),
		T(a_full_disk_is_reported_and_survived),
		T(what_is_no_database_is_moved_aside),
		T(damage_found_while_running_is_moved_aside_at_the_next_start),
		T(an_older_telling_changes_nothing),
		T(what_waits_is_never_forgotten),
		T(an_older_quota_changes_nothing),
		T(a_newer_schema_is_refused_and_left_alone),
		T(an_older_schema_is_brought_up_to_date),
		T(what_was_told_is_known_to_a_newer_schema),
		T(another_programs_database_is_refused),
		T(an_unusable_directory_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
