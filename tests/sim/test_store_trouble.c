/* tests/sim/test_store_trouble.c: the disk is full in the middle of things, and
 * has room again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define FEED "http://wire.example/rss"
#define MORE "http://more.example/rss"
#define PAGE "http://news.example/a"

#define FEEDS_EACH(every, article) \
	"feeds:\n  wire: {url: '" FEED "', every: " every \
	", article: " article "}\n"
#define FEEDS(article) FEEDS_EACH("1m", article)
#define CONFIG FEEDS("never") FILTER

static void
limit_files(rlim_t bytes)
{
	struct rlimit r = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* A disk that cannot be used at all, below SQLite: neither the database nor its
 * log.  Locks between processes are not even asked for. */
static bool disk_fails;
static sqlite3 *connection; /* the last one that was opened */
static sqlite3_io_methods methods[2]; /* of the database, of the log */
static sqlite3_vfs shim;
static sqlite3_io_methods real_methods; /* what follows is the same for both */
static sqlite3_vfs *real_vfs;

static int
read_file(sqlite3_file *f, void *to, int n, sqlite3_int64 from)
{
	return disk_fails ? SQLITE_IOERR_READ
			  : real_methods.xRead(f, to, n, from);
}

static int
write_file(sqlite3_file *f, const void *from, int n, sqlite3_int64 to)
{
	return disk_fails ? SQLITE_IOERR_WRITE
			  : real_methods.xWrite(f, from, n, to);
}

static int
lock(sqlite3_file *f, int offset, int n, int flags)
{
	(void)f, (void)offset, (void)n, (void)flags;
	fail_msg("the log's index is shared with other processes");
	return SQLITE_IOERR_SHMLOCK;
}

static int
open_file(
    sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	bool log = (flags & SQLITE_OPEN_WAL) != 0;
	int rc = real_vfs->xOpen(v, name, f, flags, out);

	if (rc != SQLITE_OK || (!log && (flags & SQLITE_OPEN_MAIN_DB) == 0))
		return rc;
	real_methods = methods[log] = *f->pMethods;
	methods[log].xRead = read_file;
	methods[log].xWrite = write_file;
	methods[log].xFetch = NULL;
	methods[log].iVersion = 2;
	if (!log)
		methods[log].xShmLock = lock;
	f->pMethods = &methods[log];
	return rc;
}

static int
on_connection(
    sqlite3 *db, const char **why, const struct sqlite3_api_routines *api)
{
	(void)why;
	(void)api;
	connection = db;
	return SQLITE_OK;
}

static void
put_shim_below_sqlite(void)
{
	if (real_vfs != NULL)
		return;
	real_vfs = sqlite3_vfs_find(NULL);
	shim = *real_vfs;
	shim.zName = "shim";
	shim.xOpen = open_file;
	assert_int_equal(sqlite3_vfs_register(&shim, 1), SQLITE_OK);
	assert_int_equal(
	    sqlite3_auto_extension((void (*)(void))on_connection), SQLITE_OK);
}

/* What memory holds of it is gone, too. */
static void
break_disk(void *arg)
{
	(void)arg;
	disk_fails = true;
	(void)sqlite3_db_release_memory(connection);
}

static void
mend_disk(void *arg)
{
	(void)arg;
	disk_fails = false;
}

static int
begin(void **state)
{
	put_shim_below_sqlite();
	disk_fails = false;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	return world_begin(state);
}

static int
end(void **state)
{
	limit_files(RLIM_INFINITY);
	return world_end(state);
}

static void
fill_disk(void *arg)
{
	(void)arg;
	limit_files(1);
}

static void
make_room(void *arg)
{
	(void)arg;
	limit_files(RLIM_INFINITY);
}

static void
make_room_and_stop(void *arg)
{
	(void)arg;
	limit_files(RLIM_INFINITY);
	sim_raise(SIGTERM);
}

static size_t
asked_between(const struct world *w, int64_t from_ms, int64_t to_ms)
{
	size_t n = 0;

	for (size_t i = 0; i < w->nrequests; i++)
		n += w->requests[i].at_ms >= SIM_EPOCH_MS + from_ms &&
		    w->requests[i].at_ms < SIM_EPOCH_MS + to_ms;
	return n;
}

