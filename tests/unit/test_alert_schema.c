/* tests/unit/test_alert_schema.c: the description of the alert document.  The
 * list in docs/ALERT.md is made by it: TOCSIN_WRITE_DOCS=1 writes it anew. */
#include "alerts/schema.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE "docs/ALERT.md"

static void
the_page_lists_every_field(void **state)
{
	struct str page, list;
	struct err e;
	size_t at;

	(void)state;
	str_init(&page, MiB(1));
	str_init(&list, MiB(1));
	alert_reference(&list);
	if (!file_read(PAGE, &page, &e))
		fail_msg("%s", e.msg);
	at = sv_find(str_sv(&page), SV("| field |"));
	if (getenv("TOCSIN_WRITE_DOCS") != NULL) {
		FILE *f = fopen(PAGE, "w");

		assert_non_null(f);
		(void)fprintf(f, "%.*s%s", (int)at, str_c(&page), str_c(&list));
		assert_int_equal(fclose(f), 0);
	} else if (!sv_eq(sv_from(str_sv(&page), at), str_sv(&list))) {
		fail_msg("the list in " PAGE " is old");
	}
	str_done(&list);
	str_done(&page);
}

static void
the_schema_nests_as_the_document_does(void **state)
{
	static const struct {
		const char *path, *type;
	} rows[] = {
		{ "type", "string" },
		{ "data/properties/item/properties/feed/properties/tags",
		    "array" },
		{ "data/properties/hits/items/properties/start", "integer" },
		{ "data/properties/story/properties/also", "array" },
		{ "data/properties/lag/properties/published_to_fetched_ms",
		    "integer" },
	};
	struct str out;
	json_t *root;

	(void)state;
	str_init(&out, MiB(1));
	alert_schema(&out);
	root = json_loads(str_c(&out), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const json_t *v = json_object_get(root, "properties");
		struct sv rest = sv_of(rows[i].path), part;
		char key[64];

		while (sv_split(&rest, '/', &part)) {
			(void)snprintf(key, sizeof(key), "%.*s", SV_ARG(part));
			v = json_object_get(v, key);
		}
		assert_non_null(v);
		assert_string_equal(
		    json_string_value(json_object_get(v, "type")),
		    rows[i].type);
	}
	json_decref(root);
	str_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_lists_every_field),
		cmocka_unit_test(the_schema_nests_as_the_document_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
