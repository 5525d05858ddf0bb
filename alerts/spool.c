/* alerts/spool.c: a directory that receives each alert as a whole file.
 *
 * A file is written and fsynced in tmp/, renamed into new/, and new/ is
 * fsynced, before the alert counts as delivered.  This blocks the loop for the
 * few milliseconds that the disk takes: one alert per turn.
 *
 * The reader takes files away unseen, so what is known of new/ is how many wait
 * there at most.  It is counted when an alert comes for which there would be no
 * room, and not often when there is much to count. */
#include "alerts/census.h"
#include "alerts/destination.h"

#include "base/clock.h"
#include "base/file.h"
#include "net/loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LEFTOVER_S (36 * 60 * 60) /* as maildirs are cleaned */
#define NAME_BYTES 256

/* The longest wait for the reader, or as long as keeps counting below 1% of the
 * time. */
#define FULL_MS (10 * SEC_MS)
#define FILES_PER_MS 10

struct spool {
	char *dir;
	int64_t max_files, max_bytes;
	bool counted;
	int64_t files, bytes; /* wait in new/ at most, if counted */
	int64_t recount_ms; /* loop time; not before */
	struct loop *loop; /* borrowed */
	struct timer *step; /* of the census */
	struct census census;

	/* The attempt that waits for the census. */
	const struct delivery *delivery; /* borrowed */
	delivery_fn *done;
	void *arg;
};

/* Descriptors of one attempt; -1: not open. */
struct spool_dirs {
	int dir, tmp, new;
};

static int
open_dir(int at, const char *name, int flags)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
}

/* Makes what is missing inside the spool, never the spool: where a disk is not
 * mounted, files would go below its mount point. */
static int
open_inside(int dir, const char *name)
{
	int fd = open_dir(dir, name, O_NOFOLLOW);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdirat(dir, name, 0750) != 0 || fsync(dir) != 0)
		return -1;
	return open_dir(dir, name, O_NOFOLLOW);
}

static bool
open_dirs(const struct spool *s, struct spool_dirs *d)
{
	*d = (struct spool_dirs) { -1, -1, -1 };
	d->dir = open_dir(AT_FDCWD, s->dir, 0);
	if (d->dir >= 0)
		d->tmp = open_inside(d->dir, "tmp");
	if (d->tmp >= 0)
		d->new = open_inside(d->dir, "new");
	return d->new >= 0;
}

static void
close_dirs(const struct spool_dirs *d)
{
	int kept = errno;

	if (d->new >= 0)
		(void)close(d->new);
	if (d->tmp >= 0)
		(void)close(d->tmp);
	if (d->dir >= 0)
		(void)close(d->dir);
	errno = kept;
}

/* "20240326T051209.123Z.<id>.json"; false: an id that is none of ours. */
static bool
file_name(const struct delivery *d, char out[NAME_BYTES])
{
	char iso[CLOCK_ISO_BYTES], stamp[CLOCK_ISO_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < d->id.len; i++)
		if (!ascii_is_alnum(d->id.p[i]) &&
		    strchr("._-", d->id.p[i]) == NULL)
			return false;
	clock_iso(d->created_ms, iso, sizeof(iso));
	for (const char *p = iso; *p != '\0'; p++)
		if (*p != '-' && *p != ':')
			stamp[n++] = *p;
	stamp[n] = '\0';
	return d->id.len != 0 &&
	    snprintf(out, NAME_BYTES, "%s.%.*s.json", stamp, SV_ARG(d->id)) <
	    NAME_BYTES;
}

