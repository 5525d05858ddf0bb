/* tests/sim/world.c: a scripted web around the daemon. */
#include "tests/sim/world.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/app.h"
#include "filters/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void serve(const struct http_request *, struct sim_reply *, void *);

/* In memory where the system has such a place: every commit is an fsync. */
void
world_init(struct world *w)
{
	const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	*w = (struct world) { .receiver = 204,
		.daemon = "",
		.desk = ", trouble: no",
		.destinations = "" };
	(void)snprintf(w->dir, sizeof(w->dir), "%s/tocsin-sim-XXXXXX", tmp);
	assert_non_null(mkdtemp(w->dir));
	w->requests = mem_calloc(MOST_REQUESTS, sizeof(*w->requests));
	w->alerts = mem_calloc(MOST_REQUESTS, sizeof(*w->alerts));
	log_init(LOG_LEVEL_ERROR);
	sim_serve(serve, w);
	sim_begin(SIM_EPOCH_MS);
}

static void
remove_dir(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), entry->d_name, 0);
	(void)closedir(d);
	assert_int_equal(rmdir(path), 0);
}

void
world_done(struct world *w)
{
	for (size_t i = 0; i < w->npages; i++) {
		free(w->pages[i].url);
		free(w->pages[i].body);
		free(w->pages[i].headers);
	}
	for (size_t i = 0; i < w->nrequests; i++) {
		free(w->requests[i].url);
		free(w->requests[i].if_none_match);
		free(w->requests[i].if_modified_since);
	}
	for (size_t i = 0; i < w->nalerts; i++) {
		free(w->alerts[i].url);
		free(w->alerts[i].id);
		free(w->alerts[i].body);
	}
	free(w->requests);
	free(w->alerts);
	remove_dir(w->dir);
}

int
world_begin(void **state)
{
	static struct world w;

	world_init(&w);
	*state = &w;
	return 0;
}

int
world_end(void **state)
{
	world_done(*state);
	return 0;
}

static struct page *
find(struct world *w, const char *url)
{
	for (size_t i = 0; i < w->npages; i++)
		if (strcmp(w->pages[i].url, url) == 0)
			return &w->pages[i];
	return NULL;
}

struct page *
world_page(struct world *w, const char *url, int status, const char *headers,
    const char *body)
{
	struct page *p = find(w, url);

	if (p == NULL) {
		assert_true(w->npages < MOST_PAGES);
		p = &w->pages[w->npages++];
		*p = (struct page) { .url = mem_strdup(url) };
	}
	free(p->body);
	free(p->headers);
	p->body = mem_strdup(body);
	p->headers = mem_strdup(headers);
	p->reply = (struct sim_reply) { .status = status,
		.headers = p->headers,
		.body = sv_of(p->body),
		.takes_ms = 100 };
	return p;
}

struct page *
world_feed(
    struct world *w, const char *url, const char *headers, const char *items)
{
	struct str doc;
	struct page *p;

	str_init(&doc, MiB(1));
	(void)str_addf(&doc,
	    "<rss version=\"2.0\"><channel><title>Wire</title>"
	    "<link>http://wire.example/</link><description>d</description>"
	    "%s</channel></rss>",
	    items);
	p = world_page(w, url, 200, headers, str_c(&doc));
	str_done(&doc);
	return p;
}

static void
serve_page(
    struct world *w, const struct http_request *req, struct sim_reply *out)
{
	struct page *p = find(w, req->url);

	assert_true(w->nrequests < MOST_REQUESTS);
	w->requests[w->nrequests++] = (struct request) {
		.url = mem_strdup(req->url),
		.at_ms = sim_wall_ms(),
		.if_none_match = mem_strdup(sim_header(req, "If-None-Match")),
		.if_modified_since = mem_strdup(
		    sim_header(req, "If-Modified-Since")),
		.with_password = req->password != NULL,
	};
	*out = (struct sim_reply) { .status = 404, .takes_ms = 100 };
	if (p != NULL)
		*out = p->reply;
}

