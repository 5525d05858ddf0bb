/* filters/matcher.c: what is known of the item at hand, and which nodes of a
 * filter hold. */
#include "filters/matcher.h"

#include "filters/anchors.h"
#include "filters/near.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The items after which the anchors are chosen by what was seen: first after
 * few, then each time after so many times as many. */
#define LEARN_FIRST_ITEMS 64
#define LEARN_TIMES 16
#define LEARN_NODES 8192 /* of filters, with each item until it is done */

#define FETCH_LAG 4 /* atoms, until memory has answered */

struct matcher *
matcher_new(void)
{
	struct matcher *m = mem_calloc(1, sizeof(*m));

	text_init(&m->text);
	m->stage = STAGE_ALL;
	m->langs = langs_new();
	return m;
}

void
matcher_free(struct matcher *m)
{
	if (m == NULL)
		return;
	text_done(&m->text);
	langs_free(m->langs);
	free(m->spans.v);
	free(m->atoms);
	anchors_done(&m->learned);
	anchors_give_up(m->choosing);
	free(m->entities);
	free(m->seen);
	free(m->times);
	free(m->present);
	free(m->candidates);
	free(m->needed);
	free(m->crowds);
	free(m->verdicts);
	free(m->outcomes);
	free(m->searches);
	for (size_t i = 0; i < m->capnormals; i++)
		nfc_done(&m->normals[i].nfc);
	free(m->normals);
	free(m->finds);
	free(m->queue);
	regex_search_free(m->regex);
	free(m);
}

/* Room for n elements; new memory is zero. */
static void *
fit(void *p, size_t *cap, size_t n, size_t size)
{
	size_t old = *cap;
	char *bytes = mem_grow(p, cap, n, size);

	memset(bytes + old * size, 0, (*cap - old) * size);
	return bytes;
}

/* When their numbers begin anew. */
static void
forget_items(struct matcher *m)
{
	memset(m->atoms, 0, m->capatoms * sizeof(*m->atoms));
	memset(m->entities, 0, m->capentities * sizeof(*m->entities));
	memset(m->outcomes, 0, m->capoutcomes * sizeof(*m->outcomes));
	memset(m->searches, 0, m->capsearches * sizeof(*m->searches));
	for (size_t i = 0; i < m->capnormals; i++)
		m->normals[i].epoch = 0;
	m->epoch = 1;
}

/* Begins to choose the anchors by what the items so far brought. */
static void
begin_learning(struct matcher *m)
{
	size_t n = m->rules->lexicon.natoms;
	uint32_t *seen = mem_calloc(n + 1, sizeof(*seen));

	memcpy(seen, m->times, n * sizeof(*seen));
	m->choosing = anchors_begin(m->rules, seen);
}

static void
learn(struct matcher *m)
{
	if (!anchors_go_on(m->choosing, LEARN_NODES))
		return;
	anchors_done(&m->learned);
	m->learned = anchors_end(m->choosing);
	m->choosing = NULL;
	m->anchors = &m->learned;
}

static void
fit_rules(struct matcher *m, const struct ruleset *r)
{
	size_t natoms = r->lexicon.natoms;

	m->atoms = fit(m->atoms, &m->capatoms, natoms + 1, sizeof(*m->atoms));
	m->entities = fit(m->entities, &m->capentities, r->nentities * 2 + 1,
	    sizeof(*m->entities));
	m->seen = fit(m->seen, &m->capseen, natoms / 64 + 1, sizeof(*m->seen));
	m->times = fit(m->times, &m->captimes, natoms + 1, sizeof(*m->times));
	m->present = fit(
	    m->present, &m->cappresent, natoms + 1, sizeof(*m->present));
	m->candidates = fit(m->candidates, &m->capcandidates,
	    r->nfilters / 64 + 1, sizeof(*m->candidates));
	m->ncrowds = r->nfilters / 64 / 64 + 1;
	m->crowds = fit(
	    m->crowds, &m->capcrowds, m->ncrowds, sizeof(*m->crowds));
	m->verdicts = fit(
	    m->verdicts, &m->capverdicts, r->longest + 1, sizeof(*m->verdicts));
	m->outcomes = fit(m->outcomes, &m->capoutcomes, r->nfilters + 1,
	    sizeof(*m->outcomes));
	m->searches = fit(m->searches, &m->capsearches, r->nregexes + 1,
	    sizeof(*m->searches));
}

