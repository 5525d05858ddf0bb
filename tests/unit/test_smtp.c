/* tests/unit/test_smtp.c: how a mail is handed over, without a network. */
#include "net/smtp.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const char *const to[] = { "a@x.test", "b@x.test" };
static const struct smtp_mail mail = { "from@x.test", to, 2,
	{ "H: 1\r\n\r\n.\r\n..a\r\nb.\r\n", 20 } };

#define TOLD "the server answered to "
#define ASKED \
	"MAIL FROM:<from@x.test>\r\n" \
	"RCPT TO:<a@x.test>\r\n" \
	"RCPT TO:<b@x.test>\r\n" \
	"DATA\r\n"
#define SENT "H: 1\r\n\r\n..\r\n...a\r\nb.\r\n.\r\n"

/* A session: what is said goes to `said`; the server's replies are the lines of
 * `replies`, each given `step` bytes at a time after something was said. */
static enum smtp_verdict
hold(const char *replies, size_t step, struct str *said, struct err *why)
{
	enum smtp_verdict v = SMTP_TALKING;
	struct sv rest = sv_of(replies), reply;
	struct smtp s;

	why->msg[0] = '\0';
	smtp_init(&s, &mail);
	while (v == SMTP_TALKING && sv_split(&rest, '|', &reply)) {
		(void)str_add(said, str_sv(&s.out));
		str_clear(&s.out);
		for (; v == SMTP_TALKING && reply.len != 0;
		     reply = sv_from(reply, step))
			v = smtp_take(&s, sv_sub(reply, 0, step), why);
	}
	(void)str_add(said, str_sv(&s.out));
	smtp_done(&s);
	return v;
}

static const struct {
	const char *what, *replies;
	enum smtp_verdict verdict;
	const char *said; /* its end */
	const char *why;
} sessions[] = {
	{ "all is well",
	    "250 ok\r\n|250 ok\r\n|251 ok\r\n|354 go\r\n|250 ok\r\n",
	    SMTP_ACCEPTED, ASKED SENT "QUIT\r\n", "" },
	{ "replies of several lines, one of bare numbers",
	    "250-a\r\n250 b\r\n|250\r\n|250-\r\n250\r\n|354\n|250\n",
	    SMTP_ACCEPTED, ASKED SENT "QUIT\r\n", "" },
	{ "the last reply decides, whatever comes behind it",
	    "250 ok\r\n|250 ok\r\n|250 ok\r\n|354 go\r\n|"
	    "250 ok\r\n421 bye\r\n",
	    SMTP_ACCEPTED, "QUIT\r\n", "" },
	{ "the sender is refused: our trouble", "550 5.7.1 no\r\n", SMTP_LATER,
	    "MAIL FROM:<from@x.test>\r\nQUIT\r\n",
	    TOLD "from@x.test: 550 5.7.1 no" },
	{ "a recipient later", "250 ok\r\n|250 ok\r\n|450 grey\r\n", SMTP_LATER,
	    "RCPT TO:<b@x.test>\r\nQUIT\r\n", TOLD "b@x.test: 450 grey" },
	{ "a recipient never: the other one gets it",
	    "250 ok\r\n|550-no\r\n550 no such user\r\n|250 ok\r\n|354 go\r\n|"
	    "250 ok\r\n",
	    SMTP_ACCEPTED, ASKED SENT "QUIT\r\n",
	    TOLD "a@x.test: 550 no such user" },
	{ "so does the first when it is the last",
	    "250 ok\r\n|250 ok\r\n|553 no\r\n|354 go\r\n|250 ok\r\n",
	    SMTP_ACCEPTED, ASKED SENT "QUIT\r\n", TOLD "b@x.test: 553 no" },
	{ "no recipient, never", "250 ok\r\n|550 no\r\n|551 nor him\r\n",
	    SMTP_REFUSED, "RCPT TO:<b@x.test>\r\nQUIT\r\n",
	    "2 recipients were refused, the first: " TOLD "a@x.test: 550 no" },
	{ "one never, one later", "250 ok\r\n|550 no\r\n|450 grey\r\n",
	    SMTP_LATER, "RCPT TO:<b@x.test>\r\nQUIT\r\n",
	    TOLD "b@x.test: 450 grey" },
	{ "one never, and then the message later",
	    "250 ok\r\n|550 no\r\n|250 ok\r\n|354 go\r\n|451 no\r\n",
	    SMTP_LATER, SENT "QUIT\r\n", TOLD "the message: 451 no" },
	{ "no data", "250 ok\r\n|250 ok\r\n|250 ok\r\n|554 no\r\n",
	    SMTP_REFUSED, "DATA\r\nQUIT\r\n", TOLD "the message: 554" },
	{ "data at once: that is no 354",
	    "250 ok\r\n|250 ok\r\n|250 ok\r\n|250 go\r\n", SMTP_LATER,
	    "DATA\r\nQUIT\r\n", TOLD "the message: 250 go" },
	{ "the message never",
	    "250 ok\r\n|250 ok\r\n|250 ok\r\n|354 go\r\n|552 big\r\n",
	    SMTP_REFUSED, ".\r\nQUIT\r\n", TOLD "the message: 552 big" },
	{ "the message later",
	    "250 ok\r\n|250 ok\r\n|250 ok\r\n|354 go\r\n|421 bye\r\n",
	    SMTP_LATER, ".\r\nQUIT\r\n", TOLD "the message: 421 bye" },
	{ "no reply", "hello\r\n", SMTP_LATER, "QUIT\r\n", "no SMTP: hello" },
	{ "an empty line", "\r\n", SMTP_LATER, "QUIT\r\n", "no SMTP" },
	{ "no such code", "150 ok\r\n", SMTP_LATER, "QUIT\r\n", "no SMTP" },
	{ "a long number", "2500 ok\r\n", SMTP_LATER, "QUIT\r\n", "no SMTP" },
	{ "what a terminal would obey", "551 \033[2J\r\n", SMTP_LATER,
	    "QUIT\r\n", "551 ?[2J" },
};

