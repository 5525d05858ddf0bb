/* daemon/status.c: how the daemon is doing, for people who ask. */
#include "daemon/status.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"

/* Times may lie ahead when the clock was set back. */
static int64_t
seconds_since(int64_t ms, int64_t now_ms)
{
	return now_ms > ms ? (now_ms - ms) / SEC_MS : 0;
}

/* It may be late because the loop is. */
static int64_t
seconds_until(int64_t ms, int64_t now_ms)
{
	return ms > now_ms ? (ms - now_ms + SEC_MS - 1) / SEC_MS : 0;
}

static void
write_failing(const struct control_env *env, struct sv name,
    const struct subscription *s, struct json *out)
{
	int64_t since_ms = subscription_health(s)->failed_ms;
	unsigned failures;
	const char *error = subscription_error(s, &failures);

	json_open(out, NULL);
	json_text(out, "feed", name);
	json_int(out, "failures", failures);
	if (since_ms != 0)
		json_int(out, "failing_s",
		    seconds_since(since_ms, loop_wall_ms(env->loop)));
	if (subscription_is_gone(s))
		json_bool(out, "stopped", true);
	else
		json_int(out, "next_s",
		    seconds_until(
			subscription_due_ms(s), loop_now_ms(env->loop)));
	json_text_if(out, "error", sv_of(error));
	json_close(out);
}

/* Those whose silence is told of as feed.silent. */
static void
write_silent(const struct control_env *env, struct json *out)
{
	struct map_slot *slot;
	size_t n = 0;

	json_open_array(out, "silent");
	for (size_t i = 0; n < STATUS_FEEDS &&
	     (slot = map_next(env->subscriptions, &i)) != NULL;) {
		const struct feed_health *h = subscription_health(slot->value);

		if ((h->told & FEED_BIT(FEED_SILENT)) == 0)
			continue;
		json_open(out, NULL);
		json_text(out, "feed", slot->key);
		json_int(out, "quiet_s", h->quiet_ms / SEC_MS);
		json_close(out);
		n++;
	}
	json_close_array(out);
}

static void
write_feeds(const struct control_env *env, struct json *out)
{
	struct map_slot *slot;
	size_t failing = 0;

	json_open_array(out, "failing");
	for (size_t i = 0; (slot = map_next(env->subscriptions, &i)) != NULL;) {
		unsigned failures;

		(void)subscription_error(slot->value, &failures);
		if (failures != 0 && failing++ < STATUS_FEEDS)
			write_failing(env, slot->key, slot->value, out);
	}
	json_close_array(out);
	json_open(out, "feeds");
	json_int(out, "all", (int64_t)env->subscriptions->live);
	json_int(out, "failing", (int64_t)failing);
	json_close(out);
}

struct silence_list {
	struct json *out;
	int64_t now_ms;
};

static void
on_silence(struct sv filter, int64_t until_ms, void *arg)
{
	const struct silence_list *l = arg;

	json_open(l->out, NULL);
	json_text(l->out, "filter", filter);
	json_int(l->out, "for_s", (until_ms - l->now_ms + SEC_MS - 1) / SEC_MS);
	json_close(l->out);
}

static void
write_silences(const struct control_env *env, struct json *out)
{
	struct silence_list l = { out, loop_wall_ms(env->loop) };

	json_open_array(out, "silenced");
	silences_each(env->silences, l.now_ms, on_silence, &l);
	json_close_array(out);
}

static const char *
state_word(const struct delivery_state *d)
{
	if (d->paused)
		return "paused";
	if (d->closed)
		return "stopped";
	switch (d->circuit) {
	case OUTBOX_CLOSED:
		return "working";
	case OUTBOX_OPEN:
		return "failing";
	case OUTBOX_PROBING:
		return "probing";
	}
	BUG("no such circuit");
}

static void
write_outage(const struct delivery_state *d, int64_t now_ms, struct json *out)
{
	const struct outbox_outage *o = &d->outage;

	json_int(out, "failures", o->failures);
	if (d->circuit == OUTBOX_CLOSED)
		return;
	json_int(out, "failing_s", seconds_since(o->since_ms, now_ms));
	if (d->circuit == OUTBOX_OPEN && !d->paused && !d->closed)
		json_int(out, "next_s", seconds_until(o->next_ms, now_ms));
}

static bool
write_destination(const struct control_env *env, const struct delivery_state *d,
    const char *state, struct json *out, struct err *e)
{
	int64_t now_ms = loop_wall_ms(env->loop);
	struct store_queue q;

	if (!store_read_queue(env->store, sv_of(d->name), &q, e))
		return false;
	json_open(out, NULL);
	json_text(out, "destination", sv_of(d->name));
	json_text(out, "state", sv_of(state));
	json_int(out, "waiting", q.waiting);
	if (q.oldest_ms != 0)
		json_int(out, "oldest_s", seconds_since(q.oldest_ms, now_ms));
	json_int(out, "dead", q.dead);
	if (q.oldest_dead_ms != 0)
		json_int(out, "oldest_dead_s",
		    seconds_since(q.oldest_dead_ms, now_ms));
	write_outage(d, now_ms, out);
	json_text_if(out, "error", sv_of(d->error));
	if (d->error_ms != 0)
		json_int(out, "tried_s", seconds_since(d->error_ms, now_ms));
	json_close(out);
	return true;
}

/* Alerts that nobody will fetch are shown all the same. */
static bool
write_gone(const struct control_env *env, struct json *out, struct err *e)
{
	struct str name;
	bool ok;

	str_init(&name, CONFIG_BYTES);
	while ((ok = deliveries_next_gone(env->deliveries, &name, e)) &&
	    name.len != 0) {
		const struct delivery_state d = { .name = str_c(&name),
			.error = "" };

		ok = write_destination(env, &d, "gone", out, e);
		if (!ok)
			break;
	}
	str_done(&name);
	return ok;
}

bool
status_write(const struct control_env *env, struct json *out, struct err *e)
{
	struct delivery_state d;

	json_text(out, "version", SV(TOCSIN_VERSION));
	json_int(out, "uptime_s",
	    (loop_now_ms(env->loop) - env->started_ms) / SEC_MS);
	json_bool(out, "storing", !committer_is_stuck(env->committer));
	write_feeds(env, out);
	write_silent(env, out);
	write_silences(env, out);
	json_open_array(out, "destinations");
	for (size_t i = 0; deliveries_state(env->deliveries, i, &d); i++)
		if (!write_destination(env, &d, state_word(&d), out, e))
			return false;
	if (!write_gone(env, out, e))
		return false;
	json_close_array(out);
	return !out->out->full || err_set(e, "the answer is too long");
}