/* Rules are known by their seed: others may have the same address. */
static void
begin_rules(struct matcher *m)
{
	fit_rules(m, m->rules);
	memset(m->times, 0, m->captimes * sizeof(*m->times));
	anchors_done(&m->learned);
	anchors_give_up(m->choosing);
	m->choosing = NULL;
	m->anchors = &m->rules->anchors;
	m->rules_seed = m->rules->lexicon.seed;
	m->items = 0;
	m->learn_at = LEARN_FIRST_ITEMS;
}

static void
count_item(struct matcher *m)
{
	if (m->rules_seed != m->rules->lexicon.seed || m->anchors == NULL)
		begin_rules(m);
	if (m->items >= m->learn_at && m->choosing == NULL) {
		begin_learning(m);
		m->learn_at *= LEARN_TIMES;
	}
	if (m->choosing != NULL)
		learn(m);
	m->items++;
}

bool
matcher_next_candidate(struct matcher *m, size_t *filter)
{
	for (size_t i = 0; i < m->ncrowds; i++)
		if (m->crowds[i] != 0) {
			size_t w = i * 64 +
			    (size_t)__builtin_ctzll(m->crowds[i]);
			uint64_t *word = &m->candidates[w];

			*filter = w * 64 + (size_t)__builtin_ctzll(*word);
			*word &= *word - 1;
			if (*word == 0)
				m->crowds[i] &= m->crowds[i] - 1;
			return true;
		}
	return false;
}

/* Those of the item before: an explanation leaves candidates behind. */
static void
forget_candidates(struct matcher *m)
{
	for (size_t i; matcher_next_candidate(m, &i);)
		;
	for (size_t i = 0; i < m->npresent; i++)
		m->seen[m->present[i] / 64] =
		    m->guards[m->present[i] % GUARDS / 64] = 0;
	m->npresent = 0;
}

static void
begin_item(struct matcher *m)
{
	forget_candidates(m);
	count_item(m);
	m->spans.n = m->spans.made = m->nfinds = m->nwaiting = 0;
	m->spans.cut = false;
	m->regex_steps = REGEX_ITEM_STEPS;
	if (++m->epoch == 0)
		forget_items(m);
}

static void
read_texts(struct matcher *m, const struct ruleset *r)
{
	const struct item *it = m->item;
	struct text *t = &m->text;

	text_clear(t, r->lexicon.seed);
	text_add(t, FIELD_TITLE, it->title);
	text_add(t, FIELD_SUMMARY, it->summary);
	text_add(t, FIELD_CONTENT, it->content);
	text_add(t, FIELD_ARTICLE, it->article);
	text_add(t, FIELD_URL, it->link);
	text_add(t, FIELD_AUTHOR, it->author);
	for (size_t i = 0; i < it->ncategories; i++)
		text_add(t, FIELD_TAG, it->categories[i]);
	for (size_t i = 0; i < it->ntags; i++)
		text_add(t, FIELD_TAG, it->tags[i]);
}

/* Without branches, as most are not there. */
static bool
is_guarded(const struct matcher *m, const uint16_t *posting)
{
	const uint16_t *v = posting + POSTING_GUARDS;
	size_t n = posting_guards(posting);
	uint64_t any = n == 0;

	for (size_t i = 0; i < n; i++)
		any |= m->guards[v[i] / 64] >> v[i] % 64;
	return (any & 1) != 0;
}

static void
add_candidate(struct matcher *m, uint32_t filter)
{
	const uint32_t *needs = m->anchors->filters.first;
	uint32_t w = filter / 64;
	uint64_t bit = (uint64_t)1 << filter % 64;

	if ((m->candidates[w] & bit) != 0)
		return;
	m->candidates[w] |= bit;
	m->crowds[w / 64] |= (uint64_t)1 << w % 64;
	if (needs[filter] == needs[filter + 1])
		return;
	m->needed = mem_grow(
	    m->needed, &m->capneeded, m->nneeded + 1, sizeof(*m->needed));
	m->needed[m->nneeded++] = filter;
}

static void
add_candidates(struct matcher *m, const struct postings *p, uint32_t key)
{
	const uint16_t *at = &p->v[p->first[key]];
	const uint16_t *end = &p->v[p->first[key + 1]];

	for (; at < end; at += POSTING_GUARDS + posting_guards(at))
		if (is_guarded(m, at))
			add_candidate(m, posting_filter(at));
}

