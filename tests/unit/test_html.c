/* tests/unit/test_html.c: HTML to plain text. */
#include "feeds/html.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct text_case {
	const char *rule, *html, *want;
} texts[] = {
	{ "text is itself", "a plain sentence, longer than eight bytes.",
	    "a plain sentence, longer than eight bytes." },
	{ "white space collapses, none at the ends", " \n a\t\tb  c\r\n d\f\v ",
	    "a b c d" },
	{ "blanks at every place of eight bytes",
	    "1234567  a 12345678  b  123456  c d e f g h  i",
	    "1234567 a 12345678 b 123456 c d e f g h i" },
	{ "no-break, ideographic and em spaces are white space",
	    "a\u00A0b\u3000c&nbsp;&emsp;d&#160;e\u2003", "a b c d e" },
	{ "inline elements vanish without a blank",
	    "un<b>believ</b>able<i></i>!", "unbelievable!" },
	{ "block elements and br separate words",
	    "<p>one</p><p>two</p>three<br>four<br/>five<li>six",
	    "one two three four five six" },
	{ "case of tags does not matter", "a<BR>b<Script>x</SCRIPT>c", "a bc" },
	{ "quotes hide > inside a tag", "<a title='>' href=\"a>b\">x</a>y",
	    "xy" },
	{ "a quote outside a value is no quote", "<p it's>x</p><p it's>y</p>",
	    "x y" },
	{ "a quote that never closes is no quote", "<a href=\"x>y</a>z", "yz" },
	{ "script, style, template and head are gone",
	    "<head><title>t</title></head>a<script>'<p>'</script>b"
	    "<style>p{}</style>c<template>d<template>e</template></template>f",
	    "abcf" },
	{ "noscript stays", "<noscript>a</noscript>", "a" },
	{ "an empty script element hides nothing", "a<script src=x />b", "ab" },
	{ "</scripty> does not end a script", "<script></scripty>x</script >y",
	    "y" },
	{ "body ends a head that was not closed",
	    "<head><meta x><body>text</body>", "text" },
	{ "comments are gone, with what they hold",
	    "a<!-- <p>x</p> > -- -->b<!-->c<!--->d", "abcd" },
	{ "a comment that never ends hides the rest", "a<!-- b > c", "a" },
	{ "declarations are gone", "<!DOCTYPE html><?xml version='1'?>a</3>b",
	    "ab" },
	{ "the text of a CDATA section stays", "<![CDATA[a <b>b</b> ]]>c ]]> d",
	    "a b c ]]> d" },
	{ "< that begins no tag is text", "a < b, 1<2, <3 <",
	    "a < b, 1<2, <3 <" },
	{ "a tag cut off at the end is gone", "text <img src=\"http://a",
	    "text" },
	{ "words behind < are no tag cut off", "x <b and c = d",
	    "x <b and c = d" },
	{ "nor is a name with a blank behind it", "x <a ", "x <a" },
	{ "a name cut off at the end stays", "text <stron", "text <stron" },
	{ "what was no tag stays", "x <y and z", "x <y and z" },
	{ "references are decoded once", "&amp;lt;b&gt; &quot;&#39;&#x2014;",
	    "&lt;b> \"'\u2014" },
	{ "decoded < begins no tag", "&lt;p&gt;x", "<p>x" },
	{ "old names may lack the semicolon", "AT&ampT &copy2024 &notit;",
	    "AT&T \u00A92024 \u00ACit;" },
	{ "new names may not", "&hellip &notin; &nosuch; &",
	    "&hellip \u2209 &nosuch; &" },
	{ "names of two characters", "&NotEqualTilde;", "\u2242\u0338" },
	{ "numbers 128 to 159 are windows-1252", "&#147;x&#x94;",
	    "\u201Cx\u201D" },
	{ "numbers that are no characters",
	    "&#0;&#xD800;&#x110000;&#9999999999;", "\uFFFD\uFFFD\uFFFD\uFFFD" },
	{ "numbers without digits are text", "&#;&#x;&#xg;", "&#;&#x;&#xg;" },
	{ "broken UTF-8 becomes U+FFFD", "a\xFF\xC3(\xE2\x82",
	    "a\uFFFD\uFFFD(\uFFFD" },
	{ "a character cut before its fourth byte",
	    "a \xF0\x9F\x92"
	    "es",
	    "a \uFFFDes" },
	{ "a cut character that begins like U+FFFD", "a \xEF\xB4\x02",
	    "a \uFFFD\x02" },
	{ "U+FFFD itself stays", "a\uFFFDb", "a\uFFFDb" },
	{ "many alphabets", "<p>Рада Безпеки</p><p>安全理事会、مجلس الأمن",
	    "Рада Безпеки 安全理事会、مجلس الأمن" },
};

