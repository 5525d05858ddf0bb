/* feeds/date.c: dates as feeds and pages write them: the text is cut into
 * numbers, words and signs, each finds its place, and what is left over decides
 * the order of day, month and year. */
#include "feeds/date.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "feeds/date_words.h"

#define DATE_BYTES 128 /* longest text that may be a date */
#define WORD_BYTES 40
#define YEAR_FIRST 1901
#define YEAR_LAST 2199
#define HOUR_OFFSET_MOST 99 /* "+3000" is meant somehow */

enum word_kind {
	AM,
	PM,
	TIME,
	FILLER,
	ZONE,
	MONTH,
	UNKNOWN
};

struct word {
	struct sv text;
	enum word_kind kind;
	int value;
};

#define TEXT(literal) \
	{ \
		literal, sizeof(literal) - 1 \
	}
#define MONTH_ROW(text, number) { TEXT(text), MONTH, number },
static const struct word months[] = { DATE_MONTHS(MONTH_ROW) };
#define WORD_ROW(text, kind, value) { TEXT(text), kind, value },
static const struct word words[] = { DATE_WORDS(WORD_ROW) };

/* What was found so far. */
struct date {
	struct sv in;
	size_t pos;
	struct {
		int value, digits;
		char before; /* the byte in front of it, '\0' at the start */
	} num[4]; /* neither time nor zone */
	int nnums;
	size_t number_end; /* of the last of them */
	int month; /* by name; 0: none */
	bool month_first; /* ... and nothing stands before it */
	bool time, time_next, zone, am, pm;
	int hour, min, sec, offset_min;
};

static char
peek(const struct date *d, size_t ahead)
{
	return d->pos + ahead < d->in.len ? d->in.p[d->pos + ahead] : '\0';
}

/* Reads the digits here; the value is 0 when they are more than nine. */
static int
read_digits(struct date *d, int *value)
{
	int n = 0;

	for (*value = 0; ascii_is_digit(peek(d, 0)); d->pos++)
		if (++n <= 9)
			*value = *value * 10 + (peek(d, 0) - '0');
	if (n > 9)
		*value = 0;
	return n;
}

/* ":" and one or two digits. */
static bool
read_colon_part(struct date *d, int *value)
{
	int n;

	d->pos++;
	n = read_digits(d, value);
	return n == 1 || n == 2;
}

/* After the hour: minutes, seconds, and a fraction that is left out. */
static bool
read_time(struct date *d, int hour)
{
	int fraction;

	if (d->time)
		return false;
	d->time = true;
	d->time_next = false;
	d->hour = hour;
	if (!read_colon_part(d, &d->min))
		return false;
	if (peek(d, 0) == ':' && !read_colon_part(d, &d->sec))
		return false;
	if ((peek(d, 0) == '.' || peek(d, 0) == ',') &&
	    ascii_is_digit(peek(d, 1))) {
		d->pos++;
		(void)read_digits(d, &fraction);
	}
	return peek(d, 0) != ':';
}

/* hh, hhmm or hhmmss after T. */
static bool
set_compact_time(struct date *d, int value, int digits)
{
	if (digits != 2 && digits != 4 && digits != 6)
		return false;
	d->time = true;
	d->time_next = false;
	d->sec = digits == 6 ? value % 100 : 0;
	d->min = digits == 2 ? 0 : value / (digits == 6 ? 100 : 1) % 100;
	d->hour = value / (digits == 6 ? 10000 : digits == 4 ? 100 : 1);
	return true;
}

static void
add_number(struct date *d, int value, int digits, char before)
{
	int i = d->nnums++;

	d->num[i].value = value;
	d->num[i].digits = digits;
	d->num[i].before = before;
	d->number_end = d->pos;
}

/* yyyymmdd, and hhmm or hhmmss right behind it. */
static bool
add_compact_date(struct date *d, struct sv digits, char before)
{
	struct date part = { .in = digits };
	int value;

	if (d->nnums != 0)
		return false;
	part.in = sv_sub(digits, 0, 8);
	(void)read_digits(&part, &value);
	add_number(d, value / 10000, 4, before);
	add_number(d, value / 100 % 100, 2, '-');
	add_number(d, value % 100, 2, '-');
	part = (struct date) { .in = sv_from(digits, 8) };
	return read_digits(&part, &value) == 0 ||
	    set_compact_time(d, value, (int)part.in.len);
}