static inline void
fetch_postings(const struct matcher *m, uint32_t atom)
{
	const struct postings *p = &m->anchors->atoms;

	__builtin_prefetch(&p->v[p->first[atom]]);
}

/* When all atoms of the item are known. */
static void
find_candidates(struct matcher *m)
{
	size_t fetched = m->npresent < FETCH_LAG ? 0 : m->npresent - FETCH_LAG;

	for (size_t i = fetched; i < m->npresent; i++)
		fetch_postings(m, m->present[i]);
	for (size_t i = 0; i < m->npresent; i++) {
		m->times[m->present[i]]++;
		add_candidates(m, &m->anchors->atoms, m->present[i]);
	}
	for (size_t i = 0; i < m->anchors->nalways; i++)
		add_candidate(m, m->anchors->always[i]);
	for (size_t i = 0; i < m->nneeded; i++)
		add_candidates(m, &m->anchors->filters, m->needed[i]);
	m->nneeded = 0;
}

/* The memory that is asked for is looked at when others have come by. */
static void
on_seen(struct matcher *m, uint32_t atom)
{
	m->seen[atom / 64] |= (uint64_t)1 << atom % 64;
	m->guards[atom % GUARDS / 64] |= (uint64_t)1 << atom % 64;
	__builtin_prefetch(&m->times[atom]);
	__builtin_prefetch(&m->anchors->atoms.first[atom]);
	if (m->npresent >= FETCH_LAG)
		fetch_postings(m, m->present[m->npresent - FETCH_LAG]);
	m->present[m->npresent++] = atom;
}

/* Of several spellings that begin at one token the shortest is kept. */
static void
add_occurrence(struct matcher *m, const struct occurrence *o)
{
	struct found *f = &m->atoms[o->atom];
	uint32_t span;

	if (f->epoch != m->epoch)
		*f = (struct found) { m->epoch, 0, 0 };
	if (f->tail != 0 && m->spans.v[f->tail - 1].first == o->first) {
		if (m->spans.v[f->tail - 1].last > o->last)
			m->spans.v[f->tail - 1].last = o->last;
		return;
	}
	span = span_new(&m->spans, o->first, o->last, 0);
	if (span == 0)
		return;
	if (f->tail != 0)
		m->spans.v[f->tail - 1].next = span;
	else
		f->head = span;
	f->tail = span;
}

static void
add_waiting(struct matcher *m)
{
	for (size_t i = 0; i < m->nwaiting; i++)
		__builtin_prefetch(&m->atoms[m->waiting[i].atom]);
	for (size_t i = 0; i < m->nwaiting; i++)
		add_occurrence(m, &m->waiting[i]);
	m->nwaiting = 0;
}

static void
on_found(uint32_t atom, size_t first, size_t last, void *arg)
{
	struct matcher *m = arg;

	if ((m->seen[atom / 64] >> atom % 64 & 1) == 0)
		on_seen(m, atom);
	if (m->nwaiting == OCCURRENCES)
		add_waiting(m);
	m->waiting[m->nwaiting++] = (struct occurrence) { atom, (uint32_t)first,
		(uint32_t)last };
}

void
matcher_read(struct matcher *m, const struct ruleset *r, const struct item *it)
{
	m->rules = r;
	m->item = it;
	langs_begin(m->langs, it);
	begin_item(m);
	read_texts(m, r);
	lexicon_find(&r->lexicon, &m->text, on_found, m);
	find_candidates(m);
}

/* To be called before a filter is looked at: most items concern none, and where
 * its words stand matters to nobody. */
static void
settle_places(struct matcher *m)
{
	if (m->nwaiting == 0)
		return;
	add_waiting(m);
	m->spans.made = 0; /* what follows is for one filter or another */
}

static uint32_t
atom_spans(const struct matcher *m, uint32_t atom)
{
	return m->atoms[atom].epoch == m->epoch ? m->atoms[atom].head : 0;
}

static const struct part *
part_of(const struct matcher *m, uint32_t span)
{
	uint32_t token = m->spans.v[span - 1].first;

	return &m->text.parts[m->text.tokens[token].part];
}

/* A copy of the spans of an atom, without those of texts whose capitals tell
 * nothing of an exact word. */
