/* tests/bench/news.c: news items in memory, and phrases and queries made of
 * their words. */
#include "tests/bench/news.h"

#include "base/file.h"
#include "base/limits.h"
#include "filters/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX MiB(64)
#define NAME_WORDS 4
#define TRIES 1000 /* for a word that is rare enough */

static struct sv
member(struct news *n, const json_t *line, const char *key)
{
	const json_t *v = json_object_get(line, key);

	return v == NULL
	    ? SV_NONE
	    : arena_sv(&n->arena,
		  (struct sv) { json_string_value(v), json_string_length(v) });
}

static void
load_line(struct news *n, struct sv line)
{
	json_t *j = json_loadb(line.p, line.len, 0, NULL);
	struct item *it;

	if (j == NULL)
		return;
	n->items = mem_grow(
	    n->items, &n->capitems, n->nitems + 1, sizeof(*n->items));
	it = &n->items[n->nitems++];
	*it = (struct item) { .title = member(n, j, "title"),
		.content = member(n, j, "text") };
	n->bytes += it->title.len + it->content.len;
	json_decref(j);
}

static void
load_file(struct news *n, const char *path)
{
	struct str bytes;
	struct sv rest;
	struct err e;

	str_init(&bytes, FILE_MAX);
	if (file_read(path, &bytes, &e)) {
		rest = str_sv(&bytes);
		for (struct sv line; sv_split(&rest, '\n', &line);)
			load_line(n, line);
	}
	str_done(&bytes);
}

static struct news_word *
count_word(struct news *n, struct sv folded, size_t item)
{
	struct news_word *w = map_get(&n->known, folded);

	if (w == NULL) {
		w = arena_calloc(&n->arena, sizeof(*w));
		w->text = arena_sv(&n->arena, folded);
		(void)map_put(&n->known, folded, w);
		n->words = mem_grow(
		    n->words, &n->capwords, n->nwords + 1, sizeof(*n->words));
		n->words[n->nwords++] = w;
	}
	if (w->last != item + 1)
		w->items++;
	w->last = (uint32_t)item + 1;
	return w;
}

/* Of letters, and not what queries would take for an operator. */
static bool
is_word(struct sv w)
{
	static const char *const operators[] = { "and", "not", "near", "pre" };

	for (size_t i = 0; i < COUNTOF(operators); i++)
		if (sv_is(w, operators[i]))
			return false;
	for (size_t i = 0; i < w.len; i++)
		if (!ascii_is_alpha(w.p[i]))
			return false;
	return w.len >= 3;
}

static struct sv
token_word(const struct text *t, size_t token)
{
	return text_word(t, token);
}

static bool
is_name_word(const struct text *t, size_t token)
{
	char first = text_span(t, token, token).p[0];

	return first >= 'A' && first <= 'Z' && is_word(token_word(t, token));
}

/* The run of capitalised words that begins at the token. */
static void
add_run(struct news *n, const struct text *t, size_t token, size_t end)
{
	size_t words = 1 + news_random(n, NAME_WORDS);
	struct str name;

	str_init(&name, KiB(4));
	while (words-- > 0 && token < end && is_name_word(t, token)) {
		(void)str_adds(&name, name.len != 0 ? " " : "");
		(void)str_add(&name, token_word(t, token++));
	}
	if (name.len != 0 &&
	    map_put(&n->known_names, str_sv(&name), n) == NULL) {
		n->names = mem_grow(
		    n->names, &n->capnames, n->nnames + 1, sizeof(*n->names));
		n->names[n->nnames++] = arena_sv(&n->arena, str_sv(&name));
	}
	str_done(&name);
}

static void
count_item(struct news *n, struct text *t, size_t item)
{
	text_clear(t, 1);
	text_add(t, FIELD_TITLE, n->items[item].title);
	text_add(t, FIELD_CONTENT, n->items[item].content);
	n->tokens = mem_grow(n->tokens, &n->captokens,
	    n->ntokens + t->ntokens + 1, sizeof(struct news_word *));
	for (size_t i = 0; i < t->ntokens; i++) {
		n->tokens[n->ntokens++] = count_word(n, token_word(t, i), item);
		add_run(n, t, i, t->parts[t->tokens[i].part].end);
	}
}

