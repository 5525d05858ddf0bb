/* tests/sim/test_month.c: the whole daemon over a simulated month: flaky
 * servers, a flaky receiver, restarts.  Nothing is missed, nothing repeated. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"
#include "tests/sim/world.h"

#define FEEDS 3

#define DAYS 30

/* A feed shows its latest item only, so that one which is not read in its time
 * is lost.  Items of feed f appear every `gap[f]` ms; every third is about a
 * ceasefire. Each holds a token of its own, so that deliveries can be counted.
 */
static const int64_t gap[FEEDS] = { 9 * HOUR_MS, 13 * HOUR_MS, 31 * HOUR_MS };

struct month {
	struct str document[FEEDS]; /* answers may be under way side by side */
	char headers[FEEDS][128]; /* of the reply that is being sent */
	struct map ids; /* token -> id of the alert, owned */
	struct map last_poll; /* feed -> int64_t *, the time, owned */
	size_t delivered, repeated, renamed, too_early, refused;
	bool receiver_away;
	uint64_t dice;
};

/* A number below `n`, the same in every run. */
static unsigned
chance(struct month *m, unsigned n)
{
	m->dice = m->dice * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (unsigned)(m->dice >> 33) % n;
}

static int64_t
items_so_far(int feed)
{
	return (sim_wall_ms() - SIM_EPOCH_MS) / gap[feed];
}

static void
write_item(struct str *out, int feed, int64_t n)
{
	char date[CLOCK_ISO_BYTES];

	clock_iso(SIM_EPOCH_MS + n * gap[feed], date, sizeof(date));
	(void)str_addf(out,
	    "<item><guid isPermaLink=\"false\">%d-%lld</guid>"
	    "<title>Report token%dx%lldx</title>"
	    "<dc:date>%s</dc:date><description>%s</description></item>",
	    feed, (long long)n, feed, (long long)n, date,
	    n % 3 == 0 ? "A ceasefire was agreed." : "Nothing new.");
}

static void
write_feed(struct str *out, int feed)
{
	int64_t last = items_so_far(feed);

	str_clear(out);
	(void)str_adds(out,
	    "<rss version=\"2.0\" "
	    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>"
	    "<title>F</title><link>http://f/</link>"
	    "<description>d</description>");
	if (last > 0)
		write_item(out, feed, last);
	(void)str_adds(out, "</channel></rss>");
}

/* Promised by every answer: max-age=600. */
static void
note_poll(struct month *m, int feed)
{
	char key[8];
	int64_t *last;

	(void)snprintf(key, sizeof(key), "%d", feed);
	last = map_get(&m->last_poll, sv_of(key));
	if (last == NULL) {
		last = mem_calloc(1, sizeof(*last));
		(void)map_put(&m->last_poll, sv_of(key), last);
	} else if (sim_wall_ms() - *last < 600 * SEC_MS) {
		m->too_early++;
	}
	*last = sim_wall_ms();
}

static void
serve_feed(struct month *m, int feed, const struct http_request *req,
    struct sim_reply *out)
{
	char *headers = m->headers[feed];
	char etag[32];
	const char *known = sim_header(req, "If-None-Match");

	note_poll(m, feed);
	out->takes_ms = 200;
	(void)snprintf(
	    etag, sizeof(etag), "\"%lld\"", (long long)items_so_far(feed));
	(void)snprintf(headers, sizeof(m->headers[feed]),
	    "etag: %s\ncache-control: max-age=600\n", etag);
	out->headers = headers;
	out->status = 200;
	/* Some servers send it all again now and then. */
	if (known != NULL && strcmp(known, etag) == 0 && chance(m, 4) != 0) {
		out->status = 304;
		return;
	}
	write_feed(&m->document[feed], feed);
	out->body = str_sv(&m->document[feed]);
	switch (chance(m, 16)) {
	case 0:
		out->status = 500;
		break;
	case 1: /* an honest server that is cut off */
		out->cut = true;
		out->body = sv_sub(out->body, 0, out->body.len / 3);
		break;
	case 2: /* a lying one: the transfer looks whole */
		out->body = sv_sub(out->body, 0, out->body.len / 3);
		break;
	case 3:
		out->status = 0;
		break;
	default:
		break;
	}
}

static void
take_alert(struct month *m, const struct http_request *req)
{
	size_t at = sv_find(req->body, SV("token"));
	struct sv token = sv_from(req->body, at);
	const char *id = sim_header(req, "webhook-id");
	char *old;

	assert_true(at < req->body.len);
	assert_non_null(id);
	token = sv_sub(token, 0, sv_chr(token, 'x') + 8);
	token = sv_sub(token, 0,
	    sv_chr(token, 'x') + 1 +
		sv_chr(sv_from(token, sv_chr(token, 'x') + 1), 'x'));
	old = map_put(&m->ids, token, mem_strdup(id));
	m->delivered++;
	if (old != NULL) {
		m->repeated++;
		m->renamed += strcmp(old, id) != 0;
	}
	free(old);
}

static void
serve(const struct http_request *req, struct sim_reply *out, void *arg)
{
	struct month *m = arg;
	size_t len = strlen(req->url);

	if (!req->post) {
		serve_feed(m, req->url[len - 1] - '0', req, out);
		return;
	}
	out->takes_ms = 50;
	if (m->receiver_away || chance(m, 2) == 0) {
		out->status = chance(m, 2) == 0 ? 500 : 0;
		m->refused++;
		return;
	}
	out->status = 204;
	take_alert(m, req);
}

static const char config[] = "feeds:\n"
			     "  f0: {url: 'http://a.example/0'}\n"
			     "  f1: {url: 'http://b.example/1'}\n"
			     "  f2: {url: 'http://b.example/2'}\n"
			     "filters:\n"
			     "  f: {match: ceasefire}\n";

static void
free_map(struct map *m)
{
	struct map_slot *slot;

	for (size_t i = 0; (slot = map_next(m, &i)) != NULL;)
		free(slot->value);
	map_done(m);
}

static size_t
alerts_due(void)
{
	size_t n = 0;

	/* What appeared in the last hours may not have been polled yet. */
	for (int f = 0; f < FEEDS; f++)
		for (int64_t i = 3; i * gap[f] < DAYS * DAY_MS; i += 3)
			n++;
	return n;
}

static void
check(const struct month *m)
{
	assert_int_equal(m->renamed, 0);
	assert_int_equal(m->repeated, 0);
	assert_int_equal(m->too_early, 0);
	assert_true(m->refused > 20);
	assert_true(m->ids.live >= alerts_due());
	assert_int_equal(m->ids.live, m->delivered);
	assert_true(metrics.items_known > 0 && metrics.polls_failed > 0 &&
	    metrics.polls_not_modified > 0);
}

static void
test_month(void **state)
{
	struct month m = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	w.serve = serve;
	w.arg = &m;
	w.daemon = ", floor: 15m, cap: 2h";
	for (int f = 0; f < FEEDS; f++)
		str_init(&m.document[f], MiB(1));
	map_init(&m.ids);
	map_init(&m.last_poll);
	/* A day away for the receiver, and a restart each five days. */
	for (int64_t day = 0; day < DAYS; day += 5) {
		m.receiver_away = day == 10;
		world_live(&w, config, DAY_MS);
		m.receiver_away = false;
		world_live(&w, config, 4 * DAY_MS);
	}
	world_live(&w, config, 12 * HOUR_MS);
	check(&m);
	free_map(&m.ids);
	free_map(&m.last_poll);
	for (int f = 0; f < FEEDS; f++)
		str_done(&m.document[f]);
	world_done(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
