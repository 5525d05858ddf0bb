/* alerts/format_discord.c: Discord's webhooks, as an embed.  Nobody can be
 * mentioned, and Markdown in foreign words is escaped. */
#include "alerts/format_type.h"

#include "base/limits.h"
#include "base/url.h"

#define TITLE_UNITS 256
#define TEXT_UNITS 4096
#define LINK_BYTES 2048
#define GAP_MS 500 /* five messages in two seconds, with some room */

static bool
render(const void *self, const struct note *n, struct formatted *out)
{
	struct json j;

	(void)self;
	json_init(&j, &out->body);
	json_open(&j, NULL);
	json_open_array(&j, "embeds");
	json_open(&j, NULL);
	format_member(&j, "title", n->title,
	    &(struct clip) { TITLE_UNITS, false, FORMAT_MARKDOWN });
	format_member_link(&j, "url", n, LINK_BYTES);
	if (n->excerpt.len != 0)
		format_member(&j, "description", n->excerpt,
		    &(struct clip) { TEXT_UNITS, false, FORMAT_MARKDOWN });
	json_int(&j, "color", format_severity(n->severity)->rgb);
	json_open(&j, "footer");
	format_member_source(&j, "text", n, NULL);
	json_close(&j);
	json_text_if(&j, "timestamp", n->time);
	json_close(&j);
	json_close_array(&j);
	json_open(&j, "allowed_mentions");
	json_open_array(&j, "parse");
	json_close_array(&j);
	json_close(&j);
	json_close(&j);
	return true;
}

/* Without `wait` a message that is lost later is answered 204 all the same. */
static void
add_wait(struct sv url, struct str *out)
{
	struct url u;

	url_split(url, &u);
	(void)str_add(out, sv_sub(url, 0, sv_chr(url, '#')));
	if (sv_find(u.query, SV("wait=")) == u.query.len)
		(void)str_adds(
		    out, u.query.p != NULL ? "&wait=true" : "?wait=true");
}

const struct format_type format_discord = {
	.format = FORMAT_DISCORD,
	.content_type = "application/json",
	.pace = { GAP_MS, 1 },
	.render = render,
	.url = add_wait,
};
