/* net/dns.c: host names to addresses over c-ares, with an own cache. */
#include "net/dns.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"

#include <ares.h>
#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>

#define RESOLV_CONF "/etc/resolv.conf"
#define PATIENCE_MS 2000
#define TRIES 2 /* of each server; the second waits twice as long */
#define TTL_MAX_MS HOUR_MS /* a moved server is found again after this */
#define TTL_MIN_MS SEC_MS
#define TTL_ABSENT_MS (30 * SEC_MS) /* of "no such name" */

/* One of c-ares's descriptors. */
struct dns_socket {
	struct dns *dns; /* borrowed */
	int fd;
	struct loop_io *io;
	LIST_ENTRY(dns_socket) link;
};

struct dns_query {
	struct name *name; /* borrowed */
	dns_fn *fn;
	void *arg;
	bool answered; /* the name's answer is meant for this one */
	TAILQ_ENTRY(dns_query) link;
};

/* What is known of one host name. */
struct name {
	struct dns *dns; /* borrowed */
	char *host;
	bool asked; /* c-ares is at it */
	bool ready; /* is in dns.ready */
	enum dns_result result;
	char *addresses;
	const char *error;
	int64_t expires_ms;
	TAILQ_HEAD(, dns_query) queries;
	TAILQ_ENTRY(name) age, turn;
};

struct dns {
	struct loop *loop; /* borrowed */
	char *servers;
	int patience_ms;
	ares_channel channel;
	struct stat conf; /* of RESOLV_CONF as it was read */
	struct timer *timer;
	struct loop_idle *idle;
	LIST_HEAD(, dns_socket) sockets;
	struct map names; /* by host */
	TAILQ_HEAD(name_list, name) by_age; /* all, longest unused first */
	struct name_list ready; /* with queries to be told */
};

/* c-ares works with its own clock; this wakes it when it asks for that. */
static void
watch_time(struct dns *d)
{
	struct timeval tv;

	if (ares_timeout(d->channel, NULL, &tv) == NULL)
		timer_stop(d->timer);
	else
		timer_set(d->timer, tv.tv_sec * SEC_MS + tv.tv_usec / 1000);
}

