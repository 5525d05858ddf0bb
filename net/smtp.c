/* net/smtp.c: the part of an SMTP session from MAIL to the final reply. */
#include "net/smtp.h"

#include "base/limits.h"

static void
say_recipient(struct smtp *s)
{
	(void)str_addf(&s->out, "RCPT TO:<%s>\r\n", s->mail->to[s->recipient]);
}

void
smtp_init(struct smtp *s, const struct smtp_mail *m)
{
	*s = (struct smtp) { .mail = m };
	str_init(&s->out, 2 * m->message.len + KiB(4));
	str_init(&s->line, SMTP_LINE_BYTES);
	(void)str_addf(&s->out, "MAIL FROM:<%s>\r\n", m->from);
}

void
smtp_done(struct smtp *s)
{
	str_done(&s->out);
	str_done(&s->line);
}

/* A dot at the begin of a line is doubled (section 4.5.2). */
static void
say_message(struct smtp *s)
{
	struct sv rest = s->mail->message;

	while (rest.len != 0) {
		size_t n = sv_chr(rest, '\n') + 1;

		if (rest.p[0] == '.')
			(void)str_addc(&s->out, '.');
		(void)str_add(&s->out, sv_sub(rest, 0, n));
		rest = sv_from(rest, n);
	}
	(void)str_adds(&s->out, ".\r\n");
}

/* Each of what was said is answered by a reply of this first digit. */
static char
wanted(enum smtp_step step)
{
	return step == SMTP_DATA ? '3' : '2';
}

static void
go_on(struct smtp *s)
{
	switch (s->step) {
	case SMTP_MAIL:
		s->step = SMTP_RCPT;
		say_recipient(s);
		return;
	case SMTP_RCPT:
		if (++s->recipient < s->mail->nto) {
			say_recipient(s);
			return;
		}
		s->step = SMTP_DATA;
		(void)str_adds(&s->out, "DATA\r\n");
		return;
	case SMTP_DATA:
		s->step = SMTP_MESSAGE;
		say_message(s);
		return;
	case SMTP_MESSAGE:
		break;
	}
	BUG("nothing is left to say");
}

static const char *
subject_of(const struct smtp *s)
{
	switch (s->step) {
	case SMTP_MAIL:
		return s->mail->from;
	case SMTP_RCPT:
		return s->mail->to[s->recipient];
	case SMTP_DATA:
	case SMTP_MESSAGE:
		return "the message";
	}
	BUG("no such step");
}

static enum smtp_verdict
end(struct smtp *s, enum smtp_verdict v)
{
	str_clear(&s->out);
	(void)str_adds(&s->out, "QUIT\r\n");
	return v;
}

/* Who does not get the mail; nothing when there is nobody. */
static void
say_refused(const struct smtp *s, struct err *why)
{
	if (s->nrefused == 0)
		return;
	*why = s->refused;
	if (s->nrefused > 1)
		(void)err_wrap(
		    why, "%zu recipients were refused, the first", s->nrefused);
}

static enum smtp_verdict
proceed(struct smtp *s, struct err *why)
{
	if (s->step != SMTP_MESSAGE) {
		go_on(s);
		return SMTP_TALKING;
	}
	say_refused(s, why);
	return end(s, SMTP_ACCEPTED);
}

/* A recipient is refused for good: on to the next one, if anybody is left. */
static enum smtp_verdict
pass_over(struct smtp *s, const struct err *told, struct err *why)
{
	if (s->nrefused++ == 0)
		s->refused = *told;
	if (s->nrefused < s->mail->nto) {
		go_on(s);
		return SMTP_TALKING;
	}
	say_refused(s, why);
	return end(s, SMTP_REFUSED);
}

/* The last line of a reply. */
static enum smtp_verdict
judge(struct smtp *s, struct sv line, struct err *why)
{
	struct err told;

	if (line.p[0] == wanted(s->step))
		return proceed(s, why);
	(void)err_set(&told, "the server answered to %s: %.*s", subject_of(s),
	    SV_ARG(line));
	if (s->step == SMTP_RCPT && line.p[0] == '5')
		return pass_over(s, &told, why);
	*why = told;
	return end(s,
	    line.p[0] == '5' && s->step != SMTP_MAIL ? SMTP_REFUSED
						     : SMTP_LATER);
}

static bool
is_reply(struct sv line)
{
	return line.len >= 3 && line.p[0] >= '2' && line.p[0] <= '5' &&
	    ascii_is_digit(line.p[1]) && ascii_is_digit(line.p[2]) &&
	    (line.len == 3 || line.p[3] == ' ' || line.p[3] == '-');
}

/* A line is there; `more` came behind it. */
static enum smtp_verdict
take_line(struct smtp *s, bool more, struct err *why)
{
	struct sv line = sv_trim(str_sv(&s->line));
	enum smtp_verdict v;

	if (!is_reply(line)) {
		(void)err_set(
		    why, "the server speaks no SMTP: %.*s", SV_ARG(line));
		return end(s, SMTP_LATER);
	}
	if (line.len > 3 && line.p[3] == '-')
		return SMTP_TALKING;
	v = judge(s, line, why);
	if (v != SMTP_TALKING || !more)
		return v;
	(void)err_set(why, "the server answers before it is asked");
	return end(s, SMTP_LATER);
}

enum smtp_verdict
smtp_take(struct smtp *s, struct sv bytes, struct err *why)
{
	enum smtp_verdict v = SMTP_TALKING;

	while (bytes.len != 0 && v == SMTP_TALKING) {
		size_t n = sv_chr(bytes, '\n');
		struct sv rest = sv_from(bytes, n + 1);
		struct sv part = sv_sub(bytes, 0, n);

		s->taken += part.len + 1;
		if (s->taken > SMTP_REPLY_BYTES) {
			(void)err_set(why,
			    "the server's reply is larger than %zu bytes",
			    SMTP_REPLY_BYTES);
			return end(s, SMTP_LATER);
		}
		(void)str_add(
		    &s->line, sv_sub(part, 0, s->line.max - s->line.len));
		if (n < bytes.len) {
			v = take_line(s, rest.len != 0, why);
			str_clear(&s->line);
		}
		if (s->out.len != 0)
			s->taken = 0;
		bytes = rest;
	}
	return v;
}
