/* filters/query.h: from the text of a query to its tree. */
#ifndef FILTERS_QUERY_H
#define FILTERS_QUERY_H

#include "config/diag.h"
#include "filters/ruleset.h"

#define FIELD_BIT(f) (1u << (f))
#define FIELDS_BODY \
	(FIELD_BIT(FIELD_SUMMARY) | FIELD_BIT(FIELD_CONTENT) | \
	    FIELD_BIT(FIELD_ARTICLE))
#define FIELDS_DEFAULT (FIELD_BIT(FIELD_TITLE) | FIELDS_BODY)
/* The title, and the first LEAD_WORDS words of each text. */
#define FIELDS_LEAD FIELD_BIT(FIELD_COUNT)

enum query_kind {
	QUERY_AND,
	QUERY_OR,
	QUERY_NOT,
	QUERY_NEAR,
	QUERY_NOT_NEAR, /* some place of the first kid, none of the second near
			 */
	QUERY_ATLEAST, /* `count` places of its kid */
	QUERY_OF, /* `count` of the kids */
	QUERY_TERM,
	QUERY_ENTITY,
	QUERY_LANG,
	QUERY_FILTER,
	QUERY_REGEX
};

/* A node of the tree.  Terms, entities, languages, filters and regular
 * expressions are leaves. */
struct query {
	enum query_kind kind;
	size_t offset, length; /* its place in the text */
	struct query *kids, *next; /* children in order; next sibling */
	unsigned fields; /* of a leaf: where it looks */
	struct sv text; /* of a leaf: words, name, languages, or pattern */
	bool exact; /* of a term */
	bool caseless; /* of a regular expression */
	bool ordered; /* of NEAR: it is PRE */
	unsigned distance; /* of NEAR, PRE and NOT NEAR */
	unsigned count; /* of ATLEAST and OF */
	uint64_t hash; /* scratch of lint.c */
};

/* Parses a query into `a`.  The first problem goes to `diags`, at its place;
 * then the result is NULL. */
struct query *
query_parse(const struct config_text *at, struct arena *a, struct diags *diags);

/* What is written before the colon for these fields; NULL when no single name
 * stands for them. */
const char *query_field_name(unsigned fields);

#endif
