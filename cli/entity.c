/* cli/entity.c: `tocsin entity import`: entities of Wikidata as those of a
 * configuration. */
#include "cli/commands.h"
#include "cli/entities.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "config/values.h"
#include "filters/harvest.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_CHARS 48 /* of a key, before its number */
#define DESCRIPTION_BYTES 200
#define OUTPUT_BYTES MiB(4) /* of one entity */

struct request {
	const char *file, *langs;
	char **ids; /* borrowed */
	int nids;
	bool all;
};

struct import {
	const struct request *request;
	struct harvest *harvest;
	struct map keys; /* in use */
	struct map seen; /* ids that were asked for */
	size_t written;
	struct str out;
};

/* What an entity is an instance of, and how we call that. */
static const struct {
	const char *class, *type;
} types[] = {
	{ "Q5", "person" }, { "Q6256", "place" }, /* country */
	{ "Q3624078", "place" }, /* sovereign state */
	{ "Q515", "place" }, /* city */
	{ "Q5119", "place" }, /* capital */
	{ "Q82794", "place" }, /* region */
	{ "Q43229", "organisation" },
	{ "Q484652", "organisation" }, /* international organisation */
	{ "Q7278", "organisation" }, /* political party */
};

static struct sv
text_of(const json_t *v)
{
	return (struct sv) { json_string_value(v), json_string_length(v) };
}

/* {"language": "en", "value": "Turkey"}, or the text alone. */
static struct sv
value_of(const json_t *v)
{
	return json_is_object(v) ? text_of(json_object_get(v, "value"))
				 : text_of(v);
}

static void
add_names(struct harvest *h, const json_t *entity)
{
	json_t *labels = json_object_get(entity, "labels");
	json_t *aliases = json_object_get(entity, "aliases");
	json_t *v, *one;
	const char *lang;
	size_t i;

	json_object_foreach (labels, lang, v)
		harvest_add(h, sv_of(lang), value_of(v), true);
	json_object_foreach (aliases, lang, v)
		json_array_foreach (v, i, one)
			harvest_add(h, sv_of(lang), value_of(one), false);
}

/* The values of a property, one after the other; NULL at the end. */
static json_t *
claim(const json_t *entity, const char *property, size_t i)
{
	json_t *all = json_object_get(
	    json_object_get(entity, "claims"), property);
	json_t *snak = json_object_get(json_array_get(all, i), "mainsnak");

	return json_object_get(json_object_get(snak, "datavalue"), "value");
}

static void
add_codes(struct harvest *h, const json_t *entity)
{
	static const char *const properties[] = { "P297",
		"P298" }; /* ISO 3166 */

	for (size_t i = 0; i < COUNTOF(properties); i++) {
		json_t *v;

		for (size_t k = 0;
		     (v = claim(entity, properties[i], k)) != NULL; k++)
			if (json_is_string(v))
				harvest_add_code(h, text_of(v));
	}
}

static struct sv
type_of(const json_t *entity)
{
	json_t *v;

	for (size_t k = 0; (v = claim(entity, "P31", k)) != NULL; k++)
		for (size_t i = 0; i < COUNTOF(types); i++)
			if (sv_is(text_of(json_object_get(v, "id")),
				types[i].class))
				return sv_of(types[i].type);
	return SV_NONE;
}

/* From the label, or else from the id; never one that is taken. */
static void
make_key(struct import *im, struct sv id, struct str *key)
{
	struct sv label = harvest_label(im->harvest);
	bool gap = false;

	for (size_t i = 0; i < label.len && key->len < KEY_CHARS; i++) {
		if (!ascii_is_alnum(label.p[i])) {
			gap = key->len != 0;
			continue;
		}
		if (gap)
			(void)str_addc(key, '-');
		(void)str_addc(key, ascii_lower(label.p[i]));
		gap = false;
	}
	if (key->len >= 2 && map_get(&im->keys, str_sv(key)) == NULL)
		return;
	if (key->len < 2)
		str_clear(key);
	else
		(void)str_addc(key, '-');
	for (size_t i = 0; i < id.len; i++)
		(void)str_addc(key, ascii_lower(id.p[i]));
}

static bool
is_id(struct sv v)
{
	uint64_t n;

	return v.len >= 2 && v.len <= 16 && v.p[0] == 'Q' &&
	    sv_to_u64(sv_from(v, 1), &n);
}

/* One entity to the standard output. */
static bool
write_entity(struct import *im, const json_t *entity, struct sv id)
{
	struct harvest *h = im->harvest;
	struct str key;
	bool done;

	harvest_clear(h);
	add_names(h, entity);
	add_codes(h, entity);
	str_init(&key, VALUE_NAME_CHARS + 1);
	make_key(im, id, &key);
	str_clear(&im->out);
	done = harvest_write(h,
	    &(struct harvest_about) { .id = id,
		.key = str_sv(&key),
		.type = type_of(entity),
		.description = utf8_prefix(
		    value_of(json_object_get(
			json_object_get(entity, "descriptions"), "en")),
		    DESCRIPTION_BYTES) },
	    &im->out);
	if (done) {
		(void)map_put(&im->keys, str_sv(&key), im);
		if (im->written++ == 0)
			(void)printf("entities:\n");
		(void)fwrite(str_c(&im->out), 1, im->out.len, stdout);
	} else {
		(void)fprintf(stderr,
		    "tocsin entity: %.*s: no name of it can be used%s\n",
		    SV_ARG(id),
		    im->request->langs != NULL ? " in the languages asked for"
					       : "");
	}
	str_done(&key);
	return !im->out.full;
}