static uint32_t
copy_atom(struct matcher *m, uint32_t atom, bool shout)
{
	bool exact = m->rules->lexicon.atoms[atom].exact;
	uint32_t head = 0, tail = 0;

	for (uint32_t at = atom_spans(m, atom); at != 0;
	     at = m->spans.v[at - 1].next) {
		const struct span s = m->spans.v[at - 1];
		uint32_t copy;

		if (exact && !shout && part_of(m, at)->shouted)
			continue;
		copy = span_new(&m->spans, s.first, s.last, 0);
		if (copy == 0)
			break;
		if (tail != 0)
			m->spans.v[tail - 1].next = copy;
		else
			head = copy;
		tail = copy;
	}
	return head;
}

/* Does one of the atoms stand anywhere in the item's texts? */
static bool
any_in_texts(const struct matcher *m, const struct atoms *atoms)
{
	for (size_t i = 0; i < atoms->n; i++)
		for (uint32_t at = atom_spans(m, atoms->v[i]); at != 0;
		     at = m->spans.v[at - 1].next)
			if ((FIELD_BIT(part_of(m, at)->field) &
				FIELDS_DEFAULT) != 0)
				return true;
	return false;
}

enum name_weight
matcher_weigh_name(const struct matcher *m, const struct entity_name *n)
{
	if (n->lang.len != 0) {
		struct sv lang = langs_of_item(m->langs);

		if (lang.len != 0 && !sv_ieq(n->lang, lang))
			return NAME_OTHER_LANGUAGE;
	}
	if (n->needs.n != 0 && !any_in_texts(m, &n->needs))
		return NAME_NEEDS;
	return any_in_texts(m, &n->without) ? NAME_WITHOUT : NAME_COUNTS;
}

/* Drops what lies inside one of the longer phrases. */
static uint32_t
drop_hidden(struct matcher *m, uint32_t names, const struct atoms *never)
{
	uint32_t phrases = 0;

	for (size_t i = 0; names != 0 && i < never->n; i++)
		phrases = span_merge(
		    &m->spans, phrases, copy_atom(m, never->v[i], true));
	return span_drop_inside(&m->spans, names, phrases);
}

static uint32_t
find_entity(struct matcher *m, const struct entity *e, bool shout)
{
	uint32_t all = 0;

	for (size_t i = 0; i < e->nnames; i++) {
		const struct entity_name *n = &e->names[i];
		uint32_t spans;

		if (atom_spans(m, n->atom) == 0 ||
		    matcher_weigh_name(m, n) != NAME_COUNTS)
			continue;
		spans = copy_atom(m, n->atom, shout);
		spans = drop_hidden(m, spans, &n->never);
		all = span_merge(&m->spans, all, spans);
	}
	all = drop_hidden(m, all, &e->never);
	return span_keep_longest(&m->spans, all);
}

static uint32_t
entity_spans(struct matcher *m, uint32_t entity, bool shout)
{
	struct found *f = &m->entities[entity * 2 + (shout ? 1 : 0)];

	if (f->epoch != m->epoch)
		*f = (struct found) { m->epoch,
			find_entity(m, &m->rules->entities[entity], shout), 0 };
	return f->head;
}

uint32_t
matcher_spans(struct matcher *m, const struct filter *f, const struct node *n)
{
	return n->kind == QUERY_ENTITY ? entity_spans(m, n->id, f->shout)
				       : atom_spans(m, n->id);
}

bool
matcher_looks_at(const struct node *n, enum field f)
{
	unsigned lead = FIELD_BIT(FIELD_TITLE) | FIELDS_BODY;

	return (n->fields & FIELD_BIT(f)) != 0 ||
	    ((n->fields & FIELDS_LEAD) != 0 && (FIELD_BIT(f) & lead) != 0);
}

static bool
looks_at(const struct matcher *m, const struct node *n, uint32_t span)
{
	const struct part *p = part_of(m, span);

	if ((n->fields & FIELDS_LEAD) != 0 && p->field != FIELD_TITLE &&
	    m->spans.v[span - 1].last >= p->lead_end)
		return false;
	return matcher_looks_at(n, p->field);
}

uint32_t
matcher_accept(const struct matcher *m, const struct filter *f,
    const struct node *n, uint32_t list)
{
	bool exact = n->kind == QUERY_TERM &&
	    m->rules->lexicon.atoms[n->id].exact && !f->shout;

	for (; list != 0; list = m->spans.v[list - 1].next)
		if (looks_at(m, n, list) &&
		    !(exact && part_of(m, list)->shouted))
			return list;
	return 0;
}

