/* alerts/schema.c: the alert document described. */
#include "alerts/schema.h"

#include "alerts/fields.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

struct kind {
	const char *type, *format, *items; /* JSON's; NULL: none */
	const char *noun; /* for people */
};

static const struct kind kind_TEXT = { "string", NULL, NULL, "text" };
static const struct kind kind_EXCERPT = { "string", NULL, NULL, "text" };
static const struct kind kind_TIME = { "string", "date-time", NULL, "time" };
static const struct kind kind_MS = { "integer", NULL, NULL, "milliseconds" };
static const struct kind kind_COUNT = { "integer", NULL, NULL, "number" };
static const struct kind kind_SOME = { "integer", NULL, NULL, "number" };
static const struct kind kind_FLAG = { "boolean", NULL, NULL, "true" };
static const struct kind kind_TEXTS = { "array", NULL, "string", "texts" };
static const struct kind kind_NAMES = { "array", NULL, "string", "texts" };
static const struct kind kind_HITS = { "array", NULL, NULL, "hits" };
static const struct kind kind_ALSO = { "array", NULL, "object", "items" };

struct field {
	const char *path;
	const struct kind *kind;
	const char *help;
};

#define FIELD_ROW(path, kind, value, help) { (path), &kind_##kind, (help) },
static const struct field fields[] = { ALERT_FIELDS(FIELD_ROW) };
static const struct field hit_fields[] = { HIT_FIELDS(FIELD_ROW) };
#undef FIELD_ROW

static void
add_object(struct json *j, const struct field *v, size_t n, struct sv path);

static void
add_field(struct json *j, const char *key, const struct field *f)
{
	json_open(j, key);
	json_text(j, "type", sv_of(f->kind->type));
	if (f->kind->format != NULL)
		json_text(j, "format", sv_of(f->kind->format));
	json_text(j, "description", sv_of(f->help));
	if (f->kind->items != NULL) {
		json_open(j, "items");
		json_text(j, "type", sv_of(f->kind->items));
		json_close(j);
	} else if (f->kind == &kind_HITS) {
		json_open(j, "items");
		add_object(j, hit_fields, COUNTOF(hit_fields), SV_NONE);
		json_close(j);
	}
	json_close(j);
}

static bool
is_below(const struct field *f, struct sv path)
{
	return sv_starts(sv_of(f->path), path);
}

/* The name that follows `path` in a field below it. */
static struct sv
child_of(const struct field *f, struct sv path)
{
	struct sv rest = sv_from(sv_of(f->path), path.len);

	return sv_sub(rest, 0, sv_chr(rest, '.'));
}

static void
add_child(
    struct json *j, const struct field *v, size_t n, size_t at, struct sv path)
{
	struct sv name = child_of(&v[at], path);
	char key[64], below[128];

	(void)snprintf(key, sizeof(key), "%.*s", SV_ARG(name));
	if (path.len + name.len == strlen(v[at].path)) {
		add_field(j, key, &v[at]);
		return;
	}
	(void)snprintf(below, sizeof(below), "%.*s%s.", SV_ARG(path), key);
	json_open(j, key);
	add_object(j, v, n, sv_of(below));
	json_close(j);
}

/* Fields of one parent stand together in the table. */
static void
add_object(struct json *j, const struct field *v, size_t n, struct sv path)
{
	struct sv last = SV_NONE;

	json_text(j, "type", SV("object"));
	json_open(j, "properties");
	for (size_t i = 0; i < n; i++) {
		if (!is_below(&v[i], path) ||
		    sv_eq(child_of(&v[i], path), last))
			continue;
		last = child_of(&v[i], path);
		add_child(j, v, n, i, path);
	}
	json_close(j);
}

void
alert_schema(struct str *out)
{
	static const char *const always[] = { "type", "timestamp", "data" };
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
	json_text(
	    &j, "$schema", SV("https://json-schema.org/draft/2020-12/schema"));
	json_text(&j, "title", SV("An alert of tocsin"));
	add_object(&j, fields, COUNTOF(fields), SV_NONE);
	json_open_array(&j, "required");
	for (size_t i = 0; i < COUNTOF(always); i++)
		json_text(&j, NULL, sv_of(always[i]));
	json_close_array(&j);
	json_close(&j);
}

static void
add_rows(struct str *out, const char *before, const struct field *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)str_addf(out, "| `%s%s` | %s | %s |\n", before, v[i].path,
		    v[i].kind->noun, v[i].help);
}

void
alert_reference(struct str *out)
{
	(void)str_adds(out, "| field | what it is | |\n|---|---|---|\n");
	add_rows(out, "", fields, COUNTOF(fields));
	add_rows(out, "data.hits[].", hit_fields, COUNTOF(hit_fields));
}
