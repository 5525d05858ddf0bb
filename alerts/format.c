/* alerts/format.c: the table of formats, and what they share. */
#include "alerts/format_type.h"

#include "alerts/alert.h"
#include "base/limits.h"
#include "base/url.h"
#include "base/utf8.h"

#include <stdlib.h>

#define ELLIPSIS 0x2026u
#define LABEL_UNITS 200 /* of names in a line of source */

struct format {
	const struct format_type *type;
	void *self;
};

void
formatted_init(struct formatted *f)
{
	*f = (struct formatted) { 0 };
	str_init(&f->body, ALERT_BYTES);
	for (size_t i = 0; i < FORMAT_HEADERS; i++)
		str_init(&f->headers[i].value, URL_BYTES);
}

void
formatted_done(struct formatted *f)
{
	str_done(&f->body);
	for (size_t i = 0; i < FORMAT_HEADERS; i++)
		str_done(&f->headers[i].value);
}

void
formatted_clear(struct formatted *f)
{
	str_clear(&f->body);
	for (size_t i = 0; i < FORMAT_HEADERS; i++)
		str_clear(&f->headers[i].value);
	f->nheaders = 0;
}

/* The document itself is no row: it goes as it is. */
static const struct format_type *
type_of(enum config_format format)
{
	static const struct format_type *const types[] = {
		&format_cloudevents,
		&format_cloudevents_binary,
		&format_slack,
		&format_discord,
		&format_teams,
		&format_mattermost,
		&format_ntfy,
		&format_template,
	};

	for (size_t i = 0; i < COUNTOF(types); i++)
		if (types[i]->format == format)
			return types[i];
	return NULL;
}

struct format *
format_open(const struct config_destination *c, struct err *e)
{
	struct format *f = mem_calloc(1, sizeof(*f));

	f->type = type_of(c->format);
	if (f->type != NULL && f->type->open != NULL) {
		f->self = f->type->open(c, e);
		if (f->self == NULL) {
			free(f);
			return NULL;
		}
	}
	return f;
}

void
format_close(struct format *f)
{
	if (f == NULL)
		return;
	if (f->self != NULL)
		f->type->close(f->self);
	free(f);
}

void
format_url(const struct format *f, struct sv url, struct str *out)
{
	if (f->type != NULL && f->type->url != NULL)
		f->type->url(url, out);
	else
		(void)str_add(out, url);
}

struct outbox_pace
format_pace(enum config_format format)
{
	const struct format_type *t = type_of(format);

	return t != NULL ? t->pace : (struct outbox_pace) { 0, 0 };
}

static struct sv
text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return (struct sv) { json_string_value(v), json_string_length(v) };
}

/* Does any of it show?  Receivers refuse a text that does not, as they do an
 * empty one. */
static bool
shows(struct sv text)
{
	uint32_t cp;

	for (size_t n; text.len != 0; text = sv_from(text, n)) {
		n = utf8_decode(text, &cp);
		if (cp > ' ' && utf8_is_printable(cp) && cp != 0xA0 &&
		    cp != 0xAD && (cp < 0x2000 || cp > 0x200D) &&
		    cp != 0x2060 && cp != 0x3000 && cp != 0xFEFF)
			return true;
	}
	return false;
}

/* Receivers refuse all of a message for a link of another form. */
static bool
is_link(struct sv link)
{
	struct url u;

	if (!url_is_http(link))
		return false;
	url_split(link, &u);
	for (size_t i = 0; i < u.host.len; i++)
		if (!ascii_is_alnum(u.host.p[i]) &&
		    (unsigned char)u.host.p[i] < 0x80 &&
		    strchr("-._", u.host.p[i]) == NULL)
			return false;
	for (size_t i = 0; i < u.port.len; i++)
		if (!ascii_is_digit(u.port.p[i]))
			return false;
	return u.port.len <= 5;
}

/* Notifications show little more than the title. */
static void
mark_news(struct note *n, struct sv previous_title)
{
	if (n->kind[0] != '\0')
		(void)str_addf(&n->headline, "[%s] ", n->kind);
	if (n->unconfirmed)
		(void)str_adds(&n->headline, "[unconfirmed] ");
	if (n->headline.len != 0) {
		(void)str_add(&n->headline, n->title);
		n->title = str_sv(&n->headline);
	}
	if (shows(previous_title)) {
		(void)str_addf(&n->text, "Before: %.*s%s",
		    SV_ARG(previous_title), n->excerpt.len != 0 ? " · " : "");
		(void)str_add(&n->text, n->excerpt);
		n->excerpt = str_sv(&n->text);
	}
}

bool
format_read_note(const json_t *root, struct note *n)
{
	const json_t *data = json_object_get(root, "data");
	const json_t *item = json_object_get(data, "item");
	const json_t *trouble = json_object_get(data, "trouble");
	const json_t *update = json_object_get(data, "update");
	struct sv link = text_of(item, "link");

	*n = (struct note) {
		.root = root,
		.data = data,
		.id = text_of(data, "id"),
		.type = text_of(root, "type"),
		.time = text_of(root, "timestamp"),
		.severity = text_of(data, "severity"),
		.filter = text_of(json_object_get(data, "filter"), "name"),
		.feed = text_of(json_object_get(item, "feed"), "name"),
		.title = text_of(item, "title"),
		.excerpt = text_of(data, "excerpt"),
		.link = is_link(link) ? link : SV_NONE,
		.unconfirmed = json_is_true(json_object_get(
		    json_object_get(data, "story"), "unconfirmed")),
	};
	str_init(&n->headline, 2 * ALERT_BYTES);
	str_init(&n->text, 2 * ALERT_BYTES);
	alert_kind(n->type, text_of(update, "reason"), n->kind);
	if (json_is_object(trouble)) {
		n->feed = text_of(trouble, "feed");
		n->destination = text_of(trouble, "destination");
		n->title = text_of(trouble, "title");
		n->excerpt = text_of(trouble, "text");
	}
	if (!shows(n->excerpt) || sv_eq(n->excerpt, n->title))
		n->excerpt = SV_NONE;
	if (!shows(n->title))
		n->title = n->link.len != 0 ? n->link : n->filter;
	if (!json_is_object(trouble))
		mark_news(n, text_of(update, "previous_title"));
	return (json_is_object(item) || json_is_object(trouble)) &&
	    n->id.len != 0;
}

