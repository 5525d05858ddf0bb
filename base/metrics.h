/* base/metrics.h: every number the program keeps about itself. */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include "base/str.h"

/* clang-format off */
/*      field                 name                            type     help */
#define METRICS(X) \
	X(polls,              "polls_total",                  COUNTER, "Polls ended, whatever came of them.") \
	X(polls_not_modified, "polls_not_modified_total",     COUNTER, "Polls answered 304, or by an unchanged file.") \
	X(polls_failed,       "polls_failed_total",           COUNTER, "Polls that brought no usable document.") \
	X(items,              "items_total",                  COUNTER, "Items parsed.") \
	X(items_known,        "items_known_total",            COUNTER, "Items that were seen before, as they were.") \
	X(items_updated,      "items_updated_total",          COUNTER, "Items that were seen before and were judged again: their title or lead was another.") \
	X(items_backlog,      "items_backlog_total",          COUNTER, "Items older than backlog on a feed's first poll.") \
	X(items_duplicate,    "items_duplicate_total",        COUNTER, "Items that stood twice in one document.") \
	X(items_no_match,     "items_no_match_total",         COUNTER, "Items that no filter matched.") \
	X(items_alerted,      "items_alerted_total",          COUNTER, "Items that raised at least one alert.") \
	X(items_attached,     "items_attached_total",         COUNTER, "Items that filters matched and whose story had rung already.") \
	X(items_muted,        "items_muted_total",            COUNTER, "Items that filters matched in hours in which these are mute.") \
	X(items_held,         "items_held_total",             COUNTER, "Items that filters matched and whose story waits for another publisher.") \
	X(items_limited,      "items_limited_total",          COUNTER, "Items that filters matched beyond their limit: a digest tells of them.") \
	X(items_error,        "items_error_total",            COUNTER, "Items that could not be judged.") \
	X(cut_items,          "cut_items_total",              COUNTER, "Items with more words, or more occurrences of the words of filters, than are looked at.") \
	X(regex_given_up,     "regex_given_up_total",         COUNTER, "Regular expressions that took too many steps in an item and counted as missing.") \
	X(items_pending,      "items_pending",                GAUGE,   "Items that wait for their article.") \
	X(articles,           "articles_total",               COUNTER, "Article pages fetched with a text in them.") \
	X(articles_failed,    "articles_failed_total",        COUNTER, "Articles given up: the item was judged on what the feed brought.") \
	X(alerts,             "alerts_total",                 COUNTER, "Alerts put into the outbox.") \
	X(deliveries,         "deliveries_total",             COUNTER, "Alerts delivered, per destination.") \
	X(deliveries_failed,  "delivery_attempts_failed_total", COUNTER, "Delivery attempts that failed.") \
	X(dead_letters,       "dead_letters_total",           COUNTER, "Alerts given up by a destination.") \
	X(dead_letters_dropped, "dead_letters_dropped_total", COUNTER, "Alerts given up that were too old or too many to be kept.") \
	X(commits,            "commits_total",                COUNTER, "Database transactions.") \
	X(commit_failures,    "commit_failures_total",        COUNTER, "Database transactions that failed.") \
	X(loop_longest_ms,    "loop_longest_ms",              GAUGE,   "Longest time that one turn of the loop took.")
/* clang-format on */

#define METRIC_FIELD(field, ...) int64_t field;
extern struct metrics {
	METRICS(METRIC_FIELD)
} metrics;
#undef METRIC_FIELD

/* Appends "name=value" of each metric, separated by blanks. */
void metrics_line(struct str *out);

#endif
