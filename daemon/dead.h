/* daemon/dead.h: lets dead letters go that are too old or too many
 * (DEAD_KEPT_...), a few in each turn of the loop. */
#ifndef DAEMON_DEAD_H
#define DAEMON_DEAD_H

#include "net/loop.h"
#include "store/store.h"

struct dead_letters;

/* Borrows both. */
struct dead_letters *dead_letters_new(struct loop *l, struct store *s);
void dead_letters_free(struct dead_letters *d); /* NULL is fine */

/* One more was put into the store: looks within a minute whether there are too
 * many.  Otherwise it looks every hour. */
void dead_letters_note(struct dead_letters *d);

#endif
