/* feeds/feed.c: one feed's state and what each answer means for it. */
#include "feeds/feed.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/url.h"
#include "feeds/date.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A redirect that has held so long is meant. */
#define MOVED_FOR_GOOD_MS (7 * DAY_MS)
/* A server that is away or broken is asked at least so often: its news must not
 * wait half a day for it to be noticed that it is back. */
#define OUTAGE_WAIT_MS HOUR_MS
#define JITTER_MAX_MS (30 * MIN_MS)
/* NetNewsWire met servers whose Last-Modified lies beyond 32-bit time and never
 * changes. */
#define YEAR_2038_S INT64_C(2145916800)

/* Rows: from.  Columns: to. */
static const bool legal[3][3] = {
	[FEED_WAITING] = { [FEED_POLLING] = true },
	[FEED_POLLING] = { [FEED_WAITING] = true, [FEED_GONE] = true },
};

static void
set_state(struct feed *f, enum feed_state to)
{
	assert(legal[f->state][to]);
	f->state = to;
}

void
feed_init(struct feed *f, int64_t due_ms)
{
	*f = (struct feed) { .state = FEED_WAITING, .due_ms = due_ms };
}

void
feed_done(struct feed *f)
{
	free(f->etag);
	free(f->last_modified);
	free(f->moved_to);
	feed_init(f, 0);
}

void
feed_start(struct feed *f)
{
	set_state(f, FEED_POLLING);
}

static void
replace(char **old, struct sv new)
{
	free(*old);
	*old = new.len != 0 ? mem_svdup(new) : NULL;
}

/* Sent back byte for byte, so it must be harmless in a header. */
static struct sv
usable_validator(struct sv v)
{
	if (v.len > HTTP_VALIDATOR_BYTES)
		return SV_NONE;
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7F)
			return SV_NONE;
	return v;
}

static struct sv
usable_date(struct sv v)
{
	int64_t t;

	if (date_parse(v, &t) && t >= YEAR_2038_S)
		return SV_NONE;
	return usable_validator(v);
}

/* After a 304 absent fields keep the old values (RFC 9111 section 3.2), after a
 * 200 they clear them. */
static void
keep_validators(struct feed *f, const struct feed_answer *a)
{
	struct sv etag = usable_validator(a->etag);
	struct sv date = usable_date(a->last_modified);

	if (a->status != 304 || etag.len != 0)
		replace(&f->etag, etag);
	if (a->status != 304 || date.len != 0)
		replace(&f->last_modified, date);
}

static void
keep_move(struct feed *f, const struct feed_answer *a, int64_t wall_ms)
{
	if (a->moved_polled)
		return; /* the redirect was not asked for this time */
	if (a->permanent.len == 0) {
		replace(&f->moved_to, SV_NONE);
	} else if (f->moved_to == NULL || !sv_is(a->permanent, f->moved_to)) {
		replace(&f->moved_to, a->permanent);
		f->moved_since_ms = wall_ms;
	}
}