static void
on_timeout(void *arg)
{
	struct dns *d = arg;

	ares_process_fd(d->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	watch_time(d);
}

static void
on_ready(void *arg)
{
	struct dns_socket *s = arg;
	struct dns *d = s->dns;

	ares_process_fd(d->channel, s->fd, s->fd); /* may free s */
	watch_time(d);
}

/* c-ares says what it wants to know of a socket: nothing when it closes. */
static void
on_want(void *arg, ares_socket_t fd, int rd, int wr)
{
	struct dns *d = arg;
	struct dns_socket *s;

	LIST_FOREACH (s, &d->sockets, link)
		if (s->fd == fd)
			break;
	if (s == NULL) {
		s = mem_calloc(1, sizeof(*s));
		*s = (struct dns_socket) { .dns = d, .fd = fd };
		LIST_INSERT_HEAD(&d->sockets, s, link);
	}
	loop_io_free(s->io);
	if (rd || wr) {
		s->io = loop_io_new(d->loop, fd, rd, wr, on_ready, s);
		return;
	}
	LIST_REMOVE(s, link);
	free(s);
}

/* Without a usable resolv.conf c-ares asks this host. */
static void
open_channel(struct dns *d)
{
	char lookups[] = "fb"; /* /etc/hosts, then DNS */
	struct ares_options o = {
		.timeout = d->patience_ms,
		.tries = TRIES,
		.lookups = lookups,
		.sock_state_cb = on_want,
		.sock_state_cb_data = d,
	};

	if (stat(RESOLV_CONF, &d->conf) != 0)
		d->conf = (struct stat) { 0 };
	if (ares_init_options(&d->channel, &o,
		ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
		    ARES_OPT_SOCK_STATE_CB) != ARES_SUCCESS)
		BUG("no resolver: out of memory");
	if (d->servers != NULL &&
	    ares_set_servers_ports_csv(d->channel, d->servers) != ARES_SUCCESS)
		BUG("malformed list of DNS servers");
}

static bool
conf_is_new(const struct dns *d)
{
	struct stat st;

	return d->servers == NULL && stat(RESOLV_CONF, &st) == 0 &&
	    (st.st_ino != d->conf.st_ino ||
		st.st_mtim.tv_sec != d->conf.st_mtim.tv_sec ||
		st.st_mtim.tv_nsec != d->conf.st_mtim.tv_nsec);
}

static void
make_ready(struct name *n)
{
	struct dns_query *q;

	TAILQ_FOREACH (q, &n->queries, link)
		q->answered = true;
	if (n->ready)
		return;
	n->ready = true;
	TAILQ_INSERT_TAIL(&n->dns->ready, n, turn);
	loop_idle_ask(n->dns->idle);
}

static void
tell_queries(struct name *n)
{
	struct dns_query *q;

	while ((q = TAILQ_FIRST(&n->queries)) != NULL && q->answered) {
		struct dns_answer a = { n->result, n->addresses, n->error };
		dns_fn *fn = q->fn;
		void *arg = q->arg;

		TAILQ_REMOVE(&n->queries, q, link);
		free(q);
		fn(&a, arg);
	}
}

static void
on_idle(void *arg)
{
	struct dns *d = arg;
	struct name *n;

	while ((n = TAILQ_FIRST(&d->ready)) != NULL) {
		TAILQ_REMOVE(&d->ready, n, turn);
		n->ready = false;
		tell_queries(n);
	}
}

static void
add_address(struct str *out, const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof(v6));
		(void)inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
		(void)str_addf(out, "%s[%s]", out->len != 0 ? "," : "", text);
	} else if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		(void)inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
		(void)str_addf(out, "%s%s", out->len != 0 ? "," : "", text);
	}
}

/* The addresses and the shortest time that any part of the answer holds. */
static int64_t
take_addresses(struct name *n, const struct ares_addrinfo *ai)
{
	int64_t ttl = TTL_MAX_MS / SEC_MS;
	struct str out;
	size_t count = 0;

	str_init(&out, DNS_ADDRESSES * (INET6_ADDRSTRLEN + 3));
	for (const struct ares_addrinfo_node *a = ai->nodes;
	     a != NULL && count < DNS_ADDRESSES; a = a->ai_next, count++) {
		add_address(&out, a->ai_addr);
		ttl = a->ai_ttl < ttl ? a->ai_ttl : ttl;
	}
	for (const struct ares_addrinfo_cname *c = ai->cnames; c != NULL;
	     c = c->next)
		ttl = c->ttl < ttl ? c->ttl : ttl;
	free(n->addresses);
	n->addresses = out.len != 0 ? str_take(&out) : NULL;
	str_done(&out);
	return ttl * SEC_MS < TTL_MIN_MS ? TTL_MIN_MS : ttl * SEC_MS;
}

static enum dns_result
result_of(int status)
{
	if (status == ARES_SUCCESS)
		return DNS_FOUND;
	if (status == ARES_ENOTFOUND || status == ARES_ENODATA ||
	    status == ARES_EBADNAME)
		return DNS_NO_SUCH_NAME;
	return DNS_LATER;
}

static void
on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *ai)
{
	struct name *n = arg;
	int64_t ttl = 0;

	(void)timeouts;
	n->asked = false;
	n->result = result_of(status);
	n->error = ares_strerror(status);
	if (n->result == DNS_FOUND) {
		ttl = take_addresses(n, ai);
		if (n->addresses == NULL)
			n->result = DNS_NO_SUCH_NAME;
	}
	if (n->result == DNS_NO_SUCH_NAME)
		ttl = TTL_ABSENT_MS;
	n->expires_ms = loop_now_ms(n->dns->loop) + ttl;
	ares_freeaddrinfo(ai);
	make_ready(n);
}

