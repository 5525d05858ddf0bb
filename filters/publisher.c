/* filters/publisher.c: who stands behind an item. */
#include "filters/publisher.h"

#include "base/limits.h"
#include "base/url.h"
#include "base/utf8.h"
#include "filters/sketch.h"

#include <assert.h>

#define SHORT_SPELLING 4

/* Second levels under which a country registers names. */
static const char *const second_levels[] = { "ac", "asso", "co", "com", "edu",
	"go", "gob", "gouv", "gov", "ltd", "mil", "ne", "net", "nic", "nom",
	"or", "org", "press", "tm" };

/* Whose names below them are publishers of their own. */
static const char *const shared_hosts[] = { "blogspot.com", "wordpress.com",
	"substack.com", "tumblr.com", "github.io", "ghost.io", "medium.com",
	"livejournal.com", "beehiiv.com", "wixsite.com", "netlify.app",
	"pages.dev", "typepad.com", "libsyn.com" };

/* Where the path tells. */
static const char *const shared_paths[] = { "feeds.feedburner.com",
	"feedproxy.google.com", "feeds2.feedburner.com", "rss.app",
	"medium.com", "feeds.megaphone.fm", "sites.google.com",
	"www.facebook.com", "t.me", "rsshub.app", "feeds.simplecast.com" };

static bool
is_among(struct sv v, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sv_iis(v, list[i]))
			return true;
	return false;
}

#define AMONG(v, list) is_among((v), (list), COUNTOF(list))

/* The last `n` labels of a host. */
static struct sv
last_labels(struct sv host, unsigned n)
{
	size_t at = host.len;

	while (at > 0 && (host.p[at - 1] != '.' || --n > 0))
		at--;
	return sv_from(host, at);
}

static bool
is_address(struct sv host)
{
	struct sv last = last_labels(host, 1);

	return sv_chr(host, ':') < host.len ||
	    (last.len != 0 && ascii_is_digit(*last.p));
}

static struct sv
registered_part(struct sv host)
{
	struct sv two = last_labels(host, 2), country = last_labels(host, 1);

	if (is_address(host))
		return host;
	if (AMONG(two, shared_hosts))
		return last_labels(host, 3);
	if (country.len == 2 &&
	    AMONG(sv_sub(two, 0, sv_chr(two, '.')), second_levels))
		return last_labels(host, 3);
	return two;
}

static void
add_lower(struct str *out, struct sv v)
{
	for (size_t i = 0; i < v.len; i++)
		(void)str_addc(out, ascii_lower(v.p[i]));
}

void
publisher_family(struct str *out, struct sv publisher, struct sv url)
{
	struct url u;

	publisher = sv_trim(publisher);
	if (publisher.len != 0) {
		add_lower(out, publisher);
		return;
	}
	url_split(url, &u);
	if (u.host.len == 0) {
		(void)str_add(out, url);
		return;
	}
	while (sv_ends(u.host, SV(".")))
		u.host.len--;
	if (!AMONG(u.host, shared_paths)) {
		add_lower(out, registered_part(u.host));
		return;
	}
	add_lower(out, u.host);
	u.path = sv_from(u.path, 1);
	(void)str_addc(out, '/');
	(void)str_add(out, sv_sub(u.path, 0, sv_chr(u.path, '/')));
}

static const struct {
	const char *name, *host, *spellings;
} wires[WIRE_COUNT] = {
#define WIRE_ROW(enumerator, name, host, spellings) \
	[enumerator] = { name, host, spellings },
	[WIRE_NONE] = { "", "", "" },
	WIRES(WIRE_ROW)
#undef WIRE_ROW
};

const char *
wire_name(enum wire w)
{
	assert(w < WIRE_COUNT);
	return wires[w].name;
}

enum wire
wire_of_family(struct sv family)
{
	for (enum wire w = WIRE_NONE + 1; w < WIRE_COUNT; w++)
		if (sv_is(family, wires[w].name) ||
		    sv_is(family, wires[w].host))
			return w;
	return WIRE_NONE;
}

/* The code point at `at`; a line feed at the end. */
static uint32_t
char_at(struct sv v, size_t at)
{
	uint32_t cp = '\n';

	if (at < v.len)
		(void)utf8_decode(sv_from(v, at), &cp);
	return cp;
}

/* The same before `at`. */
static uint32_t
char_before(struct sv v, size_t at)
{
	size_t from = at;

	while (from > 0 && ((unsigned char)v.p[--from] & 0xC0) == 0x80)
		;
	return at == 0 ? '\n' : char_at(v, from);
}

static size_t
skip_blanks(struct sv v, size_t at)
{
	while (at < v.len && (v.p[at] == ' ' || v.p[at] == '\t'))
		at++;
	return at;
}

static size_t
back_over_blanks(struct sv v, size_t at)
{
	while (at > 0 && (v.p[at - 1] == ' ' || v.p[at - 1] == '\t'))
		at--;
	return at;
}

static bool
is_dash(uint32_t cp)
{
	return cp == '-' || (cp >= 0x2012 && cp <= 0x2015);
}

/* Does a sign of those, or a dash, stand at `at`? */
static bool
is_mark_at(struct sv v, size_t at, const char *marks)
{
	uint32_t cp = char_at(v, at);

	return is_dash(cp) ||
	    (cp != 0 && cp < 0x80 && strchr(marks, (int)cp) != NULL);
}

