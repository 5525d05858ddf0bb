/* tests/faults/clock.c: preloaded into the daemon, shifts its clocks by what
 * stands in the file $CLOCK_SHIFT, which may change at any time; the machine's
 * stay as they are.
 *
 * While `leaps` is set, time does not pass by itself alone: when the daemon
 * waits for a timer, and for no answer of a server and no end of a program, the
 * clocks leap there.  So a day takes seconds, and how fast the machine is does
 * not matter. */
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FDS 4096
#define QUIET_MS 4 /* without any event, before a leap */

struct shift {
	int64_t wall_ms, mono_ms;
	int64_t leaps;
};

typedef int clock_fn(clockid_t id, struct timespec *ts);

static bool waits[FDS]; /* asked, and not answered */
static int waiting;

static volatile struct shift *
shift(void)
{
	static volatile struct shift *mapped;
	const char *path;
	void *p;
	int fd;

	if (mapped != NULL)
		return mapped;
	path = getenv("CLOCK_SHIFT");
	fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		_exit(99);
	p = mmap(
	    NULL, sizeof(*mapped), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (p == MAP_FAILED)
		_exit(99);
	mapped = p;
	return mapped;
}

static int64_t
shift_of(clockid_t id)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return shift()->wall_ms;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		return shift()->mono_ms;
	default:
		return 0;
	}
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	static clock_fn *real;
	int64_t ms;

	if (real == NULL)
		real = (clock_fn *)dlsym(RTLD_NEXT, "clock_gettime");
	if (real(id, ts) != 0)
		return -1;
	ms = shift_of(id);
	ts->tv_sec += ms / 1000;
	ts->tv_nsec += ms % 1000 * 1000000;
	if (ts->tv_nsec >= 1000000000) {
		ts->tv_sec++;
		ts->tv_nsec -= 1000000000;
	} else if (ts->tv_nsec < 0) {
		ts->tv_sec--;
		ts->tv_nsec += 1000000000;
	}
	return 0;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	*tv = (struct timeval) { ts.tv_sec, ts.tv_nsec / 1000 };
	return 0;
}

time_t
time(time_t *out)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

static void
set_waiting(int fd, bool on)
{
	if (fd < 0 || fd >= FDS || waits[fd] == on)
		return;
	waits[fd] = on;
	waiting += on ? 1 : -1;
}

ssize_t
send(int fd, const void *buf, size_t len, int flags)
{
	ssize_t (*real)(int, const void *, size_t, int) = (ssize_t(*)(
	    int, const void *, size_t, int))dlsym(RTLD_NEXT, "send");

	set_waiting(fd, true);
	return real(fd, buf, len, flags);
}

ssize_t
recv(int fd, void *buf, size_t len, int flags)
{
	ssize_t (*real)(int, void *, size_t, int) = (ssize_t(*)(
	    int, void *, size_t, int))dlsym(RTLD_NEXT, "recv");
	ssize_t n = real(fd, buf, len, flags);

	if (n >= 0)
		set_waiting(fd, false);
	return n;
}

int
close(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");

	set_waiting(fd, false);
	return real(fd);
}

int
posix_spawn(pid_t *restrict pid, const char *restrict path,
    const posix_spawn_file_actions_t *restrict files,
    const posix_spawnattr_t *restrict how, char *const argv[restrict],
    char *const env[restrict])
{
	int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
	    const posix_spawnattr_t *, char *const[],
	    char *const[]) = (int (*)(pid_t *, const char *,
	    const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
	    char *const[], char *const[]))dlsym(RTLD_NEXT, "posix_spawn");
	int rc = real(pid, path, files, how, argv, env);

	if (rc == 0)
		waiting++;
	return rc;
}

int
waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	int (*real)(idtype_t, id_t, siginfo_t *, int) = (int (*)(
	    idtype_t, id_t, siginfo_t *, int))dlsym(RTLD_NEXT, "waitid");
	siginfo_t ours = { 0 };
	int rc = real(type, id, &ours, options);

	if (rc == 0 && ours.si_pid != 0)
		waiting--;
	if (info != NULL)
		*info = ours;
	return rc;
}

static int64_t
mono_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
leap(int64_t ms)
{
	shift()->wall_ms += ms;
	shift()->mono_ms += ms;
}

int
epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
	int (*real)(int, struct epoll_event *, int, int) = (int (*)(
	    int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
	int64_t until_ms = mono_ms() + timeout, left_ms = timeout;
	int n = 0;

	if (timeout == 0 || shift()->leaps == 0)
		return real(fd, events, most, timeout);
	for (int quiet = 0; n == 0 && (timeout < 0 || left_ms > 0); quiet++) {
		if (quiet >= QUIET_MS && waiting == 0 && timeout > 0 &&
		    shift()->leaps != 0)
			leap(left_ms);
		n = real(fd, events, most, 1);
		left_ms = until_ms - mono_ms();
	}
	return n;
}
