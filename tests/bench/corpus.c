/* tests/bench/corpus.c: the files of a folder in memory. */
#include "tests/bench/corpus.h"

#include "base/file.h"
#include "base/limits.h"
#include "feeds/unpack.h"

#include <dirent.h>
#include <stdio.h>
#include <time.h>

#define FILE_BYTES MiB(256)

static bool
on_bytes(struct sv bytes, void *arg, struct err *e)
{
	(void)e;
	return str_add(arg, bytes);
}

/* Behind white space and a byte order mark. */
static bool
is_markup(struct sv v)
{
	if (sv_starts(v, SV("\xEF\xBB\xBF")))
		v = sv_from(v, 3);
	return sv_starts(sv_trim(v), SV("<"));
}

static bool
load(struct str *out, const char *path)
{
	struct unpack *u = unpack_new(FILE_BYTES, on_bytes, out);
	struct str raw;
	struct err e;
	bool ok;

	str_init(&raw, FILE_BYTES);
	str_init(out, FILE_BYTES);
	ok = file_read(path, &raw, &e) && unpack_push(u, str_sv(&raw), &e) &&
	    unpack_finish(u, &e) && is_markup(str_sv(out));
	str_done(&raw);
	unpack_free(u);
	if (!ok)
		str_done(out);
	return ok;
}

bool
corpus_load(struct corpus *c, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[4096];

	c->n = c->bytes = 0;
	if (d == NULL)
		return false;
	while ((entry = readdir(d)) != NULL && c->n < COUNTOF(c->files)) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.' && load(&c->files[c->n], path))
			c->bytes += c->files[c->n++].len;
	}
	(void)closedir(d);
	return c->n != 0;
}

void
corpus_done(struct corpus *c)
{
	while (c->n != 0)
		str_done(&c->files[--c->n]);
}

double
cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
corpus_best(const struct corpus *c, int rounds, corpus_work *work, void *arg)
{
	double best = 1e9;

	while (rounds-- > 0) {
		double begin = cpu_seconds(), took;

		for (size_t i = 0; i < c->n; i++)
			work(str_sv(&c->files[i]), arg);
		took = cpu_seconds() - begin;
		best = took < best ? took : best;
	}
	return best;
}
