/* config/describe.c: the configuration file, described from its table. */
#include "config/describe.h"

#include "base/json.h"
#include "config/packs.h"
#include "config/schema.h"
#include "config/values.h"

#include <string.h>

/* A plain YAML scalar may look like a number or a truth value to an editor. */
#define ANY_TEXT "[\"string\",\"number\",\"boolean\"]"
#define TEXTS "{\"type\":\"array\",\"items\":{\"type\":" ANY_TEXT "}}"
#define ONE_SECRET(name) \
	"{\"type\":\"object\",\"properties\":{\"" name \
	"\":{\"type\":\"string\"}},\"required\":[\"" name \
	"\"],\"additionalProperties\":false}"
#define SECRET_FORMS \
	"{\"type\":\"string\"}," ONE_SECRET("env") "," ONE_SECRET( \
	    "file") "," ONE_SECRET("credential")

static void put_set(struct json *j, const struct option_set *set);

/* What a value of each type looks like: one keyword and its JSON; maps of
 * options and words come from their tables. */
static const struct {
	const char *keyword, *json;
} shapes[TYPE_COUNT] = {
	[TYPE_TEXT] = { "type", ANY_TEXT },
	[TYPE_PATH] = { "type", "\"string\"" },
	[TYPE_URL] = { "pattern", "\"^(https?|smtps?|file):\"" },
	[TYPE_LANG] = { "pattern", "\"^([A-Za-z0-9-]{1,35}|[*])$\"" },
	[TYPE_DURATION] = { "pattern",
	    "\"^(0|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$\"" },
	[TYPE_SIZE] = { "pattern", "\"^[0-9]+(B|[KMG](iB)?)?$\"" },
	[TYPE_INT] = { "type", "\"integer\"" },
	[TYPE_BOOL] = { "enum",
	    "[true,false,\"yes\",\"no\",\"true\",\"false\",\"on\",\"off\"]" },
	[TYPE_QUERY] = { "type", ANY_TEXT },
	[TYPE_LIST] = { "anyOf", "[" TEXTS "]" },
	[TYPE_NETS] = { "anyOf", "[" TEXTS "]" },
	[TYPE_SECRET] = { "anyOf", "[" SECRET_FORMS "]" },
	[TYPE_SECRETS] = { "anyOf",
	    "[" SECRET_FORMS ",{\"type\":\"array\",\"minItems\":1,\"items\":{"
	    "\"anyOf\":[" SECRET_FORMS "]}}]" },
	[TYPE_RATE] = { "pattern", "\"^[0-9]{1,5}/[smhd]$\"" },
	[TYPE_MUTES] = { "anyOf",
	    "[{\"type\":\"string\"},{\"type\":\"array\",\"items\":{\"type\":"
	    "\"string\"}}]" },
	[TYPE_NAMES] = { "anyOf",
	    "[" TEXTS ",{\"type\":\"object\",\"additionalProperties\":" TEXTS
	    "}]" },
};

static void
put_words(struct json *j, struct words words)
{
	json_open_array(j, "enum");
	for (size_t i = 0; i < words.n; i++)
		json_text(j, NULL, sv_of(words.v[i]));
	json_close_array(j);
}

static void
put_shape(struct json *j, const struct option *o)
{
	struct words words = schema_words(o->type);

	if (words.n != 0) {
		put_words(j, words);
	} else if (o->type == TYPE_AUTH) {
		put_set(j, &schema_auth);
	} else if (o->type == TYPE_EXPECT) {
		put_set(j, &schema_expect);
	} else if (o->type == TYPE_SOURCES) {
		put_set(j, &schema_sources);
	} else if (o->type == TYPE_WEAK) {
		json_text(j, "type", SV("array"));
		json_open(j, "items");
		put_set(j, &schema_weak);
		json_close(j);
	} else {
		json_raw(
		    j, shapes[o->type].keyword, sv_of(shapes[o->type].json));
	}
	if (o->type == TYPE_INT) {
		json_raw(j, "minimum", sv_of(o->min));
		json_raw(j, "maximum", sv_of(o->max));
	}
}

static void
put_option(struct json *j, const struct option *o)
{
	json_open(j, o->key);
	json_text(j, "description", sv_of(o->help));
	if (o->def != NULL && !schema_is_required(o)) {
		if (o->type == TYPE_INT)
			json_raw(j, "default", sv_of(o->def));
		else
			json_text(j, "default", sv_of(o->def));
	}
	put_shape(j, o);
	json_close(j);
}

static void
put_required(struct json *j, const struct option_set *set)
{
	size_t required = 0;

	for (size_t i = 0; i < set->n; i++)
		required += schema_is_required(&set->v[i]);
	if (required == 0)
		return;
	json_open_array(j, "required");
	for (size_t i = 0; i < set->n; i++)
		if (schema_is_required(&set->v[i]))
			json_text(j, NULL, sv_of(set->v[i].key));
	json_close_array(j);
}

