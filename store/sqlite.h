/* store/sqlite.h: what the two halves of the SQLite store share. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "store/store.h"

#include <sqlite3.h>

/* clang-format off */

/* Every statement: name, SQL. */
#define STATEMENTS(X) \
	X(BEGIN, "BEGIN IMMEDIATE") \
	X(COMMIT, "COMMIT") \
	X(PUT_FEED, \
	    "INSERT INTO feed VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14," \
	    "?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28)" \
	    " ON CONFLICT(name) DO UPDATE SET url=?2, etag=?3, last_modified=?4," \
	    " moved_to=?5, moved_since=?6, next_due=?7, last_poll=?8, interval=?9," \
	    " hold_until=?10, failures=?11, gone=?12, seen_before=?13," \
	    " first_poll=?14," \
	    " good=?15, failed=?16, newest=?17, out=?18, quiet=?19," \
	    " longest=?20, pauses=?21, watched=?22, items=?23, gap=?24," \
	    " gap_items=?25, missed=?26, owed=?27, told=?28") \
	X(FEEDS, "SELECT * FROM feed ORDER BY name") \
	X(UNSEE_FEED, \
	    "UPDATE feed SET seen_before=0, first_poll=0, etag=''," \
	    " last_modified='' WHERE name=?1 AND last_poll<?2" \
	    " AND NOT EXISTS (SELECT 1 FROM pending WHERE feed=?1)") \
	X(DEL_FEED, "DELETE FROM feed WHERE name=?1") \
	X(TELL_FEED, \
	    "UPDATE feed SET owed=owed&~?2, told=(told&~?3)|?4," \
	    " failed=iif(?3=0,failed,0) WHERE name=?1 AND owed&?2<>0") \
	X(PUT_FAILING, \
	    "INSERT INTO failing VALUES (?1) ON CONFLICT DO NOTHING") \
	X(DEL_FAILING, "DELETE FROM failing WHERE destination=?1") \
	X(FAILINGS, "SELECT * FROM failing ORDER BY destination") \
	X(PUT_ITEM, \
	    "INSERT INTO item(feed,key,disposition,seen)" \
	    " VALUES (?1,?2,?3,?4) ON CONFLICT DO UPDATE" \
	    " SET disposition=?3, seen=?4") \
	X(TOUCH_ITEM, "UPDATE item SET seen=?3 WHERE feed=?1 AND key=?2") \
	X(SET_TRAITS, \
	    "UPDATE item SET link=?3, title=?4, date=?5, page=?6, shared=?7," \
	    " wording=?8, text=?9" \
	    " WHERE feed=?1 AND key=?2") \
	X(SET_SHARED, "UPDATE item SET shared=1 WHERE feed=?1 AND key=?2") \
	X(HAS_ITEM, \
	    "SELECT link,title,date,page,shared,wording,text,disposition FROM item" \
	    " WHERE feed=?1 AND key=?2") \
	X(HAS_PAGE, \
	    "SELECT key FROM item WHERE feed=?1 AND page=?2 AND page<>0 LIMIT 1") \
	X(PRUNE_ITEMS, \
	    "DELETE FROM item WHERE feed=?1 AND key IN" \
	    " (SELECT key FROM item WHERE feed=?1 AND seen<?2" \
	    " ORDER BY seen LIMIT ?3)") \
	X(COUNT_ITEMS, "SELECT count(*) FROM item WHERE feed=?1") \
	X(PUT_TOLD, \
	    "INSERT INTO told VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)" \
	    " ON CONFLICT DO UPDATE SET title=?4, lead=?5, story=?6, told=?7," \
	    " since=?8, updates=?9, how=?10") \
	X(TOLD, "SELECT * FROM told WHERE feed=?1 AND key=?2 ORDER BY filter") \
	X(HAS_ALERT, "SELECT 1 FROM outbox WHERE id=?1 LIMIT 1") \
	X(PUT_PENDING, \
	    "INSERT INTO pending VALUES (?1,?2,?3,?4,?5,?6)" \
	    " ON CONFLICT DO UPDATE SET item=?3, attempts=?4, next=?5, host=?6") \
	X(DEL_PENDING, "DELETE FROM pending WHERE feed=?1 AND key=?2") \
	X(NEXT_HOST, "SELECT host FROM pending WHERE host>?1 ORDER BY host LIMIT 1") \
	X(PENDING, \
	    "SELECT * FROM pending WHERE host=?1" \
	    " AND (next<=?2 OR next>?3 OR attempts=0) ORDER BY next LIMIT ?4") \
	X(PUT_ALERT, \
	    "INSERT INTO outbox(id,destination,created,body) VALUES (?1,?2,?3,?4)" \
	    " ON CONFLICT(id,destination) DO NOTHING") \
	X(FORGET_BODIES, \
	    "UPDATE outbox SET state=3, body='' WHERE row IN (SELECT row FROM" \
	    " (SELECT row,created FROM outbox WHERE state=1 ORDER BY row LIMIT 4)" \
	    " WHERE created<?1 OR row<=(SELECT max(row) FROM outbox)-?2)") \
	X(FORGET_DONE, \
	    "DELETE FROM outbox WHERE row IN (SELECT row FROM outbox" \
	    " WHERE state=3 AND created<?1 LIMIT 4)") \
	X(DONE, \
	    "UPDATE outbox SET state=iif(length(body)>?2,3,1)," \
	    " body=iif(length(body)>?2,'',body) WHERE row=?1 AND state=0") \
	X(RETRY, \
	    "UPDATE outbox SET attempts=?2 WHERE row=?1 AND state=0") \
	X(DEAD, \
	    "UPDATE outbox SET state=2, why=?2, ended=?3," \
	    " size=length(CAST(body AS BLOB)) WHERE row=?1 AND state=0") \
	X(NEXT_DEAD, \
	    "SELECT destination FROM outbox WHERE state=2 AND destination>?1" \
	    " ORDER BY destination LIMIT 1") \
	X(DEAD_LETTERS, \
	    "SELECT row,ended,size FROM outbox WHERE state=2 AND destination=?1" \
	    " ORDER BY row DESC LIMIT ?2") \
	X(DROP_DEAD, \
	    "DELETE FROM outbox WHERE row IN (SELECT row FROM outbox" \
	    " WHERE state=2 AND destination=?1 AND row<=?2 ORDER BY row LIMIT ?3)") \
	X(OUTBOX, \
	    "SELECT row,id,destination,created,attempts,body FROM outbox" \
	    " WHERE state=0 AND destination=?1 AND row>?2 ORDER BY row LIMIT ?3") \
	X(PUT_OUTAGE, \
	    "INSERT INTO outage VALUES (?1,?2,?3,?4,?5,?6)" \
	    " ON CONFLICT DO UPDATE SET failures=?2, since=?3, tried=?4, next=?5," \
	    " why=?6") \
	X(DEL_OUTAGE, "DELETE FROM outage WHERE destination=?1") \
	X(OUTAGE, "SELECT * FROM outage WHERE destination=?1") \
	X(NEXT_QUEUE, \
	    "SELECT destination FROM outbox WHERE state=0 AND destination>?1" \
	    " ORDER BY destination LIMIT 1") \
	X(LAST_ROW, "SELECT coalesce(max(row),0) FROM outbox") \
	X(REPLAYABLE, \
	    "SELECT row FROM outbox WHERE state=1 AND ?5=0 AND destination=?1" \
	    " AND row>?2 AND row<=?3 AND created>=?4 UNION ALL" \
	    " SELECT row FROM outbox WHERE state=2 AND destination=?1" \
	    " AND row>?2 AND row<=?3 AND created>=?4 ORDER BY row LIMIT ?6") \
	X(REPLAY_ROW, \
	    "INSERT OR REPLACE INTO outbox(id,destination,created,body)" \
	    " SELECT id,destination,?2,body FROM outbox" \
	    " WHERE row=?1 AND state IN (1,2)") \
	X(REPLAY_ID, \
	    "INSERT OR REPLACE INTO outbox(id,destination,created,body)" \
	    " SELECT id,destination,?3,body FROM outbox" \
	    " WHERE id=?1 AND destination=?2 AND state IN (1,2)") \
	X(QUEUE, \
	    "SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox" \
	    "   WHERE state=0 AND destination=?1 LIMIT ?2))," \
	    " (SELECT created FROM outbox WHERE state=0 AND destination=?1" \
	    "   ORDER BY row LIMIT 1)," \
	    " (SELECT count(*) FROM (SELECT 1 FROM outbox" \
	    "   WHERE state=2 AND destination=?1 LIMIT ?2))," \
	    " (SELECT ended FROM outbox WHERE state=2 AND destination=?1" \
	    "   ORDER BY row LIMIT 1)") \
	X(PUT_HOLD, \
	    "INSERT INTO hold VALUES (?1,?2,?3)" \
	    " ON CONFLICT DO UPDATE SET until=?3") \
	X(DEL_HOLD, "DELETE FROM hold WHERE kind=?1 AND name=?2") \
	X(FORGET_HOLDS, \
	    "DELETE FROM hold WHERE kind=?1 AND name IN (SELECT name FROM hold" \
	    " WHERE kind=?1 AND until<>0 AND until<=?2 LIMIT 4)") \
	X(HOLDS, "SELECT * FROM hold WHERE kind=?1 ORDER BY name") \
	X(PUT_STORY_ITEM, "INSERT INTO story_item(time,entry) VALUES (?1,?2)") \
	X(FORGET_STORY_ITEMS, \
	    "DELETE FROM story_item WHERE row IN (SELECT row FROM story_item" \
	    " WHERE time<?1 LIMIT 4)") \
	X(CROP_STORY_ITEMS, \
	    "DELETE FROM story_item WHERE row IN (SELECT row FROM story_item" \
	    " WHERE row<=(SELECT max(row) FROM story_item)-?1 LIMIT 4)") \
	X(STORY_ITEMS, \
	    "SELECT time,entry FROM story_item WHERE time>=?1 ORDER BY time,row") \
	X(PUT_TELLING, \
	    "INSERT INTO telling VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)" \
	    " ON CONFLICT DO UPDATE SET time=?3, first=?4, confirmer=?5," \
	    " sources=?6, updated=?7, also=?8, version=?9, due=?10," \
	    " vouchers=?11, held_id=?12, held=?13 WHERE version<?9") \
	X(DEL_TELLING, "DELETE FROM telling WHERE story=?1 AND filter=?2") \
	X(HELD, \
	    "SELECT version,held_id,held FROM telling WHERE story=?1 AND filter=?2") \
	X(FORGET_TELLINGS, \
	    "DELETE FROM telling WHERE rowid IN (SELECT rowid FROM telling" \
	    " WHERE time<?1 AND due=0 LIMIT 4)") \
	X(CROP_TELLINGS, \
	    "DELETE FROM telling WHERE rowid IN (SELECT rowid FROM telling" \
	    " WHERE rowid<=(SELECT max(rowid) FROM telling)-?1 AND due=0" \
	    " LIMIT 4)") \
	X(TELLINGS, \
	    "SELECT story,filter,time,first,confirmer,sources,updated,also," \
	    "version,due,vouchers FROM telling INDEXED BY telling_time" \
	    " WHERE time>=?1 OR due<>0 ORDER BY time") \
	X(PUT_QUOTA, \
	    "INSERT INTO quota VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)" \
	    " ON CONFLICT DO UPDATE SET version=?2, serial=?3, since=?4, until=?5," \
	    " let_through=?6, over=?7, shown=?8, items=?9, titles=?10" \
	    " WHERE version<?2") \
	X(FORGET_QUOTAS, \
	    "DELETE FROM quota WHERE filter IN (SELECT filter FROM quota" \
	    " WHERE serial<?1 AND over=0 LIMIT 4)") \
	X(QUOTAS, "SELECT * FROM quota ORDER BY filter") \
	X(STATS, \
	    "SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM pending)," \
	    " (SELECT count(*) FROM outbox WHERE state=0)," \
	    " (SELECT count(*) FROM outbox WHERE state=2)")

