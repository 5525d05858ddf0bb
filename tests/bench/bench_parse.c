/* tests/bench/bench_parse.c: feeds to finished items, against libxml2's push
 * parser with empty handlers over the same pieces of the same files. */
#include "base/limits.h"
#include "feeds/parse.h"
#include "tests/bench/corpus.h"

#include <libxml/parser.h>
#include <stdio.h>

#define PIECE KiB(16)
#define ROUNDS 7

static void
on_item(const struct item *it, void *arg)
{
	size_t *items = arg;

	*items += it->title.len != 0 || it->summary.len != 0;
}

static void
parse(struct sv in, void *arg)
{
	struct feed_parser_options o = { .base_url = SV("http://a.example/") };
	struct feed_parser *p = feed_parser_new(&o, on_item, arg);
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
parse_libxml(struct sv in, void *arg)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text };
	xmlParserCtxtPtr x = xmlCreatePushParserCtxt(
	    &sax, arg, in.p, in.len < 4 ? (int)in.len : 4, NULL);

	(void)xmlCtxtUseOptions(x,
	    XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
		XML_PARSE_NOWARNING);
	for (in = sv_from(in, 4); in.len != 0; in = sv_from(in, PIECE))
		(void)xmlParseChunk(x, in.p, (int)sv_sub(in, 0, PIECE).len, 0);
	(void)xmlParseChunk(x, NULL, 0, 1);
	xmlFreeParserCtxt(x);
}

int
main(int argc, char **argv)
{
	static struct corpus c;
	size_t items = 0;
	double ours, theirs;

	if (argc != 2 || !corpus_load(&c, argv[1])) {
		(void)puts("bench_parse: skipped, no data");
		return 0;
	}
	theirs = corpus_best(&c, ROUNDS, parse_libxml, NULL);
	ours = corpus_best(&c, ROUNDS, parse, &items);
	(void)printf("%zu feeds, %.1f MB, %zu items\n", c.n,
	    (double)c.bytes / 1e6, items / ROUNDS);
	(void)printf("%-34s %7.1f MB/s\n", "libxml2, XML, empty handlers",
	    (double)c.bytes / theirs / 1e6);
	(void)printf("%-34s %7.1f MB/s  %.2fx\n", "tocsin, feed to items",
	    (double)c.bytes / ours / 1e6, theirs / ours);
	corpus_done(&c);
	return 0;
}