/* The accepted spans of a leaf, as a list of their own. */
static uint32_t
copy_leaf(struct matcher *m, const struct filter *f, const struct node *n)
{
	uint32_t copy = 0, at = matcher_spans(m, f, n);

	while ((at = matcher_accept(m, f, n, at)) != 0) {
		const struct span s = m->spans.v[at - 1];
		uint32_t one = span_new(&m->spans, s.first, s.last, copy);

		if (one == 0)
			break;
		copy = one;
		at = s.next;
	}
	return span_sort(&m->spans, copy, false);
}

static bool
speaks(const struct matcher *m, struct sv langs)
{
	struct sv lang = langs_of_item(m->langs);

	for (struct sv one; sv_split(&langs, ',', &one);)
		if (lang.len != 0 && sv_ieq(lang_primary(sv_trim(one)), lang))
			return true;
	return false;
}

static struct verdict
judge_words(struct matcher *m, const struct filter *f, const struct node *n)
{
	struct verdict v = { false, false, 0 };

	if (n->near != 0) {
		v.near = copy_leaf(m, f, n);
		v.holds = v.near != 0;
	} else {
		v.holds = matcher_accept(m, f, n, matcher_spans(m, f, n)) != 0;
	}
	return v;
}

static struct verdict
judge_filter(const struct matcher *m, const struct node *n)
{
	const struct outcome *o = &m->outcomes[n->id];

	if (m->stage == STAGE_WORDS)
		return (struct verdict) { !n->negated, false, 0 };
	assert(o->epoch == m->epoch);
	return (struct verdict) { o->matches, false, 0 };
}

static struct verdict
judge_regex(struct matcher *m, const struct node *n)
{
	bool holds = m->stage == STAGE_ALL ? matcher_search(m, n)->n != 0
					   : !n->negated;

	return (struct verdict) { holds, false, 0 };
}

static struct verdict
judge_group(struct matcher *m, const struct program *p, const struct node *n)
{
	bool all = n->kind == QUERY_AND;
	struct verdict v = { all, false, 0 };

	for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling) {
		const struct verdict *kid = &m->verdicts[k - 1];

		v.holds = all ? v.holds && kid->holds : v.holds || kid->holds;
		if (n->near != 0)
			v.near = span_merge(&m->spans, v.near, kid->near);
	}
	return v;
}

static struct verdict
judge_near(struct matcher *m, const struct program *p, const struct node *n)
{
	uint32_t left = m->verdicts[n->kid - 1].near;
	uint32_t right = m->verdicts[p->nodes[n->kid - 1].sibling - 1].near;
	/* Of a NEAR in a NEAR it is enough to know where pairs begin and where
	 * they end; deeper down each pair must be known. */
	const struct near near = { n->distance, n->ordered, n->depth > 1 };
	uint32_t list = n->kind == QUERY_NEAR
	    ? near_join(&m->spans, &m->text, left, right, &near)
	    : near_without(&m->spans, &m->text, left, right, n->distance);

	return (struct verdict) { list != 0, false, list };
}

/* A name inside a longer one is no place of its own. */
static struct verdict
judge_atleast(struct matcher *m, const struct node *n)
{
	uint32_t list = span_keep_longest(
	    &m->spans, m->verdicts[n->kid - 1].near);

	return (struct verdict) { span_count(&m->spans, list) >= n->count,
		false, list };
}

static struct verdict
judge_of(const struct matcher *m, const struct program *p, const struct node *n)
{
	size_t hold = 0;

	for (uint32_t k = n->kid; k != 0; k = p->nodes[k - 1].sibling)
		hold += m->verdicts[k - 1].holds;
	return (struct verdict) { hold >= n->count, false, 0 };
}

