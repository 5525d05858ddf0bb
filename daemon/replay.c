/* daemon/replay.c: puts alerts back into the outbox of a destination. */
#include "daemon/replay.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replays {
	const struct control_env *env; /* borrowed */
	struct timer *step;
	/* What is under way; NULL: nothing. */
	struct request *request;
	struct store_replay what; /* without ids */
	bool by_id;
	size_t next_id; /* the argument */
	size_t done, missing;
};

static void
finish(struct replays *r)
{
	struct request *q = r->request;
	char members[96];

	r->request = NULL;
	log_info("alerts put back", KV("destination", q->args[0]),
	    KV_INT("alerts", r->done));
	(void)snprintf(members, sizeof(members),
	    "\"replayed\":%zu,\"missing\":%zu", r->done, r->missing);
	control_answer(q, sv_of(members));
}

/* Some of those given by id; nothing of `r` changes. */
static bool
put_ids(const struct replays *r, size_t *n, size_t *found, struct err *e)
{
	const struct request *q = r->request;

	for (*n = 0; *n < REPLAY_AT_ONCE && r->next_id + *n < q->nargs; ++*n) {
		bool was = false;

		if (!store_replay_id(r->env->store, sv_of(q->args[0]),
			sv_of(q->args[r->next_id + *n]), r->what.now_ms, &was,
			e))
			return false;
		*found += was;
	}
	return true;
}

/* In a transaction: `*n` of them were looked at, `*found` put back. */
static bool
put_some(
    struct replays *r, size_t *n, size_t *found, int64_t *last, struct err *e)
{
	struct store *s = r->env->store;
	bool ok;

	*n = *found = 0;
	if (!store_begin(s, e))
		return false;
	ok = r->by_id ? put_ids(r, n, found, e)
		      : store_replay(s, &r->what, n, last, e);
	if (!ok)
		store_rollback(s);
	return ok && store_commit(s, e);
}

static void
on_step(void *arg)
{
	struct replays *r = arg;
	struct request *q = r->request;
	int64_t last = r->what.after;
	size_t n, found;
	struct err e;

	if (!put_some(r, &n, &found, &last, &e)) {
		r->request = NULL;
		(void)err_wrap(&e, "%zu alerts were put back, then", r->done);
		control_refuse(q, &e);
		return;
	}
	if (!r->by_id)
		found = n;
	r->what.after = last;
	r->next_id += n;
	r->done += found;
	r->missing += n - found;
	deliveries_wake(r->env->deliveries, q->args[0]);
	if (n < REPLAY_AT_ONCE)
		finish(r);
	else
		timer_set(r->step, 0);
}

struct replays *
replays_new(const struct control_env *env)
{
	struct replays *r = mem_calloc(1, sizeof(*r));

	r->env = env;
	r->step = timer_new(env->loop, on_step, r);
	return r;
}

void
replays_free(struct replays *r)
{
	struct err e;

	if (r == NULL)
		return;
	if (r->request != NULL) {
		(void)err_set(
		    &e, "the daemon stops; %zu alerts were put back", r->done);
		control_refuse(r->request, &e);
	}
	timer_free(r->step);
	free(r);
}

static bool
read_arguments(struct replays *r, const struct request *q, struct err *e)
{
	const char *how = q->args[1];

	r->what = (struct store_replay) { .destination = sv_of(q->args[0]),
		.now_ms = loop_wall_ms(r->env->loop) };
	r->by_id = strcmp(how, "ids") == 0;
	r->next_id = 2;
	r->done = r->missing = 0;
	r->what.dead_only = strcmp(how, "dead") == 0;
	if (r->by_id ? q->nargs < 3 : r->what.dead_only && q->nargs != 2)
		return err_set(e, "replay %s: wrong arguments", how);
	if (!r->by_id && !r->what.dead_only &&
	    (strcmp(how, "since") != 0 || q->nargs != 3 ||
		!sv_to_i64(sv_of(q->args[2]), &r->what.since_ms)))
		return err_set(e, "replay: dead, since MS or ids ID...");
	return store_last_outbox(r->env->store, &r->what.upto, e);
}

void
replays_start(struct replays *r, struct request *q)
{
	struct err e;

	if (r->request != NULL) {
		(void)err_set(&e, "another replay is under way");
		control_refuse(q, &e);
	} else if (!read_arguments(r, q, &e)) {
		control_refuse(q, &e);
	} else {
		r->request = q;
		timer_set(r->step, 0);
	}
}
