/* feeds/reach.c: URLs that lead to addresses which are not contacted. */
#include "feeds/reach.h"

#include "base/url.h"
#include "net/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool
is_allowed(const char *host, const struct config_nets *one,
    const struct config_nets *all)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a = { 0 };

	if (inet_pton(AF_INET, host, &a.v4.sin_addr) == 1)
		a.v4.sin_family = AF_INET;
	else if (inet_pton(AF_INET6, host, &a.v6.sin6_addr) == 1)
		a.v6.sin6_family = AF_INET6;
	else
		return true;
	return guard_allows(&a.any, one->v, one->n) ||
	    guard_allows(&a.any, all->v, all->n);
}

/* Where the name of this machine leads to, one of both will do. */
static bool
is_local_allowed(const struct config_nets *one, const struct config_nets *all)
{
	return is_allowed("127.0.0.1", one, all) || is_allowed("::1", one, all);
}

static void
check_url(const char *url, const struct config_text *where,
    const struct config_nets *one, const struct config_nets *all,
    struct diags *d)
{
	char host[INET6_ADDRSTRLEN];
	struct sv name;
	struct url u;

	url_split(sv_of(url), &u);
	name = u.host;
	if (sv_starts(name, SV("[")))
		name = sv_sub(name, 1, name.len - 2);
	if (name.len == 0 || name.len >= sizeof(host))
		return;
	memcpy(host, name.p, name.len);
	host[name.len] = '\0';
	if (sv_ieq(name, SV("localhost")) ? is_local_allowed(one, all)
					  : is_allowed(host, one, all))
		return;
	diag_add_text(d, DIAG_WARNING, where, 0, where->text.len, NULL,
	    "%s is not a public address: it is not contacted until "
	    "allow-private names its network",
	    host);
}

void
reach_check(const struct config *c, struct diags *d)
{
	const struct config_nets none = { NULL, 0 };
	const struct config_nets *all = &c->network.allow_private;

	for (size_t i = 0; i < c->nfeeds; i++)
		check_url(c->feeds[i].url, &c->feeds[i].where, &none, all, d);
	for (size_t i = 0; i < c->ndestinations; i++)
		if (c->destinations[i].url != NULL)
			check_url(c->destinations[i].url,
			    &c->destinations[i].where,
			    &c->destinations[i].allow_private, all, d);
}
