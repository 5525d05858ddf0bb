/* tests/unit/test_format.c: what each kind of receiver is sent.  The examples
 * of docs/formats are made by it: TOCSIN_WRITE_DOCS=1 writes them anew. */
#include "alerts/format.h"

#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DOCS "docs/formats/"

static const char *const names[] = {
#define WORD(enumerator, word) [enumerator] = (word),
	FORMAT_WORDS(WORD)
#undef WORD
};

/* The examples of trouble and of an update; the others have no prefix. */
#define TROUBLE "trouble-"
#define UPDATE "update-"

/* The documents whose forms are the examples. */
static void
read_example(const char *prefix, struct str *out)
{
	char path[100];
	struct err e;

	(void)snprintf(path, sizeof(path), DOCS "%sjson.json", prefix);
	str_init(out, ALERT_BYTES);
	if (!file_read(path, out, &e))
		fail_msg("%s", e.msg);
}

static void
read_document(struct str *out)
{
	read_example("", out);
}

static struct format *
open_format(enum config_format format, const char *url)
{
	struct config_destination c = { .type = DEST_WEBHOOK,
		.format = format,
		.url = url,
		.template = DOCS "template.mustache" };
	struct err e;
	struct format *f = format_open(&c, &e);

	if (f == NULL)
		fail_msg("%s", e.msg);
	return f;
}

static json_t *
render(enum config_format format, struct sv document)
{
	struct format *f = open_format(format, "https://ntfy.sh/desk");
	struct formatted out;
	json_t *root;

	formatted_init(&out);
	assert_true(format_render(f, document, &out));
	root = json_loadb(out.body.p, out.body.len, JSON_ALLOW_NUL, NULL);
	assert_non_null(root);
	formatted_done(&out);
	format_close(f);
	return root;
}

static void
compare_example(
    const char *prefix, enum config_format format, struct sv document)
{
	json_t *made = render(format, document), *shown;
	char path[100];

	(void)snprintf(
	    path, sizeof(path), DOCS "%s%s.json", prefix, names[format]);
	if (getenv("TOCSIN_WRITE_DOCS") != NULL)
		assert_int_equal(json_dump_file(made, path, JSON_INDENT(2)), 0);
	shown = json_load_file(path, 0, NULL);
	if (!json_equal(made, shown))
		fail_msg("%s is not what is sent", path);
	json_decref(shown);
	json_decref(made);
}

static void
each_form_is_as_its_example(void **state)
{
	static const char *const prefixes[] = { "", TROUBLE, UPDATE };

	(void)state;
	for (size_t p = 0; p < COUNTOF(prefixes); p++) {
		struct str doc;

		read_example(prefixes[p], &doc);
		for (unsigned i = 0; i < COUNTOF(names); i++)
			if (i != FORMAT_TEXT)
				compare_example(prefixes[p],
				    (enum config_format)i, str_sv(&doc));
		str_done(&doc);
	}
}

/* Attributes of the binary form are headers. */
static void
binary_cloudevents_have_headers(void **state)
{
	static const char *const want[][2] = { { "ce-specversion", "1.0" },
		{ "ce-id", "alr_a" },
		{ "ce-source", "urn:tocsin:feed:a%2520b%25C3%25A9" },
		{ "ce-type", "tocsin.alert.new" }, { "ce-time", "T" },
		{ "ce-subject", "%C3%A9%22%0D%0Ax:%20y" } };
	struct format *f = open_format(FORMAT_CLOUDEVENTS_BINARY, NULL);
	struct formatted out;

	(void)state;
	formatted_init(&out);
	assert_true(format_render(f,
	    SV("{\"type\":\"alert.new\",\"timestamp\":\"T\",\"data\":{"
	       "\"id\":\"alr_a\",\"filter\":{\"name\":\"é\\\"\\r\\nx: y\"},"
	       "\"item\":{\"feed\":{\"name\":\"a bé\"}}}}"),
	    &out));
	assert_int_equal(out.nheaders, COUNTOF(want));
	for (size_t i = 0; i < COUNTOF(want); i++) {
		assert_string_equal(out.headers[i].name, want[i][0]);
		assert_string_equal(str_c(&out.headers[i].value), want[i][1]);
	}
	assert_true(sv_starts(str_sv(&out.body), SV("{\"id\":\"alr_a\"")));
	formatted_done(&out);
	format_close(f);
}

