/* base/url.h: URLs: taken apart, resolved, hidden (RFC 3986). */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/str.h"

/* Views into the parsed text.  A missing part has p == NULL, so that "x?" (an
 * empty query) and "x" stay apart. */
struct url {
	struct sv scheme, userinfo, host, port, path, query, fragment;
	bool has_authority;
};

/* Any text is a URI reference of some kind; never fails. */
void url_split(struct sv text, struct url *out);

/* Appends `ref` resolved against `base` (RFC 3986 section 5.2, dot segments
 * removed).  White space around `ref` is dropped and white space and controls
 * inside it percent-encoded.  Where `base` is no absolute URL, `ref` is
 * appended as it is.  With out->full it is cut, and no URL. */
void url_resolve(struct str *out, struct sv base, struct sv ref);

/* http or https with a host. */
bool url_is_http(struct sv text);

/* smtp or smtps with a host, and nothing behind it but a port. */
bool url_is_mail(struct sv text);

/* Appends "scheme://host:port" in lower case, the default port left out: what
 * per-host limits count by. */
void url_origin(struct str *out, struct sv text);

/* Appends what may be logged: no userinfo, and for `secret` URLs (webhooks,
 * which carry tokens in path and query) nothing after the host but "/...". */
void url_redact(struct str *out, struct sv text, bool secret);

#endif
