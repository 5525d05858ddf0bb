/* cli/replay.c: `tocsin replay`: sends alerts to a destination again. */
#include "cli/ask.h"

#include "base/clock.h"
#include "base/mem.h"
#include "config/values.h"
#include "feeds/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replay {
	struct ask ask;
	const char *to, *since;
	bool dead;
};

/* "2h": so long ago; else a date. */
static bool
read_since(const char *text, int64_t *ms)
{
	int64_t ago_ms, s;

	if (value_duration(sv_of(text), &ago_ms))
		*ms = clock_wall_ms() - ago_ms;
	else if (date_parse(sv_of(text), &s))
		*ms = s * SEC_MS;
	else
		return false;
	return true;
}

static int
send_request(const struct replay *r, const char *const *words, size_t n)
{
	json_t *answer;
	long long done, missing;
	int status = ask_daemon(&r->ask, words, n, &answer);

	if (status != CLI_DONE)
		return status;
	done = (long long)json_integer_value(
	    json_object_get(answer, "replayed"));
	missing = (long long)json_integer_value(
	    json_object_get(answer, "missing"));
	json_decref(answer);
	(void)printf("%s: %lld %s put back into the outbox", r->to, done,
	    done == 1 ? "alert" : "alerts");
	if (missing != 0)
		(void)printf("; %lld waiting already, or not kept", missing);
	(void)printf("\n");
	return done == 0 ? CLI_NOTHING : CLI_DONE;
}

static int
replay(const struct replay *r, char **ids, size_t nids)
{
	const char **words = mem_calloc(nids + 4, sizeof(*words));
	size_t n = 0;
	char since[32] = "";
	int64_t ms;
	int status;

	words[n++] = "replay";
	words[n++] = r->to;
	words[n++] = r->dead ? "dead" : r->since != NULL ? "since" : "ids";
	if (r->since != NULL)
		words[n++] = since;
	for (size_t i = 0; i < nids; i++)
		words[n++] = ids[i];
	if (r->since != NULL && !read_since(r->since, &ms)) {
		status = cli_usage("replay",
		    "--since takes a duration, as 2h, "
		    "or a date");
	} else {
		if (r->since != NULL)
			(void)snprintf(
			    since, sizeof(since), "%lld", (long long)ms);
		status = send_request(r, words, n);
	}
	free(words);
	return status;
}

static bool
parse_options(int argc, char **argv, struct replay *r)
{
	static const struct option options[] = { ASK_LONG,
		{ "to", required_argument, NULL, 't' },
		{ "since", required_argument, NULL, 's' },
		{ "dead", no_argument, NULL, 'd' }, { NULL, 0, NULL, 0 } };
	int opt;

	while (
	    (opt = getopt_long(argc, argv, ASK_SHORT, options, NULL)) != -1) {
		if (opt == 't')
			r->to = optarg;
		else if (opt == 's')
			r->since = optarg;
		else if (opt == 'd')
			r->dead = true;
		else if (!ask_option(&r->ask, opt))
			return false;
	}
	return true;
}

int
cmd_replay(int argc, char **argv)
{
	struct replay r = { .ask = { .command = "replay" } };
	size_t nids;

	if (!parse_options(argc, argv, &r))
		return cli_bad_option("replay", argv[optind - 1]);
	nids = (size_t)(argc - optind);
	if (r.to == NULL)
		return cli_usage("replay", "--to DESTINATION is missing");
	if ((nids != 0) + (r.since != NULL) + r.dead != 1)
		return cli_usage(
		    "replay", "one of --since, --dead and ids says what");
	return replay(&r, argv + optind, nids);
}
