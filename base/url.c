/* base/url.c: URLs: taken apart, resolved, hidden (RFC 3986). */
#include "base/url.h"

#include "base/limits.h"

#include <string.h>

/* RFC 3986 section 3.1; the length of the scheme, 0 if there is none. */
static size_t
scheme_len(struct sv t)
{
	size_t i = 0;

	if (t.len == 0 || !ascii_is_alpha(t.p[0]))
		return 0;
	while (i < t.len &&
	    (ascii_is_alnum(t.p[i]) || t.p[i] == '+' || t.p[i] == '-' ||
		t.p[i] == '.'))
		i++;
	return i < t.len && t.p[i] == ':' ? i : 0;
}

static void
split_authority(struct sv a, struct url *out)
{
	size_t at = a.len, port;

	while (at > 0 && a.p[at - 1] != '@')
		at--;
	if (at > 0) {
		out->userinfo = sv_sub(a, 0, at - 1);
		a = sv_from(a, at);
	}
	port = a.len;
	while (port > 0 && ascii_is_digit(a.p[port - 1]))
		port--;
	if (port > 0 && a.p[port - 1] == ':') {
		out->port = (struct sv) { a.p + port, a.len - port };
		a.len = port - 1;
	}
	out->host = a;
}

static size_t
first_of(struct sv t, const char *stops)
{
	for (; *stops != '\0'; stops++)
		t.len = sv_chr(t, *stops);
	return t.len;
}

void
url_split(struct sv t, struct url *out)
{
	size_t n;

	*out = (struct url) { 0 };
	t = sv_trim(t);
	if ((n = scheme_len(t)) != 0) {
		out->scheme = sv_sub(t, 0, n);
		t = sv_from(t, n + 1);
	}
	if (sv_starts(t, SV("//"))) {
		t = sv_from(t, 2);
		n = first_of(t, "/?#");
		split_authority((struct sv) { t.p, n }, out);
		out->has_authority = true;
		t = sv_from(t, n);
	}
	n = first_of(t, "?#");
	out->path = (struct sv) { t.p, n };
	t = sv_from(t, n);
	if (t.len != 0 && t.p[0] == '?') {
		n = sv_chr(t, '#');
		out->query = (struct sv) { t.p + 1, n - 1 };
		t = sv_from(t, n);
	}
	if (t.len != 0)
		out->fragment = (struct sv) { t.p + 1, t.len - 1 };
}

/* RFC 3986 section 5.2.4, on a path that is complete. */
static void
add_path(struct str *out, struct sv path)
{
	size_t start = out->len;
	bool absolute = path.len != 0 && path.p[0] == '/';
	struct sv rest = sv_from(path, absolute);

	if (absolute)
		(void)str_addc(out, '/');
	while (rest.len != 0) {
		size_t n = sv_chr(rest, '/');
		struct sv seg = sv_sub(rest, 0, n);
		bool dir = n < rest.len;

		rest = sv_from(rest, n + 1);
		if (sv_is(seg, "..")) {
			if (out->len > start + absolute)
				out->len--; /* the slash of the parent */
			while (out->len > start + absolute &&
			    out->p[out->len - 1] != '/')
				out->len--;
		} else if (!sv_is(seg, ".")) {
			(void)str_add(out, seg);
			if (dir)
				(void)str_addc(out, '/');
		}
	}
	if (out->p != NULL)
		out->p[out->len] = '\0';
}

static void
add_tail(struct str *out, const struct url *u)
{
	if (u->query.p != NULL) {
		(void)str_addc(out, '?');
		(void)str_add(out, u->query);
	}
	if (u->fragment.p != NULL) {
		(void)str_addc(out, '#');
		(void)str_add(out, u->fragment);
	}
}

static void
add_head(struct str *out, const struct url *scheme, const struct url *auth)
{
	(void)str_add(out, scheme->scheme);
	(void)str_addc(out, ':');
	if (!auth->has_authority)
		return;
	(void)str_adds(out, "//");
	if (auth->userinfo.p != NULL) {
		(void)str_add(out, auth->userinfo);
		(void)str_addc(out, '@');
	}
	(void)str_add(out, auth->host);
	if (auth->port.len != 0) {
		(void)str_addc(out, ':');
		(void)str_add(out, auth->port);
	}
}

