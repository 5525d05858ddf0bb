/* tests/unit/test_describe.c: the manual page and the JSON Schema follow the
 * table of options. */
#include "config/describe.h"

#include "base/file.h"
#include "base/limits.h"
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE "docs/man/tocsin.yaml.5"

static void
read_page(struct str *page)
{
	struct err e;

	str_init(page, MiB(1));
	if (!file_read(PAGE, page, &e))
		fail_msg("%s", e.msg);
}

static void
the_manual_page_is_as_generated(void **state)
{
	struct str page, made;

	(void)state;
	read_page(&page);
	str_init(&made, MiB(1));
	assert_true(describe_manual_page(&made, str_sv(&page)));
	if (!sv_eq(str_sv(&made), str_sv(&page)))
		fail_msg("the lists of " PAGE " are old: make man");
	str_done(&page);
	str_done(&made);
}

static void
a_page_without_the_lines_is_refused(void **state)
{
	struct str made;

	(void)state;
	str_init(&made, MiB(1));
	assert_false(describe_manual_page(&made, SV("x\n" DESCRIBE_BEGIN)));
	assert_false(
	    describe_manual_page(&made, SV(DESCRIBE_END DESCRIBE_BEGIN)));
	assert_true(describe_manual_page(
	    &made, SV("a\n" DESCRIBE_BEGIN "b\n" DESCRIBE_END "c\n")));
	assert_null(strstr(str_c(&made), "\nb\n"));
	assert_true(sv_ends(str_sv(&made), SV(DESCRIBE_END "c\n")));
	str_done(&made);
}

static void
put_credential(const char *folder, const char *name)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs("s3cret\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
drop_credential(const char *folder, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void
the_example_of_the_manual_page_loads(void **state)
{
	char folder[] = "/tmp/test_describe.XXXXXX";
	struct diags *d = diags_new();
	struct str page, out;
	struct config *c;
	struct sv text;

	(void)state;
	assert_non_null(mkdtemp(folder));
	put_credential(folder, "wire");
	put_credential(folder, "desk-hook");
	put_credential(folder, "mail");
	(void)setenv("CREDENTIALS_DIRECTORY", folder, 1);
	read_page(&page);
	str_init(&out, MiB(1));
	text = sv_from(str_sv(&page), sv_find(str_sv(&page), SV("\ndaemon:")));
	text.len = sv_find(text, SV("\n.Ed"));
	c = config_parse("example", text, d);
	diags_print(d, false, &out);
	assert_string_equal(str_c(&out), "");
	assert_int_equal(c->nfilters, 1);
	config_unref(c);
	diags_unref(d);
	str_done(&page);
	str_done(&out);
	drop_credential(folder, "wire");
	drop_credential(folder, "desk-hook");
	drop_credential(folder, "mail");
	assert_int_equal(rmdir(folder), 0);
}

/* The value at a path of keys. */
static const json_t *
at(const json_t *j, const char *const *path)
{
	for (; *path != NULL; path++) {
		j = json_object_get(j, *path);
		if (j == NULL)
			fail_msg("no '%s'", *path);
	}
	return j;
}

#define AT(j, ...) at((j), (const char *const[]) { __VA_ARGS__, NULL })

static void
the_schema_knows_the_options(void **state)
{
	struct str out;
	json_t *j;

	(void)state;
	str_init(&out, MiB(1));
	describe_json_schema(&out);
	j = json_loadb(out.p, out.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	assert_int_equal(json_object_size(AT(j, "properties")), 8);
	assert_int_equal(
	    json_array_size(AT(j, "properties", "packs", "items", "enum")), 3);
	assert_true(json_is_false(AT(j, "additionalProperties")));
	assert_string_equal(json_string_value(AT(j, "properties", "daemon",
				"properties", "floor", "default")),
	    "5m");
	assert_int_equal(json_integer_value(AT(j, "properties", "network",
			     "properties", "in-flight", "maximum")),
	    256);
	assert_string_equal(json_string_value(json_array_get(
				AT(j, "properties", "feeds",
				    "additionalProperties", "required"),
				0)),
	    "url");
	assert_string_equal(
	    json_string_value(json_array_get(
		AT(j, "properties", "destinations", "additionalProperties",
		    "properties", "type", "enum"),
		1)),
	    "webhook");
	assert_true(json_is_object(
	    AT(j, "properties", "entities", "additionalProperties",
		"properties", "weak", "items", "properties", "needs")));
	json_decref(j);
	str_done(&out);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manual_page_is_as_generated),
		cmocka_unit_test(a_page_without_the_lines_is_refused),
		cmocka_unit_test(the_schema_knows_the_options),
		cmocka_unit_test(the_example_of_the_manual_page_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
