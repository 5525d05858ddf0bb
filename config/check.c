/* config/check.c: what must hold between the options of a configuration. */
#include "config/check.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/utf8.h"
#include "config/values.h"

#include <stdlib.h>

#define EAGER_MS (30 * SEC_MS) /* more frequent polls are warned of */

static const struct node *
child_of(const struct node *map, const char *key)
{
	const struct node *c = map != NULL && map->kind == NODE_MAP ? map->first
								    : NULL;

	while (c != NULL && !sv_is(c->key->text.text, key))
		c = c->next;
	return c;
}

static const struct node *
first_of(const struct node *map)
{
	return map != NULL ? map->first : NULL;
}

/* `high` is 0 where it could not be read. */
static void
check_bounds(struct diags *d, const struct node *map, const char *low_key,
    int64_t low, const char *high_key, int64_t high)
{
	const struct node *n = child_of(map, low_key);

	if (n == NULL)
		n = child_of(map, high_key);
	if (n != NULL && low > high && high != 0)
		node_problem(d, DIAG_ERROR, n, NULL, "%s is longer than %s",
		    low_key, high_key);
}

void
check_daemon(struct diags *d, const struct node *daemon,
    const struct config_daemon *values)
{
	check_bounds(
	    d, daemon, "floor", values->floor_ms, "cap", values->cap_ms);
}

void
check_feeds(
    struct diags *d, const struct node *feeds, const struct config_feed *values)
{
	for (const struct node *f = first_of(feeds); f != NULL; f = f->next) {
		const struct node *every = child_of(f, "every");

		if (every != NULL && values->every_ms > 0 &&
		    values->every_ms < EAGER_MS && values->url != NULL &&
		    sv_istarts(sv_of(values->url), SV("http")))
			node_problem(d, DIAG_WARNING, every, NULL,
			    "polling a server more often than every 30s may "
			    "get you blocked");
		if (values->url != NULL &&
		    sv_istarts(sv_of(values->url), SV("smtp")))
			node_problem(d, DIAG_ERROR, child_of(f, "url"), NULL,
			    "a feed's URL begins with https:, http: or file:");
		values++;
	}
}

/* Only stories wait. */
static void
check_sources(struct diags *d, const struct node *filter)
{
	const struct node *sources = child_of(filter, "sources");
	const struct node *group = child_of(filter, "group");

	if (sources != NULL && group != NULL && sv_is(group->text.text, "none"))
		node_problem(d, DIAG_ERROR, sources->key, NULL,
		    "'sources' is about stories: it needs 'group: story'");
}

/* An option that is indented too far stands in the query before it, which then
 * fails with words about queries. */
static void
hint_at_options_inside(struct diags *d, const struct node *query)
{
	const struct option_set *options =
	    &schema_sections[SECTION_filter].options;
	struct sv rest, line;

	if (query == NULL || !query->block)
		return;
	rest = query->text.text;
	while (sv_split(&rest, '\n', &line)) {
		struct sv key = sv_sub(line, 0, sv_chr(line, ':'));
		struct sv value = sv_from(line, key.len);

		/* lang:ar is of a query, too. */
		if ((sv_is(value, ":") || sv_starts(value, SV(": "))) &&
		    !sv_is(key, "lang") && schema_find(options, key) != NULL)
			diag_add_text(d, DIAG_NOTE, &query->text,
			    (size_t)(line.p - query->text.text.p), key.len,
			    NULL,
			    "this line belongs to the query above it: is it "
			    "indented too far?");
	}
}

/* Does an empty one mean none or all? */
static void
check_choices(struct diags *d, const struct node *filter)
{
	static const char *const keys[] = { "notify", "feeds", "tags", "lang" };

	for (size_t i = 0; i < COUNTOF(keys); i++) {
		const struct node *list = child_of(filter, keys[i]);

		if (list != NULL && list->kind == NODE_LIST &&
		    list->first == NULL)
			node_problem(d, DIAG_ERROR, list, NULL,
			    "an empty list names nothing: leave '%s' out to "
			    "mean all",
			    keys[i]);
	}
}

