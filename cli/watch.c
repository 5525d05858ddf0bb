/* cli/watch.c: `tocsin watch`: polls URLs and prints alerts until ^C; no
 * configuration file and no state are needed. */
#include "cli/commands.h"
#include "cli/items.h"

#include "base/log.h"
#include "base/url.h"
#include "daemon/app.h"
#include "filters/compile.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct watch {
	const char *match, *every, *backlog;
	struct str allow; /* YAML flow list of networks, without brackets */
	bool json, verbose;
};

/* A YAML single-quoted scalar. */
static void
add_quoted(struct str *out, struct sv v)
{
	(void)str_addc(out, '\'');
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '\'')
			(void)str_addc(out, '\'');
		(void)str_addc(out, v.p[i]);
	}
	(void)str_addc(out, '\'');
}

/* The host, as far as it can be a name, and a number to keep names apart. */
static void
add_feed_name(struct str *out, struct sv url, int number)
{
	size_t before = out->len;
	struct url u;

	url_split(url, &u);
	for (size_t i = 0; i < u.host.len && i < 40; i++)
		if (ascii_is_alnum(u.host.p[i]) || u.host.p[i] == '.' ||
		    u.host.p[i] == '-')
			(void)str_addc(out, u.host.p[i]);
	if (out->len == before)
		(void)str_adds(out, "feed");
	if (number > 1)
		(void)str_addf(out, "_%d", number);
}

/* What may stand in a path of a URL as it is. */
static bool
is_plain(char c)
{
	return ascii_is_alnum(c) || (c != '\0' && strchr("/._-~", c) != NULL);
}

static void
add_file_url(struct str *url, const char *path)
{
	(void)str_adds(url, path[0] == '/' ? "file://" : "file:");
	for (const char *p = path; *p != '\0'; p++)
		if (is_plain(*p))
			(void)str_addc(url, *p);
		else
			(void)str_addf(url, "%%%02X", (unsigned char)*p);
}

/* A word without a scheme that names a file is that file. */
static void
add_url(struct str *out, const char *word)
{
	struct str url;
	struct url u;

	str_init(&url, 4 * URL_BYTES);
	url_split(sv_of(word), &u);
	if (u.scheme.len == 0 && access(word, R_OK) == 0)
		add_file_url(&url, word);
	else
		(void)str_adds(&url, word);
	add_quoted(out, str_sv(&url));
	str_done(&url);
}

static void
write_config(const struct watch *w, char **urls, int n, struct str *out)
{
	(void)str_addf(out, "daemon:\n  backlog: %s\n", w->backlog);
	if (w->allow.len != 0)
		(void)str_addf(
		    out, "network:\n  allow-private: [%s]\n", str_c(&w->allow));
	(void)str_adds(out, "feeds:\n");
	for (int i = 0; i < n; i++) {
		(void)str_adds(out, "  ");
		add_feed_name(out, sv_of(urls[i]), i + 1);
		(void)str_adds(out, ":\n    url: ");
		add_url(out, urls[i]);
		if (w->every != NULL)
			(void)str_addf(out, "\n    every: %s", w->every);
		(void)str_addc(out, '\n');
	}
	(void)str_adds(out, "filters:\n  watch:\n    match: ");
	add_quoted(out, sv_of(w->match));
	(void)str_addf(out,
	    "\ndestinations:\n  terminal: {type: stdout, "
	    "format: %s}\n",
	    w->json ? "json" : "text");
}

static int
run(struct config *conf, struct ruleset *rules)
{
	const struct app_options o = { .in_memory = true, .for_reader = true };
	struct err e;
	struct app *a = app_new(conf, rules, &o, &e);

	if (a == NULL) {
		(void)fprintf(stderr, "tocsin watch: %s\n", e.msg);
		return CLI_USAGE;
	}
	app_run(a);
	app_free(a);
	return CLI_DONE;
}

/* By itself, so that problems show it as it was written. */
static bool
check_query(const struct watch *w, struct diags *d)
{
	struct ruleset *rules = ruleset_compile_query(sv_of(w->match), NULL, d);

	ruleset_free(rules);
	return rules != NULL;
}

static int
watch(const struct watch *w, char **urls, int n)
{
	struct diags *d = diags_new();
	struct ruleset *rules = NULL;
	struct config *conf = NULL;
	struct str text;
	int status = CLI_USAGE;

	str_init(&text, MiB(1));
	write_config(w, urls, n, &text);
	if (check_query(w, d))
		conf = config_parse("command line", str_sv(&text), d);
	if (conf != NULL)
		rules = ruleset_compile(conf, d);
	if (diags_count(d, DIAG_ERROR) != 0)
		(void)cli_print_diags(d);
	if (rules != NULL) {
		log_init(w->verbose ? LOG_LEVEL_INFO : LOG_LEVEL_WARN);
		status = run(conf, rules);
	}
	config_unref(conf);
	diags_unref(d);
	str_done(&text);
	return status;
}

static bool
parse_options(int argc, char **argv, struct watch *w)
{
	static const struct option options[] = {
		{ "match", required_argument, NULL, 'm' },
		{ "every", required_argument, NULL, 'e' },
		{ "backlog", required_argument, NULL, 'b' },
		{ "allow-private", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "m:", options, NULL)) != -1) {
		switch (c) {
		case 'm':
			w->match = optarg;
			break;
		case 'e':
			w->every = optarg;
			break;
		case 'b':
			w->backlog = optarg;
			break;
		case 'a':
			if (w->allow.len != 0)
				(void)str_adds(&w->allow, ", ");
			add_quoted(&w->allow, sv_of(optarg));
			break;
		case 'j':
			w->json = true;
			break;
		case 'v':
			w->verbose = true;
			break;
		default:
			return false;
		}
	}
	return true;
}

int
cmd_watch(int argc, char **argv)
{
	struct watch w = { .backlog = "36500d" };
	int status;

	str_init(&w.allow, KiB(16));
	(void)signal(SIGPIPE, SIG_IGN);
	if (!parse_options(argc, argv, &w))
		status = cli_bad_option("watch", argv[optind - 1]);
	else if (w.match == NULL)
		status = cli_usage("watch", "--match QUERY is missing");
	else if (optind == argc)
		status = cli_usage("watch", "at least one URL is needed");
	else
		status = watch(&w, argv + optind, argc - optind);
	str_done(&w.allow);
	return status;
}
