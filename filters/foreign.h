/* filters/foreign.h: queries in the spellings of other tools. */
#ifndef FILTERS_FOREIGN_H
#define FILTERS_FOREIGN_H

#include "filters/query.h"

/*      name          how it is called */
#define FOREIGN_TOOLS(X) \
	X(FACTIVA, "factiva") \
	X(NEXIS, "nexis") \
	X(BRANDWATCH, "brandwatch") \
	X(LUCENE, "lucene")
#define FOREIGN_ENUM(name, text) FOREIGN_##name,
enum foreign_tool {
	FOREIGN_TOOLS(FOREIGN_ENUM) FOREIGN_NONE
};
#undef FOREIGN_ENUM

const char *foreign_name(enum foreign_tool tool);

/* FOREIGN_NONE when there is no such tool. */
enum foreign_tool foreign_find(struct sv name);

/* Reads a query as that tool means it, into a tree of ours.  What has no
 * equivalent is an error at its place and gives NULL; what comes close is a
 * warning that says how it differs. */
struct query *foreign_parse(enum foreign_tool tool,
    const struct config_text *at, struct arena *a, struct diags *diags);

/* The tools that alone have what stands at `*offset` in a query; 0 when nothing
 * in it belongs to another tool.  A tool's bit is 1 << tool. */
unsigned
foreign_signs(const struct config_text *at, size_t *offset, size_t *length);

/* Appends a query of ours with operators in lower case made upper case: the
 * same length, the same places.  Each is a warning. */
void foreign_raise(
    const struct config_text *at, struct str *out, struct diags *diags);

#endif
