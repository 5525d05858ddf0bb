/* alerts/format_cloudevents.c: CloudEvents 1.0, structured and binary. */
#include "alerts/format_type.h"

#include "base/limits.h"

#include <stdlib.h>

#define TYPE_PREFIX "tocsin."
#define SOURCE_FEED "urn:tocsin:feed:"
#define SOURCE_FILTER "urn:tocsin:filter:" /* of what has no feed */
#define SOURCE_DESTINATION "urn:tocsin:destination:"
#define SOURCE_DAEMON "urn:tocsin:daemon" /* of trouble with several feeds */

/* An attribute's value, appended. */
static void
add_type(struct str *out, const struct note *n)
{
	(void)str_adds(out, TYPE_PREFIX);
	(void)str_add(out, n->type);
}

/* `source` and `id` together are unique.  A URN (RFC 8141) holds no others. */
static void
add_source(struct str *out, const struct note *n)
{
	struct sv name = n->feed.len != 0 ? n->feed
	    : n->destination.len != 0	  ? n->destination
					  : n->filter;

	(void)str_adds(out,
	    n->feed.len != 0		  ? SOURCE_FEED
		: n->destination.len != 0 ? SOURCE_DESTINATION
		: n->filter.len != 0	  ? SOURCE_FILTER
					  : SOURCE_DAEMON);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		if (ascii_is_alnum(c) || strchr("-._~", c) != NULL)
			(void)str_addc(out, c);
		else
			(void)str_addf(out, "%%%02X", (unsigned char)c);
	}
}

static void
add_id(struct str *out, const struct note *n)
{
	(void)str_add(out, n->id);
}

static void
add_time(struct str *out, const struct note *n)
{
	(void)str_add(out, n->time);
}

static void
add_subject(struct str *out, const struct note *n)
{
	(void)str_add(out,
	    n->filter.len != 0	   ? n->filter
		: n->feed.len != 0 ? n->feed
				   : n->destination);
}

static void
add_version(struct str *out, const struct note *n)
{
	(void)n;
	(void)str_adds(out, "1.0");
}

static const struct attribute {
	const char *name, *header;
	void (*add)(struct str *out, const struct note *n);
} attributes[] = {
	{ "specversion", "ce-specversion", add_version },
	{ "id", "ce-id", add_id },
	{ "source", "ce-source", add_source },
	{ "type", "ce-type", add_type },
	{ "time", "ce-time", add_time },
	{ "subject", "ce-subject", add_subject },
};
_Static_assert(COUNTOF(attributes) <= FORMAT_HEADERS, "a header each");

static bool
add_data(struct json *j, const char *key, const struct note *n)
{
	char *text = json_dumps(n->data, JSON_COMPACT);

	if (text == NULL)
		return false;
	json_raw(j, key, sv_of(text));
	free(text);
	return true;
}

static bool
render_structured(const void *self, const struct note *n, struct formatted *out)
{
	struct json j;
	struct str value;
	bool ok;

	(void)self;
	str_init(&value, URL_BYTES);
	json_init(&j, &out->body);
	json_open(&j, NULL);
	for (size_t i = 0; i < COUNTOF(attributes); i++) {
		str_clear(&value);
		attributes[i].add(&value, n);
		json_text_if(&j, attributes[i].name, str_sv(&value));
	}
	json_text(&j, "datacontenttype", SV("application/json"));
	ok = add_data(&j, "data", n);
	json_close(&j);
	str_done(&value);
	return ok;
}

/* HTTP binding, section 3.1.3.2: percent-encoded where it is no visible ASCII,
 * a quote or a per cent sign. */
static void
add_header(struct formatted *out, const char *name, struct sv value)
{
	struct str *v = &out->headers[out->nheaders].value;

	if (value.len == 0)
		return;
	out->headers[out->nheaders++].name = name;
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c <= ' ' || c >= 0x7F || c == '"' || c == '%')
			(void)str_addf(v, "%%%02X", c);
		else
			(void)str_addc(v, (char)c);
	}
}

static bool
render_binary(const void *self, const struct note *n, struct formatted *out)
{
	struct json j;
	struct str value;

	(void)self;
	str_init(&value, URL_BYTES);
	for (size_t i = 0; i < COUNTOF(attributes); i++) {
		str_clear(&value);
		attributes[i].add(&value, n);
		add_header(out, attributes[i].header, str_sv(&value));
	}
	str_done(&value);
	json_init(&j, &out->body);
	return add_data(&j, NULL, n);
}

const struct format_type format_cloudevents = {
	.format = FORMAT_CLOUDEVENTS,
	.content_type = "application/cloudevents+json",
	.render = render_structured,
};

const struct format_type format_cloudevents_binary = {
	.format = FORMAT_CLOUDEVENTS_BINARY,
	.content_type = "application/json",
	.render = render_binary,
};
