/* store/sqlite_open.c: the database file: its lock, its schema, its damage. */
#include "store/sqlite.h"

#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x544f4353 /* "TOCS" */
#define PATH_MAX_BYTES 4096
#define BUSY_MS 20 /* the loop waits for it */

/* One step of the schema each; `user_version` counts the steps taken.  Steps
 * are only ever added.  outbox.state: 0 due, 1 done, 2 dead, 3 done and its
 * body forgotten; `ended` and `size` are of dead ones; rows are numbered
 * without reuse, because readers go on "after row".  told.how is an enum
 * told_how. */
static const char *const migrations[] = {
	"CREATE TABLE feed(name TEXT PRIMARY KEY, url TEXT NOT NULL,"
	" etag TEXT NOT NULL, last_modified TEXT NOT NULL,"
	" moved_to TEXT NOT NULL, moved_since INTEGER NOT NULL,"
	" next_due INTEGER NOT NULL, last_poll INTEGER NOT NULL,"
	" interval INTEGER NOT NULL,"
	" hold_until INTEGER NOT NULL,"
	" failures INTEGER NOT NULL, gone INTEGER NOT NULL,"
	" seen_before INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE item(feed TEXT NOT NULL, key BLOB NOT NULL,"
	" disposition INTEGER NOT NULL, seen INTEGER NOT NULL,"
	" PRIMARY KEY(feed, key)) WITHOUT ROWID;"
	"CREATE TABLE pending(feed TEXT NOT NULL, key BLOB NOT NULL,"
	" item TEXT NOT NULL, attempts INTEGER NOT NULL,"
	" next INTEGER NOT NULL, PRIMARY KEY(feed, key));"
	"CREATE INDEX pending_next ON pending(next);"
	"CREATE TABLE outbox(row INTEGER PRIMARY KEY AUTOINCREMENT,"
	" id TEXT NOT NULL, destination TEXT NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,"
	" attempts INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0,"
	" why TEXT NOT NULL DEFAULT '', body TEXT NOT NULL,"
	" UNIQUE(id, destination));"
	"CREATE INDEX outbox_due ON outbox(destination, row) WHERE state=0;"
	"CREATE INDEX outbox_done ON outbox(created) WHERE state=1;"
	"CREATE INDEX outbox_dead ON outbox(row) WHERE state=2;",
	"ALTER TABLE feed ADD COLUMN first_poll INTEGER NOT NULL DEFAULT 0;",
	"CREATE INDEX item_seen ON item(feed, seen);",
	"ALTER TABLE pending ADD COLUMN host TEXT NOT NULL DEFAULT '?';"
	"DROP INDEX pending_next;"
	"CREATE INDEX pending_host ON pending(host, next, attempts);",
	"ALTER TABLE item ADD COLUMN link INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE item ADD COLUMN title INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE item ADD COLUMN date INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE item ADD COLUMN page INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE item ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX item_page ON item(feed, page) WHERE page<>0;",
	"CREATE TABLE story_item(row INTEGER PRIMARY KEY AUTOINCREMENT,"
	" time INTEGER NOT NULL, entry BLOB NOT NULL);"
	"CREATE INDEX story_item_time ON story_item(time);"
	"CREATE TABLE telling(story INTEGER NOT NULL, filter TEXT NOT NULL,"
	" time INTEGER NOT NULL, first BLOB NOT NULL, confirmer BLOB NOT NULL,"
	" sources INTEGER NOT NULL, updated INTEGER NOT NULL,"
	" also TEXT NOT NULL, PRIMARY KEY(story, filter));"
	"CREATE INDEX telling_time ON telling(time);",
	"ALTER TABLE outbox ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;",
	"CREATE TABLE quota(filter TEXT PRIMARY KEY, version INTEGER NOT NULL,"
	" serial INTEGER NOT NULL, since INTEGER NOT NULL,"
	" until INTEGER NOT NULL, let_through INTEGER NOT NULL,"
	" over INTEGER NOT NULL, shown INTEGER NOT NULL, items TEXT NOT NULL,"
	" titles TEXT NOT NULL) WITHOUT ROWID;",
	"ALTER TABLE telling ADD COLUMN version INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE telling ADD COLUMN due INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE telling ADD COLUMN vouchers BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE telling ADD COLUMN held_id TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE telling ADD COLUMN held TEXT NOT NULL DEFAULT '';",
	"DROP INDEX outbox_done; DROP INDEX outbox_dead;"
	"UPDATE outbox SET state=3 WHERE state=1;"
	"CREATE INDEX outbox_done ON outbox(created) WHERE state=3;"
	"CREATE INDEX outbox_kept ON outbox(row) WHERE state=1;"
	"CREATE INDEX outbox_dead ON outbox(destination, row) WHERE state=2;"
	"CREATE TABLE hold(kind INTEGER NOT NULL, name TEXT NOT NULL,"
	" until INTEGER NOT NULL, PRIMARY KEY(kind, name)) WITHOUT ROWID;",
	"CREATE TABLE outage(destination TEXT PRIMARY KEY,"
	" failures INTEGER NOT NULL, since INTEGER NOT NULL,"
	" tried INTEGER NOT NULL, next INTEGER NOT NULL,"
	" why TEXT NOT NULL) WITHOUT ROWID;"
	"INSERT INTO outage SELECT destination,attempts,tried,tried,next,why"
	" FROM outbox WHERE attempts>0 AND row IN"
	" (SELECT min(row) FROM outbox WHERE state=0 GROUP BY destination);",
	"DROP INDEX outbox_dead;"
	"ALTER TABLE outbox RENAME COLUMN tried TO ended;"
	"ALTER TABLE outbox RENAME COLUMN next TO size;"
	"UPDATE outbox SET ended=1000*unixepoch(),"
	" size=length(CAST(body AS BLOB)) WHERE state=2;"
	"CREATE INDEX outbox_dead ON outbox(destination, row, ended, size)"
	" WHERE state=2;",
	"ALTER TABLE feed ADD COLUMN good INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN out INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN longest INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN pauses INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN watched INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN items INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN gap INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN gap_items INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feed ADD COLUMN told INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE failing(destination TEXT PRIMARY KEY) WITHOUT ROWID;",
	/* The text of what is known is to be read before it changes. */
	"UPDATE feed SET etag='', last_modified='';"
	"ALTER TABLE item ADD COLUMN wording INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE item ADD COLUMN text INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE told(feed TEXT NOT NULL, key BLOB NOT NULL,"
	" filter TEXT NOT NULL, title TEXT NOT NULL, lead TEXT NOT NULL,"
	" story INTEGER NOT NULL, told INTEGER NOT NULL,"
	" since INTEGER NOT NULL, updates INTEGER NOT NULL,"
	" mute INTEGER NOT NULL,"
	" PRIMARY KEY(feed, key, filter)) WITHOUT ROWID;"
	"CREATE TRIGGER told_item AFTER DELETE ON item BEGIN"
	" DELETE FROM told WHERE feed=old.feed AND key=old.key; END;",
	"ALTER TABLE told RENAME COLUMN mute TO how;",
	"CREATE INDEX quota_serial ON quota(serial) WHERE over=0;",
};
#define SCHEMA_VERSION ((int)COUNTOF(migrations))