/* They stand in line for their host when it happens. */
static void
what_waits_for_its_turn_does_not_begin(void **state)
{
	struct world *w = *state;
	struct str config;
	char url[64];

	str_init(&config, KiB(16));
	(void)str_adds(&config, "network: {host-gap: 10s}\n" FILTER "feeds:\n");
	for (int i = 0; i < 20; i++) {
		(void)snprintf(url, sizeof(url), "http://wire.example/%d", i);
		(void)str_addf(&config,
		    "  f%d: {url: '%s', every: 1h, article: never}\n", i, url);
		(void)world_feed(w, url, "", NEWS("1"));
	}
	sim_at(25 * SEC_MS, fill_disk, NULL);
	sim_at(30 * MIN_MS, make_room, NULL);
	world_live(w, str_c(&config), 40 * MIN_MS);
	/* One fetch brings what cannot be stored. */
	assert_int_equal(asked_between(w, 25 * SEC_MS, 30 * MIN_MS), 1);
	assert_int_equal(w->nrequests, 20);
	assert_int_equal(w->nalerts, 20);
	str_done(&config);
}

static void
add_a_feed(void *arg)
{
	limit_files(RLIM_INFINITY); /* the file is elsewhere */
	world_write_file(arg,
	    FILTER FEEDS("never") "  more: {url: '" MORE
				  "', article: never}\n");
	limit_files(1);
	sim_raise(SIGHUP);
}

static void
a_feed_that_is_added_waits_for_room(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1"));
	(void)world_feed(w, MORE, "", NEWS("1"));
	sim_at(5 * MIN_MS, fill_disk, NULL);
	sim_at(10 * MIN_MS, add_a_feed, w);
	sim_at(20 * MIN_MS, make_room, NULL);
	world_live_from_file(w, FILTER FEEDS("never"), 30 * MIN_MS);
	assert_int_equal(asked_between(w, 10 * MIN_MS, 20 * MIN_MS), 0);
	assert_int_equal(world_asked(w, MORE), 2);
	assert_int_equal(w->nalerts, 2);
}

static void
show_news_and_fill_disk(void *arg)
{
	(void)world_feed(arg, FEED, "", NEWS("1") NEWS("2"));
	limit_files(1);
}

/* The new item has left the feed when the daemon starts again. */
static void
the_end_is_a_last_chance_to_store(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1"));
	sim_at(5 * MIN_MS, show_news_and_fill_disk, w);
	sim_at(10 * MIN_MS, make_room_and_stop, NULL);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 1);
	(void)world_feed(w, FEED, "", "");
	world_live(w, CONFIG, MIN_MS);
	assert_int_equal(w->nalerts, 2);
}

/* The first page shows the trouble, the others wait for it to end. */
static void
no_page_is_fetched_that_cannot_be_stored(void **state)
{
	struct world *w = *state;
	struct str items;

	str_init(&items, KiB(64));
	for (int i = 0; i < 100; i++)
		(void)str_addf(&items,
		    "<item><guid>%d</guid><link>http://n%d.example/</link>"
		    "</item>",
		    i, i % 50);
	(void)world_feed(w, FEED, "", str_c(&items));
	sim_at(20 * SEC_MS, fill_disk, NULL);
	sim_at(20 * MIN_MS, make_room, NULL);
	world_live(w,
	    "network: {articles-per-minute: 2}\n" FEEDS_EACH("1h", "auto")
		FILTER,
	    50 * MIN_MS);
	assert_true(asked_between(w, 20 * SEC_MS, 20 * MIN_MS) <= 1);
	assert_true(asked_between(w, 20 * MIN_MS, 50 * MIN_MS) >= 58);
	str_done(&items);
}

static void
the_same_for_an_item_whose_article_has_come(void **state)
{
	struct world *w = *state;

	(void)world_feed(
	    w, FEED, "", "<item><guid>1</guid><link>" PAGE "</link></item>");
	world_page(w, PAGE, 404, "", "")->reply.takes_ms = 20 * SEC_MS;
	sim_at(10 * SEC_MS, fill_disk, NULL);
	sim_at(10 * MIN_MS, make_room_and_stop, NULL);
	world_live(w, FEEDS("auto") FILTER, HOUR_MS);
	world_live(w, FEEDS("auto") FILTER, MIN_MS);
	assert_int_equal(world_asked(w, PAGE), 1);
	assert_int_equal(metrics.items_pending, 0);
}

