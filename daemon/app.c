/* daemon/app.c: the daemon: owns everything and wires it together. */
#include "daemon/app.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/metrics.h"
#include "daemon/articles.h"
#include "daemon/control.h"
#include "daemon/delivery.h"
#include "daemon/departed.h"
#include "daemon/subscription.h"
#include "daemon/systemd.h"
#include "daemon/troubles.h"
#include "feeds/parse.h"
#include "feeds/reach.h"
#include "filters/compile.h"
#include "net/work.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Feeds that are due at the start follow each other at this distance, so that a
 * thousand of them are no burst. */
#define START_GAP_MS 10

#define READ_RETRY_MS (5 * SEC_MS)
#define READY_RETRY_MS SEC_MS

struct app {
	struct app_options options;
	struct config *conf;
	struct loop *loop;
	struct http *http;
	struct gate *gate;
	struct store *store;
	struct committer *committer;
	struct stories *stories;
	struct quota *quota;
	struct pipeline *pipeline;
	struct deliveries *deliveries;
	struct troubles *troubles;
	struct articles *articles;
	struct silences *silences;
	struct departed *departed;
	struct control *control; /* NULL: none is wanted */
	struct destination_env destination_env;
	struct subscription_env subscription_env;
	struct articles_env articles_env;
	struct map subscriptions; /* name -> struct subscription */
	struct map fresh; /* those whose past is still to be read */
	struct timer *read_again; /* after a failure */
	struct loop_signal *on_term, *on_int, *on_hup;
	struct timer *watchdog;
	struct timer *ready; /* to be said again */
	struct work *loading; /* of the configuration, when it is read again */
	bool load_again; /* it was asked for meanwhile */
	struct config *loaded; /* by the work, as are these: */
	struct ruleset *loaded_rules;
};

static void
on_alerts(void *arg)
{
	const struct app *a = arg;

	deliveries_wake_all(a->deliveries);
}

static void
on_committed(bool alerts, bool pending, void *arg)
{
	struct app *a = arg;

	if (alerts)
		deliveries_wake_all(a->deliveries);
	if (pending)
		articles_wake(a->articles);
}

static void
on_trouble(void *arg)
{
	const struct app *a = arg;

	troubles_look(a->troubles);
}

/* A full disk: what cannot be kept is not fetched. */
static void
on_stuck(bool stuck, void *arg)
{
	struct app *a = arg;
	struct map_slot *slot;

	for (size_t i = 0; (slot = map_next(&a->subscriptions, &i)) != NULL;)
		if (map_get(&a->fresh, slot->key) == NULL)
			subscription_pause(slot->value, stuck);
	if (!stuck)
		articles_wake(a->articles);
}

static void
on_stop(void *arg)
{
	struct app *a = arg;

	(void)systemd_notify("STOPPING=1");
	loop_stop(a->loop);
}

/* Until the service manager has heard it. */
static void
say_ready(void *arg)
{
	struct app *a = arg;

	if (!systemd_notify("READY=1\nSTATUS=watching"))
		timer_set(a->ready, READY_RETRY_MS);
}

static void
on_watchdog(void *arg)
{
	struct app *a = arg;

	(void)systemd_notify("WATCHDOG=1");
	timer_set(a->watchdog, systemd_watchdog_ms());
}

static struct http *
open_http(struct app *a)
{
	const char *contact = a->conf->daemon.contact;
	struct str agent;
	struct http *h;

	str_init(&agent, KiB(1));
	(void)str_adds(&agent, "tocsin/" TOCSIN_VERSION);
	if (contact != NULL)
		(void)str_addf(&agent, " (+%s)", contact);
	h = http_new(a->loop,
	    &(struct http_options) {
		.user_agent = str_c(&agent),
		.in_flight = (size_t)a->conf->network.in_flight,
		.connect_ms = a->conf->network.connect_ms,
		.allow_private = a->conf->network.allow_private.v,
		.nallow_private = a->conf->network.allow_private.n,
	    });
	str_done(&agent);
	return h;
}

char *
app_state_dir(const struct config *c)
{
	const char *given = getenv("STATE_DIRECTORY");
	struct sv list = sv_of(given), first;

	if (c->daemon.state != NULL)
		return mem_strdup(c->daemon.state);
	if (sv_split(&list, ':', &first) && first.len != 0)
		return mem_svdup(first);
	return NULL;
}

static char *
state_dir(const struct config *c)
{
	char *dir = app_state_dir(c);

	return dir != NULL ? dir : mem_strdup("tocsin-state");
}

