/* base/file.c: whole small files, read and made durable. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool
file_read_fd(int fd, const char *name, struct str *out, struct err *e)
{
	char buf[16384];
	ssize_t n;

	for (;;) {
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "%s", name);
		if (n == 0)
			return true;
		if (!str_add(out, (struct sv) { buf, (size_t)n }))
			return err_set(
			    e, "%s: larger than %zu bytes", name, out->max);
	}
}

bool
file_read(const char *path, struct str *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return err_errno(e, "%s", path);
	ok = file_read_fd(fd, path, out, e);
	(void)close(fd);
	return ok;
}

void
file_keep_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null",
			    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

bool
file_wants_colour(int fd)
{
	const char *no = getenv("NO_COLOR");

	return isatty(fd) == 1 && (no == NULL || no[0] == '\0');
}

bool
file_write_all(int fd, struct sv bytes)
{
	while (bytes.len != 0) {
		ssize_t n = write(fd, bytes.p, bytes.len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			bytes = sv_from(bytes, (size_t)n);
	}
	return true;
}

bool
file_mkdirs(const char *path, unsigned mode, struct err *e)
{
	char *copy = mem_strdup(path);
	bool ok = true;

	for (char *p = copy + 1; ok; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST)
			ok = err_errno(e, "%s", copy);
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return ok;
}
