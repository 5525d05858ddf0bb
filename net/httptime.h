/* net/httptime.h: what the header fields of a response say about time. */
#ifndef NET_HTTPTIME_H
#define NET_HTTPTIME_H

#include "base/sv.h"

/* An HTTP-date in any of its three forms (RFC 9110 section 5.6.7), in ms since
 * 1970; -1 when it is none. */
int64_t http_date_ms(struct sv value);

/* Retry-After (RFC 9110 section 10.2.3) as a wait in ms: seconds, or a date
 * measured by the server's own Date (`date`, else `now_ms`).  At most
 * HTTP_WAIT_MAX_MS; -1 for nothing usable, a date in the past included. */
int64_t http_retry_after_ms(struct sv value, struct sv date, int64_t now_ms);

struct http_freshness {
	struct sv cache_control, expires, date,
	    age; /* header values, or empty */
};

/* For how many ms the response stays fresh (RFC 9111 section 4.2, private
 * cache): max-age before Expires, less Age.  0: not at all, or not said. */
int64_t http_fresh_ms(const struct http_freshness *f, int64_t now_ms);

#endif
