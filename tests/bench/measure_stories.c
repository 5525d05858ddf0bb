/* tests/bench/measure_stories.c: how well near-duplicates are told, over the
 * corpora: the tables of docs/STORIES.md.
 *
 * usage: measure_stories DIR [-v]
 *
 * DIR holds filters/corpora and feeds.  -v shows each item of a real feed that
 * joined another.
 *
 * Reuters items have no labels of copies: edits of some of them stand for what
 * outlets make of a wire story, and pairs of different items for what must not
 * be taken for one, but for those that share so much that they are copies.  The
 * items of the first weeks are for choosing thresholds, the later ones for
 * reporting. */
#include "filters/story.h"

#include "feeds/parse.h"
#include "tests/bench/corpus.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HALF_ITEMS 6000
#define EDITED 300
#define LINE_MAX_BYTES MiB(4)
#define COPY_JACCARD 0.3
#define COPY_CONTAINED 0.6
#define DAY_S 86400

struct words {
	struct sv *v;
	size_t n, cap;
};

struct doc {
	char *title, *text;
	int64_t time;
	size_t original; /* of an edit; SIZE_MAX */
	unsigned outlet; /* that edited it */
	struct sketch sketch;
	uint64_t *shingles; /* all of them, ascending */
	size_t nshingles;
};

struct docs {
	struct doc *v;
	size_t n, cap;
};

static struct text scratch;
static uint64_t random_state;

/* xorshift64*: the same edits in every run. */
static uint64_t
random_below(uint64_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * 0x2545F4914F6CDD1Du >> 16) % n;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
sketch_doc(struct doc *d)
{
	struct item it = { .published = NO_TIME, .updated = NO_TIME };

	it.title = sv_of(d->title);
	it.summary = sv_of(d->text);
	sketch_item(&scratch, &it, SV_NONE, &d->sketch);
}

/* The whole set, for saying what is a copy. */
static void
list_shingles(struct doc *d)
{
	struct text *t = &scratch;
	size_t n = 0;

	text_clear(t, 1);
	text_add(t, FIELD_CONTENT, sv_of(d->text));
	d->shingles = mem_calloc(t->ntokens + 1, sizeof(*d->shingles));
	for (size_t i = 0; i + 2 < t->ntokens; i++) {
		uint64_t words[3];

		for (size_t k = 0; k < 3; k++)
			words[k] = t->hashes[i + k];
		d->shingles[n++] = text_hash(
		    1, (struct sv) { (const char *)words, sizeof(words) });
	}
	qsort(d->shingles, n, sizeof(*d->shingles), by_value);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || d->shingles[i] != d->shingles[i - 1])
			d->shingles[d->nshingles++] = d->shingles[i];
}

static bool
is_copy(const struct doc *a, const struct doc *b)
{
	size_t i = 0, k = 0, shared = 0, all, least;

	while (i < a->nshingles && k < b->nshingles) {
		shared += a->shingles[i] == b->shingles[k];
		if (a->shingles[i] <= b->shingles[k])
			i++;
		else
			k++;
	}
	all = a->nshingles + b->nshingles - shared;
	least = a->nshingles < b->nshingles ? a->nshingles : b->nshingles;
	return (double)shared >= COPY_JACCARD * (double)all ||
	    (double)shared >= COPY_CONTAINED * (double)least;
}

static struct doc *
add_doc(struct docs *d, const char *title, const char *text)
{
	struct doc *doc;

	d->v = mem_grow(d->v, &d->cap, d->n + 1, sizeof(*d->v));
	doc = &d->v[d->n++];
	*doc = (struct doc) { .title = mem_strdup(title),
		.text = mem_strdup(text),
		.original = SIZE_MAX };
	sketch_doc(doc);
	return doc;
}

static void
free_docs(struct docs *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].title);
		free(d->v[i].text);
		free(d->v[i].shingles);
	}
	free(d->v);
}

typedef void line_fn(const json_t *object, void *arg);

