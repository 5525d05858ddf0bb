/* tests/faults/power.c: preloaded into the daemon, cuts the power at the
 * $POWER_AT-th fsync, fdatasync or rename: the file system of $POWER_DIR (ext4,
 * a scratch one) loses what has not reached the disk, and the process is gone.
 * Even numbers cut before the call, odd ones after it.
 *
 * $POWER_LIE names a call (fsync or fdatasync) that then does nothing: the bug
 * that the checker has to find. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SHUTDOWN _IOR('X', 125, uint32_t)
#define NOLOGFLUSH 2

static void
cut_power(void)
{
	const char *dir = getenv("POWER_DIR");
	uint32_t how = NOLOGFLUSH;
	int fd = dir != NULL ? open(dir, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0 || ioctl(fd, SHUTDOWN, &how) != 0)
		_exit(99);
	(void)raise(SIGKILL);
}

/* Counts a call; true: the power goes after it. */
static bool
count_call(void)
{
	static long calls;
	const char *text = getenv("POWER_AT");
	long at = text != NULL ? strtol(text, NULL, 10) : 0;

	if (++calls != at)
		return false;
	if (at % 2 == 0)
		cut_power();
	return true;
}

static bool
is_lie(const char *call)
{
	const char *lie = getenv("POWER_LIE");

	return lie != NULL && strcmp(lie, call) == 0;
}

static int
sync_by(const char *call, int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, call);
	bool cut = count_call();
	int result = is_lie(call) ? 0 : real(fd);

	if (cut)
		cut_power();
	return result;
}

int
fsync(int fd)
{
	return sync_by("fsync", fd);
}

int
fdatasync(int fd)
{
	return sync_by("fdatasync", fd);
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	int (*real)(int, const char *, int, const char *) = (int (*)(
	    int, const char *, int, const char *))dlsym(RTLD_NEXT, "renameat");
	bool cut = count_call();
	int result = real(from_dir, from, to_dir, to);

	if (cut)
		cut_power();
	return result;
}
