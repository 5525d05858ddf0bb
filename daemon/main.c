/* daemon/main.c: tocsind: reads its arguments and runs the daemon. */
#include "base/file.h"
#include "base/log.h"
#include "daemon/app.h"

#include <getopt.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/tocsin/tocsin.yaml"

/* The unit does not restart on EXIT_USAGE: a broken configuration does not mend
 * itself. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2
};

struct arguments {
	const char *config;
	bool check;
};

static int
usage(FILE *f, int status)
{
	(void)fprintf(f,
	    "usage: tocsind [-c FILE] [--check]\n\n"
	    "  -c, --config FILE  the configuration (" DEFAULT_CONFIG ")\n"
	    "      --check        only checks the configuration\n"
	    "      --version\n\nSee tocsind(8).\n");
	return status;
}

/* Returns -1 to go on, else the exit status. */
static int
parse_arguments(int argc, char **argv, struct arguments *out)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			out->config = optarg;
			break;
		case 'k':
			out->check = true;
			break;
		case 'V':
			(void)printf("tocsind %s\n", TOCSIN_VERSION);
			return EXIT_DONE;
		case 'h':
			return usage(stdout, EXIT_DONE);
		default:
			return usage(stderr, EXIT_USAGE);
		}
	}
	return optind == argc ? -1 : usage(stderr, EXIT_USAGE);
}

static int
run(struct config *conf, struct ruleset *rules, const char *path)
{
	const struct app_options o = { .config_path = path, .control = true };
	struct err e;
	struct app *a = app_new(conf, rules, &o, &e);

	if (a == NULL) {
		log_error("cannot start", KV("error", e.msg));
		return EXIT_FAILED;
	}
	app_run(a);
	app_free(a);
	return EXIT_DONE;
}

int
main(int argc, char **argv)
{
	struct arguments args = { .config = DEFAULT_CONFIG };
	struct ruleset *rules = NULL;
	struct config *conf;
	int status;

	file_keep_standard();
	status = parse_arguments(argc, argv, &args);
	if (status >= 0)
		return status;
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)mallopt(M_ARENA_MAX, 1); /* what a thread frees serves all */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a full disk like any other */
	log_init(LOG_LEVEL_INFO);
	conf = app_load(args.config, &rules);
	if (conf == NULL)
		return EXIT_USAGE;
	log_init((enum log_level)conf->daemon.log_level);
	if (args.check) {
		ruleset_free(rules);
		status = EXIT_DONE;
	} else {
		status = run(conf, rules, args.config);
	}
	config_unref(conf);
	return status;
}
