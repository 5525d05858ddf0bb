/* daemon/control.c: the daemon's control socket. */
#include "daemon/control.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "daemon/replay.h"
#include "daemon/status.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SILENCE_MAX_MS (366 * DAY_MS)

struct control {
	struct control_env env;
	struct lines *lines;
	struct replays *replays;
	struct request *reloads; /* wait for the end of one */
};

struct command {
	const char *name;
	size_t least, most;
	const char *help;
	void (*run)(struct control *c, struct request *q);
};

static void
request_free(struct request *q)
{
	arena_done(&q->arena);
	free(q);
}

void
control_answer(struct request *q, struct sv members)
{
	struct str line;

	str_init(&line, LINES_ANSWER_BYTES);
	(void)str_adds(&line, "{\"ok\":true");
	if (members.len != 0)
		(void)str_addc(&line, ',');
	(void)str_add(&line, members);
	(void)str_addc(&line, '}');
	lines_reply(q->call,
	    line.full ? SV("{\"error\":\"the answer is too long\"}")
		      : str_sv(&line));
	str_done(&line);
	request_free(q);
}

void
control_refuse(struct request *q, const struct err *e)
{
	struct str line;
	struct json j;

	str_init(&line, LINES_ANSWER_BYTES);
	json_init(&j, &line);
	json_open(&j, NULL);
	json_text(&j, "error", sv_of(e->msg));
	json_close(&j);
	lines_reply(q->call, str_sv(&line));
	str_done(&line);
	request_free(q);
}

static void
run_status(struct control *c, struct request *q)
{
	struct str members;
	struct json j;
	struct err e;

	str_init(&members, LINES_ANSWER_BYTES);
	json_init(&j, &members);
	if (status_write(&c->env, &j, &e))
		control_answer(q, str_sv(&members));
	else
		control_refuse(q, &e);
	str_done(&members);
}

/* True, or a refusal that names those that there are. */
static bool
has_destination(struct control *c, const char *name, struct err *e)
{
	struct delivery_state d;
	struct str names;

	if (deliveries_find(c->env.deliveries, sv_of(name), &d))
		return true;
	str_init(&names, ERR_BYTES);
	for (size_t i = 0; deliveries_state(c->env.deliveries, i, &d); i++)
		(void)str_addf(&names, "%s%s", i == 0 ? "" : ", ", d.name);
	(void)err_set(
	    e, "no destination '%s'; there are: %s", name, str_c(&names));
	str_done(&names);
	return false;
}

/* What is not on disk would not outlive a restart, so it is not done at all. */
static void
pause_or_resume(struct control *c, struct request *q, bool pause)
{
	const struct store_hold h = { .kind = HOLD_DESTINATION,
		.name = sv_of(q->args[0]) };
	struct err e;

	if (!has_destination(c, q->args[0], &e) ||
	    !store_set_hold(
		c->env.store, &h, pause, loop_wall_ms(c->env.loop), &e)) {
		control_refuse(q, &e);
		return;
	}
	(void)deliveries_pause(c->env.deliveries, q->args[0], pause);
	log_info(pause ? "destination paused" : "destination resumed",
	    KV("destination", q->args[0]));
	control_answer(q, SV_NONE);
}

static void
run_pause(struct control *c, struct request *q)
{
	pause_or_resume(c, q, true);
}

static void
run_resume(struct control *c, struct request *q)
{
	pause_or_resume(c, q, false);
}

/* Until when; 0: no more. */
static bool
read_silence(
    struct control *c, const struct request *q, int64_t *until, struct err *e)
{
	const struct config *conf = *c->env.conf;
	int64_t ms = 0;

	*until = 0;
	if (config_find_filter(conf, sv_of(q->args[0])) == NULL &&
	    strcmp(q->args[1], "off") != 0)
		return err_set(e, "no filter '%s'", q->args[0]);
	if (strcmp(q->args[1], "off") == 0)
		return true;
	if (!sv_to_i64(sv_of(q->args[1]), &ms) || ms <= 0 ||
	    ms > SILENCE_MAX_MS)
		return err_set(e, "a silence lasts up to a year");
	*until = loop_wall_ms(c->env.loop) + ms;
	return true;
}

