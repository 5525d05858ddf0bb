/* daemon/articles.h: fetches the pages behind items that wait for them, within
 * budgets, and settles the items. */
#ifndef DAEMON_ARTICLES_H
#define DAEMON_ARTICLES_H

#include "daemon/commit.h"
#include "daemon/pipeline.h"
#include "feeds/gate.h"
#include "net/http.h"

struct articles;

/* Borrowed for the life of the articles. */
struct articles_env {
	struct loop *loop;
	struct http *http;
	struct gate *gate;
	struct store *store;
	struct committer *committer;
	struct pipeline *pipeline;
	void (*on_alerts)(void *arg); /* alerts were committed */
	void *arg;
};

struct articles *
articles_new(const struct articles_env *env, struct config *conf);
/* Cancels what is under way.  After the committer, which may hold some. */
void articles_free(struct articles *a);

/* Items that wait may be new on disk, or can be stored again: looks for them.
 * Nothing is fetched while the committer is stuck. */
void articles_wake(struct articles *a);

/* When its turn comes, an item whose feed is gone from the configuration is
 * forgotten, and one that waits where pages are not fetched any more has its
 * last word without. */
void articles_reload(struct articles *a, struct config *conf);

/* A token bucket: `left` exchanges may start now; `per_minute` more come each
 * minute, at most `per_minute` are saved up.  Pure. */
struct budget {
	int64_t per_minute;
	double left;
	int64_t since_ms;
};

/* Takes one, if any come; returns 0, or how many ms to wait until there is one.
 */
int64_t budget_take(struct budget *b, int64_t now_ms);

#endif
