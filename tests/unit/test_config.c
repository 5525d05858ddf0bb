/* tests/unit/test_config.c: what is said of broken configurations, and what is
 * read from good ones. */
#include "config/config.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ftw.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A filter and a feed without anything to complain of. */
#define FEED "feeds:\n  a: {url: https://a.example/}\n"
#define EXPECT "expect: {match: [x]}"

static const char good[] =
    "daemon:\n"
    "  state: /var/lib/tocsin            # a comment\n"
    "  contact: ops@example.org\n"
    "network:\n"
    "  allow-private: [10.0.0.0/8, \"fc00::/7\"]\n"
    "feeds:\n"
    "  un-news:\n"
    "    url: https://news.un.org/feed/subscribe/en/news/all/rss.xml\n"
    "  wire:\n"
    "    url: https://wire.example.com/private/atom\n"
    "    every: 1m\n"
    "    article: always\n"
    "    publisher: example-wire\n"
    "    tags: [wire, no, 12]\n"
    "    auth: {user: desk, password: {env: TEST_SECRET}}\n"
    "    max-size: 8MiB\n"
    "  local:\n"
    "    url: file:samples/ceasefire.xml\n"
    "entities:\n"
    "  unsc:\n"
    "    name: UN Security Council\n"
    "    wikidata: Q37470\n"
    "    names: [UN Security Council, \"=UNSC\"]\n"
    "  gaza:\n"
    "    names: {en: [Gaza, Gazan*], ar: [غزة, قطاع غزة], \"*\": [加沙]}\n"
    "    weak:\n"
    "      - {name: \"=Газа\", lang: ru, needs: [Израил*, ХАМАС]}\n"
    "      - {name: Aza, without: [x]}\n"
    "    never: [Gaza Street]\n"
    "filters:\n"
    "  gaza-ceasefire:\n"
    "    match: |\n"
    "      @gaza AND @unsc AND (ceasefire OR truce\n"
    "        OR \"cessation of hostilities\")\n"
    "    severity: high\n"
    "    notify: [desk, spool]\n"
    "    shout: on\n"
    "    expect:\n"
    "      match: [\"UN Security Council adopts Gaza ceasefire\"]\n"
    "      no: [\"Gaza cease-fire film wins award\"]\n"
    "destinations:\n"
    "  spool: {type: spool, dir: /var/spool/tocsin}\n"
    "  desk:  {type: webhook, url: https://desk.example.org/hook,\n"
    "    secret: [{env: TEST_SECRET}, {env: TEST_SECRET}]}\n";

/* Loads a text; the problems without their source lines come in `heads`, or in
 * full.  Either is owned by the caller. */
static struct config *
parse(const char *text, char **heads, char **full)
{
	struct diags *d = diags_new();
	struct config *c = config_parse("t", sv_of(text), d);
	struct str all, lines;
	struct sv rest, line;

	str_init(&all, MiB(16));
	str_init(&lines, MiB(16));
	diags_print(d, false, &all);
	rest = str_sv(&all);
	while (sv_split(&rest, '\n', &line))
		if (!sv_starts(line, SV("    ")))
			(void)str_addf(&lines, "%.*s\n", SV_ARG(line));
	if (heads != NULL)
		*heads = str_take(&lines);
	if (full != NULL)
		*full = str_take(&all);
	str_done(&all);
	str_done(&lines);
	diags_unref(d);
	return c;
}

/* From config_rows.h: what a sentence says, the file, what is said of it. */
static const struct row {
	const char *name, *text, *heads;
} broken[] = {
#include "config_rows.h"
};

static void
broken_files_are_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(broken); i++) {
		const struct row *r = &broken[i];
		char *heads;
		struct config *c = parse(r->text, &heads, NULL);

		if (strcmp(heads, r->heads) != 0)
			print_error("%s:\n%s\n", r->name, heads);
		assert_string_equal(heads, r->heads);
		assert_int_equal(c == NULL, strstr(heads, "error:") != NULL);
		free(heads);
		config_unref(c);
	}
}

