/* feeds/json_scan.h: what calls itself JSON goes in piece by piece; its values
 * come out. */
#ifndef FEEDS_JSON_SCAN_H
#define FEEDS_JSON_SCAN_H

#include "base/err.h"
#include "feeds/raw.h"

enum json_scan_type {
	JSON_SCAN_OBJECT,
	JSON_SCAN_ARRAY,
	JSON_SCAN_STRING,
	JSON_SCAN_NUMBER, /* as it is written, however long */
	JSON_SCAN_BOOL, /* "true" or "false" */
	JSON_SCAN_NULL /* and what else means no value */
};

/* `key` is that of the member, its first JSON_KEY_BYTES; empty in an array and
 * at the top.  All views last until the function returns.  Strings are decoded,
 * without the controls that XML forbids, and cut at ITEM_TEXT_BYTES.  What is
 * opened is closed, in order, unless the document fails; an open that returns
 * false fails it. */
struct json_scan_events {
	bool (*open)(
	    enum json_scan_type type, struct sv key, void *arg, struct err *e);
	void (*value)(
	    enum json_scan_type type, struct sv key, struct sv text, void *arg);
	void (*close)(void *arg);
};

struct json_scan;

/* Borrows `raw`, which is told the place of every bracket and brace before its
 * event. */
struct json_scan *json_scan_new(
    const struct json_scan_events *events, struct raw *raw, void *arg);
void json_scan_free(struct json_scan *x); /* NULL is fine */

/* Takes whole characters of UTF-8.  False, once and for ever, at an error of
 * syntax, when a ceiling of limits.h is passed or an open said so.  Forgiven
 * are comments as in C, commas too many or missing, a missing value (null),
 * numbers of any form, NaN and the like, line feeds and other controls in
 * strings, and escapes that are none. */
bool
json_scan_push(struct json_scan *x, struct sv utf8, struct err *e) MUST_CHECK;

/* At the end of the document.  False when it was cut short. */
bool json_scan_finish(struct json_scan *x, struct err *e) MUST_CHECK;

/* The value at the top is there; what is behind it is not looked at. */
bool json_scan_closed(const struct json_scan *x);

#endif
