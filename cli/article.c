/* cli/article.c: `tocsin article`: the main text of a page. */
#include "cli/commands.h"
#include "cli/input.h"

#include "base/json.h"
#include "base/utf8.h"
#include "feeds/article.h"

#include <getopt.h>
#include <stdio.h>

struct request {
	struct sv base;
	bool json;
};

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
	json_text_if(&j, "link", art->link);
	json_text(&j, "text", art->text);
	json_close(&j);
}

/* Foreign text on a terminal: lines stay, other controls go. */
static void
add_clean(struct str *out, struct sv v)
{
	uint32_t cp;

	for (size_t n; v.len != 0; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		if (cp == '\n' || utf8_is_printable(cp))
			(void)str_addcp(out, cp);
	}
}

static int
print(const struct request *r, const struct article *art)
{
	struct str out;
	bool ok;

	str_init(&out, 8 * ARTICLE_TEXT_BYTES);
	if (r->json)
		print_json(art, &out);
	else
		add_clean(&out, art->text);
	(void)str_addc(&out, '\n');
	ok = !out.full && fwrite(str_c(&out), 1, out.len, stdout) == out.len &&
	    fflush(stdout) == 0;
	str_done(&out);
	if (!ok)
		(void)fprintf(stderr, "tocsin article: cannot write it all\n");
	return ok ? CLI_DONE : CLI_NOTHING;
}

static int
extract(const struct request *r, const struct cli_input *in)
{
	struct sv base = r->base.len != 0 ? r->base : sv_of(in->url);
	struct article art;
	struct arena a;
	struct err e;
	int status = CLI_NOTHING;

	arena_init(&a);
	if (article_extract(str_sv(&in->bytes), sv_of(in->content_type), base,
		&a, &art, &e))
		status = print(r, &art);
	else
		(void)fprintf(stderr, "tocsin article: %s\n", e.msg);
	arena_done(&a);
	return status;
}

static int
run(const struct request *r, const char *what)
{
	struct cli_input in;
	struct err e;
	int status = CLI_USAGE;

	if (cli_input_read(what, ARTICLE_BYTES, &in, &e))
		status = extract(r, &in);
	else
		(void)fprintf(stderr, "tocsin article: %s\n", e.msg);
	cli_input_done(&in);
	return status;
}

int
cmd_article(int argc, char **argv)
{
	static const struct option options[] = { { "base", required_argument,
						     NULL, 'b' },
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	struct request r = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return cli_bad_option("article", argv[optind - 1]);
		if (c == 'j')
			r.json = true;
		else
			r.base = sv_of(optarg);
	}
	if (optind + 1 != argc)
		return cli_usage("article", "one file or URL is needed");
	return run(&r, argv[optind]);
}
