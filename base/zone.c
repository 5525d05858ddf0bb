/* base/zone.c: time zones of the IANA database, as the system has it. */
#include "base/zone.h"

#include "base/file.h"

#include <stdio.h>

#define DATABASE "/usr/share/zoneinfo/"
#define HEADER_BYTES 44
#define TIME_BYTES 8
#define TYPE_BYTES 6
#define DAY_S INT64_C(86400)
#define HOUR_S 3600
#define OFFSET_MAX_S (26 * HOUR_S) /* RFC 8536, section 3.2 */
#define RULE_OFFSET_MAX_S (25 * HOUR_S) /* of $TZ; a little more than POSIX */

/* A day of a year and a time on it: "M3.5.0/2", "J60" or "59". */
struct rule {
	enum {
		RULE_WEEKDAY,
		RULE_JULIAN, /* 1 to 365, 29 February not counted */
		RULE_DAY, /* from 0 */
	} kind;
	int month, week, day;
	int64_t time_s;
};

struct zone {
	size_t n;
	int64_t *times; /* from each on, in order, */
	int32_t *offsets; /* it is this */
	int32_t first; /* before all of them */

	/* After all of them, by the rules of the file's last line. */
	bool has_rules, has_summer;
	int64_t standard, summer;
	struct rule begin, end; /* of the summer's time */
};

static int64_t
read_be(const char *p, size_t bytes)
{
	uint64_t v = (signed char)p[0] < 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | (unsigned char)p[i];
	return (int64_t)v;
}

/* The counts of a header, in their order. */
struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static bool
read_header(struct sv file, struct counts *c)
{
	size_t *const fields[] = { &c->isut, &c->isstd, &c->leap, &c->time,
		&c->type, &c->chars };

	if (file.len < HEADER_BYTES || !sv_starts(file, SV("TZif")) ||
	    file.p[4] < '2')
		return false;
	for (size_t i = 0; i < COUNTOF(fields); i++) {
		int64_t n = read_be(file.p + 20 + 4 * i, 4);

		if (n < 0 || n > (int64_t)ZONE_BYTES)
			return false;
		*fields[i] = (size_t)n;
	}
	return true;
}

static size_t
data_bytes(const struct counts *c, size_t time_bytes)
{
	return c->time * (time_bytes + 1) + c->type * TYPE_BYTES + c->chars +
	    c->leap * (time_bytes + 4) + c->isstd + c->isut;
}

static bool
read_offset(const char *type, int32_t *out)
{
	*out = (int32_t)read_be(type, 4);
	return *out <= OFFSET_MAX_S && *out >= -OFFSET_MAX_S;
}

static bool
read_times(
    struct zone *z, struct arena *a, const char *p, const struct counts *c)
{
	const char *which = p + c->time * TIME_BYTES;
	const char *types = which + c->time;

	z->n = c->time;
	z->times = arena_alloc(a, z->n * sizeof(*z->times));
	z->offsets = arena_alloc(a, z->n * sizeof(*z->offsets));
	if (!read_offset(types, &z->first))
		return false;
	for (size_t i = 0; i < z->n; i++) {
		size_t type = (unsigned char)which[i];

		if (type >= c->type)
			return false;
		z->times[i] = read_be(p + i * TIME_BYTES, TIME_BYTES);
		if ((i != 0 && z->times[i] <= z->times[i - 1]) ||
		    !read_offset(types + type * TYPE_BYTES, &z->offsets[i]))
			return false;
	}
	return true;
}

static bool
take_char(struct sv *rest, char c)
{
	if (rest->len == 0 || rest->p[0] != c)
		return false;
	*rest = sv_from(*rest, 1);
	return true;
}

static bool
take_number(struct sv *rest, int max, int *out)
{
	int n = 0;
	size_t i = 0;

	for (; i < rest->len && i < 4 && ascii_is_digit(rest->p[i]); i++)
		n = n * 10 + (rest->p[i] - '0');
	*rest = sv_from(*rest, i);
	*out = n;
	return i != 0 && n <= max;
}

/* "CET" or "<+03>" */
static bool
take_name(struct sv *rest)
{
	bool quoted = take_char(rest, '<');
	size_t n = 0;

	while (n < rest->len &&
	    (quoted ? rest->p[n] != '>' : ascii_is_alpha(rest->p[n])))
		n++;
	*rest = sv_from(*rest, n);
	return n != 0 && (!quoted || take_char(rest, '>'));
}

/* "[+-]h[h][:mm[:ss]]", at most a week, as rules may have. */
static bool
take_time(struct sv *rest, int64_t *out)
{
	bool minus = take_char(rest, '-');
	int h, m = 0, s = 0;

	if (!minus)
		(void)take_char(rest, '+');
	if (!take_number(rest, 167, &h))
		return false;
	if (take_char(rest, ':') && !take_number(rest, 59, &m))
		return false;
	if (take_char(rest, ':') && !take_number(rest, 59, &s))
		return false;
	*out = (int64_t)h * HOUR_S + m * 60 + s;
	if (minus)
		*out = -*out;
	return true;
}

/* What clocks show more than UTC; POSIX counts the other way. */
static bool
take_offset(struct sv *rest, int64_t *out)
{
	if (!take_time(rest, out) || *out > RULE_OFFSET_MAX_S ||
	    *out < -RULE_OFFSET_MAX_S)
		return false;
	*out = -*out;
	return true;
}

