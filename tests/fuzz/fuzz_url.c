/* tests/fuzz/fuzz_url.c: any text is split, resolved, compared and hidden as a
 * URL, in bounded room. */
#include "base/url.h"
#include "feeds/link.h"

#include "base/limits.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_inside(struct sv part, struct sv whole)
{
	return part.len == 0 ||
	    (part.p >= whole.p && part.p + part.len <= whole.p + whole.len);
}

static void
split(struct sv v)
{
	struct url u;

	url_split(v, &u);
	assert(is_inside(u.scheme, v) && is_inside(u.host, v) &&
	    is_inside(u.port, v) && is_inside(u.path, v) &&
	    is_inside(u.query, v) && is_inside(u.fragment, v));
}

/* The form for comparing is never longer. */
static void
compare(struct sv v)
{
	struct str once, hidden;

	str_init(&once, KiB(64));
	str_init(&hidden, KiB(64));
	link_canonical(&once, v);
	assert(once.len <= v.len + 1);
	(void)link_is_front_page(v);
	url_redact(&hidden, v, true);
	str_done(&once);
	str_done(&hidden);
}

/* As a configuration or a response has it. */
static bool
is_clean(struct sv base)
{
	for (size_t i = 0; i < base.len; i++)
		if ((unsigned char)base.p[i] <= ' ')
			return false;
	return true;
}

/* The first line is the base. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = sv_sub(
	    (struct sv) { (const char *)data, size }, 0, KiB(16));
	size_t n = sv_chr(in, '\n');
	struct sv base = sv_sub(in, 0, n), ref = sv_from(in, n + 1);
	struct str out;

	str_init(&out, URL_BYTES);
	split(ref);
	compare(ref);
	if (is_clean(base))
		url_resolve(&out, base, ref);
	for (size_t i = 0; url_is_http(str_sv(&out)) && i < out.len; i++)
		assert((unsigned char)out.p[i] > ' ');
	str_done(&out);
	return 0;
}
