/* cli/fmt.c: `tocsin fmt`: the canonical form of a query, also of one in the
 * spelling of another tool. */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/items.h"

#include "base/utf8.h"
#include "filters/compile.h"
#include "filters/foreign.h"
#include "filters/print.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define PRINTED_BYTES (16 * QUERY_BYTES) /* indented */

/* A query to read, with where each of its lines begins. */
struct source {
	struct config_text at;
	struct config_line *lines; /* owned */
	struct diags *diags; /* owned */
};

static void
source_init(struct source *s, struct sv text)
{
	size_t cap = 0, start = 0;

	*s = (struct source) { .diags = diags_new() };
	s->at = (struct config_text) { .text = text, .line = 1, .column = 1 };
	s->at.file = diags_add_source(s->diags, "query", text);
	for (struct sv line; sv_split(&text, '\n', &line);) {
		uint32_t n = s->at.nlines++;

		s->lines = mem_grow(
		    s->lines, &cap, s->at.nlines, sizeof(*s->lines));
		s->lines[n] = (struct config_line) { (uint32_t)start, n + 1,
			1 };
		start += line.len + 1;
	}
	s->at.lines = s->lines;
}

static void
source_done(struct source *s)
{
	free(s->lines);
	diags_unref(s->diags);
}

/* What no query has, and no terminal should be sent. */
static bool
check_bytes(const struct source *s)
{
	struct sv text = s->at.text;
	uint32_t cp;

	for (size_t at = 0, len; at < text.len; at += len) {
		len = utf8_decode(sv_from(text, at), &cp);
		if (!utf8_valid(sv_sub(text, at, len)) || cp == 0x7F ||
		    (cp < ' ' && !ascii_is_space((char)cp))) {
			diag_add_text(s->diags, DIAG_ERROR, &s->at, at, len,
			    NULL, "this is no character of UTF-8 text");
			return false;
		}
	}
	return true;
}

static void
print(struct query *q, struct arena *a, struct str *out)
{
	query_normalize(q, a);
	(void)query_print(q, out);
	(void)str_addc(out, '\n');
}

/* Ours, with operators in lower case allowed. */
static bool
format_ours(const struct source *s, struct arena *a, struct str *out)
{
	struct config_text at = s->at;
	struct str raised;
	struct query *q;

	str_init(&raised, QUERY_BYTES + 2);
	foreign_raise(&s->at, &raised, s->diags);
	if (!raised.full)
		at.text = str_sv(&raised);
	q = query_parse(&at, a, s->diags);
	if (q != NULL)
		print(q, a, out);
	str_done(&raised);
	return q != NULL;
}

/* Does tocsin take what it was translated into? */
static bool
check_translation(const struct str *out)
{
	struct diags *diags = diags_new();
	struct ruleset *rules = ruleset_compile_query(
	    sv_trim(str_sv(out)), NULL, diags);

	if (rules == NULL) {
		(void)fprintf(
		    stderr, "tocsin fmt: the translation is refused:\n");
		(void)cli_print_diags(diags);
	}
	ruleset_free(rules);
	diags_unref(diags);
	return rules != NULL;
}

static bool
format_foreign(const struct source *s, enum foreign_tool tool, struct arena *a,
    struct str *out)
{
	struct query *q = foreign_parse(tool, &s->at, a, s->diags);

	if (q != NULL)
		print(q, a, out);
	(void)cli_print_diags(s->diags);
	return q != NULL && check_translation(out);
}

static void
name_tools(unsigned tools)
{
	for (unsigned i = 0, n = 0; i < FOREIGN_NONE; i++)
		if ((tools & 1u << i) != 0)
			(void)fprintf(stderr, "%s--from %s", n++ ? " or " : "",
			    foreign_name((enum foreign_tool)i));
}

/* What is no query of ours may be one of the tool whose signs it bears. */
static bool
format_either(
    struct source *s, struct arena *a, struct str *out, struct sv text)
{
	size_t offset = 0, length = 0;
	unsigned tools = foreign_signs(&s->at, &offset, &length);
	bool ours = format_ours(s, a, out);
	bool one = tools != 0 && (tools & (tools - 1)) == 0;
	enum foreign_tool tool = FOREIGN_FACTIVA;

	if (ours && tools != 0)
		diag_add_text(s->diags, DIAG_WARNING, &s->at, offset, length,
		    NULL, "read as text here; other tools mean something else");
	if (ours || !one)
		(void)cli_print_diags(s->diags);
	if (tools != 0 && (ours || !one)) {
		(void)fprintf(
		    stderr, "tocsin fmt: if it comes from another tool, say ");
		name_tools(tools);
		(void)fputc('\n', stderr);
	}
	if (ours || !one)
		return ours;
	while (tools != 1u << tool)
		tool++;
	source_done(s);
	source_init(s, text);
	(void)fprintf(
	    stderr, "tocsin fmt: read as a query of %s\n", foreign_name(tool));
	return format_foreign(s, tool, a, out);
}

static int
format(struct sv text, enum foreign_tool tool)
{
	struct source s;
	struct arena a;
	struct str out;
	bool ok;

	source_init(&s, text);
	arena_init(&a);
	str_init(&out, PRINTED_BYTES);
	ok = check_bytes(&s);
	if (!ok)
		(void)cli_print_diags(s.diags);
	else if (tool != FOREIGN_NONE)
		ok = format_foreign(&s, tool, &a, &out);
	else
		ok = format_either(&s, &a, &out, text);
	if (ok && out.full)
		(void)fprintf(stderr, "tocsin fmt: it is too long\n");
	else if (ok)
		(void)fwrite(str_c(&out), 1, out.len, stdout);
	ok = ok && !out.full;
	str_done(&out);
	arena_done(&a);
	source_done(&s);
	return ok ? CLI_DONE : CLI_USAGE;
}

static int
format_standard_input(enum foreign_tool tool)
{
	struct cli_input in;
	struct err e;
	int status = CLI_USAGE;

	if (cli_input_read("-", QUERY_BYTES + 1, &in, &e))
		status = format(str_sv(&in.bytes), tool);
	else
		(void)fprintf(stderr, "tocsin fmt: %s\n", e.msg);
	cli_input_done(&in);
	return status;
}

int
cmd_fmt(int argc, char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' }, { NULL, 0, NULL, 0 }
	};
	enum foreign_tool tool = FOREIGN_NONE;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return cli_bad_option("fmt", argv[optind - 1]);
		tool = foreign_find(sv_of(optarg));
		if (tool == FOREIGN_NONE)
			return cli_usage("fmt", "no such tool");
	}
	if (optind + 1 != argc)
		return cli_usage("fmt", "give one query, or -");
	if (strcmp(argv[optind], "-") == 0)
		return format_standard_input(tool);
	return format(sv_of(argv[optind]), tool);
}
