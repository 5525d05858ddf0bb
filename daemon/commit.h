/* daemon/commit.h: what one turn of the loop changes is committed in one
 * transaction at its end.  A failed commit is tried again until it succeeds;
 * nothing is handed on before it is on disk. */
#ifndef DAEMON_COMMIT_H
#define DAEMON_COMMIT_H

#include "net/loop.h"
#include "store/store.h"

struct committer;

/* Writes into the open transaction.  May be called again after a failed commit,
 * so it must not change `arg`. */
typedef bool commit_apply_fn(struct store *s, void *arg, struct err *e);

/* Once, after the commit succeeded. */
typedef void commit_done_fn(void *arg);

struct committer *committer_new(struct loop *l, struct store *s);

/* Commits what is waiting, if it can, and frees; what could not be committed is
 * dropped without its done call. */
void committer_free(struct committer *c);

/* `arg` belongs to the committer until `done` is called. `drop` frees it when
 * the committer goes first. */
void committer_add(struct committer *c, commit_apply_fn *apply,
    commit_done_fn *done, commit_done_fn *drop, void *arg);

/* The same for what may wait for others a little (COMMIT_SOON_MS): what is lost
 * with it is only done again. */
void committer_add_soon(struct committer *c, commit_apply_fn *apply,
    commit_done_fn *done, commit_done_fn *drop, void *arg);

/* True while commits fail (full disk ...): producers should wait. */
bool committer_is_stuck(const struct committer *c);

/* Tells when being stuck begins (true) and ends (false). */
void committer_on_stuck(
    struct committer *c, void (*fn)(bool stuck, void *arg), void *arg);

#endif
