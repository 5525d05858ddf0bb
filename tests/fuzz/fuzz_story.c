/* tests/fuzz/fuzz_story.c: any bytes as items, a line each, with an author and
 * a link before them; as the name of a publisher; and as what an index
 * remembered.
 */
#include "filters/story.h"

#include <stdlib.h>

#define ENTRIES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_place(const struct story_place *p)
{
	if (p->is_new != (p->like == LIKE_NOT) || p->contained < 0 ||
	    p->contained > 1 || p->sources > p->items || p->items == 0)
		abort();
}

/* What was encoded is restored, and then encoded the same. */
static void
check_bytes(const struct story_index *ix)
{
	struct story_index *other = story_new(1);
	unsigned char a[STORY_ENTRY_BYTES], b[STORY_ENTRY_BYTES];

	story_encode(ix, a);
	if (!story_restore(other, (struct sv) { (const char *)a, sizeof(a) }))
		abort();
	story_encode(other, b);
	if (memcmp(a, b, sizeof(a)) != 0)
		abort();
	story_free(other);
}

static void
assign_lines(struct story_index *ix, struct sv rest)
{
	struct item it = { .published = NO_TIME, .updated = NO_TIME };
	struct story_item item = { 0 };
	struct story_place p;
	struct text scratch;
	int64_t now = 0;

	text_init(&scratch);
	(void)sv_split(&rest, '\n', &it.author);
	(void)sv_split(&rest, '\n', &it.link);
	while (sv_split(&rest, '\n', &it.title)) {
		it.summary = rest;
		sketch_item(&scratch, &it, SV_NONE, &item.sketch);
		item.source = story_source(it.title, wire_of_item(&it));
		item.id[0]++;
		story_assign(ix, &item, now += 3600, &p);
		check_place(&p);
		check_bytes(ix);
		if (item.id[0] == 4 * ENTRIES)
			break;
	}
	text_done(&scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv in = { (const char *)data, size };
	struct story_index *ix = story_new(ENTRIES);
	struct str family;

	str_init(&family, MiB(4));
	publisher_family(&family, SV_NONE, in);
	publisher_family(&family, in, SV_NONE);
	str_done(&family);
	(void)!story_restore(ix, sv_sub(in, 0, STORY_ENTRY_BYTES));
	assign_lines(ix, in);
	story_free(ix);
	return 0;
}
