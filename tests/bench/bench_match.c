/* tests/bench/bench_match.c: what an item costs with few and with many filters,
 * phrases against Hyperscan, and what compiling costs. */
#include "base/limits.h"
#include "filters/compile.h"
#include "filters/lexicon.h"
#include "tests/bench/corpus.h"
#include "tests/bench/news.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if __has_include(<hs/hs.h>)
#include <hs/hs.h>
#define HYPERSCAN
#endif

#define ROUNDS 5
#define THINNING 3
#define POOL_MIN 20000
#define SHORT_PHRASE 3 /* bytes: oil, Gaza, Iran */
#define LONG_PHRASE 6

/* Queries as a configuration. */
struct queries {
	struct config config;
	struct arena arena;
};

static void
queries_init(struct queries *q, size_t n)
{
	*q = (struct queries) { .config.nfilters = n };
	arena_init(&q->arena);
	q->config.filters = mem_calloc(n, sizeof(*q->config.filters));
}

static void
queries_set(struct queries *q, size_t i, struct sv text)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "f%zu", i);
	q->config.filters[i] = (struct config_filter) {
		.name = arena_sv(&q->arena, sv_of(name)).p
	};
	q->config.filters[i].match.text = arena_sv(&q->arena, text);
	q->config.filters[i].match.line = 1;
}

static void
queries_make(struct queries *q, struct news *n, size_t count)
{
	struct str text;

	queries_init(q, count);
	str_init(&text, KiB(64));
	for (size_t i = 0; i < count; i++) {
		str_clear(&text);
		news_add_query(n, &text);
		queries_set(q, i, str_sv(&text));
	}
	str_done(&text);
}

static void
queries_done(struct queries *q)
{
	free(q->config.filters);
	arena_done(&q->arena);
}

static struct ruleset *
compile(const struct queries *q)
{
	struct diags *d = diags_new();
	struct ruleset *r;
	struct str why;

	(void)diags_add_source(d, "bench", SV(""));
	r = ruleset_compile(&q->config, d);
	str_init(&why, MiB(1));
	if (r == NULL) {
		diags_brief(d, &why);
		(void)fputs(str_c(&why), stderr);
		exit(1);
	}
	str_done(&why);
	diags_unref(d);
	return r;
}

static void
on_match(const struct match *m, void *arg)
{
	uint32_t *hits = arg;

	hits[m->index]++;
}

/* Every so manyth item is enough to match, which takes long for many sets of
 * filters. */
static struct news
thin_out(const struct news *n)
{
	struct news few = *n;

	few.nitems = n->nitems / THINNING;
	few.items = mem_calloc(few.nitems, sizeof(*few.items));
	for (size_t i = 0; i < few.nitems; i++)
		few.items[i] = n->items[i * THINNING];
	return few;
}

static double
match_all(const struct news *n, const struct ruleset *r, struct matcher *m,
    uint32_t *hits)
{
	double begin = cpu_seconds();

	for (size_t i = 0; i < n->nitems; i++)
		ruleset_match(r, m, &n->items[i], on_match, hits);
	return cpu_seconds() - begin;
}

/* Filters by how many items they match. */
struct ranked {
	uint32_t hits, query;
};

static int
by_hits(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->hits > y->hits) - (x->hits < y->hits);
}

static struct ranked *
rank(const struct news *n, const struct queries *q)
{
	size_t count = q->config.nfilters;
	struct ruleset *r = compile(q);
	struct matcher *m = matcher_new();
	uint32_t *hits = mem_calloc(count, sizeof(*hits));
	struct ranked *v = mem_calloc(count, sizeof(*v));

	(void)match_all(n, r, m, hits);
	for (size_t i = 0; i < count; i++)
		v[i] = (struct ranked) { hits[i], (uint32_t)i };
	qsort(v, count, sizeof(*v), by_hits);
	free(hits);
	matcher_free(m);
	ruleset_free(r);
	return v;
}

/* `count` queries that match `goal` times all together, as nearly as may be. */
static void
queries_choose(struct queries *out, struct news *n, size_t count, size_t goal)
{
	size_t pool = count * 2 < POOL_MIN ? POOL_MIN : count * 2, at = 0;
	struct queries q;
	struct ranked *v;
	size_t sum = 0;

	queries_make(&q, n, pool);
	v = rank(n, &q);
	for (size_t i = 0; i < count; i++)
		sum += v[i].hits;
	for (; sum < goal && at + count < pool; at++)
		sum += v[at + count].hits - v[at].hits;
	queries_init(out, count);
	for (size_t i = 0; i < count; i++)
		queries_set(
		    out, i, q.config.filters[v[at + i].query].match.text);
	free(v);
	queries_done(&q);
}

#define SIZES 4

