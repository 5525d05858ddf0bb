/* cli/input.h: what a command's argument names: a file, a URL, or "-". */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "base/err.h"
#include "base/str.h"

struct cli_input {
	struct str bytes;
	char *content_type; /* of a URL's response; "" otherwise */
	char *url; /* where a URL's redirects ended; "" otherwise */
};

/* Reads it whole, at most `max` bytes.  A URL may be on any network: the person
 * at the keyboard named it. */
bool cli_input_read(
    const char *what, size_t max, struct cli_input *in, struct err *e);
void cli_input_done(struct cli_input *in);

#endif
