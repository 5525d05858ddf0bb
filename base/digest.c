/* base/digest.c: SHA-256, HMAC and encodings of bytes as text, over libcrypto.
 */
#include "base/digest.h"

#include "base/bytes.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static void
must(int ok)
{
	if (ok != 1)
		BUG("libcrypto failed");
}

void
sha256(struct sv data, unsigned char out[SHA256_BYTES])
{
	must(EVP_Digest(data.p != NULL ? data.p : "", data.len, out, NULL,
	    EVP_sha256(), NULL));
}

/* struct sha256 is libcrypto's context under another name. */
static EVP_MD_CTX *
context(struct sha256 *s)
{
	return (EVP_MD_CTX *)s;
}

struct sha256 *
sha256_begin(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	must(c != NULL);
	must(EVP_DigestInit_ex(c, EVP_sha256(), NULL));
	return (struct sha256 *)c;
}

void
sha256_add(struct sha256 *s, struct sv data)
{
	must(EVP_DigestUpdate(context(s), data.p, data.len));
}

void
sha256_end(struct sha256 *s, unsigned char out[SHA256_BYTES])
{
	must(EVP_DigestFinal_ex(context(s), out, NULL));
	EVP_MD_CTX_free(context(s));
}

void
sha256_parts(const struct sv *parts, size_t n, unsigned char out[SHA256_BYTES])
{
	struct sha256 *s = sha256_begin();

	for (size_t i = 0; i < n; i++) {
		unsigned char len[8];

		(void)bytes_put(len, parts[i].len, sizeof(len));
		sha256_add(s, (struct sv) { (char *)len, sizeof(len) });
		sha256_add(s, parts[i]);
	}
	sha256_end(s, out);
}

void
hmac_sha256(struct sv key, struct sv data, unsigned char out[SHA256_BYTES])
{
	unsigned int len = 0;

	must(HMAC(EVP_sha256(), key.p != NULL ? key.p : "", (int)key.len,
		 (const unsigned char *)(data.p != NULL ? data.p : ""),
		 data.len, out, &len) != NULL);
}

void
hex_encode(struct str *out, struct sv bytes)
{
	const char *digits = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		(void)str_addc(out, digits[(unsigned char)bytes.p[i] >> 4]);
		(void)str_addc(out, digits[bytes.p[i] & 15]);
	}
}

void
base64_encode(struct str *out, struct sv bytes)
{
	unsigned char four[5];

	for (; bytes.len != 0; bytes = sv_from(bytes, 3)) {
		size_t n = bytes.len < 3 ? bytes.len : 3;

		(void)EVP_EncodeBlock(
		    four, (const unsigned char *)bytes.p, (int)n);
		(void)str_add(out, (struct sv) { (char *)four, 4 });
	}
}

static int
base64_value(char c)
{
	const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

bool
base64_decode(struct str *out, struct sv text)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t pad = 0;

	while (text.len != 0 && text.p[text.len - 1] == '=' && pad < 2) {
		text.len--;
		pad++;
	}
	if (text.len % 4 == 1 || (pad != 0 && (text.len + pad) % 4 != 0))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int v = base64_value(text.p[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			(void)str_addc(out, (char)(bits >> have & 0xFF));
		}
	}
	return !out->full;
}

void
base32_encode(struct str *out, struct sv bytes)
{
	const char *digits = "abcdefghijklmnopqrstuvwxyz234567";
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		for (have += 8; have >= 5; have -= 5)
			(void)str_addc(out, digits[bits >> (have - 5) & 31]);
	}
	if (have != 0)
		(void)str_addc(out, digits[bits << (5 - have) & 31]);
}
