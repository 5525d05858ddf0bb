/* filters/regex.c: regular expressions (PCRE2), within bounds.
 *
 * The limits of PCRE2 count backtracking from one place of the text; neither
 * what is scanned without backtracking nor how many places are tried.  So a
 * callout before each element of a pattern counts the steps, and how far each
 * went.  There is no JIT: the service forbids memory that is both written and
 * executed. */
#include "filters/regex.h"

#include <stdlib.h>

struct regex_search {
	pcre2_match_context *context;
	pcre2_match_data *data;
	uint64_t *steps; /* left; of the search at hand */
	size_t start, position; /* of the last callout */
};

static int
on_step(pcre2_callout_block *at, void *arg)
{
	struct regex_search *s = arg;
	uint64_t cost = 1;

	if (at->start_match != s->start) {
		s->start = at->start_match;
		s->position = s->start;
	}
	if (at->current_position > s->position)
		cost += at->current_position - s->position;
	s->position = at->current_position;
	if (*s->steps < cost) {
		*s->steps = 0;
		return PCRE2_ERROR_CALLOUT;
	}
	*s->steps -= cost;
	return 0;
}

pcre2_code *
regex_compile(struct sv pattern, bool caseless, size_t *error_at, struct err *e)
{
	const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_AUTO_CALLOUT |
	    PCRE2_NEVER_BACKSLASH_C | (caseless ? PCRE2_CASELESS : 0);
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR message[ERR_BYTES];
	pcre2_code *code = NULL;
	int error = PCRE2_ERROR_NOMEMORY;

	*error_at = 0;
	if (context != NULL) {
		(void)pcre2_set_parens_nest_limit(context, REGEX_NESTING);
		code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.len,
		    options, &error, error_at, context);
	}
	pcre2_compile_context_free(context);
	if (code != NULL)
		return code;
	if (*error_at > pattern.len)
		*error_at = pattern.len;
	(void)pcre2_get_error_message(error, message, sizeof(message));
	(void)err_set(e, "%s", (const char *)message);
	return NULL;
}

void
regex_free(pcre2_code *code)
{
	pcre2_code_free(code);
}

size_t
regex_bytes(const pcre2_code *code)
{
	size_t bytes = 0;

	(void)pcre2_pattern_info(code, PCRE2_INFO_SIZE, &bytes);
	return bytes;
}

struct regex_search *
regex_search_new(void)
{
	struct regex_search *s = mem_calloc(1, sizeof(*s));

	s->context = pcre2_match_context_create(NULL);
	s->data = pcre2_match_data_create(1, NULL);
	if (s->context == NULL || s->data == NULL)
		BUG("out of memory");
	(void)pcre2_set_match_limit(s->context, REGEX_MATCH_LIMIT);
	(void)pcre2_set_depth_limit(s->context, REGEX_DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(s->context, REGEX_HEAP_KIB);
	(void)pcre2_set_callout(s->context, on_step, s);
	return s;
}

void
regex_search_free(struct regex_search *s)
{
	if (s == NULL)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	free(s);
}

enum regex_result
regex_find(struct regex_search *s, const pcre2_code *code, struct sv text,
    size_t from, bool partial, uint64_t *steps, size_t *start, size_t *end)
{
	const uint32_t options = PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY |
	    (partial ? PCRE2_NOTEOL : 0);
	const PCRE2_SIZE *place = pcre2_get_ovector_pointer(s->data);
	int rc;

	s->steps = steps;
	s->start = s->position = from;
	rc = pcre2_match(code, (PCRE2_SPTR)text.p, text.len, from, options,
	    s->data, s->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return REGEX_NONE;
	if (rc < 0)
		return REGEX_GAVE_UP;
	if (place[0] >= place[1] || place[0] < from)
		return REGEX_NONE;
	*start = place[0];
	*end = place[1];
	return REGEX_FOUND;
}
