/* daemon/item_json.c: an item as JSON, for the time that it waits on disk. */
#include "daemon/item_json.h"

#include "base/json.h"
#include "base/utf8.h"
#include "config/values.h"

#include <jansson.h>

#define MEMBER_TITLE_BYTES 300
#define MEMBER_LINK_BYTES (URL_BYTES / 4)
#define JSON_GROWTH 6 /* of a byte that becomes \u001f */
#define MEMBER_KEYS_BYTES 64

_Static_assert(MEMBER_KEYS_BYTES +
	    JSON_GROWTH *
		(MEMBER_TITLE_BYTES + MEMBER_LINK_BYTES + VALUE_NAME_CHARS) <=
	ITEM_MEMBER_BYTES,
    "a member is never cut");

/* Texts and times of an item: the same names in both directions. */
/* clang-format off */
#define ITEM_TEXTS(X) \
	X(id) X(title) X(link) X(author) X(lang) X(summary) X(content) \
	X(source_title) X(source_link) X(source_id) X(feed_title)
#define ITEM_TIMES(X) X(published) X(updated)
#define EVIDENCE_TEXTS(X) X(url) X(etag) X(last_modified)
/* clang-format on */

static void
write_list(struct json *j, const char *key, const struct sv *v, size_t n)
{
	json_open_array(j, key);
	for (size_t i = 0; i < n; i++)
		json_text(j, NULL, v[i]);
	json_close_array(j);
}

static void
write_evidence(struct json *j, const struct item *it)
{
	json_open(j, "evidence");
#define WRITE_TEXT(field) json_text_if(j, #field, it->from.field);
	EVIDENCE_TEXTS(WRITE_TEXT)
#undef WRITE_TEXT
	json_text_if(j, "sha256", item_sha256(it));
	json_int(j, "fetched_ms", it->from.fetched_ms);
	json_close(j);
}

void
item_to_json(const struct item *it, const struct judged *by, struct str *out)
{
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
#define WRITE_TEXT(field) json_text_if(&j, #field, it->field);
	ITEM_TEXTS(WRITE_TEXT)
#undef WRITE_TEXT
#define WRITE_TIME(field) \
	if (it->field != NO_TIME) \
		json_int(&j, #field, it->field);
	ITEM_TIMES(WRITE_TIME)
#undef WRITE_TIME
	write_evidence(&j, it);
	write_list(&j, "categories", it->categories, it->ncategories);
	json_int(&j, "so_far", (int64_t)by->so_far);
	write_list(&j, "matched", by->filters, by->n);
	json_close(&j);
}

void
item_member(struct str *out, struct sv title, struct sv link, struct sv feed)
{
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
	json_text_if(&j, "title", utf8_prefix(title, MEMBER_TITLE_BYTES));
	if (link.len <= MEMBER_LINK_BYTES)
		json_text_if(&j, "link", link);
	json_text_if(&j, "feed", feed);
	json_close(&j);
}

static struct sv
text_of(const json_t *v, struct arena *a)
{
	if (!json_is_string(v))
		return SV_NONE;
	return arena_sv(
	    a, (struct sv) { json_string_value(v), json_string_length(v) });
}

bool
item_of_alert(struct sv json, struct arena *a, struct sv *title,
    struct sv *link, struct sv *feed)
{
	json_t *root = json_loadb(json.p, json.len, JSON_ALLOW_NUL, NULL);
	const json_t *item = json_object_get(
	    json_object_get(root, "data"), "item");
	const json_t *of = json_object_get(item, "feed");
	bool ok = json_is_object(item);

	*title = text_of(json_object_get(item, "title"), a);
	*link = text_of(json_object_get(item, "link"), a);
	*feed = text_of(json_object_get(of, "name"), a);
	json_decref(root);
	return ok;
}

static struct sv *
read_list(const json_t *list, struct arena *a, size_t *n)
{
	struct sv *v;

	*n = json_array_size(list);
	v = arena_calloc(a, *n * sizeof(*v));
	for (size_t i = 0; i < *n; i++)
		v[i] = text_of(json_array_get(list, i), a);
	return v;
}

static void
read_evidence(const json_t *o, struct arena *a, struct evidence *from)
{
	const json_t *ms = json_object_get(o, "fetched_ms");

#define READ_TEXT(field) from->field = text_of(json_object_get(o, #field), a);
	EVIDENCE_TEXTS(READ_TEXT)
	READ_TEXT(sha256)
#undef READ_TEXT
	from->fetched_ms = json_is_integer(ms) ? json_integer_value(ms)
					       : NO_TIME;
}

static void
read_judged(const json_t *o, struct arena *a, struct judged *by)
{
	json_int_t so_far = json_integer_value(json_object_get(o, "so_far"));

	by->so_far = so_far >= 0 && so_far < ITEM_DISPOSITIONS
	    ? (enum disposition)so_far
	    : ITEM_NO_MATCH;
	by->filters = read_list(json_object_get(o, "matched"), a, &by->n);
}

bool
item_from_json(struct sv json, struct arena *a, struct item *it,
    struct judged *by, struct err *e)
{
	json_error_t problem;
	json_t *o = json_loadb(json.p, json.len, JSON_ALLOW_NUL, &problem);

	if (!json_is_object(o)) {
		json_decref(o);
		return err_set(
		    e, "a waiting item cannot be read back: %s", problem.text);
	}
	*it = (struct item) { .published = NO_TIME, .updated = NO_TIME };
#define READ_TEXT(field) it->field = text_of(json_object_get(o, #field), a);
	ITEM_TEXTS(READ_TEXT)
#undef READ_TEXT
#define READ_TIME(field) \
	if (json_is_integer(json_object_get(o, #field))) \
		it->field = json_integer_value(json_object_get(o, #field));
	ITEM_TIMES(READ_TIME)
#undef READ_TIME
	read_evidence(json_object_get(o, "evidence"), a, &it->from);
	it->categories = read_list(
	    json_object_get(o, "categories"), a, &it->ncategories);
	read_judged(o, a, by);
	json_decref(o);
	return true;
}
