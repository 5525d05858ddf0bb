/* tests/sim/world.h: a scripted web around the daemon: pages at URLs, a log of
 * what was asked, a receiver of webhooks. */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "base/clock.h"
#include "base/metrics.h"
#include "tests/sim/sim.h"

/* A configuration's filter where one is enough, as it is or with options
 * (", key: value"), and an item that it matches. */
#define FILTER_WITH(options) "filters: {truce: {match: ceasefire" options "}}\n"
#define FILTER FILTER_WITH("")
#define NEWS(id) \
	"<item><guid isPermaLink=\"false\">" id "</guid>" \
	"<title>A ceasefire holds " id "</title></item>"

#define MOST_PAGES 1024
#define MOST_REQUESTS 20000

struct page {
	char *url;
	struct sim_reply reply;
	char *body, *headers;
};

struct request {
	char *url;
	int64_t at_ms; /* wall clock */
	char *if_none_match, *if_modified_since; /* NULL: absent */
	bool with_password;
};

struct alert_seen {
	char *url, *id, *body;
};

struct world {
	char dir[64]; /* of the daemon's state */
	struct page pages[MOST_PAGES];
	struct request *requests; /* GETs */
	struct alert_seen *alerts; /* accepted POSTs */
	size_t npages, nrequests, nalerts;
	const char *daemon; /* options of daemon:, ", key: value"; or "" */
	const char *desk; /* of desk:, the same; else it gets no trouble */
	const char *destinations; /* more of them, lines of YAML; or "" */
	sim_server_fn *serve; /* instead of the pages and the receiver */
	void *arg; /* of serve */
	int receiver; /* status that webhooks are answered with; 0: no answer */
	const char *broken_receiver; /* a URL that answers 500, or NULL */
	long lives; /* times the daemon was started */
};

void world_init(struct world *w); /* from then on only errors are logged */
void world_done(struct world *w);

/* The same around a test of cmocka's, whose state it is. */
int world_begin(void **state);
int world_end(void **state);

/* What stands at a URL from now on.  `headers` are "name: value\n" lines.
 * Status 0: the server does not answer. */
struct page *world_page(struct world *w, const char *url, int status,
    const char *headers, const char *body);

/* The same for an RSS document around these items. */
struct page *world_feed(
    struct world *w, const char *url, const char *headers, const char *items);

/* Starts the daemon on a configuration (its `daemon:` and `destinations:` are
 * added), lets it run for so long, ends it.  Checks I1 on the way. */
void world_live(struct world *w, const char *config, int64_t ms);

/* The same with a file that is read again on SIGHUP. */
void world_live_from_file(struct world *w, const char *config, int64_t ms);
void world_write_file(struct world *w, const char *config);

/* Writes it anew, and says so to the daemon that runs. */
void world_reload(struct world *w, const char *config);

/* GETs of a URL so far. */
size_t world_asked(const struct world *w, const char *url);
/* The n-th of them, from 0. */
const struct request *
world_request(const struct world *w, const char *url, size_t n);

/* The time from the n-th of them to the next. */
int64_t world_gap(const struct world *w, const char *url, size_t n);

/* Accepted alerts whose document holds the text. */
size_t world_rang(const struct world *w, const char *text);

#endif
