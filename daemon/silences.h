/* daemon/silences.h: filters that somebody has silenced for a while. */
#ifndef DAEMON_SILENCES_H
#define DAEMON_SILENCES_H

#include "base/map.h"
#include "store/store.h"

struct silences;

/* Those that the store (borrowed) keeps. */
struct silences *silences_new(struct store *s, struct err *e);
void silences_free(struct silences *s); /* NULL is fine */

/* Silent until then (wall clock), or no more when that is over; on disk when it
 * returns true, unchanged when false.  Only then others that have ended are
 * forgotten, not at the start: its clock may be wrong. */
bool silences_set(struct silences *s, const char *filter, int64_t until_ms,
    int64_t now_ms, struct err *e);

/* NULL as `s`: nothing is silent. */
bool silences_has(const struct silences *s, const char *filter, int64_t now_ms);

typedef void silences_fn(struct sv filter, int64_t until_ms, void *arg);
void silences_each(
    const struct silences *s, int64_t now_ms, silences_fn *fn, void *arg);

#endif
