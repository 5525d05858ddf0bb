/* daemon/replay.h: puts alerts back into the outbox of a destination, a few in
 * each turn of the loop. */
#ifndef DAEMON_REPLAY_H
#define DAEMON_REPLAY_H

#include "daemon/control.h"

struct replays;

struct replays *replays_new(const struct control_env *env);
void replays_free(struct replays *r); /* ends those under way */

/* Takes the request, whose arguments say what, and answers it when all is on
 * disk.  One at a time: another is refused. */
void replays_start(struct replays *r, struct request *q);

#endif
