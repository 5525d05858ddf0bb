/* tests/bench/bench_parse.c: feeds to finished items, against libxml2's push
 * parser with empty handlers over the same pieces of the same files. */
#include "base/file.h"
#include "feeds/parse.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PIECE KiB(16)
#define ROUNDS 7

struct corpus {
	struct str files[2000];
	size_t n, bytes, items;
};

static double
cpu_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Only what libxml2 reads too: it knows no JSON. */
static void
load(struct corpus *c, const char *path)
{
	struct str *f = &c->files[c->n];
	struct err e;

	str_init(f, MiB(256));
	if (c->n + 1 == COUNTOF(c->files) || !file_read(path, f, &e) ||
	    sv_chr(str_sv(f), '<') > 1000) {
		str_done(f);
		return;
	}
	c->n++;
	c->bytes += f->len;
}

static bool
load_all(struct corpus *c, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[4096];

	if (d == NULL)
		return false;
	while ((entry = readdir(d)) != NULL) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.')
			load(c, path);
	}
	(void)closedir(d);
	return c->n != 0;
}

static void
on_item(const struct item *it, void *arg)
{
	struct corpus *c = arg;

	c->items += it->title.len != 0 || it->summary.len != 0;
}

static void
parse(struct corpus *c, struct sv in)
{
	struct feed_parser_options o = { SV_NONE, SV("http://a.example/") };
	struct feed_parser *p = feed_parser_new(&o, on_item, c);
	struct err e;

	for (; in.len != 0; in = sv_from(in, PIECE))
		if (!feed_parser_push(p, sv_sub(in, 0, PIECE), &e))
			break;
	(void)!feed_parser_finish(p, &e);
	feed_parser_free(p);
}

static void
on_start(void *c, const xmlChar *l, const xmlChar *p, const xmlChar *u, int nn,
    const xmlChar **ns, int na, int nd, const xmlChar **a)
{
	(void)c, (void)l, (void)p, (void)u, (void)nn, (void)ns;
	(void)na, (void)nd, (void)a;
}

static void
on_end(void *c, const xmlChar *l, const xmlChar *p, const xmlChar *u)
{
	(void)c, (void)l, (void)p, (void)u;
}

static void
on_text(void *c, const xmlChar *text, int n)
{
	(void)c, (void)text, (void)n;
}

static void
parse_libxml(struct corpus *c, struct sv in)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text };
	xmlParserCtxtPtr x = xmlCreatePushParserCtxt(
	    &sax, c, in.p, in.len < 4 ? (int)in.len : 4, NULL);

	(void)xmlCtxtUseOptions(x,
	    XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
		XML_PARSE_NOWARNING);
	for (in = sv_from(in, 4); in.len != 0; in = sv_from(in, PIECE))
		(void)xmlParseChunk(
		    x, in.p, (int)sv_sub(in, 0, PIECE).len, 0);
	(void)xmlParseChunk(x, NULL, 0, 1);
	xmlFreeParserCtxt(x);
}

static double
round_of(struct corpus *c, void (*parser)(struct corpus *, struct sv))
{
	double start = cpu_now();

	c->items = 0;
	for (size_t i = 0; i < c->n; i++)
		parser(c, str_sv(&c->files[i]));
	return cpu_now() - start;
}

static double
mb_per_s(const struct corpus *c, double seconds)
{
	return (double)c->bytes / seconds / 1e6;
}

int
main(int argc, char **argv)
{
	static struct corpus c;
	double ours = 1e9, theirs = 1e9, t;

	if (argc != 2 || !load_all(&c, argv[1])) {
		(void)puts("bench_parse: skipped, no data");
		return 0;
	}
	for (int i = 0; i < ROUNDS; i++) {
		t = round_of(&c, parse_libxml);
		theirs = t < theirs ? t : theirs;
		t = round_of(&c, parse);
		ours = t < ours ? t : ours;
	}
	(void)printf("%zu feeds, %.1f MB, %zu items\n", c.n,
	    (double)c.bytes / 1e6, c.items);
	(void)printf("libxml2, empty handlers  %7.1f MB/s\n",
	    mb_per_s(&c, theirs));
	(void)printf("tocsin, finished items   %7.1f MB/s  %.2fx\n",
	    mb_per_s(&c, ours), theirs / ours);
	for (size_t i = 0; i < c.n; i++)
		str_done(&c.files[i]);
	return 0;
}