static const char *
advice(int rc)
{
	switch (rc & 0xFF) {
	case SQLITE_FULL:
		return "make room on the disk";
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return "check the directory's owner and permissions, and that "
		       "its file system is mounted read-write";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "close the other program that has it open";
	case SQLITE_IOERR:
		return "check the disk and the kernel's log";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "if it stays so, restart tocsind: a damaged database is "
		       "moved aside";
	}
	return NULL;
}

static bool
is_damage(int rc)
{
	return (rc & 0xFF) == SQLITE_CORRUPT || (rc & 0xFF) == SQLITE_NOTADB;
}

static void
note_health(struct store *s, int rc)
{
	if (s->dir == NULL)
		return;
	if (is_damage(rc) && s->health < HEALTH_CHECK)
		s->health = HEALTH_CHECK;
	else if ((rc & 0xFF) == SQLITE_IOERR && s->health < HEALTH_REOPEN)
		s->health = HEALTH_REOPEN;
}

bool
sqlite_fail(struct store *s, int rc, const char *what, struct err *e)
{
	const char *todo = advice(rc);
	const char *why = s->db != NULL && sqlite3_errcode(s->db) == rc
	    ? sqlite3_errmsg(s->db)
	    : sqlite3_errstr(rc);
	int code = s->db != NULL ? sqlite3_system_errno(s->db) : 0;
	bool io = (rc & 0xFF) == SQLITE_IOERR || (rc & 0xFF) == SQLITE_CANTOPEN;

	note_health(s, rc);
	return err_set(e, "%s: %s: %s%s%s%s%s%s", s->path, what, why,
	    io && code != 0 ? " (" : "", io && code != 0 ? strerror(code) : "",
	    io && code != 0 ? ")" : "", todo != NULL ? "; " : "",
	    todo != NULL ? todo : "");
}

static int
read_int(struct store *s, const char *sql, int *out)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int(st, 0);
	return sqlite3_finalize(st);
}

static int
run_sql(struct store *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL);
}

