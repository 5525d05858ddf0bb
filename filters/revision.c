/* filters/revision.c: digests that change when a meaning may have changed. */
#include "filters/revision.h"

#include "base/digest.h"

#include <stdlib.h>

struct parts {
	struct sv *v;
	size_t n, cap;
};

static void
add(struct parts *p, struct sv v)
{
	p->v = mem_grow(p->v, &p->cap, p->n + 1, sizeof(*p->v));
	p->v[p->n++] = v;
}

/* An empty part first, so that lists do not run into one another. */
static void
add_texts(struct parts *p, const struct config_texts *texts)
{
	add(p, SV_NONE);
	for (size_t i = 0; i < texts->n; i++)
		add(p, texts->v[i].text);
}

static void
add_names(struct parts *p, const struct config_names *names)
{
	add(p, SV_NONE);
	for (size_t i = 0; i < names->n; i++) {
		add(p, names->v[i].text.text);
		add(p, sv_of(names->v[i].lang));
		add_texts(p, &names->v[i].needs);
		add_texts(p, &names->v[i].without);
		add_texts(p, &names->v[i].never);
	}
}

static void
finish(struct parts *p, char out[REVISION_CHARS + 1])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[SHA256_BYTES];

	sha256_parts(p->v, p->n, digest);
	for (size_t i = 0; i < REVISION_CHARS / 2; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[REVISION_CHARS] = '\0';
	free(p->v);
}

void
revision_of_entity(char out[REVISION_CHARS + 1], const struct config_entity *e)
{
	struct parts p = { 0 };

	add(&p, sv_of(e->name));
	add(&p, sv_of(e->label));
	add(&p, sv_of(e->wikidata));
	add_names(&p, &e->names);
	add_names(&p, &e->weak);
	add_texts(&p, &e->never);
	finish(&p, out);
}

static void
add_entities(
    struct parts *p, const struct program *program, const struct ruleset *r)
{
	for (size_t i = 0; i < program->n; i++)
		if (program->nodes[i].kind == QUERY_ENTITY)
			add(p,
			    sv_of(r->entities[program->nodes[i].id].revision));
}

void
revision_of_filter(
    struct ruleset *r, uint32_t filter, const struct config_filter *f)
{
	struct filter *compiled = &r->filters[filter];
	struct parts p = { 0 };

	add(&p, f->match.text);
	add(&p, f->not .text);
	add(&p, f->shout ? SV("shout") : SV_NONE);
	add_texts(&p, &f->feeds);
	add_texts(&p, &f->tags);
	add_texts(&p, &f->lang);
	add_entities(&p, &compiled->match, r);
	add_entities(&p, &compiled->veto, r);
	for (size_t i = 0; i < compiled->nrefs; i++)
		add(&p, sv_of(r->filters[compiled->refs[i]].revision));
	finish(&p, compiled->revision);
}
