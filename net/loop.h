/* net/loop.h: the event loop: timers, signals, descriptors, work put off to the
 * end of the turn.  The only place besides http.c and server.c that knows
 * libevent. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct timer;
struct loop_signal;
struct loop_io;
struct loop_idle;

typedef void loop_fn(void *arg);

struct loop *loop_new(void);
void loop_free(struct loop *l); /* everything made from it must be gone */

/* Runs until loop_stop(); notes the longest turn in metrics. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* Monotonic time at the start of this turn, and the wall clock's. */
int64_t loop_now_ms(const struct loop *l);
int64_t loop_wall_ms(const struct loop *l);

/* A timer fires once per timer_set(); setting it again replaces the former
 * time.  Never fires inside timer_set(). */
struct timer *timer_new(struct loop *l, loop_fn *fn, void *arg);
void timer_set(struct timer *t, int64_t delay_ms); /* < 0 counts as 0 */
void timer_stop(struct timer *t);
bool timer_is_set(const struct timer *t);
void timer_free(struct timer *t); /* NULL is fine */

struct loop_signal *
loop_on_signal(struct loop *l, int signo, loop_fn *fn, void *arg);
void loop_signal_free(struct loop_signal *s);

/* Calls `fn` while the descriptor is readable or writable. */
struct loop_io *loop_io_new(
    struct loop *l, int fd, bool read, bool write, loop_fn *fn, void *arg);
void loop_io_free(struct loop_io *io);

/* Work for the end of a turn: `fn` runs once after the callbacks of the turn in
 * which loop_idle_ask() was called, however often it was called. */
struct loop_idle *loop_idle_new(struct loop *l, loop_fn *fn, void *arg);
void loop_idle_ask(struct loop_idle *i);
void loop_idle_free(struct loop_idle *i);

/* For net/ only: the libevent base, and the mark that a callback which does not
 * come through this file has begun (the turn is timed from its first one). */
struct event_base *loop_base(struct loop *l);
void loop_enter(struct loop *l);

#endif
