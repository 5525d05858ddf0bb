/* config/diag.c: problems of configuration files, collected and shown with
 * their line and a caret. */
#include "config/diag.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "config/source.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define MESSAGE_BYTES 512
#define LINE_COLUMNS 76 /* shown of one line; 4 blanks stand before it */
#define LINE_BYTES 512 /* the same, for characters without width */
#define CUT "..." /* where a line goes on */
#define WORD_BYTES 64 /* longest word that is corrected */

struct problem {
	enum diag_level level;
	uint32_t file, len;
	struct place at;
	size_t head; /* a note's own problem; else itself */
	char *message;
};

struct diags {
	unsigned refs;
	struct source *sources;
	size_t nsources, capsources;
	struct problem *problems;
	size_t nproblems, capproblems;
	size_t counts[DIAG_NOTE + 1]; /* those not kept included */
	bool dropped; /* the last one, so its notes go too */
};

struct diags *
diags_new(void)
{
	struct diags *d = mem_calloc(1, sizeof(*d));

	d->refs = 1;
	return d;
}

struct diags *
diags_ref(struct diags *d)
{
	d->refs++;
	return d;
}

void
diags_unref(struct diags *d)
{
	if (d == NULL || --d->refs != 0)
		return;
	diags_clear(d);
	for (size_t i = 0; i < d->nsources; i++)
		source_done(&d->sources[i]);
	free(d->sources);
	free(d->problems);
	free(d);
}

void
diags_clear(struct diags *d)
{
	for (size_t i = 0; i < d->nproblems; i++)
		free(d->problems[i].message);
	d->nproblems = 0;
	d->dropped = false;
	memset(d->counts, 0, sizeof(d->counts));
}

size_t
diags_count(const struct diags *d, enum diag_level level)
{
	return d->counts[level];
}

uint32_t
diags_add_source(struct diags *d, const char *name, struct sv bytes)
{
	d->sources = mem_grow(
	    d->sources, &d->capsources, d->nsources + 1, sizeof(*d->sources));
	source_init(&d->sources[d->nsources], name, bytes);
	return (uint32_t)d->nsources++;
}

const char *
diags_source_name(const struct diags *d, uint32_t file)
{
	assert(file < d->nsources);
	return d->sources[file].name;
}

void
diags_mask(struct diags *d, uint32_t file, struct place from, struct place to)
{
	assert(file < d->nsources);
	source_mask(&d->sources[file], from, to);
}

void
diags_mask_after(struct diags *d, uint32_t file, const char *word)
{
	assert(file < d->nsources);
	source_mask_after(&d->sources[file], sv_of(word));
}

/* Of each level its own share is kept: warnings must not hide an error. */
static bool
is_dropped(struct diags *d, enum diag_level level)
{
	d->counts[level]++;
	if (level != DIAG_NOTE)
		d->dropped = d->counts[level] > CONFIG_ERRORS;
	return d->dropped;
}

static char *
message_of(const char *suggestion, const char *fmt, va_list ap)
{
	char raw[MESSAGE_BYTES], clean[MESSAGE_BYTES], *text = NULL;
	int n = vsnprintf(raw, sizeof(raw), fmt, ap);

	utf8_printable(
	    (struct sv) { raw, n < 0 ? 0 : strlen(raw) }, clean, sizeof(clean));
	if (suggestion == NULL)
		return mem_strdup(clean);
	utf8_printable(sv_of(suggestion), raw, sizeof(raw));
	if (asprintf(&text, "%s; did you mean '%s'?", clean, raw) < 0)
		BUG("out of memory");
	return text;
}

static void
add(struct diags *d, struct problem p, const char *suggestion, const char *fmt,
    va_list ap)
{
	assert(p.file < d->nsources);
	if (is_dropped(d, p.level))
		return;
	p.head = d->nproblems;
	if (p.level == DIAG_NOTE && d->nproblems != 0)
		p.head = d->problems[d->nproblems - 1].head;
	p.message = message_of(suggestion, fmt, ap);
	d->problems = mem_grow(d->problems, &d->capproblems, d->nproblems + 1,
	    sizeof(*d->problems));
	d->problems[d->nproblems++] = p;
}

void
diag_add(struct diags *d, enum diag_level level, uint32_t file, uint32_t line,
    uint32_t column, uint32_t len, const char *suggestion, const char *fmt, ...)
{
	struct problem p = {
		.level = level, .file = file, .len = len, .at = { line, column }
	};
	va_list ap;

	va_start(ap, fmt);
	add(d, p, suggestion, fmt, ap);
	va_end(ap);
}

