/* alerts/outbox.c: what to do after an attempt to deliver. */
#include "alerts/outbox.h"

#include "base/clock.h"

#define PATIENCE_MS HOUR_MS

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

static int64_t
longest_wait(const struct outbox_policy *p, const struct outbox_result *r)
{
	int64_t most_ms = r->retry_within_ms;

	if (most_ms == 0 || most_ms > p->retry_max_ms)
		return p->retry_max_ms;
	return most_ms > p->retry_min_ms ? most_ms : p->retry_min_ms;
}

int64_t
outbox_next_try(const struct outbox_policy *p, unsigned attempts,
    int64_t now_ms, const struct outbox_result *r, double jitter)
{
	int64_t wait_ms = p->retry_min_ms, asked_ms = r->retry_after_ms;
	int64_t most_ms = longest_wait(p, r);

	for (unsigned i = 1; i < attempts && wait_ms < most_ms; i++)
		wait_ms *= 2;
	if (wait_ms > most_ms)
		wait_ms = most_ms;
	wait_ms += (int64_t)((double)wait_ms * jitter / 5);
	if (asked_ms > HTTP_WAIT_MAX_MS)
		asked_ms = HTTP_WAIT_MAX_MS;
	return now_ms + (asked_ms > wait_ms ? asked_ms : wait_ms);
}

enum outbox_circuit
outbox_circuit(const struct outbox_outage *o, bool sending)
{
	if (o->failures == 0)
		return OUTBOX_CLOSED;
	return sending ? OUTBOX_PROBING : OUTBOX_OPEN;
}

void
outbox_failed(struct outbox_outage *o, const struct outbox_policy *p,
    const struct outbox_result *r, bool given_up, int64_t now_ms, double jitter)
{
	struct outbox_result soon = *r;

	if (given_up)
		soon.retry_within_ms = OUTBOX_FIRST_MS;
	if (o->failures++ == 0)
		o->since_ms = now_ms;
	o->tried_ms = now_ms;
	o->next_ms = outbox_next_try(p, o->failures, now_ms, &soon, jitter);
}

int64_t
outbox_resume(const struct outbox_outage *o, const struct outbox_policy *p,
    int64_t now_ms)
{
	int64_t from_ms = o->tried_ms > now_ms ? o->tried_ms : now_ms;

	if (o->failures == 0 || o->next_ms <= from_ms)
		return now_ms;
	if (o->next_ms - from_ms > HTTP_WAIT_MAX_MS)
		return now_ms + p->retry_max_ms;
	return now_ms + (o->next_ms - from_ms);
}

bool
outbox_is_over(const struct outbox_policy *p, int64_t created_ms,
    int64_t now_ms, int64_t failing_ms)
{
	int64_t least_ms = p->give_up_ms < PATIENCE_MS ? p->give_up_ms
						       : PATIENCE_MS;

	return p->give_up_ms >= 0 && now_ms - created_ms >= p->give_up_ms &&
	    failing_ms >= least_ms;
}

int64_t
outbox_pace_next(const struct outbox_pace *p, int64_t spent_ms, int64_t now_ms)
{
	int64_t credit_ms = p->gap_ms * (int64_t)(p->burst - 1);
	int64_t next_ms = spent_ms - credit_ms;

	return p->gap_ms == 0 || next_ms < now_ms ? now_ms : next_ms;
}

void
outbox_spend(const struct outbox_pace *p, int64_t *spent_ms, int64_t now_ms)
{
	if (*spent_ms < now_ms)
		*spent_ms = now_ms;
	*spent_ms += p->gap_ms;
}
