/* tests/unit/config_rows.h: a broken configuration a row, and what is said of
 * it. */
/* clang-format off */
{ "an unknown key is named with its nearest",
	    "feeds:\n"
	    "  a:\n"
	    "    url: https://a.example/\n"
	    "    evry: 5m\n",
	    "t:4:5: error: unknown key 'evry' in a feed; did you mean 'every'?\n" },
{ "an unknown key far from all gets no suggestion",
	    "daemon: {colour: red}\n",
	    "t:1:10: error: unknown key 'colour' in daemon\n" },
{ "an unknown section",
	    "feed:\n"
	    "  a: {url: https://a.example/}\n",
	    "t:1:1: error: unknown section 'feed'; did you mean 'feeds'?\n" },
{ "a text where a list must stand",
	    "feeds:\n"
	    "  a:\n"
	    "    url: https://a.example/\n"
	    "    tags: wire\n",
	    "t:4:11: error: expected a list of texts, found a text; did you mean '[wire]'?\n" },
{ "a map where a list must stand",
	    "feeds:\n"
	    "  a:\n"
	    "    url: https://a.example/\n"
	    "    tags: {a: b}\n",
	    "t:4:11: error: expected a list of texts, found a map\n" },
{ "a list where a text must stand",
	    "daemon:\n"
	    "  contact: [a, b]\n",
	    "t:2:12: error: expected a text, found a list\n" },
{ "a value is missing",
	    "daemon:\n"
	    "  contact:\n",
	    "t:2:11: error: expected a text, found nothing\n" },
{ "an empty text",
	    "daemon:\n"
	    "  contact: ''\n",
	    "t:2:12: error: expected a text, found an empty text\n" },
{ "a list where a map must stand",
	    "feeds:\n"
	    "  - url: https://a.example/\n",
	    "t:2:3: error: expected a map from names to maps of options, found a list\n" },
{ "a text where the options must stand",
	    "feeds:\n"
	    "  a: https://a.example/\n",
	    "t:2:6: error: expected a map of options, found a text\n" },
{ "a list where a filter must stand",
	    "filters:\n"
	    "  f: [x, y]\n"
	    "destinations:\n"
	    "  d: [x]\n",
	    "t:2:6: error: expected a map of options, found a list\n"
	    "t:4:6: error: expected a map of options, found a list\n" },
{ "the file is a list",
	    "- a\n"
	    "- b\n",
	    "t:1:1: error: expected sections such as 'feeds:', found a list\n" },
{ "the file is a text",
	    "hello\n",
	    "t:1:1: error: expected sections such as 'feeds:', found a text\n" },
{ "a bad number",
	    "network:\n"
	    "  in-flight: many\n",
	    "t:2:14: error: 'many' is not a whole number\n" },
{ "a number out of range",
	    "network:\n"
	    "  in-flight: 1000\n",
	    "t:2:14: error: in-flight: 1000 is outside 1..256\n" },
{ "a bad enumeration word",
	    "destinations:\n"
	    "  d: {type: webook, url: https://a.example/}\n",
	    "t:2:13: error: 'webook' is not a destination type (spool, webhook, exec, smtp, feed, stdout); did you mean 'webhook'?\n" },
{ "a word in the wrong case",
	    "daemon: {log-level: Warn}\n",
	    "t:1:21: error: 'Warn' is not a log level (error, warn, info, debug); did you mean 'warn'?\n" },
{ "a bad duration",
	    "feeds:\n"
	    "  a:\n"
	    "    url: https://a.example/\n"
	    "    every: 10 minuts\n",
	    "t:4:12: error: '10 minuts' is not a duration such as 30s, 10m, 1h30m or 7d\n" },
{ "a duration without a unit",
	    "daemon: {cap: 30}\n",
	    "t:1:15: error: '30' is not a duration such as 30s, 10m, 1h30m or 7d\n" },
{ "a duration whose units do not go down",
	    "daemon: {cap: 1m1h}\n",
	    "t:1:15: error: '1m1h' is not a duration such as 30s, 10m, 1h30m or 7d\n" },
{ "a duration out of range",
	    "daemon:\n"
	    "  floor: 8d\n"
	    "  cap: 30d\n",
	    "t:2:10: error: floor: 8d is outside 1s..7d\n" },
{ "a duration beyond counting",
	    "daemon: {cap: 99999999999999999999d}\n",
	    "t:1:15: error: '99999999999999999999d' is not a duration such as 30s, 10m, 1h30m or 7d\n" },
{ "a bad size",
	    "feeds:\n"
	    "  a: {url: https://a.example/, max-size: 8MB}\n",
	    "t:2:42: error: '8MB' is not a size such as 512KiB or 8MiB\n" },
{ "a size out of range",
	    "feeds:\n"
	    "  a: {url: https://a.example/, max-size: 2G}\n",
	    "t:2:42: error: max-size: 2G is outside 1KiB..1GiB\n" },
{ "a bad truth value",
	    "filters:\n"
	    "  f:\n"
	    "    expect: {match: [x]}\n"
	    "    match: x\n"
	    "    shout: maybe\n",
	    "t:5:12: error: 'maybe' is not yes or no\n" },
{ "a bad network",
	    "network:\n"
	    "  allow-private: [10.0.0.1/8, 300.0.0.0/8, 10.0.0.0/8]\n",
	    "t:2:19: error: '10.0.0.1/8' is not a network such as 10.0.0.0/8 or fc00::/7, with nothing set behind the prefix\n"
	    "t:2:31: error: '300.0.0.0/8' is not a network such as 10.0.0.0/8 or fc00::/7, with nothing set behind the prefix\n" },
{ "a key twice",
	    "feeds:\n"
	    "  a:\n"
	    "    url: https://a.example/\n"
	    "    every: 5m\n"
	    "    every: 6m\n",
	    "t:5:5: error: 'every' is set twice\n"
	    "t:4:5: note: first set here\n" },
{ "a key three times",
	    "daemon: {contact: a, contact: b, contact: c}\n",
	    "t:1:22: error: 'contact' is set twice\n"
	    "t:1:10: note: first set here\n"
	    "t:1:34: error: 'contact' is set twice\n"
	    "t:1:10: note: first set here\n" },
{ "a section twice",
	    "feeds: {}\n"
	    "daemon: {}\n"
	    "feeds: {}\n",
	    "t:3:1: error: 'feeds' is set twice\n"
	    "t:1:1: note: first set here\n" },
{ "a feed twice",
	    "feeds:\n"
	    "  a: {url: https://a.example/}\n"
	    "  b: {url: https://b.example/}\n"
	    "  a: {url: https://c.example/}\n",
	    "t:4:3: error: a feed 'a' is defined twice\n"
	    "t:2:3: note: first defined here\n" },
{ "an entity twice",
	    "entities:\n"
	    "  a: {names: [x]}\n"
	    "  a: {names: [y]}\n",
	    "t:3:3: error: an entity 'a' is defined twice\n"
	    "t:2:3: note: first defined here\n" },
{ "required options are missing",
	    "feeds:\n"
	    "  a: {}\n"
	    "  b:\n"
	    "filters:\n"
	    "  f: {expect: {match: [x]}}\n",
	    "t:2:3: error: a feed needs 'url'\n"
	    "t:3:3: error: a feed needs 'url'\n"
	    "t:5:3: error: a filter needs 'match'\n" },
{ "a name that cannot be one",
	    "feeds:\n"
	    "  un news: {url: https://a.example/}\n",
	    "t:2:3: error: 'un news' cannot be the name of a feed: a name is 1 to 64 of A-Z a-z 0-9 . _ -\n" },
{ "a name that is too long",
	    "feeds:\n"
	    "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {url: https://a.example/}\n",
	    "t:2:3: error: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' cannot be the name of a feed: a name is 1 to 64 of A-Z a-z 0-9 . _ -\n" },
{ "a bad URL scheme",
	    "feeds:\n"
	    "  a: {url: 'gopher://a.example/'}\n",
	    "t:2:12: error: a URL begins with https: or http:, for a feed also file:, for mail smtps: or smtp:\n" },
{ "a URL without a host",
	    "feeds:\n"
	    "  a: {url: 'https:///x'}\n",
	    "t:2:12: error: the URL has no host\n" },
{ "a URL with a line break",
	    "feeds:\n"
	    "  a: {url: \"https://a.example/\\nHost: b\"}\n",
	    "t:2:12: error: a URL holds no blanks or control characters\n" },
{ "a URL with a bad port",
	    "feeds:\n"
	    "  a: {url: 'https://a.example:99999/'}\n",
	    "t:2:12: error: the URL's port is not between 1 and 65535\n" },
{ "a URL with a password",
	    "feeds:\n"
	    "  a: {url: 'https://u:hunter2@a.example/'}\n",
	    "t:2:12: error: a URL must not hold a user name or password; write auth: {user: NAME, password: SECRET}\n" },
{ "a file URL of another machine",
	    "feeds:\n"
	    "  a: {url: 'file://b/c'}\n",
	    "t:2:12: error: a file: URL names a file of this machine: file:PATH or file:///PATH\n" },
{ "a webhook to a file",
	    "destinations:\n"
	    "  d: {type: webhook, url: 'file:/x', secret: {env: TEST_SECRET}}\n",
	    "t:2:27: error: a webhook's URL begins with https: or http:\n" },
{ "a spool without its directory",
	    "destinations:\n"
	    "  d: {type: spool}\n",
	    "t:2:3: error: a spool destination needs 'dir'\n" },
{ "keys that do not belong to a type",
	    "destinations:\n"
	    "  d: {type: stdout, dir: x, secret: {env: TEST_SECRET}}\n",
	    "t:2:21: error: a stdout destination has no 'dir'\n"
	    "t:2:29: error: a stdout destination has no 'secret'\n" },
	{ "smtp: a server, addresses, a password only where it is hidden",
	    "destinations:\n"
	    "  a: {type: smtp, format: text}\n"
	    "  b: {type: smtp, url: 'https://x.test', from: desk, to: ['a@b@c', \"a@b\\r\\nBcc: c@d\"]}\n"
	    "  c: {type: smtp, url: 'smtp://x.test/path', from: a@b.test, to: []}\n"
	    "  d: {type: smtp, url: 'smtp://x.test', from: a@b.test, to: [a@b.test], starttls: no, auth: {user: u, password: {env: TEST_SECRET}}}\n"
	    "feeds: {w: {url: 'smtp://x.test'}}\n",
	    "t:2:3: error: an smtp destination needs 'url'\n"
	    "t:2:3: error: an smtp destination needs 'from'\n"
	    "t:2:3: error: an smtp destination needs 'to'\n"
	    "t:2:19: error: an smtp destination has no 'format'\n"
	    "t:3:24: error: the url of a mail server is smtps://HOST or smtp://HOST, with :PORT when it is not 465 or 25\n"
	    "t:3:48: error: 'desk' is not a mail address such as desk@example.org\n"
	    "t:3:59: error: 'a@b@c' is not a mail address such as desk@example.org\n"
	    "t:3:68: error: 'a@b  Bcc: c@d' is not a mail address such as desk@example.org\n"
	    "t:4:24: error: the url of a mail server is smtps://HOST or smtp://HOST, with :PORT when it is not 465 or 25\n"
	    "t:4:66: error: a mail needs a recipient\n"
	    "t:5:93: error: with 'starttls: no' the password would be sent in the clear\n"
	    "t:6:18: error: a feed's URL begins with https:, http: or file:\n" },
	{ "exec: a program, as a list, and nothing of a webhook's",
	    "destinations:\n"
	    "  d: {type: exec, url: https://x.test/}\n"
	    "  e: {type: exec, command: /bin/true}\n"
	    "  f: {type: exec, command: [/bin/true], format: slack}\n",
	    "t:2:3: error: an exec destination needs 'command'\n"
	    "t:2:19: error: an exec destination has no 'url'\n"
	    "t:3:28: error: expected a list of texts, found a text; did you mean '[/bin/true]'?\n"
	    "t:4:49: error: format: slack is for webhooks; an exec gets json\n" },
{ "text format for a spool",
	    "destinations:\n"
	    "  d: {type: spool, dir: x, format: text}\n",
	    "t:2:36: error: format: text is for stdout and exec; a spool gets json\n" },
{ "a receiver's format for a spool",
	    "destinations:\n"
	    "  d: {type: spool, dir: x, format: slack}\n",
	    "t:2:36: error: format: slack is for webhooks; a spool gets json\n" },
{ "a template without its file",
	    "destinations:\n"
	    "  d: {type: webhook, url: 'http://a/', secret: {env: TEST_SECRET},"
	    " format: template}\n",
	    "t:2:76: error: format: template needs 'template', the file\n" },
{ "bounds the wrong way round",
	    "daemon: {floor: 2d}\n"
	    "destinations:\n"
	    "  d: {type: stdout, retry-min: 1h, retry-max: 1s}\n",
	    "t:1:17: error: floor is longer than cap\n"
	    "t:3:32: error: retry-min is longer than retry-max\n" },
{ "a filter names an unknown destination",
	    "destinations:\n"
	    "  ops-hook: {type: stdout}\n"
	    "filters:\n"
	    "  f:\n"
	    "    expect: {match: [x]}\n"
	    "    match: x\n"
	    "    notify: [ops-hok]\n",
	    "t:7:14: error: no destination is named 'ops-hok'; did you mean 'ops-hook'?\n" },
{ "a filter sends to a destination of trouble only",
	    "filters: {a: {match: b, notify: [ops], expect: {match: [b]}}}\n"
	    "destinations: {ops: {type: stdout, trouble: only}}\n",
	    "t:1:34: error: destination ops says 'trouble: only', so that no filter sends there\n" },
{ "a word for trouble that there is not",
	    "destinations: {ops: {type: stdout, trouble: some}}\n",
	    "t:1:45: error: 'some' is not a choice (yes, no, only)\n" },
{ "a filter names an unknown feed",
	    "feeds:\n"
	    "  un-news: {url: https://a.example/}\n"
	    "filters:\n"
	    "  f:\n"
	    "    expect: {match: [x]}\n"
	    "    match: x\n"
	    "    feeds: [un-nwes, zzz]\n",
	    "t:7:13: error: no feed is named 'un-nwes'; did you mean 'un-news'?\n"
	    "t:7:22: error: no feed is named 'zzz'\n" },
{ "an unknown language",
	    "entities:\n"
	    "  a: {names: {'e n': [x]}}\n",
	    "t:2:15: error: 'e n' is not a language such as en or zh-Hant, or *\n" },
{ "an empty weak name",
	    "entities:\n"
	    "  a: {weak: [{lang: en, need: [x]}]}\n",
	    "t:2:14: error: a weak name needs 'name'\n"
	    "t:2:25: error: unknown key 'need' in a weak name; did you mean 'needs'?\n" },
{ "auth without a password",
	    "feeds:\n"
	    "  a: {url: https://a.example/, auth: {user: x}}\n",
	    "t:2:38: error: auth needs 'password'\n" },
{ "expect holds something else",
	    "filters:\n"
	    "  f: {match: x, expect: {macth: [x]}}\n",
	    "t:2:26: error: unknown key 'macth' in expect; did you mean 'match'?\n" },
{ "all problems of a file at once",
	    "daemon:\n"
	    "  contatc: x\n"
	    "  cap: soon\n"
	    "feeds:\n"
	    "  a: {url: x, article: allways}\n",
	    "t:2:3: error: unknown key 'contatc' in daemon; did you mean 'contact'?\n"
	    "t:3:8: error: 'soon' is not a duration such as 30s, 10m, 1h30m or 7d\n"
	    "t:5:12: error: a URL begins with https: or http:, for a feed also file:, for mail smtps: or smtp:\n"
	    "t:5:24: error: 'allways' is not an article mode (never, auto, always); did you mean 'always'?\n" },
{ "an eager feed is warned of",
	    "feeds:\n"
	    "  a: {url: https://a.example/, every: 2s}\n",
	    "t:2:39: warning: polling a server more often than every 30s may get you blocked\n" },
{ "nobody is asked for a file",
	    "feeds:\n"
	    "  a: {url: \"file:a.xml\", every: 2s}\n",
	    "" },
{ "a program that is relative to nothing",
	    "destinations:\n"
	    "  p: {type: exec, command: [./page, --loud]}\n"
	    "  q: {type: exec, command: [page, ./loud]}\n",
	    "t:2:29: error: a program is an absolute path or a name in PATH\n" },
{ "an empty choice",
	    "filters:\n"
	    "  f: {match: x, notify: [], lang: [en], expect: {match: [x]}}\n",
	    "t:2:25: error: an empty list names nothing: leave 'notify' out to mean all\n" },
{ "a tag that no feed has",
	    "feeds:\n"
	    "  a: {url: https://a.example/, tags: [wire, world]}\n"
	    "filters:\n"
	    "  f: {match: x, tags: [wire, wrold], expect: {match: [x]}}\n",
	    "t:4:30: warning: no feed has the tag 'wrold'; did you mean 'world'?\n" },
{ "an option inside of a query",
	    "filters:\n"
	    "  f:\n"
	    "    expect: {}\n"
	    "    match: |\n"
	    "      lang:ar AND truce\n"
	    "      severity: high\n",
	    "t:6:7: note: this line belongs to the query above it: is it indented too far?\n" },
{ "a filter without expect is warned of",
	    "filters:\n"
	    "  f: {match: x}\n",
	    "t:2:3: warning: this filter has no 'expect': nothing shows that it still works\n" },
{ "many filters without expect are one warning",
	    "filters:\n"
	    "  f: {match: x, expect: {match: [x]}}\n"
	    "  g: {match: x}\n"
	    "  h: {match: x}\n",
	    "t:3:3: warning: 2 filters, of which this is the first, have no 'expect': nothing shows that they still work\n" },
{ "a webhook without secret is warned of",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/}\n",
	    "t:2:3: warning: this webhook has no 'secret': its receiver cannot tell who sends\n" },
{ "what slack reads is not signed",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/t, format: slack}\n",
	    "" },
{ "what discord reads is not signed",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/t, format: discord}\n",
	    "" },
{ "what teams reads is not signed",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/t, format: teams}\n",
	    "" },
{ "what mattermost reads is not signed",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/t, format: mattermost}\n",
	    "" },
{ "what ntfy reads is not signed",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/t, format: ntfy}\n",
	    "" },
{ "a cloud event without secret is warned of",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, format: cloudevents}\n",
	    "t:2:3: warning: this webhook has no 'secret': its receiver cannot tell who sends\n" },
{ "a secret in the text is warned of",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: hunter2}\n",
	    "t:2:55: warning: a secret stands in the file; better is {env: NAME}, {file: PATH} or {credential: NAME}\n" },
{ "an unset environment variable",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: {env: TEST_NO_SUCH}}\n",
	    "t:2:61: error: the environment variable 'TEST_NO_SUCH' is not set\n" },
{ "an empty environment variable",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: {env: TEST_EMPTY}}\n",
	    "t:2:61: error: the environment variable 'TEST_EMPTY' is empty\n" },
{ "a secret file that is not there",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: {file: /nonexistent/x}}\n",
	    "t:2:62: error: cannot read the secret file '/nonexistent/x': No such file or directory\n" },
{ "a credential without systemd",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: {credential: x}}\n",
	    "t:2:68: error: $CREDENTIALS_DIRECTORY is not set: credentials come from systemd's LoadCredential=\n" },
{ "a credential that climbs",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: {credential: ../x}}\n",
	    "t:2:68: error: the name of a credential holds no '/' and begins with no '.'\n" },
{ "a secret of two kinds",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: {env: A, file: b}}\n",
	    "t:2:55: error: expected exactly one of {env: NAME}, {file: PATH} or {credential: NAME}, found a map\n" },
{ "a secret of an unknown kind",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: {evn: A}}\n",
	    "t:2:56: error: a secret is {env: NAME}, {file: PATH} or {credential: NAME}; did you mean 'env'?\n" },
{ "a secret that is a list of lists",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: [[a]]}\n",
	    "t:2:56: error: expected a secret: {env: NAME}, {file: PATH} or {credential: NAME}, found a list\n" },
{ "no secret in a list of secrets",
	    "destinations:\n"
	    "  d: {type: webhook, url: https://a.example/, secret: []}\n",
	    "t:2:55: error: expected a secret or several, found an empty list\n" },
{ "a quote is never closed",
	    "daemon:\n"
	    "  contact: \"ops\n"
	    "feeds:\n"
	    "  a: {url: https://a.example/}\n",
	    "t:2:12: error: the quoted text that begins here is never closed\n" },
{ "a quote is closed by the next one",
	    "daemon:\n"
	    "  contact: \"ops\n"
	    "  state: x\n"
	    "feeds:\n"
	    "  a: {url: \"https://a.example/\"}\n",
	    "t:5:13: error: did not find expected key\n"
	    "t:2:12: note: this quoted text runs on to line 5; is its closing quote missing?\n" },
{ "a tab indents",
	    "daemon:\n"
	    "\tcontact: x\n",
	    "t:2:1: error: a tab stands in the indentation; YAML wants blanks\n" },
{ "a tab indents a later line",
	    "daemon:\n"
	    "  contact: x\n"
	    "\tstate: y\n",
	    "t:3:1: error: a tab stands in the indentation; YAML wants blanks\n" },
{ "a brace is never closed",
	    "feeds:\n"
	    "  a: {url: https://a.example/\n"
	    "  b: {url: https://b.example/}\n",
	    "t:3:4: error: did not find expected ',' or '}'\n"
	    "t:2:6: note: this { is still open; is its } missing?\n" },
{ "a bracket is never closed",
	    "feeds:\n"
	    "  a:\n"
	    "    url: https://a.example/\n"
	    "    tags: [a, b\n"
	    "    lang: en\n",
	    "t:5:9: error: did not find expected ',' or ']'\n"
	    "t:4:11: note: this [ is still open; is its ] missing?\n" },
{ "a line is indented too far",
	    "daemon:\n"
	    "  contact: x\n"
	    "   state: y\n",
	    "t:3:9: error: mapping values are not allowed in this context\n"
	    "t:2:12: note: this text runs on to line 3; is a ':' missing, or that line indented too far?\n" },
{ "a line is indented too little",
	    "daemon:\n"
	    "   contact: x\n"
	    "  state: y\n",
	    "t:3:3: error: this line is indented like none of the keys above it\n" },
{ "a line behind a block is indented too little",
	    "filters:\n"
	    "  f:\n"
	    "    match: |\n"
	    "      truce\n"
	    "   severity: high\n",
	    "t:5:4: error: this line is indented like none of the keys above it\n" },
{ "a quote that closes too early before another line",
	    "filters:\n"
	    "  f:\n"
	    "    match: \"a\" b\n"
	    "    severity: high\n",
	    "t:3:16: error: did not find expected key\n"
	    "t:3:5: note: a text with such characters can be written in the block form: 'match: |', and the text on the next line, indented\n" },
{ "a key without colon",
	    "daemon:\n"
	    "  contact x\n"
	    "  state: y\n",
	    "t:3:8: error: mapping values are not allowed in this context\n"
	    "t:2:3: note: this text runs on to line 3; is a ':' missing, or that line indented too far?\n" },
{ "a query that begins with @",
	    "filters:\n"
	    "  f:\n"
	    "    match: @gaza AND x\n",
	    "t:3:12: error: a text that begins with @ must be quoted\n"
	    "t:3:5: note: a text with such characters can be written in the block form: 'match: |', and the text on the next line, indented\n" },
{ "a query that begins with a quote",
	    "filters:\n"
	    "  f:\n"
	    "    match: \"UN Security\" AND x\n",
	    "t:3:26: error: did not find expected key\n"
	    "t:3:5: note: a text with such characters can be written in the block form: 'match: |', and the text on the next line, indented\n" },
{ "a query that holds a colon and a blank",
	    "filters:\n"
	    "  f:\n"
	    "    match: title: x\n",
	    "t:3:17: error: mapping values are not allowed in this context\n"
	    "t:3:5: note: a text with such characters can be written in the block form: 'match: |', and the text on the next line, indented\n" },
{ "a query that begins with *",
	    "filters:\n"
	    "  f:\n"
	    "    match: *truce\n",
	    "t:3:12: error: aliases are not supported; quote a text that begins with *\n" },
{ "a query that begins with &",
	    "filters:\n"
	    "  f:\n"
	    "    match: &truce x\n"
	    "    expect: {match: [x]}\n",
	    "t:3:12: error: anchors are not supported; quote a text that begins with &\n" },
{ "a query that begins with !",
	    "filters:\n"
	    "  f:\n"
	    "    match: !truce x\n"
	    "    expect: {match: [x]}\n",
	    "t:3:12: error: tags are not supported; quote a text that begins with !\n" },
{ "a query that begins with |",
	    "filters:\n"
	    "  f:\n"
	    "    match: |truce x\n",
	    "t:3:13: error: did not find expected comment or line break\n"
	    "t:3:5: note: a text with such characters can be written in the block form: 'match: |', and the text on the next line, indented\n" },
{ "a block that is not indented",
	    "filters:\n"
	    "  f:\n"
	    "    match: |\n"
	    "    truce OR x\n",
	    "t:4:5: error: could not find expected ':'\n"
	    "t:3:12: note: the text of this block must be indented further than its key\n" },
{ "an unknown escape",
	    "daemon:\n"
	    "  contact: \"a\\qb\"\n",
	    "t:2:14: error: unknown escape; in double quotes write \\\\ for \\, or use single quotes\n" },
{ "a recursive alias",
	    "daemon: &a\n"
	    "  contact: *a\n",
	    "t:1:9: error: anchors are not supported; quote a text that begins with &\n"
	    "t:2:12: error: aliases are not supported; quote a text that begins with *\n" },
{ "a template was not filled in",
	    "daemon:\n"
	    "  contact: {{ contact }}\n",
	    "t:2:13: error: a key must be a text; quote it if it begins with { or [\n" },
{ "two documents",
	    "daemon: {}\n"
	    "---\n"
	    "feeds: {}\n",
	    "t:2:1: error: a second document begins here; a file holds one\n" },
{ "nesting without end",
	    "a: [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]\n",
	    "t:1:19: error: nested deeper than 16 levels\n" },
{ "a text with U+0000",
	    "daemon:\n"
	    "  contact: \"a\\0b\"\n",
	    "t:2:12: error: a text cannot hold U+0000\n" },
{ "Latin-1 instead of UTF-8",
	    "daemon:\n"
	    "  contact: caf\351 x\n",
	    "t:2:15: error: byte 0xE9 is not UTF-8 text\n" },
{ "a control character",
	    "daemon:\n"
	    "  contact: a\007b\n",
	    "t:2:13: error: control character U+0007 is not allowed\n" },
{ "columns count characters",
	    "entities:\n"
	    "  加沙: {}\n"
	    "  b: {names: {ar: [غزة, \"\"]}}\n",
	    "t:2:3: error: '加沙' cannot be the name of an entity: a name is 1 to 64 of A-Z a-z 0-9 . _ -\n"
	    "t:3:25: error: expected a text, found an empty text\n" },
{ "an include that is a text",
	    "include: conf.d/*.yaml\n",
	    "t:1:10: error: expected a list of texts, found a text; did you mean '[conf.d/*.yaml]'?\n" },
{ "mute hours: the wrong word is shown",
	    "filters:\n"
	    "  f:\n"
	    "    match: x\n"
	    "    expect: {match: [x]}\n"
	    "    mute: [23:00-06:00 UTC, \"Sat,Son 00:00-24:00 UTC\"]\n",
	    "t:5:34: error: days are Mon Tue Wed Thu Fri Sat Sun, as in 'Sat,Sun' or 'Mon-Fri'\n" },
{ "mute hours without a zone",
	    "filters:\n"
	    "  f:\n"
	    "    match: x\n"
	    "    expect: {match: [x]}\n"
	    "    mute: 23:00-06:00\n",
	    "t:5:11: error: a time zone must follow the hours, such as Europe/Paris or UTC\n" },
{ "rates that are none",
	    "filters:\n"
	    "  f: {match: x, expect: {match: [x]}, limit: 0/h}\n"
	    "  g: {match: x, expect: {match: [x]}, limit: 20/w}\n"
	    "  h: {match: x, expect: {match: [x]}, limit: 20}\n"
	    "  i: {match: x, expect: {match: [x]}, limit: 10001/s}\n"
	    "  j: {match: x, expect: {match: [x]}, limit: 5/ms}\n",
	    "t:2:46: error: '0/h' is not a rate such as 20/h: 1 to 10000, per s, m, h or d\n"
	    "t:3:46: error: '20/w' is not a rate such as 20/h: 1 to 10000, per s, m, h or d\n"
	    "t:4:46: error: '20' is not a rate such as 20/h: 1 to 10000, per s, m, h or d\n"
	    "t:5:46: error: '10001/s' is not a rate such as 20/h: 1 to 10000, per s, m, h or d\n"
	    "t:6:46: error: '5/ms' is not a rate such as 20/h: 1 to 10000, per s, m, h or d\n" },
{ "sources without stories, and of one",
	    "filters:\n"
	    "  f: {match: x, expect: {match: [x]}, group: none, sources: {at-least: 2}}\n"
	    "  g: {match: x, expect: {match: [x]}, sources: {at-least: 1, else: send}}\n"
	    "  h: {match: x, expect: {match: [x]}, sources: 2}\n",
	    "t:2:52: error: 'sources' is about stories: it needs 'group: story'\n"
	    "t:3:59: error: at-least: 1 is outside 2..20\n"
	    "t:3:68: error: 'send' is not what to do else (send-unconfirmed, hold)\n"
	    "t:4:48: error: expected a map of options, found a text\n" },
