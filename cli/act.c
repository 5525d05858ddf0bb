/* cli/act.c: `tocsin pause`, `resume`, `reload` and `poll`: one word to the
 * running daemon. */
#include "cli/ask.h"

#include <stdio.h>

/* With `operand` (NULL: none) as the only argument. */
static int
act(int argc, char **argv, const char *operand, const char *done)
{
	static const struct option options[] = { ASK_LONG,
		{ NULL, 0, NULL, 0 } };
	struct ask a = { .command = argv[0] };
	const char *words[2] = { argv[0], NULL };
	size_t n = operand != NULL ? 2 : 1;
	json_t *answer;
	int opt, status;

	while ((opt = getopt_long(argc, argv, ASK_SHORT, options, NULL)) != -1)
		if (!ask_option(&a, opt))
			return cli_bad_option(argv[0], argv[optind - 1]);
	if (argc - optind != (int)n - 1)
		return cli_usage(
		    argv[0], operand != NULL ? operand : "no argument");
	if (n == 2)
		words[1] = argv[optind];
	status = ask_daemon(&a, words, n, &answer);
	if (status != CLI_DONE)
		return status;
	json_decref(answer);
	(void)printf(
	    "%s%s%s\n", n == 2 ? words[1] : "", n == 2 ? ": " : "", done);
	return CLI_DONE;
}

int
cmd_pause(int argc, char **argv)
{
	return act(argc, argv, "which destination?",
	    "paused; its alerts are kept until tocsin resume");
}

int
cmd_resume(int argc, char **argv)
{
	return act(argc, argv, "which destination?", "goes on");
}

int
cmd_reload(int argc, char **argv)
{
	return act(argc, argv, NULL, "configuration reloaded");
}

int
cmd_poll(int argc, char **argv)
{
	return act(argc, argv, "which feed?", "is polled");
}
