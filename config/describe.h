/* config/describe.h: the configuration file, described from its table. */
#ifndef CONFIG_DESCRIBE_H
#define CONFIG_DESCRIBE_H

#include "base/str.h"

/* Appends the JSON Schema (Draft-07) that editors check the file with. */
void describe_json_schema(struct str *out);

/* Appends the option lists of tocsin.yaml(5), in mdoc. */
void describe_manual(struct str *out);

/* The generated part of the page stands between these lines. */
#define DESCRIBE_BEGIN ".\\\" Generated from config/options.h: begin\n"
#define DESCRIBE_END ".\\\" Generated from config/options.h: end\n"

/* Appends `page` with the part between those lines replaced; false when they
 * are not there. */
bool describe_manual_page(struct str *out, struct sv page);

#endif
