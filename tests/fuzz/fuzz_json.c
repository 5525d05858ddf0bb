/* tests/fuzz/fuzz_json.c: JSON gives the same in any pieces, every end has its
 * beginning, and what is valid is read. */
#include "feeds/json_scan.h"

#include "base/str.h"
#include "base/utf8.h"

#include <assert.h>

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct trace {
	struct str out; /* of all that came */
	size_t depth;
};

static void
add(struct trace *t, char what, struct sv v)
{
	assert(utf8_valid(v));
	assert(sv_chr(v, '\0') == v.len);
	(void)str_addc(&t->out, what);
	(void)str_add(&t->out, v);
}

static bool
on_open(enum json_scan_type type, struct sv key, void *arg, struct err *e)
{
	struct trace *t = arg;

	(void)e;
	assert(t->depth < FEED_DEPTH);
	t->depth++;
	add(t, (char)type, key);
	return true;
}

static void
on_value(enum json_scan_type type, struct sv key, struct sv text, void *arg)
{
	add(arg, (char)type, key);
	add(arg, '=', text);
}

static void
on_close(void *arg)
{
	struct trace *t = arg;

	assert(t->depth != 0);
	t->depth--;
	add(t, '}', SV_NONE);
}

static bool
scan(struct sv in, size_t step, struct trace *t, struct err *e)
{
	static const struct json_scan_events events = { on_open, on_value,
		on_close };
	struct raw *raw = raw_new();
	struct json_scan *x = json_scan_new(&events, raw, t);
	bool ok = true;

	t->depth = 0;
	str_init(&t->out, MiB(16));
	while (in.len != 0 && ok) {
		struct sv piece = utf8_prefix(in, step);

		ok = json_scan_push(x, piece, e);
		in = sv_from(in, piece.len);
	}
	ok = ok && json_scan_finish(x, e);
	assert(!ok || t->depth == 0);
	json_scan_free(x);
	raw_free(raw);
	return ok;
}

static bool
is_valid(struct sv in)
{
	json_t *j = json_loadb(in.p != NULL ? in.p : "", in.len,
	    JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, NULL);

	json_decref(j);
	return j != NULL;
}

/* As the stage before gives it. */
static void
add_clean(struct str *out, struct sv in)
{
	uint32_t cp;

	while (in.len != 0) {
		in = sv_from(in, utf8_decode(in, &cp));
		(void)str_addcp(out, cp);
	}
}

/* The first byte says how long the pieces are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t step = size != 0 ? (size_t)data[0] + 4 : 4;
	struct trace whole, pieces;
	struct err e = { "" }, f = { "" };
	struct str in;
	bool ok;

	str_init(&in, MiB(16));
	add_clean(&in, sv_from((struct sv) { (const char *)data, size }, 1));
	ok = scan(str_sv(&in), in.len + 1, &whole, &e);
	assert(scan(str_sv(&in), step, &pieces, &f) == ok);
	assert(sv_eq(str_sv(&whole.out), str_sv(&pieces.out)));
	assert(ok || sv_is(sv_of(e.msg), f.msg));
	assert(ok || !is_valid(str_sv(&in)) ||
	    sv_starts(sv_of(e.msg), SV("depth")));
	str_done(&in);
	str_done(&whole.out);
	str_done(&pieces.out);
	return 0;
}
