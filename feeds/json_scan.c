/* feeds/json_scan.c: what calls itself JSON goes in piece by piece; its values
 * come out. */
#include "feeds/json_scan.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/utf8.h"

#include <stdlib.h>

enum state {
	BETWEEN, /* tokens */
	SLASH, /* the first of a comment */
	LINE_COMMENT,
	BLOCK_COMMENT,
	STAR, /* perhaps the end of a block comment */
	STRING,
	ESCAPE,
	WORD /* a number or a literal */
};

/* What may come next. */
enum next {
	KEY,
	COLON,
	VALUE
};

struct json_scan {
	const struct json_scan_events *events;
	struct raw *raw; /* borrowed */
	void *arg;
	enum state state;
	enum next next;
	bool is_array[FEED_DEPTH]; /* of what is open */
	size_t depth;
	struct str key, text; /* of the value under way */
	char escape[6]; /* \uXXXX, as far as it has come */
	size_t nescape;
	uint32_t high; /* surrogate that waits for its other half; 0: none */
	bool closed, failed;
	const char *expected; /* where the syntax is broken */
	size_t line, byte; /* of the end of the last piece, from 0 */
	struct err err; /* why it failed */
};

struct json_scan *
json_scan_new(const struct json_scan_events *events, struct raw *raw, void *arg)
{
	struct json_scan *x = mem_calloc(1, sizeof(*x));

	x->events = events;
	x->raw = raw;
	x->arg = arg;
	x->next = VALUE;
	str_init(&x->key, JSON_KEY_BYTES);
	str_init(&x->text, ITEM_TEXT_BYTES);
	return x;
}

void
json_scan_free(struct json_scan *x)
{
	if (x == NULL)
		return;
	str_done(&x->key);
	str_done(&x->text);
	free(x);
}

bool
json_scan_closed(const struct json_scan *x)
{
	return x->closed;
}

/* Every function named take_x looks at the front of `v` and returns the bytes
 * it has dealt with; 0 only with a new state. */
static size_t
broken(struct json_scan *x, const char *expected)
{
	x->failed = true;
	x->expected = expected;
	return 0;
}

static bool
in_array(const struct json_scan *x)
{
	return x->depth != 0 && x->is_array[x->depth - 1];
}

static bool
in_object(const struct json_scan *x)
{
	return x->depth != 0 && !x->is_array[x->depth - 1];
}

/* A value has ended, or an object or array begun. */
static void
go_on(struct json_scan *x)
{
	str_clear(&x->key);
	str_clear(&x->text);
	x->next = in_object(x) ? KEY : VALUE;
	x->closed = x->depth == 0;
}

static void
put_value(struct json_scan *x, enum json_scan_type type)
{
	x->events->value(type, str_sv(&x->key), str_sv(&x->text), x->arg);
	go_on(x);
}

static size_t
take_open(struct json_scan *x, enum json_scan_type type)
{
	if (x->depth == FEED_DEPTH) {
		x->failed = true;
		(void)err_set(&x->err,
		    "depth of the objects and arrays is more than %d",
		    FEED_DEPTH);
		return 0;
	}
	if (!x->events->open(type, str_sv(&x->key), x->arg, &x->err)) {
		x->failed = true;
		return 0;
	}
	x->is_array[x->depth++] = type == JSON_SCAN_ARRAY;
	go_on(x);
	return 1;
}

static size_t
take_close(struct json_scan *x, bool array)
{
	if (x->depth == 0 || x->next == COLON)
		return broken(x, x->depth == 0 ? "a value" : "\":\"");
	if (array != in_array(x))
		return broken(x, array ? "\"}\"" : "\"]\"");
	if (!array && x->next == VALUE)
		put_value(x, JSON_SCAN_NULL);
	x->depth--;
	x->events->close(x->arg);
	go_on(x);
	return 1;
}

static size_t
take_comma(struct json_scan *x)
{
	if (x->next == COLON)
		return broken(x, "\":\"");
	if (x->next == VALUE && in_object(x))
		put_value(x, JSON_SCAN_NULL);
	return 1;
}

static bool
is_word(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '+' || c == '.' ||
	    c == '_';
}

static const char *
what_is_next(const struct json_scan *x)
{
	switch (x->next) {
	case KEY:
		return "a key or \"}\"";
	case COLON:
		return "\":\"";
	case VALUE:
		return in_array(x) ? "a value or \"]\"" : "a value";
	}
	BUG("no such thing");
}

