/* net/mail.c: libcurl connects to the server, secures the connection and logs
 * in; the rest of the session is held here, because libcurl waits for the reply
 * to a message, and for that to a QUIT, with the loop standing still. */
#include "net/mail.h"

#include "base/clock.h"
#include "base/limits.h"
#include "net/dns.h"
#include "net/guard.h"
#include "net/handle.h"
#include "net/http.h"
#include "net/multi.h"

#include <assert.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES KiB(4)

/* For the reply to the whole message (RFC 5321, section 4.5.3.2.6): who does
 * not wait for it sends the mail twice. */
#define LAST_REPLY_MS (10 * MIN_MS)

struct mail {
	struct loop *loop; /* borrowed */
	struct http *http; /* borrowed */
	struct multi *multi;
	struct target target;
	bool starttls;
	char *user, *password;
	struct cidr *allow;
	size_t nallow;
	struct loop_idle *idle; /* tells the end */
	struct timer *patience;

	/* Of the mail under way. */
	mail_fn *done; /* NULL: none is */
	void *arg;
	int64_t timeout_ms; /* until the message has gone, then for the reply */
	bool handed_over;
	struct dns_query *query;
	struct curl_slist *resolve;
	CURL *easy;
	char curl_error[CURL_ERROR_SIZE];
	char said[SMTP_LINE_BYTES + 1]; /* the server, to libcurl */
	bool connecting; /* to an address that may be contacted */
	struct loop_io *reading, *writing;
	struct smtp talk;
	size_t sent; /* of talk.out */
	enum smtp_verdict verdict;
	struct err error;
};

static void
drop_sockets(struct mail *m)
{
	loop_io_free(m->reading);
	loop_io_free(m->writing);
	m->reading = m->writing = NULL;
}

/* Not inside libcurl.  A connection that was only made is closed at once. */
static void
clear(struct mail *m)
{
	timer_stop(m->patience);
	if (m->query != NULL)
		dns_cancel(m->query);
	m->query = NULL;
	drop_sockets(m);
	if (m->easy != NULL) {
		multi_remove(m->multi, m->easy);
		curl_easy_cleanup(m->easy);
	}
	m->easy = NULL;
	curl_slist_free_all(m->resolve);
	m->resolve = NULL;
	if (m->done != NULL)
		smtp_done(&m->talk);
	m->done = NULL;
}

/* The first one who says how it ended is right. */
static void
finish(struct mail *m, enum smtp_verdict v)
{
	if (m->verdict != SMTP_TALKING)
		return;
	m->verdict = v;
	drop_sockets(m);
	loop_idle_ask(m->idle);
}

static void
on_idle(void *arg)
{
	struct mail *m = arg;
	struct mail_result r = { m->verdict, m->error.msg };
	mail_fn *done = m->done;

	clear(m);
	done(&r, m->arg); /* last: may send the next */
}

static void
on_patience(void *arg)
{
	struct mail *m = arg;

	(void)err_set(
	    &m->error, "not done within %g s", (double)m->timeout_ms / 1000);
	finish(m, SMTP_LATER);
}

/* Called for every address that libcurl is about to connect to. */
static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	char text[NI_MAXHOST] = "";
	struct http_shared shared;
	struct mail *m = arg;
	int fd;

	(void)purpose;
	http_share(m->http, &shared);
	if (guard_allows(&a->addr, shared.allow, shared.nallow) ||
	    guard_allows(&a->addr, m->allow, m->nallow)) {
		m->connecting = true;
		m->error.msg[0] = '\0';
		fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
		return fd < 0 ? CURL_SOCKET_BAD : fd;
	}
	(void)getnameinfo(
	    &a->addr, a->addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST);
	if (!m->connecting)
		(void)err_set(&m->error,
		    "%s is not a public address and not in allow-private",
		    text);
	return CURL_SOCKET_BAD;
}

