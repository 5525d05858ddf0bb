/* alerts/format_slack.c: Slack's incoming webhooks, as Block Kit.  Foreign
 * words stand in plain_text only, which knows neither mentions nor markup. */
#include "alerts/format_type.h"

#include "base/limits.h"

#define HEADER_UNITS 150
#define SECTION_UNITS 3000
#define FALLBACK_UNITS 1000 /* of notifications */
#define LINK_BYTES 2900 /* of a section */
#define GAP_MS 1000 /* one message a second */

static void
add_plain(struct json *j, const char *key, struct sv text, size_t most)
{
	json_open(j, key);
	json_text(j, "type", SV("plain_text"));
	format_member(j, "text", text, &(struct clip) { most, false, NULL });
	json_bool(j, "emoji", false);
	json_close(j);
}

static void
add_block(struct json *j, const char *type, struct sv text, size_t most)
{
	if (text.len == 0)
		return;
	json_open(j, NULL);
	json_text(j, "type", sv_of(type));
	add_plain(j, "text", text, most);
	json_close(j);
}

static void
add_link(struct json *j, const struct note *n)
{
	struct str link, text;

	str_init(&text, LINK_BYTES + 100);
	if (format_link(n, "<>|\"", LINK_BYTES, &link)) {
		(void)str_addf(&text, "<%s|Read it>", str_c(&link));
		json_open(j, NULL);
		json_text(j, "type", SV("section"));
		json_open(j, "text");
		json_text(j, "type", SV("mrkdwn"));
		json_text(j, "text", str_sv(&text));
		json_close(j);
		json_close(j);
	}
	str_done(&text);
	str_done(&link);
}

static void
add_context(struct json *j, const struct note *n)
{
	json_open(j, NULL);
	json_text(j, "type", SV("context"));
	json_open_array(j, "elements");
	json_open(j, NULL);
	json_text(j, "type", SV("plain_text"));
	format_member_source(j, "text", n, NULL);
	json_bool(j, "emoji", false);
	json_close(j);
	json_close_array(j);
	json_close(j);
}

/* What notifications show is mrkdwn: three characters are escaped. */
static void
add_fallback(struct json *j, const struct note *n)
{
	struct str plain, text;

	str_init(&plain, KiB(8));
	str_init(&text, KiB(64));
	format_add(
	    &plain, n->title, &(struct clip) { FALLBACK_UNITS, false, NULL });
	for (size_t i = 0; i < plain.len; i++) {
		char c = plain.p[i];

		if (c == '&')
			(void)str_adds(&text, "&amp;");
		else if (c == '<')
			(void)str_adds(&text, "&lt;");
		else if (c == '>')
			(void)str_adds(&text, "&gt;");
		else
			(void)str_addc(&text, c);
	}
	json_text(j, "text", str_sv(&text));
	str_done(&text);
	str_done(&plain);
}

static bool
render(const void *self, const struct note *n, struct formatted *out)
{
	struct json j;

	(void)self;
	json_init(&j, &out->body);
	json_open(&j, NULL);
	add_fallback(&j, n);
	json_open_array(&j, "blocks");
	add_block(&j, "header", n->title, HEADER_UNITS);
	add_block(&j, "section", n->excerpt, SECTION_UNITS);
	add_link(&j, n);
	add_context(&j, n);
	json_close_array(&j);
	json_bool(&j, "unfurl_links", false);
	json_close(&j);
	return true;
}

const struct format_type format_slack = {
	.format = FORMAT_SLACK,
	.content_type = "application/json",
	.pace = { GAP_MS, 1 },
	.render = render,
};
