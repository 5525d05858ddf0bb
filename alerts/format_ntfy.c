/* alerts/format_ntfy.c: ntfy, published as JSON: the topic is the last part of
 * the URL's path, and what is asked is the server's root. */
#include "alerts/format_type.h"

#include "alerts/alert.h"
#include "base/limits.h"
#include "base/url.h"

#include <stdlib.h>

#define TITLE_BYTES 250
#define MESSAGE_BYTES 4000 /* of 4096; what is longer becomes a file */
#define LINK_BYTES 2048
#define GAP_MS 5000 /* one in five seconds, */
#define BURST 50 /* but 60 at once; some room */

/* The bytes of the path behind its last slash, without query. */
static struct sv
topic_of(struct sv url)
{
	struct url u;
	size_t at;

	url_split(url, &u);
	while (u.path.len != 0 && u.path.p[u.path.len - 1] == '/')
		u.path.len--;
	at = u.path.len;
	while (at > 0 && u.path.p[at - 1] != '/')
		at--;
	return sv_from(u.path, at);
}

static void
add_root(struct sv url, struct str *out)
{
	struct sv topic = topic_of(url);

	(void)str_add(out,
	    topic.len != 0 ? sv_sub(url, 0, (size_t)(topic.p - url.p)) : url);
}

static void *
ntfy_open(const struct config_destination *c, struct err *e)
{
	struct sv topic = topic_of(sv_of(c->url));

	if (topic.len == 0) {
		(void)err_set(e,
		    "format: ntfy needs a `url` that ends in the topic, such "
		    "as https://ntfy.sh/my-topic");
		return NULL;
	}
	return mem_svdup(topic);
}

static bool
render(const void *self, const struct note *n, struct formatted *out)
{
	const struct severity_look *look = format_severity(n->severity);
	struct sv message = n->excerpt.len != 0 ? n->excerpt : n->title;
	const struct clip label = { TITLE_BYTES, true, NULL };
	struct json j;

	json_init(&j, &out->body);
	json_open(&j, NULL);
	json_text(&j, "topic", sv_of(self));
	format_member(&j, "title", n->title, &label);
	format_member(&j, "message", message,
	    &(struct clip) { MESSAGE_BYTES, true, NULL });
	json_int(&j, "priority", look->priority);
	json_open_array(&j, "tags");
	if (n->filter.len != 0)
		format_member(&j, NULL, n->filter, &label);
	if (n->kind[0] != '\0')
		json_text(&j, NULL, sv_of(n->kind));
	if (n->unconfirmed)
		json_text(&j, NULL, SV("unconfirmed"));
	json_close_array(&j);
	format_member_link(&j, "click", n, LINK_BYTES);
	json_close(&j);
	return true;
}

const struct format_type format_ntfy = {
	.format = FORMAT_NTFY,
	.content_type = "application/json",
	.pace = { GAP_MS, BURST },
	.render = render,
	.url = add_root,
	.open = ntfy_open,
	.close = free,
};
