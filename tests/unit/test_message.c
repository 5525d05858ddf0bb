/* tests/unit/test_message.c: an alert as a mail. */
#include "alerts/message.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define CREATED INT64_C(1711429929123)
#define PART "--=_tocsin"

struct bench {
	const char *type; /* NULL: alert.new */
	struct str document, out, text;
};

static int
set_up(void **state)
{
	struct bench *b = mem_calloc(1, sizeof(*b));

	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	str_init(&b->document, 16 * ALERT_BYTES);
	str_init(&b->out, MESSAGE_BYTES);
	str_init(&b->text, MESSAGE_BYTES);
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	str_done(&b->document);
	str_done(&b->out);
	str_done(&b->text);
	free(b);
	return 0;
}

static void
write_document(struct bench *b, struct sv filter, struct sv title)
{
	struct json j;

	str_clear(&b->document);
	json_init(&j, &b->document);
	json_open(&j, NULL);
	json_text(&j, "type", sv_of(b->type != NULL ? b->type : "alert.new"));
	json_open(&j, "data");
	json_text(&j, "severity", SV("high"));
	if (b->type != NULL) {
		json_open(&j, "update");
		json_text(&j, "reason", SV("title"));
		json_close(&j);
	}
	json_open(&j, "filter");
	json_text(&j, "name", filter);
	json_close(&j);
	json_open(&j, "item");
	json_text(&j, "title", title);
	json_text(&j, "link", title);
	json_close(&j);
	json_close(&j);
	json_close(&j);
}

static bool
make(struct bench *b, struct sv id)
{
	static const char *const to[] = { "a@x.test", "b@y.test" };
	struct message m = { "tocsin@example.org", to, 2, id,
		str_sv(&b->document), CREATED };

	str_clear(&b->out);
	return message_make(&m, &b->out);
}

/* The mail of an alert with that title. */
static const char *
of_title(struct bench *b, struct sv title)
{
	write_document(b, SV("truce"), title);
	assert_true(make(b, SV("alr_a")));
	return str_c(&b->out);
}

static void
a_subject_says_what_is_new_about_a_story(void **state)
{
	struct bench *b = *state;

	b->type = "alert.update";
	assert_non_null(strstr(of_title(b, SV("Ceasefire holds")),
	    "\r\nSubject: [high] truce (update: title): Ceasefire holds\r\n"));
	b->type = "alert.confirmed";
	assert_non_null(strstr(of_title(b, SV("Ceasefire holds")),
	    "\r\nSubject: [high] truce (confirmed): Ceasefire holds\r\n"));
}

static void
a_subject_says_what_is_wrong(void **state)
{
	struct bench *b = *state;

	str_clear(&b->document);
	(void)str_adds(&b->document,
	    "{\"type\":\"feed.gap\",\"data\":{\"severity\":\"high\","
	    "\"trouble\":{\"title\":\"Feed wire may have lost items\"}}}");
	assert_true(make(b, SV("alr_a")));
	assert_non_null(strstr(str_c(&b->out),
	    "\r\nSubject: [high] feed gap: Feed wire may have lost "
	    "items\r\n"));
}

static void
a_mail_has_a_head_a_text_and_the_document(void **state)
{
	static const char want[] =
	    "From: <tocsin@example.org>\r\n"
	    "To: <a@x.test>,\r\n"
	    " <b@y.test>\r\n"
	    "Subject: [high] truce: Ceasefire holds\r\n"
	    "Date: Tue, 26 Mar 2024 05:12:09 +0000\r\n"
	    "Message-ID: <alr_a@tocsin.example.org>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed; boundary=\"=_tocsin\"\r\n"
	    "\r\n" PART "\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "HIGH  truce\r\n"
	    "  Ceasefire holds\r\n";
	struct bench *b = *state;
	const char *mail = of_title(b, SV("Ceasefire holds"));
	const char *last = strstr(
	    mail, PART "\r\nContent-Type: application/json");

	assert_memory_equal(mail, want, sizeof(want) - 1);
	assert_non_null(last);
	assert_non_null(strstr(last, "filename=\"alr_a.json\"\r\n"));
	last = strstr(last, "\r\n\r\n");
	assert_non_null(last);
	last += 4;
	assert_true(sv_ends(str_sv(&b->out), SV("\r\n" PART "--\r\n")));
	str_clear(&b->text); /* without its line breaks */
	for (; strncmp(last, PART, strlen(PART)) != 0; last++)
		if (*last != '\r' && *last != '\n')
			(void)str_addc(&b->text, *last);
	str_clear(&b->out);
	assert_true(base64_decode(&b->out, str_sv(&b->text)));
	assert_string_equal(str_c(&b->out), str_c(&b->document));
}

