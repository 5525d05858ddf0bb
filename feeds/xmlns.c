/* feeds/xmlns.c: which URI a prefix stands for. */
#include "feeds/xmlns.h"

void
xmlns_init(struct xmlns *n)
{
	n->nstrings = n->nbindings = 0;
	arena_init(&n->arena);
}

void
xmlns_done(struct xmlns *n)
{
	arena_done(&n->arena);
}

static bool
intern(struct xmlns *n, struct sv *v)
{
	for (size_t i = 0; i < n->nstrings; i++)
		if (sv_eq(*v, n->strings[i])) {
			*v = n->strings[i];
			return true;
		}
	if (n->nstrings == XML_NAMESPACES || v->len > XML_NAMESPACE_BYTES)
		return false;
	*v = n->strings[n->nstrings++] = arena_sv(&n->arena, *v);
	return true;
}

void
xmlns_declare(struct xmlns *n, size_t depth, struct sv prefix, struct sv uri)
{
	if (n->nbindings == XML_NAMESPACES || !intern(n, &prefix) ||
	    !intern(n, &uri))
		return;
	n->bindings[n->nbindings++] = (struct xmlns_binding) {
		.prefix = prefix, .uri = uri, .depth = depth
	};
}

void
xmlns_leave(struct xmlns *n, size_t depth)
{
	while (
	    n->nbindings != 0 && n->bindings[n->nbindings - 1].depth == depth)
		n->nbindings--;
}

struct sv
xmlns_find(const struct xmlns *n, struct sv prefix)
{
	for (size_t i = n->nbindings; i > 0; i--)
		if (sv_eq(prefix, n->bindings[i - 1].prefix))
			return n->bindings[i - 1].uri;
	return SV_NONE;
}
