/* tests/sim/test_policy_crash.c: the daemon dies at any instant, and what a
 * limit collects or a story holds back arrives all the same. */
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

#define SEEDS 12
#define CRASHES 12

/* Two feeds bring the same stories, the second every other one of them and some
 * minutes later; both show all that they have. */
#define FEEDS 2
#define STORIES 30
#define GAP_MS (10 * MIN_MS)
#define LATER_MS (15 * MIN_MS)
#define ID_BYTES 64
#define IDS 4

struct memory {
	struct crash crash;
	struct {
		bool alone, in_digest, unconfirmed, confirmed;
		unsigned nids; /* of alert.new */
		char ids[IDS][ID_BYTES];
	} rung[FEEDS][STORIES];
};

struct site {
	struct memory *m;
	struct str document[FEEDS];
};

static bool
has_item(int feed, int n)
{
	int64_t at = n * GAP_MS + (feed == 1 ? LATER_MS : 0);

	return (feed == 0 || n % 2 == 0) && sim_wall_ms() - SIM_EPOCH_MS >= at;
}

/* Each story in words of its own. */
static void
serve_feed(int feed, struct str *out)
{
	str_clear(out);
	(void)str_adds(out, "<rss version='2.0'><channel><title>F</title>");
	for (int n = STORIES - 1; n >= 0; n--) {
		if (!has_item(feed, n))
			continue;
		(void)str_addf(out,
		    "<item><guid>%d-%d</guid><title>A ceasefire token=%d-%d."
		    "</title><description>",
		    feed, n, feed, n);
		for (int word = 0; word < 60; word++)
			(void)str_addf(out, "w%dx%d ", n, word);
		(void)str_adds(out, "</description></item>");
	}
	(void)str_adds(out, "</channel></rss>");
}

static void
note_id(struct memory *m, int feed, int n, const char *id)
{
	unsigned i = 0;

	while (i < m->rung[feed][n].nids &&
	    strcmp(m->rung[feed][n].ids[i], id) != 0)
		i++;
	if (i < m->rung[feed][n].nids)
		return;
	assert_true(i < IDS);
	(void)snprintf(m->rung[feed][n].ids[i], ID_BYTES, "%s", id);
	m->rung[feed][n].nids++;
}

static const char *
read_token(const char *at, int *feed, int *n)
{
	char *end;

	*feed = (int)strtol(at + 6, &end, 10);
	*n = (int)strtol(end + 1, &end, 10);
	assert_in_range(*feed, 0, FEEDS - 1);
	assert_in_range(*n, 0, STORIES - 1);
	return end;
}

static void
take_alert(struct memory *m, const struct http_request *req)
{
	const char *body = req->body.p, *at = strstr(body, "token=");
	bool is_digest = strstr(body, "\"type\":\"digest\"") != NULL;
	bool is_new = strstr(body, "\"type\":\"alert.new\"") != NULL;
	int feed, n;

	assert_non_null(at);
	if (!is_digest) {
		(void)read_token(at, &feed, &n);
		m->rung[feed][n].alone |= is_new;
		m->rung[feed][n].confirmed |= !is_new;
		m->rung[feed][n].unconfirmed |= strstr(body,
						    "\"unconfirmed\":true") !=
		    NULL;
		if (is_new)
			note_id(m, feed, n, sim_header(req, "webhook-id"));
		return;
	}
	while ((at = strstr(at, "token=")) != NULL) {
		at = read_token(at, &feed, &n);
		m->rung[feed][n].in_digest = true;
	}
}

static void
serve(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct site *s = arg;
	struct memory *m = s->m;

	out->takes_ms = 1 + crash_chance(&m->crash, 5000);
	out->status = crash_chance(&m->crash, 4) == 0 ? 503 : 200;
	if (!req->post) {
		int feed = req->url[strlen(req->url) - 1] - '0';

		serve_feed(feed, &s->document[feed]);
		out->body = str_sv(&s->document[feed]);
	} else if (out->status == 200) {
		take_alert(m, req);
	}
	crash_may_come(&m->crash);
}

static void
live_through(struct memory *m, unsigned seed, const char *config)
{
	struct site site = { .m = m };
	struct world w;

	memset(m, 0, sizeof(*m));
	m->crash.dice = seed;
	for (int f = 0; f < FEEDS; f++)
		str_init(&site.document[f], KiB(64));
	world_init(&w);
	w.serve = serve;
	w.arg = &site;
	for (int i = 0; i < CRASHES; i++)
		crash_live(&w, &m->crash, config);
	world_live(&w, config, DAY_MS);
	world_done(&w);
	for (int f = 0; f < FEEDS; f++)
		str_done(&site.document[f]);
}

#define POLLED(filter) \
	"feeds:\n" \
	"  f0: {url: 'http://one.example/0', every: 3m, article: never}\n" \
	"  f1: {url: 'http://two.example/1', every: 3m, article: never}\n" \
	"filters: {truce: {match: ceasefire, " filter "}}\n"

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
each_item_rings_or_stands_in_a_digest(void **state)
{
	struct memory *m = *state;
	unsigned limited = 0;

	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		live_through(m, seed, POLLED("group: none, limit: 2/h"));
		for (int f = 0; f < FEEDS; f++)
			for (int n = 0; n < STORIES; n++) {
				if (f == 1 && n % 2 != 0)
					continue;
				if (!m->rung[f][n].alone &&
				    !m->rung[f][n].in_digest)
					fail_msg("seed %u: item %d-%d is lost",
					    seed, f, n);
				assert_true(m->rung[f][n].nids <= 1);
				limited += m->rung[f][n].in_digest;
			}
	}
	assert_true(limited > SEEDS * 10);
}

/* As unconfirmed, and confirmed by the second publisher if there is one; or
 * when both have it. */
static void
each_story_rings_once(void **state)
{
	struct memory *m = *state;
	unsigned reached = 0, unconfirmed = 0;

	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		live_through(
		    m, seed, POLLED("sources: {at-least: 2, within: 20m}"));
		for (int n = 0; n < STORIES; n++) {
			unsigned rings = m->rung[0][n].nids +
			    m->rung[1][n].nids;

			if (rings != 1)
				fail_msg("seed %u: story %d rang %u times",
				    seed, n, rings);
			unconfirmed += m->rung[0][n].unconfirmed;
			reached += !m->rung[0][n].unconfirmed &&
			    !m->rung[1][n].unconfirmed;
			if (n % 2 != 0)
				assert_true(m->rung[0][n].unconfirmed);
			else if (m->rung[0][n].unconfirmed)
				assert_true(m->rung[1][n].confirmed);
		}
	}
	assert_true(reached > SEEDS * 3);
	assert_true(unconfirmed > SEEDS * 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    each_item_rings_or_stands_in_a_digest, begin, end),
		cmocka_unit_test_setup_teardown(
		    each_story_rings_once, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