static bool
take_rule(struct sv *rest, struct rule *r)
{
	bool ok;

	r->time_s = 2 * HOUR_S;
	if (take_char(rest, 'M')) {
		r->kind = RULE_WEEKDAY;
		ok = take_number(rest, 12, &r->month) && r->month != 0 &&
		    take_char(rest, '.') && take_number(rest, 5, &r->week) &&
		    r->week != 0 && take_char(rest, '.') &&
		    take_number(rest, 6, &r->day);
	} else {
		r->kind = take_char(rest, 'J') ? RULE_JULIAN : RULE_DAY;
		ok = take_number(rest, 365, &r->day);
	}
	return ok && (!take_char(rest, '/') || take_time(rest, &r->time_s));
}

/* The last line, as POSIX has it in $TZ; its offsets are west of Greenwich. */
static bool
read_rules(struct zone *z, struct sv text)
{
	if (text.len == 0)
		return true;
	if (!take_name(&text) || !take_offset(&text, &z->standard))
		return false;
	z->has_rules = true;
	z->has_summer = text.len != 0;
	if (!z->has_summer)
		return true;
	z->summer = z->standard + HOUR_S;
	if (!take_name(&text))
		return false;
	if (text.len != 0 && text.p[0] != ',' &&
	    !take_offset(&text, &z->summer))
		return false;
	return take_char(&text, ',') && take_rule(&text, &z->begin) &&
	    take_char(&text, ',') && take_rule(&text, &z->end) && text.len == 0;
}

static bool
read_file(struct zone *z, struct arena *a, struct sv file)
{
	struct counts c;
	struct sv line;

	if (!read_header(file, &c))
		return false;
	file = sv_from(file, HEADER_BYTES + data_bytes(&c, 4));
	if (!read_header(file, &c) || c.type == 0)
		return false;
	file = sv_from(file, HEADER_BYTES);
	if (file.p == NULL || file.len < data_bytes(&c, TIME_BYTES) ||
	    !read_times(z, a, file.p, &c))
		return false;
	file = sv_from(file, data_bytes(&c, TIME_BYTES));
	return take_char(&file, '\n') && sv_split(&file, '\n', &line) &&
	    read_rules(z, line);
}

struct zone *
zone_parse(struct arena *a, struct sv tzif, struct err *e)
{
	struct zone *z = arena_calloc(a, sizeof(*z));

	if (read_file(z, a, tzif))
		return z;
	(void)err_set(e, "is no file of the time zone database");
	return NULL;
}

static bool
is_name(struct sv name)
{
	if (name.len == 0 || name.len > ZONE_NAME_BYTES || name.p[0] == '/')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) &&
		    (name.p[i] == '\0' || strchr("/_+-", name.p[i]) == NULL))
			return false;
	return true;
}

static struct zone *
load_file(struct arena *a, struct sv name, struct err *e)
{
	char path[sizeof(DATABASE) + ZONE_NAME_BYTES];
	struct zone *z = NULL;
	struct str file;

	(void)snprintf(path, sizeof(path), DATABASE "%.*s", SV_ARG(name));
	str_init(&file, ZONE_BYTES);
	if (file_read(path, &file, e)) {
		z = zone_parse(a, str_sv(&file), e);
		if (z == NULL)
			(void)err_wrap(e, "%s", path);
	}
	str_done(&file);
	return z;
}

struct zone *
zone_load(struct arena *a, struct sv name, struct err *e)
{
	if (sv_is(name, "UTC"))
		return arena_calloc(a, sizeof(struct zone));
	if (is_name(name))
		return load_file(a, name, e);
	(void)err_set(e, "that is no name of a time zone");
	return NULL;
}

static bool
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970 to the first of January. */
static int64_t
days_to_year(int64_t year)
{
	int64_t before = year - 1;

	return before * 365 + before / 4 - before / 100 + before / 400 - 719162;
}

/* Of a time in the years 1 to 9999; others are taken for the nearest. */
static int64_t
year_of(int64_t at)
{
	int64_t days = at / DAY_S - (at % DAY_S < 0);
	int64_t year = 1970 + days / 366;

	if (days < days_to_year(1))
		return 1;
	if (days >= days_to_year(9999))
		return 9999;
	if (days < 0)
		year = 1970 + days / 365 - 2;
	if (year < 1)
		year = 1;
	while (days >= days_to_year(year + 1))
		year++;
	return year;
}

/* Days since 1970 of the rule's day. */
static int64_t
day_of_rule(const struct rule *r, int64_t year)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334, 365 };
	int64_t first = days_to_year(year), day;
	int leap = is_leap(year);

	if (r->kind == RULE_DAY)
		return first + r->day;
	if (r->kind == RULE_JULIAN)
		return first + r->day - 1 + (leap && r->day >= 60);
	day = first + before[r->month - 1] + (leap && r->month > 2);
	first = first + before[r->month] + (leap && r->month >= 2); /* next */
	day += ((r->day - (day + 4)) % 7 + 7) % 7; /* 1970 began on Thursday */
	day += (int64_t)7 * (r->week - 1);
	return day < first ? day : day - 7;
}

static bool
is_summer(const struct zone *z, int64_t at)
{
	int64_t year = year_of(at + z->standard);
	int64_t begin = day_of_rule(&z->begin, year) * DAY_S + z->begin.time_s -
	    z->standard;
	int64_t end = day_of_rule(&z->end, year) * DAY_S + z->end.time_s -
	    z->summer;

	return begin < end ? at >= begin && at < end : at >= begin || at < end;
}

static int64_t
offset_by_rules(const struct zone *z, int64_t at)
{
	return z->has_summer && is_summer(z, at) ? z->summer : z->standard;
}

int64_t
zone_offset_s(const struct zone *z, int64_t at)
{
	size_t low = 0, high = z->n;

	if ((z->n == 0 || at >= z->times[z->n - 1]) && z->has_rules)
		return offset_by_rules(z, at);
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->times[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low != 0 ? z->offsets[low - 1] : z->first;
}
