/* tests/sim/fake_work.c: work takes no time; the loop hears of it next. */
#include "base/mem.h"
#include "net/work.h"

#include <stdlib.h>

struct work {
	struct timer *timer;
};

struct work *
work_start(struct loop *l, loop_fn *work, loop_fn *done, void *arg)
{
	struct work *w = mem_calloc(1, sizeof(*w));

	work(arg);
	w->timer = timer_new(l, done, arg);
	timer_set(w->timer, 0);
	return w;
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	timer_free(w->timer);
	free(w);
}
