/* feeds/dtd.c: reads over a document type declaration, keeping only its short
 * literal entities. */
#include "feeds/dtd.h"

#include "feeds/html.h"

#include <string.h>

void
dtd_init(struct dtd *d)
{
	*d = (struct dtd) { 0 };
	str_init(&d->text, DTD_NAME_BYTES + DTD_VALUE_BYTES + 32);
	arena_init(&d->arena);
}

void
dtd_done(struct dtd *d)
{
	str_done(&d->text);
	arena_done(&d->arena);
}

static struct sv
word(struct sv *v)
{
	struct sv head;
	size_t n = 0;

	*v = sv_trim(*v);
	while (n < v->len && !ascii_is_space(v->p[n]))
		n++;
	head = sv_sub(*v, 0, n);
	*v = sv_trim(sv_from(*v, n));
	return head;
}

/* References of HTML become their characters.  False for any other one and for
 * markup: such an entity stays unknown. */
static bool
decode(struct str *out, struct sv v)
{
	while (v.len != 0) {
		size_t n = 1;

		if (v.p[0] == '<' || v.p[0] == '%')
			return false;
		if (v.p[0] != '&')
			(void)str_addc(out, v.p[0]);
		else if ((n = html_entity(v, out)) == 0)
			return false;
		v = sv_from(v, n);
	}
	return !out->full;
}

/* "ENTITY name "value"": the first declaration of a name counts. */
static void
keep_entity(struct dtd *d, struct sv v)
{
	struct sv name, known;
	struct str value;
	char quote;

	if (!sv_is(word(&v), "<!ENTITY"))
		return;
	name = word(&v);
	quote = v.len > 1 ? v.p[0] : '\0';
	if ((quote != '"' && quote != '\'') || v.p[v.len - 1] != quote ||
	    d->nentities == DTD_ENTITIES || dtd_entity(d, name, &known))
		return;
	v = sv_sub(v, 1, v.len - 2);
	str_init(&value, DTD_VALUE_BYTES);
	if (v.len <= DTD_VALUE_BYTES && decode(&value, v)) {
		d->entities[d->nentities].name = arena_sv(&d->arena, name);
		d->entities[d->nentities++].value = arena_sv(
		    &d->arena, str_sv(&value));
	}
	str_done(&value);
}

/* Is `b` the byte behind the declaration? */
static bool
ends_declaration(struct dtd *d, char b)
{
	struct sv v = str_sv(&d->text);

	if (sv_starts(v, SV("<!--")))
		return b == '>' && d->last[0] == '-' && d->last[1] == '-';
	if (sv_starts(v, SV("<?")))
		return b == '>' && d->last[1] == '?';
	if (d->quote != '\0') {
		if (b == d->quote)
			d->quote = '\0';
	} else if (b == '"' || b == '\'') {
		d->quote = b;
	}
	return b == '>' && d->quote == '\0';
}

static void
declaration_byte(struct dtd *d, char b)
{
	if (!ends_declaration(d, b)) {
		(void)str_addc(&d->text, b);
		d->last[0] = d->last[1];
		d->last[1] = b;
		return;
	}
	if (!d->text.full)
		keep_entity(d, str_sv(&d->text));
	str_clear(&d->text);
	d->in_declaration = false;
}

static bool
ends_outside(struct dtd *d, char b)
{
	if (d->quote != '\0')
		d->quote = b == d->quote ? '\0' : d->quote;
	else if (!d->in_subset && (b == '"' || b == '\''))
		d->quote = b;
	else if (b == '[' || b == ']')
		d->in_subset = b == '[';
	else if (b == '>' && !d->in_subset)
		return true;
	if (d->in_subset && b == '<') {
		d->in_declaration = true;
		d->last[0] = d->last[1] = '\0';
		(void)str_addc(&d->text, b);
	}
	return false;
}

size_t
dtd_push(struct dtd *d, struct sv v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (d->in_declaration)
			declaration_byte(d, v.p[i]);
		else if (ends_outside(d, v.p[i]))
			return i;
	}
	return v.len;
}

bool
dtd_entity(const struct dtd *d, struct sv name, struct sv *value)
{
	for (size_t i = 0; i < d->nentities; i++)
		if (sv_eq(d->entities[i].name, name)) {
			*value = d->entities[i].value;
			return true;
		}
	return false;
}
