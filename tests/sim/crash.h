/* tests/sim/crash.h: a daemon that dies at any instant. */
#ifndef TESTS_SIM_CRASH_H
#define TESTS_SIM_CRASH_H

#include "tests/sim/world.h"

/* Stands in memory that is shared with the daemon's process. */
struct crash {
	uint64_t dice;
	int64_t wall_ms; /* at the crash */
	unsigned exchanges; /* before the crash; 0: it comes by the clock */
};

/* Memory that is shared with the daemon's process, cleared. */
void *crash_share(size_t bytes);
void crash_unshare(void *memory, size_t bytes);

/* 0 to n - 1. */
unsigned crash_chance(struct crash *c, unsigned n);

/* Once in each exchange, when it is answered: it may be the last. */
void crash_may_come(struct crash *c);

/* Lets the daemon live in a process of its own until it dies, within 40 minutes
 * or 60 exchanges; the clock goes on from there. */
void crash_live(struct world *w, struct crash *c, const char *config);

#endif
