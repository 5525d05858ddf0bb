/* config/read.h: from the tree of a file to the structs of config.h, by the
 * table of options. */
#ifndef CONFIG_READ_H
#define CONFIG_READ_H

#include "config/schema.h"
#include "config/yaml.h"

struct reader {
	struct diags *diags; /* borrowed */
	struct arena *arena; /* what is read lives here; borrowed */
	struct map *zones; /* by name, that were needed; borrowed */
	bool in_files; /* paths are relative to their file's directory */
	enum config_use use;
};

/* Reads the options of `map` into `out`, a cleared struct of `set`, and fills
 * in defaults.  What is missing is reported at `at`.  `map` may be NULL. */
void read_options(struct reader *r, const struct option_set *set,
    const struct node *map, const struct node *at, void *out);

/* Reads a map from names to maps of options; returns the array of the section's
 * structs, in order.  `map` may be NULL. */
void *read_items(struct reader *r, const struct section *section,
    const struct node *map, size_t *n);

/* Reads a list of texts. */
struct config_texts read_texts(struct reader *r, const struct node *n);

/* Reports each key that stands twice in a map.  `noun` ("a feed") or, for
 * options, NULL. */
void
read_duplicates(struct reader *r, const struct node *map, const char *noun);

/* The path as seen from here, in the arena. */
const char *read_path(struct reader *r, uint32_t file, struct sv path);

/* Reports a node of the wrong form: "expected a list of texts, found a map". */
void
read_form_problem(struct reader *r, const struct node *n, const char *wanted);

/* {env: NAME}, {file: PATH}, {credential: NAME} or, warned about, the secret
 * itself.  NULL when it cannot be had, which is reported, or "" where the use
 * allows that. */
const char *read_secret(struct reader *r, const struct node *n);

#endif
