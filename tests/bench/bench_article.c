/* tests/bench/bench_article.c: the article in a web page: what pages take. */
#include "base/limits.h"
#include "feeds/article.h"
#include "tests/bench/corpus.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 5

static size_t
read_page(struct sv page)
{
	struct article art;
	struct arena a;
	struct err e;
	size_t len = 0;

	arena_init(&a);
	if (article_extract(
		page, SV_NONE, SV("http://a.example/"), &a, &art, &e))
		len = art.text.len;
	arena_done(&a);
	return len;
}

static double
best_ms(struct sv page)
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		double begin = cpu_seconds(), took;

		(void)read_page(page);
		took = (cpu_seconds() - begin) * 1000;
		best = took < best ? took : best;
	}
	return best;
}

static int
order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static struct corpus c;
	static double ms[COUNTOF(c.files)];

	if (argc != 2 || !corpus_load(&c, argv[1])) {
		(void)puts("bench_article: skipped, no data");
		return 0;
	}
	for (size_t i = 0; i < c.n; i++)
		ms[i] = best_ms(str_sv(&c.files[i]));
	qsort(ms, c.n, sizeof(*ms), order);
	(void)printf("%-34s %7.2f ms median, %.2f ms longest, %zu pages\n",
	    "tocsin, page to article", ms[c.n / 2], ms[c.n - 1], c.n);
	corpus_done(&c);
	return 0;
}
