/* config/options.h: every option, one row each.  The structs, the loader, the
 * defaults, the manual page, the example and the JSON Schema follow from here.
 *
 * Columns: field of the struct, key in the file, type (see config.h), default
 * (NULL: unset; REQUIRED: must be given), smallest, largest, help.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#define REQUIRED "\x01"

/* clang-format off */

#define DAEMON_OPTIONS(X) \
	X(state,     "state",     PATH,     NULL,   NULL,  NULL,   "Directory of the daemon's database. Default: $STATE_DIRECTORY, else ./tocsin-state.") \
	X(contact,   "contact",   TEXT,     NULL,   NULL,  NULL,   "Mail address or URL that the User-Agent shows to servers.") \
	X(floor_ms,  "floor",     DURATION, "5m",   "1s",  "7d",   "Shortest adaptive poll interval.") \
	X(cap_ms,    "cap",       DURATION, "12h",  "1m",  "30d",  "Longest poll interval that a server or a quiet feed can cause.") \
	X(backlog_ms,"backlog",   DURATION, "1h",   "0s",  "36500d", "On the first poll of a feed, items older than this are noted but not matched.") \
	X(log_level, "log-level", LOGLEVEL, "info", NULL,  NULL,   "Least severity that is logged.")

#define NETWORK_OPTIONS(X) \
	X(allow_private, "allow-private", NETS,     NULL,    NULL,  NULL,  "Networks that feeds, articles, webhooks and mail servers may be in although they are not public.") \
	X(in_flight,     "in-flight",     INT,      "64",    "1",   "256", "Exchanges under way at once; articles take half of them at most, and webhooks do not count.") \
	X(host_gap_ms,   "host-gap",      DURATION, "100ms", "0s",  "1h",  "Least time between the starts of two exchanges with one host; one host gets one exchange at a time.") \
	X(timeout_ms,    "timeout",       DURATION, "60s",   "1s",  "10m", "Longest time for one exchange.") \
	X(connect_ms,    "connect-timeout", DURATION, "10s", "1s",  "2m",  "Longest time for name lookup and connecting.") \
	X(articles_per_minute, "articles-per-minute", INT, "120", "0", "100000", "Article pages fetched in a minute, over all hosts; 0: none.")

#define FEED_OPTIONS(X) \
	X(url,        "url",       URL,      REQUIRED, NULL, NULL,  "Where the feed is: http, https or file.") \
	X(every_ms,   "every",     DURATION, NULL,     "1s", "30d", "This feed's own floor; without it the interval adapts.") \
	X(article,    "article",   ARTICLE,  "auto",   NULL, NULL,  "Match the page behind an item too: never; auto (when the feed brings only a teaser and nothing has matched yet); always.") \
	X(publisher,  "publisher", TEXT,     NULL,     NULL, NULL,  "Who stands behind the feed; ten feeds of one publisher are one source. Default: the host.") \
	X(tags,       "tags",      LIST,     NULL,     NULL, NULL,  "Tags that filters can select feeds by.") \
	X(lang,       "lang",      TEXT,     NULL,     NULL, NULL,  "Language of items that declare none.") \
	X(auth,       "auth",      AUTH,     NULL,     NULL, NULL,  "HTTP Basic credentials: {user: NAME, password: SECRET}; sent to the feed's own host only.") \
	X(backlog_ms, "backlog",   DURATION, NULL,     "0s", "36500d", "This feed's own backlog. Default: the daemon's.") \
	X(discover,   "discover",  BOOL,     "no",     NULL, NULL,  "If the URL is a web page that names feeds, poll the first of them.") \
	X(failing_after_ms, "failing-after", DURATION, "1h", "1m", "30d", "How long the feed has no good poll before alerts of type feed.failing tell of it.") \
	X(silent_after_ms,  "silent-after",  DURATION, NULL, "0s", "365d", "How long the feed brings no new item before alerts of type feed.silent tell of it; 0: never. Default: three times its longest pause so far, and at least a day, once five such pauses have ended; at least two weeks when it had not been watched for a week before it fell silent.") \
	X(max_size,   "max-size",  SIZE,     "16MiB",  "1KiB", "1GiB", "Largest document accepted, after decompression.")