static void
put_set(struct json *j, const struct option_set *set)
{
	json_text(j, "type", SV("object"));
	json_bool(j, "additionalProperties", false);
	put_required(j, set);
	json_open(j, "properties");
	for (size_t i = 0; i < set->n; i++)
		put_option(j, &set->v[i]);
	json_close(j);
}

static void
put_section(struct json *j, const struct section *s)
{
	json_open(j, s->key);
	json_text(j, "description", sv_of(s->help));
	if (s->item == NULL) {
		put_set(j, &s->options);
		json_close(j);
		return;
	}
	json_text(j, "type", SV("object"));
	json_open(j, "propertyNames");
	json_text(j, "pattern", SV("^[A-Za-z0-9._-]{1,64}$"));
	json_close(j);
	json_open(j, "additionalProperties");
	put_set(j, &s->options);
	json_close(j);
	json_close(j);
}

static void
put_packs(struct json *j)
{
	json_open(j, "packs");
	json_text(j, "description", SV("Entities that are built in."));
	json_text(j, "type", SV("array"));
	json_open(j, "items");
	json_open_array(j, "enum");
	for (size_t i = 0; pack_at(i) != NULL; i++)
		json_text(j, NULL, sv_of(pack_at(i)->name));
	json_close_array(j);
	json_close(j);
	json_close(j);
}

void
describe_json_schema(struct str *out)
{
	struct json j;

	json_init(&j, out);
	json_open(&j, NULL);
	json_text(&j, "$schema", SV("http://json-schema.org/draft-07/schema#"));
	json_text(&j, "title", SV("tocsin.yaml"));
	json_text(&j, "type", SV("object"));
	json_bool(&j, "additionalProperties", false);
	json_open(&j, "properties");
	json_raw(&j, "include", SV(TEXTS));
	put_packs(&j);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		put_section(&j, &schema_sections[i]);
	json_close(&j);
	json_close(&j);
}

/* Text that roff will not take for a request or an escape. */
static void
put_roff(struct str *out, const char *text)
{
	if (text[0] == '.' || text[0] == '\'')
		(void)str_adds(out, "\\&");
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			(void)str_adds(out, "\\e");
		else if (text[0] == '.' && text[1] == ' ')
			(void)str_addc(out, '.');
		else
			(void)str_addc(out, *text);
		if (text[0] == '.' && text[1] == ' ') {
			(void)str_addc(out, '\n'); /* a sentence, a line */
			text++;
		}
	}
	(void)str_addc(out, '\n');
}

static void
put_type(struct str *out, const struct option *o)
{
	struct words words = schema_words(o->type);

	if (words.n == 0) {
		struct sv noun = sv_of(schema_noun(o->type));

		noun.len = sv_find(noun, SV(" such as"));
		(void)str_addf(out, "Takes %.*s.\n", SV_ARG(noun));
		return;
	}
	(void)str_adds(out, "One of");
	for (size_t i = 0; i < words.n; i++)
		(void)str_addf(out, "%s %s", i != 0 ? "," : "", words.v[i]);
	(void)str_adds(out, ".\n");
}

static void
put_entry(struct str *out, const struct option *o)
{
	(void)str_addf(out, ".It Cm %s\n", o->key);
	put_roff(out, o->help);
	put_type(out, o);
	if (schema_is_required(o))
		(void)str_adds(out, "Required.\n");
	else if (o->def != NULL)
		(void)str_addf(out, "Default: %s.\n", o->def);
	if (o->min != NULL)
		(void)str_addf(out, "From %s to %s.\n", o->min, o->max);
}

static void
put_entries(struct str *out, const struct option_set *set)
{
	(void)str_adds(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < set->n; i++)
		put_entry(out, &set->v[i]);
	(void)str_adds(out, ".El\n");
}

void
describe_manual(struct str *out)
{
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		const struct section *s = &schema_sections[i];

		(void)str_addf(out, ".Ss %s\n", s->key);
		put_roff(out, s->help);
		if (s->item != NULL)
			(void)str_addf(out,
			    "A map from names to maps of these options:\n");
		put_entries(out, &s->options);
	}
	(void)str_adds(out, ".Ss auth, in a feed or a destination\n");
	put_entries(out, &schema_auth);
	(void)str_adds(out, ".Ss weak names, in an entity\n");
	put_entries(out, &schema_weak);
	(void)str_adds(out, ".Ss expect, in a filter\n");
	put_entries(out, &schema_expect);
	(void)str_adds(out, ".Ss sources, in a filter\n");
	put_entries(out, &schema_sources);
}

bool
describe_manual_page(struct str *out, struct sv page)
{
	size_t begin = sv_find(page, SV(DESCRIBE_BEGIN));
	size_t end = sv_find(page, SV(DESCRIBE_END));

	if (begin >= end || end == page.len)
		return false;
	(void)str_add(out, sv_sub(page, 0, begin + strlen(DESCRIBE_BEGIN)));
	describe_manual(out);
	(void)str_add(out, sv_from(page, end));
	return true;
}
