/* base/digest.h: SHA-256, HMAC and the two base encodings, over libcrypto. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

#define SHA256_BYTES 32

void sha256(struct sv data, unsigned char out[SHA256_BYTES]);

/* Hash of several parts, each preceded by its length, so that no two lists of
 * parts share a hash by moving a border. */
void
sha256_parts(const struct sv *parts, size_t n, unsigned char out[SHA256_BYTES]);

void
hmac_sha256(struct sv key, struct sv data, unsigned char out[SHA256_BYTES]);

/* RFC 4648 sections 4 (padded) and 6 (lower case, unpadded). */
void base64_encode(struct str *out, struct sv bytes);
bool base64_decode(struct str *out, struct sv text); /* false: not base64 */
void base32_encode(struct str *out, struct sv bytes);

#endif
