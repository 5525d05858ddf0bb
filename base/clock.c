/* base/clock.c: the two clocks. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t
read_us(clockid_t id)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_mono_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_wall_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

bool
clock_jumped(int64_t before_ms, int64_t now_ms)
{
	return llabs(now_ms - before_ms) > MIN_MS;
}

int64_t
clock_cpu_us(void)
{
	return read_us(CLOCK_THREAD_CPUTIME_ID);
}

void
clock_iso(int64_t wall_ms, char *out, size_t size)
{
	time_t s = (time_t)(wall_ms / 1000);
	int ms = (int)(wall_ms % 1000);
	struct tm tm = { 0 };

	if (ms < 0) {
		ms += 1000;
		s--;
	}
	(void)gmtime_r(&s, &tm);
	(void)snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, ms);
}
