/* tests/fuzz/fuzz_alert.c: whatever bytes call themselves an alert, and
 * whatever text stands in one: people get printable text, receivers get JSON
 * and headers that are headers, or nothing. */
#include "alerts/alert.h"
#include "alerts/format.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "daemon/item_json.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_document(struct str *out, struct sv text)
{
	static const char *const texts[] = { "title", "link", "author", "id" };
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
	json_text(&j, "type", text);
	json_text(&j, "timestamp", text);
	json_open(&j, "data");
	json_text(&j, "id", text);
	json_text(&j, "severity", text);
	json_open(&j, "filter");
	json_text(&j, "name", text);
	json_close(&j);
	json_open(&j, "item");
	for (size_t i = 0; i < COUNTOF(texts); i++)
		json_text(&j, texts[i], text);
	json_open(&j, "feed");
	json_text(&j, "name", text);
	json_close(&j);
	json_close(&j);
	json_open_array(&j, "hits");
	json_open(&j, NULL);
	json_text(&j, "text", sv_sub(text, text.len / 4, text.len / 2));
	json_text(&j, "field", SV("title"));
	json_int(&j, "start", (int64_t)text.len / 4);
	json_int(&j, "length", (int64_t)text.len / 2);
	json_close(&j);
	json_close_array(&j);
	json_text(&j, "excerpt", text);
	json_close(&j);
	json_close(&j);
}

static void
show(struct sv document)
{
	struct str out;
	struct sv v;
	uint32_t cp;

	str_init(&out, ALERT_BYTES);
	if (alert_format_text(document, false, &out)) {
		assert(utf8_valid(str_sv(&out)));
		for (v = str_sv(&out); v.len != 0;) {
			v = sv_from(v, utf8_decode(v, &cp));
			assert(cp == '\n' || utf8_is_printable(cp));
		}
	}
	str_clear(&out);
	(void)alert_format_text(document, true, &out);
	str_done(&out);
}

static void
check_form(enum config_format form, const struct formatted *out)
{
	struct sv body = str_sv(&out->body);
	json_t *root = json_loadb(body.p, body.len, JSON_ALLOW_NUL, NULL);

	assert(root != NULL || form == FORMAT_JSON);
	json_decref(root);
	assert(body.len <= ALERT_BYTES);
	for (size_t i = 0; i < out->nheaders; i++) {
		struct sv v = str_sv(&out->headers[i].value);

		assert(v.len != 0);
		for (size_t k = 0; k < v.len; k++)
			assert(v.p[k] > ' ' && v.p[k] <= '~');
	}
}

static void
form(struct sv document)
{
	static const enum config_format forms[] = { FORMAT_JSON,
		FORMAT_CLOUDEVENTS, FORMAT_CLOUDEVENTS_BINARY, FORMAT_SLACK,
		FORMAT_DISCORD, FORMAT_TEAMS, FORMAT_MATTERMOST, FORMAT_NTFY };
	struct formatted out;

	formatted_init(&out);
	for (size_t i = 0; i < COUNTOF(forms); i++) {
		struct config_destination c = { .type = DEST_WEBHOOK,
			.format = forms[i],
			.url = "https://a.example/topic" };
		struct err e;
		struct format *f = format_open(&c, &e);

		assert(f != NULL);
		if (format_render(f, document, &out))
			check_form(forms[i], &out);
		format_close(f);
	}
	formatted_done(&out);
}

static void
read_back(struct sv document)
{
	struct sv title, link, feed;
	struct judged by;
	struct item it;
	struct arena a;
	struct err e;

	arena_init(&a);
	(void)!item_of_alert(document, &a, &title, &link, &feed);
	(void)item_from_json(document, &a, &it, &by, &e);
	arena_done(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = { (const char *)data, size };
	struct str document;

	if (size > KiB(64))
		return 0;
	show(in);
	form(in);
	read_back(in);
	str_init(&document, ALERT_BYTES * 4);
	write_document(&document, in);
	show(str_sv(&document));
	form(str_sv(&document));
	str_done(&document);
	return 0;
}
