/* feeds/html_scan.h: HTML as a sequence of texts and tags, in one pass over
 * bytes that stay where they are; for the modules of feeds/ that read HTML. */
#ifndef FEEDS_HTML_SCAN_H
#define FEEDS_HTML_SCAN_H

#include "base/str.h"
#include "feeds/html_tags.h"

enum html_kind {
	HTML_TEXT, /* references not decoded */
	HTML_RAW, /* content of the script or style before */
	HTML_START,
	HTML_END
};

struct html_token {
	enum html_kind kind;
	enum html_tag tag; /* of START, END and RAW */
	struct sv text; /* of TEXT and RAW; START: its attributes */
	bool closed; /* START that ends in "/>" */
};

struct html_scan {
	struct sv in;
	size_t pos;
	enum html_tag raw; /* whose content comes next, or HTML_UNKNOWN */
	bool cdata; /* inside a CDATA section, whose text is kept */
	bool broken; /* an unfinished tag was met: the rest is text */
};

void html_scan_init(struct html_scan *s, struct sv html);

/* False at the end.  Comments and declarations are left out.  Linear in the
 * document, whatever it holds. */
bool html_scan_next(struct html_scan *s, struct html_token *t);

/* Cuts the next attribute off the front of a START's text; false when there is
 * none.  The value's references are not decoded; empty when it has none. */
bool html_attribute(struct sv *attributes, struct sv *name, struct sv *value);

enum html_tag html_tag_of(struct sv name); /* HTML_UNKNOWN if unknown */
unsigned html_tag_flags(enum html_tag tag); /* of enum html_tag_flags */

/* Text on its way out.  `blank`: one is due before the next word, unless the
 * text is at `start`. */
struct html_sink {
	struct str *out;
	size_t start;
	bool blank;
};

/* Appends a TEXT: references decoded, white space collapsed. */
void html_sink_add(struct html_sink *k, struct sv text);

#endif