static bool
each_line(const char *dir, const char *name, line_fn *fn, void *arg)
{
	char path[4096], *line = NULL;
	size_t cap = 0;
	ssize_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	while ((n = getline(&line, &cap, f)) > 0) {
		json_t *object = json_loadb(line, (size_t)n, 0, NULL);

		fn(object, arg);
		json_decref(object);
	}
	free(line);
	(void)fclose(f);
	return true;
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

/* "26-FEB-1987 15:01:01.79" in seconds, all months of 31 days. */
static int64_t
time_of(const char *date)
{
	static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
	char *at;
	int64_t t = strtol(date, &at, 10);

	for (int i = 0; i < 12; i++)
		if (strncmp(at + (*at == '-'), &months[i * 3], 3) == 0)
			t += (int64_t)i * 31;
	at = strchr(at, ' ');
	for (int i = 0; i < 3; i++) {
		t = t * (i == 0 ? 24 : 60);
		if (at != NULL && *at != '\0')
			t += strtol(at + 1, &at, 10);
	}
	return t;
}

static void
on_item(const json_t *object, void *arg)
{
	struct doc *d;

	if (strlen(text_of(object, "text")) < 200)
		return;
	d = add_doc(arg, text_of(object, "title"), text_of(object, "text"));
	d->time = time_of(text_of(object, "date"));
	list_shingles(d);
}

static void
split_words(const char *text, struct words *w)
{
	struct sv rest = sv_of(text), word;

	w->n = 0;
	while (sv_split(&rest, ' ', &word)) {
		struct sv part;

		while (sv_split(&word, '\n', &part)) {
			w->v = mem_grow(w->v, &w->cap, w->n + 1, sizeof(*w->v));
			if (part.len != 0)
				w->v[w->n++] = part;
		}
	}
}

static void
add_words(struct str *out, const struct words *w, size_t n)
{
	for (size_t i = 0; i < n && i < w->n; i++) {
		(void)str_add(out, w->v[i]);
		(void)str_addc(out, ' ');
	}
}

/* Of 100 words so many are dropped, replaced or followed by another one. */
static void
add_edited(struct str *out, const struct words *w, size_t n, uint64_t percent)
{
	for (size_t i = 0; i < n && i < w->n; i++) {
		uint64_t what = random_below(100) < percent ? random_below(3)
							    : 3;

		if (what >= 2)
			(void)str_add(out, w->v[i]);
		if (what == 1 || what == 2)
			(void)str_addf(
			    out, " other%u", (unsigned)random_below(1000));
		(void)str_addc(out, ' ');
	}
}

static const char boilerplate[] =
    "Sign up for our newsletter to get the best stories of the day in your "
    "inbox each morning. All rights reserved. This material may not be "
    "published, broadcast, rewritten or redistributed without permission. ";

enum edit {
	EDIT_HEADLINE,
	EDIT_BOILERPLATE,
	EDIT_5,
	EDIT_15,
	EDIT_FIRST_60,
	EDIT_MIX,
	EDIT_FIRST_35,
	EDIT_LEAD,
	EDITS
};

static const char *const edit_names[EDITS] = { "headline", "boilerpl",
	"5% edits", "15%edits", "first60%", "mix", "first35%", "lead 40" };

static void
edit_text(struct str *out, const struct words *w, enum edit e)
{
	switch (e) {
	case EDIT_HEADLINE:
		add_words(out, w, w->n);
		return;
	case EDIT_BOILERPLATE:
		(void)str_adds(out, "MORNING EDITION (Wire) - ");
		add_words(out, w, w->n);
		(void)str_adds(out, boilerplate);
		return;
	case EDIT_5:
		add_edited(out, w, w->n, 5);
		return;
	case EDIT_15:
		add_edited(out, w, w->n, 15);
		return;
	case EDIT_FIRST_60:
		add_words(out, w, w->n * 60 / 100);
		return;
	case EDIT_MIX:
		add_edited(out, w, w->n * 70 / 100, 5);
		(void)str_adds(out, boilerplate);
		return;
	case EDIT_FIRST_35:
		add_words(out, w, w->n * 35 / 100);
		return;
	case EDIT_LEAD:
		add_words(out, w, 40);
		return;
	case EDITS:
		break;
	}
	BUG("no such edit");
}

/* Words of the text: a headline of the outlet's own. */
static void
write_title(struct str *out, const struct words *w)
{
	for (size_t i = 0; i < 8; i++)
		(void)str_addf(out, "%.*s ", SV_ARG(w->v[random_below(w->n)]));
}

/* All edits of every so many-th item; those of item i stand together. */
static void
edit_docs(const struct docs *from, struct docs *to)
{
	struct words w = { 0 };
	size_t step = from->n / EDITED;
	struct str title, out;

	str_init(&title, LINE_MAX_BYTES);
	str_init(&out, LINE_MAX_BYTES);
	random_state = 0x9E3779B97F4A7C15u;
	for (size_t i = 0; i < EDITED; i++) {
		split_words(from->v[i * step].text, &w);
		for (enum edit e = 0; e < EDITS; e++) {
			str_clear(&title);
			str_clear(&out);
			edit_text(&out, &w, e);
			write_title(&title, &w);
			add_doc(to, str_c(&title), str_c(&out))->outlet = e;
		}
	}
	str_done(&title);
	str_done(&out);
	free(w.v);
}

/* A set of thresholds; 0 for `lead`: it is not used. */
struct rule {
	const char *name;
	unsigned body_shared;
	double body;
	unsigned lead_shared;
	double lead, numbers;
};

static const struct rule rules[] = {
	{ "body 2, .5", 2, .5, 0, 0, 0 },
	{ "body 3, .5", 3, .5, 0, 0, 0 },
	{ "body 4, .5", 4, .5, 0, 0, 0 },
	{ "body 5, .5", 5, .5, 0, 0, 0 },
	{ "body 4, .3", 4, .3, 0, 0, 0 },
	{ "body 4, .4", 4, .4, 0, 0, 0 },
	{ "body 4, .6", 4, .6, 0, 0, 0 },
	{ "body 4, .5, lead 3, .5", 4, .5, 3, .5, 0 },
	{ "body 4, .5, lead 4, .6", 4, .5, 4, .6, 0 },
	{ "body 4, .5, lead 4, .75", 4, .5, 4, .75, 0 },
	{ "the same, numbers .34", 4, .5, 4, .75, .34 },
	{ "the same, numbers .5", 4, .5, 4, .75, .5 },
	{ "the same, numbers .67", 4, .5, 4, .75, .66 },
	{ "the module", 0, 0, 0, 0, 0 },
};
#define RULES COUNTOF(rules)

static bool
holds(const struct rule *r, const struct sketch *a, const struct sketch *b,
    const struct likeness *l)
{
	if (r->body_shared == 0)
		return likeness_kind_of(l, a, b, false) != LIKE_NOT;
	if (a->nnumbers != 0 && b->nnumbers != 0 &&
	    l->numbers.contained < r->numbers)
		return false;
	return (l->body.shared >= r->body_shared &&
		   l->body.contained >= r->body) ||
	    (r->lead_shared != 0 && l->lead.shared >= r->lead_shared &&
		l->lead.contained >= r->lead);
}

struct counts {
	unsigned found[EDITS], pairs, false_pairs;
};

static void
count_found(const struct docs *d, const struct docs *edits, struct counts *c)
{
	size_t step = d->n / EDITED;
	struct likeness l;

	for (size_t i = 0; i < edits->n; i++) {
		const struct sketch *a = &d->v[i / EDITS * step].sketch;
		const struct sketch *b = &edits->v[i].sketch;

		sketch_compare(a, b, 0, 0, &l);
		for (size_t r = 0; r < RULES; r++)
			c[r].found[i % EDITS] += holds(&rules[r], a, b, &l);
	}
}

static void
count_pairs(const struct docs *d, struct counts *c)
{
	struct likeness l;

	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < i; k++) {
			const struct sketch *a = &d->v[i].sketch;
			const struct sketch *b = &d->v[k].sketch;
			int copy = -1;

			sketch_compare(a, b, 0, 0, &l);
			for (size_t r = 0; r < RULES; r++) {
				if (!holds(&rules[r], a, b, &l))
					continue;
				if (copy < 0)
					copy = is_copy(&d->v[i], &d->v[k]);
				c[r].pairs++;
				c[r].false_pairs += !copy;
			}
		}
}

