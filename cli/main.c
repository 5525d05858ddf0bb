/* cli/main.c: finds the command and runs it. */
#include "cli/commands.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

struct command {
	const char *name, *args, *help;
	int (*run)(int argc, char **argv);
};

#define COMMAND_ROW(name, args, help) { #name, args, help, cmd_##name },
static const struct command commands[] = { COMMANDS(COMMAND_ROW) {
    NULL, NULL, NULL, NULL } };

static void
print_help(FILE *f)
{
	(void)fprintf(f, "usage: tocsin COMMAND [ARGUMENT...]\n\n");
	for (const struct command *c = commands; c->name != NULL; c++)
		(void)fprintf(f, "  %-8s %s\n  %-8s   %s\n", c->name, c->args,
		    "", c->help);
	(void)fprintf(f, "\nSee tocsin(1).\n");
}

static void
print_command(const struct command *c)
{
	(void)printf("usage: tocsin %s %s\n\n  %-8s   %s\n\nSee tocsin(1).\n",
	    c->name, c->args, "", c->help);
}

int
cli_usage(const char *command, const char *problem)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, command) == 0)
			(void)fprintf(stderr,
			    "tocsin %s: %s\nusage: tocsin %s %s\n", command,
			    problem, command, c->args);
	return CLI_USAGE;
}

int
cli_bad_option(const char *command, const char *option)
{
	struct str problem;
	int status;

	str_init(&problem, KiB(4));
	(void)str_addf(
	    &problem, "'%.200s' is no option, or lacks its value", option);
	status = cli_usage(command, str_c(&problem));
	str_done(&problem);
	return status;
}

static bool
is_help(const char *argument)
{
	return argument != NULL &&
	    (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0);
}

static int
run_command(const struct command *c, int argc, char **argv)
{
	opterr = 0; /* cli_bad_option() says it */
	if (!is_help(argv[1]))
		return c->run(argc, argv);
	print_command(c);
	return CLI_DONE;
}

static int
run(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return CLI_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("tocsin %s\n", TOCSIN_VERSION);
		return CLI_DONE;
	}
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, argv[1]) == 0)
			return run_command(c, argc - 1, argv + 1);
	(void)fprintf(
	    stderr, "tocsin: no command '%s'; try tocsin --help\n", argv[1]);
	return CLI_USAGE;
}

/* What nobody could read was not done. */
int
main(int argc, char **argv)
{
	int status;

	file_keep_standard();
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	status = run(argc, argv);
	if ((fflush(stdout) == 0 && ferror(stdout) == 0) || status != CLI_DONE)
		return status;
	(void)fprintf(stderr, "tocsin: cannot write it all\n");
	return CLI_NOTHING;
}