#define ENTITY_OPTIONS(X) \
	X(label,    "name",     TEXT,  NULL, NULL, NULL, "What alerts show. Default: the key.") \
	X(wikidata, "wikidata", TEXT,  NULL, NULL, NULL, "Wikidata id, such as Q37470.") \
	X(type,     "type",     TEXT,  NULL, NULL, NULL, "Kind of thing: person, place, organisation, ...; for people.") \
	X(aka,      "aka",      LIST,  NULL, NULL, NULL, "Further names by which queries may refer to it.") \
	X(names,    "names",    NAMES, NULL, NULL, NULL, "Its names in texts: a list, or a map from language to list. =Name is case-exact, Name* a prefix.") \
	X(weak,     "weak",     WEAK,  NULL, NULL, NULL, "Names that count only beside one of `needs` and without any of `without`.") \
	X(never,    "never",    LIST,  NULL, NULL, NULL, "Longer phrases that hide the name inside them.")

#define FILTER_OPTIONS(X) \
	X(match,    "match",    QUERY,    REQUIRED, NULL, NULL, "The query; see tocsin-filters(7).") \
	X(not,      "not",      QUERY,    NULL,     NULL, NULL, "A veto: an item that matches it raises no alert.") \
	X(severity, "severity", SEVERITY, "medium", NULL, NULL, "low, medium, high or critical; passed on with the alert.") \
	X(notify,   "notify",   LIST,     NULL,     NULL, NULL, "Destinations. Default: all.") \
	X(feeds,    "feeds",    LIST,     NULL,     NULL, NULL, "Only items of these feeds.") \
	X(tags,     "tags",     LIST,     NULL,     NULL, NULL, "Only items of feeds with one of these tags.") \
	X(lang,     "lang",     LIST,     NULL,     NULL, NULL, "Only items in one of these languages, or of unknown language.") \
	X(group,    "group",    GROUP,    "story",  NULL, NULL, "story: what other feeds repeat in nearly the same words raises no further alert.new, but one alert.confirmed when a second publisher has it; none: an alert for each item.") \
	X(updates,  "updates",  BOOL,     "yes",    NULL, NULL, "Send alert.update when the publisher changes the title or lead of an item that has rung, corrects or withdraws it, or when another item of its story brings new numbers or a correction; see below.") \
	X(mute,     "mute",     MUTES,    NULL,     NULL, NULL, "Raise no alert in these hours: HH:MM-HH:MM ZONE by the clocks of a zone such as Europe/Paris or UTC, with days in front if not on all (Sat,Sun 00:00-24:00 UTC; hours past midnight belong to the day on which they began). What matches then is counted as muted and never rings later.") \
	X(limit,    "limit",    RATE,     NULL,     NULL, NULL, "Most alerts in a second, minute, hour or day, as in 20/h; spans begin as those of the clock, in UTC. What is beyond it is counted as limited, and when the span ends one alert of type digest tells of it.") \
	X(sources,  "sources",  SOURCES,  NULL,     NULL, NULL, "{at-least: 2, within: 90m, else: send-unconfirmed}: the first alert of a story waits until so many independent publishers have it; see below.") \
	X(shout,    "shout",    BOOL,     "no",     NULL, NULL, "Let case-exact words match in headlines that are all capitals.") \
	X(expect,   "expect",   EXPECT,   NULL,     NULL, NULL, "{match: [TEXT...], no: [TEXT...]}: titles that must and must not match, of items without anything else, whatever feeds, tags and lang of the filter say; a failure refuses the file.")

