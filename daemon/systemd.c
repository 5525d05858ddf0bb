/* daemon/systemd.c: the service manager's protocols, without its library. */
#include "daemon/systemd.h"

#include "base/sv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

bool
systemd_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = path != NULL ? strlen(path) : 0;
	bool ok;
	int fd;

	if (len == 0 || len >= sizeof(to.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return true;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* the abstract namespace */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	ok = sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
		 (struct sockaddr *)&to,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) >=
		0 ||
	    errno != EAGAIN;
	(void)close(fd);
	return ok;
}

void
systemd_notify_reloading(void)
{
	struct timespec now = { 0, 0 };
	char state[80];

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	(void)systemd_notify(state);
}

int64_t
systemd_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	int64_t us, who;

	if (usec == NULL || !sv_to_i64(sv_of(usec), &us) || us <= 0)
		return 0;
	if (pid != NULL &&
	    (!sv_to_i64(sv_of(pid), &who) || who != (int64_t)getpid()))
		return 0;
	return us / 2000 > 0 ? us / 2000 : 1;
}
