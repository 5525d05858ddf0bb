/* feeds/record.c: the fields of one item while they are being read. */
#include "feeds/record.h"

#include "base/utf8.h"

void
record_clear(struct record *r)
{
	for (size_t i = 0; i < FIELDS; i++) {
		r->text[i] = SV_NONE;
		r->worth[i] = 0;
		r->time[i] = NO_TIME;
	}
	r->ncategories = r->nenclosures = 0;
}

void
record_put(struct record *r, struct arena *a, enum field f, unsigned worth,
    struct sv text)
{
	if (text.len == 0 || worth <= r->worth[f])
		return;
	if (f == FIELD_ID || f == FIELD_LANG)
		text = utf8_prefix(text, ITEM_ID_BYTES);
	r->text[f] = arena_sv(a, text);
	r->worth[f] = worth;
}

void
record_put_time(struct record *r, enum field f, unsigned worth, int64_t time)
{
	if (worth <= r->worth[f])
		return;
	r->time[f] = time;
	r->worth[f] = worth;
}

void
record_add_category(struct record *r, struct arena *a, struct sv term)
{
	if (term.len == 0 || r->ncategories == ITEM_CATEGORIES)
		return;
	r->categories[r->ncategories++] = arena_sv(a, term);
}

void
record_add_enclosure(struct record *r, struct arena *a, struct sv url,
    struct sv type, struct sv length)
{
	struct enclosure *e = &r->enclosures[r->nenclosures];

	if (url.len == 0 || r->nenclosures == ITEM_ENCLOSURES)
		return;
	for (size_t i = 0; i < r->nenclosures; i++)
		if (sv_eq(r->enclosures[i].url, url))
			return;
	e->url = arena_sv(a, url);
	e->type = arena_sv(a, sv_trim(type));
	if (!sv_to_i64(sv_trim(length), &e->length) || e->length < 0)
		e->length = -1;
	r->nenclosures++;
}

void
record_set_enclosure_url(struct record *r, struct arena *a, struct sv url)
{
	if (url.len != 0 && r->nenclosures != 0)
		r->enclosures[r->nenclosures - 1].url = arena_sv(a, url);
}

void
record_to_item(struct record *r, struct item *out)
{
	*out = (struct item) {
		.id = r->text[FIELD_ID],
		.title = r->text[FIELD_TITLE],
		.link = r->text[FIELD_LINK],
		.author = r->text[FIELD_AUTHOR],
		.lang = r->text[FIELD_LANG],
		.summary = r->text[FIELD_SUMMARY],
		.content = r->text[FIELD_CONTENT],
		.published = r->time[FIELD_PUBLISHED],
		.updated = r->time[FIELD_UPDATED],
		.categories = r->categories,
		.ncategories = r->ncategories,
		.enclosures = r->enclosures,
		.nenclosures = r->nenclosures,
	};
}

static bool
is_mail(struct sv v)
{
	return sv_chr(v, '@') < v.len && sv_chr(v, ' ') == v.len;
}

struct sv
record_person_name(struct sv text)
{
	struct sv v = sv_trim(text), outer, inner;
	size_t open;
	char last = v.len != 0 ? v.p[v.len - 1] : '\0';

	if (last != ')' && last != '>')
		return v;
	open = sv_chr(v, last == ')' ? '(' : '<');
	if (open == v.len)
		return v;
	outer = sv_trim(sv_sub(v, 0, open));
	inner = sv_trim(sv_sub(v, open + 1, v.len - open - 2));
	if (is_mail(outer) && inner.len != 0)
		return inner;
	return is_mail(inner) && outer.len != 0 ? outer : v;
}