static void
problems_show_their_line_and_a_caret(void **state)
{
	char *full;

	(void)state;
	assert_null(parse("feeds:\n"
			  "\ta: b\n",
	    NULL, &full));
	assert_string_equal(full,
	    "t:2:1: error: a tab stands in the indentation; YAML wants "
	    "blanks\n"
	    "     a: b\n"
	    "    ^\n");
	free(full);
	assert_null(parse("entities:\n"
			  "  a: {never: [加沙], tyep: x}\r\n",
	    NULL, &full));
	assert_string_equal(full,
	    "t:2:20: error: unknown key 'tyep' in an entity; did you mean "
	    "'type'?\n"
	    "      a: {never: [加沙], tyep: x}\n"
	    "                         ^~~~\n");
	free(full);
}

static void
a_very_long_line_is_shown_in_part(void **state)
{
	struct str text;
	char *full;

	(void)state;
	str_init(&text, MiB(1));
	(void)str_adds(&text, "daemon: {");
	for (int i = 0; i < 5000; i++)
		(void)str_adds(&text, "              ");
	(void)str_adds(&text, "contatc: x}\n");
	assert_null(parse(str_c(&text), NULL, &full));
	assert_true(strlen(full) < 1000);
	assert_non_null(strstr(full,
	    "\n    ...                         contatc: x}\n"
	    "                                ^~~~~~~\n"));
	free(full);
	str_done(&text);
}

/* What is shown of a line and of a place in it. */
static void
expect_excerpt(const char *line, uint32_t column, uint32_t len,
    const char *excerpt, const char *caret)
{
	struct diags *d = diags_new();
	uint32_t file = diags_add_source(d, "t", sv_of(line));
	struct str out, expected;

	str_init(&out, KiB(4));
	str_init(&expected, KiB(4));
	diag_add(d, DIAG_ERROR, file, 1, column, len, NULL, "no");
	diags_print(d, false, &out);
	(void)str_addf(&expected, "t:1:%u: error: no\n    %s\n    %s\n",
	    (unsigned)column, excerpt, caret);
	assert_string_equal(str_c(&out), str_c(&expected));
	str_done(&expected);
	str_done(&out);
	diags_unref(d);
}

#define TEN "1234567890"
#define BLANKS "          "

static void
excerpts_fit_into_80_columns(void **state)
{
	(void)state;
	expect_excerpt(TEN TEN TEN TEN TEN TEN TEN "123456", 3, 2,
	    TEN TEN TEN TEN TEN TEN TEN "123456", "  ^~");
	expect_excerpt(TEN TEN TEN TEN TEN TEN TEN "1234567", 3, 2,
	    TEN TEN TEN TEN TEN TEN TEN "123...", "  ^~");
	expect_excerpt(TEN TEN TEN TEN TEN TEN TEN TEN, 80, 1,
	    "...567890" TEN TEN, BLANKS BLANKS "        ^");
	/* Behind the last character. */
	expect_excerpt(TEN TEN TEN TEN TEN TEN TEN "123456", 77, 1,
	    "...234567890" TEN "123456", BLANKS BLANKS "        ^");
	/* Characters of two columns. */
	expect_excerpt(
	    "加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙"
	    "加沙加沙加沙加沙加沙",
	    2, 2,
	    "加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙加沙"
	    "加沙加沙加沙...",
	    "  ^~~~");
}

static void
colours_are_put_on_demand(void **state)
{
	struct diags *d = diags_new();
	struct str out;

	(void)state;
	str_init(&out, KiB(4));
	assert_null(config_parse("t", SV("x: 1\n"), d));
	diags_print(d, true, &out);
	assert_string_equal(str_c(&out),
	    "\033[1mt:1:1: \033[1;31merror:\033[0m unknown section 'x'\n"
	    "    x: 1\n"
	    "\033[1;32m    ^\033[0m\n");
	str_clear(&out);
	diags_brief(d, &out);
	assert_string_equal(str_c(&out), "t:1:1: unknown section 'x'\n");
	str_done(&out);
	diags_unref(d);
}

