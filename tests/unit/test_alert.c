/* tests/unit/test_alert.c: the alert's id, document, excerpt and people's form.
 */
#include "alerts/alert.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <locale.h>
#include <string.h>

static const unsigned char key[ITEM_KEY_BYTES] = "0123456789abcde";

static struct sv
field_text(const struct item *it, const char *field)
{
	if (strcmp(field, "title") == 0)
		return it->title;
	if (strcmp(field, "summary") == 0)
		return it->summary;
	if (strcmp(field, "content") == 0)
		return it->content;
	return it->article;
}

/* A hit on the n-th occurrence (from 0) of `text` in the field. */
static struct alert_hit
hit(const struct item *it, const char *field, const char *text, unsigned n)
{
	struct sv all = field_text(it, field), needle = sv_of(text);
	size_t at = sv_find(all, needle);

	for (; n > 0; n--)
		at += 1 + sv_find(sv_from(all, at + 1), needle);
	assert_true(at < all.len);
	return (struct alert_hit) { .field = field,
		.text = sv_sub(all, at, needle.len),
		.start = at,
		.length = needle.len };
}

static struct alert
alert_of(const struct item *it, const struct alert_hit *hits, size_t n)
{
	struct alert a = { .type = "alert.new",
		.id = SV("alr_x"),
		.now_ms = 1711429929123,
		.severity = "high",
		.filter = "gaza-ceasefire",
		.revision = "r1",
		.item = it,
		.feed_name = SV("un-news"),
		.hits = hits,
		.nhits = n,
		.field_text = field_text,
		.fetched_ms = 1711429929000 };

	memcpy(a.item_key, key, sizeof(key));
	return a;
}

static const char lead[] =
    "After weeks of talks and three failed drafts, the delegation of the "
    "largest member refused to veto a United Nations Security Council "
    "resolution calling for an immediate ceasefire in Gaza on Monday, and "
    "the hall broke into applause.";

static struct item
news(void)
{
	return (struct item) { .id = SV("urn:1"),
		.title = SV("UN Security Council adopts \"Gaza\" resolution"),
		.link = SV("https://news.un.org/1?a=b&c=d"),
		.summary = { lead, sizeof(lead) - 1 },
		.published = 1711429920,
		.updated = NO_TIME,
		.lang = SV("en") };
}

static void
the_id_depends_on_each_of_its_parts(void **state)
{
	char id[5][ALERT_ID_BYTES];
	unsigned char other[ITEM_KEY_BYTES] = "0123456789abcdf";

	(void)state;
	alert_id(SV("feed"), key, "filter", "alert.new", id[0]);
	alert_id(SV("feedf"), key, "ilter", "alert.new", id[1]);
	alert_id(SV("feed"), other, "filter", "alert.new", id[2]);
	alert_id(SV("feed"), key, "filter", "alert.update", id[3]);
	alert_id(SV("feed"), key, "filter", "alert.new", id[4]);
	assert_string_equal(id[0], id[4]);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(strlen(id[i]), 32);
		assert_memory_equal(id[i], "alr_", 4);
		assert_int_equal(
		    strspn(id[i] + 4, "abcdefghijklmnopqrstuvwxyz234567"), 28);
		for (size_t k = i + 1; k < 4; k++)
			assert_string_not_equal(id[i], id[k]);
	}
}

