/* tests/unit/test_publisher.c: publisher families and wire credits. */
#include "filters/publisher.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *publisher, *url, *family;
} families[] = {
	{ "Example-Wire", "https://a.org/feed", "example-wire" },
	{ " BBC ", "https://a.org/feed", "bbc" },
	{ "", "https://news.un.org/feed/subscribe/en", "un.org" },
	{ "", "https://UN.org./feed", "un.org" },
	{ "", "http://feeds.bbc.co.uk/news/rss.xml", "bbc.co.uk" },
	{ "", "https://rss.abc.net.au:8443/x", "abc.net.au" },
	{ "", "https://www.spiegel.de/index.rss", "spiegel.de" },
	{ "", "https://co.uk/rss", "co.uk" },
	{ "", "https://t.co/rss", "t.co" },
	{ "", "https://one.substack.com/feed", "one.substack.com" },
	{ "", "https://a.one.blogspot.com/feed", "one.blogspot.com" },
	{ "", "https://feeds.feedburner.com/One/atom?x",
	    "feeds.feedburner.com/One" },
	{ "", "https://feeds.feedburner.com", "feeds.feedburner.com/" },
	{ "", "http://192.0.2.7/feed", "192.0.2.7" },
	{ "", "http://[2001:db8::7]/feed", "[2001:db8::7]" },
	{ "", "http://localhost/feed", "localhost" },
	{ "", "file:samples/a.xml", "file:samples/a.xml" },
	{ "", "", "" },
};

static void
test_families(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(families); i++) {
		struct str out;

		str_init(&out, KiB(1));
		publisher_family(
		    &out, sv_of(families[i].publisher), sv_of(families[i].url));
		assert_string_equal(str_c(&out), families[i].family);
		str_done(&out);
	}
}

static const struct {
	const char *author, *text, *wire;
} credits[] = {
	{ "", "KATHMANDU, April 25 (Reuters) - Nepal's civil aviation",
	    "reuters" },
	{ "", "LA CROSSE, Wis. (AP) — After a summer of storms", "ap" },
	{ "", "PARIS (AFP) – The minister said", "afp" },
	{ "", "Berlin (dpa/tmn) - Die Regierung", "dpa" },
	{ "", "BEIJING, Nov. 1 (Xinhua) -- The ministry", "xinhua" },
	{ "", "New Delhi, Nov 1 (PTI) The court on Friday", "pti" },
	{ "", "New Delhi [India], November 1 (ANI): The court", "ani" },
	{ "", "MOSCOW, November 1. /TASS/. The ministry said", "tass" },
	{ "", "МОСКВА, 1 ноября. /ТАСС/. Министерство", "tass" },
	{ "", "(ANSA) - ROMA, 01 NOV - Il ministro", "ansa" },
	{ "", "Madrid, 1 nov (EFE).- El ministro", "efe" },
	{ "", "AFP - The minister said on Friday", "afp" },
	{ "", "Paris, AFP — The minister said", "afp" },
	{ "", "By Associated Press\nWASHINGTON - The court", "ap" },
	{ "", "By The Associated Press WASHINGTON The court", "ap" },
	{ "", "By REUTERS", "reuters" },
	{ "", "By Jane Smith, Associated Press | The court", "ap" },
	{ "", "The court said so. (Reuters)", "reuters" },
	{ "", "The court said so.\nSource: AFP", "afp" },
	{ "", "The court said so. © AFP 2024", "afp" },
	{ "", "The court said so.\nREUTERS", "reuters" },
	{ "", "The court said so. — with AFP", "afp" },
	{ "", "So it was. (Reporting by Associated Press)", "ap" },
	{ "Reuters", "The court", "reuters" },
	{ "Jane Smith, Associated Press", "The court", "ap" },
	{ "AFP News", "", "afp" },
	{ "", "A court fined the agency, according to Reuters.", "" },
	{ "", "The minister told the AP in an interview that", "" },
	{ "", "Pakistan Tehreek-e-Insaf (PTI) leaders said", "" },
	{ "", "Reuters calculations show that prices rose", "" },
	{ "", "By Reuters calculations prices rose", "" },
	{ "", "The Reuters - a rowing club - won", "" },
	{ "", "MAP - the new chart", "" },
	{ "", "The APs of this school (APs) - all of them", "" },
	{ "", "The court said so. (Image credit: Jane Smith/AP)", "" },
	{ "", "A photo was shown. So it was (Reuters)", "reuters" },
	{ "", "ap - a small word", "" },
	{ "Apana Smith", "", "" },
	{ "", "", "" },
	{ "", "(", "" },
};

static void
test_credits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(credits); i++) {
		struct item it = { 0 };
		const char *wire;

		it.author = sv_of(credits[i].author);
		it.summary = sv_of(credits[i].text);
		wire = wire_name(wire_of_item(&it));
		if (strcmp(wire, credits[i].wire) != 0)
			fail_msg("%s: %s, not %s", credits[i].text, wire,
			    credits[i].wire);
	}
}

/* Only the ends are searched. */
static void
test_ends(void **state)
{
	size_t n = MiB(1), middle = n / 2;
	char *text = mem_alloc(n);
	struct item it = { .summary = { text, n } };

	(void)state;
	for (size_t i = 0; i < n; i++)
		text[i] = i % 7 == 0 ? ' ' : 'x';
	memcpy(text + middle, "\n(AP) - \n", 9);
	assert_int_equal(wire_of_item(&it), WIRE_NONE);
	memcpy(text, "\n(AP) - \n", 9);
	assert_int_equal(wire_of_item(&it), WIRE_AP);
	memset(text, '(', n);
	assert_int_equal(wire_of_item(&it), WIRE_NONE);
	free(text);
}

static void
test_wire_of_family(void **state)
{
	(void)state;
	assert_int_equal(wire_of_family(SV("reuters.com")), WIRE_REUTERS);
	assert_int_equal(wire_of_family(SV("afp")), WIRE_AFP);
	assert_int_equal(wire_of_family(SV("bbc.co.uk")), WIRE_NONE);
	assert_int_equal(wire_of_family(SV_NONE), WIRE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_credits),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_wire_of_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