/* A line that the server says to libcurl; the last one is kept. */
static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct sv line = sv_trim((struct sv) { p, size * n });
	struct mail *m = arg;

	line = sv_sub(line, 0, SMTP_LINE_BYTES);
	if (line.len != 0)
		memcpy(m->said, line.p, line.len);
	m->said[line.len] = '\0';
	return size * n;
}

static void
set_safety(struct mail *m, const struct http_shared *shared)
{
	CURL *c = m->easy;

	handle_set_trust(c, shared->ca_file);
	curl_easy_setopt(c, CURLOPT_USE_SSL,
	    (long)(m->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, m);
	curl_easy_setopt(c, CURLOPT_USERNAME, m->user);
	curl_easy_setopt(c, CURLOPT_PASSWORD, m->password);
	/* Others may ask a third party, and wait for it. */
	curl_easy_setopt(c, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
}

static void
set_name(struct mail *m, const char *addresses)
{
	const struct target *t = &m->target;
	struct str line;

	if (addresses == NULL)
		return;
	str_init(&line, KiB(4));
	(void)str_addf(&line, "%s:%s:%s", t->host, t->port, addresses);
	m->resolve = curl_slist_append(NULL, str_c(&line));
	str_done(&line);
	curl_easy_setopt(m->easy, CURLOPT_RESOLVE, m->resolve);
}

static void
connect_to(struct mail *m, const char *addresses)
{
	struct http_shared shared;
	CURL *c = curl_easy_init();

	if (c == NULL)
		BUG("out of memory");
	http_share(m->http, &shared);
	m->easy = c;
	set_safety(m, &shared);
	set_name(m, addresses);
	curl_easy_setopt(c, CURLOPT_URL, m->target.url);
	curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	/* A greeting may take its time: it counts as connecting. */
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)m->timeout_ms);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)m->timeout_ms);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PRIVATE, m);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, m->curl_error);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, m);
	multi_add(m->multi, c);
}

static void talk(void *arg);

/* False: not all of it has gone. */
static bool
speak(struct mail *m)
{
	struct sv rest = sv_from(str_sv(&m->talk.out), m->sent);
	CURLcode rc = CURLE_OK;
	size_t n;

	for (; rest.len != 0; rest = sv_from(rest, n)) {
		n = 0;
		rc = curl_easy_send(m->easy, rest.p, rest.len, &n);
		if (rc != CURLE_OK)
			break;
		m->sent += n;
	}
	if (rc == CURLE_OK) {
		str_clear(&m->talk.out);
		m->sent = 0;
	} else if (rc != CURLE_AGAIN && m->verdict == SMTP_TALKING) {
		(void)err_set(&m->error, "the connection broke: %s",
		    curl_easy_strerror(rc));
		finish(m, SMTP_LATER);
	}
	return rc == CURLE_OK;
}

/* False: there is nothing more to hear now. */
static bool
hear(struct mail *m)
{
	char buffer[READ_BYTES];
	enum smtp_verdict v;
	size_t n = 0;
	CURLcode rc = curl_easy_recv(m->easy, buffer, sizeof(buffer), &n);

	if (rc == CURLE_AGAIN)
		return false;
	if (rc != CURLE_OK || n == 0) {
		(void)err_set(&m->error,
		    "the server closed the connection before its reply");
		finish(m, SMTP_LATER);
		return false;
	}
	v = smtp_take(&m->talk, (struct sv) { buffer, n }, &m->error);
	if (v == SMTP_TALKING)
		return true;
	m->sent = 0;
	m->verdict = v; /* a goodbye that fails changes nothing */
	(void)speak(m);
	m->verdict = SMTP_TALKING;
	finish(m, v);
	return false;
}

/* For room, or for a reply: one who says something instead of listening would
 * wake us for nothing, over and over. */
static void
wait_for(struct mail *m, bool room)
{
	struct loop_io **io = room ? &m->writing : &m->reading;
	int fd;

	if (*io != NULL)
		return;
	drop_sockets(m);
	curl_easy_getinfo(m->easy, CURLINFO_ACTIVESOCKET, &fd);
	*io = loop_io_new(m->loop, fd, !room, room, talk, m);
}

