/* config/schema.c: the table of options.h as data. */
#include "config/schema.h"

#include <string.h>

/* `OWNER` is set to the struct's name before each table. */
#define ROW(field, key, type, def, min, max, help) \
	{ key, TYPE_##type, def, min, max, help, offsetof(OWNER, field) },

#define OWNER struct config_daemon
static const struct option daemon_options[] = { DAEMON_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_network
static const struct option network_options[] = { NETWORK_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_feed
static const struct option feed_options[] = { FEED_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_entity
static const struct option entity_options[] = { ENTITY_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_filter
static const struct option filter_options[] = { FILTER_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_destination
static const struct option destination_options[] = { DESTINATION_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_auth
static const struct option auth_options[] = { AUTH_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_name
static const struct option weak_options[] = { WEAK_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_expect
static const struct option expect_options[] = { EXPECT_OPTIONS(ROW) };
#undef OWNER
#define OWNER struct config_sources
static const struct option sources_options[] = { SOURCES_OPTIONS(ROW) };
#undef OWNER

#define SET(noun, table) \
	{ \
		noun, table, COUNTOF(table) \
	}
const struct option_set schema_auth = SET("auth", auth_options);
const struct option_set schema_weak = SET("a weak name", weak_options);
const struct option_set schema_expect = SET("expect", expect_options);
const struct option_set schema_sources = SET("sources", sources_options);

#define ITEM_ONE(name) NULL
#define ITEM_MANY(name) #name
#define NOUN_ONE(name, key) key
#define NOUN_MANY(name, key) NOUN_OF_##name
#define NOUN_OF_feed "a feed"
#define NOUN_OF_entity "an entity"
#define NOUN_OF_filter "a filter"
#define NOUN_OF_destination "a destination"
#define NAME_AT_ONE(owner, field) 0
#define NAME_AT_MANY(owner, field) offsetof(struct config_##owner, field)
#define SECTION(owner, key, form, options, help) \
	[SECTION_##owner] = { key, ITEM_##form(owner), \
		SET(NOUN_##form(owner, key), owner##_options), \
		sizeof(struct config_##owner), NAME_AT_##form(owner, name), \
		NAME_AT_##form(owner, where), help },
const struct section schema_sections[SECTION_COUNT] = { CONFIG_SECTIONS(
    SECTION) };

const char *
schema_noun(enum option_type type)
{
#define NOUN(type, noun) [TYPE_##type] = noun,
	static const char *const nouns[] = { OPTION_TYPES(NOUN) };
#undef NOUN

	return nouns[type];
}

#define WORD(enumerator, word) [enumerator] = word,
static const char *const loglevels[] = { LOGLEVEL_WORDS(WORD) };
static const char *const articles[] = { ARTICLE_WORDS(WORD) };
static const char *const severities[] = { SEVERITY_WORDS(WORD) };
static const char *const groups[] = { GROUP_WORDS(WORD) };
static const char *const elses[] = { ELSE_WORDS(WORD) };
static const char *const troubles[] = { TROUBLE_WORDS(WORD) };
static const char *const desttypes[] = { DESTTYPE_WORDS(WORD) };
static const char *const formats[] = { FORMAT_WORDS(WORD) };

struct words
schema_words(enum option_type type)
{
#define WORDS(table) \
	{ \
		table, COUNTOF(table) \
	}
	static const struct words words[TYPE_COUNT] = {
		[TYPE_LOGLEVEL] = WORDS(loglevels),
		[TYPE_ARTICLE] = WORDS(articles),
		[TYPE_SEVERITY] = WORDS(severities),
		[TYPE_GROUP] = WORDS(groups),
		[TYPE_ELSE] = WORDS(elses),
		[TYPE_TROUBLE] = WORDS(troubles),
		[TYPE_DESTTYPE] = WORDS(desttypes),
		[TYPE_FORMAT] = WORDS(formats),
	};
#undef WORDS

	return words[type];
}

const struct option *
schema_find(const struct option_set *set, struct sv key)
{
	for (size_t i = 0; i < set->n; i++)
		if (sv_is(key, set->v[i].key))
			return &set->v[i];
	return NULL;
}

bool
schema_is_required(const struct option *o)
{
	return o->def != NULL && strcmp(o->def, REQUIRED) == 0;
}
