/* alerts/sign.h: Standard Webhooks signatures (standardwebhooks.com, v1). */
#ifndef ALERTS_SIGN_H
#define ALERTS_SIGN_H

#include "base/err.h"
#include "base/str.h"

/* Is it a usable secret: "whsec_" and base64 of 24 to 64 bytes, or other text
 * of 24 to 512 bytes that is used as it is? */
bool sign_secret_ok(struct sv secret, struct err *e);

/* Appends "v1,<base64>" over "id.timestamp.body"; a blank before it when `out`
 * is not empty, so that several secrets make one header. */
void sign_add(struct str *out, struct sv secret, struct sv id,
    int64_t timestamp_s, struct sv body);

/* Does one signature of the header fit, in constant time, and is the timestamp
 * within 5 minutes of `now_s`? */
bool sign_verify(struct sv header, struct sv secret, struct sv id,
    int64_t timestamp_s, struct sv body, int64_t now_s);

#endif
