/* alerts/format_text.c: an alert as people read it in a terminal. */
#include "alerts/alert.h"

#include "base/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define COLUMNS 80
#define INDENT 2
#define TIME_COLUMNS 20 /* "2024-03-26 05:12 UTC" */

#define SGR_BOLD "\033[1m"
#define SGR_DIM "\033[2m"
#define SGR_HIT "\033[1;33m"
#define SGR_END "\033[0m"

/* Text that is being set into lines. */
struct setter {
	struct str *out;
	const json_t *hits;
	bool colour;
	const char *base; /* attribute of what is no hit; "" for none */
	size_t column;
};

static struct sv
text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return (struct sv) { json_string_value(v), json_string_length(v) };
}

/* Returns owned: printable and on one line. */
static char *
clean(struct sv v)
{
	char *p = mem_alloc(v.len + 1);

	utf8_printable(v, p, v.len + 1);
	return p;
}

/* Is `at` inside a word? */
static bool
is_inside_word(struct sv v, size_t at)
{
	return at > 0 && at < v.len && ascii_is_alnum(v.p[at - 1]) &&
	    ascii_is_alnum(v.p[at]);
}

/* Marks the bytes of `text` that are hits: "US", but not that of "USA". */
static bool *
mark_hits(const json_t *hits, struct sv text)
{
	bool *hot = mem_calloc(text.len + 1, sizeof(*hot));

	for (size_t i = 0; i < json_array_size(hits); i++) {
		char *hit = clean(text_of(json_array_get(hits, i), "text"));
		struct sv h = sv_of(hit);
		size_t at = 0, step;

		for (; h.len != 0 && at + h.len <= text.len; at += step) {
			at += sv_find(sv_from(text, at), h);
			step = 1;
			if (at + h.len <= text.len &&
			    !is_inside_word(text, at) &&
			    !is_inside_word(text, at + h.len))
				memset(hot + at, 1, step = h.len);
		}
		free(hit);
	}
	return hot;
}

static size_t
columns_of(struct sv v)
{
	size_t sum = 0, n;
	uint32_t cp;

	for (; v.len != 0; v = sv_from(v, n)) {
		int w;

		n = utf8_decode(v, &cp);
		w = wcwidth((wchar_t)cp);
		sum += w < 0 ? 1 : (size_t)w;
	}
	return sum;
}

static void
attribute(struct setter *t, const char *sgr)
{
	if (t->colour)
		(void)str_adds(t->out, sgr);
}

static void
new_line(struct setter *t)
{
	(void)str_adds(t->out, t->out->len != 0 ? "\n  " : "  ");
	t->column = INDENT;
}

/* A word, broken between characters where it is longer than a line. */
static void
set_word(struct setter *t, struct sv word, const bool *hot)
{
	bool on = false;
	size_t n;

	attribute(t, t->base);
	for (; word.len != 0; word = sv_from(word, n), hot += n) {
		uint32_t cp;
		struct sv c;

		n = utf8_decode(word, &cp);
		c = sv_sub(word, 0, n);
		if (t->column + columns_of(c) > COLUMNS)
			new_line(t);
		if (*hot != on) {
			attribute(t, SGR_END);
			attribute(t, *hot ? SGR_HIT : t->base);
		}
		on = *hot;
		t->column += columns_of(c);
		(void)str_add(t->out, c);
	}
	if (on || *t->base != '\0')
		attribute(t, SGR_END);
}

/* Sets a text into lines of its own. */
static void
set_text(struct setter *t, struct sv foreign, const char *base)
{
	char *cleaned = clean(foreign);
	struct sv text = sv_of(cleaned), rest = text, word;
	bool *hot = mark_hits(t->hits, text);

	t->base = base;
	new_line(t);
	while (sv_split(&rest, ' ', &word)) {
		size_t width = columns_of(word);

		if (word.len == 0)
			continue;
		if (t->column > INDENT && t->column + 1 + width > COLUMNS)
			new_line(t);
		else if (t->column > INDENT) {
			(void)str_addc(t->out, ' ');
			t->column++;
		}
		set_word(t, word, hot + (word.p - text.p));
	}
	free(hot);
	free(cleaned);
}

struct severity {
	const char *word, *label, *sgr;
};

static const struct severity severities[] = {
	{ "critical", "CRITICAL", "\033[1;7;31m" },
	{ "high", "HIGH", "\033[1;31m" },
	{ "medium", "MEDIUM", "\033[1;33m" },
	{ "low", "LOW", "\033[1;36m" },
	{ NULL, "ALERT", SGR_BOLD },
};

/* Severity, filter and what is new about it, and at the right end when.  Of
 * trouble its kind stands for the filter. */
