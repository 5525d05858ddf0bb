/* filters/anchors.c: which filters an atom may concern. */
#include "filters/anchors.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NEVER_SEEN UINT64_C(1) /* cost of the rarest atom */
#define SEEN_ONCE (UINT64_C(1) << 18)
#define LONGEST 16 /* letters; longer words are as rare */
#define ALWAYS UINT64_MAX /* cost where no atom is needed */

#define GUARD_ATOMS 64 /* more are no guard: it costs more than it saves */

struct pair {
	uint32_t key, filter;
	uint32_t guards; /* as in the chooser */
};

struct pairs {
	struct pair *v;
	size_t n, cap;
};

struct chooser {
	const struct ruleset *rules;
	uint32_t *seen; /* by atom; or NULL */
	struct anchors out;
	size_t next; /* in the order of the rules */
	uint64_t *cost; /* by node of the program at hand */
	uint64_t *filter_cost;
	uint64_t *sorted; /* costs of the operands of OF */
	struct pairs atoms, filters;
	uint32_t guard; /* a place in `guards`: those of the filter at hand */
	uint16_t *guards; /* lists, a count and so many; the first is empty */
	size_t nguards, capguards;
};

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > ALWAYS - b ? ALWAYS : a + b;
}

/* How often an atom is seen; of those that were not, by guess: long words are
 * rarer. */
static uint64_t
atom_cost(const struct chooser *c, uint32_t atom)
{
	uint32_t letters = c->rules->lexicon.atoms[atom].weight;
	uint32_t missing = LONGEST - (letters > LONGEST ? LONGEST : letters);

	if (c->seen == NULL)
		return NEVER_SEEN << missing * 2;
	return c->seen[atom] * SEEN_ONCE + (NEVER_SEEN << missing);
}

static uint64_t
entity_cost(const struct chooser *c, uint32_t entity)
{
	const struct entity *e = &c->rules->entities[entity];
	uint64_t cost = 0;

	for (size_t i = 0; i < e->nnames; i++)
		cost = sum(cost, atom_cost(c, e->names[i].atom));
	return cost;
}

static int
compare_costs(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of so many operands of OF one must hold whatever holds: all but count - 1. */
static size_t
sort_operands(
    const struct chooser *c, const struct program *p, const struct node *n)
{
	size_t kids = 0;

	for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling)
		c->sorted[kids++] = c->cost[k - 1];
	qsort(c->sorted, kids, sizeof(*c->sorted), compare_costs);
	return kids - n->count + 1;
}

static uint64_t
of_cost(const struct chooser *c, const struct program *p, const struct node *n)
{
	size_t needed = sort_operands(c, p, n);
	uint64_t cost = 0;

	for (size_t i = 0; i < needed; i++)
		cost = sum(cost, c->sorted[i]);
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
	case QUERY_NOT_NEAR:
	case QUERY_ATLEAST:
		return c->cost[n->kid - 1];
	case QUERY_OF:
		return of_cost(c, p, n);
	case QUERY_TERM:
		return atom_cost(c, n->id);
	case QUERY_ENTITY:
		return entity_cost(c, n->id);
	case QUERY_FILTER:
		return c->filter_cost[n->id];
	case QUERY_NOT:
	case QUERY_LANG:
	case QUERY_REGEX:
		return ALWAYS;
	}
	BUG("no such node");
}

static void
add_pair(
    const struct chooser *c, struct pairs *p, uint32_t key, uint32_t filter)
{
	p->v = mem_grow(p->v, &p->cap, p->n + 1, sizeof(*p->v));
	p->v[p->n++] = (struct pair) { key, filter, c->guard };
}

static void file_node(
    struct chooser *c, const struct program *p, uint32_t node, uint32_t filter);

/* Of AND and NEAR the cheapest operand will do, of OR all are needed. */
static void
file_group(
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
}

