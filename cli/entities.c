/* cli/entities.c: the entities in a file of Wikidata, one after the other.
 *
 * Brackets are counted byte by byte, so that only the text of one entity is
 * ever in memory; what is between two brackets is looked at by a parser of JSON
 * later. */
#include "cli/entities.h"

#include "base/limits.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool
entities_open(struct entities *s, const char *path, struct err *e)
{
	bool standard = path == NULL || strcmp(path, "-") == 0;

	memset(s, 0, sizeof(*s));
	s->name = standard ? "standard input" : path;
	s->line = 1;
	str_init(&s->text, IMPORT_ENTITY_BYTES);
	errno = 0;
	s->in = standard ? gzdopen(dup(STDIN_FILENO), "rb")
			 : gzopen(path, "rbe");
	return s->in != NULL || err_errno(e, "%s", s->name);
}

void
entities_close(struct entities *s)
{
	if (s->in != NULL)
		(void)gzclose(s->in);
	str_done(&s->text);
}

static bool
fail(const struct entities *s, unsigned long line, const char *what,
    struct err *e)
{
	return err_set(e, "%s:%lu: %s", s->name, line, what);
}

/* False at the end, or with a message in `e` that was empty. */
static bool
fill(struct entities *s, struct err *e)
{
	int n = gzread(s->in, s->buffer, sizeof(s->buffer)), why;
	const char *text;

	s->at = 0;
	s->n = n > 0 ? (size_t)n : 0;
	if (s->n != 0)
		return true;
	text = gzerror(s->in, &why);
	if (why == Z_ERRNO)
		return err_errno(e, "%s", s->name);
	if (why != Z_OK && why != Z_STREAM_END) {
		const char *reason = strrchr(text, ':'); /* behind a path */

		return err_set(e, "%s: cannot be unpacked: %s", s->name,
		    reason != NULL ? reason + 2 : text);
	}
	return false;
}

static void
in_string(struct entities *s, char c)
{
	if (s->escaped)
		s->escaped = false;
	else if (c == '\\')
		s->escaped = true;
	else if (c == '"')
		s->in_string = false;
	else if (s->keylen < sizeof(s->key))
		s->key[s->keylen++] = c;
}

/* What was taken for an entity is a document with entities in it. */
static void
look_at_key(struct entities *s)
{
	if (!s->taking || s->depth != s->start + 1 ||
	    !sv_is((struct sv) { s->key, s->keylen }, "entities"))
		return;
	s->taking = false;
	s->level = s->start + 2;
}

static void
open_bracket(struct entities *s, char c)
{
	if (c == '[' && s->depth == 0)
		s->level = 1;
	if (c == '{' && !s->taking && s->depth == s->level) {
		s->taking = true;
		s->start = s->depth;
		s->start_line = s->line;
		str_clear(&s->text);
		(void)str_addc(&s->text, c);
	}
	s->depth++;
}

/* Takes one byte that is in no string; true when it ends an entity. */
static bool
take(struct entities *s, char c)
{
	if (c == '"') {
		s->in_string = true;
		s->keylen = 0;
	} else if (c == ':') {
		look_at_key(s);
	} else if (c == '{' || c == '[') {
		open_bracket(s, c);
	} else if ((c == '}' || c == ']') && s->depth != 0) {
		s->depth--;
		if (s->taking && s->depth == s->start) {
			s->taking = false;
			return true;
		}
	}
	return false;
}

static bool
is_stray(const struct entities *s, char c)
{
	return s->depth == 0 && !ascii_is_space(c) && c != ',' && c != '{' &&
	    c != '[';
}

static enum entities_next
next_byte(struct entities *s, struct err *e)
{
	char c = s->buffer[s->at++];

	s->line += c == '\n';
	if (is_stray(s, c)) {
		(void)fail(s, s->line, "this is no JSON of entities", e);
		return ENTITIES_ERROR;
	}
	if (s->taking && !str_addc(&s->text, c)) {
		(void)fail(s, s->start_line, "this entity is too large", e);
		return ENTITIES_ERROR;
	}
	if (s->in_string) {
		in_string(s, c);
		return ENTITIES_END;
	}
	return take(s, c) ? ENTITIES_ONE : ENTITIES_END;
}

enum entities_next
entities_next(struct entities *s, struct err *e)
{
	enum entities_next next = ENTITIES_END;

	e->msg[0] = '\0';
	while (s->at < s->n || fill(s, e)) {
		next = next_byte(s, e);
		if (next != ENTITIES_END)
			return next;
	}
	if (e->msg[0] == '\0' && s->depth != 0)
		(void)fail(s, s->taking ? s->start_line : s->line,
		    s->taking
			? "the file ends inside the entity that begins here"
			: "the file ends too early",
		    e);
	return e->msg[0] == '\0' ? ENTITIES_END : ENTITIES_ERROR;
}
