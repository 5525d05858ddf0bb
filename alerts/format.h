/* alerts/format.h: the forms in which receivers of webhooks want an alert; one
 * row each in format.c. */
#ifndef ALERTS_FORMAT_H
#define ALERTS_FORMAT_H

#include "alerts/outbox.h"
#include "base/err.h"
#include "base/str.h"
#include "config/config.h"

#define FORMAT_HEADERS 8

/* What is sent. */
struct formatted {
	struct str body;
	const char *content_type; /* borrowed from the format */
	struct {
		const char *name;
		struct str value; /* printable ASCII without blanks */
	} headers[FORMAT_HEADERS];
	size_t nheaders;
};

void formatted_init(struct formatted *f);
void formatted_done(struct formatted *f);
void formatted_clear(struct formatted *f); /* empty again, memory kept */

struct format;

/* NULL: a template that cannot be read or is none; `e` says why.  Keeps no
 * reference to `c`. */
struct format *format_open(const struct config_destination *c, struct err *e);
void format_close(struct format *f); /* NULL is fine */

/* The URL that is asked, appended: `url`, or what the receiver's kind makes of
 * it. */
void format_url(const struct format *f, struct sv url, struct str *out);

/* Renders an encoded alert document.  False: it is none, or what comes out is
 * larger than ALERT_BYTES.  Texts are cut to the receiver's documented limits
 * (an ellipsis shows it) and cannot mention people, set links or change the
 * form: titles are anybody's words. */
bool format_render(
    const struct format *f, struct sv document, struct formatted *out);

/* How many alerts the receiver's kind documents that it takes. */
struct outbox_pace format_pace(enum config_format format);

#endif
