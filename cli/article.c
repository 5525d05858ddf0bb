/* cli/article.c: `tocsin article`: the main text of a page. */
#include "cli/commands.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "feeds/article.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct request {
	const char *path;
	struct sv base;
	bool json;
};

static bool
read_page(const char *path, struct str *page, struct err *e)
{
	if (strcmp(path, "-") == 0)
		return file_read_fd(0, "standard input", page, e);
	return file_read(path, page, e);
}

static void
print_json(const struct article *art, struct str *out)
{
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
	json_text_if(&j, "title", art->title);
	json_text_if(&j, "author", art->author);
	if (art->published != NO_TIME)
		json_int(&j, "published", art->published);
	json_text_if(&j, "lang", art->lang);
	json_text_if(&j, "site", art->site);
	json_text(&j, "text", art->text);
	json_close(&j);
}

static int
run(const struct request *r, struct str *page, struct arena *a)
{
	struct article art;
	struct err e;
	struct str out;

	if (!read_page(r->path, page, &e) ||
	    !article_extract(str_sv(page), SV_NONE, r->base, a, &art, &e)) {
		(void)fprintf(stderr, "tocsin article: %s\n", e.msg);
		return CLI_NOTHING;
	}
	str_init(&out, 8 * ARTICLE_TEXT_BYTES);
	if (r->json)
		print_json(&art, &out);
	else
		(void)str_add(&out, art.text);
	(void)str_addc(&out, '\n');
	(void)fwrite(str_c(&out), 1, out.len, stdout);
	str_done(&out);
	return CLI_DONE;
}

int
cmd_article(int argc, char **argv)
{
	static const struct option options[] = { { "base", required_argument,
						     NULL, 'b' },
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	struct request r = { 0 };
	struct str page;
	struct arena a;
	int c, status;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return cli_usage("article", "no such option");
		if (c == 'j')
			r.json = true;
		else
			r.base = sv_of(optarg);
	}
	if (optind + 1 != argc)
		return cli_usage("article", "one file is needed");
	r.path = argv[optind];
	str_init(&page, ARTICLE_BYTES);
	arena_init(&a);
	status = run(&r, &page, &a);
	arena_done(&a);
	str_done(&page);
	return status;
}
