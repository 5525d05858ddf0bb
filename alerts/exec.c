/* alerts/exec.c: runs a program for each alert, which stands on its standard
 * input: nothing that feeds say gets into a command line. */
#include "alerts/alert.h"
#include "alerts/destination.h"
#include "base/log.h"
#include "net/process.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define EXIT_REFUSED \
	100 /* as qmail has it for good, and EX_TEMPFAIL for now \
	     */
#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"
#define ENVIRONMENT 24 /* variables */
#define GRACE_MS 5000

struct exec {
	const struct destination_env *env; /* borrowed */
	char *name; /* of the destination, for the log */
	char *path, **argv;
	bool text;
	int64_t timeout_ms;

	/* Of the attempt under way. */
	struct str input;
	char said[PROCESS_LINE_BYTES + 1]; /* its last line */
	struct process *process;
	delivery_fn *done;
	void *arg;
};

static bool
is_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	if (S_ISREG(st.st_mode))
		return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
	errno = EACCES;
	return false;
}

/* Returns owned; NULL: no such program. */
static char *
search_path(struct sv name)
{
	const char *path = getenv("PATH");
	struct sv rest = sv_of(path != NULL ? path : DEFAULT_PATH), dir;
	struct str file;

	str_init(&file, URL_BYTES);
	while (sv_split(&rest, ':', &dir)) {
		str_clear(&file);
		(void)str_addf(&file, "%.*s/%.*s", SV_ARG(dir), SV_ARG(name));
		if (sv_starts(dir, SV("/")) && !file.full &&
		    is_program(str_c(&file)))
			return str_take(&file);
	}
	str_done(&file);
	return NULL;
}

static char *
find_program(struct sv name, struct err *e)
{
	char *path;

	if (sv_starts(name, SV("/"))) {
		path = mem_svdup(name);
		if (is_program(path))
			return path;
		(void)err_errno(e, "%s cannot be executed", path);
		free(path);
		return NULL;
	}
	if (sv_chr(name, '/') < name.len) {
		(void)err_set(e, "%.*s: no absolute path, and no name in PATH",
		    SV_ARG(name));
		return NULL;
	}
	path = search_path(name);
	if (path == NULL)
		(void)err_set(e,
		    "%.*s: no directory of PATH holds a program of that name",
		    SV_ARG(name));
	return path;
}

static bool
exec_check(const struct config_destination *c, struct err *e)
{
	char *path = find_program(c->command.v[0].text, e);

	free(path);
	return path != NULL;
}

static void *
exec_open(const struct config_destination *c, const struct destination_env *env,
    struct err *e)
{
	struct exec *x;
	char *path;

	if (c->command.n == 0) {
		(void)err_set(e, "an exec needs `command`");
		return NULL;
	}
	if (c->format != FORMAT_JSON && c->format != FORMAT_TEXT) {
		(void)err_set(e, "an exec takes `format: json` or `text` only");
		return NULL;
	}
	path = find_program(c->command.v[0].text, e);
	if (path == NULL)
		return NULL;
	x = mem_calloc(1, sizeof(*x));
	x->env = env;
	x->name = mem_strdup(c->name != NULL ? c->name : "");
	x->path = path;
	x->argv = mem_calloc(c->command.n + 1, sizeof(*x->argv));
	for (size_t i = 0; i < c->command.n; i++)
		x->argv[i] = mem_svdup(c->command.v[i].text);
	x->text = c->format == FORMAT_TEXT;
	x->timeout_ms = c->timeout_ms;
	str_init(&x->input, 8 * ALERT_BYTES);
	return x;
}

static void
judge(const struct exec *x, const struct process_end *end,
    struct outbox_result *r)
{
	*r = (struct outbox_result) { .kind = DELIVERY_RETRY,
		.retry_after_ms = -1 };
	switch (end->kind) {
	case PROCESS_EXITED:
		if (end->code == EXIT_SUCCESS) {
			r->kind = DELIVERY_DONE;
			return;
		}
		if (end->code == EXIT_REFUSED)
			r->kind = DELIVERY_REFUSED;
		(void)err_set(&r->why, "%s ended with status %d%s%s%s", x->path,
		    end->code, end->code == EX_TEMPFAIL ? " (for now)" : "",
		    x->said[0] != '\0' ? ": " : "", x->said);
		return;
	case PROCESS_KILLED:
		(void)err_set(&r->why, "%s was killed by signal %d (%s)",
		    x->path, end->code, strsignal(end->code));
		return;
	case PROCESS_TIMEOUT:
		(void)err_set(&r->why, "%s was stopped: not done within %g s",
		    x->path, (double)x->timeout_ms / 1000);
		return;
	case PROCESS_LOST:
		(void)err_set(&r->why, "%s: how it ended is unknown", x->path);
		return;
	}
	BUG("no such end");
}

