/* feeds/elements.h: every element that is understood: where it stands, how it
 * is read, and which field it fills. */
#ifndef FEEDS_ELEMENTS_H
#define FEEDS_ELEMENTS_H

#include "feeds/xml.h"

/* What the children of an element belong to. */
enum scope {
	IN_NOTHING = 0, /* nothing below is looked at */
	IN_ROOT = 1,
	IN_FEED = 2,
	IN_ITEM = 4,
	IN_SOURCE = 8, /* the feed from which an item was copied */
	IN_PERSON = 16,
	IN_MARKUP = 32 /* all below is part of a text */
};

enum vocabulary {
	RSS,
	ATOM,
	DC,
	DCTERMS,
	CONTENT,
	MEDIA,
	ITUNES,
	XHTML,
	RDF,
	SITEMAP,
	NEWS, /* of Google's news sitemaps */
	SY,
	FEEDBURNER,
	CAP,
	GDACS,
	GEORSS,
	TOMBSTONE, /* RFC 6721 */
	OTHER
};

enum field {
	FIELD_TITLE,
	FIELD_SUMMARY, /* of a feed: its subtitle */
	FIELD_CONTENT,
	FIELD_LINK,
	FIELD_SELF, /* where the document says it is */
	FIELD_ID,
	FIELD_AUTHOR,
	FIELD_EMAIL, /* of a person */
	FIELD_LANG,
	FIELD_PUBLISHED,
	FIELD_UPDATED,
	FIELD_TTL,
	FIELD_PERIOD, /* of updates, and how often in it */
	FIELD_FREQUENCY,
	FIELD_LIST, /* categories and enclosures, which add up */
	FIELDS
};

enum reading {
	OPENS_FEED,
	OPENS_ITEM,
	OPENS_SOURCE,
	OPENS_GROUP, /* as if its children stood outside it */
	AS_PLAIN,
	AS_HTML,
	AS_XHTML,
	AS_GUESSED, /* markup if it looks like it */
	AS_TYPED, /* as its `type` says (Atom) */
	AS_PERSON,
	AS_DATE,
	AS_LINK,
	AS_GUID,
	AS_SOURCE, /* of RSS: url=, and the title as text */
	AS_CATEGORY,
	AS_KEYWORDS, /* categories with commas between them */
	AS_PROPERTY, /* a category "NAME: text" */
	AS_ENCLOSURE,
	AS_ENCLOSURE_URL /* of the enclosure before */
};

/* clang-format off */

/* The same field twice in one item: the upper row wins, and within a row what
 * comes first.
 *	within                           vocabulary  name              reading       field */
