/* config/config.c: files, with what they include, to one configuration. */
#include "config/config.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "config/check.h"
#include "config/packs.h"
#include "config/read.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct loaded_file {
	char *path; /* absolute and without links */
	bool open; /* its includes are still being read */
};

struct loader {
	struct reader reader;
	struct config *c;
	struct arena scratch; /* the trees of all files */
	const char *only; /* the one section that is allowed; NULL: all */
	struct node *sections[SECTION_COUNT]; /* merged; NULL: absent */
	struct loaded_file files[CONFIG_FILES];
	size_t nfiles;
	struct map zones; /* by name */
	struct map packs; /* by name: that they are used already */
	struct node *pack_entities; /* of all packs in use; NULL: none */
	bool incomplete; /* a file is missing: names may be, too */
};

static void
load_file(struct loader *l, const char *path, const struct node *from);

/* The message without the path, which stands before it already. */
static const char *
reason_of(const struct err *e, const char *path)
{
	struct sv rest = sv_of(e->msg);

	if (!sv_starts(rest, sv_of(path)))
		return e->msg;
	rest = sv_from(rest, strlen(path));
	return sv_starts(rest, SV(": ")) ? rest.p + 2 : e->msg;
}

/* At the include, or at the file itself. */
static void
unreadable_file(struct loader *l, const char *path, const struct node *from,
    const struct err *e)
{
	struct diags *d = l->reader.diags;

	l->incomplete = true;
	if (from != NULL)
		node_problem(
		    d, DIAG_ERROR, from, NULL, "cannot read %s", e->msg);
	else
		diag_add(d, DIAG_ERROR, diags_add_source(d, path, SV_NONE), 0,
		    0, 0, NULL, "%s", reason_of(e, path));
}

/* Puts the children of `more` behind those of `into`. */
static void
merge(struct node *into, const struct node *more)
{
	if (more->first == NULL)
		return;
	if (into->last != NULL)
		into->last->next = more->first;
	else
		into->first = more->first;
	into->last = more->last;
}

static void
merge_section(struct loader *l, enum section_id id, struct node *n)
{
	if (n->kind != NODE_MAP && !node_is_empty(n)) {
		l->incomplete = true;
		read_form_problem(&l->reader, n,
		    schema_sections[id].item != NULL
			? "a map from names to maps of options"
			: "a map of options");
	} else if (l->sections[id] == NULL)
		l->sections[id] = n;
	else
		merge(l->sections[id], n);
}

