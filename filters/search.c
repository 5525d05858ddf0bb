/* filters/search.c: regular expressions over the fields of the item at hand. */
#include "filters/matcher.h"

#include "base/utf8.h"

#include <string.h>

static const struct normal *
normalize(struct matcher *m, size_t part)
{
	struct normal *n;
	size_t old = m->capnormals;
	struct sv text = m->text.parts[part].text;

	m->normals = mem_grow(
	    m->normals, &m->capnormals, part + 1, sizeof(*m->normals));
	memset(
	    m->normals + old, 0, (m->capnormals - old) * sizeof(*m->normals));
	n = &m->normals[part];
	if (n->epoch == m->epoch)
		return n;
	n->epoch = m->epoch;
	n->cut = text.len > REGEX_TEXT_BYTES;
	nfc_set(&n->nfc, utf8_prefix(text, REGEX_TEXT_BYTES));
	return n;
}

/* Where what the leaf looks at ends in the text of a part. */
static size_t
find_limit(const struct matcher *m, const struct node *n, size_t part)
{
	const struct part *p = &m->text.parts[part];
	const struct token *last;

	if ((n->fields & FIELDS_LEAD) == 0 || p->field == FIELD_TITLE ||
	    p->lead_end == p->first)
		return p->text.len;
	last = &m->text.tokens[p->lead_end - 1];
	return last->start + last->length;
}

static void
search_part(struct matcher *m, const struct node *n, size_t part,
    struct search *s, uint64_t *steps)
{
	const struct normal *text = normalize(m, part);
	size_t limit = find_limit(m, n, part), at = 0, start, end;
	enum regex_result r = REGEX_FOUND;

	while (s->n < HITS_PER_MATCH) {
		r = regex_find(m->regex, m->rules->regexes[n->id],
		    text->nfc.text, at, text->cut, steps, &start, &end);
		if (r != REGEX_FOUND)
			break;
		at = end;
		start = nfc_origin(&text->nfc, start, false);
		end = nfc_origin(&text->nfc, end, true);
		if (end > limit)
			break;
		m->finds = mem_grow(
		    m->finds, &m->capfinds, m->nfinds + 1, sizeof(*m->finds));
		m->finds[m->nfinds++] = (struct find) { (uint32_t)part,
			(uint32_t)start, (uint32_t)(end - start) };
		s->n++;
	}
	s->gave_up = s->gave_up || r == REGEX_GAVE_UP;
	s->cut = s->cut || text->cut;
}

const struct search *
matcher_search(struct matcher *m, const struct node *n)
{
	struct search *s = &m->searches[n->id];
	uint64_t most = m->regex_steps < REGEX_STEPS ? m->regex_steps
						     : REGEX_STEPS;
	uint64_t steps = most;

	if (s->epoch == m->epoch)
		return s;
	*s = (struct search) { m->epoch, (uint32_t)m->nfinds, 0, false, false };
	if (m->regex == NULL)
		m->regex = regex_search_new();
	for (size_t i = 0; i < m->text.nparts; i++)
		if (matcher_looks_at(n, m->text.parts[i].field))
			search_part(m, n, i, s, &steps);
	m->regex_steps -= most - steps;
	m->gave_up += s->gave_up;
	return s;
}

struct sv
matcher_find_text(const struct matcher *m, const struct find *f)
{
	return sv_sub(m->text.parts[f->part].text, f->start, f->length);
}

uint64_t
matcher_gave_up(const struct matcher *m)
{
	return m->gave_up;
}