static void
hand_over(struct mail *m)
{
	m->handed_over = true;
	if (m->timeout_ms < LAST_REPLY_MS)
		m->timeout_ms = LAST_REPLY_MS;
	timer_set(m->patience, m->timeout_ms);
}

/* What the server says while it is spoken to waits, unless it is the end. */
static void
talk(void *arg)
{
	struct mail *m = arg;
	bool all = speak(m);

	while (all && m->verdict == SMTP_TALKING && hear(m))
		all = speak(m);
	if (m->verdict != SMTP_TALKING)
		return;
	wait_for(m, !all);
	if (all && m->talk.step == SMTP_MESSAGE && !m->handed_over)
		hand_over(m);
}

/* Where libcurl is at its end ours begins. */
static void
on_end(CURL *easy, CURLcode rc)
{
	struct mail *m;
	curl_socket_t fd = CURL_SOCKET_BAD;
	bool refused;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&m);
	if (m->verdict != SMTP_TALKING)
		return;
	curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
	if (rc == CURLE_OK && fd != CURL_SOCKET_BAD) {
		talk(m);
		return;
	}
	refused = m->said[0] == '4' || m->said[0] == '5';
	if (strstr(m->curl_error, "wrong version number") != NULL)
		(void)err_set(&m->error,
		    "the server speaks no TLS on this port; smtp:// begins in "
		    "the clear");
	if (m->error.msg[0] == '\0')
		(void)err_set(&m->error, "%s%s%s",
		    m->curl_error[0] != '\0' ? m->curl_error
					     : curl_easy_strerror(rc),
		    refused ? "; the server said: " : "",
		    refused ? m->said : "");
	finish(m, SMTP_LATER);
}

static void
on_name(const struct dns_answer *a, void *arg)
{
	struct mail *m = arg;

	m->query = NULL;
	if (a->result == DNS_FOUND) {
		connect_to(m, a->addresses);
		return;
	}
	(void)err_set(
	    &m->error, "cannot look up %s: %s", m->target.host, a->error);
	finish(m, SMTP_LATER);
}

void
mail_send(struct mail *m, const struct smtp_mail *what, int64_t timeout_ms,
    mail_fn *done, void *arg)
{
	struct http_shared shared;

	assert(m->done == NULL);
	m->done = done;
	m->arg = arg;
	m->timeout_ms = timeout_ms;
	m->verdict = SMTP_TALKING;
	m->error.msg[0] = m->curl_error[0] = m->said[0] = '\0';
	m->sent = 0;
	m->connecting = m->handed_over = false;
	smtp_init(&m->talk, what);
	timer_set(m->patience, timeout_ms);
	http_share(m->http, &shared);
	if (m->target.named)
		m->query = dns_ask(shared.dns, m->target.host, on_name, m);
	else
		connect_to(m, NULL);
}

struct mail *
mail_new(
    struct loop *l, struct http *h, const struct mail_server *s, struct err *e)
{
	struct mail *m;
	struct target t;

	if (!target_parse_mail(&t, s->url, e))
		return NULL;
	m = mem_calloc(1, sizeof(*m));
	m->loop = l;
	m->http = h;
	m->target = t;
	m->starttls = s->starttls;
	m->user = mem_strdup(s->user);
	m->password = mem_strdup(s->password);
	m->nallow = s->nallow_private;
	m->allow = cidrs_copy(s->allow_private, m->nallow);
	m->multi = multi_new(l, on_end);
	multi_keep_ended(m->multi);
	m->idle = loop_idle_new(l, on_idle, m);
	m->patience = timer_new(l, on_patience, m);
	return m;
}

void
mail_free(struct mail *m)
{
	if (m == NULL)
		return;
	clear(m);
	multi_free(m->multi);
	loop_idle_free(m->idle);
	timer_free(m->patience);
	target_done(&m->target);
	free(m->allow);
	free(m->user);
	if (m->password != NULL)
		explicit_bzero(m->password, strlen(m->password));
	free(m->password);
	free(m);
}
