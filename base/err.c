/* base/err.c: what went wrong, in words for the person who can mend it. */
#include "base/err.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
set(struct err *e, const char *fmt, va_list ap)
{
	char raw[ERR_BYTES];
	int n = vsnprintf(raw, sizeof(raw), fmt, ap);
	size_t len = n < 0 ? 0 : strlen(raw);

	utf8_printable((struct sv) { raw, len }, e->msg, sizeof(e->msg));
}

bool
err_set(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return false;
	va_start(ap, fmt);
	set(e, fmt, ap);
	va_end(ap);
	return false;
}

/* `tail` must not lie in `e`. */
static void
append(struct err *e, const char *tail)
{
	size_t used = strlen(e->msg);

	(void)snprintf(e->msg + used, sizeof(e->msg) - used, ": %s", tail);
}

bool
err_wrap(struct err *e, const char *fmt, ...)
{
	char old[ERR_BYTES];
	va_list ap;

	if (e == NULL)
		return false;
	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	set(e, fmt, ap);
	va_end(ap);
	append(e, old);
	return false;
}

bool
err_errno(struct err *e, const char *fmt, ...)
{
	int code = errno;
	char text[128];
	va_list ap;

	if (e == NULL)
		return false;
	va_start(ap, fmt);
	set(e, fmt, ap);
	va_end(ap);
	append(e, strerror_r(code, text, sizeof(text)));
	return false;
}
