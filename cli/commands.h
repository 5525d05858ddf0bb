/* cli/commands.h: every command of `tocsin`, one row and one file each. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* clang-format off */
/*      name       arguments                                        help */
#define COMMANDS(X) \
	X(check,    "[-c FILE] [--strict]",                         "Report all problems of a configuration, and run its expectations.") \
	X(watch,   "--match QUERY [OPTION...] URL|FILE...", "Poll and print alerts as they come; needs no configuration.\n             --every TIME --backlog TIME --allow-private NET --json --verbose") \
	X(parse,     "[--content-type T] [--base URL] FILE|URL|-",        "What tocsin sees in a feed, as JSON.") \
	X(article,   "[--base URL] [--json] FILE|URL|-",                  "The main text of a news page.") \
	X(match,     "-c FILE | --query QUERY [--entities FILE] [FILE|-]", "Items (JSON lines) that filters or one query match.") \
	X(explain,   "FILTER [-c FILE] [--json] (--text TEXT | [FILE|-])", "Why a filter matches an item, or does not.") \
	X(fmt,       "[--from factiva|nexis|brandwatch|lucene] QUERY|-", "The canonical form of a query; translates from other tools.") \
	X(entity,    "import [--langs LANG,...] [--all] [FILE|-] [ID...]", "Entities of Wikidata (JSON) as those of a configuration.") \
	X(status,    "[-c FILE | --state DIR] [--json]",                 "How the running daemon is doing: feeds, destinations, what waits.") \
	X(pause,     "[-c FILE | --state DIR] DESTINATION",              "Send nothing more there; its alerts are kept.") \
	X(resume,    "[-c FILE | --state DIR] DESTINATION",              "Go on sending, at once; also after it was stopped by 410.") \
	X(replay,    "[-c FILE | --state DIR] --to DEST (--since TIME | --dead | ID...)", "Send alerts again: delivered ones, dead letters.") \
	X(silence,   "[-c FILE | --state DIR] FILTER (TIME | --off)",    "Let a filter ring nobody for a while; what matches counts as muted.") \
	X(reload,    "[-c FILE | --state DIR]",                          "Have the daemon read its configuration again.") \
	X(poll,      "[-c FILE | --state DIR] FEED",                     "Have the daemon poll a feed now.") \
	X(schema,    "[alert]",                                      "Print the JSON Schema of tocsin.yaml, for editors, or of alerts.")
/* clang-format on */

enum cli_exit {
	CLI_DONE = 0,
	CLI_NOTHING = 1, /* found nothing, check failed */
	CLI_USAGE = 2, /* usage or configuration */
	CLI_UNREACHABLE = 3,
};

/* cmd_NAME(): argv[0] is the command's name; returns an exit status. */
#define COMMAND_PROTOTYPE(name, args, help) \
	int cmd_##name(int argc, char **argv);
COMMANDS(COMMAND_PROTOTYPE)
#undef COMMAND_PROTOTYPE

/* Prints "tocsin COMMAND: problem" and how the command is called on stderr;
 * returns CLI_USAGE. */
int cli_usage(const char *command, const char *problem);

/* The same about an option that getopt() refused, for "?". */
int cli_bad_option(const char *command, const char *option);

#endif
