/* feeds/link.c: links in a form that can be compared. */
#include "feeds/link.h"

#include "base/limits.h"
#include "base/url.h"

#include <string.h>

/* Query parameters that say where a reader came from, not what is read.  A
 * final * stands for any rest. */
static const char *const trackers[] = {
	"utm_*",
	"mtm_*",
	"pk_*",
	"hsa_*",
	"mc_cid",
	"mc_eid",
	"_hsenc",
	"_hsmi",
	"at_medium",
	"at_campaign",
	"at_custom*",
	"at_link_*",
	"at_bbc_team",
	"at_format",
	"at_ptr_name",
	"ns_campaign",
	"ns_mchannel",
	"ns_source",
	"ns_linkname",
	"ns_fee",
	"wt.mc_*",
	"wt.rss_*",
	"wt_mc",
	"fbclid",
	"gclid",
	"dclid",
	"msclkid",
	"yclid",
	"twclid",
	"igshid",
	"mkt_tok",
	"ref_src",
	"ref_url",
	"cmpid",
	"cmp",
	"icid",
	"ocid",
	"ito",
	"ftag",
	"taid",
	"xtor",
	"smid",
	"smtyp",
	"guccounter",
	"traffic_source",
};

/* The same behind #. */
static const char *const tracking_fragments[] = {
	"utm_*",
	"xtor=*",
	"ref=*",
	"echobox=*",
	":~:*",
};

/* Last part of the path of a page that only leads on, and the parameter of it
 * that says where. */
static const char *const redirectors[] = { "url", "l.php", "link", "link.php",
	"click", "go", "goto", "out", "away", "away.php", "redir", "redirect",
	"redirect.php", "rd", "r" };
static const char *const targets[] = { "url", "u", "q", "to", "target", "dest",
	"destination", "redirect", "link", "goto" };

static bool
matches(struct sv v, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(list[i]);
		bool prefix = list[i][len - 1] == '*';

		if (prefix ? sv_istarts(v, (struct sv) { list[i], len - 1 })
			   : sv_iis(v, list[i]))
			return true;
	}
	return false;
}

#define AMONG(v, list) matches((v), (list), COUNTOF(list))

static int
hex(char c)
{
	char lower = ascii_lower(c);

	if (ascii_is_digit(c))
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static void
add_unescaped(struct str *out, struct sv v)
{
	while (v.len != 0) {
		int high = v.len > 2 && v.p[0] == '%' ? hex(v.p[1]) : -1;
		int low = high >= 0 ? hex(v.p[2]) : -1;

		(void)str_addc(
		    out, low >= 0 ? (char)(high << 4 | low) : v.p[0]);
		v = sv_from(v, low >= 0 ? 3 : 1);
	}
}

/* Where a redirector leads; false: `u` is none. */
static bool
target_of(const struct url *u, struct str *out)
{
	size_t name = u->path.len;
	struct sv query = u->query, pair;

	while (name > 0 && u->path.p[name - 1] != '/')
		name--;
	if (!AMONG(sv_from(u->path, name), redirectors))
		return false;
	while (sv_split(&query, '&', &pair)) {
		size_t n = sv_chr(pair, '=');

		str_clear(out);
		add_unescaped(out, sv_from(pair, n + 1));
		if (AMONG(sv_sub(pair, 0, n), targets) &&
		    url_is_http(str_sv(out)))
			return true;
	}
	return false;
}

static void
add_host(struct str *out, const struct url *u)
{
	bool https = sv_iis(u->scheme, "https");
	struct sv host = u->host;

	if (sv_istarts(host, SV("www.")))
		host = sv_from(host, 4);
	for (size_t i = 0; i < host.len; i++)
		(void)str_addc(out, ascii_lower(host.p[i]));
	if (u->port.len != 0 && !sv_is(u->port, https ? "443" : "80")) {
		(void)str_addc(out, ':');
		(void)str_add(out, u->port);
	}
}

static void
add_query(struct str *out, struct sv query)
{
	char mark = '?';
	struct sv pair;

	while (sv_split(&query, '&', &pair)) {
		struct sv name = sv_sub(pair, 0, sv_chr(pair, '='));

		if (pair.len == 0 || AMONG(name, trackers))
			continue;
		(void)str_addc(out, mark);
		(void)str_add(out, pair);
		mark = '&';
	}
}

static void
add_parts(struct str *out, const struct url *u)
{
	struct sv path = u->path;

	while (path.len != 0 && path.p[path.len - 1] == '/')
		path.len--;
	add_host(out, u);
	(void)str_add(out, path);
	add_query(out, u->query);
	if (u->fragment.len != 0 && !AMONG(u->fragment, tracking_fragments)) {
		(void)str_addc(out, '#');
		(void)str_add(out, u->fragment);
	}
}

void
link_canonical(struct str *out, struct sv link)
{
	struct str here, next;
	struct url u;

	str_init(&here, URL_BYTES);
	str_init(&next, URL_BYTES);
	url_split(link, &u);
	for (int i = 0; i < LINK_REDIRECTORS && target_of(&u, &next); i++) {
		struct str freed = here;

		here = next;
		next = freed;
		url_split(str_sv(&here), &u);
	}
	if (sv_iis(u.scheme, "http") || sv_iis(u.scheme, "https"))
		add_parts(out, &u);
	else
		(void)str_add(out, link);
	str_done(&here);
	str_done(&next);
}

bool
link_is_front_page(struct sv link)
{
	struct url u;

	if (link.len == 0)
		return true;
	url_split(link, &u);
	return u.has_authority && u.query.len == 0 && u.fragment.len == 0 &&
	    (u.path.len == 0 || sv_is(u.path, "/"));
}
