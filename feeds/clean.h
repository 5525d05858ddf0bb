/* feeds/clean.h: what calls itself XML becomes well-formed XML, piece by piece,
 * so that libxml2 never meets an error, a declaration or a named reference. */
#ifndef FEEDS_CLEAN_H
#define FEEDS_CLEAN_H

#include "base/err.h"
#include "base/str.h"

struct clean;

struct clean *clean_new(void);
void clean_free(struct clean *c); /* NULL is fine */

/* Takes whole characters of UTF-8 and appends XML: one root element, no
 * comments, processing instructions or document type, elements closed in the
 * order in which they were opened, attributes quoted, the named references of
 * HTML and short literal entities of the document replaced by their text.
 * False when a ceiling of limits.h is passed. */
bool clean_push(
    struct clean *c, struct sv utf8, struct str *out, struct err *e) MUST_CHECK;

/* At the end of the document: what is left over is taken as it is. */
bool clean_finish(struct clean *c, struct str *out, struct err *e) MUST_CHECK;

bool clean_root_closed(const struct clean *c);

#endif
