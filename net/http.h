/* net/http.h: bounded HTTP exchanges over libcurl, never blocking the loop.
 * Redirects are followed here, hop by hop, each hop checked like the first. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/cidr.h"
#include "base/err.h"
#include "net/loop.h"

struct dns;
struct http;
struct http_call;

struct http_options {
	const char *user_agent; /* copied */
	const char *ca_file; /* NULL: the system's bundle; copied */
	size_t in_flight; /* more exchanges, but urgent ones, wait in order of
			   * start */
	int64_t connect_ms; /* name lookup and connecting, of each hop */
	const char *dns_servers; /* "192.0.2.53,..." instead of those of
				  * resolv.conf; NULL: those; copied */
	/* Borrowed, replaced by http_set_allow(). */
	const struct cidr *allow_private;
	size_t nallow_private;
};

struct http_header {
	const char *name,
	    *value; /* no CR, LF or NUL: else http_start() aborts */
};

struct http_request {
	const char *url; /* http or https */
	bool post;
	const struct http_header *headers;
	size_t nheaders;
	struct sv body; /* of a POST */
	const char *user, *password; /* Basic; sent to the first host only */
	int64_t timeout_ms; /* whole exchange, redirects included */
	size_t max_bytes; /* of the decoded body */
	unsigned max_redirects; /* 0: a redirect is the answer */
	bool keep_alive; /* further requests to this host are likely soon */
	bool urgent; /* waits for no other and does not count in in_flight */
	/* Networks that this request may go to, besides those for all. */
	const struct cidr *allow_private;
	size_t nallow_private;
};

enum http_failure {
	HTTP_ANSWERED, /* there is a status; the body is complete */
	HTTP_BAD_URL,
	HTTP_NAME, /* no such host */
	HTTP_NAME_LATER, /* the resolver did not answer or failed */
	HTTP_CONNECT,
	HTTP_TLS,
	HTTP_FORBIDDEN, /* a private address, or a redirect to no http URL */
	HTTP_TIMEOUT,
	HTTP_TOO_LARGE,
	HTTP_TOO_MANY_HOPS, /* too many, or without a target */
	HTTP_BROKEN, /* cut short, not HTTP, undecodable */
	HTTP_STOPPED, /* on_body said so */
};

/* Valid during the callback that gets it. */
struct http_response {
	enum http_failure failure;
	int status; /* of the last answer; 0: none */
	const char *error; /* a sentence; "" when answered */
	struct sv url; /* of the last hop */
	struct sv
	    permanent; /* where the leading 301 and 308 hops led, or empty */
	struct http_call *call;
};

/* The value of the last hop's header, case-insensitive; several fields of one
 * name are joined by ", ".  Empty when absent. */
struct sv http_header(const struct http_response *r, const char *name);

struct http_events {
	/* The final answer's head has come (no redirect that is followed); may
	 * be NULL.  False stops the exchange (HTTP_STOPPED). */
	bool (*on_head)(const struct http_response *r, void *arg);
	/* Decoded bytes of the final answer, in order.  False: HTTP_STOPPED. */
	bool (*on_body)(struct sv bytes, void *arg);
	/* Exactly once, never before http_start() returned, last of all; the
	 * call is gone afterwards. */
	void (*on_done)(const struct http_response *r, void *arg);
};

struct http *http_new(struct loop *l, const struct http_options *o);
/* Cancels what is under way, silently.  Not from inside a callback. */
void http_free(struct http *h);
void http_set_allow(struct http *h, const struct cidr *nets, size_t n);

/* Copies the request.  `ev` is borrowed until the end. */
struct http_call *http_start(struct http *h, const struct http_request *req,
    const struct http_events *ev, void *arg);

/* No callback will come any more.  NULL is fine; not from inside on_head or
 * on_body of the same call (return false there). */
void http_cancel(struct http_call *c);

/* For net/ only: what other exchanges share; borrowed. */
struct http_shared {
	struct dns *dns;
	const char *ca_file;
	const struct cidr *allow; /* until http_set_allow() */
	size_t nallow;
};

void http_share(const struct http *h, struct http_shared *out);

#endif