static void
the_document_is_as_published(void **state)
{
	struct item it = news();
	struct sv tags[] = { SV("wire"), SV("un") };
	struct alert_hit h[1] = { hit(&it, "summary", "ceasefire", 0) };
	struct alert a = alert_of(&it, h, 1);
	struct str out;

	(void)state;
	str_init(&out, ALERT_BYTES);
	h[0].entity = "truce";
	h[0].wikidata = "Q107706";
	it.tags = tags;
	it.ntags = 2;
	it.summary = SV("An immediate ceasefire.");
	h[0].start = 13;
	a.feed_url = SV("https://me:pw@news.un.org/feed");
	a.feed_title = SV("UN News");
	a.publisher = SV("un");
	assert_true(alert_encode(&a, &out));
	assert_string_equal(str_c(&out),
	    "{\"type\":\"alert.new\",\"timestamp\":\"2024-03-26T05:12:09.123Z\","
	    "\"data\":{\"id\":\"alr_x\",\"severity\":\"high\","
	    "\"filter\":{\"name\":\"gaza-ceasefire\",\"revision\":\"r1\"},"
	    "\"item\":{\"id\":\"urn:1\","
	    "\"title\":\"UN Security Council adopts \\\"Gaza\\\" resolution\","
	    "\"link\":\"https://news.un.org/1?a=b&c=d\","
	    "\"published\":\"2024-03-26T05:12:00.000Z\",\"language\":\"en\","
	    "\"summary\":\"An immediate ceasefire.\","
	    "\"feed\":{\"name\":\"un-news\",\"url\":\"https://news.un.org/feed\","
	    "\"title\":\"UN News\",\"publisher\":\"un\","
	    "\"tags\":[\"wire\",\"un\"]}},"
	    "\"hits\":[{\"field\":\"summary\",\"text\":\"ceasefire\","
	    "\"start\":13,\"length\":9,\"entity\":\"truce\","
	    "\"wikidata\":\"Q107706\"}],"
	    "\"excerpt\":\"An immediate ceasefire.\","
	    "\"evidence\":{\"fetched\":\"2024-03-26T05:12:09.000Z\"},"
	    "\"lag\":{\"published_to_fetched_ms\":9000,"
	    "\"fetched_to_queued_ms\":123}}}");
	str_done(&out);
}

static void
what_is_unknown_is_absent(void **state)
{
	struct item it = { .published = NO_TIME, .updated = NO_TIME };
	struct alert a = alert_of(&it, NULL, 0);
	struct str out;

	(void)state;
	str_init(&out, ALERT_BYTES);
	a.revision = NULL;
	assert_true(alert_encode(&a, &out));
	assert_string_equal(str_c(&out),
	    "{\"type\":\"alert.new\",\"timestamp\":\"2024-03-26T05:12:09.123Z\","
	    "\"data\":{\"id\":\"alr_x\",\"severity\":\"high\","
	    "\"filter\":{\"name\":\"gaza-ceasefire\"},"
	    "\"item\":{\"id\":\"30313233343536373839616263646500\","
	    "\"feed\":{\"name\":\"un-news\",\"tags\":[]}},\"hits\":[],"
	    "\"evidence\":{\"fetched\":\"2024-03-26T05:12:09.000Z\"},"
	    "\"lag\":{\"fetched_to_queued_ms\":123}}}");
	a.fetched_ms = NO_TIME; /* kept by a version that did not note it */
	it.published = 1;
	str_clear(&out);
	assert_true(alert_encode(&a, &out));
	assert_null(strstr(str_c(&out), "lag"));
	assert_null(strstr(str_c(&out), "evidence"));
	str_done(&out);
}

static void
no_item_makes_a_document_that_cannot_be_sent(void **state)
{
	static char big[ITEM_TEXT_BYTES];
	struct alert_hit h[HITS_PER_MATCH + 9];
	struct item it = news();
	struct str out;
	struct alert a;
	json_t *j;

	(void)state;
	str_init(&out, ALERT_BYTES);
	memset(big, '\x01', sizeof(big)); /* six bytes each in JSON */
	it.title = it.summary = it.author = it.id = it.content = it.link =
	    it.lang = it.feed_title = (struct sv) { big, sizeof(big) };
	it.from.url = it.from.etag = it.from.last_modified =
	    it.from.article_url = it.title;
	for (size_t i = 0; i < COUNTOF(h); i++)
		h[i] = (struct alert_hit) { .field = "content",
			.text = { big, sizeof(big) },
			.start = i * 1000,
			.length = sizeof(big) };
	a = alert_of(&it, h, COUNTOF(h));
	assert_true(alert_encode(&a, &out));
	j = json_loadb(str_c(&out), out.len, 0, NULL);
	assert_non_null(j);
	json_decref(j);
	str_done(&out);
}

