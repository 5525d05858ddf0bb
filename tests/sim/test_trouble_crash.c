/* tests/sim/test_trouble_crash.c: the daemon dies at any instant, and each
 * outage of a feed or a destination is told of under one id all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "tests/sim/crash.h"

#define SEEDS 6
#define CRASHES 60

/* The feed is away for half of each cycle, the receiver for the other half;
 * when it is back all its items are new. */
#define CYCLE_MS (12 * HOUR_MS)
#define ID_BYTES 64
#define ROWS 400

enum told {
	FAILING,
	RECOVERED,
	GAP,
	SILENT,
	DESTINATION,
	TOLD
};

static const char *const types[TOLD] = {
	[FAILING] = "feed.failing",
	[RECOVERED] = "feed.recovered",
	[GAP] = "feed.gap",
	[SILENT] = "feed.silent",
	[DESTINATION] = "destination.failing",
};

struct memory {
	struct crash crash;
	unsigned n[TOLD]; /* ids */
	struct row {
		enum told what;
		char id[ID_BYTES], since[32];
	} rows[ROWS];
	unsigned nrows;
};

struct site {
	struct memory *m;
	struct str document;
};

static int64_t
cycle(void)
{
	return (sim_wall_ms() - SIM_EPOCH_MS) / CYCLE_MS;
}

static bool
is_feed_away(void)
{
	return (sim_wall_ms() - SIM_EPOCH_MS) % CYCLE_MS >= CYCLE_MS / 2;
}

/* Then another item is there. */
static bool
is_late(void)
{
	return (sim_wall_ms() - SIM_EPOCH_MS) % CYCLE_MS >= 2 * HOUR_MS;
}

static void
serve_feed(struct str *out)
{
	str_clear(out);
	(void)str_adds(out, "<rss version='2.0'><channel><title>F</title>");
	for (int n = is_late() ? 3 : 2; n >= 0; n--)
		(void)str_addf(out,
		    "<item><guid>%lld-%d</guid><title>ceasefire</title></item>",
		    (long long)cycle(), n);
	(void)str_adds(out, "</channel></rss>");
}

static enum told
what_is_told(const char *body)
{
	int what = 0;

	while (what < TOLD && strstr(body, types[what]) == NULL)
		what++;
	return (enum told)what;
}

/* The same trouble, of the same beginning, never has two ids. */
static void
take_alert(struct memory *m, const struct http_request *req)
{
	const char *id = sim_header(req, "webhook-id");
	const char *body = req->body.p;
	enum told what = what_is_told(body);
	struct row row = { .what = what };
	const char *since = strstr(body, "\"since\":\"");

	if (what == TOLD)
		return;
	assert_non_null(since);
	(void)snprintf(row.id, sizeof(row.id), "%s", id);
	(void)snprintf(row.since, sizeof(row.since), "%.24s", since + 9);
	for (unsigned i = 0; i < m->nrows; i++) {
		bool same = strcmp(m->rows[i].id, id) == 0;

		if (same)
			return;
		if (m->rows[i].what == what)
			assert_string_not_equal(m->rows[i].since, row.since);
	}
	assert_true(m->nrows < ROWS);
	m->rows[m->nrows++] = row;
	m->n[what]++;
}

static void
serve(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct site *s = arg;
	struct memory *m = s->m;
	bool is_desk = strstr(req->url, "desk") != NULL;

	out->takes_ms = 1 + crash_chance(&m->crash, 5000);
	out->status = crash_chance(&m->crash, 8) == 0 ? 503 : 200;
	if (!req->post) {
		out->status = is_feed_away() ? 503 : 200;
		serve_feed(&s->document);
		out->body = str_sv(&s->document);
	} else if (is_desk) {
		if (!is_feed_away())
			out->status = 503;
	} else if (out->status == 200) {
		take_alert(m, req);
	}
	crash_may_come(&m->crash);
}

static const char config[] =
    "feeds: {f: {url: 'http://f.example/', every: 4m, silent-after: 2h,"
    " failing-after: 30m}}\n"
    "filters: {truce: {match: ceasefire, group: none, notify: [desk]}}\n";

static void
live_through(struct memory *m, unsigned seed)
{
	struct site site = { .m = m };
	struct world w;

	memset(m, 0, sizeof(*m));
	m->crash.dice = seed;
	str_init(&site.document, KiB(64));
	world_init(&w);
	w.desk = ", trouble: no, retry-max: 5m";
	w.destinations = "  second: {type: webhook, trouble: only,"
			 " url: 'http://second.example/'}\n";
	w.serve = serve;
	w.arg = &site;
	for (int i = 0; i < CRASHES; i++)
		crash_live(&w, &m->crash, config);
	/* To the end of a cycle in which all was there. */
	world_live(&w, config,
	    3 * CYCLE_MS - (sim_wall_ms() - SIM_EPOCH_MS) % CYCLE_MS -
		CYCLE_MS / 2 - 10 * MIN_MS);
	world_done(&w);
	str_done(&site.document);
}

static int
begin(void **state)
{
	*state = crash_share(sizeof(struct memory));
	return 0;
}

static int
end(void **state)
{
	crash_unshare(*state, sizeof(struct memory));
	return 0;
}

static void
each_trouble_is_told_of_once(void **state)
{
	struct memory *m = *state;

	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		unsigned cycles;

		live_through(m, seed);
		cycles = (unsigned)cycle();
		assert_int_equal(m->n[FAILING], cycles);
		assert_int_equal(m->n[RECOVERED], cycles);
		assert_int_equal(m->n[GAP], cycles);
		assert_int_equal(m->n[SILENT], cycles + 1);
		assert_int_equal(m->n[DESTINATION], cycles + 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    each_trouble_is_told_of_once, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
