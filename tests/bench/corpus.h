/* tests/bench/corpus.h: the files of a folder in memory, and the clock that
 * benchmarks go by. */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

#include "base/mem.h"
#include "base/str.h"

struct corpus {
	struct str files[2000]; /* gzip data unpacked */
	size_t n, bytes;
};

/* Files that begin with '<'; false: there are none. */
bool corpus_load(struct corpus *c, const char *dir);
void corpus_done(struct corpus *c);

double cpu_seconds(void); /* of this process */

/* The least CPU seconds that `work` on every file took in `rounds` rounds. */
typedef void corpus_work(struct sv file, void *arg);
double
corpus_best(const struct corpus *c, int rounds, corpus_work *work, void *arg);

#endif