static bool
read_number(struct date *d)
{
	size_t from = d->pos;
	char before = from != 0 ? d->in.p[from - 1] : '\0';
	int value, digits = read_digits(d, &value);

	if (peek(d, 0) == ':' && digits <= 2)
		return read_time(d, value);
	if (d->time_next)
		return set_compact_time(d, value, digits);
	if (digits == 8 || digits == 12 || digits == 14)
		return add_compact_date(
		    d, sv_sub(d->in, from, (size_t)digits), before);
	if (digits > 4 || d->nnums == (int)COUNTOF(d->num))
		return false;
	add_number(d, value, digits, before);
	return true;
}

/* Lower case for Latin-1, Greek and Cyrillic, as far as month names need it. */
static uint32_t
fold(uint32_t cp)
{
	if ((cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE) ||
	    (cp >= 0x391 && cp <= 0x3A9) || (cp >= 0x410 && cp <= 0x42F))
		return cp + 0x20;
	return cp == 0x15E ? 0x15F : cp;
}

/* Letters; dots between single ones are left out: "a.m." is "am". */
static struct sv
read_word(struct date *d, char out[WORD_BYTES])
{
	size_t len = 0, n;
	uint32_t cp;

	for (;; d->pos += n) {
		n = utf8_decode(sv_from(d->in, d->pos), &cp);
		if (cp == '.' && ascii_is_alpha(peek(d, 1)))
			continue;
		if (n == 0 || (cp < 0x80 && !ascii_is_alpha((char)cp)))
			break;
		if (cp >= 0xAC00 && cp <= 0xD7A3 && !d->zone)
			d->offset_min = 9 * 60; /* Korean: one zone */
		if (len + 4 <= WORD_BYTES)
			len += utf8_encode(fold(cp), out + len);
	}
	return (struct sv) { out, len };
}

static struct word
find_word(struct sv text)
{
	struct word found = { SV_NONE, UNKNOWN, 0 };

	for (size_t i = 0; i < COUNTOF(words); i++)
		if (sv_eq(text, words[i].text))
			return words[i];
	for (size_t i = 0; i < COUNTOF(months); i++)
		if (months[i].text.p[0] == text.p[0] &&
		    sv_starts(text, months[i].text) &&
		    months[i].text.len > found.text.len)
			found = months[i];
	return found;
}

static void
set_month(struct date *d, int number, bool first)
{
	if (d->month != 0 && !d->month_first)
		return;
	d->month = number;
	d->month_first = first;
}

static bool
take_word(struct date *d)
{
	char buf[WORD_BYTES];
	bool first = sv_trim(sv_sub(d->in, 0, d->pos)).len == 0;
	struct word w = find_word(read_word(d, buf));

	switch (w.kind) {
	case AM:
		d->am = true;
		return true;
	case PM:
		d->pm = true;
		return true;
	case TIME:
		d->time_next = !d->time && ascii_is_digit(peek(d, 0));
		return true;
	case FILLER:
		return true;
	case ZONE:
		if (!d->zone)
			d->offset_min = w.value;
		return true;
	case MONTH:
		set_month(d, w.value, first);
		return true;
	case UNKNOWN:
		/* A weekday in front, a zone behind. */
		return d->nnums == 0 || d->time;
	}
	BUG("no such kind of word");
}

/* At a sign that stands in front of a zone's hours. */
static bool
read_offset(struct date *d)
{
	int sign = peek(d, 0) == '-' ? -1 : 1, hour, min = 0, digits;

	d->pos++;
	digits = read_digits(d, &hour);
	if (peek(d, 0) == ':' && digits <= 2) {
		if (!read_colon_part(d, &min))
			return false;
	} else if (digits == 3 || digits == 4) {
		min = hour % 100;
		hour /= 100;
	} else if (digits > 2) {
		return false;
	}
	d->zone = true;
	d->offset_min = sign * (hour * 60 + min);
	return hour <= HOUR_OFFSET_MOST && min < 60;
}

/* A sign is a zone's behind a complete date, or behind a time unless it stands
 * between two numbers; else it separates. */
static bool
take_sign(struct date *d)
{
	bool due = d->nnums == 3 || (d->time && d->pos != d->number_end);

	if (due && !d->zone && ascii_is_digit(peek(d, 1)))
		return read_offset(d);
	if (peek(d, 0) == '+')
		return false;
	d->pos++;
	return true;
}

