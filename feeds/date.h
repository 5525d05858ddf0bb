/* feeds/date.h: dates as feeds and pages write them. */
#ifndef FEEDS_DATE_H
#define FEEDS_DATE_H

#include "base/sv.h"

/* RFC 822/1123 with the deviations met in the wild, RFC 3339, W3CDTF, ISO 8601
 * basic forms, asctime.  Without a zone: UTC.  Epoch seconds in `*out`; false,
 * `*out` untouched, when it is no date or one before 1970 or after 2100. */
bool date_parse(struct sv text, int64_t *out);

#endif