/* clang-format on */

#define STATEMENT_ENUM(name, sql) S_##name,
enum statement {
	STATEMENTS(STATEMENT_ENUM) STATEMENT_COUNT
};
#undef STATEMENT_ENUM

/* What the last errors say of the file, and so what has to be done before it is
 * used again. */
enum store_health {
	HEALTH_GOOD,
	HEALTH_REOPEN,
	HEALTH_CHECK, /* open it again and read it all */
	HEALTH_CONDEMNED, /* damaged; the next start moves it aside */
};

struct store {
	char *path; /* of the database; ":memory:" without a directory */
	char *dir; /* NULL: in memory */
	int lock; /* held on a file beside the database; -1: none */
	sqlite3 *db; /* NULL: could not be opened again */
	sqlite3_stmt *st[STATEMENT_COUNT];
	enum store_health health;
	bool in_tx;
};

/* Opens the database, makes or upgrades its schema and prepares the
 * statements.  Returns SQLite's result; nothing is open after a failure. */
int sqlite_connect(struct store *s, struct err *e);
void sqlite_disconnect(struct store *s);

/* Opens again a database that reported damage or an I/O error, which may have
 * been the file system's for a while.  Still damaged: leaves a mark, so that
 * the next start moves it aside. */
bool sqlite_reconnect(struct store *s, struct err *e);

/* Says what failed, in which file, and what to do about it. */
bool sqlite_fail(struct store *s, int rc, const char *what, struct err *e);

#endif
