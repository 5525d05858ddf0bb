/* base/limits.h: every ceiling, named.  What grows with input is checked
 * against one of these. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define KiB(n) ((size_t)(n) << 10)
#define MiB(n) ((size_t)(n) << 20)

/* clang-format off */

/* Memory */
#define ARENA_FIRST_BYTES        KiB(4)
#define ARENA_KEEP_BYTES         KiB(256)
#define ERR_BYTES                512          /* one error message */
#define URL_BYTES                KiB(8)
#define LINK_REDIRECTORS         4            /* followed when links are compared */

/* Configuration */
#define CONFIG_BYTES             MiB(64)      /* one file */
#define CONFIG_FILES             1000
#define CONFIG_PACKS             64           /* built in */
#define CONFIG_DEPTH             16
#define CONFIG_NODES             4000000
#define CONFIG_ERRORS            100          /* shown of one load */
#define SECRET_BYTES             KiB(64)
#define ZONE_BYTES               KiB(64)      /* one file of the time zone database */
#define ZONE_NAME_BYTES          64

/* Exchanges */
#define HTTP_INFLIGHT            256          /* exchanges at once */
#define HTTP_REDIRECTS           5
#define HTTP_HEADER_BYTES        KiB(64)      /* kept of one response */
#define HTTP_WAIT_MAX_MS         (INT64_C(7) * 24 * 3600 * 1000) /* Retry-After, max-age */
#define HTTP_LINES_BYTES         KiB(256)     /* of all heads and trailers of one answer */
#define HTTP_VALIDATOR_BYTES     KiB(1)
#define HTTP_KEPT_CONNECTIONS    64           /* idle, to hosts asked again soon */
#define HTTP_KEPT_HANDLES        64           /* idle, of libcurl */
#define SERVER_HEADER_BYTES      KiB(32)      /* of a request to our listener */
#define SERVER_BODY_BYTES        MiB(1)
#define LINES_REQUEST_BYTES      KiB(64)      /* of the control socket */
#define LINES_ANSWER_BYTES       MiB(1)
#define LINES_CLIENTS            32           /* at once */
#define LINES_WAIT_MS            (INT64_C(2) * 1000) /* for one to ask, and to hear */
#define PROCESS_LINES            10           /* of what a program says, told of */
#define PROCESS_LINE_BYTES       256
#define SMTP_LINE_BYTES          512          /* kept of one line of a reply */
#define SMTP_REPLY_BYTES         KiB(64)
#define DNS_CACHE_ENTRIES        16384
#define DNS_ADDRESSES            16           /* kept of one name */

/* Feed documents */
#define FEED_DOCUMENT_BYTES      MiB(16)      /* default of max-size */
#define FEED_ITEMS               20000        /* of one document */
#define FEED_DEPTH               256
#define FEED_ATTRIBUTES          256
#define FEED_TAG_BYTES           KiB(64)      /* one start tag */
#define FEED_COMMENT_BYTES       MiB(2)       /* one comment or PI */
#define FEED_CHUNK_BYTES         KiB(16)      /* read at once */
#define DISCOVERED_FEEDS         8            /* that one web page names */
#define DISCOVER_BYTES           KiB(128)     /* of a web page, read for them */
#define XML_NAMESPACES           256          /* URIs and prefixes of one document */
#define XML_NAMESPACE_BYTES      512
#define JSON_KEY_BYTES           256          /* looked at of one key */
#define CHARSET_DETECT_BYTES     KiB(4)       /* in which one is looked for that nobody declared */
#define CHARSET_SNIFF_BYTES      KiB(1)       /* read before the charset is chosen */
#define DTD_ENTITIES             64           /* kept of one document */
#define DTD_NAME_BYTES           64
#define DTD_VALUE_BYTES          64
#define DTD_GROWTH_BYTES         MiB(1)       /* by which they lengthen one document */
#define ITEM_TEXT_BYTES          MiB(1)       /* one field of one item */
#define ITEM_ID_BYTES            KiB(4)
#define ITEM_CATEGORIES          64
#define ITEM_ENCLOSURES          32
#define RAW_KEPT_BYTES           KiB(256)     /* of one item, until it is known whether it rings */

/* Articles */
#define ARTICLE_BYTES            MiB(4)       /* one page */
#define ARTICLE_TEXT_BYTES       MiB(1)
#define ARTICLE_TEASER_WORDS     200
#define PENDING_BYTES            MiB(8)       /* one waiting item, encoded */
#define ARTICLE_ATTEMPTS         4            /* then the item is judged without */
#define ARTICLES_LOADED          256          /* waiting items in memory, */
#define ARTICLES_LOADED_BYTES    MiB(64)      /* as they are on disk, */
#define ARTICLES_OF_HOST         4            /* of them, with one host */
#define ARTICLE_NODES            100000       /* elements of one page */
#define ARTICLE_DEPTH            256
#define ARTICLE_META_BYTES       KiB(4)       /* one title, author, ... */
#define ARTICLE_LD_BYTES         KiB(512)     /* one JSON-LD block */