static void
report_half(const char *name, const struct docs *d)
{
	struct counts c[RULES] = { 0 };
	struct docs edits = { 0 };

	edit_docs(d, &edits);
	count_found(d, &edits, c);
	count_pairs(d, c);
	printf("\n%s: %zu items, %.1f M pairs; share of %d edits found\n\n",
	    name, d->n, (double)d->n * (double)(d->n - 1) / 2e6, EDITED);
	printf("%-24s", "rule");
	for (size_t e = 0; e < EDITS; e++)
		printf(" %8s", edit_names[e]);
	printf("  pairs  false\n");
	for (size_t r = 0; r < RULES; r++) {
		printf("%-24s", rules[r].name);
		for (size_t e = 0; e < EDITS; e++)
			printf(" %8.3f", (double)c[r].found[e] / EDITED);
		printf(" %6u %6u\n", c[r].pairs, c[r].false_pairs);
	}
	free_docs(&edits);
}

/* Pairs that people called one story, or two. */
struct labelled {
	const char *lang;
	unsigned parity, seen;
	struct {
		unsigned same, found, wrong;
	} of[RULES];
	unsigned pairs;
};

static void
on_pair(const json_t *object, void *arg)
{
	struct labelled *t = arg;
	bool same = strcmp(text_of(object, "label"), "OK") == 0;
	struct docs d = { 0 };
	const json_t *sides[] = { json_object_get(object, "a"),
		json_object_get(object, "b") };
	struct likeness l;

	if (strcmp(text_of(object, "lang"), t->lang) != 0 ||
	    t->seen++ % 2 != t->parity)
		return;
	for (size_t i = 0; i < 2; i++)
		(void)add_doc(
		    &d, text_of(sides[i], "title"), text_of(sides[i], "text"));
	sketch_compare(&d.v[0].sketch, &d.v[1].sketch, 0, 0, &l);
	t->pairs++;
	for (size_t r = 0; r < RULES; r++) {
		bool yes = holds(&rules[r], &d.v[0].sketch, &d.v[1].sketch, &l);

		t->of[r].same += same;
		t->of[r].found += yes && same;
		t->of[r].wrong += yes && !same;
	}
	free_docs(&d);
}

