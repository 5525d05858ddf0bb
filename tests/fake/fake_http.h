/* tests/fake/fake_http.h: a scripted HTTP server on loopback that sends exactly
 * the bytes it is told, on the loop of the test. */
#ifndef TESTS_FAKE_HTTP_H
#define TESTS_FAKE_HTTP_H

#include "base/str.h"
#include "net/loop.h"

#define FAKE_REPEAT_BYTES 1300

enum fake_end {
	FAKE_CLOSE, /* closes after the reply */
	FAKE_HOLD, /* keeps silent after it, the connection open */
	FAKE_KEEP, /* waits for the next request */
	FAKE_REPEAT, /* sends the last FAKE_REPEAT_BYTES for ever */
};

struct fake_http;

struct fake_http *fake_http_new(struct loop *l);
void fake_http_free(struct fake_http *s);

int fake_http_port(const struct fake_http *s);

/* Answers `path` with `reply`, which is copied.  Paths without a route get a
 * 404. */
void fake_http_route(
    struct fake_http *s, const char *path, struct sv reply, enum fake_end end);

/* All requests so far, heads and bodies as they came; until the next one. */
struct sv fake_http_seen(const struct fake_http *s);

size_t fake_http_connections(const struct fake_http *s); /* ever made */
size_t fake_http_peak(const struct fake_http *s); /* most at once */

#endif