/* A megabyte of what breaks things, in every text of the document. */
static void
hostile_document(struct str *out)
{
	static const char evil[] =
	    "@everyone <!channel> <@U1> *b* _i_ ~s~ `c` [l](http://x) \"q\" "
	    "\\ & > # | \x1b[31m \r\n\t \xE2\x80\xAE \xE2\x81\xA6 \xF0\x9F\x92\xA3 "
	    "{{x}} <b> @here \xff ";
	struct str text;
	struct json j;

	str_init(&text, MiB(2));
	str_init(out, MiB(16));
	(void)str_addc(&text, '\0');
	while (text.len < MiB(1))
		(void)str_add(&text, (struct sv) { evil, sizeof(evil) - 1 });
	json_init(&j, out);
	json_open(&j, NULL);
	json_text(&j, "type", SV("alert.new"));
	json_open(&j, "data");
	json_text(&j, "id", SV("alr_a"));
	json_open(&j, "filter");
	json_text(&j, "name", str_sv(&text));
	json_close(&j);
	json_open(&j, "item");
	json_text(&j, "title", str_sv(&text));
	json_text(&j, "link", SV("https://x/|>)<a b\"(y"));
	json_open(&j, "feed");
	json_text(&j, "name", str_sv(&text));
	json_close(&j);
	json_close(&j);
	json_text(&j, "excerpt", sv_sub(str_sv(&text), 0, text.len - 1));
	json_close(&j);
	json_close(&j);
	assert_false(out->full);
	str_done(&text);
}

/* Follows "a.0.b"; SV_NONE: there is no text. */
static struct sv
text_if_at(const json_t *v, const char *path)
{
	struct sv rest = sv_of(path), part;
	uint64_t index;
	char key[40];

	while (sv_split(&rest, '.', &part)) {
		(void)snprintf(key, sizeof(key), "%.*s", SV_ARG(part));
		v = sv_to_u64(part, &index) ? json_array_get(v, index)
					    : json_object_get(v, key);
	}
	return (struct sv) { json_string_value(v), json_string_length(v) };
}

static struct sv
text_at(const json_t *v, const char *path)
{
	struct sv text = text_if_at(v, path);

	if (text.p == NULL)
		fail_msg("no text at %s", path);
	return text;
}

static size_t
utf16_units(struct sv v)
{
	size_t units = 0, n;
	uint32_t cp;

	for (; v.len != 0; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		assert_true(utf8_is_printable(cp) || cp == '\n');
		units += cp >= 0x10000 ? 2 : 1;
	}
	return units;
}

/* That a story is confirmed is no second alert of the same. */
static void
people_see_what_is_new_about_a_story(void **state)
{
	static const struct {
		enum config_format format;
		const char *path, *said;
	} rows[] = {
		{ FORMAT_SLACK, "blocks.3.elements.0.text",
		    "HIGH · %s · gaza-ceasefire · un-news" },
		{ FORMAT_DISCORD, "embeds.0.footer.text",
		    "HIGH · %s · gaza-ceasefire · un-news" },
		{ FORMAT_MATTERMOST, "attachments.0.footer",
		    "HIGH · %s · gaza-ceasefire · un-news" },
		{ FORMAT_TEAMS, "attachments.0.content.body.2.inlines.0.text",
		    "HIGH · %s · gaza-ceasefire · un-news" },
		{ FORMAT_NTFY, "tags.1", "%s" },
	};
	static const struct {
		const char *type, *reason, *said;
	} kinds[] = {
		{ "confirmed", "x", "confirmed" },
		{ "update", "", "update" },
		{ "update", "correction", "update: correction" },
		{ "update", "\\u001b[1m", "update" },
		{ "update", "abcdefghijklmnopqrstuvwxyz", "update" },
	};
	struct str doc, again;

	(void)state;
	read_document(&doc);
	for (size_t i = 0; i < COUNTOF(rows) * COUNTOF(kinds); i++) {
		size_t row = i / COUNTOF(kinds), kind = i % COUNTOF(kinds);
		size_t data = sv_find(str_sv(&doc), SV("\"id\":"));
		char said[100];
		json_t *root;

		str_init(&again, ALERT_BYTES);
		(void)str_addf(&again,
		    "{\"type\":\"alert.%s\",\"data\":{\"update\":"
		    "{\"reason\":\"%s\"},%s",
		    kinds[kind].type, kinds[kind].reason, doc.p + data);
		root = render(rows[row].format, str_sv(&again));
		(void)snprintf(
		    said, sizeof(said), rows[row].said, kinds[kind].said);
		assert_string_equal(text_at(root, rows[row].path).p, said);
		json_decref(root);
		str_done(&again);
	}
	str_done(&doc);
}

