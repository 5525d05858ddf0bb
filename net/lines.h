/* net/lines.h: requests of one line and their answers over a unix socket: how
 * programs of this machine talk to the daemon. */
#ifndef NET_LINES_H
#define NET_LINES_H

#include "base/err.h"
#include "base/str.h"
#include "net/loop.h"

struct lines;
struct lines_call;

/* `line` without its end, valid during the call.  Whoever gets `call` must
 * hand it to lines_reply() once, now or later. */
typedef void lines_fn(struct lines_call *call, struct sv line, void *arg);

/* Listens at `path`, for the user and group of this process.  A socket that is
 * there is taken for a dead process's and replaced, so something else must keep
 * two of us apart; another kind of file is an error.
 *
 * A connection has one request, of at most LINES_REQUEST_BYTES and within
 * LINES_WAIT_MS; the same for the answer to be read.  Of more connections than
 * LINES_CLIENTS the oldest that keeps us waiting is closed. */
struct lines *lines_new(
    struct loop *l, const char *path, lines_fn *fn, void *arg, struct err *e);

/* Removes the socket.  Calls that are open must still be replied to. */
void lines_free(struct lines *s);

/* Ends the call; nobody may be there to hear it any more.  `line` is copied and
 * has no line end. */
void lines_reply(struct lines_call *c, struct sv line);

/* The other side: sends `line`, waits and appends the answer without its end;
 * blocks for at most `timeout_ms` at each step. */
bool lines_ask(const char *path, struct sv line, int64_t timeout_ms,
    struct str *answer, struct err *e);

#endif
