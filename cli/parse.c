/* cli/parse.c: `tocsin parse`: what tocsin sees in a feed, as JSON. */
#include "cli/commands.h"
#include "cli/input.h"

#include "base/json.h"
#include "feeds/parse.h"

#include <stdio.h>
#include <string.h>

#define OUTPUT_BYTES (FEED_DOCUMENT_BYTES * 8)

struct arguments {
	struct feed_parser_options options;
	const char *file;
};

/* Returns the exit status of a wrong command line, or -1. */
static int
read_arguments(char **argv, struct arguments *out)
{
	while (*++argv != NULL) {
		bool type = strcmp(*argv, "--content-type") == 0;

		if (type || strcmp(*argv, "--base") == 0) {
			struct sv *to = type ? &out->options.content_type
					     : &out->options.base_url;

			if (argv[1] == NULL)
				return cli_bad_option("parse", *argv);
			*to = sv_of(*++argv);
		} else if ((*argv)[0] == '-' && (*argv)[1] != '\0') {
			return cli_bad_option("parse", *argv);
		} else if (out->file != NULL) {
			return cli_usage("parse", "more than one file");
		} else {
			out->file = *argv;
		}
	}
	return out->file == NULL ? cli_usage("parse", "no file or URL named")
				 : -1;
}

static void
put_time(struct json *j, const char *key, int64_t time)
{
	if (time != NO_TIME)
		json_int(j, key, time);
}

static void
put_enclosures(struct json *j, const struct item *it)
{
	json_open_array(j, "enclosures");
	for (size_t i = 0; i < it->nenclosures; i++) {
		const struct enclosure *e = &it->enclosures[i];

		json_open(j, NULL);
		json_text(j, "url", e->url);
		json_text_if(j, "type", e->type);
		if (e->length >= 0)
			json_int(j, "length", e->length);
		json_close(j);
	}
	json_close_array(j);
}

static void
put_lists(struct json *j, const struct item *it)
{
	if (it->ncategories != 0) {
		json_open_array(j, "categories");
		for (size_t i = 0; i < it->ncategories; i++)
			json_text(j, NULL, it->categories[i]);
		json_close_array(j);
	}
	if (it->nenclosures != 0)
		put_enclosures(j, it);
}

static void
put_source(struct json *j, const struct item *it)
{
	if (it->source_title.len + it->source_link.len + it->source_id.len == 0)
		return;
	json_open(j, "source");
	json_text_if(j, "title", it->source_title);
	json_text_if(j, "link", it->source_link);
	json_text_if(j, "id", it->source_id);
	json_close(j);
}

static void
on_item(const struct item *it, void *arg)
{
	struct json *j = arg;

	json_open(j, NULL);
	json_text_if(j, "id", it->id.len != 0 ? it->id : it->link);
	json_text_if(j, "title", it->title);
	json_text_if(j, "link", it->link);
	put_time(j, "published", it->published);
	put_time(j, "updated", it->updated);
	json_text_if(j, "author", it->author);
	json_text_if(j, "lang", it->lang);
	put_source(j, it);
	json_text_if(j, "summary_text", it->summary);
	json_text_if(j, "content_text", it->content);
	put_lists(j, it);
	json_close(j);
}

static void
put_feed(struct json *j, const struct feed_meta *m)
{
	json_text_if(j, "format", sv_of(m->format));
	json_open(j, "feed");
	json_text_if(j, "title", m->title);
	json_text_if(j, "subtitle", m->subtitle);
	json_text_if(j, "link", m->link);
	json_text_if(j, "id", m->id);
	json_text_if(j, "lang", m->lang);
	put_time(j, "updated", m->updated);
	json_close(j);
}

/* The items come before all is known of the feed, but stand behind it. */
static int
print(const struct feed_meta *m, struct json *items)
{
	struct str out;
	struct json j;
	bool ok;

	json_close_array(items);
	str_init(&out, OUTPUT_BYTES + MiB(8));
	json_init(&j, &out);
	json_open(&j, NULL);
	put_feed(&j, m);
	json_raw(&j, "items", str_sv(items->out));
	json_close(&j);
	(void)str_addc(&out, '\n');
	ok = !out.full && !items->out->full &&
	    fwrite(out.p, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
	str_done(&out);
	if (!ok)
		(void)fprintf(stderr, "tocsin parse: cannot write it all\n");
	return ok ? CLI_DONE : CLI_NOTHING;
}

static int
parse(const struct arguments *args, struct sv document)
{
	struct str out;
	struct json items;
	struct feed_parser *p;
	const struct feed_meta *m;
	struct err e;
	int status = CLI_NOTHING;
	bool whole;

	str_init(&out, OUTPUT_BYTES);
	json_init(&items, &out);
	json_open_array(&items, NULL);
	p = feed_parser_new(&args->options, on_item, &items);
	whole = feed_parser_push(p, document, &e) && feed_parser_finish(p, &e);
	if (!whole)
		(void)fprintf(
		    stderr, "tocsin parse: %s: %s\n", args->file, e.msg);
	m = feed_parser_meta(p);
	if (m->format[0] != '\0' || m->cut_short)
		status = print(m, &items);
	feed_parser_free(p);
	str_done(&out);
	return status;
}

int
cmd_parse(int argc, char **argv)
{
	struct arguments args = { 0 };
	int wrong = read_arguments(argv, &args);
	struct cli_input in;
	struct err e;
	int status = CLI_USAGE;

	(void)argc;
	if (wrong != -1)
		return wrong;
	if (cli_input_read(args.file, FEED_DOCUMENT_BYTES, &in, &e)) {
		if (args.options.content_type.len == 0)
			args.options.content_type = sv_of(in.content_type);
		if (args.options.base_url.len == 0)
			args.options.base_url = sv_of(in.url);
		status = parse(&args, str_sv(&in.bytes));
	} else {
		(void)fprintf(stderr, "tocsin parse: %s\n", e.msg);
	}
	cli_input_done(&in);
	return status;
}