static void
on_line(struct sv line, void *arg)
{
	struct exec *x = arg;

	memcpy(x->said, line.p, line.len);
	x->said[line.len] = '\0';
	log_info(
	    "a program says", KV("destination", x->name), KV_SV("text", line));
}

static void
on_end(const struct process_end *end, void *arg)
{
	struct exec *x = arg;
	struct outbox_result r;

	x->process = NULL;
	judge(x, end, &r);
	x->done(&r, x->arg);
}

/* What the program's environment is made of, one "NAME=value" each. */
struct environment {
	char *v[ENVIRONMENT];
	size_t n;
};

static void
add_variable(struct environment *e, const char *name, struct sv value)
{
	struct str line;

	if (sv_chr(value, '\0') < value.len)
		return;
	str_init(&line, 2 * ALERT_BYTES);
	(void)str_addf(&line, "%s=", name);
	(void)str_add(&line, value);
	e->v[e->n++] = str_take(&line);
}

/* Of our own environment, which may hold secrets and what systemd tells us
 * alone, only what every program may know. */
static void
inherit_variables(struct environment *e)
{
	static const char *const names[] = { "PATH", "HOME", "USER", "LOGNAME",
		"SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR" };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL)
			add_variable(e, names[i], sv_of(value));
	}
}

static void
add_text(struct environment *e, const char *name, const json_t *text)
{
	add_variable(e, name,
	    (struct sv) { json_string_value(text), json_string_length(text) });
}

static void
make_environment(struct environment *e, const struct delivery *d)
{
	json_t *root = json_loadb(d->body.p != NULL ? d->body.p : "",
	    d->body.len, JSON_ALLOW_NUL, NULL);
	const json_t *data = json_object_get(root, "data");

	*e = (struct environment) { 0 };
	inherit_variables(e);
	add_variable(e, "TOCSIN_ALERT_ID", d->id);
	add_text(e, "TOCSIN_FILTER",
	    json_object_get(json_object_get(data, "filter"), "name"));
	add_text(e, "TOCSIN_SEVERITY", json_object_get(data, "severity"));
	json_decref(root);
}

/* A document for programs is one line, as in the spool. */
static bool
make_input(struct exec *x, struct sv document)
{
	str_clear(&x->input);
	if (x->text)
		return alert_format_text(document, false, &x->input);
	return str_add(&x->input, document) && str_addc(&x->input, '\n');
}

static void
run(struct exec *x, const struct delivery *d, struct err *why)
{
	static const struct process_events events = { on_line, on_end };
	struct environment env;

	make_environment(&env, d);
	x->process = process_start(x->env->loop,
	    &(struct process_request) {
		.path = x->path,
		.argv = x->argv,
		.env = env.v,
		.input = str_sv(&x->input),
		.timeout_ms = x->timeout_ms,
		.grace_ms = GRACE_MS,
	    },
	    &events, x, why);
	while (env.n > 0)
		free(env.v[--env.n]);
}

static void
exec_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct outbox_result r = { .kind = DELIVERY_REFUSED,
		.retry_after_ms = -1 };
	struct exec *x = self;

	x->done = done;
	x->arg = arg;
	x->said[0] = '\0';
	if (!make_input(x, d->body)) {
		(void)err_set(&r.why, "it is no alert document");
		done(&r, arg);
		return;
	}
	run(x, d, &r.why);
	if (x->process != NULL)
		return;
	r.kind = DELIVERY_RETRY;
	done(&r, arg);
}

static void
exec_warn(void *self)
{
	struct exec *x = self;

	process_warn(x->process);
}

static void
exec_close(void *self)
{
	struct exec *x = self;

	process_cancel(x->process);
	str_done(&x->input);
	for (size_t i = 0; x->argv[i] != NULL; i++)
		free(x->argv[i]);
	free(x->argv);
	free(x->path);
	free(x->name);
	free(x);
}

const struct destination_type destination_exec = {
	.type = DEST_EXEC,
	.gives_up = true,
	.check = exec_check,
	.open = exec_open,
	.send = exec_send,
	.warn = exec_warn,
	.close = exec_close,
};
