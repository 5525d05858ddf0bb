/* filters/places.c: where the leaves of a query stand, for explanations. */
#include "filters/places.h"

static void
add(struct places *p, const struct find *f)
{
	if (p->total++ < PLACES_SHOWN)
		p->v[p->n++] = *f;
}

static struct find
place_of(const struct matcher *m, const struct span *s)
{
	const struct token *first = &m->text.tokens[s->first];

	return (struct find) { first->part, first->start,
		(uint32_t)text_span(&m->text, s->first, s->last).len };
}

static void
add_covered(struct matcher *m, const struct filter *f, const struct node *n,
    uint32_t cover, struct places *p)
{
	uint32_t at = matcher_spans(m, f, n);
	struct cover c = { cover, 0 };

	while ((at = matcher_accept(m, f, n, at)) != 0) {
		const struct span s = m->spans.v[at - 1];
		const struct find place = place_of(m, &s);

		at = s.next;
		if (cover == 0 || cover_has(&m->spans, &c, &s))
			add(p, &place);
	}
}

static void
add_finds(struct matcher *m, const struct node *n, struct places *p)
{
	const struct search *s = matcher_search(m, n);

	for (size_t i = 0; i < s->n; i++)
		add(p, &m->finds[s->first + i]);
	p->gave_up = s->gave_up;
}

/* Of what must not be near nothing is covered: then all is shown. */
struct places
places_find(struct matcher *m, const struct filter *f, const struct node *n)
{
	uint32_t cover = n->near == 0 ? 0 : m->verdicts[n->near - 1].near;
	struct places p = { .n = 0 };

	if (n->kind == QUERY_REGEX) {
		add_finds(m, n, &p);
	} else if (n->kind == QUERY_TERM || n->kind == QUERY_ENTITY) {
		add_covered(m, f, n, cover, &p);
		if (p.total == 0 && cover != 0)
			add_covered(m, f, n, 0, &p);
	}
	return p;
}
