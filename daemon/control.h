/* daemon/control.h: the daemon's control socket: one table of commands, each a
 * line of JSON (an array of texts) answered by another (an object). */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include "config/config.h"
#include "daemon/delivery.h"
#include "daemon/silences.h"
#include "daemon/subscription.h"
#include "net/lines.h"

/* clang-format off */
/* Every command: name, how many arguments at least and at most, what it does. */
#define CONTROL_COMMANDS(X) \
	X(status, 0, 0,        "How feeds and destinations are doing.") \
	X(pause,  1, 1,        "DESTINATION: sends nothing more there.") \
	X(resume, 1, 1,        "DESTINATION: goes on, at once.") \
	X(replay, 2, SIZE_MAX, "DESTINATION dead | since MS | ids ID...: sends again.") \
	X(silence, 2, 2,       "FILTER MS | FILTER off: rings nobody for so long.") \
	X(reload, 0, 0,        "Reads the configuration again.") \
	X(poll,   1, 1,        "FEED: polls it now.")
/* clang-format on */

struct control;

/* What the commands act on; borrowed. */
struct control_env {
	struct loop *loop;
	struct store *store;
	struct committer *committer;
	struct deliveries *deliveries;
	struct silences *silences;
	struct config *const *conf; /* the present one */
	const struct map *subscriptions; /* name -> struct subscription */
	int64_t started_ms; /* monotonic */
	loop_fn *reload; /* control_reloaded() tells how it went */
	void *arg;
};

/* A command under way. */
struct request {
	const struct control_env *env;
	struct lines_call *call;
	struct arena arena; /* the arguments */
	const char **args; /* without the command's name */
	size_t nargs;
	struct request *next; /* of those who wait for the same */
};

/* Listens at `path` (see lines_new()). */
struct control *
control_new(const struct control_env *env, const char *path, struct err *e);
void control_free(struct control *c); /* NULL is fine */

/* A reload that began after all that were asked for has ended; `e`: it was
 * refused. */
void control_reloaded(struct control *c, const struct err *e);

/* A line that came in: its arguments go into `q`, which the arena of `q` holds.
 * The command's place in CONTROL_COMMANDS; -1: it is none, or has other
 * arguments.  Pure; here for its tests. */
int control_read(struct sv line, struct request *q, struct err *e);

/* Each ends the request and frees it.  control_answer() takes the members of
 * the object, as JSON. */
void control_answer(struct request *q, struct sv members);
void control_refuse(struct request *q, const struct err *e);

#endif
