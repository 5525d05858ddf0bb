/* alerts/census.c: counts the files of a directory. */
#include "alerts/census.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_FILES 1000
#define STEP_MS 2
#define LOOKS 32 /* files between looks at the clock */

bool
census_begin(struct census *c, int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int kept;

	census_end(c);
	*c = (struct census) { .dir = own >= 0 ? fdopendir(own) : NULL };
	if (c->dir != NULL)
		return true;
	kept = errno;
	if (own >= 0)
		(void)close(own);
	errno = kept;
	return false;
}

/* One that is gone by now waits no longer. */
static bool
count(struct census *c, const char *name)
{
	struct stat st;

	if (name[0] == '.')
		return true;
	if (fstatat(dirfd(c->dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	if (S_ISREG(st.st_mode)) {
		c->files++;
		c->bytes += st.st_size;
	}
	return true;
}

static enum census_progress
fail(struct census *c)
{
	int kept = errno;

	census_end(c);
	errno = kept;
	return CENSUS_FAILED;
}

enum census_progress
census_step(struct census *c)
{
	int64_t began_ms = clock_mono_ms();

	assert(c->dir != NULL);
	for (int n = 1; n <= STEP_FILES; n++) {
		const struct dirent *f;

		errno = 0;
		f = readdir(c->dir);
		if (f == NULL && errno == 0) {
			census_end(c);
			return CENSUS_ENDED;
		}
		if (f == NULL || !count(c, f->d_name))
			return fail(c);
		if (n % LOOKS == 0 && clock_mono_ms() - began_ms >= STEP_MS)
			break;
	}
	return CENSUS_MORE;
}

void
census_end(struct census *c)
{
	if (c->dir != NULL)
		(void)closedir(c->dir);
	c->dir = NULL;
}
