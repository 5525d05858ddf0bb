/* filters/entity.c: things with names in many languages. */
#include "filters/entity.h"

#include "filters/fold.h"
#include "filters/lang.h"

#include <string.h>

#define NAME_BYTES KiB(64)

/* A text of the configuration with an optional = for case. */
static bool
add_text(struct lexicon *l, const struct config_text *t, uint32_t *atom,
    struct diags *diags)
{
	bool exact = sv_starts(t->text, SV("="));
	struct err e;

	if (lexicon_add(l, sv_from(t->text, exact ? 1 : 0), exact, atom, &e))
		return true;
	diag_add_text(diags, DIAG_ERROR, t, 0, t->text.len, NULL, "%s", e.msg);
	return false;
}

static struct atoms
add_texts(struct lexicon *l, const struct config_texts *texts, struct arena *a,
    struct diags *diags)
{
	struct atoms atoms = { arena_alloc(a, texts->n * sizeof(*atoms.v) + 1),
		0 };

	for (size_t i = 0; i < texts->n; i++)
		if (add_text(l, &texts->v[i], &atoms.v[atoms.n], diags))
			atoms.n++;
	return atoms;
}

static void
add_name(struct entity *e, const struct config_name *c, struct lexicon *l,
    struct arena *a, struct diags *diags)
{
	struct entity_name *n = &e->names[e->nnames];
	bool exact = sv_starts(c->text.text, SV("="));

	*n = (struct entity_name) { .weak = c->weak };
	if (c->text.line == 0) /* it could not be read, which was said */
		return;
	if (!add_text(l, &c->text, &n->atom, diags))
		return;
	if ((c->weak || exact) && strcmp(c->lang, "*") != 0)
		n->lang = arena_sv(a, lang_primary(sv_of(c->lang)));
	n->needs = add_texts(l, &c->needs, a, diags);
	n->without = add_texts(l, &c->without, a, diags);
	n->never = add_texts(l, &c->never, a, diags);
	e->nnames++;
}

static const char *
keep(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_sv(a, sv_of(s)).p;
}

void
entity_compile(struct entity *e, const struct config_entity *c,
    struct lexicon *l, struct arena *a, struct diags *diags)
{
	size_t most = c->names.n + c->weak.n;

	*e = (struct entity) { .key = keep(a, c->name) };
	e->label = keep(a, c->label != NULL ? c->label : c->name);
	e->wikidata = keep(a, c->wikidata);
	e->names = arena_calloc(a, most * sizeof(*e->names) + 1);
	for (size_t i = 0; i < c->names.n; i++)
		add_name(e, &c->names.v[i], l, a, diags);
	for (size_t i = 0; i < c->weak.n; i++)
		add_name(e, &c->weak.v[i], l, a, diags);
	e->never = add_texts(l, &c->never, a, diags);
}

/* The first entity of a name keeps it. */
static void
index_name(struct map *index, struct sv name, struct config_entity *c)
{
	struct str folded;

	str_init(&folded, NAME_BYTES);
	fold_name(&folded, name);
	if (folded.len != 0 && map_get(index, str_sv(&folded)) == NULL)
		(void)map_put(index, str_sv(&folded), c);
	str_done(&folded);
}

void
entity_index(struct map *index, const struct config *c)
{
	map_init(index);
	for (size_t i = 0; i < c->nentities; i++)
		index_name(index, sv_of(c->entities[i].name), &c->entities[i]);
	for (size_t i = 0; i < c->nentities; i++) {
		struct config_entity *e = &c->entities[i];

		index_name(index, sv_of(e->label), e);
		index_name(index, sv_of(e->wikidata), e);
		for (size_t k = 0; k < e->aka.n; k++)
			index_name(index, e->aka.v[k].text, e);
	}
}

const struct config_entity *
entity_find(const struct map *index, struct sv name)
{
	const struct config_entity *found;
	struct str folded;

	str_init(&folded, NAME_BYTES);
	fold_name(&folded, name);
	found = map_get(index, str_sv(&folded));
	str_done(&folded);
	return found;
}