static bool
has_wildcard(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

static void
include(struct loader *l, const struct node *n)
{
	const char *path = read_path(&l->reader, n->text.file, n->text.text);
	glob_t g;

	if (!has_wildcard(path)) {
		load_file(l, path, n);
		return;
	}
	if (glob(path, GLOB_ERR, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			load_file(l, g.gl_pathv[i], n);
	globfree(&g);
}

/* What is no list of texts leaves something out. */
static void
for_each_text(struct loader *l, const struct node *list,
    void (*fn)(struct loader *l, const struct node *n))
{
	size_t errors = diags_count(l->reader.diags, DIAG_ERROR);

	(void)read_texts(&l->reader, list); /* for its complaints */
	if (diags_count(l->reader.diags, DIAG_ERROR) != errors) {
		l->incomplete = true;
		return;
	}
	for (const struct node *n = list->first; n != NULL; n = n->next)
		fn(l, n);
}

static void
unknown_pack(struct loader *l, const struct node *n)
{
	struct sv name = n->text.text;
	const char *names[CONFIG_PACKS];
	size_t count = 0;

	l->incomplete = true;
	for (const struct pack *p;
	     count < COUNTOF(names) && (p = pack_at(count)) != NULL; count++)
		names[count] = p->name;
	node_problem(l->reader.diags, DIAG_ERROR, n,
	    diag_nearest(name, names, count), "there is no pack '%.*s'",
	    SV_ARG(utf8_prefix(name, 64)));
}

/* A pack that several files ask for is there once. */
static void
use_pack(struct loader *l, const struct node *n)
{
	const struct pack *p = pack_find(n->text.text);
	struct diags *d = l->reader.diags;
	struct node *root;
	uint32_t file;

	if (p == NULL) {
		unknown_pack(l, n);
		return;
	}
	if (map_get(&l->packs, sv_of(p->name)) != NULL)
		return;
	(void)map_put(&l->packs, sv_of(p->name), l);
	file = diags_add_source(d, p->path, sv_of(p->text));
	root = yaml_parse(&l->scratch, d, file, sv_of(p->text));
	if (root == NULL || root->first == NULL)
		BUG("a pack that is no YAML");
	if (l->pack_entities == NULL)
		l->pack_entities = root->first;
	else
		merge(l->pack_entities, root->first);
}

/* The file's own entities come first and take the place of those of a pack that
 * have the same key. */
static void
add_packs(struct loader *l)
{
	struct node **own = &l->sections[SECTION_entity];
	struct node kept;
	struct map keys;

	if (l->pack_entities == NULL)
		return;
	map_init(&keys);
	for (struct node *n = *own != NULL ? (*own)->first : NULL; n != NULL;
	     n = n->next)
		(void)map_put(&keys, n->key->text.text, n);
	kept = *l->pack_entities;
	kept.first = kept.last = NULL;
	for (struct node *n = l->pack_entities->first, *next; n != NULL;
	     n = next) {
		next = n->next;
		if (map_get(&keys, n->key->text.text) != NULL)
			continue;
		n->next = NULL;
		merge(&kept, &(struct node) { .first = n, .last = n });
	}
	map_done(&keys);
	*l->pack_entities = kept;
	if (*own == NULL)
		*own = l->pack_entities;
	else
		merge(*own, l->pack_entities);
}

static void
unknown_section(struct loader *l, const struct node *key)
{
	struct sv text = key->text.text;
	const char *names[SECTION_COUNT + 2];

	l->incomplete = true;
	if (l->only != NULL) {
		node_problem(l->reader.diags, DIAG_ERROR, key, NULL,
		    "only '%s' may stand in this file", l->only);
		return;
	}
	for (size_t i = 0; i < SECTION_COUNT; i++)
		names[i] = schema_sections[i].key;
	names[SECTION_COUNT] = "include";
	names[SECTION_COUNT + 1] = "packs";
	node_problem(l->reader.diags, DIAG_ERROR, key,
	    diag_nearest(text, names, COUNTOF(names)), "unknown section '%.*s'",
	    SV_ARG(utf8_prefix(text, 64)));
}

static void
take_section(struct loader *l, struct node *n)
{
	const char *key = n->key->text.text.p;
	size_t id = 0;

	while (id < SECTION_COUNT && strcmp(key, schema_sections[id].key) != 0)
		id++;
	if (id == SECTION_COUNT ||
	    (l->only != NULL && strcmp(key, l->only) != 0))
		unknown_section(l, n->key);
	else
		merge_section(l, (enum section_id)id, n);
}

/* The file's own sections come before those of what it includes. */
static void
take_root(struct loader *l, struct node *root)
{
	const struct node *includes = NULL;

	if (node_is_empty(root))
		return;
	if (root->kind != NODE_MAP) {
		l->incomplete = true;
		read_form_problem(
		    &l->reader, root, "sections such as 'feeds:'");
		return;
	}
	read_duplicates(&l->reader, root, NULL);
	for (struct node *n = root->first, *next; n != NULL; n = next) {
		next = n->next;
		if (l->only == NULL && sv_is(n->key->text.text, "include"))
			includes = n;
		else if (sv_is(n->key->text.text, "packs"))
			for_each_text(l, n, use_pack);
		else
			take_section(l, n);
	}
	if (includes != NULL)
		for_each_text(l, includes, include);
}

static void
parse_text(struct loader *l, const char *name, struct sv text)
{
	struct diags *d = l->reader.diags;
	size_t errors = diags_count(d, DIAG_ERROR);
	struct node *root;
	uint32_t file;

	if (sv_starts(text, SV("\xEF\xBB\xBF")))
		text = sv_from(text, 3);
	file = diags_add_source(d, name, text);
	root = yaml_parse(&l->scratch, d, file, text);
	if (root != NULL) {
		take_root(l, root);
	} else if (diags_count(d, DIAG_ERROR) != errors) {
		l->incomplete = true;
		diags_mask_after(d, file, "secret");
		diags_mask_after(d, file, "password");
		diags_mask_after(d, file, "whsec_");
	}
}

/* A file counts once: twice would define everything twice, and an endless loop
 * is only a special case of it. */
static bool
may_include(struct loader *l, const char *path, const char *real,
    const struct node *from)
{
	const char *why = NULL;

	for (size_t i = 0; i < l->nfiles; i++)
		if (strcmp(l->files[i].path, real) == 0)
			why = l->files[i].open ? "includes itself"
					       : "is included twice";
	if (why != NULL)
		node_problem(l->reader.diags, DIAG_ERROR, from, NULL, "'%s' %s",
		    path, why);
	else if (l->nfiles == CONFIG_FILES)
		node_problem(l->reader.diags, DIAG_ERROR, from, NULL,
		    "more than %d files", CONFIG_FILES);
	return why == NULL && l->nfiles < CONFIG_FILES;
}

/* `from` is NULL for the first file. */
static void
load_file(struct loader *l, const char *path, const struct node *from)
{
	char *real = realpath(path, NULL);
	struct loaded_file *f;
	struct str text;
	struct err e;

	if (real == NULL)
		real = mem_strdup(path); /* reading it will say why */
	if (from != NULL && !may_include(l, path, real, from)) {
		l->incomplete = true;
		free(real);
		return;
	}
	f = &l->files[l->nfiles++];
	*f = (struct loaded_file) { real, true };
	str_init(&text, CONFIG_BYTES);
	if (file_read(path, &text, &e))
		parse_text(l, path, str_sv(&text));
	else
		unreadable_file(l, path, from, &e);
	str_done(&text);
	f->open = false;
}

static void
read_map(struct loader *l, enum section_id id, void *out)
{
	read_options(&l->reader, &schema_sections[id].options, l->sections[id],
	    l->sections[id], out);
}

static void *
read_many(struct loader *l, enum section_id id, size_t *n)
{
	return read_items(&l->reader, &schema_sections[id], l->sections[id], n);
}

static void
read_sections(struct loader *l)
{
	struct config *c = l->c;

	read_map(l, SECTION_daemon, &c->daemon);
	read_map(l, SECTION_network, &c->network);
	c->feeds = read_many(l, SECTION_feed, &c->nfeeds);
	c->entities = read_many(l, SECTION_entity, &c->nentities);
	c->filters = read_many(l, SECTION_filter, &c->nfilters);
	c->destinations = read_many(l, SECTION_destination, &c->ndestinations);
	for (size_t i = 0; i < c->nfeeds; i++)
		(void)map_put(
		    &c->feed_names, sv_of(c->feeds[i].name), &c->feeds[i]);
	for (size_t i = 0; i < c->nfilters; i++)
		(void)map_put(&c->filter_names, sv_of(c->filters[i].name),
		    &c->filters[i]);
	for (size_t i = 0; i < c->ndestinations; i++)
		(void)map_put(&c->destination_names,
		    sv_of(c->destinations[i].name), &c->destinations[i]);
}

static void
check_sections(struct loader *l)
{
	struct diags *d = l->reader.diags;
	const struct config *c = l->c;

	check_daemon(d, l->sections[SECTION_daemon], &c->daemon);
	check_feeds(d, l->sections[SECTION_feed], c->feeds);
	check_filters(d, l->sections[SECTION_filter]);
	check_destinations(
	    d, l->sections[SECTION_destination], c->destinations);
	if (!l->incomplete)
		check_references(d, c);
}

static struct config *
new_config(struct diags *diags)
{
	struct config *c = mem_calloc(1, sizeof(*c));

	arena_init(&c->arena);
	map_init(&c->feed_names);
	map_init(&c->filter_names);
	map_init(&c->destination_names);
	c->diags = diags_ref(diags);
	c->refs = 1;
	return c;
}

/* What a configuration is read from, and how. */
struct origin {
	const char *path; /* NULL: `text`, which is called `name` */
	const char *name;
	struct sv text;
	const char *only; /* the one section that is allowed; NULL: all */
	bool broken; /* comes back, too, */
	bool remains; /* even when names may be missing */
	enum config_use use;
};

static void
load_origin(struct loader *l, const struct origin *o)
{
	l->only = o->only;
	arena_init(&l->scratch);
	map_init(&l->packs);
	map_init(&l->zones);
	l->reader.zones = &l->zones;
	if (o->path != NULL)
		load_file(l, o->path, NULL);
	else
		parse_text(l, o->name, o->text);
	add_packs(l);
	read_sections(l);
	check_sections(l);
	for (size_t i = 0; i < l->nfiles; i++)
		free(l->files[i].path);
	map_done(&l->packs);
	map_done(&l->zones);
	arena_done(&l->scratch);
}

static struct config *
load(const struct origin *o, struct diags *diags)
{
	struct loader *l = mem_calloc(1, sizeof(*l));
	size_t errors = diags_count(diags, DIAG_ERROR);
	struct config *c = l->c = new_config(diags);
	bool wanted;

	l->reader = (struct reader) { .diags = diags,
		.arena = &c->arena,
		.in_files = o->path != NULL,
		.use = o->use };
	load_origin(l, o);
	if (o->path != NULL && o->only == NULL && o->use != CONFIG_TO_TRY &&
	    diags_count(diags, DIAG_ERROR) == errors)
		check_idle(diags, c);
	for (size_t i = 0; o->use == CONFIG_TO_TRY && i < c->nfilters; i++)
		c->filters[i].expect = (struct config_expect) { 0 };
	c->broken = diags_count(diags, DIAG_ERROR) != errors;
	wanted = !c->broken || (o->broken && (!l->incomplete || o->remains));
	free(l);
	if (wanted)
		return c;
	config_unref(c);
	return NULL;
}

const char *
config_default_path(void)
{
	return access("tocsin.yaml", F_OK) == 0 ? "tocsin.yaml"
						: "/etc/tocsin/tocsin.yaml";
}

struct config *
config_load(const char *path, struct diags *diags)
{
	return load(&(struct origin) { .path = path }, diags);
}

struct config *
config_load_broken(const char *path, enum config_use use, struct diags *diags)
{
	return load(
	    &(struct origin) { .path = path, .broken = true, .use = use },
	    diags);
}

struct config *
config_load_remains(const char *path, struct diags *diags)
{
	return load(&(struct origin) { .path = path,
			.broken = true,
			.remains = true,
			.use = CONFIG_TO_TRY },
	    diags);
}

struct config *
config_parse(const char *name, struct sv text, struct diags *diags)
{
	return load(&(struct origin) { .name = name, .text = text }, diags);
}

struct config *
config_load_entities(const char *path, struct diags *diags)
{
	return load(&(struct origin) { .path = path,
			.only = schema_sections[SECTION_entity].key },
	    diags);
}

struct config *
config_ref(struct config *c)
{
	c->refs++;
	return c;
}

void
config_unref(struct config *c)
{
	if (c == NULL || --c->refs != 0)
		return;
	map_done(&c->feed_names);
	map_done(&c->filter_names);
	map_done(&c->destination_names);
	arena_done(&c->arena);
	diags_unref(c->diags);
	free(c);
}

const struct config_feed *
config_find_feed(const struct config *c, const char *name)
{
	return map_get(&c->feed_names, sv_of(name));
}

const struct config_filter *
config_find_filter(const struct config *c, struct sv name)
{
	return map_get(&c->filter_names, name);
}

const struct config_destination *
config_find_destination(const struct config *c, const char *name)
{
	return map_get(&c->destination_names, sv_of(name));
}

const char *
config_severity_word(enum config_severity s)
{
	return schema_words(TYPE_SEVERITY).v[s];
}
