/* config/source.c: the bytes of one file, addressed by line and column. */
#include "config/source.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>

size_t
source_break(struct sv v)
{
	static const struct sv breaks[] = { { "\r\n", 2 }, { "\r", 1 },
		{ "\n", 1 }, { "\xC2\x85", 2 }, { "\xE2\x80\xA8", 3 },
		{ "\xE2\x80\xA9", 3 } };

	for (size_t i = 0; i < COUNTOF(breaks); i++)
		if (sv_starts(v, breaks[i]))
			return breaks[i].len;
	return 0;
}

static void
add_start(struct source *s, size_t *cap, size_t offset)
{
	s->starts = mem_grow(s->starts, cap, s->nlines + 1, sizeof(*s->starts));
	s->starts[s->nlines++] = (uint32_t)offset;
}

void
source_init(struct source *s, const char *name, struct sv bytes)
{
	size_t cap = 0, n;

	assert(bytes.len < UINT32_MAX);
	*s = (struct source) { .name = mem_strdup(name),
		.bytes = mem_svdup(bytes),
		.len = bytes.len };
	add_start(s, &cap, 0);
	for (size_t i = 0; i < bytes.len; i += n) {
		n = source_break(sv_from(bytes, i));
		if (n != 0)
			add_start(s, &cap, i + n);
		else
			n = 1;
	}
}

void
source_done(struct source *s)
{
	free(s->name);
	free(s->bytes);
	free(s->starts);
}

struct sv
source_line(const struct source *s, uint32_t line)
{
	struct sv rest;
	size_t n = 0;

	if (line == 0 || line > s->nlines)
		return SV_NONE;
	rest = sv_from((struct sv) { s->bytes, s->len }, s->starts[line - 1]);
	if (line < s->nlines)
		rest.len = s->starts[line] - s->starts[line - 1];
	while (n < rest.len && source_break(sv_from(rest, n)) == 0)
		n++;
	return sv_sub(rest, 0, n);
}

size_t
source_offset(const struct source *s, struct place at)
{
	struct sv line = source_line(s, at.line);
	size_t n = 0;
	uint32_t cp;

	if (at.line == 0 || at.line > s->nlines)
		return s->len;
	for (uint32_t c = 1; c < at.column && n < line.len; c++)
		n += utf8_decode(sv_from(line, n), &cp);
	return s->starts[at.line - 1] + n;
}

static void
mask_bytes(struct source *s, size_t from, size_t to)
{
	size_t n;

	for (size_t i = from; i < to; i += n) {
		n = source_break((struct sv) { s->bytes + i, s->len - i });
		if (n == 0) {
			s->bytes[i] = '*';
			n = 1;
		}
	}
}

void
source_mask(struct source *s, struct place from, struct place to)
{
	mask_bytes(s, source_offset(s, from), source_offset(s, to));
}

void
source_mask_after(struct source *s, struct sv word)
{
	for (uint32_t i = 1; i <= s->nlines; i++) {
		struct sv line = source_line(s, i);
		size_t at = sv_find(line, word);

		if (at < line.len)
			mask_bytes(s, s->starts[i - 1] + at + word.len,
			    s->starts[i - 1] + line.len);
	}
}
