/* filters/nfc.c: a text in Unicode's normalization form C, with the way back.
 */
#include "filters/nfc.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "filters/fold.h"
#include "unicode_tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_MARK 0x300u /* nothing before it ever changes */
#define HANGUL_BASE 0xAC00u
#define HANGUL_L 0x1100u
#define HANGUL_V 0x1161u
#define HANGUL_T 0x11A7u
#define HANGUL_NL 19u
#define HANGUL_NV 21u
#define HANGUL_NT 28u

struct run {
	uint32_t v[(NFC_MARKS + 1) * CHAR_DECOMPOSED_MAX];
	size_t n;
};

static bool
may_change(uint32_t cp)
{
	size_t lo = 0, hi = COUNTOF(unsettled);

	if (cp < FIRST_MARK)
		return false;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (unsettled[mid].last < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < COUNTOF(unsettled) && unsettled[lo].first <= cp;
}

/* What two code points become together, or 0. */
static uint32_t
compose(uint32_t first, uint32_t second)
{
	size_t lo = 0, hi = COUNTOF(compositions);

	if (first - HANGUL_L < HANGUL_NL && second - HANGUL_V < HANGUL_NV)
		return HANGUL_BASE +
		    ((first - HANGUL_L) * HANGUL_NV + second - HANGUL_V) *
		    HANGUL_NT;
	if (first - HANGUL_BASE < HANGUL_NL * HANGUL_NV * HANGUL_NT &&
	    (first - HANGUL_BASE) % HANGUL_NT == 0 &&
	    second - HANGUL_T - 1 < HANGUL_NT - 1)
		return first + second - HANGUL_T;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct char_composition *c = &compositions[mid];

		if (c->first < first ||
		    (c->first == first && c->second < second))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < COUNTOF(compositions) && compositions[lo].first == first &&
		compositions[lo].second == second
	    ? compositions[lo].to
	    : 0;
}

/* Appends in canonical order: a mark moves before marks of higher class. */
static void
put(struct run *r, uint32_t cp)
{
	uint32_t class = char_combining_class(cp);
	size_t at = r->n++;

	assert(at < COUNTOF(r->v));
	for (;
	     class != 0 && at > 0 && char_combining_class(r->v[at - 1]) > class;
	     at--)
		r->v[at] = r->v[at - 1];
	r->v[at] = cp;
}

/* Hangul syllables stay whole: what follows them is joined to them. */
static void
put_decomposed(struct run *r, uint32_t cp)
{
	uint32_t parts[CHAR_DECOMPOSED_MAX];
	size_t n = char_decompose(cp, parts);

	for (size_t i = 0; i < n; i++)
		put(r, parts[i]);
}

/* Joins each mark to the starter before it unless another stands between that
 * is of the same class or of none. */
static void
compose_run(struct run *r)
{
	size_t out = 0, starter = SIZE_MAX;
	uint32_t before = 0; /* class of the last that was not joined */

	for (size_t i = 0; i < r->n; i++) {
		uint32_t cp = r->v[i], class = char_combining_class(cp),
			 both = 0;
		bool blocked = starter != SIZE_MAX && out != starter + 1 &&
		    (before == 0 || before >= class);

		if (starter != SIZE_MAX && !blocked)
			both = compose(r->v[starter], cp);
		if (both != 0) {
			r->v[starter] = both;
			continue;
		}
		if (class == 0)
			starter = out;
		before = class;
		r->v[out++] = cp;
	}
	r->n = out;
}

static void
add_step(struct nfc *n, size_t origin, bool changed)
{
	n->steps = mem_grow(
	    n->steps, &n->capsteps, n->nsteps + 1, sizeof(*n->steps));
	n->steps[n->nsteps++] = (struct nfc_step) { (uint32_t)n->nbytes,
		(uint32_t)origin, changed };
}

static void
add_bytes(struct nfc *n, struct sv v)
{
	if (v.len == 0)
		return;
	n->bytes = mem_grow(n->bytes, &n->capbytes, n->nbytes + v.len, 1);
	memcpy(n->bytes + n->nbytes, v.p, v.len);
	n->nbytes += v.len;
}

/* The bytes of the code points that two texts begin with alike. */
static size_t
common_prefix(struct sv a, struct sv b)
{
	size_t at = 0, len;
	uint32_t cp;

	while (at < a.len) {
		len = utf8_decode(sv_from(a, at), &cp);
		if (!sv_eq(sv_sub(a, at, len), sv_sub(b, at, len)))
			break;
		at += len;
	}
	return at;
}

/* Replaces what stands from `from` to `to` of the original, of which all that
 * is before `*done` has been copied. */
static void
replace(struct nfc *n, struct sv v, size_t *done, size_t from, size_t to,
    struct sv by)
{
	size_t same = common_prefix(sv_sub(v, from, to - from), by);

	from += same;
	by = sv_from(by, same);
	if (from == to)
		return;
	add_step(n, *done, false);
	add_bytes(n, sv_sub(v, *done, from - *done));
	add_step(n, from, true);
	add_bytes(n, by);
	*done = to;
}

/* The end of the run of code points that belong together, which begins at
 * `at` with `cp` of `len` bytes. */
static size_t
take_run(struct run *r, struct sv v, size_t at, uint32_t cp, size_t len)
{
	r->n = 0;
	put_decomposed(r, cp);
	at += len;
	for (size_t i = 0; i < NFC_MARKS && at < v.len; i++, at += len) {
		len = utf8_decode(sv_from(v, at), &cp);
		if (!may_change(cp))
			break;
		put_decomposed(r, cp);
	}
	return at;
}

static bool
is_next_settled(struct sv v, size_t at)
{
	uint32_t cp;

	if (at >= v.len || (unsigned char)v.p[at] < 0x80)
		return true;
	(void)utf8_decode(sv_from(v, at), &cp);
	return !may_change(cp);
}

static bool
is_as_encoded(struct sv v, size_t at, uint32_t cp, size_t len)
{
	char bytes[4] = { 0 };
	size_t n = utf8_encode(cp, bytes);

	return sv_eq(sv_sub(v, at, len), (struct sv) { bytes, n });
}

void
nfc_set(struct nfc *n, struct sv v)
{
	char bytes[COUNTOF(((struct run *)NULL)->v) * 4];
	size_t done = 0, len, end, out;
	struct run r;
	uint32_t cp;

	assert(v.len < UINT32_MAX);
	n->nsteps = n->nbytes = 0;
	for (size_t at = 0; at < v.len; at = end) {
		len = utf8_decode(sv_from(v, at), &cp);
		end = at + len;
		if (!may_change(cp) && is_next_settled(v, end) &&
		    (cp != UTF8_REPLACEMENT || is_as_encoded(v, at, cp, len)))
			continue;
		end = take_run(&r, v, at, cp, len);
		compose_run(&r);
		out = 0;
		for (size_t i = 0; i < r.n; i++)
			out += utf8_encode(r.v[i], bytes + out);
		replace(n, v, &done, at, end, (struct sv) { bytes, out });
	}
	n->text = v;
	if (n->nsteps == 0)
		return;
	add_step(n, done, false);
	add_bytes(n, sv_from(v, done));
	add_step(n, v.len, false);
	n->text = (struct sv) { n->bytes, n->nbytes };
}

void
nfc_done(struct nfc *n)
{
	free(n->steps);
	free(n->bytes);
}

size_t
nfc_origin(const struct nfc *n, size_t at, bool end)
{
	size_t lo = 0, hi = n->nsteps;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		/* An end at the beginning of a step belongs to the one before.
		 */
		if (end ? n->steps[mid].at < at : n->steps[mid].at <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0) /* nothing changed, or the very beginning */
		return at;
	if (!n->steps[lo - 1].changed)
		return n->steps[lo - 1].origin + at - n->steps[lo - 1].at;
	return n->steps[lo - (end ? 0 : 1)].origin;
}
