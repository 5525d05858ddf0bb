/* alerts/schema.h: the alert document described, from the table in fields.h. */
#ifndef ALERTS_SCHEMA_H
#define ALERTS_SCHEMA_H

#include "base/str.h"

/* Appends the JSON Schema (2020-12) of the document. */
void alert_schema(struct str *out);

/* Appends the list of its fields, as Markdown. */
void alert_reference(struct str *out);

#endif
