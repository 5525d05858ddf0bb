/* feeds/gate.h: lets one exchange at a time through to each host, spaced. */
#ifndef FEEDS_GATE_H
#define FEEDS_GATE_H

#include "base/sv.h"
#include "net/loop.h"

#include <sys/queue.h>

struct gate;
struct gate_host;

/* Embedded in whoever waits; cleared to zero before its first use. */
struct gate_pass {
	TAILQ_ENTRY(gate_pass) next;
	struct gate_host *host; /* NULL: neither waiting nor through */
	bool through;
	loop_fn *fn;
	void *arg;
};

struct gate *gate_new(struct loop *l, int64_t gap_ms);
void gate_free(struct gate *g); /* every pass must have left */
void gate_set_gap(struct gate *g, int64_t gap_ms);

/* Queues for the host of `url`.  `fn` is called, never inside this function,
 * when its turn has come: first come first served, one at a time, `gap_ms`
 * after the last one's start, and not before a hold has passed. */
void gate_enter(
    struct gate *g, struct gate_pass *p, struct sv url, loop_fn *fn, void *arg);

/* The exchange is over, or the wait is given up.  Fine for one not inside. */
void gate_leave(struct gate_pass *p);

/* Nobody starts with the host of `url` for the next `ms` (429, Retry-After). */
void gate_hold(struct gate *g, struct sv url, int64_t ms);

#endif
