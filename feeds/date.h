/* feeds/date.h: dates as feeds and pages write them. */
#ifndef FEEDS_DATE_H
#define FEEDS_DATE_H

#include "base/sv.h"

/* RFC 822/1123 with the deviations met in the wild, RFC 3339, W3CDTF, ISO 8601
 * basic forms, asctime, month names of the larger languages.  Without a zone:
 * UTC, Korean time in a Korean date.  Epoch seconds in `*out`; false, `*out`
 * untouched, when it is no date or one outside the years 1901 to 2100. */
bool date_parse(struct sv text, int64_t *out);

#endif
