/* tests/unit/test_load.c: what is wrong with a file is said in one run. */
#include "filters/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASE \
	"feeds: {a: {url: \"https://a.example/\"}}\n" \
	"destinations: {s: {type: stdout}}\n"

static const struct {
	const char *text;
	const char *said; /* line and column of each error */
} rows[] = {
	{ BASE "filters: {f: {match: a, expect: {match: [a]}}}\n", "" },
	{ BASE "filters: {f: {match: a, expect: {match: [b]}}}\n", "3:42 " },

	/* Options, names of entities and queries. */
	{ "feeds: {a: {url: \"https://a.example/\", evry: 1m}}\n"
	  "destinations: {s: {type: stdout}}\n"
	  "entities:\n"
	  "  x: {names: [\"***\", fine], nme: foo}\n"
	  "  y: {names: {en: [\"=?\"]}, never: [\"!\"]}\n"
	  "filters:\n"
	  "  a: {match: \"gaza AND\", expect: {}}\n"
	  "  b: {match: \"@z\", not: \"(a\", notify: [nobody], expect: {}}\n"
	  "  c: {match: \"a OR OR\", severity: hgh, expect: {}}\n",
	    "1:40 4:16 4:29 5:21 5:37 7:23 8:15 8:26 8:40 9:20 9:35 " },

	/* A filter that is referred to may be without a query. */
	{ BASE "filters:\n"
	       "  a: {match: filter:b, expect: {}}\n"
	       "  b: {mtch: a, not: \"/(/\", expect: {}}\n",
	    "5:3 5:7 5:24 " },

	/* Expectations are no news while something else is wrong. */
	{ BASE "filters: {f: {match: a, expct: 1, expect: {match: [b]}}}\n",
	    "3:25 " },

	/* What is missing is not blamed on those that use it. */
	{ BASE "entites: {x: {names: [y]}}\n"
	       "filters: {f: {match: \"@x\", expect: {}}}\n",
	    "3:1 " },
	{ BASE "packs: [unn]\n"
	       "filters: {f: {match: \"@unsc\", expect: {}}}\n",
	    "3:9 " },
	{ BASE "include: [none.yaml]\n"
	       "filters: {f: {match: \"@unsc\", expect: {}}}\n",
	    "3:11 " },
	{ BASE "include: {}\n"
	       "filters: {f: {match: \"@unsc\", expect: {}}}\n",
	    "3:10 " },
	{ BASE "entities: [x]\n"
	       "filters: {f: {match: \"@x\", expect: {}}}\n",
	    "3:11 " },
};

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Of "PATH:line:column: message", "line:column ". */
static void
add_place(struct sv line, struct sv path, struct str *out)
{
	struct sv rest = sv_from(line, path.len + 1);

	assert_true(sv_starts(line, path));
	(void)str_addf(
	    out, "%.*s ", SV_ARG(sv_sub(rest, 0, sv_find(rest, SV(": ")))));
}

static void
check_row(size_t i, const char *path)
{
	struct diags *d = diags_new();
	struct ruleset *rules;
	struct config *c;
	struct str all, said;
	struct sv rest;

	write_file(path, rows[i].text);
	c = ruleset_load(path, CONFIG_TO_RUN, &rules, d);
	str_init(&all, KiB(16));
	str_init(&said, KiB(16));
	diags_brief(d, &all);
	rest = str_sv(&all);
	for (struct sv line; sv_split(&rest, '\n', &line);)
		add_place(line, sv_of(path), &said);
	if (strcmp(str_c(&said), rows[i].said) != 0)
		fail_msg("%s: %s\n%s", rows[i].text, str_c(&said), str_c(&all));
	assert_true((rules != NULL) == (rows[i].said[0] == '\0'));
	assert_true(c != NULL || rules == NULL);
	ruleset_free(rules);
	config_unref(c);
	diags_unref(d);
	str_done(&all);
	str_done(&said);
}

static void
test_rows(void **state)
{
	char path[] = "/tmp/tocsin-load-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	for (size_t i = 0; i < COUNTOF(rows); i++)
		check_row(i, path);
	(void)unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
