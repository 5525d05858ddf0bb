/* cli/ask.h: asks the running daemon, over its control socket. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/commands.h"

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Which daemon: as its configuration says, or by its state directory. */
struct ask {
	const char *command; /* ours, for messages */
	const char *config; /* NULL: the default file */
	const char *state; /* NULL: what the configuration says */
};

#define ASK_SHORT "c:"
/* clang-format off */
#define ASK_LONG \
	{ "config", required_argument, NULL, 'c' }, \
	{ "state", required_argument, NULL, 'S' }
/* clang-format on */

/* False: `opt`, as getopt_long() gave it, is none of the above. */
bool ask_option(struct ask *a, int opt);

/* Sends the words of a request (see CONTROL_COMMANDS).  CLI_DONE: `*answer` is
 * owned by the caller (json_decref()); else the reason has been printed. */
enum cli_exit ask_daemon(
    const struct ask *a, const char *const *words, size_t n, json_t **answer);

#endif
