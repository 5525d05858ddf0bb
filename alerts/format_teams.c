/* alerts/format_teams.c: Microsoft Teams' workflow webhooks, as an Adaptive
 * Card.  Foreign words stand in text runs, which know no Markdown. */
#include "alerts/format_type.h"

#include "base/limits.h"

/* 28 KB for all of it; a character may take six bytes when it is escaped. */
#define TITLE_UNITS 1000
#define TEXT_UNITS 2000
#define LINK_BYTES KiB(4)
#define GAP_MS 250 /* four messages a second */

/* A paragraph of one run; the caller closes both. */
static void
open_run(struct json *j)
{
	json_open(j, NULL);
	json_text(j, "type", SV("RichTextBlock"));
	json_open_array(j, "inlines");
	json_open(j, NULL);
	json_text(j, "type", SV("TextRun"));
}

static void
close_run(struct json *j)
{
	json_close(j);
	json_close_array(j);
	json_close(j);
}

static void
add_body(struct json *j, const struct note *n)
{
	json_open_array(j, "body");
	open_run(j);
	format_member(
	    j, "text", n->title, &(struct clip) { TITLE_UNITS, false, NULL });
	json_text(j, "size", SV("Medium"));
	json_text(j, "weight", SV("Bolder"));
	close_run(j);
	if (n->excerpt.len != 0) {
		open_run(j);
		format_member(j, "text", n->excerpt,
		    &(struct clip) { TEXT_UNITS, false, NULL });
		close_run(j);
	}
	open_run(j);
	format_member_source(j, "text", n, NULL);
	json_bool(j, "isSubtle", true);
	close_run(j);
	json_close_array(j);
}

static void
add_actions(struct json *j, const struct note *n)
{
	struct str link;

	if (!format_link(n, "\"<>\\^`{|}", LINK_BYTES, &link)) {
		str_done(&link);
		return;
	}
	json_open_array(j, "actions");
	json_open(j, NULL);
	json_text(j, "type", SV("Action.OpenUrl"));
	json_text(j, "title", SV("Read it"));
	json_text(j, "url", str_sv(&link));
	json_close(j);
	json_close_array(j);
	str_done(&link);
}

static bool
render(const void *self, const struct note *n, struct formatted *out)
{
	struct json j;

	(void)self;
	json_init(&j, &out->body);
	json_open(&j, NULL);
	json_text(&j, "type", SV("message"));
	json_open_array(&j, "attachments");
	json_open(&j, NULL);
	json_text(
	    &j, "contentType", SV("application/vnd.microsoft.card.adaptive"));
	json_raw(&j, "contentUrl", SV("null"));
	json_open(&j, "content");
	json_text(&j, "$schema",
	    SV("http://adaptivecards.io/schemas/adaptive-card.json"));
	json_text(&j, "type", SV("AdaptiveCard"));
	json_text(&j, "version", SV("1.4"));
	add_body(&j, n);
	add_actions(&j, n);
	json_close(&j);
	json_close(&j);
	json_close_array(&j);
	json_close(&j);
	return true;
}

const struct format_type format_teams = {
	.format = FORMAT_TEAMS,
	.content_type = "application/json",
	.pace = { GAP_MS, 1 },
	.render = render,
};