/* As many matches an item, of few filters or of many. */
static void
bench_filters(struct news *n)
{
	static const size_t sizes[SIZES] = { 100, 1000, 10000, 100000 };
	struct queries q[SIZES];
	struct ruleset *r[SIZES];
	struct matcher *m[SIZES];
	size_t matches[SIZES] = { 0 };
	double best[SIZES] = { 1e9, 1e9, 1e9, 1e9 };

	for (size_t i = 0; i < SIZES; i++) {
		queries_choose(&q[i], n, sizes[i], n->nitems / 10);
		r[i] = compile(&q[i]);
		m[i] = matcher_new();
	}
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < SIZES; i++) {
			uint32_t *hits = mem_calloc(sizes[i], sizeof(*hits));
			double took = match_all(n, r[i], m[i], hits);

			best[i] = took < best[i] ? took : best[i];
			matches[i] = 0;
			for (size_t k = 0; k < sizes[i]; k++)
				matches[i] += hits[k];
			free(hits);
		}
	for (size_t i = 0; i < SIZES; i++) {
		(void)printf("%6zu filters %8.2f us/item  %5.2f matches/item  "
			     "%.2fx\n",
		    sizes[i], best[i] / (double)n->nitems * 1e6,
		    (double)matches[i] / (double)n->nitems, best[i] / best[0]);
		matcher_free(m[i]);
		ruleset_free(r[i]);
		queries_done(&q[i]);
	}
}

/* Phrases, without doubles. */
struct phrases {
	struct sv *v;
	size_t n;
	struct map known;
	struct arena arena;
};

static void
phrases_make(struct phrases *p, struct news *n, size_t count, size_t shortest)
{
	struct str name;

	*p = (struct phrases) { .v = mem_calloc(count, sizeof(*p->v)) };
	arena_init(&p->arena);
	map_init(&p->known);
	str_init(&name, KiB(4));
	while (p->n < count) {
		str_clear(&name);
		news_add_name(n, &name);
		if (name.len >= shortest &&
		    map_put(&p->known, str_sv(&name), p) == NULL)
			p->v[p->n++] = arena_sv(&p->arena, str_sv(&name));
	}
	str_done(&name);
}

static void
phrases_done(struct phrases *p)
{
	free(p->v);
	map_done(&p->known);
	arena_done(&p->arena);
}

static void
on_found(uint32_t atom, size_t first, size_t last, void *arg)
{
	size_t *found = arg;

	(void)atom;
	(void)first;
	(void)last;
	(*found)++;
}

/* Without `found` no further than to the words. */
static double
find_all(const struct news *n, const struct lexicon *l, struct text *t,
    size_t *found)
{
	double begin = cpu_seconds();

	if (found != NULL)
		*found = 0;
	for (size_t i = 0; i < n->nitems; i++) {
		text_clear(t, l->seed);
		text_add(t, FIELD_TITLE, n->items[i].title);
		text_add(t, FIELD_CONTENT, n->items[i].content);
		if (found != NULL)
			lexicon_find(l, t, on_found, found);
	}
	return cpu_seconds() - begin;
}

#ifdef HYPERSCAN
static int
on_hyperscan(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *arg)
{
	(void)flags;
	on_found(id, (size_t)from, (size_t)to, arg);
	return 0;
}

static hs_database_t *
hyperscan_compile(const struct phrases *p)
{
	const char **texts = mem_calloc(p->n, sizeof(*texts));
	unsigned *flags = mem_calloc(p->n, sizeof(*flags));
	unsigned *ids = mem_calloc(p->n, sizeof(*ids));
	size_t *lens = mem_calloc(p->n, sizeof(*lens));
	hs_compile_error_t *error;
	hs_database_t *db = NULL;

	for (size_t i = 0; i < p->n; i++) {
		texts[i] = p->v[i].p;
		lens[i] = p->v[i].len;
		flags[i] = HS_FLAG_CASELESS;
		ids[i] = (unsigned)i;
	}
	if (hs_compile_lit_multi(texts, flags, ids, lens, (unsigned)p->n,
		HS_MODE_BLOCK, NULL, &db, &error) != HS_SUCCESS)
		(void)hs_free_compile_error(error);
	free(texts);
	free(flags);
	free(ids);
	free(lens);
	return db;
}

static double
hyperscan_all(const struct news *n, const hs_database_t *db, hs_scratch_t *s,
    size_t *found)
{
	double begin = cpu_seconds();

	*found = 0;
	for (size_t i = 0; i < n->nitems; i++) {
		const struct item *it = &n->items[i];

		(void)hs_scan(db, it->title.p, (unsigned)it->title.len, 0, s,
		    on_hyperscan, found);
		(void)hs_scan(db, it->content.p, (unsigned)it->content.len, 0,
		    s, on_hyperscan, found);
	}
	return cpu_seconds() - begin;
}
#endif

struct race {
	double ours, words, theirs; /* best CPU seconds */
	size_t found, found_theirs;
};

