/* feeds/health.c: what the polls of a feed say of its health. */
#include "feeds/health.h"

#include "base/clock.h"

#define OVERLAP_ITEMS 2 /* with one item, the next one replaces it */
#define PAUSES_LEAST 5
#define WATCHED_LEAST_MS (7 * DAY_MS)
#define SILENT_LEAST_MS DAY_MS
#define SILENT_EARLY_MS (14 * DAY_MS)
#define SILENT_PAUSES 3

static bool
is_told(const struct feed_health *h, enum feed_trouble t)
{
	return (h->told & FEED_BIT(t)) != 0;
}

static void
owe(struct feed_health *h, enum feed_trouble t)
{
	h->owed |= FEED_BIT(t);
}

static void
forgive(struct feed_health *h, enum feed_trouble t)
{
	h->owed &= ~FEED_BIT(t);
}

int64_t
feed_health_silent_after(const struct feed_health *h, int64_t silent_ms)
{
	int64_t least_ms = h->watched_ms - h->quiet_ms < WATCHED_LEAST_MS
	    ? SILENT_EARLY_MS
	    : SILENT_LEAST_MS;

	if (silent_ms >= 0)
		return silent_ms;
	if (h->pauses < PAUSES_LEAST)
		return 0;
	return h->longest_ms * SILENT_PAUSES > least_ms
	    ? h->longest_ms * SILENT_PAUSES
	    : least_ms;
}

/* The pause before the first new item began before it was watched: what is
 * known of it is less than it was. */
static void
end_pause(struct feed_health *h, int64_t wall_ms)
{
	if (h->new_ms != 0) {
		h->pauses++;
		if (h->quiet_ms > h->longest_ms)
			h->longest_ms = h->quiet_ms;
	}
	h->quiet_ms = 0;
	h->new_ms = wall_ms;
	forgive(h, FEED_SILENT);
	h->told &= ~FEED_BIT(FEED_SILENT);
}

static void
note_failure(struct feed_health *h, const struct feed_poll *p,
    const struct feed_patience *patience)
{
	if (h->failed_ms == 0)
		h->failed_ms = p->wall_ms;
	forgive(h, FEED_RECOVERED);
	if (!is_told(h, FEED_FAILING) &&
	    (p->gone ||
		(p->failures >= FEED_FAILURES_LEAST &&
		    h->out_ms >= patience->failing_ms)))
		owe(h, FEED_FAILING);
}

static void
note_overlap(struct feed_health *h, const struct feed_poll *p)
{
	if (p->known_items != 0 && p->new_items != 0)
		h->told &= ~FEED_BIT(FEED_GAP);
	if (h->good_ms != 0 && h->items >= OVERLAP_ITEMS &&
	    p->known_items == 0 && p->new_items >= OVERLAP_ITEMS &&
	    !is_told(h, FEED_GAP)) {
		owe(h, FEED_GAP);
		h->gap_ms = h->good_ms;
		h->gap_items = p->new_items;
	}
	h->items = p->known_items + p->new_items;
}

static void
note_recovery(struct feed_health *h, const struct feed_poll *p)
{
	forgive(h, FEED_FAILING);
	if (!is_told(h, FEED_FAILING)) {
		h->failed_ms = 0;
	} else if ((h->owed & FEED_BIT(FEED_RECOVERED)) == 0) {
		owe(h, FEED_RECOVERED);
		h->missed = p->document && h->items != 0 && p->known_items == 0;
	}
}

static void
note_good(struct feed_health *h, const struct feed_poll *p,
    const struct feed_patience *patience)
{
	int64_t silent_ms = feed_health_silent_after(h, patience->silent_ms);

	h->out_ms = 0;
	note_recovery(h, p);
	if (p->document)
		note_overlap(h, p);
	h->good_ms = p->wall_ms;
	if (h->new_ms == 0)
		h->new_ms = p->wall_ms;
	if (silent_ms != 0 && h->quiet_ms >= silent_ms &&
	    !is_told(h, FEED_SILENT))
		owe(h, FEED_SILENT);
}

void
feed_health_note(struct feed_health *h, const struct feed_poll *p,
    const struct feed_patience *patience)
{
	h->watched_ms += p->passed_ms;
	h->out_ms += p->passed_ms;
	if (h->new_ms != 0 && p->good) /* who is away is not silent */
		h->quiet_ms += p->passed_ms;
	if (p->new_items != 0)
		end_pause(h, p->wall_ms);
	if (p->good)
		note_good(h, p, patience);
	else
		note_failure(h, p, patience);
}

void
feed_health_tell(struct feed_health *h, enum feed_trouble t)
{
	forgive(h, t);
	if (t == FEED_RECOVERED) {
		h->told &= ~FEED_BIT(FEED_FAILING);
		h->failed_ms = 0;
	} else {
		h->told |= FEED_BIT(t);
	}
}

void
feed_health_move(struct feed_health *h)
{
	*h = (struct feed_health) { .told = h->told & FEED_BIT(FEED_FAILING),
		.failed_ms = is_told(h, FEED_FAILING) ? h->failed_ms : 0 };
}