/* What is wrong and with whom, in each form for people and for machines. */
static void
people_see_what_is_wrong(void **state)
{
	static const struct {
		enum config_format format;
		const char *path, *said;
	} rows[] = {
		{ FORMAT_SLACK, "blocks.0.text.text",
		    "Feed un-news has been failing since 2024-03-26 03:58 UTC" },
		{ FORMAT_SLACK, "blocks.2.elements.0.text",
		    "HIGH · feed failing · un-news" },
		{ FORMAT_DISCORD, "embeds.0.footer.text",
		    "HIGH · feed failing · un-news" },
		{ FORMAT_MATTERMOST, "attachments.0.footer",
		    "HIGH · feed failing · un-news" },
		{ FORMAT_TEAMS, "attachments.0.content.body.2.inlines.0.text",
		    "HIGH · feed failing · un-news" },
		{ FORMAT_NTFY, "title",
		    "Feed un-news has been failing since 2024-03-26 03:58 UTC" },
		{ FORMAT_NTFY, "tags.0", "feed failing" },
		{ FORMAT_CLOUDEVENTS, "type", "tocsin.feed.failing" },
		{ FORMAT_CLOUDEVENTS, "source", "urn:tocsin:feed:un-news" },
		{ FORMAT_CLOUDEVENTS, "subject", "un-news" },
		{ FORMAT_TEMPLATE, "summary",
		    "high: Feed un-news has been failing since "
		    "2024-03-26 03:58 UTC" },
	};
	struct str doc;

	(void)state;
	read_example(TROUBLE, &doc);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		json_t *root = render(rows[i].format, str_sv(&doc));

		assert_string_equal(
		    text_at(root, rows[i].path).p, rows[i].said);
		json_decref(root);
	}
	str_done(&doc);
}

/* What has changed, also where only a title is shown. */
static void
people_see_what_has_changed(void **state)
{
#define NEWS \
	"[update: title] Security Council adopts ceasefire resolution after " \
	"two hours of talks"
#define TEXT \
	"Before: Security Council adopts resolution after \"hours of talks\" · " \
	"Fourteen voted in favour and none against, as the ceasefire in Gaza " \
	"is to begin at noon."
	static const struct {
		enum config_format format;
		const char *path, *said;
	} rows[] = {
		{ FORMAT_SLACK, "text", NEWS },
		{ FORMAT_SLACK, "blocks.0.text.text", NEWS },
		{ FORMAT_SLACK, "blocks.1.text.text", TEXT },
		{ FORMAT_DISCORD, "embeds.0.description", TEXT },
		{ FORMAT_MATTERMOST, "attachments.0.fallback", NEWS },
		{ FORMAT_TEAMS, "attachments.0.content.body.0.inlines.0.text",
		    NEWS },
		{ FORMAT_TEAMS, "attachments.0.content.body.1.inlines.0.text",
		    TEXT },
		{ FORMAT_NTFY, "title", NEWS },
		{ FORMAT_NTFY, "message", TEXT },
	};
#undef NEWS
#undef TEXT
	struct str doc;

	(void)state;
	read_example(UPDATE, &doc);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		json_t *root = render(rows[i].format, str_sv(&doc));

		assert_string_equal(
		    text_at(root, rows[i].path).p, rows[i].said);
		json_decref(root);
	}
	str_done(&doc);
}

