/* filters/anchors.c: which filters an atom may concern. */
#include "filters/anchors.h"

#include <stdlib.h>

#define NEVER_SEEN UINT64_C(1) /* cost of the rarest atom */
#define LONGEST 16 /* letters; longer words are as rare */
#define ALWAYS UINT64_MAX /* cost where no atom is needed */

struct chooser {
	struct ruleset *rules;
	uint64_t *cost; /* by node of the program at hand */
	struct pair {
		uint32_t atom, filter;
	} * pairs;
	size_t npairs, cappairs;
};

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > ALWAYS - b ? ALWAYS : a + b;
}

/* How often an atom is seen, by guess: long words are rarer. */
static uint64_t
atom_cost(const struct ruleset *r, uint32_t atom)
{
	uint32_t letters = r->lexicon.atoms[atom].weight;

	return NEVER_SEEN << (LONGEST -
				 (letters > LONGEST ? LONGEST : letters)) *
	    2;
}

static uint64_t
entity_cost(const struct ruleset *r, uint32_t entity)
{
	const struct entity *e = &r->entities[entity];
	uint64_t cost = 0;

	for (size_t i = 0; i < e->nnames; i++)
		cost = sum(cost, atom_cost(r, e->names[i].atom));
	return cost;
}

static uint64_t
group_cost(
    const struct chooser *c, const struct program *p, const struct node *n)
{
	uint64_t cost = n->kind == QUERY_OR ? 0 : ALWAYS;

	for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling) {
		if (n->kind == QUERY_OR)
			cost = sum(cost, c->cost[k - 1]);
		else if (c->cost[k - 1] < cost)
			cost = c->cost[k - 1];
	}
	return cost;
}

static uint64_t
node_cost(
    const struct chooser *c, const struct program *p, const struct node *n)
{
	switch (n->kind) {
	case QUERY_AND:
	case QUERY_NEAR:
	case QUERY_OR:
		return group_cost(c, p, n);
	case QUERY_TERM:
		return atom_cost(c->rules, n->id);
	case QUERY_ENTITY:
		return entity_cost(c->rules, n->id);
	case QUERY_NOT:
	case QUERY_LANG:
		return ALWAYS;
	}
	BUG("no such node");
}

static void
add_pair(struct chooser *c, uint32_t atom, uint32_t filter)
{
	c->pairs = mem_grow(
	    c->pairs, &c->cappairs, c->npairs + 1, sizeof(*c->pairs));
	c->pairs[c->npairs++] = (struct pair) { atom, filter };
}

/* Of AND and NEAR the cheapest operand will do, of OR all are needed. */
static void
file_node(
    struct chooser *c, const struct program *p, uint32_t node, uint32_t filter)
{
	const struct node *n = &p->nodes[node];
	bool filed = false;

	for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling) {
		if (n->kind != QUERY_OR &&
		    (filed || c->cost[k - 1] != c->cost[node]))
			continue;
		file_node(c, p, k - 1, filter);
		filed = true;
	}
	if (n->kind == QUERY_TERM)
		add_pair(c, n->id, filter);
	if (n->kind == QUERY_ENTITY) {
		const struct entity *e = &c->rules->entities[n->id];

		for (size_t i = 0; i < e->nnames; i++)
			add_pair(c, e->names[i].atom, filter);
	}
}

static void
file_filter(struct chooser *c, uint32_t filter)
{
	const struct program *p = &c->rules->filters[filter].match;

	for (size_t i = 0; i < p->n; i++)
		c->cost[i] = node_cost(c, p, &p->nodes[i]);
	if (c->cost[p->n - 1] == ALWAYS)
		c->rules->always[c->rules->nalways++] = filter;
	else
		file_node(c, p, (uint32_t)p->n - 1, filter);
}

/* Sorts the pairs by atom, by counting. */
static void
fill_postings(struct chooser *c)
{
	struct ruleset *r = c->rules;
	size_t natoms = r->lexicon.natoms;
	uint32_t *first = arena_calloc(
	    &r->arena, (natoms + 2) * sizeof(*first));

	r->postings.filters = arena_alloc(
	    &r->arena, (c->npairs + 1) * sizeof(*r->postings.filters));
	for (size_t i = 0; i < c->npairs; i++)
		first[c->pairs[i].atom + 2]++;
	for (size_t i = 2; i < natoms + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < c->npairs; i++)
		r->postings.filters[first[c->pairs[i].atom + 1]++] =
		    c->pairs[i].filter;
	r->postings.first = first;
}

void
anchors_choose(struct ruleset *r)
{
	struct chooser c = { .rules = r,
		.cost = mem_calloc(r->longest + 1, sizeof(*c.cost)) };

	r->always = arena_alloc(
	    &r->arena, (r->nfilters + 1) * sizeof(*r->always));
	for (size_t i = 0; i < r->nfilters; i++)
		file_filter(&c, (uint32_t)i);
	fill_postings(&c);
	free(c.cost);
	free(c.pairs);
}
