/* net/head.c: the header fields of one answer, bounded. */
#include "net/head.h"

#include "base/limits.h"

void
head_init(struct head *h)
{
	str_init(&h->fields, HTTP_HEADER_BYTES);
	arena_init(&h->joined);
}

void
head_done(struct head *h)
{
	str_done(&h->fields);
	arena_done(&h->joined);
}

void
head_clear(struct head *h)
{
	str_clear(&h->fields);
	arena_clear(&h->joined);
}

static bool
continue_field(struct str *fields, struct sv more)
{
	if (fields->len == 0)
		return true;
	fields->len--; /* the newline */
	return str_addc(fields, ' ') && str_add(fields, more) &&
	    str_addc(fields, '\n');
}

bool
head_add(struct head *h, struct sv line)
{
	size_t colon = sv_chr(line, ':');

	if (line.len != 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		return continue_field(&h->fields, sv_trim(line));
	if (colon == 0 || colon == line.len)
		return true;
	return str_add(&h->fields, sv_sub(line, 0, colon + 1)) &&
	    str_add(&h->fields, sv_trim(sv_from(line, colon + 1))) &&
	    str_addc(&h->fields, '\n');
}

struct sv
head_get(struct head *h, const char *name)
{
	struct sv rest = str_sv(&h->fields), line, found = SV_NONE;
	struct str all;
	size_t n = 0;

	str_init(&all, 2 * HTTP_HEADER_BYTES);
	while (sv_split(&rest, '\n', &line)) {
		size_t colon = sv_chr(line, ':');
		struct sv value = sv_from(line, colon + 1);

		if (!sv_iis(sv_sub(line, 0, colon), name))
			continue;
		if (n++ != 0)
			(void)str_adds(&all, ", ");
		(void)str_add(&all, value);
		found = value;
	}
	if (n > 1)
		found = arena_sv(&h->joined, str_sv(&all));
	str_done(&all);
	return found;
}
