/* tests/bench/bench_html.c: web pages to text, against libxml2's HTML push
 * parser that does no more than copy the text it meets. */
#include "base/limits.h"
#include "feeds/html.h"
#include "tests/bench/corpus.h"

#include <libxml/HTMLparser.h>
#include <stdio.h>

#define ROUNDS 7

static void
to_text(struct sv page, void *arg)
{
	struct str *out = arg;

	str_clear(out);
	html_to_text(out, page);
}

static void
on_text(void *out, const xmlChar *text, int n)
{
	(void)str_add(out, (struct sv) { (const char *)text, (size_t)n });
}

static void
read_page(struct sv page, htmlSAXHandler *sax, struct str *out)
{
	htmlParserCtxtPtr x = htmlCreatePushParserCtxt(
	    sax, out, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);

	str_clear(out);
	(void)htmlCtxtUseOptions(
	    x, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	(void)htmlParseChunk(x, page.p, (int)page.len, 0);
	(void)htmlParseChunk(x, NULL, 0, 1);
	xmlFreeDoc(x->myDoc);
	htmlFreeParserCtxt(x);
}

static void
to_text_libxml(struct sv page, void *arg)
{
	htmlSAXHandler sax = { .characters = on_text, .cdataBlock = on_text };

	read_page(page, &sax, arg);
}

static void
to_tree_libxml(struct sv page, void *arg)
{
	read_page(page, NULL, arg);
}

static double
show(const struct corpus *c, const char *name, corpus_work *work, double than)
{
	struct str out;
	double took;

	str_init(&out, MiB(64));
	took = corpus_best(c, ROUNDS, work, &out);
	str_done(&out);
	(void)printf("%-34s %7.1f MB/s", name, (double)c->bytes / took / 1e6);
	(void)printf(than != 0 ? "  %.2fx\n" : "\n", than / took);
	return took;
}

int
main(int argc, char **argv)
{
	static struct corpus c;
	double theirs;

	if (argc != 2 || !corpus_load(&c, argv[1])) {
		(void)puts("bench_html: skipped, no data");
		return 0;
	}
	(void)printf("%zu pages, %.1f MB\n", c.n, (double)c.bytes / 1e6);
	(void)show(&c, "libxml2, HTML to tree", to_tree_libxml, 0);
	theirs = show(&c, "libxml2, HTML, text handler", to_text_libxml, 0);
	(void)show(&c, "tocsin, HTML to text", to_text, theirs);
	corpus_done(&c);
	return 0;
}