static void
ask_servers(struct name *n)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM };
	struct dns *d = n->dns;

	if (conf_is_new(d)) {
		ares_destroy(d->channel); /* what is asked fails for now */
		open_channel(d);
	}
	n->asked = true;
	ares_getaddrinfo(d->channel, n->host, NULL, &hints, on_answer, n);
	watch_time(d);
}

static void
name_free(struct name *n)
{
	struct dns_query *q;

	while ((q = TAILQ_FIRST(&n->queries)) != NULL) {
		TAILQ_REMOVE(&n->queries, q, link);
		free(q);
	}
	TAILQ_REMOVE(&n->dns->by_age, n, age);
	(void)map_del(&n->dns->names, sv_of(n->host));
	free(n->addresses);
	free(n->host);
	free(n);
}

/* Names in use stay; their number is bounded by the exchanges under way. */
static void
forget_oldest(struct dns *d)
{
	struct name *n;

	TAILQ_FOREACH (n, &d->by_age, age)
		if (!n->asked && !n->ready && TAILQ_EMPTY(&n->queries))
			break;
	if (n != NULL)
		name_free(n);
}

static struct name *
find_name(struct dns *d, const char *host)
{
	struct name *n = map_get(&d->names, sv_of(host));

	if (n != NULL) {
		TAILQ_REMOVE(&d->by_age, n, age);
		TAILQ_INSERT_TAIL(&d->by_age, n, age);
		return n;
	}
	if (d->names.live >= DNS_CACHE_ENTRIES)
		forget_oldest(d);
	n = mem_calloc(1, sizeof(*n));
	n->dns = d;
	n->host = mem_strdup(host);
	n->expires_ms = INT64_MIN;
	TAILQ_INIT(&n->queries);
	TAILQ_INSERT_TAIL(&d->by_age, n, age);
	(void)map_put(&d->names, sv_of(host), n);
	return n;
}

struct dns_query *
dns_ask(struct dns *d, const char *host, dns_fn *fn, void *arg)
{
	struct dns_query *q = mem_calloc(1, sizeof(*q));
	struct name *n = find_name(d, host);

	*q = (struct dns_query) { .name = n, .fn = fn, .arg = arg };
	TAILQ_INSERT_TAIL(&n->queries, q, link);
	if (n->asked)
		return q;
	if (loop_now_ms(d->loop) < n->expires_ms)
		make_ready(n);
	else
		ask_servers(n);
	return q;
}

void
dns_cancel(struct dns_query *q)
{
	if (q == NULL)
		return;
	TAILQ_REMOVE(&q->name->queries, q, link);
	free(q);
}

struct dns *
dns_new(struct loop *l, const struct dns_options *o)
{
	struct dns *d = mem_calloc(1, sizeof(*d));

	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		BUG("no resolver: out of memory");
	d->loop = l;
	d->servers = mem_strdup(o->servers);
	d->patience_ms = o->patience_ms > 0 ? (int)o->patience_ms : PATIENCE_MS;
	d->timer = timer_new(l, on_timeout, d);
	d->idle = loop_idle_new(l, on_idle, d);
	LIST_INIT(&d->sockets);
	map_init(&d->names);
	TAILQ_INIT(&d->by_age);
	TAILQ_INIT(&d->ready);
	open_channel(d);
	return d;
}

void
dns_free(struct dns *d)
{
	struct name *n;

	if (d == NULL)
		return;
	ares_destroy(d->channel);
	while ((n = TAILQ_FIRST(&d->by_age)) != NULL)
		name_free(n);
	map_done(&d->names);
	loop_idle_free(d->idle);
	timer_free(d->timer);
	ares_library_cleanup();
	free(d->servers);
	free(d);
}
