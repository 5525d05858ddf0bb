/* daemon/troubles.h: tells people of the daemon's own trouble: of feeds
 * (feeds/health.h) and, through the others, of destinations that fail. */
#ifndef DAEMON_TROUBLES_H
#define DAEMON_TROUBLES_H

#include "base/map.h"
#include "config/config.h"
#include "daemon/commit.h"
#include "daemon/delivery.h"

struct troubles;

/* All borrowed. */
struct troubles_env {
	struct loop *loop;
	struct store *store;
	struct committer *committer;
	struct deliveries *deliveries;
	struct config *const *conf; /* the one in force */
	const struct map *subscriptions; /* name -> struct subscription */
	loop_fn *on_alerts; /* some are on disk */
	void *arg;
};

/* Of one kind of trouble with feeds so many are told of one by one in an hour.
 * What comes beyond that is gathered for TROUBLES_GATHER_MS, and one alert
 * tells of all of it: a network that is down is no thousand alerts. */
#define TROUBLES_GATHER_MS (10 * MIN_MS)

/* How long a destination fails before the others are told: has not worked since
 * an outage began, or refuses all that comes. */
#define TROUBLES_PATIENCE_MS (10 * MIN_MS)

/* All zero at first; times are monotonic. */
struct troubles_pace {
	int64_t hour_ms; /* when the hour began */
	int64_t last_ms; /* when some were told of last */
	size_t told; /* since the hour began */
};

/* How long those that are owed wait to be told of; 0: not at all. */
int64_t troubles_pace_wait(const struct troubles_pace *p, int64_t now_ms);
/* Are `n` told of one by one?  Counts them either way. */
bool troubles_pace_take(struct troubles_pace *p, size_t n, int64_t now_ms);

struct troubles *troubles_new(const struct troubles_env *env, struct err *e);
void troubles_free(struct troubles *t); /* NULL is fine */

/* There may be something to tell, with the loop's next turn. */
void troubles_look(struct troubles *t);

#endif
