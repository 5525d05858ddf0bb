/* tests/sim/sim.h: a loop with simulated time and an HTTP client that asks a
 * function of the test: net/loop.h and net/http.h without a clock, a socket or
 * a wait.  Linked before the library, it takes the place of both. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "net/http.h"
#include "net/loop.h"

#define SIM_EPOCH_MS INT64_C(1711429929000) /* the wall clock's at time 0 */

/* What loop_run() does: runs what is due, for so long or until loop_stop(). */
void sim_for(int64_t ms);

/* Calls `fn` once, so long after loop_run() began. */
void sim_at(int64_t after_ms, loop_fn *fn, void *arg);

/* What a signal does; from inside a callback. */
void sim_raise(int signo);

struct sim_reply {
	int status; /* 0: no answer */
	const char *error; /* then */
	const char *headers; /* "name: value\n" lines, lower case, or NULL */
	struct sv body; /* must stay until the exchange has ended */
	int64_t takes_ms;
	int64_t stalls_ms; /* then, before the body's end is there */
	bool cut; /* the body is cut short: HTTP_BROKEN */
	const char *permanent; /* where 301s led, or NULL */
};

/* Fills `out`, cleared, for a request; called when it starts. */
typedef void
sim_server_fn(const struct http_request *req, struct sim_reply *out, void *arg);
void sim_serve(sim_server_fn *fn, void *arg);

/* What the wall clock shows from now on; appointments are forgotten. */
void sim_begin(int64_t wall_ms);

int64_t sim_wall_ms(void);

/* Somebody sets the clock. */
void sim_set_wall(int64_t wall_ms);

/* The value of a request's header, or NULL. */
const char *sim_header(const struct http_request *req, const char *name);

#endif