#define ELEMENTS(X) \
	X(IN_ROOT,                       RSS,     "channel",         OPENS_FEED,   FIELD_LIST) \
	X(IN_ROOT | IN_FEED,             RSS,     "item",            OPENS_ITEM,   FIELD_LIST) \
	X(IN_ROOT | IN_FEED,             ATOM,    "entry",           OPENS_ITEM,   FIELD_LIST) \
	X(IN_ROOT | IN_FEED,             TOMBSTONE, "deleted-entry", OPENS_ITEM,   FIELD_LIST) \
	X(IN_FEED,                       RSS,     "channel",         OPENS_GROUP,  FIELD_LIST) \
	X(IN_ROOT | IN_FEED,             SITEMAP, "url",             OPENS_ITEM,   FIELD_LIST) \
	X(IN_ITEM,                       ATOM,    "source",          OPENS_SOURCE, FIELD_LIST) \
	X(IN_ITEM,                       NEWS,    "news",            OPENS_GROUP,  FIELD_LIST) \
	X(IN_ITEM,                       NEWS,    "publication",     OPENS_SOURCE, FIELD_LIST) \
	X(IN_ITEM,                       MEDIA,   "group",           OPENS_GROUP,  FIELD_LIST) \
	X(IN_FEED | IN_ITEM,             RSS,     "title",           AS_GUESSED,   FIELD_TITLE) \
	X(IN_FEED | IN_ITEM | IN_SOURCE, ATOM,    "title",           AS_TYPED,     FIELD_TITLE) \
	X(IN_FEED | IN_ITEM,             DC,      "title",           AS_GUESSED,   FIELD_TITLE) \
	X(IN_FEED | IN_ITEM,             DCTERMS, "title",           AS_GUESSED,   FIELD_TITLE) \
	X(IN_ITEM,                       ITUNES,  "title",           AS_GUESSED,   FIELD_TITLE) \
	X(IN_ITEM,                       MEDIA,   "title",           AS_GUESSED,   FIELD_TITLE) \
	X(IN_ITEM,                       NEWS,    "title",           AS_GUESSED,   FIELD_TITLE) \
	X(IN_SOURCE,                     NEWS,    "name",            AS_GUESSED,   FIELD_TITLE) \
	X(IN_FEED | IN_ITEM,             RSS,     "description",     AS_GUESSED,   FIELD_SUMMARY) \
	X(IN_FEED | IN_ITEM,             RSS,     "abstract",        AS_GUESSED,   FIELD_SUMMARY) \
	X(IN_ITEM,                       ATOM,    "summary",         AS_TYPED,     FIELD_SUMMARY) \
	X(IN_FEED,                       ATOM,    "subtitle",        AS_TYPED,     FIELD_SUMMARY) \
	X(IN_FEED,                       ATOM,    "tagline",         AS_TYPED,     FIELD_SUMMARY) \
	X(IN_FEED | IN_ITEM,             DC,      "description",     AS_GUESSED,   FIELD_SUMMARY) \
	X(IN_FEED | IN_ITEM,             DCTERMS, "abstract",        AS_GUESSED,   FIELD_SUMMARY) \
	X(IN_FEED | IN_ITEM,             ITUNES,  "summary",         AS_GUESSED,   FIELD_SUMMARY) \
	X(IN_ITEM,                       MEDIA,   "description",     AS_GUESSED,   FIELD_SUMMARY) \
	X(IN_FEED | IN_ITEM,             ITUNES,  "subtitle",        AS_GUESSED,   FIELD_SUMMARY) \
	X(IN_ITEM,                       CONTENT, "encoded",         AS_HTML,      FIELD_CONTENT) \
	X(IN_ITEM,                       ATOM,    "content",         AS_TYPED,     FIELD_CONTENT) \
	X(IN_ITEM,                       RSS,     "content",         AS_GUESSED,   FIELD_CONTENT) \
	X(IN_ITEM,                       RSS,     "fullitem",        AS_HTML,      FIELD_CONTENT) \
	X(IN_ITEM,                       RSS,     "body",            AS_XHTML,     FIELD_CONTENT) \
	X(IN_ITEM,                       XHTML,   "body",            AS_XHTML,     FIELD_CONTENT) \
	X(IN_ITEM,                       XHTML,   "div",             AS_XHTML,     FIELD_CONTENT) \
	X(IN_FEED | IN_ITEM,             RSS,     "link",            AS_LINK,      FIELD_LINK) \
	X(IN_FEED | IN_ITEM | IN_SOURCE, ATOM,    "link",            AS_LINK,      FIELD_LINK) \
	X(IN_ITEM,                       SITEMAP, "loc",             AS_LINK,      FIELD_LINK) \
	X(IN_FEED | IN_SOURCE,           ATOM,    "id",              AS_PLAIN,     FIELD_ID) \
	X(IN_ITEM,                       ATOM,    "id",              AS_GUID,      FIELD_ID) \
	X(IN_ITEM,                       RSS,     "guid",            AS_GUID,      FIELD_ID) \
	X(IN_ITEM,                       RSS,     "author",          AS_PERSON,    FIELD_AUTHOR) \
	X(IN_FEED | IN_ITEM | IN_SOURCE, ATOM,    "author",          AS_PERSON,    FIELD_AUTHOR) \
	X(IN_FEED | IN_ITEM,             DC,      "creator",         AS_PERSON,    FIELD_AUTHOR) \
	X(IN_FEED | IN_ITEM,             DC,      "author",          AS_PERSON,    FIELD_AUTHOR) \
	X(IN_FEED | IN_ITEM,             DCTERMS, "creator",         AS_PERSON,    FIELD_AUTHOR) \
	X(IN_ITEM,                       ITUNES,  "author",          AS_PERSON,    FIELD_AUTHOR) \
	X(IN_PERSON,                     ATOM,    "name",            AS_GUESSED,   FIELD_AUTHOR) \
	X(IN_PERSON,                     RSS,     "name",            AS_GUESSED,   FIELD_AUTHOR) \
	X(IN_PERSON,                     ATOM,    "email",           AS_PLAIN,     FIELD_EMAIL) \
	X(IN_PERSON,                     RSS,     "email",           AS_PLAIN,     FIELD_EMAIL) \
	X(IN_FEED | IN_ITEM,             RSS,     "language",        AS_PLAIN,     FIELD_LANG) \
	X(IN_FEED | IN_ITEM,             DC,      "language",        AS_PLAIN,     FIELD_LANG) \
	X(IN_FEED | IN_ITEM,             DCTERMS, "language",        AS_PLAIN,     FIELD_LANG) \
	X(IN_SOURCE,                     NEWS,    "language",        AS_PLAIN,     FIELD_LANG) \
	X(IN_ITEM,                       RSS,     "pubDate",         AS_DATE,      FIELD_PUBLISHED) \
	X(IN_ITEM,                       NEWS,    "publication_date", AS_DATE,     FIELD_PUBLISHED) \
	X(IN_ITEM,                       ATOM,    "published",       AS_DATE,      FIELD_PUBLISHED) \
	X(IN_ITEM,                       ATOM,    "issued",          AS_DATE,      FIELD_PUBLISHED) \
	X(IN_ITEM,                       DCTERMS, "issued",          AS_DATE,      FIELD_PUBLISHED) \
	X(IN_ITEM,                       DC,      "date",            AS_DATE,      FIELD_PUBLISHED) \
	X(IN_ITEM,                       DCTERMS, "created",         AS_DATE,      FIELD_PUBLISHED) \
	X(IN_ITEM,                       ATOM,    "created",         AS_DATE,      FIELD_PUBLISHED) \
	X(IN_FEED | IN_ITEM,             ATOM,    "updated",         AS_DATE,      FIELD_UPDATED) \
	X(IN_FEED | IN_ITEM,             ATOM,    "modified",        AS_DATE,      FIELD_UPDATED) \
	X(IN_ITEM,                       SITEMAP, "lastmod",         AS_DATE,      FIELD_UPDATED) \
	X(IN_FEED,                       RSS,     "lastBuildDate",   AS_DATE,      FIELD_UPDATED) \
	X(IN_FEED | IN_ITEM,             DCTERMS, "modified",        AS_DATE,      FIELD_UPDATED) \
	X(IN_FEED,                       RSS,     "pubDate",         AS_DATE,      FIELD_UPDATED) \
	X(IN_FEED,                       DC,      "date",            AS_DATE,      FIELD_UPDATED) \
	X(IN_FEED,                       RSS,     "ttl",             AS_PLAIN,     FIELD_TTL) \
	X(IN_FEED,                       SY,      "updatePeriod",    AS_PLAIN,     FIELD_PERIOD) \
	X(IN_FEED,                       SY,      "updateFrequency", AS_PLAIN,     FIELD_FREQUENCY) \
	X(IN_ITEM,                       RSS,     "category",        AS_CATEGORY,  FIELD_LIST) \
	X(IN_ITEM,                       ATOM,    "category",        AS_CATEGORY,  FIELD_LIST) \
	X(IN_ITEM,                       DC,      "subject",         AS_CATEGORY,  FIELD_LIST) \
	X(IN_ITEM,                       ITUNES,  "category",        AS_CATEGORY,  FIELD_LIST) \
	X(IN_ITEM,                       MEDIA,   "category",        AS_CATEGORY,  FIELD_LIST) \
	X(IN_ITEM,                       NEWS,    "keywords",        AS_KEYWORDS,  FIELD_LIST) \
	X(IN_ITEM,                       ITUNES,  "keywords",        AS_KEYWORDS,  FIELD_LIST) \
	X(IN_ITEM,                       MEDIA,   "keywords",        AS_KEYWORDS,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "event",           AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "severity",        AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "urgency",         AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "certainty",       AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "status",          AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "msgType",         AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "expires",         AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "area",            OPENS_GROUP,  FIELD_LIST) \
	X(IN_ITEM,                       CAP,     "areaDesc",        AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       GDACS,   "eventtype",       AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       GDACS,   "alertlevel",      AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       GDACS,   "severity",        AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       GDACS,   "population",      AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       GDACS,   "country",         AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       GDACS,   "todate",          AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       GEORSS,  "featurename",     AS_PROPERTY,  FIELD_LIST) \
	X(IN_ITEM,                       RSS,     "enclosure",       AS_ENCLOSURE, FIELD_LIST) \
	X(IN_ITEM,                    FEEDBURNER, "origEnclosureLink", AS_ENCLOSURE_URL, FIELD_LIST) \
	X(IN_ITEM,                       RSS,     "source",          AS_SOURCE,    FIELD_LIST)

