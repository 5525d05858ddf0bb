/* tests/faults/clock.c: preloaded into the daemon, shifts its wall clock by the
 * milliseconds that stand in the file $CLOCK_SHIFT, which may change at any
 * time.  The monotonic clock and the machine's stay as they are. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int clock_fn(clockid_t id, struct timespec *ts);

static int64_t
shift_ms(void)
{
	static const volatile int64_t *shift;
	const char *path;
	void *p;
	int fd;

	if (shift != NULL)
		return *shift;
	path = getenv("CLOCK_SHIFT");
	fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		_exit(99);
	p = mmap(NULL, sizeof(*shift), PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (p == MAP_FAILED)
		_exit(99);
	shift = p;
	return *shift;
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
	if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)
		return 0;
	ms = shift_ms();
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