static void
set_head(struct setter *t, const json_t *data, struct sv kind, struct sv when)
{
	bool is_trouble = json_object_get(data, "trouble") != NULL;
	char *filter = clean(is_trouble
		? kind
		: text_of(json_object_get(data, "filter"), "name"));
	struct sv word = text_of(data, "severity");
	bool unconfirmed = json_is_true(
	    json_object_get(json_object_get(data, "story"), "unconfirmed"));
	const char *mark = unconfirmed ? "  unconfirmed" : "";
	char *time = clean(when);
	bool is_time = strspn(time, "0123456789-T:") >= 16;
	const struct severity *s = severities;
	size_t used;

	while (s->word != NULL && !sv_is(word, s->word))
		s++;
	attribute(t, s->sgr);
	(void)str_adds(t->out, s->label);
	attribute(t, SGR_END);
	(void)str_adds(t->out, "  ");
	attribute(t, SGR_BOLD);
	(void)str_adds(t->out, filter);
	attribute(t, SGR_END);
	used = strlen(s->label) + 2 + columns_of(sv_of(filter));
	if (kind.len != 0 && !is_trouble) {
		(void)str_addf(t->out, "  %.*s", SV_ARG(kind));
		used += 2 + kind.len;
	}
	(void)str_adds(t->out, mark);
	used += strlen(mark);
	for (; is_time && used < COLUMNS - TIME_COLUMNS; used++)
		(void)str_addc(t->out, ' ');
	if (is_time && used == COLUMNS - TIME_COLUMNS) {
		attribute(t, SGR_DIM);
		(void)str_addf(t->out, "%.10s %.5s UTC", time, time + 11);
		attribute(t, SGR_END);
	}
	free(time);
	free(filter);
}

/* One line, never broken: terminals make links of URLs. */
static void
set_source(struct setter *t, struct sv name, struct sv url)
{
	char *feed = clean(name);
	char *link = clean(url);

	new_line(t);
	attribute(t, SGR_DIM);
	(void)str_adds(t->out, feed);
	(void)str_adds(t->out, *link != '\0' && *feed != '\0' ? "  " : "");
	(void)str_adds(t->out, link);
	attribute(t, SGR_END);
	free(link);
	free(feed);
}

/* The items that a digest tells of. */
static void
set_digest(struct setter *t, const json_t *digest)
{
	const json_t *items = json_object_get(digest, "items");

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);
		struct sv title = text_of(item, "title");

		if (title.len != 0)
			set_text(t, title, "");
		if (json_object_size(item) > (title.len != 0))
			set_source(
			    t, text_of(item, "feed"), text_of(item, "link"));
	}
}

static void
set_trouble(struct setter *t, const json_t *trouble)
{
	struct sv feed = text_of(trouble, "feed");

	set_text(t, text_of(trouble, "title"), SGR_BOLD);
	if (feed.len != 0)
		set_source(t, feed, text_of(trouble, "url"));
	set_text(t, text_of(trouble, "text"), "");
}

/* What a changed title was. */
static void
set_previous(struct setter *t, struct sv title)
{
	struct str line;

	if (title.len == 0)
		return;
	str_init(&line, ALERT_BYTES);
	(void)str_addf(&line, "Before: %.*s", SV_ARG(title));
	set_text(t, str_sv(&line), SGR_DIM);
	str_done(&line);
}

/* Who else has the story. */
static void
set_others(struct setter *t, const json_t *story)
{
	const json_t *also = json_object_get(story, "also"), *item;
	struct str name;
	size_t i;

	str_init(&name, ALERT_BYTES);
	json_array_foreach (also, i, item) {
		str_clear(&name);
		(void)str_adds(&name, "also ");
		(void)str_add(&name, text_of(item, "feed"));
		set_source(t, str_sv(&name), text_of(item, "link"));
	}
	str_done(&name);
}

static void
set_alert(struct setter *t, const json_t *root)
{
	const json_t *data = json_object_get(root, "data");
	const json_t *item = json_object_get(data, "item");
	const json_t *digest = json_object_get(data, "digest");
	const json_t *trouble = json_object_get(data, "trouble");
	struct sv title = text_of(item, "title");
	struct sv excerpt = text_of(data, "excerpt");
	char kind[ALERT_KIND_BYTES];

	alert_kind(text_of(root, "type"),
	    text_of(json_object_get(data, "update"), "reason"), kind);
	t->hits = json_object_get(data, "hits");
	set_head(t, data, sv_of(kind), text_of(root, "timestamp"));
	if (title.len != 0)
		set_text(t, title, SGR_BOLD);
	if (trouble != NULL) {
		set_trouble(t, trouble);
	} else if (digest != NULL) {
		set_digest(t, digest);
	} else {
		set_previous(t,
		    text_of(json_object_get(data, "update"), "previous_title"));
		set_source(t, text_of(json_object_get(item, "feed"), "name"),
		    text_of(item, "link"));
		set_others(t, json_object_get(data, "story"));
		if (excerpt.len != 0 && !sv_eq(excerpt, title))
			set_text(t, excerpt, "");
	}
	(void)str_adds(t->out, "\n\n");
}

bool
alert_format_text(struct sv json, bool colour, struct str *out)
{
	json_t *root = json_loadb(
	    json.p != NULL ? json.p : "", json.len, JSON_ALLOW_NUL, NULL);
	const json_t *data = json_object_get(root, "data");
	struct setter t = { .out = out, .colour = colour };
	bool ok = json_is_object(json_object_get(data, "trouble")) ||
	    (json_is_object(json_object_get(data, "filter")) &&
		json_is_object(json_object_get(data, "item")));

	if (ok)
		set_alert(&t, root);
	json_decref(root);
	return ok && !out->full;
}
