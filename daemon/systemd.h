/* daemon/systemd.h: the service manager's protocols, without its library. */
#ifndef DAEMON_SYSTEMD_H
#define DAEMON_SYSTEMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sends `state` ("READY=1", "STATUS=...", lines) to $NOTIFY_SOCKET
 * (sd_notify(3)); nothing where there is none.  False: the manager has no room
 * for it now; it is not waited for. */
bool systemd_notify(const char *state);

/* As RELOADING=1 must be sent: with the monotonic time. */
void systemd_notify_reloading(void);

/* How often the watchdog wants to hear from us: half of $WATCHDOG_USEC, in ms
 * (sd_watchdog_enabled(3)); 0: it is off. */
int64_t systemd_watchdog_ms(void);

#endif