static int
migrate(struct store *s, int from)
{
	char mark[96];
	int rc = run_sql(s, "BEGIN IMMEDIATE");

	for (int v = from; rc == SQLITE_OK && v < SCHEMA_VERSION; v++)
		rc = run_sql(s, migrations[v]);
	(void)snprintf(mark, sizeof(mark),
	    "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
	    APPLICATION_ID, SCHEMA_VERSION);
	return rc == SQLITE_OK ? run_sql(s, mark) : rc;
}

static int
check_schema(struct store *s, struct err *e)
{
	int app = 0, version = 0, tables = 0, rc;

	if ((rc = read_int(s, "PRAGMA application_id", &app)) != SQLITE_OK ||
	    (rc = read_int(s, "PRAGMA user_version", &version)) != SQLITE_OK ||
	    (rc = read_int(s, "SELECT count(*) FROM sqlite_schema", &tables)) !=
		SQLITE_OK) {
		(void)sqlite_fail(s, rc, "cannot be read", e);
		return rc;
	}
	if (app != APPLICATION_ID && (app != 0 || tables != 0)) {
		(void)err_set(e,
		    "%s: is a database of another program; choose another "
		    "state directory",
		    s->path);
		return SQLITE_MISMATCH;
	}
	if (version > SCHEMA_VERSION) {
		(void)err_set(e,
		    "%s: was written by a newer tocsin (schema %d, this one "
		    "knows %d); run the newer tocsin",
		    s->path, version, SCHEMA_VERSION);
		return SQLITE_MISMATCH;
	}
	if (version == SCHEMA_VERSION)
		return SQLITE_OK;
	if ((rc = migrate(s, version)) != SQLITE_OK)
		(void)sqlite_fail(s, rc, "the tables cannot be made", e);
	return rc;
}

static int
prepare_all(struct store *s, struct err *e)
{
#define STATEMENT_SQL(name, sql) sql,
	static const char *const text[] = { STATEMENTS(STATEMENT_SQL) };
#undef STATEMENT_SQL

	for (size_t i = 0; i < COUNTOF(text); i++) {
		int rc = sqlite3_prepare_v3(s->db, text[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &s->st[i], NULL);

		if (rc != SQLITE_OK) {
			(void)sqlite_fail(s, rc, "cannot be read", e);
			return rc;
		}
	}
	return SQLITE_OK;
}

void
sqlite_disconnect(struct store *s)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		(void)sqlite3_finalize(s->st[i]);
		s->st[i] = NULL;
	}
	(void)sqlite3_close(s->db);
	s->db = NULL;
	s->in_tx = false;
}

/* locking_mode, before anything is read: nobody else opens the database, and
 * the log's index is in our memory, without the locks in shared memory for
 * which SQLite waits up to ten seconds when they are in disorder.
 * journal_size_limit: a burst must not leave a large log behind for ever. */
static int
set_up(struct store *s, struct err *e)
{
	int rc = run_sql(s,
	    "PRAGMA locking_mode=EXCLUSIVE;"
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	    "PRAGMA journal_size_limit=16777216; PRAGMA trusted_schema=OFF");

	if (rc != SQLITE_OK)
		(void)sqlite_fail(s, rc, "cannot be opened", e);
	else if (sqlite3_db_readonly(s->db, "main") == 1)
		(void)sqlite_fail(
		    s, rc = SQLITE_READONLY, "cannot be written", e);
	else if ((rc = check_schema(s, e)) == SQLITE_OK)
		rc = prepare_all(s, e);
	return rc;
}

int
sqlite_connect(struct store *s, struct err *e)
{
	int rc = sqlite3_open_v2(s->path, &s->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
	    NULL);

	if (rc != SQLITE_OK) {
		(void)sqlite_fail(s, rc, "cannot be opened", e);
	} else {
		(void)sqlite3_extended_result_codes(s->db, 1);
		(void)sqlite3_busy_timeout(s->db, BUSY_MS);
		rc = set_up(s, e);
	}
	if (rc != SQLITE_OK)
		sqlite_disconnect(s);
	return rc;
}

/* The whole file: seconds for a large one, so only after a bad sign. */
static bool
is_sound(struct store *s)
{
	sqlite3_stmt *st;
	bool ok = false;

	if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &st, NULL) !=
	    SQLITE_OK)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW)
		ok = strcmp((const char *)sqlite3_column_text(st, 0), "ok") ==
		    0;
	return sqlite3_finalize(st) == SQLITE_OK && ok;
}

/* The mark that a running daemon leaves for the next start. */
static void
mark_path(const struct store *s, char out[PATH_MAX_BYTES])
{
	(void)snprintf(out, PATH_MAX_BYTES, "%s.damaged", s->path);
}