static bool
take_next(struct date *d)
{
	char c = peek(d, 0);

	if (ascii_is_digit(c))
		return read_number(d);
	if (ascii_is_alpha(c) || (unsigned char)c >= 0x80)
		return take_word(d);
	if (c == '+' || c == '-')
		return take_sign(d);
	if (c == '(') { /* a comment */
		d->pos += sv_chr(sv_from(d->in, d->pos), ')') + 1;
		return true;
	}
	d->pos++;
	return ascii_is_space(c) || sv_chr(SV(",./|"), c) < 4;
}

struct ymd {
	int year, month, day;
};

static int
full_year(int value, int digits)
{
	if (digits == 2)
		return value < 69 ? 2000 + value : 1900 + value;
	return digits == 4 ? value : 0;
}

/* With a month by name: "6 Jun 2024", "Jun 6 2024", "2024 Jun 6", "Jun 2024".
 */
static bool
order_named(const struct date *d, struct ymd *out)
{
	int year = d->num[0].digits == 4 || d->nnums < 2 ? 0 : 1;

	if (d->nnums > 2)
		return false;
	out->month = d->month;
	out->year = full_year(d->num[year].value, d->num[year].digits);
	out->day = d->nnums == 2 ? d->num[1 - year].value : 1;
	return d->num[year].digits == 4 ||
	    (d->nnums == 2 && d->num[1 - year].digits <= 2);
}

/* Day and month before a year: by size, else by the custom that the separator
 * stands for: 6/13 is American, 13.6. and 13-6 are not. */
static void
order_day_month(const struct date *d, struct ymd *out)
{
	int a = d->num[0].value, b = d->num[1].value;
	bool american = b > 12 || (a <= 12 && d->num[1].before == '/');

	out->month = american ? a : b;
	out->day = american ? b : a;
}

static bool
order_numbers(const struct date *d, struct ymd *out)
{
	bool year_first = d->num[0].digits == 4 ||
	    (d->nnums == 3 && d->num[2].digits == 2 && d->num[1].before == '-');
	int year = year_first || d->nnums < 3 ? 0 : 2;

	out->year = full_year(d->num[year].value, d->num[year].digits);
	out->month = d->nnums > 1 ? d->num[1].value : 1;
	out->day = d->nnums > 2 ? d->num[2].value : 1;
	if (d->nnums == 3 && !year_first)
		order_day_month(d, out);
	return d->nnums == 3 || (year_first && d->nnums != 0);
}

static bool
order_date(struct date *d, struct ymd *out)
{
	if (d->month_first && d->nnums == 3)
		d->month = 0; /* it was a weekday: "mar. 16/11/2020" */
	if (d->nnums == 0 || d->nnums > 3)
		return false;
	return d->month != 0 ? order_named(d, out) : order_numbers(d, out);
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool
is_date(const struct ymd *y)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	if (y->year < YEAR_FIRST || y->year > YEAR_LAST || y->month < 1 ||
	    y->month > 12 || y->day < 1)
		return false;
	return y->day <= days[y->month - 1] ||
	    (y->month == 2 && y->day == 29 && is_leap(y->year));
}

/* Days since 1970, by years that begin in March. */
static int64_t
days_of(const struct ymd *y)
{
	int64_t year = y->month > 2 ? y->year : y->year - 1;
	int64_t month = (y->month + 9) % 12;

	return year * 365 + year / 4 - year / 100 + year / 400 +
	    (month * 153 + 2) / 5 + y->day - 1 - 719468;
}

static bool
fix_time(struct date *d)
{
	if ((d->am || d->pm) && d->hour > 12)
		d->am = d->pm = false; /* "20:28 PM" */
	if (d->am && d->hour == 12)
		d->hour = 0;
	if (d->pm && d->hour < 12)
		d->hour += 12;
	return d->min < 60 && d->sec <= 60 &&
	    (d->hour < 24 || (d->hour == 24 && d->min == 0 && d->sec == 0));
}

bool
date_parse(struct sv text, int64_t *out)
{
	struct date d = { .in = sv_trim(text) };
	struct ymd y;

	if (d.in.len > DATE_BYTES)
		return false;
	while (d.pos < d.in.len)
		if (!take_next(&d))
			return false;
	if (!order_date(&d, &y) || !is_date(&y) || !fix_time(&d))
		return false;
	*out = days_of(&y) * 86400 + d.hour * 3600 + d.min * 60 + d.sec -
	    d.offset_min * 60;
	return true;
}