static void
control_characters_of_names_and_messages_do_no_harm(void **state)
{
	struct diags *d = diags_new();
	uint32_t file = diags_add_source(d, "a\033[2J", SV("\033[31mx\n"));
	struct str out;

	(void)state;
	str_init(&out, KiB(4));
	diag_add(d, DIAG_ERROR, file, 1, 1, 1, "b\n", "c\007%s", "\033");
	diags_print(d, false, &out);
	assert_string_equal(str_c(&out),
	    "a?[2J:1:1: error: c??; did you mean 'b '?\n"
	    "    ?[31mx\n"
	    "    ^\n");
	str_done(&out);
	diags_unref(d);
}

static void
beyond_a_hundred_problems_are_counted(void **state)
{
	struct str text;
	char *heads;

	(void)state;
	str_init(&text, MiB(1));
	(void)str_adds(&text, "feeds:\n");
	for (int i = 0; i < 300; i++)
		(void)str_addf(&text,
		    "  f%d: {url: 'https://a.example/', every: 2s}\n", i);
	(void)str_adds(&text, "destinations: {d: {type: spool}}\n");
	assert_null(parse(str_c(&text), &heads, NULL));
	assert_non_null(strstr(heads, "\nt:302:16: error: a spool"));
	assert_non_null(strstr(heads, "\n... and 200 more warnings\n"));
	free(heads);
	str_done(&text);
}

static void
suggestions_are_near(void **state)
{
	static const char *const words[] = { "interval", "url", "timeout" };
	static const struct {
		const char *word, *nearest;
	} rows[] = {
		{ "intervall", "interval" },
		{ "itnerval", "interval" }, /* neighbours swapped */
		{ "INTERVAL", "interval" },
		{ "urk", "url" },
		{ "ur", NULL }, /* a third of two is none */
		{ "out", NULL },
		{ "timeuot", "timeout" },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const char *best = diag_nearest(
		    sv_of(rows[i].word), words, COUNTOF(words));

		if (rows[i].nearest == NULL)
			assert_null(best);
		else
			assert_string_equal(best, rows[i].nearest);
	}
}

static void
a_good_file_is_read(void **state)
{
	char *heads;
	struct config *c = parse(good, &heads, NULL);
	const struct config_feed *f;

	(void)state;
	assert_string_equal(heads, "");
	free(heads);
	assert_non_null(c);
	assert_string_equal(c->daemon.state, "/var/lib/tocsin");
	assert_int_equal(c->daemon.floor_ms, 5 * MIN_MS);
	assert_int_equal(c->daemon.log_level, LOGLEVEL_INFO);
	assert_int_equal(c->network.allow_private.n, 2);
	assert_int_equal(c->network.allow_private.v[0].bits, 104);
	assert_int_equal(c->network.in_flight, 64);
	assert_int_equal(c->nfeeds, 3);
	f = config_find_feed(c, "wire");
	assert_ptr_equal(f, &c->feeds[1]);
	assert_int_equal(f->every_ms, MIN_MS);
	assert_int_equal(f->article, ARTICLE_ALWAYS);
	assert_int_equal(f->max_size, MiB(8));
	assert_int_equal(f->tags.n, 3);
	assert_string_equal(f->tags.v[1].text.p, "no");
	assert_string_equal(f->tags.v[2].text.p, "12");
	assert_string_equal(f->auth.user, "desk");
	assert_string_equal(f->auth.password, "whsec_c2VjcmV0");
	assert_int_equal(f->backlog_ms, -1);
	assert_int_equal(f->where.line, 9);
	assert_int_equal(f->where.column, 3);
	assert_int_equal(c->feeds[0].every_ms, -1);
	assert_int_equal(c->feeds[0].article, ARTICLE_AUTO);
	assert_int_equal(c->feeds[0].max_size, MiB(16));
	assert_null(c->feeds[0].publisher);
	assert_null(c->feeds[0].auth.user);
	assert_string_equal(c->feeds[2].url, "file:samples/ceasefire.xml");
	assert_null(config_find_feed(c, "wir"));
	config_unref(config_ref(c));
	assert_string_equal(c->feeds[0].name, "un-news");
	config_unref(c);
}

