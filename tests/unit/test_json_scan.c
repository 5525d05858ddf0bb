/* tests/unit/test_json_scan.c: JSON in, values out. */
#include "feeds/json_scan.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What comes out is written as "{", "[", "}" for both ends, and each value as
 * its first letter with the text behind it; keys stand in front. */
static void
add_key(struct str *out, struct sv key)
{
	(void)str_add(out, key);
	if (key.len != 0)
		(void)str_addc(out, ':');
}

static bool
on_open(enum json_scan_type type, struct sv key, void *arg, struct err *e)
{
	struct str *out = arg;

	add_key(out, key);
	(void)str_addc(out, type == JSON_SCAN_OBJECT ? '{' : '[');
	return !sv_is(key, "refused") || err_set(e, "refused");
}

static void
on_value(enum json_scan_type type, struct sv key, struct sv text, void *arg)
{
	struct str *out = arg;
	static const char letters[] = {
		[JSON_SCAN_STRING] = 's',
		[JSON_SCAN_NUMBER] = 'n',
		[JSON_SCAN_BOOL] = 'b',
		[JSON_SCAN_NULL] = '-',
	};

	add_key(out, key);
	(void)str_addc(out, letters[type]);
	if (type != JSON_SCAN_NULL)
		(void)str_add(out, text);
	(void)str_addc(out, ' ');
}

static void
on_close(void *arg)
{
	(void)str_addc(arg, '}');
}

static const struct json_scan_events events = { on_open, on_value, on_close };

/* In pieces of `step` bytes; the error, if any, stands behind "!". */
static void
scan(struct sv in, size_t step, struct str *out)
{
	struct raw *raw = raw_new();
	struct json_scan *x = json_scan_new(&events, raw, out);
	struct err e;
	bool ok = true;

	for (; in.len != 0 && ok; in = sv_from(in, step))
		ok = json_scan_push(x, sv_sub(in, 0, step), &e);
	if (ok)
		ok = json_scan_finish(x, &e);
	if (!ok) {
		(void)str_addf(out, "!%s", e.msg);
		assert_false(json_scan_finish(x, &e));
	}
	json_scan_free(x);
	raw_free(raw);
}

struct row {
	const char *name;
	struct sv in;
	const char *expect;
};

static void
check_rows(const struct row *rows, size_t n)
{
	struct str out;

	str_init(&out, MiB(4));
	for (size_t i = 0; i < n; i++)
		for (size_t step = 1; step < 10000; step = step * 3 + 1) {
			str_clear(&out);
			scan(rows[i].in, step, &out);
			if (strcmp(str_c(&out), rows[i].expect) != 0)
				fail_msg("%s (pieces of %zu)\n  want %s\n"
					 "  got  %s",
				    rows[i].name, step, rows[i].expect,
				    str_c(&out));
		}
	str_done(&out);
}

#define ROWS(table) check_rows((table), COUNTOF(table))
#define BROKEN_1(byte, what) \
	"!the JSON is broken at line 1, byte " byte ": " what \
	" should stand there"

static const struct row values[] = {
	{ "all types", SV("{\"a\":\"x\",\"b\":-1.5e3,\"c\":true,\"d\":null}"),
	    "{a:sx b:n-1.5e3 c:btrue d:- }" },
	{ "nesting", SV("[{\"a\":[[],{}]},\"b\",[1,2]]"),
	    "[{a:[[}{}}}sb [n1 n2 }}" },
	{ "white space", SV(" \r\n\t{ \"a\" : [ 1 , 2 ] } "), "{a:[n1 n2 }}" },
	{ "the empty string and key", SV("{\"\":\"\"}"), "{s }" },
	{ "a number stays as it is written",
	    SV("[12345678901234567890123456789, 0.10, 1E+2]"),
	    "[n12345678901234567890123456789 n0.10 n1E+2 }" },
	{ "a key is not taken for the next value", SV("{\"a\":{},\"b\":[1]}"),
	    "{a:{}b:[n1 }}" },
	{ "a string at the top", SV("\"a\""), "sa " },
	{ "what follows is not looked at", SV("{} } ] junk \""), "{}" },
};