static void
report_labelled(const char *dir)
{
	static const char *const langs[] = { "en", "ru" };

	struct labelled t[COUNTOF(langs) * 2];

	printf("\nPairs labelled by people (found of the same, wrong of the "
	       "others)\n\n%-24s",
	    "rule");
	for (size_t i = 0; i < COUNTOF(langs) * 2; i++)
		printf("  %s %-12s", langs[i / 2],
		    i % 2 == 0 ? "choosing" : "held out");
	printf("\n");
	for (size_t i = 0; i < COUNTOF(t); i++) {
		t[i] = (struct labelled) { .lang = langs[i / 2],
			.parity = i % 2 };
		(void)each_line(dir, "filters/corpora/tgcontest-pairs.jsonl",
		    on_pair, &t[i]);
	}
	for (size_t r = 0; r < RULES; r++) {
		printf("%-24s", rules[r].name);
		for (size_t i = 0; i < COUNTOF(t); i++)
			printf("  %2u of %2u, %u of %-2u", t[i].of[r].found,
			    t[i].of[r].same, t[i].of[r].wrong,
			    t[i].pairs - t[i].of[r].same);
		printf("\n");
	}
}

/* What an index makes of the items, in the order of their time, with edits of
 * some of them at other outlets up to two days later. */
struct stream {
	struct doc **order;
	size_t n;
	uint64_t *stories; /* of the items in `order` */
	size_t *place; /* of the original items in `order` */
	unsigned edits, joined, largest, stories_begun;
	unsigned joins[LIKE_COUNT], wrong[LIKE_COUNT];
};

