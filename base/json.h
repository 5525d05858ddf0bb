/* base/json.h: a streaming JSON writer (RFC 8259). */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/str.h"

/* Writes into `out`, which is borrowed.  Commas are put by the writer.  Output
 * is one line and pure UTF-8: ill-formed bytes in texts become U+FFFD, and
 * controls, DEL, U+2028 and U+2029 are escaped. */
struct json {
	struct str *out;
	bool comma;
};

void json_init(struct json *j, struct str *out);

/* `key` is NULL inside an array and at the top. */
void json_open(struct json *j, const char *key); /* { */
void json_close(struct json *j); /* } */
void json_open_array(struct json *j, const char *key);
void json_close_array(struct json *j);
void json_text(struct json *j, const char *key, struct sv v);
void json_int(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_raw(struct json *j, const char *key, struct sv json); /* as it is */

/* As json_text(), but nothing at all for the empty view. */
void json_text_if(struct json *j, const char *key, struct sv v);

#endif