static void
entities_filters_and_destinations_are_read(void **state)
{
	struct config *c = parse(good, NULL, NULL);
	const struct config_entity *e;
	const struct config_filter *f;
	const struct config_destination *d;

	(void)state;
	assert_non_null(c);
	e = &c->entities[0];
	assert_string_equal(e->label, "UN Security Council");
	assert_int_equal(e->names.n, 2);
	assert_string_equal(e->names.v[1].text.text.p, "=UNSC");
	assert_string_equal(e->names.v[1].lang, "");
	e = &c->entities[1];
	assert_null(e->label);
	assert_int_equal(e->names.n, 5);
	assert_string_equal(e->names.v[3].lang, "ar");
	assert_string_equal(e->names.v[4].lang, "");
	assert_false(e->names.v[4].weak);
	assert_int_equal(e->weak.n, 2);
	assert_true(e->weak.v[0].weak);
	assert_string_equal(e->weak.v[0].lang, "ru");
	assert_int_equal(e->weak.v[0].needs.n, 2);
	assert_string_equal(e->weak.v[1].lang, "");
	assert_int_equal(e->weak.v[1].without.n, 1);
	f = &c->filters[0];
	assert_string_equal(f->match.text.p,
	    "@gaza AND @unsc AND (ceasefire OR truce\n"
	    "  OR \"cessation of hostilities\")\n");
	assert_null(f->not .text.p);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(config_severity_word(f->severity), "high");
	assert_true(f->shout);
	assert_int_equal(f->expect.no.n, 1);
	d = config_find_destination(c, "desk");
	assert_int_equal(d->type, DEST_WEBHOOK);
	assert_int_equal(d->secrets.n, 2);
	assert_string_equal(d->secrets.v[1].text.p, "whsec_c2VjcmV0");
	assert_int_equal(d->retry_min_ms, 200);
	assert_int_equal(d->give_up_ms, 3 * DAY_MS);
	assert_int_equal(d->format, FORMAT_JSON);
	config_unref(c);
}

static void
an_empty_file_holds_defaults(void **state)
{
	static const char *const rows[] = { "", "\n# nothing\n", "---\n",
		"\xEF\xBB\xBF", "feeds:\nfilters:\n", "{}" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct config *c = parse(rows[i], NULL, NULL);

		assert_non_null(c);
		assert_int_equal(c->nfeeds, 0);
		assert_int_equal(c->daemon.backlog_ms, HOUR_MS);
		config_unref(c);
	}
}

static void
durations_and_sizes_are_understood(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = { { "0", 0 }, { "90s", 90 * SEC_MS }, { "10M", 10 * MIN_MS },
		{ "1h30m", 90 * MIN_MS }, { "7d", 7 * DAY_MS },
		{ "\"1500ms\"", 1500 }, { "1d1h1m1s1ms", 90061001 } };

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char text[64];
		struct config *c;

		(void)snprintf(
		    text, sizeof(text), "daemon: {backlog: %s}", rows[i].text);
		c = parse(text, NULL, NULL);
		assert_non_null(c);
		assert_int_equal(c->daemon.backlog_ms, rows[i].ms);
		config_unref(c);
	}
}

/* Where the word "HERE" of a query stands in the file; its value begins in line
 * 3, column 10. */
static const struct {
	const char *name, *value;
	uint32_t line, column;
} positions[] = {
	{ "a plain text", "x HERE", 3, 12 },
	{ "characters count, not bytes", "газа HERE", 3, 15 },
	{ "a plain text on two lines", "x\n   y HERE", 4, 6 },
	{ "blank lines in a plain text", "x\n\n\n    HERE z", 6, 5 },
	{ "a literal block", "|\n   x\n   HERE", 5, 4 },
	{ "a literal block, indented inside", "|\n   x\n     y HERE", 5, 8 },
	{ "a block that begins with blank lines", "|\n\n\n   HERE", 6, 4 },
	{ "a block with its own indentation", "|2\n     HERE", 4, 6 },
	{ "a block with a comment", "|- # c\n   x HERE", 4, 6 },
	{ "CRLF", "|\r\n   x\r\n   HERE\r\n", 5, 4 },
	{ "CR", "|\r   x\r   HERE\r", 5, 4 },
	{ "NEL, LS and PS",
	    "|\n   x\xC2\x85   x\xE2\x80\xA8   x\xE2\x80\xA9"
	    "   HERE",
	    7, 4 },
	{ "a folded block", ">\n   x\n   y\n   HERE", 6, 4 },
	{ "a folded block with blank lines", ">-\n   x\n\n\n   y HERE", 7, 6 },
	{ "a folded block, indented inside", ">\n   x\n     y\n   HERE", 6, 4 },
	{ "double quotes", "\"x HERE\"", 3, 13 },
	{ "double quotes with escapes", "\"\\\"x\\\" \\u0416 HERE\"", 3, 24 },
	{ "double quotes on two lines", "\"x  \n    y HERE\"", 4, 7 },
	{ "a line joined in double quotes", "\"x\\\n    y HERE\"", 4, 7 },
	{ "single quotes", "'it''s HERE'", 3, 17 },
	{ "single quotes on lines", "'a''b\n\n  c HERE'", 5, 5 },
};