static int
by_time(const void *a, const void *b)
{
	const struct doc *x = *(struct doc *const *)a;
	const struct doc *y = *(struct doc *const *)b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void
order_stream(struct stream *c, const struct docs *d, const struct docs *edits)
{
	size_t step = d->n / EDITED;

	c->n = d->n + edits->n;
	c->order = mem_calloc(c->n, sizeof(struct doc *));
	c->stories = mem_calloc(c->n, sizeof(*c->stories));
	c->place = mem_calloc(d->n, sizeof(*c->place));
	for (size_t i = 0; i < d->n; i++)
		c->order[i] = &d->v[i];
	for (size_t i = 0; i < edits->n; i++) {
		struct doc *e = &edits->v[i];

		e->original = i / EDITS * step;
		e->time = d->v[e->original].time + 1 +
		    (int64_t)random_below((uint64_t)2 * DAY_S);
		list_shingles(e);
		c->order[d->n + i] = e;
	}
	qsort(c->order, c->n, sizeof(struct doc *), by_time);
	for (size_t i = 0; i < c->n; i++)
		if (c->order[i] >= d->v && c->order[i] < d->v + d->n)
			c->place[c->order[i] - d->v] = i;
}

/* Its place. */
static size_t
original_of(const struct stream *c, size_t i)
{
	size_t original = c->order[i]->original;

	return original == SIZE_MAX ? i : c->place[original];
}

static void
count_place(struct stream *c, size_t i, const struct story_place *p)
{
	const struct doc *d = c->order[i];
	size_t other;

	c->stories[i] = p->story;
	if (d->original != SIZE_MAX) {
		c->edits++;
		c->joined += p->story == c->stories[c->place[d->original]];
	}
	c->stories_begun += p->is_new;
	c->largest = p->items > c->largest ? p->items : c->largest;
	if (p->is_new)
		return;
	memcpy(&other, p->similar_to, sizeof(other));
	c->joins[p->like]++;
	c->wrong[p->like] += original_of(c, i) != original_of(c, other) &&
	    !is_copy(d, c->order[other]);
}

static void
run_stream(struct stream *c)
{
	struct story_index *ix = story_new(c->n);
	double begun = cpu_seconds(), counted = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct doc *d = c->order[i];
		struct story_item item = { .source = 0, .sketch = d->sketch };
		struct story_place p;
		double from;

		if (d->original != SIZE_MAX)
			item.source = (uint32_t)(d->outlet + 1);
		memcpy(item.id, &i, sizeof(i));
		story_assign(ix, &item, d->time, &p);
		from = cpu_seconds();
		count_place(c, i, &p);
		counted += cpu_seconds() - from;
	}
	printf("\n%zu items in %.2f us each; %u stories, the largest of %u\n",
	    c->n, (cpu_seconds() - begun - counted) * 1e6 / (double)c->n,
	    c->stories_begun, c->largest);
	story_free(ix);
}

static void
report_stream(const char *name, const struct docs *d)
{
	struct stream c = { 0 };
	struct docs edits = { 0 };

	edit_docs(d, &edits);
	order_stream(&c, d, &edits);
	printf("\n%s, in the order of time, with edits of %d items up to two "
	       "days later\n",
	    name, EDITED);
	run_stream(&c);
	printf("%u of %u edits (%.3f) are in the story of their original\n",
	    c.joined, c.edits, (double)c.joined / c.edits);
	for (size_t k = 1; k < LIKE_COUNT; k++)
		printf("joined by %-6s %6u, wrongly %u\n", likeness_name(k),
		    c.joins[k], c.wrong[k]);
	free(c.order);
	free(c.stories);
	free(c.place);
	free_docs(&edits);
}

