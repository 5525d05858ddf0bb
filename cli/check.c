/* cli/check.c: `tocsin check`: all problems of a configuration file. */
#include "cli/commands.h"
#include "cli/items.h"

#include "alerts/destination.h"
#include "config/config.h"
#include "feeds/reach.h"
#include "filters/compile.h"
#include "filters/lint.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void
print_count(const char *before, size_t n, const char *one, const char *many)
{
	(void)printf("%s%zu %s", before, n, n == 1 ? one : many);
}

static void
print_summary(const char *path, const struct config *c)
{
	size_t expectations = 0;

	for (size_t i = 0; i < c->nfilters; i++)
		expectations += c->filters[i].expect.match.n +
		    c->filters[i].expect.no.n;
	(void)printf("%s: ", path);
	print_count("", c->nfeeds, "feed", "feeds");
	print_count(", ", c->nentities, "entity", "entities");
	print_count(", ", c->nfilters, "filter", "filters");
	print_count(", ", c->ndestinations, "destination", "destinations");
	if (expectations == 0)
		(void)printf("; no expectations\n");
	else
		print_count("; ", expectations, "expectation holds\n",
		    "expectations hold\n");
}

/* Is it only expectations that fail?  Without them the filters compile. */
static bool
compiles_without_expectations(const struct config *c, struct diags *d)
{
	struct config bare = *c;
	struct ruleset *rules;

	bare.filters = mem_calloc(c->nfilters, sizeof(*bare.filters));
	for (size_t i = 0; i < c->nfilters; i++) {
		bare.filters[i] = c->filters[i];
		bare.filters[i].expect = (struct config_expect) { 0 };
	}
	rules = ruleset_compile(&bare, d);
	free(bare.filters);
	ruleset_free(rules);
	return rules != NULL;
}

static enum cli_exit
check(const char *path, bool strict, struct diags *d)
{
	struct ruleset *rules;
	struct config *c = ruleset_load(path, CONFIG_TO_CHECK, &rules, d);
	enum cli_exit status = CLI_USAGE;
	bool opens = c == NULL || destinations_check(c, CONFIG_TO_CHECK, d);
	size_t warnings;

	if (c != NULL)
		reach_check(c, d);
	if (rules != NULL)
		lint_config(c, d);
	warnings = diags_count(d, DIAG_WARNING);
	(void)cli_print_diags(d);
	diags_clear(d);
	if (rules != NULL && opens) {
		print_summary(path, c);
		status = strict && warnings != 0 ? CLI_NOTHING : CLI_DONE;
	} else if (opens && c != NULL && compiles_without_expectations(c, d)) {
		status = CLI_NOTHING;
	}
	ruleset_free(rules);
	config_unref(c);
	return status;
}

int
cmd_check(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument,
						     NULL, 'c' },
		{ "strict", no_argument, NULL, 's' }, { NULL, 0, NULL, 0 } };
	const char *path = config_default_path();
	bool strict = false;
	struct diags *d;
	int opt, status;

	while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (opt == '?')
			return cli_bad_option("check", argv[optind - 1]);
		if (opt == 's')
			strict = true;
		else
			path = optarg;
	}
	if (optind != argc)
		return cli_usage("check", "the file is given with -c");
	d = diags_new();
	status = check(path, strict, d);
	diags_unref(d);
	return status;
}