/* Limits as the receivers document them. */
static void
hostile_texts_keep_the_receivers_limits(void **state)
{
	static const struct {
		enum config_format format;
		const char *path;
		size_t least, most; /* UTF-16 units; of ntfy bytes */
	} rows[] = {
		{ FORMAT_SLACK, "text", 900, 40000 },
		{ FORMAT_SLACK, "blocks.0.text.text", 140, 150 },
		{ FORMAT_SLACK, "blocks.1.text.text", 2900, 3000 },
		{ FORMAT_SLACK, "blocks.2.text.text", 10, 3000 },
		{ FORMAT_SLACK, "blocks.3.elements.0.text", 300, 3000 },
		{ FORMAT_DISCORD, "embeds.0.title", 240, 256 },
		{ FORMAT_DISCORD, "embeds.0.description", 4000, 4096 },
		{ FORMAT_DISCORD, "embeds.0.footer.text", 300, 2048 },
		{ FORMAT_MATTERMOST, "attachments.0.text", 8000, 16383 },
		{ FORMAT_TEAMS, "attachments.0.content.body.0.inlines.0.text",
		    900, 1000 },
		{ FORMAT_NTFY, "title", 150, 250 },
		{ FORMAT_NTFY, "message", 3000, 4096 },
	};
	struct str doc;

	(void)state;
	hostile_document(&doc);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		json_t *root = render(rows[i].format, str_sv(&doc));
		struct sv text = text_at(root, rows[i].path);
		size_t units = utf16_units(text);

		if (rows[i].format == FORMAT_NTFY)
			units = text.len;
		if (units < rows[i].least || units > rows[i].most)
			fail_msg("%s: %zu", rows[i].path, units);
		json_decref(root);
	}
	str_done(&doc);
}

static size_t
count(struct sv v, const char *needle)
{
	size_t n = 0, at = sv_find(v, sv_of(needle));

	for (; at < v.len; n++)
		at += 1 + sv_find(sv_from(v, at + 1), sv_of(needle));
	return n;
}

static void
nobody_is_mentioned_and_nothing_is_markup(void **state)
{
	struct str doc;
	json_t *slack, *discord, *mattermost;
	struct sv v;

	(void)state;
	hostile_document(&doc);
	slack = render(FORMAT_SLACK, str_sv(&doc));
	v = text_at(slack, "text");
	assert_int_equal(count(v, "<"), 0);
	assert_int_equal(count(v, ">"), 0);
	assert_int_equal(count(v, "&"),
	    count(v, "&amp;") + count(v, "&lt;") + count(v, "&gt;"));
	assert_true(sv_is(text_at(slack, "blocks.0.text.type"), "plain_text"));
	assert_true(sv_is(text_at(slack, "blocks.1.text.type"), "plain_text"));
	v = text_at(slack, "blocks.2.text.text");
	assert_true(sv_is(v, "<https://x/%7C%3E)%3Ca%20b%22(y|Read it>"));
	discord = render(FORMAT_DISCORD, str_sv(&doc));
	assert_int_equal(
	    json_array_size(json_object_get(
		json_object_get(discord, "allowed_mentions"), "parse")),
	    0);
	v = text_at(discord, "embeds.0.description");
	assert_true(count(v, "*") > 0);
	assert_int_equal(count(v, "*"), count(v, "\\*"));
	assert_int_equal(count(v, "["), count(v, "\\["));
	mattermost = render(FORMAT_MATTERMOST, str_sv(&doc));
	v = text_at(mattermost, "attachments.0.text");
	assert_true(count(v, "@") > 0);
	assert_int_equal(count(v, "@"), count(v, "@\xE2\x80\x8B"));
	assert_int_equal(count(v, "`"), count(v, "\\`"));
	json_decref(slack);
	json_decref(discord);
	json_decref(mattermost);
	str_done(&doc);
}

/* Of the whole request: 28 KB, in the form in which it is sent. */
static void
a_card_is_small_enough_for_teams(void **state)
{
	struct format *f = open_format(FORMAT_TEAMS, NULL);
	struct formatted out;
	struct str doc;

	(void)state;
	hostile_document(&doc);
	formatted_init(&out);
	assert_true(format_render(f, str_sv(&doc), &out));
	assert_true(out.body.len > 1000 && out.body.len <= KiB(28));
	formatted_done(&out);
	format_close(f);
	str_done(&doc);
}