/* A string, a number, a literal, or the colon behind a key. */
static size_t
take_scalar(struct json_scan *x, char c)
{
	if (c == ':' && x->next == COLON)
		x->next = VALUE;
	else if (c == '"' && x->next != COLON)
		x->state = STRING;
	else if (is_word(c) && x->next == VALUE)
		x->state = WORD;
	else
		return broken(x, what_is_next(x));
	return x->state != WORD;
}

/* Controls and the parts of a byte order mark count as white space. */
static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == '\xEF' || c == '\xBB' ||
	    c == '\xBF';
}

static size_t
take_token(struct json_scan *x, struct sv v)
{
	char c = v.p[0];

	if (is_blank(c))
		return 1;
	if (c == ',')
		return take_comma(x);
	raw_token(x->raw, v.p, v.p + 1);
	if (c == '}' || c == ']')
		return take_close(x, c == ']');
	if ((c == '{' || c == '[') && x->next == VALUE)
		return take_open(
		    x, c == '{' ? JSON_SCAN_OBJECT : JSON_SCAN_ARRAY);
	if (c != '/')
		return take_scalar(x, c);
	x->state = SLASH;
	return 1;
}

static size_t
take_slash(struct json_scan *x, char c)
{
	if (c != '/' && c != '*')
		return broken(x, what_is_next(x));
	x->state = c == '/' ? LINE_COMMENT : BLOCK_COMMENT;
	return 1;
}

/* All up to and with `end`, behind which `then` begins. */
static size_t
skip_to(struct json_scan *x, struct sv v, char end, enum state then)
{
	size_t n = sv_chr(v, end);

	if (n == v.len)
		return n;
	x->state = then;
	return n + 1;
}

static size_t
take_star(struct json_scan *x, char c)
{
	if (c == '/')
		x->state = BETWEEN;
	else if (c != '*')
		x->state = BLOCK_COMMENT;
	return 1;
}

/* Long texts are cut, not refused; what comes behind the cut is dropped. */
static void
append(struct json_scan *x, struct sv v)
{
	struct str *to = x->next == KEY ? &x->key : &x->text;
	struct sv fits = utf8_prefix(v, to->max - to->len);

	if (to->full)
		return;
	(void)str_add(to, fits);
	to->full = fits.len < v.len;
}

static void
append_code_point(struct json_scan *x, uint32_t cp)
{
	char bytes[4];
	size_t n = utf8_encode(cp, bytes);

	if (cp >= ' ' || ascii_is_space((char)cp))
		append(x, (struct sv) { bytes, n });
}

/* A surrogate whose other half did not follow. */
static void
drop_high(struct json_scan *x)
{
	if (x->high != 0)
		append_code_point(x, UTF8_REPLACEMENT);
	x->high = 0;
}

static void
append_utf16(struct json_scan *x, uint32_t unit)
{
	bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;

	if (is_low && x->high != 0) {
		append_code_point(
		    x, 0x10000 + ((x->high - 0xD800) << 10) + (unit - 0xDC00));
		x->high = 0;
		return;
	}
	drop_high(x);
	if (unit >= 0xD800 && unit <= 0xDBFF)
		x->high = unit;
	else
		append_code_point(x, unit);
}

static const unsigned char stops[256] = {
	[0 ... 8] = 1,
	[14 ... 31] = 1,
	['"'] = 1,
	['\\'] = 1,
};

static size_t
take_string(struct json_scan *x, struct sv v)
{
	size_t n = 0;

	while (n < v.len && stops[(unsigned char)v.p[n]] == 0)
		n++;
	if (n != 0) {
		drop_high(x);
		append(x, sv_sub(v, 0, n));
		return n;
	}
	if (v.p[0] == '\\') {
		x->state = ESCAPE;
		x->nescape = 0;
		return 0;
	}
	if (v.p[0] != '"')
		return 1;
	drop_high(x);
	x->state = BETWEEN;
	if (x->next == KEY)
		x->next = COLON;
	else
		put_value(x, JSON_SCAN_STRING);
	return 1;
}

/* What a letter behind a backslash stands for; 0: for nothing. */
static char
unescape(char c)
{
	static const char pairs[] = "\"\"\\\\//''b\bf\fn\nr\rt\t";

	for (const char *p = pairs; *p != '\0'; p += 2)
		if (*p == c)
			return p[1];
	return '\0';
}