static void
run_silence(struct control *c, struct request *q)
{
	int64_t until;
	struct err e;

	if (!read_silence(c, q, &until, &e) ||
	    !silences_set(c->env.silences, q->args[0], until,
		loop_wall_ms(c->env.loop), &e)) {
		control_refuse(q, &e);
		return;
	}
	log_info(until != 0 ? "filter silenced" : "filter rings again",
	    KV("filter", q->args[0]));
	control_answer(q, SV_NONE);
}

static void
run_replay(struct control *c, struct request *q)
{
	struct err e;

	if (has_destination(c, q->args[0], &e))
		replays_start(c->replays, q);
	else
		control_refuse(q, &e);
}

static void
run_reload(struct control *c, struct request *q)
{
	q->next = c->reloads;
	c->reloads = q;
	c->env.reload(c->env.arg);
}

void
control_reloaded(struct control *c, const struct err *e)
{
	struct request *q;

	while ((q = c->reloads) != NULL) {
		c->reloads = q->next;
		if (e == NULL)
			control_answer(q, SV_NONE);
		else
			control_refuse(q, e);
	}
}

static void
run_poll(struct control *c, struct request *q)
{
	struct subscription *s = map_get(
	    c->env.subscriptions, sv_of(q->args[0]));
	struct err e;

	if (s == NULL)
		(void)err_set(&e, "no feed '%s'", q->args[0]);
	if (s != NULL && subscription_poll(s, &e))
		control_answer(q, SV_NONE);
	else
		control_refuse(q, &e);
}

#define COMMAND_ROW(name, least, most, help) \
	{ #name, least, most, help, run_##name },
static const struct command commands[] = { CONTROL_COMMANDS(COMMAND_ROW) };
#undef COMMAND_ROW

/* The texts of an array; false: it is none. */
static bool
read_texts(const json_t *list, struct request *q, const char **name)
{
	size_t n = json_array_size(list);

	if (n == 0)
		return false;
	q->args = arena_alloc(&q->arena, n * sizeof(*q->args));
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL)
			return false;
		q->args[i] = arena_sv(&q->arena, sv_of(text)).p;
	}
	*name = q->args[0];
	q->args++;
	q->nargs = n - 1;
	return true;
}

int
control_read(struct sv line, struct request *q, struct err *e)
{
	json_error_t problem;
	json_t *list = json_loadb(line.p, line.len, 0, &problem);
	const char *name = NULL;
	bool ok = read_texts(list, q, &name);

	json_decref(list);
	if (!ok) {
		(void)err_set(e, "a request is a JSON array of texts");
		return -1;
	}
	for (size_t i = 0; i < COUNTOF(commands); i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->name, name) != 0)
			continue;
		if (q->nargs >= c->least && q->nargs <= c->most)
			return (int)i;
		(void)err_set(e, "%s: %s", name, c->help);
		return -1;
	}
	(void)err_set(e, "no command '%s'", name);
	return -1;
}

static void
on_line(struct lines_call *call, struct sv line, void *arg)
{
	struct control *c = arg;
	struct request *q = mem_calloc(1, sizeof(*q));
	struct err e;
	int what;

	q->env = &c->env;
	q->call = call;
	arena_init(&q->arena);
	what = control_read(line, q, &e);
	if (what >= 0)
		commands[what].run(c, q);
	else
		control_refuse(q, &e);
}

struct control *
control_new(const struct control_env *env, const char *path, struct err *e)
{
	struct control *c = mem_calloc(1, sizeof(*c));

	c->env = *env;
	c->lines = lines_new(env->loop, path, on_line, c, e);
	if (c->lines == NULL) {
		free(c);
		return NULL;
	}
	c->replays = replays_new(&c->env);
	return c;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	control_reloaded(c, &(struct err) { "the daemon stops" });
	replays_free(c->replays);
	lines_free(c->lines);
	free(c);
}
