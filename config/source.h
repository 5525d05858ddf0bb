/* config/source.h: the bytes of one file, addressed by line and column. */
#ifndef CONFIG_SOURCE_H
#define CONFIG_SOURCE_H

#include "config/diag.h"

struct source {
	char *name;
	char *bytes; /* owned copy */
	size_t len;
	uint32_t *starts; /* offset of each line */
	size_t nlines;
};

void source_init(struct source *s, const char *name, struct sv bytes);
void source_done(struct source *s);

/* Length of the line break at the start of `v`, 0 if there is none: LF, CR,
 * CRLF and, as YAML 1.1 has it, NEL, LS and PS. */
size_t source_break(struct sv v);

/* Line `line` without its break; empty beyond the end. */
struct sv source_line(const struct source *s, uint32_t line);

/* Offset of a place, cut to the end of its line. */
size_t source_offset(const struct source *s, struct place at);

/* Overwrites what stands from `from` up to `to` with stars, so that no message
 * can show it. */
void source_mask(struct source *s, struct place from, struct place to);

/* The same from behind each `word` to the end of its line. */
void source_mask_after(struct source *s, struct sv word);

#endif