static bool
is_wanted(const struct request *r, struct sv id)
{
	for (int i = 0; i < r->nids; i++)
		if (sv_is(id, r->ids[i]))
			return true;
	return r->nids == 0;
}

/* Of a whole dump most is passed over without a parser. */
static bool
may_be_wanted(const struct request *r, struct sv text)
{
	char quoted[32];

	for (int i = 0; i < r->nids; i++) {
		(void)snprintf(quoted, sizeof(quoted), "\"%s\"", r->ids[i]);
		if (sv_find(text, sv_of(quoted)) != text.len)
			return true;
	}
	return r->nids == 0;
}

static bool
import_entity(
    struct import *im, const json_t *entity, struct sv id, struct err *e)
{
	if (map_put(&im->seen, id, im) != NULL)
		return true; /* it was there before */
	if (json_object_get(entity, "missing") != NULL) {
		(void)fprintf(stderr,
		    "tocsin entity: %.*s: Wikidata has no such entity\n",
		    SV_ARG(id));
		return true;
	}
	if (im->seen.live > IMPORT_ENTITIES)
		return err_set(e, "more than %d entities: name those you want",
		    IMPORT_ENTITIES);
	return write_entity(im, entity, id) ||
	    err_set(e, "%.*s: too many names", SV_ARG(id));
}

static bool
import_text(struct import *im, const struct entities *in, struct err *e)
{
	struct sv text = str_sv(&in->text), id;
	json_error_t why;
	json_t *entity;
	bool ok;

	if (!may_be_wanted(im->request, text))
		return true;
	entity = json_loadb(text.p, text.len, JSON_ALLOW_NUL, &why);
	if (entity == NULL)
		return err_set(e, "%s:%lu: %s", in->name,
		    in->start_line + (unsigned long)why.line - 1, why.text);
	id = text_of(json_object_get(entity, "id"));
	if (!is_id(id) && id.len != 0)
		ok = true; /* a property, a lexeme */
	else if (id.len == 0)
		ok = err_set(e, "%s:%lu: this has no id: it is no entity",
		    in->name, in->start_line);
	else
		ok = !is_wanted(im->request, id) ||
		    import_entity(im, entity, id, e);
	json_decref(entity);
	return ok;
}

static bool
import_all(struct import *im, struct err *e)
{
	struct entities *in = mem_calloc(1, sizeof(*in));
	bool ok = entities_open(in, im->request->file, e);
	enum entities_next next = ENTITIES_END;

	while (ok && (next = entities_next(in, e)) == ENTITIES_ONE)
		ok = import_text(im, in, e);
	entities_close(in);
	free(in);
	return ok && next == ENTITIES_END;
}

static int
report(const struct import *im)
{
	int status = im->written == 0 ? CLI_NOTHING : CLI_DONE;

	for (int i = 0; i < im->request->nids; i++) {
		const char *id = im->request->ids[i];

		if (map_get(&im->seen, sv_of(id)) != NULL)
			continue;
		(void)fprintf(stderr, "tocsin entity: %s is not in it\n", id);
		status = CLI_NOTHING;
	}
	if (im->written == 0 && im->request->nids == 0)
		(void)fprintf(stderr, "tocsin entity: no entity in it\n");
	return status;
}

static int
run_import(const struct request *r)
{
	struct import im = { .request = r };
	struct err e;
	int status;

	im.harvest = harvest_new(sv_of(r->langs), r->all);
	map_init(&im.keys);
	map_init(&im.seen);
	str_init(&im.out, OUTPUT_BYTES);
	if (import_all(&im, &e)) {
		status = report(&im);
	} else {
		(void)fprintf(stderr, "tocsin entity: %s\n", e.msg);
		status = CLI_USAGE;
	}
	str_done(&im.out);
	map_done(&im.keys);
	map_done(&im.seen);
	harvest_free(im.harvest);
	return status;
}

/* FILE and ids, in any order. */
static bool
take_arguments(struct request *r, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (is_id(sv_of(argv[i])))
			r->ids[r->nids++] = argv[i];
		else if (r->file != NULL)
			return false;
		else
			r->file = argv[i];
	}
	return true;
}

int
cmd_entity(int argc, char **argv)
{
	static const struct option options[] = { { "langs", required_argument,
						     NULL, 'l' },
		{ "all", no_argument, NULL, 'a' }, { NULL, 0, NULL, 0 } };
	struct request r = { 0 };
	int c, status;

	if (argc < 2 || strcmp(argv[1], "import") != 0)
		return cli_usage("entity", "say import");
	argc--;
	argv++;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return cli_bad_option("entity", argv[optind - 1]);
		if (c == 'l')
			r.langs = optarg;
		else
			r.all = true;
	}
	r.ids = mem_calloc((size_t)argc, sizeof(*r.ids));
	if (take_arguments(&r, argc - optind, argv + optind))
		status = run_import(&r);
	else
		status = cli_usage("entity", "one file at most");
	free(r.ids);
	return status;
}
