/* filters/glob.c: words with wildcards. */
#include "filters/glob.h"

#include "base/utf8.h"

#define NOWHERE SIZE_MAX

#define FIRST_DIACRITIC 0x300u
#define LAST_DIACRITIC 0x36Fu

/* A letter is one character with its diacritics, where words have them. */
static size_t
skip_diacritics(struct sv word, size_t at)
{
	uint32_t cp;
	size_t n;

	while (n = utf8_decode(sv_from(word, at), &cp),
	    n != 0 && cp >= FIRST_DIACRITIC && cp <= LAST_DIACRITIC)
		at += n;
	return at;
}

bool
glob_match(struct sv pattern, struct sv word)
{
	size_t p = 0, w = 0, star = NOWHERE, resume = 0;

	while (w < word.len) {
		uint32_t want, have;
		size_t np = utf8_decode(sv_from(pattern, p), &want);
		size_t nw = utf8_decode(sv_from(word, w), &have);

		if (np != 0 && want == GLOB_ANY &&
		    skip_diacritics(word, w) == w) {
			star = p += np;
			resume = w;
		} else if (np != 0 && (want == have || want == GLOB_ONE)) {
			p += np;
			w += nw;
			if (want == GLOB_ONE)
				w = skip_diacritics(word, w);
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
