/* feeds/xmlns.h: which URI a prefix stands for (Namespaces in XML 1.0). */
#ifndef FEEDS_XMLNS_H
#define FEEDS_XMLNS_H

#include "base/limits.h"
#include "base/mem.h"

struct xmlns {
	struct arena arena;
	struct sv strings[XML_NAMESPACES]; /* met so far, each once */
	size_t nstrings;
	struct xmlns_binding {
		struct sv prefix, uri;
		size_t depth; /* of the element that declares it */
	} bindings[XML_NAMESPACES];
	size_t nbindings;
};

void xmlns_init(struct xmlns *n);
void xmlns_done(struct xmlns *n);

/* What passes the ceilings stays undeclared. */
void
xmlns_declare(struct xmlns *n, size_t depth, struct sv prefix, struct sv uri);

/* The element at `depth` ends, and its declarations with it. */
void xmlns_leave(struct xmlns *n, size_t depth);

/* Empty: none.  The same URI always lies at the same address. */
struct sv xmlns_find(const struct xmlns *n, struct sv prefix);

#endif