static const struct row strings[] = {
	{ "escapes", SV("[\"\\\"\\\\\\/\\f\\n\\r\\t\"]"), "[s\"\\/\f\n\r\t }" },
	{ "code points", SV("[\"\\u00e9\\u4E00x\"]"), "[s\u00e9\u4E00x }" },
	{ "a pair of surrogates", SV("[\"\\ud83d\\uDE00\"]"),
	    "[s\U0001F600 }" },
	{ "in keys as well", SV("{\"\\u0061\\tb\":1}"), "{a\tb:n1 }" },
	{ "half a pair, at every place",
	    SV("[\"\\ud83d\",\"\\ud83dx\",\"\\ud83d\\n\",\"\\ud83d\\ud83d\","
	       "\"\\ude00\\ud83d\\u0041\",\"\\ud83d\\q\"]"),
	    "[s\uFFFD s\uFFFDx s\uFFFD\n s\uFFFD\uFFFD s\uFFFD\uFFFDA "
	    "s\uFFFD\\q }" },
	{ "NUL and other controls are dropped",
	    SV("[\"a\\u0000b\0c\\u0001\x01\x1F\\bd\"]"), "[sabcd }" },
	{ "raw line feeds and tabs stay", SV("[\"a\n\tb\r\"]"),
	    "[sa\n\tb\r }" },
	{ "an escape that is none stays",
	    SV("[\"\\x \\u12 \\u12G4 \\U0041 \\\u00e9 \\u\"]"),
	    "[s\\x \\u12 \\u12G4 \\U0041 \\\u00e9 \\u }" },
	{ "a quote of JavaScript", SV("[\"it\\'s\"]"), "[sit's }" },
};

static const struct row forgiven[] = {
	{ "comments where white space may be",
	    SV("// a \"\n/**//***/{/* * / ***/\"a\"//\n:/*}*/1//}\n,}//"),
	    "{a:n1 }" },
	{ "none in strings", SV("[\"// /* \"]"), "[s// /*  }" },
	{ "a byte order mark",
	    SV("\xEF\xBB\xBF{\"a\":\xEF\xBB\xBF"
	       "1}"),
	    "{a:n1 }" },
	{ "controls between values", SV("{\0\"a\"\x01:\x1F[1\0,2\0]}"),
	    "{a:[n1 n2 }}" },
	{ "commas too many", SV("[,1,,2,]"), "[n1 n2 }" },
	{ "commas missing", SV("{\"a\":1 \"b\":\"x\"\"c\":[1 2\"3\"]}"),
	    "{a:n1 b:sx c:[n1 n2 s3 }}" },
	{ "a value missing", SV("{\"a\":,\"b\":}"), "{a:- b:- }" },
	{ "what JavaScript prints for no value",
	    SV("[NaN, undefined, Infinity]"), "[- - - }" },
	{ "numbers of other forms", SV("[+1, .5, 1., 007, 0x1F, -Infinity]"),
	    "[n+1 n.5 n1. n007 n0x1F n-Infinity }" },
};