/* Says it once, for what else there is to say must not drown in it. */
static void
warn_of_unproven(struct diags *d, const struct node *filters)
{
	const struct node *first = NULL;
	size_t n = 0;

	for (const struct node *f = first_of(filters); f != NULL; f = f->next)
		if (f->kind == NODE_MAP && child_of(f, "expect") == NULL &&
		    n++ == 0)
			first = f;
	if (n == 1)
		node_problem(d, DIAG_WARNING, first->key, NULL,
		    "this filter has no 'expect': nothing shows that it still "
		    "works");
	else if (n > 1)
		node_problem(d, DIAG_WARNING, first->key, NULL,
		    "%zu filters, of which this is the first, have no "
		    "'expect': nothing shows that they still work",
		    n);
}

void
check_filters(struct diags *d, const struct node *filters)
{
	for (const struct node *f = first_of(filters); f != NULL; f = f->next) {
		check_sources(d, f);
		check_choices(d, f);
		hint_at_options_inside(d, child_of(f, "match"));
		hint_at_options_inside(d, child_of(f, "not"));
	}
	warn_of_unproven(d, filters);
}

/* Which types take an option, and which need it.  Others are for all. */
#define SPOOL (1u << DEST_SPOOL)
#define WEBHOOK (1u << DEST_WEBHOOK)
#define EXEC (1u << DEST_EXEC)
#define SMTP (1u << DEST_SMTP)
#define FEED (1u << DEST_FEED)
#define STDOUT (1u << DEST_STDOUT)
static const struct {
	const char *key;
	unsigned takes, needs;
} belongings[] = {
	{ "dir", SPOOL, SPOOL },
	{ "max-files", SPOOL, 0 },
	{ "max-size", SPOOL, 0 },
	{ "file", FEED, FEED },
	{ "entries", FEED, 0 },
	{ "url", WEBHOOK | SMTP, WEBHOOK | SMTP },
	{ "command", EXEC, EXEC },
	{ "from", SMTP, SMTP },
	{ "to", SMTP, SMTP },
	{ "auth", SMTP, 0 },
	{ "starttls", SMTP, 0 },
	{ "allow-private", WEBHOOK | SMTP, 0 },
	{ "secret", WEBHOOK, 0 },
	{ "format", SPOOL | WEBHOOK | EXEC | STDOUT, 0 },
	{ "timeout", WEBHOOK | EXEC | SMTP, 0 },
	{ "give-up", WEBHOOK | EXEC | SMTP, 0 },
	{ "template", WEBHOOK, 0 },
	{ "content-type", WEBHOOK, 0 },
	{ "gap", WEBHOOK | EXEC | SMTP, 0 },
};

/* "a spool", "an exec" */
static const char *
article_of(unsigned type)
{
	return type == DEST_EXEC || type == DEST_SMTP ? "an" : "a";
}

static void
check_belongings(struct diags *d, const struct node *map, unsigned type)
{
	const char *word = schema_words(TYPE_DESTTYPE).v[type];

	for (size_t i = 0; i < COUNTOF(belongings); i++) {
		const char *key = belongings[i].key;
		const struct node *c = child_of(map, key);

		if (c != NULL && !(belongings[i].takes >> type & 1))
			node_problem(d, DIAG_ERROR, c->key, NULL,
			    "%s %s destination has no '%s'", article_of(type),
			    word, key);
		if (c == NULL && belongings[i].needs >> type & 1)
			node_problem(d, DIAG_ERROR, map->key, NULL,
			    "%s %s destination needs '%s'", article_of(type),
			    word, key);
	}
}

/* Services that are known by their URL look at no signature. */
static bool
is_chat(enum config_format format)
{
	return format == FORMAT_SLACK || format == FORMAT_DISCORD ||
	    format == FORMAT_TEAMS || format == FORMAT_MATTERMOST ||
	    format == FORMAT_NTFY;
}

static void
check_webhook(struct diags *d, const struct node *map,
    const struct config_destination *values)
{
	const struct node *url = child_of(map, "url");

	if (url != NULL && !sv_istarts(url->text.text, SV("http")))
		node_problem(d, DIAG_ERROR, url, NULL,
		    "a webhook's URL begins with https: or http:");
	if (child_of(map, "secret") == NULL && !is_chat(values->format))
		node_problem(d, DIAG_WARNING, map->key, NULL,
		    "this webhook has no 'secret': its receiver cannot tell "
		    "who sends");
}

/* Relative to what, the file or the daemon's working directory? */
static void
check_command(struct diags *d, const struct node *map)
{
	const struct node *program = first_of(child_of(map, "command"));
	struct sv text;

	if (program == NULL || program->kind != NODE_TEXT)
		return;
	text = program->text.text;
	if (!sv_starts(text, SV("/")) && sv_chr(text, '/') < text.len)
		node_problem(d, DIAG_ERROR, program, NULL,
		    "a program is an absolute path or a name in PATH");
}

