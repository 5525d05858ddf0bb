/* base/digest.c: SHA-256, HMAC and the two base encodings, over libcrypto. */
#include "base/digest.h"

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

void
sha256_parts(const struct sv *parts, size_t n, unsigned char out[SHA256_BYTES])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	must(c != NULL);
	must(EVP_DigestInit_ex(c, EVP_sha256(), NULL));
	for (size_t i = 0; i < n; i++) {
		unsigned char len[8];

		for (int k = 0; k < 8; k++)
			len[k] = (unsigned char)(parts[i].len >> 8 * k);
		must(EVP_DigestUpdate(c, len, sizeof(len)));
		must(EVP_DigestUpdate(c, parts[i].p, parts[i].len));
	}
	must(EVP_DigestFinal_ex(c, out, NULL));
	EVP_MD_CTX_free(c);
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
