/* base/clock.h: the two clocks.  Decisions take the time as an argument; only
 * the edges of the program read it here. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEC_MS INT64_C(1000)
#define MIN_MS (60 * SEC_MS)
#define HOUR_MS (60 * MIN_MS)
#define DAY_MS (24 * HOUR_MS)

int64_t clock_mono_ms(void); /* since some start; never jumps */
int64_t clock_wall_ms(void); /* since 1970-01-01 UTC; may jump */
int64_t clock_cpu_us(void); /* CPU time of this thread */

/* Did the wall clock jump, by how far it was ahead of the other one before and
 * is now?  Slewing is far slower. */
bool clock_jumped(int64_t before_ms, int64_t now_ms);

#define CLOCK_ISO_BYTES sizeof("-292277022-01-01T00:00:00.000Z")

/* RFC 3339 with milliseconds, UTC: 2024-03-26T05:12:09.123Z. */
void clock_iso(int64_t wall_ms, char *out, size_t size);

#endif
