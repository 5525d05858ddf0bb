/* feeds/local.h: a document in a local file, read a piece at a turn. */
#ifndef FEEDS_LOCAL_H
#define FEEDS_LOCAL_H

#include "base/err.h"
#include "net/loop.h"

struct local;

enum local_outcome {
	LOCAL_READ,
	LOCAL_UNCHANGED,
	LOCAL_FAILED
};

struct local_events {
	/* False stops the reading: LOCAL_FAILED. */
	bool (*on_data)(struct sv bytes, void *arg);
	/* Once, never inside local_open(), unless local_free() comes first.
	 * `validator` names this state of the file (inode, size, time); `error`
	 * is "" when on_data stopped it. */
	void (*on_end)(enum local_outcome o, struct sv validator,
	    const char *error, void *arg);
};

/* `url` is file:PATH or file:///PATH (percent-encoding is undone) and must name
 * a regular file of at most `max` bytes.  With `validator` (may be NULL) equal
 * to the file's: LOCAL_UNCHANGED, nothing is read. */
struct local *local_open(struct loop *l, const char *url, const char *validator,
    size_t max, const struct local_events *ev, void *arg);
void local_free(struct local *f); /* NULL is fine */

#endif
