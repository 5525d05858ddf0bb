/* config/mute.h: the hours in which a filter is mute. */
#ifndef CONFIG_MUTE_H
#define CONFIG_MUTE_H

#include "base/err.h"
#include "config/config.h"

/* Where a text is wrong. */
struct mute_fault {
	size_t offset, len;
	struct err why;
};

/* "Sat,Sun 23:00-06:00 Europe/Paris": days (names, A-B, with commas; without
 * them all), hours, zone.  The zone lives in the arena; one that is found in
 * `known`, by its name, is used again, a new one is put there. */
bool mute_parse(struct sv text, struct arena *a, struct map *known,
    struct config_mute *out, struct mute_fault *fault) MUST_CHECK;

/* Do the clocks of one of the zones show such an hour?  What is past midnight
 * belongs to the day on which it began.  By what clocks show: when they are set
 * back, hours that they show twice are mute twice. */
bool mute_is_active(const struct config_mutes *m, int64_t wall_ms);

#endif