static void
what_was_never_stored_is_read_again(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "etag: \"1\"\n", NEWS("1"));
	sim_at(0, fill_disk, NULL);
	world_live(w, CONFIG, 10 * MIN_MS);
	assert_int_equal(w->nalerts, 0);
	limit_files(RLIM_INFINITY);
	world_live(w, CONFIG, 10 * MIN_MS);
	assert_null(world_request(w, FEED, 1)->if_none_match);
	assert_int_equal(w->nalerts, 1);
}

static void
open_receiver(void *arg)
{
	((struct world *)arg)->receiver = 204;
}

static void
what_is_delivered_meanwhile_is_not_repeated(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1") NEWS("2") NEWS("3"));
	w->receiver = 0;
	sim_at(5 * MIN_MS, fill_disk, NULL);
	sim_at(6 * MIN_MS, open_receiver, w);
	sim_at(2 * HOUR_MS, make_room, NULL);
	world_live(w, CONFIG, 3 * HOUR_MS);
	world_live(w, CONFIG, HOUR_MS);
	assert_int_equal(w->nalerts, 3);
}

/* Nothing else would make the daemon look for it. */
static void
an_item_that_could_not_be_read_still_gets_its_article(void **state)
{
	struct world *w = *state;

	(void)world_feed(
	    w, FEED, "", "<item><guid>1</guid><link>" PAGE "</link></item>");
	(void)world_page(w, PAGE, 503, "", "");
	world_live(w, FEEDS_EACH("10m", "auto") FILTER, 5 * SEC_MS);
	assert_int_equal(world_asked(w, PAGE), 1);
	(void)world_page(w, PAGE, 404, "", "");
	sim_at(10 * SEC_MS, break_disk, NULL);
	sim_at(50 * SEC_MS, mend_disk, NULL);
	world_live(w, FEEDS_EACH("10m", "auto") FILTER, HOUR_MS);
	assert_int_equal(world_asked(w, PAGE), 2);
	assert_int_equal(metrics.items_pending, 0);
}

#define LATE \
	"<item><guid>late</guid><title>A ceasefire holds</title>" \
	"<pubDate>Mon, 25 Mar 2024 05:12:09 GMT</pubDate></item>"

static void
add_a_known_feed_while_the_disk_fails(void *arg)
{
	break_disk(NULL);
	world_reload(arg, CONFIG);
}

/* Taken for a new feed, its news would be its backlog. */
static void
a_feed_whose_past_cannot_be_read_waits_for_it(void **state)
{
	struct world *w = *state;

	(void)world_feed(w, FEED, "", NEWS("1"));
	(void)world_feed(w, MORE, "", "");
	world_live(w, CONFIG, 30 * SEC_MS);
	assert_int_equal(w->nalerts, 1);
	(void)world_feed(w, FEED, "", NEWS("1") LATE);
	sim_at(MIN_MS, add_a_known_feed_while_the_disk_fails, w);
	sim_at(3 * MIN_MS, mend_disk, NULL);
	world_live_from_file(
	    w, "feeds: {more: {url: '" MORE "', every: 1h}}\n" FILTER, HOUR_MS);
	assert_int_equal(asked_between(w, 90 * SEC_MS, 3 * MIN_MS), 0);
	assert_int_equal(w->nalerts, 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_waits_for_its_turn_does_not_begin),
		T(a_feed_that_is_added_waits_for_room),
		T(the_end_is_a_last_chance_to_store),
		T(no_page_is_fetched_that_cannot_be_stored),
		T(the_same_for_an_item_whose_article_has_come),
		T(what_was_never_stored_is_read_again),
		T(what_is_delivered_meanwhile_is_not_repeated),
		T(an_item_that_could_not_be_read_still_gets_its_article),
		T(a_feed_whose_past_cannot_be_read_waits_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