static int64_t
at_least(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Halves when something new came, grows by a tenth when nothing did: from 5
 * minutes to 12 hours takes about six quiet days. */
static void
adapt(struct feed *f, const struct feed_policy *p, size_t new_items)
{
	if (f->interval_ms == 0)
		f->interval_ms = p->floor_ms;
	else if (new_items != 0)
		f->interval_ms /= 2;
	else
		f->interval_ms += f->interval_ms / 10;
	f->interval_ms = at_most(at_least(f->interval_ms, p->floor_ms),
	    at_least(p->cap_ms, p->floor_ms));
}

static int64_t
own_interval(const struct feed *f, const struct feed_policy *p)
{
	if (p->every_ms >= 0)
		return p->every_ms;
	return f->interval_ms != 0 ? f->interval_ms : p->floor_ms;
}

/* What the server asks for, as far as a feed can be made to wait. */
static int64_t
asked_wait(const struct feed_answer *a, const struct feed_policy *p)
{
	int64_t fresh = at_least(a->fresh_ms, a->ttl_minutes * MIN_MS);

	return at_least(at_most(fresh, p->cap_ms), a->retry_after_ms);
}

static bool
is_refusal(int status)
{
	return status == 401 || status == 403 || status == 407 || status == 429;
}

static int64_t
wait_after_failure(const struct feed *f, const struct feed_answer *a,
    const struct feed_policy *p)
{
	int64_t own = own_interval(f, p), wait = own;
	bool theirs = a->status >= 400 && a->status < 500;
	int64_t longest = theirs ? p->cap_ms
				 : at_most(p->cap_ms, OUTAGE_WAIT_MS);

	longest = at_least(longest, own);
	for (unsigned i = 0; i < f->failures && wait < longest; i++)
		wait *= 2;
	wait = at_most(wait, longest);
	return is_refusal(a->status) ? at_least(wait, FEED_REFUSED_WAIT_MS)
				     : wait;
}

static enum feed_verdict
judge(const struct feed_answer *a)
{
	if (a->status == 410 && !a->moved_polled)
		return FEED_STOPPED;
	if (a->status == 304 && a->conditional)
		return FEED_UNCHANGED;
	/* 206: some servers send the whole document so. */
	if ((a->status == 200 || a->status == 206) && a->complete)
		return FEED_NEW_DOCUMENT;
	/* The feed that a page names is not looked for further. */
	if (a->discovered.len != 0 && !a->moved_polled)
		return FEED_DISCOVERED;
	return FEED_FAILED;
}

static void
wait_for(
    struct feed *f, int64_t wait, int64_t asked, int64_t now_ms, double jitter)
{
	int64_t tenth;

	wait = at_least(wait, asked);
	tenth = wait / 10;
	f->hold_ms = now_ms + at_least(asked, 0);
	f->due_ms = now_ms + wait +
	    at_most((int64_t)(jitter * (double)tenth), JITTER_MAX_MS);
}

void
feed_repolicy(struct feed *f, const struct feed_policy *p, int64_t now_ms)
{
	int64_t due = now_ms + own_interval(f, p);

	if (f->state == FEED_WAITING && f->failures == 0 && due < f->due_ms)
		f->due_ms = at_least(due, f->hold_ms);
}

enum feed_verdict
feed_finish(struct feed *f, const struct feed_answer *a,
    const struct feed_policy *p, int64_t now_ms, int64_t wall_ms, double jitter)
{
	enum feed_verdict v = judge(a);

	if (v == FEED_STOPPED) {
		set_state(f, FEED_GONE);
		return v;
	}
	set_state(f, FEED_WAITING);
	if (v == FEED_DISCOVERED) {
		replace(&f->moved_to, a->discovered);
		f->moved_since_ms = wall_ms - MOVED_FOR_GOOD_MS;
		wait_for(f, 0, a->retry_after_ms, now_ms, jitter);
		return v;
	}
	if (v == FEED_FAILED) {
		f->failures++;
		if (a->moved_polled)
			replace(&f->moved_to, SV_NONE); /* ask the old place */
		wait_for(f, wait_after_failure(f, a, p), a->retry_after_ms,
		    now_ms, jitter);
		return v;
	}
	f->failures = 0;
	f->seen_before = true;
	keep_validators(f, a);
	keep_move(f, a, wall_ms);
	adapt(f, p, a->new_items);
	wait_for(f, own_interval(f, p), asked_wait(a, p), now_ms, jitter);
	return v;
}

/* http://HOST... to https://HOST...: nothing but the scheme may differ. */
static bool
is_upgrade(const char *from, const char *to)
{
	return sv_istarts(sv_of(from), SV("http://")) &&
	    sv_istarts(sv_of(to), SV("https://")) &&
	    sv_eq(sv_from(sv_of(from), 7), sv_from(sv_of(to), 8));
}

const char *
feed_poll_url(const struct feed *f, const char *url, int64_t wall_ms)
{
	if (f->moved_to == NULL)
		return url;
	if (is_upgrade(url, f->moved_to) ||
	    wall_ms - f->moved_since_ms >= MOVED_FOR_GOOD_MS)
		return f->moved_to;
	return url;
}

/* Host and port, without a default one. */
static struct sv
server_of(const char *url, struct str *room)
{
	struct sv origin;

	str_init(room, URL_BYTES);
	url_origin(room, sv_of(url));
	origin = str_sv(room);
	return sv_from(origin, sv_find(origin, SV("://")));
}

bool
feed_is_same_server(const char *configured, const char *url)
{
	struct str a, b;
	bool same = sv_eq(server_of(configured, &a), server_of(url, &b));
	bool bared = sv_istarts(str_sv(&a), SV("https:")) &&
	    !sv_istarts(str_sv(&b), SV("https:"));

	str_done(&a);
	str_done(&b);
	return same && !bared;
}