static void
assert_lines(struct bench *b)
{
	struct sv rest = str_sv(&b->out), line;

	while (sv_split(&rest, '\n', &line)) {
		assert_int_equal(line.p[line.len - 1], '\r');
		assert_true(line.len <= 79);
		assert_false(line.p[0] == '.');
		assert_false(sv_starts(line, SV("From ")));
		for (size_t i = 0; i + 1 < line.len; i++)
			if (line.p[i] < ' ' || line.p[i] > '~')
				fail_msg("byte %d", line.p[i]);
	}
}

/* The subject, with its encoded words decoded. */
static const char *
subject(struct bench *b)
{
	struct sv rest = sv_from(
	    str_sv(&b->out), sv_find(str_sv(&b->out), SV("Subject: ")) + 9);
	size_t end;

	str_clear(&b->text);
	rest = sv_sub(rest, 0, sv_find(rest, SV("\r\nDate: ")));
	while (sv_starts(rest, SV("=?UTF-8?B?"))) {
		struct str word;

		rest = sv_from(rest, 10);
		end = sv_find(rest, SV("?="));
		str_init(&word, 100);
		assert_true(base64_decode(&word, sv_sub(rest, 0, end)));
		assert_true(utf8_valid(str_sv(&word)));
		(void)str_add(&b->text, str_sv(&word));
		str_done(&word);
		rest = sv_from(rest, end + 2);
		if (sv_starts(rest, SV("\r\n ")))
			rest = sv_from(rest, 3);
	}
	(void)str_add(&b->text, rest);
	return str_c(&b->text);
}

static void
titles_stay_in_the_subject(void **state)
{
	static const struct {
		struct sv title;
		const char *subject;
	} rows[] = {
		{ SV("a\r\nBcc: x@y.test\r\n\r\nbody"),
		    "[high] truce: a Bcc: x@y.test body" },
		{ SV("a\0b"), "[high] truce: a?b" },
		{ SV("=?utf-8?q?=0D=0ABcc?="),
		    "[high] truce: =?utf-8?q?=0D=0ABcc?=" },
		{ SV("\xd8\xba\xd8\xb2\xd8\xa9 \xe2\x80\xae!"),
		    "[high] truce: \xd8\xba\xd8\xb2\xd8\xa9 ?!" },
		{ SV("\xff\xc3"), "[high] truce: \xef\xbf\xbd\xef\xbf\xbd" },
		{ SV(""), "[high] truce" },
		{ SV("  a \t b  "), "[high] truce: a b" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNTOF(rows); i++) {
		(void)of_title(b, rows[i].title);
		assert_lines(b);
		assert_string_equal(subject(b), rows[i].subject);
		assert_null(strstr(str_c(&b->out), "\r\nBcc"));
		assert_null(strstr(str_c(&b->out), "=?utf-8?q?"));
	}
}

static void
long_texts_are_cut_and_folded(void **state)
{
	struct bench *b = *state;
	struct str title;

	str_init(&title, MiB(4));
	for (size_t i = 0; i < 400000; i++)
		(void)str_adds(&title, i % 2 == 0 ? "\xe5\x81\x9c" : "x");
	(void)of_title(b, str_sv(&title));
	assert_lines(b);
	assert_true(strlen(subject(b)) <= 300);
	assert_true(strlen(subject(b)) > 290);
	str_clear(&title);
	for (size_t i = 0; i < 100000; i++)
		(void)str_adds(&title, "From .= \t");
	(void)of_title(b, str_sv(&title));
	assert_lines(b);
	str_done(&title);
}

/* Every cut of a line, at every offset. */
static void
quoted_printable_is_cut_well(void **state)
{
	struct bench *b = *state;
	char title[200];

	for (size_t i = 60; i < 90; i++) {
		memset(title, 'a', sizeof(title));
		memcpy(title + i, "\xd8\xba.=F", 5);
		(void)of_title(b, (struct sv) { title, sizeof(title) });
		assert_lines(b);
	}
}

static void
what_is_no_alert_makes_no_mail(void **state)
{
	struct bench *b = *state;

	write_document(b, SV("f"), SV("t"));
	assert_false(make(b, SV("")));
	assert_false(make(b, SV("a>\r\nBcc: x")));
	assert_false(make(b, SV("a@b")));
	str_clear(&b->document);
	(void)str_adds(&b->document, "{}");
	assert_false(make(b, SV("alr_a")));
	str_clear(&b->document);
	assert_false(make(b, SV("alr_a")));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_mail_has_a_head_a_text_and_the_document),
		T(a_subject_says_what_is_new_about_a_story),
		T(a_subject_says_what_is_wrong),
		T(titles_stay_in_the_subject),
		T(long_texts_are_cut_and_folded),
		T(quoted_printable_is_cut_well),
		T(what_is_no_alert_makes_no_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
