/* daemon/app.h: the daemon: owns everything and wires it together. */
#ifndef DAEMON_APP_H
#define DAEMON_APP_H

#include "config/config.h"
#include "filters/ruleset.h"

#define APP_CONTROL "control" /* the socket's name; see daemon/control.h */

struct app;

struct app_options {
	const char *config_path; /* read again on SIGHUP; NULL: never */
	bool in_memory; /* keeps nothing: no state directory */
	bool control; /* listens at APP_CONTROL in the state directory */
	bool for_reader; /* ends when nobody reads standard output any more */
	long seed; /* of the jitter; 0: chosen by chance */
};

/* Takes the ruleset, references the configuration.  False in `e` what cannot be
 * opened. */
struct app *app_new(struct config *conf, struct ruleset *rules,
    const struct app_options *o, struct err *e);

/* Runs until SIGTERM or SIGINT, or the reader has gone. */
void app_run(struct app *a);

/* Ends what is under way; what is not on disk yet was never said to be. */
void app_free(struct app *a);

/* The configuration's word, else the first of systemd's directories
 * (systemd.exec(5): a list with colons), else NULL.  Owned. */
char *app_state_dir(const struct config *c);

/* Loads and compiles; problems are printed on stderr, NULL then.  `rules` gets
 * the ruleset, owned. */
struct config *app_load(const char *path, struct ruleset **rules);

#endif