static void
test_texts(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, KiB(64));
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		str_clear(&out);
		html_to_text(&out, sv_of(texts[i].html));
		if (strcmp(str_c(&out), texts[i].want) != 0)
			fail_msg("%s: '%s', not '%s'", texts[i].rule,
			    str_c(&out), texts[i].want);
	}
	str_done(&out);
}

static void
test_text_is_appended(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 100);
	(void)str_adds(&out, "before:");
	html_to_text(&out, SV(" <p>text "));
	assert_string_equal(str_c(&out), "before:text");
	str_done(&out);
}

static void
test_ceiling_cuts_between_characters(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 10);
	html_to_text(&out, SV("12345678\u20AC0 <p>more"));
	assert_string_equal(str_c(&out), "12345678");
	assert_true(out.full);
	str_done(&out);
}

/* A unit that a hostile document repeats without end. */
static const char *const hostile[] = { "<", "&", "<!--", "<a href=\"", "</",
	"<a b='>", "&#1", "<script>", "<script/>", "<![CDATA[", "]]>", "<a ",
	"<a b=\">\" ", "<template>", "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"<!x", "<?", "\xE2\x82", "<p", "=\"" };

static double
cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 4 MiB of each; a quadratic reader would need hours. */
static void
test_hostile_documents_take_linear_time(void **state)
{
	struct str in, out;

	(void)state;
	str_init(&in, MiB(5));
	str_init(&out, MiB(16));
	for (size_t i = 0; i < COUNTOF(hostile); i++) {
		double start = cpu_seconds();

		str_clear(&in);
		str_clear(&out);
		while (in.len < MiB(4))
			(void)str_adds(&in, hostile[i]);
		html_to_text(&out, str_sv(&in));
		(void)html_is_markup(str_sv(&in));
		if (cpu_seconds() - start > 5)
			fail_msg("'%s' is slow", hostile[i]);
	}
	str_done(&in);
	str_done(&out);
}

static const struct markup_case {
	const char *text;
	bool want;
} markups[] = {
	{ "plain text", false },
	{ "a < b and c > d", false },
	{ "I <3 feeds>", false },
	{ "AT&T & R&D; &copy", false },
	{ "a <b", false },
	{ "<nosuch>", false },
	{ "<p>", true },
	{ "x<br/>y", true },
	{ "</div>", true },
	{ "<A HREF='x'>", true },
	{ "x &amp; y", true },
	{ "&#8212;", true },
	{ "<!-- x -->", true },
	{ "x <a href=\"y", true },
	{ "x <a href y", false },
	{ "<blockquo>", false },
	{ "<math>", true },
	{ "<FRAMESET>", true },
};

static void
test_markup_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(markups); i++)
		if (html_is_markup(sv_of(markups[i].text)) != markups[i].want)
			fail_msg("'%s'", markups[i].text);
}

static void
test_single_references(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 100);
	assert_int_equal(html_entity(SV("&eacute;x"), &out), 8);
	assert_string_equal(str_c(&out), "é");
	assert_int_equal(html_entity(SV("&x"), &out), 0);
	assert_int_equal(html_entity(SV("&"), &out), 0);
	assert_string_equal(html_entity_by_name(SV("nbsp")), "\u00A0");
	assert_string_equal(html_entity_by_name(SV("AElig")), "Æ");
	assert_string_equal(html_entity_by_name(SV("zwnj")), "\u200C");
	assert_null(html_entity_by_name(SV("nosuch")));
	assert_null(html_entity_by_name(SV_NONE));
	str_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_text_is_appended),
		cmocka_unit_test(test_ceiling_cuts_between_characters),
		cmocka_unit_test(test_hostile_documents_take_linear_time),
		cmocka_unit_test(test_markup_is_known),
		cmocka_unit_test(test_single_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
