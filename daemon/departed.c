/* daemon/departed.c: forgets feeds that left the configuration long ago. */
#include "daemon/departed.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"

#include <stdlib.h>

/* In one transaction, some ms; between two, so that others come first. */
#define ITEMS_AT_ONCE 200
#define PAUSE_MS 100

/* Before the first: a clock that is wrong at the start is set by then. */
#define BEGIN_MS HOUR_MS

struct departed {
	struct loop *loop; /* borrowed, as are these */
	struct committer *committer;
	struct config *const *conf;
	struct timer *timer;
	struct map names; /* those that wait */
	char *name; /* the one under way; NULL: none is */
	bool more; /* of it had to stay */
};

static int64_t
before_ms(const struct departed *d)
{
	return loop_wall_ms(d->loop) - FEED_KEPT_MS;
}

static bool
is_configured(const struct departed *d, const char *name)
{
	return config_find_feed(*d->conf, name) != NULL;
}

/* It may have come back meanwhile. */
static bool
apply(struct store *s, void *arg, struct err *e)
{
	struct departed *d = arg;

	d->more = false;
	return is_configured(d, d->name) ||
	    store_forget_feed(
		s, sv_of(d->name), before_ms(d), ITEMS_AT_ONCE, &d->more, e);
}

static void
on_committed(void *arg)
{
	struct departed *d = arg;

	if (!d->more) {
		free(d->name);
		d->name = NULL;
	}
	if (d->name != NULL || d->names.live != 0)
		timer_set(d->timer, PAUSE_MS);
}

/* The daemon ends; the next goes on. */
static void
on_dropped(void *arg)
{
	(void)arg;
}

static char *
take_name(struct departed *d)
{
	size_t i = 0;
	struct sv key = map_next(&d->names, &i)->key;
	char *name = mem_svdup(key);

	(void)map_del(&d->names, key);
	return name;
}

static void
on_timer(void *arg)
{
	struct departed *d = arg;

	if (d->name == NULL) {
		d->name = take_name(d);
		log_info("forgetting a feed that left the configuration",
		    KV("feed", d->name));
	}
	committer_add(d->committer, apply, on_committed, on_dropped, d);
}

struct departed *
departed_new(struct loop *l, struct committer *c, struct config *const *conf)
{
	struct departed *d = mem_calloc(1, sizeof(*d));

	d->loop = l;
	d->committer = c;
	d->conf = conf;
	d->timer = timer_new(l, on_timer, d);
	map_init(&d->names);
	return d;
}

void
departed_free(struct departed *d)
{
	if (d == NULL)
		return;
	map_done(&d->names);
	free(d->name);
	timer_free(d->timer);
	free(d);
}

void
departed_note(struct departed *d, const struct store_feed *f)
{
	char *name;
	bool stays;

	if (f->last_poll_ms >= before_ms(d))
		return;
	name = mem_svdup(f->name);
	stays = is_configured(d, name);
	free(name);
	if (stays)
		return;
	(void)map_put(&d->names, f->name, d);
	if (d->name == NULL && !timer_is_set(d->timer))
		timer_set(d->timer, BEGIN_MS);
}
