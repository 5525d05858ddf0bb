/* tests/bench/bench_poll.c: what one poll costs: fetches a URL many times over
 * new connections and prints the CPU seconds of 1000 exchanges. */
#include "base/clock.h"
#include "net/http.h"

#include <stdio.h>
#include <stdlib.h>

struct bench {
	struct loop *loop;
	struct http *http;
	struct http_request req;
	uint64_t to_start, under_way, failed, bytes;
};

static void start_one(struct bench *b);

static bool
on_body(struct sv bytes, void *arg)
{
	struct bench *b = arg;

	b->bytes += bytes.len;
	return true;
}

static void
on_done(const struct http_response *r, void *arg)
{
	struct bench *b = arg;

	b->under_way--;
	if (r->failure != HTTP_ANSWERED && b->failed++ == 0)
		(void)fprintf(stderr, "bench_poll: %s\n", r->error);
	if (b->to_start != 0)
		start_one(b);
	else if (b->under_way == 0)
		loop_stop(b->loop);
}

static void
start_one(struct bench *b)
{
	static const struct http_events events = { .on_body = on_body,
		.on_done = on_done };

	b->to_start--;
	b->under_way++;
	(void)http_start(b->http, &b->req, &events, b);
}

static int
usage(void)
{
	(void)fputs("usage: bench_poll URL COUNT CONCURRENCY\n", stderr);
	return 2;
}

/* The environment variable names the certificates of a TLS server under
 * test. */
static struct http *
new_http(struct loop *l, size_t concurrency, const struct cidr *all)
{
	return http_new(l,
	    &(struct http_options) {
		.user_agent = "tocsin-bench",
		.ca_file = getenv("BENCH_CA_FILE"),
		.in_flight = concurrency,
		.connect_ms = 10 * SEC_MS,
		.allow_private = all,
		.nallow_private = 1,
	    });
}

static void
run(struct bench *b, uint64_t concurrency)
{
	while (b->to_start != 0 && b->under_way < concurrency)
		start_one(b);
	loop_run(b->loop);
}

int
main(int argc, char **argv)
{
	static const struct cidr all = { .bits = 0 };
	struct bench b = { .loop = NULL };
	uint64_t count, concurrency;
	int64_t began, spent;

	if (argc != 4 || !sv_to_u64(sv_of(argv[2]), &count) || count == 0 ||
	    !sv_to_u64(sv_of(argv[3]), &concurrency) || concurrency == 0)
		return usage();
	b.loop = loop_new();
	b.http = new_http(b.loop, (size_t)concurrency, &all);
	b.to_start = count;
	b.req = (struct http_request) { .url = argv[1],
		.timeout_ms = 60 * SEC_MS,
		.max_bytes = MiB(64),
		.max_redirects = HTTP_REDIRECTS };
	began = clock_cpu_us();
	run(&b, concurrency);
	spent = clock_cpu_us() - began;
	(void)printf(
	    "poll: %.3f CPU-s/1000 (%llu polls, %llu failed, %llu bytes)\n",
	    (double)spent / 1000 / (double)count, (unsigned long long)count,
	    (unsigned long long)b.failed, (unsigned long long)b.bytes);
	http_free(b.http);
	loop_free(b.loop);
	return b.failed == 0 ? 0 : 1;
}