static void
an_article_is_evidence_where_hits_stand_in_it(void **state)
{
	static const char *const fields[] = { "article", "summary" };
	struct item it = news();
	struct alert_hit h = hit(&it, "summary", "ceasefire", 0);
	struct alert a = alert_of(&it, &h, 1);
	struct str out;

	(void)state;
	str_init(&out, ALERT_BYTES);
	it.from = (struct evidence) { .url = SV("http://a/feed"),
		.etag = SV("\"7\""),
		.last_modified = SV("Tue"),
		.sha256 = SV("5e"),
		.article_url = SV("http://a/1"),
		.page = SV("abc") };
	for (size_t i = 0; i < COUNTOF(fields); i++) {
		h.field = fields[i];
		str_clear(&out);
		assert_true(alert_encode(&a, &out));
		assert_non_null(strstr(str_c(&out),
		    i == 0
			? "\"evidence\":{\"url\":\"http://a/feed\","
			  "\"etag\":\"\\\"7\\\"\",\"last_modified\":\"Tue\","
			  "\"sha256\":\"5e\","
			  "\"fetched\":\"2024-03-26T05:12:09.000Z\","
			  "\"article_url\":\"http://a/1\","
			  "\"article_sha256\":\"ba7816bf8f01cfea414140de5dae22"
			  "23b00361a396177a9cb410ff61f20015ad\"}"
			: "\"fetched\":\"2024-03-26T05:12:09.000Z\"}"));
	}
	str_done(&out);
}

static void
hostile_bytes_leave_a_valid_document(void **state)
{
	struct item it = news();
	struct str out;
	struct alert a;
	json_t *j;

	(void)state;
	str_init(&out, ALERT_BYTES);
	it.title = SV("a\0b\xff\xc3\x1b[31m\r\n\u202Ec\xe2\x82");
	a = alert_of(&it, NULL, 0);
	assert_true(alert_encode(&a, &out));
	assert_true(utf8_valid(str_sv(&out)));
	for (size_t i = 0; i < out.len; i++)
		assert_true((unsigned char)out.p[i] >= 0x20);
	j = json_loadb(str_c(&out), out.len, JSON_ALLOW_NUL, NULL);
	assert_non_null(j);
	json_decref(j);
	str_done(&out);
}

static struct str excerpt;

static const char *
excerpt_of(const struct item *it, const struct alert_hit *h, size_t n)
{
	struct alert a = alert_of(it, h, n);

	str_clear(&excerpt);
	alert_excerpt(&a, &excerpt);
	assert_false(excerpt.full);
	assert_true(excerpt.len <= EXCERPT_BYTES);
	assert_true(utf8_valid(str_sv(&excerpt)));
	return str_c(&excerpt);
}

static void
a_short_text_is_shown_whole_on_one_line(void **state)
{
	struct item it = news();
	struct alert_hit h;

	(void)state;
	it.summary = SV("  A ceasefire \n\n\tin\x01 Gaza.\n");
	h = hit(&it, "summary", "Gaza", 0);
	assert_string_equal(excerpt_of(&it, &h, 1), "A ceasefire in Gaza.");
}

/* Sentences before and after, each of 50 bytes. */
static char page[200 * 50 + 64];

static struct item
long_item(const char *first, size_t at1, const char *second, size_t at2)
{
	struct item it = news();
	size_t n = 0;

	page[0] = '\0';
	for (size_t i = 0; i < 200; i++) {
		const char *s = i == at1 ? first
		    : i == at2
		    ? second
		    : "Nothing of interest stands in this long sentence. ";

		memcpy(page + n, s, strlen(s));
		n += strlen(s);
	}
	it.article = (struct sv) { page, n };
	return it;
}

