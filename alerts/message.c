/* alerts/message.c: an alert as a mail: headers, text, attachment. */
#include "alerts/message.h"

#include "alerts/alert.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#define SUBJECT_BYTES 300
#define WORD_BYTES 39 /* of UTF-8, in one encoded word of 64 */
#define QP_COLUMNS 76
#define BASE64_BYTES 57 /* in one line of 76 */
#define PLAIN_COLUMNS 68 /* of a subject in one line */

/* No "=" is followed by "_" in either encoding. */
#define BOUNDARY "=_tocsin"

static struct sv
text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return (struct sv) { json_string_value(v), json_string_length(v) };
}

static bool
is_plain(struct sv text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] < ' ' || text.p[i] > '~')
			return false;
	return text.len <= PLAIN_COLUMNS && sv_find(text, SV("=?")) == text.len;
}

/* Encoded words (RFC 2047), each whole by itself. */
static void
put_encoded(struct str *out, struct sv text)
{
	for (bool first = true; text.len != 0; first = false) {
		struct sv word = utf8_prefix(text, WORD_BYTES);

		(void)str_adds(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		base64_encode(out, word);
		(void)str_adds(out, "?=");
		text = sv_from(text, word.len);
	}
}

/* "[high] gaza-ceasefire (confirmed): Title" or, of trouble, "[high] feed
 * failing: Title"; on one line and printable. */
static void
put_subject(struct str *out, const json_t *root)
{
	const json_t *data = json_object_get(root, "data");
	const json_t *trouble = json_object_get(data, "trouble");
	struct sv title = text_of(
	    trouble != NULL ? trouble : json_object_get(data, "item"), "title");
	struct sv filter = text_of(json_object_get(data, "filter"), "name");
	struct sv severity = text_of(data, "severity"), subject;
	bool unconfirmed = json_is_true(
	    json_object_get(json_object_get(data, "story"), "unconfirmed"));
	char clean[SUBJECT_BYTES + 1], kind[ALERT_KIND_BYTES];
	struct str all;

	alert_kind(text_of(root, "type"),
	    text_of(json_object_get(data, "update"), "reason"), kind);
	subject = trouble != NULL ? sv_of(kind) : filter;
	str_init(&all, 2 * ALERT_BYTES);
	(void)str_addf(&all, "[%.*s%s] %.*s", SV_ARG(severity),
	    unconfirmed ? ", unconfirmed" : "", SV_ARG(subject));
	if (kind[0] != '\0' && trouble == NULL)
		(void)str_addf(&all, " (%s)", kind);
	(void)str_adds(&all, title.len != 0 ? ":" : "");
	str_add_words(&all, title);
	utf8_printable(str_sv(&all), clean, sizeof(clean));
	str_done(&all);
	(void)str_adds(out, "Subject: ");
	if (is_plain(sv_of(clean)))
		(void)str_adds(out, clean);
	else
		put_encoded(out, sv_of(clean));
	(void)str_adds(out, "\r\n");
}

static void
put_date(struct str *out, int64_t wall_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)(wall_ms / SEC_MS);
	struct tm tm = { 0 };

	(void)gmtime_r(&t, &tm);
	(void)str_addf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static bool
is_id(struct sv id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!ascii_is_alnum(id.p[i]) && id.p[i] != '_')
			return false;
	return id.len != 0;
}

static void
put_head(struct str *out, const struct message *m, const json_t *root)
{
	struct sv from = sv_of(m->from);

	(void)str_addf(out, "From: <%s>\r\n", m->from);
	for (size_t i = 0; i < m->nto; i++)
		(void)str_addf(out, "%s<%s>%s\r\n", i == 0 ? "To: " : " ",
		    m->to[i], i + 1 < m->nto ? "," : "");
	put_subject(out, root);
	put_date(out, m->created_ms);
	(void)str_addf(out,
	    "Message-ID: <%.*s@tocsin.%.*s>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\r\n"
	    "\r\n",
	    SV_ARG(m->id), SV_ARG(sv_from(from, sv_chr(from, '@') + 1)));
}

/* May it stand for itself?  A blank at the end of a line may not, and neither
 * may what means something to SMTP or to mailboxes at the begin of one. */
static bool
is_qp_literal(char c, size_t column, bool is_last)
{
	if (c == ' ')
		return !is_last;
	if (column == 0 && (c == '.' || c == 'F'))
		return false;
	return c > ' ' && c <= '~' && c != '=';
}

/* A line, quoted-printable (RFC 2045 section 6.7). */
static void
put_qp_line(struct str *out, struct sv line)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len; i++) {
		bool literal = is_qp_literal(
		    line.p[i], column, i + 1 == line.len);
		size_t width = literal ? 1 : 3;

		if (column + width > QP_COLUMNS - 1) {
			(void)str_adds(out, "=\r\n");
			column = 0;
			literal = is_qp_literal(
			    line.p[i], column, i + 1 == line.len);
			width = literal ? 1 : 3;
		}
		if (literal)
			(void)str_addc(out, line.p[i]);
		else
			(void)str_addf(out, "=%02X", (unsigned char)line.p[i]);
		column += width;
	}
	(void)str_adds(out, "\r\n");
}

static bool
put_text(struct str *out, struct sv document)
{
	struct str text;
	struct sv rest, line;
	bool ok;

	str_init(&text, 8 * ALERT_BYTES);
	ok = alert_format_text(document, false, &text);
	(void)str_adds(out,
	    "--" BOUNDARY "\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n");
	rest = str_sv(&text);
	while (sv_split(&rest, '\n', &line))
		put_qp_line(out, line);
	str_done(&text);
	return ok;
}

static void
put_attachment(struct str *out, struct sv id, struct sv document)
{
	(void)str_addf(out,
	    "--" BOUNDARY "\r\n"
	    "Content-Type: application/json\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment;\r\n"
	    " filename=\"%.*s.json\"\r\n"
	    "\r\n",
	    SV_ARG(id));
	while (document.len != 0) {
		base64_encode(out, sv_sub(document, 0, BASE64_BYTES));
		(void)str_adds(out, "\r\n");
		document = sv_from(document, BASE64_BYTES);
	}
	(void)str_adds(out, "--" BOUNDARY "--\r\n");
}

bool
message_make(const struct message *m, struct str *out)
{
	json_t *root = json_loadb(m->document.p != NULL ? m->document.p : "",
	    m->document.len, JSON_ALLOW_NUL, NULL);
	bool ok = is_id(m->id) && root != NULL;

	if (ok) {
		put_head(out, m, root);
		ok = put_text(out, m->document);
		put_attachment(out, m->id, m->document);
	}
	json_decref(root);
	return ok && !out->full;
}
