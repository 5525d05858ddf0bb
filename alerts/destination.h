/* alerts/destination.h: a place where alerts go; one file and one row each. */
#ifndef ALERTS_DESTINATION_H
#define ALERTS_DESTINATION_H

#include "alerts/outbox.h"
#include "config/config.h"

struct http;
struct loop;

/* What destinations may use; borrowed for their life. */
struct destination_env {
	struct loop *loop;
	struct http *http;
	/* Who read standard output has gone for good; NULL: nobody asks, and
	 * it is waited for like any other place. */
	void (*on_gone)(void *arg);
	void *arg;
};

struct delivery {
	struct sv id; /* of the alert */
	struct sv body; /* the encoded document */
	int64_t created_ms; /* wall clock */
};

typedef void delivery_fn(const struct outbox_result *r, void *arg);

struct destination_type {
	enum config_desttype type;
	bool gives_up; /* after give-up; what is local is waited for */
	/* Would it open?  Touches nothing; a secret that is "" is not looked
	 * at.  NULL: what the configuration's own checks say is all. */
	bool (*check)(const struct config_destination *c, struct err *e);
	/* NULL when the destination can never work; a directory or a host that
	 * is missing now is no reason.  Keeps no reference to `c`. */
	void *(*open)(const struct config_destination *c,
	    const struct destination_env *env, struct err *e);
	/* One attempt; `done` is called exactly once, maybe before this
	 * returns. `d` is borrowed until then.  One at a time. */
	void (*send)(
	    void *self, const struct delivery *d, delivery_fn *done, void *arg);
	/* It will be closed in this turn, as others may be: what takes a while
	 * to end begins to.  NULL: nothing does. */
	void (*warn)(void *self);
	void (*close)(void *self); /* cancels the attempt under way, silently */
};

extern const struct destination_type destination_spool, destination_webhook,
    destination_exec, destination_feed, destination_smtp, destination_stdout;

const struct destination_type *destination_type(enum config_desttype type);

/* Reports each destination that would not open: a template that is none, a
 * secret that cannot sign, a program that is not there (CONFIG_TO_CHECK warns
 * of that: the machine may be another one), or writes where another one does.
 * False: there is an error. */
bool destinations_check(
    const struct config *c, enum config_use use, struct diags *d);

#endif