static void
a_long_text_is_cut_at_words_around_the_hit(void **state)
{
	struct item it = long_item("They spoke of a ceasefire. ", 100, "", 200);
	struct alert_hit h = hit(&it, "article", "ceasefire", 0);
	const char *x;

	(void)state;
	x = excerpt_of(&it, &h, 1);
	assert_non_null(strstr(x, "They spoke of a ceasefire. Nothing of"));
	assert_true(strlen(x) > 350);
	assert_memory_equal(x, "…", 3);
	assert_string_equal(x + strlen(x) - 3, "…");
	assert_null(strstr(x, "  "));
	assert_true(sv_find(it.article, (struct sv) { x + 3, strlen(x) - 6 }) <
	    it.article.len);
	assert_non_null(strchr("NoistlT", x[3])); /* begins a word */
	assert_true(x[strlen(x) - 4] != ' ');
}

static void
hits_far_apart_are_shown_in_pieces(void **state)
{
	struct item it = long_item(
	    "They spoke of a ceasefire. ", 20, "It was about Gaza. ", 180);
	struct alert_hit h[] = { hit(&it, "article", "ceasefire", 0),
		hit(&it, "article", "Gaza", 0), hit(&it, "title", "Gaza", 0),
		hit(&it, "title", "Council", 0) };
	const char *x, *a, *b;

	(void)state;
	x = excerpt_of(&it, h, COUNTOF(h));
	assert_null(strstr(x, "UN Security Council adopts")); /* the title */
	assert_non_null(strstr(x, "They spoke of a ceasefire."));
	assert_null(strstr(x, "… ")); /* Gaza stands in the title */
	x = excerpt_of(&it, h, 2);
	a = strstr(x, "They spoke of a ceasefire.");
	b = strstr(x, "It was about Gaza.");
	assert_true(a > x && b > a);
	assert_true(strstr(a, "… ") < b);
	assert_null(strstr(x, "……"));
	assert_null(strstr(x, "… …"));
}

static void
one_name_often_does_not_crowd_out_another_once(void **state)
{
	struct item it = long_item(
	    "Gaza, Gaza, Gaza, Gaza. ", 3, "One ceasefire in Gaza. ", 150);
	struct alert_hit h[6];

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		h[i] = hit(&it, "article", "Gaza", i);
	h[5] = hit(&it, "article", "ceasefire", 0);
	assert_non_null(
	    strstr(excerpt_of(&it, h, 6), "One ceasefire in Gaza."));
	assert_null(strstr(str_c(&excerpt), "Gaza, Gaza"));
}

static void
text_without_blanks_is_cut_between_characters(void **state)
{
	static char text[3 * 1000];
	struct item it = news();
	struct alert_hit h;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "文"[i % 3];
	for (size_t i = 0; i < 12; i++)
		text[1500 + i] = "加沙停火"[i];
	it.content = (struct sv) { text, sizeof(text) };
	h = hit(&it, "content", "停火", 0);
	assert_non_null(strstr(excerpt_of(&it, &h, 1), "文加沙停火文"));
	assert_true(excerpt.len > 380);
}

