/* cli/silence.c: `tocsin silence`: a filter rings nobody for a while. */
#include "cli/ask.h"

#include "config/values.h"

#include <stdio.h>

static int
silence(const struct ask *a, const char *filter, const char *time)
{
	char ms[32] = "off";
	const char *words[] = { "silence", filter, ms };
	json_t *answer;
	int64_t duration;
	int status;

	if (time != NULL) {
		if (!value_duration(sv_of(time), &duration) || duration == 0)
			return cli_usage(
			    "silence", "a time is written as 90m, 2h or 1d");
		(void)snprintf(ms, sizeof(ms), "%lld", (long long)duration);
	}
	status = ask_daemon(a, words, 3, &answer);
	if (status != CLI_DONE)
		return status;
	json_decref(answer);
	if (time != NULL)
		(void)printf("%s: silent for %s\n", filter, time);
	else
		(void)printf("%s: rings again\n", filter);
	return CLI_DONE;
}

int
cmd_silence(int argc, char **argv)
{
	static const struct option options[] = { ASK_LONG,
		{ "off", no_argument, NULL, 'o' }, { NULL, 0, NULL, 0 } };
	struct ask a = { .command = "silence" };
	bool off = false;
	int opt;

	while (
	    (opt = getopt_long(argc, argv, ASK_SHORT, options, NULL)) != -1) {
		off = off || opt == 'o';
		if (opt != 'o' && !ask_option(&a, opt))
			return cli_bad_option("silence", argv[optind - 1]);
	}
	if (argc - optind != (off ? 1 : 2))
		return cli_usage("silence", "a filter, and a time or --off");
	return silence(&a, argv[optind], off ? NULL : argv[optind + 1]);
}