static uint32_t
count_chars(struct sv v)
{
	uint32_t n = 0, cp;

	for (; v.len != 0; n++)
		v = sv_from(v, utf8_decode(v, &cp));
	return n;
}

/* The place of byte `offset`: so many characters after the last point where
 * text and source were in step. */
static struct place
place_of(const struct config_text *t, size_t offset)
{
	struct config_line from = { 0, t->line, t->column };

	for (uint32_t i = 0; i < t->nlines && t->lines[i].offset <= offset; i++)
		from = t->lines[i];
	return (struct place) { from.line,
		from.column +
		    count_chars(
			sv_sub(t->text, from.offset, offset - from.offset)) };
}

void
diag_add_text(struct diags *d, enum diag_level level,
    const struct config_text *at, size_t offset, size_t len,
    const char *suggestion, const char *fmt, ...)
{
	struct sv marked = sv_sub(at->text, offset, len);
	struct problem p = { .level = level, .file = at->file };
	va_list ap;

	marked.len = sv_chr(marked, '\n');
	p.len = count_chars(marked);
	p.at = place_of(at, offset < at->text.len ? offset : at->text.len);
	va_start(ap, fmt);
	add(d, p, suggestion, fmt, ap);
	va_end(ap);
}

static int
compare_problems(const void *a, const void *b, void *arg)
{
	const struct problem *all = arg;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const struct problem *p = &all[all[i].head], *q = &all[all[j].head];

	if (p->file != q->file)
		return p->file < q->file ? -1 : 1;
	if (p->at.line != q->at.line)
		return p->at.line < q->at.line ? -1 : 1;
	if (p != q && p->at.column != q->at.column)
		return p->at.column < q->at.column ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* The problems' numbers in the order of the files, notes behind their problem;
 * returns owned. */
static size_t *
sort_problems(const struct diags *d)
{
	size_t *order = mem_calloc(d->nproblems, sizeof(*order));

	for (size_t i = 0; i < d->nproblems; i++)
		order[i] = i;
	qsort_r(
	    order, d->nproblems, sizeof(*order), compare_problems, d->problems);
	return order;
}

static void
print_place(const struct diags *d, const struct problem *p, struct str *out)
{
	char name[MESSAGE_BYTES];

	utf8_printable(sv_of(d->sources[p->file].name), name, sizeof(name));
	(void)str_adds(out, name);
	if (p->at.line != 0)
		(void)str_addf(out, ":%u:%u", (unsigned)p->at.line,
		    (unsigned)p->at.column);
	(void)str_adds(out, ": ");
}

/* One character takes one column, as seen from the caret line: controls become
 * a blank or '?'. */
static size_t
shown_char(struct sv v, uint32_t *cp)
{
	size_t n = utf8_decode(v, cp);

	if (*cp == '\t')
		*cp = ' ';
	else if (!utf8_is_printable(*cp))
		*cp = '?';
	return n;
}

/* Terminals show some characters two columns wide and some none.  Goes over the
 * first one of the line. */
static unsigned
take_columns(struct sv *line)
{
	uint32_t cp;
	int width;

	*line = sv_from(*line, shown_char(*line, &cp));
	width = wcwidth((wchar_t)cp);
	return width < 0 ? 1 : (unsigned)width;
}

static size_t
count_columns(struct sv line, size_t chars)
{
	size_t n = 0;

	while (chars-- > 0 && line.len != 0)
		n += take_columns(&line);
	return n;
}

/* What of the line's begin fits into so many columns. */
static struct sv
fit_columns(struct sv line, size_t columns)
{
	struct sv rest = line;
	size_t end = 0;

	while (rest.len != 0 && line.len - rest.len < LINE_BYTES) {
		size_t width = take_columns(&rest);

		if (width > columns)
			break;
		columns -= width;
		end = line.len - rest.len;
	}
	return sv_sub(line, 0, end);
}

static void
fill_columns(struct str *out, char fill, size_t columns)
{
	while (columns-- > 0)
		(void)str_addc(out, fill);
}

/* Drops characters before the column until few are left; returns how many. */
static uint32_t
drop_begin(struct sv *line, uint32_t column)
{
	size_t before = count_columns(*line, column - 1);
	uint32_t dropped = 0;

	for (; before > LINE_COLUMNS / 3; dropped++)
		before -= take_columns(line);
	return dropped;
}

/* Of a long line the part around the column, for terminals would break it, and
 * the caret would stand under another character. */
static void
print_excerpt(const struct diags *d, const struct problem *p, const char *on,
    const char *off, struct str *out)
{
	struct sv line = source_line(&d->sources[p->file], p->at.line), shown;
	uint32_t column = p->at.column != 0 ? p->at.column : 1;
	const char *before = "", *after = "";
	char plain[LINE_BYTES * 4];
	size_t room = LINE_COLUMNS, at, end;

	if (p->at.line == 0)
		return;
	if (count_columns(line, column - 1 + p->len) > room - strlen(CUT)) {
		uint32_t dropped = drop_begin(&line, column);

		column -= dropped;
		before = dropped != 0 ? CUT : "";
		room -= strlen(before);
	}
	shown = fit_columns(line, room);
	if (shown.len < line.len) {
		after = CUT;
		shown = fit_columns(line, room - strlen(CUT));
	}
	utf8_printable(shown, plain, sizeof(plain));
	at = count_columns(shown, column - 1);
	end = count_columns(shown, column - 1 + p->len);
	(void)str_addf(out, "    %s%s%s\n%s    ", before, plain, after, on);
	fill_columns(out, ' ', strlen(before) + at);
	(void)str_addc(out, '^');
	fill_columns(out, '~', end > at ? end - at - 1 : 0);
	(void)str_addf(out, "%s\n", off);
}

static void
print_problem(const struct diags *d, const struct problem *p, bool colour,
    struct str *out)
{
	static const char *const words[] = { "error", "warning", "note" };
	static const char *const colours[] = { "\033[1;31m", "\033[1;35m",
		"\033[1;36m" };
	const char *off = colour ? "\033[0m" : "";

	if (colour)
		(void)str_adds(out, "\033[1m");
	print_place(d, p, out);
	(void)str_addf(out, "%s%s:%s %s\n", colour ? colours[p->level] : "",
	    words[p->level], off, p->message);
	print_excerpt(d, p, colour ? "\033[1;32m" : "", off, out);
}

static void
print_dropped(const struct diags *d, struct str *out)
{
	size_t errors = d->counts[DIAG_ERROR];
	size_t warnings = d->counts[DIAG_WARNING];

	if (errors > CONFIG_ERRORS)
		(void)str_addf(
		    out, "... and %zu more errors\n", errors - CONFIG_ERRORS);
	if (warnings > CONFIG_ERRORS)
		(void)str_addf(out, "... and %zu more warnings\n",
		    warnings - CONFIG_ERRORS);
}

void
diags_print(const struct diags *d, bool colour, struct str *out)
{
	size_t *order = sort_problems(d);

	for (size_t i = 0; i < d->nproblems; i++)
		print_problem(d, &d->problems[order[i]], colour, out);
	print_dropped(d, out);
	free(order);
}

void
diags_brief(const struct diags *d, struct str *out)
{
	size_t *order = sort_problems(d);

	for (size_t i = 0; i < d->nproblems; i++) {
		print_place(d, &d->problems[order[i]], out);
		(void)str_addf(out, "%s\n", d->problems[order[i]].message);
	}
	print_dropped(d, out);
	free(order);
}

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Damerau-Levenshtein distance (optimal string alignment), ASCII case folded.
 * Both words have at most WORD_BYTES bytes.  From `limit` on it does not matter
 * how far: rows only grow. */
static size_t
distance(struct sv a, struct sv b, size_t limit)
{
	size_t rows[3][WORD_BYTES + 1];
	size_t *prev2 = rows[0], *prev = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		char x = ascii_lower(a.p[i - 1]);
		size_t *spare = prev2, least = i;

		prev2 = prev;
		prev = row;
		row = spare;
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			char y = ascii_lower(b.p[j - 1]);

			row[j] = min3(prev[j] + 1, row[j - 1] + 1,
			    prev[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == ascii_lower(b.p[j - 2]) &&
			    y == ascii_lower(a.p[i - 2]) &&
			    prev2[j - 2] + 1 < row[j])
				row[j] = prev2[j - 2] + 1;
			if (row[j] < least)
				least = row[j];
		}
		if (least >= limit)
			return limit;
	}
	return row[b.len];
}

const char *
diag_nearest(struct sv word, const char *const *candidates, size_t n)
{
	const char *best = NULL;
	size_t least = word.len / 3 + 1;

	if (word.len == 0 || word.len > WORD_BYTES)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct sv c = sv_of(candidates[i]);
		size_t d;

		if (c.len + least <= word.len || word.len + least <= c.len ||
		    c.len > WORD_BYTES)
			continue;
		d = distance(word, c, least);
		if (d < least) {
			least = d;
			best = candidates[i];
		}
	}
	return best;
}
