/* feeds/elements.c: finds the row of an element. */
#include "feeds/elements.h"

#include "base/mem.h"

#include <string.h>

#define TEXT(literal) \
	{ \
		literal, sizeof(literal) - 1 \
	}
#define TABLE_ROW(within, vocabulary, name, reading, field) \
	{ (within), (vocabulary), TEXT(name), (reading), (field) },
static const struct element table[] = { ELEMENTS(TABLE_ROW) };

#define NAMESPACE_ROW(vocabulary, prefix, uri) \
	{ (vocabulary), TEXT(prefix), TEXT(uri) },
static const struct name_space {
	enum vocabulary vocabulary;
	struct sv prefix, uri;
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
		if (sv_ieq(uri, namespaces[i].uri))
			return namespaces[i].vocabulary;
	return OTHER;
}

static enum vocabulary
by_prefix(struct sv prefix)
{
	for (size_t i = 0; i < COUNTOF(namespaces); i++)
		if (sv_ieq(prefix, namespaces[i].prefix))
			return namespaces[i].vocabulary;
	return OTHER;
}

static enum vocabulary
vocabulary_of(struct xml_name name, enum vocabulary own)
{
	enum vocabulary v;

	if (name.uri.len == 0)
		return name.prefix.len == 0 ? own : by_prefix(name.prefix);
	v = by_uri(bare_uri(name.uri));
	if (v != OTHER)
		return v;
	return name.prefix.len == 0 ? own : by_prefix(name.prefix);
}

static const struct element *
search(struct xml_name name, enum scope scope, enum vocabulary own)
{
	enum vocabulary v = vocabulary_of(name, own);

	for (size_t i = 0; i < COUNTOF(table); i++)
		if (table[i].vocabulary == v &&
		    (table[i].within & (unsigned)scope) != 0 &&
		    sv_ieq(name.local, table[i].name))
			return &table[i];
	return NULL;
}

static bool
remembers(
    const struct elements_memory *m, struct xml_name name, enum scope scope)
{
	size_t n = name.prefix.len;

	return m->len == n + name.local.len && m->prefix_len == n &&
	    m->uri == name.uri.p && m->scope == scope &&
	    memcmp(m->name + n, name.local.p, name.local.len) == 0 &&
	    (n == 0 || memcmp(m->name, name.prefix.p, n) == 0);
}

static void
remember(struct elements_memory *m, struct xml_name name, enum scope scope)
{
	size_t n = name.prefix.len;

	if (n != 0)
		memcpy(m->name, name.prefix.p, n);
	memcpy(m->name + n, name.local.p, name.local.len);
	m->prefix_len = n;
	m->len = n + name.local.len;
	m->uri = name.uri.p;
	m->scope = scope;
}

const struct element *
elements_find(struct elements *e, struct xml_name name, enum scope scope)
{
	size_t len = name.prefix.len + name.local.len, hash;
	struct elements_memory *m;

	if (name.local.len == 0 || len > sizeof(m->name))
		return NULL;
	hash = (unsigned char)name.local.p[0] * 7 +
	    (unsigned char)name.local.p[name.local.len - 1] * 3 + len +
	    (unsigned)scope;
	m = &e->memory[hash % COUNTOF(e->memory)];
	if (!remembers(m, name, scope)) {
		remember(m, name, scope);
		m->element = search(name, scope, e->own);
	}
	return m->element;
}

unsigned
elements_worth(const struct element *e)
{
	return (unsigned)(table + COUNTOF(table) - e) * ELEMENT_WORTH;
}
