/* tests/fuzz/fuzz_mail.c: whatever a title holds, a mail stays one: printable
 * ASCII in lines, the headers that it should have and no other; and whatever a
 * server replies, a session ends or goes on. */
#include "alerts/message.h"
#include "net/smtp.h"

#include "base/json.h"
#include "base/limits.h"

#include <assert.h>
#include <locale.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_document(struct str *out, struct sv text)
{
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
	json_open(&j, "data");
	json_text(&j, "severity", SV("low"));
	json_open(&j, "filter");
	json_text(&j, "name", text);
	json_close(&j);
	json_open(&j, "item");
	json_text(&j, "title", text);
	json_text(&j, "link", text);
	json_close(&j);
	json_text(&j, "excerpt", text);
	json_close(&j);
	json_close(&j);
}

static void
check_line(struct sv line)
{
	assert(line.len >= 1 && line.len <= 79);
	assert(line.p[line.len - 1] == '\r' && line.p[0] != '.');
	for (size_t i = 0; i + 1 < line.len; i++)
		assert(line.p[i] >= ' ' && line.p[i] <= '~');
}

static void
check_message(struct sv mail)
{
	static const char initials[] = "FTSDMAMC"; /* From, To, ... */
	bool in_head = true;
	size_t headers = 0;
	struct sv line;

	while (sv_split(&mail, '\n', &line)) {
		check_line(line);
		in_head = in_head && line.len != 1;
		if (in_head && line.p[0] != ' ')
			assert(line.p[0] == initials[headers++]);
	}
	assert(headers == sizeof(initials) - 1);
}

static void
make(struct sv text)
{
	static const char *const to[] = { "a@x.test" };
	struct message m = { "tocsin@x.test", to, 1, SV("alr_a"), SV_NONE, 0 };
	struct str document, out;

	str_init(&document, ALERT_BYTES);
	str_init(&out, MESSAGE_BYTES);
	write_document(&document, text);
	m.document = str_sv(&document);
	assert(message_make(&m, &out));
	check_message(str_sv(&out));
	str_done(&document);
	str_done(&out);
}

static void
talk(struct sv replies, size_t step)
{
	static const char *const to[] = { "a@x.test", "b@x.test" };
	static const struct smtp_mail mail = { "f@x.test", to, 2,
		{ ".a\r\n", 4 } };
	enum smtp_verdict v = SMTP_TALKING;
	struct err why = { "" };
	struct smtp s;

	smtp_init(&s, &mail);
	for (; replies.len != 0 && v == SMTP_TALKING;
	     replies = sv_from(replies, step)) {
		str_clear(&s.out);
		v = smtp_take(&s, sv_sub(replies, 0, step), &why);
	}
	if (v == SMTP_LATER || v == SMTP_REFUSED)
		assert(why.msg[0] != '\0');
	else if (v == SMTP_TALKING)
		assert(why.msg[0] == '\0');
	assert(v == SMTP_TALKING || sv_is(str_sv(&s.out), "QUIT\r\n"));
	smtp_done(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = sv_sub(
	    (struct sv) { (const char *)data, size }, 0, KiB(16));

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	make(in);
	talk(in, 1);
	talk(in, 7);
	return 0;
}
