/* alerts/feed.c: an Atom file (RFC 4287) of the last alerts, newest first.
 *
 * The file is what was delivered: each alert is put before the entries that
 * stand there, in a new file that is renamed over the old one once it is on
 * disk.  Entries begin and end on lines of their own, which no text of theirs
 * can contain. */
#include "alerts/destination.h"
#include "alerts/format_type.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" \
	"<feed xmlns=\"http://www.w3.org/2005/Atom\">\n" \
	"<generator>tocsin</generator>\n"
#define TAIL "</feed>\n"
#define PLAIN " type=\"text\""
#define ENTRY "<entry>\n"
#define ENTRY_END "</entry>\n"
#define TEXT_UNITS 4000 /* of a title or an excerpt */
#define LINK_BYTES TEXT_UNITS
#define TMP_SUFFIX ".tmp"

struct feed_file {
	char *name; /* of the destination */
	char *path, *tmp, *dir;
	size_t entries;
};

static void
add_text(struct str *out, struct sv v)
{
	const struct clip c = { TEXT_UNITS, false, NULL };
	struct str plain;

	str_init(&plain, 8 * TEXT_UNITS);
	format_add(&plain, v, &c);
	for (size_t i = 0; i < plain.len; i++) {
		char ch = plain.p[i];

		/* U+FFFE and U+FFFF are no characters of XML. */
		if (i + 3 <= plain.len &&
		    (memcmp(plain.p + i, "\xEF\xBF\xBE", 3) == 0 ||
			memcmp(plain.p + i, "\xEF\xBF\xBF", 3) == 0))
			i += 2;
		else if (ch == '&' || ch == '<' || ch == '>' || ch == '"')
			(void)str_addf(out, "&#%d;", ch);
		else
			(void)str_addc(out, ch);
	}
	str_done(&plain);
}

/* `type` says that markup in the text is not meant. */
static void
add_element(struct str *out, const char *name, const char *type, struct sv v)
{
	(void)str_addf(out, "<%s%s>", name, type);
	add_text(out, v);
	(void)str_addf(out, "</%s>\n", name);
}

static void
add_category(struct str *out, const char *scheme, struct sv term)
{
	if (term.len == 0)
		return;
	(void)str_addf(
	    out, "<category scheme=\"urn:tocsin:%s\" term=\"", scheme);
	add_text(out, term);
	(void)str_adds(out, "\"/>\n");
}

/* Appends the entry of an alert; a feed without an author needs one in each. */
static void
add_entry(struct str *out, const struct note *n)
{
	struct str link;

	(void)str_adds(out, ENTRY "<id>urn:tocsin:");
	add_text(out, n->id);
	(void)str_adds(out, "</id>\n");
	add_element(out, "title", PLAIN, n->title);
	add_element(out, "updated", "", n->time);
	(void)str_adds(out, "<author><name>");
	add_text(out, n->feed.len != 0 ? n->feed : SV("tocsin"));
	(void)str_adds(out, "</name></author>\n");
	if (format_link(n, "\"<>\\^`{|}", LINK_BYTES, &link)) {
		(void)str_adds(out, "<link href=\"");
		add_text(out, str_sv(&link));
		(void)str_adds(out, "\"/>\n");
	}
	str_done(&link);
	add_category(out, "filter", n->filter);
	add_category(out, "severity", n->severity);
	add_category(out, "type", n->type);
	if (n->excerpt.len != 0)
		add_element(out, "summary", PLAIN, n->excerpt);
	(void)str_adds(out, ENTRY_END);
}

/* The entries of a file of ours, first ones first; false: it is another's. */
static bool
entries_of(struct sv file, struct sv *out)
{
	size_t from = sv_find(file, SV("\n" ENTRY));

	*out = SV_NONE;
	if (file.len == 0)
		return true;
	if (!sv_starts(file, SV(HEAD)) || !sv_ends(file, SV(TAIL)))
		return false;
	if (from == file.len)
		return true;
	*out = sv_sub(
	    file, from + 1, file.len - (from + 1) - (sizeof(TAIL) - 1));
	return true;
}

/* The first `most` of them that have room. */
static struct sv
first_entries(struct sv entries, size_t most, size_t room)
{
	size_t len = 0;

	for (size_t n = 0; n < most && len < entries.len; n++) {
		struct sv rest = sv_from(entries, len);
		size_t next = len + sv_find(rest, SV("\n" ENTRY_END)) +
		    sizeof(ENTRY_END);

		if (next > entries.len || next > room)
			break;
		len = next;
	}
	return sv_sub(entries, 0, len);
}

