/* alerts/outbox.c: what to do after an attempt to deliver. */
#include "alerts/outbox.h"

#include "base/clock.h"

#include <time.h>

#define RETRY_AFTER_MOST_MS (7 * DAY_MS)

void
outbox_judge_status(
    int status, int64_t retry_after_ms, struct outbox_result *out)
{
	const char *hint = "";

	*out = (struct outbox_result) { .kind = DELIVERY_RETRY,
		.retry_after_ms = retry_after_ms };
	if (status >= 200 && status <= 299) {
		out->kind = DELIVERY_DONE;
		return;
	}
	if (status == 410) {
		out->kind = DELIVERY_CLOSED;
		hint = " (gone: it wants no more)";
	} else if (status >= 300 && status <= 399) {
		hint = " (a redirect, which is not followed)";
	}
	if (status == 0)
		(void)err_set(&out->why, "no answer");
	else
		(void)err_set(&out->why, "answered %d%s", status, hint);
}

/* The three forms of RFC 9110 section 5.6.7, all in GMT. */
static bool
parse_http_date(struct sv text, int64_t *out_s)
{
	static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT",
		"%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y" };
	char copy[64];

	if (text.len >= sizeof(copy))
		return false;
	for (size_t i = 0; i < text.len; i++)
		copy[i] = text.p[i];
	copy[text.len] = '\0';
	for (size_t i = 0; i < COUNTOF(forms); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(copy, forms[i], &tm);

		if (end != NULL && *end == '\0') {
			*out_s = timegm(&tm);
			return true;
		}
	}
	return false;
}

int64_t
outbox_retry_after(struct sv value, int64_t now_ms)
{
	uint64_t seconds;
	int64_t when_s, wait_ms;

	value = sv_trim(value);
	if (value.len != 0 && sv_to_u64(value, &seconds))
		return seconds < RETRY_AFTER_MOST_MS / SEC_MS
		    ? (int64_t)seconds * SEC_MS
		    : RETRY_AFTER_MOST_MS;
	if (!parse_http_date(value, &when_s))
		return -1;
	wait_ms = when_s * SEC_MS - now_ms;
	if (wait_ms > RETRY_AFTER_MOST_MS)
		wait_ms = RETRY_AFTER_MOST_MS;
	return wait_ms > 0 ? wait_ms : 0;
}

int64_t
outbox_next_try(const struct outbox_policy *p, unsigned attempts,
    int64_t now_ms, const struct outbox_result *r, double jitter)
{
	int64_t wait_ms = p->retry_min_ms, asked_ms = r->retry_after_ms;

	for (unsigned i = 1; i < attempts && wait_ms < p->retry_max_ms; i++)
		wait_ms *= 2;
	if (wait_ms > p->retry_max_ms)
		wait_ms = p->retry_max_ms;
	wait_ms += (int64_t)((double)wait_ms * jitter / 5);
	if (asked_ms > RETRY_AFTER_MOST_MS)
		asked_ms = RETRY_AFTER_MOST_MS;
	return now_ms + (asked_ms > wait_ms ? asked_ms : wait_ms);
}

int64_t
outbox_resume(const struct outbox_policy *p, int64_t created_ms,
    int64_t next_ms, int64_t now_ms)
{
	bool jumped = created_ms > now_ms ||
	    next_ms - now_ms > RETRY_AFTER_MOST_MS;

	if (jumped && next_ms > now_ms + p->retry_max_ms)
		return now_ms + p->retry_max_ms;
	return next_ms > now_ms ? next_ms : now_ms;
}

bool
outbox_is_over(
    const struct outbox_policy *p, int64_t created_ms, int64_t now_ms)
{
	return p->give_up_ms >= 0 && now_ms - created_ms >= p->give_up_ms;
}
