/* filters/regex.c: regular expressions (PCRE2), within bounds.
 *
 * The limits of PCRE2 count backtracking from one place of the text; neither
 * what is scanned without backtracking nor how many places are tried.  So a
 * callout before each element of a pattern counts the steps, and how far each
 * went.  One that fails on its way calls nobody: what an element of this
 * pattern may go in vain is counted with each step.  There is no JIT: the
 * service forbids memory that is both written and executed. */
#include "filters/regex.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Characters that cost as much as a step: repeated, gone back, compared with a
 * capture, passed on the way to where a match may begin, and passed when that
 * is one certain character. */
#define VAIN_PER_STEP 8
#define BEHIND_PER_STEP 32
#define COMPARED_PER_STEP 2
#define PASSED_PER_STEP 8
#define SOUGHT_PER_STEP 256
#define STEPS_OF_SEARCH 16
#define MOST_REPEATED 65535 /* that PCRE2 takes */

struct regex {
	pcre2_code *code;
	uint64_t step; /* what each costs, but for where it went */
	size_t passed_per_step;
	bool compares; /* with what was captured */
};

struct regex_search {
	pcre2_match_context *context;
	pcre2_match_data *data;
	const struct regex *regex; /* of the search at hand */
	uint64_t *steps; /* left */
	size_t start, position; /* of the last callout */
};

/* The longest capture: a back reference may be compared with all of it. */
static size_t
longest_capture(const pcre2_callout_block *at)
{
	size_t longest = 0;

	for (size_t i = 1; i < at->capture_top; i++) {
		PCRE2_SIZE start = at->offset_vector[2 * i];
		PCRE2_SIZE end = at->offset_vector[2 * i + 1];

		if (start != PCRE2_UNSET && end > start &&
		    end - start > longest)
			longest = end - start;
	}
	return longest;
}

static void
spend(uint64_t *steps, uint64_t cost)
{
	*steps -= cost < *steps ? cost : *steps;
}

static int
on_step(pcre2_callout_block *at, void *arg)
{
	struct regex_search *s = arg;
	uint64_t cost = s->regex->step;

	if (at->start_match != s->start) {
		s->start = at->start_match;
		s->position = s->start;
	}
	if (at->current_position > s->position)
		cost += at->current_position - s->position;
	s->position = at->current_position;
	if (s->regex->compares)
		cost += longest_capture(at) / COMPARED_PER_STEP;
	if (*s->steps < cost) {
		*s->steps = 0;
		return PCRE2_ERROR_CALLOUT;
	}
	*s->steps -= cost;
	return 0;
}

/* What has braces of its own, after its backslash: x{2014} */
static bool
has_braces(struct sv v)
{
	return v.len > 1 && v.p[1] == '{' &&
	    memchr("xopPNgk", v.p[0], strlen("xopPNgk")) != NULL;
}

/* The largest count of a repetition, as {12} or {12,}: how far an element may
 * go before it fails.  \X has no bounds itself. */
static size_t
most_repeated(struct sv pattern)
{
	size_t most = 0;

	for (size_t i = 0; i < pattern.len; i++) {
		size_t from = i + 1, end = from;
		uint64_t n;

		if (pattern.p[i] == '\\') {
			i++;
			if (sv_starts(sv_from(pattern, i), SV("X{")))
				return MOST_REPEATED;
			if (has_braces(sv_from(pattern, i)))
				i++;
			continue;
		}
		if (pattern.p[i] != '{')
			continue;
		while (end < pattern.len && ascii_is_digit(pattern.p[end]))
			end++;
		if (sv_to_u64(sv_sub(pattern, from, end - from), &n) &&
		    n > most)
			most = n;
	}
	return most;
}

/* What the steps of a pattern cost. */
static void
weigh(struct regex *r, struct sv pattern)
{
	size_t vain = most_repeated(pattern);
	uint32_t behind = 0, captures = 0, first = 0;

	(void)pcre2_pattern_info(r->code, PCRE2_INFO_MAXLOOKBEHIND, &behind);
	(void)pcre2_pattern_info(r->code, PCRE2_INFO_BACKREFMAX, &captures);
	(void)pcre2_pattern_info(r->code, PCRE2_INFO_FIRSTCODETYPE, &first);
	r->step = 1 + vain / VAIN_PER_STEP + behind / BEHIND_PER_STEP;
	r->compares = captures != 0;
	r->passed_per_step = first == 1 ? SOUGHT_PER_STEP : PASSED_PER_STEP;
}

struct regex *
regex_compile(struct sv pattern, bool caseless, size_t *error_at, struct err *e)
{
	const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_AUTO_CALLOUT |
	    PCRE2_NEVER_BACKSLASH_C | (caseless ? PCRE2_CASELESS : 0);
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	struct regex *r = mem_calloc(1, sizeof(*r));
	PCRE2_UCHAR message[ERR_BYTES];
	int error = PCRE2_ERROR_NOMEMORY;

	*error_at = 0;
	if (context != NULL) {
		(void)pcre2_set_parens_nest_limit(context, REGEX_NESTING);
		r->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.len,
		    options, &error, error_at, context);
	}
	pcre2_compile_context_free(context);
	if (r->code != NULL) {
		weigh(r, pattern);
		return r;
	}
	free(r);
	if (*error_at > pattern.len)
		*error_at = pattern.len;
	(void)pcre2_get_error_message(error, message, sizeof(message));
	(void)err_set(e, "%s", (const char *)message);
	return NULL;
}

void
regex_free(struct regex *r)
{
	if (r == NULL)
		return;
	pcre2_code_free(r->code);
	free(r);
}

size_t
regex_bytes(const struct regex *r)
{
	size_t bytes = 0;

	(void)pcre2_pattern_info(r->code, PCRE2_INFO_SIZE, &bytes);
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
regex_find(struct regex_search *s, const struct regex *r, struct sv text,
    size_t from, bool partial, uint64_t *steps, size_t *start, size_t *end)
{
	const uint32_t options = PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY |
	    (partial ? PCRE2_NOTEOL : 0);
	const PCRE2_SIZE *place = pcre2_get_ovector_pointer(s->data);
	bool found;
	int rc;

	if (*steps == 0)
		return REGEX_GAVE_UP;
	s->regex = r;
	s->steps = steps;
	s->start = s->position = from;
	rc = pcre2_match(r->code, (PCRE2_SPTR)text.p, text.len, from, options,
	    s->data, s->context);
	if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
		return REGEX_GAVE_UP;
	found = rc >= 0 && place[0] < place[1] && place[0] >= from;
	spend(steps,
	    STEPS_OF_SEARCH +
		((found ? place[0] : text.len) - from) / r->passed_per_step);
	if (!found)
		return REGEX_NONE;
	*start = place[0];
	*end = place[1];
	return REGEX_FOUND;
}
