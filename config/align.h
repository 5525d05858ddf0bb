/* config/align.h: where the characters of a YAML scalar stand in its file. */
#ifndef CONFIG_ALIGN_H
#define CONFIG_ALIGN_H

#include "config/diag.h"

enum align_style {
	ALIGN_PLAIN,
	ALIGN_SINGLE_QUOTED,
	ALIGN_DOUBLE_QUOTED,
	ALIGN_BLOCK
};

/* `t` holds the scalar's text and, as line and column, the place where `raw`,
 * its source with quotes or header, begins.  Sets the place of the text's first
 * character and `lines`, which lives in `arena`. */
void align_scalar(struct arena *arena, enum align_style style, struct sv raw,
    struct config_text *t);

#endif
