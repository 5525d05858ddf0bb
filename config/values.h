/* config/values.h: single values as they are written in a configuration. */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include "base/err.h"

/* Each returns false, and leaves `*out` alone, when `text` is none. */
bool value_duration(struct sv text, int64_t *ms); /* 1h30m, 7d, 200ms, 0 */
bool value_size(struct sv text, int64_t *bytes); /* 8MiB, 8M, 512KiB, 100 */
bool value_rate(struct sv text, int64_t *n, int64_t *per_ms); /* 20/h */
bool value_bool(struct sv text, bool *out); /* yes true on, no false off */

/* An http, https, smtp or smtps URL with a host, or a file: URL of this
 * machine. */
bool value_url(struct sv text, struct err *e);

/* en, zh-Hant; "*" is any language and gives "". */
bool value_lang(struct sv text, struct sv *out);

/* A plain mail address: name@host.example, ASCII, without comments, quotes or
 * a name in front. */
bool value_is_mail(struct sv text);

/* May a feed, entity, filter or destination be called so? */
bool value_is_name(struct sv text);

#define VALUE_NAME_CHARS 64

#endif
