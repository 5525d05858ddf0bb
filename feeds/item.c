/* feeds/item.c: what is asked of an item: its key and its length. */
#include "feeds/item.h"

#include "base/digest.h"
#include "base/utf8.h"

#include <string.h>

void
item_key(const struct item *it, unsigned char key[ITEM_KEY_BYTES])
{
	unsigned char hash[SHA256_BYTES];
	struct sv parts[4] = { SV("id"), it->id, SV_NONE, SV_NONE };

	if (it->id.len == 0) {
		parts[0] = SV("link");
		parts[1] = it->link;
	}
	if (parts[1].len == 0) {
		parts[0] = SV("text");
		parts[1] = it->title;
		parts[2] = it->summary;
		parts[3] = it->content;
	}
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

size_t
item_words(const struct item *it, size_t stop_at)
{
	size_t most = stop_at * 2;
	size_t halves = half_words(it->summary, most);

	if (halves < most)
		halves += half_words(it->content, most - halves);
	return halves < most ? halves / 2 : stop_at;
}