static void
serve(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct world *w = arg;

	if (w->serve != NULL) {
		w->serve(req, out, w->arg);
		return;
	}
	if (!req->post) {
		serve_page(w, req, out);
		return;
	}
	out->takes_ms = 20;
	out->status = w->broken_receiver != NULL &&
		strcmp(w->broken_receiver, req->url) == 0
	    ? 500
	    : w->receiver;
	if (out->status < 200 || out->status > 299)
		return;
	assert_true(w->nalerts < MOST_REQUESTS);
	w->alerts[w->nalerts++] = (struct alert_seen) {
		.url = mem_strdup(req->url),
		.id = mem_strdup(sim_header(req, "webhook-id")),
		.body = mem_svdup(req->body),
	};
}

static void
write_config(const struct world *w, const char *config, struct str *text)
{
	str_init(text, MiB(1));
	(void)str_addf(text,
	    "daemon: {state: %s, log-level: error%s}\n"
	    "destinations:\n"
	    "  desk: {type: webhook, url: 'http://desk.example/'%s}\n%s%s",
	    w->dir, w->daemon, w->desk, w->destinations, config);
	assert_false(text->full);
}

static struct config *
load(const struct world *w, const char *config, struct diags *d)
{
	struct config *c;
	struct str text, told;

	write_config(w, config, &text);
	c = config_parse("test", str_sv(&text), d);
	if (c == NULL) {
		str_init(&told, KiB(64));
		diags_print(d, false, &told);
		fail_msg("%s", str_c(&told));
	}
	str_done(&text);
	return c;
}

static const char *
file_of(const struct world *w)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/tocsin.yaml", w->dir);
	return path;
}

void
world_write_file(struct world *w, const char *config)
{
	FILE *f = fopen(file_of(w), "w");
	struct str text;

	assert_non_null(f);
	write_config(w, config, &text);
	assert_true(fputs(str_c(&text), f) >= 0);
	assert_int_equal(fclose(f), 0);
	str_done(&text);
}

void
world_reload(struct world *w, const char *config)
{
	world_write_file(w, config);
	sim_raise(SIGHUP);
}

/* Every item ends in one disposition, or waits for its article. */
static void
check_sum(const struct metrics *before)
{
#define GREW(field) (metrics.field - before->field)
	assert_int_equal(GREW(items),
	    GREW(items_known) + GREW(items_updated) + GREW(items_backlog) +
		GREW(items_duplicate) + GREW(items_no_match) +
		GREW(items_alerted) + GREW(items_attached) + GREW(items_muted) +
		GREW(items_limited) + GREW(items_held) + GREW(items_error) +
		GREW(items_pending));
#undef GREW
}

static void
live(struct world *w, const char *config, const char *path, int64_t ms)
{
	struct app_options o = { .config_path = path, .seed = ++w->lives };
	struct diags *d = diags_new();
	struct config *c = load(w, config, d);
	struct ruleset *rules = ruleset_compile(c, d);
	struct metrics before;
	struct app *a;
	struct err e;

	assert_non_null(rules);
	a = app_new(c, rules, &o, &e);
	if (a == NULL)
		fail_msg("%s", e.msg);
	before = metrics;
	sim_for(ms);
	app_run(a);
	check_sum(&before);
	app_free(a);
	config_unref(c);
	diags_unref(d);
}

void
world_live(struct world *w, const char *config, int64_t ms)
{
	live(w, config, NULL, ms);
}

void
world_live_from_file(struct world *w, const char *config, int64_t ms)
{
	world_write_file(w, config);
	live(w, config, file_of(w), ms);
}

size_t
world_asked(const struct world *w, const char *url)
{
	size_t n = 0;

	for (size_t i = 0; i < w->nrequests; i++)
		n += strcmp(w->requests[i].url, url) == 0;
	return n;
}

const struct request *
world_request(const struct world *w, const char *url, size_t n)
{
	for (size_t i = 0; i < w->nrequests; i++)
		if (strcmp(w->requests[i].url, url) == 0 && n-- == 0)
			return &w->requests[i];
	fail_msg("%s was not asked so often", url);
	return NULL;
}

int64_t
world_gap(const struct world *w, const char *url, size_t n)
{
	return world_request(w, url, n + 1)->at_ms -
	    world_request(w, url, n)->at_ms;
}

size_t
world_rang(const struct world *w, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < w->nalerts; i++)
		n += strstr(w->alerts[i].body, text) != NULL;
	return n;
}