/* -1: no digit. */
static int
hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* May `c` stand at this place of an escape? */
static bool
belongs_to_escape(char c, size_t at)
{
	if (at == 0)
		return true;
	return at == 1 ? c == 'u' || unescape(c) != '\0' : hex(c) >= 0;
}

static void
end_escape(struct json_scan *x)
{
	uint32_t unit = 0;

	if (x->nescape == 2) {
		drop_high(x);
		append_code_point(x, (unsigned char)unescape(x->escape[1]));
		return;
	}
	for (size_t i = 2; i < x->nescape; i++)
		unit = unit << 4 | (uint32_t)hex(x->escape[i]);
	append_utf16(x, unit);
}

/* What begins like an escape and is none stays as it is. */
static size_t
take_escape(struct json_scan *x, char c)
{
	if (!belongs_to_escape(c, x->nescape)) {
		x->state = STRING;
		drop_high(x);
		append(x, (struct sv) { x->escape, x->nescape });
		return 0;
	}
	x->escape[x->nescape++] = c;
	if (x->nescape == sizeof(x->escape) || (x->nescape == 2 && c != 'u')) {
		x->state = STRING;
		end_escape(x);
	}
	return 1;
}

static const struct literal {
	const char *word;
	enum json_scan_type type;
} literals[] = {
	{ "true", JSON_SCAN_BOOL },
	{ "false", JSON_SCAN_BOOL },
	{ "null", JSON_SCAN_NULL },
	{ "NaN", JSON_SCAN_NULL },
	{ "Infinity", JSON_SCAN_NULL },
	{ "undefined", JSON_SCAN_NULL },
};

/* In a broken document the state stays. */
static void
end_word(struct json_scan *x)
{
	struct sv word = str_sv(&x->text);
	enum json_scan_type type = JSON_SCAN_NUMBER;
	size_t i = 0;

	if (ascii_is_alpha(word.p[0])) {
		while (i < COUNTOF(literals) && !sv_is(word, literals[i].word))
			i++;
		if (i == COUNTOF(literals)) {
			(void)broken(x, "a value");
			return;
		}
		type = literals[i].type;
	}
	x->state = BETWEEN;
	put_value(x, type);
}

static size_t
take_word(struct json_scan *x, struct sv v)
{
	size_t n = 0;

	while (n < v.len && is_word(v.p[n]))
		n++;
	append(x, sv_sub(v, 0, n));
	if (n == v.len)
		return n;
	end_word(x);
	return n;
}

static size_t
take(struct json_scan *x, struct sv v)
{
	switch (x->state) {
	case BETWEEN:
		return take_token(x, v);
	case SLASH:
		return take_slash(x, v.p[0]);
	case LINE_COMMENT:
		return skip_to(x, v, '\n', BETWEEN);
	case BLOCK_COMMENT:
		return skip_to(x, v, '*', STAR);
	case STAR:
		return take_star(x, v.p[0]);
	case STRING:
		return take_string(x, v);
	case ESCAPE:
		return take_escape(x, v.p[0]);
	case WORD:
		return take_word(x, v);
	}
	BUG("no such state");
}

static void
move_behind(struct json_scan *x, struct sv v)
{
	for (size_t n = sv_chr(v, '\n'); n < v.len; n = sv_chr(v, '\n')) {
		x->line++;
		x->byte = 0;
		v = sv_from(v, n + 1);
	}
	x->byte += v.len;
}

static void
say_where(struct json_scan *x)
{
	size_t back = x->state == WORD ? x->text.len : 0;

	(void)err_set(&x->err,
	    "the JSON is broken at line %zu, byte %zu: %s should stand there",
	    x->line + 1, x->byte + 1 - back, x->expected);
}

bool
json_scan_push(struct json_scan *x, struct sv v, struct err *e)
{
	struct sv rest = v;

	if (x->failed)
		return err_set(e, "%s", x->err.msg);
	raw_go_on(x->raw, v);
	while (rest.len != 0 && !x->closed && !x->failed)
		rest = sv_from(rest, take(x, rest));
	raw_pause(x->raw, rest.len);
	move_behind(x, sv_sub(v, 0, v.len - rest.len));
	if (x->expected != NULL)
		say_where(x);
	return x->failed ? err_set(e, "%s", x->err.msg) : true;
}

bool
json_scan_finish(struct json_scan *x, struct err *e)
{
	if (!json_scan_push(x, SV_NONE, e))
		return false;
	return x->closed || err_set(e, "the document is cut short");
}