static void
replies_decide(void **state)
{
	struct str said;
	struct err why;

	(void)state;
	str_init(&said, MiB(1));
	for (size_t i = 0; i < COUNTOF(sessions); i++) {
		for (size_t step = 1; step < 100; step += 48) {
			enum smtp_verdict v;

			str_clear(&said);
			v = hold(sessions[i].replies, step, &said, &why);
			if (v != sessions[i].verdict ||
			    !sv_ends(str_sv(&said), sv_of(sessions[i].said)) ||
			    strstr(why.msg, sessions[i].why) == NULL ||
			    (sessions[i].why[0] == '\0' && why.msg[0] != '\0'))
				fail_msg("%s: %d, %s\n%s", sessions[i].what, v,
				    why.msg, str_c(&said));
		}
	}
	str_done(&said);
}

static void
who_answers_before_being_asked_is_not_believed(void **state)
{
	struct str said;
	struct err why;

	(void)state;
	str_init(&said, MiB(1));
	assert_int_equal(
	    hold("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n", 100,
		&said, &why),
	    SMTP_LATER);
	assert_non_null(strstr(why.msg, "before it is asked"));
	assert_null(strstr(str_c(&said), "DATA"));
	str_done(&said);
}

static void
a_reply_has_an_end(void **state)
{
	char *lines = mem_alloc(2 * SMTP_REPLY_BYTES);
	struct smtp s;
	struct err why;

	(void)state;
	memset(lines, 'x', 2 * SMTP_REPLY_BYTES);
	smtp_init(&s, &mail);
	str_clear(&s.out);
	assert_int_equal(smtp_take(&s, SV("250-"), &why), SMTP_TALKING);
	assert_int_equal(
	    smtp_take(&s, (struct sv) { lines, SMTP_REPLY_BYTES }, &why),
	    SMTP_LATER);
	assert_non_null(strstr(why.msg, "larger than"));
	smtp_done(&s);
	for (size_t i = 0; i + 6 <= 2 * SMTP_REPLY_BYTES; i += 6)
		memcpy(lines + i, "250-x\n", 6);
	smtp_init(&s, &mail);
	str_clear(&s.out);
	assert_int_equal(
	    smtp_take(&s, (struct sv) { lines, 2 * SMTP_REPLY_BYTES }, &why),
	    SMTP_LATER);
	smtp_done(&s);
	/* A long line is cut, not refused. */
	memset(lines, 'x', SMTP_REPLY_BYTES);
	memcpy(lines, "550 ", 4);
	lines[SMTP_REPLY_BYTES - 10] = '\n';
	smtp_init(&s, &mail);
	str_clear(&s.out);
	assert_int_equal(
	    smtp_take(&s, (struct sv) { lines, SMTP_REPLY_BYTES - 9 }, &why),
	    SMTP_LATER);
	assert_non_null(strstr(why.msg, "550 xxx"));
	smtp_done(&s);
	free(lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_decide),
		cmocka_unit_test(
		    who_answers_before_being_asked_is_not_believed),
		cmocka_unit_test(a_reply_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
