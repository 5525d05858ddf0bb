/* base/log.c: one line a problem, as key=value, on stderr. */
#include "base/log.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES 4096
#define VALUE_BYTES 2048

static enum log_level least_severe = LOG_LEVEL_INFO;
static bool to_journal;

/* systemd.exec(5): JOURNAL_STREAM holds device and inode of the journal's end
 * of the stream, so a redirected stderr is told apart. */
static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char mine[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return false;
	(void)snprintf(mine, sizeof(mine), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return sv_is(sv_of(stream), mine);
}

void
log_init(enum log_level least)
{
	least_severe = least;
	to_journal = stderr_is_journal();
}

static bool
needs_quotes(struct sv v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] == ' ' || v.p[i] == '"' || v.p[i] == '=')
			return true;
	return v.len == 0;
}

static void
add_value(struct str *line, const struct log_kv *kv)
{
	char clean[VALUE_BYTES];
	struct sv v;

	(void)str_addf(line, " %s=", kv->key);
	if (kv->is_number) {
		(void)str_addf(line, "%lld", (long long)kv->number);
		return;
	}
	utf8_printable(kv->text, clean, sizeof(clean));
	v = sv_of(clean);
	if (!needs_quotes(v)) {
		(void)str_add(line, v);
		return;
	}
	(void)str_addc(line, '"');
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '"' || v.p[i] == '\\')
			(void)str_addc(line, '\\');
		(void)str_addc(line, v.p[i]);
	}
	(void)str_addc(line, '"');
}

static void
add_head(struct str *line, enum log_level level)
{
	static const char *const words[] = { "error", "warning", "info",
		"debug" };
	static const int priorities[] = { 3, 4, 6, 7 }; /* syslog(3) */
	char now[CLOCK_ISO_BYTES];

	if (to_journal) {
		(void)str_addf(line, "<%d>", priorities[level]);
		return;
	}
	clock_iso(clock_wall_ms(), now, sizeof(now));
	(void)str_addf(line, "%s %s: ", now, words[level]);
}

void
log_write(enum log_level level, const char *message, const struct log_kv *kv,
    size_t n)
{
	struct str line;

	if (level > least_severe)
		return;
	str_init(&line, LINE_BYTES);
	add_head(&line, level);
	(void)str_adds(&line, message);
	for (size_t i = 0; i < n; i++)
		add_value(&line, &kv[i]);
	line.max++;
	line.full = false;
	(void)str_addc(&line, '\n');
	(void)file_write_all(STDERR_FILENO, str_sv(&line));
	str_done(&line);
}