static bool
open_store(struct app *a, struct err *e)
{
	char *dir = a->options.in_memory ? NULL : state_dir(a->conf);
	bool fresh = false;
	struct store_stats stats;

	a->store = store_open(dir, &fresh, e);
	if (fresh)
		log_error("the database was damaged and has been moved aside; "
			  "starting with an empty one",
		    KV("state", dir));
	free(dir);
	if (a->store == NULL || !store_read_stats(a->store, &stats, e))
		return false;
	metrics.items_pending = stats.pending;
	return true;
}

static void
wire(struct app *a)
{
	a->gate = gate_new(a->loop, a->conf->network.host_gap_ms);
	a->committer = committer_new(a->loop, a->store);
	committer_on_stuck(a->committer, on_stuck, a);
	a->departed = departed_new(a->loop, a->committer, &a->conf);
	a->pipeline = pipeline_new(&(struct pipeline_env) {
	    .loop = a->loop,
	    .committer = a->committer,
	    .store = a->store,
	    .stories = a->stories,
	    .quota = a->quota,
	    .on_alerts = on_alerts,
	    .arg = a,
	});
	a->subscription_env = (struct subscription_env) {
		.poller = { .loop = a->loop, .http = a->http, .gate = a->gate },
		.store = a->store,
		.committer = a->committer,
		.pipeline = a->pipeline,
		.on_committed = on_committed,
		.on_trouble = on_trouble,
		.arg = a,
	};
	subscription_env_init(&a->subscription_env);
	a->articles_env = (struct articles_env) {
		.loop = a->loop,
		.http = a->http,
		.gate = a->gate,
		.store = a->store,
		.committer = a->committer,
		.pipeline = a->pipeline,
		.on_alerts = on_alerts,
		.arg = a,
	};
	a->articles = articles_new(&a->articles_env, a->conf);
}

/* Paused until start_feeds(). */
static void
subscribe(struct app *a, const struct config_feed *c)
{
	struct subscription *s = subscription_new(
	    &a->subscription_env, a->conf, c);

	subscription_pause(s, true);
	(void)map_put(&a->subscriptions, sv_of(c->name), s);
	(void)map_put(&a->fresh, sv_of(c->name), s);
}

static void
restore(const struct store_feed *f, void *arg)
{
	const struct app *a = arg;
	struct subscription *s = map_get(&a->fresh, f->name);

	if (s != NULL)
		subscription_restore(s, f);
	departed_note(a->departed, f);
}

/* New subscriptions go on from what is kept of their feeds.  False: it could
 * not be read; as new ones they would take their news for their backlog. */
static bool
start_feeds(struct app *a, struct err *e)
{
	bool stuck = committer_is_stuck(a->committer);
	struct map_slot *slot;
	int64_t not_before = 0;

	if (!store_each_feed(a->store, restore, a, e))
		return false;
	for (size_t i = 0; (slot = map_next(&a->fresh, &i)) != NULL;) {
		subscription_pause(slot->value, stuck);
		subscription_run(slot->value, not_before);
		not_before += START_GAP_MS;
	}
	map_done(&a->fresh);
	return true;
}

static void
start_feeds_or_wait(void *arg)
{
	struct app *a = arg;
	struct err e;

	if (a->fresh.live == 0 || start_feeds(a, &e))
		return;
	log_error("store", KV("error", e.msg));
	timer_set(a->read_again, READ_RETRY_MS);
}

static void
seed_random(long seed)
{
	if (seed == 0 && getrandom(&seed, sizeof(seed), 0) < 0)
		BUG("no random numbers");
	srand48(seed);
}

static void on_reload(void *arg);

static bool
open_control(struct app *a, struct err *e)
{
	const struct control_env env = {
		.loop = a->loop,
		.store = a->store,
		.committer = a->committer,
		.deliveries = a->deliveries,
		.silences = a->silences,
		.conf = &a->conf,
		.subscriptions = &a->subscriptions,
		.started_ms = loop_now_ms(a->loop),
		.reload = on_reload,
		.arg = a,
	};
	char *dir = state_dir(a->conf);
	struct str path;

	str_init(&path, URL_BYTES);
	(void)str_addf(&path, "%s/" APP_CONTROL, dir);
	a->control = control_new(&env, str_c(&path), e);
	str_done(&path);
	free(dir);
	return a->control != NULL;
}

