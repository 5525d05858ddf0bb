/* cli/explain.c: `tocsin explain`: why a filter matches an item, or does not.
 */
#include "cli/commands.h"
#include "cli/items.h"

#include "base/file.h"
#include "base/utf8.h"
#include "filters/compile.h"
#include "filters/explain.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct request {
	const char *filter, *config, *text, *items;
	bool json;
};

/* What is to be explained: a ruleset and one of its filters. */
struct subject {
	const struct ruleset *rules;
	size_t filter;
	struct matcher *matcher;
	bool json;
	bool any; /* something matched */
	size_t items; /* of a file: so many so far */
};

/* Says which item of a file it is that the lines below are about. */
static void
add_heading(
    struct subject *s, const struct item *it, bool colour, struct str *out)
{
	char title[ERR_BYTES];

	utf8_printable(sv_trim(it->title.len != 0 ? it->title : it->link),
	    title, sizeof(title));
	(void)str_addf(out, "%s%s%zu: %s%s\n", s->items != 0 ? "\n" : "",
	    colour ? "\033[1m" : "", s->items + 1,
	    title[0] != '\0' ? title : "(without title)",
	    colour ? "\033[0m" : "");
	s->items++;
}

static void
explain_item(struct subject *s, const struct item *it, bool of_file)
{
	bool colour = file_wants_colour(STDOUT_FILENO), matches;
	struct str out;

	str_init(&out, MiB(64));
	if (s->json) {
		matches = ruleset_explain_json(
		    s->rules, s->filter, s->matcher, it, &out);
		(void)str_addc(&out, '\n');
	} else {
		if (of_file)
			add_heading(s, it, colour, &out);
		matches = ruleset_explain(
		    s->rules, s->filter, s->matcher, it, colour, &out);
	}
	s->any = s->any || matches;
	if (out.full)
		(void)fprintf(
		    stderr, "tocsin explain: the explanation is too long\n");
	if (out.full && s->json)
		str_clear(&out);
	(void)fwrite(str_c(&out), 1, out.len, stdout);
	str_done(&out);
}

static bool
explain_items(struct subject *s, const char *path, struct err *e)
{
	enum items_next next = ITEMS_ERROR;
	struct items items;
	struct item it;

	if (items_open(&items, path, e))
		while ((next = items_next(&items, &it, e)) == ITEMS_ONE)
			explain_item(s, &it, true);
	items_close(&items);
	return next == ITEMS_END;
}

static int
explain(struct subject *s, const struct request *r)
{
	struct item it = { .title = sv_of(r->text) };
	struct err e;
	bool ok = true;

	s->matcher = matcher_new();
	if (r->text != NULL)
		explain_item(s, &it, false);
	else
		ok = explain_items(s, r->items, &e);
	matcher_free(s->matcher);
	if (!ok)
		(void)fprintf(stderr, "tocsin explain: %s\n", e.msg);
	return !ok ? CLI_USAGE : s->any ? CLI_DONE : CLI_NOTHING;
}

static int
find_filter(struct subject *s, const struct config *c, const struct request *r)
{
	const char **names, *nearest;

	for (s->filter = 0; s->filter < c->nfilters; s->filter++)
		if (strcmp(c->filters[s->filter].name, r->filter) == 0)
			return explain(s, r);
	names = mem_calloc(c->nfilters + 1, sizeof(*names));
	for (size_t i = 0; i < c->nfilters; i++)
		names[i] = c->filters[i].name;
	nearest = diag_nearest(sv_of(r->filter), names, c->nfilters);
	(void)fprintf(stderr, "tocsin explain: there is no filter '%s'%s%s%s\n",
	    r->filter, nearest == NULL ? "" : "; did you mean '",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "'?");
	free(names);
	return CLI_USAGE;
}

static int
run(const struct request *r)
{
	struct diags *diags = diags_new();
	struct ruleset *rules;
	struct config *c = ruleset_load(
	    r->config, CONFIG_TO_TRY, &rules, diags);
	struct subject s = { .rules = rules, .json = r->json };
	int status = CLI_USAGE;

	if (rules == NULL)
		(void)cli_print_diags(diags);
	else
		status = find_filter(&s, c, r);
	ruleset_free(rules);
	config_unref(c);
	diags_unref(diags);
	return status;
}

int
cmd_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' },
		{ "text", required_argument, NULL, 't' }, { NULL, 0, NULL, 0 }
	};
	struct request r = { .config = config_default_path() };
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c == '?')
			return cli_bad_option("explain", argv[optind - 1]);
		if (c == 'c')
			r.config = optarg;
		else if (c == 'j')
			r.json = true;
		else
			r.text = optarg;
	}
	if (optind == argc)
		return cli_usage("explain", "a filter is needed");
	r.filter = argv[optind++];
	r.items = argv[optind];
	if (optind + 1 < argc || (r.text != NULL && r.items != NULL))
		return cli_usage("explain", "give --text or one file");
	return run(&r);
}
