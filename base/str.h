/* base/str.h: a growing byte string with a ceiling. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/mem.h"

#include <string.h>

/* Always NUL-terminated once something was appended; the NUL is not counted. */
struct str {
	char *p;
	size_t len, cap, max;
	bool full; /* an append did not fit; stays until str_clear() */
};

/* `max` is the most bytes it may hold. */
void str_init(struct str *s, size_t max);
void str_done(struct str *s);
void str_clear(struct str *s); /* empty again, memory kept */

/* Append all or nothing; false when it would pass the ceiling, which also sets
 * `full`: a caller may append many times and look at `full` once. */
static inline bool str_add(struct str *s, struct sv v);
bool str_adds(struct str *s, const char *cstr);
static inline bool str_addc(struct str *s, char c);
bool str_addcp(struct str *s, uint32_t cp); /* as UTF-8 */
bool str_addf(struct str *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Appends what stands between ASCII white space, each behind a blank unless it
 * is the first in `s`. */
void str_add_words(struct str *s, struct sv v);

struct sv str_sv(const struct str *s);
const char *str_c(const struct str *s); /* "" when nothing was appended */

/* Returns the bytes owned, NUL-terminated, and leaves `s` empty. */
char *str_take(struct str *s);

bool str_reserve(struct str *s, size_t more); /* for those below alone */

static inline bool
str_has_room(const struct str *s, size_t more)
{
	return more <= s->max - s->len && more < s->cap - s->len;
}

static inline bool
str_add(struct str *s, struct sv v)
{
	if (!str_has_room(s, v.len) && !str_reserve(s, v.len))
		return false;
	if (v.len != 0)
		memcpy(s->p + s->len, v.p, v.len);
	s->len += v.len;
	s->p[s->len] = '\0';
	return true;
}

static inline bool
str_addc(struct str *s, char c)
{
	if (!str_has_room(s, 1) && !str_reserve(s, 1))
		return false;
	s->p[s->len++] = c;
	s->p[s->len] = '\0';
	return true;
}

#endif