static bool
is_mark_before(struct sv v, size_t at, const char *marks)
{
	uint32_t cp = char_before(v, at);

	return is_dash(cp) || cp == 0xA9 ||
	    (cp != 0 && cp < 0x80 && strchr(marks, (int)cp) != NULL);
}

static bool
is_letter(uint32_t cp)
{
	return cp >= 0xC0 || (cp < 0x80 && ascii_is_alnum((char)cp));
}

/* Does the spelling stand at `at`, as a word? */
static bool
stands_at(struct sv v, size_t at, struct sv spelling)
{
	struct sv here = sv_sub(v, at, spelling.len);
	uint32_t before, after;

	if (spelling.len > SHORT_SPELLING ? !sv_ieq(here, spelling)
					  : !sv_eq(here, spelling))
		return false;
	before = char_before(v, at);
	after = char_at(v, at + spelling.len);
	return (!is_letter(before) || is_dash(before)) &&
	    (!is_letter(after) || is_dash(after));
}

/* The next place at or after `from` where it does; `v.len`: none. */
static size_t
find_spelling(struct sv v, size_t from, struct sv spelling)
{
	char first = ascii_lower(*spelling.p);

	for (; from + spelling.len <= v.len; from++)
		if (ascii_lower(v.p[from]) == first &&
		    stands_at(v, from, spelling))
			return from;
	return v.len;
}

/* "Nov 1 (PTI) The" has no dash, but a date. */
static bool
ends_a_dateline(struct sv v, size_t open, size_t close)
{
	size_t before = back_over_blanks(v, open);

	return is_mark_at(v, skip_blanks(v, close), ":./") ||
	    (before > 0 && ascii_is_digit(v.p[before - 1]));
}

/* The spelling from `at` to `end` of the first bytes of a text. */
static bool
opens_with(struct sv v, size_t at, size_t end)
{
	size_t before = back_over_blanks(v, at), after = skip_blanks(v, end);

	if (at > 0 && v.p[at - 1] == '(') {
		size_t close = end + sv_chr(sv_from(v, end), ')');

		return close < v.len && close < end + 8 &&
		    ends_a_dateline(v, at - 1, close + 1);
	}
	if (at > 0 && v.p[at - 1] == '/' && end < v.len && v.p[end] == '/')
		return true;
	if (sv_ieq(sv_sub(v, 0, 3), SV("by ")) && before <= 40)
		return after == v.len || is_mark_at(v, after, "\n|") ||
		    (after > end && v.p[after] >= 'A' && v.p[after] <= 'Z');
	if (before == 0 || v.p[before - 1] == ',' || v.p[before - 1] == '\n')
		return after > end && after + 1 < v.len &&
		    is_mark_at(v, after, "|");
	return false;
}

/* Is it a picture's credit? (Photo: Jane Smith/AP) */
static bool
is_of_picture(struct sv before)
{
	static const char *const words[] = { "image", "photo", "foto",
		"picture", "bild:", "getty" };
	size_t from = before.len;

	while (
	    from > 0 && before.p[from - 1] != '(' && before.p[from - 1] != '\n')
		from--;
	before = sv_from(before, from);
	for (size_t i = 0; i < COUNTOF(words); i++)
		for (size_t at = 0; at < before.len; at++)
			if (sv_istarts(sv_from(before, at), sv_of(words[i])))
				return true;
	return false;
}

/* Nothing but signs and digits behind it, and before it what leads to a
 * credit. */
static bool
closes_with(struct sv v, size_t at, size_t end)
{
	size_t before = back_over_blanks(v, at);

	for (size_t i = end; i < v.len; i++)
		if (ascii_is_alpha(v.p[i]) || (unsigned char)v.p[i] >= 0xC0)
			return false;
	if (is_of_picture(sv_sub(v, 0, at)))
		return false;
	return is_mark_before(v, before, "(/[:|\n") ||
	    sv_ends(sv_sub(v, 0, before), SV(" with")) ||
	    sv_ends(sv_sub(v, 0, before), SV("eporting by"));
}

typedef bool credit_fn(struct sv v, size_t at, size_t end);

static bool
stands(struct sv v, size_t at, size_t end)
{
	(void)v;
	return at < end;
}

static bool
is_credited(struct sv v, const char *spellings, credit_fn *fn)
{
	struct sv rest = sv_of(spellings), spelling;

	while (sv_split(&rest, '|', &spelling))
		for (size_t at = 0;
		     (at = find_spelling(v, at, spelling)) < v.len; at++)
			if (fn(v, at, at + spelling.len))
				return true;
	return false;
}

enum wire
wire_of_item(const struct item *it)
{
	struct sv body = sv_trim(sketch_body_of(it));
	struct sv first, last;

	first = sv_sub(body, 0, WIRE_BYTES);
	last = body.len > WIRE_BYTES ? sv_from(body, body.len - WIRE_BYTES)
				     : body;
	for (enum wire w = WIRE_NONE + 1; w < WIRE_COUNT; w++)
		if (is_credited(sv_sub(it->author, 0, WIRE_BYTES),
			wires[w].spellings, stands) ||
		    is_credited(first, wires[w].spellings, opens_with) ||
		    is_credited(last, wires[w].spellings, closes_with))
			return w;
	return WIRE_NONE;
}
