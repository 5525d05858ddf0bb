/* feeds/record.h: the fields of one item (or feed, person, source) while they
 * are being read, the worthiest of each kept. */
#ifndef FEEDS_RECORD_H
#define FEEDS_RECORD_H

#include "base/limits.h"
#include "feeds/elements.h"
#include "feeds/item.h"

struct record {
	struct sv text[FIELDS];
	unsigned worth[FIELDS]; /* 0: not there */
	int64_t time[FIELDS]; /* of the dates */
	struct sv categories[ITEM_CATEGORIES];
	size_t ncategories;
	struct enclosure enclosures[ITEM_ENCLOSURES];
	size_t nenclosures;
};

void record_clear(struct record *r);

/* Both keep what is there unless `worth` is larger. */
void record_put(struct record *r, struct arena *a, enum field f, unsigned worth,
    struct sv text); /* copies; the empty text is none */
void
record_put_time(struct record *r, enum field f, unsigned worth, int64_t time);

/* Both drop what passes the ceiling and what is empty; an enclosure may not
 * come twice. */
void record_add_category(struct record *r, struct arena *a, struct sv term);
void record_add_enclosure(struct record *r, struct arena *a, struct sv url,
    struct sv type, struct sv length);

/* Where the last enclosure lies really. */
void record_set_enclosure_url(struct record *r, struct arena *a, struct sv url);

/* The view of a finished item; its lists stay in `r`. */
void record_to_item(struct record *r, struct item *out);

/* Of "a@b.c (Name)", "Name (a@b.c)" and "Name <a@b.c>" the name. */
struct sv record_person_name(struct sv text);

#endif
