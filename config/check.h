/* config/check.h: what must hold between the options of a configuration. */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/read.h"

/* Each looks at a section's map (NULL: absent), for what was given and where,
 * and at the values read from it, in the same order. */
void check_daemon(struct diags *d, const struct node *daemon,
    const struct config_daemon *values);
void check_feeds(struct diags *d, const struct node *feeds,
    const struct config_feed *values);
void check_filters(struct diags *d, const struct node *filters);
void check_destinations(struct diags *d, const struct node *destinations,
    const struct config_destination *values);

/* Names of feeds and destinations that filters use but nobody defines. */
void check_references(struct diags *d, const struct config *c);

/* Warns of a whole configuration, whose first file is the first source of `d`,
 * that cannot do anything. */
void check_idle(struct diags *d, const struct config *c);

#endif
