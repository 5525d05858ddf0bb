/* alerts/excerpt.c: the few words around the hits that show why. */
#include "alerts/alert.h"

#include "base/utf8.h"

#include <string.h>

#define PIECES 3 /* at most, from different places */
#define WORD_BYTES 40 /* no border so near: no words */
#define KIND_BYTES 64 /* texts of one length that begin alike are alike */
#define ELLIPSIS "…"
#define ELLIPSIS_BYTES (sizeof(ELLIPSIS) - 1)

/* A stretch of one field's text. */
struct piece {
	const char *field;
	struct sv text; /* of the whole field */
	size_t start, end;
	size_t order; /* of the field, as hits name them */
};

struct choice {
	struct piece v[PIECES];
	size_t n;
	size_t kinds; /* different hits that stand in them */
};

static size_t
hit_count(const struct alert *a)
{
	return a->nhits < HITS_PER_MATCH ? a->nhits : HITS_PER_MATCH;
}

/* Bytes of text in each of `n` pieces, so that all fit with what joins them. */
static size_t
piece_bytes(size_t n)
{
	return (EXCERPT_BYTES - (n + 1) * ELLIPSIS_BYTES - (n - 1)) / n;
}

/* Two names of one entity show the same thing. */
static bool
is_same_kind(const struct alert_hit *a, const struct alert_hit *b)
{
	if (a->entity != NULL && b->entity != NULL)
		return strcmp(a->entity, b->entity) == 0;
	return a->entity == NULL && b->entity == NULL &&
	    a->text.len == b->text.len &&
	    sv_ieq(
		sv_sub(a->text, 0, KIND_BYTES), sv_sub(b->text, 0, KIND_BYTES));
}

static bool
is_within(const struct alert_hit *h, const struct alert_hit *first, size_t size)
{
	return h == first ||
	    (strcmp(h->field, first->field) == 0 && h->start >= first->start &&
		h->start + h->length <= first->start + size);
}

/* Marks what a piece that begins with hit `first` shows; returns how many kinds
 * are new in it. */
static size_t
cover(const struct alert *a, size_t first, size_t size, bool *shown,
    struct piece *out)
{
	size_t fresh = 0, n = hit_count(a);
	const struct alert_hit *f = &a->hits[first];

	for (size_t i = 0; i < n; i++) {
		const struct alert_hit *h = &a->hits[i];

		if (!is_within(h, f, size))
			continue;
		if (h->start + h->length > out->end)
			out->end = h->start + h->length;
		fresh += !shown[i];
		for (size_t j = 0; j < n; j++)
			if (is_same_kind(h, &a->hits[j]))
				shown[j] = true;
	}
	return fresh;
}

/* The piece that shows most that is not shown yet; of equals, the first that is
 * not of the title, which a reader sees anyway. */
static size_t
best_piece(const struct alert *a, size_t size, bool *shown, struct piece *out)
{
	bool best_shown[HITS_PER_MATCH], try[HITS_PER_MATCH];
	size_t best = 0, best_fresh = 0;

	for (size_t i = 0; i < hit_count(a); i++) {
		const struct alert_hit *h = &a->hits[i];
		struct piece p = { .field = h->field, .start = h->start };
		size_t score, fresh;

		if (shown[i])
			continue;
		memcpy(try, shown, sizeof(try));
		fresh = cover(a, i, size, try, &p);
		score = 2 * fresh + (strcmp(h->field, "title") != 0);
		if (score <= best)
			continue;
		best = score;
		best_fresh = fresh;
		*out = p;
		memcpy(best_shown, try, sizeof(best_shown));
	}
	if (best_fresh != 0)
		memcpy(shown, best_shown, sizeof(best_shown));
	return best_fresh;
}

static void
choose(const struct alert *a, size_t pieces, struct choice *out)
{
	bool shown[HITS_PER_MATCH] = { false };
	size_t fresh;

	*out = (struct choice) { .n = 0 };
	while (out->n < pieces &&
	    (fresh = best_piece(
		 a, piece_bytes(pieces), shown, &out->v[out->n])) != 0) {
		out->kinds += fresh;
		out->n++;
	}
}

/* Beside other pieces, what stands in the title is not said a second time. */
static void
leave_title_out(struct choice *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].field, "title") != 0)
			c->v[kept++] = c->v[i];
	if (kept != 0)
		c->n = kept;
}