static void
places_inside_texts_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(positions); i++) {
		struct diags *d = diags_new();
		struct str text;
		struct config *c;
		const struct config_text *q;
		char place[32];

		str_init(&text, KiB(1));
		(void)str_addf(&text, "filters: {f: {match: x}}\n");
		str_clear(&text);
		(void)str_addf(&text, "%s%s\n",
		    "filters:\r f:\r  match: ", positions[i].value);
		c = config_parse("t", str_sv(&text), d);
		assert_non_null(c);
		q = &c->filters[0].match;
		diags_clear(d);
		diag_add_text(d, DIAG_ERROR, q, sv_find(q->text, SV("HERE")), 4,
		    NULL, "x");
		str_clear(&text);
		diags_print(d, false, &text);
		(void)snprintf(place, sizeof(place),
		    "t:%u:%u: ", (unsigned)positions[i].line,
		    (unsigned)positions[i].column);
		if (!sv_starts(str_sv(&text), sv_of(place)))
			print_error("%s: not at %s\n%s", positions[i].name,
			    place, str_c(&text));
		assert_true(sv_starts(str_sv(&text), sv_of(place)));
		str_done(&text);
		config_unref(c);
		diags_unref(d);
	}
}

/* A directory of files that is removed at the end of each test. */
struct folder {
	char path[64];
};

