/* base/log.h: one line a problem, as key=value, on stderr. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/sv.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

struct log_kv {
	const char *key;
	struct sv text; /* cleaned and quoted as needed */
	int64_t number;
	bool is_number;
};

#define KV(key, cstr) \
	{ \
		(key), sv_of(cstr), 0, false \
	}
#define KV_SV(key, v) \
	{ \
		(key), (v), 0, false \
	}
#define KV_INT(key, n) \
	{ \
		(key), SV_NONE, (int64_t)(n), true \
	}

/* Under systemd (JOURNAL_STREAM names stderr) lines carry a <N> priority for
 * journald and no time; elsewhere they begin with the time. */
void log_init(enum log_level least);
void log_write(enum log_level level, const char *message,
    const struct log_kv *kv, size_t n);

#define LOG_AT(level, message, ...) \
	log_write((level), (message), (const struct log_kv[]) { __VA_ARGS__ }, \
	    sizeof((const struct log_kv[]) { __VA_ARGS__ }) / \
		sizeof(struct log_kv))
#define log_error(...) LOG_AT(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) LOG_AT(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) LOG_AT(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) LOG_AT(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