/* In the order in which a reader meets them: title first, then as the hits. */
static void
place(const struct alert *a, struct choice *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct piece *p = &c->v[i], kept;
		size_t k = i;

		p->text = a->field_text(a->item, p->field);
		p->order = strcmp(p->field, "title") != 0;
		while (p->order != 0 &&
		    strcmp(a->hits[p->order - 1].field, p->field) != 0)
			p->order++;
		kept = *p;
		for (; k > 0 &&
		     (c->v[k - 1].order > kept.order ||
			 (c->v[k - 1].order == kept.order &&
			     c->v[k - 1].start > kept.start));
		     k--)
			c->v[k] = c->v[k - 1];
		c->v[k] = kept;
	}
}

static bool
is_border(struct sv text, size_t at)
{
	return at == 0 || at >= text.len || ascii_is_space(text.p[at]) ||
	    ascii_is_space(text.p[at - 1]);
}

static bool
is_inside_char(struct sv text, size_t at)
{
	return at < text.len && ((unsigned char)text.p[at] & 0xC0) == 0x80;
}

/* The border of a word nearest to `from` towards `to`; where none is near
 * (Chinese, a very long word) the border of a character. */
static size_t
cut_at(struct sv text, size_t from, size_t to)
{
	size_t at = from;

	for (size_t i = 0; i <= WORD_BYTES; i++) {
		if (is_border(text, at))
			return at;
		if (at == to)
			break;
		at += to > from ? 1 : (size_t)-1;
	}
	for (at = from; at != to && is_inside_char(text, at);)
		at += to > from ? 1 : (size_t)-1;
	return at;
}

static size_t
least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Widens the piece to `size` bytes, evenly, not before `from`; false when
 * nothing is left of it. */
static bool
widen(struct piece *p, size_t size, size_t from)
{
	size_t slack, left, right;

	p->end = least_of(p->end, p->text.len);
	if (p->start < from)
		p->start = from;
	if (p->start >= p->end)
		return false;
	p->end = least_of(p->end, p->start + size);
	slack = size - (p->end - p->start);
	left = least_of(slack / 2, p->start - from);
	right = least_of(slack - left, p->text.len - p->end);
	left = least_of(slack - right, p->start - from);
	p->start = cut_at(p->text, p->start - left, p->start);
	p->end = cut_at(p->text, p->end + right, p->end);
	return true;
}

/* On one line: each run of white space and controls is one blank. */
static void
add_flat(struct str *out, struct sv v)
{
	bool blank = true;
	uint32_t cp;
	size_t n;

	v = sv_trim(v);
	for (; v.len != 0; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		if (cp > 0x20 && utf8_is_printable(cp))
			(void)str_add(out, sv_sub(v, 0, n));
		else if (!blank)
			(void)str_addc(out, ' ');
		blank = cp <= 0x20 || !utf8_is_printable(cp);
	}
}

static void
add_piece(struct str *out, const struct piece *p)
{
	bool cut_before = sv_trim(sv_sub(p->text, 0, p->start)).len != 0;
	bool cut_after = sv_trim(sv_from(p->text, p->end)).len != 0;

	if (cut_before && !sv_ends(str_sv(out), SV(ELLIPSIS)))
		(void)str_adds(out, out->len != 0 ? " " ELLIPSIS : ELLIPSIS);
	else if (out->len != 0)
		(void)str_addc(out, ' ');
	add_flat(out, sv_sub(p->text, p->start, p->end - p->start));
	if (cut_after)
		(void)str_adds(out, ELLIPSIS);
}

/* A filter may match without a word of its own (lang:ar): how it begins. */
static void
choose_start(const struct alert *a, struct choice *out)
{
	static const char *const fields[] = { "summary", "content", "article" };
	struct sv text;

	for (size_t i = 0; i < COUNTOF(fields) && out->n == 0; i++) {
		text = a->field_text(a->item, fields[i]);
		if (text.len != 0)
			out->v[out->n++] = (struct piece) {
				.field = fields[i], .text = text, .end = 1
			};
	}
}

void
alert_excerpt(const struct alert *a, struct str *out)
{
	struct choice best, c;
	size_t from = 0;

	choose(a, 1, &best);
	for (size_t n = 2; n <= PIECES; n++) {
		choose(a, n, &c);
		if (c.kinds > best.kinds)
			best = c;
	}
	leave_title_out(&best);
	place(a, &best);
	if (best.n == 0)
		choose_start(a, &best);
	for (size_t i = 0; i < best.n; i++) {
		struct piece *p = &best.v[i];

		from = i > 0 && p->order == p[-1].order ? p[-1].end : 0;
		if (widen(p, piece_bytes(best.n), from))
			add_piece(out, p);
		else
			p->end = from;
	}
}
