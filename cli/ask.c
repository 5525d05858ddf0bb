/* cli/ask.c: asks the running daemon, over its control socket. */
#include "cli/ask.h"

#include "base/json.h"
#include "base/limits.h"
#include "config/config.h"
#include "daemon/app.h"
#include "net/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ASK_MS 60000
#define UNIT_STATE "/var/lib/tocsin" /* StateDirectory of tocsind.service */

bool
ask_option(struct ask *a, int opt)
{
	if (opt != 'c' && opt != 'S')
		return false;
	if (opt == 'c')
		a->config = optarg;
	else
		a->state = optarg;
	return true;
}

/* A configuration that is broken now may have been fine for the daemon, and its
 * secrets may be for the daemon alone.  NULL: nothing is said of it. */
static char *
configured_state(const char *path, bool *broken)
{
	struct diags *d = diags_new();
	struct config *c = config_load_remains(path, d);
	char *dir = app_state_dir(c);

	*broken = c->broken;
	config_unref(c);
	diags_unref(d);
	return dir;
}

/* Owned; NULL: it has been said why. */
static char *
state_dir(const struct ask *a)
{
	const char *path = a->config != NULL ? a->config
					     : config_default_path();
	bool broken;
	char *dir;

	if (a->state != NULL)
		return mem_strdup(a->state);
	dir = configured_state(path, &broken);
	if (dir != NULL)
		return dir;
	if (broken) {
		(void)fprintf(stderr,
		    "tocsin %s: cannot use %s; say where the daemon's state "
		    "is with --state DIR\n",
		    a->command, path);
		return NULL;
	}
	return mem_strdup(
	    access("tocsin-state", X_OK) == 0 ? "tocsin-state" : UNIT_STATE);
}

static void
write_request(const char *const *words, size_t n, struct str *out)
{
	struct json j;

	json_init(&j, out);
	json_open_array(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_text(&j, NULL, sv_of(words[i]));
	json_close_array(&j);
}

/* Not the text, which was made for the other side. */
static enum cli_exit
read_answer(const struct ask *a, struct sv text, json_t **answer)
{
	json_error_t problem;
	json_t *o = json_loadb(text.p, text.len, 0, &problem);
	const char *error = json_string_value(json_object_get(o, "error"));

	if (json_is_true(json_object_get(o, "ok"))) {
		*answer = o;
		return CLI_DONE;
	}
	(void)fprintf(stderr, "tocsin %s: %s\n", a->command,
	    error != NULL ? error : "what answers is no tocsind");
	json_decref(o);
	return error != NULL ? CLI_NOTHING : CLI_UNREACHABLE;
}

static enum cli_exit
exchange(
    const struct ask *a, const char *path, struct sv request, json_t **answer)
{
	enum cli_exit status = CLI_UNREACHABLE;
	struct str text;
	struct err e;

	str_init(&text, LINES_ANSWER_BYTES);
	if (lines_ask(path, request, ASK_MS, &text, &e))
		status = read_answer(a, str_sv(&text), answer);
	else
		(void)fprintf(stderr,
		    "tocsin %s: the daemon cannot be reached: %s; does it run? "
		    "--state DIR says where its state is\n",
		    a->command, e.msg);
	str_done(&text);
	return status;
}

enum cli_exit
ask_daemon(
    const struct ask *a, const char *const *words, size_t n, json_t **answer)
{
	enum cli_exit status = CLI_USAGE;
	struct str path, request;
	char *dir = state_dir(a);

	if (dir == NULL)
		return CLI_USAGE;
	str_init(&path, URL_BYTES);
	str_init(&request, LINES_REQUEST_BYTES);
	write_request(words, n, &request);
	if (!str_addf(&path, "%s/" APP_CONTROL, dir) || request.full)
		(void)fprintf(stderr, "tocsin %s: too long\n", a->command);
	else
		status = exchange(a, str_c(&path), str_sv(&request), answer);
	str_done(&path);
	str_done(&request);
	free(dir);
	return status;
}