static void
leave_mark(struct store *s)
{
	char path[PATH_MAX_BYTES];
	int fd;

	mark_path(s, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	if (fd >= 0)
		(void)close(fd);
	s->health = HEALTH_CONDEMNED;
}

bool
sqlite_reconnect(struct store *s, struct err *e)
{
	bool check = s->health == HEALTH_CHECK;
	int rc = SQLITE_CORRUPT;

	if (s->health != HEALTH_CONDEMNED) {
		sqlite_disconnect(s);
		rc = sqlite_connect(s, e);
		if (rc == SQLITE_OK && check && !is_sound(s))
			rc = SQLITE_CORRUPT;
		if (is_damage(rc))
			leave_mark(s);
	}
	if (s->health == HEALTH_CONDEMNED)
		return err_set(e,
		    "%s: is damaged; restart tocsind, which moves it aside and "
		    "begins a new one",
		    s->path);
	if (rc == SQLITE_OK)
		s->health = HEALTH_GOOD;
	return rc == SQLITE_OK;
}

static bool
move_aside(struct store *s, struct err *e)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	int64_t now_s = clock_wall_ms() / SEC_MS;

	for (size_t i = 0; i < COUNTOF(tails); i++) {
		char from[PATH_MAX_BYTES], to[PATH_MAX_BYTES];

		(void)snprintf(from, sizeof(from), "%s%s", s->path, tails[i]);
		(void)snprintf(to, sizeof(to), "%s.corrupt-%lld%s", s->path,
		    (long long)now_s, tails[i]);
		if (rename(from, to) != 0 && errno != ENOENT)
			return err_errno(e,
			    "%s: is damaged and cannot be moved aside", from);
	}
	return true;
}

/* Damage can be the passing view of a failing file system, so a second look is
 * taken before anything is moved. */
static bool
connect_or_replace(struct store *s, bool *fresh, struct err *e)
{
	char mark[PATH_MAX_BYTES];
	int rc = sqlite_connect(s, e);
	bool marked;

	mark_path(s, mark);
	marked = s->dir != NULL && access(mark, F_OK) == 0;
	if (rc == SQLITE_OK && !marked)
		return true;
	if (!marked && !is_damage(rc))
		return false;
	if (rc != SQLITE_OK)
		rc = sqlite_connect(s, e);
	if (rc == SQLITE_OK && !is_sound(s))
		rc = SQLITE_CORRUPT;
	if (is_damage(rc)) {
		sqlite_disconnect(s);
		if (!move_aside(s, e))
			return false;
		*fresh = true;
		rc = sqlite_connect(s, e);
	}
	if (rc == SQLITE_OK)
		(void)unlink(mark);
	return rc == SQLITE_OK;
}

/* For whoever finds it locked; a full disk is no reason not to start. */
static void
note_holder(int lock)
{
	if (ftruncate(lock, 0) == 0)
		(void)dprintf(lock, "%d\n", (int)getpid());
}

/* flock() goes with the process, so a lock never outlives a crash. */
static bool
take_lock(struct store *s, struct err *e)
{
	char path[PATH_MAX_BYTES], pid[16] = "";
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/tocsin.lock", s->dir);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (s->lock < 0)
		return err_errno(e, "%s", path);
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0) {
		note_holder(s->lock);
		return true;
	}
	if (errno != EWOULDBLOCK)
		return err_errno(e, "%s: cannot be locked", path);
	n = pread(s->lock, pid, sizeof(pid) - 1, 0);
	while (n > 0 && !ascii_is_digit(pid[n - 1]))
		pid[--n] = '\0';
	return err_set(e, "%s: another tocsind%s%s uses this directory", s->dir,
	    n > 0 ? ", process " : "", pid);
}

struct store *
store_open(const char *dir, bool *fresh_start, struct err *e)
{
	struct store *s = mem_calloc(1, sizeof(*s));
	char path[PATH_MAX_BYTES] = ":memory:";
	bool fresh = false;

	s->lock = -1;
	s->dir = mem_strdup(dir);
	if (dir != NULL &&
	    snprintf(path, sizeof(path) - 64, "%s/tocsin.db", dir) >=
		(int)sizeof(path) - 64) {
		(void)err_set(e, "%s: path too long", dir);
		store_close(s);
		return NULL;
	}
	s->path = mem_strdup(path);
	if ((dir != NULL && (!file_mkdirs(dir, 0750, e) || !take_lock(s, e))) ||
	    !connect_or_replace(s, &fresh, e)) {
		store_close(s);
		return NULL;
	}
	s->health = HEALTH_GOOD;
	if (fresh_start != NULL)
		*fresh_start = fresh;
	return s;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	sqlite_disconnect(s);
	if (s->lock >= 0)
		(void)close(s->lock);
	free(s->path);
	free(s->dir);
	free(s);
}
