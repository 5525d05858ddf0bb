/* filters/change.c: whether what a publisher has changed is news. */
#include "filters/change.h"

#include "base/utf8.h"
#include "filters/change_words.h"

#include <assert.h>
#include <string.h>

/* Digests outlive the process. */
#define SEED UINT64_C(0x74652d6368616e67)

#define MOST_WORDS 128
#define PHRASE_BYTES 64 /* folded, of a notice */
#define TYPO_LETTERS 5 /* of a word, at least */
#define TYPO_MOST 32
#define NUMBER_JOIN ' '

/* The words of a text that count. */
struct words {
	struct sv v[MOST_WORDS]; /* in the scratch that they were read from */
	size_t n;
};

const char *
change_word(enum change c)
{
#define CHANGE_WORD(enumerator, word) [enumerator] = (word),
	static const char *const words[] = { CHANGES(CHANGE_WORD) };
#undef CHANGE_WORD

	assert(c < CHANGE_COUNT);
	return words[c];
}

struct wording
change_wording(const struct item *it)
{
	struct sv text = it->summary.len != 0 ? it->summary : it->content;

	return (struct wording) { utf8_prefix(it->title, CHANGE_TITLE_BYTES),
		utf8_prefix(text, CHANGE_LEAD_BYTES) };
}

static bool
has_digit(struct sv word)
{
	for (size_t i = 0; i < word.len; i++)
		if (ascii_is_digit(word.p[i]))
			return true;
	return false;
}

static bool
is_number(struct sv word)
{
	size_t n = 0;

	while (n < word.len && ascii_is_digit(word.p[n]))
		n++;
	return n == word.len && n != 0;
}

enum quiet {
	LOUD,
	MARK,
	BEFORE,
	AFTER,
	EITHER,
};

static enum quiet
quiet_word(struct sv word)
{
#define QUIET_ROW(word, how) { word, sizeof(word) - 1, how },
	static const struct {
		const char *word;
		size_t len;
		enum quiet how;
	} rows[] = { QUIET_WORDS(QUIET_ROW) };
#undef QUIET_ROW

	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (word.len == rows[i].len && word.p[0] == rows[i].word[0] &&
		    memcmp(word.p, rows[i].word, word.len) == 0)
			return rows[i].how;
	return LOUD;
}

static bool
is_zone(struct sv word)
{
#define ZONE_ROW(word) word,
	static const char *const rows[] = { ZONE_WORDS(ZONE_ROW) };
#undef ZONE_ROW

	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (sv_is(word, rows[i]))
			return true;
	return false;
}

/* What stands in the text right after a token, until the next. */
static struct sv
gap_after(const struct text *t, size_t i, size_t end)
{
	struct sv text = t->parts[t->tokens[i].part].text;
	size_t from = t->tokens[i].start + t->tokens[i].length;
	size_t to = i + 1 < end ? t->tokens[i + 1].start : text.len;

	return to > from ? sv_sub(text, from, to - from) : SV_NONE;
}

static bool
is_below(struct sv digits, size_t most_digits, unsigned limit)
{
	unsigned v = 0;

	if (!is_number(digits) || digits.len > most_digits)
		return false;
	for (size_t i = 0; i < digits.len; i++)
		v = v * 10 + (unsigned)(digits.p[i] - '0');
	return v < limit;
}

/* 12:31, 12:31:07, 9:05 pm GMT: how many tokens it has; 0: it is none. */
static size_t
clock_at(const struct text *t, size_t i, size_t end)
{
	size_t n = 1;

	if (!is_below(text_word(t, i), 2, 25))
		return 0;
	while (n < 3 && i + n < end && text_word(t, i + n).len == 2 &&
	    sv_is(gap_after(t, i + n - 1, end), ":") &&
	    is_below(text_word(t, i + n), 2, 60))
		n++;
	if (n == 1)
		return 0;
	while (i + n < end && is_zone(text_word(t, i + n)))
		n++;
	return n;
}

/* How many tokens from this one on count nothing. */
static size_t
quiet_at(const struct text *t, size_t first, size_t i, size_t end)
{
	struct sv word = text_word(t, i);
	bool is_last = i + 1 == end;
	enum quiet next, before;
	size_t clock;

	if (!is_number(word))
		return quiet_word(word) == MARK;
	if ((clock = clock_at(t, i, end)) != 0)
		return clock;
	next = is_last ? LOUD : quiet_word(text_word(t, i + 1));
	before = i == first ? LOUD : quiet_word(text_word(t, i - 1));
	return next == BEFORE || next == EITHER || before == MARK ||
	    before == AFTER || before == EITHER;
}

