/* feeds/elements.c: finds the row of an element. */
#include "feeds/elements.h"

#include "base/mem.h"

#define TABLE_ROW(within, vocabulary, name, reading, field) \
	{ (within), (vocabulary), (name), (reading), (field) },
static const struct element table[] = { ELEMENTS(TABLE_ROW) };

#define NAMESPACE_ROW(vocabulary, prefix, uri) \
	{ (vocabulary), (prefix), (uri) },
static const struct name_space {
	enum vocabulary vocabulary;
	const char *prefix, *uri;
} namespaces[] = { NAMESPACES(NAMESPACE_ROW) };

/* What differs between the spellings of one name space. */
static struct sv
bare_uri(struct sv uri)
{
	size_t scheme = sv_find(uri, SV("://"));

	if (scheme < uri.len)
		uri = sv_from(uri, scheme + 3);
	while (uri.len != 0 &&
	    (uri.p[uri.len - 1] == '/' || uri.p[uri.len - 1] == '#'))
		uri.len--;
	return uri;
}

static enum vocabulary
by_uri(struct sv uri)
{
	for (size_t i = 0; i < COUNTOF(namespaces); i++)
		if (sv_iis(uri, namespaces[i].uri))
			return namespaces[i].vocabulary;
	return OTHER;
}

static enum vocabulary
by_prefix(struct sv prefix)
{
	for (size_t i = 0; i < COUNTOF(namespaces); i++)
		if (sv_iis(prefix, namespaces[i].prefix))
			return namespaces[i].vocabulary;
	return OTHER;
}

static enum vocabulary
vocabulary_of(struct xml_name name, enum vocabulary own)
{
	enum vocabulary v;

	if (name.uri == NULL)
		return name.prefix == NULL ? own
					   : by_prefix(sv_of(name.prefix));
	v = by_uri(bare_uri(sv_of(name.uri)));
	return v == OTHER && name.prefix == NULL ? own : v;
}

static const struct element *
search(struct xml_name name, enum scope scope, enum vocabulary own)
{
	enum vocabulary v = vocabulary_of(name, own);

	for (size_t i = 0; i < COUNTOF(table); i++)
		if (table[i].vocabulary == v &&
		    (table[i].within & (unsigned)scope) != 0 &&
		    sv_iis(sv_of(name.local), table[i].name))
			return &table[i];
	return NULL;
}

const struct element *
elements_find(struct elements *e, struct xml_name name, enum scope scope)
{
	size_t hash = ((uintptr_t)name.local >> 3) + ((uintptr_t)name.uri >> 4);
	struct elements_memory *m = &e->memory[hash % COUNTOF(e->memory)];

	if (m->name.local != name.local || m->name.uri != name.uri ||
	    m->name.prefix != name.prefix || m->scope != scope) {
		m->name = name;
		m->scope = scope;
		m->element = search(name, scope, e->own);
	}
	return m->element;
}

unsigned
elements_worth(const struct element *e)
{
	return (unsigned)(table + COUNTOF(table) - e) * ELEMENT_WORTH;
}
