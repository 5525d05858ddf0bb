/* alerts/encode.c: the alert's id and its document, from the table of fields.
 */
#include "alerts/alert.h"

#include "alerts/fields.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/url.h"
#include "base/utf8.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ID_PREFIX "alr_"
#define ID_HASH_BYTES 18 /* 144 bits, of which 140 stand in the id */
#define FIELD_NAME_BYTES 32
#define UPDATE_KIND "update"

static void
hash_id(const struct sv *parts, size_t n, char out[ALERT_ID_BYTES])
{
	unsigned char hash[SHA256_BYTES];
	struct str text;

	str_init(&text, 2 * SHA256_BYTES);
	sha256_parts(parts, n, hash);
	base32_encode(&text, (struct sv) { (const char *)hash, ID_HASH_BYTES });
	(void)snprintf(out, ALERT_ID_BYTES, ID_PREFIX "%s", str_c(&text));
	str_done(&text);
}

void
alert_id(struct sv feed, const unsigned char key[ITEM_KEY_BYTES],
    const char *filter, const char *type, char out[ALERT_ID_BYTES])
{
	const struct sv parts[] = { feed, { (const char *)key, ITEM_KEY_BYTES },
		sv_of(filter), sv_of(type) };

	hash_id(parts, COUNTOF(parts), out);
}

void
trouble_id(const struct trouble *t, int64_t began_ms, char out[ALERT_ID_BYTES])
{
	struct sv whose = t->nfeeds != 0 ? t->feeds[0] : t->feed;
	struct sv parts[3] = { sv_of(trouble_type(t->kind)),
		whose.len != 0 ? whose : t->destination };
	char began[32];

	(void)snprintf(began, sizeof(began), "%lld", (long long)began_ms);
	parts[2] = sv_of(began);
	hash_id(parts, COUNTOF(parts), out);
}

/* The document under way.  `at` is the path of the last field: its parents are
 * the objects that are open. */
struct doc {
	struct json j;
	const char *at;
};

/* Length of the path's parents, last dot included. */
static size_t
parents_len(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot != NULL ? (size_t)(dot - path) + 1 : 0;
}

static size_t
common_parents(const char *a, const char *b)
{
	size_t common = 0;

	for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
		if (a[i] == '.')
			common = i + 1;
	return common;
}

/* Closes and opens objects until the parents of `path` are the open ones;
 * returns the last part of the path. */
static const char *
go_to(struct doc *d, const char *path)
{
	size_t common = common_parents(d->at, path);
	struct sv close = { d->at + common, parents_len(d->at) - common };
	struct sv open = { path + common, parents_len(path) - common };
	struct sv name;

	while (sv_split(&close, '.', &name))
		json_close(&d->j);
	while (sv_split(&open, '.', &name)) {
		char key[FIELD_NAME_BYTES];

		assert(name.len < sizeof(key));
		memcpy(key, name.p, name.len);
		key[name.len] = '\0';
		json_open(&d->j, key);
	}
	d->at = path;
	return path + parents_len(path);
}

/* No text of an item can make the document too large to be sent. */
static void
put_TEXT(struct doc *d, const char *path, struct sv v)
{
	struct str cut;

	if (v.len == 0)
		return;
	if (v.len <= ALERT_TEXT_BYTES) {
		json_text(&d->j, go_to(d, path), v);
		return;
	}
	str_init(&cut, ALERT_TEXT_BYTES);
	(void)str_add(&cut, utf8_prefix(v, ALERT_TEXT_BYTES - strlen("…")));
	(void)str_adds(&cut, "…");
	json_text(&d->j, go_to(d, path), str_sv(&cut));
	str_done(&cut);
}

static void
put_COUNT(struct doc *d, const char *path, size_t n)
{
	json_int(&d->j, go_to(d, path), (int64_t)n);
}

static void
put_SOME(struct doc *d, const char *path, size_t n)
{
	if (n != 0)
		put_COUNT(d, path, n);
}