/* A file of that name in tmp/ is what an attempt left that was cut short. */
static bool
write_tmp(int tmp, const char *name, struct sv body)
{
	int fd, kept;
	bool ok;

	if (unlinkat(tmp, name, 0) != 0 && errno != ENOENT)
		return false;
	fd = openat(tmp, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return false;
	ok = file_write_all(fd, body) && file_write_all(fd, SV("\n")) &&
	    fsync(fd) == 0;
	kept = errno;
	ok = close(fd) == 0 && ok;
	if (!ok) {
		(void)unlinkat(tmp, name, 0);
		errno = kept;
	}
	return ok;
}

static bool
has_room(const struct spool *s, struct sv body)
{
	return s->files == 0 ||
	    (s->files < s->max_files &&
		s->bytes + (int64_t)body.len < s->max_bytes);
}

/* With room for it. */
static bool
put_file(struct spool *s, const struct spool_dirs *d, const char *name,
    struct sv body)
{
	if (!write_tmp(d->tmp, name, body) ||
	    renameat(d->tmp, name, d->new, name) != 0)
		return false;
	s->files++;
	s->bytes += (int64_t)body.len + 1;
	return fsync(d->new) == 0;
}

static const char *
advice(int code)
{
	switch (code) {
	case ENOSPC:
	case EDQUOT:
		return "; make room on the disk";
	case ENOENT:
		return "; make the directory";
	case EACCES:
	case EPERM:
	case EROFS:
		return "; let the daemon's user write there";
	}
	return "";
}

static void
say_trouble(const struct spool *s, int code, struct outbox_result *r)
{
	r->kind = DELIVERY_RETRY;
	(void)err_set(
	    &r->why, "%s: %s%s", s->dir, strerror(code), advice(code));
}

static void
say_full(const struct spool *s, struct outbox_result *r)
{
	int64_t rest_ms = s->recount_ms - loop_now_ms(s->loop);

	r->kind = DELIVERY_RETRY;
	r->retry_after_ms = rest_ms > 0 ? rest_ms : -1;
	r->retry_within_ms = FULL_MS;
	if (s->files >= s->max_files)
		(void)err_set(&r->why,
		    "full: %lld files wait in %s/new (max-files)",
		    (long long)s->files, s->dir);
	else
		(void)err_set(&r->why,
		    "full: %lld bytes wait in %s/new (max-size)",
		    (long long)s->bytes, s->dir);
}

/* False: the census has begun, and tells how many files there are.  A file that
 * stands in new/ already was put there before a crash, maybe without the
 * directory's fsync. */
static bool
try_to_put(struct spool *s, const struct spool_dirs *d, const char *name,
    struct outbox_result *r)
{
	struct sv body = s->delivery->body;
	bool ok = true;

	if (faccessat(d->new, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		ok = fsync(d->new) == 0;
	else if (s->counted && has_room(s, body))
		ok = put_file(s, d, name, body);
	else if (s->counted && loop_now_ms(s->loop) < s->recount_ms)
		say_full(s, r);
	else if (census_begin(&s->census, d->new))
		return false;
	else
		ok = false;
	if (!ok)
		say_trouble(s, errno, r);
	return true;
}

/* Goes on with the attempt; `done` comes last. */
static void
attempt(struct spool *s)
{
	struct outbox_result r = { .kind = DELIVERY_DONE,
		.retry_after_ms = -1 };
	struct spool_dirs dirs;
	char name[NAME_BYTES];
	bool over = true;

	if (!file_name(s->delivery, name)) {
		r.kind = DELIVERY_REFUSED;
		(void)err_set(&r.why, "the alert's id makes no file name");
	} else {
		if (open_dirs(s, &dirs))
			over = try_to_put(s, &dirs, name, &r);
		else
			say_trouble(s, errno, &r);
		close_dirs(&dirs);
	}
	if (over)
		s->done(&r, s->arg);
	else
		timer_set(s->step, 0);
}

static void
on_step(void *arg)
{
	struct outbox_result r = { .retry_after_ms = -1 };
	struct spool *s = arg;

	switch (census_step(&s->census)) {
	case CENSUS_MORE:
		timer_set(s->step, 0);
		return;
	case CENSUS_FAILED:
		say_trouble(s, errno, &r);
		s->done(&r, s->arg);
		return;
	case CENSUS_ENDED:
		break;
	}
	s->counted = true;
	s->files = s->census.files;
	s->bytes = s->census.bytes;
	s->recount_ms = loop_now_ms(s->loop) + s->files / FILES_PER_MS + 1;
	attempt(s);
}

static void
spool_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct spool *s = self;

	s->delivery = d;
	s->done = done;
	s->arg = arg;
	attempt(s);
}

static void
remove_leftovers(int tmp)
{
	int fd = open_dir(tmp, ".", 0);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	time_t now = (time_t)(clock_wall_ms() / SEC_MS);
	struct dirent *f;
	struct stat st;

	if (dir == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((f = readdir(dir)) != NULL)
		if (fstatat(tmp, f->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_mtime < now - LEFTOVER_S)
			(void)unlinkat(tmp, f->d_name, 0);
	(void)closedir(dir);
}

/* What cannot be made now may be possible when an alert comes. */
static void *
spool_open(const struct config_destination *c,
    const struct destination_env *env, struct err *e)
{
	struct spool *s;
	struct spool_dirs dirs;

	if (c->dir == NULL || *c->dir == '\0') {
		(void)err_set(e, "a spool needs `dir`");
		return NULL;
	}
	if (c->format != FORMAT_JSON) {
		(void)err_set(e, "a spool takes `format: json` only");
		return NULL;
	}
	s = mem_calloc(1, sizeof(*s));
	s->dir = mem_strdup(c->dir);
	s->max_files = c->max_files;
	s->max_bytes = (int64_t)c->max_bytes;
	s->loop = env->loop;
	s->step = timer_new(s->loop, on_step, s);
	(void)file_mkdirs(s->dir, 0750, NULL);
	if (open_dirs(s, &dirs))
		remove_leftovers(dirs.tmp);
	close_dirs(&dirs);
	return s;
}

static void
spool_close(void *self)
{
	struct spool *s = self;

	timer_free(s->step);
	census_end(&s->census);
	free(s->dir);
	free(s);
}

const struct destination_type destination_spool = {
	.type = DEST_SPOOL,
	.open = spool_open,
	.send = spool_send,
	.close = spool_close,
};
