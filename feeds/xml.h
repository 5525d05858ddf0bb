/* feeds/xml.h: what calls itself XML goes in piece by piece; elements and text
 * come out.  Never stops at an error of form: feeds are full of them. */
#ifndef FEEDS_XML_H
#define FEEDS_XML_H

#include "base/err.h"
#include "feeds/raw.h"

/* `uri` is empty without a name space, and where the prefix was not declared;
 * the same one lies at the same address as long as the parser lives. */
struct xml_name {
	struct sv prefix, local, uri;
};

/* Declarations of name spaces are among the attributes. */
struct xml_attribute {
	struct sv prefix, local, value;
};

struct xml_element {
	struct xml_name name;
	const struct xml_attribute *attributes;
	size_t nattributes;
	bool empty; /* it ends in "/>" */
};

/* All views last until the function returns.  There is one root; every element
 * that starts ends, in order: what is left open is closed with what is around
 * it, and an end of nothing is dropped.  References are decoded: those of HTML
 * and the short literal entities of the document; any other stays as it is.
 * Text comes in pieces of whole characters, without the controls that XML
 * forbids.  A start that returns false fails the document. */
struct xml_events {
	bool (*start)(const struct xml_element *el, void *arg, struct err *e);
	void (*end)(struct sv local, void *arg);
	void (*text)(struct sv text, void *arg);
};

struct xml;

/* Borrows `raw`, which is told the place of every tag before its event: one
 * that closes elements but its own stands empty at its beginning. */
struct xml *
xml_new(const struct xml_events *events, struct raw *raw, void *arg);
void xml_free(struct xml *x); /* NULL is fine */

/* Takes whole characters of UTF-8.  False, once and for ever, when a ceiling of
 * limits.h is passed or a start said so. */
bool xml_push(struct xml *x, struct sv utf8, struct err *e) MUST_CHECK;

/* At the end of the document: what is left over is taken as it is. */
bool xml_finish(struct xml *x, struct err *e) MUST_CHECK;

bool xml_root_closed(const struct xml *x);

/* Text stood where only a declaration, comments and the root may. */
bool xml_has_stray_text(const struct xml *x);

#endif
