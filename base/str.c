/* base/str.c: a growing byte string with a ceiling. */
#include "base/str.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
str_init(struct str *s, size_t max)
{
	*s = (struct str) { .max = max };
}

void
str_done(struct str *s)
{
	free(s->p);
	str_init(s, s->max);
}

void
str_clear(struct str *s)
{
	s->len = 0;
	s->full = false;
	if (s->p != NULL)
		s->p[0] = '\0';
}

bool
str_reserve(struct str *s, size_t more)
{
	if (more > s->max - s->len) {
		s->full = true;
		return false;
	}
	if (s->len + more >= s->cap)
		s->p = mem_grow(s->p, &s->cap, s->len + more + 1, 1);
	return true;
}

bool
str_adds(struct str *s, const char *cstr)
{
	return str_add(s, sv_of(cstr));
}

bool
str_addcp(struct str *s, uint32_t cp)
{
	char bytes[4];
	size_t n = utf8_encode(cp, bytes);

	return str_add(s, (struct sv) { bytes, n });
}

bool
str_addf(struct str *s, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	bool ok;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("out of memory");
	ok = str_add(s, (struct sv) { text, (size_t)n });
	free(text);
	return ok;
}

/* White space that is more than one blank between words. */
static bool
is_wide_space(struct sv v, size_t at)
{
	char c = v.p[at];

	if ((unsigned char)c > ' ' || !ascii_is_space(c))
		return false;
	return c != ' ' || at + 1 == v.len || ascii_is_space(v.p[at + 1]);
}

void
str_add_words(struct str *s, struct sv v)
{
	for (v = sv_trim(v); v.len != 0; v = sv_trim(v)) {
		size_t n = 0;

		while (n < v.len && !is_wide_space(v, n))
			n++;
		if (s->len != 0)
			(void)str_addc(s, ' ');
		(void)str_add(s, sv_sub(v, 0, n));
		v = sv_from(v, n);
	}
}

struct sv
str_sv(const struct str *s)
{
	return (struct sv) { s->p, s->len };
}

const char *
str_c(const struct str *s)
{
	return s->p != NULL ? s->p : "";
}

char *
str_take(struct str *s)
{
	char *p = s->p != NULL ? s->p : mem_strdup("");

	s->p = NULL;
	s->len = s->cap = 0;
	s->full = false;
	return p;
}
