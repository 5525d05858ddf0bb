/* tests/unit/test_raw.c: the hash of an item is that of its bytes in the
 * document. */
#include "base/digest.h"
#include "base/limits.h"
#include "feeds/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* In `document` an item begins at each '^' and ends at each '$'; neither is a
 * part of it. */
static const struct {
	const char *name;
	struct sv document, type;
} rows[] = {
	{ "RSS",
	    SV("<rss version='2.0'><channel><title>a</title>"
	       "^<item a='>'><title>b &amp; <![CDATA[</item>]]></title></item>$"
	       "\n<!-- <item> --> ^<item\n><link>c</link></item\t>$"
	       "^<ITEM><title>d</title></item>$</channel></rss>"),
	    SV("") },
	{ "RSS 1.0",
	    SV("<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf="
	       "'http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
	       "<channel><title>a</title></channel>"
	       "^<item rdf:about='b'><title>b</title></item>$</rdf:RDF>"),
	    SV("") },
	{ "Atom",
	    SV("\xEF\xBB\xBF<feed xmlns='http://www.w3.org/2005/Atom'>"
	       "<title>a</title>^<entry><id>b</id><source><title>s</title>"
	       "</source><title type='xhtml'><div>"
	       "<entry>x</entry></div></title></entry>$</feed>"),
	    SV("") },
	{ "an entry that is the document",
	    SV("<?xml version='1.0'?>^<entry xmlns="
	       "'http://www.w3.org/2005/Atom'><title>a</title></entry>$\n"),
	    SV("") },
	{ "items without an end",
	    SV("<rss><channel>^<item><title>a</title>$^<item><title>b</title>"
	       "$</channel></rss>"),
	    SV("") },
	{ "an item without anything",
	    SV("<rss><channel>^<item/>$^<item><title>b</title></item>$"
	       "</channel></rss>"),
	    SV("") },
	{ "JSON",
	    SV("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":["
	       "^{\"id\":\"1\",\"title\":\"}{ \\\" }\",\"authors\":[{\"name\":"
	       "\"n\"}]}$,\n ^{ /* } */ \"title\" : \"b\" }$ ] }"),
	    SV("application/json") },
};

/* What the items' hashes ought to be, and the document without its marks. */
static void
read_marks(struct sv marked, struct str *document, struct str *want)
{
	unsigned char hash[SHA256_BYTES];
	size_t begin = 0;

	for (size_t i = 0; i < marked.len; i++) {
		if (marked.p[i] == '^') {
			begin = document->len;
		} else if (marked.p[i] == '$') {
			sha256(sv_from(str_sv(document), begin), hash);
			hex_encode(
			    want, (struct sv) { (char *)hash, sizeof(hash) });
			(void)str_addc(want, '\n');
		} else {
			(void)str_addc(document, marked.p[i]);
		}
	}
}

static void
on_item(const struct item *it, void *arg)
{
	(void)str_add(arg, item_sha256(it));
	(void)str_addc(arg, '\n');
	/* Whoever asks again gets the same answer. */
	assert_true(
	    sv_ends(sv_sub(str_sv(arg), 0, ((struct str *)arg)->len - 1),
		item_sha256(it)));
}

static void
parse(struct sv in, struct sv type, size_t step, struct str *got)
{
	struct feed_parser_options o = { .content_type = type };
	struct feed_parser *p = feed_parser_new(&o, on_item, got);
	struct err e;

	for (; in.len != 0; in = sv_from(in, step))
		if (!feed_parser_push(p, sv_sub(in, 0, step), &e))
			fail_msg("%s", e.msg);
	if (!feed_parser_finish(p, &e))
		fail_msg("%s", e.msg);
	feed_parser_free(p);
}

static void
check(struct sv marked, struct sv type, size_t step)
{
	struct str document, want, got;

	str_init(&document, MiB(4));
	str_init(&want, KiB(4));
	str_init(&got, KiB(4));
	read_marks(marked, &document, &want);
	parse(str_sv(&document), type, step, &got);
	assert_string_equal(str_c(&got), str_c(&want));
	str_done(&document);
	str_done(&want);
	str_done(&got);
}

static void
the_hash_is_of_the_items_bytes(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 7, 64, 100000 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++)
		for (size_t k = 0; k < COUNTOF(steps); k++) {
			print_message("%s, by %zu\n", rows[i].name, steps[k]);
			check(rows[i].document, rows[i].type, steps[k]);
		}
}

/* More than is kept of one. */
static void
so_is_that_of_a_long_item(void **state)
{
	static const size_t lengths[] = { RAW_KEPT_BYTES / 2,
		RAW_KEPT_BYTES - 40, RAW_KEPT_BYTES, 5 * RAW_KEPT_BYTES };
	struct str s;

	(void)state;
	for (size_t i = 0; i < COUNTOF(lengths); i++) {
		str_init(&s, MiB(4));
		(void)str_adds(&s,
		    "<rss><channel>^<item><title>a</title>"
		    "<description>");
		for (size_t k = 0; k < lengths[i]; k++)
			(void)str_addc(&s, "abc de\n"[k % 7]);
		(void)str_adds(&s,
		    "</description></item>$"
		    "^<item><title>b</title></item>$"
		    "</channel></rss>");
		check(str_sv(&s), SV_NONE, KiB(16));
		check(str_sv(&s), SV_NONE, 1001);
		str_done(&s);
	}
}

static void
of_another_charset_it_is_that_of_the_text_in_utf8(void **state)
{
	struct str got, want;

	(void)state;
	str_init(&got, KiB(4));
	str_init(&want, KiB(4));
	parse(SV("<?xml version='1.0' encoding='windows-1251'?><rss><channel>"
		 "<item><title>\xCC\xE8\xF0</title></item></channel></rss>"),
	    SV_NONE, 1, &got);
	parse(SV("<rss><channel><item><title>Мир</title></item></channel>"
		 "</rss>"),
	    SV_NONE, 1000, &want);
	assert_int_equal(want.len, 2 * SHA256_BYTES + 1);
	assert_string_equal(str_c(&got), str_c(&want));
	str_done(&got);
	str_done(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_is_of_the_items_bytes),
		cmocka_unit_test(so_is_that_of_a_long_item),
		cmocka_unit_test(
		    of_another_charset_it_is_that_of_the_text_in_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