static void
file_of(
    struct chooser *c, const struct program *p, uint32_t node, uint32_t filter)
{
	const struct node *n = &p->nodes[node];
	size_t needed = sort_operands(c, p, n), ties = 1;
	uint64_t dearest = c->sorted[needed - 1];

	while (ties < needed && c->sorted[needed - 1 - ties] == dearest)
		ties++;
	for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling) {
		if (c->cost[k - 1] > dearest ||
		    (c->cost[k - 1] == dearest && ties == 0))
			continue;
		ties -= c->cost[k - 1] == dearest;
		file_node(c, p, k - 1, filter);
	}
}

static void
file_node(
    struct chooser *c, const struct program *p, uint32_t node, uint32_t filter)
{
	const struct node *n = &p->nodes[node];
	const struct entity *e;

	switch (n->kind) {
	case QUERY_AND:
	case QUERY_NEAR:
	case QUERY_OR:
		file_group(c, p, node, filter);
		return;
	case QUERY_OF:
		file_of(c, p, node, filter);
		return;
	case QUERY_NOT_NEAR:
	case QUERY_ATLEAST:
		file_node(c, p, n->kid - 1, filter);
		return;
	case QUERY_TERM:
		add_pair(c, &c->atoms, n->id, filter);
		return;
	case QUERY_ENTITY:
		e = &c->rules->entities[n->id];
		for (size_t i = 0; i < e->nnames; i++)
			add_pair(c, &c->atoms, e->names[i].atom, filter);
		return;
	case QUERY_FILTER:
		add_pair(c, &c->filters, n->id, filter);
		return;
	case QUERY_NOT:
	case QUERY_LANG:
	case QUERY_REGEX:
		return;
	}
	BUG("no such node");
}

/* The cheapest operand that the filter is not filed under, but is needed too;
 * 0: none. */
static uint32_t
second_operand(const struct chooser *c, const struct program *p)
{
	const struct node *n = &p->nodes[p->n - 1];
	uint64_t least = ALWAYS;
	uint32_t best = 0;

	while (n->kind == QUERY_AND || n->kind == QUERY_NEAR) {
		const struct node *filed = NULL;
		uint64_t cost = c->cost[n - p->nodes];

		for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling) {
			if (filed == NULL && c->cost[k - 1] == cost) {
				filed = &p->nodes[k - 1];
			} else if (c->cost[k - 1] < least) {
				least = c->cost[k - 1];
				best = k;
			}
		}
		if (filed == NULL)
			break;
		n = filed;
	}
	return best;
}

static uint32_t
keep_guards(struct chooser *c, const struct pair *v, size_t n)
{
	uint32_t at = (uint32_t)c->nguards;

	c->guards = mem_grow(
	    c->guards, &c->capguards, c->nguards + n + 1, sizeof(*c->guards));
	c->guards[c->nguards++] = (uint16_t)n;
	for (size_t i = 0; i < n; i++)
		c->guards[c->nguards++] = (uint16_t)(v[i].key % GUARDS);
	return at;
}

/* Candidates are many, and few of them have a word of another operand too. */
static uint32_t
choose_guard(struct chooser *c, const struct program *p, uint32_t filter)
{
	size_t natoms = c->atoms.n, nfilters = c->filters.n, n;
	uint32_t operand = second_operand(c, p), guard = 0;

	if (operand == 0)
		return guard;
	file_node(c, p, operand - 1, filter);
	n = c->atoms.n - natoms;
	if (c->filters.n == nfilters && n != 0 && n <= GUARD_ATOMS)
		guard = keep_guards(c, &c->atoms.v[natoms], n);
	c->atoms.n = natoms;
	c->filters.n = nfilters;
	return guard;
}

static void
file_filter(struct chooser *c, uint32_t filter)
{
	const struct program *p = &c->rules->filters[filter].match;

	for (size_t i = 0; i < p->n; i++)
		c->cost[i] = node_cost(c, p, &p->nodes[i]);
	c->filter_cost[filter] = c->cost[p->n - 1];
	c->guard = 0;
	c->guard = choose_guard(c, p, filter);
	if (c->cost[p->n - 1] == ALWAYS)
		c->out.always[c->out.nalways++] = filter;
	else
		file_node(c, p, (uint32_t)p->n - 1, filter);
}