/* Tokens of a text. */
struct range {
	size_t first, end;
};

static struct range
add_text(struct text *t, enum field field, struct sv v)
{
	size_t first = t->ntokens;

	text_add(t, field, v);
	return (struct range) { first, t->ntokens };
}

static struct range
add_lead(struct text *t, struct sv v)
{
	struct range r = add_text(t, FIELD_SUMMARY, v);

	if (r.end > r.first + CHANGE_LEAD_WORDS)
		r.end = r.first + CHANGE_LEAD_WORDS;
	return r;
}

/* They are there until text is added. */
static void
read_words(const struct text *t, struct range r, struct words *out)
{
	size_t quiet;

	out->n = 0;
	for (size_t i = r.first; i < r.end && out->n < MOST_WORDS; i += quiet) {
		quiet = quiet_at(t, r.first, i, r.end);
		if (quiet == 0)
			out->v[out->n++] = text_word(t, i);
		quiet += quiet == 0;
	}
}

/* Words run together, so that a hyphen or a blank makes no difference, except
 * beside numbers. */
static uint64_t
hash_words(uint64_t seed, const struct words *w)
{
	char joined[2 * (CHANGE_TITLE_BYTES + CHANGE_LEAD_BYTES)];
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct sv v = w->v[i];

		if (n + v.len + 1 > sizeof(joined))
			break;
		if (i != 0 && (has_digit(v) || has_digit(w->v[i - 1])))
			joined[n++] = NUMBER_JOIN;
		memcpy(joined + n, v.p, v.len);
		n += v.len;
	}
	return text_hash(seed, (struct sv) { joined, n });
}

static int64_t
not_zero(uint64_t hash)
{
	return hash != 0 ? (int64_t)hash : 1;
}

int64_t
change_hash(const struct wording *w)
{
	return not_zero(text_hash(text_hash(SEED, w->title), w->lead));
}

int64_t
change_digest(struct text *scratch, const struct wording *w)
{
	struct range in_title, in_lead;
	struct words title, lead;

	text_clear(scratch, SEED);
	in_title = add_text(scratch, FIELD_TITLE, w->title);
	in_lead = add_lead(scratch, w->lead);
	read_words(scratch, in_title, &title);
	read_words(scratch, in_lead, &lead);
	return not_zero(hash_words(hash_words(SEED, &title), &lead));
}

static enum change
notice_of(struct sv phrase)
{
#define NOTICE_ROW(phrase, kind) { phrase, kind },
	static const struct {
		const char *phrase;
		enum change kind;
	} rows[] = { NOTICES(NOTICE_ROW) };
#undef NOTICE_ROW

	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (sv_is(phrase, rows[i].phrase))
			return rows[i].kind;
	return CHANGE_NONE;
}

static bool
has_any(struct sv text, const char *const *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sv_find(text, sv_of(marks[i])) < text.len)
			return true;
	return false;
}

/* "CORRECTED-", "Correction:", but not "Correction of the market". */
static bool
ends_a_notice(const struct text *t, size_t i, size_t end)
{
	static const char *const marks[] = { ":", "-", "–", "—", "/", "|", ")",
		"]", ".", "：", "）", "】", "］", "。" };

	return i + 1 == end ||
	    has_any(gap_after(t, i, end), marks, COUNTOF(marks));
}

/* "(Corrects spelling of name in first paragraph)" */
static bool
begins_in_brackets(const struct text *t, size_t first, size_t i)
{
	static const char *const marks[] = { "(", "[", "（", "【", "［" };
	struct sv text = t->parts[t->tokens[i].part].text;
	size_t from = 0;

	if (i != first)
		from = t->tokens[i - 1].start + t->tokens[i - 1].length;
	return has_any(sv_sub(text, from, t->tokens[i].start - from), marks,
	    COUNTOF(marks));
}

static enum change
notice_in(const struct text *t, struct range r)
{
	char phrase[PHRASE_BYTES];
	size_t i = r.first, begin, quiet, n = 0;

	while (i < r.end && (quiet = quiet_at(t, r.first, i, r.end)) != 0)
		i += quiet;
	for (begin = i; i < r.end; i++) {
		struct sv word = text_word(t, i);
		enum change kind;

		if (n + word.len > sizeof(phrase))
			break;
		memcpy(phrase + n, word.p, word.len);
		n += word.len;
		kind = notice_of((struct sv) { phrase, n });
		if (kind != CHANGE_NONE &&
		    (ends_a_notice(t, i, r.end) ||
			begins_in_brackets(t, r.first, begin)))
			return kind;
	}
	return CHANGE_NONE;
}