static void
put_FLAG(struct doc *d, const char *path, bool on)
{
	if (on)
		json_bool(&d->j, go_to(d, path), true);
}

static void
put_ALSO(struct doc *d, const char *path, struct sv members)
{
	if (members.len == 0)
		return;
	json_open_array(&d->j, go_to(d, path));
	json_raw(&d->j, NULL, members);
	json_close_array(&d->j);
}

static void
put_MS(struct doc *d, const char *path, int64_t ms)
{
	if (ms != NO_TIME)
		json_int(&d->j, go_to(d, path), ms);
}

static void
put_TIME(struct doc *d, const char *path, int64_t ms)
{
	char text[CLOCK_ISO_BYTES];

	if (ms == NO_TIME)
		return;
	clock_iso(ms, text, sizeof(text));
	json_text(&d->j, go_to(d, path), sv_of(text));
}

static void
put_list(struct doc *d, const char *path, const struct sv *v, size_t n)
{
	json_open_array(&d->j, go_to(d, path));
	for (size_t i = 0; i < n; i++)
		json_text(&d->j, NULL, v[i]);
	json_close_array(&d->j);
}

static void
put_names(struct doc *d, const char *path, const struct sv *v, size_t n)
{
	if (n != 0)
		put_list(d, path, v, n);
}

/* The row's value is "(list, count)". */
#define put_NAMES(d, path, list) put_NAMES_(d, path, UNPACK list)
#define put_NAMES_(d, path, ...) put_names(d, path, __VA_ARGS__)
#define put_TEXTS(d, path, list) put_TEXTS_(d, path, UNPACK list)
#define put_TEXTS_(d, path, ...) put_list(d, path, __VA_ARGS__)
#define UNPACK(...) __VA_ARGS__

#define PUT_FIELD(path, kind, value, help) put_##kind(d, path, value);

static struct sv
hit_text(const struct alert_hit *h)
{
	return utf8_prefix(h->text, EXCERPT_BYTES);
}

static void
put_HITS(struct doc *doc, const char *path, const struct alert *a)
{
	json_open_array(&doc->j, go_to(doc, path));
	for (size_t i = 0; i < a->nhits && i < HITS_PER_MATCH; i++) {
		const struct alert_hit *h = &a->hits[i];
		struct doc hit = { doc->j, "" }, *d = &hit;

		json_open(&d->j, NULL);
		HIT_FIELDS(PUT_FIELD)
		json_close(&d->j);
		doc->j = d->j;
	}
	json_close_array(&doc->j);
}

static void
put_EXCERPT(struct doc *d, const char *path, const struct alert *a)
{
	struct str text;

	str_init(&text, EXCERPT_BYTES);
	alert_excerpt(a, &text);
	put_TEXT(d, path, str_sv(&text));
	str_done(&text);
}

static int64_t
seconds(int64_t s)
{
	return s != NO_TIME ? s * SEC_MS : NO_TIME;
}

static int64_t
published_lag(const struct alert *a)
{
	int64_t ms = seconds(a->item->published);

	return ms != NO_TIME && a->fetched_ms != NO_TIME ? a->fetched_ms - ms
							 : NO_TIME;
}

static int64_t
story_since(const struct alert *a)
{
	return a->story_id != NULL ? a->story_since_ms : NO_TIME;
}

static int64_t
of_digest(const struct alert *a, int64_t ms)
{
	return a->digest_count != 0 ? ms : NO_TIME;
}

static int64_t
queue_lag(const struct alert *a)
{
	return a->fetched_ms != NO_TIME ? a->now_ms - a->fetched_ms : NO_TIME;
}

/* An article that no hit stands in is no evidence. */
static bool
is_of_article(const struct alert *a)
{
	for (size_t i = 0; i < a->nhits; i++)
		if (strcmp(a->hits[i].field, "article") == 0)
			return true;
	return false;
}

static struct sv
article_url(const struct alert *a)
{
	return is_of_article(a) ? a->item->from.article_url : SV_NONE;
}

