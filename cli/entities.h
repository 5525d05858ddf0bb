/* cli/entities.h: the entities in a file of Wikidata, one after the other. */
#ifndef CLI_ENTITIES_H
#define CLI_ENTITIES_H

#include "base/err.h"
#include "base/str.h"

#include <zlib.h>

/* Forms: one or more {"entities": {"Q1": {...}}}, an array of entities, or
 * entities one after the other; packed by gzip or not.  Memory is that of one
 * entity. */
struct entities {
	gzFile in; /* owned */
	const char *name;
	char buffer[KiB(64)];
	size_t at, n;
	unsigned long line;
	unsigned depth;
	unsigned level; /* of depth at which entities are opened */
	bool in_string, escaped;
	char key[16]; /* the last string, as much as fits */
	size_t keylen;
	bool taking;
	unsigned start; /* depth at which the entity at hand was opened */
	unsigned long start_line;
	struct str text; /* of it */
};

/* `path` may be NULL or "-": standard input. */
bool entities_open(struct entities *s, const char *path, struct err *e);
void entities_close(struct entities *s);

enum entities_next {
	ENTITIES_ONE,
	ENTITIES_END,
	ENTITIES_ERROR
};

/* Reads the next entity: s->text, which begins in s->start_line. */
enum entities_next entities_next(struct entities *s, struct err *e);

#endif