static void
race_run(struct race *r, const struct news *n, const struct phrases *p,
    const struct lexicon *l)
{
	struct text t;
	double took;

	text_init(&t);
	*r = (struct race) { 1e9, 1e9, 1e9, 0, 0 };
#ifdef HYPERSCAN
	hs_database_t *db = hyperscan_compile(p);
	hs_scratch_t *s = NULL;

	(void)hs_alloc_scratch(db, &s);
#else
	(void)p;
#endif
	for (size_t round = 0; round < ROUNDS; round++) {
		took = find_all(n, l, &t, &r->found);
		r->ours = took < r->ours ? took : r->ours;
		took = find_all(n, l, &t, NULL);
		r->words = took < r->words ? took : r->words;
#ifdef HYPERSCAN
		took = hyperscan_all(n, db, s, &r->found_theirs);
		r->theirs = took < r->theirs ? took : r->theirs;
#endif
	}
#ifdef HYPERSCAN
	(void)hs_free_scratch(s);
	(void)hs_free_database(db);
#endif
	text_done(&t);
}

/* Short phrases stand inside many words, where a search for bytes finds them
 * all: it is faster without them, a search for words is not. */
static void
bench_phrases(struct news *n, size_t count, size_t shortest)
{
	double mb = (double)n->bytes / 1e6;
	struct phrases p;
	struct lexicon l;
	struct race r;
	struct err e;
	uint32_t atom;

	phrases_make(&p, n, count, shortest);
	lexicon_init(&l, n->random);
	for (size_t i = 0; i < p.n; i++)
		if (!lexicon_add(&l, p.v[i], false, &atom, &e))
			(void)fprintf(stderr, "%s: %s\n", p.v[i].p, e.msg);
	lexicon_seal(&l);
	race_run(&r, n, &p, &l);
	(void)printf("%6zu phrases of %zu bytes and more %8.1f MB/s %9zu "
		     "found (words %.2f ns, search %.2f ns a byte)",
	    count, shortest, mb / r.ours, r.found, r.words / mb * 1e3,
	    (r.ours - r.words) / mb * 1e3);
#ifdef HYPERSCAN
	(void)printf("  Hyperscan %8.1f MB/s %9zu found  %.2fx\n",
	    mb / r.theirs, r.found_theirs, r.theirs / r.ours);
#else
	(void)puts("  Hyperscan: skipped, libhyperscan-dev is not there");
#endif
	lexicon_done(&l);
	phrases_done(&p);
}

static size_t
heap_bytes(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* What /proc/self/status says in KiB. */
static size_t
status_bytes(const char *key)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	size_t kib = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			kib = strtoul(line + strlen(key), NULL, 10);
	if (f != NULL)
		(void)fclose(f);
	return KiB(kib);
}

/* From here on VmHWM counts anew. */
static void
reset_peak(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "we");

	(void)malloc_trim(0);
	if (f == NULL)
		return;
	(void)fputs("5", f);
	(void)fclose(f);
}

static void
bench_compile(struct news *n, size_t count)
{
	size_t heap, peak, bytes = 0;
	struct ruleset *r;
	struct queries q;
	double took;

	queries_make(&q, n, count);
	for (size_t i = 0; i < count; i++)
		bytes += q.config.filters[i].match.text.len;
	reset_peak();
	heap = heap_bytes();
	peak = status_bytes("VmRSS:");
	took = cpu_seconds();
	r = compile(&q);
	took = cpu_seconds() - took;
	(void)printf("%6zu filters of %.0f bytes compiled in %.2f s, %.1f MB, "
		     "peak %.1f MB",
	    count, (double)bytes / (double)count, took,
	    (double)(heap_bytes() - heap) / 1e6,
	    (double)(status_bytes("VmHWM:") - peak) / 1e6);
	took = cpu_seconds();
	ruleset_free(r);
	(void)printf("; freed in %.1f ms\n", (cpu_seconds() - took) * 1e3);
	queries_done(&q);
}

/* A filters map for the configuration of a daemon. */
static void
print_filters(struct news *n, size_t count)
{
	struct queries q;

	queries_make(&q, n, count);
	for (size_t i = 0; i < count; i++)
		(void)printf("  %s: {match: '%s'}\n", q.config.filters[i].name,
		    q.config.filters[i].match.text.p);
	queries_done(&q);
}

int
main(int argc, char **argv)
{
	static struct news n;
	struct news few;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || !news_load(&n, argv[1])) {
		(void)puts("bench_match: skipped, no data");
		return 0;
	}
	if (argc == 3) {
		print_filters(&n, strtoul(argv[2], NULL, 10));
	} else {
		(void)printf("%zu items, %.1f MB, %zu words, %zu of them "
			     "different\n",
		    n.nitems, (double)n.bytes / 1e6, n.ntokens, n.nwords);
		bench_compile(&n, 100000);
		bench_phrases(&n, 10000, SHORT_PHRASE);
		bench_phrases(&n, 10000, LONG_PHRASE);
		bench_phrases(&n, 100000, SHORT_PHRASE);
		bench_phrases(&n, 100000, LONG_PHRASE);
		few = thin_out(&n);
		bench_filters(&few);
		free(few.items);
	}
	news_done(&n);
	return 0;
}
