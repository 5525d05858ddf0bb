/* cli/items.c: items on the command line: one JSON object a line, an item or
 * what `tocsin parse` prints. */
#include "cli/items.h"

#include "base/file.h"
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
	json_decref(s->document);
	arena_done(&s->arena);
}

static struct sv
text_of(struct items *s, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	struct sv text = { json_string_value(v), json_string_length(v) };

	return text.p == NULL ? SV_NONE : arena_sv(&s->arena, text);
}

/* The same without markup; `parsed` is the key that `tocsin parse` has for it.
 */
static struct sv
plain_of(
    struct items *s, const json_t *object, const char *key, const char *parsed)
{
	struct sv text = text_of(s, object, key);

	if (text.p == NULL)
		return text_of(s, object, parsed);
	for (int i = 0; i < UNESCAPE_TWICE && html_is_markup(text); i++) {
		struct str plain;

		str_init(&plain, text.len * 4 + 1);
		html_to_text(&plain, text);
		text = arena_sv(&s->arena, str_sv(&plain));
		str_done(&plain);
	}
	return text;
}

static struct sv *
take_texts(struct items *s, const json_t *list, size_t *count)
{
	size_t n = json_array_size(list);
	struct sv *texts = arena_alloc(&s->arena, n * sizeof(*texts) + 1);

	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(list, i);

		if (json_is_string(v))
			texts[(*count)++] = arena_sv(&s->arena,
			    (struct sv) {
				json_string_value(v), json_string_length(v) });
	}
	return texts;
}

static void
take_item(struct items *s, const json_t *object, struct item *it)
{
	*it = (struct item) { .published = NO_TIME, .updated = NO_TIME };
	it->title = plain_of(s, object, "title", "");
	it->summary = plain_of(s, object, "summary", "summary_text");
	it->content = plain_of(s, object, "content", "content_text");
	it->article = plain_of(s, object, "article", "");
	it->author = text_of(s, object, "author");
	it->link = text_of(s, object, "url");
	if (it->link.p == NULL)
		it->link = text_of(s, object, "link");
	it->lang = text_of(s, object, "lang");
	it->feed = text_of(s, object, "feed");
	it->tags = take_texts(s, json_object_get(object, "tags"), &it->ntags);
	it->categories = take_texts(
	    s, json_object_get(object, "categories"), &it->ncategories);
}

/* A mistyped key would only look like an item that does not match. */
static void
warn_of_no_text(struct items *s, const struct item *it)
{
	if (s->warned ||
	    it->title.len + it->summary.len + it->content.len +
		    it->article.len !=
		0)
		return;
	(void)fprintf(stderr,
	    "%s:%lu: warning: an item without title, summary, content and "
	    "article\n",
	    s->name, s->number);
	s->warned = true;
}

/* The next item of what `tocsin parse` printed; false: there is none left. */
static bool
take_parsed(struct items *s, struct item *it)
{
	const json_t *all = json_object_get(s->document, "items");
	const json_t *object = json_array_get(all, s->next++);

	if (object != NULL) {
		take_item(s, object, it);
		return true;
	}
	json_decref(s->document);
	s->document = NULL;
	return false;
}

/* ITEMS_END: no item in this line. */
static enum items_next
parse_line(struct items *s, struct sv line, struct item *it, struct err *e)
{
	json_error_t why;
	json_t *object = json_loadb(line.p, line.len, JSON_ALLOW_NUL, &why);
	enum items_next next = ITEMS_ONE;

	if (!json_is_object(object)) {
		(void)err_set(e, "%s:%lu: not a JSON object%s%s", s->name,
		    s->number, object == NULL ? ": " : "",
		    object == NULL ? why.text : "");
		next = ITEMS_ERROR;
	} else if (json_is_array(json_object_get(object, "items"))) {
		s->document = json_incref(object);
		s->next = 0;
		next = take_parsed(s, it) ? ITEMS_ONE : ITEMS_END;
	} else {
		take_item(s, object, it);
		warn_of_no_text(s, it);
	}
	json_decref(object);
	return next;
}

/* The next line that is not empty. */
static enum items_next
read_line(struct items *s, struct sv *line, struct err *e)
{
	ssize_t n;

	while ((n = getline(&s->line, &s->cap, s->in)) >= 0) {
		*line = sv_trim((struct sv) { s->line, (size_t)n });
		s->number++;
		if (line->len > LINE_BYTES) {
			(void)err_set(e, "%s:%lu: the line is too long",
			    s->name, s->number);
			return ITEMS_ERROR;
		}
		if (line->len != 0)
			return ITEMS_ONE;
	}
	if (!ferror(s->in))
		return ITEMS_END;
	(void)err_errno(e, "%s", s->name);
	return ITEMS_ERROR;
}

enum items_next
items_next(struct items *s, struct item *it, struct err *e)
{
	enum items_next next;
	struct sv line;

	arena_clear(&s->arena);
	if (s->document != NULL && take_parsed(s, it))
		return ITEMS_ONE;
	while ((next = read_line(s, &line, e)) == ITEMS_ONE) {
		next = parse_line(s, line, it, e);
		if (next != ITEMS_END)
			return next;
	}
	return next;
}

bool
cli_print_diags(const struct diags *d)
{
	struct str text;

	str_init(&text, MiB(4));
	diags_print(d, file_wants_colour(STDERR_FILENO), &text);
	(void)fputs(str_c(&text), stderr);
	str_done(&text);
	return diags_count(d, DIAG_ERROR) != 0;
}