/* It has no item of its own: no link, no feed. */
static void
every_form_has_a_title_for_a_digest(void **state)
{
	static const char digest[] =
	    "{\"type\":\"digest\",\"timestamp\":\"2024-03-26T06:00:00.000Z\","
	    "\"data\":{\"id\":\"alr_a\",\"severity\":\"high\","
	    "\"filter\":{\"name\":\"truce\"},"
	    "\"item\":{\"title\":\"12 more for truce\",\"summary\":\"One\","
	    "\"feed\":{\"tags\":[]}},\"hits\":[],\"excerpt\":\"One\","
	    "\"digest\":{\"count\":12,\"items\":[{\"title\":\"One\"}]}}}";

	(void)state;
	for (unsigned i = 0; i < COUNTOF(names); i++) {
		json_t *made;
		char *text;

		if (i == FORMAT_TEXT)
			continue;
		made = render((enum config_format)i, sv_of(digest));
		text = json_dumps(made, 0);
		if (strstr(text, "12 more for truce") == NULL)
			fail_msg("%s: %s", names[i], text);
		if (i == FORMAT_CLOUDEVENTS)
			assert_non_null(
			    strstr(text, "\"urn:tocsin:filter:truce\""));
		free(text);
		json_decref(made);
	}
}

static void
every_form_says_what_is_unconfirmed(void **state)
{
	static const char alert[] =
	    "{\"type\":\"alert.new\",\"timestamp\":\"T\",\"data\":{"
	    "\"id\":\"alr_a\",\"severity\":\"high\","
	    "\"filter\":{\"name\":\"truce\"},\"item\":{\"title\":\"One\","
	    "\"feed\":{\"name\":\"wire\",\"tags\":[]}},\"hits\":[],"
	    "\"story\":{\"id\":\"sty_a\",\"unconfirmed\":true}}}";

	(void)state;
	for (unsigned i = 0; i < COUNTOF(names); i++) {
		json_t *made;
		char *text;

		if (i == FORMAT_TEXT || i == FORMAT_TEMPLATE)
			continue;
		made = render((enum config_format)i, sv_of(alert));
		text = json_dumps(made, 0);
		if (strstr(text, "unconfirmed") == NULL)
			fail_msg("%s: %s", names[i], text);
		free(text);
		json_decref(made);
	}
}

static void
urls_are_asked_as_the_receiver_wants(void **state)
{
	static const struct {
		enum config_format format;
		const char *url, *asked;
	} rows[] = {
		{ FORMAT_JSON, "https://a/b?c", "https://a/b?c" },
		{ FORMAT_DISCORD, "https://a/b", "https://a/b?wait=true" },
		{ FORMAT_DISCORD, "https://a/b?thread_id=1",
		    "https://a/b?thread_id=1&wait=true" },
		{ FORMAT_DISCORD, "https://a/b?wait=false",
		    "https://a/b?wait=false" },
		{ FORMAT_NTFY, "https://ntfy.sh/topic", "https://ntfy.sh/" },
		{ FORMAT_NTFY, "https://a/sub/topic/?x=1", "https://a/sub/" },
	};
	struct str url;

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct format *f = open_format(rows[i].format, rows[i].url);

		str_init(&url, 200);
		format_url(f, sv_of(rows[i].url), &url);
		assert_string_equal(str_c(&url), rows[i].asked);
		str_done(&url);
		format_close(f);
	}
}

static const char sample[] =
    "{\"type\":\"alert.new\",\"data\":{\"id\":\"a\",\"item\":{"
    "\"title\":\"<b> \\\"x\\\" & y\\n\\u202e\",\"feed\":{\"tags\":[\"p\","
    "\"q\"]}},\"hits\":[{\"text\":\"one\",\"start\":3},{\"text\":\"two\"}]}}";

/* Renders a document through a template; what cannot be opened gives NULL. */
static char *
fill_in(struct sv template, const char *type, struct sv document, struct err *e)
{
	struct config_destination c = { .type = DEST_WEBHOOK,
		.format = FORMAT_TEMPLATE,
		.content_type = type };
	char path[] = "/tmp/tocsin-template-XXXXXX";
	int fd = mkstemp(path);
	struct formatted out;
	struct format *f;
	char *made = NULL;

	assert_true(fd >= 0 && file_write_all(fd, template));
	(void)close(fd);
	c.template = path;
	f = format_open(&c, e);
	(void)unlink(path);
	if (f == NULL)
		return NULL;
	formatted_init(&out);
	if (format_render(f, document, &out))
		made = mem_svdup(str_sv(&out.body));
	assert_string_equal(out.content_type, type);
	formatted_done(&out);
	format_close(f);
	return made;
}

