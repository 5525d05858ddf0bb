/* tests/fuzz/fuzz_article.c: any page gives an article or a reason. */
#include "feeds/article.h"

#include "base/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = { (const char *)data, size };
	struct article art = { 0 };
	struct err e = { "" };
	struct arena a;

	arena_init(&a);
	if (article_extract(
		in, SV_NONE, SV("http://example.org/"), &a, &art, &e)) {
		assert(utf8_valid(art.text));
		assert(utf8_valid(art.title));
	} else {
		assert(e.msg[0] != '\0');
	}
	arena_done(&a);
	return 0;
}
