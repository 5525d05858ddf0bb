/* config/align.c: where the characters of a YAML scalar stand in its file. */
#include "config/align.h"

#include "base/utf8.h"
#include "config/source.h"

#include <stdlib.h>
#include <string.h>

/* Text and source are walked side by side; a mark is set where they were out
 * of step. */
struct walk {
	enum align_style style;
	struct sv raw, text;
	size_t at, t; /* in raw and text */
	struct place place;
	uint32_t indent; /* of a block */
	struct config_line *marks;
	size_t nmarks, capmarks;
};

static bool
is_blank(struct sv v, size_t i)
{
	return i < v.len && (v.p[i] == ' ' || v.p[i] == '\t');
}

static size_t
count_blanks(struct sv v)
{
	size_t n = 0;

	while (is_blank(v, n))
		n++;
	return n;
}

static void
add_mark(struct walk *w)
{
	struct config_line *last;

	if (w->t >= w->text.len)
		return;
	if (w->nmarks == 0 || w->marks[w->nmarks - 1].offset != w->t)
		w->marks = mem_grow(
		    w->marks, &w->capmarks, ++w->nmarks, sizeof(*w->marks));
	last = &w->marks[w->nmarks - 1];
	*last = (struct config_line) { (uint32_t)w->t, w->place.line,
		w->place.column };
}

/* Length of a line break here and, outside blocks, of the blanks before it,
 * which are not part of the text. */
static size_t
fold_here(const struct walk *w)
{
	struct sv rest = sv_from(w->raw, w->at);
	size_t blanks = w->style != ALIGN_BLOCK ? count_blanks(rest) : 0;
	size_t n = source_break(sv_from(rest, blanks));

	return n != 0 ? blanks + n : 0;
}

static void
skip_to_next_line(struct walk *w, size_t n)
{
	w->at += n;
	w->place = (struct place) { w->place.line + 1, 1 };
	while (is_blank(w->raw, w->at) &&
	    (w->style != ALIGN_BLOCK || w->place.column <= w->indent)) {
		w->at++;
		w->place.column++;
	}
}

/* One break of the source is one blank or break of the text, or none where
 * several were folded. */
static void
skip_fold(struct walk *w, size_t n)
{
	struct sv rest = sv_from(w->text, w->t);

	skip_to_next_line(w, n);
	w->t += rest.p[0] == ' ' ? 1 : source_break(rest);
	add_mark(w);
}

static size_t
escape_len(char kind)
{
	switch (kind) {
	case 'x':
		return 4;
	case 'u':
		return 6;
	case 'U':
		return 10;
	default:
		return 2;
	}
}

static void
skip_escape(struct walk *w)
{
	struct sv behind = sv_from(w->raw, w->at + 1);
	size_t n = source_break(behind);
	uint32_t cp;

	if (n != 0) {
		skip_to_next_line(w, n + 1);
	} else {
		n = escape_len(behind.len != 0 ? behind.p[0] : '\0');
		w->at += n;
		w->place.column += (uint32_t)n;
		w->t += utf8_decode(sv_from(w->text, w->t), &cp);
	}
	add_mark(w);
}

static void
skip_char(struct walk *w)
{
	uint32_t cp;
	size_t n = utf8_decode(sv_from(w->raw, w->at), &cp);

	w->at += n;
	w->t += n;
	w->place.column++;
}

static void
walk_text(struct walk *w)
{
	while (w->t < w->text.len && w->at < w->raw.len) {
		struct sv rest = sv_from(w->raw, w->at);
		size_t n = fold_here(w);

		if (n != 0) {
			skip_fold(w, n);
		} else if (w->style == ALIGN_DOUBLE_QUOTED &&
		    rest.p[0] == '\\') {
			skip_escape(w);
		} else if (w->style == ALIGN_SINGLE_QUOTED &&
		    sv_starts(rest, SV("''"))) {
			w->at++;
			w->place.column++;
			skip_char(w);
			add_mark(w);
		} else {
			skip_char(w);
		}
	}
}

/* A block's indentation is what its first line with words has in the source
 * and not in the text. */
static uint32_t
block_indent(struct sv raw, struct sv text)
{
	size_t n;

	while ((n = source_break(text)) != 0)
		text = sv_from(text, n);
	while ((n = count_blanks(raw)) < raw.len &&
	    source_break(sv_from(raw, n)) != 0)
		raw = sv_from(raw, n + source_break(sv_from(raw, n)));
	return n > count_blanks(text) ? (uint32_t)(n - count_blanks(text)) : 0;
}

static void
skip_header(struct walk *w)
{
	size_t n = 0;

	while (n < w->raw.len && source_break(sv_from(w->raw, n)) == 0)
		n++;
	n += source_break(sv_from(w->raw, n));
	w->indent = block_indent(sv_from(w->raw, n), w->text);
	skip_to_next_line(w, n);
}

void
align_scalar(struct arena *arena, enum align_style style, struct sv raw,
    struct config_text *t)
{
	struct walk w = { .style = style,
		.raw = raw,
		.text = t->text,
		.place = { t->line, t->column } };
	size_t bytes;

	if (style == ALIGN_BLOCK) {
		skip_header(&w);
	} else if (style != ALIGN_PLAIN) {
		w.at++;
		w.place.column++;
	}
	t->line = w.place.line;
	t->column = w.place.column;
	walk_text(&w);
	bytes = w.nmarks * sizeof(*w.marks);
	if (bytes != 0)
		t->lines = memcpy(arena_alloc(arena, bytes), w.marks, bytes);
	t->nlines = (uint32_t)w.nmarks;
	free(w.marks);
}
