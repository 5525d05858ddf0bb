/* filters/match.c: which filters match an item, and where. */
#include "filters/anchors.h"
#include "filters/matcher.h"

#include <stdlib.h>

/* A leaf that stands somewhere. */
static bool
has_places(const struct node *n)
{
	return n->kind == QUERY_TERM || n->kind == QUERY_ENTITY ||
	    n->kind == QUERY_REGEX;
}

/* Is a node a reason for its parent to hold?  What is not there is none. */
static bool
speaks_for(const struct node *parent, uint32_t kid)
{
	if (parent->kind == QUERY_NOT_NEAR)
		return kid == parent->kid;
	return parent->kind != QUERY_NOT;
}

/* Marks the nodes that hold together with all above them; returns how many
 * leaves there are. */
static size_t
mark_reasons(struct matcher *m, const struct program *p)
{
	size_t leaves = 0;

	m->verdicts[p->n - 1].counts = true;
	for (size_t i = p->n; i-- > 0;) {
		if (!m->verdicts[i].counts)
			continue;
		leaves += has_places(&p->nodes[i]);
		for (uint32_t k = p->nodes[i].kid; k != 0;
		     k = p->nodes[k - 1].sibling)
			m->verdicts[k - 1].counts = m->verdicts[k - 1].holds &&
			    speaks_for(&p->nodes[i], k);
	}
	return leaves;
}

static struct hit
make_hit(const struct matcher *m, const struct node *n, const struct span *s)
{
	struct hit h = { .text = text_span(&m->text, s->first, s->last) };
	const struct token *t = &m->text.tokens[s->first];

	h.field = m->text.parts[t->part].field;
	h.start = t->start;
	h.length = h.text.len;
	if (n->kind == QUERY_ENTITY) {
		const struct entity *e = &m->rules->entities[n->id];

		h.entity = e->key;
		h.label = e->label;
		h.wikidata = e->wikidata;
	}
	return h;
}

/* One place is one hit; a name is more telling than a word. */
static void
add_hit(struct matcher *m, const struct hit *h)
{
	size_t at = m->nhits;

	for (size_t i = 0; i < m->nhits; i++)
		if (m->hits[i].text.p == h->text.p &&
		    m->hits[i].length == h->length) {
			if (m->hits[i].entity == NULL)
				m->hits[i] = *h;
			return;
		}
	if (m->nhits == HITS_PER_MATCH)
		return;
	m->nhits++;
	for (; at > 0 &&
	     (m->hits[at - 1].field > h->field ||
		 (m->hits[at - 1].field == h->field &&
		     m->hits[at - 1].start > h->start));
	     at--)
		m->hits[at] = m->hits[at - 1];
	m->hits[at] = *h;
}

static void
collect_leaf(struct matcher *m, const struct filter *f, const struct node *n,
    size_t quota)
{
	uint32_t at = matcher_spans(m, f, n);
	struct cover c = { n->near == 0 ? 0 : m->verdicts[n->near - 1].near,
		0 };

	while (quota > 0 && (at = matcher_accept(m, f, n, at)) != 0) {
		const struct span s = m->spans.v[at - 1];
		struct hit h;

		at = s.next;
		if (n->near != 0 && !cover_has(&m->spans, &c, &s))
			continue;
		h = make_hit(m, n, &s);
		add_hit(m, &h);
		quota--;
	}
}

static void
collect_finds(struct matcher *m, const struct node *n, size_t quota)
{
	const struct search *s = matcher_search(m, n);

	for (size_t i = 0; i < s->n && i < quota; i++) {
		const struct find *f = &m->finds[s->first + i];
		struct hit h = { .field = m->text.parts[f->part].field,
			.text = matcher_find_text(m, f),
			.start = f->start,
			.length = f->length };

		add_hit(m, &h);
	}
}

static void
want_filter(struct matcher *m, uint32_t filter)
{
	if (m->outcomes[filter].collected == m->collection)
		return;
	m->outcomes[filter].collected = m->collection;
	m->queue = mem_grow(
	    m->queue, &m->capqueue, m->nqueue + 1, sizeof(*m->queue));
	m->queue[m->nqueue++] = filter;
}

static void
collect_filter(struct matcher *m, const struct filter *f)
{
	const struct program *p = &f->match;
	size_t keep = m->spans.n, quota;

	(void)matcher_eval(m, f, p);
	quota = mark_reasons(m, p);
	quota = HITS_PER_MATCH / (quota == 0 ? 1 : quota) + 1;
	for (size_t i = 0; i < p->n; i++) {
		if (!m->verdicts[i].counts)
			continue;
		if (p->nodes[i].kind == QUERY_FILTER)
			want_filter(m, p->nodes[i].id);
		else if (p->nodes[i].kind == QUERY_REGEX)
			collect_finds(m, &p->nodes[i], quota);
		else if (has_places(&p->nodes[i]))
			collect_leaf(m, f, &p->nodes[i], quota);
	}
	m->spans.n = keep;
}

void
matcher_collect(struct matcher *m, uint32_t filter)
{
	m->nhits = m->nqueue = 0;
	m->collection++;
	want_filter(m, filter);
	for (size_t i = 0; i < m->nqueue && m->nhits < HITS_PER_MATCH; i++)
		collect_filter(m, &m->rules->filters[m->queue[i]]);
}

static void
try_filter(struct matcher *m, size_t index, match_fn *fn, void *arg)
{
	struct match match = { m->rules->filters[index].name, index, m->hits,
		0 };

	if (!matcher_outcome(m, (uint32_t)index))
		return;
	matcher_collect(m, (uint32_t)index);
	match.nhits = m->nhits;
	fn(&match, arg);
}

void
ruleset_match(const struct ruleset *r, struct matcher *m, const struct item *it,
    match_fn *fn, void *arg)
{
	matcher_read(m, r, it);
	for (size_t i; matcher_next_candidate(m, &i);)
		try_filter(m, i, fn, arg);
	m->cut += m->text.cut || m->spans.cut;
}

uint64_t
matcher_cut(const struct matcher *m)
{
	return m->cut;
}

const char *
field_name(enum field f)
{
#define FIELD_NAME(enumerator, name) [enumerator] = name,
	static const char *const names[] = { FIELDS(FIELD_NAME) };
#undef FIELD_NAME

	return names[f];
}

void
ruleset_free(struct ruleset *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->nregexes; i++)
		regex_free(r->regexes[i]);
	free(r->regexes);
	lexicon_done(&r->lexicon);
	anchors_done(&r->anchors);
	arena_done(&r->arena);
	free(r);
}

size_t
ruleset_filters(const struct ruleset *r)
{
	return r->nfilters;
}

const char *
ruleset_revision(const struct ruleset *r, size_t filter)
{
	return r->filters[filter].revision;
}