static struct verdict
judge(struct matcher *m, const struct filter *f, const struct program *p,
    const struct node *n)
{
	switch (n->kind) {
	case QUERY_AND:
	case QUERY_OR:
		return judge_group(m, p, n);
	case QUERY_NOT:
		return (struct verdict) { !m->verdicts[n->kid - 1].holds, false,
			0 };
	case QUERY_NEAR:
	case QUERY_NOT_NEAR:
		return judge_near(m, p, n);
	case QUERY_ATLEAST:
		return judge_atleast(m, n);
	case QUERY_OF:
		return judge_of(m, p, n);
	case QUERY_TERM:
	case QUERY_ENTITY:
		return judge_words(m, f, n);
	case QUERY_LANG:
		return (
		    struct verdict) { speaks(m, sv_of(n->langs)), false, 0 };
	case QUERY_FILTER:
		return judge_filter(m, n);
	case QUERY_REGEX:
		return judge_regex(m, n);
	}
	BUG("no such node");
}

bool
matcher_eval(struct matcher *m, const struct filter *f, const struct program *p)
{
	for (size_t i = 0; i < p->n; i++)
		m->verdicts[i] = judge(m, f, p, &p->nodes[i]);
	return p->n != 0 && m->verdicts[p->n - 1].holds;
}

void
matcher_renew_kids(struct matcher *m, const struct filter *f,
    const struct program *p, size_t node)
{
	size_t first = node;

	while (p->nodes[first].kid != 0)
		first = p->nodes[first].kid - 1;
	for (size_t i = first; i < node; i++)
		m->verdicts[i] = judge(m, f, p, &p->nodes[i]);
}

static void
find_entities(
    struct matcher *m, const struct filter *f, const struct program *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->nodes[i].kind == QUERY_ENTITY)
			(void)entity_spans(m, p->nodes[i].id, f->shout);
}

/* The deepest chain of references has FILTER_DEPTH filters. */
static void
judge_refs(struct matcher *m, const struct filter *f)
{
	for (size_t i = 0; i < f->nrefs; i++)
		(void)matcher_outcome(m, f->refs[i]);
}

void
matcher_prepare(struct matcher *m, const struct filter *f)
{
	settle_places(m);
	find_entities(m, f, &f->match);
	find_entities(m, f, &f->veto);
	judge_refs(m, f);
}

/* What the evaluation adds to the pool of spans goes again. */
static bool
holds_at(struct matcher *m, const struct filter *f, enum stage stage)
{
	size_t keep = m->spans.n;
	bool holds;

	m->stage = stage;
	holds = matcher_eval(m, f, &f->match) && !matcher_eval(m, f, &f->veto);
	m->stage = STAGE_ALL;
	m->spans.n = keep;
	return holds;
}

/* What is dear is asked only when the rest does not decide.  The spans of
 * entities stay: other filters may ask for them. */
static bool
holds(struct matcher *m, const struct filter *f)
{
	settle_places(m);
	find_entities(m, f, &f->match);
	find_entities(m, f, &f->veto);
	if (f->nrefs == 0 && !f->searches)
		return holds_at(m, f, STAGE_ALL);
	if (!holds_at(m, f, STAGE_WORDS))
		return false;
	judge_refs(m, f);
	return (f->nrefs == 0 || holds_at(m, f, STAGE_FILTERS)) &&
	    holds_at(m, f, STAGE_ALL);
}

bool
matcher_outcome(struct matcher *m, uint32_t filter)
{
	const struct filter *f = &m->rules->filters[filter];
	struct outcome *o = &m->outcomes[filter];

	if (o->epoch != m->epoch) {
		o->matches = matcher_in_scope(m, f) && holds(m, f);
		o->epoch = m->epoch;
	}
	return o->matches;
}

static bool
has_name(const struct names *names, struct sv name)
{
	for (size_t i = 0; i < names->n; i++)
		if (sv_eq(names->v[i], name))
			return true;
	return false;
}

static bool
lang_in_scope(const struct matcher *m, const struct names *langs)
{
	struct sv lang;

	if (langs->n == 0)
		return true;
	lang = langs_of_item(m->langs);
	for (size_t i = 0; i < langs->n; i++)
		if (sv_ieq(langs->v[i], lang))
			return true;
	return lang.len == 0;
}

bool
matcher_in_scope(const struct matcher *m, const struct filter *f)
{
	bool tagged = f->tags.n == 0;

	if (m->unscoped)
		return true;
	for (size_t i = 0; !tagged && i < m->item->ntags; i++)
		tagged = has_name(&f->tags, m->item->tags[i]);
	return tagged &&
	    (f->feeds.n == 0 || has_name(&f->feeds, m->item->feed)) &&
	    lang_in_scope(m, &f->langs);
}