static void
odd_hits_do_no_harm(void **state)
{
	struct item it = news();
	struct alert_hit h[] = {
		{ .field = "summary", .start = 1 << 30, .length = 5 },
		{ .field = "summary", .start = 10, .length = 1 << 30 },
		{ .field = "content", .start = 0, .length = 3 },
		{ .field = "summary", .start = 5, .length = 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(h); i++)
		(void)excerpt_of(&it, &h[i], 1);
	(void)excerpt_of(&it, h, COUNTOF(h));
	it.summary = SV("How it begins is shown when no word stands for it.");
	assert_string_equal(excerpt_of(&it, NULL, 0),
	    "How it begins is shown when no word stands for it.");
}

static void
people_read_it_on_80_columns(void **state)
{
	struct item it = news();
	struct alert_hit h[] = { hit(&it, "summary",
				     "United Nations Security Council", 0),
		hit(&it, "summary", "ceasefire", 0),
		hit(&it, "summary", "Gaza", 0) };
	struct alert a = alert_of(&it, h, COUNTOF(h));
	struct str json, out;

	(void)state;
	str_init(&json, ALERT_BYTES);
	str_init(&out, ALERT_BYTES);
	assert_true(alert_encode(&a, &json));
	assert_true(alert_format_text(str_sv(&json), false, &out));
	assert_string_equal(str_c(&out),
	    "HIGH  gaza-ceasefire                                        "
	    "2024-03-26 05:12 UTC\n"
	    "  UN Security Council adopts \"Gaza\" resolution\n"
	    "  un-news  https://news.un.org/1?a=b&c=d\n"
	    "  After weeks of talks and three failed drafts, the delegation of "
	    "the largest\n"
	    "  member refused to veto a United Nations Security Council "
	    "resolution calling\n"
	    "  for an immediate ceasefire in Gaza on Monday, and the hall "
	    "broke into\n"
	    "  applause.\n\n");
	str_clear(&out);
	assert_true(alert_format_text(str_sv(&json), true, &out));
	assert_non_null(strstr(str_c(&out), "\033[1;31mHIGH\033[0m"));
	a.type = "alert.confirmed";
	str_clear(&json);
	assert_true(alert_encode(&a, &json));
	assert_true(alert_format_text(str_sv(&json), false, &out));
	assert_non_null(strstr(str_c(&out),
	    "HIGH  gaza-ceasefire  confirmed                             "
	    "2024-03-26 05:12 UTC\n"));
	assert_non_null(strstr(str_c(&out), "\033[1;33mceasefire\033[0m in"));
	assert_non_null(strstr(str_c(&out), "\"\033[0m\033[1;33mGaza\033[0m"));
	str_done(&out);
	str_done(&json);
}

static void
people_read_what_a_changed_title_was(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 1000);
	assert_true(alert_format_text(
	    SV("{\"type\":\"alert.update\",\"timestamp\":\"2024-03-26T05:12\","
	       "\"data\":{\"severity\":\"low\",\"filter\":{\"name\":\"f\"},"
	       "\"item\":{\"title\":\"Two dead\"},"
	       "\"story\":{\"also\":[{\"title\":\"T\",\"link\":\"https://e.org/\","
	       "\"feed\":\"wire\"}]},\"update\":{\"reason\":"
	       "\"title\",\"previous_title\":\"One\\ndead\"}}}"),
	    false, &out));
	assert_string_equal(str_c(&out),
	    "LOW  f  update: title                                       "
	    "2024-03-26 05:12 UTC\n"
	    "  Two dead\n"
	    "  Before: One dead\n"
	    "  \n"
	    "  also wire  https://e.org/\n\n");
	str_done(&out);
}

static const struct sv some_feeds[] = { SV("a"), SV("b") };

#define AT INT64_C(1711429929123) /* 2024-03-26 05:12 */