/* What an index makes of real feeds, as if all had come on one day. */
struct feeds {
	struct story_index *ix;
	struct sv feed_link;
	uint32_t source; /* one a document */
	size_t n;
	struct {
		char *title;
		uint32_t source;
	} seen[STORY_ENTRIES / 4];
	unsigned joins[LIKE_COUNT][2], wires; /* in the same feed; in another */
	bool verbose;
};

static void
on_feed_item(const struct item *it, void *arg)
{
	struct feeds *f = arg;
	struct story_item item = { .source = f->source };
	struct story_place p;
	size_t other;
	bool same;

	if (f->n == COUNTOF(f->seen))
		return;
	sketch_item(&scratch, it, f->feed_link, &item.sketch);
	memcpy(item.id, &f->n, sizeof(f->n));
	story_assign(f->ix, &item, 0, &p);
	f->seen[f->n].title = mem_svdup(it->title);
	f->seen[f->n++].source = f->source;
	f->wires += wire_of_item(it) != WIRE_NONE;
	if (p.is_new)
		return;
	memcpy(&other, p.similar_to, sizeof(other));
	same = f->seen[other].source == f->source;
	f->joins[p.like][!same]++;
	if (f->verbose)
		printf("%s %s %.2f | %s | %s\n", same ? "same" : "other",
		    likeness_name(p.like), p.contained, f->seen[f->n - 1].title,
		    f->seen[other].title);
}

static void
report_feeds(const char *dir, bool verbose)
{
	static struct corpus c;
	static struct feeds f;

	if (!corpus_load(&c, dir))
		return;
	f.verbose = verbose;
	f.ix = story_new(COUNTOF(f.seen));
	for (size_t i = 0; i < c.n; i++) {
		struct feed_parser_options o = { 0 };
		struct feed_parser *p = feed_parser_new(&o, on_feed_item, &f);
		struct err e;

		f.source = (uint32_t)i;
		(void)!(feed_parser_push(p, str_sv(&c.files[i]), &e) &&
		    feed_parser_finish(p, &e));
		feed_parser_free(p);
	}
	printf("\n%zu items of %zu real feeds, %u credited to a wire "
	       "service\n",
	    f.n, c.n, f.wires);
	for (size_t k = 1; k < LIKE_COUNT; k++)
		printf("joined by %-6s %6u in the same feed, %u in another\n",
		    likeness_name(k), f.joins[k][0], f.joins[k][1]);
	while (f.n > 0)
		free(f.seen[--f.n].title);
	story_free(f.ix);
	corpus_done(&c);
}

static void
report_cost(const struct docs *d)
{
	double begun = cpu_seconds();
	size_t bytes = 0;

	for (size_t i = 0; i < d->n; i++) {
		sketch_doc(&d->v[i]);
		bytes += strlen(d->v[i].text);
	}
	if (d->n != 0)
		printf("\na sketch of %zu bytes on average: %.2f us\n",
		    bytes / d->n, (cpu_seconds() - begun) * 1e6 / (double)d->n);
}

int
main(int argc, char **argv)
{
	struct docs all = { 0 }, half;
	char path[4096];

	text_init(&scratch);
	if (argc >= 2)
		(void)each_line(argv[1], "filters/corpora/reuters21578.jsonl",
		    on_item, &all);
	if (all.v == NULL || all.n < (size_t)2 * HALF_ITEMS) {
		printf("skipped, no data\n");
		return 0;
	}
	half = (struct docs) { all.v, HALF_ITEMS, 0 };
	report_half("Reuters, for choosing", &half);
	half.v = all.v + all.n - HALF_ITEMS;
	report_half("Reuters, held out", &half);
	report_labelled(argv[1]);
	report_stream("Reuters, held out", &half);
	report_cost(&half);
	(void)snprintf(path, sizeof(path), "%s/feeds/realworld/feeds", argv[1]);
	report_feeds(path, argc == 3);
	free_docs(&all);
	text_done(&scratch);
	return 0;
}
