/* cli/match.c: `tocsin match`: the items that filters or a query match. */
#include "cli/commands.h"
#include "cli/items.h"

#include "base/json.h"
#include "filters/compile.h"

#include <getopt.h>
#include <string.h>

struct request {
	const char *config, *query, *entities, *items;
};

struct output {
	const struct item *item;
	struct str line;
	bool named; /* several filters: say which */
	bool any, failed;
};

static void
put_hits(struct json *j, const struct match *m)
{
	json_open_array(j, "hits");
	for (size_t i = 0; i < m->nhits; i++) {
		const struct hit *h = &m->hits[i];

		json_open(j, NULL);
		json_text(j, "field", sv_of(field_name(h->field)));
		json_text(j, "text", h->text);
		json_int(j, "start", (int64_t)h->start);
		json_int(j, "length", (int64_t)h->length);
		json_text_if(j, "entity", sv_of(h->entity));
		json_text_if(j, "wikidata", sv_of(h->wikidata));
		json_close(j);
	}
	json_close_array(j);
}

static void
put_item(struct json *j, const struct item *it)
{
	json_text_if(j, "title", it->title);
	json_text_if(j, "summary", it->summary);
	json_text_if(j, "content", it->content);
	json_text_if(j, "article", it->article);
	json_text_if(j, "author", it->author);
	json_text_if(j, "url", it->link);
	json_text_if(j, "lang", it->lang);
	json_text_if(j, "feed", it->feed);
	json_open_array(j, "tags");
	for (size_t i = 0; i < it->ntags; i++)
		json_text(j, NULL, it->tags[i]);
	json_close_array(j);
}

static void
on_match(const struct match *m, void *arg)
{
	struct output *o = arg;
	struct json j;

	o->any = true;
	str_clear(&o->line);
	json_init(&j, &o->line);
	json_open(&j, NULL);
	if (o->named)
		json_text(&j, "filter", sv_of(m->filter));
	put_item(&j, o->item);
	put_hits(&j, m);
	json_close(&j);
	(void)str_addc(&o->line, '\n');
	o->failed |= o->line.full ||
	    fwrite(str_c(&o->line), 1, o->line.len, stdout) != o->line.len;
}

static struct ruleset *
compile(const struct request *r, struct diags *diags)
{
	struct config *c = NULL;
	struct ruleset *rules = NULL;

	if (r->config != NULL) {
		c = ruleset_load(r->config, CONFIG_TO_TRY, &rules, diags);
	} else {
		if (r->entities != NULL)
			c = config_load_entities(r->entities, diags);
		if (r->entities == NULL || c != NULL)
			rules = ruleset_compile_query(
			    sv_of(r->query), c, diags);
	}
	config_unref(c);
	return rules;
}

static int
match_items(const struct ruleset *rules, const char *path, bool named)
{
	struct output o = { .named = named };
	struct matcher *m = matcher_new();
	enum items_next next = ITEMS_ERROR;
	struct items items;
	struct item it;
	struct err e;

	str_init(&o.line, MiB(64));
	if (items_open(&items, path, &e))
		while ((next = items_next(&items, &it, &e)) == ITEMS_ONE) {
			o.item = &it;
			ruleset_match(rules, m, &it, on_match, &o);
		}
	if (next == ITEMS_ERROR)
		(void)fprintf(stderr, "tocsin match: %s\n", e.msg);
	items_close(&items);
	str_done(&o.line);
	matcher_free(m);
	if (next == ITEMS_ERROR)
		return CLI_USAGE;
	if (o.failed || fflush(stdout) != 0) {
		(void)fprintf(stderr, "tocsin match: cannot write it all\n");
		return CLI_NOTHING;
	}
	return o.any ? CLI_DONE : CLI_NOTHING;
}

static int
run(const struct request *r)
{
	struct diags *diags = diags_new();
	struct ruleset *rules = compile(r, diags);
	int status = CLI_USAGE;

	(void)cli_print_diags(diags);
	if (rules != NULL)
		status = match_items(rules, r->items, r->config != NULL);
	ruleset_free(rules);
	diags_unref(diags);
	return status;
}

int
cmd_match(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument,
						     NULL, 'c' },
		{ "query", required_argument, NULL, 'q' },
		{ "entities", required_argument, NULL, 'e' },
		{ NULL, 0, NULL, 0 } };
	struct request r = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c == '?')
			return cli_bad_option("match", argv[optind - 1]);
		if (c == 'c')
			r.config = optarg;
		else if (c == 'q')
			r.query = optarg;
		else
			r.entities = optarg;
	}
	if ((r.config == NULL) == (r.query == NULL))
		return cli_usage("match", "give -c or --query");
	if (r.config != NULL && r.entities != NULL)
		return cli_usage("match", "--entities goes with --query");
	if (optind + 1 < argc)
		return cli_usage("match", "one file at most");
	r.items = argv[optind];
	return run(&r);
}