#define DESTINATION_OPTIONS(X) \
	X(type,         "type",      DESTTYPE, REQUIRED, NULL, NULL, "spool, webhook, exec, smtp, feed or stdout; at most one is stdout.") \
	X(dir,          "dir",       PATH,     NULL,     NULL, NULL, "spool: the directory; tmp/ and new/ are made inside it.") \
	X(max_files,    "max-files", INT,      "100000", "1",  "10000000", "spool: when so many files wait in new/, no more are written: alerts wait in the daemon until the reader takes some away.") \
	X(max_bytes,    "max-size",  SIZE,     "1GiB",   "2MiB", "1024GiB", "spool: the same for the size of all files in new/.") \
	X(file,         "file",      PATH,     NULL,     NULL, NULL, "feed: an Atom file with the last alerts, for feed readers and web servers, of this destination alone; its directory has to be there.") \
	X(entries,      "entries",   INT,      "100",    "1",  "1000", "feed: how many alerts it holds.") \
	X(url,          "url",       URL,      NULL,     NULL, NULL, "webhook: where alerts are POSTed. smtp: the mail server, smtps://HOST or smtp://HOST:587.") \
	X(command,      "command",   LIST,     NULL,     NULL, NULL, "exec: [PROGRAM, ARGUMENT...]; the program as an absolute path or a name that is found in PATH.") \
	X(from,         "from",      TEXT,     NULL,     NULL, NULL, "smtp: the sender's address.") \
	X(to,           "to",        LIST,     NULL,     NULL, NULL, "smtp: the recipients' addresses; see MAIL for one that is refused.") \
	X(auth,         "auth",      AUTH,     NULL,     NULL, NULL, "smtp: whom to log in as: {user: NAME, password: SECRET}.") \
	X(starttls,     "starttls",  BOOL,     "yes",    NULL, NULL, "smtp: with an smtp: url, send nothing before the connection is encrypted; no: it stays in the clear.") \
	X(allow_private, "allow-private", NETS, NULL,    NULL, NULL, "webhook, smtp: networks that this url alone may lead to although they are not public, besides those of network: which feeds may reach too.") \
	X(secrets,      "secret",    SECRETS,  NULL,     NULL, NULL, "webhook: signing secret (whsec_...), or a list of them during a rotation.") \
	X(format,       "format",    FORMAT,   NULL,     NULL, NULL, "json (default) is the document; text, for stdout and exec, people's output; the others are what a webhook's receiver of that name wants. With ntfy the url ends in the topic.") \
	X(template,     "template",  PATH,     NULL,     NULL, NULL, "webhook: the file of format: template; see TEMPLATES.") \
	X(content_type, "content-type", TEXT,  NULL,     NULL, NULL, "webhook: what the template makes. Default: application/json.") \
	X(gap_ms,       "gap",       DURATION, NULL,     "0s", "1h", "webhook, exec, smtp: least time between two alerts. Default: what the format's receivers document; for json none.") \
	X(trouble,      "trouble",   TROUBLE,  "yes",    NULL, NULL, "Whether it is told of the daemon's own trouble: feeds and other destinations that fail, silence, gaps; see TROUBLE. only: of nothing else; then filters without notify pass it by, and none may name it.") \
	X(timeout_ms,   "timeout",   DURATION, "30s",    "1s", "5m", "webhook, exec, smtp: longest time for one attempt. The reply of a mail server to the whole of a mail is waited for ten minutes, for without it the mail would be sent twice.") \
	X(retry_min_ms, "retry-min", DURATION, "200ms",  "10ms", "1h", "Wait after the first failed attempt; doubles with each.") \
	X(retry_max_ms, "retry-max", DURATION, "30m",    "1s", "1d", "Longest wait between attempts.") \
	X(give_up_ms,   "give-up",   DURATION, "3d",     "1s", "365d", "webhook, exec, smtp: an alert undelivered for so long is dead-lettered, once the destination has failed for an hour on end (or for give-up, if shorter).")

/* Maps inside an option's value: of auth, of each weak name, of expect. */
#define AUTH_OPTIONS(X) \
	X(user,     "user",     TEXT,   REQUIRED, NULL, NULL, "The user's name.") \
	X(password, "password", SECRET, REQUIRED, NULL, NULL, "The password.")

