/* feeds/item.c: what is asked of an item: its key and its length. */
#include "feeds/item.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/url.h"
#include "base/utf8.h"
#include "feeds/link.h"
#include "feeds/raw.h"

#include <string.h>

/* An id of so many digits may be no more than a place in the document. */
#define PLACE_DIGITS 3

static bool
is_number(struct sv v)
{
	size_t n = 0;

	while (n < v.len && ascii_is_digit(v.p[n]))
		n++;
	return n == v.len && n != 0;
}

/* What of the id names the item. */
static void
add_id(struct str *out, struct sv id, struct sv link)
{
	size_t hash;

	if (!url_is_http(id)) {
		(void)str_add(out, id);
		return;
	}
	link_canonical(out, id);
	hash = sv_chr(str_sv(out), '#');
	if (is_number(sv_from(str_sv(out), hash + 1)) &&
	    sv_eq(sv_sub(str_sv(out), 0, hash), link))
		out->len = hash;
}

static bool
names_an_item(struct sv link, struct sv canonical, struct sv feed_link)
{
	struct str home;
	bool same;

	str_init(&home, URL_BYTES);
	link_canonical(&home, feed_link);
	same = sv_eq(canonical, str_sv(&home));
	str_done(&home);
	return !same && !link_is_front_page(link);
}

void
item_key(const struct item *it, struct sv feed_link,
    unsigned char key[ITEM_KEY_BYTES])
{
	unsigned char hash[SHA256_BYTES];
	struct sv parts[4] = { SV("text"), it->title, it->summary,
		it->content };
	struct str id, link;

	str_init(&id, ITEM_TEXT_BYTES);
	str_init(&link, ITEM_TEXT_BYTES);
	link_canonical(&link, it->link);
	add_id(&id, it->id, str_sv(&link));
	if (id.len != 0 &&
	    (!url_is_http(it->id) ||
		names_an_item(it->id, str_sv(&id), feed_link))) {
		parts[0] = SV("id");
		parts[1] = str_sv(&id);
	} else if (names_an_item(it->link, str_sv(&link), feed_link)) {
		parts[0] = SV("link");
		parts[1] = str_sv(&link);
	}
	if (!sv_is(parts[0], "text"))
		parts[2] = parts[3] = SV_NONE;
	sha256_parts(parts, COUNTOF(parts), hash);
	memcpy(key, hash, ITEM_KEY_BYTES);
	str_done(&id);
	str_done(&link);
}

static int64_t
hash_parts(const struct sv *parts, size_t n)
{
	unsigned char hash[SHA256_BYTES];
	int64_t v;

	sha256_parts(parts, n, hash);
	memcpy(&v, hash, sizeof(v));
	return v != 0 ? v : 1;
}

#define BYTES_OF(x) ((struct sv) { (const char *)&(x), sizeof(x) })

void
item_traits(const struct item *it, struct sv feed_link, struct item_traits *out)
{
	struct item_traits t = { 0 };
	struct str link;

	str_init(&link, ITEM_TEXT_BYTES);
	link_canonical(&link, it->link);
	if (it->published != NO_TIME)
		t.date = it->published;
	if (it->title.len != 0)
		t.title = hash_parts(&it->title, 1);
	if (link.len != 0 && names_an_item(it->link, str_sv(&link), feed_link))
		t.link = hash_parts(&(struct sv) { link.p, link.len }, 1);
	if (t.link != 0 && t.title != 0) {
		const struct sv parts[] = { str_sv(&link), it->title,
			BYTES_OF(t.date), t.date == 0 ? it->summary : SV_NONE,
			t.date == 0 ? it->content : SV_NONE };

		t.page = hash_parts(parts, COUNTOF(parts));
	}
	str_done(&link);
	*out = t;
}

static bool
differ(int64_t a, int64_t b)
{
	return a != 0 && b != 0 && a != b;
}

bool
item_is_another_here(const struct item *it, const struct item_traits *before,
    const struct item_traits *now)
{
	if (before->title == 0 && now->title == 0)
		return differ(before->link, now->link);
	return differ(before->title, now->title) &&
	    (it->id.len == 0 || before->link == 0 || before->link != now->link);
}

bool
item_is_another_now(const struct item *it, const struct item_traits *before,
    const struct item_traits *now)
{
	if (before->shared)
		return item_is_another_here(it, before, now);
	return it->id.len <= PLACE_DIGITS && is_number(it->id) &&
	    differ(before->title, now->title) &&
	    differ(before->link, now->link) &&
	    (now->date == 0 || before->date != now->date);
}

void
item_key_of_another(const struct item_traits *before,
    const struct item_traits *now, unsigned char key[ITEM_KEY_BYTES])
{
	bool by_link = now->link != 0 && now->link != before->link;
	int64_t by = by_link ? now->link : now->title;
	const struct sv parts[] = { SV("another"),
		{ (const char *)key, ITEM_KEY_BYTES }, BYTES_OF(by) };
	unsigned char hash[SHA256_BYTES];

	sha256_parts(parts, COUNTOF(parts), hash);
	memcpy(key, hash, ITEM_KEY_BYTES);
}

/* Scripts that put no blanks between words: Thai, kana and Han. */
static bool
is_unspaced(uint32_t cp)
{
	return (cp >= 0x0E00 && cp <= 0x0E7F) ||
	    (cp >= 0x3041 && cp <= 0x30FF) || (cp >= 0x3400 && cp <= 0x4DBF) ||
	    (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
	    (cp >= 0xFF66 && cp <= 0xFF9D) || (cp >= 0x20000 && cp <= 0x3FFFF);
}

static bool
is_blank(uint32_t cp)
{
	return (cp < 0x80 && ascii_is_space((char)cp)) || cp == 0xA0 ||
	    (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
	    cp == 0x3000;
}

static size_t
half_words(struct sv v, size_t stop_at)
{
	size_t halves = 0, n;
	bool in_word = false;
	uint32_t cp;

	for (; v.len != 0 && halves < stop_at; v = sv_from(v, n)) {
		n = utf8_decode(v, &cp);
		if (is_unspaced(cp)) {
			halves++;
			in_word = false;
		} else if (is_blank(cp)) {
			in_word = false;
		} else if (!in_word) {
			halves += 2;
			in_word = true;
		}
	}
	return halves;
}

struct sv
item_sha256(const struct item *it)
{
	return it->raw != NULL ? raw_sha256(it->raw) : it->from.sha256;
}

size_t
item_words(const struct item *it, size_t stop_at)
{
	size_t most = stop_at * 2;
	size_t halves = half_words(it->summary, most);

	if (halves < most)
		halves += half_words(it->content, most - halves);
	return halves < most ? halves / 2 : stop_at;
}
