/* cli/status.c: `tocsin status`: how the running daemon is doing. */
#include "cli/ask.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGE_BYTES 32

static long long
number(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

/* In the largest unit of which there are two, or seconds. */
static const char *
age(long long s, char out[AGE_BYTES])
{
	static const struct {
		long long s;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" },
		{ 1, "s" } };
	size_t i = 0;

	while (i < COUNTOF(units) - 1 && s < 2 * units[i].s)
		i++;
	(void)snprintf(
	    out, AGE_BYTES, "%lld %s", s / units[i].s, units[i].name);
	return out;
}

static const char *
age_of(const json_t *o, const char *key, char out[AGE_BYTES])
{
	return json_object_get(o, key) != NULL ? age(number(o, key), out) : "-";
}

static void
print_failing(const json_t *f)
{
	char since[AGE_BYTES], next[AGE_BYTES];

	(void)printf("  %s: failing for %s (%lld %s, ", text(f, "feed"),
	    age_of(f, "failing_s", since), number(f, "failures"),
	    number(f, "failures") == 1 ? "poll" : "polls");
	if (json_is_true(json_object_get(f, "stopped")))
		(void)printf("not polled any more)");
	else
		(void)printf("next in %s)", age_of(f, "next_s", next));
	(void)printf("%s%s\n", text(f, "error")[0] != '\0' ? ": " : "",
	    text(f, "error"));
}

static void
print_feeds(const json_t *o)
{
	const json_t *feeds = json_object_get(o, "feeds"), *f;
	const json_t *failing = json_object_get(o, "failing");
	size_t i;

	(void)printf("%lld %s, %lld failing\n", number(feeds, "all"),
	    number(feeds, "all") == 1 ? "feed" : "feeds",
	    number(feeds, "failing"));
	json_array_foreach (failing, i, f)
		print_failing(f);
}

static void
print_silent(const json_t *o)
{
	const json_t *list = json_object_get(o, "silent"), *f;
	char quiet[AGE_BYTES];
	size_t i;

	json_array_foreach (list, i, f)
		(void)printf("  %s: nothing new for %s\n", text(f, "feed"),
		    age(number(f, "quiet_s"), quiet));
}

static void
print_silenced(const json_t *o)
{
	const json_t *list = json_object_get(o, "silenced"), *s;
	char left[AGE_BYTES];
	size_t i;

	json_array_foreach (list, i, s) {
		(void)printf("filter %s: silent for %s more\n",
		    text(s, "filter"), age(number(s, "for_s"), left));
	}
}

static void
print_destination(const json_t *d, int width)
{
	char oldest[AGE_BYTES], failing[AGE_BYTES], next[AGE_BYTES];

	(void)printf("%-*s  %-8s %7lld %7s %6lld %8lld %7s %7s\n", width,
	    text(d, "destination"), text(d, "state"), number(d, "waiting"),
	    age_of(d, "oldest_s", oldest), number(d, "dead"),
	    number(d, "failures"), age_of(d, "failing_s", failing),
	    age_of(d, "next_s", next));
	if (text(d, "error")[0] != '\0')
		(void)printf("  last error: %s\n", text(d, "error"));
}

static void
print_halted(const json_t *d)
{
	const char *state = text(d, "state");

	if (strcmp(state, "paused") == 0 || strcmp(state, "stopped") == 0)
		(void)printf("%s is %s; goes on with: tocsin resume %s\n",
		    text(d, "destination"), state, text(d, "destination"));
}

static void
print_dead(const json_t *d)
{
	char oldest[AGE_BYTES];

	if (number(d, "dead") == 0)
		return;
	(void)printf("%lld given up for %s, the first %s ago; again with: "
		     "tocsin replay --to %s --dead\n",
	    number(d, "dead"), text(d, "destination"),
	    age_of(d, "oldest_dead_s", oldest), text(d, "destination"));
}

static void
print_destinations(const json_t *o)
{
	const json_t *list = json_object_get(o, "destinations"), *d;
	int width = (int)strlen("DESTINATION");
	size_t i;

	json_array_foreach (list, i, d) {
		int n = (int)strlen(text(d, "destination"));

		width = n > width ? n : width;
	}
	(void)printf("\n%-*s  %-8s %7s %7s %6s %8s %7s %7s\n", width,
	    "DESTINATION", "STATE", "WAITING", "OLDEST", "DEAD", "FAILURES",
	    "FOR", "NEXT IN");
	json_array_foreach (list, i, d)
		print_destination(d, width);
	json_array_foreach (list, i, d)
		print_halted(d);
	json_array_foreach (list, i, d)
		print_dead(d);
}

static void
print_status(const json_t *o)
{
	char up[AGE_BYTES];

	(void)printf("tocsind %s, up %s\n", text(o, "version"),
	    age(number(o, "uptime_s"), up));
	if (json_is_false(json_object_get(o, "storing")))
		(void)printf("NOTHING CAN BE STORED: see the daemon's log\n");
	print_feeds(o);
	print_silent(o);
	print_silenced(o);
	print_destinations(o);
}

int
cmd_status(int argc, char **argv)
{
	static const struct option options[] = { ASK_LONG,
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	static const char *const words[] = { "status" };
	struct ask a = { .command = "status" };
	bool json = false;
	json_t *answer;
	int opt, status;

	while (
	    (opt = getopt_long(argc, argv, ASK_SHORT, options, NULL)) != -1) {
		json = json || opt == 'j';
		if (opt != 'j' && !ask_option(&a, opt))
			return cli_bad_option("status", argv[optind - 1]);
	}
	if (optind != argc)
		return cli_usage("status", "no argument");
	status = ask_daemon(&a, words, 1, &answer);
	if (status != CLI_DONE)
		return status;
	(void)json_object_del(answer, "ok");
	if (json) {
		(void)json_dumpf(answer, stdout, JSON_COMPACT);
		(void)printf("\n");
	} else {
		print_status(answer);
	}
	json_decref(answer);
	return CLI_DONE;
}