static const struct {
	struct trouble t;
	const char *title, *text;
} troubles[] = {
	{ { .kind = TROUBLE_FEED_FAILING,
	      .feed = SV("wire"),
	      .since_ms = AT,
	      .failures = 12,
	      .error = SV("no answer") },
	    "Feed wire has been failing since 2024-03-26 05:12 UTC",
	    "The last error: no answer. 12 polls failed in a row. What "
	    "it publishes now is not seen before it works again." },
	{ { .kind = TROUBLE_FEED_FAILING,
	      .feed = SV("wire"),
	      .since_ms = AT,
	      .stopped = true },
	    "Feed wire is gone for good",
	    "It is not polled any more: change its URL or remove it." },
	{ { .kind = TROUBLE_FEED_RECOVERED,
	      .feed = SV("wire"),
	      .since_ms = AT - 90 * MIN_MS,
	      .until_ms = AT },
	    "Feed wire works again",
	    "It had been failing since 2024-03-26 03:42 UTC, for 1 h "
	    "30 min. No item seems to be missing." },
	{ { .kind = TROUBLE_FEED_SILENT,
	      .feed = SV("wire"),
	      .since_ms = AT - 3 * DAY_MS,
	      .until_ms = AT },
	    "Feed wire has brought nothing new since 2024-03-23 05:12 "
	    "UTC",
	    "It answers, but the last new item came 2024-03-23 05:12 "
	    "UTC (3 d before)." },
	{ { .kind = TROUBLE_FEED_GAP,
	      .feed = SV("wire"),
	      .since_ms = AT - 42 * SEC_MS,
	      .until_ms = AT,
	      .items = 20 },
	    "Feed wire may have lost items",
	    "All 20 items in it are new: others may have come and gone "
	    "unseen since the last good poll, 2024-03-26 05:11 UTC (42 "
	    "s before)." },
	{ { .kind = TROUBLE_FEED_GAP,
	      .count = 12,
	      .feeds = some_feeds,
	      .nfeeds = 2 },
	    "12 feeds may have lost items", "a, b and 10 more." },
	{ { .kind = TROUBLE_DESTINATION_FAILING,
	      .destination = SV("desk"),
	      .since_ms = AT,
	      .error = SV("answered 500"),
	      .failures = 7,
	      .waiting = 3 },
	    "Destination desk has been failing since 2024-03-26 05:12 "
	    "UTC",
	    "The last error: answered 500. 7 attempts failed in a row. "
	    "3 alerts wait. It is tried again." },
	{ { .kind = TROUBLE_DESTINATION_FAILING,
	      .destination = SV("desk"),
	      .since_ms = AT,
	      .stopped = true,
	      .waiting = 1 },
	    "Destination desk wants no more alerts",
	    "1 alert waits. Nothing is sent to it before a reload or "
	    "tocsin resume." },
};

/* Each says what is wrong and since when, and who. */
static void
trouble_is_told_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(troubles); i++) {
		struct str title, text;

		str_init(&title, KiB(1));
		str_init(&text, KiB(1));
		trouble_title(&troubles[i].t, &title);
		trouble_text(&troubles[i].t, &text);
		assert_string_equal(str_c(&title), troubles[i].title);
		assert_string_equal(str_c(&text), troubles[i].text);
		str_done(&title);
		str_done(&text);
	}
}

static void
trouble_has_a_document_of_its_own(void **state)
{
	const struct trouble t = { .kind = TROUBLE_FEED_SILENT,
		.feed = SV("wire"),
		.url = SV("https://user:password@e.org/rss"),
		.since_ms = AT - DAY_MS,
		.until_ms = AT };
	const struct alert a = { .type = trouble_type(t.kind),
		.id = SV("alr_x"),
		.now_ms = AT,
		.severity = trouble_severity(t.kind),
		.trouble = &t };
	struct str json, out;

	(void)state;
	str_init(&json, ALERT_BYTES);
	str_init(&out, ALERT_BYTES);
	assert_true(alert_encode(&a, &json));
	assert_string_equal(str_c(&json),
	    "{\"type\":\"feed.silent\","
	    "\"timestamp\":\"2024-03-26T05:12:09.123Z\",\"data\":{"
	    "\"id\":\"alr_x\",\"severity\":\"medium\",\"trouble\":{"
	    "\"title\":\"Feed wire has brought nothing new since "
	    "2024-03-25 05:12 UTC\",\"text\":\"It answers, but the last new "
	    "item came 2024-03-25 05:12 UTC (1 d before).\","
	    "\"feed\":\"wire\",\"url\":\"https://e.org/rss\","
	    "\"since\":\"2024-03-25T05:12:09.123Z\","
	    "\"until\":\"2024-03-26T05:12:09.123Z\"}}}");
	assert_true(alert_format_text(str_sv(&json), false, &out));
	assert_string_equal(str_c(&out),
	    "MEDIUM  feed silent                                         "
	    "2024-03-26 05:12 UTC\n"
	    "  Feed wire has brought nothing new since 2024-03-25 05:12 UTC\n"
	    "  wire  https://e.org/rss\n"
	    "  It answers, but the last new item came 2024-03-25 05:12 UTC "
	    "(1 d before).\n\n");
	str_done(&out);
	str_done(&json);
}

