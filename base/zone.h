/* base/zone.h: time zones of the IANA database, as the system has it. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/err.h"

struct zone;

/* A zone by its name, such as Europe/Paris; UTC needs no database.  Lives in
 * the arena.  NULL: there is none of that name. */
struct zone *zone_load(struct arena *a, struct sv name, struct err *e);

/* The same from the bytes of a file of the database (TZif, RFC 8536, version 2
 * or later). */
struct zone *zone_parse(struct arena *a, struct sv tzif, struct err *e);

/* What its clocks show more than UTC does at this time (epoch seconds). */
int64_t zone_offset_s(const struct zone *z, int64_t at);

#endif
