/* config/yaml.h: a YAML file as a tree that knows its places. */
#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include "config/diag.h"

enum node_kind {
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP
};

struct node {
	enum node_kind kind;
	bool quoted, block; /* of a text; plain: neither */
	struct config_text text; /* of NODE_TEXT; file, line and column: all */
	struct place start, end; /* quotes and | included; end: one past */
	const struct node *key; /* of a map's child */
	struct node *first, *last, *next; /* children; sibling */
};

/* Nothing stands there: "key:" and no more. */
bool node_is_empty(const struct node *n);

/* A problem at a node. */
void node_problem(struct diags *d, enum diag_level level, const struct node *n,
    const char *suggestion, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Reads source `file` of `d`, whose text is `text`, into a tree that lives in
 * `arena`.  Keys of maps are texts, and may still occur twice.  Problems go to
 * `d`; then, and for a file without content, NULL. */
struct node *
yaml_parse(struct arena *arena, struct diags *d, uint32_t file, struct sv text);

#endif
