/* config/diag.h: problems of configuration files, collected and shown with
 * their line and a caret. */
#ifndef CONFIG_DIAG_H
#define CONFIG_DIAG_H

#include "base/str.h"

/* A place in a file: both count from 1, columns in characters.  Line 0 is the
 * file as a whole. */
struct place {
	uint32_t line, column;
};

/* A scalar of a file (text is NUL-terminated) with the way back to its place.
 * Owned by the configuration it belongs to. */
struct config_text {
	struct sv text;
	uint32_t file; /* number of the source in struct diags */
	uint32_t line, column; /* of its first character, from 1 */
	/* Where text and source go out of step (line breaks of block and quoted
	 * scalars, escapes): from each `offset` of the text on, until the next,
	 * characters stand side by side from `line` and `column` on.  In order
	 * of `offset`; NULL: as written. */
	const struct config_line *lines;
	uint32_t nlines;
};

struct config_line {
	uint32_t offset, line, column;
};

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTE
};

struct diags;

struct diags *diags_new(void);
struct diags *diags_ref(struct diags *d);
void diags_unref(struct diags *d); /* NULL is fine */

/* Registers a source: its name and a copy of its bytes; returns its number. */
uint32_t diags_add_source(struct diags *d, const char *name, struct sv bytes);
const char *diags_source_name(const struct diags *d, uint32_t file);

/* What stands from `from` up to `to` will be shown as stars: a secret. */
void
diags_mask(struct diags *d, uint32_t file, struct place from, struct place to);

/* The same for what stands behind `word` in each line: for a file that cannot
 * be read well enough to know its secrets. */
void diags_mask_after(struct diags *d, uint32_t file, const char *word);

/* A problem at a place (column counts characters from 1; `len` characters are
 * underlined, at least one).  `suggestion` may be NULL; else the message ends
 * in
 * "; did you mean 'suggestion'?".  After CONFIG_ERRORS problems only a count is
 * kept. */
void diag_add(struct diags *d, enum diag_level level, uint32_t file,
    uint32_t line, uint32_t column, uint32_t len, const char *suggestion,
    const char *fmt, ...) PRINTF_LIKE(8, 9);

/* The same at byte `offset` of a scalar's text. */
void diag_add_text(struct diags *d, enum diag_level level,
    const struct config_text *at, size_t offset, size_t len,
    const char *suggestion, const char *fmt, ...) PRINTF_LIKE(7, 8);

size_t diags_count(const struct diags *d, enum diag_level level);

/* Forgets the problems, keeps the sources. */
void diags_clear(struct diags *d);

/* Appends all problems, in the order of file and line, each as
 *   file:line:column: error: message
 *       the line
 *          ^~~~
 * With `colour`, in terminal colours.  Control characters are neutralised. */
void diags_print(const struct diags *d, bool colour, struct str *out);

/* Appends only "file:line:column: message", one a line: for logs. */
void diags_brief(const struct diags *d, struct str *out);

/* The candidate nearest to `word` (Damerau-Levenshtein, at most a third of its
 * length away), or NULL. */
const char *
diag_nearest(struct sv word, const char *const *candidates, size_t n);

#endif
