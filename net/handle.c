/* net/handle.c: a libcurl transfer set up the way we want. */
#include "net/handle.h"

#include "base/clock.h"
#include "base/str.h"

#include <stdlib.h>

#define BUFFER_BYTES KiB(64)
#define SLOW_BYTES_PER_S 100L
#define SLOW_S 30L
#define CA_CACHE_S (HOUR_MS / SEC_MS)

/* With the directory of certificates set as well, libcurl would not keep the
 * parsed bundle and read it anew for every connection. */
void
handle_set_trust(CURL *c, const char *ca_file)
{
	const char *bundle = ca_file != NULL
	    ? ca_file
	    : curl_version_info(CURLVERSION_NOW)->cainfo;

	if (bundle != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, bundle);
	curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(c, CURLOPT_CA_CACHE_TIMEOUT, (long)CA_CACHE_S);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

/* No proxy, which would hide the address from the guard; no other protocol, no
 * cookies, no signals, no redirects of libcurl's own. */
static void
set_manners(CURL *c, const struct handle_options *o)
{
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, o->user_agent);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
}

static void
set_callbacks(struct handle *h, const struct handle_callbacks *on)
{
	CURL *c = h->easy;

	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on->on_header);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on->on_body);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on->on_socket);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on->on_request);
}

/* The names of one handle are its own: entries in a common cache would either
 * stay for ever or vanish under another transfer that still needs them. */
static void
set_names(struct handle *h)
{
	h->names = curl_share_init();
	if (h->names == NULL)
		BUG("out of memory");
	curl_share_setopt(h->names, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
	curl_easy_setopt(h->easy, CURLOPT_SHARE, h->names);
}

struct handle *
handle_new(const struct handle_options *o)
{
	struct handle *h = mem_calloc(1, sizeof(*h));

	if ((h->easy = curl_easy_init()) == NULL)
		BUG("out of memory");
	handle_set_trust(h->easy, o->ca_file);
	set_manners(h->easy, o);
	set_callbacks(h, &o->on);
	set_names(h);
	return h;
}

void
handle_free(struct handle *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->easy);
	(void)curl_share_cleanup(h->names);
	curl_slist_free_all(h->resolve);
	free(h->former);
	free(h);
}

static void
aim_name(struct handle *h, const struct aim *a)
{
	const struct target *t = a->target;
	struct str line;

	curl_slist_free_all(h->resolve);
	h->resolve = NULL;
	if (h->former != NULL)
		h->resolve = curl_slist_append(NULL, h->former);
	free(h->former);
	h->former = NULL;
	if (a->addresses != NULL) {
		str_init(&line, KiB(4));
		(void)str_addf(&line, "-%s:%s", t->host, t->port);
		h->former = str_take(&line);
		(void)str_addf(
		    &line, "%s:%s:%s", t->host, t->port, a->addresses);
		h->resolve = curl_slist_append(h->resolve, str_c(&line));
		str_done(&line);
	}
	curl_easy_setopt(h->easy, CURLOPT_RESOLVE, h->resolve);
}

static void
aim_method(CURL *c, const struct aim *a)
{
	if (!a->post) {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
		return;
	}
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(
	    c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)a->body.len);
	curl_easy_setopt(
	    c, CURLOPT_POSTFIELDS, a->body.len != 0 ? a->body.p : "");
}

/* Keeping connections costs more than it saves unless the host is asked again
 * soon, and HTTP/2 gains only where it is asked for several things at once. */
static void
aim_connection(CURL *c, const struct aim *a)
{
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, a->keep_alive ? 0L : 1L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
	    (long)(a->keep_alive ? CURL_HTTP_VERSION_2TLS
				 : CURL_HTTP_VERSION_1_1));
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)a->timeout_ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)a->connect_ms);
}

void
handle_aim(struct handle *h, const struct aim *a, void *arg)
{
	CURL *c = h->easy;

	h->error[0] = '\0';
	curl_easy_setopt(c, CURLOPT_PRIVATE, arg);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, arg);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, arg);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, arg);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, arg);
	curl_easy_setopt(c, CURLOPT_URL, a->target->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, a->headers);
	curl_easy_setopt(c, CURLOPT_USERNAME, a->user);
	curl_easy_setopt(c, CURLOPT_PASSWORD, a->password);
	aim_name(h, a);
	aim_method(c, a);
	aim_connection(c, a);
}