/* Filters */
#define QUERY_BYTES              KiB(256)
#define QUERY_DEPTH              64           /* parentheses inside parentheses; NEAR in a row */
#define QUERY_NUMBER_MAX         1000         /* of NEAR/n, ATLEAST/n(x), n OF (...) */
#define FILTER_DEPTH             32           /* filters that refer to one another in a row */
#define REGEX_STEPS              1000000      /* of one regular expression in one item, and */
#define REGEX_ITEM_STEPS         4000000      /* of all together; how far */
#define REGEX_MATCH_LIMIT        1000000      /* one may backtrack from one place, */
#define REGEX_DEPTH_LIMIT        100000       /* how deep, */
#define REGEX_HEAP_KIB           16384        /* with how much memory */
#define REGEX_TEXT_BYTES         KiB(256)     /* looked at of one field */
#define REGEX_NESTING            64           /* parentheses inside parentheses of one */
#define REGEX_COMPILED_BYTES     MiB(64)      /* of all filters */
#define NFC_MARKS                32           /* on one letter; more are normalized in pieces */
#define TOKEN_BYTES              256
#define ITEM_TOKENS              400000       /* of all fields of one item */
#define PHRASE_WORDS             64           /* words of one phrase or name */
#define ITEM_SPANS               2000000      /* occurrences in one item */
#define ITEM_SPANS_MADE          2000000      /* for NEAR, ATLEAST and entities of all filters */
#define NEAR_PAIRS               10000        /* of one NEAR deep in others; then the closest only */
#define HITS_PER_MATCH           64
#define HARVEST_NAMES            4000         /* of one thing, all languages */
#define LANG_DETECT_BYTES        KiB(1)       /* in which the language is looked for that nobody declared */

/* What is remembered */
#define FEED_REMEMBERED          100000       /* items of one feed that have left it */
#define FORGET_AT_ONCE           1000         /* of them, in one transaction */
#define FEED_KEPT_MS             (INT64_C(100) * 24 * 3600 * 1000) /* one that left the configuration, after its last poll */

#define OUTBOX_KEPT_ROWS         10000        /* delivered alerts that can be sent again, */
#define OUTBOX_KEPT_BYTES        KiB(64)      /* each of them, */
#define OUTBOX_KEPT_MS           (INT64_C(7) * 24 * 3600 * 1000) /* for how long */
#define DEAD_KEPT_ROWS           10000        /* alerts given up, of each destination, */
#define DEAD_KEPT_BYTES          MiB(256)     /* all of them, */
#define DEAD_KEPT_MS             (INT64_C(30) * 24 * 3600 * 1000) /* for how long */
#define DEAD_DROPPED_AT_ONCE     64           /* in one transaction */
#define OUTBOX_COUNT             100000       /* no further is counted */
#define REPLAY_AT_ONCE           64           /* alerts sent again, in one transaction */

/* Stories */
#define STORY_ENTRIES            (1u << 18)   /* items remembered */
#define STORY_WINDOW_S           (INT64_C(7) * 24 * 3600) /* and for how long */
#define STORY_STEPS              256          /* looked at for one hash, or of one story */
#define STORIES_ITEMS            (1u << 14)   /* that matched, remembered by the daemon */
#define STORIES_TELLINGS         (1u << 15)   /* stories that rang, by filter */
#define STORY_ALSO               8            /* other items shown of a story */
#define STORY_ALSO_BYTES         KiB(8)
#define STORIES_ALSO_BYTES       MiB(32)      /* of all stories */
#define STORY_VOUCHERS           20           /* publishers that a filter waits for */
#define STORIES_ENDED            64           /* that waited, at once */
#define STORY_COMMON             100          /* items that have some words in common: no sign of a copy, */
#define STORY_BOILERPLATE        8            /* nor are so many of one source */
#define WIRE_BYTES               160          /* at each end of a text, searched for a credit */

/* tocsin entity import */
#define IMPORT_ENTITY_BYTES      MiB(32)      /* one entity as JSON */
#define IMPORT_ENTITIES          100000       /* written at once */

/* Batches */
#define BATCH_CHANGES            128          /* of a poll, then it is committed */

/* Alerts */
#define EXCERPT_BYTES            400
#define ALERT_BYTES              MiB(1)       /* one encoded document */
#define ALERT_TEXT_BYTES         KiB(8)       /* one text in it */
#define ALERT_FEED_BYTES         MiB(2)       /* an Atom file of alerts, written anew for each */
#define TEMPLATE_BYTES           KiB(64)      /* one file */
#define TEMPLATE_STEPS           (1u << 17)   /* parts that are filled in for one alert, and 64 bytes of text */
#define TEMPLATE_DEPTH           8            /* sections inside each other */
#define ITEM_MEMBER_BYTES        KiB(16)      /* what a later alert shows of one item, as JSON */
#define DIGEST_ITEMS             20           /* shown in one digest, */
#define DIGEST_BYTES             KiB(32)      /* as JSON; */
#define DIGEST_TITLES_BYTES      KiB(1)       /* their titles in a row, */
#define DIGEST_TITLE_BYTES       120          /* each */
#define DIGESTS_AT_ONCE          32           /* made in one turn */
#define QUOTA_KEPT_MS            (INT64_C(32) * 24 * 3600 * 1000) /* spans of limits: longer than the ids of digests */
#define TROUBLES_ONE_BY_ONE      10           /* of a kind, told of singly in an hour */
#define TROUBLES_NAMES           10           /* shown of more */
#define TROUBLES_AT_ONCE         5000         /* feeds, in one alert and transaction */
#define OUTBOX_LOAD              64           /* rows of one destination in memory */

/* clang-format on */
#endif
