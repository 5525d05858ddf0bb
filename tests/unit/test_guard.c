/* tests/unit/test_guard.c: which addresses may be contacted. */
#include "net/guard.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

static bool
allows(const char *text, const struct cidr *allow, size_t n)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return guard_allows((struct sockaddr *)&v4, allow, n);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return guard_allows((struct sockaddr *)&v6, allow, n);
}

static const struct {
	const char *address;
	bool allowed;
} rows[] = {
	/* clang-format off */
	{ "1.1.1.1", true },            { "8.8.8.8", true },
	{ "0.0.0.0", false },           { "0.255.255.255", false },
	{ "1.0.0.0", true },            { "9.255.255.255", true },
	{ "10.0.0.0", false },          { "10.255.255.255", false },
	{ "11.0.0.0", true },           { "100.63.255.255", true },
	{ "100.64.0.0", false },        { "100.127.255.255", false },
	{ "100.128.0.0", true },        { "126.255.255.255", true },
	{ "127.0.0.1", false },         { "127.255.255.255", false },
	{ "128.0.0.0", true },          { "169.253.255.255", true },
	{ "169.254.169.254", false },   { "169.255.0.0", true },
	{ "172.15.255.255", true },     { "172.16.0.0", false },
	{ "172.31.255.255", false },    { "172.32.0.0", true },
	{ "192.0.0.170", false },       { "192.0.1.0", true },
	{ "192.0.2.1", false },         { "192.88.99.1", false },
	{ "192.167.255.255", true },    { "192.168.0.1", false },
	{ "192.169.0.0", true },        { "198.17.255.255", true },
	{ "198.18.0.0", false },        { "198.19.255.255", false },
	{ "198.20.0.0", true },         { "198.51.100.7", false },
	{ "203.0.113.7", false },       { "223.255.255.255", true },
	{ "224.0.0.1", false },         { "239.255.255.255", false },
	{ "240.0.0.1", false },         { "255.255.255.255", false },
	{ "::", false },                { "::1", false },
	{ "2606:4700::1111", true },    { "2a00:1450::1", true },
	{ "fe80::1", false },           { "fec0::1", false },
	{ "fc00::1", false },           { "fdff::1", false },
	{ "ff02::1", false },           { "100::1", false },
	{ "2001::1", false },           { "2001:1ff::1", false },
	{ "2001:200::1", true },        { "2001:db8::1", false },
	{ "3fff::1", false },           { "3fff:1000::1", true },
	{ "5f00::1", false },           { "4000::1", false },
	{ "1fff::1", false },           { "64:ff9b:1::1", false },
	/* IPv4 in its clothes is judged as IPv4. */
	{ "::ffff:127.0.0.1", false },  { "::ffff:8.8.8.8", true },
	{ "::127.0.0.1", false },       { "::8.8.8.8", true },
	{ "64:ff9b::7f00:1", false },   { "64:ff9b::808:808", true },
	{ "2002:7f00:1::", false },     { "2002:808:808::1", true },
	{ "2002:a9fe:a9fe::1", false }, { "::ffff:10.1.2.3", false },
	/* clang-format on */
};

static void
only_public_addresses_are_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (allows(rows[i].address, NULL, 0) != rows[i].allowed)
			fail_msg("%s must%s be allowed", rows[i].address,
			    rows[i].allowed ? "" : " not");
}

static void
an_allow_list_lifts_its_networks_and_no_others(void **state)
{
	struct cidr nets[2];

	(void)state;
	assert_true(cidr_parse(SV("10.1.0.0/16"), &nets[0]));
	assert_true(cidr_parse(SV("::1"), &nets[1]));
	assert_true(allows("10.1.2.3", nets, 2));
	assert_true(allows("::ffff:10.1.2.3", nets, 2));
	assert_true(allows("64:ff9b::10.1.2.3", nets, 2));
	assert_true(allows("::1", nets, 2));
	assert_false(allows("10.2.0.1", nets, 2));
	assert_false(allows("127.0.0.1", nets, 2));
	assert_true(allows("8.8.8.8", nets, 2));
}

static void
what_is_no_internet_address_is_refused(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	(void)state;
	assert_false(guard_allows((struct sockaddr *)&un, NULL, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_public_addresses_are_allowed),
		cmocka_unit_test(
		    an_allow_list_lifts_its_networks_and_no_others),
		cmocka_unit_test(what_is_no_internet_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