static void
put_file(
    const struct folder *f, const char *name, const char *text, unsigned mode)
{
	char path[256];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/%s", f->path, name);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int
make_folder(void **state)
{
	struct folder *f = mem_calloc(1, sizeof(*f));
	char path[128];

	(void)snprintf(f->path, sizeof(f->path), "/tmp/test_config.XXXXXX");
	if (mkdtemp(f->path) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/conf.d", f->path);
	*state = f;
	return mkdir(path, 0700);
}

static int
remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int
remove_folder(void **state)
{
	struct folder *f = *state;
	int rc = nftw(f->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);

	free(f);
	return rc;
}

/* As parse(), from the folder's main.yaml; its path is left out of heads. */
static struct config *
load(const struct folder *f, char **heads)
{
	struct diags *d = diags_new();
	char path[128];
	struct config *c;
	struct sv folder = sv_of(f->path), rest, line;
	struct str all, lines;

	(void)snprintf(path, sizeof(path), "%s/main.yaml", f->path);
	c = config_load(path, d);
	str_init(&all, MiB(1));
	str_init(&lines, MiB(1));
	diags_print(d, false, &all);
	rest = str_sv(&all);
	while (sv_split(&rest, '\n', &line)) {
		size_t at;

		if (sv_starts(line, SV("    ")))
			continue;
		while ((at = sv_find(line, folder)) < line.len) {
			(void)str_add(&lines, sv_sub(line, 0, at));
			line = sv_from(line, at + folder.len + 1);
		}
		(void)str_addf(&lines, "%.*s\n", SV_ARG(line));
	}
	*heads = str_take(&lines);
	str_done(&all);
	diags_unref(d);
	return c;
}

static void
expect_load(const struct folder *f, const char *expected)
{
	char *heads;
	struct config *c = load(f, &heads);

	assert_string_equal(heads, expected);
	assert_int_equal(c == NULL, strstr(expected, "error:") != NULL);
	free(heads);
	config_unref(c);
}

static void
included_files_are_merged(void **state)
{
	const struct folder *f = *state;
	char *heads, path[128];
	struct config *c;

	put_file(f, "main.yaml",
	    "include: [conf.d/*.yaml, none.d/*.yaml, other]\n"
	    "daemon: {contact: x}\n" FEED,
	    0600);
	put_file(f, "conf.d/2.yaml",
	    "feeds:\n  c: {url: 'file:c.xml'}\n"
	    "destinations: {s: {type: spool, dir: spool}}\n",
	    0600);
	put_file(f, "conf.d/1.yaml",
	    "feeds:\n  b: {url: https://b.example/}\ndaemon: {floor: 9m}\n",
	    0600);
	put_file(f, "other",
	    "filters: {f: {match: x, notify: [s], " EXPECT "}}\n", 0600);
	c = load(f, &heads);
	assert_string_equal(heads, "");
	free(heads);
	assert_int_equal(c->nfeeds, 3);
	assert_string_equal(c->feeds[0].name, "a");
	assert_string_equal(c->feeds[1].name, "b");
	assert_string_equal(c->feeds[2].name, "c");
	assert_string_equal(c->daemon.contact, "x");
	assert_int_equal(c->daemon.floor_ms, 9 * MIN_MS);
	(void)snprintf(path, sizeof(path), "file:%s/conf.d/c.xml", f->path);
	assert_string_equal(c->feeds[2].url, path);
	(void)snprintf(path, sizeof(path), "%s/conf.d/spool", f->path);
	assert_string_equal(c->destinations[0].dir, path);
	config_unref(c);
}

static void
paths_of_a_text_in_memory_stay(void **state)
{
	struct diags *d = diags_new();
	struct config *c = config_parse(
	    "some/name", SV("feeds: {a: {url: 'file:x/y'}}\n"), d);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->feeds[0].url, "file:x/y");
	config_unref(c);
	diags_unref(d);
}

static void
a_name_in_two_files_is_an_error_with_both_places(void **state)
{
	const struct folder *f = *state;

	put_file(f, "main.yaml",
	    "include: [conf.d/*.yaml]\ndaemon: {contact: x}\n" FEED, 0600);
	put_file(f, "conf.d/1.yaml", "daemon: {contact: y}\n" FEED, 0600);
	expect_load(f,
	    "conf.d/1.yaml:1:10: error: 'contact' is set twice\n"
	    "main.yaml:2:10: note: first set here\n"
	    "conf.d/1.yaml:3:3: error: a feed 'a' is defined twice\n"
	    "main.yaml:4:3: note: first defined here\n");
}

static void
includes_that_cannot_be_are_errors(void **state)
{
	const struct folder *f = *state;

	put_file(f, "main.yaml", "include: [none.yaml, conf.d/1.yaml]\n", 0600);
	put_file(f, "conf.d/1.yaml", "include: [../main.yaml, 2.yaml]\n", 0600);
	put_file(f, "conf.d/2.yaml", "include: [1.yaml]\nfeeds: [\n", 0600);
	expect_load(f,
	    "main.yaml:1:11: error: cannot read none.yaml: No such file or "
	    "directory\n"
	    "conf.d/1.yaml:1:11: error: 'conf.d/../main.yaml' includes "
	    "itself\n"
	    "conf.d/2.yaml:3:1: error: did not find expected node content\n");
	put_file(
	    f, "main.yaml", "include: [conf.d/2.yaml, conf.d/2.yaml]\n", 0600);
	put_file(f, "conf.d/2.yaml", "include: [3.yaml]\n", 0600);
	put_file(f, "conf.d/3.yaml", "include: []\n", 0600);
	expect_load(
	    f, "main.yaml:1:26: error: 'conf.d/2.yaml' is included twice\n");
	put_file(f, "main.yaml", "feeds:\n  a: {include: [x]}\n", 0600);
	expect_load(f,
	    "main.yaml:2:3: error: a feed needs 'url'\n"
	    "main.yaml:2:7: error: unknown key 'include' in a feed\n");
}

static void
a_missing_file_does_not_make_its_names_unknown(void **state)
{
	const struct folder *f = *state;

	put_file(f, "main.yaml",
	    "include: [none.yaml]\n"
	    "filters: {f: {match: x, notify: [s], " EXPECT "}}\n",
	    0600);
	expect_load(f,
	    "main.yaml:1:11: error: cannot read none.yaml: No such file or "
	    "directory\n");
}

static void
too_many_files_are_an_error(void **state)
{
	const struct folder *f = *state;
	char name[32], *heads;

	put_file(f, "main.yaml", "include: [conf.d/*.yaml]\n", 0600);
	for (int i = 0; i < CONFIG_FILES; i++) {
		(void)snprintf(name, sizeof(name), "conf.d/%d.yaml", i);
		put_file(f, name, "", 0600);
	}
	assert_null(load(f, &heads));
	assert_string_equal(
	    heads, "main.yaml:1:11: error: more than 1000 files\n");
	free(heads);
}

#define WEBHOOK(secret) \
	"destinations:\n" \
	"  d: {type: webhook, url: 'https://d.example/',\n" \
	"    secret: " secret "}\n" \
	"feeds: {a: {url: 'https://a.example/'}}\n" \
	"filters: {f: {match: x, expect: {}}}\n"

static void
secrets_come_from_files_and_credentials(void **state)
{
	const struct folder *f = *state;
	char *heads;
	struct config *c;

	put_file(f, "one", "s3cret\r\n", 0600);
	put_file(f, "two", "two\nlines\n\n", 0600);
	(void)setenv("CREDENTIALS_DIRECTORY", f->path, 1);
	put_file(
	    f, "main.yaml", WEBHOOK("[{file: one}, {credential: two}]"), 0600);
	c = load(f, &heads);
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	assert_string_equal(heads, "");
	free(heads);
	assert_int_equal(c->destinations[0].secrets.n, 2);
	assert_string_equal(c->destinations[0].secrets.v[0].text.p, "s3cret");
	assert_string_equal(
	    c->destinations[0].secrets.v[1].text.p, "two\nlines\n");
	config_unref(c);
}

static void
poor_secret_files_are_refused_or_warned_of(void **state)
{
	const struct folder *f = *state;

	put_file(f, "open", "s3cret\n", 0644);
	put_file(f, "main.yaml", WEBHOOK("{file: open}"), 0600);
	expect_load(f,
	    "main.yaml:3:20: warning: everybody can read this secret file "
	    "(mode 644); chmod 600 it\n");
	put_file(f, "empty", "\n", 0600);
	put_file(f, "main.yaml", WEBHOOK("{file: empty}"), 0600);
	expect_load(
	    f, "main.yaml:3:20: error: the secret file 'empty' is empty\n");
	put_file(f, "main.yaml", WEBHOOK("{file: conf.d}"), 0600);
	expect_load(f, "main.yaml:3:20: error: conf.d: Is a directory\n");
}

/* The places where somebody may have written a secret into a file. */
static const char *const leaks[] = {
	WEBHOOK("hunter2"),
	WEBHOOK("[hunter2, [hunter2]]"),
	WEBHOOK("|\n     hunter2\n     hunter2"),
	WEBHOOK("{value: hunter2}"),
	WEBHOOK("{env: A, value: hunter2}"),
	WEBHOOK("*hunter2"),
	WEBHOOK("&hunter2 x"),
	WEBHOOK("\"hunter2"),
	"destinations: {d: {type: webhook, secrte: hunter2}}\n",
	"feeds:\n  a: {auth: {user: x, pasword: hunter2}}\n",
	"feeds:\n  a: {auth: {user: x, password: 'hunter2}}\n",
	"feeds:\n  a: {url: 'https://u:hunter2@a.example/'}\n",
	"feeds:\n  a: {auth: {password: hunter2\n",
};

static void
secrets_appear_in_no_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(leaks); i++) {
		char *full;
		struct config *c = parse(leaks[i], NULL, &full);

		if (strstr(full, "hunter2") != NULL)
			print_error("%s\n%s\n", leaks[i], full);
		assert_null(strstr(full, "hunter2"));
		assert_true(strlen(full) > 20);
		free(full);
		config_unref(c);
	}
}