static bool
open_troubles(struct app *a, struct err *e)
{
	a->troubles = troubles_new(
	    &(struct troubles_env) {
		.loop = a->loop,
		.store = a->store,
		.committer = a->committer,
		.deliveries = a->deliveries,
		.conf = &a->conf,
		.subscriptions = &a->subscriptions,
		.on_alerts = on_alerts,
		.arg = a,
	    },
	    e);
	return a->troubles != NULL;
}

static bool
open_all(struct app *a, struct err *e)
{
	a->loop = loop_new();
	a->read_again = timer_new(a->loop, start_feeds_or_wait, a);
	a->ready = timer_new(a->loop, say_ready, a);
	a->stories = stories_new();
	a->quota = quota_new();
	if (!open_store(a, e) ||
	    !stories_restore(a->stories, a->store, loop_wall_ms(a->loop), e) ||
	    !quota_restore(a->quota, a->store, e))
		return false;
	a->http = open_http(a);
	wire(a);
	a->destination_env = (struct destination_env) { .loop = a->loop,
		.http = a->http,
		.on_gone = a->options.for_reader ? on_stop : NULL,
		.arg = a };
	a->deliveries = deliveries_new(
	    &a->destination_env, a->store, a->committer, a->conf, e);
	if (a->deliveries == NULL || !open_troubles(a, e))
		return false;
	a->silences = silences_new(a->store, e);
	if (a->silences == NULL)
		return false;
	pipeline_set_silences(a->pipeline, a->silences);
	return !a->options.control || open_control(a, e);
}

struct app *
app_new(struct config *conf, struct ruleset *rules, const struct app_options *o,
    struct err *e)
{
	struct app *a = mem_calloc(1, sizeof(*a));

	a->options = *o;
	a->conf = config_ref(conf);
	map_init(&a->subscriptions);
	map_init(&a->fresh);
	seed_random(o->seed);
	if (!open_all(a, e)) {
		ruleset_free(rules);
		app_free(a);
		return NULL;
	}
	pipeline_set_rules(a->pipeline, conf, rules);
	for (size_t i = 0; i < conf->nfeeds; i++)
		subscribe(a, &conf->feeds[i]);
	if (!start_feeds(a, e)) {
		app_free(a);
		return NULL;
	}
	deliveries_wake_all(a->deliveries);
	troubles_look(a->troubles);
	articles_wake(a->articles);
	return a;
}

void
app_free(struct app *a)
{
	struct map_slot *slot;

	if (a == NULL)
		return;
	control_free(a->control);
	for (size_t i = 0; (slot = map_next(&a->subscriptions, &i)) != NULL;)
		subscription_free(slot->value);
	map_done(&a->subscriptions);
	map_done(&a->fresh);
	work_free(a->loading);
	config_unref(a->loaded);
	ruleset_free(a->loaded_rules);
	/* What it can still commit is told to those who follow. */
	committer_free(a->committer);
	departed_free(a->departed);
	articles_free(a->articles);
	troubles_free(a->troubles);
	deliveries_free(a->deliveries);
	pipeline_free(a->pipeline);
	silences_free(a->silences);
	stories_free(a->stories);
	quota_free(a->quota);
	gate_free(a->gate);
	http_free(a->http);
	store_close(a->store);
	timer_free(a->watchdog);
	timer_free(a->ready);
	timer_free(a->read_again);
	loop_signal_free(a->on_term);
	loop_signal_free(a->on_int);
	loop_signal_free(a->on_hup);
	loop_free(a->loop);
	config_unref(a->conf);
	free(a);
}

struct config *
app_load(const char *path, struct ruleset **rules)
{
	struct diags *d = diags_new();
	struct ruleset *r;
	struct config *c = ruleset_load(path, CONFIG_TO_RUN, &r, d);
	bool opens = c == NULL || destinations_check(c, CONFIG_TO_RUN, d);
	struct str problems;

	if (c != NULL)
		reach_check(c, d);
	str_init(&problems, MiB(1));
	diags_print(d, file_wants_colour(STDERR_FILENO), &problems);
	(void)fputs(str_c(&problems), stderr);
	str_done(&problems);
	if (r == NULL || !opens) {
		ruleset_free(r);
		config_unref(c);
		c = NULL;
	} else {
		*rules = r;
	}
	diags_unref(d);
	return c;
}

