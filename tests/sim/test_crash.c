/* tests/sim/test_crash.c: the daemon dies at any instant, thirty times over:
 * every alert arrives, and always under one id. */
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

#define SEEDS 30
#define CRASHES 8

/* Each feed brings an item every ten minutes and shows them all. */
#define FEEDS 2
#define ITEMS 40 /* of a feed; then it is quiet */
#define GAP_MS (10 * MIN_MS)
#define ID_BYTES 64

/* What the site and the receiver remember; shared with the daemon's process. */
struct memory {
	struct crash crash;
	struct {
		unsigned times;
		char id[ID_BYTES];
		bool renamed;
	} rung[FEEDS][ITEMS];
};

/* Of the first feed the teaser rings, of the second the article does. */
static void
serve_feed(int feed, struct str *out)
{
	int last = (int)((sim_wall_ms() - SIM_EPOCH_MS) / GAP_MS);

	if (last >= ITEMS)
		last = ITEMS - 1;
	str_clear(out);
	(void)str_adds(out, "<rss version='2.0'><channel><title>F</title>");
	for (int n = last; n >= 0; n--)
		(void)str_addf(out,
		    "<item><guid>%d-%d</guid><title>%s token=%d-%d.</title>"
		    "<link>http://page%d.example/%d</link></item>",
		    feed, n, feed == 0 && n % 3 == 0 ? "A ceasefire" : "News",
		    feed, n, feed, n % 2);
	(void)str_adds(out, "</channel></rss>");
}

static bool
is_due(int feed, int n)
{
	return feed == 0 ? n % 3 == 0 : n % 2 == 0;
}

static const char *
page(const char *url)
{
	return strcmp(url, "http://page1.example/0") == 0
	    ? "<html><body><p>A ceasefire was read out from the steps of the "
	      "town hall, to hold for six weeks from noon, while the prisoners "
	      "of both sides go home to their families.</p></body></html>"
	    : "<html><body><p>Nothing has happened in the old harbour town "
	      "since the last ship left for the south, and nobody who lives "
	      "there expects that this will change soon.</p></body></html>";
}

static void
take_alert(struct memory *m, const struct http_request *req)
{
	const char *id = sim_header(req, "webhook-id");
	const char *token = strstr(req->body.p, "token=") + 6;
	int feed = (int)strtol(token, NULL, 10);
	long n = strtol(token + 2, NULL, 10);

	assert_in_range(feed, 0, FEEDS - 1);
	assert_in_range(n, 0, ITEMS - 1);
	if (m->rung[feed][n].times++ == 0)
		(void)snprintf(m->rung[feed][n].id, ID_BYTES, "%s", id);
	else if (strcmp(m->rung[feed][n].id, id) != 0)
		m->rung[feed][n].renamed = true;
}

struct site {
	struct memory *m;
	struct str document[FEEDS];
};

static void
serve(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct site *s = arg;
	struct memory *m = s->m;

	out->takes_ms = 1 + crash_chance(&m->crash, 5000);
	out->status = crash_chance(&m->crash, 4) == 0 ? 503 : 200;
	if (strstr(req->url, "feed") != NULL) {
		int feed = req->url[strlen(req->url) - 1] - '0';

		serve_feed(feed, &s->document[feed]);
		out->body = str_sv(&s->document[feed]);
	} else if (!req->post) {
		out->status = 200; /* four failures would be the end */
		out->body = sv_of(page(req->url));
	} else if (out->status == 200) {
		take_alert(m, req);
	}
	crash_may_come(&m->crash);
}

static const char config[] =
    "feeds:\n"
    "  f0: {url: 'http://feed.example/0', every: 3m, article: never}\n"
    "  f1: {url: 'http://feed.example/1', every: 3m}\n"
    "filters: {truce: {match: ceasefire}}\n";

static void
check(const struct memory *m, unsigned seed)
{
	unsigned repeated = 0;

	for (int f = 0; f < FEEDS; f++)
		for (int n = 0; n < ITEMS; n++) {
			unsigned times = m->rung[f][n].times;

			if (m->rung[f][n].renamed ||
			    (times != 0) != is_due(f, n))
				fail_msg("seed %u: item %d-%d rang %u times",
				    seed, f, n, times);
			repeated += times > 1 ? times - 1 : 0;
		}
	/* One for each crash: accepted, and not yet noted. */
	assert_true(repeated <= CRASHES);
}

static void
live_through(struct memory *m, unsigned seed)
{
	struct site site = { .m = m };
	struct world w;

	*m = (struct memory) { .crash.dice = seed };
	for (int f = 0; f < FEEDS; f++)
		str_init(&site.document[f], KiB(64));
	world_init(&w);
	w.serve = serve;
	w.arg = &site;
	for (int i = 0; i < CRASHES; i++)
		crash_live(&w, &m->crash, config);
	world_live(&w, config, DAY_MS);
	check(m, seed);
	assert_int_equal(metrics.items_pending, 0);
	world_done(&w);
	for (int f = 0; f < FEEDS; f++)
		str_done(&site.document[f]);
}

static void
every_alert_arrives_under_one_id(void **state)
{
	struct memory *m = crash_share(sizeof(*m));

	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++)
		live_through(m, seed);
	crash_unshare(m, sizeof(*m));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_alert_arrives_under_one_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
