/* tests/fuzz/fuzz_template.c: whatever a template says of whatever document, it
 * ends, and what comes out stays within its ceiling; and one that puts texts in
 * quotes makes JSON and XML of any. */
#include "alerts/format.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char quoted[] = "{\"a\":[{{#data.hits}}\"{{text}}{{.}}\",{{/data."
			     "hits}}\"{{data.item.title}}\"],"
			     "\"b\":\"{{data.item.summary}}{{type}}\"}";

static void
write_document(struct str *out, struct sv text)
{
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
	json_text(&j, "type", text);
	json_open(&j, "data");
	json_text(&j, "id", SV("alr_a"));
	json_open(&j, "item");
	json_text(&j, "title", text);
	json_text(&j, "summary", text);
	json_open(&j, "feed");
	json_open_array(&j, "tags");
	for (int i = 0; i < 3; i++)
		json_text(&j, NULL, text);
	json_close_array(&j);
	json_close(&j);
	json_close(&j);
	json_open_array(&j, "hits");
	for (int i = 0; i < 3; i++) {
		json_open(&j, NULL);
		json_text(&j, "text", text);
		json_int(&j, "start", i);
		json_close(&j);
	}
	json_close_array(&j);
	json_close(&j);
	json_close(&j);
}

static struct format *
open_template(struct sv text, const char *type)
{
	struct config_destination c = { .type = DEST_WEBHOOK,
		.format = FORMAT_TEMPLATE,
		.content_type = type };
	struct err e = { "" };
	struct format *f;
	char path[40];
	int fd = memfd_create("template", MFD_CLOEXEC);

	assert(fd >= 0);
	assert(write(fd, text.p, text.len) == (ssize_t)text.len);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	c.template = path;
	f = format_open(&c, &e);
	assert(f != NULL || e.msg[0] != '\0');
	(void)close(fd);
	return f;
}

static void
fill_in(struct sv template, const char *type, struct sv document, bool is_json)
{
	struct format *f = open_template(template, type);
	struct formatted out;
	json_t *root;

	if (f == NULL)
		return;
	formatted_init(&out);
	if (format_render(f, document, &out)) {
		assert(out.body.len <= ALERT_BYTES);
		root = json_loadb(
		    str_c(&out.body), out.body.len, JSON_ALLOW_NUL, NULL);
		assert(root != NULL || !is_json);
		json_decref(root);
	}
	formatted_done(&out);
	format_close(f);
}

/* The template, U+0000, the text of the document. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "application/json", "text/xml",
		"application/x-www-form-urlencoded", "text/plain" };
	struct sv rest = { (const char *)data, size }, template;
	struct str document;

	if (size == 0 || size > TEMPLATE_BYTES)
		return 0;
	(void)sv_split(&rest, '\0', &template);
	str_init(&document, ALERT_BYTES);
	write_document(&document, rest);
	if (!document.full) {
		fill_in(template, types[data[0] % COUNTOF(types)],
		    str_sv(&document), false);
		fill_in(sv_of(quoted), types[0], str_sv(&document), true);
	}
	str_done(&document);
	return 0;
}