static char *
through(const char *template, const char *type, struct err *e)
{
	return fill_in(sv_of(template), type, sv_of(sample), e);
}

static void
templates_are_filled_in_and_made_safe(void **state)
{
	static const struct {
		const char *template, *type, *made;
	} rows[] = {
		{ "{\"t\":\"{{data.item.title}}\"}", "application/json",
		    "{\"t\":\"<b> \\\"x\\\" & y\\n\xE2\x80\xAE\"}" },
		{ "<t>{{ data.item.title }}</t>", "text/html",
		    "<t>&#60;b&#62; &#34;x&#34; &#38; y\n</t>" },
		{ "t={{data.item.title}}&x",
		    "application/x-www-form-urlencoded",
		    "t=%3Cb%3E%20%22x%22%20%26%20y%0A%E2%80%AE&x" },
		{ "{{data.item.title}}.", "text/plain", "<b> \"x\" & y ." },
		{ "{{#data.hits}}[{{text}}:{{start}}]{{/data.hits}}",
		    "text/plain", "[one:3][two:]" },
		{ "{{#data.item.feed.tags}}{{.}},{{/data.item.feed.tags}}",
		    "text/plain", "p,q," },
		{ "{{#data.item}}{{type}}{{/data.item}}", "text/plain",
		    "alert.new" },
		{ "{{^data.item.author}}nobody{{/data.item.author}}"
		  "{{#data.item.author}}x{{/data.item.author}}{{! remark}}",
		    "text/plain", "nobody" },
		{ "a { b } }} c", "text/plain", "a { b } }} c" },
		{ "", "text/plain", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err e = { "" };
		char *made = through(rows[i].template, rows[i].type, &e);

		if (made == NULL)
			fail_msg("%s: %s", rows[i].template, e.msg);
		assert_string_equal(made, rows[i].made);
		free(made);
	}
}

static void
wrong_templates_are_refused_with_their_line(void **state)
{
	static const struct {
		const char *template, *type, *why;
	} rows[] = {
		{ "\n{{data.item.titel}}", "text/plain",
		    "line 2: no such field: {{data.item.titel}}; did you mean "
		    "{{data.item.title}}?" },
		{ "{{#data.hits}}", "text/plain", "line 1: is not closed" },
		{ "{{/data.hits}}", "text/plain", "closes what is not open" },
		{ "{{#data.hits}}{{/data.item}}", "text/plain",
		    "closes what is not open" },
		{ "{{data.id", "text/plain", "no }} behind it" },
		{ "{{}}", "text/plain", "no such field" },
		{ "x", "image/png", "content-type image/png: not known" },
		{ "{{#data}}{{#data}}{{#data}}{{#data}}{{#data}}{{#data}}"
		  "{{#data}}{{#data}}{{#data}}",
		    "text/plain", "too many sections" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err e = { "" };

		assert_null(through(rows[i].template, rows[i].type, &e));
		if (strstr(e.msg, rows[i].why) == NULL)
			fail_msg("%s", e.msg);
	}
}

/* It would end there, and what is behind it never be sent. */
static void
a_template_with_a_nul_is_refused(void **state)
{
	struct err e = { "" };

	(void)state;
	assert_null(fill_in(SV("a\0b"), "text/plain", sv_of(sample), &e));
	assert_non_null(strstr(e.msg, "U+0000"));
}

/* Sections inside each other cannot make more than fits. */
static void
a_template_that_blows_up_is_refused(void **state)
{
	struct err e = { "" };
	struct str t;

	(void)state;
	str_init(&t, KiB(60));
	for (int i = 0; i < 8; i++)
		(void)str_adds(&t, "{{#data.hits}}");
	while (t.len < KiB(50))
		(void)str_adds(&t, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	for (int i = 0; i < 8; i++)
		(void)str_adds(&t, "{{/data.hits}}");
	assert_null(through(str_c(&t), "text/plain", &e));
	str_done(&t);
}

/* Nothing comes out, so that no length of it ends this: 64^8 turns. */
static void
a_template_that_only_runs_is_refused(void **state)
{
	struct err e = { "" };
	struct str t, doc;

	(void)state;
	str_init(&t, KiB(60));
	str_init(&doc, KiB(60));
	for (int i = 0; i < 8; i++)
		(void)str_adds(&t, "{{#data.hits}}");
	for (int i = 0; i < 8; i++)
		(void)str_adds(&t, "{{/data.hits}}");
	(void)str_adds(
	    &doc, "{\"data\":{\"id\":\"alr_a\",\"item\":{},\"hits\":[{}");
	for (int i = 1; i < 64; i++)
		(void)str_adds(&doc, ",{}");
	(void)str_adds(&doc, "]}}");
	assert_null(fill_in(str_sv(&t), "text/plain", str_sv(&doc), &e));
	str_done(&t);
	str_done(&doc);
}

/* Texts of which nothing can be shown: as many as there may be empty ones. */
static void
a_template_that_only_reads_is_refused(void **state)
{
	struct err e = { "" };
	struct str t, doc;

	(void)state;
	str_init(&t, KiB(60));
	str_init(&doc, KiB(60));
	(void)str_adds(&t, "{{#data.hits}}");
	for (int i = 0; i < 1000; i++)
		(void)str_adds(&t, "{{data.item.title}}");
	(void)str_adds(&t, "{{/data.hits}}");
	(void)str_adds(
	    &doc, "{\"data\":{\"id\":\"alr_a\",\"item\":{\"title\":\"");
	for (int i = 0; i < 2700; i++)
		(void)str_adds(&doc, "\xE2\x80\xAE"); /* U+202E */
	(void)str_adds(&doc, "\"},\"hits\":[{}");
	for (int i = 1; i < 64; i++)
		(void)str_adds(&doc, ",{}");
	(void)str_adds(&doc, "]}}");
	assert_null(fill_in(str_sv(&t), "text/plain", str_sv(&doc), &e));
	str_done(&t);
	str_done(&doc);
}

static void
make_document(
    struct str *out, struct sv title, struct sv link, struct sv excerpt)
{
	struct json j;

	str_init(out, ALERT_BYTES);
	json_init(&j, out);
	json_open(&j, NULL);
	json_text(&j, "type", SV("alert.new"));
	json_open(&j, "data");
	json_text(&j, "id", SV("alr_a"));
	json_open(&j, "filter");
	json_text(&j, "name", SV("truce"));
	json_close(&j);
	json_open(&j, "item");
	json_text(&j, "title", title);
	json_text(&j, "link", link);
	json_close(&j);
	json_text(&j, "excerpt", excerpt);
	json_close(&j);
	json_close(&j);
}

/* Where receivers' forms have a link. */
static const struct {
	enum config_format format;
	const char *path;
} links[] = {
	{ FORMAT_SLACK, "blocks.1.text.text" },
	{ FORMAT_DISCORD, "embeds.0.url" },
	{ FORMAT_TEAMS, "attachments.0.content.actions.0.url" },
	{ FORMAT_MATTERMOST, "attachments.0.text" },
	{ FORMAT_NTFY, "click" },
};

/* A receiver that refuses one message would hold up all that wait behind it. */
static void
a_link_that_grows_is_left_out(void **state)
{
	char link[2000] = "https://a.example/";
	struct str doc;

	(void)state;
	memset(link + 18, '"', sizeof(link) - 18);
	make_document(
	    &doc, SV("Truce"), (struct sv) { link, sizeof(link) }, SV_NONE);
	for (size_t i = 0; i < COUNTOF(links); i++) {
		json_t *root = render(links[i].format, str_sv(&doc));
		struct sv v = text_if_at(root, links[i].path);

		assert_int_equal(count(v, "\""), 0);
		assert_int_equal(count(v, "%22"), 0);
		json_decref(root);
	}
	str_done(&doc);
}

static void
a_link_turns_no_text_around(void **state)
{
	struct str doc;

	(void)state;
	make_document(&doc, SV("Truce"),
	    SV("https://a.example/\u202Eé\xC2\x9B"), SV_NONE);
	for (size_t i = 0; i < COUNTOF(links); i++) {
		json_t *root = render(links[i].format, str_sv(&doc));

		assert_int_equal(count(text_at(root, links[i].path),
				     "https://a.example/%E2%80%AEé%C2%9B"),
		    1);
		json_decref(root);
	}
	str_done(&doc);
}

static void
what_is_no_link_is_left_out(void **state)
{
	static const char *const bad[] = { "http://[", "http://a b/",
		"http://<x>/", "http://a:b/", "javascript:alert(1)" };
	struct str doc;

	(void)state;
	for (size_t i = 0; i < COUNTOF(bad) * COUNTOF(links); i++) {
		const char *link = bad[i / COUNTOF(links)];
		size_t row = i % COUNTOF(links);
		json_t *root;

		make_document(&doc, SV("Truce"), sv_of(link), SV_NONE);
		root = render(links[row].format, str_sv(&doc));
		assert_int_equal(
		    count(text_if_at(root, links[row].path), "://"), 0);
		json_decref(root);
		str_done(&doc);
	}
}

/* Slack refuses a header and a section without a text. */
static void
what_shows_nothing_is_no_text(void **state)
{
	static const char *const blanks[] = { "", "  \t", "\xE2\x80\x8F",
		"\xC2\xA0", "\xEF\xBB\xBF", "\x01" };
	struct str doc;

	(void)state;
	for (size_t i = 0; i < COUNTOF(blanks); i++) {
		json_t *root;

		make_document(&doc, sv_of(blanks[i]), SV("http://a.example/"),
		    sv_of(blanks[i]));
		root = render(FORMAT_SLACK, str_sv(&doc));
		assert_true(sv_is(
		    text_at(root, "blocks.0.text.text"), "http://a.example/"));
		assert_true(sv_is(text_at(root, "blocks.1.text.text"),
		    "<http://a.example/|Read it>"));
		json_decref(root);
		str_done(&doc);
	}
}

static void
what_is_no_alert_is_refused(void **state)
{
	static const char *const bad[] = { "", "[]", "{", "{\"data\":{}}",
		"{\"data\":{\"item\":{}}}" };

	(void)state;
	for (unsigned f = 0; f < COUNTOF(names); f++) {
		struct format *format;
		struct formatted out;

		if (f == FORMAT_JSON || f == FORMAT_TEXT)
			continue;
		format = open_format((enum config_format)f, "https://a/b");
		formatted_init(&out);
		for (size_t i = 0; i < COUNTOF(bad); i++)
			assert_false(
			    format_render(format, sv_of(bad[i]), &out));
		formatted_done(&out);
		format_close(format);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_as_its_example),
		cmocka_unit_test(binary_cloudevents_have_headers),
		cmocka_unit_test(people_see_what_is_wrong),
		cmocka_unit_test(people_see_what_has_changed),
		cmocka_unit_test(people_see_what_is_new_about_a_story),
		cmocka_unit_test(hostile_texts_keep_the_receivers_limits),
		cmocka_unit_test(nobody_is_mentioned_and_nothing_is_markup),
		cmocka_unit_test(a_card_is_small_enough_for_teams),
		cmocka_unit_test(every_form_has_a_title_for_a_digest),
		cmocka_unit_test(every_form_says_what_is_unconfirmed),
		cmocka_unit_test(urls_are_asked_as_the_receiver_wants),
		cmocka_unit_test(templates_are_filled_in_and_made_safe),
		cmocka_unit_test(wrong_templates_are_refused_with_their_line),
		cmocka_unit_test(a_template_with_a_nul_is_refused),
		cmocka_unit_test(a_template_that_blows_up_is_refused),
		cmocka_unit_test(a_template_that_only_runs_is_refused),
		cmocka_unit_test(a_template_that_only_reads_is_refused),
		cmocka_unit_test(a_link_that_grows_is_left_out),
		cmocka_unit_test(a_link_turns_no_text_around),
		cmocka_unit_test(what_is_no_link_is_left_out),
		cmocka_unit_test(what_shows_nothing_is_no_text),
		cmocka_unit_test(what_is_no_alert_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