/* Of the type, whose it is and when it began. */
static void
the_id_of_trouble_is_a_function(void **state)
{
	const struct trouble one = { .kind = TROUBLE_FEED_GAP,
		.feed = SV("wire") };
	struct trouble other = one;
	char a[ALERT_ID_BYTES], b[ALERT_ID_BYTES];

	(void)state;
	trouble_id(&one, AT, a);
	other.items = 7;
	trouble_id(&other, AT, b);
	assert_string_equal(a, b);
	trouble_id(&other, AT + 1, b);
	assert_string_not_equal(a, b);
	other.kind = TROUBLE_FEED_SILENT;
	trouble_id(&other, AT, b);
	assert_string_not_equal(a, b);
	other = one;
	other.feed = SV("wires");
	trouble_id(&other, AT, b);
	assert_string_not_equal(a, b);
}

static void
a_digest_lists_its_items(void **state)
{
	struct item it = { .title = SV("12 more for gaza-ceasefire"),
		.summary = SV("One · Two"),
		.published = NO_TIME,
		.updated = NO_TIME };
	struct alert a = alert_of(&it, NULL, 0);
	struct str json, out;

	(void)state;
	str_init(&json, ALERT_BYTES);
	str_init(&out, ALERT_BYTES);
	a.type = "digest";
	a.feed_name = SV_NONE;
	a.digest_count = 12;
	a.fetched_ms = NO_TIME;
	a.digest_since_ms = 1711429200000;
	a.digest_until_ms = 1711432800000;
	a.digest_items = SV("{\"title\":\"One\",\"link\":\"https://e.org/1\","
			    "\"feed\":\"un-news\"},{\"title\":\"Two\"}");
	assert_true(alert_encode(&a, &json));
	assert_string_equal(str_c(&json),
	    "{\"type\":\"digest\",\"timestamp\":\"2024-03-26T05:12:09.123Z\","
	    "\"data\":{\"id\":\"alr_x\",\"severity\":\"high\","
	    "\"filter\":{\"name\":\"gaza-ceasefire\",\"revision\":\"r1\"},"
	    "\"item\":{\"title\":\"12 more for gaza-ceasefire\","
	    "\"summary\":\"One · Two\",\"feed\":{\"tags\":[]}},\"hits\":[],"
	    "\"excerpt\":\"One · Two\",\"digest\":{\"count\":12,"
	    "\"since\":\"2024-03-26T05:00:00.000Z\","
	    "\"until\":\"2024-03-26T06:00:00.000Z\",\"items\":["
	    "{\"title\":\"One\",\"link\":\"https://e.org/1\","
	    "\"feed\":\"un-news\"},{\"title\":\"Two\"}]}}}");
	assert_true(alert_format_text(str_sv(&json), false, &out));
	assert_string_equal(str_c(&out),
	    "HIGH  gaza-ceasefire                                        "
	    "2024-03-26 05:12 UTC\n"
	    "  12 more for gaza-ceasefire\n"
	    "  One\n"
	    "  un-news  https://e.org/1\n"
	    "  Two\n\n");
	str_done(&out);
	str_done(&json);
}

