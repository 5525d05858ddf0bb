/* net/target.c: where one request goes. */
#include "net/target.h"

#include "base/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOST_BYTES 255 /* RFC 1035 section 2.3.4 */

static char *
get_part(CURLU *u, CURLUPart part, unsigned flags)
{
	char *text = NULL, *copy;

	if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
		return NULL;
	copy = mem_strdup(text);
	curl_free(text);
	return copy;
}

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

/* libcurl turns names into punycode by way of the locale's character set, which
 * is not ours to choose for the whole process. */
static char *
get_punycode(CURLU *u)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), old;
	char *host;

	if (utf8 == (locale_t)0)
		return NULL;
	old = uselocale(utf8);
	host = get_part(u, CURLUPART_HOST, CURLU_PUNYCODE);
	(void)uselocale(old);
	freelocale(utf8);
	return host;
}

static char *
get_host(CURLU *u)
{
	char *host = get_part(u, CURLUPART_HOST, 0);

	if (host == NULL || is_ascii(host))
		return host;
	free(host);
	return get_punycode(u);
}

static bool
ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n >= t && strcasecmp(s + n - t, tail) == 0;
}

/* libcurl itself answers for addresses and for localhost (RFC 6761). */
static bool
needs_lookup(const char *host)
{
	unsigned char v4[4];

	return host[0] != '[' && inet_pton(AF_INET, host, v4) != 1 &&
	    strcasecmp(host, "localhost") != 0 &&
	    !ends_with(host, ".localhost");
}

static bool
take_apart(CURLU *u, struct target *t)
{
	t->scheme = get_part(u, CURLUPART_SCHEME, 0);
	t->port = get_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	t->user = get_part(u, CURLUPART_USER, CURLU_URLDECODE);
	t->password = get_part(u, CURLUPART_PASSWORD, CURLU_URLDECODE);
	t->host = get_host(u);
	if (t->scheme == NULL || t->port == NULL || t->host == NULL ||
	    strlen(t->host) > HOST_BYTES)
		return false;
	(void)curl_url_set(u, CURLUPART_USER, NULL, 0);
	(void)curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
	(void)curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	if (curl_url_set(u, CURLUPART_HOST, t->host, 0) != CURLUE_OK)
		return false;
	t->url = get_part(u, CURLUPART_URL, 0);
	t->named = needs_lookup(t->host);
	return t->url != NULL;
}

static bool
parse(struct target *t, const char *url, struct err *e)
{
	unsigned flags = CURLU_PATH_AS_IS | CURLU_URLENCODE;
	CURLU *u;
	CURLUcode rc;
	bool ok;

	if (strlen(url) > URL_BYTES)
		return err_set(
		    e, "the URL is longer than %zu bytes", URL_BYTES);
	if ((u = curl_url()) == NULL)
		BUG("out of memory");
	rc = curl_url_set(u, CURLUPART_URL, url, flags);
	ok = rc == CURLUE_OK && take_apart(u, t);
	curl_url_cleanup(u);
	if (ok)
		return true;
	target_done(t);
	return err_set(e, "the URL is malformed: %s",
	    rc != CURLUE_OK ? curl_url_strerror(rc) : "Bad hostname");
}

bool
target_parse(struct target *t, const char *url, struct err *e)
{
	*t = (struct target) { 0 };
	if (!url_is_http(sv_of(url)))
		return err_set(e, "this is no http or https URL");
	return parse(t, url, e);
}

bool
target_parse_mail(struct target *t, const char *url, struct err *e)
{
	*t = (struct target) { 0 };
	if (!url_is_mail(sv_of(url)))
		return err_set(e, "this is no smtp or smtps URL");
	return parse(t, url, e);
}

void
target_done(struct target *t)
{
	free(t->url);
	free(t->scheme);
	free(t->host);
	free(t->port);
	free(t->user);
	free(t->password);
	*t = (struct target) { 0 };
}

bool
target_same_origin(const struct target *a, const struct target *b)
{
	return strcasecmp(a->scheme, b->scheme) == 0 &&
	    strcasecmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0;
}

bool
target_is_tls(const struct target *t)
{
	return strcasecmp(t->scheme, "https") == 0;
}
