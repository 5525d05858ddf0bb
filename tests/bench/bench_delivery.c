/* tests/bench/bench_delivery.c: how fast an outbox drains: alerts on disk
 * (synchronous=FULL) are POSTed, signed, to a receiver in a process of its own,
 * and each is recorded as delivered. */
#include "alerts/destination.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "daemon/delivery.h"
#include "net/http.h"
#include "net/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BODY_BYTES 1500
#define CHECK_MS 5

struct bench {
	struct loop *loop;
	struct timer *timer;
	uint64_t count;
};

static void
on_request(struct server_request *req, void *arg)
{
	(void)arg;
	server_reply(req, 200, NULL, 0, SV_NONE);
}

/* Tells its port through the pipe and serves until it is killed. */
static void
serve(int out)
{
	struct loop *l = loop_new();
	struct err e;
	struct server *s = server_new(l, "127.0.0.1", 0, on_request, NULL, &e);
	int port;

	if (s == NULL) {
		(void)fprintf(stderr, "bench_delivery: %s\n", e.msg);
		exit(1);
	}
	port = server_port(s);
	if (write(out, &port, sizeof(port)) != sizeof(port))
		exit(1);
	loop_run(l);
	exit(0);
}

static pid_t
start_receiver(int *port)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds) != 0 || (pid = fork()) < 0) {
		perror("bench_delivery");
		exit(1);
	}
	if (pid == 0)
		serve(fds[1]);
	(void)close(fds[1]);
	if (read(fds[0], port, sizeof(*port)) != sizeof(*port))
		exit(1);
	(void)close(fds[0]);
	return pid;
}

static void
fail(const struct err *e)
{
	(void)fprintf(stderr, "bench_delivery: %s\n", e->msg);
	exit(1);
}

static void
fill(struct store *s, uint64_t count)
{
	static char body[BODY_BYTES];
	char id[40];
	struct err e;

	memset(body, 'x', sizeof(body));
	if (!store_begin(s, &e))
		fail(&e);
	for (uint64_t i = 0; i < count; i++) {
		(void)snprintf(
		    id, sizeof(id), "alr_%020llu", (unsigned long long)i);
		if (!store_put_alert(s,
			&(struct store_alert) { .id = sv_of(id),
			    .destination = SV("desk"),
			    .body = { body, sizeof(body) },
			    .created_ms = clock_wall_ms() },
			&e))
			fail(&e);
	}
	if (!store_commit(s, &e))
		fail(&e);
}

static void
on_timer(void *arg)
{
	struct bench *b = arg;

	if (metrics.deliveries >= (int64_t)b->count)
		loop_stop(b->loop);
	else
		timer_set(b->timer, CHECK_MS);
}

/* Wall and CPU time until all were delivered and recorded. */
static void
drain(struct bench *b, struct store *s, const struct destination_env *env,
    const struct config *c)
{
	struct committer *cm = committer_new(b->loop, s);
	int64_t began_ms = clock_mono_ms(), cpu_us = clock_cpu_us(), ms;
	struct deliveries *d;
	struct err e;

	d = deliveries_new(env, s, cm, c, &e);
	if (d == NULL)
		fail(&e);
	timer_set(b->timer, CHECK_MS);
	loop_run(b->loop);
	deliveries_free(d);
	committer_free(cm);
	ms = clock_mono_ms() - began_ms;
	cpu_us = clock_cpu_us() - cpu_us;
	(void)printf("delivery: %llu alerts in %lld ms: %.0f/s, "
		     "%.3f CPU-s/1000, %lld commits, %lld failed\n",
	    (unsigned long long)b->count, (long long)ms,
	    (double)b->count * 1000 / (double)(ms != 0 ? ms : 1),
	    (double)cpu_us / 1000 / (double)b->count,
	    (long long)metrics.commits, (long long)metrics.deliveries_failed);
}

int
main(int argc, char **argv)
{
	static const struct cidr all = { .bits = 0 };
	struct config_text secret = { .text = SV(
					  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2"
					  "LaLaSw") };
	struct config_destination to = { .name = "desk",
		.type = DEST_WEBHOOK,
		.secrets = { &secret, 1 },
		.timeout_ms = 30 * SEC_MS,
		.retry_min_ms = 200,
		.retry_max_ms = MIN_MS,
		.give_up_ms = DAY_MS };
	struct config c = { .destinations = &to, .ndestinations = 1 };
	struct http_options options = { .user_agent = "tocsin-bench",
		.in_flight = 4,
		.connect_ms = 10 * SEC_MS,
		.allow_private = &all,
		.nallow_private = 1 };
	struct bench b = { .loop = NULL };
	struct destination_env env = { .loop = NULL };
	struct store *s;
	char url[64];
	struct err e;
	int port = 0;
	pid_t receiver;

	if (argc != 3 || !sv_to_u64(sv_of(argv[2]), &b.count)) {
		(void)fputs("usage: bench_delivery DIRECTORY COUNT\n", stderr);
		return 2;
	}
	receiver = start_receiver(&port);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/hook", port);
	to.url = url;
	s = store_open(argv[1], NULL, &e);
	if (s == NULL)
		fail(&e);
	fill(s, b.count);
	b.loop = env.loop = loop_new();
	b.timer = timer_new(b.loop, on_timer, &b);
	env.http = http_new(b.loop, &options);
	drain(&b, s, &env, &c);
	store_close(s);
	http_free(env.http);
	timer_free(b.timer);
	loop_free(b.loop);
	(void)kill(receiver, SIGTERM);
	(void)waitpid(receiver, NULL, 0);
	return 0;
}
