/* daemon/status.h: how the daemon is doing, for people who ask. */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include "base/json.h"
#include "daemon/control.h"

#define STATUS_FEEDS 100 /* failing ones that are named */

/* Appends the members of a JSON object.  False: they have no room, or the store
 * cannot be read; then what was appended is of no use. */
bool
status_write(const struct control_env *env, struct json *out, struct err *e);

#endif