static size_t
posting_size(const struct chooser *c, const struct pair *p)
{
	return POSTING_GUARDS + c->guards[p->guards];
}

static void
put_posting(const struct chooser *c, const struct pair *p, uint16_t *out)
{
	out[0] = (uint16_t)(p->filter & UINT16_MAX);
	out[1] = (uint16_t)(p->filter >> 16);
	memcpy(&out[2], &c->guards[p->guards],
	    (posting_size(c, p) - 2) * sizeof(*out));
}

/* Sorts the pairs by key, by counting. */
static struct postings
sort_pairs(const struct chooser *c, const struct pairs *p, size_t nkeys)
{
	uint32_t *first = mem_calloc(nkeys + 2, sizeof(*first));
	size_t total = 0;
	uint16_t *v;

	for (size_t i = 0; i < p->n; i++) {
		first[p->v[i].key + 2] += (uint32_t)posting_size(c, &p->v[i]);
		total += posting_size(c, &p->v[i]);
	}
	assert(total <= UINT32_MAX);
	v = mem_alloc((total + 1) * sizeof(*v));
	for (size_t i = 2; i < nkeys + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < p->n; i++) {
		put_posting(c, &p->v[i], &v[first[p->v[i].key + 1]]);
		first[p->v[i].key + 1] += (uint32_t)posting_size(c, &p->v[i]);
	}
	return (struct postings) { first, v };
}

struct chooser *
anchors_begin(const struct ruleset *r, uint32_t *seen)
{
	struct chooser *c = mem_calloc(1, sizeof(*c));

	c->rules = r;
	c->seen = seen;
	c->out.always = mem_alloc((r->nfilters + 1) * sizeof(*c->out.always));
	c->cost = mem_calloc(r->longest + 1, sizeof(*c->cost));
	c->filter_cost = mem_calloc(r->nfilters + 1, sizeof(*c->filter_cost));
	c->sorted = mem_calloc(r->longest + 1, sizeof(*c->sorted));
	(void)keep_guards(c, NULL, 0);
	return c;
}

bool
anchors_go_on(struct chooser *c, size_t nodes)
{
	for (size_t n; c->next < c->rules->nfilters && nodes != 0;
	     nodes -= n < nodes ? n : nodes) {
		uint32_t filter = c->rules->order[c->next++];

		n = c->rules->filters[filter].match.n;
		file_filter(c, filter);
	}
	return c->next == c->rules->nfilters;
}

struct anchors
anchors_end(struct chooser *c)
{
	const struct ruleset *r = c->rules;
	struct anchors a = c->out;

	a.always = mem_realloc(a.always, a.nalways + 1, sizeof(*a.always));
	a.atoms = sort_pairs(c, &c->atoms, r->lexicon.natoms);
	a.filters = sort_pairs(c, &c->filters, r->nfilters);
	c->out.always = NULL;
	anchors_give_up(c);
	return a;
}

void
anchors_give_up(struct chooser *c)
{
	if (c == NULL)
		return;
	free(c->out.always);
	free(c->seen);
	free(c->cost);
	free(c->filter_cost);
	free(c->sorted);
	free(c->atoms.v);
	free(c->filters.v);
	free(c->guards);
	free(c);
}

struct anchors
anchors_choose(const struct ruleset *r)
{
	struct chooser *c = anchors_begin(r, NULL);

	(void)anchors_go_on(c, SIZE_MAX);
	return anchors_end(c);
}

void
anchors_done(struct anchors *a)
{
	free(a->atoms.first);
	free(a->atoms.v);
	free(a->filters.first);
	free(a->filters.v);
	free(a->always);
	*a = (struct anchors) { .always = NULL };
}
