/* alerts/trouble.c: the daemon's own trouble in words. */
#include "alerts/trouble.h"

#include "base/clock.h"
#include "feeds/item.h"

static const struct {
	const char *type, *severity;
} kinds[] = {
#define ROW(kind, type, words, severity) [kind] = { type, severity },
	TROUBLE_KIND_ROWS(ROW)
#undef ROW
};

const char *
trouble_type(enum trouble_kind k)
{
	return kinds[k].type;
}

const char *
trouble_severity(enum trouble_kind k)
{
	return kinds[k].severity;
}

static void
add_time(struct str *out, int64_t ms)
{
	char iso[CLOCK_ISO_BYTES];

	clock_iso(ms, iso, sizeof(iso));
	(void)str_addf(out, "%.10s %.5s UTC", iso, iso + 11);
}

/* "3 d 4 h": the two largest units. */
static void
add_duration(struct str *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { DAY_MS, "d" }, { HOUR_MS, "h" }, { MIN_MS, "min" },
		{ SEC_MS, "s" } };
	size_t u = 0;

	while (u + 1 < COUNTOF(units) && ms < units[u].ms)
		u++;
	(void)str_addf(
	    out, "%lld %s", (long long)(ms / units[u].ms), units[u].name);
	ms %= units[u].ms;
	if (u + 1 < COUNTOF(units) && ms >= units[u + 1].ms)
		(void)str_addf(out, " %lld %s",
		    (long long)(ms / units[u + 1].ms), units[u + 1].name);
}

static void
add_name(struct str *out, const struct trouble *t)
{
	bool is_feed = t->feed.len != 0;
	struct sv name = is_feed ? t->feed : t->destination;

	(void)str_addf(
	    out, "%s %.*s", is_feed ? "Feed" : "Destination", SV_ARG(name));
}

static void
add_failing(struct str *out, const struct trouble *t, const char *when_stopped)
{
	add_name(out, t);
	if (t->stopped) {
		(void)str_adds(out, when_stopped);
	} else {
		(void)str_adds(out, " has been failing since ");
		add_time(out, t->since_ms);
	}
}

static const char *
several_do(enum trouble_kind k)
{
	switch (k) {
	case TROUBLE_FEED_FAILING:
		return "are failing";
	case TROUBLE_FEED_RECOVERED:
		return "work again";
	case TROUBLE_FEED_SILENT:
		return "bring nothing new";
	case TROUBLE_FEED_GAP:
		return "may have lost items";
	case TROUBLE_DESTINATION_FAILING:
	case TROUBLE_KINDS:
		break;
	}
	BUG("not told of several");
}

void
trouble_title(const struct trouble *t, struct str *out)
{
	if (t->count != 0) {
		(void)str_addf(
		    out, "%zu feeds %s", t->count, several_do(t->kind));
		return;
	}
	switch (t->kind) {
	case TROUBLE_FEED_FAILING:
		add_failing(out, t, " is gone for good");
		return;
	case TROUBLE_DESTINATION_FAILING:
		add_failing(out, t, " wants no more alerts");
		return;
	case TROUBLE_FEED_RECOVERED:
		add_name(out, t);
		(void)str_adds(out, " works again");
		return;
	case TROUBLE_FEED_SILENT:
		add_name(out, t);
		(void)str_adds(out, " has brought nothing new since ");
		add_time(out, t->since_ms);
		return;
	case TROUBLE_FEED_GAP:
		add_name(out, t);
		(void)str_adds(out, " may have lost items");
		return;
	case TROUBLE_KINDS:
		break;
	}
	BUG("no such trouble");
}

static void
add_feeds(struct str *out, const struct trouble *t)
{
	for (size_t i = 0; i < t->nfeeds; i++)
		(void)str_addf(
		    out, "%s%.*s", i == 0 ? "" : ", ", SV_ARG(t->feeds[i]));
	if (t->count > t->nfeeds)
		(void)str_addf(out, " and %zu more", t->count - t->nfeeds);
	(void)str_adds(out, ".");
}

static void
add_span(struct str *out, const struct trouble *t, const char *before,
    const char *after)
{
	add_time(out, t->since_ms);
	if (t->until_ms <= t->since_ms) /* the clock was set back */
		return;
	(void)str_adds(out, before);
	add_duration(out, t->until_ms - t->since_ms);
	(void)str_adds(out, after);
}

static void
add_failure(struct str *out, const struct trouble *t, const char *noun)
{
	if (t->error.len != 0)
		(void)str_addf(out, "The last error: %.*s. ", SV_ARG(t->error));
	if (t->failures > 1)
		(void)str_addf(
		    out, "%u %s failed in a row. ", t->failures, noun);
}

static void
add_feed_failure(struct str *out, const struct trouble *t)
{
	add_failure(out, t, "polls");
	(void)str_adds(out,
	    t->stopped
		? "It is not polled any more: change its URL or remove it."
		: "What it publishes now is not seen before it works again.");
}

static void
add_destination_failure(struct str *out, const struct trouble *t)
{
	add_failure(out, t, "attempts");
	(void)str_addf(out, "%lld alert%s. ", (long long)t->waiting,
	    t->waiting == 1 ? " waits" : "s wait");
	(void)str_adds(out,
	    t->stopped
		? "Nothing is sent to it before a reload or tocsin resume."
		: "It is tried again.");
}

void
trouble_text(const struct trouble *t, struct str *out)
{
	if (t->count != 0) {
		add_feeds(out, t);
		return;
	}
	switch (t->kind) {
	case TROUBLE_FEED_FAILING:
		add_feed_failure(out, t);
		return;
	case TROUBLE_DESTINATION_FAILING:
		add_destination_failure(out, t);
		return;
	case TROUBLE_FEED_RECOVERED:
		(void)str_adds(out, "It had been failing since ");
		add_span(out, t, ", for ", "");
		(void)str_adds(out,
		    t->incomplete
			? ". None of its items was there before: others may "
			  "have come and gone unseen."
			: ". No item seems to be missing.");
		return;
	case TROUBLE_FEED_SILENT:
		(void)str_adds(out, "It answers, but the last new item came ");
		add_span(out, t, " (", " before)");
		(void)str_adds(out, ".");
		return;
	case TROUBLE_FEED_GAP:
		(void)str_addf(out,
		    "All %zu items in it are new: others may have come and "
		    "gone unseen since the last good poll, ",
		    t->items);
		add_span(out, t, " (", " before)");
		(void)str_adds(out, ".");
		return;
	case TROUBLE_KINDS:
		break;
	}
	BUG("no such trouble");
}