static void
a_hit_is_shown_where_it_is_a_word(void **state)
{
	struct item it = news();
	struct alert_hit h = { .field = "title", .text = SV("US") };
	struct alert a = alert_of(&it, &h, 1);
	struct str json, out;

	(void)state;
	str_init(&json, ALERT_BYTES);
	str_init(&out, ALERT_BYTES);
	it.title = SV("BUS, USA: the US");
	assert_true(alert_encode(&a, &json));
	assert_true(alert_format_text(str_sv(&json), true, &out));
	assert_non_null(strstr(str_c(&out), "BUS,"));
	assert_non_null(strstr(str_c(&out), "USA:"));
	assert_non_null(strstr(str_c(&out), "\033[1;33mUS\033[0m"));
	str_done(&out);
	str_done(&json);
}

static void
a_terminal_gets_no_foreign_controls(void **state)
{
	struct item it = news();
	struct alert a = alert_of(&it, NULL, 0);
	struct str json, out;

	(void)state;
	str_init(&json, ALERT_BYTES);
	str_init(&out, ALERT_BYTES);
	it.title = SV("x\033]0;owned\007\xC2\x9B"
		      "31m\u202Egpj.exe\nHIGH  fake");
	it.link = SV("https://e.org/\033[2J");
	it.summary = SV("\033[31m \x7f\u2066");
	assert_true(alert_encode(&a, &json));
	assert_true(alert_format_text(str_sv(&json), false, &out));
	for (size_t i = 0, n; i < out.len; i += n) {
		uint32_t cp;

		n = utf8_decode(sv_from(str_sv(&out), i), &cp);
		assert_true(cp == '\n' || utf8_is_printable(cp));
	}
	assert_null(strstr(str_c(&out), "\nHIGH"));
	str_done(&out);
	str_done(&json);
}

static void
what_is_no_time_is_not_cut(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 1000);
	assert_true(alert_format_text(
	    SV("{\"timestamp\":\"éééééééééééé\",\"data\":{\"filter\":{\"name\":"
	       "\"f\"},\"item\":{\"title\":\"T\"}}}"),
	    false, &out));
	assert_true(utf8_valid(str_sv(&out)));
	assert_null(strstr(str_c(&out), "UTC"));
	str_done(&out);
}

static void
only_alerts_are_shown(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "{}", "null",
		"{\"data\":1}", "{\"data\":{\"filter\":{}}}" };
	struct str out;

	(void)state;
	str_init(&out, 1000);
	for (size_t i = 0; i < COUNTOF(texts); i++)
		assert_false(alert_format_text(sv_of(texts[i]), false, &out));
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_id_depends_on_each_of_its_parts),
		cmocka_unit_test(the_document_is_as_published),
		cmocka_unit_test(what_is_unknown_is_absent),
		cmocka_unit_test(no_item_makes_a_document_that_cannot_be_sent),
		cmocka_unit_test(an_article_is_evidence_where_hits_stand_in_it),
		cmocka_unit_test(hostile_bytes_leave_a_valid_document),
		cmocka_unit_test(a_short_text_is_shown_whole_on_one_line),
		cmocka_unit_test(a_long_text_is_cut_at_words_around_the_hit),
		cmocka_unit_test(hits_far_apart_are_shown_in_pieces),
		cmocka_unit_test(
		    one_name_often_does_not_crowd_out_another_once),
		cmocka_unit_test(text_without_blanks_is_cut_between_characters),
		cmocka_unit_test(odd_hits_do_no_harm),
		cmocka_unit_test(people_read_it_on_80_columns),
		cmocka_unit_test(a_digest_lists_its_items),
		cmocka_unit_test(people_read_what_a_changed_title_was),
		cmocka_unit_test(trouble_is_told_in_words),
		cmocka_unit_test(trouble_has_a_document_of_its_own),
		cmocka_unit_test(the_id_of_trouble_is_a_function),
		cmocka_unit_test(a_hit_is_shown_where_it_is_a_word),
		cmocka_unit_test(a_terminal_gets_no_foreign_controls),
		cmocka_unit_test(what_is_no_time_is_not_cut),
		cmocka_unit_test(only_alerts_are_shown),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	str_init(&excerpt, EXCERPT_BYTES);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
