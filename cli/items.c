/* cli/items.c: items on the command line: one JSON object a line. */
#include "cli/items.h"

#include "feeds/html.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES MiB(16)
#define UNESCAPE_TWICE 2 /* markup inside markup is common in titles */

bool
items_open(struct items *s, const char *path, struct err *e)
{
	bool standard = path == NULL || strcmp(path, "-") == 0;

	*s = (struct items) { .name = standard ? "standard input" : path };
	arena_init(&s->arena);
	s->in = standard ? stdin : fopen(path, "re");
	return s->in != NULL || err_errno(e, "%s", path);
}

void
items_close(struct items *s)
{
	if (s->in != NULL && s->in != stdin)
		(void)fclose(s->in);
	free(s->line);
	arena_done(&s->arena);
}

static struct sv
text_of(struct items *s, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	struct sv text = { json_string_value(v), json_string_length(v) };

	return text.p == NULL ? SV_NONE : arena_sv(&s->arena, text);
}

/* The same without markup. */
static struct sv
plain_of(struct items *s, const json_t *object, const char *key)
{
	struct sv text = text_of(s, object, key);

	for (int i = 0; i < UNESCAPE_TWICE && html_is_markup(text); i++) {
		struct str plain;

		str_init(&plain, text.len * 4 + 1);
		html_to_text(&plain, text);
		text = arena_sv(&s->arena, str_sv(&plain));
		str_done(&plain);
	}
	return text;
}

static void
take_tags(struct items *s, const json_t *object, struct item *it)
{
	const json_t *tags = json_object_get(object, "tags");
	size_t n = json_array_size(tags);

	it->tags = arena_alloc(&s->arena, n * sizeof(*it->tags) + 1);
	for (size_t i = 0; i < n; i++) {
		const json_t *tag = json_array_get(tags, i);

		if (json_is_string(tag))
			it->tags[it->ntags++] = arena_sv(&s->arena,
			    (struct sv) { json_string_value(tag),
				json_string_length(tag) });
	}
}

static void
take_item(struct items *s, const json_t *object, struct item *it)
{
	*it = (struct item) { .published = NO_TIME, .updated = NO_TIME };
	it->title = plain_of(s, object, "title");
	it->summary = plain_of(s, object, "summary");
	it->content = plain_of(s, object, "content");
	it->author = text_of(s, object, "author");
	it->link = text_of(s, object, "url");
	it->lang = text_of(s, object, "lang");
	it->feed = text_of(s, object, "feed");
	take_tags(s, object, it);
}

static bool
parse_line(struct items *s, struct sv line, struct item *it, struct err *e)
{
	json_error_t why;
	json_t *object = json_loadb(line.p, line.len, JSON_ALLOW_NUL, &why);
	bool ok = json_is_object(object);

	if (ok)
		take_item(s, object, it);
	else
		(void)err_set(e, "%s:%lu: not a JSON object%s%s", s->name,
		    s->number, object == NULL ? ": " : "",
		    object == NULL ? why.text : "");
	json_decref(object);
	return ok;
}

enum items_next
items_next(struct items *s, struct item *it, struct err *e)
{
	ssize_t n;

	while ((n = getline(&s->line, &s->cap, s->in)) >= 0) {
		struct sv line = sv_trim((struct sv) { s->line, (size_t)n });

		s->number++;
		if (line.len == 0)
			continue;
		if (line.len > LINE_BYTES) {
			(void)err_set(e, "%s:%lu: the line is too long",
			    s->name, s->number);
			return ITEMS_ERROR;
		}
		arena_clear(&s->arena);
		return parse_line(s, line, it, e) ? ITEMS_ONE : ITEMS_ERROR;
	}
	if (ferror(s->in)) {
		(void)err_errno(e, "%s", s->name);
		return ITEMS_ERROR;
	}
	return ITEMS_END;
}

bool
cli_print_diags(const struct diags *d)
{
	struct str text;

	str_init(&text, MiB(1));
	diags_print(d, isatty(STDERR_FILENO) != 0, &text);
	(void)fputs(str_c(&text), stderr);
	str_done(&text);
	return diags_count(d, DIAG_ERROR) != 0;
}