static struct sv
page_sha256(const struct alert *a, struct str *hex)
{
	unsigned char hash[SHA256_BYTES];

	if (a->item->from.page.len == 0 || !is_of_article(a))
		return SV_NONE;
	sha256(a->item->from.page, hash);
	hex_encode(hex, (struct sv) { (char *)hash, sizeof(hash) });
	return str_sv(hex);
}

static struct sv
item_id(const struct alert *a, struct str *hex)
{
	if (a->item->id.len != 0 || a->digest_count != 0)
		return a->item->id;
	hex_encode(
	    hex, (struct sv) { (const char *)a->item_key, ITEM_KEY_BYTES });
	return str_sv(hex);
}

/* One of ours, not what somebody wrote into a document. */
static bool
is_reason(struct sv v)
{
	size_t n = 0;

	while (n < v.len && v.p[n] >= 'a' && v.p[n] <= 'z')
		n++;
	return n == v.len && n != 0 &&
	    n < ALERT_KIND_BYTES - strlen(UPDATE_KIND ": ");
}

static const char *
kind_of(struct sv type)
{
	static const struct {
		const char *type, *words;
	} kinds[] = {
#define KIND(kind, type, words, severity) { type, words },
		{ "alert.confirmed", "confirmed" },
		{ "alert.update", UPDATE_KIND }, TROUBLE_KIND_ROWS(KIND)
#undef KIND
	};

	for (size_t i = 0; i < COUNTOF(kinds); i++)
		if (sv_is(type, kinds[i].type))
			return kinds[i].words;
	return "";
}

void
alert_kind(struct sv type, struct sv reason, char out[ALERT_KIND_BYTES])
{
	const char *kind = kind_of(type);

	if (strcmp(kind, UPDATE_KIND) == 0 && is_reason(reason))
		(void)snprintf(out, ALERT_KIND_BYTES, UPDATE_KIND ": %.*s",
		    SV_ARG(reason));
	else
		(void)snprintf(out, ALERT_KIND_BYTES, "%s", kind);
}

void
alert_redate(struct str *json, int64_t now_ms)
{
	static const struct sv before = SV("\"timestamp\":\"");
	size_t at = sv_find(str_sv(json), before) + before.len;
	size_t len = sv_chr(sv_from(str_sv(json), at), '"');
	char text[CLOCK_ISO_BYTES];

	clock_iso(now_ms, text, sizeof(text));
	if (at + len < json->len && len == strlen(text))
		memcpy(json->p + at, text, len);
}

static void
put_match(struct doc *d, const struct alert *a)
{
	struct str id, url, page;

	str_init(&id, 2 * ITEM_KEY_BYTES);
	str_init(&page, 2 * SHA256_BYTES);
	str_init(&url, URL_BYTES);
	url_redact(&url, a->feed_url, false);
	MATCH_FIELDS(PUT_FIELD)
	str_done(&url);
	str_done(&page);
	str_done(&id);
}

static void
put_trouble(struct doc *d, const struct trouble *t)
{
	struct str url, title, text;

	str_init(&url, URL_BYTES);
	str_init(&title, ALERT_TEXT_BYTES);
	str_init(&text, ALERT_TEXT_BYTES);
	url_redact(&url, t->url, false);
	trouble_title(t, &title);
	trouble_text(t, &text);
	TROUBLE_FIELDS(PUT_FIELD)
	str_done(&url);
	str_done(&title);
	str_done(&text);
}

bool
alert_encode(const struct alert *a, struct str *out)
{
	struct doc doc = { .at = "" }, *d = &doc;

	json_init(&d->j, out);
	json_open(&d->j, NULL);
	HEAD_FIELDS(PUT_FIELD)
	if (a->trouble != NULL)
		put_trouble(d, a->trouble);
	else
		put_match(d, a);
	(void)go_to(d, "");
	json_close(&d->j);
	return !out->full;
}
