/* base/err.h: what went wrong, in words for the person who can mend it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/limits.h"
#include "base/mem.h"

struct err {
	char msg[ERR_BYTES];
};

/* Both return false, so that a function can end with them.  `e` may be NULL.
 * Too long a message is cut.  Bytes that are not printable ASCII or valid
 * UTF-8 text become '?', so that foreign text in a message does no harm. */
bool err_set(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Puts "where: " before the message that is there. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* As err_set() with ": " and the text of errno at the end. */
bool err_errno(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