static void
a_file_of_entities_holds_nothing_else(void **state)
{
	const struct folder *f = *state;
	struct diags *d = diags_new();
	char path[128];
	struct config *c;
	struct str out;

	str_init(&out, KiB(4));
	(void)snprintf(path, sizeof(path), "%s/main.yaml", f->path);
	put_file(f, "main.yaml", "entities: {a: {names: [x]}}\n", 0600);
	c = config_load_entities(path, d);
	assert_non_null(c);
	assert_int_equal(c->nentities, 1);
	config_unref(c);
	put_file(f, "main.yaml", "entities: {}\ninclude: [x]\n" FEED, 0600);
	assert_null(config_load_entities(path, d));
	diags_brief(d, &out);
	assert_non_null(
	    strstr(str_c(&out), ":2:1: only 'entities' may stand in this"));
	assert_non_null(
	    strstr(str_c(&out), ":3:1: only 'entities' may stand in this"));
	str_done(&out);
	diags_unref(d);
}

static void
a_missing_main_file_is_named(void **state)
{
	struct diags *d = diags_new();
	struct str out;

	(void)state;
	str_init(&out, KiB(4));
	assert_null(config_load("/nonexistent/t.yaml", d));
	diags_print(d, false, &out);
	assert_string_equal(str_c(&out),
	    "/nonexistent/t.yaml: error: No such file or directory\n");
	str_done(&out);
	diags_unref(d);
}

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void
try_bytes(const char *text, size_t len)
{
	struct diags *d = diags_new();
	struct str out;

	str_init(&out, MiB(4));
	config_unref(config_parse("t", (struct sv) { text, len }, d));
	diags_print(d, true, &out);
	assert_false(out.full);
	str_done(&out);
	diags_unref(d);
}