static bool
holds_alert(struct sv entries, struct sv id)
{
	struct str line;
	bool holds;

	str_init(&line, 1024);
	(void)str_adds(&line, ENTRY "<id>urn:tocsin:");
	(void)str_add(&line, id);
	(void)str_adds(&line, "</id>\n");
	holds = sv_find(entries, str_sv(&line)) < entries.len;
	str_done(&line);
	return holds;
}

static void
compose(const struct feed_file *f, const struct note *n, struct sv entries,
    struct str *out)
{
	size_t room;

	(void)str_adds(out, HEAD "<id>urn:tocsin:destination:");
	add_text(out, sv_of(f->name));
	(void)str_adds(out, "</id>\n");
	add_element(out, "title", PLAIN, sv_of(f->name));
	add_element(out, "updated", "", n->time);
	add_entry(out, n);
	room = ALERT_FEED_BYTES - out->len - strlen(TAIL);
	(void)str_add(out, first_entries(entries, f->entries - 1, room));
	(void)str_adds(out, TAIL);
}

static bool
sync_dir(const struct feed_file *f)
{
	int fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int kept = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = kept;
	return ok;
}

static bool
replace(const struct feed_file *f, struct sv content)
{
	int fd, kept;
	bool ok;

	if (unlink(f->tmp) != 0 && errno != ENOENT)
		return false;
	fd = open(
	    f->tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	ok = file_write_all(fd, content) && fsync(fd) == 0;
	kept = errno;
	ok = close(fd) == 0 && ok;
	if (ok)
		return rename(f->tmp, f->path) == 0 && sync_dir(f);
	(void)unlink(f->tmp);
	errno = kept;
	return false;
}

/* A missing file is an empty one.  To open another kind may take for ever. */
static bool
read_file(const struct feed_file *f, struct str *out, struct err *e)
{
	struct stat st;

	if (stat(f->path, &st) != 0)
		return errno == ENOENT || err_errno(e, "%s", f->path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, "%s: is no regular file", f->path);
	return file_read(f->path, out, e);
}

static bool
put(const struct feed_file *f, const struct note *n, struct err *e)
{
	struct str old, new;
	struct sv entries;
	bool ok = false;

	str_init(&old, ALERT_FEED_BYTES);
	str_init(&new, ALERT_FEED_BYTES);
	if (!read_file(f, &old, e))
		goto done;
	if (!entries_of(str_sv(&old), &entries)) {
		(void)err_set(e,
		    "%s: is no file of alerts; name another file, or move it "
		    "away",
		    f->path);
		goto done;
	}
	if (holds_alert(entries, n->id)) {
		ok = sync_dir(f) || err_errno(e, "%s", f->dir);
		goto done;
	}
	compose(f, n, entries, &new);
	assert(!new.full);
	ok = replace(f, str_sv(&new)) || err_errno(e, "%s", f->path);
done:
	str_done(&old);
	str_done(&new);
	return ok;
}

static void
feed_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct outbox_result r = { .kind = DELIVERY_DONE,
		.retry_after_ms = -1 };
	json_t *root = json_loadb(d->body.p != NULL ? d->body.p : "",
	    d->body.len, JSON_ALLOW_NUL, NULL);
	struct note n;

	if (!format_read_note(root, &n)) {
		r.kind = DELIVERY_REFUSED;
		(void)err_set(&r.why, "it is no alert document");
	} else if (!put(self, &n, &r.why)) {
		r.kind = DELIVERY_RETRY;
	}
	format_note_done(&n);
	json_decref(root);
	done(&r, arg);
}

/* "." for a bare name. */
static char *
dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_strdup(".");
	return mem_svdup(
	    (struct sv) { path, slash == path ? 1 : (size_t)(slash - path) });
}

static void *
feed_open(const struct config_destination *c, const struct destination_env *env,
    struct err *e)
{
	struct feed_file *f;
	struct str tmp;

	(void)env;
	if (c->file == NULL || *c->file == '\0') {
		(void)err_set(e, "a feed needs `file`");
		return NULL;
	}
	f = mem_calloc(1, sizeof(*f));
	f->name = mem_strdup(c->name != NULL ? c->name : "alerts");
	f->path = mem_strdup(c->file);
	f->dir = dir_of(c->file);
	str_init(&tmp, URL_BYTES);
	(void)str_adds(&tmp, c->file);
	(void)str_adds(&tmp, TMP_SUFFIX);
	f->tmp = str_take(&tmp);
	f->entries = c->entries > 0 ? (size_t)c->entries : 1;
	return f;
}

static void
feed_close(void *self)
{
	struct feed_file *f = self;

	free(f->name);
	free(f->path);
	free(f->tmp);
	free(f->dir);
	free(f);
}

const struct destination_type destination_feed = {
	.type = DEST_FEED,
	.open = feed_open,
	.send = feed_send,
	.close = feed_close,
};
