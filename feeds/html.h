/* feeds/html.h: HTML to plain text, in one pass, never failing. */
#ifndef FEEDS_HTML_H
#define FEEDS_HTML_H

#include "base/str.h"

/* Appends the text of a fragment: tags, comments, script, style, template and
 * head gone, character references decoded (HTML5 names; numeric ones by the
 * HTML5 rules), block elements and br become a blank, white space collapsed,
 * none at the ends. */
void html_to_text(struct str *out, struct sv html);

/* Decodes one character reference at `v` (which begins with '&').  Returns the
 * bytes consumed, 0 when it is none, and appends its text to `out`. */
size_t html_entity(struct sv v, struct str *out);

/* Text of a named reference without & and ; ("nbsp"), or NULL. */
const char *html_entity_by_name(struct sv name);

/* Does the text look like markup (a known tag, or a character reference)? */
bool html_is_markup(struct sv text);

/* Does it hold a known element with an attribute, and its end? */
bool html_has_element(struct sv text);

#endif
