/* net/multi.c: libcurl's transfers driven by our loop. */
#include "net/multi.h"

#include "base/limits.h"
#include "base/mem.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

struct multi {
	struct loop *loop; /* borrowed */
	CURLM *curl;
	struct timer *timer;
	multi_fn *on_end;
	bool keeps; /* those that have ended */
};

/* One descriptor of libcurl's. */
struct watch {
	struct multi *multi; /* borrowed */
	struct event ev;
};

static void
drain(struct multi *m)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(m->curl, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		CURLcode rc = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		if (!m->keeps)
			multi_remove(m, easy);
		m->on_end(easy, rc);
	}
}

static void
act(struct multi *m, curl_socket_t fd, int what)
{
	int running;

	if (curl_multi_socket_action(m->curl, fd, what, &running) != CURLM_OK)
		BUG("libcurl refused an event");
	drain(m);
}

static void
on_timeout(void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	struct multi *m = w->multi;

	loop_enter(m->loop);
	act(m, fd,
	    (what & EV_READ ? CURL_CSELECT_IN : 0) |
		(what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	(void)event_del(&w->ev);
	free(w);
}

static void
watch_set(struct watch *w, curl_socket_t fd, int want)
{
	short what = EV_PERSIST;

	what |= want & CURL_POLL_IN ? EV_READ : 0;
	what |= want & CURL_POLL_OUT ? EV_WRITE : 0;
	(void)event_del(&w->ev);
	if (event_assign(&w->ev, loop_base(w->multi->loop), fd, what, on_ready,
		w) != 0 ||
	    event_add(&w->ev, NULL) != 0)
		BUG("a socket cannot be watched");
}

/* libcurl says what it wants to know of a socket. */
static int
on_want(CURL *easy, curl_socket_t fd, int want, void *arg, void *fd_arg)
{
	struct multi *m = arg;
	struct watch *w = fd_arg;

	(void)easy;
	if (want == CURL_POLL_REMOVE) {
		watch_free(w);
		return 0;
	}
	if (w == NULL) {
		w = mem_calloc(1, sizeof(*w));
		w->multi = m;
		(void)event_assign(
		    &w->ev, loop_base(m->loop), fd, EV_READ, on_ready, w);
		(void)curl_multi_assign(m->curl, fd, w);
	}
	watch_set(w, fd, want);
	return 0;
}

static int
on_want_timer(CURLM *curl, long ms, void *arg)
{
	struct multi *m = arg;

	(void)curl;
	if (ms < 0)
		timer_stop(m->timer);
	else
		timer_set(m->timer, ms);
	return 0;
}

struct multi *
multi_new(struct loop *l, multi_fn *on_end)
{
	struct multi *m = mem_calloc(1, sizeof(*m));

	*m = (struct multi) { .loop = l, .on_end = on_end };
	m->timer = timer_new(l, on_timeout, m);
	if ((m->curl = curl_multi_init()) == NULL)
		BUG("out of memory");
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_want);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_want_timer);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	curl_multi_setopt(
	    m->curl, CURLMOPT_MAXCONNECTS, (long)HTTP_KEPT_CONNECTIONS);
	return m;
}

void
multi_keep_ended(struct multi *m)
{
	m->keeps = true;
}

void
multi_free(struct multi *m)
{
	if (m == NULL)
		return;
	(void)curl_multi_cleanup(m->curl);
	timer_free(m->timer);
	free(m);
}

void
multi_add(struct multi *m, CURL *easy)
{
	if (curl_multi_add_handle(m->curl, easy) != CURLM_OK)
		BUG("libcurl refused a transfer");
}

void
multi_remove(struct multi *m, CURL *easy)
{
	if (curl_multi_remove_handle(m->curl, easy) != CURLM_OK)
		BUG("libcurl kept a transfer");
}