static void
check_mail(struct diags *d, const struct node *n)
{
	struct sv text = n->text.text;

	if (n->kind == NODE_TEXT && !value_is_mail(text))
		node_problem(d, DIAG_ERROR, n, NULL,
		    "'%.*s' is not a mail address such as desk@example.org",
		    SV_ARG(utf8_prefix(text, VALUE_NAME_CHARS)));
}

static void
check_smtp(struct diags *d, const struct node *map,
    const struct config_destination *values)
{
	const struct node *url = child_of(map, "url"),
			  *to = child_of(map, "to");
	const struct node *from = child_of(map, "from");
	const struct node *auth = child_of(map, "auth");

	if (url != NULL && values->url != NULL && !url_is_mail(url->text.text))
		node_problem(d, DIAG_ERROR, url, NULL,
		    "the url of a mail server is smtps://HOST or smtp://HOST, "
		    "with :PORT when it is not 465 or 25");
	if (auth != NULL && !values->starttls &&
	    sv_istarts(sv_of(values->url), SV("smtp:")))
		node_problem(d, DIAG_ERROR, auth, NULL,
		    "with 'starttls: no' the password would be sent in the "
		    "clear");
	if (from != NULL)
		check_mail(d, from);
	if (to != NULL && to->kind == NODE_LIST && to->first == NULL)
		node_problem(
		    d, DIAG_ERROR, to, NULL, "a mail needs a recipient");
	for (const struct node *n = first_of(to); n != NULL; n = n->next)
		check_mail(d, n);
}

/* Each type of destination can do json. */
static void
check_format(struct diags *d, const struct node *map, const struct node *format,
    unsigned type)
{
	struct sv name = format->text.text;
	bool is_template = sv_is(name, "template");
	const char *word = schema_words(TYPE_DESTTYPE).v[type];

	if (sv_is(name, "text") && type != DEST_STDOUT && type != DEST_EXEC)
		node_problem(d, DIAG_ERROR, format, NULL,
		    "format: text is for stdout and exec; a %s gets json",
		    word);
	else if (!sv_is(name, "json") && !sv_is(name, "text") &&
	    type != DEST_WEBHOOK)
		node_problem(d, DIAG_ERROR, format, NULL,
		    "format: %.*s is for webhooks; %s %s gets json",
		    SV_ARG(name), article_of(type), word);
	else if (is_template && child_of(map, "template") == NULL)
		node_problem(d, DIAG_ERROR, format, NULL,
		    "format: template needs 'template', the file");
}

static void
check_destination(struct diags *d, const struct node *map,
    const struct config_destination *values)
{
	const struct node *type = child_of(map, "type");
	const struct node *format = child_of(map, "format");
	struct words words = schema_words(TYPE_DESTTYPE);
	unsigned i = 0;

	while (
	    type != NULL && i < words.n && !sv_is(type->text.text, words.v[i]))
		i++;
	if (type == NULL || i == words.n)
		return;
	check_belongings(d, map, i);
	check_bounds(d, map, "retry-min", values->retry_min_ms, "retry-max",
	    values->retry_max_ms);
	if (i == DEST_WEBHOOK)
		check_webhook(d, map, values);
	if (i == DEST_EXEC)
		check_command(d, map);
	if (i == DEST_SMTP)
		check_smtp(d, map, values);
	if (format != NULL && i != DEST_SMTP)
		check_format(d, map, format, i);
}

void
check_destinations(struct diags *d, const struct node *destinations,
    const struct config_destination *values)
{
	for (const struct node *m = first_of(destinations); m != NULL;
	     m = m->next)
		check_destination(d, m, values++);
}

struct name_list {
	const char **v;
	size_t n;
};

/* Nobody sees the suggestions of problems that are not shown. */
static const char *
nearest_name(
    const struct diags *d, const struct name_list *names, struct sv name)
{
	return diags_count(d, DIAG_ERROR) < CONFIG_ERRORS
	    ? diag_nearest(name, names->v, names->n)
	    : NULL;
}

