/* net/httptime.c: what the header fields of a response say about time. */
#include "net/httptime.h"

#include "base/clock.h"
#include "base/limits.h"

#include <curl/curl.h>
#include <string.h>

int64_t
http_date_ms(struct sv value)
{
	char text[64];
	time_t t;

	value = sv_trim(value);
	if (value.len == 0 || value.len >= sizeof(text))
		return -1;
	memcpy(text, value.p, value.len);
	text[value.len] = '\0';
	/* A bare number is no date, whatever curl makes of it. */
	if (!ascii_is_alpha(text[0]))
		return -1;
	t = curl_getdate(text, NULL);
	return t < 0 ? -1 : (int64_t)t * SEC_MS;
}

/* Seconds as ms, cut at the ceiling; a number too large for 64 bits counts as
 * the ceiling (RFC 9111 section 1.2.2). */
static bool
seconds_ms(struct sv value, int64_t *ms)
{
	uint64_t s;

	if (value.len == 0)
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_digit(value.p[i]))
			return false;
	if (!sv_to_u64(value, &s) || s > HTTP_WAIT_MAX_MS / SEC_MS)
		*ms = HTTP_WAIT_MAX_MS;
	else
		*ms = (int64_t)s * SEC_MS;
	return true;
}

int64_t
http_retry_after_ms(struct sv value, struct sv date, int64_t now_ms)
{
	int64_t ms, until, since = http_date_ms(date);

	value = sv_trim(value);
	if (seconds_ms(value, &ms))
		return ms;
	until = http_date_ms(value);
	if (until < 0)
		return -1;
	ms = until - (since >= 0 ? since : now_ms);
	if (ms < 0)
		return -1;
	return ms > HTTP_WAIT_MAX_MS ? HTTP_WAIT_MAX_MS : ms;
}

/* Finds a directive's value: max-age=600, max-age="600".  False: not there. */
static bool
directive(struct sv fields, const char *name, struct sv *value)
{
	struct sv part;

	while (sv_split(&fields, ',', &part)) {
		size_t eq = sv_chr(part, '=');
		struct sv key = sv_trim(sv_sub(part, 0, eq));
		struct sv rest = sv_trim(sv_from(part, eq + 1));

		if (!sv_iis(key, name))
			continue;
		if (rest.len >= 2 && rest.p[0] == '"')
			rest = sv_sub(rest, 1, rest.len - 2);
		*value = rest;
		return true;
	}
	return false;
}

int64_t
http_fresh_ms(const struct http_freshness *f, int64_t now_ms)
{
	int64_t fresh = 0, age = 0, expires, date;
	struct sv value;

	if (directive(f->cache_control, "no-store", &value) ||
	    directive(f->cache_control, "no-cache", &value))
		return 0;
	if (directive(f->cache_control, "max-age", &value)) {
		if (!seconds_ms(value, &fresh))
			return 0;
		if (seconds_ms(sv_trim(f->age), &age))
			fresh -= age;
		return fresh > 0 ? fresh : 0;
	}
	expires = http_date_ms(f->expires);
	if (expires < 0)
		return 0;
	date = http_date_ms(f->date);
	fresh = expires - (date >= 0 ? date : now_ms);
	if (fresh > HTTP_WAIT_MAX_MS)
		return HTTP_WAIT_MAX_MS;
	return fresh > 0 ? fresh : 0;
}