enum change
change_notice(struct text *scratch, const struct wording *w)
{
	struct range title, lead;
	enum change found;

	text_clear(scratch, SEED);
	title = add_text(scratch, FIELD_TITLE, w->title);
	lead = add_lead(scratch, w->lead);
	found = notice_in(scratch, title);
	return found != CHANGE_NONE ? found : notice_in(scratch, lead);
}

static bool
same_words(const struct words *a, const struct words *b)
{
	return hash_words(SEED, a) == hash_words(SEED, b);
}

static size_t
letters_of(struct sv word, uint32_t out[TYPO_MOST])
{
	size_t n = 0;

	while (word.len != 0 && n < TYPO_MOST)
		word = sv_from(word, utf8_decode(word, &out[n++]));
	return word.len == 0 ? n : 0;
}

/* One letter more or less, or two that changed places, behind the first: what a
 * slip looks like.  Another letter instead of one makes another word: Iran,
 * Iraq. */
static bool
is_slip(struct sv a, struct sv b)
{
	uint32_t x[TYPO_MOST], y[TYPO_MOST];
	size_t nx = letters_of(a, x), ny = letters_of(b, y), head = 0, tail = 0;

	if (has_digit(a) || has_digit(b) || nx < TYPO_LETTERS ||
	    ny < TYPO_LETTERS)
		return false;
	while (head < nx && head < ny && x[head] == y[head])
		head++;
	while (tail < nx - head && tail < ny - head &&
	    x[nx - 1 - tail] == y[ny - 1 - tail])
		tail++;
	if (head == 0)
		return false;
	if (nx == ny)
		return nx - head - tail == 2 && x[head] == y[head + 1] &&
		    x[head + 1] == y[head];
	return (nx > ny ? nx : ny) - head - tail == 1;
}

static bool
is_one_slip(const struct words *a, const struct words *b)
{
	size_t n = 0, at = 0;

	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!sv_eq(a->v[i], b->v[i])) {
			n++;
			at = i;
		}
	return n == 1 && is_slip(a->v[at], b->v[at]);
}

/* Words of `a` that `b` lacks; `*numbers`: one of them is a number. */
static size_t
missing(const struct words *a, const struct words *b, bool *numbers)
{
	bool used[MOST_WORDS] = { false };
	size_t n = 0, k;

	for (size_t i = 0; i < a->n; i++) {
		for (k = 0; k < b->n; k++)
			if (!used[k] && sv_eq(a->v[i], b->v[k]))
				break;
		if (k < b->n) {
			used[k] = true;
			continue;
		}
		n++;
		*numbers = *numbers || has_digit(a->v[i]);
	}
	return n;
}

/* What is left out says nothing. */
static bool
is_another_lead(const struct words *before, const struct words *now)
{
	size_t most = before->n > now->n ? before->n : now->n;
	bool numbers = false;
	size_t gone, added;

	if (now->n == 0 || same_words(before, now) || is_one_slip(before, now))
		return false;
	gone = missing(before, now, &numbers);
	numbers = false;
	added = missing(now, before, &numbers);
	return numbers || 10 * (gone > added ? gone : added) >= most;
}

static bool
is_another_title(const struct words *before, const struct words *now)
{
	return now->n != 0 && !same_words(before, now) &&
	    !is_one_slip(before, now);
}

static bool
texts_differ(const struct text *t, struct range before, struct range now,
    bool (*differ)(const struct words *, const struct words *))
{
	struct words a, b;

	read_words(t, before, &a);
	read_words(t, now, &b);
	return differ(&a, &b);
}

enum change
change_between(struct text *scratch, const struct wording *before,
    const struct wording *now)
{
	enum change notice = change_notice(scratch, now);
	struct range title[2], lead[2];

	if (notice != CHANGE_NONE && notice != change_notice(scratch, before))
		return notice;
	text_clear(scratch, SEED);
	title[0] = add_text(scratch, FIELD_TITLE, before->title);
	title[1] = add_text(scratch, FIELD_TITLE, now->title);
	lead[0] = add_lead(scratch, before->lead);
	lead[1] = add_lead(scratch, now->lead);
	if (texts_differ(scratch, title[0], title[1], is_another_title))
		return CHANGE_TITLE;
	return texts_differ(scratch, lead[0], lead[1], is_another_lead)
	    ? CHANGE_LEAD
	    : CHANGE_NONE;
}
