/* config/values.c: single values as they are written in a configuration. */
#include "config/values.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/utf8.h"

struct unit {
	const char *name;
	int64_t factor;
};

#define RATE_MAX 10000

/* The larger first: a duration goes down them. */
static const struct unit time_units[] = { { "d", DAY_MS }, { "h", HOUR_MS },
	{ "m", MIN_MS }, { "s", SEC_MS }, { "ms", 1 } };

static const struct unit size_units[] = { { "", 1 }, { "B", 1 },
	{ "K", 1 << 10 }, { "KiB", 1 << 10 }, { "M", 1 << 20 },
	{ "MiB", 1 << 20 }, { "G", 1 << 30 }, { "GiB", 1 << 30 } };

static size_t
count_digits(struct sv v)
{
	size_t n = 0;

	while (n < v.len && ascii_is_digit(v.p[n]))
		n++;
	return n;
}

/* Cuts a number and the letters behind it off the front of `*rest`. */
static bool
split_quantity(struct sv *rest, int64_t *number, struct sv *unit)
{
	size_t digits = count_digits(*rest), n = digits;

	while (n < rest->len && ascii_is_alpha(rest->p[n]))
		n++;
	*unit = sv_sub(*rest, digits, n - digits);
	if (!sv_to_i64(sv_sub(*rest, 0, digits), number))
		return false;
	*rest = sv_from(*rest, n);
	return true;
}

/* The unit's number, `n` when there is none of that name. */
static size_t
find_unit(const struct unit *units, size_t n, struct sv name)
{
	size_t i = 0;

	while (i < n && !sv_iis(name, units[i].name))
		i++;
	return i;
}

bool
value_duration(struct sv text, int64_t *ms)
{
	int64_t total = 0, number, part;
	size_t least = 0, u;
	struct sv unit;

	if (sv_is(text, "0")) {
		*ms = 0;
		return true;
	}
	if (text.len == 0)
		return false;
	while (text.len != 0) {
		if (!split_quantity(&text, &number, &unit))
			return false;
		u = find_unit(time_units, COUNTOF(time_units), unit);
		if (u < least || u == COUNTOF(time_units) ||
		    __builtin_mul_overflow(
			number, time_units[u].factor, &part) ||
		    __builtin_add_overflow(total, part, &total))
			return false;
		least = u + 1;
	}
	*ms = total;
	return true;
}

bool
value_size(struct sv text, int64_t *bytes)
{
	struct sv unit;
	int64_t number;
	size_t u;

	if (!split_quantity(&text, &number, &unit) || text.len != 0)
		return false;
	u = find_unit(size_units, COUNTOF(size_units), unit);
	if (u == COUNTOF(size_units) ||
	    __builtin_mul_overflow(number, size_units[u].factor, &number))
		return false;
	*bytes = number;
	return true;
}

bool
value_rate(struct sv text, int64_t *n, int64_t *per_ms)
{
	size_t slash = sv_chr(text, '/');
	size_t u = find_unit(
	    time_units, COUNTOF(time_units), sv_from(text, slash + 1));
	int64_t count;

	if (u == COUNTOF(time_units) || time_units[u].factor < SEC_MS ||
	    !sv_to_i64(sv_sub(text, 0, slash), &count) || count < 1 ||
	    count > RATE_MAX)
		return false;
	*n = count;
	*per_ms = time_units[u].factor;
	return true;
}

bool
value_bool(struct sv text, bool *out)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on" };

	for (size_t i = 0; i < COUNTOF(words); i++) {
		if (sv_iis(text, words[i])) {
			*out = i % 2 == 1;
			return true;
		}
	}
	return false;
}

static bool
check_host(const struct url *u, struct err *e)
{
	uint64_t port;

	if (u->host.len == 0)
		return err_set(e, "the URL has no host");
	if (u->port.len != 0 &&
	    (!sv_to_u64(u->port, &port) || port == 0 || port > 65535))
		return err_set(e, "the URL's port is not between 1 and 65535");
	if (u->userinfo.p != NULL)
		return err_set(e,
		    "a URL must not hold a user name or password; write "
		    "auth: {user: NAME, password: SECRET}");
	return true;
}

bool
value_url(struct sv text, struct err *e)
{
	struct url u;
	uint32_t cp;

	for (size_t i = 0; i < text.len;) {
		i += utf8_decode(sv_from(text, i), &cp);
		if (cp == ' ' || !utf8_is_printable(cp))
			return err_set(
			    e, "a URL holds no blanks or control characters");
	}
	if (text.len > URL_BYTES)
		return err_set(
		    e, "the URL is longer than %zu bytes", URL_BYTES);
	url_split(text, &u);
	if (sv_iis(u.scheme, "http") || sv_iis(u.scheme, "https") ||
	    sv_iis(u.scheme, "smtp") || sv_iis(u.scheme, "smtps"))
		return check_host(&u, e);
	if (!sv_iis(u.scheme, "file"))
		return err_set(e,
		    "a URL begins with https: or http:, for a feed also file:, for mail smtps: or smtp:");
	if (u.host.len != 0)
		return err_set(e,
		    "a file: URL names a file of this machine: file:PATH or "
		    "file:///PATH");
	if (u.path.len == 0)
		return err_set(e, "the file: URL has no path");
	return true;
}

/* Letters, digits, and marks of `marks` between or around them; no dot at an
 * end, no two together. */
static bool
is_dotted(struct sv v, const char *marks)
{
	struct sv part;

	if (v.len == 0 || v.p[v.len - 1] == '.')
		return false;
	while (sv_split(&v, '.', &part)) {
		if (part.len == 0)
			return false;
		for (size_t i = 0; i < part.len; i++)
			if (!ascii_is_alnum(part.p[i]) &&
			    (part.p[i] == '\0' ||
				strchr(marks, part.p[i]) == NULL))
				return false;
	}
	return true;
}

bool
value_is_mail(struct sv text)
{
	size_t at = sv_chr(text, '@');
	struct sv host = sv_from(text, at + 1);

	return at <= 64 && host.len <= 255 &&
	    is_dotted(sv_sub(text, 0, at), "!#$%&'*+-/=?^_`{|}~") &&
	    is_dotted(host, "-") && !sv_starts(host, SV("-"));
}

bool
value_lang(struct sv text, struct sv *out)
{
	if (text.len == 0 || text.len > 35)
		return false;
	if (sv_is(text, "*")) {
		*out = SV("");
		return true;
	}
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.p[i]) && text.p[i] != '-')
			return false;
	*out = text;
	return true;
}

bool
value_is_name(struct sv text)
{
	if (text.len == 0 || text.len > VALUE_NAME_CHARS)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (!ascii_is_alnum(c) && c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}
