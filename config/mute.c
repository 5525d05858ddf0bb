/* config/mute.c: the hours in which a filter is mute. */
#include "config/mute.h"

#include "base/clock.h"

#define DAY_MINUTES (24 * 60)
#define WEEK_MINUTES (7 * DAY_MINUTES)
#define EVERY_DAY 0x7Fu

/* Monday is 0; 1970 began on a Thursday. */
#define FIRST_DAY 3

static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri",
	"Sat", "Sun" };

struct parse {
	struct sv text;
	struct mute_fault *fault;
};

static bool
fail(struct parse *p, struct sv at, const char *why)
{
	p->fault->offset = at.p != NULL ? (size_t)(at.p - p->text.p) : 0;
	p->fault->len = at.len;
	return err_set(&p->fault->why, "%s", why);
}

/* -1: none is called so. */
static int
day_of(struct sv name)
{
	for (int i = 0; i < 7; i++)
		if (sv_iis(name, day_names[i]))
			return i;
	return -1;
}

static bool
read_days(struct parse *p, struct sv list, unsigned *days)
{
	struct sv item;

	while (sv_split(&list, ',', &item)) {
		size_t dash = sv_chr(item, '-');
		int from = day_of(sv_sub(item, 0, dash));
		int to = dash < item.len ? day_of(sv_from(item, dash + 1))
					 : from;

		if (from < 0 || to < 0)
			return fail(p, item,
			    "days are Mon Tue Wed Thu Fri Sat Sun, as in "
			    "'Sat,Sun' or 'Mon-Fri'");
		for (int d = from; d != to; d = (d + 1) % 7)
			*days |= 1u << d;
		*days |= 1u << to;
	}
	return true;
}

/* "06:30" */
static bool
read_minute(struct sv text, int *minute)
{
	uint64_t h, m;

	if (text.len != 5 || text.p[2] != ':' ||
	    !sv_to_u64(sv_sub(text, 0, 2), &h) ||
	    !sv_to_u64(sv_from(text, 3), &m) || m > 59 || h > 24 ||
	    (h == 24 && m != 0))
		return false;
	*minute = (int)(h * 60 + m);
	return true;
}

static bool
read_hours(struct parse *p, struct sv text, struct config_mute *out)
{
	size_t dash = sv_chr(text, '-');

	if (!read_minute(sv_sub(text, 0, dash), &out->from_min) ||
	    !read_minute(sv_from(text, dash + 1), &out->to_min) ||
	    out->from_min == DAY_MINUTES)
		return fail(
		    p, text, "hours are HH:MM-HH:MM, as in 23:00-06:00");
	if (out->from_min == out->to_min)
		return fail(p, text,
		    "these hours are none; the whole day is 00:00-24:00");
	return true;
}

static bool
read_zone(struct parse *p, struct sv name, struct arena *a, struct map *known,
    struct config_mute *out)
{
	struct zone *z = map_get(known, name);
	struct err e;

	if (z == NULL) {
		z = zone_load(a, name, &e);
		if (z == NULL) {
			(void)fail(p, name, e.msg);
			return err_wrap(&p->fault->why,
			    "no time zone of that name, as Europe/Paris or "
			    "UTC are");
		}
		(void)map_put(known, name, z);
	}
	out->zone = z;
	return true;
}

static struct sv
take_word(struct sv *rest)
{
	struct sv word = SV_NONE;

	*rest = sv_trim(*rest);
	if (!sv_split(rest, ' ', &word))
		word = SV_NONE;
	return word;
}

bool
mute_parse(struct sv text, struct arena *a, struct map *known,
    struct config_mute *out, struct mute_fault *fault)
{
	struct parse p = { text, fault };
	struct config_mute m = { .days = 0 };
	struct sv rest = text, word = take_word(&rest);

	if (word.len != 0 && ascii_is_alpha(word.p[0])) {
		if (!read_days(&p, word, &m.days))
			return false;
		word = take_word(&rest);
	} else {
		m.days = EVERY_DAY;
	}
	if (!read_hours(&p, word.len != 0 ? word : text, &m))
		return false;
	rest = sv_trim(rest);
	if (rest.len == 0)
		return fail(&p, text,
		    "a time zone must follow the hours, such as Europe/Paris "
		    "or UTC");
	if (!read_zone(&p, rest, a, known, &m))
		return false;
	*out = m;
	return true;
}

static bool
is_active(const struct config_mute *m, int64_t at)
{
	int64_t local = at + zone_offset_s(m->zone, at);
	int64_t minutes = local / 60 - (local % 60 < 0);
	int week = (int)((minutes % WEEK_MINUTES + WEEK_MINUTES +
			     FIRST_DAY * DAY_MINUTES) %
	    WEEK_MINUTES);
	int day = week / DAY_MINUTES, minute = week % DAY_MINUTES;

	if (m->from_min < m->to_min)
		return (m->days >> day & 1) != 0 && minute >= m->from_min &&
		    minute < m->to_min;
	return ((m->days >> day & 1) != 0 && minute >= m->from_min) ||
	    ((m->days >> (day + 6) % 7 & 1) != 0 && minute < m->to_min);
}

bool
mute_is_active(const struct config_mutes *m, int64_t wall_ms)
{
	int64_t at = wall_ms / SEC_MS - (wall_ms % SEC_MS < 0);

	for (size_t i = 0; i < m->n; i++)
		if (is_active(&m->v[i], at))
			return true;
	return false;
}
