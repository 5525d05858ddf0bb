/* tests/unit/test_sign.c: Standard Webhooks signatures. */
#include "alerts/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* The vector of the specification's own test suites. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define STAMP 1614265330
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

#define OTHER "another secret, of plain text"

static void
the_published_vector_is_reproduced(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 1000);
	sign_add(&out, SV(SECRET), SV(ID), STAMP, SV(BODY));
	assert_string_equal(str_c(&out), SIGNATURE);
	str_done(&out);
}

static void
during_a_rotation_both_secrets_verify(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 1000);
	sign_add(&out, SV(OTHER), SV(ID), STAMP, SV(BODY));
	sign_add(&out, SV(SECRET), SV(ID), STAMP, SV(BODY));
	assert_non_null(strstr(str_c(&out), " " SIGNATURE));
	assert_true(sign_verify(
	    str_sv(&out), SV(SECRET), SV(ID), STAMP, SV(BODY), STAMP));
	assert_true(sign_verify(
	    str_sv(&out), SV(OTHER), SV(ID), STAMP, SV(BODY), STAMP));
	assert_false(sign_verify(str_sv(&out), SV("yet another plain secret"),
	    SV(ID), STAMP, SV(BODY), STAMP));
	str_done(&out);
}

static void
whatever_differs_is_refused(void **state)
{
	static const struct {
		const char *what, *header, *id, *body;
		int64_t stamp, now;
		bool ok;
	} rows[] = {
		{ "as signed", SIGNATURE, ID, BODY, STAMP, STAMP, true },
		{ "five minutes late", SIGNATURE, ID, BODY, STAMP, STAMP + 300,
		    true },
		{ "later", SIGNATURE, ID, BODY, STAMP, STAMP + 301, false },
		{ "from the future", SIGNATURE, ID, BODY, STAMP, STAMP - 301,
		    false },
		{ "other id", SIGNATURE, "msg_x", BODY, STAMP, STAMP, false },
		{ "other body", SIGNATURE, ID, BODY " ", STAMP, STAMP, false },
		{ "other time", SIGNATURE, ID, BODY, STAMP + 1, STAMP, false },
		{ "no header", "", ID, BODY, STAMP, STAMP, false },
		{ "cut short", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOL", ID,
		    BODY, STAMP, STAMP, false },
		{ "other version",
		    "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", ID, BODY,
		    STAMP, STAMP, false },
		{ "one of three", "v1a,xx " SIGNATURE " v1,yy", ID, BODY, STAMP,
		    STAMP, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (sign_verify(sv_of(rows[i].header), SV(SECRET),
			sv_of(rows[i].id), rows[i].stamp, sv_of(rows[i].body),
			rows[i].now) != rows[i].ok)
			fail_msg("%s", rows[i].what);
}

static void
secrets_are_checked(void **state)
{
	static const struct {
		const char *secret;
		bool ok;
	} rows[] = {
		{ SECRET, true },
		{ OTHER, true },
		{ "", false },
		{ "short", false },
		{ "whsec_", false },
		{ "whsec_c2hvcnQ=", false },
		{ "whsec_not base64 at all, but long enough", false },
		{ "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4"
		  "OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OQ==",
		    false },
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		e.msg[0] = '\0';
		if (sign_secret_ok(sv_of(rows[i].secret), &e) != rows[i].ok)
			fail_msg("%s", rows[i].secret);
		assert_true(rows[i].ok || e.msg[0] != '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vector_is_reproduced),
		cmocka_unit_test(during_a_rotation_both_secrets_verify),
		cmocka_unit_test(whatever_differs_is_refused),
		cmocka_unit_test(secrets_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