#define WEAK_OPTIONS(X) \
	X(text,    "name",    QUERY, REQUIRED, NULL, NULL, "The name, as in `names`.") \
	X(lang,    "lang",    LANG,  "*",      NULL, NULL, "Its language.") \
	X(needs,   "needs",   LIST,  NULL,     NULL, NULL, "It counts only in items that hold one of these.") \
	X(without, "without", LIST,  NULL,     NULL, NULL, "It does not count in items that hold one of these.") \
	X(never,   "never",   LIST,  NULL,     NULL, NULL, "Longer phrases that hide this name inside them.")

#define EXPECT_OPTIONS(X) \
	X(match, "match", LIST, NULL, NULL, NULL, "Titles that must match.") \
	X(no,    "no",    LIST, NULL, NULL, NULL, "Titles that must not match.")

#define SOURCES_OPTIONS(X) \
	X(at_least,  "at-least", INT,      "2",   "2",  "20", "Publishers that must have the story, by items that this filter matched; what several have from one wire service counts once. The item of the last of them rings, its alert tells of the others.") \
	X(within_ms, "within",   DURATION, "90m", "1m", "7d", "How long the story waits for them, from its first item that matched.") \
	X(otherwise, "else",     ELSE,     "send-unconfirmed", NULL, NULL, "What is done when too few have it by then. send-unconfirmed: the newest item rings, marked as unconfirmed, and a later publisher raises alert.confirmed. hold: nothing leaves; the next item begins to wait anew.")

/* The sections of a file: struct, key, form (ONE: a map of options; MANY: a map
 * from name to such maps), help. */
#define CONFIG_SECTIONS(X) \
	X(daemon,      "daemon",       ONE,  DAEMON_OPTIONS,      "The daemon itself.") \
	X(network,     "network",      ONE,  NETWORK_OPTIONS,     "How servers are contacted.") \
	X(feed,        "feeds",        MANY, FEED_OPTIONS,        "What is polled.") \
	X(entity,      "entities",     MANY, ENTITY_OPTIONS,      "Things with names in many languages.") \
	X(filter,      "filters",      MANY, FILTER_OPTIONS,      "What rings.") \
	X(destination, "destinations", MANY, DESTINATION_OPTIONS, "Where alerts go.")

/* Words of the enumerated types: type, enumerator, word. */
#define LOGLEVEL_WORDS(X) X(LOGLEVEL_ERROR, "error") X(LOGLEVEL_WARN, "warn") X(LOGLEVEL_INFO, "info") X(LOGLEVEL_DEBUG, "debug")
#define ARTICLE_WORDS(X)  X(ARTICLE_NEVER, "never") X(ARTICLE_AUTO, "auto") X(ARTICLE_ALWAYS, "always")
#define SEVERITY_WORDS(X) X(SEVERITY_LOW, "low") X(SEVERITY_MEDIUM, "medium") X(SEVERITY_HIGH, "high") X(SEVERITY_CRITICAL, "critical")
#define GROUP_WORDS(X)    X(GROUP_STORY, "story") X(GROUP_NONE, "none")
#define ELSE_WORDS(X)     X(ELSE_SEND, "send-unconfirmed") X(ELSE_HOLD, "hold")
#define TROUBLE_WORDS(X)  X(TROUBLE_YES, "yes") X(TROUBLE_NO, "no") X(TROUBLE_ONLY, "only")
#define DESTTYPE_WORDS(X) X(DEST_SPOOL, "spool") X(DEST_WEBHOOK, "webhook") X(DEST_EXEC, "exec") X(DEST_SMTP, "smtp") X(DEST_FEED, "feed") X(DEST_STDOUT, "stdout")
#define FORMAT_WORDS(X)   X(FORMAT_JSON, "json") X(FORMAT_TEXT, "text") \
	X(FORMAT_CLOUDEVENTS, "cloudevents") X(FORMAT_CLOUDEVENTS_BINARY, "cloudevents-binary") \
	X(FORMAT_SLACK, "slack") X(FORMAT_DISCORD, "discord") X(FORMAT_TEAMS, "teams") X(FORMAT_MATTERMOST, "mattermost") \
	X(FORMAT_NTFY, "ntfy") X(FORMAT_TEMPLATE, "template")

/* clang-format on */
#endif
