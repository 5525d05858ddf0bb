/* daemon/delivery.c: a runner per destination of the configuration, through
 * reloads. */
#include "daemon/delivery.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "daemon/runner.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONS_BYTES MiB(1)

/* A destination of the configuration. */
struct outlet {
	struct runner *runner;
	unsigned char options[SHA256_BYTES]; /* that it was opened with */
};

struct deliveries {
	struct destination_env env;
	struct runner_env runners; /* what they share */
	struct outlet *outlets; /* in the order of the configuration */
	size_t n;
	struct map paused; /* names, also of those not configured now */
};

static struct outlet *
find(const struct deliveries *d, struct sv name)
{
	for (size_t i = 0; i < d->n; i++)
		if (sv_is(name, runner_name(d->outlets[i].runner)))
			return &d->outlets[i];
	return NULL;
}

static void
add_TEXT(struct str *out, const char *v)
{
	(void)str_addf(out, "%zd:%s;", v != NULL ? (ssize_t)strlen(v) : -1,
	    v != NULL ? v : "");
}

static void
add_NUMBER(struct str *out, int64_t v)
{
	(void)str_addf(out, "%lld;", (long long)v);
}

static void
add_SECRETS(struct str *out, struct config_texts v)
{
	add_NUMBER(out, (int64_t)v.n);
	for (size_t i = 0; i < v.n; i++) {
		add_NUMBER(out, (int64_t)v.v[i].text.len);
		(void)str_add(out, v.v[i].text);
	}
}

static void
add_AUTH(struct str *out, struct config_auth v)
{
	add_TEXT(out, v.user);
	add_TEXT(out, v.password);
}

static void
add_NETS(struct str *out, struct config_nets v)
{
	add_NUMBER(out, (int64_t)v.n);
	for (size_t i = 0; i < v.n; i++) {
		add_NUMBER(out, v.v[i].bits);
		(void)str_add(out,
		    (struct sv) {
			(const char *)v.v[i].addr, sizeof(v.v[i].addr) });
	}
}

#define add_BOOL add_NUMBER
#define add_INT add_NUMBER
#define add_SIZE(out, v) add_NUMBER(out, (int64_t)(v))
#define add_LIST add_SECRETS
#define add_PATH add_TEXT
#define add_URL add_TEXT
#define add_DURATION add_NUMBER
#define add_DESTTYPE add_NUMBER
#define add_TROUBLE add_NUMBER
#define add_FORMAT add_NUMBER

/* A template that was written anew is another one. */
static void
add_template(struct str *all, const char *path)
{
	unsigned char digest[SHA256_BYTES];
	struct str text;
	struct err e;

	str_init(&text, TEMPLATE_BYTES);
	if (path != NULL && file_read(path, &text, &e)) {
		sha256(str_sv(&text), digest);
		(void)str_add(
		    all, (struct sv) { (const char *)digest, sizeof(digest) });
	}
	str_done(&text);
}

/* All options in one hash, which keeps no secret. */
static void
hash_options(
    const struct config_destination *c, unsigned char out[SHA256_BYTES])
{
	struct str all;

#define ADD_OPTION(field, key, type, ...) add_##type(&all, c->field);
	str_init(&all, OPTIONS_BYTES);
	DESTINATION_OPTIONS(ADD_OPTION)
	add_template(&all, c->template);
	sha256(str_sv(&all), out);
	if (all.p != NULL)
		explicit_bzero(all.p, all.cap);
	str_done(&all);
#undef ADD_OPTION
}

/* What a reload has opened and not yet put to use. */
struct opening {
	void *self; /* NULL: the runner that there is goes on */
	unsigned char options[SHA256_BYTES];
};

static bool
open_one(struct deliveries *d, const struct config_destination *c,
    struct opening *o, struct err *e)
{
	const struct outlet *now = find(d, sv_of(c->name));

	hash_options(c, o->options);
	if (now != NULL && memcmp(now->options, o->options, SHA256_BYTES) == 0)
		return true;
	o->self = destination_type(c->type)->open(c, &d->env, e);
	return o->self != NULL || err_wrap(e, "destination %s", c->name);
}

/* All or nothing. */
static bool
open_all(struct deliveries *d, const struct config *c, struct opening *o,
    struct err *e)
{
	for (size_t i = 0; i < c->ndestinations; i++) {
		if (open_one(d, &c->destinations[i], &o[i], e))
			continue;
		while (i-- > 0)
			if (o[i].self != NULL)
				destination_type(c->destinations[i].type)
				    ->close(o[i].self);
		return false;
	}
	return true;
}

static struct runner *
new_runner(const struct deliveries *d, const char *name)
{
	return runner_new(
	    &d->runners, name, map_get(&d->paused, sv_of(name)) != NULL);
}

/* Puts an opened destination to use; its runner moves into `next`. */
static void
take_over(struct deliveries *d, const struct config_destination *c,
    const struct opening *o, struct outlet *next)
{
	struct outlet *now = find(d, sv_of(c->name));

	next->runner = now != NULL ? now->runner : new_runner(d, c->name);
	memcpy(next->options, o->options, sizeof(next->options));
	if (now != NULL)
		*now = d->outlets[--d->n];
	if (o->self != NULL)
		runner_switch(next->runner, c, o->self);
	runner_reopen(next->runner);
}

