/* tests/fuzz/fuzz_html.c: HTML to text never fails, and gives clean text. */
#include "feeds/html.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = { (const char *)data, size };
	struct str out;

	str_init(&out, MiB(1));
	html_to_text(&out, in);
	assert(utf8_valid(str_sv(&out)));
	assert(sv_find(str_sv(&out), SV("  ")) == out.len);
	assert(out.len == 0 || (out.p[0] != ' ' && out.p[out.len - 1] != ' '));
	(void)html_is_markup(in);
	str_done(&out);
	return 0;
}