/* A feed at a new URL is another feed, though its old items are known. */
static void
drop_feeds(struct app *a, const struct config *conf)
{
	struct map_slot *slot;

	for (size_t i = 0; (slot = map_next(&a->subscriptions, &i)) != NULL;) {
		struct subscription *s = slot->value;
		const struct config_feed *old = subscription_config(s);
		const struct config_feed *now = config_find_feed(
		    conf, old->name);

		if (now == NULL || strcmp(old->url, now->url) != 0) {
			(void)map_del(&a->fresh, slot->key);
			(void)map_del(&a->subscriptions, slot->key);
			subscription_free(s);
		}
	}
}

static void
reload_feeds(struct app *a, struct config *conf)
{
	drop_feeds(a, conf);
	for (size_t i = 0; i < conf->nfeeds; i++) {
		const struct config_feed *c = &conf->feeds[i];
		struct subscription *s = map_get(
		    &a->subscriptions, sv_of(c->name));

		if (s != NULL)
			subscription_reload(s, conf, c);
		else
			subscribe(a, c);
	}
	start_feeds_or_wait(a);
}

/* All or nothing: the step that can fail comes first. */
static bool
take_over(
    struct app *a, struct config *conf, struct ruleset *rules, struct err *e)
{
	struct config *old = a->conf;

	if (!deliveries_reload(a->deliveries, conf, e)) {
		log_error("configuration refused, the old one stays",
		    KV("error", e->msg));
		ruleset_free(rules);
		return false;
	}
	a->conf = config_ref(conf);
	pipeline_set_rules(a->pipeline, conf, rules);
	http_set_allow(a->http, conf->network.allow_private.v,
	    conf->network.allow_private.n);
	gate_set_gap(a->gate, conf->network.host_gap_ms);
	reload_feeds(a, conf);
	articles_reload(a->articles, conf);
	troubles_look(a->troubles);
	config_unref(old);
	deliveries_wake_all(a->deliveries);
	log_info("configuration reloaded", KV_INT("feeds", conf->nfeeds),
	    KV_INT("filters", conf->nfilters),
	    KV_INT("destinations", conf->ndestinations));
	return true;
}

static void
load_aside(void *arg)
{
	struct app *a = arg;

	a->loaded = app_load(a->options.config_path, &a->loaded_rules);
}

static void on_loaded(void *arg);

/* Reading a large configuration takes longer than the loop may stop. */
static void
on_reload(void *arg)
{
	struct app *a = arg;

	timer_stop(a->ready);
	systemd_notify_reloading();
	if (a->loading != NULL)
		a->load_again = true;
	else
		a->loading = work_start(a->loop, load_aside, on_loaded, a);
}

static bool
use_loaded(struct app *a, struct err *e)
{
	const char *path = a->options.config_path;

	if (a->loaded != NULL)
		return take_over(a, a->loaded, a->loaded_rules, e);
	log_error("configuration refused, the old one stays", KV("file", path));
	return err_set(e, "%s is refused: tocsin check says why", path);
}

/* Who asked for it while one was under way hears of the next. */
static void
on_loaded(void *arg)
{
	struct app *a = arg;
	struct err e;
	bool ok;

	work_free(a->loading);
	a->loading = NULL;
	ok = use_loaded(a, &e);
	config_unref(a->loaded);
	a->loaded = NULL;
	a->loaded_rules = NULL;
	say_ready(a);
	if (a->load_again) {
		a->load_again = false;
		on_reload(a);
	} else if (a->control != NULL) {
		control_reloaded(a->control, ok ? NULL : &e);
	}
}

static void
say_goodbye(void)
{
	struct str numbers;

	str_init(&numbers, KiB(4));
	metrics_line(&numbers);
	log_info("stopped", KV("metrics", str_c(&numbers)));
	str_done(&numbers);
}

void
app_run(struct app *a)
{
	a->on_term = loop_on_signal(a->loop, SIGTERM, on_stop, a);
	a->on_int = loop_on_signal(a->loop, SIGINT, on_stop, a);
	if (a->options.config_path != NULL)
		a->on_hup = loop_on_signal(a->loop, SIGHUP, on_reload, a);
	if (systemd_watchdog_ms() > 0) {
		a->watchdog = timer_new(a->loop, on_watchdog, a);
		timer_set(a->watchdog, 0);
	}
	log_info("started", KV("version", TOCSIN_VERSION),
	    KV_INT("feeds", a->conf->nfeeds),
	    KV_INT("filters", a->conf->nfilters),
	    KV_INT("destinations", a->conf->ndestinations));
	say_ready(a);
	loop_run(a->loop);
	say_goodbye();
}