/* A name space may be known by several URIs; where the URI is none of these, or
 * the prefix was not declared, the prefix is taken for what it usually means.
 *	vocabulary  prefix     URI, without http(s):// and final / or # */
#define NAMESPACES(X) \
	X(RSS,     "rss",     "purl.org/rss/1.0") \
	X(RSS,     "rss",     "my.netscape.com/rdf/simple/0.9") \
	X(RSS,     "rss",     "channel.netscape.com/rdf/simple/0.9") \
	X(RSS,     "rss",     "backend.userland.com/rss") \
	X(RSS,     "rss",     "backend.userland.com/rss2") \
	X(RSS,     "rss",     "blogs.law.harvard.edu/tech/rss") \
	X(RSS,     "rss",     "cyber.law.harvard.edu/rss/rss.html") \
	X(RSS,     "rss",     "www.rssboard.org/rss-specification") \
	X(ATOM,    "atom",    "www.w3.org/2005/atom") \
	X(ATOM,    "atom10",  "www.w3.org/2005/atom") \
	X(ATOM,    "atom03",  "purl.org/atom/ns") \
	X(DC,      "dc",      "purl.org/dc/elements/1.1") \
	X(DC,      "dc",      "purl.org/dc/elements/1.0") \
	X(DCTERMS, "dcterms", "purl.org/dc/terms") \
	X(CONTENT, "content", "purl.org/rss/1.0/modules/content") \
	X(MEDIA,   "media",   "search.yahoo.com/mrss") \
	X(ITUNES,  "itunes",  "www.itunes.com/dtds/podcast-1.0.dtd") \
	X(XHTML,   "xhtml",   "www.w3.org/1999/xhtml") \
	X(RDF,     "rdf",     "www.w3.org/1999/02/22-rdf-syntax-ns") \
	X(SITEMAP, "sitemap", "www.sitemaps.org/schemas/sitemap/0.9") \
	X(SITEMAP, "sitemap", "www.google.com/schemas/sitemap/0.84") \
	X(NEWS,    "news",    "www.google.com/schemas/sitemap-news/0.9") \
	X(SY,      "sy",      "purl.org/rss/1.0/modules/syndication") \
	X(FEEDBURNER, "feedburner", "rssnamespace.org/feedburner/ext/1.0") \
	X(CAP,     "cap",     "urn:oasis:names:tc:emergency:cap:1.2") \
	X(CAP,     "cap",     "urn:oasis:names:tc:emergency:cap:1.1") \
	X(GDACS,   "gdacs",   "www.gdacs.org") \
	X(GEORSS,  "georss",  "www.georss.org/georss") \
	X(TOMBSTONE, "at",    "purl.org/atompub/tombstones/1.0")
/* clang-format on */

struct element {
	unsigned within;
	enum vocabulary vocabulary;
	struct sv name;
	enum reading reading;
	enum field field;
};

struct elements {
	enum vocabulary own; /* of elements without a known name space */
	struct elements_memory {
		char name[32]; /* prefix and local name; "": nothing yet */
		size_t prefix_len, len;
		const char *uri;
		enum scope scope;
		const struct element *element;
	} memory[64]; /* what was asked before */
};

/* NULL: an element that means nothing here. */
const struct element *
elements_find(struct elements *e, struct xml_name name, enum scope scope);

/* How far up in the table; less than ELEMENT_WORTH stays below every row, and
 * as much may be added to tell apart what one row brings. */
#define ELEMENT_WORTH 8
unsigned elements_worth(const struct element *e);

#endif
