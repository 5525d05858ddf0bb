/* base/json.c: a streaming JSON writer. */
#include "base/json.h"

#include "base/utf8.h"

void
json_init(struct json *j, struct str *out)
{
	*j = (struct json) { out, false };
}

static void
escape(struct str *out, uint32_t cp)
{
	static const char short_form[] = "\bb\ff\nn\rr\tt\"\"\\\\";

	for (const char *s = short_form; *s != '\0'; s += 2) {
		if (cp == (uint32_t)*s) {
			(void)str_addc(out, '\\');
			(void)str_addc(out, s[1]);
			return;
		}
	}
	(void)str_addf(out, "\\u%04x", (unsigned)cp);
}

static void
quote(struct str *out, struct sv v)
{
	size_t n, plain = 0;
	uint32_t cp;

	(void)str_addc(out, '"');
	for (size_t i = 0; i < v.len; i += n) {
		n = utf8_decode(sv_from(v, i), &cp);
		if (cp >= 0x20 && cp != '"' && cp != '\\' && cp != 0x7F &&
		    cp != 0x2028 && cp != 0x2029 && cp != UTF8_REPLACEMENT)
			continue;
		(void)str_add(out, sv_sub(v, plain, i - plain));
		plain = i + n;
		if (cp == UTF8_REPLACEMENT)
			(void)str_addcp(out, cp);
		else
			escape(out, cp);
	}
	(void)str_add(out, sv_from(v, plain));
	(void)str_addc(out, '"');
}

static void
start(struct json *j, const char *key)
{
	if (j->comma)
		(void)str_addc(j->out, ',');
	j->comma = true;
	if (key != NULL) {
		quote(j->out, sv_of(key));
		(void)str_addc(j->out, ':');
	}
}

void
json_open(struct json *j, const char *key)
{
	start(j, key);
	(void)str_addc(j->out, '{');
	j->comma = false;
}

void
json_close(struct json *j)
{
	(void)str_addc(j->out, '}');
	j->comma = true;
}

void
json_open_array(struct json *j, const char *key)
{
	start(j, key);
	(void)str_addc(j->out, '[');
	j->comma = false;
}

void
json_close_array(struct json *j)
{
	(void)str_addc(j->out, ']');
	j->comma = true;
}

void
json_text(struct json *j, const char *key, struct sv v)
{
	start(j, key);
	quote(j->out, v);
}

void
json_text_if(struct json *j, const char *key, struct sv v)
{
	if (v.len != 0)
		json_text(j, key, v);
}

void
json_int(struct json *j, const char *key, int64_t v)
{
	start(j, key);
	(void)str_addf(j->out, "%lld", (long long)v);
}

void
json_bool(struct json *j, const char *key, bool v)
{
	start(j, key);
	(void)str_adds(j->out, v ? "true" : "false");
}

void
json_raw(struct json *j, const char *key, struct sv json)
{
	start(j, key);
	(void)str_add(j->out, json);
}
