/* net/handle.h: a libcurl transfer over HTTP set up the way we want, to be used
 * again and again.  Every option of libcurl's that we set is set here, but for
 * those of mail.c. */
#ifndef NET_HANDLE_H
#define NET_HANDLE_H

#include "net/target.h"

#include <curl/curl.h>

/* libcurl's callbacks; all get what handle_aim() is given. */
struct handle_callbacks {
	curl_write_callback on_header, on_body;
	curl_opensocket_callback on_socket;
	curl_prereq_callback on_request;
};

struct handle_options {
	const char *user_agent;
	const char *ca_file; /* NULL: the system's bundle */
	struct handle_callbacks on;
};

struct handle {
	CURL *easy;
	CURLSH *names; /* what `resolve` puts in, and nothing else */
	struct curl_slist *resolve;
	char *former; /* "-host:port": takes the last name out again */
	char error[CURL_ERROR_SIZE];
	struct handle *next; /* for lists of idle ones */
};

/* Of one request. */
struct aim {
	const struct target *target;
	const char *addresses; /* "a,b"; NULL: the host is no name */
	struct curl_slist *headers; /* borrowed until it has ended */
	const char *user, *password; /* NULL: none */
	bool post, keep_alive;
	struct sv body; /* borrowed until it has ended */
	int64_t timeout_ms, connect_ms;
};

struct handle *handle_new(const struct handle_options *o);
void handle_free(struct handle *h);
/* Whose certificates count; for mail.c, too. */
void handle_set_trust(CURL *c, const char *ca_file);
void handle_aim(struct handle *h, const struct aim *a, void *arg);

#endif
