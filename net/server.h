/* net/server.h: a small HTTP listener. */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "base/err.h"
#include "net/loop.h"

struct server;

/* Valid during the handler. */
struct server_request {
	const char *method; /* GET, HEAD, POST, PUT or DELETE */
	struct sv path, query; /* as they were sent */
	struct sv body;
	struct evhttp_request *ev; /* private to server.c */
	bool replied;
};

struct server_header {
	const char *name, *value; /* no CR or LF: else server_reply() aborts */
};

/* Must call server_reply() once before it returns; a 500 is sent if not. */
typedef void server_fn(struct server_request *req, void *arg);

/* `port` 0: any free one.  Larger requests than SERVER_HEADER_BYTES and
 * SERVER_BODY_BYTES are refused before the handler is called. */
struct server *server_new(struct loop *l, const char *addr, int port,
    server_fn *fn, void *arg, struct err *e);
void server_free(struct server *s);
int server_port(const struct server *s);

/* Case-insensitive; empty when absent. */
struct sv server_header(const struct server_request *req, const char *name);

void server_reply(struct server_request *req, int status,
    const struct server_header *headers, size_t nheaders, struct sv body);

#endif