static void
check_names(struct diags *d, const struct config_texts *used,
    const struct map *known, const struct name_list *names, const char *noun)
{
	for (size_t i = 0; i < used->n; i++) {
		struct sv name = used->v[i].text;

		if (map_get(known, name) == NULL)
			diag_add_text(d, DIAG_ERROR, &used->v[i], 0, name.len,
			    nearest_name(d, names, name),
			    "no %s is named '%.*s'", noun,
			    SV_ARG(utf8_prefix(name, VALUE_NAME_CHARS)));
	}
}

/* The tags of all feeds; `tags` is for suggestions. */
static void
collect_tags(const struct config *c, struct map *known, struct arena *a,
    struct name_list *tags)
{
	size_t n = 0;

	map_init(known);
	for (size_t i = 0; i < c->nfeeds; i++)
		n += c->feeds[i].tags.n;
	*tags = (struct name_list) { arena_alloc(a, n * sizeof(char *)), 0 };
	for (size_t i = 0; i < c->nfeeds; i++)
		for (size_t k = 0; k < c->feeds[i].tags.n; k++) {
			struct sv tag = c->feeds[i].tags.v[k].text;

			if (map_get(known, tag) != NULL)
				continue;
			tags->v[tags->n++] = arena_sv(a, tag).p;
			(void)map_put(known, tag, known);
		}
}

/* A filter for a tag that no feed has never rings. */
static void
check_tags(struct diags *d, const struct config_texts *used,
    const struct map *known, const struct name_list *tags)
{
	for (size_t i = 0; i < used->n; i++) {
		struct sv tag = used->v[i].text;

		if (map_get(known, tag) == NULL)
			diag_add_text(d, DIAG_WARNING, &used->v[i], 0, tag.len,
			    diag_nearest(tag, tags->v, tags->n),
			    "no feed has the tag '%.*s'",
			    SV_ARG(utf8_prefix(tag, VALUE_NAME_CHARS)));
	}
}

/* What a destination of trouble only gets is not for a filter to say. */
static void
check_notify(
    struct diags *d, const struct config *c, const struct config_texts *notify)
{
	for (size_t i = 0; i < notify->n; i++) {
		const struct config_text *t = &notify->v[i];
		const struct config_destination *to = map_get(
		    &c->destination_names, t->text);

		if (to != NULL && to->trouble == TROUBLE_ONLY)
			diag_add_text(d, DIAG_ERROR, t, 0, t->text.len, NULL,
			    "destination %s says 'trouble: only', so that no "
			    "filter sends there",
			    to->name);
	}
}

static void
check_filters_tags(struct diags *d, const struct config *c)
{
	struct name_list tags;
	struct arena arena;
	struct map known;

	arena_init(&arena);
	collect_tags(c, &known, &arena, &tags);
	for (size_t i = 0; i < c->nfilters; i++)
		check_tags(d, &c->filters[i].tags, &known, &tags);
	map_done(&known);
	arena_done(&arena);
}

void
check_references(struct diags *d, const struct config *c)
{
	struct name_list feeds = { mem_calloc(c->nfeeds, sizeof(char *)), 0 };
	struct name_list destinations = {
		mem_calloc(c->ndestinations, sizeof(char *)), 0
	};

	while (feeds.n < c->nfeeds) {
		feeds.v[feeds.n] = c->feeds[feeds.n].name;
		feeds.n++;
	}
	while (destinations.n < c->ndestinations) {
		destinations.v[destinations.n] =
		    c->destinations[destinations.n].name;
		destinations.n++;
	}
	for (size_t i = 0; i < c->nfilters; i++) {
		check_names(
		    d, &c->filters[i].feeds, &c->feed_names, &feeds, "feed");
		check_names(d, &c->filters[i].notify, &c->destination_names,
		    &destinations, "destination");
		check_notify(d, c, &c->filters[i].notify);
	}
	check_filters_tags(d, c);
	free(feeds.v);
	free(destinations.v);
}

void
check_idle(struct diags *d, const struct config *c)
{
	const struct {
		size_t n;
		const char *says;
	} sections[] = {
		{ c->nfeeds, "there are no feeds: nothing is polled" },
		{ c->nfilters, "there are no filters: nothing rings" },
		{ c->ndestinations,
		    "there are no destinations: alerts go nowhere" },
	};

	for (size_t i = 0; i < COUNTOF(sections); i++)
		if (sections[i].n == 0)
			diag_add(d, DIAG_WARNING, 0, 0, 0, 0, NULL, "%s",
			    sections[i].says);
}