static void
cut_and_mutated_files_do_no_harm(void **state)
{
	static const char special[] = "\"'{}[]:#|>&*!%@`-?,\n\r\t \\\0\xFF";
	uint32_t seed = 2463534242u;
	char *copy = mem_svdup(sv_of(good));

	(void)state;
	for (size_t len = 0; len < sizeof(good); len += 3)
		try_bytes(good, len);
	for (int i = 0; i < 2000; i++) {
		memcpy(copy, good, sizeof(good));
		for (uint32_t n = next_random(&seed) % 4; n < 4; n++)
			copy[next_random(&seed) % (sizeof(good) - 1)] =
			    special[next_random(&seed) % (sizeof(special) - 1)];
		try_bytes(copy, sizeof(good) - 1);
	}
	free(copy);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_files_are_explained),
		cmocka_unit_test(problems_show_their_line_and_a_caret),
		cmocka_unit_test(a_very_long_line_is_shown_in_part),
		cmocka_unit_test(excerpts_fit_into_80_columns),
		cmocka_unit_test(colours_are_put_on_demand),
		cmocka_unit_test(
		    control_characters_of_names_and_messages_do_no_harm),
		cmocka_unit_test(beyond_a_hundred_problems_are_counted),
		cmocka_unit_test(suggestions_are_near),
		cmocka_unit_test(a_good_file_is_read),
		cmocka_unit_test(entities_filters_and_destinations_are_read),
		cmocka_unit_test(an_empty_file_holds_defaults),
		cmocka_unit_test(durations_and_sizes_are_understood),
		cmocka_unit_test(places_inside_texts_are_found),
		IN_FOLDER(included_files_are_merged),
		cmocka_unit_test(paths_of_a_text_in_memory_stay),
		IN_FOLDER(a_name_in_two_files_is_an_error_with_both_places),
		IN_FOLDER(includes_that_cannot_be_are_errors),
		IN_FOLDER(a_missing_file_does_not_make_its_names_unknown),
		IN_FOLDER(too_many_files_are_an_error),
		IN_FOLDER(secrets_come_from_files_and_credentials),
		IN_FOLDER(poor_secret_files_are_refused_or_warned_of),
		cmocka_unit_test(secrets_appear_in_no_message),
		IN_FOLDER(a_file_of_entities_holds_nothing_else),
		cmocka_unit_test(a_missing_main_file_is_named),
		cmocka_unit_test(cut_and_mutated_files_do_no_harm),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TEST_SECRET", "whsec_c2VjcmV0", 1);
	(void)setenv("TEST_EMPTY", "", 1);
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