static const struct row broken[] = {
	{ "nothing", SV(""), "!the document is cut short" },
	{ "cut short", SV("{\"a\":[1,2"), "{a:[n1 !the document is cut short" },
	{ "cut in a string", SV("[\"a"), "[!the document is cut short" },
	{ "cut in an escape", SV("[\"a\\u00"), "[!the document is cut short" },
	{ "cut in a comment", SV("[1/*]"), "[n1 !the document is cut short" },
	{ "other characters", SV("[1,<b>"),
	    "[n1 " BROKEN_1("4", "a value or \"]\"") },
	{ "the line counts", SV("{\n\"a\":\"x\ny\",\n /*\n*/ 1}"),
	    "{a:sx\ny !the JSON is broken at line 5, byte 4: a key or \"}\" "
	    "should stand there" },
	{ "a word", SV("{\"a\": undefinedx}"), "{" BROKEN_1("7", "a value") },
	{ "no colon", SV("{\"a\" 1}"), "{" BROKEN_1("6", "\":\"") },
	{ "no colon, but a comma", SV("{\"a\",1}"),
	    "{" BROKEN_1("5", "\":\"") },
	{ "a key alone", SV("{\"a\"}"), "{" BROKEN_1("5", "\":\"") },
	{ "two colons", SV("{\"a\"::1}"), "{" BROKEN_1("6", "a value") },
	{ "a colon in an array", SV("[\"a\":1]"),
	    "[sa " BROKEN_1("5", "a value or \"]\"") },
	{ "a key without quotes", SV("{a:1}"),
	    "{" BROKEN_1("2", "a key or \"}\"") },
	{ "the wrong end of an array", SV("[1}"),
	    "[n1 " BROKEN_1("3", "\"]\"") },
	{ "the wrong end of an object", SV("{\"a\":]"),
	    "{" BROKEN_1("6", "\"}\"") },
	{ "an end of nothing", SV("]"), BROKEN_1("1", "a value") },
	{ "half a comment", SV("[/ 1]"),
	    "[" BROKEN_1("3", "a value or \"]\"") },
	{ "an open that is refused", SV("{\"refused\":[1]}"),
	    "{refused:[!refused" },
};

static void
test_tables(void **state)
{
	(void)state;
	ROWS(values);
	ROWS(strings);
	ROWS(forgiven);
	ROWS(broken);
}

/* `times` copies of `part` between `head` and `tail` are scanned. */
static void
scan_repeated(const char *head, const char *part, size_t times,
    const char *tail, struct str *out)
{
	struct str in;

	str_init(&in, MiB(16));
	str_init(out, MiB(16));
	(void)str_adds(&in, head);
	for (size_t i = 0; i < times; i++)
		(void)str_adds(&in, part);
	(void)str_adds(&in, tail);
	scan(str_sv(&in), KiB(16), out);
	str_done(&in);
}

static void
test_depth(void **state)
{
	struct str out;

	(void)state;
	scan_repeated("", "[", FEED_DEPTH, "", &out);
	assert_non_null(strstr(str_c(&out), "!the document is cut short"));
	str_done(&out);
	scan_repeated("", "[", FEED_DEPTH + 1, "", &out);
	assert_non_null(strstr(str_c(&out), "!depth of the objects"));
	str_done(&out);
	scan_repeated("{\"a\":", "{\"a\":", KiB(100), "", &out);
	assert_non_null(strstr(str_c(&out), "!depth of the objects"));
	str_done(&out);
}

static void
test_long_texts_are_cut(void **state)
{
	struct str out;

	(void)state;
	scan_repeated("[\"ab", "\u4E00", ITEM_TEXT_BYTES / 2, "c\",1]", &out);
	assert_in_range(out.len, ITEM_TEXT_BYTES, ITEM_TEXT_BYTES + 10);
	assert_string_equal(out.p + out.len - 8, "\u4E00 n1 }");
	str_done(&out);
	scan_repeated("{\"ab", "\u4E00", JSON_KEY_BYTES, "c\":1}", &out);
	assert_in_range(out.len, JSON_KEY_BYTES, JSON_KEY_BYTES + 10);
	assert_string_equal(out.p + out.len - 8, "\u4E00:n1 }");
	str_done(&out);
	scan_repeated("[", "1234567890", ITEM_TEXT_BYTES / 9, ",2]", &out);
	assert_string_equal(out.p + out.len - 4, "n2 }");
	assert_in_range(out.len, ITEM_TEXT_BYTES, ITEM_TEXT_BYTES + 10);
	str_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
