/* tests/fuzz/fuzz_text.c: any bytes as a text, and the same behind blanks, as
 * many as the first byte says: where windows and blocks of it end makes no
 * difference to its words. */
#include "filters/text.h"

#include <stdlib.h>
#include <string.h>

#define SEED 7

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_form(const struct text *t, size_t token, size_t form)
{
	struct form f = text_form(t, token, form);
	const struct part *p = &t->parts[t->tokens[token].part];

	check(f.at + f.length <= t->nbytes && f.span >= 1);
	check(token >= p->first && token + f.span <= p->end);
	check(f.hash == text_hash(SEED, form_bytes(t, &f)));
}

/* Words stand one behind the other, with all their forms. */
static void
check_words(const struct text *t)
{
	for (size_t i = 0; i < t->ntokens; i++) {
		const struct token *k = &t->tokens[i];

		check(k->length != 0 &&
		    k->start + k->length <= t->parts[k->part].text.len);
		check(i == 0 || k[-1].start + k[-1].length <= k->start);
		check(k->more + k->nmore <= t->nforms);
		for (size_t n = 0; n <= k->nmore; n++)
			check_form(t, i, n);
	}
}

static void
check_same(const struct text *a, const struct text *b, size_t shift)
{
	check(a->ntokens == b->ntokens && a->nforms == b->nforms);
	for (size_t i = 0; i < a->ntokens; i++) {
		const struct token *x = &a->tokens[i], *y = &b->tokens[i];

		check(x->start + shift == y->start && x->length == y->length);
		check(x->flags == y->flags && x->nmore == y->nmore);
		for (size_t n = 0; n <= x->nmore; n++) {
			struct form f = text_form(a, i, n);
			struct form g = text_form(b, i, n);

			check(f.hash == g.hash && f.span == g.span &&
			    f.kind == g.kind);
		}
	}
	if (a->nparts == 0 || b->nparts == 0)
		return;
	check(a->parts[0].lead_end == b->parts[0].lead_end);
	check(a->parts[0].shouted == b->parts[0].shouted);
}

static void
read_text(struct text *t, struct sv v)
{
	text_init(t);
	text_clear(t, SEED);
	text_add(t, FIELD_CONTENT, v);
	check_words(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t shift = size == 0 ? 0 : data[0];
	struct sv v = { (const char *)data + (size != 0), size - (size != 0) };
	char *shifted = mem_alloc(shift + v.len + 1);
	struct text a, b;

	memset(shifted, ' ', shift);
	if (v.len != 0)
		memcpy(shifted + shift, v.p, v.len);
	read_text(&a, v);
	read_text(&b, (struct sv) { shifted, shift + v.len });
	check_same(&a, &b, shift);
	text_done(&a);
	text_done(&b);
	free(shifted);
	return 0;
}
