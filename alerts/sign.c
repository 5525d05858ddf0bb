/* alerts/sign.c: Standard Webhooks signatures. */
#include "alerts/sign.h"

#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_PREFIX "whsec_"
#define KEY_LEAST 24
#define KEY_MOST 64 /* of a whsec_ secret, decoded */
#define PLAIN_MOST 512 /* of any other text */
#define TOLERANCE_S 300
#define SIGNATURE_BYTES 64 /* room for "v1," and base64 of a hash */

/* Appends the key that the secret stands for. */
static bool
add_key(struct str *key, struct sv secret, struct err *e)
{
	struct sv text = sv_from(secret, strlen(SECRET_PREFIX));

	if (!sv_starts(secret, SV(SECRET_PREFIX))) {
		if (secret.len < KEY_LEAST || secret.len > PLAIN_MOST)
			return err_set(e,
			    "the secret has %zu bytes; it needs %d to %d",
			    secret.len, KEY_LEAST, PLAIN_MOST);
		return str_add(key, secret);
	}
	if (!base64_decode(key, text))
		return err_set(e,
		    "the secret begins with " SECRET_PREFIX
		    " and goes on with what is not base64 of at most %d bytes",
		    KEY_MOST);
	if (key->len < KEY_LEAST || key->len > KEY_MOST)
		return err_set(e,
		    "the secret is base64 of %zu bytes; it needs %d to %d",
		    key->len, KEY_LEAST, KEY_MOST);
	return true;
}

/* Keys do not stay in freed memory. */
static void
forget(struct str *key)
{
	if (key->p != NULL)
		explicit_bzero(key->p, key->cap);
	str_done(key);
}

bool
sign_secret_ok(struct sv secret, struct err *e)
{
	struct str key;
	bool ok;

	str_init(&key, PLAIN_MOST);
	ok = add_key(&key, secret, e);
	forget(&key);
	return ok;
}

void
sign_add(struct str *out, struct sv secret, struct sv id, int64_t timestamp_s,
    struct sv body)
{
	unsigned char mac[SHA256_BYTES];
	struct str key, text;

	str_init(&key, PLAIN_MOST);
	str_init(&text, id.len + body.len + 32);
	if (!add_key(&key, secret, NULL))
		BUG("a secret that was never checked");
	(void)str_addf(&text, "%.*s.%lld.", SV_ARG(id), (long long)timestamp_s);
	(void)str_add(&text, body);
	hmac_sha256(str_sv(&key), str_sv(&text), mac);
	(void)str_adds(out, out->len != 0 ? " v1," : "v1,");
	base64_encode(out, (struct sv) { (const char *)mac, sizeof(mac) });
	str_done(&text);
	forget(&key);
}

/* The time it takes tells nothing about where the two differ. */
static bool
is_equal_slowly(struct sv a, struct sv b)
{
	unsigned char diff = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		diff |= (unsigned char)(a.p[i] ^ b.p[i]);
	return diff == 0;
}

bool
sign_verify(struct sv header, struct sv secret, struct sv id,
    int64_t timestamp_s, struct sv body, int64_t now_s)
{
	struct str mine;
	struct sv one;
	bool ok = false;

	if (timestamp_s < now_s - TOLERANCE_S ||
	    timestamp_s > now_s + TOLERANCE_S || !sign_secret_ok(secret, NULL))
		return false;
	str_init(&mine, SIGNATURE_BYTES);
	sign_add(&mine, secret, id, timestamp_s, body);
	while (sv_split(&header, ' ', &one))
		ok |= is_equal_slowly(one, str_sv(&mine));
	str_done(&mine);
	return ok;
}
