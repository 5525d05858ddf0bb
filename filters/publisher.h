/* filters/publisher.h: who stands behind an item: the publisher of its feed,
 * and the wire service that it is credited to. */
#ifndef FILTERS_PUBLISHER_H
#define FILTERS_PUBLISHER_H

#include "base/str.h"
#include "feeds/item.h"

/* Appends the one name under which all feeds of a publisher go: in lower case
 * `publisher`, the feed's option of that name, or, where that is empty, the
 * part of the URL's host that somebody registered: bbc.co.uk of
 * feeds.bbci.bbc.co.uk.  Hosts that serve the feeds of many give the host and,
 * where they tell them apart by path, the first part of it.  The rules for
 * hosts are approximate: no list of public suffixes is consulted. */
void publisher_family(struct str *out, struct sv publisher, struct sv url);

/* Name, host, and the spellings in credits: those of over four letters in any
 * case, shorter ones as they stand. */
/* clang-format off */
#define WIRES(X) \
	X(WIRE_REUTERS,   "reuters",   "reuters.com",      "Reuters") \
	X(WIRE_AP,        "ap",        "apnews.com",       "AP|Associated Press|The Associated Press") \
	X(WIRE_AFP,       "afp",       "afp.com",          "AFP|Agence France-Presse|Agence France Presse") \
	X(WIRE_DPA,       "dpa",       "dpa.com",          "dpa|DPA|dpa-AFX") \
	X(WIRE_EFE,       "efe",       "efe.com",          "EFE") \
	X(WIRE_ANSA,      "ansa",      "ansa.it",          "ANSA") \
	X(WIRE_APA,       "apa",       "apa.at",           "APA") \
	X(WIRE_XINHUA,    "xinhua",    "news.cn",          "Xinhua") \
	X(WIRE_TASS,      "tass",      "tass.com",         "TASS|ТАСС|ITAR-TASS") \
	X(WIRE_INTERFAX,  "interfax",  "interfax.com",     "Interfax|Интерфакс") \
	X(WIRE_KYODO,     "kyodo",     "kyodonews.net",    "Kyodo|Kyodo News") \
	X(WIRE_YONHAP,    "yonhap",    "yna.co.kr",        "Yonhap") \
	X(WIRE_PTI,       "pti",       "ptinews.com",      "PTI|Press Trust of India") \
	X(WIRE_ANI,       "ani",       "aninews.in",       "ANI") \
	X(WIRE_IANS,      "ians",      "ians.in",          "IANS") \
	X(WIRE_UPI,       "upi",       "upi.com",          "UPI") \
	X(WIRE_BLOOMBERG, "bloomberg", "bloomberg.com",    "Bloomberg|Bloomberg News") \
	X(WIRE_PA,        "pa",        "pa.media",         "PA|PA Media|Press Association") \
	X(WIRE_BERNAMA,   "bernama",   "bernama.com",      "Bernama") \
	X(WIRE_ANADOLU,   "anadolu",   "aa.com.tr",        "Anadolu|Anadolu Agency")
/* clang-format on */
#define WIRE_ENUM(enumerator, name, host, spellings) enumerator,
enum wire {
	WIRE_NONE,
	WIRES(WIRE_ENUM) WIRE_COUNT
};
#undef WIRE_ENUM

const char *wire_name(enum wire w); /* "" for WIRE_NONE */

/* The service that an item is credited to, by its author, by the beginning of
 * its text ("PARIS (AFP) - ", "By Reuters") or by the end ("Source: dpa"); a
 * service that is only quoted is none.  Looks at WIRE_BYTES at each end. */
enum wire wire_of_item(const struct item *it);

/* The service whose own publisher that is. */
enum wire wire_of_family(struct sv family);

#endif