void
format_note_done(struct note *n)
{
	str_done(&n->headline);
	str_done(&n->text);
}

bool
format_render(const struct format *f, struct sv document, struct formatted *out)
{
	json_t *root;
	struct note n;
	bool ok;

	formatted_clear(out);
	if (f->type == NULL) {
		out->content_type = "application/json";
		return str_add(&out->body, document);
	}
	out->content_type = f->type->content_type;
	root = json_loadb(document.p != NULL ? document.p : "", document.len,
	    JSON_ALLOW_NUL, NULL);
	ok = format_read_note(root, &n) && f->type->render(f->self, &n, out) &&
	    !out->body.full;
	format_note_done(&n);
	json_decref(root);
	return ok;
}

static size_t
units_of(uint32_t cp, size_t bytes, const struct clip *c)
{
	if (c->bytes)
		return bytes;
	return cp >= 0x10000 ? 2 : 1;
}

/* Where `out` is to be cut when the rest does not fit. */
struct cutter {
	size_t used; /* units */
	size_t at; /* bytes of `out` behind which the ellipsis has room */
};

static void
add_char(struct str *out, uint32_t cp, const struct clip *c, struct cutter *k)
{
	char bytes[4];
	size_t n = utf8_encode(cp, bytes);
	bool escape = c->escaped != NULL && cp > 0x20 && cp < 0x7F &&
	    strchr(c->escaped, (char)cp) != NULL;

	if (escape)
		(void)str_addc(out, '\\');
	(void)str_add(out, (struct sv) { bytes, n });
	k->used += units_of(cp, n, c) + escape;
	if (k->used + (c->bytes ? 3 : 1) <= c->most)
		k->at = out->len;
}

void
format_add(struct str *out, struct sv text, const struct clip *c)
{
	struct cutter k = { 0, out->len };
	bool blank = true;
	uint32_t cp;
	size_t n;

	for (text = sv_trim(text); text.len != 0 && k.used <= c->most;
	     text = sv_from(text, n)) {
		n = utf8_decode(text, &cp);
		if (cp < 0x80 && ascii_is_space((char)cp)) {
			if (!blank)
				add_char(out, ' ', c, &k);
			blank = true;
		} else if (utf8_is_printable(cp)) {
			add_char(out, cp, c, &k);
			blank = false;
		}
	}
	if (k.used <= c->most)
		return;
	out->len = k.at;
	(void)str_addcp(out, ELLIPSIS);
}

void
format_member(
    struct json *j, const char *key, struct sv text, const struct clip *c)
{
	struct str s;

	str_init(&s, ALERT_BYTES);
	format_add(&s, text, c);
	json_text(j, key, str_sv(&s));
	str_done(&s);
}

void
format_member_source(
    struct json *j, const char *key, const struct note *n, const char *escaped)
{
	const struct clip c = { LABEL_UNITS, false, escaped };
	const struct sv parts[] = { n->unconfirmed ? SV("unconfirmed")
						   : SV_NONE,
		sv_of(n->kind), n->filter, n->feed, n->destination };
	struct str s;

	str_init(&s, ALERT_BYTES);
	(void)str_adds(&s, format_severity(n->severity)->label);
	for (size_t i = 0; i < COUNTOF(parts); i++) {
		if (parts[i].len == 0)
			continue;
		(void)str_adds(&s, " · ");
		format_add(&s, parts[i], &c);
	}
	json_text(j, key, str_sv(&s));
	str_done(&s);
}

/* Nothing in it may turn what an editor or a terminal shows around, either. */
static void
add_url(struct str *out, struct sv url, const char *unsafe)
{
	size_t n;
	uint32_t cp;

	for (; url.len != 0; url = sv_from(url, n)) {
		n = utf8_decode(url, &cp);
		if (cp != ' ' && utf8_is_printable(cp) &&
		    (cp >= 0x80 || strchr(unsafe, (int)cp) == NULL)) {
			(void)str_add(out, sv_sub(url, 0, n));
			continue;
		}
		for (size_t i = 0; i < n; i++)
			(void)str_addf(out, "%%%02X", (unsigned char)url.p[i]);
	}
}

bool
format_link(
    const struct note *n, const char *unsafe, size_t most, struct str *out)
{
	str_init(out, most);
	add_url(out, n->link, unsafe);
	return out->len != 0 && !out->full;
}

void
format_member_link(
    struct json *j, const char *key, const struct note *n, size_t most)
{
	struct str link;

	if (format_link(n, "\"<>\\^`{|}", most, &link))
		json_text(j, key, str_sv(&link));
	str_done(&link);
}

const struct severity_look *
format_severity(struct sv severity)
{
	static const struct severity_look looks[] = {
		{ "critical", "CRITICAL", 0xB00020, 5 },
		{ "high", "HIGH", 0xE8590C, 4 },
		{ "medium", "MEDIUM", 0xF2B705, 3 },
		{ "low", "LOW", 0x1C7ED6, 2 },
		{ NULL, "ALERT", 0x868E96, 3 },
	};
	const struct severity_look *s = looks;

	while (s->word != NULL && !sv_is(severity, s->word))
		s++;
	return s;
}
