/* feeds/local.c: a document in a local file, read a piece at a turn. */
#include "feeds/local.h"

#include "base/limits.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct local {
	const struct local_events *ev; /* borrowed */
	void *arg;
	struct timer *timer;
	int fd;
	enum local_outcome outcome; /* once `over` */
	bool over;
	size_t left; /* bytes until the ceiling */
	char validator[80];
	struct err error;
};

static int
hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* file:relative, file:/absolute, file:///absolute */
static bool
path_of(const char *url, struct str *path)
{
	struct sv v = sv_from(sv_of(url), sizeof("file:") - 1);

	if (sv_starts(v, SV("//"))) {
		v = sv_from(v, 2);
		if (v.len == 0 || v.p[0] != '/')
			return false; /* another host's file */
	}
	for (size_t i = 0; i < v.len; i++) {
		int hi = i + 2 < v.len ? hex(v.p[i + 1]) : -1;
		int lo = i + 2 < v.len ? hex(v.p[i + 2]) : -1;

		if (v.p[i] != '%' || hi < 0 || lo < 0) {
			(void)str_addc(path, v.p[i]);
			continue;
		}
		(void)str_addc(path, (char)(hi * 16 + lo));
		i += 2;
	}
	return path->len != 0 && !path->full &&
	    sv_chr(str_sv(path), '\0') == path->len;
}

static void
end(struct local *f, enum local_outcome o)
{
	f->outcome = o;
	f->over = true;
	timer_set(f->timer, 0);
}

static void
step(struct local *f)
{
	char buf[FEED_CHUNK_BYTES];
	ssize_t n = read(f->fd, buf, sizeof(buf));

	if (n < 0 && errno != EINTR && errno != EAGAIN) {
		(void)err_errno(&f->error, "cannot read");
		end(f, LOCAL_FAILED);
	} else if (n == 0) {
		end(f, LOCAL_READ);
	} else if (n > 0 && (size_t)n > f->left) {
		(void)err_set(&f->error, "larger than max-size");
		end(f, LOCAL_FAILED);
	} else if (n > 0 &&
	    !f->ev->on_data((struct sv) { buf, (size_t)n }, f->arg)) {
		end(f, LOCAL_FAILED);
	} else {
		f->left -= n > 0 ? (size_t)n : 0;
		timer_set(f->timer, 0);
	}
}

static void
on_turn(void *arg)
{
	struct local *f = arg;

	if (f->over)
		f->ev->on_end(
		    f->outcome, sv_of(f->validator), f->error.msg, f->arg);
	else
		step(f);
}

static bool
open_file(struct local *f, const char *url, const char *validator)
{
	struct str path;
	struct stat st;

	str_init(&path, URL_BYTES);
	if (!path_of(url, &path)) {
		str_done(&path);
		return err_set(&f->error, "not a local file: %s", url);
	}
	/* Not to hang on a FIFO, which is refused below. */
	f->fd = open(str_c(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0 || fstat(f->fd, &st) != 0) {
		(void)err_errno(&f->error, "%s", str_c(&path));
		str_done(&path);
		return false;
	}
	str_done(&path);
	if (!S_ISREG(st.st_mode))
		return err_set(&f->error, "not a regular file");
	(void)snprintf(f->validator, sizeof(f->validator), "%ju-%jd-%jd.%09ld",
	    (uintmax_t)st.st_ino, (intmax_t)st.st_size,
	    (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	if (validator != NULL && sv_is(sv_of(validator), f->validator))
		end(f, LOCAL_UNCHANGED);
	return true;
}

struct local *
local_open(struct loop *l, const char *url, const char *validator, size_t max,
    const struct local_events *ev, void *arg)
{
	struct local *f = mem_calloc(1, sizeof(*f));

	f->ev = ev;
	f->arg = arg;
	f->fd = -1;
	f->left = max;
	f->timer = timer_new(l, on_turn, f);
	if (!open_file(f, url, validator))
		end(f, LOCAL_FAILED);
	else if (!f->over)
		timer_set(f->timer, 0);
	return f;
}

void
local_free(struct local *f)
{
	if (f == NULL)
		return;
	timer_free(f->timer);
	if (f->fd >= 0)
		(void)close(f->fd);
	free(f);
}
