/* net/work.h: work that would keep the loop for too long. */
#ifndef NET_WORK_H
#define NET_WORK_H

#include "net/loop.h"

struct work;

/* Runs `work` in a thread of its own and then `done` in the loop, exactly once,
 * never before this returns.  What `work` touches is nobody else's until then.
 */
struct work *
work_start(struct loop *l, loop_fn *work, loop_fn *done, void *arg);

/* `done` will not be called any more.  Waits for `work` while it runs.  From
 * inside `done` too; NULL is fine. */
void work_free(struct work *w);

#endif
