/* base/digest.h: SHA-256, HMAC and encodings of bytes as text, over libcrypto.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

#define SHA256_BYTES 32

void sha256(struct sv data, unsigned char out[SHA256_BYTES]);

/* The same of what comes in pieces; sha256_end() frees. */
struct sha256;
struct sha256 *sha256_begin(void);
void sha256_add(struct sha256 *s, struct sv data);
void sha256_end(struct sha256 *s, unsigned char out[SHA256_BYTES]);

/* Hash of several parts, each preceded by its length, so that no two lists of
 * parts share a hash by moving a border. */
void
sha256_parts(const struct sv *parts, size_t n, unsigned char out[SHA256_BYTES]);

void
hmac_sha256(struct sv key, struct sv data, unsigned char out[SHA256_BYTES]);

void hex_encode(struct str *out, struct sv bytes); /* lower case */

/* RFC 4648 sections 4 (padded) and 6 (lower case, unpadded). */
void base64_encode(struct str *out, struct sv bytes);
bool base64_decode(struct str *out, struct sv text); /* false: not base64 */
void base32_encode(struct str *out, struct sv bytes);

#endif
