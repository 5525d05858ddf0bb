/* alerts/format_mattermost.c: Mattermost's incoming webhooks.  Its text is
 * Markdown, in which foreign words are escaped and @ mentions nobody. */
#include "alerts/format_type.h"

#include "base/limits.h"

#include <stdio.h>

#define TITLE_UNITS 1000
#define TEXT_UNITS 8000 /* of 16383 runes in all */
#define LINK_BYTES 2048
#define NO_MENTION "@\xE2\x80\x8B" /* a zero-width space behind it */

/* A backslash does not keep @ from being a mention. */
static void
add_foreign(struct str *out, struct sv text, size_t most)
{
	struct str s;

	str_init(&s, KiB(64));
	format_add(&s, text, &(struct clip) { most, false, FORMAT_MARKDOWN });
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '@')
			(void)str_adds(out, NO_MENTION);
		else
			(void)str_addc(out, s.p[i]);
	str_done(&s);
}

static void
add_text(struct str *out, const struct note *n)
{
	struct str link;
	bool has = format_link(n, "<>()[]\\\"", LINK_BYTES, &link);

	(void)str_adds(out, has ? "**[" : "**");
	add_foreign(out, n->title, TITLE_UNITS);
	if (has)
		(void)str_addf(out, "](<%s>)", str_c(&link));
	str_done(&link);
	(void)str_adds(out, "**");
	if (n->excerpt.len != 0)
		(void)str_adds(out, "\n");
	add_foreign(out, n->excerpt, TEXT_UNITS);
}

static bool
render(const void *self, const struct note *n, struct formatted *out)
{
	struct json j;
	struct str text;
	char colour[8];

	(void)self;
	(void)snprintf(colour, sizeof(colour), "#%06X",
	    (unsigned)format_severity(n->severity)->rgb & 0xFFFFFF);
	str_init(&text, KiB(128));
	add_text(&text, n);
	json_init(&j, &out->body);
	json_open(&j, NULL);
	json_open_array(&j, "attachments");
	json_open(&j, NULL);
	format_member(&j, "fallback", n->title,
	    &(struct clip) { TITLE_UNITS, false, NULL });
	json_text(&j, "color", sv_of(colour));
	json_text(&j, "text", str_sv(&text));
	format_member_source(&j, "footer", n, NULL);
	json_close(&j);
	json_close_array(&j);
	json_close(&j);
	str_done(&text);
	return true;
}

const struct format_type format_mattermost = {
	.format = FORMAT_MATTERMOST,
	.content_type = "application/json",
	.render = render,
};