/* The base's path up to its last slash, then `ref` (section 5.2.3). */
static void
add_merged(struct str *out, const struct url *b, struct sv ref)
{
	struct str merged;
	size_t n = b->path.len;

	str_init(&merged, URL_BYTES + out->max);
	while (n > 0 && b->path.p[n - 1] != '/')
		n--;
	if (n == 0 && b->has_authority)
		(void)str_addc(&merged, '/');
	(void)str_add(&merged, sv_sub(b->path, 0, n));
	(void)str_add(&merged, ref);
	add_path(out, str_sv(&merged));
	out->full |= merged.full;
	str_done(&merged);
}

static void
resolve(struct str *out, const struct url *b, const struct url *r)
{
	if (r->scheme.len != 0) {
		add_head(out, r, r);
		if (r->has_authority)
			add_path(out, r->path);
		else
			(void)str_add(out, r->path);
		add_tail(out, r);
		return;
	}
	add_head(out, b, r->has_authority ? r : b);
	if (r->has_authority || (r->path.len != 0 && r->path.p[0] == '/')) {
		add_path(out, r->path);
	} else if (r->path.len != 0) {
		add_merged(out, b, r->path);
	} else {
		struct url tail = { .query = r->query,
			.fragment = r->fragment };

		(void)str_add(out, b->path);
		if (tail.query.p == NULL)
			tail.query = b->query;
		add_tail(out, &tail);
		return;
	}
	add_tail(out, r);
}

static void
escape_blanks(struct str *out, struct sv v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (c <= 0x20 || c == 0x7F)
			(void)str_addf(out, "%%%02X", c);
		else
			(void)str_addc(out, v.p[i]);
	}
}

void
url_resolve(struct str *out, struct sv base, struct sv ref)
{
	struct url b, r;
	struct str clean;

	str_init(&clean, out->max);
	escape_blanks(&clean, sv_trim(ref));
	url_split(base, &b);
	url_split(str_sv(&clean), &r);
	if (r.scheme.len == 0 && b.scheme.len == 0)
		(void)str_add(out, str_sv(&clean));
	else
		resolve(out, &b, &r);
	out->full |= clean.full;
	str_done(&clean);
}

bool
url_is_http(struct sv text)
{
	struct url u;

	url_split(text, &u);
	return (sv_iis(u.scheme, "http") || sv_iis(u.scheme, "https")) &&
	    u.host.len != 0;
}

bool
url_is_mail(struct sv text)
{
	struct url u;

	url_split(text, &u);
	return (sv_iis(u.scheme, "smtp") || sv_iis(u.scheme, "smtps")) &&
	    u.host.len != 0 && (u.path.len == 0 || sv_is(u.path, "/")) &&
	    u.query.p == NULL && u.fragment.p == NULL;
}

static void
add_lower(struct str *out, struct sv v)
{
	for (size_t i = 0; i < v.len; i++)
		(void)str_addc(out, ascii_lower(v.p[i]));
}

static void
add_origin(struct str *out, const struct url *u)
{
	bool plain = (sv_iis(u->scheme, "http") && sv_is(u->port, "80")) ||
	    (sv_iis(u->scheme, "https") && sv_is(u->port, "443"));

	add_lower(out, u->scheme);
	(void)str_adds(out, "://");
	add_lower(out, u->host);
	if (u->port.len != 0 && !plain) {
		(void)str_addc(out, ':');
		(void)str_add(out, u->port);
	}
}

void
url_origin(struct str *out, struct sv text)
{
	struct url u;

	url_split(text, &u);
	add_origin(out, &u);
}

void
url_redact(struct str *out, struct sv text, bool secret)
{
	struct url u;

	url_split(text, &u);
	if (u.has_authority)
		add_origin(out, &u);
	else if (u.scheme.len != 0)
		(void)str_addf(out, "%.*s:", SV_ARG(u.scheme));
	if (secret) {
		(void)str_adds(out, "/...");
		return;
	}
	(void)str_add(out, u.path);
	u.fragment = SV_NONE;
	add_tail(out, &u);
}
