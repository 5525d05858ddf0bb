/* alerts/message.h: an alert as a mail (RFC 5322, MIME). */
#ifndef ALERTS_MESSAGE_H
#define ALERTS_MESSAGE_H

#include "base/str.h"

struct message {
	const char *from; /* plain addresses, see value_is_mail() */
	const char *const *to;
	size_t nto;
	struct sv id; /* of the alert */
	struct sv document; /* the encoded alert */
	int64_t created_ms; /* wall clock: the Date */
};

#define MESSAGE_BYTES (32 * ALERT_BYTES) /* what one takes at most */

/* Appends it: people's text and, attached, the document.  All of it is ASCII
 * in lines of at most 78 characters that end in CRLF (one with an address may
 * be longer); no text of a feed gets into a header but for the subject, where
 * it is encoded.  The same alert always has the same Message-ID.  False: it is
 * no alert document. */
bool message_make(const struct message *m, struct str *out);

#endif