bool
deliveries_next_gone(
    const struct deliveries *d, struct str *name, struct err *e)
{
	struct str after;
	bool ok;

	str_init(&after, name->max);
	do {
		str_clear(&after);
		(void)str_add(&after, str_sv(name));
		str_clear(name);
		ok = store_next_queue(
		    d->runners.store, str_sv(&after), name, e);
	} while (ok && name->len != 0 && find(d, str_sv(name)) != NULL);
	str_done(&after);
	return ok;
}

/* Nobody else would hear of what waits for them. */
static void
tell_gone(const struct deliveries *d)
{
	struct store_queue q;
	struct str name;
	struct err e;
	bool ok;

	str_init(&name, CONFIG_BYTES);
	while ((ok = deliveries_next_gone(d, &name, &e)) && name.len != 0 &&
	    (ok = store_read_queue(d->runners.store, str_sv(&name), &q, &e)))
		log_warn("alerts wait for a destination that is gone; they "
			 "leave when there is one of its name again",
		    KV("destination", str_c(&name)),
		    KV_INT("waiting", q.waiting));
	if (!ok)
		log_error("store", KV("error", e.msg));
	str_done(&name);
}

/* Those that will be closed: what has changed, and what is no more. */
static void
warn_closing(
    struct deliveries *d, const struct config *c, const struct opening *o)
{
	for (size_t k = 0; k < d->n; k++) {
		struct runner *r = d->outlets[k].runner;
		size_t i = 0;

		while (i < c->ndestinations &&
		    strcmp(c->destinations[i].name, runner_name(r)) != 0)
			i++;
		if (i == c->ndestinations || o[i].self != NULL)
			runner_warn(r);
	}
}

static void
close_all(struct deliveries *d)
{
	while (d->n > 0)
		runner_free(d->outlets[--d->n].runner);
	free(d->outlets);
}

bool
deliveries_reload(struct deliveries *d, const struct config *c, struct err *e)
{
	struct opening *o = mem_calloc(c->ndestinations, sizeof(*o));
	struct outlet *next;

	if (!open_all(d, c, o, e)) {
		free(o);
		return false;
	}
	warn_closing(d, c, o);
	next = mem_calloc(c->ndestinations, sizeof(*next));
	for (size_t i = 0; i < c->ndestinations; i++)
		take_over(d, &c->destinations[i], &o[i], &next[i]);
	close_all(d);
	free(o);
	d->outlets = next;
	d->n = c->ndestinations;
	tell_gone(d);
	return true;
}

static void
on_hold(const struct store_hold *h, void *arg)
{
	struct deliveries *d = arg;

	(void)map_put(&d->paused, h->name, d);
}

struct deliveries *
deliveries_new(const struct destination_env *env, struct store *s,
    struct committer *cm, const struct config *c, struct err *e)
{
	struct deliveries *d = mem_calloc(1, sizeof(*d));

	d->env = *env;
	d->runners = (struct runner_env) {
		.loop = env->loop,
		.store = s,
		.committer = cm,
		.dead = dead_letters_new(env->loop, s),
	};
	map_init(&d->paused);
	if (!store_each_hold(s, HOLD_DESTINATION, on_hold, d, e) ||
	    !deliveries_reload(d, c, e)) {
		deliveries_free(d);
		return NULL;
	}
	return d;
}

void
deliveries_free(struct deliveries *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n; i++)
		runner_warn(d->outlets[i].runner);
	close_all(d);
	dead_letters_free(d->runners.dead);
	map_done(&d->paused);
	free(d);
}

void
deliveries_on_attempt(
    struct deliveries *d, deliveries_attempt_fn *fn, void *arg)
{
	d->runners.on_attempt = fn;
	d->runners.arg = arg;
}

void
deliveries_wake(struct deliveries *d, const char *destination)
{
	struct outlet *o = find(d, sv_of(destination));

	if (o != NULL)
		runner_wake(o->runner);
}

void
deliveries_wake_all(struct deliveries *d)
{
	for (size_t i = 0; i < d->n; i++)
		runner_wake(d->outlets[i].runner);
}

bool
deliveries_pause(struct deliveries *d, const char *destination, bool pause)
{
	struct outlet *o = find(d, sv_of(destination));

	if (pause && o != NULL)
		(void)map_put(&d->paused, sv_of(destination), d);
	else
		(void)map_del(&d->paused, sv_of(destination));
	if (o != NULL)
		runner_pause(o->runner, pause);
	return o != NULL;
}

bool
deliveries_state(
    const struct deliveries *d, size_t i, struct delivery_state *out)
{
	if (i >= d->n)
		return false;
	runner_state(d->outlets[i].runner, out);
	return true;
}

bool
deliveries_find(
    const struct deliveries *d, struct sv name, struct delivery_state *out)
{
	const struct outlet *o = find(d, name);

	if (o != NULL)
		runner_state(o->runner, out);
	return o != NULL;
}
