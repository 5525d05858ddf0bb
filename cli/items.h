/* cli/items.h: items on the command line: one JSON object a line, an item or
 * what `tocsin parse` prints. */
#ifndef CLI_ITEMS_H
#define CLI_ITEMS_H

#include "base/err.h"
#include "config/diag.h"
#include "feeds/item.h"

#include <jansson.h>
#include <stdio.h>

struct items {
	FILE *in; /* owned unless it is stdin */
	const char *name;
	char *line; /* owned; the last one */
	size_t cap;
	unsigned long number;
	struct arena arena; /* the item at hand */
	json_t *document; /* owned; of `tocsin parse`, while its items last */
	size_t next; /* of its items */
	bool warned;
};

/* `path` may be NULL or "-": standard input. */
bool items_open(struct items *s, const char *path, struct err *e);
void items_close(struct items *s);

enum items_next {
	ITEMS_ONE,
	ITEMS_END,
	ITEMS_ERROR
};

/* Reads the next item, whose texts may hold markup; it lives until the next
 * call. */
enum items_next items_next(struct items *s, struct item *it, struct err *e);

/* Prints what there is, on stderr; true when there was an error. */
bool cli_print_diags(const struct diags *d);

#endif
