/* filters/glob.c: words with wildcards. */
#include "filters/glob.h"

#include "base/utf8.h"

#define NOWHERE SIZE_MAX

bool
glob_match(struct sv pattern, struct sv word)
{
	size_t p = 0, w = 0, star = NOWHERE, resume = 0;

	while (w < word.len) {
		uint32_t want, have;
		size_t np = utf8_decode(sv_from(pattern, p), &want);
		size_t nw = utf8_decode(sv_from(word, w), &have);

		if (np != 0 && want == GLOB_ANY) {
			star = p += np;
			resume = w;
		} else if (np != 0 && (want == have || want == GLOB_ONE)) {
			p += np;
			w += nw;
		} else if (star != NOWHERE) {
			p = star;
			resume += utf8_decode(sv_from(word, resume), &have);
			w = resume;
		} else {
			return false;
		}
	}
	while (p < pattern.len) {
		uint32_t want;

		p += utf8_decode(sv_from(pattern, p), &want);
		if (want != GLOB_ANY)
			return false;
	}
	return true;
}

size_t
glob_literal(struct sv pattern)
{
	size_t n;
	uint32_t cp;

	for (size_t at = 0; at < pattern.len; at += n) {
		n = utf8_decode(sv_from(pattern, at), &cp);
		if (cp == GLOB_ANY || cp == GLOB_ONE)
			return at;
	}
	return pattern.len;
}