bool
news_load(struct news *n, const char *dir)
{
	static const char *const files[] = { "reuters21578", "bbc2225",
		"agnews-test" };
	struct text t;
	char path[4096];

	*n = (struct news) { .random = 88172645463325252u };
	arena_init(&n->arena);
	map_init(&n->known);
	map_init(&n->known_names);
	for (size_t i = 0; i < COUNTOF(files); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s.jsonl", dir, files[i]);
		load_file(n, path);
	}
	text_init(&t);
	for (size_t i = 0; i < n->nitems; i++)
		count_item(n, &t, i);
	text_done(&t);
	n->most = (uint32_t)(n->nitems / 200);
	return n->nitems != 0;
}

void
news_done(struct news *n)
{
	free(n->items);
	free(n->tokens);
	free(n->words);
	free(n->names);
	map_done(&n->known);
	map_done(&n->known_names);
	arena_done(&n->arena);
}

uint32_t
news_random(struct news *n, size_t below)
{
	n->random ^= n->random << 13;
	n->random ^= n->random >> 7;
	n->random ^= n->random << 17;
	return (uint32_t)((n->random >> 16) % below);
}

/* Half of them as often as they stand in the news, half of them each as often
 * as any other. */
static struct sv
random_word(struct news *n)
{
	for (size_t i = 0; i < TRIES; i++) {
		const struct news_word *w = news_random(n, 2) == 0
		    ? n->tokens[news_random(n, n->ntokens)]
		    : n->words[news_random(n, n->nwords)];

		if (w->items <= n->most && is_word(w->text))
			return w->text;
	}
	return SV("none");
}

static void
add_words(struct news *n, size_t words, const char *op, struct str *out)
{
	for (size_t i = 0; i < words; i++) {
		(void)str_adds(out, i != 0 ? op : "");
		(void)str_add(out, random_word(n));
	}
}

void
news_add_query(struct news *n, struct str *out)
{
	/* Words joined by OR, for each group that is joined by AND. */
	static const uint8_t shapes[][2] = { { 1, 0 }, { 1, 1 }, { 1, 3 },
		{ 3, 3 }, { 1, 1 }, { 20, 0 }, { 20, 1 } };
	size_t shape = news_random(n, COUNTOF(shapes));
	const char *before = "(";

	for (size_t i = 0; i < 2 && shapes[shape][i] != 0; i++) {
		(void)str_adds(out, before);
		add_words(n, shapes[shape][i], " OR ", out);
		(void)str_adds(out, ")");
		before = " AND (";
	}
	if (shape == 4) {
		(void)str_adds(out, " NOT ");
		add_words(n, 1, "", out);
	}
}

/* The half of one word and the half of another. */
static void
invent_word(struct news *n, struct str *out)
{
	struct sv a = random_word(n), b = random_word(n);

	(void)str_add(out, sv_sub(a, 0, (a.len + 1) / 2));
	(void)str_add(out, sv_from(b, b.len / 2));
}

static bool
is_rare(const struct news *n, struct sv name)
{
	for (struct sv w; sv_split(&name, ' ', &w);) {
		const struct news_word *known = map_get(&n->known, w);

		if (known != NULL && known->items > n->most)
			return false;
	}
	return true;
}

void
news_add_name(struct news *n, struct str *out)
{
	size_t extra = news_random(n, 5) < 2 ? 1 + news_random(n, 2) : 0;

	if (news_random(n, 10) < 3) {
		for (size_t i = 0; i < TRIES; i++) {
			struct sv name = n->names[news_random(n, n->nnames)];

			if (!is_rare(n, name))
				continue;
			(void)str_add(out, name);
			return;
		}
	}
	invent_word(n, out);
	for (; extra > 0; extra--) {
		(void)str_addc(out, ' ');
		(void)str_add(out, random_word(n));
	}
}
